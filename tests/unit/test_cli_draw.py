"""The draw and the weight sets on the command line, as a person and as a machine meet them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from risiko import cli
from risiko.pipeline.draws import cut_of
from tests import small_authority as small
from tests.old_stores import tamper
from tests.unit.test_draws_kept import capacity_that_cuts, cutting, run

Call = Callable[..., tuple[int, str, str]]
WHO = ("--why", "The tier is too wide.", "--by", "KN")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copy(small.store_file(), tmp_path / "risiko.db")
    return tmp_path / "risiko.db"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path) -> Call:
    """Run a command on the small authority: exit code, standard output, standard error."""
    monkeypatch.setenv("RISIKO_STORE", str(place))
    monkeypatch.setenv("RISIKO_SETTINGS", str(small.settings_file()))
    monkeypatch.setenv("RISIKO_MODELS", str(place.parent / "models"))

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["risiko", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return run


def draw(call: Call, *more: object, seed: int = 7) -> tuple[int, str, str]:
    return call("draw", "--as-of", small.END, "--capacity", capacity_that_cuts(), "--seed", seed, *WHO, *more)


def test_a_draw_is_made_told_and_printed(call: Call, tmp_path: Path) -> None:
    code, out, err = draw(call, "--out", tmp_path / "p.html", "--language", "nn")
    assert (code, err) == (0, "")
    assert f"Draw 1: capacity {capacity_that_cuts()} cuts tier {cut_of(cutting()).tier}." in out
    assert "Protocol:" in out
    assert "Protokoll for loddtrekking" in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_a_draw_in_json_names_the_drawn_and_the_second_tells_of_the_first(call: Call) -> None:
    told = json.loads(draw(call, "--json")[1])
    assert (told["draw"], told["tier"], told["method"], told["seed"], told["earlier"]) == (1, cut_of(cutting()).tier, "chance", 7, [])
    assert told["capacity"] == told["in"] + told["places"] == capacity_that_cuts()
    assert len(told["drawn"]) == told["places"] < told["eligible"]
    assert set(told["drawn"]) <= set(cut_of(cutting()).eligible["service_id"])
    again = json.loads(draw(call, "--json", "--equal", seed=8)[1])
    assert (again["draw"], again["method"], again["earlier"]) == (2, "equal", [1])
    assert "before: 1, 2" in draw(call)[1]


def test_where_no_draw_is_needed_it_says_so(call: Call) -> None:
    words = ("draw", "--as-of", small.END, "--capacity", len(run().table.scores), "--seed", 1, *WHO)
    code, out, _ = call(*words)
    assert (code, "No draw is needed" in out) == (0, True)
    assert json.loads(call(*words, "--json")[1])["needed"] is False
    assert "No draw has been made." in call("draw", "--check")[1]


def test_check_makes_every_draw_again_and_fails_on_a_changed_one(call: Call, place: Path) -> None:
    draw(call)
    assert call("draw", "--check")[:2] == (0, "1 draws made again: each comes out as recorded.\n")
    assert json.loads(call("draw", "--check", "--json")[1]) == {"draws": 1, "differences": []}
    tamper(str(place), "UPDATE draws SET record = replace(record, '\"seed\":7', '\"seed\":8')")
    code, out, _ = call("draw", "--check")
    assert (code, "differences in 1 draws" in out, "chain" in out) == (1, True, True)
    code, out, _ = call("draw", "--check", "--json")
    assert (code, {d["what"] for d in json.loads(out)["differences"]} >= {"chain", "lot"}) == (1, True)


def test_the_protocol_of_a_kept_draw_is_printed_anew(call: Call, tmp_path: Path) -> None:
    draw(call)
    code, out, _ = call("draw", "--print", 1, "--out", tmp_path / "p.xlsx")
    assert (code, out.startswith("Draw 1:")) == (0, True)
    assert (tmp_path / "p.xlsx").stat().st_size > 0
    assert "no draw 2" in call("draw", "--print", 2)[2]


@pytest.mark.parametrize(("words", "match"), [
    (("--why", "x", "--by", "KN"), "needs a seed"),
    (("--seed", 1, "--by", "KN"), "Where: --why"),
    (("--seed", 1, "--why", "x"), "Where: --by"),
    (("--seed", 1, *WHO, "--out", "p.pdf"), ".html or .xlsx"),
    (("--seed", 1, *WHO, "--out", "nowhere/p.html"), "cannot be written there"),
])  # fmt: skip
def test_what_is_missing_is_told_before_anything_is_drawn(call: Call, words: tuple[object, ...], match: str) -> None:
    code, out, err = call("draw", *words)
    assert (code, out, match in err) == (2, "", True)
    assert "No draw has been made." in call("draw", "--check")[1]


def test_weight_sets_are_saved_listed_and_removed(call: Call) -> None:
    code, out, _ = call("weights", "save", "Council", "--weight", "last_finding=0.5", "--weight", "complaint_rate_long = 1", "--by", "KN")
    assert (code, out) == (0, "Saved Council: 2 weights. Other signals count as in the settings.\n")
    assert json.loads(call("weights", "list", "--json")[1]) == {"Council": {"complaint_rate_long": 1.0, "last_finding": 0.5}}
    assert "complaint_rate_long=1, last_finding=0.5" in call("weights", "list")[1]
    assert call("weights", "remove", "Council")[0] == 0
    assert json.loads(call("weights", "list", "--json")[1]) == {}


@pytest.mark.parametrize(("words", "code", "match"), [
    (("save", "a", "--weight", "last_finding"), 2, "is no weight"),
    (("save", "a", "--weight", "last_finding=9"), 5, "less than or equal to 5"),
    (("save", "a", "--weight", "nothing=1"), 2, "no signal nothing"),
    (("remove", "a"), 2, "no weight set 'a'"),
])  # fmt: skip
def test_faulty_weight_sets_are_told(call: Call, words: tuple[str, ...], code: int, match: str) -> None:
    found = call("weights", *words)
    assert (found[0], match in found[2]) == (code, True)
