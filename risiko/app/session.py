"""One reader's session: language, address line and the store this server looks at."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from risiko.app import query as q
from risiko.i18n import Translator

_QUERY, _WRITTEN, _PAGE = "query", "query.written", "page"


def store_address() -> str:
    """Where the store is, as the command line has set it; empty when nobody has."""
    return os.environ.get("RISIKO_STORE", "")


def settings_path() -> Path | None:
    """The authority's own settings file, if there is one."""
    path = os.environ.get("RISIKO_SETTINGS")
    return Path(path) if path else None


def models_folder() -> Path:
    """The folder of the authority's trained models; `models` in the working folder until told otherwise."""
    return Path(os.environ.get("RISIKO_MODELS") or "models")


def query() -> q.Query:
    """What the reader asks for now. The address line rules when someone else than this page has changed it."""
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    if _came_from_another_page() and not params and _QUERY in st.session_state:
        # Navigation by itself empties the address line; what the reader has asked for goes along.
        forget_widgets()
        _write(st.session_state[_QUERY])
    elif _QUERY not in st.session_state or params != st.session_state.get(_WRITTEN):
        st.session_state[_QUERY] = q.read(params)
        st.session_state[_WRITTEN] = params
        forget_widgets()
    found: q.Query = st.session_state[_QUERY]
    return found


def _came_from_another_page() -> bool:
    page = urlsplit(st.context.url or "").path
    before = st.session_state.get(_PAGE, page)
    st.session_state[_PAGE] = page
    return bool(before != page)


def change(**changes: Any) -> None:
    """Change the query and the address line with it."""
    _write(replace(query(), **changes))


def leading_to(service: str) -> dict[str, str | list[str]]:
    """The parameters of a link to a service: everything the reader has asked for goes along, the date above all."""
    return q.write(replace(query(), lang=translator().language, service=service))


def _write(new: q.Query) -> None:
    st.session_state[_QUERY] = new
    params = q.write(new)
    st.session_state[_WRITTEN] = {name: v if isinstance(v, list) else [v] for name, v in params.items()}
    st.query_params.from_dict(params)


def reset_filters() -> None:
    """Back to the whole list; language, date, weights and the chosen service stay."""
    change(text="", choices={}, never=False)
    forget_widgets()


def translator() -> Translator:
    """The reader's language, by choice, else the settings' own."""
    language = query().lang or st.session_state.get("language.default", "nb")
    return Translator(language, strict=os.environ.get("RISIKO_STRICT_TEXTS") == "1")


def forget_widgets() -> None:
    """Let the widgets take their values from the query again."""
    st.session_state["widgets.epoch"] = st.session_state.get("widgets.epoch", 0) + 1


def widget_key(name: str) -> str:
    """A key that is new each time the query has been changed from outside the widgets."""
    return f"{name}.{st.session_state.get('widgets.epoch', 0)}"
