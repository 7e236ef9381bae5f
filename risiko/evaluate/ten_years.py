"""What years of plan, visit and learn gave: hits, how well the whole is known, and who is never seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.random_arm import horvitz_thompson
from risiko.statistics.inputs import BoolArray, refuse
from risiko.statistics.intervals import wilson

SERVICE_COLUMNS = (
    "failing", "p_severe", "consequence", "likelihood", "score", "open", "visited", "drawn", "probability", "silent",
    "seen", "days",
)  # fmt: skip
WORST = 0.1  # the worst tenth by planted truth
# Measures of a whole run, and what each is per: used for headings, charts and tests alike.
MEASURES = (
    "hit_rate", "hit_rate_chosen", "hit_rate_drawn", "drawn_share", "visits", "harm_found", "per_100_days", "auc",
    "off", "failing", "failing_end", "naive_bias", "naive_rmse", "corrected_bias", "corrected_rmse", "inside", "width",
    "silent_ever", "silent_seen", "silent_found", "never",
)  # fmt: skip


def year_row(services: pd.DataFrame) -> dict[str, float]:
    """One simulated year in numbers.

    services: one row per service that the plan could rank, SERVICE_COLUMNS: failing (1: a visit this year would find a
    serious breach), p_severe (planted chance of one), consequence, likelihood (of the list), score (what the plan
    ordered by), open (no rule bars
    it this year), visited, drawn (visited, and chosen by the draw), probability (of the draw; NaN where it took no
    part), silent (among the worst WORST by planted truth, and quiet and dependent by it), seen (visited in this or an
    earlier simulated year), days (of its visit).

    visits, drawn, hits, hits_drawn; harm: planted chance × consequence summed over the visited; days; auc: of the
    score against what would be found, among the open; predicted: mean likelihood of all; failing, failing_all: share
    that would be found failing, of the open and of all; naive: hit rate of the visits, taken for that share; corrected,
    low, high: of the open by Hájek's mean of the draw, 95 % by Wilson at Kish's effective number; NaN without a draw.
    silent, silent_seen: how many there are, and how many of them were ever visited; silent_hits: serious findings at
    them. Raises ValueError for a missing column.
    """
    missing = [name for name in SERVICE_COLUMNS if name not in services]
    refuse(np.bool_(bool(missing)), f"columns are missing: {', '.join(missing)}")
    flags = {name: services[name].to_numpy(dtype=bool) for name in ("open", "visited", "drawn", "silent", "seen")}
    failing = services["failing"].to_numpy(dtype=float)
    visited, drawn, silent = flags["visited"], flags["drawn"], flags["silent"]
    harm = services["p_severe"].to_numpy(dtype=float) * services["consequence"].to_numpy(dtype=float)
    corrected, low, high = _corrected(services, flags["open"], drawn)
    hits = failing * visited
    return {
        "visits": float(visited.sum()), "drawn": float(drawn.sum()),
        "hits": float(hits.sum()), "hits_drawn": float((failing * drawn).sum()),
        "harm": float(harm[visited].sum()), "days": float(services["days"].to_numpy(dtype=float)[visited].sum()),
        "auc": _auc(services["score"].to_numpy(dtype=float)[flags["open"]], failing[flags["open"]]),
        "predicted": _mean(services["likelihood"].to_numpy(dtype=float)),
        "failing": _mean(failing[flags["open"]]), "failing_all": _mean(failing),
        "naive": _mean(failing[visited]), "corrected": corrected, "low": low, "high": high,
        "silent": float(silent.sum()), "silent_seen": float((silent & flags["seen"]).sum()),
        "silent_hits": float(hits[silent].sum()),
    }  # fmt: skip


def worst(p_severe: FloatArray) -> BoolArray:
    """The tenth with the highest planted chance of a serious failure, at least one; equals all count."""
    k = max(1, round(WORST * len(p_severe)))
    return np.asarray(p_severe >= np.sort(p_severe)[-k], dtype=np.bool_)


def run_row(years: pd.DataFrame, ever: pd.DataFrame) -> dict[str, float]:
    """A whole run in numbers (MEASURES): years are rows of `year_row`, ever has one row per service of any year.

    ever: visited (at least once), silent (so in at least one year), silent_found (a serious breach was found there in
    a year in which it was so). Hit rates are of all visits of all years; harm_found is a year's mean; per_100_days:
    serious findings per 100 person-days; off: mean distance between mean likelihood and share failing, of all;
    failing_end: share of all that would be found failing in the last year; bias and rmse are over the years, against
    the share failing among the open; inside: share of years whose interval held it; width: its mean width.
    silent_ever: services that were silent and poor in some year; silent_seen: share of them visited at least once;
    never: share of all services never visited.
    """
    total = years[["visits", "drawn", "hits", "hits_drawn", "harm", "days"]].sum()
    naive, corrected = years["naive"] - years["failing"], years["corrected"] - years["failing"]
    held = (years["low"] <= years["failing"]) & (years["failing"] <= years["high"])
    told = years["corrected"].notna()
    chosen = total["visits"] - total["drawn"]
    silent = ever["silent"].to_numpy(dtype=bool)
    return {
        "hit_rate": _share(total["hits"], total["visits"]),
        "hit_rate_chosen": _share(total["hits"] - total["hits_drawn"], chosen),
        "hit_rate_drawn": _share(total["hits_drawn"], total["drawn"]),
        "drawn_share": _share(total["drawn"], total["visits"]), "visits": total["visits"] / len(years),
        "harm_found": total["harm"] / len(years), "per_100_days": 100 * _share(total["hits"], total["days"]),
        "auc": float(years["auc"].mean()), "off": float((years["predicted"] - years["failing_all"]).abs().mean()),
        "failing": float(years["failing"].mean()), "failing_end": float(years["failing_all"].iloc[-1]),
        "naive_bias": float(naive.mean()), "naive_rmse": float(np.sqrt((naive**2).mean())),
        "corrected_bias": float(corrected.mean()), "corrected_rmse": float(np.sqrt((corrected**2).mean())),
        "inside": float(held[told].mean()), "width": float((years["high"] - years["low"]).mean()),
        "silent_ever": float(silent.sum()), "silent_seen": _mean(ever["visited"].to_numpy(dtype=float)[silent]),
        "silent_found": float(ever["silent_found"].sum()), "never": 1 - _mean(ever["visited"].to_numpy(dtype=float)),
    }  # fmt: skip


def over_seeds(runs: pd.DataFrame, beside: str | None = None) -> pd.DataFrame:
    """Mean over seeds of each measure with a 95 % interval: policy, measure, n, mean, low, high.

    runs: policy, seed and MEASURES, one row per run. beside: each run less that policy's run of the same seed, so that
    what the worlds share goes out. Student's t over seeds; one seed has no interval (NaN); a measure that a run does
    not have (NaN) is left out of its n. Raises ValueError where `beside` is no policy of the runs.
    """
    wide = runs.set_index(["policy", "seed"])[list(MEASURES)].astype(float)
    order = list(dict.fromkeys(runs["policy"]))
    if beside is not None:
        refuse(np.bool_(beside not in order), f"there is no policy {beside!r} to stand beside")
        other = wide.xs(beside, level="policy").reindex(wide.index.get_level_values("seed")).set_axis(wide.index)
        wide = wide.sub(other).drop(index=beside, level="policy")
    long = wide.rename_axis(columns="measure").stack().rename("value").reset_index()
    groups = long.groupby(["policy", "measure"], sort=False)["value"]
    found = groups.agg(n="count", mean="mean", se="sem").reset_index()
    from scipy.stats import t

    half = found["se"] * t.ppf(0.975, np.maximum(found["n"] - 1, 1))
    half = half.where(found["n"] > 1)
    found = found.assign(low=found["mean"] - half, high=found["mean"] + half).drop(columns="se")
    rank = {name: i for i, name in enumerate([*order, *MEASURES])}
    return found.sort_values(["policy", "measure"], key=lambda s: s.map(rank), ignore_index=True)


def _corrected(services: pd.DataFrame, open_: BoolArray, drawn: BoolArray) -> tuple[float, float, float]:
    """Share failing among the open, from the draw alone: Hájek's mean with Wilson's interval."""
    if not drawn.any():
        return np.nan, np.nan, np.nan
    failing = services["failing"].to_numpy(dtype=float)[drawn]
    chance = services["probability"].to_numpy(dtype=float)[drawn]
    share = horvitz_thompson(failing, chance, int(open_.sum())).hajek
    weight = 1 / chance
    n = float(weight.sum() ** 2 / (weight**2).sum())
    low, high = wilson(np.array([share * n]), np.array([n]))
    return share, float(low[0]), float(high[0])


def _auc(score: FloatArray, failing: FloatArray) -> float:
    """The chance that a failing service stands above a sound one, ties half; NaN with one class only."""
    from scipy.stats import rankdata

    bad = failing > 0
    n_bad, n_good = int(bad.sum()), int((~bad).sum())
    if not n_bad * n_good:
        return float("nan")
    return float((rankdata(score)[bad].sum() - n_bad * (n_bad + 1) / 2) / (n_bad * n_good))


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
