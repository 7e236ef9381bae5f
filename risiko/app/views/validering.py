"""The page Validering: does the score find what supervisions find, and more of it than what it is to replace?"""

from __future__ import annotations

import streamlit as st

from risiko.app import data, login, session
from risiko.app.validation_numbers import Results
from risiko.app.widgets import backtesting, notices, validation
from risiko.i18n import Translator
from risiko.reports.names import Names


def show() -> None:
    """Notices and the button where the backtest is missing or old, then the backtest's parts."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.spinner(t("validation.loading")):
            tried = data.validation(at)
        backtesting.notices(tried, t)
        if tried.found is None or not tried.found.current:
            backtesting.offer(at, tried, t)
        if tried.found is not None:
            _page(Results(tried.found.backtest), Names(t, tried.settings), t)


def _page(found: Results, names: Names, t: Translator) -> None:
    if not validation.measurable(found):
        validation.nothing_measured(found, names)
        return
    validation.verdict(found, names)
    validation.gain(found, names)
    validation.duels(found, names)
    validation.calibration(found, names)
    validation.dates(found, names)
    validation.places(found, names)
    validation.corrected(found, names)
    validation.days(found, names)
    validation.folds(found, names)
    st.markdown(f"**{t('ranking.caveat')}**")


if __name__ == "__main__":
    show()
