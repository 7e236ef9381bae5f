"""Inputs of a learned score drawn in a test, with a truth planted in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray

# Signal -> its group; how the log-odds rise with a standing is planted: history most, then experience, size not at all.
GROUPS = {
    "complaint_rate": "complaints", "survey": "experience", "size": "metadata", "past_breaches": "history",
    "service_type": "metadata",
}  # fmt: skip
PLANTED = {"past_breaches": 1.2, "survey": 0.6, "complaint_rate": 0.3, "size": 0.0}
TYPES = {"home": 0.0, "hospital": 0.8, "nursery": -0.8}
MISSING_SURVEY = 0.2  # share of services without one
MISSING_ADDS = 1.0  # and they are worse than others: missing is not zero


@dataclass(frozen=True)
class Drawn:
    """Inputs as scoring.inputs makes them, outcomes, their true log-odds, and who judged."""

    X: pd.DataFrame
    y: FloatArray
    log_odds: FloatArray
    nuisance: pd.DataFrame


def draw(seed: int, rows: int = 6000, strict: float = 0.0) -> Drawn:
    """Services with four signals. strict: what the office "strict" adds to the log-odds of being found failing."""
    rng = np.random.default_rng(seed)
    standing = {signal: rng.normal(size=rows).clip(-3, 3) for signal in PLANTED}
    kind = rng.choice(list(TYPES), rows)
    gone = rng.random(rows) < MISSING_SURVEY
    log_odds = -2.0 + pd.Series(kind).map(TYPES).to_numpy() + np.where(gone, MISSING_ADDS, 0)
    for signal, pull in PLANTED.items():
        told = np.maximum(standing[signal], 0) if signal == "complaint_rate" else standing[signal]
        log_odds += pull * np.where(gone & (signal == "survey"), 0, told)
    office = rng.choice(["strict", "mild", "usual"], rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-log_odds - strict * (office == "strict")))).astype(float)
    columns = {}
    for signal in PLANTED:
        blank = gone if signal == "survey" else np.zeros(rows, dtype=bool)
        columns[f"{signal}|standing"] = np.where(blank, np.nan, standing[signal])
        columns[f"{signal}|n"] = np.where(blank, np.nan, rng.poisson(4, rows))
        columns[f"{signal}|freshness"] = np.where(blank, np.nan, rng.uniform(0, 3, rows))
    X = pd.DataFrame(columns, index=[f"s{i}" for i in range(rows)]).astype("float32")
    X["service_type"] = pd.array(kind, dtype="str")
    nuisance = pd.DataFrame({"cohort": rng.choice(["2020", "2021"], rows), "office": office}, dtype="str")
    return Drawn(X, y, log_odds, nuisance)
