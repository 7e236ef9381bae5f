"""A plan as a file: by its ending, whole or not at all, and as JSON the very same plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from risiko.errors import InputError
from risiko.plan.archive import as_text, from_text
from risiko.reports.plan_files import WRITERS, check_target, plan_json, write_plan
from tests.plans import a_plan
from tests.unit.test_plan_words import words


def test_the_json_is_read_back_as_the_same_plan() -> None:
    record = a_plan()
    written = plan_json(words(record)).decode("utf-8")
    assert written.endswith("}\n")
    assert as_text(from_text(written)) == as_text(record)


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.DOCX", "plan.json"])
def test_a_file_is_written_by_its_ending(tmp_path: Path, name: str) -> None:
    write_plan(words(), tmp_path / name)
    begins = b'{"as_of"' if name.endswith("json") else b"PK"
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("name", "said"), [("plan.pdf", "files of this kind"), ("plan", "files of this kind"),
                                            ("none/plan.json", "cannot be written there")])  # fmt: skip
def test_what_cannot_be_written_is_told_beforehand(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_target(tmp_path / name)
    with pytest.raises(InputError, match=said):
        write_plan(words(), tmp_path / name)
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(InputError, match="cannot be written there"):
        check_target(tmp_path / "folder.json")


def test_a_language_that_there_is_not_is_told_beforehand(tmp_path: Path) -> None:
    check_target(tmp_path / "plan.json", "nn")
    with pytest.raises(InputError, match="no language 'sv'"):
        check_target(tmp_path / "plan.json", "sv")


def test_an_earlier_file_stays_when_the_new_one_cannot_be_made(tmp_path: Path) -> None:
    target = tmp_path / "plan.xlsx"
    target.write_text("earlier", encoding="utf-8")
    broken = a_plan(["risk"])
    broken.visits["reasons"] = "{"
    with pytest.raises(InputError, match="cannot be read"):
        write_plan(words(broken), target)
    assert target.read_text(encoding="utf-8") == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["plan.xlsx"]


def test_every_ending_that_is_offered_can_be_written(tmp_path: Path) -> None:
    assert set(WRITERS) == {".xlsx", ".docx", ".json"}
    for ending in WRITERS:
        write_plan(words(a_plan([], others=0)), tmp_path / f"plan{ending}")
    assert len(list(tmp_path.iterdir())) == 3
