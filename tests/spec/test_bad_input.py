"""Bad input from the file to the list: a real import and a real score, and for every doubt one clear outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from risiko import cli, pipeline
from tests.imports import block, write

AS_OF = date(2024, 6, 30)
SERVICES = {
    "service_id": '"id"', "known_date": '{ const = "2020-01-01" }', "sector": '{ const = "health" }', "users": '"users"',
    "service_type": '{ const = "nursing_home" }', "natural_person": "{ const = false }",
}  # fmt: skip
VOICES = {
    "experience_id": '"id"', "service_id": '"service"', "event_date": '{ const = "2024-01-10" }',
    "known_date": '{ const = "2024-02-01" }', "method": '"method"', "organisation": '"who"',
    "dimension": '{ const = "safe" }', "score": '"score"', "n": '"n"', "text": '"text"',
}  # fmt: skip
COMPLAINTS = {
    "complaint_id": '"id"', "service_id": '"service"', "event_date": '{ const = "2024-01-10" }',
    "known_date": '{ const = "2024-02-01" }', "n": "{ const = 1 }", "stream": '{ const = "case" }',
    "outcome": '{ const = "unknown" }', "date_precision": '{ const = "day" }',
}  # fmt: skip
POLISH = "Mój ojciec czekał bardzo długo na pomoc, nikt nie przyszedł."
LONG = "Det tok lang tid. " * 5_556  # 100,008 characters
ROWS = [
    (1, "a", "rumour", "Echo", 40, 30, ""),  # no such method
    (2, "a", "survey", "Mental Helse", 40, 30, ""),
    (3, "b", "survey", "MENTAL-HELSE", 60, 30, ""),  # the same, spelled otherwise
    (4, "a", "survey", "Echo", 40, 30, ""),  # the survey of line 2 once more
    (5, "c", "survey", "Echo", 50, "", ""),  # how many answered?
    (6, "d", "survey", "Echo", 101, 30, ""),  # beyond the scale
    (7, "e", "narrative", "Echo", "", 1, "x"),
    (8, "e", "narrative", "Echo", "", 1, POLISH),
    (9, "e", "narrative", "Echo", "", 1, LONG),
]
Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command line in an empty folder: exit code, its JSON, what it said on the error channel."""
    monkeypatch.chdir(tmp_path)

    def command(*words: object) -> tuple[int, Any, str]:
        monkeypatch.setattr("sys.argv", ["risiko", *map(str, words), "--store", "s.db", "--json"])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), json.loads(told.out or "null"), told.err

    return command


def lines(rows: list[tuple[object, ...]], *names: str) -> bytes:
    return "\n".join(";".join(str(cell) for cell in row) for row in [names, *rows]).encode()


def delivered(folder: Path, rows: list[tuple[object, ...]], users: str = "100 100 100 100 100 0 ", **rules: str) -> None:
    """A folder of services a to g (f has no users, g none told), complaints and voices, with a mapping."""
    people = users.split(" ")
    mapping = block("services", "services.csv", SERVICES) + block("complaints", "complaints.csv", COMPLAINTS)
    folder.mkdir()
    write(
        folder, mapping + block("experiences", "voices.csv", {**VOICES, **rules}),
        services_csv=lines(list(zip("abcdefg", people, strict=True)), "id", "users"),
        complaints_csv=lines([(1, "a"), (2, "a"), (3, "b"), (4, "f"), (5, "g")], "id", "service"),
        voices_csv=lines(rows, "id", "service", "method", "who", "score", "n", "text"),
    )  # fmt: skip


def readings(signal: str) -> pd.DataFrame:
    return pipeline.prepare(pipeline.open_authority("s.db"), AS_OF).features.readings[signal]


def test_every_doubt_is_told_with_its_row_and_only_what_cannot_be_meant_is_turned_away(run: Run, tmp_path: Path) -> None:
    delivered(tmp_path / "in", ROWS)
    code, _, error = run("import", "in", "--mapping", "in/mapping.toml")
    assert (code, error) == (0, "")
    found = pd.DataFrame(run("rejects")[1])
    assert found[["row", "column", "reason", "severity"]].to_numpy().tolist() == [
        [2, "method", "not_allowed", "rejected"], [4, "organisation", "spelled_otherwise", "warning"],
        [5, "organisation", "same_survey", "warning"], [6, "n", "survey_without_n", "warning"],
        [7, "score", "out_of_range", "rejected"], [10, "text", "text_cut", "warning"],
    ]  # fmt: skip


