"""Is a new list judged rightly from visits the old one chose? Bias, error and coverage where the truth is known.

    python benchmarks/selection.py [WORLDS]

1,000 invented services, a new list of 150. "top": the old list's first 80, and 20 drawn by chance from the rest.
The other ways to choose are draws with unequal chances, about 170 visits. "recorded": the chance is known;
"estimated": it is estimated from the old score; "hidden reason": so too, but the inspector also knew something that is
not on record. "told in" is the share of worlds in which a number is given and not refused.
Truth is the mean chance of failing over the new list. Expected comes from the new score, with too flat a slope.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.propensity import chosen_probability
from risiko.evaluate.selection import corrected, places

N, K = 1000, 150
LIMITS = {"most_weight": 100, "minimum_ess": 10, "most_clipped": 0.05}
WAYS = ("top", "recorded", "estimated", "hidden reason")
METHODS = ["naive", "ipw", "snipw", "dr", "random_arm"]


def curve(log_odds: FloatArray) -> FloatArray:
    """Log-odds as a chance."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def world(way: str, rng: np.random.Generator) -> tuple[pd.DataFrame, float]:
    """One authority judged: the frame of `corrected`, and the truth."""
    risk, hidden = rng.normal(size=(2, N))
    truth = curve(-2 + risk + (hidden if way == "hidden reason" else 0))
    old, new = risk + 1.5 * rng.normal(size=N), risk + rng.normal(size=N)
    drawn = np.zeros(N, dtype=bool)
    if way == "top":
        chance = np.where(places(old, 80) > 0, 1.0, 20 / (N - 80))
        drawn[rng.choice(np.flatnonzero(chance < 1), 20, replace=False)] = True
        chosen = drawn | (chance == 1)
    else:
        chance = np.clip(curve(-2.2 + 1.0 * old + (1.5 * hidden if way == "hidden reason" else 0)), 0.01, 1)
        chosen = rng.random(N) < chance
    recorded = pd.Series(chance if way in ("top", "recorded") else np.nan, index=range(N))
    found = pd.Series(np.where(chosen, rng.random(N) < truth, np.nan))
    given = chosen_probability(pd.DataFrame({"old": old}), pd.Series(chosen), recorded, rng)["probability"]
    arm = pd.Series(drawn) if way == "top" else None
    expected = pd.Series(curve(-2 + 0.3 * new))
    told = corrected(pd.Series(new), found, given, K, expected, arm, **LIMITS)
    place = places(new, K)
    return told, float(place @ truth / K)


def main(worlds: int = 400) -> None:
    """Print one line per way of choosing and method."""
    for way in WAYS:
        rows = []
        for seed in range(worlds):
            told, truth = world(way, np.random.default_rng(seed))
            inside = ((told["low"] <= truth) & (truth <= told["high"])).where(told["value"].notna())
            rows.append(told.assign(error=told["value"] - truth, inside=inside.astype(float)))
        by = pd.concat(rows).groupby(level="method")
        table = pd.DataFrame({
            "told in": by["error"].count() / worlds, "bias": by["error"].mean(), "se": by["error"].sem(),
            "rmse": by["error"].apply(lambda e: float(np.sqrt((e**2).mean()))), "cover": by["inside"].mean(),
            "ess": by["ess"].median(),
        }).reindex(METHODS)  # fmt: skip
        print(f"\n{way}, {worlds} worlds\n{table.round(3).to_string()}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
