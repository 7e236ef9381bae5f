"""Reading RISIKO_AUTH, claims to roles, who a visit is, and to whom the application answers at all."""

from __future__ import annotations

import getpass
import time
from pathlib import Path

import pytest

from risiko import cli
from risiko.access import NotAllowed, Person, local
from risiko.app import auth
from risiko.app.login import EXPIRED, HERE, LOGGED_OUT, NO_ROLE, NOT_SET_UP, Visit
from risiko.app.server import serve
from risiko.errors import InputError, SettingsError
from tests.app.auth_files import KARI, SECRETS, auth_file


@pytest.fixture
def rules(tmp_path: Path) -> auth.Auth:
    return auth.read(auth_file(tmp_path))


@pytest.mark.parametrize(("change", "match"), [
    (('client_id = "risiko"', 'client_id = ""'), "auth.client_id is missing"),
    (("a secret of this test, thirty-two characters", "too short"), "auth.cookie_secret has fewer than 32"),
    (("/oauth2callback", "/"), "auth.redirect_uri does not end in"),
    (("http://127.0.0.1:{port}", "http://risiko.example.no"), "auth.redirect_uri is not an https"),
    (("http://127.0.0.1:9/", "http://login.example.no/"), "auth.server_metadata_url is not an https"),
    (('"reader"', '"boss"'), "roles.values holds something else"),
    (('claim = "groups"', ""), "needs both claim and values"),
    (("contact =", "kontact ="), "roles.kontact is not understood"),
    (('office = "office"', "office = 7"), "roles.office is not understood"),
    (("[auth]", "loose = 1\n[auth]"), "loose is not understood"),
    (("[auth]", "[outh]"), "outh is not understood"),
    (("[auth]", "[auth"), "not valid TOML"),
])  # fmt: skip
def test_a_faulty_file_is_told_without_its_secrets(tmp_path: Path, change: tuple[str, str], match: str) -> None:
    with pytest.raises(SettingsError, match=match) as told:
        auth.read(auth_file(tmp_path, change=change))
    assert str(tmp_path) in told.value.where
    assert not [secret for secret in (*SECRETS, "too short") if secret in str(told.value)]


def test_a_file_that_is_absent_or_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        auth.read(tmp_path / "gone.toml")
    with pytest.raises(SettingsError, match=r"not the name of a .toml file"):
        auth.read(tmp_path / "auth.json")


# --- claims ---


@pytest.mark.parametrize(("claims", "key"), [
    ({"email": "Kari@Example.no", "email_verified": True, "sub": "7"}, "kari@example.no"),
    ({"email": "kari@example.no", "email_verified": "true", "sub": "7"}, "kari@example.no"),
    ({"email": "kari@example.no", "email_verified": False, "sub": "7"}, "sub:7"),
    ({"email": "kari@example.no", "sub": "7"}, "sub:7"),
    ({"email_verified": True, "sub": "kari@example.no"}, "sub:kari@example.no"),
])  # fmt: skip
def test_nobody_gets_anothers_name_by_an_unverified_address(rules: auth.Auth, claims: dict[str, object], key: str) -> None:
    assert auth.key_of(rules, claims) == key


def test_the_file_may_name_another_claim(tmp_path: Path) -> None:
    rules = auth.read(auth_file(tmp_path, change=("[roles]", '[roles]\nperson = "oid"')))
    assert auth.key_of(rules, {"oid": "A1", "email": "k@b.no", "email_verified": True}) == "oid:A1"
    assert auth.key_of(rules, {"sub": "7", "email": "k@b.no", "email_verified": True}) == "sub:7"


