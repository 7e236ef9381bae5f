"""A file as it stands, before any rule: its rows by number, and the lines that could not be read at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from risiko.errors import InputError


@dataclass(frozen=True)
class Layout:
    """How to open a file. header_row: the row of column names, from 1."""

    delimiter: str = "auto"
    encoding: str = "auto"
    header_row: int = 1
    sheet: str | None = None


@dataclass(frozen=True)
class Raw:
    """frame: the wanted columns, index = the row number a person sees (the header's row included).

    malformed: the lines that could not be read, as row, value, message.
    """

    frame: pd.DataFrame
    malformed: pd.DataFrame
    names: tuple[str, ...]  # every column of the file

    @property
    def n_records(self) -> int:
        return len(self.frame) + len(self.malformed)


def no_malformed() -> pd.DataFrame:
    """The list of unreadable lines with nothing in it."""
    return pd.DataFrame(
        {"row": pd.Series(dtype="int64"), "value": pd.Series(dtype="str"), "message": pd.Series(dtype="str")}
    )


def plain_names(header: Sequence[str], wanted: Collection[str]) -> list[str]:
    """The column names without spaces around them, and a line break inside as one space (as sheets show them).

    A name that the mapping writes exactly as the file does stays as it is.
    """
    stripped = (name.strip() for name in header)
    return [name if name in wanted else re.sub(r"\s*[\r\n]+\s*", " ", name) for name in stripped]


def unique_names(names: list[str], wanted: Collection[str], path: Path) -> None:
    """Refuse a file in which a wanted column stands twice."""
    twice = sorted({n for n in names if names.count(n) > 1} & set(wanted))
    if twice:
        raise InputError(
            f"The column {twice[0]!r} stands more than once.", where=str(path), hint="rename or remove one of them"
        )


def need(names: Collection[str], required: Collection[str], path: Path, block: str) -> None:
    """Raise InputError when a needed column is absent, naming what there is and the nearest name."""
    absent = [name for name in required if name not in names]
    if not absent:
        return
    near = get_close_matches(absent[0], list(names), n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    raise InputError(
        f"The file has no column {', '.join(repr(a) for a in absent)}.",
        where=f"{path}, block {block!r} of the mapping",
        hint=f"{guess}it has: {', '.join(names)}",
    )  # fmt: skip
