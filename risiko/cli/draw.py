"""The draw on the command line: make it where capacity cuts through a tier, print its protocol, check kept draws."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risiko.cli.shared import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    ModelsOption,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
)  # fmt: skip
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.pipeline.draws import KeptDraw
    from risiko.pipeline.runs import Authority, Run

SeedOption = Annotated[
    int | None, typer.Option("--seed", help="The number the draw starts from; agree on it beforehand.", min=0)
]
CapacityOption = Annotated[
    int | None, typer.Option("--capacity", help="How many services can be visited (default: by the settings).", min=1)
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write the protocol to an .html or .xlsx file.", metavar="FILE")
]


def draw(
    as_of: AsOfOption = None,
    capacity: CapacityOption = None,
    seed: SeedOption = None,
    why: Annotated[str, typer.Option("--why", help="The reason, for those who read the protocol later.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who draws: a role or initials.")] = "",
    equal: Annotated[bool, typer.Option("--equal", help="Equal chances, not by how probable a place is.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Make every kept draw again and compare.")] = False,
    printed: Annotated[
        int | None, typer.Option("--print", help="Write the protocol of a kept draw anew.", metavar="NUMBER")
    ] = None,
    out: OutOption = None,
    language: Annotated[str, typer.Option("--language", help="Of the protocol: nb, nn or en.", metavar="LANG")] = "nb",
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw lots where capacity cuts through a tier, and keep and print the protocol."""
    from risiko import pipeline
    from risiko.i18n import LANGUAGES
    from risiko.pipeline.draws import cut_of, draw_for

    authority = pipeline.open_authority(store, settings, models)
    if check:
        _check(authority, as_json)
        return
    _check_target(out)
    if language not in LANGUAGES:
        raise InputError(f"There is no language {language!r}.", where="--language", hint=", ".join(LANGUAGES))
    if printed is not None:
        _print_again(authority, printed, out, language, as_json)
        return
    number = _asked(seed, why, by)
    run = _run(authority, as_of, capacity)
    method = "equal" if equal else "chance"
    kept = draw_for(authority, run, seed=number, why=why, by=by, now=datetime.now(UTC), method=method)
    if kept is None:
        found = cut_of(run)
        if as_json:
            print_json({"needed": False, "capacity": found.top, "in": found.sure})
        else:
            typer.echo(f"No draw is needed: the {found.sure} places end where tier {found.tier} ends.")
        return
    if out is not None:
        _write(authority, kept, out, language)
    _show(kept, out, as_json)


def _asked(seed: int | None, why: str, by: str) -> int:
    """The seed, where everything that a draw needs is given; said before the long work starts."""
    if seed is None:
        raise InputError("A draw needs a seed.", where="--seed", hint="a whole number that was agreed on beforehand")
    for name, text in (("--why", why), ("--by", by)):
        if not text.strip():
            raise InputError("A draw needs a written reason and a name.", where=name, hint="say why, and who draws")
    return seed


def _print_again(authority: Authority, number: int, out: Path | None, language: str, as_json: bool) -> None:
    from risiko.pipeline.draws import kept_draw

    kept = kept_draw(authority, number)
    if kept is None:
        raise InputError(f"There is no draw {number}.", where="--print", hint="`risiko draw --check` counts them")
    if out is not None:
        _write(authority, kept, out, language)
    _show(kept, out, as_json)


def _run(authority: Authority, as_of: str | None, capacity: int | None) -> Run:
    """The list by the score in force, for that capacity."""
    from risiko import pipeline
    from risiko.pipeline.runs import with_capacity

    model = pipeline.in_force(authority)
    tables = pipeline.read_tables(authority) if model else pipeline.read_scored(authority)
    day = pipeline.as_of_date(as_of, tables, authority.store, today=date.today())
    run = pipeline.rank(pipeline.prepare(authority, day, tables), model=model)
    return run if capacity is None else with_capacity(run, capacity)


def _check_target(out: Path | None) -> None:
    """Say before a draw is made that its protocol could not be written: a draw is never taken back."""
    if out is None:
        return
    if out.suffix.lower() not in (".html", ".xlsx"):
        raise InputError("A protocol is an .html or .xlsx file.", where=str(out), hint="end its name in .html")
    if out.is_dir() or not out.parent.is_dir():
        raise InputError("The file cannot be written there.", where=str(out), hint="name a folder that exists")


def _write(authority: Authority, kept: KeptDraw, out: Path, language: str) -> None:
    from risiko.i18n import Translator
    from risiko.pipeline.draws import protocol_of
    from risiko.reports.draw_protocol import write_protocol

    write_protocol(protocol_of(authority, kept, Translator(language)), out)


def _show(kept: KeptDraw, out: Path | None, as_json: bool) -> None:
    record = kept.record
    if as_json:
        print_json({
            "needed": True, "draw": kept.seq, "as_of": f"{record.as_of:%Y-%m-%d}", "capacity": record.top,
            "in": record.sure, "tier": record.tier, "places": record.places, "eligible": len(record.eligible),
            "method": record.method, "seed": record.seed, "earlier": list(kept.earlier), "sha256": kept.sha256,
            "drawn": record.winners.tolist(), "out": str(out) if out else None,
        })  # fmt: skip
        return
    rows = record.eligible[record.eligible["drawn"]].sort_values(["rank", "service_id"])
    print_table(
        f"Draw {kept.seq}: capacity {record.top} cuts tier {record.tier}. {len(rows)} of {len(record.eligible)} drawn",
        ["rank", "service", "name", "chance"],
        [[r.rank, r.service_id, r.name, f"{r.probability:.4%}"] for r in rows.itertuples(index=False)],
    )  # fmt: skip
    if kept.earlier:
        typer.echo(f"There were draws for this date before: {', '.join(map(str, kept.earlier))}. The protocol says so.")
    typer.echo(f"Protocol: {out}." if out else "Kept in the store.")


def _check(authority: Authority, as_json: bool) -> None:
    from risiko.pipeline.draws import check_draws

    n, found = len(authority.store.draws()), check_draws(authority)
    if as_json:
        print_json({"draws": n, "differences": [
            {"draw": seq, "what": d.what, "service_id": d.service_id, "recorded": d.recorded, "found": d.found}
            for seq, d in found
        ]})  # fmt: skip
    elif found:
        rows = [[seq, d.what, d.service_id, d.recorded, d.found] for seq, d in found]
        print_table(f"{len(found)} differences in {n} draws", ["draw", "what", "service", "recorded", "found"], rows)
    else:
        typer.echo(f"{n} draws made again: each comes out as recorded." if n else "No draw has been made.")
    if found:
        raise typer.Exit(1)
