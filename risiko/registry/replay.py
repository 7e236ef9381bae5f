"""Replay: twenty rows and what the model answered when it was saved, to be answered the same wherever it is loaded."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from risiko.errors import InputError, ModelError
from risiko.registry.trusted import log_odds
from risiko.scoring.kinds import LearningModel

REPLAY = "replay.parquet"
ROWS = 20
ANSWER = "log_odds"  # the column beside the inputs
CLOSE = 1e-9


def replay_bytes(model: LearningModel, rows: pd.DataFrame) -> bytes:
    """The inputs and the model's log-odds for them, as a Parquet file that keeps types and every digit.

    rows: ROWS of them at least, taken evenly from the whole; the index, which may name services, is left out.
    Raises ModelError where there are fewer or an answer is not a finite number.
    """
    if len(rows) < ROWS:
        what = f"A model is saved with {ROWS} rows to check it by, and {len(rows)} were given."
        raise ModelError(what, where="replay", hint="give rows of the newest cohort")
    chosen = rows.iloc[np.linspace(0, len(rows) - 1, ROWS).astype(int)].reset_index(drop=True)
    answer = log_odds(model, chosen)
    if not np.isfinite(answer).all():
        what = "The model gives no finite log-odds for some of the rows it is to be checked by."
        raise ModelError(what, where="replay", hint="look at the training: a coefficient or an input is not finite")
    buffer = io.BytesIO()
    chosen.assign(**{ANSWER: answer}).to_parquet(buffer, index=False)
    return buffer.getvalue()


def check_replay(model: LearningModel, content: bytes, where: str) -> None:
    """Raises ModelError where the model does not answer the saved rows as it did, to CLOSE."""
    hint = "train again here (risiko train): a library or the code computes otherwise than when the model was saved"
    try:
        told = pd.read_parquet(io.BytesIO(content))
        answer = log_odds(model, told.drop(columns=ANSWER))
    except (InputError, ValueError, TypeError, KeyError, AttributeError) as error:
        said = error.what if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        what = f"The model cannot answer the rows that were saved with it ({said.removesuffix('.')})."
        raise ModelError(what, where=where, hint=hint) from error
    gap = np.abs(answer - told[ANSWER].to_numpy())
    other = ~(gap <= CLOSE)  # NaN is another answer too
    if other.any():
        how = f"{int(other.sum())} of {len(told)} saved rows otherwise than when it was saved"
        what = f"The model answers {how} (by up to {np.max(gap):.2g} log-odds)."
        raise ModelError(what, where=where, hint=hint)
