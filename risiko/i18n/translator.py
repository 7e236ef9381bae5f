"""One reader's language: texts, plurals, numbers and dates as that reader writes them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import pandas as pd

from risiko.i18n import catalogue

LANGUAGES = ("nb", "nn", "en")
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
_DATE_PATTERNS = {"nb": "dd.MM.yyyy", "nn": "dd.MM.yyyy", "en": "d MMM yyyy"}


class UnknownText(KeyError):
    """A text id that no catalogue holds: a fault in the code, found by the tests."""


class Translator:
    """Looks up texts by id and writes numbers and dates; `t = Translator("nn"); t("ranking.title")`.

    language: nb, nn or en; anything else reads as nb. strict: an unknown id raises UnknownText instead of
    standing in the page as itself.
    """

    def __init__(self, language: str, *, strict: bool = False) -> None:
        self.language = language if language in LANGUAGES else "nb"
        self.locale = _LOCALES[self.language]
        self._strict = strict

    def __call__(self, key: str, **values: Any) -> str:
        """The text with this id, with {name} places filled from values."""
        return self._text(key).format(**values) if self._holds(key) else key

    def plural(self, key: str, n: int, **values: Any) -> str:
        """The text in the form that n asks for; {n} stands for the number as this reader writes it."""
        if not self._holds(key):
            return key
        text = catalogue.compiled(self.language).ngettext(key, key, n)
        return text.format(n=self.number(n), **values)

    def word(self, family: str, word: str) -> str:
        """The word for one value of a closed list (see families); a value outside the list made readable."""
        key = f"{family}.{word}"
        return self._text(key) if key in catalogue.ids(self.language) else readable(word)

    def number(self, x: Any, decimals: int = 0, *, sign: bool = False) -> str:
        """A number with this reader's decimal mark and thousands; missing reads "no data", never zero."""
        if pd.isna(x):
            return self("data.missing")
        # Rounded first, so that −0,04 does not stand as "−0,0".
        x = round(float(x), decimals) + 0.0
        text = _decimal(x, decimals, self.locale)
        return f"+{text}" if sign and x > 0 else text

    def percent(self, x: Any, decimals: int = 0) -> str:
        """A share (0–1) as per cent; missing reads "no data"."""
        if pd.isna(x):
            return self("data.missing")
        number = self.number(100 * x, decimals)
        return f"{number}%" if self.language == "en" else f"{number}\u00a0%"

    def chance(self, p: float) -> str:
        """A probability as per cent that is never written as impossible or certain unless it is."""
        if 0 < p < 0.005:
            return self("chance.least", p=self.percent(0.01))
        return self("chance.most", p=self.percent(0.99)) if 0.995 <= p < 1 else self.percent(p)

    def date(self, d: dt.date | None) -> str:
        """A day: 31.03.2023, in English 31 Mar 2023; missing reads "no data"."""
        return self._date(d, _DATE_PATTERNS[self.language])

    def month(self, d: dt.date | None) -> str:
        """A month in words: mars 2023; missing reads "no data"."""
        return self._date(d, "MMMM y")

    def _date(self, d: dt.date | None, pattern: str) -> str:
        from babel.dates import format_date

        return self("data.missing") if pd.isna(d) else format_date(d, pattern, locale=self.locale)

    def _holds(self, key: str) -> bool:
        if key in catalogue.ids(self.language):
            return True
        if self._strict:
            raise UnknownText(f"no text {key!r} in {self.language}.po")
        return False

    def _text(self, key: str) -> str:
        return catalogue.compiled(self.language).gettext(key)


@lru_cache(maxsize=1 << 16)
def _decimal(x: float, decimals: int, locale: str) -> str:
    """A number as a place writes it; remembered, for a list of thousands is written anew at every turn of a page."""
    from babel.numbers import format_decimal

    digits = "0" * decimals
    return format_decimal(x, format=f"#,##0.{digits}" if decimals else "#,##0", locale=locale)


def readable(slug: str) -> str:
    """A name that nobody has put into words, made fit to read: care_home_service -> Care home service."""
    words = slug.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
