"""The ranking as a file to open in Excel: CSV as Norwegian Excel reads it, and a workbook that says what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

import pandas as pd

from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.scoring.table import POINTS
from risiko.vocabulary import GROUPS

# Column of the file -> number format in the workbook. Ids and words have none.
FORMATS: Mapping[str, str] = {
    "rank": "0", "rank_low": "0", "rank_high": "0", "tier": "0", "in_plan": "0.0%", "expected_rank": "0.0",
    "users": "#,##0", "likelihood": "0.0%", "consequence": "0.00",
    "priority": "0.000", "evidence": "0%", "complaints": "0", "last": "dd.mm.yyyy",
    **{f"group_{g}": "0.00" for g in GROUPS},
}  # fmt: skip
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDE = {"service": 36, "type": 26, "office": 26, "why": 44, "missing": 44}


@dataclass(frozen=True)
class Provenance:
    """What a reader of the file must know: the date, the settings, and what the list was narrowed to.

    filters: (name, value) in the reader's words. weights: those of the points score; a learned score has none.
    excluded: services left out, by reason. model_id: the score; population: whom a learned likelihood is of.
    """

    as_of: date
    settings_version: int
    data_version: str = ""
    filters: Sequence[tuple[str, str]] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    excluded: Mapping[str, int] = field(default_factory=dict)
    n_ranked: int = 0
    model_id: str = POINTS
    population: str = "inspected"


def export_frame(ranking: pd.DataFrame, names: Names, model_id: str = POINTS) -> pd.DataFrame:
    """The ranking with one plain value per cell: lists joined, complaints summed over 24 months, codes in words.

    model_id: the score that ordered it, named in every row.

    Numbers stay numbers and dates dates; a missing one stays missing. A service never supervised has no date.
    """
    t = names.t

    return pd.DataFrame(
        {
            "rank": ranking["rank"],
            "rank_low": ranking["rank_low"],
            "rank_high": ranking["rank_high"],
            "tier": ranking["tier"],
            "in_plan": ranking["p_top"],
            "expected_rank": ranking["expected_rank"],
            "id": ranking["service_id"],
            "service": ranking["name"],
            "sector": ranking["sector"].map(lambda s: t.word("sector", s), na_action="ignore"),
            "type": ranking["service_type"].map(names.service_type, na_action="ignore"),
            "county": ranking["county"],
            "office": ranking["office"],
            "users": ranking["users"],
            "likelihood": ranking["likelihood"],
            "consequence": ranking["consequence"],
            "priority": ranking["priority"],
            "evidence": ranking["evidence"],
            **{f"group_{g}": ranking[f"group_{g}"] for g in GROUPS},
            "why": [", ".join(said) for said in names.raising(ranking["raising"], ranking["missing"])],
            "complaints": [float("nan") if m is None else float(sum(m)) for m in ranking["complaints_24m"]],
            "last": ranking["last_supervised"],
            "missing": [", ".join(names.signal(s) for s in gone) for gone in ranking["missing"]],
            "score": score_name(model_id, t),
        }
    )


def score_name(model_id: str, t: Translator) -> str:
    """The score in words; a learned one by its id, which the model page knows."""
    return t.word("score_kind", "points") if model_id == POINTS else model_id


def ranking_csv(ranking: pd.DataFrame, names: Names, model_id: str = POINTS) -> bytes:
    """Semicolons, UTF-8 with BOM, the reader's decimal mark and dates; a missing value reads "no data"."""
    frame, t = export_frame(ranking, names, model_id), names.t
    cells = pd.DataFrame({_heading(name, t): _written(frame[name], name, t) for name in frame})
    text: str = cells.to_csv(index=False, sep=";", lineterminator="\r\n")
    return text.encode("utf-8-sig")


