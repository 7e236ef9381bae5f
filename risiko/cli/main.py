"""The command line: import records, score a date, open the app."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from risiko.cli import draw, learn, log, outcome, people, plan, report, results, simulate, voice, weights
from risiko.cli.shared import (
    DEFAULT_STORE,
    JsonOption,
    ModelsOption,
    PortOption,
    ProgressBar,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
    records,
)  # fmt: skip
from risiko.errors import InputError, RisikoError

if TYPE_CHECKING:
    from risiko.pipeline import Authority, ImportReport

DEMO_STORE = "data/demo/risiko.db"
FAULT_OF_OURS = 70  # the exit code that sysexits.h keeps for an internal fault

app = typer.Typer(
    name="risiko", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="Where should a supervision authority look next, why, and how sure are we?",
)  # fmt: skip
for _command in (
    learn.backtest, learn.train, learn.models, learn.promote, learn.retire, learn.check, draw.draw, plan.plan,
    plan.override, outcome.outcome, results.results, simulate.simulate, log.backup, log.restore,
):
    app.command()(_command)
for _group in (weights.weights, log.log, people.people, voice.voice, report.report):
    app.add_typer(_group)


@app.command("import")
def import_command(
    source: Annotated[Path, typer.Argument(help="A folder or a file of records.")],
    mapping: Annotated[
        str, typer.Option("--mapping", help="A mapping file, or the name of a shipped one.", metavar="FILE|NAME")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, and who would move in the ranking; keep nothing.")
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a regulator's records into the store."""
    from risiko import pipeline

    if store == "memory:":
        raise InputError("A store in memory is gone when the command ends.", where="--store", hint="name a file")
    with ProgressBar(quiet=as_json) as progress:
        report = pipeline.import_source(
            store, source, mapping, now=datetime.now(UTC), settings_path=settings, dry_run=dry_run, progress=progress
        )
    _show_import(report, as_json)
    lines = report.receipt.lines
    if len(lines) and not lines["n_good"].any() and lines["n_rejected"].any():
        raise typer.Exit(InputError.exit_code)  # nothing useful was done


@app.command()
def score(
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", help="Score with what was known at this date (default: the newest).", metavar="YYYY-MM-DD"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the scores to a .csv, .parquet or .xlsx file.", metavar="FILE")
    ] = None,
    top: Annotated[int, typer.Option("--top", help="How many to show.", min=1)] = 20,
    capacity: Annotated[
        int | None, typer.Option("--capacity", help="How many can be visited: the order is for them.", min=1)
    ] = None,
    points: Annotated[
        bool, typer.Option("--points", help="By the points score, though a learned model is in force.")
    ] = False,
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the services as of a date by their chance of being within capacity."""
    from risiko import pipeline
    from risiko.reports.table_file import check_target, write_table

    if out is not None:
        check_target(out)
    authority = _open(store, settings, models)
    model = None if points else pipeline.in_force(authority)
    # A learned score may read more tables than the points score does.
    tables = pipeline.read_tables(authority) if model else pipeline.read_scored(authority)
    day = pipeline.as_of_date(as_of, tables, authority.store, today=date.today())
    run = pipeline.rank(pipeline.prepare(authority, day, tables), model=model, top=capacity)
    table = run.table.frame()
    if out is not None:
        write_table(table, out)
    summary = {
        "as_of": f"{run.as_of:%Y-%m-%d}", "model": run.table.model_id, "services": len(table),
        "capacity": run.table.top,
        "excluded": run.excluded.astype(int).to_dict(),
    }  # fmt: skip
    if as_json:
        print_json({**summary, "out": str(out) if out else None, "top": records(table.head(top))})
        return
    shown = pipeline.ranking(run).head(top)
    print_table(
        f"{len(table)} services as of {run.as_of:%Y-%m-%d}, by {run.table.model_id}, for {run.table.top} visits. "
        "A high score is no finding of failure.",
        ["rank", "90 %", "tier", "chance", "service", "name", "type", "likelihood", "consequence", "evidence",
         "lifted by"],
        [
            [r.rank, f"{r.rank_low}–{r.rank_high}", r.tier, f"{r.p_top:.2f}", r.service_id, r.name, r.service_type,
             f"{r.likelihood:.2f}", f"{r.consequence:.2f}", "●" * r.evidence_dots + "○" * (3 - r.evidence_dots),
             ", ".join(r.raising) or "–"]
            for r in shown.itertuples(index=False)
        ],
    )  # fmt: skip
    _say_excluded(summary["excluded"])
    if out is not None:
        typer.echo(f"Written to {out}.")


@app.command()
def rejects(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """List the rows that were not taken in, and why."""
    from risiko.store import open_store

    found = open_store(store, create=False).rejects()
    if as_json:
        print_json(records(found))
        return
    columns = ["file", "row", "column", "value", "severity", "message"]
    print_table(f"{len(found)} rejects and warnings", columns, found[columns].astype("str").to_numpy().tolist())


@app.command()
def imports(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """List what has been imported."""
    from risiko.store import open_store

    found = open_store(store, create=False).imports()
    if as_json:
        print_json(records(found))
        return
    columns = ["part_id", "table", "file", "imported_at", "n_good", "n_rejected", "n_warnings", "replaced_by"]
    print_table(f"{len(found)} parts", columns, found[columns].astype("str").to_numpy().tolist())


@app.command()
def signals(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """List every signal there is, with the store's declared metadata."""
    from risiko import pipeline

    found = pipeline.catalogue(_open(store))
    if as_json:
        print_json(records(found))
        return
    print_table(f"{len(found)} signals", list(found.columns), found.to_numpy().tolist())


