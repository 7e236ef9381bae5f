"""Snapshots to versions: what ended because it is no longer listed, and what did not change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.contracts import Contract
from risiko.ingest import faults
from risiko.ingest.build import Built

SMALLEST_LIST = 0.5  # of the median list; a smaller one is not a complete list but a slip in some dates


def closed(built: Built) -> Built:
    """Complete lists of services: who stands in one list and not in the next ends at the next list's date.

    A list is all rows with one known_date. A date with less than half of the usual number of rows is no list: its
    rows are faults (reason incomplete_list), so that one wrong date cannot end every service.
    """
    frame = built.frame.dropna(subset=["service_id", "known_date"])
    sizes = frame.groupby("known_date")["service_id"].nunique().sort_index()
    stray = frame.index[frame["known_date"].isin(sizes.index[sizes < sizes.median() * SMALLEST_LIST])]
    lists = sizes.index[sizes >= sizes.median() * SMALLEST_LIST]
    frame = frame.drop(stray).sort_values(["service_id", "known_date"], kind="stable")
    place = np.searchsorted(lists, frame["known_date"].to_numpy())
    following = frame.groupby("service_id")["known_date"].shift(-1)
    due = pd.Series(lists.append(pd.DatetimeIndex([pd.NaT]))[place + 1], index=frame.index)
    ends = due.notna() & ~(following <= due)
    last = frame[ends]
    ending = last.assign(
        known_date=due[ends], valid_to=last["valid_to"].where(last["valid_to"] <= due[ends], due[ends])
    )
    both = pd.concat([built.frame, ending])
    rows = built.rows.reindex(both.index).reset_index(drop=True)
    strays = faults.at(
        built.frame["known_date"], pd.Series(built.frame.index.isin(stray)), "known_date", "incomplete_list"
    )
    strays["row"] = built.rows.reindex(strays["row"]).to_numpy(dtype=np.int64)
    return Built(both.reset_index(drop=True), rows, faults.together([built.faults, strays]))


def changes_only(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The versions that differ from the one before of the same id in anything but known_date."""
    ids = list(contract.id_columns)
    ordered = frame.sort_values([*ids, "known_date"], kind="stable")
    before = ordered.shift()
    same = pd.Series(True, index=ordered.index)
    for name in ordered.columns.drop("known_date"):
        equal = (ordered[name] == before[name]).astype("boolean").fillna(False)
        same &= equal | (ordered[name].isna() & before[name].isna())
    return frame[~same.astype(bool).reindex(frame.index)]
