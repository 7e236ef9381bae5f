"""Why one service stands where it does: reasons, contributions, place, whose voice moved it, what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko import pipeline
from risiko.api import pictures
from risiko.api.result import Result, Table
from risiko.api.scored import Scored, names_of
from risiko.errors import InputError
from risiko.reports.chart_rows import step_rows
from risiko.reports.names import Names
from risiko.reports.reason_words import sentences
from risiko.reports.what_if_words import what_if_sentences, what_if_table, without_sentences, without_table
from risiko.scoring.law import expit

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart
    from risiko.registry import LoadedModel

WHY = ["signal", "group", "value", "expected", "n", "standing", "contribution", "missing"]
PLACE = [
    "rank", "rank_low", "rank_high", "expected_rank", "p_top", "tier", "rank_best", "rank_worst", "likelihood",
    "likelihood_low", "likelihood_high", "consequence", "priority",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Explained(Result):
    """Why a service stands where it does: contributions that add up, exactly, to the log-odds of its likelihood.

    Example: `why = risiko.explain(scores, "t-00012"); why.plot_steps()`
    """

    run: pipeline.Run
    detail: pipeline.Detail
    language: str = "en"
    model: LoadedModel | None = None

    def frame(self) -> pd.DataFrame:
        """One row per signal, strongest first, with its reading (reasons.contribution_table)."""
        return self.detail.contributions.copy()

    def brief(self) -> pd.DataFrame:
        """What counts in the score."""
        rows = self.detail.contributions
        return rows.loc[rows["counts"].to_numpy(dtype=bool), WHY]

    @property
    def caption(self) -> str:
        """Who, where on the list, and what the contributions add up to."""
        t, place = self.t, self.detail.place
        return t("notebook.explained", name=self._name, rank=t.number(place["rank"]), n=t.number(place["of"]),
                 likelihood=t.percent(place["likelihood"], 1), base=t.number(self.detail.base, 2),
                 total=t.number(self.detail.log_odds, 2))  # fmt: skip

    @property
    def _lines(self) -> list[str]:
        """The sentences stand over the table."""
        return self.sentences()

    def sentences(self) -> list[str]:
        """At most three main reasons, what is missing, and how sure the place is; with n and period, as on the page."""
        return sentences(self.detail.reasons, self._names)

    def place(self) -> pd.DataFrame:
        """Where it stands, in one row: service_id and the places of scoring.ScoreTable, with `of`, `top` and `in_tier`.

        rank_low to rank_high: 90 % interval. p_top: chance of being among the `top` that capacity allows. in_tier:
        services of its tier. rank_best, rank_worst: what may be unsaid allows. of: services on the list.
        """
        found, place = self.run.table.scores.loc[[self._id], PLACE], self.detail.place
        whole = {name: int(place[name]) for name in ("of", "top", "in_tier")}
        return found.assign(**whole).rename_axis("service_id").reset_index()

    def by_group(self) -> pd.DataFrame:
        """What complaints, experience, metadata and history each add: group, contribution (log-odds),
        likelihood_without and likelihood_with (0–1). A group without signals that count adds 0.
        """
        return self._lifts(self.detail.groups, "group")

    def by_dimension(self) -> pd.DataFrame:
        """The same by dimension of good services; `whole` is what speaks of no single one."""
        return self._lifts(self.detail.dimensions, "dimension")

    def without(self) -> Table:
        """Whose voice moved it? Its place without each source and organisation (pipeline.without_each_source)."""
        found = pipeline.without_each_source(self.run, self._id, self.model)
        said = tuple(without_sentences(found, self._names))
        return Table(found, self.t("notebook.without", name=self._name), self.language, said,
                     without_table(found, self._names))  # fmt: skip

    def what_if(self) -> Table:
        """Its place with one more piece of evidence, which nobody has delivered (pipeline.what_if)."""
        found = pipeline.what_if(self.run, self._id, self.model)
        said = tuple(what_if_sentences(found, self._names))
        return Table(found, self.t("notebook.what_if", name=self._name), self.language, said,
                     what_if_table(found, self._names))  # fmt: skip

    def criteria(self) -> pd.DataFrame:
        """The ministry's four criteria with where each comes from, never merged into one number."""
        return self.detail.criteria.copy()

    def plot_steps(self) -> AnyChart:
        """From a service about which nothing is known to this one, contribution by contribution."""
        return pictures.steps(step_rows(self.detail.contributions, self.detail.base, self._names), self.t)

    def _lifts(self, added: pd.Series, by: str) -> pd.DataFrame:
        lift = added.to_numpy(dtype=float)
        whole = np.full(len(lift), self.detail.log_odds)
        return pd.DataFrame({
            by: added.index.astype("str"), "contribution": lift,
            "likelihood_without": expit(whole - lift), "likelihood_with": expit(whole),
        })  # fmt: skip

    @property
    def _id(self) -> str:
        return str(self.detail.service["service_id"])

    @property
    def _name(self) -> str:
        name = self.detail.service["name"]
        return f"{name} ({self._id})" if isinstance(name, str) else self._id

    @property
    def _names(self) -> Names:
        return names_of(self.run, self)


def explain(scores: Scored, service_id: str, language: str = "") -> Explained:
    """Why the service stands where it does in a scored list: reasons in words, contributions, picture and table.

    scores: what `authority.score(...)` gave. language: en, nb or nn; blank for that of the list. Raises InputError for
    anything else, or for an id that is not on the list.

    Example: `risiko.explain(scores, scores.ranking()["service_id"].iloc[0])`
    """
    _check(scores, service_id)
    try:
        found = pipeline.detail(scores.run, service_id)
    except InputError as error:
        raise InputError(error.what, where="service_id", hint=error.hint) from None
    return Explained(scores.run, found, language or scores.language, scores.model)


def _check(scores: object, service_id: object) -> None:
    """What a notebook may hand over by mistake: a frame, an authority, a number, a whole column."""
    if not isinstance(scores, Scored):
        what = f"{type(scores).__name__} is not a scored list."
        raise InputError(what, where="scores", hint='give what authority.score("2025-06-30") gave')
    if not isinstance(service_id, str):
        what = f"An id is text, and this is {type(service_id).__name__}."
        raise InputError(what, where="service_id", hint='one id, such as scores.ranking()["service_id"].iloc[0]')
