"""The documented draw: probabilities that are kept exactly, the same result from the same record, and changes caught."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risiko.errors import InputError
from risiko.plan import Cut, DrawRecord, as_text, cut_at, drawn, expected_right, from_text, verify
from risiko.plan.draw import CHANCE, EQUAL, WHOLE, chosen, lots, millionths, probabilities, running_sum, start

AS_OF, NOW = date(2023, 3, 31), datetime(2026, 6, 1, 12, 30)


def scores(tiers: str, p_top: list[float]) -> pd.DataFrame:
    """A list of services a, b, c … in rank order with these tiers ("1122") and chances."""
    ids = pd.Index([chr(97 + i) for i in range(len(tiers))], name="service_id", dtype="str")
    return pd.DataFrame({"rank": range(1, len(tiers) + 1), "tier": [int(t) for t in tiers], "p_top": p_top}, index=ids)


def make(cut: Cut, seed: int = 7, method: str = CHANCE) -> DrawRecord:
    return drawn(cut, as_of=AS_OF, seed=seed, made_at=NOW, by="KN", why="The tier is too wide.", model_id="points",
                 told_apart=0.9, method=method, data_version="3-0-3-abcdef01", settings_version=1)  # fmt: skip


def among(p_top: list[float], places: int) -> Cut:
    """One tier of services with these chances, and so many places."""
    ids = [f"s{i:03}" for i in range(len(p_top))]
    rows = pd.DataFrame({"service_id": ids, "name": ids, "rank": range(1, len(ids) + 1), "p_top": p_top})
    return Cut(places, 0, 1, places, rows.astype({"service_id": "str", "name": "str"}))


# --- where capacity cuts ---

@pytest.mark.parametrize(("top", "sure", "tier", "places", "eligible"), [
    (1, 0, 1, 1, "ab"), (2, 2, 1, 0, ""), (3, 2, 2, 1, "cde"), (4, 2, 2, 2, "cde"), (5, 5, 2, 0, ""), (6, 6, 3, 0, ""), (9, 6, 3, 0, ""),
])  # fmt: skip
def test_whole_tiers_are_in_and_the_cut_one_shares_what_is_left(top: int, sure: int, tier: int, places: int, eligible: str) -> None:
    cut = cut_at(scores("112223", [0.9, 0.8, 0.6, 0.5, 0.5, 0.1]), top)
    assert (cut.top, cut.sure, cut.tier, cut.places, cut.needed) == (top, sure, tier, places, places > 0)
    assert "".join(cut.eligible["service_id"]) == eligible


def test_names_come_along_and_a_service_without_one_goes_by_its_id() -> None:
    cut = cut_at(scores("11", [0.5, 0.5]), 1, pd.Series({"b": "Bakken", "a": None}, dtype="str"))
    assert cut.eligible["name"].tolist() == ["a", "Bakken"]


@pytest.mark.parametrize(("top", "p_top", "match"), [(0, 0.5, "at least one"), (1, float("nan"), "missing"), (1, 1.5, "missing")])
def test_a_cut_that_cannot_be_made_is_told(top: int, p_top: float, match: str) -> None:
    with pytest.raises(InputError, match=match):
        cut_at(scores("11", [0.5, p_top]), top)


# --- probabilities ---

@pytest.mark.parametrize(("p_top", "places", "expected"), [
    ([0.2, 0.3, 0.5], 1, [0.2, 0.3, 0.5]),
    ([0.1, 0.1, 0.2], 2, [0.5, 0.5, 1.0]),  # 2 × .2/.4 is exactly 1
    ([0.1, 0.1, 0.9], 2, [0.5, 0.5, 1.0]),  # capped; the rest share the other place
    ([0.02, 0.08, 0.5, 0.9], 3, [0.2, 0.8, 1.0, 1.0]),  # the second is capped only in the second round
    ([0.0, 0.0, 0.7], 2, [0.5, 0.5, 1.0]),  # who has no chance shares what nobody else can take
    ([0.0, 0.0, 0.0, 0.0], 1, [0.25] * 4),
    ([0.0, 0.4, 0.4], 1, [0.0, 0.5, 0.5]),
])  # fmt: skip
def test_probabilities_follow_the_chances_and_never_pass_one(p_top: list[float], places: int, expected: list[float]) -> None:
    assert (probabilities(millionths(pd.Series(p_top)), places, CHANCE) / WHOLE).tolist() == expected


def test_equal_probabilities_differ_by_a_millionth_at_most_and_sum_exactly() -> None:
    found = probabilities(millionths(pd.Series([0.9, 0.5, 0.1])), 1, EQUAL)
    assert found.tolist() == [333_334, 333_333, 333_333]


@given(st.lists(st.integers(0, WHOLE), min_size=2, max_size=60), st.data())
def test_probabilities_sum_to_the_places_and_keep_the_proportions(p_top: list[int], data: st.DataObject) -> None:
    places = data.draw(st.integers(1, len(p_top) - 1))
    size = np.array(p_top, dtype=np.int64)
    found = probabilities(size, places, CHANCE)
    assert found.sum() == places * WHOLE
    assert ((found >= 0) & (found <= WHOLE)).all()
    open_ = (found < WHOLE) & (size > 0)
    if open_.sum() > 1 and found[open_].any():  # within a millionth of one common ratio
        share = size[open_] / size[open_].sum() * found[open_].sum()
        assert np.abs(found[open_] - share).max() <= len(p_top)


@pytest.mark.parametrize(("places", "method", "match"), [(0, CHANCE, "0 places"), (2, CHANCE, "2 places"), (1, "best", "no way to draw")])
def test_what_cannot_be_drawn_is_refused(places: int, method: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        probabilities(np.array([1, 1], dtype=np.int64), places, method)


# --- the draw ---

@pytest.mark.parametrize("method", [CHANCE, EQUAL])
def test_each_is_drawn_as_often_as_its_probability_says(method: str) -> None:
    rows = among([0.03, 0.1, 0.2, 0.35, 0.5, 0.5, 0.62, 0.9], 3).eligible
    chance, seeds = probabilities(millionths(rows["p_top"]), 3, method), 4_000
    found = [chosen(running_sum(lots(rows["service_id"], AS_OF, s), chance), chance, start(AS_OF, s)) for s in range(seeds)]
    assert {int(inside.sum()) for inside in found} == {3}
    share = chance / WHOLE
    assert (np.abs(np.mean(found, axis=0) - share) <= 4 * np.sqrt(share * (1 - share) / seeds)).all()
    assert make(among(rows["p_top"].tolist(), 3), 5, method).eligible["drawn"].tolist() == found[5].tolist()


def test_every_pair_may_be_drawn_together() -> None:
    cut = among([0.5] * 5, 2)
    assert len({tuple(make(cut, seed, EQUAL).winners) for seed in range(120)}) == 10  # 5 over 2


@given(st.lists(st.integers(0, WHOLE), min_size=2, max_size=40), st.integers(0, 2**40), st.sampled_from([CHANCE, EQUAL]), st.data())
def test_as_many_are_drawn_as_there_are_places_and_the_sure_are_among_them(p_top: list[int], seed: int, method: str, data: st.DataObject) -> None:
    places = data.draw(st.integers(1, len(p_top) - 1))
    record = make(among([p / WHOLE for p in p_top], places), seed, method)
    rows = record.eligible
    assert int(rows["drawn"].sum()) == places
    assert rows.loc[rows["probability"] == 1, "drawn"].all()
    assert not rows.loc[rows["probability"] == 0, "drawn"].any()
    assert verify(record) == []


def test_the_order_of_the_rows_does_not_matter() -> None:
    cut = among([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 2)
    shuffled = replace(cut, eligible=cut.eligible.sample(frac=1, random_state=3))
    assert shuffled.eligible["service_id"].tolist() != cut.eligible["service_id"].tolist()
    assert as_text(make(shuffled)) == as_text(make(cut))


def test_the_same_seed_at_another_date_shuffles_anew() -> None:
    one, other = (make(replace(among([0.5] * 30, 5), top=5), 7), make(among([0.5] * 30, 5), 7))
    assert one.winners.tolist() == other.winners.tolist()
    later = drawn(among([0.5] * 30, 5), as_of=date(2024, 3, 31), seed=7, made_at=NOW, by="KN", why="x", model_id="points", told_apart=0.9)
    assert later.winners.tolist() != one.winners.tolist()


def test_the_draw_comes_out_the_same_by_hand() -> None:
    """The protocol's own instruction, written without the code: hash, sort, add up, tick off."""
    p_top = {"s000": 0.1, "s001": 0.2, "s002": 0.3, "s003": 0.4}
    record = make(among(list(p_top.values()), 2))
    lot = {s: hashlib.sha256(f"2023-03-31:7:{s}".encode()).hexdigest()[:16] for s in p_top}
    point, ticked = int(hashlib.sha256(b"2023-03-31:7").hexdigest()[:16], 16) % 1_000_000, []
    total = 0
    for s in sorted(p_top, key=lot.__getitem__):
        before, total = total, total + round(2 * p_top[s] * 1_000_000)
        if before <= point < total:
            ticked.append(s)
            point += 1_000_000
    assert total == 2_000_000
    assert sorted(ticked) == record.winners.tolist()
    assert record.counted()["lot"].tolist() == sorted(lot.values())
    assert record.counted()["sum"].iloc[-1] == 2_000_000
    assert record.start == start(AS_OF, 7)


