"""The text model that scores are made with, fitted once per process when a score first needs it."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from risiko.settings import Settings

if TYPE_CHECKING:
    from risiko.narratives import TextReader
    from risiko.signals.registry import ReadTexts


def reader(settings: Settings) -> ReadTexts:
    """Reads texts as narratives.TextReader.read does; learnt from settings.narratives.labels, else the starter set.

    Fitting takes a second or two and waits for the first call. No signal calls it where no service has enough
    comments, so most scores never pay for it. That call raises InputError for labels that cannot be used.
    """
    return partial(_read, settings.narratives.labels)


def _read(labels: str, texts: pd.Series) -> pd.DataFrame:
    return _fitted(labels).read(texts)


@lru_cache(maxsize=2)
def _fitted(labels: str) -> TextReader:
    from risiko.narratives import TextReader, read_labels, starter

    return TextReader.fit(read_labels(Path(labels)).good if labels else starter())
