"""The day-one score: standardised signals × visible weights, for an authority that has no outcomes to learn from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.cohorts import Cohort
from risiko.errors import SettingsError
from risiko.features import Features
from risiko.scoring.consequence import consequence_of, consequence_spread
from risiko.scoring.law import PriorityLaw, TextArray, reading_spread
from risiko.scoring.placed import evidence_of, placed
from risiko.scoring.table import ScoreTable
from risiko.settings import Settings
from risiko.signals import SignalSpec, families


def score(features: Features, cohort: Cohort, settings: Settings, top: int | None = None) -> ScoreTable:
    """Likelihood, consequence, evidence and priority for every service of the cohort, with a rank and its interval.

    Likelihood is additive on the log-odds scale: base + sum of weight × standing, capped. A missing signal adds nothing
    and widens the interval. Where settings say so, few complaints add nothing either: silence is not safety. What may
    lie unheard behind them widens the interval upwards (scoring.law). top: how many the capacity allows; by default
    the settings' share. The weights are experts' starting
    point, so likelihood is an ordering aid until supervisions have calibrated it. Raises SettingsError for a weight
    that belongs to no signal.
    """
    terms = point_terms(features, settings)
    law = point_law(terms, features, cohort, settings)
    index = cohort.services.index
    scores, found = placed(law, evidence_of(terms.weights, terms.z_sd), index, settings, top)
    added = pd.DataFrame(terms.added, index=index, columns=terms.names)
    return ScoreTable(
        features.as_of,
        scores,
        added.reindex(columns=list(terms.weight_of), fill_value=0.0),
        terms.base,
        {s.name: s.group for s in features.signals},
        terms.weight_of,
        law,
        found,
    )


def point_law(terms: PointTerms, features: Features, cohort: Cohort, settings: Settings) -> PriorityLaw:
    """What the priority could be by the points score: readings, what no reading tells, and the weights themselves.

    Every weight may be wrong by settings.score.weight_spread of itself, independently of the others and for all
    services at once.
    """
    rule = settings.score
    told_by_complaints = terms.groups == "complaints"
    wider = np.where(told_by_complaints, features.silence["stretch"].to_numpy(dtype=float)[:, None], 1.0)
    below, above, unsaid = reading_spread(terms.z, terms.z_sd, terms.weights, terms.floor, rule.cap, wider)
    return PriorityLaw(
        terms.log_odds, np.hypot(below, rule.unexplained), np.hypot(above, rule.unexplained),
        terms.added * rule.weight_spread, np.log(consequence_of(cohort.services, settings)),
        consequence_spread(cohort.services, settings), unsaid,
    )  # fmt: skip


def point_weights(signals: Iterable[SignalSpec], settings: Settings) -> dict[str, float]:
    """Signal -> its weight in the points score; 0 for one that does not count."""
    return {s.name: _weight(s, settings) for s in signals}


@dataclass(frozen=True)
class PointTerms:
    """What the weighted signals add: services × names, in log-odds; and what it was computed from."""

    names: list[str]
    groups: TextArray
    weights: FloatArray
    weight_of: dict[str, float]
    base: float
    floor: FloatArray
    z: FloatArray
    z_sd: FloatArray
    added: FloatArray

    @property
    def log_odds(self) -> FloatArray:
        return np.asarray(self.base + self.added.sum(axis=1))


def point_terms(features: Features, settings: Settings) -> PointTerms:
    """Weight × standing, capped, for every signal that has a weight. Raises SettingsError as `score` does."""
    rule = settings.score
    _check_weights(rule.weights, [s.name for s in features.signals])
    weight_of = point_weights(features.signals, settings)
    counting = [s for s in features.signals if weight_of[s.name] > 0]
    names, weights = [s.name for s in counting], np.array([weight_of[s.name] for s in counting])
    floor = np.full(len(names), -rule.cap)
    if not rule.low_complaints_lower_likelihood:
        floor[[s.group == "complaints" for s in counting]] = 0.0
    base = float(np.log(rule.base_likelihood / (1 - rule.base_likelihood)))
    z, z_sd = (features.matrix(column, names) for column in ("standing", "standing_sd"))
    groups = np.array([s.group for s in counting], dtype=str)
    added = weights * np.clip(z, floor, rule.cap)
    return PointTerms(names, groups, weights, weight_of, base, floor, z, z_sd, added)


def _check_weights(weights: dict[str, float], names: list[str]) -> None:
    # A member of a family (a declared column, a stream) may be absent at an early date; a misspelt name always is.
    unknown = [w for w in weights if w not in names and w.partition(":")[0] not in families()]
    if unknown:
        raise SettingsError(
            f"No signal is called {unknown[0]!r}.", where=f"score.weights.{unknown[0]}",
            hint=f"one of {', '.join(names)}",
        )


def _weight(spec: SignalSpec, settings: Settings) -> float:
    own = settings.score.weights.get(spec.name)
    return own if own is not None else settings.score.metadata_weight if spec.family == "metadata" else 0.0
