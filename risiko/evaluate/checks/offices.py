"""RK012: inputs that stand for the office rather than for the service."""

from __future__ import annotations

import pandas as pd

from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, Share, judged, not_applicable
from risiko.evaluate.checks.registry import check


@check("RK012", severity="warning")
def inputs_do_not_tell_office(
    inputs_now: pd.DataFrame, office: pd.Series, limits: Limits, strata: pd.Series | None = None
) -> Outcome:
    """No input stands for the office: how far offices differ in it beyond what strata (the service type) explain.

    The share is epsilon squared of offices in the ranks of the input, centred within strata: the share of variance
    between offices less what chance gives (Kelley 1935). The same for whether the input is missing at all. details:
    signal, of ("value", "missing"), share, n, fails; largest first.
    """
    office = office.reindex(inputs_now.index)
    inputs_now, office = inputs_now[office.notna()], office[office.notna()]
    if office.nunique() < 2:
        return not_applicable("one_office")
    alike = pd.Series("", index=office.index) if strata is None else strata.reindex(office.index)
    group = alike.astype("str").fillna("")
    ranks, gaps = inputs_now.rank(pct=True), inputs_now.isna().astype(float)
    parts = {"value": ranks, "missing": gaps}
    found = pd.concat({of: _told_by(frame, office, group) for of, frame in parts.items()}, names=["of", "signal"])
    found = found[found["n"] >= limits.office_minimum].reset_index()
    if found["share"].isna().all():
        return not_applicable("too_few" if found.empty else "no_spread")
    found = found.dropna(subset="share")
    found["fails"] = found["share"] > limits.office_share
    found = found.sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
    worst, leaking = found.iloc[0], found.loc[found["fails"], "signal"].nunique()
    counts = {"leaking": int(leaking), "n": int(found["signal"].nunique())}
    return judged(leaking > 0, found, **counts, signal=str(worst["signal"]), share=Share(max(0.0, worst["share"])))


def _told_by(frame: pd.DataFrame, office: pd.Series, group: pd.Series) -> pd.DataFrame:
    """share (epsilon squared) and n (services with a value) by column; share NaN where the column has no spread."""
    centred = frame - frame.groupby(group).transform("mean")
    by = centred.groupby(office)
    counts, n = by.count(), centred.notna().sum()
    total = (centred**2).sum()
    between = (by.sum() ** 2 / counts.where(counts > 0)).sum()
    offices = (counts > 0).sum() - 1
    strata = frame.notna().groupby(group).any().sum()
    within = (total - between) / (n - strata - offices).where(lambda left: left > 0)
    share = (between - offices * within) / total.where(total > 1e-12)
    return pd.DataFrame({"share": share, "n": n})
