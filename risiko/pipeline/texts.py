"""The text model that scores are made with: fitted once per process, from the starter set that ships."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from risiko.narratives import TextReader


def read_texts(texts: pd.Series) -> pd.DataFrame:
    """What narratives.TextReader.read gives. The first call fits the model, which takes a second or two.

    No signal calls it where no service has enough comments, so most scores never pay for it.
    """
    return _reader().read(texts)


@lru_cache(maxsize=1)
def _reader() -> TextReader:
    from risiko.narratives import TextReader, starter

    return TextReader.fit(starter())
