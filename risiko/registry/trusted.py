"""The gate to model files: what types a file may hold, and the only code that turns bytes into a model."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.errors import ModelError
from risiko.scoring.kinds import LearningModel

# What a model of a kind is. Beside these and their parts skops itself trusts plain containers, numpy arrays and
# scikit-learn's estimators. Fixed here on purpose: a list read from the file would trust whatever the file holds.
MODELS: Mapping[str, str] = {
    "learned": "risiko.scoring.learned.LearnedScore",
    "boosting": "risiko.scoring.challengers.GroupedBoosting",
    "ebm": "risiko.scoring.challengers.AdditiveBoosting",
}
PARTS: Mapping[str, tuple[str, ...]] = {
    "learned": ("risiko.scoring.design.Design",),
    "boosting": (
        # A crafted tree can crash the process (its node numbers are not checked), so this one rests on the hash alone.
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        # How scikit-learn keeps a categorical input's check; what a partial calls must be trusted too.
        "functools.partial", "sklearn.utils.validation.check_array",
    ),
    "ebm": (),
}  # fmt: skip
SKOPS, JOBLIB = "model.skops", "model.joblib"


def to_bytes(model: LearningModel, *, as_joblib: bool = False) -> bytes:
    """The model as the contents of a model file. Raises ModelError where skops cannot keep a part of it."""
    if as_joblib:
        import joblib

        buffer = io.BytesIO()
        joblib.dump(model, buffer)
        return buffer.getvalue()
    import skops.io

    try:
        written: bytes = skops.io.dumps(model)
    except (TypeError, AttributeError) as error:
        what = f"The model holds something that a model file cannot keep ({error})."
        hint = "keep arrays, numbers, texts, lists and dicts with text keys in a fitted model; no frames"
        raise ModelError(what, where=type(model).__name__, hint=hint) from error
    return written


def from_bytes(content: bytes, kind: str, where: str, *, is_joblib: bool = False) -> LearningModel:
    """The model in a file that was held against its hash. Raises ModelError for a type that is not on the list.

    is_joblib: reading runs whatever code the file holds, so nothing but the hash protects from it.
    """
    model = _unpickled(content) if is_joblib else _from_skops(content, kind, where)
    found = f"{type(model).__module__}.{type(model).__qualname__}"
    if found != MODELS[kind]:
        what = f"The file holds a {found}, which is not what a model of the kind {kind} is."
        raise ModelError(what, where=where, hint="use the model that was registered, or train again (risiko train)")
    kept: LearningModel = model
    return kept


def log_odds(model: LearningModel, rows: pd.DataFrame) -> FloatArray:
    """The model's answer for the rows, as plain numbers."""
    return np.asarray(model.decision_function(rows), dtype=float)


def _from_skops(content: bytes, kind: str, where: str) -> Any:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return skops.io.loads(content, trusted=[MODELS[kind], *PARTS[kind]])
    except UntrustedTypesFoundException as error:
        what = str(error).splitlines()[0].removesuffix(".")
        raise ModelError(
            f"The model file holds types that risiko does not open. {what}.", where=where,
            hint="do not use the file; a model of ours holds arrays, numbers, texts, lists and dicts only",
        ) from error  # fmt: skip
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError, ImportError) as error:
        what = f"The model file cannot be read ({type(error).__name__}: {error})."
        raise ModelError(what, where=where, hint="train again with this version of risiko (risiko train)") from error


def _unpickled(content: bytes) -> Any:
    import joblib

    return joblib.load(io.BytesIO(content))
