"""The facts of a report back to an organisation: frames and dates, no words, and nothing that may not be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

# What a plan made since says of a service: a visit, or a reason of vocabulary.LEFT_OUT, or one of these.
PLANNED, NO_ROOM, NOT_SEEN, NO_PLAN = "planned", "no_room", "not_seen", "no_plan"
LATER = "later"  # the evidence came after the date of the list
CELLS = (
    "service_type", "area", "services", "strengthened", "weakened", "unmoved", "later", "up", "down", "planned",
    "supervised",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Whole half-years: first and last day, both within."""

    first: date
    last: date


@dataclass(frozen=True)
class Given:
    """What the organisation gave, by the day it was received.

    pieces, people: in all; None where that must not be told. at_least: further people, of small groups, are not
    counted. People who have told of several places count in each.
    table: method, total (of the method in all), service_type, area, pieces, people, hidden (no number may be told),
    at_least (part of it may not). means: kind ("dimension" or "item"), dimension,
    instrument, item, wording, n, pieces, sources, mean, se, low, high (statistics.answer_means; 0-100), the same as
    others_* (missing where others are too few) and against ("higher", "lower", "alike", "alone").
    quotes: dimension, method, text, of those who agreed that the organisation may read it.
    """

    pieces: int | None
    people: int | None
    at_least: bool
    table: pd.DataFrame
    means: pd.DataFrame
    quotes: pd.DataFrame


@dataclass(frozen=True)
class Done:
    """What came of it for the services it spoke of, by cells of type and area that point at no single service.

    told: whether there are enough services to tell at all. cells: service_type, area (blank: others), services,
    strengthened, weakened, unmoved, later (CELLS), up and down (median places of those moved so; missing where
    fewer than service_cells.LEAST), planned, supervised. grounds: ground, services. reasons: why the others are not
    in a plan: reason, services. overrides: action, reason, services. found: dimension (blank: not told), remark,
    breach, serious_breach, corrected. visits: supervisions since; pending: not concluded; clean: concluded without
    findings. services: one row per service with service_id, name, service_type, area, likelihood_with,
    likelihood_without, places, moved, state, ground, supervised; None unless services may be named.
    """

    told: bool
    cells: pd.DataFrame
    grounds: pd.DataFrame
    reasons: pd.DataFrame
    overrides: pd.DataFrame
    found: pd.DataFrame
    visits: int
    pending: int
    clean: int
    services: pd.DataFrame | None = None


@dataclass(frozen=True)
class ReportBack:
    """All that is told to one organisation about one period.

    as_of, ranked: the date of the list and how many services it holds. after: pieces received after that date. open:
    the period is not over. received: pieces in the period, which is told in words only where it is nothing. speaks:
    whether they speak of any service on the list. plans:
    number, made_on, first, last, status ("" where nobody has decided on it), those made after something was received.
    next_plan: the first day of the next plan period; None where no plan runs. answer_on: when the organisation hears
    again. unused: reason, pieces. wishes: text, what participants asked to hear back, and reason (why their
    piece was never used; blank: it was).
    """

    organisation: str
    period: Period
    today: date
    as_of: date
    ranked: int
    after: int
    few: int
    open: bool
    received: int
    speaks: bool
    given: Given
    done: Done
    plans: pd.DataFrame
    next_plan: date | None
    answer_on: date
    unused: pd.DataFrame
    wishes: pd.DataFrame
