"""Two selections of survey answers beside each other: two waves, two organisations, or one and all the others."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from risiko.app import data, login, session
from risiko.app.display import plain
from risiko.app.html_table import html_table
from risiko.charts.differences import differences
from risiko.organisations import is_of
from risiko.pipeline.survey_comparison import Selection, choices, survey_comparison
from risiko.reports import comparison_words as words
from risiko.reports.names import Names

Sides = dict[str, Selection]  # what each possible side is called, in the order it is offered


def show(at: data.Opened, names: Names) -> None:
    """What is compared, a sentence, a picture and the same numbers as a table.

    Somebody who comes for an organisation sees its own answers, beside all others' taken together.
    """
    t, tables = names.t, data.tables(at)
    st.header(t("compare.title"), anchor=False, divider="gray")
    st.markdown(t("compare.lead"))
    settings = names.settings
    offered = choices(tables, at.as_of, settings)
    who = login.visit().person()
    own = who.organisation if who.roles == {"organisation"} else ""
    if who.roles == {"organisation"}:
        offered = offered[is_of(offered["organisation"], own, settings.organisations)]
    ways = {name: sides for name in ("submissions", "half_years", "years", "others", "organisations")
            if len(sides := _sides(name, offered, own, names)) > (name != "others")}  # fmt: skip
    if not ways:
        st.info(t("compare.nothing", few=settings.voices.few))
        return
    way = st.selectbox(t("compare.what"), list(ways), format_func=lambda name: t.word("compare_what", name),
                       key=session.widget_key("compare.what"), filter_mode=None)  # fmt: skip
    a, b = _chosen(way, ways[way], own, names)
    if a[1] == b[1]:
        st.info(t("compare.same"))
        return
    found = survey_comparison(tables, a[1], b[1], at.as_of, settings)
    _shown(found, a[0], b[0], names)


def _chosen(way: str, sides: Sides, own: str, names: Names) -> tuple[tuple[str, Selection], tuple[str, Selection]]:
    """Both sides with what they are called."""
    t, listed = names.t, list(sides)
    left, right = st.columns(2)
    first = left.selectbox(t("compare.a"), listed, key=session.widget_key(f"compare.a.{way}"))
    if way == "others":
        one = sides[first]
        return (first, one), (t("compare.all_others"), Selection(organisation=one.organisation, others=True))
    last = right.selectbox(t("compare.b"), listed, index=len(listed) - 1, key=session.widget_key(f"compare.b.{way}"))
    return (first, sides[first]), (last, sides[last])


def _sides(way: str, offered: pd.DataFrame, own: str, names: Names) -> Sides:
    """What can be chosen in this way, oldest first. own: the organisation whose answers alone are meant."""
    t = names.t
    if way in ("organisations", "others"):
        return {name: Selection(organisation=name) for name in sorted(offered["organisation"].dropna().unique())}
    if way == "submissions":
        once = offered.drop_duplicates("submission").iloc[::-1]
        found: Sides = {}
        for r in once.itertuples():
            name = f"{'' if pd.isna(r.organisation) else r.organisation + ', '}{t.date(r.event_date)}"
            same = sum(one == name or one.startswith(f"{name} (") for one in found)  # two on one day
            found[f"{name} ({t.number(same + 1)})" if same else name] = Selection(submission=r.submission)
        return found
    days, found = offered["event_date"].sort_values(), {}
    for day in days:
        year = day.year
        if way == "years":
            found[str(year)] = Selection(date(year, 1, 1), date(year, 12, 31), own)
        elif day.month <= 6:
            found[f"{year}, {t('coverage.first_half')}"] = Selection(date(year, 1, 1), date(year, 6, 30), own)
        else:
            found[f"{year}, {t('coverage.second_half')}"] = Selection(date(year, 7, 1), date(year, 12, 31), own)
    return found


def _shown(found: pd.DataFrame, a: str, b: str, names: Names) -> None:
    t = names.t
    if found.empty:
        st.info(t("compare.no_answers"))
        return
    said = words.summary(found, a, b, names)
    st.markdown(f"**{plain(said)}**")
    rows = words.picture(found, names)
    if len(rows):
        told = [t.word("compare_told", name) for name in ("higher", "lower", "not_shown")]
        chart = differences(rows, axis=t("compare.axis"), words=told, language=t.language)
        st.altair_chart(chart, theme=None, width="stretch", alt=said)
    table = words.table(found, f"{t('compare.a')}: {a}", f"{t('compare.b')}: {b}", names)
    st.html(html_table(table, label=t("compare.title"), wide={t("compare.question"), t("compare.says")}))
    bias = found["bias"].max()
    if bias > 0:
        st.caption(t("compare.bias", points=t.number(bias, 1)))
    st.caption(t("compare.help", few=names.settings.voices.few))
