"""RK007: one signal, or one user organisation, that carries the score alone."""

from __future__ import annotations

import pandas as pd

from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, Share, judged, not_applicable
from risiko.evaluate.checks.registry import check


@check("RK007", severity="warning")
def no_source_alone(contributions: pd.DataFrame, limits: Limits, voices: pd.DataFrame | None = None) -> Outcome:
    """No single signal, and no user organisation where voices is given, makes most of the differences in the score.

    A source's share is its covariance with the total log-odds over the variance of the total; the signals' shares add
    up to 1, and one that pulls against the others is below 0. details: source, kind, share, fails; largest first.
    """
    total = contributions.sum(axis=1)
    if len(total) < 2 or total.var() < 1e-12:
        return not_applicable("no_spread")
    parts = {"signal": contributions, "organisation": voices if voices is not None else contributions.iloc[:, :0]}
    found = pd.concat([_shares(frame, total, kind) for kind, frame in parts.items()], ignore_index=True)
    found = found.sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
    found["fails"] = found["share"] > limits.single_source
    worst = found.iloc[0]
    return judged(bool(found["fails"].any()), found, source=str(worst["source"]), share=Share(worst["share"]))


def _shares(frame: pd.DataFrame, total: pd.Series, kind: str) -> pd.DataFrame:
    centred = total - total.mean()
    share = frame.reindex(total.index).fillna(0.0).mul(centred, axis=0).sum() / (centred**2).sum()
    return pd.DataFrame({"source": share.index, "kind": kind, "share": share.to_numpy()})
