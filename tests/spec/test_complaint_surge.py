"""Surges and lasting changes of complaints, drawn as tables and as counts without any surge in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from risiko.signals import Context
from risiko.signals.complaint_by_month import by_month
from risiko.signals.complaint_change import changes, complaint_change
from risiko.signals.complaint_surge import complaint_surge, surge_over_time, surges
from tests.drawn import context


def drawn(counts: np.ndarray, *, users: object = 100, precision: str = "day", as_of: str = "2023-12-31") -> Context:
    """Services × 60 months of counts, oldest first, ending 2023-12."""
    size = np.broadcast_to(users, len(counts))
    services = "service_id | users\n" + "\n".join(f"s{i:04d} | {n}" for i, n in enumerate(size))
    rows = [
        f"s{i:04d} | {2019 + m // 12}-{m % 12 + 1:02d}-15 | {counts[i, m]} | {precision}" for i, m in zip(*np.nonzero(counts), strict=True)
    ]
    return context(as_of, services=services, complaints="service_id | event_date | n | date_precision\n" + "\n".join(rows))


@pytest.fixture(scope="module")
def burst() -> Context:
    """Thirty services with one complaint a quarter; the first has five in each of two months a year ago."""
    counts = np.zeros((30, 60), dtype=int)
    counts[:, ::3] = 1
    counts[0, 46:48] = 5
    return drawn(counts)


def test_the_month_of_the_alarm_is_told_and_the_reading_falls_when_the_surge_is_over(burst: Context) -> None:
    rang = surges(burst).latest(burst)
    assert rang["s0000"] in (pd.Timestamp("2022-11-30"), pd.Timestamp("2022-12-31"))
    assert rang.drop("s0000").isna().all()
    path = surge_over_time(burst, 0)
    assert len(path) == 24
    assert path["period_end"].is_monotonic_increasing
    assert path["n"].tolist()[10:12] == [5, 5]
    assert path["value"].max() == surges(burst).threshold
    assert path["value"].iloc[-1] < path["value"].max() - 1
    assert complaint_surge(burst).loc["s0000", "value"] == path["value"].iloc[-1]


def test_a_service_that_always_had_many_has_no_surge() -> None:
    counts = np.zeros((30, 60), dtype=int)
    counts[:, ::3] = 1
    counts[0] = 3
    c = drawn(counts)
    assert not surges(c).alarm[0].any()
    assert surges(c).level[0] > 3
    assert complaint_change(c).loc["s0000", "value"] < 0.5


def test_a_lasting_change_has_a_level_before_and_after() -> None:
    counts = np.zeros((30, 60), dtype=int)
    counts[:, ::2] = 1
    counts[0, 42:] = 2
    found = changes(drawn(counts))
    assert found.rose[0] > 0.9
    assert found.before[0] < 1.2
    assert found.after[0] > 2.5
    assert found.k[0] in (17, 18, 19)  # of the 36 months looked at, 18 lay before


def test_yearly_counts_show_no_surge_and_months_beside_them_still_do() -> None:
    counts = np.zeros((25, 60), dtype=int)
    counts[:, 11::12] = 12
    yearly = drawn(counts, precision="year")
    assert set(complaint_surge(yearly)["missing"]) == set(complaint_change(yearly)["missing"]) == {"not_by_month"}
    counts[:, ::2] = 1
    rows = drawn(counts).known["complaints"]
    rows = rows.assign(date_precision=np.where(rows["service_id"].eq("s0000") & rows["n"].eq(12), "year", "day"))
    mixed = Context(yearly.services, {**yearly.known, "complaints": rows}, yearly.as_of, yearly.settings)
    assert complaint_surge(mixed)["missing"].fillna("").value_counts().to_dict() == {"": 24, "not_by_month": 1}
    assert mixed.once(by_month).observed[0].sum() == 0


@pytest.mark.parametrize("lasting", [1e6, 1.5])
def test_false_alarms_are_no_more_than_stated(lasting: float) -> None:
    """Poisson counts around levels that differ and last: 12 false alarms a year are allowed over all services."""
    rng = np.random.default_rng(3)
    size = np.exp(rng.normal(np.log(100), 1.0, 1500)).round().clip(5)
    theta = rng.gamma(lasting, 1 / lasting, 1500)
    c = drawn(rng.poisson((0.002 * size * theta)[:, None], (1500, 60)), users=size.astype(int))
    found = surges(c)
    assert found.alarm.sum() / 2 < 20
    assert np.nansum(found.expected) == pytest.approx(found.observed.sum(), rel=0.05)
