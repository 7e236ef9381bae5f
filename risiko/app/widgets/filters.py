"""The filters in the sidebar: each with counts, each kept in the address line."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from risiko.app import session
from risiko.app.filtering import counts
from risiko.app.query import CHOICES, EARLIEST, TOP_CHOICES
from risiko.i18n import Translator
from risiko.reports.names import Names

# Streamlit's own bind="query-params" writes labels into the address line: they change with language and counts.


def show(ranking: pd.DataFrame, names: Names, as_of: date, latest: date) -> None:
    """Search, date, one multiple choice per filter, and how many rows to show."""
    t, query = names.t, session.query()
    text = session.widget_key("filter.search")
    st.text_input(
        t("filter.search"),
        query.text,
        key=text,
        type="search",
        live=True,
        icon=":material/search:",
        placeholder=t("filter.search_hint"),
        on_change=lambda: session.change(text=(st.session_state[text] or "").strip()),
    )
    for name in CHOICES:
        _choice(name, ranking, names)
    never = session.widget_key("filter.never")
    st.checkbox(
        t("filter.never"), query.never, key=never, on_change=lambda: session.change(never=st.session_state[never])
    )
    top = session.widget_key("filter.top")
    st.selectbox(
        t("filter.top"),
        TOP_CHOICES,
        TOP_CHOICES.index(query.top),
        key=top,
        format_func=t.number,
        filter_mode=None,
        on_change=lambda: session.change(top=st.session_state[top]),
    )
    as_of_date(t, as_of, latest)
    st.button(t("filter.reset"), on_click=session.reset_filters, type="tertiary", key="filter.reset")


def as_of_date(t: Translator, as_of: date, latest: date) -> None:
    """The date whose knowledge the list is made from; latest is the last one that can be chosen."""
    key = session.widget_key("filter.as_of")
    st.date_input(
        t("filter.as_of"),
        as_of,
        EARLIEST,
        latest,
        key=key,
        format="DD.MM.YYYY",
        help=t("filter.as_of_help"),
        on_change=lambda: session.change(as_of=st.session_state[key]),
    )


def comparison(t: Translator, since: date, as_of: date, capacity: int, n: int) -> None:
    """The earlier date to compare with, and how many services can be visited."""
    day = session.widget_key("overview.since")
    st.date_input(
        t("overview.since"),
        since,
        EARLIEST,
        as_of - timedelta(days=1),
        key=day,
        format="DD.MM.YYYY",
        help=t("overview.since_help"),
        on_change=lambda: session.change(since=st.session_state[day]),
    )
    room(t, capacity, n)


def room(t: Translator, capacity: int, n: int) -> None:
    """How many of the n services can be visited."""
    count = session.widget_key("overview.capacity")
    st.number_input(
        t("overview.capacity"),
        1,
        n,
        capacity,
        key=count,
        help=t("overview.capacity_help"),
        on_change=lambda: session.change(capacity=st.session_state[count]),
    )


def _choice(name: str, ranking: pd.DataFrame, names: Names) -> None:
    t, query = names.t, session.query()
    found = counts(ranking, query, name)
    if ranking[CHOICES[name]].nunique() < 2 and name not in query.choices:
        return  # nothing to choose between in the whole list
    options = sorted(found, key=lambda value: names.choice(name, value).casefold())
    labels = [f"{names.choice(name, value)} ({t.number(found[value])})" for value in options]
    key = session.widget_key(f"filter.{name}")

    def chosen() -> None:
        values = tuple(st.session_state[key])
        rest = {other: kept for other, kept in session.query().choices.items() if other != name}
        session.change(choices={**rest, name: values} if values else rest)

    # The browser remembers labels. When counts or language change them, the choice is sent to it anew.
    if st.session_state.get(f"{key}.labels") != labels:
        st.session_state[f"{key}.labels"] = labels
        st.session_state[key] = [value for value in query.choices.get(name, ()) if value in found]
    st.multiselect(
        t.word("filter", name),
        options,
        key=key,
        format_func=dict(zip(options, labels, strict=True)).__getitem__,
        placeholder=t("filter.all"),
        select_all=False,
        on_change=chosen,
    )
