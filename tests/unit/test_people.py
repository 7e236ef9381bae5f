"""The table of roles in every kind of store: granted, changed, revoked; nothing is lost, and only administrators write."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from risiko import cli, pipeline, settings
from risiko.access import NotAllowed, Person, local
from risiko.errors import InputError, StoreError
from risiko.pipeline.people import grant, people, person_in, revoke, with_granted
from risiko.store import open_store
from tests import small_authority as small

NOW = datetime(2026, 7, 1, 9)
LATER = NOW + timedelta(days=1)
IT = local("it")


@pytest.fixture
def authority() -> pipeline.Authority:
    """In memory: what every kind of store does with an entry is tested in test_store_log."""
    return pipeline.Authority(open_store("memory:"), settings.load())


def test_nobody_has_a_role_in_a_new_store(authority: pipeline.Authority) -> None:
    assert list(people(authority.store).columns) == ["person", "role", "office", "organisation", "since", "by"]
    assert people(authority.store).empty
    assert person_in(authority.store, "kari@example.no") == Person("kari@example.no", frozenset())


def test_the_newest_line_of_a_person_and_role_holds(authority: pipeline.Authority) -> None:
    assert grant(authority, " Kari@Example.no ", "planner", who=IT, now=NOW, office="Agder")
    assert grant(authority, "kari@example.no", "analyst", who=IT, now=NOW)
    assert not grant(authority, "KARI@example.no", "planner", who=IT, now=LATER, office=" Agder"), "she has it already, just so"
    assert person_in(authority.store, "Kari@example.no") == Person("kari@example.no", frozenset({"planner", "analyst"}), "Agder")
    assert grant(authority, "kari@example.no", "planner", who=IT, now=LATER, office="Oslo")
    assert people(authority.store).to_dict("records") == [
        {"person": "kari@example.no", "role": "analyst", "office": "", "organisation": "", "since": pd.Timestamp(NOW), "by": "it"},
        {"person": "kari@example.no", "role": "planner", "office": "Oslo", "organisation": "", "since": pd.Timestamp(LATER), "by": "it"},
    ]  # fmt: skip
    revoke(authority, "kari@example.no", "planner", who=local("lead"), now=LATER)
    assert person_in(authority.store, "kari@example.no") == Person("kari@example.no", frozenset({"analyst"}))
    assert grant(authority, "kari@example.no", "planner", who=IT, now=LATER), "a role that was taken may come back"
    log = authority.store.log(["role"])
    assert (len(log), log["by"].tolist()) == (5, ["it", "it", "it", "lead", "it"]), "every line stays"


@pytest.mark.parametrize(("person", "role", "more", "match"), [
    (" ", "reader", {}, "Nobody is named"),
    ("a@b.no", "boss", {}, "no role 'boss'"),
    ("a@b.no", "reader", {"office": "Agder"}, "Only a planner"),
    ("a@b.no", "organisation", {}, "does not fit"),
    ("a@b.no", "admin", {"organisation": "X"}, "does not fit"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(person: str, role: str, more: dict[str, str], match: str) -> None:
    opened = pipeline.Authority(open_store("memory:"), settings.load())
    with pytest.raises(InputError, match=match):
        grant(opened, person, role, who=IT, now=NOW, **more)
    assert opened.store.log().empty


def test_an_office_that_no_service_belongs_to_is_refused() -> None:
    opened = small.stored(small.world())
    known = sorted(small.world()["services"]["office"].dropna().unique())
    with pytest.raises(InputError, match="No service belongs to an office 'Agdr'") as told:
        grant(opened, "a@b.no", "planner", who=IT, now=NOW, office="Agdr")
    assert told.value.hint == ", ".join(known)
    assert grant(opened, "a@b.no", "planner", who=IT, now=NOW, office=known[0])


@pytest.mark.parametrize("role", ["reader", "planner", "analyst", "organisation"])
def test_only_an_administrator_gives_and_takes(role: str) -> None:
    opened = pipeline.Authority(open_store("memory:"), settings.load())
    grant(opened, "a@b.no", "reader", who=IT, now=NOW)
    forger = Person("f@b.no", frozenset({role}))
    with pytest.raises(NotAllowed):
        grant(opened, "f@b.no", "admin", who=forger, now=NOW)
    with pytest.raises(NotAllowed):
        revoke(opened, "a@b.no", "reader", who=forger, now=NOW)
    assert people(opened.store)["person"].tolist() == ["a@b.no"]


def test_a_role_that_is_not_in_the_table_cannot_be_taken_from_it() -> None:
    opened = pipeline.Authority(open_store("memory:"), settings.load())
    with pytest.raises(InputError, match=r"a@b.no does not have the role reader"):
        revoke(opened, "a@b.no", "reader", who=IT, now=NOW)


def test_claimed_and_granted_roles_add_up_and_the_table_holds_on_offices() -> None:
    opened = pipeline.Authority(open_store("memory:"), settings.load())
    claimed = Person("a@b.no", frozenset({"planner"}), office="Oslo", organisation="X")
    assert with_granted(opened.store, claimed) == claimed
    grant(opened, "a@b.no", "reader", who=IT, now=NOW)
    assert with_granted(opened.store, claimed) == Person("a@b.no", frozenset({"planner", "reader"}), "Oslo", "X")
    grant(opened, "a@b.no", "planner", who=IT, now=NOW, office="Agder")
    grant(opened, "a@b.no", "organisation", who=IT, now=NOW, organisation="Y")
    assert with_granted(opened.store, claimed) == Person("a@b.no", frozenset({"planner", "reader", "organisation"}), "Agder", "Y")
    grant(opened, "a@b.no", "planner", who=IT, now=NOW)
    assert with_granted(opened.store, claimed).office == "", "written here on purpose: all offices"


@pytest.mark.parametrize("body", ["[]", "{}", '{"role": "boss", "granted": true}', '{"role": "admin"}', '{"role": "admin", "granted": 1}',
                                  '{"role": "planner", "granted": true, "office": 7}'])  # fmt: skip
def test_a_line_that_makes_no_sense_lets_nobody_in(body: str) -> None:
    opened = open_store("memory:")
    opened.append("role", "a@b.no", body, NOW, "it")
    with pytest.raises(StoreError, match="line about a role cannot be read"):
        person_in(opened, "a@b.no")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    open_store(str(tmp_path / "risiko.db")).close()
    monkeypatch.setenv("RISIKO_STORE", str(tmp_path / "risiko.db"))

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["risiko", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return run


def test_the_first_administrator_is_made_by_command(call: Callable[..., tuple[int, str, str]]) -> None:
    assert call("people", "grant", "Kari@example.no", "admin", "--by", "it")[:2] == (0, "Kari@example.no is admin now.\n")
    assert "was admin already" in call("people", "grant", "kari@example.no", "admin", "--by", "it")[1]
    told = json.loads(call("people", "list", "--json")[1])
    assert [(row["person"], row["role"], row["by"]) for row in told] == [("kari@example.no", "admin", "it")]
    assert "kari@example.no" in call("people", "list")[1]
    assert call("people", "revoke", "kari@example.no", "admin", "--by", "it")[1] == "kari@example.no is no longer admin.\n"
    assert json.loads(call("people", "list", "--json")[1]) == []


@pytest.mark.parametrize(("words", "match"), [
    (("grant", "a@b.no", "boss", "--by", "it"), "no role 'boss'"),
    (("grant", "a@b.no", "reader", "--by", " "), "Where: --by"),
    (("grant", "a@b.no", "organisation", "--by", "it"), "Where: organisation"),
    (("revoke", "a@b.no", "reader", "--by", "it"), "does not have the role"),
])  # fmt: skip
def test_faulty_commands_are_told(call: Callable[..., tuple[int, str, str]], words: tuple[str, ...], match: str) -> None:
    code, out, err = call("people", *words)
    assert (code, out, match in err) == (2, "", True)
    assert json.loads(call("people", "list", "--json")[1]) == []
