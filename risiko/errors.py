"""Errors a person can act on: what happened, where, and what to try."""

from __future__ import annotations


class RisikoError(Exception):
    """A fault that is told in one clear message and ends a command without a traceback.

    what: one sentence. where: file, row, column, key or address. hint: what to try.
    """

    exit_code = 1
    kind = "error"

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.hint = what, where, hint

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"Where: {self.where}")
        if self.hint:
            parts.append(f"Try: {self.hint}")
        return "\n".join(parts)

    def as_dict(self) -> dict[str, str]:
        """The same message for machines (`--json`)."""
        return {"error": self.kind, "what": self.what, "where": self.where, "try": self.hint}


class InputError(RisikoError):
    """A file, folder or value given by the user cannot be used."""

    exit_code = 2
    kind = "input"


class MappingError(RisikoError):
    """An import mapping is wrong; `where` names the key."""

    exit_code = 3
    kind = "mapping"


class StoreError(RisikoError):
    """The store cannot be opened, read or written."""

    exit_code = 4
    kind = "store"


class Stale(StoreError):
    """Someone else has written since the writer last looked; nothing of the later write was kept."""

    kind = "stale"


class NoStoreYet(StoreError):
    """There is no store at the address: nothing has been imported there."""


class SettingsError(RisikoError):
    """A settings file is wrong; `where` names the key."""

    exit_code = 5
    kind = "settings"


class NothingToScore(RisikoError):
    """There is no service in operation at the as-of date."""

    exit_code = 6
    kind = "nothing_to_score"


class ModelError(RisikoError):
    """A model file is unknown, changed, incomplete or does not fit what is installed or asked for."""

    exit_code = 7
    kind = "model"


class TooLittleToLearn(RisikoError):
    """Too few outcomes could be known at a date for a score to learn from them."""

    exit_code = 8
    kind = "too_little_to_learn"
