"""Which services are in operation and may be scored at a date, and who is left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko.contracts import Tables
from risiko.errors import NothingToScore
from risiko.settings import Settings

DEGREES = ("dependency", "vulnerability", "coercion")
EXCLUSIONS = ("natural_person", "closed", "not_started")


@dataclass(frozen=True)
class Cohort:
    """services: one row per service in operation, indexed by service_id in id order.

    The degrees (0–3) are filled from the type's default where the service says nothing; `<degree>_declared` tells
    which. excluded: n services left out by reason (EXCLUSIONS), zero where there were none.
    """

    services: pd.DataFrame
    excluded: pd.Series


def cohort_at(known: Tables, as_of: date, settings: Settings) -> Cohort:
    """The services in operation at the as-of date that are not natural persons, by what was known then.

    A service without valid_from counts as begun; valid_to is the first day it is no longer in operation.
    Raises NothingToScore when none is left.
    """
    services, day = known["services"].set_index("service_id").sort_index(), pd.Timestamp(as_of)
    reason = pd.Series(
        np.select(
            [
                services["natural_person"].to_numpy(dtype=bool),
                (services["valid_to"] <= day).to_numpy(),
                (services["valid_from"] > day).to_numpy(),
            ],
            EXCLUSIONS,
            default="",
        ),
        index=services.index,
    )
    excluded = reason.value_counts().reindex(EXCLUSIONS, fill_value=0).rename("n")
    in_operation = services[(reason == "").to_numpy()]
    if in_operation.empty:
        counts = ", ".join(f"{n} {name}" for name, n in excluded.items() if n) or "none was known by then"
        raise NothingToScore(
            f"No service can be scored as of {as_of.isoformat()}: {counts}.",
            where="services",
            hint="choose a later date, or import services with an earlier known_date; natural persons are never scored",
        )
    return Cohort(_with_degrees(in_operation, settings), excluded)


def _with_degrees(services: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    filled = {}
    for degree in DEGREES:
        by_type = {name: getattr(kind, degree) for name, kind in settings.service_types.items()}
        by_sector = {name: getattr(kind, degree) for name, kind in settings.sector_defaults.items()}
        default = services["service_type"].map(by_type).fillna(services["sector"].map(by_sector)).astype(float)
        filled[f"{degree}_declared"] = services[degree].notna().astype(bool)
        filled[degree] = services[degree].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        filled[degree] = np.where(np.isnan(filled[degree]), default, filled[degree])
    return services.assign(**filled)
