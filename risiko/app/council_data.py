"""What the user council's part of a page asks for: the list by its priorities, and what it saves and says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from risiko import pipeline
from risiko.app import login, session
from risiko.app.data import Opened, authority, prepared
from risiko.app.scenario_data import side_list
from risiko.pipeline import council
from risiko.pipeline.named_weights import save_weights
from risiko.pipeline.plans import masked as masked
from risiko.pipeline.statements import statements as every_statement
from risiko.plan.statement import Statement
from risiko.scoring.table import POINTS


@dataclass(frozen=True)
class Changed:
    """What the priorities would change: top places, how many of them change hands, and by type (list_changes)."""

    top: int
    moved: int
    by_type: pd.DataFrame
    weights: Mapping[str, float]


def changed(at: Opened, priorities: Mapping[str, int]) -> Changed:
    """The points list by the settings' weights beside the same list by the council's priorities."""
    ready = prepared(at, at.as_of)
    weights = council.priority_weights(pipeline.point_weights(ready), priorities)
    before = side_list(at, pipeline.Side(at.as_of, score=POINTS), session.query().capacity)
    after = side_list(at, pipeline.Side(at.as_of, weights, score=POINTS), session.query().capacity)
    found = council.list_changes(before, after, before.table.top)
    return Changed(before.table.top, int(found["enters"].sum()), found, {n: w for n, w in weights.items() if w > 0})


def say(at: Opened, text: str, weight_set: str, weights: Mapping[str, float], priorities: Mapping[str, int]) -> None:
    """Save the weights under the name, where there is one, and leave the statement, where there is one.

    Raises NotAllowed, InputError and StoreError; what was saved before the fault stays.
    """
    opened, now, who = authority(at.address, at.settings), datetime.now(UTC), login.require("council")
    if weight_set:
        save_weights(opened, weight_set, weights, now=now, by=who.name, who=who)
    if text.strip():
        council.leave_statement(opened, text, who, at=now, weight_set=weight_set, priorities=priorities)


def statements(at: Opened) -> list[Statement]:
    """Every statement, newest first."""
    return every_statement(authority(at.address, at.settings))[::-1]
