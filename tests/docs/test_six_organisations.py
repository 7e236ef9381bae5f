"""docs/tutorial/six-organisations.md, walked on a small authority: every command, in order, does what it says."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from risiko.cli.main import app
from risiko.synthetic.members_survey import ASKED, GROUP
from tests import small_authority as small

TEXT = (Path(__file__).parents[2] / "docs/tutorial/six-organisations.md").read_text(encoding="utf-8")
FILE = re.compile(r'^```toml title="([\w.]+)"\n(.*?)^```', re.M | re.S)
BLOCK = re.compile(r"^```console\n(.*?)^```", re.M | re.S)


def commands() -> Iterator[list[str]]:
    """The commands as words, with the years that the example's two waves are from."""
    second = date.today() - timedelta(days=30)
    years = {"LAST_YEAR": f"{second.year - 1}", "THIS_YEAR": f"{second.year}"}
    for block in BLOCK.findall(TEXT):
        for line in block.replace("\\\n", " ").splitlines():
            told = [re.sub("LAST_YEAR|THIS_YEAR", lambda found: years[found[0]], word) for word in shlex.split(line[2:])]
            yield [f"{date.today().year}" if told[i - 1] == "--period" else word for i, word in enumerate(told)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder in which the commands ran, and what each said, by its words."""
    place = tmp_path_factory.mktemp("six")
    (place / "data/demo").mkdir(parents=True)
    shutil.copy(small.store_file(), place / "data/demo/risiko.db")
    for name, body in FILE.findall(TEXT):
        (place / name).write_text(body, encoding="utf-8")
    said = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("COLUMNS", "300")
        for words in commands():
            done = CliRunner().invoke(app, words[1:])
            assert done.exit_code == 0, (words, done.output, done.exception)
            said[" ".join(words)] = done.output
    return place, said


def of(said: dict[str, str], *words: str) -> str:
    return next(text for command, text in said.items() if all(word in command for word in words))


def test_seven_workbooks_are_taken_in_and_none_on_a_dry_run(walked: tuple[Path, dict[str, str]]) -> None:
    place, said = walked
    assert len(list((place / "svar").glob("1-*.xlsx"))) == len(ASKED) + 1 == 7
    assert of(said, "1-vinterlys", "--dry-run").count("nothing was kept") == 2
    assert of(said, "1-treklover").count("Taken in (sub-") == 7


def test_the_plan_is_kept_and_its_evidence_noted(walked: tuple[Path, dict[str, str]]) -> None:
    from risiko.store import open_store

    place, _ = walked
    kinds = open_store(str(place / "data/demo/risiko.db")).log()["kind"].tolist()
    assert kinds.count("submission") == 9
    assert kinds.index("evidence_use") == kinds.index("plan") + 1
    assert (place / "plan.xlsx").stat().st_size > 0


def test_each_organisation_gets_an_answer_of_its_own(walked: tuple[Path, dict[str, str]]) -> None:
    from docx import Document

    place, _ = walked
    page = (place / "vinterlys.html").read_text(encoding="utf-8")
    memo = Document(str(place / "motvind.docx"))
    told = "\n".join(p.text for p in memo.paragraphs)
    assert "Pårørendelaget Vinterlys" in page
    assert GROUP not in page
    assert GROUP in told
    assert "Hva ble bestemt?" in told
    assert "Jeg ringte i tre uker" in told


def test_the_large_survey_is_told_back_in_numbers_at_once(walked: tuple[Path, dict[str, str]]) -> None:
    page = (walked[0] / "vinterlys.html").read_text(encoding="utf-8")
    assert re.search(r"minst \d\d\d personer", page), "507 answered; the few of small places wait"


def test_the_two_planted_differences_are_found_and_no_other(walked: tuple[Path, dict[str, str]]) -> None:
    table = of(walked[1], "compare")
    higher = [line.split("│")[2].strip() for line in table.splitlines() if "higher" in line]
    assert sorted(higher) == ["Har du fått like mye hjelp som før?", "Vet du hvem du kan ringe når noe endres?"]
    assert table.count("not shown") == 4
