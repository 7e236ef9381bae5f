"""Registering what a supervision found, on the command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from risiko.cli.results import PlanOption
from risiko.cli.shared import DEFAULT_STORE, JsonOption, SettingsOption, StoreOption, print_json
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.pipeline.outcomes import Found

FindingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--finding", metavar="TEXT",
        help='May be given more than once: "breach; dimension=safe; corrected=2026-05-01; text=…", or "none".',
    ),
]  # fmt: skip
_SAID = {"added": "Registered", "changed": "Followed up", "already": "It stands there already"}


def outcome(
    service: Annotated[str, typer.Option("--service", help="The id of the service.")],
    carried_out: Annotated[str, typer.Option("--date", help="The day of the supervision.", metavar="YYYY-MM-DD")],
    by: Annotated[str, typer.Option("--by", help="Who registers: a role or initials.")],
    kind: Annotated[str, typer.Option("--kind", help="The form it took.")] = "inspection",
    selection: Annotated[str, typer.Option("--selection", help="Why the service was chosen.")] = "risk",
    finding: FindingOption = None,
    office: Annotated[str, typer.Option("--office", help="Who carried it out (default: the service's own).")] = "",
    days: Annotated[float | None, typer.Option("--days", help="Person-days in all.", min=0)] = None,
    plan: PlanOption = None,
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a supervision and what it found. Without --finding its findings are not yet known."""
    from risiko import pipeline
    from risiko.access import local
    from risiko.pipeline.outcomes import Outcome, register

    if not by.strip():
        raise InputError("An outcome needs the name of who registers it.", where="--by", hint="a role or initials")
    found = tuple(_finding(text) for text in finding or [])
    asked = Outcome(service, _day(carried_out, "--date"), kind, selection, found, office, days, plan)
    kept = register(pipeline.open_authority(store, settings), asked, local(by.strip()), now=datetime.now(UTC))
    if as_json:
        print_json(asdict(kept))
        return
    typer.echo(f"{_SAID[kept.status]}: {kept.supervision_id}.")
    if kept.in_plan is False:
        typer.echo(f"The service is not in plan {plan}: the supervision counts as outside the plan.")
    if kept.masked:
        typer.echo("What could tell who someone is was taken out of the text.")


def _finding(text: str) -> Found:
    from risiko.pipeline.outcomes import Found

    severity, *rest = (part.strip() for part in text.split(";"))
    said = dict(part.partition("=")[::2] for part in rest if part)
    unknown = set(said) - {"dimension", "corrected", "text"}
    if unknown:
        hint = "dimension=…; corrected=YYYY-MM-DD; text=…"
        raise InputError(f"{sorted(unknown)[0]!r} is no part of a finding.", where="--finding", hint=hint)
    corrected = _day(said["corrected"], "--finding") if said.get("corrected") else None
    return Found(severity, said.get("dimension", ""), said.get("text", ""), corrected)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date.", where=where, hint="write it as 2026-05-01") from None
