"""Evidence: all that the numbered checks may look at, each part optional."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pandas as pd

from risiko.asof import FloatArray

# part -> the columns it must have; others may stand beside them
NEEDED: dict[str, tuple[str, ...]] = {
    "label_rows": ("as_of", "window_end", "known_from", "used_at"),
    "newest_known": ("signal", "newest_known"),
    "versions": ("service_id", "known_date"),
    "outcomes": ("outcome",),
    "skill": ("metric", "value", "low", "high"),
    "equity": ("group", "measure", "value", "overall", "diff_low", "diff_high"),
}


@dataclass(frozen=True)
class Evidence:
    """What is at hand; None where something is not, and the checks that need it are then not applicable.

    as_of: the date the score looks out from.
    label_rows: one row per training label: as_of, window_end, known_from (when it was published; missing if that
      cannot be said), used_at (the as-of date of what it was used for).
    newest_known: signal, newest_known: the newest known_date of any row the signal was computed from; missing if none.
    versions: service_id, known_date and declared columns: every known version of the services.
    inputs_then, inputs_now: services × signals, as the model saw them in training and as it sees them now.
    outcomes: one row per label in training: outcome (0, 1, missing = unlabelled), and service_id where there is one.
    contributions: services × signals, log-odds. voices: services × user organisations, log-odds that rest on each.
    skill: metric, value, low, high (95 %, clustered by provider) as measured on later dates, one row for each metric:
      auc, auc_within_office, calibration_in_the_large, calibration_slope; others are not looked at.
    equity: as made by evaluate.equity.by_group, below each other for several groupings.
    ranks_before, ranks_after: rank by service, 1 is first. list_size: the places of a plan. noise_overlap: the overlap
      (0–1) of two first-`list_size` lists that differ by noise alone, one entry per pair of draws or refits.
    office, strata: by service, in the index of inputs_now; strata is what may rightly tell offices apart (the type).
    levels_then, levels_now: services × declared category columns, in training and now.
    Raises ValueError where a part lacks a column, or a part that must be indexed by service has a service twice.
    """

    as_of: date | None = None
    label_rows: pd.DataFrame | None = None
    newest_known: pd.DataFrame | None = None
    versions: pd.DataFrame | None = None
    inputs_then: pd.DataFrame | None = None
    inputs_now: pd.DataFrame | None = None
    outcomes: pd.DataFrame | None = None
    contributions: pd.DataFrame | None = None
    voices: pd.DataFrame | None = None
    skill: pd.DataFrame | None = None
    equity: pd.DataFrame | None = None
    ranks_before: pd.Series | None = None
    ranks_after: pd.Series | None = None
    list_size: int | None = None
    noise_overlap: FloatArray | None = None
    office: pd.Series | None = None
    strata: pd.Series | None = None
    levels_then: pd.DataFrame | None = None
    levels_now: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for part, columns in NEEDED.items():
            frame = getattr(self, part)
            lacking = [] if frame is None else [c for c in columns if c not in frame]
            if lacking:
                raise ValueError(f"evidence {part!r} lacks {', '.join(lacking)}")
        for part in ("ranks_before", "ranks_after", "inputs_now", "office", "strata"):
            given = getattr(self, part)
            if given is not None and not given.index.is_unique:
                raise ValueError(f"evidence {part!r} has a service twice")

    def given(self) -> dict[str, Any]:
        """The parts that are at hand, by name; an empty one is at hand, and says that there is nothing."""
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: part for name, part in parts.items() if part is not None}
