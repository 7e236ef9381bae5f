"""When others are there: visits that other authorities have announced to services, providers and municipalities."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.contracts import CONTRACTS
from risiko.synthetic.parameters import OTHERS, OTHERS_AHEAD, Others
from risiko.synthetic.services import Services
from risiko.synthetic.span import Floats, Rng, Span, to_dates


def make(rng: Rng, who: Services, span: Span) -> pd.DataFrame:
    """busy_periods: what each of parameters.OTHERS had announced by the end of the span, up to a year ahead of it."""
    parts = [_of(rng, other, who, span) for other in OTHERS]
    rows = pd.concat(parts, ignore_index=True).sort_values(["known", "first"], kind="stable", ignore_index=True)
    frame = rows.assign(
        busy_id="B" + pd.Series(np.arange(1, len(rows) + 1)).astype("str").str.zfill(6),
        known_date=to_dates(rows["known"].to_numpy()), first_day=to_dates(rows["first"].to_numpy()),
        last_day=to_dates(rows["last"].to_numpy()),
    )  # fmt: skip
    return CONTRACTS["busy_periods"].conform(frame)


def _of(rng: Rng, other: Others, who: Services, span: Span) -> pd.DataFrame:
    """One authority's: who it concerns, known, first and last (day numbers), authority and visits."""
    names, rate = _concerned(other, who)
    until = span.last + OTHERS_AHEAD
    row = np.repeat(np.arange(len(names)), rng.poisson(rate * (until - span.first + 1) / 365.25))
    first = rng.integers(span.first, until + 1, len(row))
    last = first + rng.integers(other.days[0], other.days[1] + 1, len(row)) - 1
    known = first - rng.integers(other.ahead[0], other.ahead[1] + 1, len(row))
    told = (known >= span.first) & (known <= span.last)
    if other.concerns == "service_id":
        opened, closed = who.table["opened"].to_numpy()[row], who.table["closed"].to_numpy()[row]
        told &= (opened <= first) & (last <= closed)
    found = pd.DataFrame({other.concerns: names.to_numpy()[row], "known": known, "first": first, "last": last})
    return found.assign(authority=other.name, visits=other.visits)[told]


def _concerned(other: Others, who: Services) -> tuple[pd.Series, Floats]:
    """Whom an authority may visit, and how many times a year."""
    if other.concerns == "municipality":
        return who.towns["municipality"], np.full(len(who.towns), other.rate)
    concerned = who.table["service_type"].isin(other.types) & ~who.table["natural_person"]
    if other.concerns == "service_id":
        return who.table["service_id"], np.where(concerned, other.rate, 0.0)
    names = who.table.loc[concerned, "provider_id"].drop_duplicates().sort_values(ignore_index=True)
    return names, np.full(len(names), other.rate)
