"""Complaints by stream: a signal for each channel that complaints come through."""

from __future__ import annotations

from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.settings import Settings, Stream
from risiko.signals.common_form import reasons
from risiko.signals.complaint_months import COUNTED, complaint_months
from risiko.signals.complaint_reading import fading, rate_over_time, rate_reading
from risiko.signals.registry import Context, SignalSpec, signal_family

PREFIX = "complaint_stream:"


@signal_family("complaint_stream", reads={"complaints": COUNTED}, of="stream")
def stream_specs(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """A signal per stream that the settings know or that is seen in the rows."""
    seen = set(known["complaints"]["stream"].dropna().unique()) - set(settings.streams)
    return tuple(
        SignalSpec(
            name=PREFIX + stream,
            group="complaints",
            unit="per_1000_users_year",
            reads={"complaints": COUNTED},
            compute=partial(stream_rate, stream=stream),
            over_time=partial(rate_over_time, weigh=partial(of_stream, stream=stream)),
        )
        for stream in (*settings.streams, *sorted(seen))
    )


def stream_rate(context: Context, *, stream: str) -> pd.DataFrame:
    """Complaints of one stream per 1,000 users a year, where older ones count less (half-life in settings).

    A stream outside the time that settings say it is valid is missing ("stream_not_in_use").
    """
    gone = reasons(context.services)
    if not _in_use(context.settings.streams.get(stream), context.as_of):
        gone = gone.mask(np.ones(len(gone), dtype=bool), "stream_not_in_use")
    return rate_reading(context, of_stream(context, stream=stream), fading(context), stream=stream, gone=gone)


def of_stream(context: Context, *, stream: str) -> FloatArray:
    """1 for the counted rows of a stream, 0 for others."""
    sums = context.once(complaint_months)
    wanted = sums.streams.index(stream) if stream in sums.streams else -1
    return np.asarray(sums.stream == wanted, dtype=float)


def _in_use(stream: Stream | None, day: date) -> bool:
    if stream is None:
        return True
    return (stream.valid_from or day) <= day <= (stream.valid_to or day)
