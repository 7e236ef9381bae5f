"""How the server answers: the language of the page, and the switches it always runs with."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest

from risiko.app.html_lang import HtmlLang
from risiko.app.server import OPTIONS

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
