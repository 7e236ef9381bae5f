"""The protocol of a draw: what was drawn, why, how, and how anybody can check it, to print and to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from risiko.errors import InputError
from risiko.i18n import Translator
from risiko.plan.draw import EQUAL, WHOLE
from risiko.plan.record import DrawRecord
from risiko.reports.card_format import Block, Bullets, Section, Table, as_html
from risiko.reports.names import Names
from risiko.reports.ranking_export import score_name

CHECK = "risiko draw --check"
DIGITS = 6  # of a probability in the record


@dataclass(frozen=True)
class DrawProtocol:
    """A draw and where it is kept. number, sha256: of its line in the store; earlier: draws before it for its date."""

    record: DrawRecord
    number: int
    sha256: str
    earlier: Sequence[int]
    names: Names

    @property
    def title(self) -> str:
        """What it is, with the date of the list."""
        return self.names.t("protocol.title", date=self.names.t.date(self.record.as_of))

    def facts(self) -> list[tuple[str, str]]:
        """What was decided, by whom and about which list, each with its name."""
        t, record = self.names.t, self.record
        return [
            (t("protocol.reason"), record.why),
            (t("protocol.by"), record.by),
            (t("protocol.made_at"), f"{t.date(record.made_at)} {record.made_at:%H:%M}"),
            (t("protocol.as_of"), t.date(record.as_of)),
            (t("protocol.score"), score_name(record.model_id, t)),
            (t("protocol.capacity"), t.number(record.top)),
            (t("protocol.sure"), t.number(record.sure)),
            (t("protocol.tier"), t.number(record.tier)),
            (t("protocol.eligible"), t.number(len(record.eligible))),
            (t("protocol.places"), t.number(record.places)),
            (t("protocol.method"), t.word("draw_method", record.method)),
            (t("protocol.seed"), str(record.seed)),
            (t("protocol.number"), t.number(self.number)),
            (t("protocol.earlier"), ", ".join(map(t.number, self.earlier)) or t("protocol.none")),
            (t("protocol.data_version"), record.data_version),
            (t("protocol.settings_version"), str(record.settings_version)),
            (t("protocol.list_seed"), str(record.list_seed)),
            (t("protocol.sha256"), " ".join(self.sha256[i : i + 8] for i in range(0, len(self.sha256), 8))),
        ]

    def lead(self) -> list[str]:
        """What came out, what it means, and why lots were drawn."""
        t, record = self.names.t, self.record
        return [
            t.plural("protocol.result", record.places, of=t.number(len(record.eligible))),
            t("protocol.meaning"),
            t("protocol.tier_rule", share=t.percent(record.told_apart)),
        ]

    def steps(self) -> list[str]:
        """How to come to the same result without this program."""
        t, record = self.names.t, self.record
        first, head = record.eligible.iloc[0], f"{record.as_of:%Y-%m-%d}:{record.seed}"
        point = record.start / WHOLE
        share = t("protocol.step_equal") if record.method == EQUAL else t("protocol.step_chance")
        return [
            share,
            t("protocol.step_lot", text=f"{head}:{first['service_id']}", lot=first["lot"]),
            t("protocol.step_sum"),
            t("protocol.step_start", start=t.number(point, DIGITS), text=head),
            t("protocol.step_drawn", start=t.number(point, DIGITS), next=t.number(point + 1, DIGITS)),
            t("protocol.step_command", command=CHECK),
        ]

    def everyone(self) -> pd.DataFrame:
        """All who took part, in the order of their lots, under the reader's headings; numbers stay numbers."""
        t = self.names.t
        counted = self.record.counted()
        counted["drawn"] = counted["drawn"].map({True: t("word.yes"), False: t("word.no")})
        counted["sum"] = counted["sum"] / WHOLE
        headings = {
            "name": t("column.service"), "service_id": t("protocol.id"), "rank": t("protocol.rank"),
            "p_top": t("protocol.p_top"), "probability": t("protocol.chance"), "lot": t("protocol.lot"),
            "sum": t("protocol.sum"), "drawn": t("protocol.drawn"),
        }  # fmt: skip
        return counted[list(headings)].rename(columns=headings)

    def weights(self) -> list[tuple[str, float]]:
        """The weights that count, largest first; a learned score has none."""
        found = sorted(self.record.weights.items(), key=lambda one: (-one[1], one[0]))
        return [(self.names.signal(signal), weight) for signal, weight in found if weight]


