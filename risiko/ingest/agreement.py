"""Does a mapping agree with the contracts? Every disagreement, by key, before any row is read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from risiko.checks import limit_of
from risiko.contracts import CONTRACTS, LIST_SEPARATOR, Column, Contract
from risiko.ingest.cells import scalar_text
from risiko.ingest.convert import Writing, convert, whole
from risiko.ingest.mapping import FIELD, Defaults, Rule, Table

METADATA = "metadata_columns"
RESERVED = frozenset({"part_id", "row_no", "position"})  # columns that stores and signals add to services themselves
LONGEST_NAME = 60  # bytes: some databases cut names off after 63, and a store may put a number behind
METADATA_NAME = re.compile(r"^[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the key it stands at."""

    key: str
    message: str


def disagreements(tables: Sequence[tuple[int, Table]]) -> list[Fault]:
    """The faults of all blocks (numbered from 1) against the contracts and against each other."""
    found = [fault for number, table in tables for fault in _of_block(f"table[{number}]", table)]
    blocks: dict[str, int] = {}
    declared: dict[str, dict[str, object]] = {}
    for number, table in tables:
        if table.block in blocks:
            found.append(
                Fault(
                    f"table[{number}].block",
                    f"{table.block!r} is already the name of table[{blocks[table.block]}]; give each its own",
                )
            )
        blocks.setdefault(table.block, number)
        for name, meta in table.metadata.items():
            said = meta.model_dump(include={"kind", "unit", "direction", "audit_only", "sentence"})
            if declared.setdefault(name, said) != said:
                found.append(Fault(f"table[{number}].metadata.{name}", "declared differently in an earlier block"))
    return found


def unusable_encoding(defaults: Defaults) -> Iterator[Fault]:
    """An encoding that is none of text, a delimiter that cannot stand between cells."""
    if defaults.encoding != "auto":
        try:
            codecs.getincrementaldecoder(defaults.encoding)()
            "id;1".encode(defaults.encoding)  # hex, rot13 and their like have decoders too, but are none of text
        except (LookupError, UnicodeError, ValueError):
            yield Fault(
                "defaults.encoding", f"{defaults.encoding!r} is no known text encoding; try utf-8, latin-1 or auto"
            )
    if defaults.delimiter != "auto" and (
        len(defaults.delimiter) != 1 or not defaults.delimiter.isascii() or defaults.delimiter in '\r\n"\0'
    ):
        yield Fault(
            "defaults.delimiter", "must be auto or one plain character (ASCII), no line break and no quotation mark"
        )


def _of_block(key: str, table: Table) -> Iterator[Fault]:
    contract = CONTRACTS.get(table.table)
    if contract is None or table.table == METADATA:
        yield Fault(
            f"{key}.table", f"no contract table {table.table!r}; {_choice(table.table, set(CONTRACTS) - {METADATA})}"
        )
        return
    for pattern, at in [
        (table.file, "file"),
        *((join.file, f"join[{i}].file") for i, join in enumerate(table.join, 1)),
    ]:
        if not _inside_folder(pattern):
            yield Fault(f"{key}.{at}", "must be a name or pattern inside the source folder")
    yield from _required(key, table, contract)
    for name, rule in table.columns.items():
        if name not in contract.by_name:
            yield Fault(
                f"{key}.columns.{name}", f"{contract.name} has no such column; {_choice(name, contract.by_name)}"
            )
        else:
            yield from _of_rule(f"{key}.columns.{name}", rule, contract.by_name[name])
    yield from _of_metadata(key, table, contract)
    yield from _of_shape(key, table, contract)
    yield from _of_formats(key, table)


def _inside_folder(pattern: str) -> bool:
    """May this be the name or pattern of files inside the source folder?"""
    parts = re.split(r"[/\\]", pattern)
    if pattern.startswith(("/", "\\")) or ":" in pattern or not pattern.isprintable() or ".." in parts:
        return False
    # ** stands for folders on the way to a file, so never at the end nor beside other characters
    return parts[-1] not in ("", ".", "**") and all("**" not in part or part == "**" for part in parts)


def _required(key: str, table: Table, contract: Contract) -> Iterator[Fault]:
    given = set(table.columns) | ({"known_date"} if table.versions else set())
    given |= {table.unpivot.into} if table.unpivot and table.unpivot.into else set()
    for column in contract.columns:
        if not column.nullable and column.name not in given:
            yield Fault(
                f"{key}.columns.{column.name}", f"{contract.name} needs this column: give it a rule ({column.sentence})"
            )


def _of_metadata(key: str, table: Table, contract: Contract) -> Iterator[Fault]:
    for name, meta in table.metadata.items():
        at = f"{key}.metadata.{name}"
        if contract.name != "services":
            yield Fault(at, "only services have metadata")
        if name in contract.by_name:
            yield Fault(at, "this is a contract column already; map it under columns, or choose another name")
        if name in RESERVED or name.endswith("_declared"):
            yield Fault(at, f"{name!r} is kept for the program's own use; choose another name")
        if len(name.encode()) > LONGEST_NAME:
            yield Fault(at, f"a metadata name has at most {LONGEST_NAME} letters")
        if not METADATA_NAME.match(name):
            yield Fault(at, "a metadata name is small letters, digits and underscores, and starts with a letter")
        yield from _of_rule(at, meta, meta.column(name))


