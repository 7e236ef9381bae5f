"""The form this reader is filling in, kept in the session: its sheet, the step it is at and the draft it is kept as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from risiko.app.voice_sheet import Sheet
from risiko.intake.submission import Submission

_WORK, _COUNT, _FIELD = "voice.work", "voice.count", "voice.field"


@dataclass
class Work:
    """number: which form of this session it is, so that no field takes its value from another. tried: the steps left
    once, whose blank fields are told of. kept: what the draft holds, or the form held when it was opened."""

    sheet: Sheet
    number: int
    step: str = ""
    draft_id: str | None = None
    tried: set[str] = field(default_factory=set)
    kept: Submission | None = None

    @property
    def method(self) -> str:
        """The method it is a form for."""
        return str(self.sheet.values["method"])

    def key(self, path: str) -> str:
        """The key of the field at a path of the sheet; the session then holds what the sheet holds."""
        return f"{_FIELD}.{self.number}.{path}"


def now() -> Work | None:
    """The form with what its fields hold at this moment; None where none is open."""
    work: Work | None = st.session_state.get(_WORK)
    if work is not None:
        start = work.key("")
        typed: dict[str, Any] = {str(k): st.session_state[k] for k in st.session_state if str(k).startswith(start)}
        work.sheet.values |= {key.removeprefix(start): value for key, value in typed.items()}
    return work


def begin(sheet: Sheet, step: str, draft_id: str | None = None) -> Work:
    """Open a form in place of any other."""
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
    work = Work(sheet, st.session_state[_COUNT], step, draft_id)
    st.session_state[_WORK] = work
    return work


def put_away() -> None:
    """No form is open any more."""
    st.session_state.pop(_WORK, None)
