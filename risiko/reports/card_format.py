"""A document of headings, sentences, lists and tables as Markdown or as one accessible HTML page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from risiko.reports.bars import Bars, as_svg

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #6b6b6b; }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid #6b6b6b; padding: .25rem .6rem; text-align: left; vertical-align: top; font-weight: normal; }
figure { margin: 1rem 0; }
thead th { font-weight: 600; background: #f0f0f0; } p, li { overflow-wrap: anywhere; }
@page { size: A4; margin: 16mm; }
@media print { body { font-size: 10pt; margin: 0; padding: 0; max-width: none; } .wide { overflow: visible; }
  table { font-size: 8.5pt; } th, td { padding: .1rem .35rem; } thead { display: table-header-group; }
  tr, li { break-inside: avoid; } h2 { break-after: avoid; } }
"""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of a row is its heading."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = str | Bullets | Table | Bars


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: Sequence[Block]


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """The document as Markdown; nothing in a value can become mark-up."""
    lines = [f"# {_plain(title)}", ""]
    for section in sections:
        lines += [f"## {_plain(section.title)}", ""]
        for block in section.blocks:
            lines += [*_markdown(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def as_html(title: str, sections: Sequence[Section], language: str = "en") -> str:
    """The document as one self-contained page: nothing is fetched, no script, every value escaped."""
    body = "\n".join(_html_section(section) for section in sections)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _markdown(block: Block) -> list[str]:
    match block:
        case Bullets(items):
            return [f"- {_line(item)}" for item in items]
        case Table(caption, header, rows):
            lines = [_row(header), _row(["---"] * len(header)), *(_row([_plain(c) for c in row]) for row in rows)]
            return [f"**{_plain(caption)}**", "", *lines]
        case Bars():
            return [_line(block.alt)]
    return [_line(block)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """The text on one line, with what Markdown would read as mark-up escaped."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*\[\]|])", r"\\\1", one_line).replace("&", "&amp;").replace("<", "&lt;")


def _line(text: str) -> str:
    """The same for a line of its own, which could begin as a heading, a list or a rule."""
    return re.sub(r"^(\d*)([#>+.)=~-])", r"\1\\\2", _plain(text))


def _html_section(section: Section) -> str:
    blocks = "\n".join(_html(block) for block in section.blocks)
    return f"<section>\n<h2>{escape(section.title)}</h2>\n{blocks}\n</section>"


def _html(block: Block) -> str:
    match block:
        case Bullets(items):
            return "<ul>\n" + "\n".join(f"<li>{escape(item)}</li>" for item in items) + "\n</ul>"
        case Table(caption, header, rows):
            head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
            body = "\n".join(_html_row(row) for row in rows)
            # A wide table scrolls by itself, and can be reached and scrolled with the keyboard.
            return (
                f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}">\n<table>\n'
                f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n"
                "</table>\n</div>"
            )
        case Bars():
            return as_svg(block)
    return f"<p>{escape(block)}</p>"


def _html_row(row: Sequence[str]) -> str:
    first, *rest = row
    return f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"
