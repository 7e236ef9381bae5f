"""Ten years of learning from one's own selections, over many invented authorities: with chance in it, and without.

    python benchmarks/loop.py [WORLDS]

Prints for two kinds of authority (the quiet no worse than others; the quiet worse) and each practice the mean over
worlds with its standard error; then the difference to no exploration in the same worlds. The columns are explained in
`risiko.evaluate.loop.simulate`: hit_rate and auc are means of years 2 to 10, gap, covered and unseen are of year 10,
bias and rmse (against what would have been found everywhere) and cover (of 95 % intervals) are of all years.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from risiko.evaluate.loop import Practice, World, simulate

KINDS = {"plain": World(), "quiet are worse": World(quiet_shift=1.0)}
PRACTICES = {
    "0": Practice(0.0),
    ".05": Practice(0.05), ".1": Practice(0.1), ".2": Practice(0.2),
    ".05 weighted": Practice(0.05, weighted=True), ".1 weighted": Practice(0.1, weighted=True),
    ".2 weighted": Practice(0.2, weighted=True), ".1 weighted to 10": Practice(0.1, weighted=True, most_weight=10),
    ".1 aimed": Practice(0.1, aim=3.0), ".2 aimed": Practice(0.2, aim=3.0),
    "all by chance": Practice(1.0),
}  # fmt: skip


def summary(years: pd.DataFrame) -> pd.Series:
    """One world under one practice in a row of numbers."""
    later, end = years.iloc[1:], years.iloc[-1]
    error = years["corrected"] - years["failing"]
    inside = (years["low"] <= years["failing"]) & (years["failing"] <= years["high"])
    return pd.Series({
        "hit_rate": later["hit_rate"].mean(), "auc": later["auc"].mean(),
        "gap": end["gap"], "off": years["gap"].iloc[1:].abs().mean(),
        "covered": end["covered"], "unseen": end["unseen"], "unseen_quiet": end["unseen_quiet"],
        "naive_bias": (years["naive"] - years["failing"]).mean(), "bias": error.mean(), "mse": (error**2).mean(),
        "cover": inside.mean() if error.notna().all() else np.nan,
    })  # fmt: skip


def table(world: World, seeds: range, practices: dict[str, Practice] = PRACTICES) -> pd.DataFrame:
    """Rows by practice and seed, one column per number of `summary`."""
    rows = {
        (name, seed): summary(simulate(world, practice, np.random.default_rng(seed)))
        for name, practice in practices.items()
        for seed in seeds
    }
    return pd.DataFrame(rows).T.rename_axis(["practice", "seed"])


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean ± standard error over worlds as text, practices in their order; rmse from the mean of mse."""
    by = rows.groupby(level="practice", sort=False)
    mean, error = by.mean(), by.sem()
    text = mean.apply(lambda m: m.map("{:+.3f}".format) + " ± " + error[m.name].map("{:.3f}".format))
    return text.drop(columns="mse").assign(rmse=np.sqrt(mean["mse"]).map("{:.3f}".format))


def main(worlds: int = 40) -> None:
    """Print the two tables for each kind of authority."""
    for kind, world in KINDS.items():
        rows = table(world, range(worlds))
        print(f"\n{kind}, {worlds} worlds\n{told(rows).to_string()}")
        unpaired = rows.drop(columns=["bias", "mse", "cover"]).unstack("practice")
        change = unpaired.sub(unpaired.xs("0", axis=1, level="practice").reindex(columns=unpaired.columns, level=0))
        back = change.stack("practice", future_stack=True).drop("0", level="practice")
        print(f"\nthe same beside no exploration\n{told(back.assign(mse=0.0)).drop(columns='rmse').to_string()}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
