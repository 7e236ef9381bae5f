"""Plans and overrides on the command line, as a person and as a machine meet them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from risiko import cli
from risiko.plan.archive import from_text
from tests import small_authority as small

Call = Callable[..., tuple[int, str, str]]
QUICK = """
[exploration]
share = 0.2
[minimum.sector]
social = 1
"""


def settle(patch: pytest.MonkeyPatch, place: Path) -> None:
    patch.setenv("RISIKO_STORE", str(place / "risiko.db"))
    patch.setenv("RISIKO_SETTINGS", str(small.settings_file()))
    patch.setenv("RISIKO_MODELS", str(place / "models"))
    patch.delenv("RISIKO_USER", raising=False)


def run(patch: pytest.MonkeyPatch, *words: object) -> int:
    patch.setattr("sys.argv", ["risiko", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a store in which one plan is kept, its files, and what the command said."""
    place = tmp_path_factory.mktemp("kept")
    shutil.copy(small.store_file(), place / "risiko.db")
    (place / "rules.toml").write_text(QUICK, encoding="utf-8")
    files = [w for ending in (".json", ".xlsx", ".docx") for w in ("--out", place / f"plan{ending}")]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as said:
        settle(patch, place)
        words = ("--as-of", small.END, "--rules", place / "rules.toml", "--seed", 7)
        assert run(patch, "plan", *words, "--save", "--by", "KN", "--title", "Høst", *files) == 0
    return place, said.getvalue()


@pytest.fixture
def place(tmp_path: Path, kept: tuple[Path, str]) -> Path:
    shutil.copytree(kept[0], tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path) -> Call:
    """Run a command on the small authority with its kept plan: exit code, standard output, standard error."""
    settle(monkeypatch, place)

    def called(*words: object) -> tuple[int, str, str]:
        code = run(monkeypatch, *words)
        told = capsys.readouterr()
        return code, told.out, told.err

    return called


def make(call: Call, place: Path, *more: object) -> tuple[int, str, str]:
    return call("plan", "--as-of", small.END, "--rules", place / "rules.toml", "--seed", 7, *more)


def test_a_plan_is_made_written_kept_and_comes_out_the_same_again(call: Call, place: Path, kept: tuple[Path, str]) -> None:
    assert kept[1].startswith("Plan 1 for 2024-07-01 to 2025-06-30:")
    assert "the best there is under these rules" in kept[1]
    assert all((place / f"plan{ending}").stat().st_size > 1000 for ending in (".json", ".xlsx", ".docx"))
    record = from_text((place / "plan.json").read_text(encoding="utf-8"))
    assert (record.title, record.by, record.seed) == ("Høst", "KN", 7)
    code, out, _ = call("plan", "--again", place / "plan.json")
    assert (code, out.startswith("The same plan:")) == (0, True)
    listed = json.loads(call("plan", "--list", "--json")[1])
    assert [(p["plan"], p["visits"], p["by"]) for p in listed["plans"]] == [(1, len(record.visits), "KN")]


def test_a_plan_that_was_edited_does_not_come_out_the_same(call: Call, place: Path) -> None:
    target = place / "plan.json"
    said = json.loads(target.read_text(encoding="utf-8"))
    said["visits"]["service_id"][0] = "someone else"
    target.write_text(json.dumps(said), encoding="utf-8")
    code, out, _ = call("plan", "--again", target, "--json")
    assert code == 1
    assert json.loads(out) == {"same": False, "differences": ["visits: 1 rows differ"]}


def test_a_kept_plan_is_printed_decided_on_and_listed_with_the_decision(call: Call, place: Path) -> None:
    assert call("plan", "--print", 1, "--out", place / "again.docx")[0] == 0
    assert (place / "again.docx").exists()
    assert call("plan", "--approve", 1, "--why", "Agreed.", "--by", "Leder")[0] == 0
    assert json.loads(call("plan", "--list", "--json")[1])["plans"][0]["decision"] == "approved"
    code, _, err = call("plan", "--print", 2, "--out", place / "x.docx")
    assert (code, "There is no plan 2" in err) == (2, True)


def test_overrides_are_kept_and_the_next_plan_takes_them_up(call: Call, place: Path) -> None:
    visits = from_text((place / "plan.json").read_text(encoding="utf-8")).visits
    target = visits.loc[visits["ground"] == "risk", "service_id"].iloc[0]
    code, out, _ = call("override", target, "skip", "--reason", "recent_contact", "--why", "We were there.", "--by", "KN")
    assert code == 0
    assert "the next plan keeps it" in out
    make(call, place, "--out", place / "b.json")
    second = from_text((place / "b.json").read_text(encoding="utf-8"))
    assert target not in set(second.visits["service_id"])
    assert second.left_out.set_index("service_id").loc[target, "detail"] == "We were there."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "--out", "plan.pdf"), "not written to files of this kind"),
        (("plan", "--rules", "none.toml"), "The rules file does not exist"),
        (("plan", "--language", "de", "--out", "plan.docx"), "There is no language 'de'"),
        (("plan", "--as-of", "2024-13-01"), "is not a date"),
        (("plan", "--save"), "Say who decides"),
        (("plan", "--again", "none.json"), "cannot be read"),
        (("override", "T00001", "skip", "--why", "x", "--reason", "no such", "--by", "KN"), "no reason of the list"),
        (("override", "T00001", "postpone", "--why", "x", "--reason", "other", "--by", "KN", "--until", "soon"), "is not a date"),
        (("override", "nobody", "skip", "--why", "x", "--reason", "other", "--by", "KN"), "There is no service 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(call: Call, words: tuple[str, ...], told: str) -> None:
    code, _, err = call(*words)
    assert code == 2
    assert told in err


def test_rules_that_collide_end_with_a_code_of_their_own_and_say_what_would_help(call: Call, place: Path) -> None:
    services = small.world()["services"]
    offices = "\n".join(f'"{name}" = 30' for name in sorted(services["office"].dropna().unique()))
    (place / "rules.toml").write_text(f"[minimum]\neach_county = 500\n[capacity.person_days]\n{offices}\n", encoding="utf-8")
    code, out, _ = make(call, place)
    assert code == 11
    assert "No plan keeps these rules." in out
    assert "Would help:" in out