def test_what_is_kept_reads_as_was_told(run: Run, tmp_path: Path) -> None:
    delivered(tmp_path / "in", ROWS)
    run("import", "in", "--mapping", "in/mapping.toml")
    survey = readings("experience_survey")
    assert survey["value"].dropna().to_dict() == {"a": 40, "b": 60}
    assert survey.loc[["a", "b"], "n"].tolist() == [30, 30]  # the survey that came twice counts once
    assert survey.loc[["c", "d"], "missing"].tolist() == ["n_missing", "no_evidence"]
    for texts in ("narrative_critical", "narrative_fear"):  # one letter, Polish and very long: three, not five
        assert readings(texts).loc["e", ["n", "missing"]].tolist() == [3, "too_few_texts"]
    rate = readings("complaint_rate")
    assert rate.loc[["f", "g"], "missing"].tolist() == ["no_exposure"] * 2
    assert rate.loc[["f", "g"], "n"].tolist() == [1, 1]  # their complaints are still told
    assert rate["value"].notna().sum() == 5


def test_the_list_and_the_signals_come_out_of_it(run: Run, tmp_path: Path) -> None:
    delivered(tmp_path / "in", ROWS)
    run("import", "in", "--mapping", "in/mapping.toml")
    code, scored, error = run("score", "--as-of", AS_OF)
    assert (code, error, scored["services"]) == (0, "", 7)
    assert {row["service_id"] for row in scored["top"]} == set("abcdefg")
    assert scored["top"][0]["service_id"] == "a"  # most complaints and the worse survey
    code, told, error = run("signals")
    assert (code, error) == (0, "")
    assert {"complaint_rate", "experience_survey", "narrative_fear"} <= {row["signal"] for row in told}


def test_texts_in_a_language_the_phrases_are_not_in_score_no_one(run: Run, tmp_path: Path) -> None:
    delivered(tmp_path / "in", [(i, "e", "narrative", "Echo", "", 1, f"{POLISH} {i}") for i in range(7)])
    run("import", "in", "--mapping", "in/mapping.toml")
    assert readings("narrative_fear").loc["e", ["value", "n", "missing"]].fillna(-1).tolist() == [-1, 0, "too_few_texts"]


@pytest.mark.parametrize(("rule", "value", "told"), [('"score"', 4, ["narrow_scale"]), ('{ from = "score", scale = [1, 5] }', 75, [])])
def test_a_scale_of_one_to_five_is_converted_where_declared_and_doubted_where_not(
    run: Run, tmp_path: Path, rule: str, value: float, told: list[str]
) -> None:
    rows = [(i, service, "survey", "Echo", score, 30 + i, "") for i, (service, score) in enumerate([("a", 4), ("b", 2), ("c", 5)])]
    delivered(tmp_path / "in", rows, score=rule)
    assert run("import", "in", "--mapping", "in/mapping.toml")[0] == 0
    assert [row["reason"] for row in run("rejects")[1]] == told
    assert readings("experience_survey").loc["a", "value"] == value


def test_where_no_service_has_users_no_rate_is_told_and_the_list_still_comes(run: Run, tmp_path: Path) -> None:
    delivered(tmp_path / "in", ROWS, users="0 0 0    ")
    run("import", "in", "--mapping", "in/mapping.toml")
    assert set(readings("complaint_rate")["missing"]) == {"no_exposure"}
    assert run("score", "--as-of", AS_OF)[1]["services"] == 7


def test_where_nothing_can_be_used_the_import_says_so_and_fails(run: Run, tmp_path: Path) -> None:
    delivered(tmp_path / "in", [(1, "a", "rumour", "Echo", 40, 30, "")])
    only = '[mapping]\nname = "drawn"\n' + block("experiences", "voices.csv", VOICES)
    run("import", "in", "--mapping", "in/mapping.toml")
    (tmp_path / "in" / "mapping.toml").write_text(only, encoding="utf-8")
    (tmp_path / "in" / "voices.csv").write_text("id;service;method;who;score;n;text\n2;a;gossip;Echo;40;30;\n", encoding="utf-8")
    code, _, _ = run("import", "in", "--mapping", "in/mapping.toml")
    assert code == 2
    assert run("rejects")[1][-1]["value"] == "gossip"
