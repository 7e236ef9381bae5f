"""`risiko report organisation`: a page or a Word file, an entry in the log, and every wrong question explained."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from risiko.cli.main import app
from risiko.errors import InputError
from risiko.store import open_store
from tests.unit.test_report_back import US, authority_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    address = str(tmp_path_factory.mktemp("report") / "risiko.db")
    authority_of(address).store.close()
    return address


def ask(store: str, *more: str) -> str:
    asked = ["report", "organisation", *more, "--store", store]
    return CliRunner().invoke(app, asked, catch_exceptions=False).output


def test_a_page_is_written_and_entered_in_the_log(store: str, tmp_path: Path) -> None:
    out = tmp_path / "svar.html"
    asked = (US.upper(), "--period", "2026H1", "--out", str(out), "--as-of", "2026-07-01", "--by", "KN", "--json")
    told = json.loads(ask(store, *asked, "--language", "nn"))
    assert (told["pieces"], told["people"], told["period"]) == (None, 86, ["2026-01-01", "2026-06-30"])
    assert '<html lang="nn">' in out.read_text(encoding="utf-8")
    entry = open_store(store, create=False).log(["report_back"]).iloc[-1]
    assert entry["by"] == "KN"
    assert json.loads(entry["body"])["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_a_word_file_can_be_opened(store: str, tmp_path: Path) -> None:
    out = tmp_path / "svar.docx"
    said = ask(store, US, "--period", "2026", "--out", str(out), "--as-of", "2026-07-01")
    assert "Svar til" in said
    read = docx.Document(str(out))
    assert read.core_properties.language == "nb-NO"
    assert [p.text for p in read.paragraphs if p.style.name == "Heading 1"][1] == "Hva fortalte dere oss?"


@pytest.mark.parametrize(("more", "why"), [
    (("--period", "2026-02..2026-07"), "whole half-years"),
    (("--period", "2026H1", "--language", "fr"), "no language 'fr'"),
    (("--period", "2026H1", "--out", "svar.pdf"), "not written to files of this kind"),
    (("--period", "2026H1", "--out", "nowhere/svar.html"), "cannot be written there"),
    (("--period", "2026H1", "--as-of", "i dag"), "is not a date"),
    (("--period", "2026H1", "--as-of", "2199-01-01"), "lies in the future"),
    (("--period", "2026H2", "--as-of", "2026-06-30"), "not begun"),
])  # fmt: skip
def test_a_wrong_question_is_explained_and_leaves_nothing(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=why):
        ask(store, US, *more)
    assert list(tmp_path.iterdir()) == []
