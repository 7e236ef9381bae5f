"""What came of a plan, on the command line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from risiko.cli.shared import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
    records,
)  # fmt: skip
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.evaluate.plan_results import Drawn
    from risiko.evaluate.signal_change import Change
    from risiko.pipeline.results import Effect, PlanResults

PlanOption = Annotated[int | None, typer.Option("--plan", help="The number of a kept plan.", min=1, metavar="NUMBER")]


def results(
    plan: PlanOption = None, as_of: AsOfOption = None, store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Show what came of a plan (default: the newest): hit rates, prevalence, other lists, overrides, effect."""
    from risiko import pipeline
    from risiko.pipeline.results import effect_of_supervision, plan_results

    authority = pipeline.open_authority(store, settings)
    tables = pipeline.read_tables(authority)
    day = pipeline.as_of_date(as_of, tables, authority.store, today=date.today())
    found = plan_results(authority, plan, day, tables)
    if found is None and plan is not None:
        raise InputError(f"There is no plan {plan}.", where="--plan", hint="`risiko plan --list` shows those kept")
    after = effect_of_supervision(authority, day, tables)
    if as_json:
        print_json({"as_of": f"{day}", "plan": _plan_json(found) if found else None, "effect": _effect_json(after)})
        return
    if found is None:
        typer.echo("No plan is kept yet.")
    else:
        _show_plan(found)
    _show_effect(after)


def _plan_json(found: PlanResults) -> dict[str, Any]:
    return {
        "number": found.plan.number, "start": f"{found.plan.record.start}", "end": f"{found.plan.record.end}",
        "over": found.over, "grounds": records(found.grounds), "prevalence": _plain(found.prevalence),
        "outside": len(found.outside), "other_lists": records(found.others.estimates),
        "swaps": records(found.others.swaps), "contraction": records(found.others.contraction),
        "lists_missing": list(found.lists_missing), "added": records(found.added),
        "left_alone": records(found.left_alone), "plans": found.plans,
        "visits": records(found.visits[["service_id", "ground", "state", "supervision_id", "event_date", "hit"]]),
    }  # fmt: skip


def _effect_json(after: Effect) -> dict[str, Any]:
    return {
        "corrected": records(after.corrected), "deadline_days": after.deadline_days, "again": records(after.again),
        "complaints": _plain(after.complaints), "experience": _plain(after.experience),
    }  # fmt: skip


def _plain(found: Drawn | Change) -> dict[str, Any]:
    """A named tuple as JSON holds it: what is not a number is null."""
    return {name: None if value != value else value for name, value in found._asdict().items()}


def _show_plan(found: PlanResults) -> None:
    record, drawn = found.plan.record, found.prevalence
    state = "" if found.over else f", not over yet as of {found.as_of}"
    rows = [
        [r.ground, r.planned, r.carried_out, r.known, f"{r.hits:.0f}", _between(r.rate, r.low, r.high), _n(r.expected)]
        for r in found.grounds.itertuples(index=False)
    ]
    print_table(
        f"Plan {found.plan.number}, {record.start} to {record.end}{state}",
        ["ground", "planned", "carried out", "known", "hits", "hit rate (95 %)", "expected hits"], rows,
    )  # fmt: skip
    typer.echo(f"{len(found.outside)} supervisions in the period lie outside the plan.")
    typer.echo(
        f"By the draw, {drawn.known} of {drawn.drawn} known: "
        + (f"no share is told ({drawn.refused_because})." if drawn.refused_because
           else f"{_between(drawn.hajek, drawn.low, drawn.high)} of {drawn.population}; HT {drawn.ht:.2f}.")
        + f" All visits chosen: {_between(drawn.naive, drawn.naive_low, drawn.naive_high)}."
    )  # fmt: skip
    if len(found.others.estimates):
        rows = [
            [r.list, r.method, _between(r.value, r.low, r.high), _n(r.ess), _why(r.refused_because)]
            for r in found.others.estimates.itertuples(index=False)
        ]
        title = f"What other lists would have found with {found.others.k} visits, hits a visit"
        print_table(title, ["list", "method", "hits a visit (95 %)", "effective visits", "refused"], rows)
    if len(found.added):
        rows = [
            [r.reason, r.added, r.known, f"{r.hits:.0f}", _between(r.rate, r.low, r.high), _n(r.expected, 2), r.verdict]
            for r in found.added.itertuples(index=False)
        ]
        title = f"Visits that planners added, over {found.plans} plans"
        print_table(title, ["reason", "added", "known", "hits", "hit rate", "model expected", "verdict"], rows)
    if len(found.left_alone):
        alone = found.left_alone.itertuples(index=False)
        rows = [[r.action, r.reason, r.services, r.seen, f"{r.hits:.0f}"] for r in alone]
        title = "What was later found where planners skipped or postponed"
        print_table(title, ["action", "reason", "services", "seen since", "hits"], rows)


def _show_effect(after: Effect) -> None:
    rows = [[r.severity, r.due, r.on_time, r.late, r.open, r.waiting, _between(r.share, r.low, r.high)]
            for r in after.corrected.itertuples(index=False)]  # fmt: skip
    if rows:
        print_table(f"Corrected within {after.deadline_days} days",
                    ["severity", "due", "in time", "late", "open", "not due", "in time (95 %)"], rows)  # fmt: skip
    else:
        typer.echo("The records never tell when anything was corrected.")
    rows = [["found" if r.found else "not found", r.services, r.revisited, r.again, _between(r.share, r.low, r.high)]
            for r in after.again.itertuples(index=False)]  # fmt: skip
    print_table("Three years after a supervision, by what it found",
                ["then", "services", "visited again", "found again", "of those visited again"], rows)  # fmt: skip
    _show_change("Complaints per 1,000 users a year", after.complaints)
    _show_change("Experience, points", after.experience)
    typer.echo("A difference is no proof that the supervision caused it: what inspectors knew is not in the records.")


def _show_change(name: str, change: Change) -> None:
    counted = f"{name}, after a supervision ({change.visited} visited, {change.others} not)"
    if change.refused_because:
        typer.echo(f"{counted}: too few to tell.")
    else:
        effect = _between(change.effect, change.low, change.high)
        typer.echo(f"{counted}: {effect} beside similar services not visited; {change.raw:+.2f} counted plainly.")


def _between(value: float, low: float, high: float) -> str:
    return "–" if value != value else f"{value:.2f} ({low:.2f} to {high:.2f})"


def _why(refused: object) -> str:
    return refused if isinstance(refused, str) else ""


def _n(x: float, decimals: int = 1) -> str:
    return "–" if x != x else f"{x:.{decimals}f}"
