"""Roles on the command line: who has which, give one, take one away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from risiko.cli.shared import DEFAULT_STORE, JsonOption, StoreOption, print_json, print_table, records
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.access import Person

people = typer.Typer(name="people", no_args_is_help=True, help="Who has which role, where people log in.")
PersonArgument = Annotated[str, typer.Argument(help="An e-mail address, or claim:value as their page shows it.")]
RoleArgument = Annotated[str, typer.Argument(help="reader, planner, analyst, organisation or admin.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides: it stands in the log.")]


@people.command("list")
def list_people(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """List who has which role by this table; roles from the identity provider come beside it."""
    from risiko import pipeline
    from risiko.pipeline.people import people as table

    found = table(pipeline.open_authority(store).store)
    if as_json:
        print_json(records(found))
        return
    print_table(f"{len(found)} roles", list(found.columns), found.astype("str").to_numpy().tolist())


@people.command("grant")
def grant(
    person: PersonArgument,
    role: RoleArgument,
    by: ByOption,
    office: Annotated[str, typer.Option("--office", help="The only office a planner plans for.")] = "",
    organisation: Annotated[
        str, typer.Option("--organisation", help="Whose evidence the role organisation sees.")
    ] = "",
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Give a person a role. The first administrator can only be made here."""
    from risiko import pipeline
    from risiko.pipeline.people import grant as give

    new = give(
        pipeline.open_authority(store), person, role, who=_local(by), now=datetime.now(UTC), office=office,
        organisation=organisation,
    )  # fmt: skip
    typer.echo(f"{person} is {role} now." if new else f"{person} was {role} already; nothing is written.")


@people.command("revoke")
def revoke(person: PersonArgument, role: RoleArgument, by: ByOption, store: StoreOption = DEFAULT_STORE) -> None:
    """Take a role from a person; that they had it stays in the log."""
    from risiko import pipeline
    from risiko.pipeline.people import revoke as take

    take(pipeline.open_authority(store), person, role, who=_local(by), now=datetime.now(UTC))
    typer.echo(f"{person} is no longer {role}.")


def _local(by: str) -> Person:
    from risiko.access import local

    if not by.strip():
        raise InputError("Somebody must answer for this.", where="--by", hint="your name or initials")
    return local(by.strip())
