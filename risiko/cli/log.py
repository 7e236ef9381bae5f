"""The commands that keep the record safe: show and verify the log, take a backup, and make a store of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risiko.cli.shared import DEFAULT_STORE, JsonOption, StoreOption, print_json, print_table, records
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.store.contents import Sum

NOT_WHOLE = 1  # the exit code where the log is broken
FAULTS = {
    "changed": "this entry, or the hash of the one before it, has been changed",
    "missing": "entries are missing here",
    "head_missing": "the noted head is not in the log: entries at the end are gone, or it is another log",
    "head_other": "this entry is not the one that was noted: the log has been rewritten",
    "row_changed": "what the store keeps is no longer what this entry tells of",
    "row_missing": "what this entry tells of is no longer in the store",
    "row_unknown": "this stands in the store, but no entry tells of it",
    "before": "what stood in the store before it had a log has been changed",
    "unguarded": "this trigger, which guards the record, is gone",
}
log = typer.Typer(name="log", help="Show the append-only log and verify that it is whole.", no_args_is_help=True)


@log.command()
def show(
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only this kind; may be given again.")] = None,
    by: Annotated[list[str] | None, typer.Option("--by", help="Only this person's; may be given again.")] = None,
    since: Annotated[str, typer.Option("--since", help="From this day on (UTC).", metavar="YYYY-MM-DD")] = "",
    until: Annotated[str, typer.Option("--until", help="To this day, inclusive.", metavar="YYYY-MM-DD")] = "",
    last: Annotated[int, typer.Option("--last", help="How many to show, newest first.", min=1)] = 50,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """List the log, newest first."""
    from risiko.pipeline.record import log_entries
    from risiko.store import open_store

    opened = open_store(store, create=False)
    found = log_entries(opened, kind, by=by or (), since=_day(since, "--since"), until=_day(until, "--until"))
    if as_json:
        print_json(records(found.head(last)))
        return
    columns = ["seq", "at", "by", "kind", "about", "body"]
    print_table(f"{len(found)} entries", columns, found.head(last)[columns].astype("str").to_numpy().tolist())


@log.command()
def verify(
    head: Annotated[str, typer.Option("--head", help="A head noted earlier: it must be in the log.")] = "",
    count: Annotated[
        int | None, typer.Option("--count", help="The number of entries noted with that head.", min=0)
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Verify that nothing in the log, or in what it tells of, was changed or removed; exit code 1 where it was."""
    from risiko.pipeline.record import verify_log
    from risiko.store import open_store

    if count and not head:
        raise InputError("A number of entries says nothing without their head.", where="--count", hint="add --head")
    found = verify_log(open_store(store, create=False), head, count)
    if as_json:
        faults = records(found.frame())
        print_json({"whole": found.whole, "count": found.count, "head": found.head, "faults": faults})
    else:
        if not found.whole:
            rows = [[str(f.seq or "–"), FAULTS[f.what], f.detail] for f in found.faults]
            print_table(f"The log is broken: {len(rows)} faults", ["no.", "fault", "about"], rows)
        typer.echo(f"{'The chain is whole' if found.whole else 'The chain is BROKEN'}: {found.count} entries.")
        typer.echo(f"Head: {found.head or 'none'}")
        if found.count:
            typer.echo(f"Note it, and hold a later log against it: --head {found.head} --count {found.count}")
    if not found.whole:
        raise typer.Exit(NOT_WHOLE)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it is itself a store.")],
    force: Annotated[bool, typer.Option("--force", help="Put it in the place of an earlier file.")] = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Write all that the store holds to one file, and verify it."""
    from risiko.store.backup import back_up

    _say(back_up(store, file, force=force), f"Written to {file}, read again and found the same.", as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `risiko backup` has written.")],
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Make a store of a backup where there is none yet, and verify it."""
    from risiko.store.backup import restore as make

    _say(make(file, store), "Restored, read again and found the same as the backup.", as_json)


def _say(found: Mapping[str, Sum], done: str, as_json: bool) -> None:
    if as_json:
        print_json({"tables": {name: {"rows": s.rows, "sha256": s.sha256} for name, s in found.items()}})
        return
    rows = [[name, str(s.rows), s.sha256] for name, s in found.items()]
    print_table(f"{len(rows)} tables", ["table", "rows", "SHA-256 over its rows"], rows)
    typer.echo(done)


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is not a date.", where=option, hint="write YYYY-MM-DD") from None
