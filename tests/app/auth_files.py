"""A RISIKO_AUTH file and the claims of one person, for the tests of logging in."""

from __future__ import annotations

import time
from pathlib import Path

HOUR = time.time() + 3600
SECRETS = ("a secret of this test, thirty-two characters", "another secret of this test")
FILE = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a secret of this test, thirty-two characters"
client_id = "risiko"
client_secret = "another secret of this test"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"

[roles]
claim = "groups"
office = "office"
organisation = "organisation"
contact = "tilsyn-it@example.no"

[roles.values]
tilsyn-plan = "planner"
tilsyn-les = "reader"
tilsyn-analyse = "analyst"
brukerorg = "organisation"
"""
METADATA = "http://127.0.0.1:9/.well-known/openid-configuration"
KARI = {"is_logged_in": True, "exp": HOUR, "sub": "1", "email": "Kari@example.no", "email_verified": True, "groups": ["tilsyn-plan"], "office": "Agder"}


def auth_file(folder: Path, *, change: tuple[str, str] = ("", ""), metadata: str = METADATA) -> Path:
    """A RISIKO_AUTH file as the how-to shows it, with one text changed."""
    path = folder / "auth.toml"
    assert change[0] in FILE
    path.write_text(FILE.replace(*change, 1).replace(METADATA, metadata), encoding="utf-8")
    return path
