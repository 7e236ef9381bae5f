"""Plans on the command line: make one under rules, keep it, print it again, make it anew, decide on it."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from risiko.cli.shared import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    ModelsOption,
    ProgressBar,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
    records,
    solver_aside,
)  # fmt: skip
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.pipeline.planning import Draft
    from risiko.pipeline.plans import KeptPlan, Status
    from risiko.pipeline.runs import Authority, Run
    from risiko.plan.archive import PlanRecord
    from risiko.plan.conflicts import Easing
    from risiko.plan.rules import Rules

RulesOption = Annotated[
    Path | None, typer.Option("--rules", help="Your own rules, laid over the shipped ones.", metavar="FILE")
]
OutOption = Annotated[
    list[Path] | None,
    typer.Option("--out", help="Write an .xlsx, .docx or .json file; may be given again.", metavar="FILE"),
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Of the exploration draw; agree on it beforehand.", min=0)
]
NO_PLAN = 11  # exit code: no plan keeps the rules


def plan(
    as_of: AsOfOption = None,
    rules: RulesOption = None,
    out: OutOption = None,
    seed: SeedOption = None,
    office: Annotated[
        list[str] | None, typer.Option("--office", help="Plan for this office only; may be given again.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="What the plan is called.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who plans: a role or initials.", envvar="RISIKO_USER")] = "",
    save: Annotated[bool, typer.Option("--save", help="Keep the plan in the store's log.")] = False,
    points: Annotated[bool, typer.Option("--points", help="By the points score, though a model is in force.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the kept plans.")] = False,
    printed: Annotated[int | None, typer.Option("--print", help="Write a kept plan's files anew.", metavar="N")] = None,
    again: Annotated[
        Path | None, typer.Option("--again", help="Make the plan in a .json file anew and compare.", metavar="FILE")
    ] = None,
    approve: Annotated[int | None, typer.Option("--approve", help="Decide for a kept plan.", metavar="N")] = None,
    withdraw: Annotated[int | None, typer.Option("--withdraw", help="Take a kept plan back.", metavar="N")] = None,
    why: Annotated[str, typer.Option("--why", help="The reason of a decision.")] = "",
    language: Annotated[str, typer.Option("--language", help="Of the files: nb, nn or en.", metavar="LANG")] = "nb",
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a plan inside the real capacity, keep it, and write it as XLSX, DOCX or JSON."""
    from risiko import pipeline
    from risiko.pipeline.planning import draft
    from risiko.reports.plan_files import check_target

    targets = list(out or [])
    if save:
        _who(by)
    for target in targets:  # said before the long work starts
        check_target(target, language)
    authority = pipeline.open_authority(store, settings, models)
    if listed:
        return _list(authority, as_json)
    if printed is not None:
        return _print_again(authority, printed, targets, language, as_json)
    if approve is not None or withdraw is not None:
        return _decide(authority, approve, withdraw, why, by, as_json)
    if again is not None:
        return _again(authority, again, points, as_json)
    from risiko.pipeline.plans import newest_seq

    seen = newest_seq(authority)
    chosen = _rules(rules, office)
    run = _run(authority, as_of, points)
    now, number = datetime.now(UTC), secrets.randbelow(1_000_000) if seed is None else seed
    with ProgressBar(quiet=as_json) as progress, solver_aside():
        made = draft(run, _with_kept(authority, chosen, run), seed=number, made_at=now, by=by or "–", title=title,
                     progress=progress)  # fmt: skip
    if made.record is None:
        _collides(made, as_json)
        raise typer.Exit(NO_PLAN)
    kept = _save(authority, made.record, run, by, now) if save else None
    for target in targets:
        _write(authority, kept or made.record, target, language)
    if kept:
        for line in kept_meanwhile(authority, seen, kept):
            typer.echo(line, err=as_json)
    _show(made.record, kept, targets, as_json)


