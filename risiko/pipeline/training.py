"""Training: a score for a date, tried on other dates, examined, and registered with what was found."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from risiko import registry
from risiko.evaluate.backtest import ALL, Backtest
from risiko.i18n import Translator
from risiko.pipeline.checking import check
from risiko.pipeline.equity import equity
from risiko.pipeline.learning import Fitted, Learner
from risiko.pipeline.moments import Moments, Progress
from risiko.pipeline.overview import default_capacity
from risiko.pipeline.runs import Authority, data_version, rank
from risiko.pipeline.validation import saved_validation, trial_dates, validate
from risiko.registry import LoadedModel, ModelFacts
from risiko.reports.check_lines import check_lines
from risiko.reports.model_card import cards
from risiko.reports.names import Names
from risiko.scoring.kinds import DEFAULT, check_kinds
from risiko.store.anchors import ModelEntry

CODE = Path(__file__).parents[2]
EVALUATION = (
    "A score of this kind was trained for each of {n} as-of dates from {first} to {last} on what could be known then, "
    "and held against what supervisions found in the time after it, among the services that were supervised. "
    "Intervals draw whole providers."
)
EXAMINED = ("office", "sector")  # groupings that stand on the card


def train(
    authority: Authority, as_of: date, *, now: datetime, kind: str = DEFAULT, progress: Progress | None = None,
    learner: Learner | None = None,
) -> LoadedModel:  # fmt: skip
    """Train a score for a date, hold it against everything on later dates, and register it; it is not yet in force.

    What is measured on earlier dates is the recipe: for each of them a score is trained on what could be known then. A
    kind beside the default is held against the default too. Raises TooLittleToLearn where there is too little.
    """
    check_kinds([kind])
    learner = learner or Learner(Moments(authority, progress))
    fitted = learner.fit(as_of, kind)
    kinds = list(dict.fromkeys([DEFAULT, kind]))
    tried = _tried(authority, as_of, kinds, learner, progress)
    facts = _facts(authority, fitted, tried)
    facts = _examined(authority, learner, LoadedModel(fitted.model, facts, ModelEntry("", "", kind, as_of, now)))
    replay = learner.moments.at(as_of).inputs[list(facts.features)]
    spread = np.unique(np.linspace(0, len(replay) - 1, 20).round().astype(int))
    entry = registry.save(
        fitted.model, facts, replay.iloc[spread], authority.models, authority.store, now=now, write_cards=cards
    )
    return LoadedModel(fitted.model, facts, entry)


def _tried(
    authority: Authority, as_of: date, kinds: list[str], learner: Learner, progress: Progress | None
) -> Backtest | None:
    """The backtest on the newest dates whose windows had ended at the model's date; None where there is no such date.

    What is kept for the pages is used where it is on just those dates. Dates of one's own choosing are no evidence.
    """
    newest, span = trial_dates(learner), timedelta(days=authority.settings.outcome.horizon_days)
    dates = [day for day in newest if day + span <= as_of]
    kept = saved_validation(authority)
    fits = kept and kept.current and set(kinds) <= set(kept.backtest.models)
    if kept and fits and [day.date() for day in kept.backtest.dates] == dates:
        return kept.backtest
    if not dates:
        return None
    whole = None if len(dates) == len(newest) else dates
    return validate(authority, whole, models=kinds, progress=progress, learner=learner).backtest


def _examined(authority: Authority, learner: Learner, made: LoadedModel) -> ModelFacts:
    """The facts with how the model's list falls on groups, and its numbered checks."""
    run = rank(learner.moments.prepare(made.facts.as_of), model=made)
    falls = [equity(run, default_capacity(run), by).means.assign(by=by) for by in EXAMINED]
    found = check(authority, made.facts.as_of, learner=learner, model=made)
    lines = check_lines(found.results, Names.of(Translator("en"), found.settings, found.declared))
    results = found.results[["code", "severity", "state", "reason"]].assign(says=[line.says for line in lines])
    return replace(
        made.facts,
        equal_treatment=tuple(row for part in falls for row in registry.records(part)),
        checks=registry.records(results),
    )


def _facts(authority: Authority, fitted: Fitted, tried: Backtest | None) -> ModelFacts:
    settings, rows = authority.settings, fitted.rows
    cohorts = rows.cohorts.rename(columns={"n_events": "events"})
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
        warnings=fitted.warnings,
        **({} if tried is None else _measured(fitted.kind, tried)),
    )


def _measured(kind: str, tried: Backtest) -> dict[str, Any]:
    """What a backtest says of a kind of model, as facts."""
    own = tried.comparison[(tried.comparison["method"] == kind) & (tried.comparison["population"] == ALL)]
    bands = tried.bands[(tried.bands["method"] == kind) & tried.bands["as_of"].isna()]
    first, last = tried.dates[0].date(), tried.dates[-1].date()
    return {
        "metrics": registry.records(own.drop(columns="population")),
        "evaluation": EVALUATION.format(n=len(tried.dates), first=first, last=last),
        "calibration": registry.records(bands.drop(columns=["as_of", "method"])),
    }


def _data_hash(authority: Authority) -> str:
    """One hash for the contents of every part of the records that counts."""
    parts = authority.store.imports()
    active = parts[parts["replaced_by"].isna()].sort_values(["table", "file", "block"])
    return hashlib.sha256("\n".join(active["content_hash"]).encode()).hexdigest()
