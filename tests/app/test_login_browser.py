"""Logging in at a real (mock) identity provider with a real browser: what each role reaches, expiry, and the way out."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from risiko import pipeline
from risiko.access import local
from risiko.pipeline.people import grant, revoke
from tests.app.auth_files import SECRETS, auth_file
from tests.app.browser import CHROMIUM, identity_provider, serving
from tests.app.screen import SIDEWAYS, WIDTHS, WINDOW, breaches, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
LogIn = Callable[..., Page]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with identity_provider(tmp_path_factory.mktemp("provider") / "provider.log") as url:
        yield url


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login") / "server.log"


@pytest.fixture(scope="module")
def address(authority: Path, provider: str, log: Path) -> Iterator[str]:
    file = auth_file(log.parent, metadata=f"{provider}.well-known/openid-configuration")
    with serving(authority, log, RISIKO_AUTH=str(file)) as url:
        yield url


@pytest.fixture
def log_in(context: BrowserContext, address: str, provider: str) -> LogIn:
    """log_in("sub", claim=value, …) is a new reader who logs in with those claims and lands where the server sends them."""

    def go(sub: str, **claims: object) -> Page:
        body = json.dumps(claims).encode()
        asked = urllib.request.Request(f"{provider}users/{sub}", body, {"Content-Type": "application/json"}, method="PUT")
        urllib.request.urlopen(asked, timeout=10).close()
        # Whoever came before is forgotten by server and provider; the tab stays, with the scripts of the pages.
        context.clear_cookies()
        page = context.pages[0] if context.pages else context.new_page()
        page.set_viewport_size(WINDOW)
        page.goto(address)
        enter(page, sub)
        return page

    return go


def enter(page: Page, sub: str) -> None:
    page.get_by_role("button", name="Logg inn").click()
    page.get_by_placeholder("sub").fill(sub)
    page.get_by_role("button", name="Authorize").click()


def main_of(page: Page) -> str:
    settled(page)
    return page.get_by_test_id("stMain").inner_text()


def test_a_planner_sees_the_list_and_their_name_and_logs_out(log_in: LogIn, address: str, run: pipeline.Run) -> None:
    page = log_in("p1", email="Kari@Example.no", email_verified=True, groups=["tilsyn-plan"], office="Agder")
    page.get_by_text("kari@example.no · planlegger · Agder").wait_for()
    page.get_by_test_id("stDataFrame").first.locator("canvas").first.wait_for(state="attached")
    cookie = next(c for c in page.context.cookies() if c["name"] == "_streamlit_user")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.get_by_role("button", name="Logg ut").click()
    page.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="Logg inn").wait_for()
    assert not [c for c in page.context.cookies() if c["name"].startswith("_streamlit_user")]
    page.goto(f"{address}oversikt")
    page.get_by_role("button", name="Logg inn").wait_for()
    assert breaches(page, WIDTHS[1]) == ""
    assert pipeline.ranking(run)["name"][0] not in main_of(page)


def test_an_organisation_reaches_its_own_page_alone(log_in: LogIn, address: str, run: pipeline.Run) -> None:
    page = log_in("o1", email="org@example.no", email_verified=True, groups=["brukerorg"], organisation="Nobody's")
    page.get_by_role("heading", level=1, name="Brukererfaring").wait_for()
    page.goto(f"{address}brukererfaring?section=own")
    page.get_by_text("Nobody's", exact=True).last.wait_for()
    for width in WIDTHS:
        assert breaches(page, width) == ""
        assert page.get_by_test_id("stMain").evaluate(SIDEWAYS) == 0
    for path in ("oversikt", "rangering", f"tjeneste?service={pipeline.ranking(run)['service_id'][0]}"):
        page.goto(address + path)
        page.get_by_role("heading", level=1, name="Brukererfaring").wait_for()
        assert pipeline.ranking(run)["name"][0] not in page.content()


def test_who_has_no_role_is_told_whom_to_ask_and_gets_in_once_granted(log_in: LogIn, authority: Path) -> None:
    page = log_in("u1", email="ola@example.no", email_verified=False)
    page.get_by_role("strong").filter(has_text="sub:u1").wait_for()
    page.get_by_text("Spør tilsyn-it@example.no.").wait_for()
    opened = pipeline.open_authority(str(authority))
    grant(opened, "sub:u1", "reader", who=local("it"), now=datetime(2026, 7, 1))
    try:
        page.reload()
        page.get_by_text("sub:u1 · leser").wait_for()
    finally:
        revoke(opened, "sub:u1", "reader", who=local("it"), now=datetime(2026, 7, 1))
    page.reload()
    page.get_by_text("Du er logget inn, men har ingen rolle her ennå.").wait_for()


@pytest.mark.parametrize(("host", "answer"), [("127.0.0.1", "101"), ("localhost", "101"), ("elsewhere.example", "403")])
def test_who_asks_by_another_name_is_not_answered(address: str, host: str, answer: str) -> None:
    """A page elsewhere that makes its own name point here passes the test of origins, and falls on that of names."""
    port = int(address.rstrip("/").rpartition(":")[2])
    asked = [
        "GET /_stcore/stream HTTP/1.1", f"Host: {host}:{port}", f"Origin: http://{host}:{port}", "Connection: Upgrade",
        "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall("\r\n".join(asked).encode())
        assert line.recv(64).decode().split()[1] == answer


def test_an_expired_token_is_asked_to_log_in_again(log_in: LogIn) -> None:
    claims = {"email": "kari@example.no", "email_verified": True, "groups": ["tilsyn-plan"], "office": "Agder"}
    page = log_in("p2", **claims, exp=int(time.time()) - 10)  # within the two minutes that clocks may differ at login
    page.get_by_text("Innloggingen din har gått ut.").wait_for()
    assert re.search("planlegger|Oversikt", main_of(page)) is None


def test_the_servers_log_holds_no_secret_and_nothing_of_those_who_came(log_in: LogIn, log: Path) -> None:
    page = log_in("p3", email="unseen@example.no", email_verified=True, groups=["tilsyn-plan"], office="Agder", name="Kari Normann")
    page.get_by_text("unseen@example.no · planlegger · Agder").wait_for()
    cookie = next(c["value"] for c in page.context.cookies() if c["name"] == "_streamlit_user")
    written = log.read_text(encoding="utf-8")
    assert "You can now view" in written, "it is the log of this server"
    assert [text for text in (*SECRETS, "unseen@", "Kari Normann", cookie[:40]) if text in written] == []
