"""Learning: which labelled rows a score may learn from at a date, and the fitted, recalibrated score itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from risiko import cohorts
from risiko.asof import DAYS_PER_YEAR, FloatArray, decay
from risiko.cohorts.labels import base_rate_warning
from risiko.errors import TooLittleToLearn
from risiko.pipeline.moments import Moments
from risiko.scoring.calibration import Recalibration, fit_platt
from risiko.scoring.inputs import group_of
from risiko.scoring.kinds import DEFAULT, LearningModel, unfitted
from risiko.signals import specs

NUISANCE = ("cohort", "office", "team")


@dataclass(frozen=True)
class TrainingRows:
    """Labelled rows that could be known at a date, cohorts below each other.

    X: scoring.inputs. y: outcome. weight: halves with age. nuisance: cohort, and the office and team that judged; a
    column without values is left out. cohorts: as_of, window_end, horizon_days, n, n_events, weight. known_from: when
    each label became known.
    """

    at: date
    X: pd.DataFrame
    y: FloatArray
    weight: FloatArray
    nuisance: pd.DataFrame
    cohorts: pd.DataFrame
    known_from: pd.Series

    @property
    def events(self) -> int:
        return int(self.y.sum())

    @cached_property
    def whole(self) -> pd.DataFrame:
        """The cohorts with a whole window, newest last."""
        return self.cohorts[self.cohorts["horizon_days"] == self.cohorts["horizon_days"].max()]


@dataclass(frozen=True)
class Fitted:
    """A score trained for a date. recalibration: what the newest complete year asked for; its n and events.

    warnings: sentences about what is weak in it.
    """

    kind: str
    at: date
    model: LearningModel
    rows: TrainingRows
    recalibration: Recalibration
    recalibrated_on: tuple[date | None, int, int]
    warnings: tuple[str, ...] = ()


class Learner:
    """Fits scores for dates of one authority, each once: the score of a year ago also recalibrates today's."""

    def __init__(self, moments: Moments) -> None:
        self.moments, self.settings = moments, moments.authority.settings
        self._rows: dict[date, TrainingRows] = {}
        self._raw: dict[tuple[str, date], LearningModel] = {}

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Signal -> group, for every signal there is."""
        return group_of(specs(self.moments.tables, self.settings))

    def dates(self, at: date) -> tuple[date, ...]:
        """The cohorts that a score for the date may learn from, oldest first."""
        return cohorts.training_dates(at, self.moments.first, self.settings.learning.months_between)

    def rows(self, at: date) -> TrainingRows:
        """Every label that could be known at the date, with what was known of its service at its own date.

        A cohort whose whole window has not ended is used with the short one, where settings name one and it has.
        Raises TooLittleToLearn where there is none.
        """
        if at not in self._rows:
            spans = {day: span for day in self.dates(at) if (span := self._span(day, at))}
            self.moments.all(list(spans))
            parts = [part for day, span in spans.items() if (part := self._part(day, span, at)) is not None]
            if not parts:
                raise TooLittleToLearn(
                    f"No supervision could be learned from on {at}: no window after an earlier date has ended with "
                    "judged supervisions in it.",
                    where="labels", hint="choose a later date; until then the points score stays in force",
                )  # fmt: skip
            self._rows[at] = _stacked(at, parts)
        return self._rows[at]

    def _span(self, day: date, at: date) -> int:
        """Days of the window after a cohort that had ended, and held a judged supervision, by `at`; 0 where none had.

        Without one the signals of that date need not be computed.
        """
        rule, begin = self.settings, pd.Timestamp(day)
        ended = [d for d in (rule.outcome.horizon_days, rule.learning.short_days)
                 if d and begin + pd.Timedelta(days=d) <= pd.Timestamp(at)]  # fmt: skip
        seen = self.moments.judged_by(at).frame[["event_date", "known_from"]]
        return ended[0] if ended and (seen > begin).any(axis=None) else 0

    def _part(
        self, day: date, span: int, at: date
    ) -> tuple[cohorts.Labels, pd.DataFrame, FloatArray, int] | None:
        rule = self.settings
        labels = self.moments.labels(day, span, known_by=at)
        chosen = labels.usable(at)
        labels.check_usable(chosen, at)
        if not chosen.any():
            return None
        # Where the records do not say which office judged, it is the one that supervises the service.
        frame = labels.frame.assign(office=labels.frame["office"].fillna(self.moments.at(day).about["office"]))
        labels = replace(labels, frame=frame)
        age = np.array([(at - day).days / DAYS_PER_YEAR])
        return labels, self.moments.at(day).inputs[chosen], decay(age, rule.learning.half_life_years), span

    def raw(self, at: date, kind: str = DEFAULT) -> LearningModel:
        """The score as fitted, not recalibrated. Raises TooLittleToLearn with fewer outcomes than settings ask for."""
        if (kind, at) not in self._raw:
            rows, rule = self.rows(at), self.settings.learning
            if rows.events < rule.minimum_events or len(rows.cohorts) < rule.minimum_dates:
                raise TooLittleToLearn(
                    f"{rows.events} outcomes in {len(rows.cohorts)} cohorts could be known on {at}; a score is learned "
                    f"from {rule.minimum_events} in {rule.minimum_dates} at least.",
                    where="labels", hint="the points score stays in force until supervisions have taught more",
                )  # fmt: skip
            X = rows.X.dropna(axis=1, how="all")
            model = unfitted(kind, self.groups, self.settings)
            self._raw[kind, at] = model.fit(X, rows.y, rows.weight, rows.nuisance)
        return self._raw[kind, at]

    def fit(self, at: date, kind: str = DEFAULT) -> Fitted:
        """The score for a date, recalibrated on the newest complete year, which the recalibrating model had not seen.

        Where there were too few outcomes a year ago the score stays as fitted, with a warning.
        """
        from copy import deepcopy

        rows = self.rows(at)
        model, warnings = deepcopy(self.raw(at, kind)), []
        newest = rows.whole["as_of"].iloc[-1]
        recalibration, n, events = Recalibration(1.0, 0.0), 0, 0
        try:
            earlier = self.raw(newest, kind)
        except TooLittleToLearn:
            warnings.append(f"Not recalibrated: too little was known on {newest} to train a score on then.")
            newest = None
        else:
            labels = self.moments.labels(newest, known_by=at)
            known = labels.usable(at)
            outcome = labels.frame["outcome"].to_numpy(dtype=float)[known]
            log_odds = earlier.decision_function(self.moments.at(newest).inputs[known])
            recalibration = fit_platt(log_odds, outcome, prior_events=self.settings.learning.recalibration_prior)
            n, events = len(outcome), int(outcome.sum())
            if recalibration.slope <= 0:  # it would turn the list around
                warnings.append(f"Not recalibrated: on {newest} a score of this kind ranked the wrong way.")
                recalibration = Recalibration(1.0, 0.0)
            model.recalibrate(recalibration.slope, recalibration.offset)
        poor = base_rate_warning(rows.y, self.settings.outcome)
        return Fitted(
            kind, at, model, rows, recalibration, (newest, n, events), (*warnings, *([poor] if poor else []))
        )


def _stacked(at: date, parts: list[tuple[cohorts.Labels, pd.DataFrame, FloatArray, int]]) -> TrainingRows:
    labelled = [labels.frame.loc[X.index].assign(cohort=str(labels.as_of)) for labels, X, _, _ in parts]
    y = np.concatenate([frame["outcome"].to_numpy(dtype=float) for frame in labelled])
    weight = np.concatenate([np.full(len(X), w[0]) for _, X, w, _ in parts])
    nuisance = pd.concat(labelled)[list(NUISANCE)].reset_index(drop=True)
    table = pd.DataFrame({
        "as_of": [labels.as_of for labels, *_ in parts], "window_end": [labels.window_end for labels, *_ in parts],
        "horizon_days": [span for *_, span in parts], "n": [len(frame) for frame in labelled],
        "n_events": [int(frame["outcome"].sum()) for frame in labelled], "weight": [w[0] for _, _, w, _ in parts],
    })  # fmt: skip
    return TrainingRows(
        at, pd.concat([X for _, X, _, _ in parts]), y, weight, nuisance.dropna(axis=1, how="all"), table,
        pd.concat([frame["known_from"] for frame in labelled]),
    )  # fmt: skip
