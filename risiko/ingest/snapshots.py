"""Snapshots to versions: what ended because it is no longer listed, and what did not change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.contracts import Contract
from risiko.ingest import faults
from risiko.ingest.build import Built

SMALLEST_LIST = 0.5  # of the median list; a smaller one is not a complete list but a slip in some dates


def strays(built: Built) -> pd.DataFrame:
    """Faults (by position) of dates with less than half of the usual number of services: no list, but a slip."""
    dates = built.frame["known_date"]
    sizes = built.frame.dropna(subset=["service_id", "known_date"]).groupby("known_date")["service_id"].nunique()
    few = dates.isin(sizes.index[sizes < sizes.median() * SMALLEST_LIST])
    return faults.at(dates, few, "known_date", "incomplete_list")


def closings(built: Built, good: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Complete lists of services: who stands in one list and not in the next ends at the next list's date.

    good: the sound rows (index: position). lines: all faults by row number, unreadable lines included. A rejected row
    mentions its service too. One whose date cannot be trusted stands in the list of the rows around it, or, where the
    file does not keep its lists together, in any; one whose service is unknown makes its list unsure, and nobody ends
    by an unsure list. Returns the ending versions, each made from the service's last good version (index: that
    version's position), and a warning for each unsure list.
    """
    said, lists = _mentions(built, lines)
    unsure = said[said["id"].isna() & (said["place"] > 0)].groupby("place")["row"].min()
    conclusive = np.setdiff1d(np.arange(len(lists)), unsure.index)
    listed = said.dropna(subset="id").drop_duplicates(["id", "place"]).sort_values(["id", "place"])
    after = np.searchsorted(conclusive, listed["place"], side="right")
    due = pd.Series(np.append(conclusive, len(lists))[after], index=listed.index)
    ends = (due < len(lists)) & ~(listed.groupby("id")["place"].shift(-1) <= due)
    ending = pd.DataFrame({
        "service_id": listed.loc[ends, "id"],
        "known_date": lists[listed.loc[ends, "place"]],
        "due": lists[due[ends]],
    })  # fmt: skip
    versions = good[["service_id", "known_date"]].assign(position=good.index).sort_values("known_date", kind="stable")
    last = pd.merge_asof(ending.sort_values("known_date", kind="stable"), versions, on="known_date", by="service_id")
    last = last.dropna(subset="position")
    closed = good.loc[last["position"].astype("int64")]
    end = last["due"].set_axis(closed.index)
    begun = end.where(~(closed["valid_from"] > end), closed["valid_from"])  # a plan given up ends when it would begin
    valid_to = closed["valid_to"].where(closed["valid_to"] <= end, begun)
    return closed.assign(known_date=end, valid_to=valid_to), _warnings(unsure, lists)


def _mentions(built: Built, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Which list (place) each row may stand in, as row, id, place, and the lists by date. id is missing if unknown."""
    bad = lines[lines["severity"] == "rejected"]
    misdated = bad.loc[(bad["column"] == "known_date") | (bad["reason"] == "duplicate_key"), "row"]
    lost = pd.DataFrame({"row": np.setdiff1d(bad["row"].to_numpy(dtype=np.int64), built.rows.to_numpy())})
    said = pd.DataFrame({"row": built.rows, "id": built.frame["service_id"], "date": built.frame["known_date"]})
    said["date"] = said["date"].mask(said["row"].isin(misdated))
    said = pd.concat([said, lost.astype({"row": "int64"})]).sort_values("row", kind="stable", ignore_index=True)
    lists = pd.DatetimeIndex(said["date"].dropna().unique()).sort_values()
    dated = said["date"].notna()
    place = pd.Series(lists.get_indexer(said["date"]), index=said.index).where(dated)
    together = int((place.dropna().diff() != 0).sum()) == len(lists)
    undated = said.loc[~dated, ["row", "id"]]
    if together:
        around = [undated.assign(place=filled[~dated]) for filled in (place.ffill(), place.bfill())]
    else:
        around = [undated.merge(pd.DataFrame({"place": np.arange(len(lists))}), how="cross")]
    known = said.loc[dated, ["row", "id"]].assign(place=place[dated])
    every = pd.concat([known, *around]).dropna(subset="place").drop_duplicates()
    return every.astype({"place": "int64"}).reset_index(drop=True), lists


def _warnings(unsure: pd.Series, lists: pd.DatetimeIndex) -> pd.DataFrame:
    dates = pd.Series(lists[unsure.index.to_numpy(dtype=np.int64)], index=unsure.to_numpy())
    return faults.at(dates, pd.Series(True, index=dates.index), "known_date", "unsure_list")


def changes_only(frame: pd.DataFrame, contract: Contract) -> pd.Series:
    """Which versions differ from the one before of the same id in anything but known_date."""
    ids = list(contract.id_columns)
    at = pd.Series(np.arange(len(frame)), index=frame.index)
    ordered = frame.set_axis(at.to_numpy()).sort_values([*ids, "known_date"], kind="stable")
    before = ordered.shift()
    same = pd.Series(True, index=ordered.index)
    for name in ordered.columns.drop("known_date"):
        equal = (ordered[name] == before[name]).astype("boolean").fillna(False)
        same &= equal | (ordered[name].isna() & before[name].isna())
    return (~same.astype(bool)).sort_index().set_axis(frame.index)
