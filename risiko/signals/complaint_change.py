"""A lasting rise of complaints: the probability that the rate changed once in the last years, and upwards."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.signals.common_form import common_form
from risiko.signals.complaint_by_month import beside_before, by_month, newest_complaint
from risiko.signals.complaint_months import COUNTED
from risiko.signals.complaint_reading import z_columns
from risiko.signals.peers import beside_peers
from risiko.signals.registry import Context, signal
from risiko.statistics.change_point import ChangePoint, change_point


@signal("complaint_change", group="complaints", unit="probability", reads={"complaints": COUNTED})
def complaint_change(context: Context) -> pd.DataFrame:
    """Probability that complaints rose for good within settings.complaints.change_months, against the type's course.

    One change or none; rates are ratios to what is expected within regime and time, so that what meets all services
    of a type alike is no change. Yearly counts cannot show one ("not_by_month"). z: newer half beside the older.
    """
    monthly, months = context.once(by_month), context.settings.complaints.change_months
    rose = context.once(changes).rose
    missing = monthly.missing(context).mask(np.isnan(rose), "not_by_month")
    standing = beside_peers(np.where(missing.isna(), rose, np.nan), context.kind,
                            context.settings.peers.minimum)  # fmt: skip
    observed, expected = monthly.last(months)
    half = months // 2
    new, old = (np.stack([a[:, part].sum(axis=1) for a in (observed, expected)]) for part in
                (slice(-half, None), slice(None, -half)))  # fmt: skip
    return common_form(
        context.services, missing=missing, value=rose, n=observed.sum(axis=1), exposure=expected.sum(axis=1),
        expected=standing.centre, estimate=rose, sd=np.zeros(len(rose)),
        standing=standing.z, standing_sd=standing.z_sd,
        **z_columns(context, beside_before(*new, *old)),
        freshness=newest_complaint(context),
    )  # fmt: skip


def changes(context: Context) -> ChangePoint:
    """The change point of every service, for context.once: before and after are ratios to what its type shows."""
    observed, expected = context.once(by_month).last(context.settings.complaints.change_months)
    return change_point(observed, expected)
