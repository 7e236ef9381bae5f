"""A plan as tables for a workbook: headings, widths, number formats and rows, nothing written yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from risiko.plan.draw import WHOLE, millionths, running_sum
from risiko.reports.plan_draw_words import draw_facts, draw_steps
from risiko.reports.plan_rule_words import rule_lines
from risiko.reports.plan_visit_words import dimensions, involvement, main_reasons, topics, why
from risiko.reports.plan_words import PlanWords, Row, parts

TEXT, WHOLE_NUMBER, DAYS, FINDINGS, WORTH = "", "#,##0", "#,##0.0", "0.00", "0.000"
SHARE, CHANCE, MONTH = "0.0%", "0.0000%", "mmmm yyyy"


@dataclass(frozen=True)
class Column:
    """A column of a sheet; form: its number format, blank for text."""

    heading: str
    width: int
    form: str = TEXT


@dataclass(frozen=True)
class Sheet:
    """A sheet: lines above the table, its columns, and its rows: text, numbers and dates; None stays blank.

    frozen: columns that stay when scrolling. NaN reads "no data".
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    lead: Sequence[str] = ()
    frozen: int = 1


def sheets(words: PlanWords) -> list[Sheet]:
    """All sheets of a plan in the order a planner reads them."""
    made = [_list, _reasons, _rules, _offices, _draw, _frame, _left_out, _beside, _about]
    return [make(words) for make in made]


def _list(words: PlanWords) -> Sheet:
    t = words.t
    head = (f"{words.title} ({words.state})", t("ranking.caveat"), t("plan.drawn_note"))
    columns = [
        Column(t("plan.column_month"), 16, MONTH), Column(t("filter.office"), 20), Column(t("column.service"), 32),
        Column(t("plan.column_kind"), 20), Column(t("plan.column_days"), 10, DAYS), Column(t("plan.column_ground"), 18),
        Column(t("column.why"), 60), Column(t("plan.column_topics"), 36), Column(t("plan.column_dimensions"), 30),
        Column(t("plan.column_involvement"), 28), Column(t("plan.column_note"), 28),
        Column(t("export_column.rank"), 8, WHOLE_NUMBER), Column(t("export_column.rank_low"), 10, WHOLE_NUMBER),
        Column(t("export_column.rank_high"), 10, WHOLE_NUMBER), Column(t("export_column.in_plan"), 14, SHARE),
        Column(t("export_column.likelihood"), 14, SHARE), Column(t("export_column.consequence"), 14, FINDINGS),
        Column(t("plan.column_value"), 12, WORTH), Column(t("plan.column_chance"), 14, CHANCE),
        Column(t("plan.column_points"), 10, DAYS), Column(t("export_column.users"), 10, WHOLE_NUMBER),
        Column(t("plan.column_municipality"), 18), Column(t("filter.county"), 18), Column(t("filter.sector"), 20),
        Column(t("filter.type"), 26), Column(t("plan.column_provider"), 16), Column(t("plan.column_own_office"), 20),
        Column(t("export_column.id"), 16),
    ]  # fmt: skip
    return Sheet(t("plan.sheet_list"), columns, [_visit(v, words) for v in words.visits], head, frozen=3)


def _visit(v: Row, words: PlanWords) -> list[Any]:
    t = words.t
    month = date.fromisoformat(f"{v['month']}-01") if v["month"] else t("plan.no_month")
    return [
        month, v["office"], v["name"], t.word("kind", v["kind"]), v["days"], t.word("plan_ground", v["ground"]),
        why(v, words)[0], topics(v, words), dimensions(v, words), involvement(v, words), v["note"], v["rank"],
        v["rank_low"], v["rank_high"], v["p_top"], v["likelihood"], v["consequence"], v["value"],
        _where_told(v["probability"]), v["points"] if words.in_points else None, v["users"], v["municipality"],
        v["county"], t.word("sector", v["sector"]), words.names.service_type(v["service_type"]), v["provider_id"],
        v["own_office"], v["service_id"],
    ]  # fmt: skip


def _where_told(x: float) -> float | None:
    """Blank where the number does not belong to the visit, which is not the same as missing data."""
    return None if pd.isna(x) else x


def _reasons(words: PlanWords) -> Sheet:
    t = words.t
    columns = [
        Column(t("column.service"), 32), Column(t("export_column.id"), 16), Column(t("plan.column_about"), 24),
        Column(t("plan.column_sentence"), 120),
    ]  # fmt: skip
    rows = [
        [v["name"], v["service_id"], about, said]
        for v in {visit["service_id"]: visit for visit in words.visits}.values()  # whose visits have the same reasons
        for about, found in ((t("plan.why_in"), why(v, words)), (t("plan.own_signals"), main_reasons(v, words)))
        for said in found
    ]
    return Sheet(t("plan.sheet_reasons"), columns, rows, (t("ranking.caveat"), t("plan.drawn_note")))


def _rules(words: PlanWords) -> Sheet:
    t, prices = words.t, words.record.prices.set_index("rule")
    columns = [
        Column(t("plan.column_rule"), 30), Column(t("plan.column_says"), 80),
        Column(t("plan.column_price_findings"), 16, FINDINGS), Column(t("plan.column_price"), 16, WORTH),
        Column(t("plan.column_enters"), 10, WHOLE_NUMBER), Column(t("plan.column_leaves"), 10, WHOLE_NUMBER),
        Column(t("plan.column_price_said"), 80),
    ]  # fmt: skip
    told, rows = dict(zip(words.record.prices["rule"], words.prices(), strict=True)), []
    for rule, says in rule_lines(words):
        numbers: list[Any] = [None] * 4
        if rule in prices.index:
            row = prices.loc[rule]
            numbers = [row["price_findings"], row["price"], len(parts(row["enters"])), len(parts(row["leaves"]))]
        rows.append([t.word("plan_rule", rule), says, *numbers, told[rule][1] if rule in told else ""])
    lead = (words.findings_note,) if told else (t("plan.not_priced"),)
    return Sheet(t("plan.sheet_rules"), columns, rows, lead)


