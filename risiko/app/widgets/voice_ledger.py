"""The ledger on the page: every piece of evidence, one of them followed forward, and what was never used and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import ledger_data, session
from risiko.app import ledger_words as words
from risiko.app.data import Opened
from risiko.app.display import plain, plain_cells
from risiko.app.ledger_data import Reader
from risiko.app.ledger_words import About
from risiko.app.widgets import notices
from risiko.reports.names import Names
from risiko.vocabulary import METHODS, UNUSED

ROWS, CHOICES, TEXTS = 12, 300, 3
USES = ("all", "counted", "planned", "unused")


def show(at: Opened, names: Names, organisation: str | None = None) -> None:
    """How many are used, the list with its filters, one piece's way, and what was not used. organisation: only its."""
    t = names.t
    st.header(t.word("voice_section", "use"), anchor=False, divider="gray")
    reader = ledger_data.reader(at, organisation)
    if reader is None:
        st.info(t("own.nobody"))
        return
    with st.spinner(t("ledger.reading")):
        found = ledger_data.everything(at, reader.organisation)
    if found.empty:
        st.info(t("ledger.none"))
        return
    st.markdown(t("ledger.lead"))
    used = int((found["reason"] == "").sum())
    st.markdown(t.plural("ledger.summary", len(found), used=t.number(used), unused=t.number(len(found) - used)))
    about = About(ledger_data.services(at), names, named=reader.named)
    _list(at, found, about, reader, names)
    _unused(found, about, reader, names)


@st.fragment
def _list(at: Opened, found: pd.DataFrame, about: About, reader: Reader, names: Names) -> None:
    """Filters and choice rerun this part only, so it asks by itself who is here."""
    t = names.t
    with notices.told(t):
        if ledger_data.reader(at, reader.organisation) != reader:
            st.info(t("login.not_allowed"))
            return
        st.subheader(t("ledger.list"), anchor=False)
        rows = _filtered(found, reader, names)
        st.markdown(t.plural("ledger.shown", len(rows), of=t.number(len(found))))
        if rows.empty:
            return
        shown = words.table(rows.head(ROWS), about, names, whose=reader.organisation is None, planned=reader.named)
        st.table(plain_cells(shown), hide_index=True, border="horizontal")
        if len(rows) > ROWS:
            st.caption(t("ledger.newest_shown", n=t.number(ROWS)))
        _one(at, rows, about, reader, names)


def _filtered(found: pd.DataFrame, reader: Reader, names: Names) -> pd.DataFrame:
    t, rows = names.t, found
    with st.container(horizontal=True):
        if reader.organisation is None:
            offered = found["organisation"].value_counts().index.sort_values().tolist()
            whose = st.selectbox(t("ledger.organisation"), offered, index=None, placeholder=t("filter.all"),
                                 key=session.widget_key("ledger.whose"))  # fmt: skip
            rows = rows if whose is None else rows[(rows["organisation"] == whose).to_numpy(dtype=bool, na_value=False)]
        there = [method for method in METHODS if (found["method"] == method).any()]
        method = st.selectbox(
            t("voices.method"), there, index=None, placeholder=t("filter.all"),
            format_func=lambda one: t.word("method", one), key=session.widget_key("ledger.method"),
        )  # fmt: skip
        use = st.selectbox(
            t("ledger.use"), [use for use in USES if reader.named or use != "planned"],
            format_func=lambda one: t.word("ledger_use", one), key=session.widget_key("ledger.use"),
        )  # fmt: skip
    if method is not None:
        rows = rows[(rows["method"] == method).to_numpy()]
    kept = {"counted": rows["reason"] == "", "planned": rows["planned"] > 0, "unused": rows["reason"] != ""}
    return rows[kept[use].to_numpy()] if use in kept else rows


def _one(at: Opened, rows: pd.DataFrame, about: About, reader: Reader, names: Names) -> None:
    t = names.t
    st.subheader(t("ledger.follow"), anchor=False)
    offered = {str(row["piece_id"]): row for row in rows.head(CHOICES).to_dict("records")}
    if len(rows) > CHOICES:
        st.caption(t("ledger.first_only", n=t.number(CHOICES)))
    chosen = st.selectbox(t("ledger.choose"), list(offered), index=None, placeholder=t("ledger.choose_hint"),
                          format_func=lambda one: words.label(offered[one], about, names),
                          key=session.widget_key("ledger.piece"))  # fmt: skip
    if chosen is None:
        return
    with st.spinner(t("ledger.reading")):
        uses = ledger_data.followed(at, chosen)
        said = ledger_data.texts(at, chosen, TEXTS) if reader.texts else []
    lines = words.trail(uses, about, names, named=reader.named)
    st.markdown("\n".join(f"1. **{step}.** {plain(line)}" for step, line in lines))
    if said:
        st.markdown(f"**{t('ledger.said')}**")
        st.markdown("\n\n".join(f"> {plain(text)}" for text in said))


def _unused(found: pd.DataFrame, about: About, reader: Reader, names: Names) -> None:
    t = names.t
    st.subheader(t("ledger.unused"), anchor=False)
    rows = found[(found["reason"] != "").to_numpy()]
    if rows.empty:
        st.markdown(t("ledger.all_used"))
        return
    st.caption(t("ledger.unused_help"))
    counts = rows["reason"].value_counts()
    reasons = [reason for reason in UNUSED if reason in counts.index]
    st.table(plain_cells(pd.DataFrame({
        t("ledger.why"): [t.word("unused", reason) for reason in reasons],
        t("ledger.pieces"): [t.number(counts[reason]) for reason in reasons],
    })), hide_index=True, border="horizontal")  # fmt: skip
    with st.expander(t.plural("ledger.newest", min(ROWS, len(rows)))):
        shown = words.left_unused(rows.head(ROWS), about, names, whose=reader.organisation is None)
        st.table(plain_cells(shown), hide_index=True, border="horizontal")


def behind(at: Opened, plan: int, service_id: str, names: Names) -> None:
    """The evidence behind one visit of a kept plan, when the reader asks for it."""
    t, key = names.t, "ledger.behind.for"
    if st.session_state.get(key) != (plan, service_id):
        st.button(t("ledger.behind"), key="ledger.behind",
                  on_click=lambda: st.session_state.update({key: (plan, service_id)}))  # fmt: skip
        return
    st.markdown(f"**{t('ledger.behind')}**")
    with st.spinner(t("ledger.reading")):
        found = ledger_data.behind(at, plan, service_id)
    if found.empty:
        st.markdown(t("ledger.behind_none"))
        return
    st.caption(t("ledger.behind_help"))
    st.table(plain_cells(words.behind(found, names)), hide_index=True, border="horizontal")
    if not found["recorded"].all():
        st.caption(t("ledger.worked_out_anew"))
