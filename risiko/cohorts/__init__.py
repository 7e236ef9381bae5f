"""Cohorts: who is scored at a date, what the outcome is afterwards, and on which dates the score is tried."""

from risiko.cohorts.grid import every, training_dates
from risiko.cohorts.in_operation import DEGREES, EXCLUSIONS, Cohort, cohort_at
from risiko.cohorts.labels import Judgements, Labels, judgements, labels_at

__all__ = [
    "DEGREES",
    "EXCLUSIONS",
    "Cohort",
    "Judgements",
    "Labels",
    "cohort_at",
    "every",
    "judgements",
    "labels_at",
    "training_dates",
]