def _offices(words: PlanWords) -> Sheet:
    t, frame = words.t, words.record.offices
    columns = [
        Column(t("filter.office"), 26), Column(t("plan.column_services"), 12, WHOLE_NUMBER),
        Column(t("plan.column_capacity"), 14, DAYS), Column(t("plan.column_used"), 14, DAYS),
        Column(t("plan.column_use"), 10, SHARE), Column(t("plan.column_statutory"), 14, DAYS),
        Column(t("plan.column_drawn_days"), 14, DAYS), Column(t("plan.column_visits"), 10, WHOLE_NUMBER),
        Column(t("plan.column_points_capacity"), 14, DAYS), Column(t("plan.column_points"), 14, DAYS),
    ]  # fmt: skip
    rows = [
        [row.office, row.services, row.capacity, row.used, row.used / row.capacity if row.capacity > 0 else None,
         row.statutory, row.drawn, row.visits, row.points_capacity if words.in_points else None,
         row.points_used if words.in_points else None]
        for row in frame.itertuples()
    ]  # fmt: skip
    return Sheet(t("plan.sheet_offices"), columns, rows)


def _draw(words: PlanWords) -> Sheet:
    t = words.t
    columns = [Column(t("protocol.fact"), 40), Column(t("protocol.value"), 110)]
    rows = [*draw_facts(words), *((str(n), step) for n, step in enumerate(draw_steps(words), start=1))]
    return Sheet(t("plan.sheet_draw"), columns, rows, (t("plan.drawn_note"),))


def _frame(words: PlanWords) -> Sheet:
    t, frame = words.t, words.record.frame
    columns = [
        Column(t("filter.office"), 26), Column(t("column.service"), 32), Column(t("export_column.id"), 16),
        Column(t("plan.column_stratum"), 26), Column(t("plan.column_size"), 10, FINDINGS),
        Column(t("plan.column_chance"), 14, CHANCE), Column(t("protocol.lot"), 20),
        Column(t("protocol.sum"), 16, "0.000000"), Column(t("protocol.drawn"), 12),
    ]  # fmt: skip
    units = pd.Series(millionths(frame["probability"]), index=frame.index)
    sums = np.zeros(len(frame))
    for _, rows in frame.groupby("office").indices.items():  # a dozen offices, each with a draw of its own
        own = np.asarray(units.iloc[rows], dtype=np.int64)
        sums[rows] = running_sum(frame["lot"].iloc[rows], own) / WHOLE
    everyone = frame.assign(sum=sums).sort_values(["office", "lot"], kind="stable")
    said = {True: t("word.yes"), False: t("word.no")}
    rows_out = [
        [row.office, words.name(row.service_id), row.service_id, t.word("plan_stratum", row.stratum), row.size_,
         row.probability, row.lot, row.sum, said[row.drawn]]
        for row in everyone.rename(columns={"size": "size_"}).itertuples()
    ]  # fmt: skip
    return Sheet(t("plan.sheet_frame"), columns, rows_out, (t("plan.drawn_note"),))


def _left_out(words: PlanWords) -> Sheet:
    t = words.t
    columns = [
        Column(t("column.service"), 32), Column(t("export_column.id"), 16), Column(t("filter.office"), 26),
        Column(t("plan.column_reason"), 36), Column(t("plan.column_detail"), 70),
    ]  # fmt: skip
    rows = [
        [row.name, row.service_id, row.office, reason, detail]
        for row, (reason, detail) in zip(words.record.left_out.itertuples(index=False), words.left_out(), strict=True)
    ]
    return Sheet(t("plan.sheet_left_out"), columns, rows)


def _beside(words: PlanWords) -> Sheet:
    t = words.t
    columns = [
        Column(t("plan.column_way"), 36), Column(t("plan.column_visits"), 12, WHOLE_NUMBER),
        Column(t("plan.column_days"), 12, DAYS), Column(t("plan.column_findings"), 16, FINDINGS),
        Column(t("plan.column_value"), 12, WORTH), Column(t("plan.column_shared"), 14, WHOLE_NUMBER),
    ]  # fmt: skip
    rows = [
        [t.word("plan_beside", row.plan), row.visits, row.days, row.findings, row.worth, row.shared]
        for row in words.record.beside.itertuples()
    ]
    return Sheet(t("plan.sheet_beside"), columns, rows, (t("plan.beside_note"), words.findings_note))


def _about(words: PlanWords) -> Sheet:
    t = words.t
    columns = [Column(t("protocol.fact"), 40), Column(t("protocol.value"), 110)]
    weights = sorted(words.record.weights.items(), key=lambda one: (-one[1], one[0]))
    rows = [
        *((t("plan.caveat"), text) for text in words.caveats()), *words.facts(),
        *((t("plan.notice"), text) for text in words.notices()),
        *((t("council.in_plan"), text) for text in words.council()),
        *((f"{t('export.weight')}: {words.names.signal(name)}", t.number(w, 2)) for name, w in weights if w),
    ]  # fmt: skip
    return Sheet(t("plan.sheet_about"), columns, rows)
