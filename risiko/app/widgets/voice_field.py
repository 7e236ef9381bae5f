"""One field of a form: label, help, what is wrong with it, and the value that the sheet holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from risiko.app.display import plain
from risiko.app.voice_work import Work
from risiko.i18n import Translator
from risiko.i18n.families import FAMILIES
from risiko.intake.checking import LONGEST, LONGEST_FIELD
from risiko.intake.submission import Fault

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = date(1900, 1, 1), date(2199, 12, 31)
_NAMED_BY_TOPIC = ("graded", "score")  # the topic itself says what is asked


@dataclass(frozen=True)
class Fields:
    """The fields of one form. faults: path of the sheet -> what is wrong there. optional: paths that may stay blank."""

    work: Work
    t: Translator
    faults: Mapping[str, Sequence[Fault]]
    optional: Collection[str] = ()

    def text(self, path: str) -> None:
        """One line of words."""
        st.text_input(self.label(path), key=self._key(path, ""), max_chars=LONGEST_FIELD, help=self._help(path))

    def words(self, path: str, *, about: str = "") -> None:
        """Some lines of words. about: what they are about, where several fields have the same name.

        A longer text the browser takes none of and says nothing, so the bound is that of the longest text there is.
        """
        key = self._key(path, "")
        st.text_area(self.label(path, about), key=key, max_chars=LONGEST, height=100, help=self._help(path))

    def whole(self, path: str) -> None:
        """A whole number, blank until told. Without bounds, for what is wrong with it the check tells in words."""
        st.number_input(self.label(path), None, None, None, step=1, key=self._key(path, None), help=self._help(path))

    def number(self, path: str, *, about: str = "") -> None:
        """A number with decimals, as `whole`."""
        st.number_input(
            self.label(path, about), None, None, None, step=0.1, format="%.1f", key=self._key(path, None),
            help=self._help(path),
        )  # fmt: skip

    def day(self, path: str) -> None:
        """A date, blank until told. Any date can be written, for what is wrong with it the check tells in words."""
        st.date_input(
            self.label(path), None, *_DAYS, key=self._key(path, None), format="DD.MM.YYYY", help=self._help(path),
        )  # fmt: skip

    def one_of(
        self, path: str, options: Sequence[Any], called: Callable[[Any], str], *, first: Any = None
    ) -> None:
        """A choice from a longer list. first: what is chosen until something else is; None: nothing."""
        t, long = self.t, len(options) > 12
        st.selectbox(
            self.label(path), options, key=self._key(path, first, options), format_func=called, help=self._help(path),
            placeholder=t("voice.choose"), filter_mode="contains" if long else None,
        )  # fmt: skip

    def radio(
        self, path: str, options: Sequence[Any], called: Callable[[Any], str], *, first: Any = None, about: str = ""
    ) -> None:
        """A choice from a short list, all in sight."""
        st.radio(
            self.label(path, about), options, key=self._key(path, first, options), format_func=called, horizontal=True,
            help=self._help(path),
        )  # fmt: skip

    def tick(self, path: str) -> None:
        """Yes or no; no until told."""
        st.checkbox(self.label(path), key=self._key(path, False), help=self._help(path))

    def told(self, path: str) -> None:
        """What is wrong where there is no field to say it."""
        for fault in self.faults.get(path, ()):
            st.markdown(f"**⚠ {said(fault, self.t)}**")

    def value(self, path: str) -> Any:
        """What the field holds now; of the sheet where it is not on the page."""
        return st.session_state.get(self.work.key(path), self.work.sheet.values.get(path))

    def label(self, path: str, about: str = "") -> str:
        """What the field is called, and, so that it is read aloud with the name, what is wrong with it."""
        name = path.rpartition(".")[2]
        text = self.t.word("voice_field", name)
        if about:
            text = about if name in _NAMED_BY_TOPIC else self.t("voice.about", field=text, about=about)
        if path in self.optional:
            text = f"{text} {self.t('voice.optional')}"
        wrong = " ".join(said(fault, self.t) for fault in self.faults.get(path, ()))
        return f"{text} ⚠ {wrong}" if wrong else text

    def _help(self, path: str) -> str | None:
        name = path.rpartition(".")[2]
        return self.t.word("voice_help", name) if name in FAMILIES["voice_help"] else None

    def _key(self, path: str, blank: Any, options: Sequence[Any] | None = None) -> str:
        """The field's key, which holds what the sheet holds; a choice that is no longer offered is blank."""
        key = self.work.key(path)
        if key not in st.session_state:
            value = self.work.sheet.values.get(path, blank)
            value = blank if value is None or (options is not None and value not in options) else value
            st.session_state[key] = value
        return key


def said(fault: Fault, t: Translator) -> str:
    """What is wrong and what to do, in a sentence or two."""
    told = {name: plain(_day(value, t)) for name, value in fault.told.items()}
    return f"{t.word('intake_fault', fault.reason)} {t.word('intake_try', fault.reason)}".format(**told)


def _day(value: str, t: Translator) -> str:
    """A date as this reader writes it; anything else as it is."""
    return t.date(date.fromisoformat(value)) if _ISO.fullmatch(value) else value
