"""The user council's statements, and which of them follow a plan."""

from __future__ import annotations

from risiko.pipeline.record import bodies
from risiko.pipeline.runs import Authority
from risiko.plan.statement import Statement


def statements(authority: Authority) -> list[Statement]:
    """Every statement, oldest first."""
    rows = authority.store.log(["statement"])
    said = bodies(rows, authority.store.address)
    return [
        Statement(int(seq), at.to_pydatetime(), by, body["text"], body["weight_set"], body["priorities"], body["plan"])
        for seq, at, by, body in zip(rows["seq"], rows["at"], rows["by"], said, strict=True)
    ]


def statements_of(authority: Authority, number: int | None = None) -> list[Statement]:
    """The statements that follow a kept plan: those about it, and those left since the plan before it was kept.

    number: None for a draft, which is followed by those that wait for the next plan.
    """
    found = statements(authority)
    if not found:
        return []
    kept = authority.store.log(["plan"])["seq"].tolist()
    until = kept[number - 1] if number else float("inf")
    since = max((seq for seq in kept if seq < until), default=0)
    return [one for one in found if (one.plan is None and since < one.seq < until) or (number and one.plan == number)]
