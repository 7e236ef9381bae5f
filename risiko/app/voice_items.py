"""Questions of a survey on the page: what they are called, and means on a report's own scale made 0 to 100."""

from __future__ import annotations

from risiko.i18n import Translator
from risiko.intake.instruments import INSTRUMENTS, Item

# How the means of a report may be written: lowest and highest; the first is how they are kept, 100 best.
KEPT = "0-100"
SCALES = {KEPT: (0, 100), "1-5": (1, 5), "1-4": (1, 4), "1-6": (1, 6), "1-7": (1, 7), "0-10": (0, 10), "1-10": (1, 10)}


def method_name(method: str, t: Translator) -> str:
    """A way of collecting as it stands alone: «Fokusgruppe»."""
    name = t.word("method", method)
    return name[:1].upper() + name[1:]


def standard() -> list[tuple[str, str]]:
    """(instrument, item) of every standard question, in the order of the instruments."""
    return [(name, item.item) for name, instrument in INSTRUMENTS.items() for item in instrument.items]


def found(instrument: str, item: str) -> Item | None:
    """A standard question; None for one of their own."""
    return INSTRUMENTS[instrument].by_name.get(item) if instrument in INSTRUMENTS else None


def wording(instrument: str, item: str, own: str, t: Translator) -> str:
    """The question as it reads in the reader's language; one of their own as it was asked."""
    one = found(instrument, item)
    return one.wording.get(t.language) if one else own or item


def scale_of(scale: str, instrument: str, item: str) -> tuple[int, int]:
    """Lowest and highest of a mean. A standard question that is not told from 0 to 100 has the steps of its answers."""
    one = found(instrument, item)
    return SCALES[scale] if one is None or scale == KEPT else (1, one.steps)


def kept_mean(mean: float, scale: str, instrument: str, item: str) -> float:
    """A mean on a scale as 0 to 100, 100 best.

    On a scale of answers the mean of a question whose highest answer is the worst is turned round; a mean from 0 to 100
    stands as it is. Outside its scale it lands outside 0 to 100, and the check tells.
    """
    low, high = scale_of(scale, instrument, item)
    share = (mean - low) / (high - low)
    one = found(instrument, item)
    turned = 1 - share if one is not None and one.reverse and scale != KEPT else share
    return round(100 * turned, 4)
