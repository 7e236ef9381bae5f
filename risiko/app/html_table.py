"""A table of texts whose foreign words say which language they are in, so that a screen reader can speak them."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import pandas as pd


def html_table(
    rows: pd.DataFrame, *, label: str, english: Collection[str] = (), wide: Collection[str] = (),
    narrow: Collection[str] = (),
) -> str:  # fmt: skip
    """The frame's texts as an HTML table that scrolls sideways by keyboard; the first column names the row.

    label: what the table is, for those who cannot see it. english: columns that are in English. wide: columns of
    whole sentences, kept wide enough to read. narrow: columns of numbers, which need little. Every cell is escaped.
    """
    columns = [(str(name), _marks(name in english, name in wide, name in narrow)) for name in rows]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _ in columns)
    body = "".join(f"<tr>{_line(values, columns)}</tr>" for values in rows.itertuples(index=False, name=None))
    return (
        f'<div class="wide-table" role="region" tabindex="0" aria-label="{escape(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _marks(english: bool, wide: bool, narrow: bool) -> str:
    room = ' class="sentence"' if wide else ' class="narrow"' if narrow else ""
    return (' lang="en"' if english else "") + room


def _line(values: tuple[object, ...], columns: list[tuple[str, str]]) -> str:
    cells = [f"<td{marks}>{escape(str(v))}</td>" for v, (_, marks) in zip(values, columns, strict=True)]
    cells[0] = f'<th scope="row"{columns[0][1]}>{escape(str(values[0]))}</th>'
    return "".join(cells)
