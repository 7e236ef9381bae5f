"""Puts the rows of several parts on top of each other as one contract table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from risiko.contracts import CONTRACTS


def stack(name: str, frames: Iterable[pd.DataFrame], metadata: Mapping[str, str]) -> pd.DataFrame:
    """One conformed table from the frames, in their order, with a fresh index.

    metadata: the extra columns to carry along and their dtypes; a frame without one is missing there, and one that
    holds it as another kind (an earlier version of a corrected part) has it turned to that dtype.
    """
    contract = CONTRACTS[name]
    extra = metadata if name == "services" else {}
    empty = contract.empty().assign(**{column: pd.Series(dtype=dtype) for column, dtype in extra.items()})
    typed = (frame.astype({n: d for n, d in extra.items() if n in frame and frame[n].dtype != d}) for frame in frames)
    # The empty table leads, so that a column no frame carries still has its dtype.
    return pd.concat([empty, *(contract.conform(frame, list(extra)) for frame in typed)], ignore_index=True)
