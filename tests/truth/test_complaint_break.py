"""A registration break is no change of risk: worlds with a break beside the same worlds without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from risiko import asof, cohorts, settings, synthetic
from risiko.contracts import Tables
from risiko.signals import Context
from risiko.signals.complaint_change import complaint_change
from risiko.signals.complaint_surge import complaint_surge, surges
from risiko.signals.complaints import complaint_rate, complaint_rate_long, complaint_rate_short
from risiko.synthetic.parameters import BREAK_FACTOR

RATES = (complaint_rate, complaint_rate_short, complaint_rate_long)
LIMIT = 3.5  # standard errors, over some forty comparisons


@lru_cache(maxsize=2)
def built(end: date) -> Tables:
    return synthetic.build(n_services=3000, years=8, end=end, seed=5).tables


def thinned(rows: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    """The rows with all but one in BREAK_FACTOR complaints taken out at random where `where`: Poisson stays Poisson."""
    numbers = rows["complaint_id"].drop_duplicates()
    kept = numbers[np.random.default_rng(6).random(len(numbers)) < 1 / BREAK_FACTOR]
    return rows[~where | rows["complaint_id"].isin(kept)]


def as_known(tables: Tables, rows: pd.DataFrame, day: date) -> Context:
    rules = settings.load()
    known = asof.known_at({**tables, "complaints": rows}, day)
    return Context(cohorts.cohort_at(known, day, rules).services, known, day, rules)


@lru_cache(maxsize=6)
def demo(kind: str, day: date) -> Context:
    """The demo's break of 2022 in child welfare. broken: as built. unbroken: its extra cases taken out."""
    tables = built(date(2022, 12, 31))
    rows = tables["complaints"]
    if kind == "unbroken":
        rows = thinned(rows, rows["regime"].eq("from_2022"))
        rows = rows.assign(regime=rows["regime"].replace("from_2022", "before_2022"))
    return as_known(tables, rows, day)


@lru_cache(maxsize=6)
def made(kind: str, day: date, broke: str) -> Context:
    """A break of every type and stream made in a world that ends before the demo's: cases before it taken out, so that
    what is known after it is the same. none: the world as it is. unlabelled: the break without its labels."""
    tables = built(date(2021, 12, 31))
    rows = tables["complaints"]
    early = (rows["event_date"] < pd.Timestamp(broke)) & (rows["date_precision"] != "year")
    if kind != "none":
        label = pd.Series(np.where(early, "old", "new"), index=rows.index, dtype="str")
        label = label.where((rows["date_precision"] != "year") & (kind == "labelled"), pd.NA)
        rows = thinned(rows.assign(regime=label), early)
    return as_known(tables, rows, day)


def in_errors(one: pd.Series, other: pd.Series) -> float:
    """Mean difference, service by service, in its standard errors."""
    apart = (one - other).dropna().to_numpy()
    return float(apart.mean() / (apart.std() / np.sqrt(len(apart))))


def welfare(context: Context, compute: Callable[[Context], pd.DataFrame]) -> pd.DataFrame:
    reading = compute(context)
    return reading[(context.services["sector"] == "child_welfare").to_numpy() & reading["missing"].isna().to_numpy()]


@pytest.mark.parametrize("day", [date(2022, 6, 30), date(2022, 12, 31)])
@pytest.mark.parametrize("rate", RATES)
def test_the_demos_break_moves_no_rate(rate: Callable[[Context], pd.DataFrame], day: date) -> None:
    broken, unbroken = (welfare(demo(kind, day), rate) for kind in ("broken", "unbroken"))
    for column in ("standing", "z_adjusted"):
        assert abs(in_errors(broken[column], unbroken[column])) < LIMIT, column
    assert abs(in_errors(broken["trend"] / broken["expected"], unbroken["trend"] / unbroken["expected"])) < LIMIT
    # Twice as many complaints say more, so the standings lie further apart by themselves; what is seen and what is
    # not known together do not, and neither does z in units of the spread that all its like show.
    whole = [r["standing"].var() + (r["standing_sd"] ** 2).mean() for r in (broken, unbroken)]
    assert whole == pytest.approx([1, 1], abs=0.03)
    assert broken["z_adjusted"].std() == pytest.approx(unbroken["z_adjusted"].std(), rel=0.1)


@pytest.mark.parametrize("day", [date(2022, 6, 30), date(2022, 12, 31)])
def test_the_demos_break_is_no_surge_and_no_lasting_change(day: date) -> None:
    for compute in (complaint_surge, complaint_change):
        broken, unbroken = (welfare(demo(kind, day), compute)["value"] for kind in ("broken", "unbroken"))
        assert abs(in_errors(broken, unbroken)) < LIMIT
    assert (welfare(demo("broken", day), complaint_change)["value"] > 0.8).mean() < 0.03


@pytest.mark.parametrize(("day", "broke"), [
    (date(2021, 6, 30), "2021-01-01"), (date(2021, 6, 30), "2020-10-01"), (date(2021, 12, 31), "2021-01-01"),
])  # fmt: skip
def test_a_break_of_all_types_rings_no_more_alarms_than_there_were(day: date, broke: str) -> None:
    def alarms(kind: str) -> int:
        return int(surges(made(kind, day, broke)).alarm[:, -6:].sum())

    usual = alarms("none")
    assert usual > 20  # enough for the next line to mean something
    assert abs(alarms("labelled") - usual) < 2 * np.sqrt(2 * usual)
    rose = [complaint_change(made(kind, day, broke))["value"] for kind in ("labelled", "none")]
    assert rose[0].mean() - rose[1].mean() < 0.006  # of 0.25; fewer complaints before say less of a level
    assert (rose[0] > 0.8).sum() <= (rose[1] > 0.8).sum()


def test_the_tests_themselves_see_a_break_without_labels() -> None:
    day, broke = date(2021, 6, 30), "2021-01-01"
    bare, told, none = (made(kind, day, broke) for kind in ("unlabelled", "labelled", "none"))
    moved = [r["trend"] / r["expected"] for r in map(complaint_rate_short, (bare, told, none))]
    # The trend is held against the type's own in each half; what meets a whole type at once it needs no label for.
    assert abs(in_errors(moved[0], moved[2])) < LIMIT
    assert abs(in_errors(moved[1], moved[2])) < LIMIT
    assert in_errors(complaint_change(bare)["value"], complaint_change(told)["value"]) > LIMIT
    assert in_errors(complaint_surge(bare)["value"], complaint_surge(told)["value"]) > LIMIT
