"""A score tried on earlier dates, beside everything it wants to replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from risiko.api import pictures
from risiko.api.result import Result
from risiko.errors import InputError
from risiko.evaluate.backtest import ALL, Backtest
from risiko.evaluate.folds import Fold
from risiko.i18n import Translator
from risiko.reports.backtest_files import KeptFolds
from risiko.reports.card_results import WITHOUT_DIRECTION
from risiko.settings import Settings

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

HEADLINE = 0.10  # the part of the list that a first look is about
COLUMNS = ["metric", "at", "value", "low", "high", "told", "n", "events"]
CHANCE = 0.5  # the AUC of drawing lots


def method_name(method: str, t: Translator) -> str:
    """A ranking in words; one of several own scores, or of two backtests, by its name too."""
    head, _, own = method.partition(":")
    return f"{t.word('trial_method', head)}: {own}" if own else t.word("trial_method", head)


def means(found: Backtest, population: str = ALL) -> pd.DataFrame:
    """The means over the dates; of a single date, its own numbers."""
    mean = found.mean(population)
    if len(mean) or len(found.dates) > 1:
        return mean
    rows = found.comparison[found.comparison["population"] == population]
    return rows.drop(columns=["as_of", "population"]).reset_index(drop=True)


def differences(rows: pd.DataFrame, method: str, against: str) -> pd.DataFrame:
    """COLUMNS of one ranking less another; told says what the interval shows. No rows where nothing was measured."""
    mine = rows[(rows["method"] == method) & (rows["against"] == against)]
    mine = mine[~mine["metric"].isin(WITHOUT_DIRECTION)]
    verdicts = [pictures.told(r.metric, r.low, r.high) for r in mine.itertuples()]
    return mine.assign(told=verdicts)[COLUMNS].reset_index(drop=True)


def held_against(rows: pd.DataFrame, method: str, against: str) -> pd.DataFrame:
    """The same, for somebody who asks for it. Raises InputError where nothing was measured."""
    found = differences(rows, method, against)
    if found.empty:
        known = sorted(set(rows.loc[rows["method"] == method, "against"]) - {""})
        hint = f"one of {', '.join(known)}" if known else "more dates: there were too few outcomes to measure anything"
        raise InputError(f"{method} was not held against {against}.", where="against", hint=hint)
    return found


@dataclass(frozen=True, repr=False)
class Tried(Result):
    """What a backtest found: how a score of its kind, trained on what could be known on each date, ranked afterwards.

    backtest: every frame of it (evaluate.backtest.Backtest). kept: the scores of every date, where they were kept.

    Example: `tried = authority.backtest(); tried.plot_differences()`
    """

    backtest: Backtest
    settings: Settings
    kept: KeptFolds | None = None
    language: str = "en"

    def frame(self) -> pd.DataFrame:
        """Every measure on every date and in the mean (as_of NaT), long: as_of, population, method, metric, at, value,
        low, high, against, n, events, base_rate. against: "" is the value itself, otherwise the difference to it.
        """
        return self.backtest.comparison.copy()

    def brief(self) -> pd.DataFrame:
        """AUC, average precision and lift in the first tenth of every ranking, with intervals, means over the dates."""
        t, rows = self.t, means(self.backtest)
        own = rows[rows["against"] == ""]
        wanted = {"auc": own["at"].isna(), "average_precision": own["at"].isna(), "lift": own["at"] == HEADLINE}
        table = pd.DataFrame({"method": list(dict.fromkeys(own["method"]))})
        for metric, here in wanted.items():
            one = own[(own["metric"] == metric) & here].set_index("method")
            cells = {r.Index: pictures.said(r.value, r.low, r.high, t) for r in one.itertuples()}
            table[metric] = table["method"].map(cells)
        return table.astype("str")

    @property
    def caption(self) -> str:
        """On which dates, how many were supervised and had the outcome, and that the data choose who was seen."""
        t, folds = self.t, self.backtest.folds.drop_duplicates("as_of")
        dates = self.backtest.dates
        said = t("notebook.tried", n=t.number(len(dates)), first=t.date(dates[0]), last=t.date(dates[-1]),
                 supervised=t.number(folds["tested"].sum()), events=t.number(folds["tested_events"].sum()),
                 level=t.percent(self.settings.evaluation.level))  # fmt: skip
        return f"{said} {t('validation.one_date')}" if len(dates) == 1 else said

    def against(self, other: str = "points", model: str | None = None) -> pd.DataFrame:
        """The model less another ranking, means over the dates: metric, at, value, low, high, told, n, events.

        told: better, worse, not_shown (the interval holds 0) or unknown. Raises InputError for a ranking not tried.
        """
        return held_against(means(self.backtest), model or self.backtest.models[0], other)

    def by_date(self, metric: str = "auc", model: str | None = None) -> pd.DataFrame:
        """One measure of the model on each date: as_of, n, events, value, low, high. A null year is seen here."""
        rows, chosen = self.backtest.comparison, model or self.backtest.models[0]
        mine = rows["as_of"].notna() & (rows["population"] == ALL) & (rows["against"] == "")
        mine &= (rows["method"] == chosen) & (rows["metric"] == metric)
        return rows.loc[mine, ["as_of", "metric", "at", "n", "events", "value", "low", "high"]].reset_index(drop=True)

    def calibration(self) -> pd.DataFrame:
        """Promised and found in bands over all dates: method, band, low, high, n, expected, observed, and interval."""
        bands = self.backtest.bands
        return bands[bands["as_of"].isna()].drop(columns="as_of").reset_index(drop=True) if len(bands) else bands

    def corrected(self) -> pd.DataFrame:
        """Hits per place at capacity among all services, corrected for who was visited (evaluate.selection.corrected).

        as_of, method, estimate, value, low, high, ess, clipped_share, refused_because (where it cannot be told).
        """
        return self.backtest.corrected.copy()

    def folds(self) -> list[Fold]:
        """The scores, outcomes and facts of every date. Raises InputError where they were not kept."""
        found = [self.kept.get(day.date()) for day in self.backtest.dates] if self.kept else []
        whole = [fold for fold in found if fold is not None]
        if len(whole) < len(self.backtest.dates):
            raise InputError(
                "The scores of the dates were not kept.", where="backtest", hint="run it with a folder: folder=…"
            )
        return whole

    def plot_gain(self) -> AnyChart:
        """How much of what was found stands in the first part of each list."""
        names = {m: method_name(m, self.t) for m in dict.fromkeys(means(self.backtest)["method"])}
        gain = self.backtest.gain
        rows = gain[gain["as_of"].isna() if len(self.backtest.dates) > 1 else gain["as_of"].notna()]
        drawn = pictures.gain_rows(rows, names, set(self.backtest.models), self.t)
        return pictures.gain(drawn, self.settings.overview.capacity_share, self.t)

    def plot_differences(self, model: str | None = None) -> AnyChart:
        """The model's AUC less that of every other ranking: a bar that reaches over 0 shows nothing."""
        rows, chosen = means(self.backtest), model or self.backtest.models[0]
        mine = rows[(rows["method"] == chosen) & (rows["metric"] == "auc") & (rows["against"] != "")]
        labels = [method_name(other, self.t) for other in mine["against"]]
        axis = self.t("validation.diff_auc")
        return pictures.measured(pictures.measured_rows(mine, labels, 0.0, self.t), 0.0, axis, self.t)

    def plot_by_date(self, model: str | None = None) -> AnyChart:
        """The model's AUC on each date beside that of drawing lots."""
        rows = self.by_date("auc", model)
        drawn = pictures.measured_rows(rows, [self.t.date(day) for day in rows["as_of"]], CHANCE, self.t)
        return pictures.measured(drawn, CHANCE, self.t("validation.auc"), self.t)

    def plot_calibration(self) -> AnyChart:
        """Do the probabilities come true? Bands of all dates together, with 95 % intervals."""
        rows = self.calibration()
        labels = {m: method_name(m, self.t) for m in self.backtest.models}
        return pictures.promised(pictures.band_rows(rows, labels, self.t), self.t)
