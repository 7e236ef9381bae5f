"""What the day-one score finds: on the Scottish records, and on the synthetic worlds where the truth is planted.

    python benchmarks/found.py STORE    the Scottish store, imported with the shipped mapping (labels: the shared pack)
    python benchmarks/found.py worlds   the three synthetic worlds, with the shuffled-truth null beside each

Prints AUC and lift in the top tenth with bootstrap intervals; a number without a difference is printed all the same.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from risiko import pipeline, settings, synthetic
from risiko.features import Features

SHARED = Path(os.environ.get("RISIKO_SHARED") or Path(__file__).parents[2] / "shared")
SHARE, RESAMPLES = 0.10, 400


def lift(score: np.ndarray, outcome: np.ndarray) -> float:
    """Share of outcomes in the top tenth over the share in all; ties broken at random by a tiny jitter."""
    jitter = np.random.default_rng(1).random(len(score)) * 1e-9
    top = np.argsort(-(score + jitter))[: max(1, int(len(score) * SHARE))]
    return float(outcome[top].mean() / outcome.mean())


def row(name: str, score: np.ndarray, outcome: np.ndarray) -> dict[str, object]:
    """One line of the table, with 90 % bootstrap intervals over services."""
    rng, n = np.random.default_rng(7), len(score)
    picks = [rng.integers(0, n, n) for _ in range(RESAMPLES)]
    lifts = np.quantile([lift(score[i], outcome[i]) for i in picks], [0.05, 0.95])
    shown: dict[str, object] = {"ranking": name, "n": n, "base": round(float(outcome.mean()), 3)}
    if set(np.unique(outcome)) <= {0, 1}:
        aucs = np.quantile([roc_auc_score(outcome[i], score[i]) for i in picks], [0.05, 0.95])
        shown |= {"AUC": round(roc_auc_score(outcome, score), 3), "AUC 90 %": f"{aucs[0]:.3f}–{aucs[1]:.3f}"}
    return shown | {"lift 10 %": round(lift(score, outcome), 2), "lift 90 %": f"{lifts[0]:.2f}–{lifts[1]:.2f}"}


def rankings(run: pipeline.Run, ids: pd.Index) -> dict[str, np.ndarray]:
    """The score and what it must be held against, each as one number per service, higher is looked at first."""
    features: Features = run.prepared.features
    read = {name: frame["value"].reindex(ids) for name, frame in features.readings.items()}
    return {
        "random": np.random.default_rng(5).random(len(ids)),
        "time since last": read["time_since_supervision"].fillna(99).to_numpy(),
        "complaint rate, 3 years": read["complaint_rate_long"].fillna(0).to_numpy(),
        "last outcome": read["last_finding"].fillna(read["last_finding"].mean()).to_numpy(),
        "risiko day one": run.table.scores["likelihood"].reindex(ids).to_numpy(),
    }


def scotland(store: str) -> pd.DataFrame:
    """Severe grade within a year, among services graded in that year, at four dates."""
    labels = pd.read_parquet(SHARED / "data/scotland_care/cohort_labels.parquet")
    authority, rows = pipeline.open_authority(store), []
    for day in ("2018-12-31", "2022-03-31", "2022-09-30", "2023-03-31"):
        run = pipeline.rank(pipeline.prepare(authority, date.fromisoformat(day)))
        seen = labels[(labels["as_of"] == day) & (labels["n_graded_next_365d"] > 0)].set_index("service_id")
        ids = run.table.scores.index.intersection(seen.index)
        outcome = seen.loc[ids, "label_severe_grade_le2"].to_numpy()
        rows += [{"as of": day} | row(name, score, outcome) for name, score in rankings(run, ids).items()]
    return pd.DataFrame(rows)


def worlds() -> pd.DataFrame:
    """The planted probability of a severe failure, in the plain and the two misspecified worlds."""
    day, rows = date(2025, 6, 30), []
    for world in synthetic.WORLDS:
        built = synthetic.build(world=world)
        run = pipeline.rank(pipeline.prepare_tables(built.tables, day, settings.load()))
        truth = built.truth[built.truth["year"] == day.year].set_index("service_id")["p_severe"]
        ids = run.table.scores.index.intersection(truth.index)
        planted = truth[ids].to_numpy()
        shuffled = np.random.default_rng(2).permutation(planted)
        rows += [{"world": world} | row(name, score, planted) for name, score in rankings(run, ids).items()]
        rows.append(
            {"world": world}
            | row("risiko, shuffled truth", run.table.scores.loc[ids, "likelihood"].to_numpy(), shuffled)
        )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print((worlds() if sys.argv[1] == "worlds" else scotland(sys.argv[1])).to_string(index=False))
