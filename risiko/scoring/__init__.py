"""Scoring: from features to likelihood, consequence, evidence and priority."""

from risiko.scoring.points import score
from risiko.scoring.table import ScoreTable

__all__ = ["ScoreTable", "score"]
