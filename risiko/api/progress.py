"""Progress of long work: one bar with the time left, in a notebook or on a terminal; silence elsewhere."""

from __future__ import annotations

import sys
import warnings
from typing import Any, TextIO


def watched() -> bool:
    """Whether somebody sees what is written: a notebook, or a terminal."""
    return "ipykernel" in sys.modules or sys.stderr.isatty()


class Progress:
    """A bar that a pipeline stage tells what it does, and how many steps of how many are done.

    A stage with another number of steps starts the bar afresh, so that the time left is the stage's own. file: where
    the bar is written as text; None: the notebook's own bar where it has one.
    """

    def __init__(self, *, shown: bool, file: TextIO | None = None) -> None:
        self._shown, self._file = shown, file
        self._bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps are done, and what is being done."""
        if not self._shown:
            return
        if self._bar is None:
            self._bar = self._new(total)
        if self._bar.total != total or done < self._bar.n:
            self._bar.reset(total)
        self._bar.set_description(what, refresh=False)
        self._bar.update(done - self._bar.n)
        self._bar.refresh()

    def _new(self, total: int) -> Any:
        if self._file is not None:
            from tqdm import tqdm

            return tqdm(total=total, file=self._file, leave=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without ipywidgets tqdm asks for them, and draws its bar as text
            from tqdm.auto import tqdm as chosen
        return chosen(total=total, leave=False)
