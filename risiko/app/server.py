"""Starting the application: the switches it always runs with, and how it answers."""

from __future__ import annotations

import logging
import os
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware

from risiko import settings
from risiko.app import auth, session
from risiko.app.headers import SafeHeaders
from risiko.app.html_lang import HtmlLang
from risiko.errors import InputError, SettingsError

HERE = Path(__file__).parent
MAIN = HERE / "main.py"
# Local, quiet and closed unless told otherwise. .streamlit/config.toml says the same to `streamlit run app.py`.
OPTIONS: dict[str, Any] = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableXsrfProtection": True,
    # A page elsewhere that makes its own name point here (DNS rebinding) asks by that name.
    "server.allowedHosts": list(auth.LOOPBACK),
    # Who somebody is comes from the signed cookie, never from a header that anybody can write.
    "server.trustedUserHeaders": {},
    "server.enableAgentApi": False,
    "server.maxUploadSize": 20,  # MB; `serve` takes the settings' own
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    # The list's own download would pass by the guards of reports.ranking_export.
    "client.disableDataExport": True,
    "theme.base": str(HERE / "theme.toml"),
}


def largest_upload() -> int:
    """The largest file, in whole MB, that the server takes from a browser: the settings' own, rounded up."""
    try:
        return ceil(settings.load(session.settings_path()).voices.largest_file_mb)
    except SettingsError:
        return int(OPTIONS["server.maxUploadSize"])  # the page itself tells what is wrong with the settings


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
    return [Middleware(SafeHeaders, https=_by_https()), Middleware(HtmlLang, default=default_language())]


def _by_https() -> bool:
    file = os.environ.get("RISIKO_AUTH")
    try:
        return bool(file) and auth.read(Path(str(file))).redirect_uri.startswith("https:")
    except SettingsError:
        return True  # nobody gets in; the page tells what is wrong


def serve(*, port: int = 8501, address: str = "127.0.0.1", headless: bool = True) -> None:
    """Serve until stopped. Raises InputError for an address beyond this machine where nobody logs in (RISIKO_AUTH).

    Raises SettingsError for a faulty RISIKO_AUTH; Streamlit reads the same file, so that its secrets lie in one place.
    """
    file = os.environ.get("RISIKO_AUTH")
    if not file and address not in auth.LOOPBACK:
        what = "Without login the application answers only on this machine: everybody on the network could read it."
        raise InputError(what, where=f"address {address}", hint="set RISIKO_AUTH, or leave --address out")
    login: dict[str, Any] = {}
    if file:
        rules = auth.read(Path(file))
        hosts = [urlsplit(rules.redirect_uri).hostname or "", *auth.LOOPBACK]
        login = {"secrets.files": [str(rules.path)], "server.allowedHosts": hosts}
    app = st.App(MAIN, middleware=middleware(), on_script_error=on_error)
    here = {"server.port": port, "server.address": address, "server.headless": headless}
    app.run(config={**OPTIONS, **login, **here, "server.maxUploadSize": largest_upload()})
