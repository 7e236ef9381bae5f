"""Reading the gettext catalogues: .po text on disk, compiled in memory, once per language."""

from __future__ import annotations

import gettext
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog


def read(language: str) -> Catalog:
    """The catalogue as written: symbolic ids ("ranking.title") with their texts, plural forms as tuples."""
    from babel.messages.pofile import read_po

    source = files("risiko.i18n").joinpath("locale", f"{language}.po")
    with source.open("rb") as stream:
        return read_po(stream, locale=language, charset="utf-8")


@lru_cache(maxsize=8)
def compiled(language: str) -> gettext.GNUTranslations:
    """The catalogue ready for look-ups. Compiling takes some milliseconds, so there is no build step to forget."""
    from babel.messages.mofile import write_mo

    buffer = BytesIO()
    write_mo(buffer, read(language))
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


@lru_cache(maxsize=8)
def ids(language: str) -> frozenset[str]:
    """Every id that has a text in this language."""
    # A plural's id is the pair (singular id, plural id), which here are the same.
    return frozenset(str(m.id) if isinstance(m.id, str) else str(m.id[0]) for m in read(language) if m.id)
