"""People moved between the hidden numbers of a table without changing what is shown: how far, and at what cost."""

from __future__ import annotations

import numpy as np

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
_LOST = 1_000_000  # cost of one person lost from view, against 1 for every further number that takes part


class Exchange:
    """A table with its totals, and which of its numbers are hidden so far.

    Totals are counted as negative cells, so that every row and column sums to nothing: totals and cells are then
    alike. A path goes from column to row by lowering a cell and from row to column by raising one; closed by the number
    that is to move it is a cycle, and what is shown stays the same.
    """

    def __init__(self, values: IntArray, hidden: BoolArray) -> None:
        self.values, self.hidden = values, hidden.copy()
        self.sign = np.ones(values.shape, dtype=np.int64)
        self.sign[-1, :] = self.sign[:, -1] = -1
        self.sign[-1, -1] = 1

    def make_room(self, row: int, column: int, *, up: int = 0, down: int = 0) -> None:
        """Hide what is needed for the number to rise by `up` or fall by `down` with nothing shown changed.

        A 0 is never hidden: that nobody was heard is often known anyway. Going round by the totals is always possible,
        but for a total that is to fall below the number of its cells (ArithmeticError).
        """
        need, raising = (up, True) if up else (down, False)
        free = np.where(self.values > 0, np.inf, 0.0)
        least = np.where(self.values > 0, self.values - 1.0, 0.0)  # a hidden number is known to be at least 1
        lower, rise = np.where(self.sign > 0, least, free), np.where(self.sign > 0, free, least)
        lower[row, column] = rise[row, column] = 0.0  # the number itself closes the cycle
        to_row = raising == (self.sign[row, column] > 0)
        while need > 0:
            path = self._cheapest(lower, rise, row, column, to_row=to_row)
            moved = min(need, *((lower if down_ else rise)[at] for at, down_ in path))
            for at, lowering in path:
                self.hidden[at] = True
                taken, given = (lower, rise) if lowering else (rise, lower)
                taken[at] -= moved
                given[at] += moved
            need -= int(moved)

    def _cheapest(self, lower: FloatArray, rise: FloatArray, row: int, column: int,
                  *, to_row: bool) -> list[tuple[tuple[int, int], bool]]:  # fmt: skip
        """The cheapest path between the column and the row (to_row) or back: cells, each with whether it is lowered.

        Bellman-Ford over rows and columns in turns; every step costs something, so that no path runs in a ring.
        """
        cost = np.where(self.hidden, 1.0, 1.0 + _LOST * self.values)
        down, up = np.where(lower > 0, cost, np.inf), np.where(rise > 0, cost, np.inf)
        rows, columns = (np.full(n, np.inf) for n in cost.shape)
        (columns if to_row else rows)[column if to_row else row] = 0.0
        row_from, column_from = (np.full(n, -1) for n in cost.shape)
        while True:
            by_column = columns + down
            nearest = by_column.argmin(axis=1)
            better = by_column[np.arange(len(rows)), nearest] < rows
            rows = np.where(better, by_column[np.arange(len(rows)), nearest], rows)
            row_from = np.where(better, nearest, row_from)
            by_row = rows[:, None] + up
            nearest = by_row.argmin(axis=0)
            closer = by_row[nearest, np.arange(len(columns))] < columns
            columns = np.where(closer, by_row[nearest, np.arange(len(columns))], columns)
            column_from = np.where(closer, nearest, column_from)
            if not better.any() and not closer.any():
                break
        if not np.isfinite(rows[row] if to_row else columns[column]):
            raise ArithmeticError("there is no way round by the totals: the table does not add up")
        path: list[tuple[tuple[int, int], bool]] = []
        at, in_row = (row, True) if to_row else (column, False)
        start = (column, False) if to_row else (row, True)
        while (at, in_row) != start:
            before = int((row_from if in_row else column_from)[at])
            path.append(((at, before), True) if in_row else ((before, at), False))
            at, in_row = before, not in_row
        return path
