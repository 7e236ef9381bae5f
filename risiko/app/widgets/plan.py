"""A plan, whether it is kept or still a draft: what it is, whom it visits and why, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from risiko.app import overview_words, plan_data, plan_tables, plan_words
from risiko.app.data import Opened
from risiko.app.display import plain, plain_cells
from risiko.app.widgets import voice_ledger
from risiko.charts.calendar import calendar
from risiko.i18n import Translator
from risiko.reports.plan_visit_words import dimensions, main_reasons, topics, why
from risiko.reports.plan_words import PlanWords
from risiko.vocabulary import INVOLVEMENT

ROWS_IN_TABLE = 60
_SHOWN = 3  # notices above the fold; more are folded away
_GRID, _BOX, _CHOSEN, _BASE = "plan.grid", "plan.box", "plan.visit", "plan.fields.base"


def head(words: PlanWords) -> None:
    """What the plan is, what it spends, what must stand beside it, and what the planner must know."""
    t = words.t
    st.header(plain(words.record.title or words.title), anchor="planen", divider="gray")
    st.caption(" · ".join([plain(words.state), *([words.title] if words.record.title else [])]))
    st.markdown(plan_words.takeaway(words))
    st.markdown(f"**{t('ranking.caveat')}** {t('plan.drawn_note')}")
    st.caption(words.findings_note)
    notices(words.notices(), t)
    if words.statements:
        st.subheader(t("council.in_plan"), anchor=False)
        st.markdown("\n".join(f"- {plain(said)}" for said in words.council()))


def notices(lines: Sequence[str], t: Translator) -> None:
    """What the planner must know: the first few at once, all of them folded away where there are many."""
    if not lines:
        return
    if len(lines) <= _SHOWN:
        st.info("\n".join(f"- {plain(line)}" for line in lines))
        return
    with st.expander(t.plural("plan_page.notices", len(lines))):
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def visits(words: PlanWords, *, editable: bool) -> dict[str, Any] | None:
    """The list with its filters, as a grid and as a table; the visit that the reader has chosen, if any."""
    t = words.t
    st.subheader(t("plan_page.list"), anchor=False)
    rows = plan_tables.chosen(words, _filters(words))
    if not rows:
        st.info(t("plan_page.none_fits") if len(words.record.visits) else t("plan_page.no_visits"))
        return None
    st.markdown(t.plural("plan_page.shown", len(rows), of=t.number(len(words.record.visits))))
    ids = [str(v["service_id"]) for v in rows]
    _choose(rows, ids, words)
    _grid(rows, ids, words)
    with st.expander(t.plural("table.title", min(ROWS_IN_TABLE, len(rows)))):
        st.table(plan_tables.visits(rows[:ROWS_IN_TABLE], words), hide_index=True, border="horizontal")
    if editable:
        with st.expander(t("plan_page.fields")):
            _fields(words)
    now = st.session_state.get(_CHOSEN)
    return next((v for v in rows if v["service_id"] == now), None)


def visit(at: Opened, chosen: dict[str, Any], words: PlanWords) -> None:
    """One visit: every ground that applies, what its own signals say, what to look at, and the evidence behind it."""
    t = words.t
    st.markdown(f"**{overview_words.link(chosen['service_id'], chosen['name'])}**")
    st.markdown("\n".join(f"- {plain(said)}" for said in why(chosen, words)))
    if said := main_reasons(chosen, words):
        st.markdown(f"**{t('plan.own_signals')}**")
        st.markdown("\n".join(f"- {plain(line)}" for line in said))
    facts = {"plan.column_topics": topics(chosen, words), "plan.column_dimensions": dimensions(chosen, words)}
    st.markdown("\n".join(f"- {t(key)}: {plain(said)}" for key, said in facts.items() if said))
    if words.number is not None:
        voice_ledger.behind(at, words.number, str(chosen["service_id"]), words.names)


def months(words: PlanWords) -> None:
    """When the offices visit, as a picture and as a table."""
    t = words.t
    st.subheader(t("plan_page.months_title"), anchor=False)
    rows = plan_tables.months(words)
    if rows.empty or not rows["n"].any():
        st.markdown(t("plan_page.no_months"))
        return
    said = plan_words.busiest(rows, words)
    st.markdown(said)
    st.altair_chart(calendar(rows, language=t.language), theme=None, width="stretch", alt=said)
    with st.expander(t("plan_page.months_table")):
        st.table(plain_cells(plan_tables.month_table(rows, words)), hide_index=True, border="horizontal")


def _filters(words: PlanWords) -> dict[str, list[str]]:
    t, found = words.t, {}
    labels = {"ground": t("plan.column_ground"), "office": t("filter.office"), "county": t("filter.county")}
    for column, name in zip(st.columns(len(plan_tables.CHOICES)), plan_tables.CHOICES, strict=True):
        offered = plan_tables.values(words, name)
        with column:
            found[name] = st.multiselect(
                labels[name], list(offered), key=f"plan.filter.{name}", format_func=offered.__getitem__,
                placeholder=t("filter.all"), select_all=False,
            )  # fmt: skip
    return found


def _choose(rows: list[dict[str, Any]], ids: list[str], words: PlanWords) -> None:
    """A select box over the same rows, for keyboard and screen reader."""
    t, labels = words.t, {str(v["service_id"]): str(v["name"]) for v in rows}
    state = [list(labels), st.session_state.get(_CHOSEN)]
    if st.session_state.get(f"{_BOX}.state") != state:
        st.session_state[f"{_BOX}.state"] = state
        st.session_state[_BOX] = state[1] if state[1] in labels else None

    def chosen() -> None:
        st.session_state[_CHOSEN] = st.session_state[_BOX]

    st.selectbox(
        t("detail.choose"), list(labels), key=_BOX, format_func=lambda one: labels.get(one, one),
        placeholder=t("detail.choose_hint"), on_change=chosen,
    )  # fmt: skip


def _grid(rows: list[dict[str, Any]], ids: list[str], words: PlanWords) -> None:
    t, now = words.t, st.session_state.get(_CHOSEN)
    at = [ids.index(now)] if now in ids else []

    def chosen() -> None:
        found = st.session_state[_GRID]["selection"]["rows"]
        if found != at:  # else the browser only confirms what it was told
            st.session_state[_CHOSEN] = ids[found[0]] if found else None

    if _GRID in st.session_state and st.session_state[_GRID]["selection"]["rows"] != at:
        st.session_state[_GRID] = {"selection": {"rows": at, "columns": [], "cells": []}}
    styled = plan_tables.grid(rows, words).style.format({
        "rank": t.number, "month": lambda key: plan_tables.month_of(key, words), "days": lambda x: t.number(x, 1),
    })  # fmt: skip
    st.dataframe(
        styled, height=min(36 * (len(rows) + 1) + 2, 470), row_height=36, hide_index=True, lazy=False, key=_GRID,
        placeholder=t("data.missing"), column_config=_columns(t), on_select=chosen, selection_mode="single-row",
        selection_default={"selection": {"rows": at}}, alt=t("plan_page.grid_alt", n=t.number(len(rows))),
    )  # fmt: skip
    st.caption(t("ranking.keyboard"))


def _columns(t: Translator) -> dict[str, Any]:
    c = st.column_config
    return {
        "rank": c.NumberColumn(t("column.rank"), width=60, help=t("column_help.rank")),
        "interval": c.TextColumn(t.word("column", "interval"), width=96, help=t.word("column_help", "interval")),
        "service": c.TextColumn(t("column.service"), width=190), "office": c.TextColumn(t("filter.office"), width=130),
        "municipality": c.TextColumn(t("plan.column_municipality"), width=120),
        "ground": c.TextColumn(t("plan.column_ground"), width=130),
        "kind": c.TextColumn(t("plan.column_kind"), width=130),
        "month": c.NumberColumn(t("plan.column_month"), width=120, alignment="left"),
        "days": c.NumberColumn(t("plan.column_days"), width=84),
        "why": c.TextColumn(t("column.why"), width=420), "topics": c.TextColumn(t("plan.column_topics"), width=260),
    }  # fmt: skip


def _fields(words: PlanWords) -> None:
    """How users are to be involved, and the planner's own note, a row for each service; kept with the draft."""
    t, key = words.t, f"plan.fields.{words.record.made_at.isoformat()}"
    st.caption(t("plan_page.fields_help"))
    if key not in st.session_state:
        st.session_state[_BASE] = plan_tables.fields(words)
    c, base = st.column_config, st.session_state[_BASE]
    edited = st.data_editor(
        base, key=key, hide_index=True, height=min(36 * (len(base) + 1) + 2, 434), disabled=["name", "office"],
        column_order=["name", "office", "involvement", "note"], alt=t("plan_page.fields"),
        column_config={
            "name": c.TextColumn(t("column.service")), "office": c.TextColumn(t("filter.office")),
            "involvement": c.MultiselectColumn(
                t("plan.column_involvement"), options=list(INVOLVEMENT),
                format_func=lambda way: t.word("involvement", way), width="large",
            ),
            "note": c.TextColumn(t("plan.column_note"), max_chars=500, width="large"),
        },
    )  # fmt: skip
    ways, notes = plan_tables.filled(edited)
    if (ways, notes) != plan_tables.filled(plan_tables.fields(words)):
        plan_data.fill_in(ways, notes)
        st.rerun()  # what is saved and taken along stands elsewhere on the page
