"""A step of the form: standard questions and their own, each with how many answered and the mean."""

from __future__ import annotations

import streamlit as st

from risiko.app.display import plain
from risiko.app.voice_items import KEPT, SCALES, found, scale_of, standard, wording
from risiko.app.widgets.voice_field import Fields
from risiko.app.widgets.voice_said import called, remove
from risiko.intake.instruments import OWN
from risiko.intake.submission import Known
from risiko.reports.names import Names
from risiko.vocabulary import DIMENSIONS

_PICKED = "voice.items.picked"


def show(fields: Fields, known: Known, names: Names) -> None:
    """The questions that have been added, and ways to add more."""
    t, sheet = fields.t, fields.work.sheet
    if sheet.rows["items"]:
        fields.one_of("scale", list(SCALES), lambda one: t.word("voice_scale", one), first=KEPT)
    for place, number in enumerate(list(sheet.rows["items"]), start=1):
        _question(fields, place, number, known, names)
    _more(fields)


def _question(fields: Fields, place: int, number: int, known: Known, names: Names) -> None:
    t, sheet, base = fields.t, fields.work.sheet, f"items.{number}"
    instrument, item = (str(sheet.values.get(f"{base}.{name}") or "") for name in ("instrument", "item"))
    st.subheader(t("voice.question", n=t.number(place)), anchor=False, divider="gray")
    if instrument == OWN:
        fields.text(f"{base}.wording")
        fields.one_of(f"{base}.dimension", DIMENSIONS, lambda one: t.word("voice_topic", one))
    else:
        st.markdown(f"{t.word('voice_instrument', instrument)}: «{plain(wording(instrument, item, '', t))}»")
    places = sheet.rows["places"]
    if len(places) > 1:
        fields.one_of(f"{base}.place", places, lambda one: called(fields, one, known, names), first=places[0])
    low, high = scale_of(fields.value("scale") or KEPT, instrument, item)
    for column, name in zip(st.columns(3), ("mean", "n", "n_blank"), strict=True):
        with column:
            if name == "mean":
                fields.number(f"{base}.mean", about=t("voice.from_to", low=low, high=high))
            else:
                fields.whole(f"{base}.{name}")
    remove(fields, "items", number, t("voice.remove_question", n=t.number(place)))


def _more(fields: Fields) -> None:
    t, sheet = fields.t, fields.work.sheet
    taken = {tuple(sheet.values.get(f"items.{n}.{of}") for of in ("instrument", "item")) for n in sheet.rows["items"]}
    several = len(sheet.rows["places"]) > 1  # then the same question may be asked about each

    def add_picked() -> None:
        for instrument, item in st.session_state[_PICKED]:
            dimension = one.dimension if (one := found(instrument, item)) else ""
            sheet.add("items", instrument=instrument, item=item, dimension=dimension)
        st.session_state[_PICKED] = []

    st.subheader(t("voice.more_questions"), anchor=False, divider="gray")
    st.multiselect(
        t("voice.standard"), [one for one in standard() if several or one not in taken], key=_PICKED,
        format_func=lambda one: f"{t.word('voice_instrument', one[0])}: {wording(one[0], one[1], '', t)}",
        help=t("voice.standard_help"), placeholder=t("voice.choose"),
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(t("voice.add_picked"), on_click=add_picked, key="voice.add.picked", icon=":material/add:")
        st.button(
            t("voice.add_own"), on_click=sheet.add, args=("items",), kwargs={"instrument": OWN}, key="voice.add.own",
            icon=":material/add:",
        )  # fmt: skip
