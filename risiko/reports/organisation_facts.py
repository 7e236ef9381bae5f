"""The facts of a report back to an organisation: frames and dates, no words, and nothing that may not be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd


@dataclass(frozen=True)
class Period:
    """Whole half-years: first and last day, both within."""

    first: date
    last: date


@dataclass(frozen=True)
class Given:
    """What the organisation gave, by the day it was received.

    pieces: collections in all. people: who took part in all; None where fewer than `few`. table: method, service_type,
    area, pieces, people, hidden; both numbers are missing where hidden. means: kind ("dimension" or "item"), dimension,
    instrument, item, wording, n, mean, low, high (95 % of a repetition; 0-100), others_n, others_sources, others_mean,
    others_low, others_high (missing where others are too few) and against ("higher", "lower", "alike", "alone").
    quotes: dimension, method, text, of those who agreed that the organisation may read it.
    """

    pieces: int
    people: int | None
    table: pd.DataFrame
    means: pd.DataFrame
    quotes: pd.DataFrame


@dataclass(frozen=True)
class Done:
    """What came of it for the services it spoke of, by cells of type and area that point at no single service.

    told: whether there are enough services to tell at all. cells: service_type, area (blank: others), services,
    strengthened, weakened, unmoved, up and down (median places of those moved so; missing where none), planned,
    supervised. grounds: ground, services. reasons: why the others are not in a plan: reason, services. overrides:
    action, reason, services. found: dimension (blank: not told), remark, breach, serious_breach, corrected, findings.
    visits: supervisions since; pending: not concluded; clean: concluded without findings. services: as `cells`, one row
    per service with service_id, name, likelihood_with, likelihood_without, places, moved, state; None unless services
    may be named.
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

    as_of, ranked: the date of the list and how many services it holds. after: pieces received after that date. plans:
    number, made_on, first, last, status ("" where nobody has decided on it), those made after something was received.
    next_plan: the first day of the next plan period; None where no plan runs. answer_on: when the organisation hears
    again. unused: reason, pieces. wishes: text, and what of the report answers it: services, moved, planned, supervised
    (missing where too few to tell).
    """

    organisation: str
    period: Period
    today: date
    as_of: date
    ranked: int
    after: int
    few: int
    given: Given
    done: Done
    plans: pd.DataFrame
    next_plan: date | None
    answer_on: date
    unused: pd.DataFrame
    wishes: pd.DataFrame
