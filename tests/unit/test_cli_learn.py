"""The commands that learn, as a person and as a machine meet them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from risiko import cli, registry
from risiko.registry import LoadedModel
from risiko.reports.backtest_files import KEY, TABLES
from tests import small_authority as small
from tests.unit.test_models_in_force import with_gains

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The small authority with one trained model, for this test alone."""
    shutil.copytree(small.trained_folder(), tmp_path / "a")
    return tmp_path / "a"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path) -> Call:
    """Run a command on that authority: exit code, standard output, standard error."""
    monkeypatch.setenv("RISIKO_STORE", str(place / "risiko.db"))
    monkeypatch.setenv("RISIKO_SETTINGS", str(small.settings_file()))
    monkeypatch.setenv("RISIKO_MODELS", str(place / "models"))

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["risiko", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return run


def only(place: Path) -> LoadedModel:
    opened = small.opened_in(place)
    return registry.load(registry.registered(opened.store)["model_id"].iloc[0], opened.models, opened.store)


FROM_TO = ("--from", "2022-05-31", "--to", "2023-05-31", "--every", "12mo")


def test_backtest_tells_whether_the_score_is_shown_better_and_leaves_its_tables(call: Call, tmp_path: Path) -> None:
    code, out, err = call("backtest", *FROM_TO, "--out", tmp_path / "bt")
    assert (code, err) == (0, "")
    assert "Mean over 2 dates, 2022-05-31 to 2023-05-31" in out
    assert "learned is not shown better than points: AUC" in out
    assert f"Tables: {tmp_path / 'bt'}" in out.replace("\n", "")
    written = {path.name for path in (tmp_path / "bt").iterdir()}
    assert written == {"folds", KEY, *(f"{name}.csv" for name in TABLES)}


def test_backtest_in_json_gives_the_means_and_the_tables_hold_the_same(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("backtest", *FROM_TO, "--out", tmp_path / "bt", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["dates"] == ["2022-05-31", "2023-05-31"]
    mean = {(r["method"], r["metric"], r["against"]): r["value"] for r in told["mean"] if r["at"] is None}
    frame = pd.read_csv(tmp_path / "bt" / "comparison.csv").query("population == 'supervised' and metric == 'auc'")
    by_date = frame[frame["as_of"].notna() & frame["against"].isna()].groupby("method")["value"].mean()
    assert {m: mean[m, "auc", ""] for m in by_date.index} == pytest.approx(by_date.to_dict(), abs=1e-9)


def test_a_single_date_in_json_gives_its_own_numbers(call: Call, tmp_path: Path) -> None:
    words = ("--from", "2022-05-31", "--to", "2022-05-31", "--out", tmp_path / "bt", "--json")
    told = json.loads(call("backtest", *words)[1])["mean"]
    assert {"learned", "points"} <= {row["method"] for row in told if row["metric"] == "auc" and not row["against"]}


def test_where_nothing_can_be_measured_it_says_so(call: Call, tmp_path: Path) -> None:
    cohort = small.learner().moments.at(date(2022, 5, 31)).inputs.index[:40]
    pd.DataFrame({"as_of": "2022-05-31", "service_id": cohort, "outcome": 1}).to_csv(tmp_path / "own.csv", index=False)
    words = ("--from", "2022-05-31", "--to", "2022-05-31", "--out", tmp_path / "bt", "--labels", tmp_path / "own.csv")
    code, out, _ = call("backtest", *words)
    assert code == 0
    assert "Nothing could be measured" in out


def test_backtest_by_outcomes_of_ones_own(call: Call, place: Path, tmp_path: Path) -> None:
    cohort = small.learner().moments.at(date(2022, 5, 31)).inputs.index[:40]
    rows = pd.DataFrame({"as_of": "2022-05-31", "service_id": cohort, "outcome": [1, 0] * 20})
    rows.to_csv(tmp_path / "own.csv", index=False)
    words = ("backtest", "--from", "2022-05-31", "--to", "2022-05-31", "--out", tmp_path / "bt", "--json")
    assert call(*words, "--labels", tmp_path / "own.csv")[0] == 0
    frame = pd.read_csv(tmp_path / "bt" / "comparison.csv").query("population == 'supervised' and metric == 'auc'")
    assert set(frame["n"]) == {40}
    assert set(frame["events"]) == {20}


LABELS = {
    "lacks.csv": "as_of,service_id\n2022-05-31,x\n", "words.csv": "as_of,service_id,outcome\n2022-05-31,x,yes\n",
    "day.csv": "as_of,service_id,outcome\nsoon,x,1\n", "uk.csv": "as_of,service_id,outcome\n03/04/2022,x,1\n", "empty.csv": "", "no.parquet": "text",
    "other.csv": "as_of,service_id,outcome\n2015-05-31,x,1\n",
}  # fmt: skip
WRONG = {
    "a day that is none": (["backtest", "--from", "2022-13-01", "--to", "2023-05-31"], 2, "is not a date"),
    "one end only": (["backtest", "--from", "2022-05-31"], 2, "both ends"),
    "ends the wrong way round": (["backtest", "--from", "2023-05-31", "--to", "2022-05-31"], 2, "no date from"),
    "no step": (["backtest", *FROM_TO[:4], "--every", "half a year"], 2, "is not a step"),
    "a step of nothing": (["backtest", *FROM_TO[:4], "--every", "0mo"], 2, "is not a step"),
    "an unknown kind": (["backtest", *FROM_TO, "--model", "forest"], 2, "no kind of model"),
    "dates to come": (["backtest", "--from", "2030-05-31", "--to", "2030-05-31"], 2, "records end before"),
    "dates before the records": (["backtest", "--from", "1990-05-31", "--to", "1990-05-31"], 6, "No service"),
    "dates before the learning": (["backtest", "--from", "2019-05-31", "--to", "2019-05-31"], 8, "learn"),
    "no such labels": (["backtest", *FROM_TO, "--labels", "{tmp}/absent.csv"], 2, "no such file"),
    "labels without outcome": (["backtest", *FROM_TO, "--labels", "{tmp}/lacks.csv"], 2, "lack outcome"),
    "labels in words": (["backtest", *FROM_TO, "--labels", "{tmp}/words.csv"], 2, "neither 0, 1 nor blank"),
    "labels without a day": (["backtest", *FROM_TO, "--labels", "{tmp}/day.csv"], 2, "'soon' is not a date"),
    "labels whose day could be two": (["backtest", *FROM_TO, "--labels", "{tmp}/uk.csv"], 2, "'03/04/2022' is not"),
    "a step without ends": (["backtest", "--every", "12mo"], 2, "both ends"),
    "no step and no ends": (["backtest", "--every", "abc"], 2, "is not a step"),
    "an empty file of labels": (["backtest", *FROM_TO, "--labels", "{tmp}/empty.csv"], 2, "cannot be read as a table"),
    "labels that are no table": (["backtest", *FROM_TO, "--labels", "{tmp}/no.parquet"], 2, "cannot be read as a table"),
    "labels of another day": (["backtest", *FROM_TO, "--labels", "{tmp}/other.csv"], 2, "say nothing about"),
    "a folder that is a file": (["backtest", *FROM_TO, "--out", "{tmp}/lacks.csv"], 2, "cannot be written"),
    "trained for a day to come": (["train", "--as-of", "2999-01-01"], 2, "future"),
    "trained for no day": (["train", "--as-of", "soon"], 2, "is not a date"),
    "trained too early": (["train", "--as-of", "2019-05-31"], 8, "learn"),
    "an unknown model": (["promote", "learned-1999-01-01-00000000", "--why", "x"], 7, "is not registered"),
    "a model not shown better": (["promote", "{model}", "--why", "x"], 7, "not shown better"),
    "points retired": (["retire", "--why", "x"], 7, "in force already"),
    "no reason": (["retire", "--why", " "], 7, "written reason"),
    "checked on a day to come": (["check", "--as-of", "2999-01-01"], 2, "future"),
    "no store": (["models", "--store", "{tmp}/absent.db"], 4, "store"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_plainly_with_what_to_try(call: Call, place: Path, tmp_path: Path, case: str) -> None:
    for name, text in LABELS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    words, wanted, told = WRONG[case]
    words = [word.format(tmp=tmp_path, model=only(place).entry.model_id) for word in words]
    words += [] if "--out" in words or words[0] != "backtest" else ["--out", str(tmp_path / "bt")]
    code, out, err = call(*words)
    assert (code, out) == (wanted, ""), err
    assert told in " ".join(err.split())
    assert "Try: " in err
    assert "Traceback" not in err
    assert not (tmp_path / "bt" / KEY).exists()
    assert len(registry.registered(small.opened_in(place).store)) == 1


def test_train_tells_what_it_learned_from_and_how_to_put_it_in_force(call: Call, place: Path) -> None:
    code, out, _ = call("train", "--as-of", "2024-06-30")
    facts = only(place).facts
    assert code == 0
    assert f"{facts.n_events} outcomes in {facts.n_rows} labelled rows" in out
    assert "auc: not shown better than the points score on later dates" in out
    made = registry.registered(small.opened_in(place).store)["model_id"].iloc[1]
    assert f"risiko promote {made} --why" in out


def test_an_earlier_model_is_trained_in_json_on_what_was_known_then(call: Call, place: Path) -> None:
    code, out, _ = call("train", "--as-of", "2022-05-31", "--json")
    told, rows = json.loads(out), small.learner().rows(date(2022, 5, 31))
    assert code == 0
    assert (told["rows"], told["events"]) == (len(rows.y), rows.events)
    assert told["model_id"].startswith("learned-2022-05-31-")
    assert told["gain_over_points"] == []  # every date tried has a window that ended after the model's own date


def test_what_is_wrong_is_told_in_json_too(call: Call) -> None:
    code, out, _ = call("backtest", *FROM_TO, "--every", "never", "--json")
    assert (code, json.loads(out)["error"]) == (2, "input")


def test_check_lists_every_numbered_check_and_fails_only_where_an_error_does(call: Call) -> None:
    code, out, _ = call("check", "--as-of", "2024-06-30", "--json")
    lines = json.loads(out)
    failed = [line["code"] for line in lines if line["state"] == "fails" and line["severity"].startswith("error")]
    assert len(lines) >= 12
    assert all(line["code"].startswith("RK0") for line in lines)
    assert code == (1 if failed else 0), lines


def test_models_lists_what_is_trained_and_what_is_in_force_and_why(call: Call, place: Path) -> None:
    model = only(place)
    code, out, _ = call("models")
    assert code == 0
    assert model.entry.model_id in out
    assert "The points score is in force: no model has been promoted." in out
    better = with_gains(small.opened_in(place), model, ("auc", 0.05, 0.01, 0.09))
    code, out, _ = call("promote", better, "--why", "shown better", "--by", "board")
    assert (code, f"{better} is in force from now on" in out) == (0, True)
    told = json.loads(call("models", "--json")[1])
    assert {m["model_id"]: m["in_force"] for m in told["models"]} == {model.entry.model_id: False, better: True}
    assert [(p["model_id"], p["why"], p["by"]) for p in told["promotions"]] == [(better, "shown better", "board")]
    assert "shown better" in call("models")[1]
    code, out, _ = call("retire", "--why", "too soon")
    assert (code, "points score is in force" in out) == (0, True)
    assert [p["model_id"] for p in json.loads(call("models", "--json")[1])["promotions"]] == [better, ""]


def test_a_score_by_the_model_in_force_carries_its_id(call: Call, place: Path, tmp_path: Path) -> None:
    better = with_gains(small.opened_in(place), only(place), ("auc", 0.05, 0.01, 0.09))
    call("promote", better, "--why", "shown better")
    assert call("score", "--as-of", "2024-06-30", "--out", tmp_path / "s.csv")[0] == 0
    assert set(pd.read_csv(tmp_path / "s.csv")["model_id"]) == {better}
    assert call("score", "--as-of", "2024-01-31", "--out", tmp_path / "early.csv")[0] == 0
    assert set(pd.read_csv(tmp_path / "early.csv")["model_id"]) == {"points"}
