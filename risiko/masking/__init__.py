"""Identifiers are taken out of free text before it is stored: each gives way to a word in brackets."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from risiko.masking.patterns import CASE_NUMBERS, KINDS, Kind, is_national_number

__all__ = ["WORDS", "counts", "is_national_number", "mask"]

FEW = 2000  # texts that are looked through one by one sooner than pandas has read the pattern through for Arrow
MOST_ROUNDS = 5  # two are nearly always enough
WORDS = tuple(dict.fromkeys(kind.word for kind in (*KINDS, CASE_NUMBERS)))


def mask(texts: pd.Series, *, case_numbers: bool = False) -> pd.Series:
    """The texts with identifiers replaced, same index, dtype str; missing stays missing. Masking twice changes nothing.

    National identity numbers (valid check digits, D-numbers too), phones, e-mails, web addresses, street addresses and
    names. case_numbers: case numbers such as 2024/12345 as well. Names are found by what stands before them, by common
    given names and by surnames; a rare name alone, or one in lower case, is not found: masking lessens the risk of
    telling who someone is, it does not remove it.
    """
    codes, distinct = pd.factorize(texts, use_na_sentinel=True)
    done = pd.Series(distinct, dtype="str").reset_index(drop=True)
    kinds = (*KINDS, *([CASE_NUMBERS] if case_numbers else []))
    left = done
    for _ in range(MOST_ROUNDS):  # what stood against an identifier, as an address against a number, is bared by it
        masked = left
        for kind in kinds:
            masked = _without(masked, kind)
        left = masked[(masked != left).to_numpy(dtype=bool)]
        if left.empty:
            break
        done[left.index] = left
    return done.reindex(codes).set_axis(texts.index)


@cache
def _where(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _without(texts: pd.Series, kind: Kind) -> pd.Series:
    if len(texts) <= FEW:
        there = texts.map(lambda text: _where(kind.where).search(text) is not None).astype("bool")
    else:
        there = texts.str.contains(kind.where, regex=True)
    if not there.any():
        return texts
    out = texts.copy()
    out[there] = texts[there].str.replace(kind.pattern, kind.instead or kind.word, regex=True)
    return out


def counts(before: pd.Series, after: pd.Series) -> pd.Series:
    """How many identifiers of each kind gave way: word in brackets -> number, less those that stood there before."""
    now, then = ({word: texts.str.count(rf"\{word}").sum() for word in WORDS} for texts in (after, before))
    found = {word: now[word] - then[word] for word in WORDS}
    return pd.Series(found, dtype="int64")
