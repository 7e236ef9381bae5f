"""Calm messages: what is the matter, where, and what to try."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import streamlit as st

from risiko.app import session
from risiko.errors import NothingToScore, RisikoError
from risiko.i18n import Translator


@contextmanager
def told(t: Translator) -> Generator[None]:
    """Turn an error that a person can act on into a message in the page; the rest of the page is left out."""
    try:
        yield
    except NothingToScore as error:
        _message(t, t("empty.date"), error)
    except RisikoError as error:
        _message(t, t("error.title"), error)


def no_store(t: Translator) -> None:
    """Nobody has said where the store is."""
    st.info(f"**{t('empty.no_store')}**\n\n{t('empty.no_store_try')}")


def empty_store(t: Translator) -> None:
    """The store is there and holds nothing."""
    st.info(f"**{t('empty.store')}**\n\n{t('empty.store_try')}")


def no_match(t: Translator) -> None:
    """No service fits the filters."""
    st.info(f"**{t('empty.match')}**\n\n{t('empty.match_try')}")
    st.button(t("filter.reset"), on_click=session.reset_filters, key="empty.reset")


def _message(t: Translator, title: str, error: RisikoError) -> None:
    lines = [f"**{title}**", error.what]
    if error.where:
        lines.append(f"{t('error.where')} `{error.where}`")
    if error.hint:
        lines.append(f"{t('error.try')} {error.hint}")
    st.warning("\n\n".join(lines))
