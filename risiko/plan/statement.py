"""What the user council says of the choice: a statement, and what it would have counted for more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Statement:
    """A statement in the log. seq: of its entry; at: naive UTC; by: who entered it.

    weight_set: the saved weights that it speaks for; blank: none. priorities: dimension -> 0-3, how much the council
    would have it count. plan: the number of the kept plan it is about; None: the one that is made next.
    """

    seq: int
    at: datetime
    by: str
    text: str
    weight_set: str = ""
    priorities: Mapping[str, int] = field(default_factory=dict)
    plan: int | None = None
