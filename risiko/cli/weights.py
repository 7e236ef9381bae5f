"""Named weight sets on the command line: save one, list them, take one away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from risiko.cli.shared import DEFAULT_STORE, JsonOption, SettingsOption, StoreOption, print_json, print_table
from risiko.errors import InputError

weights = typer.Typer(name="weights", no_args_is_help=True, help="Named weight sets of the points score.")
NameArgument = Annotated[str, typer.Argument(help="What the set is called.")]
WeightOption = Annotated[
    list[str], typer.Option("--weight", help="May be given more than once.", metavar="SIGNAL=NUMBER")
]
ByOption = Annotated[str, typer.Option("--by", help="Who decided: a role or initials.")]
NoteOption = Annotated[str, typer.Option("--note", help="For those who read the record later.")]


@weights.command("save")
def save(
    name: NameArgument,
    weight: WeightOption,
    by: ByOption = "",
    note: NoteOption = "",
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
) -> None:
    """Save weights under a name; one that has it already is replaced, and stays in the record."""
    from risiko import pipeline
    from risiko.pipeline.named_weights import save_weights

    authority = pipeline.open_authority(store, settings)
    pairs = [_pair(one) for one in weight]
    twice = [signal for i, (signal, _) in enumerate(pairs) if signal in dict(pairs[:i])]
    if twice:
        raise InputError(f"{twice[0]} has two weights.", where="--weight", hint="give each signal one weight")
    saved = save_weights(authority, name, dict(pairs), now=datetime.now(UTC), by=by, note=note)
    typer.echo(f"Saved {saved.name}: {len(saved.weights)} weights. Other signals count as in the settings.")


@weights.command("list")
def list_sets(store: StoreOption = DEFAULT_STORE, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List the weight sets that hold."""
    from risiko import pipeline
    from risiko.pipeline.named_weights import list_weights

    found = list_weights(pipeline.open_authority(store, settings))
    if as_json:
        print_json({name: dict(one.weights) for name, one in found.items()})
        return
    rows = [
        [name, ", ".join(f"{signal}={weight:g}" for signal, weight in one.weights.items()), one.by, one.note]
        for name, one in found.items()
    ]
    print_table(f"{len(rows)} weight sets", ["name", "weights", "by", "note"], rows)


@weights.command("remove")
def remove(
    name: NameArgument, by: ByOption = "", note: NoteOption = "",
    store: StoreOption = DEFAULT_STORE, settings: SettingsOption = None,
) -> None:  # fmt: skip
    """Take a name away; its weights stay in the record."""
    from risiko import pipeline
    from risiko.pipeline.named_weights import remove_weights

    remove_weights(pipeline.open_authority(store, settings), name, now=datetime.now(UTC), by=by, note=note)
    typer.echo(f"Removed {name}.")


def _pair(text: str) -> tuple[str, float]:
    signal, _, number = text.partition("=")
    try:
        return signal.strip(), float(number)
    except ValueError:
        hint = "write it as complaint_rate_long=0.5"
        raise InputError(f"{text!r} is no weight.", where="--weight", hint=hint) from None
