"""A result: a frame first, and how a notebook shows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from risiko.i18n import Translator

ROWS = 10  # what is shown of a frame; frame() has the rest
DECIMALS = 3
MISSING = "–"


class Result(ABC):
    """What a question gives: `frame()` is the answer, a notebook shows its first rows under a caption."""

    language = "en"

    @abstractmethod
    def frame(self) -> pd.DataFrame:
        """The whole answer as a frame of one's own: changing it changes nothing here."""

    @property
    @abstractmethod
    def caption(self) -> str:
        """What stands over the table."""

    def brief(self) -> pd.DataFrame:
        """The columns and rows worth a first look; by default all of them."""
        return self.frame()

    @property
    def t(self) -> Translator:
        """The reader's language."""
        return Translator(self.language)

    @property
    def _lines(self) -> Sequence[str]:
        """Sentences that stand between caption and table; for most there are none."""
        return ()

    def _repr_html_(self) -> str:
        shown, caption = _cells(self.brief().head(ROWS)), escape(self._said())
        if lines := self._lines:
            caption += "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
        table = shown.to_html(index=False, border=0, escape=True, na_rep=MISSING, justify="left")
        style = "caption-side:top;text-align:left;white-space:normal;max-width:60em"
        return str(table).replace(">", f'>\n  <caption style="{style}">{caption}</caption>', 1)

    def __repr__(self) -> str:
        table = _cells(self.brief().head(ROWS)).to_string(index=False, na_rep=MISSING)
        return "\n".join([self._said(), *(f"- {line}" for line in self._lines), table])

    def _said(self) -> str:
        n = len(self.brief())
        if n <= ROWS:
            return self.caption
        return f"{self.caption} {self.t('notebook.rows', shown=self.t.number(ROWS), n=self.t.number(n))}"


@dataclass(frozen=True, repr=False)
class Table(Result):
    """A frame with a caption. told: the same in sentences. shown: the same as text, for a first look."""

    rows: pd.DataFrame
    said: str
    language: str = "en"
    told: tuple[str, ...] = ()
    shown: pd.DataFrame | None = None

    def frame(self) -> pd.DataFrame:
        """All rows."""
        return self.rows.copy()

    @property
    def caption(self) -> str:
        """What the rows are."""
        return self.said

    @property
    def _lines(self) -> Sequence[str]:
        """What the rows say."""
        return self.told

    def brief(self) -> pd.DataFrame:
        """The rows as text where there is such a table; otherwise all of them."""
        return self.frame() if self.shown is None else self.shown


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    """The same cells as text."""
    return pd.DataFrame({column: [_cell(value) for value in frame[column].tolist()] for column in frame}, dtype="str")


def _cell(value: Any) -> str:
    match value:
        case list() | tuple():
            return ", ".join(map(str, value)) or MISSING
        case _ if pd.isna(value):
            return MISSING
        case pd.Timestamp():
            return f"{value:%Y-%m-%d}"
        case date():
            return f"{value:%Y-%m-%d}"
        case float():
            return f"{value:.0f}" if value.is_integer() else f"{value:.{DECIMALS}f}"
    return str(value)
