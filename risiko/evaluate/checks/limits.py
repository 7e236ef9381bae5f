"""Limits: every threshold of the numbered checks, each with the reason for its value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


def _limit(code: str, value: float, why: str) -> Any:
    return field(default=value, metadata={"code": code, "why": why})


@dataclass(frozen=True)
class Limits:
    """The thresholds; a field's metadata holds the codes that use it and why it has its value."""

    scale_ratio: float = _limit(
        "RK003", 3,
        "Services do not treble from one quarter to the next, half of them at once; units do (months to years "
        "is 12, parts to per cent is 100).",
    )
    shift: float = _limit(
        "RK003 RK004", 0.25,
        "Population stability index: below .1 little, above .25 much, by long use in credit scoring. What "
        "chance alone gives is taken off first.",
    )
    shift_minimum: int = _limit(
        "RK003 RK004", 200,
        "Services on each side: with fewer, ten bins hold too little. With 200, chance passed the limit in "
        "none of 4,000 drawn cases.",
    )
    no_difference: float = _limit(
        "RK004", 0.1,
        "Standard deviations: less is no drift. Inputs stand relative to their peers, so many services share a value "
        "that moves by a hair each quarter; without this, hundredths of a deviation came to a shift of .85.",
    )
    levels_kept: float = _limit(
        "RK003", 0.5,
        "A coding is called another when fewer than half of all values seen are seen both before and after.",
    )
    base_rate_low: float = _limit(
        "RK005", 0.01,
        "Rarer outcomes: a hundred labelled services hold less than one, and the list is ordered by chance.",
    )
    base_rate_high: float = _limit(
        "RK005", 0.60,
        "More common outcomes tell services hardly apart: a visit almost anywhere finds something, so the "
        "score has nothing to gain. Count serious findings only.",
    )
    calibration_level: float = _limit(
        "RK006", 0.2,
        "Log-odds; at a probability of 10 % it is two percentage points.",
    )
    slope_low: float = _limit(
        "RK006", 0.7,
        "Below it, differences are told 1.4 times as large as they are.",
    )
    slope_high: float = _limit(
        "RK006", 1.4,
        "The same the other way: 1 / 0.7.",
    )
    events: int = _limit(
        "RK010", 100,
        "Services with and without the outcome: fewer than a hundred of each do not tell whether a model "
        "works (Vergouwe 2005; Collins 2016).",
    )
    single_source: float = _limit(
        "RK007", 0.6,
        "More than half, with room for chance: the score is then that one thing under another name.",
    )
    skill_lost: float = _limit(
        "RK008", 0.05,
        "Of AUC. Differences between offices are there; losing more says the score ranks offices, not "
        "services.",
    )
    auc_ceiling: float = _limit(
        "RK015", 0.80,
        "In Scottish records a fresh inspection tells the next at about .80. What passes it has most likely "
        "seen the answer.",
    )
    group_gap: float = _limit(
        "RK009", 0.2,
        "A fifth of the overall value: the four-fifths rule of thumb in equal treatment. Smaller gaps are not "
        "called out, even if sure.",
    )
    noise_quantile: float = _limit(
        "RK011", 0.05,
        "Noise alone gives a smaller overlap once in twenty.",
    )
    list_minimum: int = _limit(
        "RK011", 10,
        "In a shorter list one service is more than a tenth.",
    )
    office_share: float = _limit(
        "RK012", 0.3,
        "Share of an input's differences that goes with the office within a type. Case mix gives some; a "
        "third says that the input stands for the office.",
    )
    office_minimum: int = _limit(
        "RK012", 200,
        "Services with both an office and the input; with fewer, few services stand behind each office.",
    )


def limits_of(code: str, limits: Limits) -> list[tuple[str, float, str]]:
    """(name, value, reason) of every limit that the check with this code uses."""
    used = [f for f in fields(limits) if code in f.metadata["code"].split()]
    return [(f.name, getattr(limits, f.name), f.metadata["why"]) for f in used]
