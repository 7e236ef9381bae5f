"""Checking: the numbered checks made on the score in force at a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from risiko.evaluate.checks import Limits, run_checks
from risiko.pipeline.evidence import evidence_of
from risiko.pipeline.learning import Learner
from risiko.pipeline.models import in_force
from risiko.pipeline.moments import Moments, Progress
from risiko.pipeline.runs import Authority
from risiko.pipeline.subject import Subject
from risiko.pipeline.validation import saved_validation
from risiko.registry import LoadedModel
from risiko.settings import Settings


@dataclass(frozen=True)
class Checked:
    """What the numbered checks found. results: see evaluate.checks.run_checks.

    model_id: the model that made the list, or "points". stale: measures on later dates come from a backtest of other
    records, settings or code than those in force. settings, declared: what is needed to say it in words.
    """

    as_of: date
    model_id: str
    results: pd.DataFrame
    stale: bool
    settings: Settings
    declared: pd.DataFrame

    @property
    def failed(self) -> pd.DataFrame:
        """The errors and warnings that fail; notes do not count, nor does what could not be tried."""
        grave = self.results["severity"].isin(["error", "warning"])
        return self.results[grave & (self.results["state"] == "fails")]


def check(
    authority: Authority, as_of: date, *, learner: Learner | None = None, limits: Limits | None = None,
    progress: Progress | None = None, model: LoadedModel | None = None,
) -> Checked:  # fmt: skip
    """Every numbered check on the list at a date and on what its score has learned from.

    model: the one to check; by default the one in force, and the points score while none is. Of the points score, what
    could be learned at the date is checked. What is lacking makes its checks not applicable. Raises NothingToScore
    where no service was in operation at the date, and ModelError where the model in force is not sound.
    """
    learner = learner or Learner(Moments(authority, progress))
    validation = saved_validation(authority)
    subject = Subject(learner, as_of, model or in_force(authority))
    results = run_checks(evidence_of(subject, validation), limits or Limits())
    return Checked(
        as_of, subject.run.table.model_id, results, validation is not None and not validation.current,
        authority.settings, subject.run.prepared.known["metadata_columns"],
    )  # fmt: skip
