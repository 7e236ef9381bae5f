"""The exploration draw: a part of the visits by lot, before anything is optimised, with every probability on record."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from risiko.plan.archive import conform, empty
from risiko.plan.draw import CHANCE, WHOLE, chosen, lots, probabilities, running_sum, start
from risiko.plan.rules import Rules

QUIET, OTHER = "quiet_and_dependent", "other"
FEW = 10  # with fewer draws a year prevalence is hardly known at all (METHODS 6)
_UNIT = 1_000  # sizes in whole thousandths, as the draw counts in whole numbers


def explore(candidates: pd.DataFrame, rules: Rules, left: pd.Series, *, seed: int, as_of: date) -> pd.DataFrame:
    """Everyone who takes part in the draw, and who was drawn: archive.FRAME, in service_id order.

    candidates: of plan.eligible; those visited too recently, and those whom the law has visited anyway, take no part.
    Whatever a planner says of a service changes nothing of that: otherwise a word after the draw would draw the others
    anew. left: the person-days of each office after statutory visits. Each office draws its own share of the visits it
    can pay for (share × person-days left / mean days of a visit, at least one where the share is above 0, never more
    than it can pay for whatever is drawn). Within it chances are in proportion to `size`: quiet_weight for a quiet and
    dependent service, 1 for others, none above 1 (plan.draw.probabilities); systematic over lots, so the number is
    fixed and each is drawn with exactly its probability. Whoever could be drawn but stands in an office that draws none
    has probability 0.
    """
    recent = candidates["waited_months"] < rules.spacing.months  # whatever else is said of it
    part = candidates[~recent & (candidates["statutory"] == 0)].reset_index(drop=True)
    if part.empty or rules.exploration.share == 0:
        return empty("frame")
    size = np.where(part["quiet"], rules.exploration.quiet_weight, 1.0)
    frame = pd.DataFrame({
        "service_id": part["service_id"], "office": part["office"], "size": size,
        "stratum": np.where(part["quiet"], QUIET, OTHER), "lot": lots(part["service_id"], as_of, seed),
        "probability": 0.0, "drawn": False,
    })  # fmt: skip
    places = _places(part, rules, left)
    for office, rows in frame.groupby("office").groups.items():  # a dozen offices
        n = min(int(places.get(office, 0)), len(rows))
        if n == 0:
            continue
        units = np.asarray(np.rint(size[rows] * _UNIT), dtype=np.int64)
        chance = probabilities(units, n, CHANCE) if n < len(rows) else np.full(len(rows), WHOLE, dtype=np.int64)
        sums = running_sum(frame.loc[rows, "lot"], chance)
        frame.loc[rows, "probability"] = chance / WHOLE
        frame.loc[rows, "drawn"] = chosen(sums, chance, start(as_of, seed))
    return conform("frame", frame)


def _places(part: pd.DataFrame, rules: Rules, left: pd.Series) -> pd.Series:
    """How many each office draws."""
    days = part.groupby("office")["days"].agg(["mean", "max"])
    room = left.reindex(days.index).fillna(0.0).clip(lower=0.0)
    wanted = (rules.exploration.share * room / days["mean"].clip(lower=1e-9)).round().clip(lower=1)
    return np.minimum(wanted, np.floor(room / days["max"].clip(lower=1e-9) + 1e-9)).astype("int64")
