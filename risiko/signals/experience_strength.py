"""Strength of evidence: how many survey answers a piece of experience evidence is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.settings import ExperienceSettings
from risiko.signals.peers import BoolArray
from risiko.vocabulary import METHODS

SURVEY = "survey"
_PRIOR_ANSWERS = 5  # a reported spread is averaged with the usual one, which counts as this many answers


def steadied(spread: FloatArray, n: FloatArray, rule: ExperienceSettings) -> FloatArray:
    """Reported spreads averaged with the usual one; the usual one where there is none.

    The usual variance counts as five answers (a scaled inverse chi-square prior), so that two people who happened to
    agree are not certainty.
    """
    usual, known = rule.default_spread**2, np.nan_to_num(spread)
    freedom = np.where(np.isnan(spread), 0.0, np.maximum(n - 1, 0))
    return np.asarray(np.sqrt((freedom * known**2 + _PRIOR_ANSWERS * usual) / (freedom + _PRIOR_ANSWERS)))


def worth(found: pd.DataFrame, rule: ExperienceSettings) -> FloatArray:
    """How many independent survey answers each piece was worth when it was fresh; 0 where it does not count.

    Of n people 1 + (n - 1) × independence are independent, at most `reach`. A survey's variance is
    deff × s²/n + (1 - response)² × non_response²: the second part is the bias of non-response (Cochran 1977, ch. 13)
    with its size unknown, and no number of answers makes it small. Last comes the weight of a word by this method.
    """
    names = found["method"].cat.codes.to_numpy()
    methods = [rule.methods[name] for name in METHODS]
    weight, independence, reach = (
        np.array([getattr(m, what) for m in methods])[names] for what in ("weight", "independence", "reach")
    )
    people = np.minimum(1 + np.maximum(found["n"].to_numpy() - 1, 0) * independence, reach)
    survey = (found["method"] == SURVEY).to_numpy()
    invited, unknown = found["n_invited"].to_numpy(), np.full(len(found), rule.unknown_response)
    response = np.divide(found["n"].to_numpy(), invited, out=unknown, where=invited > 0)
    bias = np.where(survey, (1 - np.minimum(response, 1)) * rule.non_response, 0.0)
    alike = np.where(survey, rule.design_effect, 1.0)
    effective = people / (alike + people * bias**2 / found["spread"].to_numpy() ** 2)
    return np.where(found["counts"].to_numpy(), weight * effective, 0.0)


def enough(found: pd.DataFrame, services: int, rule: ExperienceSettings) -> tuple[BoolArray, FloatArray]:
    """Which pieces may score their service, and per service how many survey answers were too few (0: not so).

    A service with fewer survey answers in all than settings.experience.survey_minimum is not scored on surveys.
    """
    survey = (found["method"] == SURVEY).to_numpy() & found["counts"].to_numpy()
    answers = np.bincount(found["subject"][survey], found["n"][survey], minlength=services)
    short = (answers > 0) & (answers < rule.survey_minimum)
    subject = found["subject"].to_numpy()
    return found["counts"].to_numpy() & ~(survey & short[subject]), np.where(short, answers, 0.0)
