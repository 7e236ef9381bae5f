"""Which visits of a plan have been carried out: each supervision of the period is given to one visit at most."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from risiko import cohorts
from risiko.contracts import Tables
from risiko.plan.archive import PlanRecord
from risiko.settings import Settings
from risiko.statistics.inputs import BoolArray

NOT_YET, WAITING, KNOWN = STATES = ("not_yet", "waiting", "known")
STATUTORY, INCIDENT, PLANNED, UNTOLD = "statutory", "incident", "planned", "untold"
# Which supervision may be which visit, the surest pair first. A case about an incident was not planned: it counts as
# a visit only where a planner had asked for one there.
_PASSES = ((STATUTORY, STATUTORY), (PLANNED, PLANNED), (UNTOLD, PLANNED), (UNTOLD, STATUTORY), (INCIDENT, "override"))


def carried_out(record: PlanRecord, known: Tables, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The plan's visits with what came of them, and the supervisions of the period that the plan does not hold.

    known: tables cut at a date (asof.known_at). A visit is carried out when its service has a supervision in the
    period, by the supervision's own selection and kind where told; statutory visits and supervisions are paired one to
    one in date order. Visits: the record's columns and state (STATES: not carried out; carried out, findings not known;
    known), supervision_id, event_date, hit (settings.outcome; NaN unless known). Outside: the supervisions' columns,
    in_plan (the service has a visit in the plan) and hit.
    """
    seen, visits = _supervisions(record, known, settings), record.visits.reset_index(drop=True)
    pair = _paired(visits, seen)
    taken = np.zeros(len(seen), dtype=bool)
    taken[pair[pair >= 0]] = True
    matched = seen.reset_index(drop=True).reindex(pair)
    found = visits.assign(
        supervision_id=matched["supervision_id"].array, event_date=matched["event_date"].array,
        hit=matched["hit"].to_numpy(dtype=float),
    )  # fmt: skip
    state = np.where(pair < 0, NOT_YET, np.where(np.isnan(found["hit"]), WAITING, KNOWN))
    outside = seen[~taken].drop(columns="class").reset_index(drop=True)
    outside["in_plan"] = outside["service_id"].isin(visits["service_id"])
    return found.assign(state=pd.Series(state, dtype="str")), outside


def period_end(record: PlanRecord, as_of: date) -> date:
    """The last day of the plan's period that the records can tell of."""
    return min(record.end, as_of)


def _supervisions(record: PlanRecord, known: Tables, settings: Settings) -> pd.DataFrame:
    rows = known["supervisions"]
    day = rows["event_date"]
    rows = rows[(day >= pd.Timestamp(record.start)) & (day <= pd.Timestamp(record.end))]
    judged = cohorts.judgements(known, settings).frame.set_index("supervision_id")["positive"].astype(float)
    rows = rows.sort_values(["event_date", "supervision_id"], kind="stable", ignore_index=True)
    return rows.assign(hit=rows["supervision_id"].map(judged).astype(float), **{"class": _class(rows)})


def _class(rows: pd.DataFrame) -> pd.Series:
    said, kind = rows["selection"], rows["kind"]
    choices = [
        (said == "statutory") | (kind == "statutory_visit"), (said == "incident") | (kind == "incident_case"),
        said == "unknown",
    ]  # fmt: skip
    return pd.Series(np.select(choices, [STATUTORY, INCIDENT, UNTOLD], PLANNED), index=rows.index, dtype="str")


def _paired(visits: pd.DataFrame, seen: pd.DataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """For each visit the place of its supervision, -1 for none; in each pass the first visit takes the first date."""
    asked = pd.Series(np.where(visits["ground"] == STATUTORY, STATUTORY, PLANNED), dtype="str")
    pair, free = np.full(len(visits), -1, dtype=np.int64), np.ones(len(seen), dtype=bool)
    month = visits["month"].to_numpy(dtype=object)
    order = np.lexsort((month, visits["service_id"].to_numpy(dtype=object)))
    for what, who in _PASSES:
        wants: BoolArray = ((visits["ground"] if who == "override" else asked) == who).to_numpy() & (pair < 0)
        left = order[wants[order]]
        offered = np.flatnonzero(free & (seen["class"] == what).to_numpy())
        if not len(left) or not len(offered):
            continue
        a, b = visits["service_id"].iloc[left], seen["service_id"].iloc[offered]
        both = pd.merge(
            pd.DataFrame({"service": a.array, "turn": a.groupby(a).cumcount().array, "visit": left}),
            pd.DataFrame({"service": b.array, "turn": b.groupby(b).cumcount().array, "row": offered}),
            on=["service", "turn"],
        )  # fmt: skip
        pair[both["visit"]] = both["row"]
        free[both["row"]] = False
    return pair