def _of_shape(key: str, table: Table, contract: Contract) -> Iterator[Fault]:
    if table.versions and "known_date" in table.columns:
        yield Fault(f"{key}.columns.known_date", "the versions give the known dates; remove one of the two")
    for i, version in enumerate(table.versions, 1):
        at = f"{key}.versions[{i}]"
        yield from _of_rule(f"{at}.known_date", version.known_date, contract.by_name["known_date"])
        for name in version.blank:
            if name not in contract.by_name or not contract.by_name[name].nullable:
                yield Fault(
                    f"{at}.blank",
                    f"{name!r} is not a column of {contract.name} that may be blank; use set for a required one",
                )
        for name, value in version.set.items():
            if name not in contract.by_name:
                yield Fault(
                    f"{at}.set.{name}", f"{contract.name} has no such column; {_choice(name, contract.by_name)}"
                )
            else:
                yield from _unfit(f"{at}.set.{name}", [value], contract.by_name[name])
    if table.complete_lists and contract.name != "services":
        yield Fault(f"{key}.complete_lists", "only services end by not being listed")
    into = table.unpivot.into if table.unpivot else None
    if table.unpivot and into:
        if into not in contract.by_name:
            yield Fault(
                f"{key}.unpivot.into", f"{contract.name} has no column {into!r}; {_choice(into, contract.by_name)}"
            )
        elif into in table.columns:
            yield Fault(f"{key}.columns.{into}", "unpivot.into gives this column already; remove one of the two")
        else:
            yield from _unfit(f"{key}.unpivot.columns", table.unpivot.columns.values(), contract.by_name[into])


def _of_formats(key: str, table: Table) -> Iterator[Fault]:
    """A format may use contract columns made before it: those without a format, and formats written above it."""
    later = [name for name, rule in {**table.columns, **table.metadata}.items() if rule.format is not None]
    while later:
        name = later[0]
        rule = {**table.columns, **table.metadata}[name]
        circular = sorted(set(FIELD.findall(rule.format or "")) & set(later))
        if circular:
            yield Fault(
                f"{key}.columns.{name}.format", f"refers to {circular[0]!r}, which is made later; write that one above"
            )
        later = later[1:]


def _of_rule(key: str, rule: Rule, column: Column) -> Iterator[Fault]:
    for i, alternative in enumerate(rule.first, 1):
        yield from _of_rule(f"{key}.first[{i}]", alternative, column)
    numeric = column.type in ("number", "integer")
    if not numeric and (rule.scale != 1 or rule.offset != 0 or rule.clip):
        yield Fault(key, f"scale, offset and clip are for numbers; {column.name} is {column.type}")
    if numeric and isinstance(rule.scale, tuple) and column.maximum is None and column.unit != "points":
        yield Fault(f"{key}.scale", f"the ends of a scale go with a column that has ends, as score; not {column.name}")
    if column.type != "date" and (rule.plus_days or rule.date_format):
        yield Fault(key, f"plus_days and date_format are for dates; {column.name} is {column.type}")
    if column.type != "list" and (rule.split is not None or rule.flags):
        yield Fault(key, f"split and flags are for lists; {column.name} is {column.type}")
    if rule.split == "" or (rule.clip and rule.clip[0] > rule.clip[1]):
        yield Fault(key, "split needs a character, clip a lower and an upper bound")
    if rule.allowed and column.type not in ("text", "category"):
        yield Fault(f"{key}.allowed", f"allowed is for text; {column.name} is {column.type}")
    elif rule.allowed and not column.nullable and rule.default is None:
        yield Fault(f"{key}.allowed", f"{column.name} may not be blank: give a default for values outside the list too")
    # What is written in the mapping must fit the column, unless arithmetic comes between.
    plain = rule.scale == 1 and rule.offset == 0 and not rule.clip
    yield from _unfit(f"{key}.const", [rule.const], column) if plain else ()
    yield from _unfit(f"{key}.values", rule.values.values(), column) if plain else ()
    yield from _unfit(f"{key}.other", [rule.other], column) if plain else ()
    yield from _unfit(f"{key}.default", [rule.default], column)
    yield from _unfit(f"{key}.flags", rule.flags.values(), column)


def _unfit(key: str, values: Iterable[object], column: Column) -> Iterator[Fault]:
    """The values written in the mapping that the column cannot take; an empty text means missing."""
    texts = [scalar_text(v) for v in values if v is not None and v != ""]
    if not texts:
        return
    words = pd.Series(
        [w for t in texts for w in (t.split(LIST_SEPARATOR) if column.type == "list" else [t])], dtype="str"
    )
    typed, bad = convert(words, column.type, Writing())
    if column.type in ("number", "integer"):
        bad |= whole(typed)[1] if column.type == "integer" else False
        bad |= typed < (column.minimum if column.minimum is not None else -float("inf"))
        bad |= typed > (column.maximum if column.maximum is not None else float("inf"))
    if column.values:
        bad |= ~words.isin(column.values)
    for word in words[bad.astype(bool)]:
        limit = limit_of(column) if column.type != "date" else "yyyy-mm-dd"
        yield Fault(key, f"{column.name} cannot be {word!r}; it is {column.type}{f' ({limit})' if limit else ''}")


def _choice(name: str, names: Iterable[str] | Mapping[str, object]) -> str:
    near = get_close_matches(name, list(names), n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(sorted(names))}"