@app.command("app")
def app_command(
    port: PortOption = 8501,
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    models: ModelsOption = Path("models"),
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    address: Annotated[
        str, typer.Option("--address", help="Where to answer; another than this machine only with RISIKO_AUTH.")
    ] = "127.0.0.1",
) -> None:
    """Open the planner's pages, on 127.0.0.1 unless people log in (RISIKO_AUTH)."""
    _serve(store, settings, port, browser, models, address)


@app.command()
def demo(
    port: PortOption = 8501,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    build_only: Annotated[bool, typer.Option("--build-only", help="Build the demo authority and stop.")] = False,
) -> None:
    """Build the synthetic demo authority on first use, then open the app on it."""
    if not Path(DEMO_STORE).exists():
        typer.echo("Building the demo authority: invented municipalities and services, synthetic records.")
        from risiko import pipeline

        receipt = pipeline.build_demo(Path(DEMO_STORE), now=datetime.now(UTC))
        typer.echo(f"{int(receipt.lines['n_good'].sum())} rows in {DEMO_STORE}.")
    if not build_only:
        _serve(DEMO_STORE, None, port, browser)


@app.command()
def docs(target: Annotated[Path, typer.Argument(help="The reference folder.")] = Path("docs/reference")) -> None:
    """Write the generated reference pages anew."""
    from risiko.reports.reference_docs import write_reference

    for path in write_reference(target):
        typer.echo(str(path))


def _open(address: str, settings: Path | None = None, models: Path | None = None) -> Authority:
    from risiko import pipeline

    return pipeline.open_authority(address, settings, models)


def _serve(
    store: str, settings: Path | None, port: int, browser: bool, models: Path = Path("models"),
    address: str = "127.0.0.1",
) -> None:  # fmt: skip
    # The pages find their store by the environment; more threads than one only slow a small machine down.
    os.environ["RISIKO_STORE"] = store
    os.environ["RISIKO_MODELS"] = str(models)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if settings is not None:
        os.environ["RISIKO_SETTINGS"] = str(settings)
    from risiko.app.server import serve

    serve(port=port, address=address, headless=not browser)


def _show_import(report: ImportReport, as_json: bool) -> None:
    receipt, moves = report.receipt, report.moves
    if as_json:
        print_json({
            "dry_run": report.dry_run, "store": report.address, "parts": records(receipt.lines),
            "rejects": records(receipt.rejects), "moves": None if moves is None else records(moves),
        })  # fmt: skip
        return
    title = "Dry run: nothing was kept" if report.dry_run else f"Imported into {report.address}"
    columns = ["table", "file", "status", "n_read", "n_good", "n_replaced", "n_rejected", "n_warnings", "n_left_out"]
    print_table(title, columns, receipt.lines[columns].astype("str").to_numpy().tolist())
    shrunk = receipt.lines[receipt.lines["n_replaced"] > 2 * receipt.lines["n_good"]]
    for line in shrunk.itertuples(index=False):
        typer.echo(
            f"Look again: {line.n_good} rows of {line.file} take the place of {line.n_replaced}. A new period needs a "
            "file name of its own; an earlier delivery can be imported again to bring its rows back."
        )
    _show_rejects(receipt.rejects)
    if moves is not None:
        first = moves.head(20).itertuples(index=False)
        rows = [[m.service_id, m.name, _place(m.rank_before), _place(m.rank_after)] for m in first]
        print_table(f"{len(moves)} services would move in the ranking", ["service", "name", "from", "to"], rows)


def _show_rejects(found: Any) -> None:
    if not len(found):
        return
    counts = found.groupby(["file", "column", "message", "severity"], dropna=False).agg(
        rows=("row", "nunique"), first=("row", "min"), example=("value", "first")
    )
    rows = counts.sort_values("rows", ascending=False).reset_index().astype("str")
    print_table(
        "Not taken in, or with a warning (risiko rejects lists every row)",
        list(rows.columns),
        rows.head(20).to_numpy().tolist(),
    )


def _place(rank: float) -> str:
    return "–" if rank != rank else f"{rank:.0f}"


def _say_excluded(excluded: Any) -> None:
    words = {"natural_person": "sole practitioners (never scored)", "closed": "closed", "not_started": "not yet begun"}
    told = [f"{n} {words[reason]}" for reason, n in excluded.items() if n]
    typer.echo(f"Left out: {', '.join(told)}." if told else "No service was left out.")


def main() -> None:
    """Run the command line; a RisikoError becomes one clear message and its own exit code, in JSON where asked for."""
    as_json = "--json" in sys.argv
    try:
        raise SystemExit(app(standalone_mode=not as_json) or 0)
    except RisikoError as error:
        if as_json:
            print_json(error.as_dict())
        else:
            typer.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    except TyperException as error:  # only in JSON: otherwise typer has told it already
        told = error.format_message() if hasattr(error, "format_message") else str(error)
        print_json({"error": "usage", "what": told, "where": "command line", "try": "risiko --help"})
        raise SystemExit(InputError.exit_code) from None
    except Exception as error:  # the outermost door: a fault of ours is told in one sentence; in full on RISIKO_DEBUG
        if os.environ.get("RISIKO_DEBUG"):
            raise
        fault = RisikoError(
            f"This is a fault in risiko, not in your files ({type(error).__name__}).",
            where=" ".join(sys.argv[1:2]),
            hint="set RISIKO_DEBUG=1, run it again, and send what it prints to those who keep risiko",
        )
        if as_json:
            print_json(fault.as_dict())
        else:
            typer.echo(str(fault), err=True)
        raise SystemExit(FAULT_OF_OURS) from None


if __name__ == "__main__":
    main()
