"""Backtesting: the scores of every date, trained on what could be known then, and their evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from risiko.errors import InputError, TooLittleToLearn
from risiko.evaluate.backtest import Backtest, Rules, evaluate
from risiko.evaluate.folds import Fold
from risiko.evaluate.propensity import chosen_probability
from risiko.pipeline.learning import Fitted, Learner
from risiko.pipeline.moments import Moments, Progress
from risiko.pipeline.runs import Authority
from risiko.reports.backtest_files import KeptFolds
from risiko.scoring.inputs import TYPE
from risiko.scoring.kinds import DEFAULT
from risiko.settings import Settings


def backtest(
    authority: Authority, dates: Sequence[date], *, models: Sequence[str] = (DEFAULT,),
    labels: pd.DataFrame | None = None, kept: KeptFolds | None = None,
    progress: Progress | None = None, learner: Learner | None = None,
) -> Backtest:  # fmt: skip
    """Train for every date on what could be known then, and hold the score against what supervisions found afterwards.

    models: kinds (scoring.kinds), the first is the default that challengers are held against. labels: outcomes to judge
    by instead of the store's own (as_of, service_id, outcome), for an authority that keeps them elsewhere; the score
    still learns from the store's. kept: folds of an earlier, interrupted run, and where this one's go. Dates on which
    too little could be learned are left out and told of in `folds`. Raises TooLittleToLearn where that is all of them,
    InputError for a date without an outcome.
    """
    learner = learner or Learner(Moments(authority, progress))
    labels, dates = None if labels is None else checked(labels), sorted(set(dates))
    folds, refused = [], []
    for i, day in enumerate(dates):
        if progress is not None:
            progress(f"as of {day}", i, len(dates))
        fold = kept.get(day) if kept else None
        try:
            fold = fold or fold_of(learner, day, models, labels)
        except TooLittleToLearn as error:
            refused.append((day, error))
            continue
        if kept:
            kept.put(fold)
        folds.append(fold)
    if not folds:
        raise refused[0][1] if refused else InputError("There is no date to try the score on.", where="dates")
    found = evaluate(folds, list(models), rules(authority.settings))
    if progress is not None:
        progress("done", len(dates), len(dates))
    return found


def checked(labels: pd.DataFrame) -> pd.DataFrame:
    """Outcomes of one's own as they are used: as_of dates, service_id text, outcome 1, 0 or missing.

    Raises InputError for a column that is not there, a date or outcome that is none, and a service twice at a date.
    """
    lacking = {"as_of", "service_id", "outcome"} - set(labels.columns)
    if lacking:
        raise _unusable(f"The labels lack {', '.join(sorted(lacking))}.")
    # One way to write a date only: read by guess, 03/04/2022 would be the fourth of March.
    as_of = pd.to_datetime(labels["as_of"].astype("str").str.strip(), errors="coerce", format="%Y-%m-%d")
    outcome = pd.to_numeric(labels["outcome"], errors="coerce").astype(float)
    found = pd.DataFrame({"as_of": as_of, "service_id": labels["service_id"].astype("str"), "outcome": outcome})
    if as_of.isna().any():
        told = labels["as_of"][as_of.isna()].iloc[0]
        raise _unusable(f"{str(told)!r} is not a date as it is written here, 2023-03-31.")
    if not (outcome.isin((0, 1)) | labels["outcome"].isna()).all():
        raise _unusable("An outcome is neither 0, 1 nor blank.")
    if found.duplicated(["as_of", "service_id"]).any():
        raise _unusable("A service has two outcomes at one date.")
    return found


def _unusable(what: str) -> InputError:
    hint = "columns as_of, service_id, outcome; a service that nobody visited has no row"
    return InputError(what, where="labels", hint=hint)


def rules(settings: Settings) -> Rules:
    """What settings say is to be measured."""
    rule = settings.evaluation
    return Rules(
        rule.shares, settings.overview.capacity_share, rule.resamples, rule.level, rule.seed, rule.most_weight,
        rule.minimum_ess, rule.most_clipped,
    )  # fmt: skip


def fold_of(learner: Learner, day: date, models: Sequence[str], labels: pd.DataFrame | None = None) -> Fold:
    """One date: every model's log-odds and every baseline, for the whole cohort, and what was found afterwards."""
    moment, own = learner.moments.at(day), learner.moments.labels(day)
    told = own.frame
    if pd.Timestamp(own.window_end) > learner.moments.judged.recorded and labels is None:
        raise InputError(
            f"The window after {day} ends on {own.window_end}, and the records end before that.",
            where="dates", hint="end the backtest earlier, or import what has been found since",
        )  # fmt: skip
    outcome = told["outcome"]
    if labels is not None:
        mine = labels[pd.to_datetime(labels["as_of"]) == pd.Timestamp(day)].set_index("service_id")["outcome"]
        outcome = mine.reindex(told.index).astype(float)
    if outcome.isna().all():
        raise InputError(
            f"Nothing is known of what was found in the window after {day}." if labels is None
            else f"The labels say nothing about {day}.",
            where="dates", hint="leave the date out, or give its outcomes with --labels",
        )  # fmt: skip
    fitted = {kind: learner.fit(day, kind) for kind in models}
    scores = moment.baselines.assign(
        **{kind: found.model.decision_function(moment.inputs) for kind, found in fitted.items()}
    )
    order = [*models, *(name for name in scores if name not in models)]
    facts = pd.DataFrame([_facts(found, outcome) for found in fitted.values()])
    facts = facts.astype({"recalibrated_on": "datetime64[us]"})
    chance = _chance(moment.inputs, told, np.random.default_rng([learner.settings.evaluation.seed, day.toordinal()]))
    return Fold(day, scores[order], outcome, moment.about, told["visited"], told["random"], chance, facts)


def _chance(inputs: pd.DataFrame, told: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """The probability that each service was supervised in the window: as recorded, else by what was known before."""
    standings = inputs[[name for name in inputs if name.endswith("standing")]].dropna(axis=1, how="all")
    kinds = pd.get_dummies(inputs[TYPE], dtype=float)
    known = pd.concat([standings.astype(float), kinds], axis=1)
    probability: pd.Series = chosen_probability(known, told["n"] > 0, told["chance"], rng)["probability"]
    return probability


def _facts(found: Fitted, outcome: pd.Series) -> dict[str, object]:
    newest, _, events = found.recalibrated_on
    return {
        "method": found.kind, "n": len(found.rows.y), "n_events": found.rows.events,
        "cohorts": len(found.rows.cohorts), "slope": found.recalibration.slope, "offset": found.recalibration.offset,
        "recalibrated_on": pd.Timestamp(newest) if newest else pd.NaT, "recalibrated_events": events,
        "tested": int(outcome.notna().sum()), "tested_events": int(np.nansum(outcome)),
        "base_rate": float(outcome.mean()), "warnings": " ".join(found.warnings),
    }  # fmt: skip
