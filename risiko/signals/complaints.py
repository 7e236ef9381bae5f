"""Complaint rates: complaints per 1,000 users beside similar services, in two windows and fading with age."""

from __future__ import annotations

import pandas as pd

from risiko.signals.complaint_months import COUNTED
from risiko.signals.complaint_reading import every_complaint, fading, rate_over_time, rate_reading, window
from risiko.signals.registry import Context, signal

COMPLAINTS = {"complaints": COUNTED}
UNIT = "per_1000_users_year"


@signal("complaint_rate_short", group="complaints", unit=UNIT, reads=COMPLAINTS, over_time=rate_over_time)
def complaint_rate_short(context: Context) -> pd.DataFrame:
    """Complaints per 1,000 users a year in the short window (settings.complaints.short_months)."""
    return windowed_rate(context, context.settings.complaints.short_months)


@signal("complaint_rate_long", group="complaints", unit=UNIT, reads=COMPLAINTS, over_time=rate_over_time)
def complaint_rate_long(context: Context) -> pd.DataFrame:
    """Complaints per 1,000 users a year in the long window (settings.complaints.long_months)."""
    return windowed_rate(context, context.settings.complaints.long_months)


@signal("complaint_rate", group="complaints", unit=UNIT, reads=COMPLAINTS, over_time=rate_over_time)
def complaint_rate(context: Context) -> pd.DataFrame:
    """Complaints per 1,000 users a year, all streams, where older ones count less (half-life in settings)."""
    return rate_reading(context, every_complaint(context), fading(context))


def windowed_rate(context: Context, months: int) -> pd.DataFrame:
    """Complaints per 1,000 users and year in the window, one row per service, shrunk within service type.

    Exposure is users × years in operation inside the window; without users it is missing ("no_exposure"), not zero.
    A real zero is a reading and may mean silence; where no service of the type has any complaint the source is silent
    and the reading missing ("source_silent"). A service without peers keeps its reading and is compared with no one.
    Expected: what the type shows in the same year under the same registration regime, so that a change of
    registration moves no one. Spread between services: gamma-Poisson, one prior per type with enough services.
    """
    return rate_reading(context, every_complaint(context), window(context, months))
