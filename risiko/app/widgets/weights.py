"""The weights form: how much each signal counts, tried out without touching the settings."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import streamlit as st

from risiko.app import session
from risiko.reports.names import Names
from risiko.signals import SignalSpec
from risiko.vocabulary import GROUPS


def weights_form(
    signals: tuple[SignalSpec, ...], default: Mapping[str, float], now: Mapping[str, float], names: Names
) -> None:
    """One number per signal, by group, with «Bruk»; «Tilbakestill» goes back to the settings' own."""
    t, ordered = names.t, sorted(signals, key=lambda s: GROUPS.index(s.group))
    keys = {s.name: session.widget_key(f"weight.{s.name}") for s in signals}

    def apply() -> None:
        chosen = {name: float(st.session_state[key]) for name, key in keys.items()}
        session.change(weights={name: w for name, w in chosen.items() if w != round(default[name], 2)})

    with st.expander(t("weights.title")):
        st.caption(t("weights.help"))
        with st.form("weights", border=False, enter_to_submit=False):
            for group, members in groupby(ordered, key=lambda s: s.group):
                st.markdown(f"**{t.word('group', group)}**")
                for spec in members:
                    st.number_input(
                        names.signal(spec.name),
                        0.0,
                        5.0,
                        round(now[spec.name], 2),
                        0.05,
                        format="%.2f",
                        key=keys[spec.name],
                        help=names.signal_sentence(spec.name),
                    )
            st.form_submit_button(t("weights.apply"), type="primary", on_click=apply)
        if session.query().weights:
            st.button(t("weights.reset"), on_click=_reset, key="weights.reset")


def _reset() -> None:
    session.change(weights={})
    session.forget_widgets()
