"""The documented draw: where capacity cuts through a tier, made with a written reason and taken along as a protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from risiko import access, pipeline
from risiko.app import data, login, session
from risiko.app.display import plain, plain_cells
from risiko.app.widgets import notices
from risiko.app.widgets.exports import XLSX
from risiko.errors import RisikoError
from risiko.pipeline.draws import KeptDraw, cut_of, draw_for, draw_of, kept_draws, newest_of, protocol_of
from risiko.plan import METHODS, Cut, expected_right
from risiko.reports.draw_protocol import protocol_html, protocol_xlsx
from risiko.reports.names import Names

ROWS = 60
_FAULT, _BLANK = "draw.fault", "draw.blank"


def show(at: data.Opened, run: pipeline.Run, names: Names) -> None:
    """Where capacity ends, and, where that is within a tier, the draw that decides: made, or still to be made."""
    t, cut = names.t, cut_of(run)
    st.subheader(t("draw.title"))
    if not cut.needed:
        everyone = cut.top >= len(run.table.scores)
        st.markdown(t("draw.room_for_all") if everyone else t("draw.not_needed", top=t.number(cut.top)))
        return
    st.markdown(
        t.plural("draw.needed", cut.places, top=t.number(cut.top), sure=t.number(cut.sure), tier=t.number(cut.tier),
          eligible=t.number(len(cut.eligible)))
    )  # fmt: skip
    right = {way: t.number(x, 1) for way, x in expected_right(cut.eligible["p_top"], cut.places).items()}
    st.markdown(t.plural("draw.price", cut.places, **right))
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("draw.not_made"), fault)
    if st.session_state.pop(_BLANK, False):
        st.warning(t("draw.blank"))
    authority = data.authority(at.address, at.settings)
    made = kept_draws(authority, run.as_of)
    kept = newest_of(made, run)
    others = [one.seq for one in made if kept is None or one.seq != kept.seq]
    if others:
        st.info(t.plural("draw.earlier", len(others), numbers=", ".join(t.number(seq) for seq in others)))
    if kept is not None:
        _made(authority, kept, names)
    who = login.visit().person()
    if not access.may(who, "draw"):
        st.caption(t("draw.not_yours"))
        return
    with st.expander(t("draw.again") if kept else t("draw.make")):
        _form(authority, run, cut, names, who)


def of_service(at: data.Opened, run: pipeline.Run, service_id: str, names: Names) -> None:
    """What the newest draw of this list said of a service; nothing where there is none, or it took no part."""
    t = names.t
    with notices.told(t):  # a record that cannot be read leaves the rest of the page
        kept = draw_of(data.authority(at.address, at.settings), run)
        own = kept.record.eligible[kept.record.eligible["service_id"] == service_id] if kept else pd.DataFrame()
        if kept and len(own):
            told = {"n": t.number(kept.seq), "chance": t.chance(own["probability"].iloc[0])}
            st.info(t("draw.was_drawn", **told) if own["drawn"].iloc[0] else t("draw.was_not_drawn", **told))


def _made(authority: pipeline.Authority, kept: KeptDraw, names: Names) -> None:
    t, record = names.t, kept.record
    st.markdown(
        t("draw.made", n=t.number(kept.seq), date=t.date(record.made_at.date()), by=plain(record.by),
          seed=str(record.seed), why=plain(record.why))
    )  # fmt: skip
    name = f"risiko-draw-{kept.seq}"
    with st.container(horizontal=True):
        st.download_button(
            t("draw.protocol"), lambda: protocol_html(protocol_of(authority, kept, t)), f"{name}.html", "text/html",
            on_click="ignore", icon=":material/download:", key="draw.html",
        )  # fmt: skip
        st.download_button(
            t("draw.protocol_xlsx"), lambda: protocol_xlsx(protocol_of(authority, kept, t)), f"{name}.xlsx", XLSX,
            on_click="ignore", icon=":material/download:", key="draw.xlsx",
        )  # fmt: skip
    won = record.eligible[record.eligible["drawn"]].sort_values("rank").head(ROWS)
    rows = pd.DataFrame({
        t("column.rank"): [t.number(x) for x in won["rank"]], t("column.service"): won["name"].tolist(),
        t("draw.chance"): [t.chance(x) for x in won["probability"]],
    })  # fmt: skip
    with st.expander(t.plural("draw.won", len(rows))):
        st.table(plain_cells(rows), hide_index=True, border="horizontal")


def _asked_again(newest: KeptDraw, asked: dict[str, Any]) -> bool:
    record = newest.record
    said = (record.seed, record.why, record.by, record.method)
    return said == (int(asked["seed"]), asked["why"].strip(), asked["by"].strip(), asked["method"])


def _signed(who: access.Person) -> dict[str, str]:
    """Who draws, where people log in: nobody signs with another's name. On a machine of one's own it is typed in."""
    return {"by": who.name} if login.on() else {}


def _form(authority: pipeline.Authority, run: pipeline.Run, cut: Cut, names: Names, who: access.Person) -> None:
    t, keys = names.t, {name: f"draw.{name}" for name in ("seed", "why", "by", "method")}

    def make() -> None:
        try:
            now = login.require("draw")
            asked: dict[str, Any] = {name: st.session_state.get(key) for name, key in keys.items()} | _signed(now)
            if asked["seed"] is None or not asked["why"].strip() or not asked["by"].strip():
                st.session_state[_BLANK] = True
                return
            newest = draw_of(authority, run)
            if newest is not None and _asked_again(newest, asked):
                return  # the button was pressed twice before the page had answered
            draw_for(
                authority, run, seed=int(asked["seed"]), why=asked["why"], by=asked["by"], now=datetime.now(UTC),
                method=asked["method"], who=now,
            )  # fmt: skip
        except RisikoError as error:
            st.session_state[_FAULT] = error
            return
        for name in ("seed", "why"):
            del st.session_state[keys[name]]
        session.forget_widgets()

    st.caption(t("draw.help"))
    with st.form("draw", border=False, enter_to_submit=False):
        left, right = st.columns(2)
        left.number_input(t("draw.seed"), 0, 10**12, None, step=1, key=keys["seed"], help=t("draw.seed_help"))
        signed = _signed(who).get("by", "")
        right.text_input(t("draw.by"), signed, key=None if signed else keys["by"], max_chars=100, disabled=bool(signed))
        st.text_input(t("draw.why"), key=keys["why"], max_chars=500)
        st.radio(t("draw.method"), METHODS, key=keys["method"], format_func=lambda m: t.word("draw_method_help", m))
        st.form_submit_button(t.plural("draw.go", cut.places), type="primary", on_click=make)