@pytest.mark.parametrize(("seed", "by", "why", "where"), [(-1, "KN", "x", "seed"), (1, " ", "x", "by"), (1, "KN", "\n", "why")])
def test_a_draw_needs_a_seed_a_name_and_a_reason(seed: int, by: str, why: str, where: str) -> None:
    with pytest.raises(InputError) as told:
        drawn(among([0.5, 0.5], 1), as_of=AS_OF, seed=seed, made_at=NOW, by=by, why=why, model_id="points", told_apart=0.9)
    assert told.value.where == where


# --- the record ---

def test_a_record_comes_back_from_its_json_as_it_was() -> None:
    record = make(among([1 / 3, 0.123456789, 0.9], 1))
    again = from_text(as_text(record))
    assert as_text(again) == as_text(record)
    assert again.eligible["p_top"].tolist() == [0.333333, 0.123457, 0.9]
    assert (again.as_of, again.made_at, again.told_apart, again.weights) == (AS_OF, NOW, 0.9, {})
    pd.testing.assert_frame_equal(again.eligible, record.eligible)
    assert verify(again) == []


def changed(**columns: object) -> DrawRecord:
    """The record of a draw of 2 of 4 with something altered in the first service's row."""
    record = make(among([0.1, 0.2, 0.3, 0.4], 2))
    rows = record.eligible.copy()
    for name, value in columns.items():
        rows.loc[0, name] = value
    return replace(record, eligible=rows)


