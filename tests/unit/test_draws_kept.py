"""Draws of a real list: made, kept with all they rest on, found again, and made again to see that nothing was changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest

from risiko import pipeline
from risiko.errors import InputError, StoreError
from risiko.pipeline.draws import (
    check_draws,
    cut_of,
    draw_for,
    draw_of,
    kept_draws,
)
from risiko.pipeline.runs import with_capacity
from risiko.store import open_store
from tests import small_authority as small
from tests.old_stores import tamper

NOW = datetime(2026, 6, 1, 12)
WHY = "The tier is too wide for the capacity."


@cache
def run() -> pipeline.Run:
    return pipeline.rank(pipeline.prepare(small.authority(), small.END))


@cache
def capacity_that_cuts() -> int:
    """A capacity that ends within a tier, with more than one place left; tiers move a little with the capacity."""
    return next(top for top in range(20, 100) if cut_of(with_capacity(run(), top)).places > 1)


@cache
def cutting() -> pipeline.Run:
    return with_capacity(run(), capacity_that_cuts())


def empty(address: str = "memory:") -> pipeline.Authority:
    """An authority that draws are kept for; the list comes from elsewhere."""
    return pipeline.Authority(open_store(address), small.rules())


def test_a_draw_is_kept_with_all_that_it_rests_on() -> None:
    authority, ready = empty(), cutting()
    kept = draw_for(authority, ready, seed=7, why=f" {WHY}\n", by=" KN ", now=NOW)
    assert kept is not None
    record, found = kept.record, cut_of(ready)
    assert (record.as_of, record.model_id, record.data_version, record.settings_version) == (
        small.END, "points", ready.prepared.data_version, ready.prepared.settings.version)  # fmt: skip
    assert (record.weights, record.told_apart) == (ready.weights, ready.prepared.settings.score.told_apart)
    assert (record.top, record.sure, record.tier, record.places) == (found.top, found.sure, found.tier, found.places)
    assert record.top == record.sure + record.places == capacity_that_cuts()
    assert (record.why, record.by, record.seed, record.method, record.made_at) == (WHY, "KN", 7, "chance", NOW)
    tier = ready.table.scores.query("tier == @record.tier")
    assert record.eligible["service_id"].tolist() == sorted(tier.index)
    assert record.eligible.set_index("service_id")["p_top"].to_dict() == tier["p_top"].round(6).to_dict()
    assert set(record.eligible["name"]) == set(ready.prepared.cohort.services.loc[tier.index, "name"])
    assert (kept.seq, kept.earlier, len(record.winners)) == (1, (), record.places)
    assert check_draws(authority) == []


def test_where_capacity_ends_with_a_tier_there_is_no_draw_and_nothing_is_kept() -> None:
    authority, scores = empty(), run().table.scores
    everyone = with_capacity(run(), len(scores))
    assert not cut_of(everyone).needed
    assert draw_for(authority, everyone, seed=7, why=WHY, by="KN", now=NOW) is None
    assert draw_of(authority, everyone) is None
    assert authority.store.draws().empty


def test_each_protocol_names_the_draws_made_before_it_for_its_date() -> None:
    authority, ready = empty(), cutting()
    other_day = replace(ready, prepared=replace(ready.prepared, as_of=small.DATES[0]))
    for seed, one in ((1, ready), (2, other_day), (3, ready)):
        draw_for(authority, one, seed=seed, why=WHY, by="KN", now=NOW)
    assert [(k.seq, k.earlier) for k in kept_draws(authority)] == [(1, ()), (2, ()), (3, (1,))]
    assert [k.seq for k in kept_draws(authority, small.END)] == [1, 3]


def test_the_newest_draw_of_a_list_is_found_and_a_list_that_changed_has_none() -> None:
    authority, ready = empty(), cutting()
    assert draw_of(authority, ready) is None
    draw_for(authority, ready, seed=1, why=WHY, by="KN", now=NOW)
    draw_for(authority, ready, seed=2, why=WHY, by="KN", now=NOW, method="equal")
    found = draw_of(authority, ready)
    assert found is not None
    assert (found.seq, found.record.method) == (2, "equal")
    assert draw_of(authority, with_capacity(run(), capacity_that_cuts() - 1)) is None
    scores = ready.table.scores.copy()
    scores.loc[scores["tier"] == found.record.tier, "p_top"] *= 0.99
    assert draw_of(authority, replace(ready, table=replace(ready.table, scores=scores))) is None
    assert draw_of(authority, replace(ready, table=replace(ready.table, model_id="learned-1"))) is None


def test_the_moment_is_kept_in_utc() -> None:
    oslo = datetime(2026, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    authority = empty()
    kept = draw_for(authority, cutting(), seed=1, why=WHY, by="KN", now=oslo)
    assert kept is not None
    assert kept.record.made_at == oslo.astimezone(UTC).replace(tzinfo=None) == NOW
    assert check_draws(authority) == []


@pytest.mark.parametrize(("changes", "where"), [({"why": " "}, "why"), ({"by": ""}, "by"), ({"seed": -1}, "seed"), ({"method": "best"}, "method")])
def test_a_draw_that_may_not_be_made_is_not_kept(changes: dict[str, object], where: str) -> None:
    authority = empty()
    asked: dict[str, object] = {"seed": 1, "why": WHY, "by": "KN", "now": NOW, **changes}
    with pytest.raises(InputError) as told:
        draw_for(authority, cutting(), **asked)
    assert told.value.where == where
    assert authority.store.draws().empty


def test_a_capacity_below_one_is_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        with_capacity(run(), 0)


def three_draws(path: Path) -> pipeline.Authority:
    authority = empty(str(path))
    for seed in (1, 2, 3):
        draw_for(authority, cutting(), seed=seed, why=WHY, by="KN", now=NOW)
    return authority


@pytest.mark.parametrize(("change", "found"), [
    ("UPDATE draws SET record = replace(record, '\"by\":\"KN\"', '\"by\":\"AB\"') WHERE seq = 2", {(2, "chain"), (2, "line")}),
    ("UPDATE draws SET record = replace(record, '\"seed\":2', '\"seed\":9') WHERE seq = 2", {(2, "chain"), (2, "lot")}),
    ("UPDATE draws SET why = 'otherwise' WHERE seq = 3", {(3, "line")}),
    ("UPDATE draws SET as_of = '2020-01-01' WHERE seq = 3", {(3, "line")}),
    ("UPDATE draws SET record = '{}' WHERE seq = 1", {(1, "chain"), (1, "record")}),
    ("UPDATE draws SET sha256 = 'ff' WHERE seq = 1", {(1, "chain"), (2, "chain")}),
    ("DELETE FROM draws WHERE seq = 2", {(3, "chain")}),
    ("DELETE FROM draws WHERE seq = 1", {(2, "chain"), (3, "chain")}),
])  # fmt: skip
def test_what_was_changed_in_the_store_is_caught(tmp_path: Path, change: str, found: set[tuple[int, str]]) -> None:
    path = tmp_path / "store.db"
    authority = three_draws(path)
    assert check_draws(authority) == []
    tamper(str(path), change)
    told = {(seq, difference.what) for seq, difference in check_draws(authority)}
    assert found <= told
    assert {seq for seq, _ in told} == {seq for seq, _ in found}, "no other draw is accused"


def test_a_draw_that_cannot_be_read_is_told_with_its_number(tmp_path: Path) -> None:
    authority = three_draws(tmp_path / "store.db")
    tamper(str(tmp_path / "store.db"), "UPDATE draws SET record = '{}' WHERE seq = 2")
    with pytest.raises(StoreError, match="cannot be read") as told:
        kept_draws(authority)
    assert told.value.where.endswith("draw 2")
