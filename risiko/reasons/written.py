"""Reasons as plain JSON and back, for what must still tell why long after the score is gone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, get_args

from risiko.errors import InputError
from risiko.reasons.reason import Kind, Position, Reason

_DEFAULTS = {f.name: f.default for f in fields(Reason)}
_DAYS, _LISTS = ("as_of", "since", "until"), ("dimensions", "names")


def reasons_as_text(reasons: Sequence[Reason]) -> str:
    """The reasons as JSON, a list of {"kind": …, "as_of": …, …}: what a reason leaves at its default is left out."""
    plain = [_plain(reason) for reason in reasons]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def reasons_from_text(text: str, where: str = "reasons") -> list[Reason]:
    """The reasons behind the JSON; a blank text holds none. Raises InputError where it is not what was written here."""
    try:
        return [_reason(said) for said in json.loads(text)] if text else []
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"The reasons cannot be read ({error})."
        raise InputError(what, where=where, hint="use the plan as risiko wrote it") from None


def _plain(reason: Reason) -> dict[str, Any]:
    said = {f.name: getattr(reason, f.name) for f in fields(reason)}
    kept = {name: value for name, value in said.items() if value == value and value != _DEFAULTS[name]}
    kept |= {name: kept[name].isoformat() for name in _DAYS if name in kept}
    return kept | ({"position": asdict(reason.position)} if reason.position else {})


def _reason(said: dict[str, Any]) -> Reason:
    if said["kind"] not in get_args(Kind):
        raise ValueError(f"{said['kind']!r} is no kind of reason")
    typed: dict[str, Any] = {name: date.fromisoformat(said[name]) for name in _DAYS if name in said}
    typed |= {name: tuple(said[name]) for name in _LISTS if name in said}
    typed |= {"position": Position(**said["position"])} if "position" in said else {}
    return Reason(**{**said, **typed})
