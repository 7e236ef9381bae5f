"""The command that takes away texts past their time, or tells which they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from risiko.cli.shared import (
    DEFAULT_STORE,
    JsonOption,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
    records,
)  # fmt: skip
from risiko.errors import InputError


def purge(
    by: Annotated[str, typer.Option("--by", help="Who decides: it stands in the log. Not needed with --dry-run.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what is past its time; keep all.")] = False,
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take away what users said in words once it is past its time; scores, numbers and the log stay.

    Backups made before still hold the words.
    """
    from risiko import access, pipeline
    from risiko.pipeline.purge import purge as take_away
    from risiko.pipeline.purge import what_is_due

    if not dry_run and not by.strip():
        raise InputError("Somebody must answer for this.", where="--by", hint="your name or initials, or --dry-run")
    now = datetime.now(UTC)
    authority = pipeline.open_authority(store, settings)
    if dry_run:
        found = what_is_due(authority, now.date()).counts
        if as_json:
            print_json(records(found))
            return
        rows = found.fillna({"organisation": "–"}).to_numpy().tolist()
        print_table(f"{found['n'].sum()} texts are past their time", ["table", "organisation", "rows"], rows)
        return
    taken = take_away(authority, access.local(by.strip()), today=now.date(), now=now).rows
    if as_json:
        print_json(taken)
    elif not taken:
        typer.echo("No text is past its time; nothing is written.")
    else:
        print_table("Texts taken away", ["table", "rows"], [[name, n] for name, n in sorted(taken.items())])
        typer.echo("It stands in the log by numbers. Backups made before still hold the texts.")
