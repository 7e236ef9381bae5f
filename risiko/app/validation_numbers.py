"""The numbers of a backtest by what they are of, each with its interval and what that shows."""

from __future__ import annotations

import math
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from risiko.evaluate.backtest import ALL, QUIET, RANDOM_ARM, Backtest

AUC, WITHIN, LIFT = "auc", "auc_within_office", "lift"
HEADLINE = 0.10  # the part of the list that the first sentence is about
# A row of the picture of where the score holds: what it is called, among whom, by which measure.
PLACES = (
    ("supervised", ALL, AUC), ("office", ALL, WITHIN), ("no_complaint", QUIET, AUC), ("random_arm", RANDOM_ARM, AUC),
)  # fmt: skip
_KEY = ["population", "as_of", "method", "metric", "at", "against"]
_NOWHERE = -1.0


class Measure(NamedTuple):
    """One number of a backtest with its interval; NaN where it could not be measured."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = math.nan
    events: float = math.nan

    def shows(self, line: float = 0.0) -> str:
        """better, worse, not_shown or unknown, by where the interval lies beside the line."""
        if math.isnan(self.value) or math.isnan(self.low) or math.isnan(self.high):
            return "unknown"
        return "better" if self.low > line else "worse" if self.high < line else "not_shown"


class Results:
    """A backtest that is looked up a hundred times for one page, each number by its key."""

    def __init__(self, backtest: Backtest) -> None:
        self.backtest, self.models = backtest, backtest.models
        rows = backtest.comparison.assign(at=lambda f: f["at"].fillna(_NOWHERE).round(6))
        keys = zip(*(rows[name].tolist() for name in _KEY), strict=True)
        values = zip(*(rows[name].tolist() for name in Measure._fields), strict=True)
        self._at = {
            (population, None if pd.isna(day) else day, *rest): Measure(*found)
            for (population, day, *rest), found in zip(keys, values, strict=True)
        }

    def get(
        self, method: str, metric: str, *, at: float = math.nan, against: str = "", population: str = ALL,
        day: pd.Timestamp | None = None,
    ) -> Measure:  # fmt: skip
        """One number, on one date or as the mean over them; at: the share of the list, where it is taken at one.

        Where the population was measured on one date only, that date's own stands for the mean.
        """
        days = self.dates(population)
        when = days[0] if day is None and len(days) == 1 else day
        place = _NOWHERE if math.isnan(at) else round(at, 6)
        return self._at.get((population, when, method, metric, place, against), Measure())

    def dates(self, population: str = ALL) -> list[pd.Timestamp]:
        """The dates on which the population was measured, oldest first."""
        return self._dates.get(population, [])

    @cached_property
    def _dates(self) -> dict[str, list[pd.Timestamp]]:
        rows = self.backtest.comparison.dropna(subset="as_of")
        return {str(name): sorted(own.unique()) for name, own in rows.groupby("population")["as_of"]}

    @cached_property
    def methods(self) -> list[str]:
        """The rankings in order: the models, then what they are held against."""
        every = [str(name) for name in self.backtest.comparison["method"].unique()]
        return [*(m for m in self.models if m in every), *(m for m in every if m not in self.models)]

    @cached_property
    def throughout(self) -> list[str]:
        """Those that stand on all dates, so that they have a mean."""
        return [name for name in self.methods if not math.isnan(self.get(name, AUC).value)]

    @cached_property
    def duels(self) -> list[tuple[str, str]]:
        """Each model and what it is held against; a challenger is held against the default too."""
        default, *rest = self.models
        baselines = [name for name in self.methods if name not in self.models]
        return [(default, other) for other in baselines] + [
            (model, other) for model in rest for other in (default, *baselines)
        ]

    @cached_property
    def shares(self) -> list[float]:
        """The parts of the list at which something was measured, smallest first."""
        rows = self.backtest.comparison
        return sorted(rows.loc[rows["metric"] == LIFT, "at"].unique().tolist())

    @cached_property
    def share(self) -> float:
        """The one nearest a tenth."""
        return min(self.shares, key=lambda share: abs(share - HEADLINE))

    @cached_property
    def capacity(self) -> float:
        """The share that can be visited, as it was when the backtest was made; NaN where nothing was measured."""
        rows = self.backtest.comparison
        at = rows.loc[rows["metric"] == "lift_at_capacity", "at"]
        return float(at.iloc[0]) if len(at) else math.nan

    @cached_property
    def tops(self) -> list[tuple[float, str]]:
        """The first parts of the list that verdicts are given on, with their measure of lift: capacity and a tenth."""
        if any(math.isclose(self.capacity, share) for share in self.shares):
            return [(share, LIFT) for share in sorted({self.capacity, self.share})]
        return sorted([(self.capacity, f"{LIFT}_at_capacity"), (self.share, LIFT)])
