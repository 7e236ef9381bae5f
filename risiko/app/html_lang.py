"""The first page's <html lang>: Streamlit's index says "en" whatever the language; screen readers listen to it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from risiko.i18n import LANGUAGES

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]

_TAG = re.compile(rb'<html lang="[a-z-]*"')


class HtmlLang:
    """ASGI middleware that writes the language asked for with ?lang= (else the default) into HTML answers."""

    def __init__(self, app: Asgi, default: str = "nb") -> None:
        self.app, self.default = app, default

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass everything through; hold HTML back until it is whole, because its length may change."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        language = self._asked_for(scope)
        start: Message = {}
        body = b""

        async def relay(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
            elif message["type"] == "http.response.body" and start:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await self._finish(start, _TAG.sub(f'<html lang="{language}"'.encode(), body, count=1), send)
            else:
                await send(message)

        await self.app(_uncompressed(scope), receive, relay)

    def _asked_for(self, scope: Message) -> str:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[-1]
        return asked if asked in LANGUAGES else self.default

    @staticmethod
    async def _finish(start: Message, body: bytes, send: Send) -> None:
        # The page now differs by language, so neither its old length nor its old validators hold.
        stale = {b"content-length", b"etag", b"last-modified"}
        headers = [(name, value) for name, value in start["headers"] if name.lower() not in stale]
        await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


def _is_html(message: Message) -> bool:
    return any(name.lower() == b"content-type" and b"text/html" in value for name, value in message["headers"])


def _uncompressed(scope: Message) -> Message:
    """A page asked for by a browser, asked for plain: the few kilobytes of HTML must be read here."""
    wants_html = any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])
    if not wants_html:
        return scope
    drop = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in drop]}
