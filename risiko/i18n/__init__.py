"""Every sentence shown to a person, in bokmål, nynorsk and English."""

from risiko.i18n.translator import LANGUAGES, Translator, UnknownText

__all__ = ["LANGUAGES", "Translator", "UnknownText"]
