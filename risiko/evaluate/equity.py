"""Equal treatment: how the list falls on groups of services, and whose voice moves it, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.evaluate.group_means import BoolArray, GroupMeans, at_once, cluster_codes

OTHERS, NOT_TOLD = "~others", "~not_told"  # rows of their own: small groups merged, and services that do not say
COLUMNS = (
    "measure", "group", "n", "clusters", "value", "low", "high", "overall", "difference", "diff_low", "diff_high",
    "told",
)  # fmt: skip


def merge_small(groups: pd.Series, minimum: int) -> pd.Series:
    """The groups as text: those of fewer than `minimum` services under OTHERS, a missing group as NOT_TOLD."""
    named = groups.astype("str").fillna(NOT_TOLD)
    size = named.map(named.value_counts())
    return named.mask((size < minimum) & (named != NOT_TOLD), OTHERS)


def by_group(
    values: pd.DataFrame, groups: pd.Series, *, clusters: pd.Series, draws: int, rng: np.random.Generator,
    minimum: int, fewest_clusters: float, level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Mean of every measure in every group beside all services: one row per measure and group (COLUMNS).

    values: services × measures, NaN where a service has no value (never counted as 0). groups, clusters: by the same
    index, groups merged by `merge_small`. n: services with a value; clusters: their effective number, (Σn)² / Σn²
    (Kish). overall: the mean of all with a value; difference: value − overall.

    low, high: the group's own interval at `level`, within the values that occur. diff_low, diff_high: intervals of the
    difference that hold for all groups of a measure together, so that chance alone lets a group stand out in at most
    1 − level of cases. Both from GroupMeans.spread.

    told: "higher" or "lower" where the interval of the difference leaves out 0, else "not_shown", which is not the
    same as alike. "too_few": fewer than `minimum` with a value; nothing is shown of them. "few_clusters": fewer
    effective clusters than `fewest_clusters`; the value stands without an interval.
    """
    x, merged = values.to_numpy(dtype=float), merge_small(groups.reindex(values.index), minimum)
    names, group = np.unique(merged.to_numpy(dtype=str), return_inverse=True)
    found = GroupMeans.of(x, group, cluster_codes(clusters.reindex(values.index)), len(names))
    own, apart = found.spread(draws, rng)
    shown = found.n >= minimum
    sure = shown & (found.clusters >= fewest_clusters)
    one = np.where(sure, at_once(level, np.ones(1)) * own, np.nan)
    all_at_once = np.where(sure, at_once(level, sure.sum(axis=1, keepdims=True).astype(float)) * apart, np.nan)
    value, overall = np.where(shown, found.value, np.nan), np.broadcast_to(found.overall[:, None], found.n.shape)
    lowest, highest = (ends[:, None] for ends in (np.fmin.reduce(x, axis=0), np.fmax.reduce(x, axis=0)))
    columns = {
        "n": found.n.astype(int),
        "clusters": found.clusters,
        "value": value,
        "low": np.maximum(value - one, lowest),
        "high": np.minimum(value + one, highest),
        "overall": overall,
        "difference": value - overall,
        "diff_low": value - overall - all_at_once,
        "diff_high": value - overall + all_at_once,
    }
    frame = pd.DataFrame({name: part.ravel() for name, part in columns.items()})
    frame.insert(0, "measure", np.repeat(np.asarray(values.columns, dtype=str), len(names)))
    frame.insert(1, "group", np.tile(names, len(values.columns)))
    return frame.assign(told=told(frame["diff_low"], frame["diff_high"], shown.ravel(), sure.ravel()))


def told(low: pd.Series, high: pd.Series, shown: BoolArray, sure: BoolArray) -> pd.Series:
    """What an interval of a difference allows to be said: see `by_group`."""
    said = np.select([~shown, ~sure, low > 0, high < 0], ["too_few", "few_clusters", "higher", "lower"], "not_shown")
    return pd.Series(said, index=low.index, dtype="str")


def voices(
    contributions: pd.DataFrame, groups: pd.Series, *, clusters: pd.Series, draws: int, rng: np.random.Generator,
    minimum: int, fewest_clusters: float, level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Whose voice moves the list: per group and source, how far it moves the log-odds on average, up or down.

    contributions: services × sources (ScoreTable.by_group), log-odds; a source that is silent about a service moves it
    by 0. The columns of `by_group` for their sizes, and share: of what all sources move in the group.
    """
    found = by_group(
        contributions.abs(), groups, clusters=clusters, draws=draws, rng=rng, minimum=minimum,
        fewest_clusters=fewest_clusters, level=level,
    )  # fmt: skip
    total = found.groupby("group")["value"].transform("sum")
    return found.assign(share=found["value"] / total.where(total > 0))
