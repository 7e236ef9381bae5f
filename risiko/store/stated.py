"""What the log says of the lines that a store keeps, and whether those lines still are what it says."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, TypeAlias

from risiko.store.anchors import ModelEntry, Promotion
from risiko.store.chain import Fault, LogEntry, digest
from risiko.store.decisions import DrawLine, WeightSetLine
from risiko.store.log import Entry

Line: TypeAlias = ModelEntry | Promotion | DrawLine | WeightSetLine
# kind of entry -> the table whose lines it tells of, and its columns; never changed for a kind, or old entries fail
TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "model": ("models", ("model_id", "manifest_sha256", "kind", "as_of", "recorded_at")),
    "promotion": ("promotions", ("seq", "model_id", "why", "at", "by")),
    "draw": ("draws", ("seq", "made_at", "by", "why", "as_of", "record", "sha256")),
    "weight_set": ("weight_sets", ("seq", "name", "weights", "note", "made_at", "by")),
}
_PART = ("part_id", "source", "block", "file", "table", "content_hash", "imported_at", "n_good", "metadata")
KINDS: Mapping[type[Line], str] = {
    ModelEntry: "model", Promotion: "promotion", DrawLine: "draw", WeightSetLine: "weight_set"
}  # fmt: skip
Row: TypeAlias = Mapping[str, Any]


def line_row(line: Line) -> dict[str, Any]:
    """The line as a row of its table: dates and moments as ISO text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(line).items()}


def part_row(entry: Entry) -> dict[str, Any]:
    """The part as a row of the table parts: the moment as ISO text, the metadata as JSON."""
    texts = {"imported_at": entry.imported_at.isoformat(), "metadata": json.dumps(dict(entry.metadata))}
    return {**asdict(entry), **texts}


def of_line(line: Line) -> tuple[str, str, dict[str, Any]]:
    """Kind, about and body of the entry that tells of a line: its key, what it is of, and the hash of its whole row."""
    kind, row = KINDS[type(line)], line_row(line)
    body: dict[str, Any] = {"key": _key(kind, row), "row": row_hash(kind, row)}
    match line:
        case ModelEntry():
            return kind, line.model_id, {**body, "sha256": line.manifest_sha256, "as_of": row["as_of"]}
        case Promotion():
            return kind, line.model_id, body
        case DrawLine():
            return kind, str(line.seq), {**body, "sha256": line.sha256, "as_of": row["as_of"]}
        case WeightSetLine():
            return kind, line.name, {**body, "taken_away": line.weights is None}


def imported(entries: Sequence[Entry]) -> tuple[str, dict[str, Any]]:
    """About and body of the entry that tells of an import: its parts by number; blank where there is none."""
    parts = [
        {"key": e.part_id, "table": e.table, "rows": e.n_good, "sha256": e.content_hash, "row": _part_hash(part_row(e))}
        for e in entries
    ]
    numbers = [e.part_id for e in entries]
    about = f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else "".join(map(str, numbers))
    return about, {"parts": parts}


def row_hash(kind: str, row: Row) -> str:
    """SHA-256 over a row's table and values, in the order of TABLES."""
    table, columns = TABLES[kind]
    return digest([table, *(row[column] for column in columns)])


def before_hash(rows: Mapping[str, Sequence[Row]]) -> str:
    """SHA-256 over all the lines that stood when a log began, whatever their order; blank: none. rows: by kind.
    """
    hashes = sorted(row_hash(kind, row) for kind in TABLES for row in rows.get(kind, ()))
    return digest(hashes) if hashes else ""


def disagreeing(
    entries: Sequence[LogEntry], rows: Mapping[str, Sequence[Row]], parts: Iterable[Row], start: str, *, whole: bool
) -> list[Fault]:
    """Lines that are not what their entry says, are gone, or were never entered.

    rows: of the small tables, by kind; parts: of the table parts, of which those from before the log's first import
    are in no entry. start: hash of the lines from before the log. whole:
    the chain holds; otherwise an entry that was changed can no longer say what it told of, and lines without an entry
    are not held against anything.
    """
    found, told = [], _told(entries)
    held = {(kind, _key(kind, row)): row_hash(kind, row) for kind in TABLES for row in rows.get(kind, ())}
    imported_parts = {("import", row["part_id"]): _part_hash(row) for row in parts}
    held |= imported_parts
    for (kind, key), (seq, hashed) in told.items():
        if (kind, key) not in held:
            found.append(Fault(seq, "row_missing", f"{kind} {key}"))
        elif held[kind, key] != hashed:
            found.append(Fault(seq, "row_changed", f"{kind} {key}"))
    if whole:
        first = min((key for kind, key in told if kind == "import"), default=math.inf)
        found += [
            Fault(None, "row_unknown", f"import {key}")
            for kind, key in imported_parts
            if key > first and (kind, key) not in told
        ]
        found += _untold(rows, told, start)
    return found


def _untold(rows: Mapping[str, Sequence[Row]], told: Mapping[tuple[str, Any], Any], start: str) -> list[Fault]:
    """Lines without an entry must be those that stood before the log, and exactly those."""
    older = {kind: [row for row in rows.get(kind, ()) if (kind, _key(kind, row)) not in told] for kind in TABLES}
    if before_hash(older) == start:
        return []
    names = [f"{kind} {_key(kind, row)}" for kind, lines in older.items() for row in lines]
    if start:
        return [Fault(None, "before", ", ".join(names[:5]))]
    return [Fault(None, "row_unknown", name) for name in names]


def _told(entries: Iterable[LogEntry]) -> dict[tuple[str, Any], tuple[int, str]]:
    """(kind, key) -> (seq, hash of the row) of every line that the log tells of; an unreadable body tells of none."""
    told = {}
    for entry in entries:
        if entry.kind != "import" and entry.kind not in TABLES:
            continue
        try:
            body = json.loads(entry.body)
            for said in body["parts"] if entry.kind == "import" else [body]:
                told[entry.kind, said["key"]] = (entry.seq, said["row"])
        except (ValueError, TypeError, KeyError):  # it was changed, and is told as such
            continue
    return told


def _key(kind: str, row: Row) -> Any:
    return row[TABLES[kind][1][0]]


def _part_hash(row: Row) -> str:
    return digest(["parts", *(row[column] for column in _PART)])


