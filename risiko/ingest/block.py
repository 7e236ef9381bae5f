"""One block of the mapping and one file: read, shape, build, check, and account for every row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from risiko.batch import REJECT_COLUMNS, Part
from risiko.checks import check
from risiko.contracts import CONTRACTS
from risiko.errors import InputError
from risiko.ingest import faults, files, wanted
from risiko.ingest.build import Built, built
from risiko.ingest.cells import as_text
from risiko.ingest.evidence import doubts
from risiko.ingest.free_text import without_identifiers
from risiko.ingest.mapping import Join, Mapping, Table
from risiko.ingest.raw import Layout, Raw, need
from risiko.ingest.readers import read_file
from risiko.ingest.shape import shaped
from risiko.ingest.snapshots import changes_only, closings, strays


@dataclass(frozen=True)
class Known:
    """What rows may refer to or repeat, and the day after which a date lies in the future."""

    today: date
    services: Collection[str]
    supervisions: Collection[str]
    experiences: Sequence[pd.DataFrame] = ()  # of this import so far


def read_block(table: Table, path: Path, folder: Path, mapping: Mapping, known: Known) -> Part:
    """The rows that one file gives to one block's table, with everything that was wrong.

    A row of the file goes in whole or not at all: one faulty cell, in a required column or not, and every contract row
    it would have given is rejected. Raises InputError for what concerns the file as a whole.
    """
    defaults = mapping.defaults

    def opened(file: Path, sheet: str | None, header_row: int, columns: Collection[str]) -> Raw:
        return read_file(file, Layout(defaults.delimiter, defaults.encoding, header_row, sheet), columns)

    def fetch(join: Join) -> Raw:
        file = files.joined_file(folder, join.file)
        other = opened(file, join.sheet, 1, {*join.keys[1], *join.take})
        need(other.names, [*join.keys[1], *join.take], file, table.block)
        if len(other.malformed):
            bad = other.malformed.iloc[0]
            raise InputError(
                f"A line of the joined file cannot be read: {bad['message']}.",
                where=f"{file}, row {bad['row']}",
                hint="correct it",
            )
        return other

    raw = opened(path, table.sheet, table.header_row, wanted.of(table))
    need(raw.names, wanted.required(table), path, table.block)
    frame = raw.frame if "file_name" in raw.frame else raw.frame.assign(file_name=path.name)
    made = without_identifiers(built(shaped(frame, table, defaults, fetch), table, defaults), CONTRACTS[table.table])
    good, lines = _held_against_contract(made, table, known)
    if table.table == "experiences":
        lines = faults.together([lines, _by_row(doubts(good, table, known.experiences), made)])
    lines = faults.together([_malformed(raw), lines])
    if table.complete_lists:
        ended, unsure = closings(made, good, lines)
        good, lines = pd.concat([good, ended]), faults.together([lines, unsure])
    if table.only_changes:
        good = good[changes_only(good, CONTRACTS[table.table])]
    rows = good.set_axis(pd.Index(made.rows.reindex(good.index).to_numpy(), name="row"))
    lines = lines[~_idle(lines, rows)]
    rejected = faults.rejected(lines).nunique()
    paths = [path, *(files.joined_file(folder, join.file) for join in table.join)]
    return Part(
        source=mapping.name, block=table.block, file=files.label(path, folder), table=table.table,
        content_hash=files.content_hash(table, mapping, paths, lines),
        rows=rows, rejects=_as_rejects(lines, files.label(path, folder)),
        n_read=raw.n_records, n_left_out=raw.n_records - rows.index.nunique() - rejected,
    )  # fmt: skip


def _held_against_contract(made: Built, table: Table, known: Known) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that keep the contract (index: position), and all faults by row number."""
    contract = CONTRACTS[table.table]
    checked = check(
        table.table, made.frame, today=known.today, known_services=known.services, known_supervisions=known.supervisions
    )
    found = checked.faults[checked.faults["reason"] != "duplicate_key"]
    found = _by_row(found.assign(message=_with_label(found, table)), made)
    # A cell that would not convert is empty by now: that it is "missing" is no second fault.
    told = pd.MultiIndex.from_frame(made.faults[["row", "column"]])
    found = found[
        ~((found["reason"] == "missing_value") & pd.MultiIndex.from_frame(found[["row", "column"]]).isin(told))
    ]
    found = faults.together([made.faults, found, *([_by_row(strays(made), made)] if table.complete_lists else [])])
    sound = made.frame[~made.rows.isin(faults.rejected(found)).to_numpy()]
    doubled = sound.duplicated(list(contract.key), keep="first")
    first = contract.id_columns[0]
    twice = _by_row(faults.at(sound[first], doubled, first, "duplicate_key"), made)
    good = sound[~made.rows[sound.index].isin(twice["row"]).to_numpy()]
    return good, faults.together([found, twice])


def _by_row(found: pd.DataFrame, made: Built) -> pd.DataFrame:
    """Faults by position as faults by row number, with the value as it stands in the file, where that is one cell."""
    values = found["value"].copy()
    for name in set(found["column"]) & set(made.cells):
        here = found["column"] == name
        cells = as_text(made.cells[name].reindex(found.loc[here, "row"]))
        cells = faults.told(cells).where(cells.notna().to_numpy())
        values[here] = cells.set_axis(values[here].index).fillna(values[here])
    return found.assign(value=values, row=made.rows.reindex(found["row"]).to_numpy(dtype="int64"))


def _idle(lines: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Warnings about the value of a row that is not in."""
    return (lines["severity"] == "warning") & (lines["reason"] != "unsure_list") & ~lines["row"].isin(rows.index)


def _with_label(found: pd.DataFrame, table: Table) -> pd.Series:
    """The check's message, with the file's own column name where it differs."""
    labels = {name: rule.label for name, rule in table.columns.items()}
    suffix = {name: f'; file column "{label}"' for name, label in labels.items() if label not in ("", name)}
    return found["message"] + found["column"].map(suffix).astype("str").fillna("")


def _malformed(raw: Raw) -> pd.DataFrame:
    lines = raw.malformed.assign(column="", reason="malformed_row", severity="rejected")
    return lines.assign(value=faults.told(lines["value"]))[list(faults.FAULT_COLUMNS)]


def _as_rejects(lines: pd.DataFrame, file: str) -> pd.DataFrame:
    lines = lines.drop_duplicates().sort_values(["row", "column"], kind="stable", ignore_index=True)
    lines = lines.assign(file=file, row=lines["row"].astype("Int64"))
    texts = [name for name in REJECT_COLUMNS if name != "row"]
    return lines.astype(dict.fromkeys(texts, "str"))[list(REJECT_COLUMNS)]
