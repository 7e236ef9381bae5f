"""A model trained on the signals of an authority in a store, with a truth planted in it, and registered there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from risiko import pipeline, registry
from risiko.registry import LoadedModel
from risiko.reports.model_card import cards
from risiko.scoring.inputs import group_of, inputs
from risiko.scoring.learned import LearnedScore
from tests.models import NOW, facts

PLANTED = "finding_history"  # the signal that outcomes follow
STRICT = 1.5  # what the strict office adds to the log-odds of an outcome


def trained(
    opened: pipeline.Authority, prepared: pipeline.Prepared, as_of: date, *, gain: tuple[float, float, float]
) -> LoadedModel:
    """Fit, save and register a learned score for the date. gain: in AUC over points, with its interval."""
    rng = np.random.default_rng(7)
    X = pd.concat([inputs(prepared.features, prepared.settings)] * 8)
    strict = rng.random(len(X)) < 0.5
    log_odds = -1.0 + 1.5 * X[f"{PLANTED}|standing"].fillna(0).to_numpy() + STRICT * strict
    y = (rng.random(len(X)) < 1 / (1 + np.exp(-log_odds))).astype(float)
    nuisance = pd.DataFrame({"office": np.where(strict, "strict", "mild")}, dtype="str")
    model = LearnedScore(group_of(prepared.features.signals), penalty=30.0).fit(X, y, nuisance=nuisance)
    told = replace(
        facts(), as_of=as_of, features=tuple(X.columns), n_rows=len(X), n_events=int(y.sum()),
        outcome=prepared.settings.outcome.model_dump(mode="json"), metrics=metrics(*gain), warnings=(),
    )  # fmt: skip
    entry = registry.save(model, told, X, opened.models, opened.store, now=NOW, write_cards=cards)
    return LoadedModel(model, told, entry)


def metrics(value: float, low: float, high: float) -> tuple[dict[str, object], ...]:
    """AUC over all dates: the model's own, and its gain over the points score."""
    row = {"as_of": None, "method": "learned", "metric": "auc", "at": None}
    own = {**row, "against": "", "value": 0.7, "low": 0.65, "high": 0.75}
    return own, {**row, "against": "points", "value": value, "low": low, "high": high}
