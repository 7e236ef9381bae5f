"""An import drawn in a test: files and a mapping as text, read the way the program reads them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd

from risiko.batch import Batch, Part
from risiko.ingest import load_mapping, read

TODAY = date(2025, 1, 31)
# One block for complaints, to which a test adds or from which it takes.
COMPLAINTS = {
    "complaint_id": '"id"', "service_id": '"service"', "event_date": '"date"', "known_date": '"date"',
    "n": "{ const = 1 }", "stream": '{ const = "case" }', "outcome": '{ const = "unknown" }',
    "date_precision": '{ const = "day" }',
}  # fmt: skip
SERVICES = {
    "service_id": '"id"', "known_date": '"known"', "sector": '{ const = "health" }', "service_type": '"type"',
    "natural_person": "{ const = false }",
}  # fmt: skip


def block(table: str, file: str, rules: dict[str, str], head: str = "", tail: str = "") -> str:
    """A [[table]] block. rules: column -> TOML; an empty one takes the column's rule away."""
    lines = "\n".join(f"{name} = {rule}" for name, rule in rules.items() if rule)
    return f'[[table]]\ntable = "{table}"\nfile = "{file}"\n{head}\n[table.columns]\n{lines}\n{tail}\n'


def complaints(head: str = "", file: str = "complaints.csv", **rules: str) -> str:
    """The block for complaints with some rules changed."""
    return block("complaints", file, {**COMPLAINTS, **rules}, head)


def services(head: str = "", tail: str = "", file: str = "services.csv", **rules: str) -> str:
    """The block for services with some rules changed."""
    return block("services", file, {**SERVICES, **rules}, head, tail)


def drawn(text: str) -> str:
    """A table drawn with bars as semicolon-separated text."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return "\n".join(";".join(line) for line in lines) + "\n"


def write(folder: Path, mapping: str = "", defaults: str = "", **files: str | bytes) -> Path:
    """The files (name_csv=drawn text, or bytes as they are) and mapping.toml in the folder."""
    for name, content in files.items():
        path = folder / name.replace("_csv", ".csv")
        path.write_bytes(content if isinstance(content, bytes) else drawn(content).encode())
    head = f'[mapping]\nname = "drawn"\n[defaults]\n{defaults}\n'
    (folder / "mapping.toml").write_text(head + mapping, encoding="utf-8")
    return folder


def read_all(folder: Path, source: Path | None = None, known: str = "a b c", supervisions: str = "") -> Batch:
    """The folder (or one file in it) by its mapping.toml; services a, b and c are in the store already."""
    return read(
        source or folder, load_mapping(folder / "mapping.toml"), today=TODAY, imported_at=datetime(2025, 1, 31, 12),
        known_services=frozenset(known.split()), known_supervisions=frozenset(supervisions.split()),
    )  # fmt: skip


def read_part(folder: Path, source: Path | None = None, **more: str) -> Part:
    """The first part of the import."""
    return read_all(folder, source, **more).parts[0]


def rejects(part: Part) -> list[tuple[int, str, str, str]]:
    """The reject list as row, column, value, reason."""
    return [tuple(line) for line in part.rejects[["row", "column", "value", "reason"]].itertuples(index=False)]


def column(part: Part, name: str) -> list[object]:
    """A column of the good rows; None for missing, dates as ISO text."""
    values = part.rows[name]
    if values.dtype.kind == "M":
        values = values.dt.strftime("%Y-%m-%d")
    return [None if pd.isna(value) else value for value in values]
