"""The generated reference pages are fresh and complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from risiko import settings
from risiko.contracts import CONTRACTS
from risiko.ingest.faults import REASONS
from risiko.reports import reference_docs

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
PAGES = reference_docs.pages()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_fresh(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name], "stale: run `risiko docs`"


def test_no_page_is_left_over():
    assert {p.name for p in FOLDER.glob("*.md")} == set(PAGES)


def test_a_stale_page_is_written_anew(tmp_path):
    (tmp_path / "settings.md").write_text("old", encoding="utf-8")
    written = reference_docs.write_reference(tmp_path)
    assert {p.name: p.read_text(encoding="utf-8") for p in written} == PAGES


def test_dictionary_shows_limits_of_a_column():
    line = next(x for x in PAGES["data-dictionary.md"].splitlines() if x.startswith("| `selection_probability`"))
    assert line == (
        "| `selection_probability` | number | probability | yes | 0 to 1 | "
        "Probability of being chosen, where it was drawn. |"
    )


def test_every_column_and_reason_is_told():
    dictionary = PAGES["data-dictionary.md"]
    columns = [f"| `{c.name}` | {c.type} |" for contract in CONTRACTS.values() for c in contract.columns]
    assert [c for c in columns if c not in dictionary] == []
    assert [r for r in REASONS if f"| `{r}` |" not in PAGES["reject-reasons.md"]] == []


def test_a_bar_inside_a_cell_does_not_break_the_table():
    assert reference_docs._table(["a"], [["x|y"]]) == "| a |\n| --- |\n| x\\|y |"


def test_every_threshold_has_its_reason():
    sections = {n: f.annotation for n, f in settings.Settings.model_fields.items()}
    bare = [
        f"{name}.{key}"
        for name, section in sections.items()
        if isinstance(section, type) and issubclass(section, BaseModel)
        for key, about in section.model_fields.items()
        if not about.description
    ]
    assert bare == []
