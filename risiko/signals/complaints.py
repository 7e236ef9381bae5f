"""Complaint signals: complaints per 1,000 users beside similar services, in a short and a long window."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import DAYS_PER_YEAR, FloatArray, in_window, window_start
from risiko.signals.common_form import common_form, reasons
from risiko.signals.peers import peer_groups
from risiko.signals.registry import Context, signal
from risiko.statistics.gamma_poisson import HOMOGENEOUS, fit_gamma, root_moments

PER_USERS = 1000
COMPLAINTS = {"complaints": ("service_id", "n")}


@signal("complaint_rate_short", group="complaints", unit="per_1000_users_year", reads=COMPLAINTS)
def complaint_rate_short(context: Context) -> pd.DataFrame:
    """Complaints per 1,000 users a year in the short window (settings.complaints.short_months)."""
    return complaint_rate(context, context.settings.complaints.short_months)


@signal("complaint_rate_long", group="complaints", unit="per_1000_users_year", reads=COMPLAINTS)
def complaint_rate_long(context: Context) -> pd.DataFrame:
    """Complaints per 1,000 users a year in the long window (settings.complaints.long_months)."""
    return complaint_rate(context, context.settings.complaints.long_months)


def complaint_rate(context: Context, months: int) -> pd.DataFrame:
    """Complaints per 1,000 users and year in the window, one row per service, shrunk within service type.

    Exposure is users × years in operation inside the window; without users it is missing ("no_exposure"), not zero.
    A real zero is a reading and may mean silence; where no service of the type has any complaint the source is silent
    and the reading missing ("source_silent"). A service without peers keeps its reading and is compared with no one.
    Expected: the type's own rate, so that a change of registration that meets all services of a type alike moves no
    one. Spread between services: gamma-Poisson, one prior per type with enough services. The standing is on the
    square-root scale, where counts have a steady spread.
    """
    events = context.events("complaints")
    events = events[in_window(events["event_date"], context.as_of, months)]
    count = context.total(events["position"], events["n"].to_numpy(dtype=float))
    exposure = _exposure(context, months)
    has_exposure = exposure > 0
    exposed_count = np.where(has_exposure, count, 0.0)

    types = context.services["service_type"].to_numpy()
    code, _ = pd.factorize(types)
    type_rate = np.bincount(code, exposed_count) / np.maximum(np.bincount(code, exposure), 1e-12)
    rate = type_rate[code]
    expected = exposure * rate

    shape, scale = np.full(len(count), float(HOMOGENEOUS)), np.full(len(count), float(HOMOGENEOUS))
    for members, pool in peer_groups(types, has_exposure & (rate > 0), context.settings.peers.minimum):
        prior = fit_gamma(exposed_count[pool], expected[pool])
        shape[members], scale[members] = prior.shape, prior.rate
    prior_mean, prior_sd = root_moments(shape, scale)
    root, root_sd = root_moments(shape + exposed_count, scale + expected)
    informative = (shape < HOMOGENEOUS) & (np.bincount(code, has_exposure)[code] > 1)

    per_year = rate * PER_USERS
    missing = reasons(context.services).mask(rate == 0, "source_silent").mask(~has_exposure, "no_exposure")
    posterior_shape, posterior_rate = shape + exposed_count, scale + expected
    return common_form(
        context.services,
        missing=missing,
        value=PER_USERS * count / np.where(has_exposure, exposure, np.nan),
        n=count,
        expected=per_year,
        estimate=per_year * posterior_shape / posterior_rate,
        sd=per_year * np.sqrt(posterior_shape) / posterior_rate,
        standing=np.where(informative, (root - prior_mean) / prior_sd, 0.0),
        standing_sd=np.where(informative, np.minimum(root_sd / prior_sd, 1.0), 1.0),
    )


def _exposure(context: Context, months: int) -> FloatArray:
    """Users × years in operation inside the window; 0 where the number of users is unknown."""
    start, end = window_start(context.as_of, months), pd.Timestamp(context.as_of)
    began = context.services["valid_from"].fillna(start).clip(lower=start)
    # A service that opened yesterday has had a day, not nothing.
    years = ((end - began).dt.days.clip(lower=1) / DAYS_PER_YEAR).to_numpy(dtype=float)
    users: FloatArray = np.nan_to_num(context.services["users"].to_numpy(dtype=float), nan=0.0)
    return np.asarray(users * years)
