"""A submission as plain values that JSON can hold, and back: how drafts are kept and machines hand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from math import isfinite
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from risiko.errors import InputError
from risiko.intake.submission import Submission


def as_dict(submission: Submission) -> dict[str, Any]:
    """The submission as dictionaries, lists, texts and numbers; days as 2026-05-01. `from_dict` gives the same back."""
    written: dict[str, Any] = _plain(submission)
    return written


def from_dict(written: Mapping[str, Any]) -> Submission:
    """The submission that `as_dict` wrote; a field that is left out takes its default.

    Raises InputError that names the first field that is unknown or holds a value of another kind.
    """
    read: Submission = _read(written, Submission, "submission")
    return read


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(value: Any, kind: Any, where: str) -> Any:
    """The value as a thing of this kind: a class of submission.py, a tuple, or a simple value that may be missing."""
    if get_origin(kind) is UnionType:
        return None if value is None else _read(value, get_args(kind)[0], where)
    if get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            raise _wrong(value, where)
        return tuple(_read(one, get_args(kind)[0], f"{where}.{place}") for place, one in enumerate(value, start=1))
    if is_dataclass(kind):
        return _made(value, kind, where)
    return _simple(value, kind, where)


def _made(value: Any, kind: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise _wrong(value, where)
    types = _types(kind)
    unknown = [str(name) for name in value if name not in types]
    if unknown:
        raise InputError(f"There is no field {unknown[0]!r}.", where=where, hint=", ".join(types))
    given = {name: _read(one, types[name], f"{where}.{name}") for name, one in value.items()}
    try:
        return kind(**given)
    except TypeError:
        needed = [f.name for f in fields(kind) if f.name not in given]
        raise InputError("A field is missing.", where=where, hint=f"one of {', '.join(needed)}") from None


def _simple(value: Any, kind: Any, where: str) -> Any:
    if kind is date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise _wrong(value, where) from None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is float and number and isfinite(value):
        return float(value)
    if type(value) is not kind or kind is float:
        raise _wrong(value, where)
    return value


def _wrong(value: Any, where: str) -> InputError:
    # The value itself is not told: it may be what somebody said.
    return InputError(f"A value of this kind ({type(value).__name__}) cannot stand here.", where=where)
