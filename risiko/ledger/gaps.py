"""Whom nobody has heard from lately: a work list, most and most dependent users first, with who could reach them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko.asof import in_window
from risiko.contracts import LIST_SEPARATOR
from risiko.ledger.places import PLACE
from risiko.settings import VoiceSettings

GAPS = (
    *PLACE, "services", "users", "users_untold", "weight", "newest", "months_since", "heard_here", "reach_elsewhere",
)  # fmt: skip
MOST_NAMED = 3


def gaps(cells: pd.DataFrame, found: pd.DataFrame, as_of: date, rule: VoiceSettings) -> pd.DataFrame:
    """The types and counties with services in operation and no voice for settings.voices.gap_months, or never: GAPS.

    cells, found: of ledger.coverage. Worst first: by users × dependency, then by users; where nobody says how many use
    them, last, for it is not known to be none. months_since: missing where nobody was ever heard. heard_here:
    organisations heard from there before; reach_elsewhere: those that reached the same type in other counties within
    gap_months (MOST_NAMED at most, those with other methods than surveys first, for they speak with people).
    """
    months = cells["months_since"]
    silent = (cells["services"] > 0) & (months.isna() | (months >= rule.gap_months).fillna(False))
    listed = cells[silent.to_numpy()].copy()
    listed["heard_here"] = listed["organisations"]
    listed["reach_elsewhere"] = listed["service_type"].map(_reaching(found, as_of, rule)).astype("str").fillna("")
    order = ["weight", "users", *PLACE]
    listed = listed.sort_values(order, ascending=[False, False, True, True], na_position="last", ignore_index=True)
    return listed[list(GAPS)]


def _reaching(found: pd.DataFrame, as_of: date, rule: VoiceSettings) -> pd.Series:
    """Type of service -> the organisations that have reached its users lately, in the order they are named."""
    lately = found[in_window(found["event_date"], as_of, rule.gap_months)].dropna(subset="organisation")
    each = lately.assign(talked=lately["method"] != "survey").groupby(["service_type", "organisation"])
    names = pd.DataFrame({"talked": each["talked"].any(), "pieces": each["piece_id"].nunique()}).reset_index()
    names["organisation"] = names["organisation"].str.replace(LIST_SEPARATOR, "/")  # a bar in a name parts no names
    names = names.sort_values(["talked", "pieces", "organisation"], ascending=[False, False, True])
    named = names.groupby("service_type").head(MOST_NAMED)
    return named.groupby("service_type")["organisation"].agg(LIST_SEPARATOR.join)
