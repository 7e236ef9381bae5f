"""What the learned score finds on the Scottish records: the six labelled dates, and every other half-year.

    python benchmarks/learned.py STORE            the dates to choose on (up to 2022-09-30)
    python benchmarks/learned.py STORE --held-out 2023-03-31 too; every such look is logged in the docs
    python benchmarks/learned.py STORE --own      the same with the regulator's own score as an input

The store: imported with the shipped mapping. The labelled dates are judged by the publisher's labels (the shared pack),
the others by the store's own. Capacity is 10 % of the cohort, office is the council.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from risiko import cohorts, pipeline
from risiko.evaluate.backtest import QUIET, Backtest
from risiko.pipeline.backtesting import backtest
from risiko.pipeline.learning import Learner
from risiko.pipeline.moments import Moments

SHARED = Path(os.environ.get("RISIKO_SHARED") or Path(__file__).parents[2] / "shared")
LABELLED = [date(2017, 3, 31), date(2017, 12, 31), date(2018, 12, 31), date(2022, 3, 31), date(2022, 9, 30)]
HELD_OUT = date(2023, 3, 31)
CAPACITY = 0.10
SHOWN = {
    ("auc", None): "AUC", ("average_precision", None): "AP", ("lift", 0.1): "lift 10 %", ("lift", 0.2): "lift 20 %",
    ("auc_within_office", None): "AUC within", ("calibration_slope", None): "slope",
    ("observed_over_expected", None): "O/E",
}  # fmt: skip


def labels() -> pd.DataFrame:
    """The publisher's labels of the services that were graded in the window: as_of, service_id, outcome."""
    told = pd.read_parquet(SHARED / "data/scotland_care/cohort_labels.parquet")
    graded = told[told["n_graded_next_365d"] > 0]
    return graded.rename(columns={"label_severe_grade_le2": "outcome"})[["as_of", "service_id", "outcome"]]


def table(found: Backtest, population: str = "supervised") -> pd.DataFrame:
    """One row per date and ranking with the measures shown; the models' with 95 % intervals."""
    own = found.comparison[(found.comparison["population"] == population) & (found.comparison["against"] == "")]
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for row in own.itertuples():
        name = SHOWN.get((row.metric, None if pd.isna(row.at) else row.at))
        if name:
            day = "mean" if pd.isna(row.as_of) else f"{row.as_of:%Y-%m-%d}"
            mine = rows.setdefault((day, row.method), {"n": row.n, "events": row.events})
            interval = f" ({row.low:.3f}–{row.high:.3f})" if row.method in found.models else ""
            mine[name] = f"{row.value:.3f}{interval}"
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["as of", "ranking"])


def gains(found: Backtest) -> pd.DataFrame:
    """The default model's gains over every baseline, per date and in the mean: AUC, AP and lift in the top tenth."""
    rows = found.comparison
    shown = rows["metric"].isin(["auc", "average_precision"]) | ((rows["metric"] == "lift") & (rows["at"] == 0.1))
    mine = rows[shown & (rows["population"] == "supervised") & (rows["method"] == found.models[0])]
    mine = mine[(mine["against"] != "").to_numpy()]
    told = [f"{r.value:+.3f} ({r.low:+.3f} to {r.high:+.3f})" for r in mine.itertuples()]
    day = mine["as_of"].dt.strftime("%Y-%m-%d").fillna("mean")
    wide = mine.assign(day=day, told=told)
    return wide.pivot_table(index=["against", "metric"], columns="day", values="told", aggfunc="first")


def show(title: str, found: Backtest) -> None:
    """Print every table of a backtest."""
    days = found.days.pivot_table(index="as_of", columns="method", values="days").round(0)
    bands = found.bands[found.bands["as_of"].isna()].drop(columns="as_of").round(3)
    parts = {
        title: table(found), "no complaint in three years": table(found, QUIET), "gains": gains(found),
        "days earlier": days, "trained on": found.folds.T, "bands, all dates": bands,
        "corrected for selection": found.corrected,
    }  # fmt: skip
    for name, part in parts.items():
        print(f"\n## {name}\n{part}")


def main() -> None:
    """Try the score, print the tables."""
    store, held_out, own = sys.argv[1], "--held-out" in sys.argv, "--own" in sys.argv
    opened = pipeline.open_authority(store)
    learning = opened.settings.learning.model_copy(update={"external_score": "regulator_score" if own else ""})
    overview = opened.settings.overview.model_copy(update={"capacity_share": CAPACITY})
    chosen = opened.settings.model_copy(update={"learning": learning, "overview": overview})
    authority = replace(opened, settings=chosen)
    learner = Learner(Moments(authority))
    labelled = [*LABELLED, HELD_OUT] if held_out else LABELLED
    halves = [d for d in cohorts.every(date(2017, 3, 31), labelled[-1], 6) if d not in labelled]
    pd.set_option("display.width", 250, "display.max_rows", 500, "display.max_columns", 40, "display.max_colwidth", 40)
    show("labelled dates", backtest(authority, labelled, labels=labels(), learner=learner))
    show("every other half-year", backtest(authority, halves, learner=learner))


if __name__ == "__main__":
    main()
