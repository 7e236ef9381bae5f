"""Commands that learn from supervisions: try a score on earlier dates, train it, put it in force, check it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from risiko.cli.shared import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    KindOption,
    ModelsOption,
    ProgressBar,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
    records,
)  # fmt: skip
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.evaluate.backtest import Backtest

STEP = "6mo"
DateOption = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, for those who read the record later.")]


def backtest(
    first: Annotated[
        str | None, typer.Option("--from", help="First as-of date (default: six half-years).", metavar="YYYY-MM-DD")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last as-of date.", metavar="YYYY-MM-DD")] = None,
    every: Annotated[str, typer.Option("--every", help="The step: 6mo, 3mo, 12mo.", metavar="Nmo")] = STEP,
    model: Annotated[
        list[str] | None, typer.Option("--model", help="What learns; may be given more than once.", metavar="KIND")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="Outcomes to judge by: as_of, service_id, outcome.", metavar="FILE"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the tables go (default: beside the store).", metavar="DIR")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try the score on earlier dates, beside everything it wants to replace. Goes on where it was interrupted."""
    from risiko import cohorts, pipeline
    from risiko.scoring.kinds import DEFAULT

    authority = pipeline.open_authority(store, settings)
    dates, months = None, _months(every)
    if first or last or every != STEP:
        if not (first and last):
            raise InputError("A backtest needs both ends.", where="--from, --to", hint="give both, or neither")
        dates = cohorts.every(_day(first, "--from"), _day(last, "--to"), months)
    read = _labels(labels) if labels else None
    kinds = list(dict.fromkeys(model or [DEFAULT]))
    with ProgressBar(quiet=as_json) as progress:
        found = pipeline.validate(authority, dates, models=kinds, folder=out, labels=read, progress=progress).backtest
    if as_json:
        print_json({"dates": [f"{d:%Y-%m-%d}" for d in found.dates], "mean": records(_mean(found))})
        return
    _print_backtest(found)
    place = out or pipeline.validation_folder(authority, own_dates=dates is not None)
    if place:
        typer.echo(f"Tables: {place}")


def train(
    as_of: AsOfOption = None,
    model: KindOption = "learned",
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a score on what supervisions have found, and hold it against the score in force on later dates."""
    from risiko import pipeline

    authority = pipeline.open_authority(store, settings, models)
    day = pipeline.as_of_date(as_of, pipeline.read_scored(authority), authority.store, today=date.today())
    with ProgressBar(quiet=as_json) as progress:
        made = pipeline.train(authority, day, now=datetime.now(UTC), kind=model, progress=progress)
    gains = pipeline.gains(made.facts, "points")
    if as_json:
        print_json({"model_id": made.entry.model_id, "rows": made.facts.n_rows, "events": made.facts.n_events,
                    "warnings": list(made.facts.warnings), "gain_over_points": records(gains)})  # fmt: skip
        return
    typer.echo(f"{made.entry.model_id}: {made.facts.n_events} outcomes in {made.facts.n_rows} labelled rows.")
    for warning in made.facts.warnings:
        typer.echo(f"Note: {warning}")
    _print_gains(gains, "the points score")
    typer.echo(f"It is not in force. To put it there: risiko promote {made.entry.model_id} --why \"…\"")


def models(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """List the trained models, and which score is in force and why."""
    from risiko import pipeline, registry

    authority = pipeline.open_authority(store)
    known, decisions = registry.registered(authority.store), authority.store.promotions()
    if as_json:
        print_json({"models": records(known), "promotions": records(decisions)})
        return
    columns = ["model_id", "kind", "as_of", "recorded_at", "in_force"]
    print_table(f"{len(known)} models", columns, known[columns].astype("str").to_numpy().tolist())
    if len(decisions):
        told = decisions.assign(model_id=decisions["model_id"].replace("", "points"))
        print_table("Decisions, the last one holds", list(told.columns), told.astype("str").to_numpy().tolist())
    else:
        typer.echo("The points score is in force: no model has been promoted.")


def promote(
    model_id: Annotated[str, typer.Argument(help="The model, as `risiko models` lists it.")],
    why: WhyOption,
    by: Annotated[str, typer.Option("--by", help="Who decided: a role or initials.")] = "",
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
) -> None:
    """Put a trained model in force, if later dates have shown it better than the score it replaces."""
    from risiko import pipeline

    authority = pipeline.open_authority(store, settings, models)
    pipeline.promote(authority, model_id, why, now=datetime.now(UTC), by=by)
    typer.echo(f"{model_id} is in force from now on. `risiko retire --why …` puts the points score back.")


def retire(why: WhyOption, by: Annotated[str, typer.Option("--by")] = "", store: StoreOption = DEFAULT_STORE) -> None:
    """Put the points score back in force."""
    from risiko import pipeline, registry

    registry.retire(why, pipeline.open_authority(store).store, now=datetime.now(UTC), by=by)
    typer.echo("The points score is in force from now on.")


def check(
    as_of: AsOfOption = None,
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the numbered checks of the score in force; exit code 1 where one that is an error fails."""
    from risiko import pipeline
    from risiko.i18n import Translator
    from risiko.reports.check_lines import check_lines
    from risiko.reports.names import Names

    authority = pipeline.open_authority(store, settings, models)
    day = pipeline.as_of_date(as_of, pipeline.read_scored(authority), authority.store, today=date.today())
    with ProgressBar(quiet=as_json) as progress:
        found = pipeline.check(authority, day, progress=progress)
    lines = check_lines(found.results, Names.of(Translator("en"), found.settings, found.declared))
    if as_json:
        print_json([line._asdict() for line in lines])
    else:
        title = f"Checks as of {day}, model {found.model_id}"
        print_table(title, list(lines[0]._fields), [list(line) for line in lines])
    if (found.results["state"].eq("fails") & found.results["severity"].eq("error")).any():
        raise typer.Exit(1)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a date.", where=where, hint="write it as 2023-03-31") from None


def _months(text: str) -> int:
    number = text.removesuffix("mo")
    if not number.isdecimal() or not 1 <= int(number) <= 120:
        raise InputError(f"{text!r} is not a step.", where="--every", hint="write it as 6mo")
    return int(number)


def _labels(path: Path) -> Any:
    import pandas as pd

    if not path.is_file():
        raise InputError("There is no such file.", where=str(path), hint="check the path")
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype={"service_id": "str"})
    except (OSError, ValueError) as error:
        hint = "a .csv or .parquet file with the columns as_of, service_id, outcome"
        raise InputError("The file cannot be read as a table.", where=str(path), hint=hint) from error


