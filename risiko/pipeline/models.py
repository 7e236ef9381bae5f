"""Models: put a trained one in force where later dates show that it is better, and open the one in force."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from risiko import registry
from risiko.errors import ModelError
from risiko.pipeline.runs import Authority
from risiko.registry import LoadedModel, ModelFacts
from risiko.scoring.baselines import POINTS

DECISIVE = ("auc", "average_precision")  # either may show a gain; neither may show a loss


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
    """The promoted model, checked and opened; None while the points score is in force.

    Raises ModelError where its files are not sound, or settings ask for another outcome than it has learned.
    """
    model_id = registry.in_force(authority.store)
    if model_id is None:
        return None
    loaded = registry.load(model_id, authority.models, authority.store)
    if dict(loaded.facts.outcome) != authority.settings.outcome.model_dump(mode="json"):
        raise ModelError(
            "The model has learned another outcome than the settings ask for.", where=model_id,
            hint="train again (risiko train), use the settings it was trained with, or `risiko retire`",
        )  # fmt: skip
    return loaded


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
