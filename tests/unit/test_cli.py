"""The command line as a person and as a machine meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from risiko import cli, pipeline, synthetic
from risiko.store import open_store

Call = Callable[..., tuple[int, str, str]]

MAPPING = """
[mapping]
name = "small"
title = "Two small tables"
[[table]]
table = "services"
file = "services.csv"
[table.columns]
service_id = "id"
known_date = "known"
sector = { const = "health" }
service_type = { const = "nursing_home" }
users = "users"
natural_person = { const = false }
[[table]]
table = "complaints"
file = "complaints.csv"
[table.columns]
complaint_id = "no"
service_id = "home"
event_date = "date"
known_date = "date"
n = { const = 1 }
stream = { const = "case" }
outcome = { const = "unknown" }
date_precision = { const = "day" }
"""
SERVICES = "id,known,users\na,2020-01-01,40\nb,2020-01-01,60\n"
COMPLAINTS = "no,home,date\n1,a,2023-02-01\n2,a,2023-03-01\n3,nowhere,2023-03-01\n"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command line in this process: exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["risiko", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return run


@pytest.fixture
def records(tmp_path: Path) -> Path:
    for name, text in (("map.toml", MAPPING), ("services.csv", SERVICES), ("complaints.csv", COMPLAINTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "risiko.db"
    store = open_store(str(path))
    pipeline.store_world(store, synthetic.build(n_services=200, years=4, seed=5), now=datetime(2026, 7, 1))
    store.close()
    return path


def test_import_says_how_many_rows_were_good_and_bad_and_keeps_the_good_ones(call: Call, records: Path) -> None:
    store = records / "new" / "risiko.db"
    code, out, _ = call("import", records, "--mapping", records / "map.toml", "--store", store, "--json")
    report = json.loads(out)
    assert code == 0
    assert {p["table"]: (p["n_good"], p["n_rejected"]) for p in report["parts"]} == {"services": (2, 0), "complaints": (2, 1)}
    assert [(r["file"], r["row"], r["reason"], r["value"]) for r in report["rejects"]] == [
        ("complaints.csv", 4, "unknown_service", "nowhere")
    ]
    code, out, _ = call("rejects", "--store", store)
    assert code == 0
    assert "nowhere" in out


def test_the_same_files_again_change_nothing_and_a_corrected_one_replaces_its_rows(call: Call, records: Path) -> None:
    store, words = records / "r.db", ("import", records, "--mapping", records / "map.toml", "--json", "--store")
    call(*words, store)
    again = json.loads(call(*words, store)[1])
    assert {p["status"] for p in again["parts"]} == {"unchanged"}
    (records / "complaints.csv").write_text(COMPLAINTS.replace("nowhere", "b"), encoding="utf-8")
    corrected = json.loads(call(*words, store)[1])
    assert {p["table"]: p["status"] for p in corrected["parts"]} == {"services": "unchanged", "complaints": "replaced"}
    assert len(open_store(str(store)).read()["complaints"]) == 3


def test_signals_lists_every_signal_with_the_members_the_records_give(call: Call, records: Path) -> None:
    mapped = (records / "map.toml").read_text(encoding="utf-8").replace('const = "case"', 'const = "letter"')
    (records / "map.toml").write_text(mapped, encoding="utf-8")
    call("import", records, "--mapping", records / "map.toml", "--store", records / "r.db")
    code, out, _ = call("signals", "--store", records / "r.db", "--json")
    named = {line["signal"] for line in json.loads(out)}
    assert code == 0
    assert {"complaint_rate", "experience_dimension:safe", "complaint_stream:letter"} <= named


def test_a_dry_run_keeps_nothing_and_tells_who_would_move(call: Call, records: Path) -> None:
    store, words = records / "r.db", ("import", records, "--mapping", records / "map.toml", "--json", "--store")
    call(*words, store)
    many = COMPLAINTS + "".join(f"b{i},b,2023-03-05\n" for i in range(40))
    (records / "complaints.csv").write_text(many, encoding="utf-8")
    before = open_store(str(store)).read()["complaints"]
    report = json.loads(call(*words, store, "--dry-run")[1])
    assert report["dry_run"]
    assert {p["table"]: p["status"] for p in report["parts"]} == {"services": "unchanged", "complaints": "replaced"}
    pd.testing.assert_frame_equal(open_store(str(store)).read()["complaints"], before)


def test_an_import_that_gives_nothing_ends_with_an_error_code(call: Call, records: Path) -> None:
    (records / "services.csv").write_text("id,known,users\na,not a date,40\n", encoding="utf-8")
    (records / "complaints.csv").write_text("no,home,date\n", encoding="utf-8")
    code, _, _ = call("import", records, "--mapping", records / "map.toml", "--store", records / "r.db")
    assert code == 2


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_score_writes_every_service_with_contributions_that_add_up(call: Call, demo: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"scores.{ending}"
    code, told, _ = call("score", "--store", demo, "--as-of", "2026-06-30", "--out", out, "--json")
    frame = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[ending](out)
    assert code == 0
    assert len(frame) == json.loads(told)["services"] > 100
    assert {"service_id", "likelihood", "consequence", "evidence", "priority", "rank"} <= set(frame.columns)
    signals = frame.filter(regex="^contribution_").sum(axis=1)
    assert (frame["base_log_odds"] + signals).to_numpy() == pytest.approx(
        np.log(frame["likelihood"] / (1 - frame["likelihood"])).to_numpy(), abs=1e-6
    )
    assert frame.filter(regex="^group_").sum(axis=1).to_numpy() == pytest.approx(signals.to_numpy(), abs=1e-6)


def test_score_counts_the_sole_practitioners_it_leaves_out(call: Call, demo: Path) -> None:
    persons = open_store(str(demo)).read(["services"])["services"].query("natural_person")["service_id"].nunique()
    code, out, _ = call("score", "--store", demo, "--as-of", "2026-06-30", "--json")
    assert code == 0
    assert 0 < json.loads(out)["excluded"]["natural_person"] <= persons
    assert "sole practitioners" in call("score", "--store", demo, "--as-of", "2026-06-30")[1]


def test_a_name_from_the_records_never_runs_as_a_formula(tmp_path: Path) -> None:
    from risiko.reports.table_file import write_table

    write_table(pd.DataFrame({"service_id": ["=1+1", "b"], "rank": [1, 2]}), tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").active["A2"]
    assert (cell.data_type, cell.value) == ("s", "=1+1")


def test_a_file_that_cannot_be_replaced_leaves_the_old_one_whole(tmp_path: Path) -> None:
    from risiko.reports import table_file

    target = tmp_path / "x.csv"
    target.write_text("old", encoding="utf-8")
    broken = {**table_file.WRITERS, ".csv": lambda frame, path: (path.write_text("half"), 1 / 0)}
    before, table_file.WRITERS = table_file.WRITERS, broken
    try:
        with pytest.raises(ZeroDivisionError):
            table_file.write_table(pd.DataFrame({"a": [1]}), target)
    finally:
        table_file.WRITERS = before
    assert target.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]


SETTINGS = {
    "wrong": "[score]\nwieghts = 1\n",
    "misspelt": "[score.weights]\ncomplant_rate_short = 1.0\n",
    "nan": "[score.weights]\nlast_finding = nan\n",
    "inf": "[consequence]\nreference_users = inf\n",
    "months": "[complaints]\nshort_months = 48\n",
}
WRONG = {
    "no such store": (["score", "--store", "{tmp}/absent.db"], 4),
    "an empty file as store": (["score", "--store", "{tmp}/empty.db"], 4),
    "text as store": (["score", "--store", "{tmp}/text.db"], 4),
    "a folder as store": (["score", "--store", "{tmp}"], 4),
    "not a date": (["score", "--store", "{demo}", "--as-of", "31.12.2023"], 2),
    "a date to come": (["score", "--store", "{demo}", "--as-of", "2999-01-01"], 2),
    "before anything was known": (["score", "--store", "{demo}", "--as-of", "1995-01-01"], 6),
    "an unknown kind of file": (["score", "--store", "{demo}", "--out", "{tmp}/x.docx"], 2),
    "a folder that is not there": (["score", "--store", "{demo}", "--out", "{tmp}/no/x.csv"], 2),
    "an import into memory": (["import", "{tmp}", "--mapping", "scotland_care", "--store", "memory:"], 2),
    "a weight that belongs to no signal": (["score", "--store", "{demo}", "--settings", "{tmp}/misspelt.toml"], 5),
    "a weight that is no number": (["score", "--store", "{demo}", "--settings", "{tmp}/nan.toml"], 5),
    "an infinite number of users": (["score", "--store", "{demo}", "--settings", "{tmp}/inf.toml"], 5),
    "windows in the wrong order": (["score", "--store", "{demo}", "--settings", "{tmp}/months.toml"], 5),
    "no such settings": (["score", "--store", "{demo}", "--settings", "{tmp}/no.toml"], 5),
    "settings with an unknown key": (["score", "--store", "{demo}", "--settings", "{tmp}/wrong.toml"], 5),
    "settings that are not TOML": (["score", "--store", "{demo}", "--settings", "{tmp}/text.db"], 5),
    "no such source": (["import", "{tmp}/absent", "--mapping", "scotland_care", "--store", "{tmp}/r.db"], 2),
    "no such mapping": (["import", "{tmp}", "--mapping", "absent", "--store", "{tmp}/r.db"], 3),
    "a mapping that is no mapping": (["import", "{tmp}", "--mapping", "{tmp}/wrong.toml", "--store", "{tmp}/r.db"], 3),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_plainly_with_where_and_what_to_try(call: Call, demo: Path, tmp_path: Path, case: str) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "text.db").write_text("this is no database", encoding="utf-8")
    for name, text in SETTINGS.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    words, wanted = WRONG[case]
    words = [w.format(tmp=tmp_path, demo=demo) for w in words]
    code, out, err = call(*words)
    assert code == wanted, (case, err)
    assert out == ""
    assert "Try: " in err
    assert "Traceback" not in err
    assert not (tmp_path / "r.db").exists()
    code, out, _ = call(*words, "--json")
    assert code == wanted
    assert json.loads(out)["what"]


def test_settings_of_ones_own_are_laid_over_the_shipped_ones(call: Call, demo: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[score.weights]\nlast_finding = 0.0\n", encoding="utf-8")
    top = json.loads(call("score", "--store", demo, "--settings", own, "--json", "--as-of", "2026-06-30")[1])["top"]
    assert all(row["contribution_last_finding"] == 0 for row in top)
    assert any(row["contribution_experience_mean"] != 0 for row in top)


@pytest.mark.parametrize("words", [["score", "--tpo", "3"], ["import"], ["score", "--top", "0"], ["scroe"]])
def test_a_slip_on_the_command_line_is_told_in_json_where_asked_for(call: Call, words: list[str]) -> None:
    code, out, _ = call(*words, "--json")
    assert code == 2
    assert json.loads(out)["error"] == "usage"
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert err


def test_without_a_date_the_newest_finding_counts_too(call: Call, demo: Path) -> None:
    newest = max(open_store(str(demo)).read([t])[t]["known_date"].max() for t in ("findings", "complaints", "services", "supervisions", "experiences"))
    assert json.loads(call("score", "--store", demo, "--json")[1])["as_of"] == f"{newest:%Y-%m-%d}"


def test_a_dry_run_that_leaves_nobody_to_rank_still_tells_what_would_go_in(call: Call, records: Path) -> None:
    (records / "services.csv").write_text("id,known,users\na,2024-06-30,40\nb,2024-06-30,60\n", encoding="utf-8")
    store, words = records / "r.db", ("import", records, "--mapping", records / "map.toml", "--json", "--store")
    first = json.loads(call(*words, store, "--dry-run")[1])
    assert first["store"] == str(store)
    assert not store.exists()
    code, out, _ = call(*words, store)
    assert code == 0
    (records / "complaints.csv").write_text(COMPLAINTS + "9,b,2021-01-05\n", encoding="utf-8")
    code, out, _ = call(*words, store, "--dry-run")
    assert code == 0
    assert json.loads(out)["moves"] is not None


def test_a_fault_of_ours_is_told_in_a_sentence_and_in_full_when_asked_for(
    call: Call, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risiko.pipeline.rank", lambda prepared, **_: 1 / 0)
    code, out, err = call("score", "--store", demo)
    assert (code, out) == (cli.FAULT_OF_OURS, "")
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err
    assert json.loads(call("score", "--store", demo, "--json")[1])["error"] == "error"
    monkeypatch.setenv("RISIKO_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_an_event_on_a_service_the_same_import_takes_away_is_refused_at_once(call: Call, records: Path) -> None:
    store, words = records / "r.db", ("import", records, "--mapping", records / "map.toml", "--json", "--store")
    (records / "complaints.csv").write_text("no,home,date\n1,a,2023-02-01\n2,b,2023-03-01\n", encoding="utf-8")
    call(*words, store)
    (records / "services.csv").write_text("id,known,users\na,2020-01-01,40\n", encoding="utf-8")
    first, second = (json.loads(call(*words, store)[1]) for _ in range(2))
    assert {p["table"]: (p["status"], p["n_good"]) for p in first["parts"]} == {"services": ("replaced", 1), "complaints": ("replaced", 1)}
    assert {p["status"] for p in second["parts"]} == {"unchanged"}


def test_a_file_that_takes_the_place_of_a_much_larger_one_is_pointed_out(call: Call, records: Path) -> None:
    store, words = records / "r.db", ("import", records, "--mapping", records / "map.toml", "--store")
    (records / "complaints.csv").write_text("no,home,date\n" + "".join(f"{i},a,2023-02-01\n" for i in range(60)), encoding="utf-8")
    assert "Look again" not in call(*words, store)[1]
    (records / "complaints.csv").write_text("no,home,date\nnew,a,2024-02-01\n", encoding="utf-8")
    assert "1 rows of complaints.csv take the place of 60" in call(*words, store, "--dry-run")[1]
    assert "1 rows of complaints.csv take the place of 60" in call(*words, store)[1]


def test_a_score_from_the_columns_it_uses_is_the_score_from_all_of_them(demo: Path) -> None:
    opened = pipeline.open_authority(str(demo))
    some, whole = (
        pipeline.rank(pipeline.prepare_tables(tables, date(2026, 6, 30), opened.settings))
        for tables in (pipeline.read_scored(opened), opened.store.read())
    )
    pd.testing.assert_frame_equal(some.table.frame(), whole.table.frame())
    pd.testing.assert_frame_equal(pipeline.ranking(some), pipeline.ranking(whole))
