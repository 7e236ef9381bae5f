"""Beside the plan: the plain list, last year's and chance for the same person-days; and how the plan looks by group."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risiko.plan import archive
from risiko.plan.beside import at_random, beside, filled, still_there, top_ids
from risiko.plan.groups import COLUMNS, GROUPINGS, by_group, size_bands
from tests.drawn import parse

NUMBERS = ["days", "rank", "value", "likelihood", "users"]
FOUR = """
    service_id | office | days | rank | value | likelihood | county | sector | service_type | users
    a          | N      | 10   | 1    | 0.9   | 0.5        | X      | health | clinic       | 10
    b          | N      | 4    | 2    | 0.6   | 0.4        | X      | health | clinic       | 20
    c          | N      | 4    | 3    | 0.5   | 0.3        | Y      | social | nav          | 30
    d          | S      | 5    | 4    | 0.1   | 0.1        |        | social | nav          |
"""


def candidates(text: str = FOUR) -> pd.DataFrame:
    frame = parse(text)
    return frame.assign(**{name: pd.to_numeric(frame[name]).astype(float) for name in NUMBERS if name in frame})


def rows(frame: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    return {str(row[0]): row[1:] for row in frame.itertuples(index=False, name=None)}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"N": 10, "S": 5}, ["a", "d"]),
        ({"N": 14, "S": 4.9}, ["a", "b"]),
        ({"N": 9, "S": 0}, ["b", "c"]),  # the first does not fit, those after it do
        ({"N": 18}, ["a", "b", "c"]),  # S was not named: it has none
        ({"N": 0, "S": 0}, []),
        ({"N": 100, "S": 100}, ["a", "b", "c", "d"]),
    ],
)
def test_the_plain_list_goes_by_rank_until_each_offices_days_are_used(days: dict[str, float], expected: list[str]) -> None:
    assert top_ids(candidates(), days) == expected


def test_equal_ranks_go_by_service_id_whatever_the_order_of_the_rows() -> None:
    equal = candidates().assign(rank=1.0, days=4.0)
    for order in permutations(range(4)):
        assert top_ids(equal.iloc[list(order)], {"N": 8}) == ["a", "b"]


def test_the_plan_and_the_three_others_are_told_in_the_records_columns() -> None:
    found = beside(candidates(), ["b", "c"], days_by_office={"N": 10, "S": 5}, seed=1, last_year=["c", "d", "gone"])
    assert found.dtypes.astype("str").to_dict() == dict(archive.BESIDE)
    assert found["plan"].tolist() == ["plan", "top", "last_year", "random"]
    told = rows(found)
    assert told["plan"] == pytest.approx((2, 8, 0.7, 1.1, 2))
    assert told["top"] == pytest.approx((2, 15, 0.6, 1.0, 0))
    assert told["last_year"] == pytest.approx((2, 9, 0.4, 0.6, 1))


def test_last_years_are_looked_up_among_all_that_are_scored() -> None:
    could = candidates().iloc[1:]  # a was visited too recently
    args = {"days_by_office": {"N": 10, "S": 5}, "seed": 1, "last_year": ["a", "gone"]}
    assert rows(beside(could, ["b"], **args))["last_year"][0] == 0
    assert rows(beside(could, ["b"], scored=candidates(), **args))["last_year"] == pytest.approx((1, 10, 0.5, 0.9, 0))
    assert still_there(["a", "gone"], candidates()) == 0.5
    assert np.isnan(still_there([], candidates()))


def test_a_service_chosen_twice_counts_once() -> None:
    found = rows(beside(candidates(), ["b", "b"], days_by_office={}, seed=1, last_year=[]))
    assert found["plan"] == pytest.approx((1, 4, 0.4, 0.6, 1))
    assert found["random"] == (0, 0, 0, 0, 0)


def test_chance_gives_the_average_over_every_order() -> None:
    frame, days = candidates(), {"N": 12.0, "S": 5.0}
    each = []
    for order in permutations("abc"):  # d alone has its office's days
        left, taken = 12.0, ["d"]
        for one in order:
            cost = float(frame.set_index("service_id").loc[one, "days"])
            if cost <= left:
                left, taken = left - cost, [*taken, one]
        mine = frame[frame["service_id"].isin(taken)]
        each.append([len(mine), mine["days"].sum(), mine["likelihood"].sum(), mine["value"].sum(), float(len({"a", "b"} & set(taken)))])
    exact = np.mean(each, axis=0)
    found = at_random(frame, days, chosen_ids=["a", "b"], seed=4, orders=4000)
    assert found.findings == pytest.approx(exact[2], abs=4 * found.error + 1e-12)
    assert (found.visits, found.days, found.worth, found.shared) == pytest.approx(tuple(exact[[0, 1, 3, 4]]), rel=0.03)


def test_where_all_cost_alike_chance_is_a_share_of_the_whole_and_its_error_is_told() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({
        "service_id": [f"s{i:03}" for i in range(300)], "office": rng.choice(["a", "b"], 300), "days": 5.0,
        "rank": np.arange(300.0), "value": rng.random(300), "likelihood": rng.random(300),
    })  # fmt: skip
    days = {"a": 100.0, "b": 52.0}  # 20 and 10 visits
    exact = sum(k * frame.loc[frame["office"] == o, "likelihood"].mean() for o, k in (("a", 20), ("b", 10)))
    found = at_random(frame, days, chosen_ids=[], seed=1)
    assert (found.visits, found.days) == pytest.approx((30, 150))
    assert 0 < found.error < 0.02 * exact
    assert abs(found.findings - exact) < 4 * found.error
    tries = [at_random(frame, days, chosen_ids=[], seed=s).findings for s in range(40)]
    assert np.std(tries) == pytest.approx(found.error, rel=0.5)  # the error is what it says


def test_the_same_seed_gives_the_same_average_and_one_order_has_no_error() -> None:
    args = {"chosen_ids": ["a"], "orders": 20}
    first, again, other = (at_random(candidates(), {"N": 12}, seed=s, **args) for s in (1, 1, 2))
    assert first == again != other
    with pytest.raises(ValueError, match="two orders"):
        at_random(candidates(), {"N": 9}, chosen_ids=[], seed=1, orders=1)


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_filling_takes_whoever_fits_in_the_given_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, groups = int(rng.integers(0, 40)), 3
    days, group = rng.choice([3.5, 0.1, 7.0, 30.0, 0.0], n), rng.integers(0, groups, n)
    capacity = rng.choice([0.0, 10.5, 0.3, 60.0], groups)
    left, expected = capacity.copy(), []
    for cost, where in zip(days, group, strict=True):
        fits = cost <= left[where] + 1e-9
        left[where] -= cost * fits
        expected.append(bool(fits))
    assert filled(days, group, capacity).tolist() == expected


def test_nobody_to_choose_among_gives_nothing() -> None:
    found = beside(candidates().head(0), [], days_by_office={"N": 9}, seed=1, last_year=[])
    assert found[["visits", "shared"]].to_numpy().sum() == 0


def looks(chosen: list[str], top: list[str]) -> pd.DataFrame:
    found = by_group(candidates(), chosen, top)
    assert list(found.columns) == list(COLUMNS)
    return found.set_index(["grouping", "group"])


def test_a_plan_is_told_by_group_beside_the_plain_list() -> None:
    found = looks(["b", "c", "c", "stranger"], ["a", "b"])
    x, y, none = (found.loc[("county", name)] for name in ("X", "Y", ""))
    assert x[["services", "visited", "visits", "days", "findings", "top"]].tolist() == pytest.approx([2, 1, 1, 4, 0.4, 2])
    assert x[["share", "top_share", "ratio"]].tolist() == pytest.approx([0.5, 1.0, 0.5])
    assert y[["services", "visited", "visits", "days", "findings"]].tolist() == pytest.approx([1, 1, 2, 8, 0.3])
    assert np.isnan(y["ratio"])  # the list has nobody there: no ratio, and not zero
    assert none[["services", "visited"]].tolist() == [1, 0]
    assert found.loc[("office", "S"), "visited"] == 0


def test_every_grouping_counts_every_service_and_visit_once() -> None:
    found = looks(["b", "c", "c"], ["a", "b"])
    sums = found.groupby(level="grouping")[["services", "visited", "visits", "days", "top"]].sum()
    assert set(sums.index) == set(GROUPINGS)
    assert (sums == [4, 2, 3, 12, 2]).all(axis=None)


def test_groups_of_fewer_than_five_services_are_marked() -> None:
    many = pd.concat([candidates().iloc[[0]].assign(service_id=f"s{i}") for i in range(5)] + [candidates().iloc[[2]]])
    found = by_group(many, [], []).set_index(["grouping", "group"])["small"]
    assert (found[("county", "X")], found[("county", "Y")]) == (False, True)


def test_sizes_are_quarters_with_equal_numbers_together_and_blank_where_unknown() -> None:
    users = pd.Series([1, 2, 3, 4, 5, 6, 7, 8, np.nan, 0])
    assert size_bands(users).tolist() == ["1", "1", "2", "2", "3", "3", "4", "4", "", ""]
    assert size_bands(pd.Series([7.0, 7, 7, 7])).nunique() == 1
    assert size_bands(pd.Series([np.nan, 0.0])).tolist() == ["", ""]
