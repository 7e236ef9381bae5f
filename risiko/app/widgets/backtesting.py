"""Running a backtest from the page: the button, how far it has come, and what to say where there is too little."""

from __future__ import annotations

import math
import time

import streamlit as st

from risiko.app import data, login
from risiko.app.display import plain
from risiko.errors import TooLittleToLearn
from risiko.i18n import Translator
from risiko.settings import Settings


def notices(tried: data.Tried, t: Translator) -> None:
    """That the records are invented; that there is no backtest yet, or one of earlier records."""
    if tried.invented:
        st.info(t("validation.invented"))
    if tried.found is None:
        st.info(f"{t('validation.none')}\n\n{t('validation.none_why')}")
    elif not tried.found.current:
        st.warning(t("validation.stale"))


def offer(at: data.Opened, tried: data.Tried, t: Translator) -> None:
    """The button, and the run when it is pressed; then the page anew."""
    again = tried.found is not None
    if not st.button(t("validation.run_again") if again else t("validation.run"), key="validation.run"):
        st.caption(t("validation.run_help"))
        return
    told = _Told(t)
    try:
        done = data.validate(at, told, login.visit().person())
    except TooLittleToLearn as error:
        told.bar.empty()
        too_little(error, tried.settings, t)
        return
    if done:
        st.rerun()
    told.bar.empty()
    st.info(t("validation.running"))


def too_little(error: TooLittleToLearn, settings: Settings, t: Translator) -> None:
    """An honest cold start: which score is in force, and why."""
    rule = settings.learning
    why = t("validation.cold_why", events=t.number(rule.minimum_events), cohorts=t.number(rule.minimum_dates))
    st.warning(f"{t('validation.cold')}\n\n{why}")
    st.caption(t("validation.cold_detail", what=plain(error.what)))


class _Told:
    """Progress in words with the time left, which is known once a part of its phase is done."""

    def __init__(self, t: Translator) -> None:
        self.t, self.bar = t, st.progress(0.0, t("validation.run_start"))
        self.phase, self.since = "", 0.0

    def __call__(self, label: str, done: int, total: int) -> None:
        phase = label.partition(" ")[0]
        if phase != self.phase:
            self.phase, self.since = phase, time.monotonic()
        self.bar.progress(min(done / max(total, 1), 1.0), self._said(done, total))

    def _said(self, done: int, total: int) -> str:
        t = self.t
        if self.phase == "done":
            return t("validation.run_done")
        values = {"done": t.number(min(done + 1, total)), "total": t.number(total)}
        said = t("validation.run_signals", **values) if self.phase == "signals" else t("validation.run_dates", **values)
        if not 0 < done < total:
            return said
        left = (time.monotonic() - self.since) / done * (total - done)
        return f"{said} {t('validation.left_soon') if left < 60 else t.plural('validation.left', math.ceil(left / 60))}"
