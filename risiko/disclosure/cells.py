"""Which numbers of a table of people to hide, so that no small one can be worked out from the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.disclosure.exchange import BoolArray, Exchange, IntArray

FEW = 5


def shown(n: pd.Series, few: int = FEW) -> pd.Series:
    """Which numbers of people may stand by themselves: 0 and `few` or more. Missing is not shown. Series of bool.

    For numbers without totals; in a table with totals ask `protect_with_totals`.
    """
    return ((n == 0) | (n >= few)).fillna(False).astype(bool)


def protect(counts: IntArray, few: int = FEW) -> BoolArray:
    """Which cells of a table of people to hide (same shape), where its totals are published too.

    counts: whole numbers, 0 or more; rows × columns. A total may only be shown where `protect_with_totals` says so.
    """
    return protect_with_totals(counts, few)[:-1, :-1]


def protect_with_totals(counts: IntArray, few: int = FEW) -> BoolArray:
    """Which numbers to hide of a table with its totals: shape (rows + 1, columns + 1), the totals last.

    Hidden are all from 1 to few - 1, totals too, and as many others as it takes (a list is a table of one row; its
    column totals are the cells once more). What is promised: whoever sees all that is shown, and knows that a 0 is
    never hidden, must still hold every number from 1 to few for possible in every cell that is hidden for being small,
    and `few` in every such total (the least of a total is what its cells make it: at least one in each that has any).
    So none can be worked out, and none is known to be small. It is promised of each number by itself, and not against
    somebody who knows some of the people, or who replays the choice below. Hidden numbers must look alike, whatever
    they were hidden for.

    A hidden number is worked out exactly if and only if its edge is a bridge of the graph with rows and columns as
    nodes and hidden numbers as edges (Gusfield 1988, SIAM J. Comput. 17:3, A graph theoretic approach to statistical
    data security; numbers above 0). Each small number therefore needs cycles of hidden ones that leave room to move it
    to 1 and to `few`. They are found by cheapest paths, the cost being the people lost from view; equal ones by place
    in the table. The least cost in all is not promised. What is hidden for one number never takes room from another.
    Raises ValueError for negative numbers.
    """
    values = with_totals(counts)
    exchange = Exchange(values, (values > 0) & (values < few))
    for row, column in np.argwhere(exchange.hidden):
        n, total = int(values[row, column]), row == len(counts) or column == values.shape[1] - 1
        exchange.make_room(int(row), int(column), up=few - n)
        exchange.make_room(int(row), int(column), down=0 if total else n - 1)
    return exchange.hidden


def with_totals(counts: IntArray) -> IntArray:
    """The table with a last row and a last column of totals. Raises ValueError for negative numbers."""
    cells = np.asarray(counts, dtype=np.int64)
    if (cells < 0).any():
        raise ValueError("a number of people cannot be negative")
    rows = np.column_stack([cells, cells.sum(axis=1)])
    return np.vstack([rows, rows.sum(axis=0)])