def protocol_html(protocol: DrawProtocol) -> str:
    """The protocol as one self-contained page, laid out for A4."""
    t, record = protocol.names.t, protocol.record
    how = [t.word("draw_method_help", record.method), t("protocol.exact")]
    facts = Table(t("protocol.facts"), [t("protocol.fact"), t("protocol.value")], protocol.facts())
    sections = [
        Section(t("protocol.why"), [*protocol.lead(), facts]),
        Section(t("protocol.drawn"), [_drawn(protocol)]),
        Section(t("protocol.method"), [*how, _everyone(protocol)]),
        Section(t("protocol.recheck"), [Bullets(protocol.steps())]),
    ]
    if weights := protocol.weights():
        header = [t("protocol.signal"), t("protocol.weight")]
        rows = [[name, t.number(weight, 2)] for name, weight in weights]
        sections.append(Section(t("protocol.weights"), [Table(t("protocol.weights"), header, rows)]))
    last: list[Block] = [*sections[-1].blocks, t("protocol.signed")]
    sections[-1] = Section(sections[-1].title, last)
    return as_html(protocol.title, sections, t.language)


def _drawn(protocol: DrawProtocol) -> Table:
    """Who was drawn, as they stand on the list."""
    t = protocol.names.t
    rows = protocol.record.eligible
    rows = rows[rows["drawn"]].sort_values(["rank", "service_id"])
    header = [t("column.service"), t("protocol.id"), t("protocol.rank"), t("protocol.chance")]
    places = [t.number(rank) for rank in rows["rank"]]
    cells = zip(rows["name"], rows["service_id"], places, _percents(rows["probability"], t), strict=True)
    told = t.plural("protocol.result", len(rows), of=t.number(len(protocol.record.eligible)))
    return Table(told, header, [list(row) for row in cells])


def _everyone(protocol: DrawProtocol) -> Table:
    frame, t = protocol.everyone(), protocol.names.t
    write: Sequence[Callable[[pd.Series], list[str]]] = [
        list, list, lambda c: [t.number(x) for x in c], lambda c: _percents(c, t), lambda c: _percents(c, t), list,
        lambda c: [t.number(x, DIGITS) for x in c], list,
    ]  # fmt: skip
    columns = [put(frame[name]) for name, put in zip(frame, write, strict=True)]
    return Table(t("protocol.all"), list(frame), [list(row) for row in zip(*columns, strict=True)])


def _percents(column: pd.Series, t: Translator) -> list[str]:
    return [t.percent(x, DIGITS - 2) for x in column]


def protocol_xlsx(protocol: DrawProtocol) -> bytes:
    """The same as a workbook: what was decided and how to check it, then all who took part with numbers as numbers."""
    import xlsxwriter

    t, buffer = protocol.names.t, BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": protocol.title, "created": protocol.record.made_at})
        _facts_sheet(book, protocol)
        _list_sheet(book, protocol.everyone(), t)
    return buffer.getvalue()


def _facts_sheet(book: Any, protocol: DrawProtocol) -> None:
    t = protocol.names.t
    sheet = book.add_worksheet(t("protocol.facts")[:31])
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, protocol.title, bold)
    told = [t.word("draw_method_help", protocol.record.method), t("protocol.exact"), *protocol.steps()]
    weights = [(f"{t('protocol.weight')}: {name}", t.number(weight, 2)) for name, weight in protocol.weights()]
    rows = [*(("", text) for text in protocol.lead()), *protocol.facts(), *(("", text) for text in told), *weights]
    for place, (name, value) in enumerate(rows, start=2):  # cells of a sheet
        sheet.write_string(place, 0, name, wrap)
        sheet.write_string(place, 1, value, wrap)


def _list_sheet(book: Any, frame: pd.DataFrame, t: Translator) -> None:
    sheet = book.add_worksheet(t("protocol.all")[:31])
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    forms = [None, None, "0", "0.0000%", "0.0000%", None, "0.000000", None]
    for place, (name, form) in enumerate(zip(frame, forms, strict=True)):
        style = book.add_format({"num_format": form}) if form else None
        sheet.set_column(place, place, 18 if place else 36, style)
        sheet.write_string(0, place, name, head)
        write = sheet.write_number if form else sheet.write_string
        for row, value in enumerate(frame[name], start=1):  # cells of a sheet
            write(row, place, value)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def write_protocol(protocol: DrawProtocol, path: Path) -> None:
    """Write the protocol as .xlsx, or by any other ending as HTML. Raises InputError where that cannot be done."""
    workbook = path.suffix.lower() == ".xlsx"
    try:
        path.write_bytes(protocol_xlsx(protocol) if workbook else protocol_html(protocol).encode("utf-8"))
    except OSError as error:
        what = f"The protocol could not be written: {error.strerror or error}."
        hint = "the draw is made and kept; its protocol can be written later"
        raise InputError(what, where=str(path), hint=hint) from None
