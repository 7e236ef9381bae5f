"""How a fault of a submission is written down: masked, cut, and told with what its sentence needs."""

from __future__ import annotations

from risiko.intake.masked import shown
from risiko.intake.submission import Fault


def wrong(field: str, reason: str, value: object = "", **told: str) -> Fault:
    """A fault with which the submission cannot be taken in. value: what stands there."""
    return Fault(field, reason, _said(value), told=told)


def doubt(field: str, reason: str, value: object = "", **told: str) -> Fault:
    """Something to look at again; the submission can be taken in."""
    return Fault(field, reason, _said(value), told=told, rejected=False)


def blank(value: object) -> bool:
    """Whether a field is not told: missing, or a text of nothing but blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def _said(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return shown(value) if isinstance(value, str) and value else str(value)
