"""User voices on the command line: a template out, a filled one in, faults by cell, and nothing kept that should not be."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from risiko.cli.main import app
from risiko.store import open_store
from tests.builders import batch, part
from tests.workbooks import focus_group, saved

SERVICES = """
service_id | name               | service_type | county
s-1        | Solbakken sykehjem | nursing_home | Troms
"""
EARLIER = """
service_id | event_date | organisation | method    | score | n
s-1        | 2025-11-01 | Mental Helse | interview | 61    | 4
"""


@pytest.fixture
def store(tmp_path: Path) -> str:
    address = str(tmp_path / "own.db")
    made = open_store(address)
    made.commit(batch(part("services", SERVICES), part("experiences", EARLIER)))
    made.close()
    return address


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["voice", *words])


def file(folder: Path, name: str, book: openpyxl.Workbook) -> str:
    path = folder / name
    path.write_bytes(saved(book))
    return str(path)


def kept(store: str) -> list[str]:
    opened = open_store(store, create=False)
    ids: list[str] = opened.read(["submissions"])["submissions"]["submission_id"].tolist()
    opened.close()
    return ids


def test_a_template_is_written_once_and_never_over_a_filled_one(store: str, tmp_path: Path) -> None:
    path = tmp_path / "gruppe.xlsx"
    assert run("template", "focus_group", "--out", str(path), "--store", store).exit_code == 0
    titles = openpyxl.load_workbook(path).sheetnames
    assert "Om innspillet" in titles
    path.write_bytes(b"filled in")
    again = run("template", "focus_group", "--out", str(path), "--store", store)
    assert "may be a filled one" in str(again.exception)
    assert path.read_bytes() == b"filled in"
    english = tmp_path / "group.xlsx"
    assert run("template", "focus_group", "--out", str(english), "--language", "en", "--store", store).exit_code == 0
    assert openpyxl.load_workbook(english).sheetnames != titles
    assert "survey, focus_group" in str(run("template", "rumour", "--store", store).exception)
    assert "nb, nn, en" in str(run("template", "survey", "--language", "sv", "--store", store).exception)
    nowhere = run("template", "survey", "--out", str(path / "x.xlsx"), "--store", store)  # below a file
    assert "cannot be written" in str(nowhere.exception)


def test_filled_templates_are_taken_in_once_and_faults_are_told_by_cell(store: str, tmp_path: Path) -> None:
    good = file(tmp_path, "good.xlsx", focus_group())
    bad = file(tmp_path, "bad.xlsx", focus_group({"n": 9, "n_invited": 8, "consent": None}))
    rehearsed = run("add", good, "--dry-run", "--store", store)
    assert rehearsed.exit_code == 0
    assert "In order. Dry run" in rehearsed.output
    assert kept(store) == []
    refused = run("add", bad, "--by", "KN", "--store", store)
    assert refused.exit_code == 2
    assert "Not taken in" in refused.output
    assert "Om innspillet!C" in refused.output
    assert "112 prosent" in refused.output
    assert kept(store) == []
    both = run("add", bad, good, "--by", "KN", "--store", store)
    assert both.exit_code == 0
    own = kept(store)
    assert len(own) == 1
    assert f"Taken in ({own[0]})" in both.output
    again = run("add", good, "--by", "KN", "--store", store, "--json")
    assert again.exit_code == 0
    told = json.loads(again.output)
    assert [(one["file"], one["status"], one["submission_id"]) for one in told] == [("good.xlsx", "already", own[0])]
    assert kept(store) == own


def test_a_corrected_file_takes_the_place_of_the_first(store: str, tmp_path: Path) -> None:
    first, second = (file(tmp_path, f"{n}.xlsx", focus_group({"n": n})) for n in (9, 8))
    assert run("add", first, "--by", "KN", "--store", store).exit_code == 0
    own = kept(store)[0]
    two = run("add", first, second, "--by", "KN", "--replaces", own, "--store", store)
    assert "One file at a time" in str(two.exception)
    corrected = run("add", second, "--by", "KN", "--replaces", own, "--store", store)
    assert "Changed (sub-" in corrected.output
    assert len(kept(store)) == 1
    assert kept(store) != [own]


def test_faults_for_machines_hold_reason_cell_and_words(store: str, tmp_path: Path) -> None:
    bad = file(tmp_path, "bad.xlsx", focus_group({"organisation": "Mental Hlse"}))
    found = run("add", bad, "--dry-run", "--json", "--language", "en", "--store", store)
    assert found.exit_code == 2
    fault = next(one for one in json.loads(found.output)[0]["faults"] if one["rejected"])
    assert fault["reason"] == "unknown_organisation"
    assert fault["cell"].startswith("Om innspillet!C")
    assert "Mental Helse" in fault["try"]
    assert fault["what"] == "We have not heard of an organisation of this name before."


def test_somebody_must_answer_for_it_and_the_file_must_be_there(store: str, tmp_path: Path) -> None:
    good = file(tmp_path, "good.xlsx", focus_group())
    assert "Somebody must answer" in str(run("add", good, "--store", store).exception)
    assert "no such file" in str(run("add", str(tmp_path / "no.xlsx"), "--by", "KN", "--store", store).exception)
    assert kept(store) == []
