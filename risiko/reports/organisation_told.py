"""What the organisation gave, told back: how many, by which method and where, what they said beside others, quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from risiko.i18n import Translator
from risiko.i18n.translator import readable
from risiko.intake.instruments import INSTRUMENTS
from risiko.reports.bars import Bar, Bars
from risiko.reports.card_format import Block, Bullets, Table
from risiko.reports.names import Names
from risiko.reports.organisation_facts import ReportBack

Row = Mapping[str, Any]
FULL = 100.0


def told(report: ReportBack, names: Names) -> list[Block]:
    """Numbers, means and quotes; each in a sentence, a table and, for the means, a picture."""
    t, given = names.t, report.given
    if not report.received:
        return [t("back.nothing")]
    blocks: list[Block] = [_in_all(report, t)]
    if len(given.table):
        small = given.table[["hidden", "at_least"]].to_numpy().any()
        hidden = [t("back.few", few=t.number(report.few))] if small else []
        blocks += [t("back.each_place"), *hidden, *_tables(given.table, names)]
    blocks += _means(report, names)
    if len(given.quotes):
        said = [f"{quote(row['text'], t)} ({t.word('method', row['method'])})" for row in records(given.quotes)]
        blocks += [t("back.quotes"), Bullets(said)]
    return blocks


def _in_all(report: ReportBack, t: Translator) -> str:
    given = report.given
    started = [t("back.open")] if report.open else []
    if given.people is None:
        untold = [t("back.not_told")] if len(given.table) else []
        return " ".join([*untold, *started])
    people = t.plural("back.people", given.people)
    if given.pieces is None:
        return " ".join([t("back.given_at_least", people=people), *started])
    return " ".join([t("back.given", pieces=t.plural("back.pieces", given.pieces), people=people), *started])


def _tables(table: pd.DataFrame, names: Names) -> list[Block]:
    t = names.t
    header = [t("own.pieces"), t("own.people")]
    whole, parts = (records(table[table["total"] == total]) for total in (True, False))
    by_method = [[capital(t.word("method", row["method"])), *given_numbers(row, t)] for row in whole]
    by_place = [
        [_type(row["service_type"], names), row["area"] or t("back.no_area"), t.word("method", row["method"]),
         *given_numbers(row, t)]
        for row in parts
    ]  # fmt: skip
    places = [t("column.type"), t("own.area"), t("voices.method"), *header]
    return [
        Table(t("back.by_method"), [t("voices.method"), *header], by_method),
        Table(t("back.by_place"), places, by_place),
    ]


def given_numbers(row: Row, t: Translator) -> list[str]:
    """Pieces and people as they may be told."""
    if row["hidden"]:
        return [t("back.hidden"), t("back.hidden")]
    people = t.number(row["people"])
    if row["at_least"]:
        return [t("back.hidden"), t("back.at_least", n=people)]
    return [t.number(row["pieces"]), people]


def _means(report: ReportBack, names: Names) -> list[Block]:
    t, means = names.t, report.given.means
    if means.empty:
        return [t("back.no_means")] if len(report.given.table) else []
    blocks: list[Block] = [t("back.means_lead")]
    for kind in ("dimension", "item"):
        rows = records(means[means["kind"] == kind])
        if rows:
            caption = t("back.means") if kind == "dimension" else t("back.means_item")
            blocks += [_picture(rows, caption, names), _mean_table(rows, caption, names)]
    return [*blocks, t("back.sure"), t("back.others")]


def _mean_table(rows: list[dict[str, Any]], caption: str, names: Names) -> Table:
    t = names.t
    about = t("back.dimension") if rows[0]["kind"] == "dimension" else t("back.question")
    header = [about, t("own.people"), t("back.you"), t("back.interval"), t("back.rest"), t("back.interval_rest"),
              t("back.rest_people"), t("back.difference")]  # fmt: skip
    lines = []
    for row in rows:
        alone = row["against"] == "alone"
        rest = ["–", "–", "–"] if alone else [
            t.number(row["others_mean"]), span(row["others_low"], row["others_high"], t), t.number(row["others_n"]),
        ]  # fmt: skip
        own = [question(row, names), t.number(row["n"]), t.number(row["mean"]), span(row["low"], row["high"], t)]
        lines.append([*own, *rest, t.word("back_against", row["against"])])
    return Table(caption, header, lines)


def _picture(rows: list[dict[str, Any]], caption: str, names: Names) -> Bars:
    t = names.t
    said = [t("back.alt_mean", what=question(row, names), mean=t.number(row["mean"]),
              against=t.word("back_against", row["against"])) for row in rows]  # fmt: skip
    bars = []
    for row in rows:
        own = Bar(row["mean"], t.number(row["mean"]), row["low"], row["high"])
        rest = None if row["against"] == "alone" else Bar(
            row["others_mean"], t.number(row["others_mean"]), row["others_low"], row["others_high"]
        )  # fmt: skip
        bars.append((question(row, names), (own, rest)))
    title = t("back.picture", what=caption)
    return Bars(title, f"{title}. {' '.join(said)}", (t("back.you"), t("back.rest")), bars, FULL)


def question(row: Row, names: Names) -> str:
    """The dimension in words, or the question as it was asked."""
    t = names.t
    if row["kind"] == "dimension":
        return capital(t.word("dimension", row["dimension"]))
    instrument = INSTRUMENTS.get(str(row["instrument"]))
    known = instrument.by_name.get(str(row["item"])) if instrument else None
    return known.wording.get(t.language) if known else row["wording"] or readable(str(row["item"]))


def span(low: float, high: float, t: Translator) -> str:
    """An interval: 54–61."""
    return f"{t.number(low)}–{t.number(high)}"


def quote(text: str, t: Translator) -> str:
    """Somebody's own words, on one line."""
    return t("plan.quote", text=" ".join(text.split()))


def capital(text: str) -> str:
    """The text as a cell or a sentence begins."""
    return text[:1].upper() + text[1:]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a small frame as dictionaries."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _type(slug: str, names: Names) -> str:
    return names.service_type(slug) if slug else names.t("back.no_type")