def _mean(found: Backtest) -> Any:
    """The means over the dates; of a single date, its own numbers."""
    return found.mean() if len(found.dates) > 1 else found.comparison[found.comparison["population"] == "supervised"]


def _print_backtest(found: Backtest) -> None:
    shown = _mean(found)
    own = shown[shown["against"] == ""]
    table = own[own["metric"].isin(["auc", "average_precision"]) | ((own["metric"] == "lift") & (own["at"] == 0.1))]
    wide = {(r.method, r.metric): f"{r.value:.3f} ({r.low:.3f}–{r.high:.3f})" for r in table.itertuples()}
    methods = list(dict.fromkeys(table["method"]))
    metrics = ["auc", "average_precision", "lift"]
    print_table(
        f"Mean over {len(found.dates)} dates, {found.dates[0]:%Y-%m-%d} to {found.dates[-1]:%Y-%m-%d} (95 %)",
        ["ranking", "AUC", "average precision", "lift in the top tenth"],
        [[method, *(wide.get((method, metric), "–") for metric in metrics)] for method in methods],
    )
    if not len(own):
        typer.echo("Nothing could be measured: too few were supervised with, or without, the outcome on these dates.")
    default = found.models[0]
    for other in [name for name in methods if name not in found.models]:
        row = shown[(shown["method"] == default) & (shown["against"] == other) & (shown["metric"] == "auc")]
        if len(row):
            told = "shown better than" if row["low"].iloc[0] > 0 else "not shown better than"
            gain = f"{row['value'].iloc[0]:+.3f} ({row['low'].iloc[0]:+.3f} to {row['high'].iloc[0]:+.3f})"
            typer.echo(f"{default} is {told} {other}: AUC {gain}")


def _print_gains(gains: Any, over: str) -> None:
    if not len(gains):
        typer.echo("Nothing is known of how it does on later dates.")
        return
    for row in gains[gains["metric"].isin(["auc", "average_precision"])].itertuples():
        told = "shown better than" if row.low > 0 else "not shown better than"
        typer.echo(f"{row.metric}: {told} {over} on later dates, {row.value:+.3f} ({row.low:+.3f} to {row.high:+.3f})")
