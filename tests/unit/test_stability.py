"""How alike two lists are, and how far one hangs on its weights: every number against lists drawn by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from risiko.evaluate.stability import WeightStability, listed, rank_biased_overlap, stability, weight_stability
from risiko.scoring.law import PriorityLaw


def places(order: str) -> pd.Series:
    """a b c: a stands first. Names joined by = share a place."""
    rows, place = {}, 1
    for level in order.split():
        rows.update(dict.fromkeys(level.split("="), place))
        place += len(level.split("="))
    return pd.Series(rows, dtype="int64")


@pytest.mark.parametrize(("before", "after", "top", "shared", "overlap", "jaccard", "entered", "left"), [
    ("a b c d e", "b a d c e", 2, 2, 1.0, 1.0, [], []),
    ("a b c d e", "b a d c e", 3, 2, 2 / 3, 1 / 2, ["d"], ["c"]),
    ("a b c d e", "e d c b a", 2, 0, 0.0, 0.0, ["e", "d"], ["a", "b"]),
    ("a b c", "d a b c", 2, 1, 1 / 2, 1 / 3, ["d"], ["b"]),  # d is new
    ("a b c", "c b", 2, 1, 1 / 2, 1 / 3, ["c"], ["a"]),  # a has closed
    ("a b", "b a c d", 4, 2, 1.0, 1 / 2, ["c", "d"], []),  # a list shorter than the capacity
    ("a=b=c d", "a b=d c", 2, 2, 1.0, 1.0, [], []),  # ties fall by id
])  # fmt: skip
def test_who_is_the_same_who_entered_and_who_left(
    before: str, after: str, top: int, shared: int, overlap: float, jaccard: float, entered: list[str], left: list[str]
) -> None:
    found = stability(places(before), places(after), top)
    assert (found.shared, found.entered, found.left) == (shared, entered, left)
    assert found.overlap == pytest.approx(overlap)
    assert found.jaccard == pytest.approx(jaccard)


def test_correlations_are_over_services_on_both_lists() -> None:
    found = stability(places("a b c d x"), places("y b a d c"), 3)
    assert found.n_both == 4
    assert found.spearman == pytest.approx(1 - 6 * 4 / (4 * 15))  # squared differences of rank: 1 + 1 + 1 + 1
    assert found.kendall == pytest.approx((4 - 2) / 6)


def test_correlations_of_the_same_the_opposite_and_too_short_a_list() -> None:
    same, opposite = (stability(places("a b c d"), places(o), 2) for o in ("a b c d", "d c b a"))
    assert (same.spearman, same.kendall, same.rank_biased_overlap) == pytest.approx((1, 1, 1))
    assert (opposite.spearman, opposite.kendall) == pytest.approx((-1, -1))
    short, level = stability(places("a"), places("a b"), 1), stability(places("a=b=c"), places("a b c"), 1)
    assert np.isnan([short.spearman, short.kendall, level.spearman, level.kendall]).all()
    none = stability(places(""), places("a b"), 1)
    assert (none.shared, none.overlap, none.entered, none.n_both) == (0, 0.0, ["a"], 0)
    assert np.isnan(none.rank_biased_overlap)


def test_overlap_at_every_depth_is_that_of_the_published_example() -> None:
    # Webber, Moffat and Zobel (2010), table 1: agreement at depths 1 to 7.
    first, second = pd.Index(list("abcdefg")), pd.Index(list("zcavwxy"))
    agreement = np.array([0, 0, 2 / 3, 2 / 4, 2 / 5, 2 / 6, 2 / 7])
    for depth in (2, 5, 10):
        p = 1 - 1 / depth
        by_hand = agreement[-1] * p**7 + (1 - p) / p * sum(a * p**d for d, a in enumerate(agreement, start=1))
        assert rank_biased_overlap(first, second, depth) == pytest.approx(by_hand)
    assert rank_biased_overlap(first, pd.Index(list("uvw")), 5) == 0.0
    assert rank_biased_overlap(first, first, 5) == pytest.approx(1.0)


def test_overlap_at_every_depth_counts_the_top_most() -> None:
    order = pd.Index([f"s{i:02}" for i in range(40)])
    head, tail = np.arange(40), np.arange(40)
    head[:2], tail[-2:] = [1, 0], [39, 38]
    assert rank_biased_overlap(order, order[head], 10) < rank_biased_overlap(order, order[tail], 10) < 1


def test_ties_are_listed_by_id_and_the_unplaced_are_left_out() -> None:
    assert listed(pd.Series({"c": 1.0, "b": 2.0, "a": 2.0, "d": np.nan})).tolist() == ["c", "a", "b"]


def law(middle: np.ndarray, spread: float = 0.5) -> PriorityLaw:
    n = len(middle)
    flat, none = np.full(n, spread), np.zeros(n)
    return PriorityLaw(middle, flat, flat, np.zeros((n, 0)), none, none, none)


def shaken(added: list[list[float]], top: int, *, share: float = 0.2, draws: int = 200) -> WeightStability:
    contributions = pd.DataFrame(added, index=[f"s{i}" for i in range(len(added))])
    middle, rng = contributions.sum(axis=1).to_numpy(), np.random.default_rng(5)
    return weight_stability(law(middle), -0.5, contributions, top, share=share, draws=draws, rng=rng)


def test_weights_left_as_they_are_change_nothing() -> None:
    found = shaken([[1.0, 0.0], [0.0, 2.0], [0.5, 0.4], [0.1, 0.1]], 2, share=0.0)
    assert found.stays.to_dict() == {"s0": 1.0, "s1": 1.0, "s2": 0.0, "s3": 0.0}
    assert (found.mean, found.least) == (1.0, 1.0)


def test_services_that_rest_on_one_signal_never_change_places() -> None:
    found = shaken([[1.00], [0.99], [0.5]], 1, draws=300)
    assert found.stays.tolist() == [1.0, 0.0, 0.0]
    assert found.least == 1.0


def test_two_close_services_on_different_signals_change_places_as_often_as_the_weights_say() -> None:
    found = shaken([[1.00, 0.00], [0.00, 0.96], [-1.0, -1.0]], 1, draws=4000)
    # 1 + 0.2u > 0.96 (1 + 0.2v) with u, v even between -1 and 1: about u - v > -0.2, so 1 - 1.8**2 / 8.
    assert found.stays["s0"] == pytest.approx(0.595, abs=0.03)
    assert found.stays.sum() == pytest.approx(1.0)
    assert found.mean == pytest.approx(found.stays["s0"])
    assert found.least == 0.0


def test_equals_at_the_line_share_its_places() -> None:
    found = shaken([[2.0], [1.0], [1.0], [0.5]], 2, draws=50)
    assert found.stays.tolist() == [1.0, 0.5, 0.5, 0.0]
    assert found.mean == pytest.approx(1.0)


def test_a_capacity_for_all_keeps_all() -> None:
    found = shaken([[1.0, 2.0], [0.3, 0.1]], 5)
    assert (found.top, found.stays.tolist(), found.least) == (2, [1.0, 1.0], 1.0)


def test_wider_changes_move_more() -> None:
    rng = np.random.default_rng(1)
    added = rng.normal(size=(400, 6)).tolist()
    narrow, wide = (shaken(added, 40, share=share) for share in (0.05, 0.5))
    assert 1 > narrow.mean > wide.mean > 0
    assert narrow.least <= narrow.mean
    assert narrow.stays.sum() == pytest.approx(40)
