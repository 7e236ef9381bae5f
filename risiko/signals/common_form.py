"""The common form: one row per service that every source speaks through, whatever it counts or asks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray

# The reading
#   value      the plain reading, in the signal's unit
#   n          pieces of evidence behind it (0 is a number)
#   exposure   what the evidence is out of (users × years, people asked, visits); NaN where there is no such thing
#   expected   what similar services show, in the signal's unit
#   ratio      value / expected; NaN where expected is 0 or unknown, or a ratio has no meaning
# Beside similar services (all oriented: above 0 is worse)
#   z          how far the plain reading lies from the expected, in standard errors
#   z_adjusted the same with the over-dispersion that settings.statistics asks for
#   phi, tau2  multiplicative and additive over-dispersion of its peer group; NaN where there are too few to tell
# Shrunk
#   estimate, sd          posterior mean and standard deviation, in the signal's unit
#   standing, standing_sd the posterior on a scale that all signals share: higher is worse, one unit is one standard
#                         deviation between similar services; (0, 1) knows nothing
# Time
#   trend      how far the distance from similar services has moved, newer half of the window less the older, in the
#              signal's unit, above 0 is worse; NaN where it cannot be said
#   freshness  years since the newest evidence; NaN where there is none
# missing: why there is no value; then only n, exposure, expected and freshness may stand. Missing is not zero.
NUMBERS = (
    "value", "n", "exposure", "expected", "ratio", "z", "z_adjusted", "phi", "tau2", "estimate", "sd", "standing",
    "standing_sd", "trend", "freshness",
)  # fmt: skip
COLUMNS = (*NUMBERS, "missing")
_BLANK = ("value", "ratio", "z", "z_adjusted", "estimate", "sd", "trend")
_WHEN_MISSING = {**dict.fromkeys(_BLANK, np.nan), "standing": 0.0, "standing_sd": 1.0}


def common_form(services: pd.DataFrame, *, missing: pd.Series, **columns: FloatArray) -> pd.DataFrame:
    """A frame in the common form; columns that are not given are NaN, ratio follows from value and expected.

    Where `missing` names a reason the reading is blanked and the standing is (0, 1). A standing that is not a number
    is a fault in the signal and raises ValueError.
    """
    if "ratio" not in columns and {"value", "expected"} <= set(columns):
        expected = columns["expected"]
        columns["ratio"] = columns["value"] / np.where(expected > 0, expected, np.nan)
    gone = missing.notna().to_numpy()
    if strange := sorted(set(columns) - set(NUMBERS)):
        raise ValueError(f"not in the common form: {strange}")
    numbers = np.full((len(NUMBERS), len(services)), np.nan)
    for name, values in columns.items():
        numbers[NUMBERS.index(name)] = values
    for name, value in _WHEN_MISSING.items():
        numbers[NUMBERS.index(name), gone] = value
    if np.isnan(numbers[[NUMBERS.index("standing"), NUMBERS.index("standing_sd")]]).any():
        raise ValueError("a reading that is there must have a standing")
    frame = pd.DataFrame(numbers.T, index=services.index, columns=list(NUMBERS))
    frame["missing"] = missing.array
    return frame


def reasons(services: pd.DataFrame) -> pd.Series:
    """A blank column of missing reasons, to be filled in."""
    return pd.Series(pd.NA, index=services.index, dtype="str")
