"""Whom a piece of experience speaks of: a service by its id, or every service of a type that serves an area."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.ledger.uses import links
from risiko.pipeline.runs import Prepared


def spoken_of(prepared: Prepared, rows: pd.DataFrame) -> pd.DataFrame:
    """The services of the cohort that rows of experiences speak of: place (of the row, from 0) and service_id.

    A row without a service speaks of its type in a municipality that a service serves, or in its county. A row that
    speaks of nobody in the cohort does not stand here.
    """
    places = np.arange(len(rows)).astype("str")
    cohort = prepared.cohort.services.index
    found = links(rows.assign(piece_id=places), prepared.known, prepared.as_of, prepared.settings, cohort)
    told = pd.DataFrame({"place": found["piece_id"].astype("int64"), "service_id": found["service_id"]})
    return told.sort_values(["place", "service_id"], ignore_index=True)
