"""Calm messages: what is the matter, where, and what to try."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date

import streamlit as st

from risiko.access import NotAllowed
from risiko.app import session
from risiko.app.display import plain
from risiko.errors import NoStoreYet, NothingToScore, RisikoError
from risiko.i18n import Translator


@contextmanager
def told(t: Translator) -> Generator[None]:
    """Turn an error that a person can act on into a message in the page; the rest of the page is left out."""
    try:
        yield
    except NothingToScore:
        nothing_at(t)
    except NoStoreYet as error:
        where = f"{t('error.where')} `{error.where}`"
        st.warning(f"**{t('empty.absent')}**\n\n{where}\n\n{t('empty.absent_try')}")
    except RisikoError as error:
        fault(t, t("error.title"), error)


def no_store(t: Translator) -> None:
    """Nobody has said where the store is."""
    st.info(f"**{t('empty.no_store')}**\n\n{t('empty.no_store_try')}")


def empty_store(t: Translator) -> None:
    """The store is there and holds nothing."""
    st.info(f"**{t('empty.store')}**\n\n{t('empty.store_try')}")


def unknown_service(t: Translator, service: str, as_of: date) -> None:
    """A link names a service that is not in the ranking."""
    st.warning(t("detail.unknown", id=plain(service), date=t.date(as_of)))


def nothing_at(t: Translator) -> None:
    """At the chosen date no service can be scored."""
    st.warning(f"**{t('empty.date')}**\n\n{t('empty.date_try')}")


def nothing_to_compare(t: Translator, since: date) -> None:
    """At the earlier date there is no list to compare with."""
    st.info(t("overview.no_before", since=t.date(since)))


def no_match(t: Translator) -> None:
    """No service fits the filters."""
    st.info(f"**{t('empty.match')}**\n\n{t('empty.match_try')}")
    st.button(t("filter.reset"), on_click=session.reset_filters, key="empty.reset")


def fault(t: Translator, title: str, error: RisikoError) -> None:
    """What is the matter, where, and what to try."""
    if isinstance(error, NotAllowed):
        st.warning(f"**{t('login.refused')}**\n\n{t('login.refused_why')}")
        return
    lines = [f"**{title}**", plain(error.what)]
    if error.where:
        lines.append(f"{t('error.where')} `{error.where}`")
    if error.hint:
        lines.append(f"{t('error.try')} {error.hint}")
    st.warning("\n\n".join(lines))
