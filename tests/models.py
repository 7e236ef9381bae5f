"""A small fitted model, the facts of its training, and saving it: what the tests of the model registry share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from risiko.errors import ModelError
from risiko.registry import ModelFacts, save
from risiko.scoring.learned import LearnedScore
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store

NOW, LATER = datetime(2026, 5, 1, 9), datetime(2026, 6, 1, 9)
ROWS = 200


def inputs() -> pd.DataFrame:
    """Two signals, one of them missing for every tenth service, of two types."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({
        "complaint_rate|standing": rng.normal(size=ROWS).astype(np.float32),
        "complaint_rate|n": rng.poisson(3, ROWS).astype(np.float32),
        "findings|standing": rng.normal(size=ROWS).astype(np.float32),
    }, index=pd.Index([f"s{i}" for i in range(ROWS)], name="service_id"))  # fmt: skip
    frame.iloc[::10, 2] = np.nan
    return frame.assign(service_type=pd.Series(rng.choice(["home", "ward"], ROWS), index=frame.index, dtype="str"))


@cache
def fitted() -> LearnedScore:
    rows, rng = inputs(), np.random.default_rng(5)
    worse = rows["findings|standing"].fillna(0) + rows["complaint_rate|standing"] + rng.normal(size=ROWS)
    return LearnedScore({"complaint_rate": "complaints"}, penalty=1.0).fit(rows, (worse > 0.5).to_numpy(dtype=float))


def facts(**changed: object) -> ModelFacts:
    told = ModelFacts(
        kind="learned", as_of=date(2022, 9, 30), trained_through=(date(2021, 3, 31), date(2021, 9, 30)),
        population="inspected", outcome={"measure": "severity", "threshold": 1.0}, settings={"learning": {"knots": 2}},
        data_version="3-0-3", data_hash="ab" * 32, features=tuple(inputs().columns), n_rows=400, n_events=120,
        git_revision="c0ffee", metrics=({"metric": "auc", "value": 0.7, "low": None, "high": None},),
        warnings=("Few outcomes.",),
    )  # fmt: skip
    return replace(told, **changed)


def one_card(told: ModelFacts, entry: ModelEntry) -> Mapping[str, str]:
    return {"card.md": f"# {entry.model_id}, {told.n_events} æøå\n"}


def saved(folder: Path, store: Store, model: object = None, **changed: object) -> ModelEntry:
    return save(model or fitted(), facts(**changed), inputs(), folder, store, now=NOW, write_cards=one_card)


def refused(call: Callable[[], object], match: str) -> ModelError:
    """The call raises a ModelError with this sentence, a place and something to try."""
    with pytest.raises(ModelError, match=match) as told:
        call()
    assert told.value.where
    assert told.value.hint
    assert (told.value.exit_code, told.value.kind) == (7, "model")
    return told.value


class Foreign(BaseEstimator):
    """A model of a type that is on no list."""

    def decision_function(self, X: pd.DataFrame) -> np.ndarray:
        return np.zeros(len(X))
