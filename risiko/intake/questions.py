"""Questions of surveys as a workbook names them: the questionnaire and the wording, in any language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from risiko.i18n import LANGUAGES, Translator
from risiko.intake.cell_values import plain
from risiko.intake.instruments import INSTRUMENTS, OWN

OWN_PLACES = 5  # columns for questions of the organisation's own in a sheet of answers


def question(instrument: str, item: str, t: Translator) -> str:
    """The question as this reader reads it ("GS-PEQ: Did you ..."); one of the organisation's own as it stands."""
    known = INSTRUMENTS.get(instrument)
    if known is None:
        return item
    return f"{t.word('voice_instrument', instrument)}: {known.by_name[item].wording.get(t.language)}"


def standard(t: Translator) -> tuple[str, ...]:
    """Every question of the known questionnaires as this reader reads it, in their own order."""
    return tuple(question(name, item.item, t) for name, known in INSTRUMENTS.items() for item in known.items)


def found(text: str) -> tuple[str, str]:
    """(instrument, item) of a question as it stands in a cell; what is none of the known ones is their own."""
    return _known().get(plain(text), (OWN, text))


def own_name(place: int, t: Translator) -> str:
    """What stands above a column for one of the organisation's own questions until it is written there."""
    return t("workbook.own_question", place=place)


def own_place(text: str) -> bool:
    """Whether this is such a name: no question has been written."""
    return plain(text) in {plain(own_name(n, Translator(code))) for code in LANGUAGES for n in range(1, OWN_PLACES + 1)}


@cache
def _known() -> Mapping[str, tuple[str, str]]:
    """Each question by its machine name, with its questionnaire and, where no other has it, by its wording alone."""
    pairs = [(name, item.item) for name, known in INSTRUMENTS.items() for item in known.items]
    read = {plain(question(*pair, Translator(code))): pair for code in LANGUAGES for pair in pairs}
    read |= {f"{name}.{item}": (name, item) for name, item in pairs}
    bare: dict[str, set[tuple[str, str]]] = {}
    for name, item in pairs:
        for code in LANGUAGES:
            bare.setdefault(plain(INSTRUMENTS[name].by_name[item].wording.get(code)), set()).add((name, item))
    return {text: next(iter(own)) for text, own in bare.items() if len(own) == 1} | read
