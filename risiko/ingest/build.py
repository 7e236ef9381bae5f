"""From shaped rows to rows of a contract table: every rule carried out, every version of a row laid out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from risiko.contracts import CONTRACTS, Column
from risiko.ingest import faults
from risiko.ingest.mapping import Defaults, Rule, Table
from risiko.ingest.rules import Ground, make
from risiko.ingest.shape import Shaped


@dataclass(frozen=True)
class Built:
    """frame: conformed, index = position. rows: row number by position. faults: `row` is the row number.

    cells: by position, what stands in the file for each contract column that is read from one column of it.
    """

    frame: pd.DataFrame
    rows: pd.Series
    faults: pd.DataFrame
    cells: pd.DataFrame


def built(source: Shaped, table: Table, defaults: Defaults) -> Built:
    """The contract rows of a block, before they are held against the contract."""
    contract = CONTRACTS[table.table]
    rules: dict[str, Rule] = {**table.columns, **table.metadata}
    if table.unpivot and table.unpivot.into:
        rules[table.unpivot.into] = Rule.reading("into")
    targets = {**contract.by_name, **{name: meta.column(name) for name, meta in table.metadata.items()}}
    columns: dict[str, pd.Series] = {}
    ground = Ground(source.frame, columns, defaults)
    found = []
    for name in sorted(rules, key=lambda n: rules[n].format is not None):  # formats may refer to the others
        made = make(rules[name], targets[name], ground)
        columns[name] = made.values
        found.append(made.faults)
    frame = contract.conform(pd.DataFrame(columns, index=source.frame.index), extra=list(table.metadata))
    cells = pd.DataFrame(
        {name: source.frame[rule.source] for name, rule in rules.items() if rule.source}, index=source.frame.index
    )
    whole = Built(frame, source.rows, faults.together(found), cells)
    if table.versions:
        whole = _versions(whole, table, targets, ground)
    lines = whole.faults.assign(row=source.rows.reindex(whole.faults["row"]).to_numpy(dtype=np.int64))
    return replace(whole, faults=faults.together([source.faults, lines]))


def _versions(base: Built, table: Table, targets: dict[str, Column], ground: Ground) -> Built:
    """One row per version that has a date. A version is dropped where a later-listed one was known as early.

    The faults' rows are positions in the source here. A row without any date is a fault.
    """
    made = [make(version.known_date, targets["known_date"], ground) for version in table.versions]
    dates = pd.DataFrame({i: m.values for i, m in enumerate(made)})
    parts = []
    for i, version in enumerate(table.versions):
        overtaken = dates.loc[:, i + 1 :].le(dates[i], axis=0).any(axis=1)
        part = base.frame[dates[i].notna() & ~overtaken].copy()
        part["known_date"] = dates.loc[part.index, i]
        for name, value in version.set.items():
            rule = Rule.model_validate({"const": value})
            part[name] = make(rule, targets[name], Ground(part, {}, ground.defaults)).values
        for name in version.blank:
            part[name] = pd.Series(index=part.index, dtype=part[name].dtype)
        parts.append(part)
    found = faults.together([base.faults, *(m.faults for m in made)])
    undated = dates.isna().all(axis=1) & ~dates.index.isin(found["row"])
    nowhere = faults.at(dates[0], undated, "known_date", "missing_value", "; none of the versions has a date")
    frame = pd.concat(parts).sort_index(kind="stable")
    rows = base.rows.reindex(frame.index).reset_index(drop=True)
    changed = {name for version in table.versions for name in (*version.set, *version.blank)}
    cells = base.cells.drop(columns=list(changed & set(base.cells))).reindex(frame.index).reset_index(drop=True)
    return Built(frame.reset_index(drop=True), rows, faults.together([found, nowhere]), cells)
