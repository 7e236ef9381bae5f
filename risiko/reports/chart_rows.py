"""Rows behind two pictures that pages and notebooks share: rank intervals, and the steps from the base to a score."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.reports.names import Names

MOST_STEPS = 12  # a learned score may have fifty; the smallest go together
RAISES, LOWERS, NOTHING, TOTAL = "raises", "lowers", "nothing", "total"


def interval_rows(ranking: pd.DataFrame, names: Names) -> pd.DataFrame:
    """label, rank, rank_low, rank_high, tier and a sentence per service, for the picture of rank intervals.

    ranking: rows of pipeline.ranking, in the order they are drawn.
    """
    t = names.t
    columns = ranking[["name", "rank", "rank_low", "rank_high", "p_top", "tier"]]
    rows = [
        {
            "label": f"{t.number(r.rank)}. {r.name}", "rank": r.rank, "rank_low": r.rank_low, "rank_high": r.rank_high,
            "tier": t("certainty.tier", n=t.number(r.tier)),
            "text": t("certainty.row", name=r.name, rank=t.number(r.rank), chance=t.chance(r.p_top),
                      interval=names.interval(r.rank_low, r.rank_high)),
        }
        for r in columns.itertuples(index=False)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["label", "rank", "rank_low", "rank_high", "tier", "text"])


def step_rows(contributions: pd.DataFrame, base: float, names: Names) -> pd.DataFrame:
    """Steps from the base to the service's own likelihood, on the log-odds scale where they add up.

    contributions: see reasons.contribution_table; only what counts is drawn. label, start, end, effect (raises, lowers,
    nothing, total) and text (what stands beside the bar), in the order they are drawn; the totals, first and last, are
    points. What a learned score adds for how old and how many readings are is one step of its own.
    """
    t, parts = names.t, _parts(contributions)
    first, rest = parts.head(MOST_STEPS), parts.iloc[MOST_STEPS:]
    labels, gone = [names.signal(s) for s in first["signal"]], first["missing"].notna().tolist()
    added = first["added"].tolist()
    if len(rest):
        labels, gone = [*labels, t.plural("reasons.rest", len(rest))], [*gone, False]
        added = [*added, float(rest["added"].sum())]
    counts = contributions[contributions["counts"].to_numpy(dtype=bool)]
    beside = float(counts["contribution"].sum() - parts["added"].sum())
    if abs(beside) > 1e-9:
        labels, gone, added = [*labels, t("reasons.age_and_amount")], [*gone, False], [*added, beside]
    ends = base + np.cumsum([0.0, *added])
    share = [t.percent(1 / (1 + np.exp(-x)), 1) for x in (ends[0], ends[-1])]
    said = [t("data.missing") if out and not x else _marked(x, names) for x, out in zip(added, gone, strict=True)]
    return pd.DataFrame({
        "label": [t("reasons.base"), *labels, t("reasons.total")], "start": [ends[0], *ends[:-1], ends[-1]],
        "end": [ends[0], *ends[1:], ends[-1]], "effect": [TOTAL, *map(_effect, added), TOTAL],
        "text": [share[0], *said, share[1]],
    })  # fmt: skip


def _parts(contributions: pd.DataFrame) -> pd.DataFrame:
    """What counts, with `added`: what the reading adds, or all of it where there is none; largest first."""
    counts = contributions[contributions["counts"].to_numpy(dtype=bool)]
    told = counts["missing"].isna() & (counts["unit"] != "")
    parts = counts.assign(added=counts["read"].where(told, counts["contribution"]).astype(float))
    return parts.sort_values("added", key=np.abs, ascending=False, kind="stable")


def _effect(x: float) -> str:
    return RAISES if x > 0 else LOWERS if x < 0 else NOTHING


def _marked(x: float, names: Names) -> str:
    """The contribution with a shape, so that colour is not alone: ▲ +0,42."""
    shape = {RAISES: "▲ ", LOWERS: "▼ ", NOTHING: ""}[_effect(x)]
    return shape + names.t.number(x, 2, sign=True)
