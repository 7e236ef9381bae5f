"""Reading short texts: language, dimension, how critical, and fear of complaining. It points; it never decides."""

from risiko.narratives.fear import tells_of_fear
from risiko.narratives.labels import Labelled, check_labels, read_labels, starter
from risiko.narratives.language import language_of
from risiko.narratives.reader import TextReader

__all__ = ["Labelled", "TextReader", "check_labels", "language_of", "read_labels", "starter", "tells_of_fear"]
