"""Headers that every answer carries: no framing by others, no guessing of types, cookies over https alone."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Scripts are not restricted: Streamlit and the page frame run inline ones. docs/explanation/security.md says so.
HEADERS = {
    "content-security-policy": "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
}


class SafeHeaders:
    """ASGI middleware that adds HEADERS; https: readers reach the server by https, so cookies are marked Secure too.

    Streamlit does not mark them: it cannot know that a proxy in front of it speaks https.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                cookies = headers.getlist("set-cookie")
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self.https and cookies:
                    del headers["set-cookie"]
                    for cookie in cookies:
                        headers.append("set-cookie", cookie if "; secure" in cookie.lower() else f"{cookie}; Secure")
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)
