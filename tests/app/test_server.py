"""How the server answers: the language of the page, and the switches it always runs with."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest

from risiko.app.headers import HEADERS, SafeHeaders
from risiko.app.html_lang import HtmlLang
from risiko.app.server import OPTIONS, middleware
from tests.app.auth_files import auth_file

ROOT = Path(__file__).parents[2]
PAGE = '<!DOCTYPE html>\n<html lang="en">\n  <body>blåbær</body>\n</html>'.encode()


def ask(path: str, *, kind: bytes = b"text/html", body: bytes = PAGE, query: bytes = b"", chunks: int = 1) -> tuple[dict[bytes, bytes], bytes]:
    """One request through the middleware; the answer's headers and body."""
    step = -(-len(body) // chunks)
    parts = [body[i : i + step] for i in range(0, len(body), step)]
    sent: list[dict[str, Any]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for i, part in enumerate(parts):
            await send({"type": "http.response.body", "body": part, "more_body": i + 1 < len(parts)})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {}

    scope = {"type": "http", "path": path, "query_string": query, "headers": [(b"accept", b"text/html")]}
    asyncio.run(HtmlLang(inner, default="nb")(scope, receive, send))
    return dict(sent[0]["headers"]), b"".join(m.get("body", b"") for m in sent[1:])


@pytest.mark.parametrize(("query", "language"), [(b"", "nb"), (b"lang=nn", "nn"), (b"q=x&lang=en", "en"), (b"lang=%22%3E%3Cscript%3E", "nb")])
@pytest.mark.parametrize("chunks", [1, 3])
def test_the_page_carries_the_language_asked_for(query: bytes, language: str, chunks: int) -> None:
    headers, body = ask("/", query=query, chunks=chunks)
    assert body == PAGE.replace(b'lang="en"', f'lang="{language}"'.encode())
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers, "a validator of another language's page"


def test_other_answers_pass_untouched() -> None:
    script = b'var x = "<html lang=\\"en\\">"'
    headers, body = ask("/static/x.js", kind=b"text/javascript", body=script, query=b"lang=nn")
    assert body == script
    assert headers[b"etag"] == b'"1"'


def test_both_ways_to_start_run_with_the_same_switches() -> None:
    with (ROOT / ".streamlit" / "config.toml").open("rb") as stream:
        file = {f"{section}.{key}": value for section, keys in tomllib.load(stream).items() for key, value in keys.items()}
    assert (ROOT / file.pop("theme.base")).samefile(OPTIONS["theme.base"])
    assert file == {key: value for key, value in OPTIONS.items() if key != "theme.base"}


def answered(https: bool, *headers: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer once it has passed the middleware."""
    sent: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(SafeHeaders(inner, https=https)({"type": "http"}, send, send))
    return list(sent[0]["headers"])


@pytest.mark.parametrize(("https", "cookies"), [(False, [b"a=1; Path=/", b"b=2"]), (True, [b"a=1; Path=/; Secure", b"b=2; Secure"])])
def test_every_answer_is_guarded_and_cookies_go_over_https_alone_where_readers_do(https: bool, cookies: list[bytes]) -> None:
    found = answered(https, (b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2"), (b"x-frame-options", b"DENY"))
    assert [value for name, value in found if name == b"set-cookie"] == cookies
    expected = HEADERS | {"x-frame-options": "DENY"}
    assert {name.decode(): value.decode() for name, value in found if name != b"set-cookie"} == expected


@pytest.mark.parametrize(("address", "https"), [("https://risiko.example.no/", True), ("http://127.0.0.1:{port}/", False)])
def test_whether_readers_use_https_is_told_by_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, https: bool) -> None:
    change = ("http://127.0.0.1:{port}/", address)
    monkeypatch.setenv("RISIKO_AUTH", str(auth_file(tmp_path, change=change)))
    assert middleware()[0].kwargs == {"https": https}
