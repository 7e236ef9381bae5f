"""Complaints by what they are about: a signal for each dimension of good services."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import LIST_SEPARATOR, Tables
from risiko.settings import Settings
from risiko.signals.complaint_months import COUNTED, complaint_months
from risiko.signals.complaint_reading import fading, rate_over_time, rate_reading
from risiko.signals.registry import Context, SignalSpec, signal_family
from risiko.vocabulary import DIMENSIONS

PREFIX = "complaint_dimension:"
READS = {"complaints": (*COUNTED, "grounds")}


@signal_family("complaint_dimension", reads=READS, of="dimension")
def dimension_specs(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """A signal per dimension that some ground speaks of (settings.complaints.grounds)."""
    spoken = set(settings.complaints.grounds.values())
    return tuple(
        SignalSpec(
            name=PREFIX + dimension,
            group="complaints",
            unit="per_1000_users_year",
            reads=READS,
            compute=partial(dimension_rate, dimension=dimension),
            dimensions=(dimension,),
            over_time=partial(rate_over_time, weigh=partial(of_dimension, dimension=dimension)),
        )
        for dimension in DIMENSIONS
        if dimension in spoken
    )


def dimension_rate(context: Context, *, dimension: str) -> pd.DataFrame:
    """Complaints about one dimension of good services per 1,000 users a year (half-life in settings).

    A complaint with several grounds is shared evenly between them; grounds that settings give no dimension count for
    none.
    """
    return rate_reading(context, of_dimension(context, dimension=dimension), fading(context))


def of_dimension(context: Context, *, dimension: str) -> FloatArray:
    """The share of each counted row that is about the dimension."""
    return np.asarray(context.once(_by_dimension)[:, DIMENSIONS.index(dimension)])


def _by_dimension(context: Context) -> FloatArray:
    """Counted rows × dimensions: shares of a row's grounds; a row without known grounds has only zeros."""
    sums, of_ground = context.once(complaint_months), context.settings.complaints.grounds
    known = {_plain(ground): DIMENSIONS.index(dimension) for ground, dimension in of_ground.items()}
    code, lists = pd.factorize(sums.events["grounds"])
    shares = np.zeros((len(lists) + 1, len(DIMENSIONS)))  # the last line is for rows without grounds (code -1)
    for i, listed in enumerate(lists):
        grounds = split_grounds(listed)
        for ground in grounds:
            if ground in known:
                shares[i, known[ground]] += 1 / len(grounds)
    return np.asarray(shares[code][sums.row])


def split_grounds(listed: str) -> list[str]:
    """The different grounds of a row."""
    return list(dict.fromkeys(_plain(part) for part in listed.split(LIST_SEPARATOR) if part.strip()))


def _plain(ground: str) -> str:
    return " ".join(ground.casefold().split())
