"""The page Modell og data, first half: the score in force, what it weighs, its checks and its card."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import model_tables as tables
from risiko.app import model_words as words
from risiko.app.display import plain, plain_cells
from risiko.app.html_table import html_table
from risiko.app.widgets import notices
from risiko.charts import weights as charts
from risiko.pipeline import ModelPage
from risiko.pipeline.model_page import Offered
from risiko.reports.model_card import CARD_HTML, CARD_MARKDOWN
from risiko.reports.names import Names


def in_force(found: ModelPage, names: Names) -> None:
    """Which score is used at the date and why, what its number means, and the models that are not in force."""
    t, learned = names.t, found.state == "model"
    st.subheader(t("model.force_title"))
    if learned and found.model:
        kind = t.word("model_kind", found.model.facts.kind)
        head, what = f"{t('model.learned_in_force')} `{found.promoted}`", t("model.learned_what", kind=kind)
    else:
        head, what = t("model.points_in_force"), t("model.points_what")
    st.markdown(f"**{head}** {what} {words.why(found, names)}")
    if found.fault is not None:
        notices.fault(t, t("model.fault_title"), found.fault)
    st.markdown(f"**{t('model.meaning_title')}.** {words.meaning(found, names)}")
    if learned and found.model:
        for own in (m for m in found.registered if m.model_id == found.promoted and m.facts):
            st.markdown(words.gained(own, names))
        _warnings((*found.model.facts.warnings, *found.model.warnings), names)
    _offered(tuple(m for m in found.registered if m.model_id != found.promoted), names)


def _warnings(said: tuple[str, ...], names: Names) -> None:
    if said:
        st.markdown(f"**{names.t('model.warnings')}**\n\n" + "\n".join(f"- {plain(line)}" for line in said))


def _offered(models: tuple[Offered, ...], names: Names) -> None:
    if not models:
        return
    t = names.t
    st.markdown(f"**{t('model.offered_title')}**")
    level = t.percent(names.settings.evaluation.level)
    st.caption(t("model.offered_help", level=level))
    st.html(html_table(words.offered(models, names), label=t("model.offered_title"), wide=(t("model.shows"),)))


def weights(found: ModelPage, names: Names) -> None:
    """The signals that count as a picture and a table, what the type adds, and what is taken out."""
    t, learned = names.t, found.state == "model"
    st.subheader(t("model.weights_title"))
    st.caption(t("model.weights_learned") if learned else t("model.weights_points"))
    counting = words.counting(found.weighs)
    if counting.empty:
        st.markdown(t("model.weights_none"))
        return
    bars = words.bars(found.weighs, names)
    chart = charts.weights(bars, axis=t("model.weights_axis"), language=t.language)
    st.altair_chart(chart, theme=None, width="stretch", alt=words.takeaway(found.weighs, names))
    with st.expander(t("model.weights_table")):
        _table(words.weights(counting, names, learned=learned))
        rest = len(found.weighs.signals) - len(counting)
        if rest:
            st.caption(t.plural("model.weights_rest", rest))
    if len(found.weighs.types):
        with st.expander(t("model.types_title")):
            _table(words.types(found.weighs.types, names))
    if learned and len(found.weighs.nuisance):
        with st.expander(t("model.nuisance_title")):
            st.markdown(t("model.nuisance_help"))
            _table(words.taken_out(found.weighs.nuisance, names))


def checks(results: pd.DataFrame | None, names: Names) -> bool:
    """The numbered checks, where they have been run; whether the reader asks for them now."""
    t = names.t
    st.subheader(t("model.checks_title"))
    if results is None:
        st.markdown(t("model.checks_none"))
        return st.button(t("model.checks_run"), key="model.checks")
    n = results["state"].value_counts()
    numbers = {key: t.number(n.get(state, 0)) for key, state in _COUNTED.items()}
    st.markdown(f"{t('model.checks_sum', **numbers)} {t('model.checks_help')}")
    _table(tables.checks(results, names))
    with st.expander(t("model.checks_meaning")):
        st.markdown(tables.explained(results, names))
    return False


_COUNTED = {"ok": "ok", "fails": "fails", "skipped": "not_applicable"}


def card(found: ModelPage, names: Names) -> None:
    """The model card's facts and its two files: of the model in force first, else of the newest."""
    t = names.t
    st.subheader(t("model.card_title"))
    whole = {m.model_id: m for m in found.registered if m.facts}
    if not whole:
        st.markdown(t("model.card_unreadable") if found.registered else t("model.card_none"))
        return
    ids = sorted(whole, key=lambda name: name != found.promoted)
    chosen = ids[0]
    if len(ids) > 1:
        chosen = st.selectbox(t("model.card_choose"), ids, key="model.card", filter_mode=None)
    st.caption(t("model.card_help"))
    model = whole[chosen]
    if model.facts:
        st.html(html_table(words.facts_table(model.facts, names), label=t("model.card_title")))
    with st.container(horizontal=True):
        for name, label, kind in (
            (CARD_MARKDOWN, t("model.card_md"), "text/markdown"), (CARD_HTML, t("model.card_html"), "text/html")
        ):  # fmt: skip
            file = f"{chosen}-{name}"
            st.download_button(label, model.cards[name], file, kind, on_click="ignore", key=f"model.{name}")


def _table(rows: pd.DataFrame) -> None:
    st.table(plain_cells(rows), hide_index=True, border="horizontal")
