"""docs/how-to/write-a-mapping.md: its example can be followed, gives what it says, and every key is explained."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from risiko.batch import Batch
from risiko.ingest import load_mapping, mapping, read
from risiko.ingest.faults import READING

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/how-to/write-a-mapping.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs/examples/my_regulator"
FILES = dict(re.findall(r'^```(?:csv|toml) title="([^"]+)"\n(.*?)^```', TEXT, re.M | re.S))


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    tmp_path = tmp_path_factory.mktemp("mapping")
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return read(tmp_path, load_mapping(tmp_path / "my_regulator.toml"), today=date(2025, 1, 1),
                imported_at=datetime(2025, 1, 1), known_services=frozenset(), known_supervisions=frozenset())  # fmt: skip


def test_the_rows_given_and_rejected_are_those_the_page_says(batch: Batch) -> None:
    said = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.M)
    found = [(p.block, p.n_read, len(p.rows), rejected(p), p.n_left_out) for p in batch.parts]
    assert [(block, *map(int, numbers)) for block, *numbers in said] == found


def rejected(part: object) -> int:
    lines = part.rejects
    return int(lines.loc[lines["severity"] == "rejected", "row"].nunique())


def test_the_slips_are_those_the_page_names(batch: Batch) -> None:
    lines = [(p.block, *line) for p in batch.parts for line in p.rejects[["row", "value", "reason"]].itertuples(index=False)]
    assert lines == [
        ("services", 8, "private firm", "not_recognised"),
        ("complaints", 5, "S9", "unknown_service"),
        ("complaints", 6, "01.09.23", "wrong_type"),
        ("complaints", 7, "Maybe", "untranslated"),
        ("grades", 5, "7", "untranslated"),
    ]


def test_what_the_page_tells_of_single_rows_is_so(batch: Batch) -> None:
    parts = {p.block: p.rows for p in batch.parts}
    closed = parts["services"].dropna(subset="valid_to")
    assert closed[["service_id", "valid_to"]].astype("str").to_numpy().tolist() == [["S3", "2023-12-31"]]
    c1 = parts["complaints"].query("complaint_id == 'C1'")[["known_date", "outcome", "grounds"]].astype("str")
    assert c1.to_numpy().tolist() == [["2023-01-10", "pending", "food"], ["2023-04-20", "upheld", "food"]]
    late = parts["texts"].set_index("supervision_id")["known_date"].dt.strftime("%Y-%m-%d").to_dict()
    assert late == {"V1": "2023-03-15", "V2": "2023-07-11"}


def test_the_files_to_run_are_those_on_the_page() -> None:
    assert {p.name: p.read_text(encoding="utf-8") for p in sorted(EXAMPLE.iterdir())} == dict(sorted(FILES.items()))


@pytest.mark.parametrize("model", [mapping.Head, mapping.Defaults, mapping.Table, mapping.Rule, mapping.Metadata, mapping.Condition,
                                   mapping.Join, mapping.Unpivot, mapping.Version], ids=lambda m: m.__name__)  # fmt: skip
def test_every_key_of_the_language_is_explained(model: type[BaseModel]) -> None:
    keys = [field.alias or name for name, field in model.model_fields.items()]
    unsaid = [k for k in keys if not re.search(rf"`[^`\n]*\b{k}\b[^`\n]*`|\[table\.{k}", TEXT)]
    assert unsaid == []


def test_every_reason_reading_adds_is_explained() -> None:
    assert [reason for reason in READING if f"| `{reason}` |" not in TEXT] == []


def test_the_page_says_how_counts_are_dated_and_files_are_named() -> None:
    assert "**last day of the period**" in TEXT
    assert re.search(r"same name \*replaces\* .*complaints_2023\.csv", TEXT, re.S)
