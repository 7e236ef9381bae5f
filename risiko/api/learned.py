"""Models: one that was just trained, and the list of all, with the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from risiko import pipeline, registry
from risiko.api import pictures
from risiko.api.result import Result
from risiko.api.tried import differences, held_against, method_name
from risiko.evaluate.comparison import COLUMNS as MEASURED
from risiko.registry import LoadedModel
from risiko.scoring.table import POINTS

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart


@dataclass(frozen=True, repr=False)
class Trained(Result):
    """A trained and registered model. It is in force only after `authority.promote(id, why)`.

    Example: `made = authority.train("2025-06-30"); made.against("points")`
    """

    model: LoadedModel
    language: str = "en"

    @property
    def id(self) -> str:
        """What it is called in the list of models, and in every score that it makes."""
        return self.model.entry.model_id

    def frame(self) -> pd.DataFrame:
        """Its measures on later dates: as_of (missing: the mean) and the columns of evaluate.comparison.

        against: "" is the value itself, otherwise the difference to that ranking.
        """
        return pd.DataFrame(list(self.model.facts.metrics), columns=["as_of", *MEASURED])

    def against(self, other: str = POINTS) -> pd.DataFrame:
        """Its mean gains over another ranking on later dates: metric, at, value, low, high, told, n, events."""
        return held_against(self._means, self.model.facts.kind, other)

    @property
    def _means(self) -> pd.DataFrame:
        """Its measures over all dates together; none where a single date, or too little, was measured."""
        rows = self.frame()
        return rows[rows["as_of"].isna()]

    def brief(self) -> pd.DataFrame:
        """Its decisive gains over the points score."""
        rows = differences(self._means, self.model.facts.kind, POINTS)
        return rows[rows["metric"].isin(pipeline.DECISIVE)]

    @property
    def caption(self) -> str:
        """What it learned from, what is weak in it, and what the rows under it are."""
        t, facts = self.t, self.model.facts
        said = t("notebook.trained", model=self.id, events=t.number(facts.n_events), n=t.number(facts.n_rows),
                 other=method_name(POINTS, t))  # fmt: skip
        return " ".join((said, *facts.warnings))

    def card(self) -> str:
        """The model card as Markdown: use, data, performance with nulls, limits."""
        from risiko.reports.model_card import cards

        return cards(self.model.facts, self.model.entry)["card.md"]

    def plot_differences(self) -> AnyChart:
        """Its AUC less that of every other ranking on later dates: a bar that reaches over 0 shows nothing."""
        rows, facts = self._means, self.model.facts
        mine = rows[(rows["method"] == facts.kind) & (rows["metric"] == "auc") & (rows["against"] != "")]
        labels = [method_name(str(other), self.t) for other in mine["against"]]
        return pictures.measured(
            pictures.measured_rows(mine, labels, 0.0, self.t), 0.0, self.t("validation.diff_auc"), self.t
        )


@dataclass(frozen=True, repr=False)
class Models(Result):
    """Every registered model, and the score in force. Example: `authority.models().in_force`"""

    opened: pipeline.Authority
    language: str = "en"

    def frame(self) -> pd.DataFrame:
        """model_id, manifest_sha256, kind, as_of, recorded_at and in_force, oldest first."""
        return registry.registered(self.opened.store)

    def decisions(self) -> pd.DataFrame:
        """Every promotion and retirement with its reason, oldest first; the last one holds."""
        return self.opened.store.promotions()

    @property
    def in_force(self) -> str:
        """The model id of the score in force, or "points"."""
        return registry.in_force(self.opened.store) or POINTS

    def brief(self) -> pd.DataFrame:
        """The list without hashes."""
        return self.frame()[["model_id", "kind", "as_of", "recorded_at", "in_force"]]

    @property
    def caption(self) -> str:
        """How many, and which score is in force."""
        t = self.t
        model = method_name(POINTS, t) if self.in_force == POINTS else self.in_force
        return t("notebook.models", n=t.number(len(self.frame())), model=model)
