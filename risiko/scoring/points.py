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
from risiko.scoring.draws import PriorityDraws, TextArray, expit
from risiko.scoring.table import ScoreTable
from risiko.scoring.uncertainty import rank_intervals
from risiko.settings import Settings
from risiko.signals import SignalSpec, families


def score(features: Features, cohort: Cohort, settings: Settings) -> ScoreTable:
    """Likelihood, consequence, evidence and priority for every service of the cohort, with a rank and its interval.

    Likelihood is additive on the log-odds scale: base + sum of weight × standing, capped. A missing signal adds nothing
    and widens the interval. Where settings say so, few complaints add nothing either: silence is not safety. What may
    lie unheard behind them moves the interval up and nothing else (PriorityDraws). The weights are experts' starting
    point, so likelihood is an ordering aid until supervisions have calibrated it. Raises SettingsError for a weight
    that belongs to no signal.
    """
    rule, terms = settings.score, point_terms(features, settings)
    draw = PriorityDraws(
        terms.base, terms.z, terms.z_sd, terms.floor, rule.cap, terms.weights, terms.groups,
        consequence_of(cohort.services, settings), features.silence["stretch"].to_numpy(dtype=float),
    )  # fmt: skip
    scores = ranked(
        terms.log_odds, evidence_of(terms.weights, terms.z_sd), draw, cohort.services.index, settings
    )
    added = pd.DataFrame(terms.added, index=scores.index, columns=terms.names)
    return ScoreTable(
        features.as_of,
        scores,
        added.reindex(columns=list(terms.weight_of), fill_value=0.0),
        terms.base,
        {s.name: s.group for s in features.signals},
        terms.weight_of,
    )


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


def ranked(
    log_odds: FloatArray, evidence: FloatArray, draw: PriorityDraws, index: pd.Index, settings: Settings
) -> pd.DataFrame:
    """SCORE_COLUMNS for every service, from its log-odds and the draws of its priority."""
    scores = pd.DataFrame(index=index)
    scores["likelihood"] = expit(log_odds)
    scores["consequence"] = draw.consequence
    scores["evidence"] = evidence
    scores["priority"] = scores["likelihood"] * draw.consequence
    scores["rank"] = scores["priority"].rank(method="min", ascending=False).astype(int)
    rng = np.random.default_rng(settings.score.seed)
    low, high = rank_intervals(lambda: draw(rng), draws=settings.score.draws, rng=rng)
    scores["rank_low"] = np.minimum(low, scores["rank"])
    scores["rank_high"] = np.maximum(high, scores["rank"])
    return scores


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


def evidence_of(weights: FloatArray, z_sd: FloatArray) -> FloatArray:
    """Share of the weight that rests on the service's own data: 1 − posterior variance, averaged by weight."""
    total = np.abs(weights).sum()
    known = 1 - np.minimum(z_sd, 1) ** 2
    shares: FloatArray = np.abs(weights) / total if total > 0 else np.zeros_like(weights)
    return np.asarray(known @ shares)


def consequence_of(services: pd.DataFrame, settings: Settings) -> FloatArray:
    """Users reached (log scale, 1 at the reference) × harm (1 + what vulnerability, coercion and dependency add).

    Where the number of users is missing the type's median stands in, then the cohort's, then the reference. A service
    in operation serves someone: a registered 0 is a number that is missing.
    """
    rule = settings.consequence
    users = services["users"].where(services["users"] > 0)
    by_type = users.groupby(services["service_type"]).transform("median")
    users = users.fillna(by_type).fillna(users.median()).fillna(rule.reference_users)
    reach = np.log1p(users) / np.log1p(rule.reference_users)
    harm = 1 + (
        rule.vulnerability * services["vulnerability"]
        + rule.coercion * services["coercion"]
        + rule.dependency * services["dependency"]
    ) / 3  # fmt: skip
    return np.asarray(reach * harm, dtype=float)
