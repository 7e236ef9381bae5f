"""The weights form: how much each signal counts, tried out without touching the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

import streamlit as st

from risiko.app import session
from risiko.app.query import MOST
from risiko.reports.names import Names
from risiko.signals import SignalSpec
from risiko.vocabulary import GROUPS


def weights_form(
    signals: tuple[SignalSpec, ...], default: Mapping[str, float], now: Mapping[str, float], names: Names
) -> None:
    """The form for the reader's own list, folded away; «Bruk» applies, «Tilbakestill» goes back."""
    t = names.t
    with st.expander(t("weights.title")):
        st.caption(t("weights.help"))
        fields(signals, default, now, names, lambda chosen: session.change(weights=chosen))
        if session.query().weights:
            st.button(t("weights.reset"), on_click=_reset, key="weights.reset")


def fields(
    signals: tuple[SignalSpec, ...], default: Mapping[str, float], now: Mapping[str, float], names: Names,
    use: Callable[[dict[str, float]], None], form: str = "weights",
) -> None:  # fmt: skip
    """One number per signal that counts, the others folded away; `use` gets those that differ from the default."""
    t, keys = names.t, {s.name: session.widget_key(f"{form}.{s.name}") for s in signals}
    count = [s for s in signals if default[s.name] > 0 or now[s.name] > 0]

    def apply() -> None:
        chosen = {name: float(st.session_state[key]) for name, key in keys.items()}
        use({name: w for name, w in chosen.items() if w != round(default[name], 2)})

    with st.form(form, border=False, enter_to_submit=False):
        _fields(count, now, keys, names)
        if len(count) < len(signals):
            with st.expander(t("weights.others")):
                _fields([s for s in signals if s not in count], now, keys, names)
        st.form_submit_button(t("weights.apply"), type="primary", on_click=apply)


def _fields(signals: list[SignalSpec], now: Mapping[str, float], keys: Mapping[str, str], names: Names) -> None:
    ordered = sorted(signals, key=lambda s: GROUPS.index(s.group))
    for group, members in groupby(ordered, key=lambda s: s.group):
        st.markdown(f"**{names.t.word('group', group)}**")
        for spec in members:
            st.number_input(
                names.signal(spec.name), 0.0, MOST, round(now[spec.name], 2), 0.05, format="%.2f",
                key=keys[spec.name], help=names.signal_sentence(spec.name),
            )  # fmt: skip


def _reset() -> None:
    session.change(weights={})
    session.forget_widgets()
