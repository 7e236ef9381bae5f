"""The parts of the page of equal treatment: choices, groups, pairs across offices, voices, caveats."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import equity_words as words
from risiko.app import session
from risiko.app.display import plain, plain_cells
from risiko.charts import equity as charts
from risiko.pipeline import Equity
from risiko.pipeline.equity import MEASURES, MINIMUM
from risiko.reports.names import Names


def choices(found: Equity, measure: str, names: Names) -> None:
    """What to group by and what to look at; both stand in the address."""
    by, of = session.widget_key("equity.by"), session.widget_key("equity.of")
    at = found.choices.index(found.grouping.name) if found.grouping else 0
    st.selectbox(
        names.t("equity.grouping"), found.choices, at, key=by, filter_mode=None,
        format_func=lambda name: words.grouping_name(name, names),
        on_change=lambda: session.change(grouping=st.session_state[by]),
    )  # fmt: skip
    st.selectbox(
        names.t("equity.measure"), MEASURES, MEASURES.index(measure), key=of, filter_mode=None,
        format_func=lambda name: names.t.word("equity_measure", name),
        on_change=lambda: session.change(measure=st.session_state[of]),
    )  # fmt: skip


def groups(found: Equity, measure: str, names: Names) -> None:
    """The chosen measure by group: who stands out, the picture, the same numbers as a table."""
    t, grouping = names.t, found.grouping
    st.subheader(t.word("equity_question", measure))
    if grouping is None:
        st.info(t("equity.one_group"))
        return
    rows = words.ordered(found.means[found.means["measure"] == measure], grouping)
    said = words.summary(rows, measure, grouping, names)
    st.markdown(f"**{t.word('equity_measure', measure)}.** {plain(said)}")
    st.caption(" ".join([t.word("equity_help", measure), plain(words.declared(grouping, names))]))
    if measure == "found":
        st.caption(t("equity.supervised", n=t.number(found.supervised), of=t.number(found.n)))
    shown, overall = words.picture(rows, measure, grouping, names), rows["overall"].iloc[0]
    if len(shown):
        axis = t.word("equity_measure", measure)
        chart = charts.group_means(shown, overall=overall, axis=axis, language=t.language)
        st.altair_chart(chart, theme=None, width="stretch", alt=said)
        st.caption(t("equity.bars", overall=t.percent(overall, 1)))
    _table(words.table(rows, measure, grouping, names))
    if found.merged:
        listed = ", ".join(plain(words.group_name(g, grouping, names)) for g in found.merged)
        st.caption(t("equity.merged", minimum=t.number(MINIMUM), groups=listed))
    st.caption(t("equity.small", minimum=t.number(MINIMUM)))


def pairs(found: pd.DataFrame, n: int, names: Names) -> None:
    """Same profile, same priority? Offices beside each other by services that are alike."""
    t = names.t
    st.subheader(t("equity.pairs_title"))
    if found.empty:
        st.info(t("equity.pairs_none"))
        return
    st.markdown(plain(words.pairs_summary(found, names)))
    st.caption(t("equity.pairs_help"))
    _table(words.pairs_table(found, n, names))


def voices(found: Equity, measure: str, names: Names) -> None:
    """Whose voice moves the list, by group in the same order."""
    t = names.t
    st.subheader(t("equity.voices_title"))
    st.markdown(plain(words.voices_summary(found.voices, names)))
    st.caption(t("equity.voices_help"))
    if found.grouping is not None:
        groups = words.ordered(found.means[found.means["measure"] == measure], found.grouping)["group"]
        _table(words.voices_table(found.voices, groups, found.grouping, names))


def caveats(names: Names) -> None:
    """What the page cannot tell."""
    t = names.t
    st.subheader(t("equity.caveats_title"))
    said = (t("equity.caveat_risk"), t("equity.caveat_selection"), t("equity.caveat_chance"), t("equity.caveat_audit"))
    st.markdown("\n".join(f"- {line}" for line in said))


def _table(rows: pd.DataFrame) -> None:
    st.table(plain_cells(rows), hide_index=True, border="horizontal")
