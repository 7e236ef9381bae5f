"""Entries of the log in plain words, and the log as a workbook."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pandas as pd

from risiko.i18n import Translator

HASH_SHOWN = 12  # of a long hash, as many signs as tell it from others at a glance
_LONG = 60  # what is longer than this without a blank is a hash or worse, and is cut


def log_table(entries: pd.DataFrame, t: Translator) -> pd.DataFrame:
    """The entries (columns of Store.log) in words, in their order: number, moment, who, kind, what."""
    return pd.DataFrame({
        t("log.seq"): [t.number(seq) for seq in entries["seq"]],
        t("log.at"): [_moment(at, t) for at in entries["at"]],
        t("log.by"): [by or t("log.nobody") for by in entries["by"]],
        t("log.kind"): [t.word("log_kind", kind) for kind in entries["kind"]],
        t("log.what"): [
            said(*entry, t) for entry in zip(entries["kind"], entries["about"], entries["body"], strict=True)
        ],
    })  # fmt: skip


def said(kind: str, about: str, body: str, t: Translator) -> str:
    """What one entry tells, in a line; what cannot be read says so."""
    try:
        told = json.loads(body)
        line = _LINES.get(kind, _any)(_short(about), told, t)
    except (ValueError, TypeError, KeyError, AttributeError):
        return t("log.unreadable")
    return line


def log_xlsx(entries: pd.DataFrame, head: str, count: int, t: Translator) -> bytes:
    """A workbook: the log's head and number of entries, then the entries in words with their hash and whole body.

    Text is written as text: nothing that people wrote can become a formula.
    """
    import xlsxwriter

    table = log_table(entries, t)
    exact = {t("log.body"): entries["body"], t("log.about"): entries["about"], t("log.sha256"): entries["sha256"]}
    table = table.assign(**{name: values.fillna("").to_numpy() for name, values in exact.items()})
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet, bold = book.add_worksheet(t("nav.log")), book.add_format({"bold": True})
        sheet.write_string(0, 0, t("log.head"), bold)
        sheet.write_string(0, 1, head)
        sheet.write_string(1, 0, t("log.count"), bold)
        sheet.write_number(1, 1, count)
        sheet.freeze_panes(4, 0)
        sheet.set_column(0, 3, 18)
        sheet.set_column(4, len(table.columns), 60)
        for place, name in enumerate(table):
            sheet.write_string(3, place, name, bold)
            for row, value in enumerate(table[name], start=4):  # cells of a sheet
                sheet.write_string(row, place, str(value)[:_CELL])
        sheet.autofilter(3, 0, 3 + max(len(table), 1), len(table.columns) - 1)
    return buffer.getvalue()


_CELL = 32_767  # signs that a cell of a workbook holds; the whole is in the store


def _imported(about: str, body: Any, t: Translator) -> str:
    parts = [f"{t.word('table', p['table'])} ({t.plural('log.rows', int(p['rows']))})" for p in body["parts"]]
    return t("log.imported", parts=about, what=", ".join(parts))


def _model(about: str, body: Any, t: Translator) -> str:
    return t("log.model", model=about, date=_day(body["as_of"], t))


def _promoted(about: str, body: Any, t: Translator) -> str:
    return t("log.promoted", model=about) if about else t("log.promoted_points")


def _drawn(about: str, body: Any, t: Translator) -> str:
    return t("log.drawn", number=about, date=_day(body["as_of"], t), sha256=_short(body["sha256"]))


def _weights(about: str, body: Any, t: Translator) -> str:
    return t("log.weights_gone", name=about) if body["taken_away"] else t("log.weights", name=about)


def _plan(about: str, body: Any, t: Translator) -> str:
    return t("log.plan", sha256=about)


def _override(about: str, body: Any, t: Translator) -> str:
    action, reason = t.word("override_action", body["action"]), t.word("override_reason", body["reason"])
    until = t("log.until", date=_day(body["until"], t)) if body.get("until") else ""
    return " ".join(filter(None, (f"{about}: {action}.", f"{reason}.", until, _quote(body.get("text")))))


def _comment(about: str, body: Any, t: Translator) -> str:
    return f"{about}: {_quote(body['text'])}"


def _role(about: str, body: Any, t: Translator) -> str:
    word = t.word("role", body["role"])
    return t("log.role_given", who=about, role=word) if body["granted"] else t("log.role_taken", who=about, role=word)


def _statement(about: str, body: Any, t: Translator) -> str:
    return _quote(body["text"])


def _submission(about: str, body: Any, t: Translator) -> str:
    method, organisation = t.word("method", body["method"]), body["organisation"] or t("log.authority")
    pieces, old = t.plural("log.pieces", body["said"] + body["quotes"] + body["items"]), body.get("replaces")
    if old:
        return t("log.submission_instead", method=method, organisation=organisation, pieces=pieces, id=about, old=old)
    if body["status"] == "changed":
        return t("log.submission_again", method=method, organisation=organisation, id=about)
    return t("log.submission", method=method, organisation=organisation, pieces=pieces, id=about)


def _evidence_use(about: str, body: Any, t: Translator) -> str:
    named = {piece for ids in body["services"].values() for piece in ids} | set(body["areas"])
    return t.plural("log.evidence_use", len(named), plan=about)


def _report_back(about: str, body: Any, t: Translator) -> str:
    period = f"{_day(body['first'], t)}–{_day(body['last'], t)}"
    told = {"how": str(body["how"]).upper(), "sha256": _short(body["sha256"])}
    return t("log.report_back", organisation=body["organisation"], period=period, **told)


def _any(about: str, body: Any, t: Translator) -> str:
    """Whatever an entry holds that has no sentence of its own: its simple values, without nested ones."""
    values = body.items() if isinstance(body, Mapping) else [("", body)]
    simple = [f"{key}: {_short(str(v))}" if key else str(v) for key, v in values if isinstance(v, str | int | float)]
    return f"{about}: {', '.join(simple)}" if simple else about


_LINES: Mapping[str, Callable[[str, Any, Translator], str]] = {
    "import": _imported, "model": _model, "promotion": _promoted, "draw": _drawn, "weight_set": _weights,
    "plan": _plan, "override": _override, "comment": _comment, "role": _role,
    "submission": _submission, "report_back": _report_back,
    "statement": _statement, "evidence_use": _evidence_use,
}  # fmt: skip


def _moment(at: pd.Timestamp, t: Translator) -> str:
    return t("data.missing") if pd.isna(at) else f"{t.date(at)} {at:%H:%M:%S}"


def _day(text: str, t: Translator) -> str:
    return t.date(date.fromisoformat(text[:10]))


def _quote(text: object) -> str:
    return f"«{text}»" if text else ""


def _short(text: str) -> str:
    return text if len(text) < _LONG or " " in text else f"{text[:HASH_SHOWN]}…"