@pytest.mark.parametrize(("claims", "roles", "office", "organisation"), [
    ({"groups": ["tilsyn-plan", "golf"], "office": "Agder"}, {"planner"}, "Agder", ""),
    ({"groups": "tilsyn-les"}, {"reader"}, "", ""),
    ({"groups": ["tilsyn-plan", "tilsyn-les"]}, {"reader"}, "", ""),  # no office: plans for nobody, not for all
    ({"groups": ["brukerorg"]}, set(), "", ""),
    ({"groups": ["brukerorg"], "organisation": "X"}, {"organisation"}, "", "X"),
    ({"groups": ["admin", "planner"]}, set(), "", ""),  # a value that is a role's name is no mapping
    ({"groups": {"tilsyn-les": True}}, set(), "", ""),
    ({"groups": [7, None, ["tilsyn-les"]]}, set(), "", ""),
    ({}, set(), "", ""),
])  # fmt: skip
def test_claims_become_roles_by_the_file_alone(
    rules: auth.Auth, claims: dict[str, object], roles: set[str], office: str, organisation: str
) -> None:
    assert auth.person_of(rules, {"sub": "7", **claims}) == Person("sub:7", frozenset(roles), office, organisation)


def test_a_claim_within_a_claim_is_found(rules: auth.Auth) -> None:
    assert auth.found({"realm_access": {"roles": ["a", "b"]}}, "realm_access.roles") == ["a", "b"]
    assert auth.found({"https://x.no/roles": "a"}, "https://x.no/roles") == ["a"]
    assert auth.found({"realm_access": "a"}, "realm_access.roles") == []


@pytest.mark.parametrize(("exp", "gone"), [(99, True), (100, True), (101, False), (100.5, False), (None, True), ("999", True), (True, True)])
def test_a_token_without_a_time_has_expired(exp: object, gone: bool) -> None:
    assert auth.expired({"exp": exp}, 100) is gone


@pytest.mark.parametrize(("claims", "state"), [
    ({}, NOT_SET_UP), ({"is_logged_in": False}, LOGGED_OUT), (KARI | {"exp": time.time() - 1}, EXPIRED),
    ({k: v for k, v in KARI.items() if k != "exp"}, EXPIRED), (KARI | {"groups": []}, NO_ROLE), (KARI, HERE),
])  # fmt: skip
def test_a_visit_that_may_not_be_here_has_no_roles(rules: auth.Auth, claims: dict[str, object], state: str) -> None:
    visit = Visit(rules, claims)
    assert visit.state == state
    if state == HERE:
        assert visit.require("plan", "Agder") == Person("kari@example.no", frozenset({"planner"}), "Agder")
    else:
        assert visit.person().roles == frozenset()
        with pytest.raises(NotAllowed):
            visit.require("read")


def test_without_login_the_user_of_this_machine_is_here_and_nobody_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Visit().person() == local(getpass.getuser())
    monkeypatch.setenv("RISIKO_USER", "KN")
    assert Visit().person() == local("KN")
    with pytest.raises(NotAllowed):
        Visit(local=False).require("read")


# --- the address ---


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.4", "risiko.example.no", ""])
def test_without_login_it_is_served_to_this_machine_alone(address: str) -> None:
    with pytest.raises(InputError, match="only on this machine"):
        serve(address=address)


def test_the_command_tells_so_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("RISIKO_STORE", "RISIKO_MODELS"):  # the command sets them; monkeypatch puts them back
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("sys.argv", ["risiko", "app", "--address", "0.0.0.0", "--no-browser"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert (stopped.value.code, "RISIKO_AUTH" in capsys.readouterr().err) == (2, True)


def test_the_file_in_the_how_to_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "log-in-with-openid-connect.md").read_text(encoding="utf-8")
    shown = page.split("```toml\n")[1].split("```")[0].replace("…", "x" * 40)
    (tmp_path / "auth.toml").write_text(shown, encoding="utf-8")
    rules = auth.read(tmp_path / "auth.toml")
    assert (rules.claim, rules.office, rules.person) == ("groups", "office", "email")
    assert set(rules.values.values()) == {"planner", "reader", "analyst", "organisation"}
