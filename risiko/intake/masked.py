"""A submission without identifiers: every free text is masked before it is looked at, kept or told of."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from risiko.intake.submission import Submission
from risiko.masking import mask

TEXTS = ("asked_by", "reached_how", "wants_back")  # free texts of the submission itself
# Signs that are no letters and that a database or a document refuses; lines and tabs stay.
_NO_SIGNS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Signs without width: pasted along from documents and pages, they could stand hidden in a number and in a name.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


def masked(submission: Submission) -> Submission:
    """The same submission with every free text trimmed, freed from control signs and masked (masking.mask).

    Free text is TEXTS, the texts of what was said and of quotes, and the names and wordings of own questions. The
    organisation's name stays, but on one line, and without a national identity number. Doing it twice changes nothing.
    """
    hidden = iter(_hidden(list(free_texts(submission).values())))
    asked_by, reached_how, wants_back = (next(hidden) for _ in TEXTS)
    said = tuple(replace(one, text=next(hidden)) for one in submission.said)
    quotes = tuple(replace(one, text=next(hidden)) for one in submission.quotes)
    items = tuple(replace(one, item=next(hidden), wording=next(hidden)) for one in submission.items)
    return replace(
        submission, organisation=_name(submission.organisation), asked_by=asked_by, reached_how=reached_how,
        wants_back=wants_back, said=said, quotes=quotes, items=items,
    )  # fmt: skip


def free_texts(submission: Submission) -> dict[str, str]:
    """Every free text by its field (see Fault.field), in one fixed order, as it was handed in."""
    texts = {name: getattr(submission, name) for name in TEXTS}
    texts |= {f"said.{place}.text": one.text for place, one in enumerate(submission.said, start=1)}
    texts |= {f"quotes.{place}.text": one.text for place, one in enumerate(submission.quotes, start=1)}
    for place, one in enumerate(submission.items, start=1):
        texts |= {f"items.{place}.item": one.item, f"items.{place}.wording": one.wording}
    return texts


def masked_fields(submission: Submission) -> tuple[str, ...]:
    """The fields in which identifiers give way to words in brackets."""
    texts = {name: _clean(text) for name, text in free_texts(submission).items()}
    hidden = _hidden(list(texts.values()))
    return tuple(name for (name, text), shown in zip(texts.items(), hidden, strict=True) if text != shown)


def shown(text: str, longest: int = 40) -> str:
    """A text as a message may repeat it: masked, on one line, cut."""
    line = " ".join(_hidden([text])[0].split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _hidden(texts: list[str]) -> list[str]:
    hidden: list[str] = mask(pd.Series([_clean(text) for text in texts], dtype="str")).tolist()
    return hidden


def one_line(name: str) -> str:
    """A name without control signs, signs nobody sees, and breaks of line."""
    return " ".join(_clean(name).split())


def _name(text: str) -> str:
    hidden = _hidden([name := one_line(text)])[0]
    return hidden if "[fødselsnummer]" in hidden else name


def _clean(text: str) -> str:
    return _NO_SIGNS.sub(" ", _UNSEEN.sub("", text).replace("\r\n", "\n")).strip()
