"""How identifiers look in Norwegian and English text. No pattern can take more than linear time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from risiko.masking.words import (
    ABBREVIATIONS,
    GIVEN,
    LONE_SURNAMES,
    NEVER_NAMES,
    ROLES,
    STREET_WORDS,
    STREETS,
    SURNAMES,
)

Found = re.Match[str]
# Weights of the two check digits of a national identity number, the digit itself included (Skatteetaten).
_K1, _K2 = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


@dataclass(frozen=True)
class Kind:
    """One kind of identifier: the word it gives way to, how it looks, and how much of it gives way (all, if not said).

    where: a cheap pattern; texts without it are not looked at more closely.
    """

    word: str
    pattern: re.Pattern[str]
    where: str
    instead: Callable[[Found], str] | None = None


def is_national_number(text: str) -> bool:
    """Whether the digits in a text are a Norwegian birth number, D-number or test number.

    Eleven digits, a date, and both check digits right (mod 11). The day may be raised by 40 (D-number), the month by
    40, 65 or 80 (numbers for testing).
    """
    digits = [int(sign) for sign in text if sign.isdigit()]
    if len(digits) != 11 or any(sum(w * d for w, d in zip(k, digits, strict=True)) % 11 for k in (_K1, _K2)):
        return False
    day, month = 10 * digits[0] + digits[1], 10 * digits[2] + digits[3]
    return 1 <= day - 40 * (day > 40) <= 31 and any(1 <= month - raised <= 12 for raised in (0, 40, 65, 80))


def _only_valid(found: Found) -> str:
    return "[fødselsnummer]" if is_national_number(found[0]) else found[0]


def _after_role(found: Found) -> str:
    return found[0] if found["first"].rstrip(".") in NEVER_NAMES else f"{found['role']}[navn]"


def _with_surname(found: Found) -> str:
    return found[0] if found["next"] in NEVER_NAMES else "[navn]"


def _any(words: Iterable[str]) -> str:
    """A pattern for any of the words, by common beginnings: hundreds of alternatives side by side are slow."""
    rest = defaultdict(list)
    for word in sorted(set(words)):
        rest[word[:1]].append(word[1:])
    ends = rest.pop("", None) is not None
    branches = [re.escape(sign) + (_any(tails) if any(tails) else "") for sign, tails in rest.items()]
    return f"(?:{'|'.join(branches)}){'?' * ends}"


def _written(words: Iterable[str]) -> str:
    """A pattern for any of the words in small letters, with a capital first, or all in capitals."""
    return _any(way for word in words for way in (word, word[:1].upper() + word[1:], word.upper()))


_S = "[ \u00a0]"
_UPPER, _LOWER = "A-ZÆØÅÁÉÖÄÜ", "a-zæøåáéèêôöäüó"
_WORD = rf"(?:[{_UPPER}]['’](?=[{_UPPER}]))?+[{_UPPER}][{_LOWER}]++(?:['’-][{_UPPER}{_LOWER}][{_LOWER}]++)?+"
_MORE = rf"(?:{_WORD}|[{_UPPER}]\.|(?:von|van|de|der|af|al|el)(?={_S}[{_UPPER}]))"
_CAPS = rf"[{_UPPER}]{{2,20}}\b"
_STREET, _STREET_WORD, _GIVEN = _written(STREETS), _written(STREET_WORDS), _any(GIVEN)
_ROLES, _ABBREVIATIONS = _written(ROLES), _written(ABBREVIATIONS)
_STREET_END = _written(word[-3:] for word in (*STREETS, *STREET_WORDS))
_MONEY = rf"{_S}?(?i:kr\b|kroner|nok\b|,-|millioner|prosent|%)"
_AFTER_PLACE_WORD = "(?:^|(?<=, )|(?<=\\bi )|(?<=\\bpå )|(?<=\\btil )|(?<=\\bfra )|(?<=\\bfrå )|(?<=\\bin ))"

_EMAIL = r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++"
_WEB = (
    r"(?i:\bhttps?://|\bwww\.)[^\s<>\"»)]++"
    r"|(?<![\w.-])[\w.-]++(?:(?<=\.no)|(?<=\.com)|(?<=\.org)|(?<=\.net)|(?<=\.info))/[^\s<>\"»)]++"
)
_SAID_NUMBER = (  # a number that the writer calls a national number is masked even when a digit is wrong
    r"(?P<said>(?<!\w)(?i:fnr|f\.nr|personnr|personnummer|fødselsnr|fødselsnummer|d-nummer|d-nr)\.?:?\s{0,2}(?:er\s)?)"
    r"\d{6}[ \u00a0.-]?\d{5}(?!\d)"
)
# Between its parts stands whatever people and word processors put there; the check digits tell it from other numbers.
_IN_DATE, _AFTER_DATE = "[ \u00a0./-]", "[ \u00a0\n./\u2010-\u2013\u2212-]"
_NUMBER = rf"(?<!\d)\d\d{_IN_DATE}?\d\d{_IN_DATE}?\d\d{_AFTER_DATE}{{0,3}}\d{{3}}[ \u00a0]?\d\d(?!\d)"
_PHONE = (
    r"(?<![\w+])(?:\+|00)(?=[1-9])\d{1,3}(?:[ \u00a0.-]?\(?\d\)?){6,12}(?!\d)"
    r"|(?<![\d/.,-])(?=[3-9]|2[1-9])(?:\d{8}|\d\d(?P<s>[ \u00a0.-])\d\d(?P=s)\d\d(?P=s)\d\d"
    rf"|\d{{3}}(?P<t>[ \u00a0.-])\d\d(?P=t)\d{{3}}|\d{{4}}{_S}\d{{4}})(?![\d/]|[.,-]\d|{_MONEY})"
)
_ADDRESS = (
    rf"(?<!\w)(?:(?:{_WORD}\.?{_S}){{0,3}}[{_UPPER}][{_UPPER}{_LOWER}.-]{{0,30}}?{_STREET}"
    rf"|(?:{_WORD}\.?{_S}){{1,3}}(?:(?<=s{_S})|(?=[{_UPPER}svgr])){_STREET_WORD})"
    rf"{_S}{{1,2}}(?:nr\.?{_S}?)?\d{{1,4}}(?:{_S}?[A-Ha-h])?(?!\w)"
    rf"|\b(?i:postboks){_S}\d{{1,5}}(?!\d)"
)
_POSTCODE = (
    rf"\[adresse\],?{_S}{{1,2}}\d{{4}}{_S}{{1,2}}(?:{_WORD}|{_CAPS})"
    rf"|{_AFTER_PLACE_WORD}(?!19|20)\d{{4}}{_S}(?!(?i:kr|nok)\b)(?:{_WORD}|{_CAPS})"
)
_ROLE = (
    rf"(?P<role>(?<!\w)(?:{_ROLES},?|{_ABBREVIATIONS}\.?)[ \u00a0\n])"
    rf"(?P<first>{_WORD}|[{_UPPER}]\.)(?:{_S}{_MORE}){{0,3}}"
)
_FULL = rf"(?<!\w){_GIVEN}(?:-{_WORD})?{_S}(?P<next>{_WORD}|[{_UPPER}]\.)(?:{_S}{_MORE}){{0,2}}"
_SHOUTED = rf"(?<!\w){_any(name.upper() for name in GIVEN)}{_S}(?P<next>{_CAPS})"
_ALONE = (
    rf"(?<=[{_LOWER},]{_S})(?:{_GIVEN}(?:-{_WORD})?|{_any(LONE_SURNAMES)})(?!\w)"
    rf"|(?<!\w)[{_UPPER}]\.{_S}?{_any(SURNAMES)}(?!\w)"
)



def _hint(*patterns: str) -> str:
    """A pattern that holds wherever the exact one can: without looking around or back, so that Arrow runs it at once
    over all texts. Few texts are then looked at word by word.

    pandas leaves \\u and, where a text has an æ, \\d to Python's own patterns, which are slower; so the sign itself
    stands here, and for a digit any sign that may be one.
    """
    plain = {"\\ ": " ", "\\u00a0": "\u00a0", "\\d": "[0-9\u0080-\U0010ffff]"}
    pattern = "|".join(patterns)
    for written, sign in plain.items():
        pattern = pattern.replace(written, sign)
    return pattern


_CAPITAL, _START = f"[{_UPPER}]", f"(?:^|[^{_UPPER}{_LOWER}])"
KINDS = (
    Kind("[e-post]", re.compile(_EMAIL), "@"),
    Kind("[nettadresse]", re.compile(_WEB), _hint("(?i:https?://)", r"(?i:www\.)", r"\.(?:no|com|org|net|info)/")),
    Kind(
        "[fødselsnummer]", re.compile(_SAID_NUMBER), _hint(r"(?i:fnr|f\.nr|personn|fødselsn|d-n)"),
        lambda found: f"{found['said']}[fødselsnummer]",
    ),
    Kind(
        "[fødselsnummer]", re.compile(_NUMBER),
        _hint(rf"\d\d{_IN_DATE}?\d\d{_IN_DATE}?\d\d{_AFTER_DATE}{{0,3}}\d\d\d[ \u00a0]?\d\d"), _only_valid,
    ),
    Kind("[telefon]", re.compile(_PHONE), _hint(r"(?:\d[ \u00a0.()-]{0,3}){6}\d")),
    Kind("[adresse]", re.compile(_ADDRESS), _hint(
        rf"{_STREET_END}{_S}{{1,2}}(?:nr\.?{_S}?)?\d", rf"(?i:boks){_S}\d",
    )),
    Kind("[adresse]", re.compile(_POSTCODE, re.MULTILINE), _hint(
        rf"\[adresse\],?{_S}{{1,2}}\d", rf"\d\d\d\d{_S}{_CAPITAL}",
    )),
    Kind("[navn]", re.compile(_ROLE), _hint(
        rf"{_START}(?:{_ROLES},?|{_ABBREVIATIONS}\.?)[ \u00a0\n]{_CAPITAL}",
    ), _after_role),
    Kind("[navn]", re.compile(_FULL), _hint(rf"{_GIVEN}(?:-[^ \u00a0]*)?{_S}{_CAPITAL}"), _with_surname),
    Kind("[navn]", re.compile(_SHOUTED), _hint(
        rf"{_any(name.upper() for name in GIVEN)}{_S}{_CAPITAL}{_CAPITAL}",
    ), _with_surname),
    Kind("[navn]", re.compile(_ALONE), _hint(
        rf"[{_LOWER},]{_S}(?:{_GIVEN}|{_any(LONE_SURNAMES)})", rf"{_CAPITAL}\.{_S}?{_any(SURNAMES)}",
    )),
)  # fmt: skip
# A case number leads to a person only inside the authority, so masking it is the authority's choice.
CASE_NUMBERS = Kind("[saksnummer]", re.compile(r"(?<![\d/])(?:19|20)\d\d/\d{1,7}(?:-\d{1,4})?(?![\d/])"), "/")
