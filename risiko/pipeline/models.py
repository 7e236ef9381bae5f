"""Models: train one for a date, put it in force where later dates show that it is better, and open the one in force."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from risiko import registry
from risiko.errors import ModelError
from risiko.evaluate.backtest import ALL, Backtest
from risiko.pipeline.learning import Fitted, Learner
from risiko.pipeline.moments import Moments, Progress
from risiko.pipeline.runs import Authority, data_version
from risiko.pipeline.validation import saved_validation, trial_dates, validate
from risiko.registry import LoadedModel, ModelFacts
from risiko.reports.model_card import cards
from risiko.scoring.baselines import POINTS
from risiko.scoring.kinds import DEFAULT

DECISIVE = ("auc", "average_precision")  # either may show a gain; neither may show a loss
CODE = Path(__file__).parents[2]
EVALUATION = (
    "A score of this kind was trained for each of {n} as-of dates from {first} to {last} on what could be known then, "
    "and held against what supervisions found in the time after it, among the services that were supervised. "
    "Intervals draw whole providers."
)

def train(
    authority: Authority, as_of: date, *, now: datetime, kind: str = DEFAULT, progress: Progress | None = None,
    learner: Learner | None = None,
) -> LoadedModel:  # fmt: skip
    """Train a score for a date, hold it against everything on later dates, and register it; it is not yet in force.

    What is measured on earlier dates is the recipe: for each of them a score is trained on what could be known then. A
    kind beside the default is held against the default too. Raises TooLittleToLearn where there is too little.
    """
    learner = learner or Learner(Moments(authority, progress))
    fitted = learner.fit(as_of, kind)
    kinds = list(dict.fromkeys([DEFAULT, kind]))
    kept = saved_validation(authority)
    tried = kept.backtest if kept and kept.current and set(kinds) <= set(kept.backtest.models) else None
    dates = [day for day in trial_dates(learner) if day < as_of]
    if tried is None:
        tried = validate(authority, dates, models=kinds, progress=progress, learner=learner).backtest
    facts = _facts(authority, fitted, tried)
    replay = learner.moments.at(as_of).inputs[list(facts.features)]
    spread = np.unique(np.linspace(0, len(replay) - 1, 20).round().astype(int))
    entry = registry.save(
        fitted.model, facts, replay.iloc[spread], authority.models, authority.store, now=now, write_cards=cards
    )
    return LoadedModel(fitted.model, facts, entry)

def promote(authority: Authority, model_id: str, why: str, *, now: datetime, by: str = "") -> LoadedModel:
    """Put a registered model in force, with a written reason.

    Raises ModelError where its files are not sound, or its gain on later dates over the score in force is not shown:
    the interval of its mean gain in AUC or average precision must lie above zero, and neither may lie below.
    """
    loaded = registry.load(model_id, authority.models, authority.store)
    before = registry.in_force(authority.store)
    kind = str(registry.registered(authority.store).set_index("model_id")["kind"][before]) if before else POINTS
    if kind != loaded.facts.kind:
        _check_gain(loaded.facts, kind, model_id)
    registry.promote(model_id, why, authority.store, now=now, by=by)
    return loaded

def in_force(authority: Authority) -> LoadedModel | None:
    """The promoted model, checked and opened; None while the points score is in force. Raises ModelError."""
    model_id = registry.in_force(authority.store)
    return registry.load(model_id, authority.models, authority.store) if model_id else None

def gains(facts: ModelFacts, over: str) -> pd.DataFrame:
    """The model's mean gains over another ranking on later dates: metric, at, value, low, high."""
    metrics = pd.DataFrame(list(facts.metrics))
    if metrics.empty:
        return metrics
    mine = metrics[(metrics["method"] == facts.kind) & (metrics["against"] == over) & metrics["as_of"].isna()]
    numbers = dict.fromkeys(["at", "value", "low", "high"], "float64")  # not measured is None in the facts
    return mine[["metric", *numbers]].astype(numbers).reset_index(drop=True)

def _check_gain(facts: ModelFacts, over: str, model_id: str) -> None:
    found = gains(facts, over)
    found = found[found["metric"].isin(DECISIVE)] if len(found) else found
    if found.empty or not (found["low"] > 0).any() or (found["high"] < 0).any():
        told = "; ".join(f"{r.metric} {r.value:+.3f} ({r.low:+.3f} to {r.high:+.3f})" for r in found.itertuples())
        raise ModelError(
            f"It is not shown better than the score in force ({over}) on later dates: {told or 'no gain is known'}.",
            where=model_id, hint="wait for more outcomes, or train a better model; the score in force stays",
        )  # fmt: skip

def _facts(authority: Authority, fitted: Fitted, tried: Backtest) -> ModelFacts:
    settings, rows = authority.settings, fitted.rows
    cohorts = rows.cohorts.rename(columns={"n_events": "events"})
    own = tried.comparison[(tried.comparison["method"] == fitted.kind) & (tried.comparison["population"] == ALL)]
    bands = tried.bands[(tried.bands["method"] == fitted.kind) & tried.bands["as_of"].isna()]
    return ModelFacts(
        kind=fitted.kind,
        as_of=fitted.at,
        trained_through=tuple(rows.cohorts["as_of"]),
        population=settings.outcome.population,
        outcome=settings.outcome.model_dump(mode="json"),
        settings=settings.model_dump(mode="json"),
        data_version=data_version(authority),
        data_hash=_data_hash(authority),
        features=tuple(map(str, rows.X.columns)),
        n_rows=len(rows.y),
        n_events=rows.events,
        git_revision=registry.git_revision(CODE),
        cohorts=registry.records(cohorts),
        metrics=registry.records(own.drop(columns="population")),
        evaluation=EVALUATION.format(n=len(tried.dates), first=tried.dates[0].date(), last=tried.dates[-1].date()),
        calibration=registry.records(bands.drop(columns=["as_of", "method"])),
        warnings=fitted.warnings,
    )

def _data_hash(authority: Authority) -> str:
    """One hash for the contents of every part of the records that counts."""
    parts = authority.store.imports()
    active = parts[parts["replaced_by"].isna()].sort_values(["table", "file", "block"])
    return hashlib.sha256("\n".join(active["content_hash"]).encode()).hexdigest()
