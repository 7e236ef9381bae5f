"""Starting the application: the switches it always runs with, and how it answers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from risiko import settings
from risiko.app import session
from risiko.app.html_lang import HtmlLang
from risiko.errors import SettingsError

HERE = Path(__file__).parent
MAIN = HERE / "main.py"
# Local, quiet and closed unless told otherwise. .streamlit/config.toml says the same to `streamlit run app.py`.
OPTIONS: dict[str, Any] = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableXsrfProtection": True,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    # The list's own download would pass by the guards of reports.ranking_export.
    "client.disableDataExport": True,
    "theme.base": str(HERE / "theme.toml"),
}


def default_language() -> str:
    """The language of a visit that asks for none: the settings' own."""
    try:
        return settings.load(session.settings_path()).language
    except SettingsError:
        return "nb"  # the page itself tells what is wrong with the settings


def on_error(error: Exception) -> bool:
    """A fault of ours: written to the log, told calmly, never shown as a traceback."""
    logging.getLogger(__name__).error("a page failed", exc_info=error)
    t = session.translator()
    st.error(f"**{t('error.unexpected')}**\n\n{t('error.unexpected_try')}")
    return True


def middleware() -> list[Middleware]:
    """What stands between the browser and Streamlit."""
    return [Middleware(HtmlLang, default=default_language())]


def serve(*, port: int = 8501, address: str = "127.0.0.1", headless: bool = True) -> None:
    """Serve until stopped. Other than 127.0.0.1 only on purpose: the application has no log-in of its own."""
    app = st.App(MAIN, middleware=middleware(), on_script_error=on_error)
    app.run(config={**OPTIONS, "server.port": port, "server.address": address, "server.headless": headless})
