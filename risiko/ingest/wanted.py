"""Which columns of the file a block needs, worked out from its mapping."""

from __future__ import annotations

from collections.abc import Iterator

from risiko.ingest.mapping import FIELD, Rule, Table

PSEUDO_UNPIVOT = ("value", "column", "into")


def rules(table: Table) -> Iterator[Rule]:
    """Every rule of the block, those inside others included."""

    def inside(rule: Rule) -> Iterator[Rule]:
        yield rule
        for alternative in rule.first:
            yield from inside(alternative)

    for rule in [*table.columns.values(), *table.metadata.values(), *(v.known_date for v in table.versions)]:
        yield from inside(rule)


def of(table: Table) -> set[str]:
    """Every column to be read from the file, if it is there."""
    return _certain(table) | _in_formats(table)


def required(table: Table) -> list[str]:
    """Those that must be in the file itself: not joined, not made by the block, not a contract column in a format."""
    made = {"file_name", *(join.prefix + name for join in table.join for name in join.take)}
    if table.unpivot:
        made |= set(PSEUDO_UNPIVOT)
    if table.repeat:
        made.add("copy")
    contract = {
        *table.columns,
        *table.metadata,
        *([table.unpivot.into] if table.unpivot and table.unpivot.into else []),
    }
    formats = _in_formats(table) - contract
    return sorted((_certain(table) | formats) - made)


def _certain(table: Table) -> set[str]:
    names = {rule.source for rule in rules(table) if rule.source} | {
        flag for rule in rules(table) for flag in rule.flags
    }
    names |= set(table.where) | {key for join in table.join for key in join.keys[0]}
    names |= set(table.unpivot.columns) if table.unpivot else set()
    return names | ({table.repeat} if table.repeat else set())


def _in_formats(table: Table) -> set[str]:
    return {name for rule in rules(table) if rule.format for name in FIELD.findall(rule.format)}