def ranking_xlsx(ranking: pd.DataFrame, names: Names, about: Provenance) -> bytes:
    """A workbook of two sheets: what this is and what it is not, then the list with number formats and frozen headings.

    A missing value reads "no data" in its cell. Text is written as text: nothing in the records can become a formula.
    """
    import xlsxwriter

    frame, t = export_frame(ranking, names, about.model_id), names.t
    buffer = BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": t("export.title"), "created": pd.Timestamp(about.as_of).to_pydatetime()})
        _about_sheet(book, about, len(frame), names)
        _list_sheet(book, frame, t)
    return buffer.getvalue()


def _about_sheet(book: Any, about: Provenance, n: int, names: Names) -> None:
    t = names.t
    sheet, bold, wrap = (
        book.add_worksheet(t("export.about")),
        book.add_format({"bold": True}),
        book.add_format({"text_wrap": True}),
    )
    lines = [
        (t("export.as_of"), t.date(about.as_of)),
        (t("export.n"), t("export.n_of", n=t.number(n), of=t.number(about.n_ranked))),
        *((t.word("left_out", reason), t.number(n)) for reason, n in about.excluded.items()),
        (t("score.choose"), score_name(about.model_id, t)),
        (t("export.settings"), str(about.settings_version)),
        (t("export.data"), about.data_version),
        *((f"{t('export.filter')}: {name}", value) for name, value in about.filters),
        *((f"{t('export.weight')}: {names.signal(name)}", t.number(w, 2)) for name, w in about.weights.items()),
    ]
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, t("export.title"), bold)
    sheet.write_string(1, 0, t("ranking.caveat"), bold)
    for row, (name, value) in enumerate(lines, start=3):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value, wrap)
    for row, text in enumerate(
        (t("export.missing_note"), t("export.rank_note"), _score_note(about, t)), start=len(lines) + 4
    ):
        sheet.merge_range(row, 0, row, 1, "", wrap)
        sheet.write_string(row, 0, text, wrap)


def _score_note(about: Provenance, t: Translator) -> str:
    if about.model_id == POINTS:
        return t("export.score_note")
    return t.word("score_learned", about.population).format(model=about.model_id) + " " + t("export.learned_note")


def _list_sheet(book: Any, frame: pd.DataFrame, t: Translator) -> None:
    sheet = book.add_worksheet(t("export.list"))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    sheet.freeze_panes(1, 8)
    for place, name in enumerate(frame):
        form = book.add_format({"num_format": FORMATS[name]}) if name in FORMATS else None
        sheet.set_column(place, place, _WIDE.get(name, 13), form)
        sheet.write_string(0, place, _heading(name, t), head)
        values = frame[name].astype("object")
        for row, value in enumerate(values.where(values.notna(), _absent(name, t)), start=1):  # cells of a sheet
            if isinstance(value, str):
                sheet.write_string(row, place, value)
            elif isinstance(value, pd.Timestamp):
                sheet.write_datetime(row, place, value.to_pydatetime())
            else:
                sheet.write_number(row, place, value)
    sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)


def _written(values: pd.Series, name: str, t: Translator) -> list[str]:
    """One column as text, for the CSV."""
    absent = _absent(name, t)
    decimals = {
        "in_plan": 4, "expected_rank": 1, "likelihood": 4, "evidence": 4, "consequence": 3, "priority": 4,
        **{f"group_{g}": 4 for g in GROUPS},
    }  # fmt: skip
    if values.dtype.kind == "M":
        return [absent if pd.isna(v) else t.date(v) for v in values]
    if values.dtype.kind in "fiu":
        mark = "." if t.language == "en" else ","
        return [absent if pd.isna(v) else f"{v:.{decimals.get(name, 0)}f}".replace(".", mark) for v in values]
    return [absent if pd.isna(v) else f"'{v}" if str(v).startswith(_STARTS_A_FORMULA) else str(v) for v in values]


def _absent(name: str, t: Translator) -> str:
    return t("last.never") if name == "last" else t("data.missing")


def _heading(name: str, t: Translator) -> str:
    return t.word("group", name.removeprefix("group_")) if name.startswith("group_") else t.word("export_column", name)
