"""Which score is in force: promotions and retirements, appended with a written reason and never changed."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from risiko.errors import ModelError
from risiko.registry.loading import find
from risiko.store.anchors import POINTS
from risiko.store.base import Store


def registered(store: Store) -> pd.DataFrame:
    """Every registered model, oldest first: the columns of Store.models, then in_force (true for at most one)."""
    models = store.models()
    return models.assign(in_force=(models["model_id"] == in_force(store)).to_numpy(dtype=bool))


def in_force(store: Store) -> str | None:
    """The model_id of the score in force; None for the points score, which holds until a model is promoted."""
    promotions = store.promotions()
    last = POINTS if promotions.empty else str(promotions["model_id"].iloc[-1])
    return None if last == POINTS else last


def promote(model_id: str, why: str, store: Store, *, now: datetime, by: str = "") -> None:
    """Put a registered model in force from now on. Raises ModelError where it is unknown or no reason is written.

    Whether its files are sound is for `load` to say; a caller loads it first.
    """
    find(model_id, store)
    _change(model_id, why, store, now, by)


def retire(why: str, store: Store, *, now: datetime, by: str = "") -> None:
    """Put the points score back in force. Raises ModelError where it is already, or where no reason is written."""
    _change(POINTS, why, store, now, by)


def _change(model_id: str, why: str, store: Store, now: datetime, by: str) -> None:
    if not why.strip():
        what = "A change of the score in force needs a written reason."
        raise ModelError(what, where="why", hint="say in a sentence why, for those who read the record later")
    if (in_force(store) or POINTS) == model_id:
        what = f"{model_id or 'The points score'} is in force already."
        raise ModelError(what, where=store.address, hint="see `risiko models` for what is in force")
    store.record_promotion(model_id, why, now, by)
