"""Steps of the form: what was said about each service or area, topic by topic, and quotes."""

from __future__ import annotations

import streamlit as st

from risiko.app.display import plain
from risiko.app.voice_sheet import AREA, CRITICALITY, PLACES, SCORE, TOPICS, WHOLE, WORDS
from risiko.app.widgets.voice_field import Fields
from risiko.intake.methods import MethodForm
from risiko.intake.submission import Known
from risiko.reports.names import Names
from risiko.vocabulary import CRITICALITIES, DIMENSIONS, QUOTE_USES


def said(fields: Fields, form: MethodForm, known: Known, names: Names) -> None:
    """One part for each service or area: where, then each topic graded or scored."""
    t, sheet = fields.t, fields.work.sheet
    if len(form.scored_by) > 1:
        fields.radio("by", (CRITICALITY, SCORE), lambda one: t.word("voice_by", one), first=CRITICALITY)
    else:
        sheet.values["by"] = form.scored_by[0]
    fields.told("said")
    numbers = sheet.rows["places"]
    for place, number in enumerate(list(numbers), start=1):
        st.subheader(t("voice.place", n=t.number(place)), anchor=False, divider="gray")
        _where(fields, f"places.{number}", form, known, names)
        for topic in TOPICS:
            with st.container(gap="small"):  # what is said of one topic must not move the next one
                _topic(fields, f"places.{number}.{topic}", topic)
        if len(numbers) > 1:
            remove(fields, "places", number, t("voice.remove_place", n=t.number(place)))
    _add(fields, "places", t("voice.add_place"))


def _where(fields: Fields, base: str, form: MethodForm, known: Known, names: Names) -> None:
    t = fields.t
    fields.radio(f"{base}.kind", PLACES, lambda one: t.word("voice_kind", one), first=PLACES[0])
    if fields.value(f"{base}.kind") == AREA:
        left, right = st.columns(2)
        with left:
            fields.one_of(f"{base}.service_type", known.service_types, names.service_type)
        with right:
            fields.one_of(f"{base}.area", known.areas, str)
    else:
        fields.one_of(f"{base}.service_id", list(known.services), lambda one: f"{known.services[one]} ({one})")
    if "items" in form.takes:
        left, right = st.columns(2)
        with left:
            fields.whole(f"{base}.n")
        with right:
            fields.whole(f"{base}.n_invited")


def _topic(fields: Fields, base: str, topic: str) -> None:
    t = fields.t
    about = t.word("voice_topic", topic)
    fields.told(base)
    if fields.value("by") == SCORE:
        fields.number(f"{base}.score", about=f"{about} ({t('voice.score_scale')})")
        return fields.words(f"{base}.text", about=about)
    fields.radio(f"{base}.graded", ("", *CRITICALITIES, WORDS), lambda one: _grade(one, fields), first="", about=about)
    if fields.value(f"{base}.graded"):
        fields.words(f"{base}.text", about=about)


def _grade(one: str, fields: Fields) -> str:
    t = fields.t
    if not one:
        return t("voice.not_told")
    return t("voice.words_only") if one == WORDS else t.word("criticality", one)


def quotes(fields: Fields) -> None:
    """Somebody's own words, each with a yes and who may read it."""
    t = fields.t
    for place, number in enumerate(list(fields.work.sheet.rows["quotes"]), start=1):
        base = f"quotes.{number}"
        st.subheader(t("voice.quote", n=t.number(place)), anchor=False, divider="gray")
        fields.words(f"{base}.text")
        fields.tick(f"{base}.agreed")
        left, right = st.columns(2)
        with left:
            fields.one_of(f"{base}.may_show", QUOTE_USES, lambda one: t.word("quote_use", one))
        with right:
            fields.one_of(f"{base}.dimension", ("", *DIMENSIONS), lambda one: t.word("voice_topic", one or WHOLE))
        remove(fields, "quotes", number, t("voice.remove_quote", n=t.number(place)))
    _add(fields, "quotes", t("voice.add_quote"))


def called(fields: Fields, number: int, known: Known, names: Names) -> str:
    """What the place in a row is called: the service, or the type and area; its number until that is told."""
    sheet, base = fields.work.sheet, f"places.{number}"
    if sheet.get(f"{base}.kind") == AREA:
        kind, area = (sheet.get(f"{base}.{name}") for name in ("service_type", "area"))
        if kind and area:
            return plain(f"{names.service_type(kind)}, {area}")
    elif service := sheet.get(f"{base}.service_id"):
        return plain(known.services.get(service, service))
    return fields.t("voice.place", n=fields.t.number(1 + sheet.rows["places"].index(number)))


def _add(fields: Fields, part: str, label: str) -> None:
    sheet = fields.work.sheet
    st.button(label, on_click=sheet.add, args=(part,), key=f"voice.add.{part}", icon=":material/add:")


def remove(fields: Fields, part: str, number: int, label: str) -> None:
    """The button that takes a row away."""
    key = f"voice.remove.{fields.work.number}.{part}.{number}"
    st.button(label, on_click=fields.work.sheet.remove, args=(part, number), key=key, icon=":material/delete:")
