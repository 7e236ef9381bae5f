"""Small numbers stay hidden: an attacker with everything published, over all periods, cannot pin one down."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from risiko.disclosure import TOTAL, half_year_ends, protect, protect_with_totals, safe_totals, shown
from risiko.disclosure.cells import with_totals

FEW = 5
Table = np.ndarray


def attack(values: Table, hidden: Table, row: int, column: int) -> tuple[float, float]:
    """The least and the most that a hidden number can be, for one who knows all that is shown and that no 0 is hidden.

    Written from the published table alone: a cell's row and column sum to their totals, and nothing of `protect`.
    """
    from scipy.optimize import linprog

    places = {tuple(at): i for i, at in enumerate(np.argwhere(hidden))}
    lines = [[(r, c) for c in range(values.shape[1])] for r in range(values.shape[0])]
    lines += [[(r, c) for r in range(values.shape[0])] for c in range(values.shape[1])]
    left, right = np.zeros((len(lines), len(places))), np.zeros(len(lines))
    for i, line in enumerate(lines):  # all but the last of a line, less the last, is nothing
        for at, sign in zip(line, [1] * (len(line) - 1) + [-1], strict=True):
            if at in places:
                left[i, places[at]] = sign
            else:
                right[i] -= sign * values[at]
    aim = np.zeros(len(places))
    aim[places[row, column]] = 1
    ends = [linprog(sign * aim, A_eq=left, b_eq=right, bounds=(1, 100_000), method="highs") for sign in (1, -1)]
    assert all(end.status == 0 for end in ends)
    return round(ends[0].fun, 6), round(-ends[1].fun, 6)


def drawn(rng: np.random.Generator) -> Table:
    """A table of people, many cells small or empty, as few collect from few."""
    rows, columns = rng.integers(1, 6, 2)
    return rng.negative_binomial(0.7, 0.08, (rows, columns)) * (rng.random((rows, columns)) < 0.8)


def small(values: Table) -> Table:
    return (values > 0) & (values < FEW)


def leaks(values: Table, hidden: Table) -> list[tuple[int, int]]:
    """Small numbers that can be known to be below FEW, or, in a cell, to be more than one."""
    inside = np.zeros(values.shape, dtype=bool)
    inside[:-1, :-1] = True
    found = []
    for row, column in np.argwhere(small(values)):
        least, most = attack(values, hidden, row, column)
        if most < FEW or (inside[row, column] and least > 1):
            found.append((int(row), int(column)))
    return found


@pytest.mark.parametrize("seed", range(25))
def test_no_small_number_can_be_worked_out(seed: int) -> None:
    values = with_totals(drawn(np.random.default_rng(seed)))
    hidden = protect_with_totals(values[:-1, :-1])
    assert (hidden | ~small(values)).all(), "every small number is hidden"
    assert not hidden[values == 0].any(), "that nobody was heard is told"
    assert leaks(values, hidden) == []


def test_the_attack_succeeds_where_only_small_numbers_are_hidden() -> None:
    tables = [with_totals(drawn(np.random.default_rng(seed))) for seed in range(12)]
    leaking = [values for values in tables if small(values).any() and leaks(values, small(values))]
    assert len(leaking) >= 9, "or the test above could not fail"


def rebuilt(values: Table, hidden: Table) -> set[tuple[int, int]]:
    """Hidden numbers that are exactly known, by linear algebra: their unit vector lies among the row and column sums."""
    places = [tuple(int(x) for x in at) for at in np.argwhere(hidden)]
    lines = np.array([[(at[0] == r) for at in places] for r in range(values.shape[0])]
                     + [[(at[1] == c) for at in places] for c in range(values.shape[1])], dtype=float)  # fmt: skip
    rank = np.linalg.matrix_rank(lines)
    return {at for i, at in enumerate(places)
            if np.linalg.matrix_rank(np.vstack([lines, np.eye(len(places))[i]])) == rank}  # fmt: skip


def bridges(hidden: Table) -> set[tuple[int, int]]:
    """Hidden numbers whose removal parts their row from their column (edges of the bipartite graph on no cycle)."""
    found = set()
    for row, column in np.argwhere(hidden):
        joined = defaultdict(set)
        for r, c in np.argwhere(hidden):
            if (r, c) != (row, column):
                joined["row", r].add(("column", c))
                joined["column", c].add(("row", r))
        seen, waiting = set(), [("row", row)]
        while waiting:
            at = waiting.pop()
            seen.add(at)
            waiting += joined[at] - seen
        if ("column", column) not in seen:
            found.add((int(row), int(column)))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_exactly_the_bridges_could_be_worked_out_and_none_is_left(seed: int) -> None:
    values = with_totals(drawn(np.random.default_rng(seed)))
    assert rebuilt(values, small(values)) == bridges(small(values)), "Gusfield's theorem"
    assert bridges(protect_with_totals(values[:-1, :-1])) == set()


def test_a_list_hides_its_smallest_neighbour_and_both_cells_as_totals() -> None:
    hidden = protect_with_totals(np.array([[3, 40, 7]]))
    assert hidden.tolist() == [[True, False, True, False]] * 2


def test_two_small_ones_whose_sum_is_small_need_a_third() -> None:
    counts = np.array([[2, 2, 30, 9], [20, 20, 20, 20]])
    assert protect(np.array([[2, 2, 30, 9]]))[0].tolist() == [True, True, False, True]
    assert protect(counts)[0].tolist() == [True, True, False, True]


def test_a_table_without_small_numbers_is_left_alone() -> None:
    assert not protect_with_totals(np.array([[5, 0, 12], [8, 30, 0]])).any()
    assert not protect_with_totals(np.zeros((2, 3), dtype=int)).any()


def test_a_single_small_number_takes_all_its_totals_along() -> None:
    assert protect_with_totals(np.array([[3]])).all()


def test_it_is_the_same_every_time_and_a_higher_limit_hides_more() -> None:
    counts = np.random.default_rng(5).integers(0, 40, (6, 7))
    assert (protect(counts) == protect(counts.copy())).all()
    assert protect(counts, 10).sum() > protect(counts, 5).sum()


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        protect(np.array([[3, -1]]))


def test_shown_hides_one_to_four_and_what_is_missing() -> None:
    told = shown(pd.Series([0, 1, 4, 5, None], dtype="Int64"))
    assert told.tolist() == [True, False, False, True, False]


def test_half_years_end_in_june_and_december() -> None:
    days = pd.Series(pd.to_datetime(["2024-01-01", "2024-06-30", "2024-07-01", "2024-12-31", None]))
    ends = half_year_ends(days)
    assert ends.dropna().dt.strftime("%Y-%m-%d").tolist() == ["2024-06-30", "2024-06-30", "2024-12-31", "2024-12-31"]
    assert ends.isna().tolist() == [False] * 4 + [True]


def long(tables: dict[str, Table]) -> pd.DataFrame:
    """Tables by half-year as rows of people."""
    rows = [(half, f"r{r}", f"c{c}", int(n)) for half, table in tables.items() for (r, c), n in np.ndenumerate(table)]
    frame = pd.DataFrame(rows, columns=["half_year", "row", "column", "people"])
    return frame.assign(half_year=pd.to_datetime(frame["half_year"]))


HALVES = ("2024-06-30", "2024-12-31", "2025-06-30", "2025-12-31")


def published(people: pd.DataFrame, halves: list[str]) -> pd.DataFrame:
    return safe_totals(people[people["half_year"].isin(pd.to_datetime(halves))]).set_index(["row", "column"])


def told_by(tables: dict[str, Table], of: list[list[str]]) -> tuple[list[str], list[tuple[dict[tuple[str, ...], int], int]]]:
    """Everything published over these periods as equations over the cells of the half-years.

    A number without hidden parts is an equation of its own; one that is "at least" tells its sum of the parts that
    are shown, which is known which half-years they are from, as each is published by itself too.
    """
    people = long(tables)
    by_half = {half: published(people, [half]) for half in tables}
    equations = []
    for period in of:
        for key, row in published(people, period).iterrows():
            parts = [half for half in period if key in by_half[half].index and not by_half[half].loc[key, "hidden"]]
            equations.append(({(half, *key): 1 for half in parts}, int(row["people"])))
    return sorted({half for period in of for half in period}), equations


@pytest.mark.parametrize("seed", range(4))
def test_nothing_leaks_between_half_years_years_and_all_time(seed: int) -> None:
    """One linear programme over all cells of four half-years sees all that is published of any period."""
    from scipy.optimize import linprog

    rng = np.random.default_rng(seed)
    tables = {half: rng.negative_binomial(0.6, 0.1, (3, 3)) for half in HALVES}
    periods = [*([half] for half in HALVES), list(HALVES[:2]), list(HALVES[2:]), list(HALVES), list(HALVES[1:3])]
    _, equations = told_by(tables, periods)
    cells = [(half, f"r{r}", f"c{c}") for half in HALVES for r, c in np.ndindex(3, 3)]
    at = {cell: i for i, cell in enumerate(cells)}
    left, right = np.zeros((len(equations), len(cells))), np.array([n for _, n in equations], dtype=float)
    for i, (terms, _) in enumerate(equations):
        for half, row, column in terms:
            for cell in cells:
                if cell[0] == half and row in (TOTAL, cell[1]) and column in (TOTAL, cell[2]):
                    left[i, at[cell]] += 1
    truth = {(half, f"r{r}", f"c{c}"): int(n) for half, table in tables.items() for (r, c), n in np.ndenumerate(table)}
    assert np.allclose(left @ np.array([truth[cell] for cell in cells]), right), "what is published is true"
    limits = [(0, 0) if truth[cell] == 0 else (1, 10_000) for cell in cells]
    pinned = []
    for cell in (cell for cell in cells if 0 < truth[cell] < FEW):
        aim = -np.eye(len(cells))[at[cell]]
        most = -linprog(aim, A_eq=left, b_eq=right, bounds=limits, method="highs").fun
        if most < FEW - 1e-6:
            pinned.append((cell, most))
    assert any(0 < n < FEW for n in truth.values()), "or there is nothing to attack"
    assert pinned == []


def test_a_year_protected_by_itself_would_leak() -> None:
    """The reason for the rule: both half-years and the year, each safe alone, give a small number by subtraction."""
    first, second = np.array([[20, 3, 9]]), np.array([[20, 20, 6]])
    year = first + second
    assert protect(first)[0].tolist() == [False, True, True]
    assert not protect(second).any()
    assert not protect(year).any()
    assert year[0, 1] - second[0, 1] == 3, "worked out exactly"
    told = published(long({HALVES[0]: first, HALVES[1]: second}), list(HALVES[:2])).loc[("r0", "c1")]
    assert (told["people"], told["hidden"], told["half_years"]) == (20, 1, 2), "told as at least 20 instead"


def test_a_later_half_year_changes_no_earlier_table() -> None:
    early, late = long({HALVES[0]: np.array([[3, 8, 20]])}), long({HALVES[1]: np.array([[9, 9, 9]])})
    before = published(early, [HALVES[0]])
    pd.testing.assert_frame_equal(published(pd.concat([early, late]), [HALVES[0]]), before)


def test_without_people_there_is_nothing_to_tell() -> None:
    empty = long({}).astype({"people": "int64"})
    assert safe_totals(empty).empty
    assert safe_totals(long({HALVES[0]: np.zeros((1, 2))})).empty
