"""A document of headings, sentences, lists and tables as a Word file that can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from risiko.reports.bars import Bars
from risiko.reports.card_format import Block, Bullets, Section, Table

if TYPE_CHECKING:
    from docx.document import Document

_LANGUAGES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
_A4, _MARGIN = (21.0, 29.7), 2.0  # centimetres
_DARK = "1F3864"  # the template's own blue is too light to be read by all (WCAG 1.4.3)
_NARROW, _BROAD = 8, 60  # characters that a column is counted as, at least and at most
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class About:
    """What stands around the sections. language: nb, nn or en. footer: before the page number. made_at: naive UTC."""

    title: str
    subtitle: str
    language: str
    author: str
    made_at: datetime
    footer: str


def as_docx(about: About, sections: Sequence[Section]) -> bytes:
    """The document on A4, in the reader's language and marked as such.

    Made to be read aloud too: real headings and lists, tables with a title, a description and a repeated header row,
    and no empty paragraphs. Of a picture (Bars) nothing but its text: the table beside it has every number.
    """
    from docx import Document as new_document

    document = new_document()
    _settle(document, about)
    document.add_paragraph(_clean(about.title), style="Title")
    document.add_paragraph(_clean(about.subtitle), style="Subtitle")
    for section in sections:
        document.add_heading(_clean(section.title), level=1)
        for block in section.blocks:
            _add(document, block)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _settle(document: Document, said: About) -> None:
    """Paper, language, font size, footer and what the file says of itself."""
    from docx.shared import Cm, Pt, RGBColor

    language = _LANGUAGES[said.language]
    for part, tag in ((document.styles.element, "lang"), (document.settings.element, "themeFontLang")):
        for mark in part.iter(_w(tag)):
            mark.set(_w("val"), language)
    document.styles["Normal"].font.size = Pt(10)
    for name in ("Caption", "Subtitle"):
        document.styles[name].font.color.rgb = RGBColor.from_string(_DARK)
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(x) for x in _A4)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN)
    about = document.core_properties
    about.title, about.language, about.author = _clean(said.title), language, _clean(said.author)
    about.comments, about.content_status = "", _clean(said.subtitle)
    about.created = about.modified = said.made_at
    footer = section.footer.paragraphs[0]
    footer.text = _clean(said.footer)
    _page_number(footer)


def _page_number(paragraph: Any) -> None:
    from docx.oxml import OxmlElement

    field = OxmlElement("w:fldSimple")
    field.set(_w("instr"), "PAGE")
    field.append(paragraph.add_run("1")._r)
    paragraph._p.append(field)


def _add(document: Document, block: Block) -> None:
    match block:
        case Bullets():
            for item in block.items:
                document.add_paragraph(_clean(item), style="List Bullet")
        case Table():
            _table(document, block)
        case Bars():
            document.add_paragraph(_clean(block.alt))
        case str():
            document.add_paragraph(_clean(block))


def _table(document: Document, table: Table) -> None:
    document.add_paragraph(_clean(table.caption), style="Caption").paragraph_format.keep_with_next = True
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.header), style="Light Grid Accent 1")
    _mark(made, table)
    widths = _widths([table.header, *table.rows])
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for row, texts in zip(made.rows, [table.header, *table.rows], strict=True):
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.text, cell.width = _clean(text), width


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The page shared among the columns by their longest text."""
    from docx.shared import Cm

    sizes = [min(max(map(len, column), default=0), _BROAD) for column in zip(*rows, strict=True)]
    sizes = [max(size, _NARROW) for size in sizes]
    return [int(Cm(_A4[0] - 2 * _MARGIN) * size / sum(sizes)) for size in sizes]


def _mark(made: Any, table: Table) -> None:
    """Tell Word and screen readers what the table is: its header row, its title and what it holds; rows stay whole."""
    from docx.oxml import OxmlElement

    for place, row in enumerate(made.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))
    for name, text in (("w:tblCaption", table.caption), ("w:tblDescription", ", ".join(table.header))):
        said = OxmlElement(name)
        said.set(_w("val"), _clean(text))
        made._tbl.tblPr.append(said)


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(f"w:{name}")


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)
