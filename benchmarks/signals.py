"""What each signal finds by itself on the Scottish records: coverage, AUC and lift at three as-of dates.

    python benchmarks/signals.py STORE [DATE ...]  a store imported with the shipped mapping

Severe grade within 365 days, among services graded in that time (labels: the shared pack). Every registered signal has
a row, also one that finds nothing (AUC .5) and one without a value for any service (blank). AUC and lift are over all
services of the row's date by `standing`, where missing stands at 0 as it does in the score; "AUC known" is among those
with a reading, "AUC in type" over pairs of services of one type. low, high: 90 % interval of the AUC by resampling
providers. Where no standing says anything (never_supervised by purpose; a share that is the same for all) the plain
value is ranked by, and "by" says so: such a signal moves no score, whatever its AUC.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from risiko import pipeline

SHARED = Path(os.environ.get("RISIKO_SHARED") or Path(__file__).parents[2] / "shared")
DATES = ("2018-12-31", "2022-03-31", "2023-03-31")
SHARE, RESAMPLES = 0.10, 200


def lift(score: np.ndarray, outcome: np.ndarray) -> float:
    """Share of outcomes in the top tenth over the share in all; tied services share the places they tie for."""
    k = max(1, int(len(score) * SHARE))
    cut = np.sort(score)[-k]
    above, at = score > cut, score == cut
    return float((outcome[above].sum() + (k - above.sum()) * outcome[at].mean()) / k / outcome.mean())


def clustered(score: np.ndarray, outcome: np.ndarray, provider: np.ndarray) -> tuple[float, float]:
    """90 % interval of the AUC when whole providers are drawn anew."""
    rng, aucs = np.random.default_rng(7), []
    order = np.argsort(provider, kind="stable")
    start = np.searchsorted(provider[order], np.arange(provider.max() + 2))
    for _ in range(RESAMPLES):
        drawn = rng.integers(0, provider.max() + 1, provider.max() + 1)
        rows = np.concatenate([order[start[i] : start[i + 1]] for i in drawn])
        if 0 < outcome[rows].sum() < len(rows):
            aucs.append(roc_auc_score(outcome[rows], score[rows]))
    low, high = np.quantile(aucs, [0.05, 0.95])
    return float(low), float(high)


def within(score: np.ndarray, outcome: np.ndarray, kind: np.ndarray) -> float:
    """AUC over the pairs of services of one type: a standing is told beside its type and is not meant to tell types."""
    pairs, right = 0.0, 0.0
    for code in np.unique(kind):
        own = kind == code
        ones = int(outcome[own].sum())
        if 0 < ones < own.sum():
            weight = ones * (int(own.sum()) - ones)
            pairs, right = pairs + weight, right + weight * roc_auc_score(outcome[own], score[own])
    return right / pairs


def at_date(authority: pipeline.Authority, tables: dict[str, pd.DataFrame], day: str) -> pd.DataFrame:
    """One row per signal: what it finds in the year after the date."""
    labels = pd.read_parquet(SHARED / "data/scotland_care/cohort_labels.parquet")
    features = pipeline.prepare_tables(tables, date.fromisoformat(day), authority.settings).features
    services = features.context.services
    seen = labels[(labels["as_of"] == day) & (labels["n_graded_next_365d"] > 0)].set_index("service_id")
    ids = services.index.intersection(seen.index)
    outcome = seen.loc[ids, "label_severe_grade_le2"].to_numpy(dtype=int)
    provider = pd.factorize(services.loc[ids, "provider_id"].fillna(pd.Series(ids, index=ids)))[0]
    kind, rows = pd.factorize(services.loc[ids, "service_type"])[0], []
    for spec in features.signals:
        reading = features.readings[spec.name].loc[ids]
        score, known = reading["standing"].to_numpy(), reading["missing"].isna().to_numpy()
        says = bool(score.any())
        score = score if says else np.nan_to_num(reading["value"].to_numpy())
        row: dict[str, object] = {"as of": day, "signal": spec.name, "group": spec.group, "coverage": known.mean()}
        if known.any():
            row["by"] = "standing" if says else "value"
            low, high = clustered(score, outcome, provider)
            row |= {"AUC": roc_auc_score(outcome, score), "low": low, "high": high}
            row |= {"AUC in type": within(score, outcome, kind), "lift 10 %": lift(score, outcome)}
        if 0 < outcome[known].sum() < known.sum():
            row["AUC known"] = roc_auc_score(outcome[known], score[known])
        rows.append(row)
    return pd.DataFrame(rows).assign(n=len(ids), base=outcome.mean())


def main(store: str, dates: tuple[str, ...]) -> None:
    """Print one line per signal and date."""
    authority = pipeline.open_authority(store)
    tables = authority.store.read()
    found = pd.concat([at_date(authority, tables, day) for day in dates], ignore_index=True)
    for day, part in found.groupby("as of"):
        print(f"\n{day}: {part['n'].iloc[0]:,} services graded in the year after, {part['base'].iloc[0]:.1%} severe")
        print(part.drop(columns=["as of", "n", "base"]).round(3).to_string(index=False, na_rep=""))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1], tuple(sys.argv[2:]) or DATES)