def test_a_changed_record_is_caught() -> None:
    base = changed()
    assert verify(base) == []
    first = bool(base.eligible["drawn"].iloc[0])
    assert {d.what for d in verify(changed(drawn=not first))} == {"drawn"}
    assert [(d.what, d.service_id, d.recorded, d.found) for d in verify(changed(probability=0.25))] == [("probability", "s000", "0.25", "0.2")]
    assert "probability" in {d.what for d in verify(changed(p_top=0.9))}
    assert "lot" in {d.what for d in verify(changed(lot="0" * 16))}
    assert "lot" in {d.what for d in verify(changed(service_id="s0000"))}
    assert {d.what for d in verify(replace(base, seed=8))} >= {"lot"}
    assert {d.what for d in verify(replace(base, as_of=date(2023, 4, 1)))} >= {"lot"}
    assert {d.what for d in verify(replace(base, method=EQUAL))} >= {"probability"}
    assert [d.what for d in verify(replace(base, places=1))] == ["places"]
    assert "probability" in {d.what for d in verify(replace(base, places=1, top=1))}
    assert [d.what for d in verify(replace(base, method="best"))] == ["draw"]
    assert [d.what for d in verify(replace(base, eligible=base.eligible.iloc[::-1]))] == ["eligible"]
    assert [d.what for d in verify(replace(base, eligible=base.eligible.iloc[:2].reset_index(drop=True)))] == ["draw"]


def test_a_record_that_was_not_written_here_is_told() -> None:
    whole = json.loads(as_text(changed()))
    for broken in ("", "[]", "{}", json.dumps({**whole, "as_of": "soon"}), json.dumps({**whole, "more": 1}),
                   json.dumps({**whole, "eligible": {**whole["eligible"], "rank": [1]}})):  # fmt: skip
        with pytest.raises(InputError, match="cannot be read"):
            from_text(broken)


def test_what_a_draw_costs_is_told_beside_the_order() -> None:
    found = expected_right(pd.Series([0.9, 0.5, 0.4, 0.2]), 2)
    assert found["order"] == pytest.approx(1.4)
    assert found["equal"] == pytest.approx(1.0)
    # In proportion to 2.0 in all: .9, .5, .4, .2 of a place each.
    assert found["chance"] == pytest.approx(0.9**2 + 0.5**2 + 0.4**2 + 0.2**2)
