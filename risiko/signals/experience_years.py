"""Experience over time: what was heard about one service year by year, beside similar services."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.signals.experience_pieces import pieces_by_dimension, pooled_pieces
from risiko.signals.registry import Context


def by_year(context: Context, position: int, method: str | None = None, dimension: str | None = None) -> pd.DataFrame:
    """One row per year from the first piece to the as-of date: period_end, value, n, expected.

    value is the mean of the year's pieces by the answers they were worth then, NaN in a year without any; n the people.
    expected is the mean of the other services of the type heard that year, NaN where there is none. The last year
    ends at the as-of date. method, dimension: only these pieces.
    """
    pieces = context.once(pieces_by_dimension if dimension else pooled_pieces)
    types = context.services["service_type"].to_numpy()
    like = (types == types[position])[pieces["subject"]] & pieces["counts"].to_numpy()
    for column, word in (("method", method), ("dimension", dimension)):
        like &= True if word is None else (pieces[column] == word).to_numpy(dtype=bool, na_value=False)
    near = pieces[like]
    year = near["event_date"].dt.year.to_numpy()
    own = (near["subject"] == position).to_numpy()
    years = np.arange(year[own].min() if own.any() else context.as_of.year + 1, context.as_of.year + 1)
    told = near.assign(year=year, told=near["worth"] * (near["mean"] - near["usual"] * ~own))
    here = told[own].groupby("year")[["worth", "told", "n"]].sum().reindex(years)
    there = told[~own].groupby(["year", "subject"])[["worth", "told"]].sum()
    level = (there["told"] / there["worth"]).groupby("year").mean().reindex(years)
    ends = pd.to_datetime([f"{y}-12-31" for y in years]).as_unit("us")
    return pd.DataFrame({
        "period_end": np.minimum(ends, pd.Timestamp(context.as_of)), "value": (here["told"] / here["worth"]).to_numpy(),
        "n": here["n"].fillna(0).to_numpy(), "expected": level.to_numpy(),
    })  # fmt: skip
