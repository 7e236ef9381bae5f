"""Beside a plan: what became of the person-days, what each rule costs, other ways to choose, how it looks, the draw."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import plan_tables, plan_words
from risiko.app.display import plain, plain_cells
from risiko.charts.office_days import office_days
from risiko.charts.rule_prices import rule_prices
from risiko.plan.groups import GROUPINGS
from risiko.reports.plan_draw_words import draw_facts, draw_steps
from risiko.reports.plan_rule_words import rule_lines
from risiko.reports.plan_words import PlanWords

ROWS = 200


def offices(words: PlanWords) -> None:
    """Each office's person-days and what they go to."""
    t = words.t
    st.subheader(t("plan_page.offices_title"), anchor=False)
    said = plan_words.fullest(words)
    st.markdown(said)
    rows = plan_tables.office_bars(words)
    if len(rows):
        chart = office_days(rows, axis=t("plan.column_days"), capacity=t("plan.column_capacity"), language=t.language)
        st.altair_chart(chart, theme=None, width="stretch", alt=said)
    with st.expander(t("plan_page.offices_table")):
        _table(plan_tables.offices(words))


def prices(words: PlanWords) -> None:
    """What each rule costs in expected findings, and who comes in and goes out."""
    t = words.t
    st.subheader(t("plan_page.prices_title"), anchor=False)
    if words.record.prices.empty:
        st.markdown(t("plan_page.no_price"))
        return
    said, rows = plan_words.dearest(words), plan_tables.price_bars(words)
    st.markdown(said)
    st.caption(t("plan_page.prices_help"))
    if len(rows):
        chart = rule_prices(rows, axis=t("plan.column_price_findings"), language=t.language)
        st.altair_chart(chart, theme=None, width="stretch", alt=said)
    with st.expander(t("plan_page.prices_table"), expanded=rows.empty):
        _table(plan_tables.prices(words))


def other_ways(words: PlanWords) -> None:
    """The pure list, last year's services and chance, for the same person-days."""
    t = words.t
    st.subheader(t("plan_page.beside_title"), anchor=False)
    st.caption(t("plan_page.beside_help"))
    _table(plan_tables.beside(words))


def groups(found: pd.DataFrame, words: PlanWords) -> None:
    """How the plan looks by county, sector, type, size and office. found: plan.groups.by_group."""
    t = words.t
    st.subheader(t("plan_page.groups_title"), anchor=False)
    grouping = st.segmented_control(
        t("plan_page.grouping"), GROUPINGS, default=GROUPINGS[0], required=True, key="plan.grouping",
        format_func=lambda one: t.word("equity_grouping", one),
    )  # fmt: skip
    st.caption(t("plan_page.groups_help"))
    _table(plan_tables.groups(found, str(grouping), words))


def left_out(words: PlanWords) -> None:
    """Who could not be in the plan, by reason and one by one."""
    t = words.t
    st.subheader(t("plan_page.left_out_title"), anchor=False)
    if words.record.left_out.empty:
        st.markdown(t("plan_page.nobody_left_out"))
        return
    summary, each = plan_tables.left_out(words)
    _table(summary)
    with st.expander(t.plural("plan_page.left_out_table", min(ROWS, len(each)))):
        _table(each.head(ROWS))
        if len(each) > ROWS:
            st.caption(t.plural("overview.more", len(each) - ROWS))


def draw(words: PlanWords) -> None:
    """The exploration draw: its seed, what came out, and how anybody can make it again."""
    t = words.t
    st.subheader(t("plan_page.draw_title"), anchor=False)
    st.markdown(t("plan.drawn_note"))
    _table(_pairs(draw_facts(words), words))
    with st.expander(t("plan_page.draw_steps")):
        st.markdown("\n".join(f"{n}. {plain(step)}" for n, step in enumerate(draw_steps(words), start=1)))
        st.caption(t("plan_page.draw_frame"))


def facts(words: PlanWords) -> None:
    """The rules in words, and all that is needed to make the plan again."""
    t = words.t
    with st.expander(t("plan.sheet_rules")):
        _table(_pairs([(t.word("plan_rule", rule), says) for rule, says in rule_lines(words)], words))
    with st.expander(t("plan.sheet_about")):
        _table(_pairs(words.facts(), words))


def _pairs(rows: list[tuple[str, str]], words: PlanWords) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[words.t("protocol.fact"), words.t("protocol.value")])


def _table(rows: pd.DataFrame) -> None:
    st.table(plain_cells(rows), hide_index=True, border="horizontal")
