"""Planners' own choices held against outcomes: which reasons for departing from the list beat the model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import DAYS_PER_YEAR
from risiko.statistics.intervals import wilson
from risiko.vocabulary import OVERRIDE_REASONS

# With fewer known outcomes than this a hit rate's interval spans half of all there is (Wilson, 5 of 10: .24 to .76).
FEWEST = 10
BETTER, WORSE, NOT_SHOWN, TOO_FEW = VERDICTS = ("better", "worse", "not_shown", "too_few")


def added(visits: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Visits that planners added, by reason, beside what the model expected there.

    visits: of any number of plans: reason (OVERRIDE_REASONS), state, hit (NaN unless known), likelihood. Columns:
    reason, added, carried_out, known, hits, rate, low, high, expected, verdict. low and high (Wilson) hold for all the
    reasons told at once (Bonferroni). expected: mean likelihood of the visits known. verdict: VERDICTS; "better" where
    even the low end lies above what the model expected; TOO_FEW with under FEWEST known. Empty without visits.
    """
    rows = [_reason(reason, visits[visits["reason"] == reason]) for reason in OVERRIDE_REASONS]
    table = pd.DataFrame([row for row in rows if row["added"]], columns=list(_reason("", visits.iloc[:0])))
    told = table["known"] >= FEWEST
    at = 1 - (1 - level) / max(int(told.sum()), 1)
    known = table["known"].to_numpy(dtype=float)
    low, high = wilson(table["hits"].to_numpy(dtype=float), known, at)
    table = table.assign(rate=table["hits"] / np.where(known > 0, known, np.nan), low=low, high=high)
    sides = [~told, table["low"] > table["expected"], table["high"] < table["expected"]]
    return table.assign(verdict=pd.Series(np.select(sides, [TOO_FEW, BETTER, WORSE], NOT_SHOWN), dtype="str"))


def _reason(reason: str, rows: pd.DataFrame) -> dict[str, object]:
    known = rows["hit"].notna()
    return {
        "reason": reason, "added": len(rows), "carried_out": int((rows["state"] != "not_yet").sum()),
        "known": int(known.sum()), "hits": float(rows["hit"].sum()),
        "expected": float(rows.loc[known, "likelihood"].mean()) if known.any() else np.nan,
    }  # fmt: skip


def left_alone(overrides: pd.DataFrame, judged: pd.DataFrame, years: float = 3.0) -> pd.DataFrame:
    """What was later found at services that planners skipped or postponed, by action and reason.

    overrides: service_id, action ("skip", "postpone"), reason, likelihood (of the list at the time), since (first day
    of the plan). judged: of cohorts.judgements: service_id, event_date, positive. A service counts by its first judged
    supervision within `years` of the plan's start. Columns: action, reason, services, seen, hits, expected (sum of the
    likelihoods of those seen). Who has not been seen is not thereby sound.
    """
    rows = overrides[overrides["action"] != "add"].reset_index(drop=True)
    first = rows.reset_index(names="row").merge(judged[["service_id", "event_date", "positive"]], on="service_id")
    days = (first["event_date"] - first["since"]).dt.days
    first = first[(days >= 0) & (days <= years * DAYS_PER_YEAR)].sort_values("event_date", kind="stable")
    hit = first.drop_duplicates("row").set_index("row")["positive"].astype(float)
    rows = rows.assign(hit=hit.reindex(rows.index).array)
    seen = rows["hit"].notna()
    rows = rows.assign(seen=seen, expected=rows["likelihood"].where(seen))
    groups = rows.groupby(["action", "reason"], sort=True)
    return groups.agg(
        services=("service_id", "size"), seen=("seen", "sum"), hits=("hit", "sum"), expected=("expected", "sum")
    ).reset_index()  # fmt: skip
