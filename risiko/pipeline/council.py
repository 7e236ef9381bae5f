"""The user council: its priorities as weights, how they would change the list, and the statement it leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from risiko.access import Person, require
from risiko.errors import InputError
from risiko.pipeline.named_weights import list_weights
from risiko.pipeline.plans import kept_plan, masked
from risiko.pipeline.runs import Authority, Run
from risiko.pipeline.statements import statements
from risiko.plan.statement import Statement
from risiko.vocabulary import DIMENSIONS

MOST = 3  # of a priority
LONGEST_STATEMENT = 4000
_WHOLE = "experience_mean"
_NEXT = "council"  # what an entry is about that waits for the next plan


def priority_weights(weights: Mapping[str, float], priorities: Mapping[str, int]) -> dict[str, float]:
    """The weights with the say of user experience shared out among the dimensions as the council ranks them.

    Half of what experience counts stays with the experience of the whole, since much is told without a dimension; the
    other half goes to the six dimensions in proportion to their priorities (0-3). What experience counts in all is the
    same as before. Without any priority above 0 the weights are as they were. Raises InputError for an unknown
    dimension or a priority outside 0-3.
    """
    for dimension, priority in priorities.items():
        if dimension not in DIMENSIONS:
            raise InputError(f"{dimension!r} is no dimension.", where="priorities", hint=", ".join(DIMENSIONS))
        if priority not in range(MOST + 1):
            raise InputError(f"{priority!r} is no priority.", where=dimension, hint=f"a whole number from 0 to {MOST}")
    of = {dimension: f"experience_dimension:{dimension}" for dimension in DIMENSIONS}
    total = sum(priorities.values())
    if not total:
        return dict(weights)
    said = sum(weights.get(name, 0.0) for name in (_WHOLE, *of.values()))
    shared = {of[d]: said / 2 * priorities.get(d, 0) / total for d in DIMENSIONS}
    return {**weights, _WHOLE: said / 2, **shared}


def list_changes(before: Run, after: Run, top: int) -> pd.DataFrame:
    """How the first `top` of a list change, by type of service: service_type, before, after, enters, leaves.

    Counts of services, no names: who enters is told to those who may read the list. Types without any are left out.
    """
    inside = pd.DataFrame({
        "before": before.table.scores["rank"] <= top, "after": after.table.scores["rank"] <= top,
    })  # fmt: skip
    inside["enters"], inside["leaves"] = inside["after"] & ~inside["before"], inside["before"] & ~inside["after"]
    types = after.prepared.cohort.services["service_type"].reindex(inside.index)
    found = inside.groupby(types.astype("str")).sum().astype("int64")
    found = found[(found["before"] + found["after"]) > 0].rename_axis("service_type").reset_index()
    return found.sort_values(["enters", "service_type"], ascending=[False, True], kind="stable", ignore_index=True)


def leave_statement(
    authority: Authority, text: str, who: Person, *, at: datetime, weight_set: str = "",
    priorities: Mapping[str, int] | None = None, plan: int | None = None,
) -> Statement:  # fmt: skip
    """Enter a statement into the log; it follows the plan named, or the next that is kept. Identifiers are masked.

    Raises NotAllowed, and InputError for a blank or too long text, an unknown weight set or an unknown plan.
    """
    require(who, "council")
    if not text.strip() or len(text) > LONGEST_STATEMENT:
        what = f"A statement has 1 to {LONGEST_STATEMENT} characters."
        raise InputError(what, where="statement", hint="say what the council would have the authority look at")
    if weight_set and weight_set not in list_weights(authority):
        raise InputError(f"There is no weight set {weight_set!r}.", where="weight set", hint="save it first")
    if plan is not None:
        kept_plan(authority, plan)
    ranked = {dimension: int(p) for dimension, p in (priorities or {}).items() if p}
    priority_weights({}, ranked)  # refuses what is no priority
    body = {"text": masked(text), "weight_set": weight_set, "priorities": ranked, "plan": plan}
    about = _NEXT if plan is None else str(plan)
    seq = authority.store.append("statement", about, json.dumps(body, ensure_ascii=False), at, who.name)
    return next(one for one in statements(authority) if one.seq == seq)
