"""Equal treatment: how a list falls on groups of services, with intervals, and whose voice moves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from risiko import pipeline
from risiko.api import pictures
from risiko.api.result import Result
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

BRIEF = ["group", "n", "value", "difference", "diff_low", "diff_high", "told"]
IN_TOP = "in_top"  # the share above the capacity line
DRAWN_TOLD = ("higher", "lower", "not_shown", "few_clusters")


@dataclass(frozen=True, repr=False)
class Groups(Result):
    """A list by groups of services. A difference is not in itself unequal treatment, and none shown is not equality.

    Example: `authority.score("2025-06-30").by_group("office").plot_groups()`
    """

    run: pipeline.Run
    by: str = ""
    capacity: int | None = None
    language: str = "en"

    @cached_property
    def equity(self) -> pipeline.Equity:
        """The whole of it (pipeline.equity). Raises InputError for a grouping that there is not."""
        line = self.capacity if self.capacity is not None else pipeline.default_capacity(self.run)
        found = pipeline.equity(self.run, line, self.by)
        if self.by and self.by not in found.choices:
            hint = f"one of {', '.join(found.choices)}"
            raise InputError(f"There are no groups by {self.by!r}.", where="by", hint=hint)
        return found

    @property
    def choices(self) -> tuple[str, ...]:
        """What the services can be grouped by."""
        return self.equity.choices

    def frame(self) -> pd.DataFrame:
        """One row per measure and group (evaluate.equity.by_group), difference to all with an interval that holds for
        all groups of a measure together. Measures: in_top (above the capacity line), rank_share (place / services),
        likelihood, and found (found by a supervision in the last two years, among those supervised).
        """
        return self.equity.means.copy()

    def brief(self) -> pd.DataFrame:
        """The share of each group above the capacity line."""
        rows = self.equity.means
        return rows.loc[rows["measure"] == IN_TOP, BRIEF]

    @property
    def caption(self) -> str:
        """How many services and how many of them above the line, and what this does not say."""
        t, found = self.t, self.equity
        lead = t("notebook.groups", date=t.date(self.run.as_of), n=t.number(found.n), capacity=t.number(found.capacity))
        return f"{lead} {t('equity.caveat')}"

    def pairs(self) -> pd.DataFrame:
        """Same profile, same priority? Services beside their nearest in other offices (pipeline.equity_pairs)."""
        return pipeline.equity_pairs(self.run)

    def voices(self) -> pd.DataFrame:
        """How much each source moves the score in each group (evaluate.equity.voices)."""
        return self.equity.voices.copy()

    def plot_groups(self, measure: str = IN_TOP) -> AnyChart:
        """Each group's mean beside that of all: a bar that reaches over the line shows no difference."""
        from risiko.charts.equity import group_means

        rows = self.equity.means
        rows = rows[(rows["measure"] == measure) & rows["told"].isin(DRAWN_TOLD)]
        if rows.empty:
            raise InputError(f"No group is large enough to draw {measure!r}.", where="measure", hint="look at frame()")
        text = [f"{r.group}: {self.t.percent(r.value, 1)} (n = {self.t.number(r.n)})" for r in rows.itertuples()]
        drawn = pd.DataFrame({
            "label": rows["group"], "value": rows["value"], "low": rows["overall"] + rows["diff_low"],
            "high": rows["overall"] + rows["diff_high"], "told": rows["told"], "text": text,
        })  # fmt: skip
        axis = self.t.word("equity_measure", measure)
        chart = group_means(drawn, overall=float(rows["overall"].iloc[0]), axis=axis, language=self.language)
        return chart.properties(width=pictures.WIDTH)