def override(
    service: Annotated[str, typer.Argument(help="The service_id.")],
    action: Annotated[str, typer.Argument(help="add, skip, postpone, or release to take it back.")],
    why: Annotated[str, typer.Option("--why", help="In a sentence, for those who read it later.")],
    reason: Annotated[str, typer.Option("--reason", help="A word of the list: concern, tip, recent_contact, …")] = "",
    until: Annotated[str | None, typer.Option("--until", help="Postponed to this date.", metavar="YYYY-MM-DD")] = None,
    by: Annotated[str, typer.Option("--by", help="Who decides: a role or initials.", envvar="RISIKO_USER")] = "",
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Depart from the list for one service: add, skip or postpone it, with a reason that is kept."""
    from risiko import pipeline
    from risiko.access import local
    from risiko.pipeline.decisions import override as enter

    authority = pipeline.open_authority(store)
    services = authority.store.read(["services"], only={"services": {"service_id"}})["services"]["service_id"]
    if not services.eq(service).any():
        raise InputError(f"There is no service {service!r}.", where="service", hint="`risiko score` lists the ids")
    day = _day(until) if until else None
    seq = enter(authority, service, action, reason, why, local(_who(by)), at=datetime.now(UTC), office=None, until=day)
    if as_json:
        print_json({"seq": seq, "service_id": service, "action": action})
    else:
        typer.echo(f"Entered as number {seq} in the log; the next plan keeps it.")


def _who(by: str) -> str:
    if not by.strip():
        raise InputError("Say who decides.", where="--by", hint="a role or initials; RISIKO_USER can hold it")
    return by.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a date.", where="--until", hint="write it as 2027-01-15") from None


def _rules(path: Path | None, office: list[str] | None) -> Rules:
    from risiko.plan.rules import load

    found = load(path)
    return found.with_changes({"office": {"only": office}}) if office else found


def _with_kept(authority: Authority, rules: Rules, run: Run) -> Rules:
    from risiko.pipeline.decisions import with_overrides
    from risiko.plan.eligible import period

    return with_overrides(authority, rules, period(rules, run.as_of)[0])


def _run(authority: Authority, as_of: str | None, points: bool) -> Run:
    from risiko import pipeline

    model = None if points else pipeline.in_force(authority)
    tables = pipeline.read_tables(authority)
    day = pipeline.as_of_date(as_of, tables, authority.store, today=date.today())
    return pipeline.rank(pipeline.prepare(authority, day, tables), model=model)


def _save(authority: Authority, record: PlanRecord, run: Run, by: str, now: datetime) -> KeptPlan:
    from risiko.access import local
    from risiko.pipeline.evidence_use import note_use
    from risiko.pipeline.plans import save_plan

    who = local(_who(by))
    kept = save_plan(authority, record, who, at=now)
    note_use(authority, kept, run.prepared.known, who, at=now)
    return kept


def kept_meanwhile(authority: Authority, seen: int, kept: KeptPlan) -> list[str]:
    """A sentence for each plan that others have kept since log entry `seen`, while this one was being made."""
    from risiko.pipeline.plans import kept_plans

    others = [plan for plan in kept_plans(authority) if seen < plan.seq < kept.seq]
    return [
        f"While this plan was being made, {plan.by} kept plan {plan.number}. Both are kept: withdraw one."
        for plan in others
    ]


def _write(authority: Authority, plan: KeptPlan | PlanRecord, target: Path, language: str) -> None:
    from risiko.i18n import Translator
    from risiko.pipeline.plans import plan_file

    plan_file(authority, plan, target, Translator(language))


def _list(authority: Authority, as_json: bool) -> None:
    from risiko.pipeline.plans import decisions, kept_plans, unreadable_plans

    said = decisions(authority).drop_duplicates("number", keep="last").set_index("number")["status"]
    rows = [
        [p.number, f"{p.record.as_of:%Y-%m-%d}", f"{p.record.start:%Y-%m-%d}", len(p.record.visits), p.record.title,
         p.by, f"{p.made_at:%Y-%m-%d %H:%M}", said.get(p.number, "")]
        for p in kept_plans(authority)
    ]  # fmt: skip
    columns = ["plan", "as of", "from", "visits", "title", "by", "kept", "decision"]
    lost = unreadable_plans(authority)
    if as_json:
        print_json({"plans": [dict(zip(columns, row, strict=True)) for row in rows],
                    "unreadable": [{"plan": p.number, "why": p.why} for p in lost]})  # fmt: skip
        return
    print_table(f"{len(rows)} plans", columns, rows)
    for one in lost:
        typer.echo(f"Plan {one.number} cannot be read: {one.why}")


def _print_again(authority: Authority, number: int, targets: list[Path], language: str, as_json: bool) -> None:
    from risiko.pipeline.plans import kept_plan

    kept = kept_plan(authority, number)
    for target in targets:
        _write(authority, kept, target, language)
    _show(kept.record, kept, targets, as_json)


def _decide(
    authority: Authority, approve: int | None, withdraw: int | None, why: str, by: str, as_json: bool
) -> None:
    from risiko.access import local
    from risiko.pipeline.plans import decide

    if approve is not None and withdraw is not None:
        raise InputError("A plan is approved or withdrawn, one at a time.", where="--withdraw", hint="decide twice")
    status: Status = "approved" if approve is not None else "withdrawn"
    number = int(approve if approve is not None else withdraw or 0)
    decide(authority, number, status, why, local(_who(by)), at=datetime.now(UTC))
    if as_json:
        print_json({"plan": number, "status": status})
    else:
        typer.echo(f"Plan {number} is {status}.")


def _again(authority: Authority, path: Path, points: bool, as_json: bool) -> None:
    from risiko.pipeline.planning import again
    from risiko.plan.archive import differences, from_text

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The file cannot be read: {error}.", where=str(path), hint="check the path") from None
    record = from_text(text, str(path))
    with solver_aside():
        made = again(_run(authority, f"{record.as_of:%Y-%m-%d}", points or record.model_id == "points"), record)
    found = ["no plan keeps the rules any more"] if made is None else differences(record, made)
    if as_json:
        print_json({"same": not found, "differences": found})
    elif found:
        print_table("The plan does not come out the same", ["what"], [[one] for one in found])
    else:
        typer.echo(f"The same plan: {len(record.visits)} visits, draw {record.seed}, data {record.data_version}.")
    if found:
        raise typer.Exit(1)


def _collides(made: Draft, as_json: bool) -> None:
    conflicts, proved = made.selection.conflicts, made.selection.solution.status == "infeasible"
    if as_json:
        print_json({"feasible": False, "proved": proved, "conflicts": [_plain(asdict(one)) for one in conflicts]})
        return
    typer.echo("No plan keeps these rules." if proved else "No plan that keeps these rules was found in the time.")
    for one in conflicts:
        about = ", ".join(f"{row.rule} of {row.what} ({_ends(row.low, row.high)})" for row in one.rows)
        forced = f"; {len(one.visits)} visits that must be or may not" if one.visits else ""
        typer.echo(f"These collide: {', '.join(one.rules)}: {about}{forced}.")
        for way in one.ways:
            typer.echo(f"  Would help: {'; '.join(_easing(e, made) for e in way.easings)}.")


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """Open ends as null: JSON has no infinity."""
    rows = [{k: None if v in (float("inf"), -float("inf")) else v for k, v in row.items()} for row in said["rows"]]
    return {**said, "rows": rows}


def _ends(low: float, high: float) -> str:
    return f"at least {low:g}" if high == float("inf") else f"at most {high:g}" if low == -float("inf") else f"{low:g}"


def _easing(easing: Easing, made: Draft) -> str:
    if easing.visit < 0:
        return f"{easing.rule} of {easing.what} {easing.from_:g} → {easing.to:g}"
    found = made.selection
    service = found.eligible.candidates["service_id"].iloc[found.posed.service[easing.visit]]
    return f"{easing.rule}: {'let go' if easing.end == 'least' else 'let in'} {service}"


def _show(record: PlanRecord, kept: KeptPlan | None, targets: list[Path], as_json: bool) -> None:
    grounds = record.visits["ground"].value_counts()
    if as_json:
        print_json({
            "feasible": True, "plan": kept.number if kept else None, "as_of": f"{record.as_of:%Y-%m-%d}",
            "start": f"{record.start:%Y-%m-%d}", "end": f"{record.end:%Y-%m-%d}", "model": record.model_id,
            "data_version": record.data_version, "seed": record.seed, "visits": len(record.visits),
            "worth": record.worth, "bound": record.bound, "proved": record.proved,
            "grounds": {str(k): int(v) for k, v in grounds.items()}, "offices": records(record.offices),
            "prices": records(record.prices), "beside": records(record.beside), "notices": records(record.notices),
            "out": [str(target) for target in targets],
        })  # fmt: skip
        return
    told = ", ".join(f"{n} {ground}" for ground, n in grounds.items())
    number = f"Plan {kept.number}" if kept else "A plan (not kept)"
    proof = "the best there is under these rules" if record.proved else f"no plan is worth more than {record.bound:.2f}"
    typer.echo(f"{number} for {record.start} to {record.end}: {len(record.visits)} visits ({told}).")
    typer.echo(f"Worth {record.worth:.2f}, {proof}. Draw {record.seed}. A high score is no finding of failure.")
    days = record.offices[["office", "services", "visits", "capacity", "used", "statutory", "drawn"]].round(1)
    print_table("Offices, in person-days", list(days.columns), days.to_numpy().tolist())
    other = record.beside.round(2)
    print_table("Beside the plan", list(other.columns), other.to_numpy().tolist())
    priced = record.prices.assign(
        enters=record.prices["enters"].map(_count), leaves=record.prices["leaves"].map(_count)
    ).round(3)  # fmt: skip
    print_table("What each rule costs", list(priced.columns), priced.to_numpy().tolist())
    for row in record.notices.itertuples(index=False):
        typer.echo(f"Note: {row.notice} {row.who} {row.number:g}".rstrip())
    for target in targets:
        typer.echo(f"Written to {target}.")


def _count(joined: str) -> int:
    return len(joined.split("|")) if joined else 0
