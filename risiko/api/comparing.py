"""Two results side by side: who moves between two lists, and whether one score is shown better than another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from risiko import pipeline, reasons
from risiko.api import pictures
from risiko.api.learned import Trained
from risiko.api.result import Result
from risiko.api.scored import Scored
from risiko.api.tried import Tried, held_against, means, method_name
from risiko.errors import InputError
from risiko.evaluate.backtest import evaluate
from risiko.evaluate.folds import Fold
from risiko.pipeline.backtesting import rules

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

DRAWN = 20


@dataclass(frozen=True, repr=False)
class Moved(Result):
    """Who changes place between two lists. Example: `risiko.compare(before, after).plot_moves()`"""

    before: Scored
    after: Scored
    language: str = "en"

    def frame(self) -> pd.DataFrame:
        """service_id, name, rank_before, rank_after, places (positive: up the list), why; the largest move first.

        why: the signal that moved it most, "consequence", "certainty" or "others" (see reasons.moves). A service that
        enters or leaves has one rank missing.
        """
        rows = pipeline.moved(self.before.run, self.after.run)
        why = reasons.moves(self.before.run.table, self.after.run.table)["why"]
        return rows.assign(why=rows["service_id"].map(why))

    @property
    def caption(self) -> str:
        """How many change place, between what."""
        t, rows = self.t, pipeline.moved(self.before.run, self.after.run)
        lists = {"before": self.before, "after": self.after}
        said = {name: f"{one.method}, {t.date(one.run.as_of)}" for name, one in lists.items()}
        return t("notebook.moved", n=t.number(len(rows)), of=t.number(len(self.after.run.table.scores)), **said)

    def plot_moves(self, first: int = DRAWN) -> AnyChart:
        """The largest moves as arrows. Raises InputError where nobody has moved."""
        rows = pictures.move_rows(self.frame().dropna(subset=["places"]).head(first), self.t)
        if rows.empty:
            raise InputError("No service has changed place.", where="compare", hint="there is nothing to draw")
        return pictures.moves(rows, self.t)


@dataclass(frozen=True, repr=False)
class Differences(Result):
    """One score less another on the same services and dates, with intervals that draw whole providers.

    Example: `risiko.compare(tried_before, tried_after).frame().query("metric == 'auc'")`
    """

    rows: pd.DataFrame
    before: str
    after: str
    language: str = "en"

    def frame(self) -> pd.DataFrame:
        """metric, at, value (after less before), low, high, told, n and events.

        told: better, worse, not_shown (the interval holds 0) or unknown; for Brier's score less is better.
        """
        return self.rows.copy()

    def brief(self) -> pd.DataFrame:
        """What decides first: AUC and average precision over the whole list."""
        return self.rows.sort_values("metric", key=lambda m: ~m.isin(pipeline.DECISIVE), kind="stable")

    @property
    def caption(self) -> str:
        """What is compared, and what the AUC shows."""
        t, auc = self.t, self.rows[self.rows["metric"] == "auc"].iloc[0]
        return t("notebook.differences", before=method_name(self.before, t), after=method_name(self.after, t),
                 value=pictures.said(auc["value"], auc["low"], auc["high"], t, sign=True),
                 told=t.word("trial_verdict", auc["told"]))  # fmt: skip

    def plot_differences(self) -> AnyChart:
        """AUC and average precision: a bar that reaches over 0 shows nothing."""
        mine = self.rows[self.rows["metric"].isin(pipeline.DECISIVE)]
        labels = [{"auc": "AUC"}.get(metric, metric.replace("_", " ")) for metric in mine["metric"]]
        axis = f"{method_name(self.after, self.t)} − {method_name(self.before, self.t)}"
        return pictures.measured(pictures.measured_rows(mine, labels, 0.0, self.t), 0.0, axis, self.t)


def compare(a: Result, b: Result) -> Moved | Differences:
    """What changes from `a` to `b`: two scored lists, two backtests, or two trained models of different kinds.

    Two lists: who moves. Two backtests: the first model of `b` less that of `a`, on the dates and services both have.
    Two models: as measured when `b` was trained. Raises InputError for what cannot be compared.

    Example: `risiko.compare(authority.score(day, model="points"), authority.score(day))`
    """
    match a, b:
        case Scored(), Scored():
            return Moved(a, b, b.language)
        case Tried(), Tried():
            return _tried(a, b)
        case Trained(), Trained():
            kinds = a.model.facts.kind, b.model.facts.kind
            if kinds[0] == kinds[1]:
                hint = "compare their lists at one date: compare(authority.score(day, model=a.id), …model=b.id))"
                raise InputError(f"Both models are of the kind {kinds[0]}.", where="compare", hint=hint)
            return Differences(b.against(kinds[0]), *kinds, b.language)
    raise InputError(
        f"{type(a).__name__} and {type(b).__name__} cannot be compared.", where="compare",
        hint="give two scored lists, two backtests or two trained models",
    )  # fmt: skip


def _tried(a: Tried, b: Tried) -> Differences:
    before, after = a.backtest.models[0], b.backtest.models[0]
    if before == after:
        before, after = f"{before}:a", f"{after}:b"
    ours = {fold.as_of: fold for fold in a.folds()}
    folds = [_joined(ours[fold.as_of], fold, before, after) for fold in b.folds() if fold.as_of in ours]
    if not folds:
        raise InputError("The backtests have no date in common.", where="compare", hint="try both on the same dates")
    found = evaluate(folds, [before, after], rules(b.settings))
    return Differences(held_against(means(found), after, before), before, after, b.language)


def _joined(a: Fold, b: Fold, before: str, after: str) -> Fold:
    """One date with the first model of both, among the services both have; what was found must be the same."""
    both = a.outcome.index.intersection(b.outcome.index, sort=False)
    if not a.outcome[both].equals(b.outcome[both]):
        raise InputError(
            f"The backtests judge {a.as_of} by different outcomes.", where="compare",
            hint="use the same settings.outcome, records and labels for both",
        )  # fmt: skip
    scores = pd.DataFrame({before: a.scores[a.facts["method"].iloc[0]], after: b.scores[b.facts["method"].iloc[0]]})
    facts = pd.concat([a.facts.head(1).assign(method=before), b.facts.head(1).assign(method=after)])
    own = {name: getattr(b, name).loc[both] for name in ("outcome", "about", "visited", "random", "chance")}
    return replace(b, scores=scores.loc[both], facts=facts.reset_index(drop=True), **own)
