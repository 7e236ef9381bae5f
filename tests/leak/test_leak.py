"""The leak test: what becomes known later changes nothing computed as of an earlier date.

It runs over every table, every registered signal and the whole pipeline, so that a new signal is guarded before it
is written.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from risiko import asof, pipeline, synthetic
from risiko import settings as rules
from risiko.contracts import CONTRACTS, Contract, Tables


@lru_cache(maxsize=1)
def world() -> Tables:
    tables = synthetic.build(n_services=150, years=6, end=date(2026, 6, 30), seed=11).tables
    declared = tables["metadata_columns"]
    later = declared[declared["direction"] != "none"].head(1).assign(name="heard_of_later")
    services = tables["services"].assign(heard_of_later=np.nan)
    return {**tables, "services": services, "metadata_columns": pd.concat([declared, later], ignore_index=True)}


def later_is_different(tables: Tables, as_of: date, seed: int) -> Tables:
    """The same records up to the date; beyond it rows are deleted, changed and added, in every table."""
    rng = np.random.default_rng(seed)
    return {
        name: frame if CONTRACTS[name].timeless else _rewritten(frame, CONTRACTS[name], pd.Timestamp(as_of), rng)
        for name, frame in tables.items()
    }


def _rewritten(frame: pd.DataFrame, contract: Contract, as_of: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    early, late = frame[frame["known_date"] <= as_of], frame[frame["known_date"] > as_of]
    late = _scrambled(late[rng.random(len(late)) < rng.random()], contract, rng)
    # Later versions of things already known, and things never heard of before.
    versions, news = (_scrambled(early.sample(frac=0.3, random_state=rng), contract, rng) for _ in range(2))
    news = news.assign(**{contract.id_columns[0]: [f"new-{i}" for i in range(len(news))]})
    added = pd.concat([versions, news])
    days = pd.to_timedelta(rng.integers(1, 400, len(added)), unit="D")
    added["known_date"] = (as_of + days).astype("datetime64[us]")
    if contract.name == "services":
        # A metadata column that is declared already, but that nobody has had a value of before.
        added["heard_of_later"] = rng.random(len(added))
    return pd.concat([early, late, added], ignore_index=True)


def _scrambled(frame: pd.DataFrame, contract: Contract, rng: np.random.Generator) -> pd.DataFrame:
    """Every column but the key shuffled by itself."""
    return pd.DataFrame({
        name: frame[name] if name in contract.key else frame[name].iloc[rng.permutation(len(frame))].set_axis(frame.index)
        for name in frame
    })  # fmt: skip


def everything(tables: Tables, as_of: date, *, hindsight: bool = False) -> dict[str, pd.DataFrame]:
    """All that is computed as of the date, stage by stage."""
    seen = asof.known_at(tables, as_of, hindsight=True) if hindsight else tables
    day = date(2100, 1, 1) if hindsight else as_of
    prepared = pipeline.prepare_tables(seen, day, rules.load())
    run = pipeline.rank(prepared)
    known = {f"known {name}": frame.reset_index(drop=True) for name, frame in prepared.known.items()}
    readings = {f"signal {name}": reading for name, reading in prepared.features.readings.items()}
    excluded = run.excluded.to_frame()
    return {**known, "excluded": excluded, **readings, "scores": run.table.frame(), "ranking": pipeline.ranking(run)}


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    assert list(one) == list(other)
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name], check_exact=True, obj=name)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(as_of=st.dates(date(2022, 1, 1), date(2026, 6, 1)), seed=st.integers(0, 2**32 - 1))
def test_nothing_known_later_changes_anything(as_of: date, seed: int) -> None:
    assert_same(everything(world(), as_of), everything(later_is_different(world(), as_of, seed), as_of))


def test_the_test_itself_sees_a_leak() -> None:
    """Looking back with what is known now is a leak, and is caught as one."""
    changed = later_is_different(world(), date(2024, 6, 30), 5)
    with pytest.raises(AssertionError):
        assert_same(*(everything(t, date(2024, 6, 30), hindsight=True) for t in (world(), changed)))


def test_every_table_gives_rows_on_both_sides_of_the_dates_tried() -> None:
    """A table without later rows would make the test above say nothing about it."""
    for name, frame in world().items():
        if not CONTRACTS[name].timeless:
            assert (frame["known_date"] <= pd.Timestamp(2022, 1, 1)).any(), name
            assert len(_rewritten(frame, CONTRACTS[name], pd.Timestamp(2022, 1, 1), np.random.default_rng(1))) > 0, name


def test_a_signal_registered_tomorrow_is_covered() -> None:
    covered = {name.removeprefix("signal ") for name in everything(world(), date(2024, 6, 30)) if name.startswith("signal ")}
    from risiko.signals import specs

    assert covered == {s.name for s in specs(world(), rules.load())}
    assert any(name.startswith("metadata:") for name in covered)
