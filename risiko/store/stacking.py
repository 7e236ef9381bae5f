"""Puts the rows of several parts on top of each other as one contract table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from risiko.contracts import CONTRACTS


def stack(name: str, frames: Iterable[pd.DataFrame], metadata: Mapping[str, str]) -> pd.DataFrame:
    """One conformed table from the frames, in their order, with a fresh index.

    metadata: the extra columns to carry along and their dtypes; a frame without one is missing there.
    """
    contract = CONTRACTS[name]
    extra = metadata if name == "services" else {}
    empty = contract.empty().assign(**{column: pd.Series(dtype=dtype) for column, dtype in extra.items()})
    filled = [contract.conform(_with(frame, extra), list(extra)) for frame in frames]
    return pd.concat([empty, *filled], ignore_index=True)


def _with(frame: pd.DataFrame, extra: Mapping[str, str]) -> pd.DataFrame:
    absent = {name: pd.Series(index=frame.index, dtype=dtype) for name, dtype in extra.items() if name not in frame}
    return frame.assign(**absent)
