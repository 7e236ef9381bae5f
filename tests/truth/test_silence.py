"""The silence test: half of the complaints of the most dependent users' services are gone; are the poor still found?

The worlds are synthetic. Complaints per user across all types find little more than chance here (small institutions
where one complaint is a high rate), and lose nothing when complaints are taken away; so the fall is held against the
stronger of the raw rates, complaints beside the type's own rate, and the level against both. benchmarks/silence.py prints
the table over more seeds and all worlds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from benchmarks.silence import LISTS, hushed, table

SEEDS, SERVICES, DAMAGES = range(1, 7), 4000, 2


@lru_cache(maxsize=1)
def measured() -> pd.DataFrame:
    return table("plain", SEEDS, SERVICES, DAMAGES).loc["all"]


@pytest.mark.slow
def test_the_priority_loses_less_than_half_as_much_as_the_raw_complaint_rate() -> None:
    fall = measured()["fall"]
    assert fall["rate beside type"] > 2 * measured().loc["rate beside type", "error"]  # there is something to lose
    assert fall["priority"] < 0.5 * fall["rate beside type"], measured()


@pytest.mark.slow
def test_the_undamaged_priority_finds_more_than_either_raw_rate() -> None:
    before, after = measured()["before"], measured()["after"]
    assert before["priority"] > before["rate beside type"] > before["rate per user"] > 0.10, measured()
    assert after["priority"] > before["rate per user"]


def test_the_damage_takes_half_of_what_was_told_of_the_dependent_and_nothing_else() -> None:
    rows = pd.DataFrame({"service_id": ["a"] * 400 + ["b"] * 400, "n": pd.array([5] * 800, dtype="Int64")})
    left = hushed(rows, pd.Index(["a"]), np.random.default_rng(1)).groupby("service_id")["n"].sum()
    assert left["b"] == 2000
    assert left["a"] == pytest.approx(1000, abs=4 * np.sqrt(2000 * 0.25))
    assert set(LISTS) == {"priority", "rate per user", "rate beside type"}
