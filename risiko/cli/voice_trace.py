"""The ledger on the command line: one piece of evidence followed forward, a visit back to its evidence, the unused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    records,
)  # fmt: skip
from risiko.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from risiko.pipeline.forward import Uses

PieceArgument = Annotated[str, typer.Argument(help="The id of a piece of evidence, or of any row of it.")]
PlanOption = Annotated[int | None, typer.Option("--plan", help="A kept plan: what lay behind a visit of it.", min=1)]
ServiceOption = Annotated[str, typer.Option("--service", help="With --plan: the service that it visits.")]
OrganisationOption = Annotated[str, typer.Option("--organisation", help="Only what this organisation has given.")]
SHOWN = 40


def trace(
    piece: PieceArgument = "",
    plan: PlanOption = None,
    service: ServiceOption = "",
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow one piece of evidence forward to scores, plans and findings, or a planned visit back to the evidence."""
    from risiko import pipeline
    from risiko.pipeline.ledger import evidence_behind, uses_of

    if bool(piece) == (plan is not None or bool(service)) or (plan is None) != (not service):
        hint = "risiko voice trace PIECE, or risiko voice trace --plan 1 --service ID"
        raise InputError("Say what to follow: a piece, or a plan and a service.", where="trace", hint=hint)
    authority = pipeline.open_authority(store, settings)
    if plan is not None:
        found = _few_hidden(evidence_behind(authority, plan, service), authority.settings.voices.few)
        if as_json:
            print_json({"plan": plan, "service_id": service, "evidence": records(found)})
        else:
            _table(f"{len(found)} pieces behind the visit to {service} in plan {plan}", found)
        return
    told = uses_of(authority, piece)
    told = _small_hidden(told, authority.settings.voices.few)
    if as_json:
        print_json({"state": told.state, **{part: records(getattr(told, part)) for part in _PARTS}})
        return
    _show(told)


def unused(
    organisation: OrganisationOption = "",
    as_of: AsOfOption = None,
    points: Annotated[bool, typer.Option("--points", help="By the points score, though a model is in force.")] = False,
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the evidence that the score has not counted, with the reason for each piece."""
    from datetime import date

    from risiko import pipeline
    from risiko.pipeline.ledger import never_used

    authority = pipeline.open_authority(store, settings, models)
    tables = pipeline.read_tables(authority)
    day = pipeline.as_of_date(as_of, tables, authority.store, today=date.today())
    model = None if points else pipeline.in_force(authority)
    run = pipeline.rank(pipeline.prepare(authority, day, tables), model=model)
    found = _few_hidden(never_used(authority, tables, run, organisation or None), authority.settings.voices.few)
    reasons = found.drop_duplicates("piece_id")["reason"].value_counts()
    if as_json:
        counts = {str(word): int(n) for word, n in reasons.items()}
        print_json({"as_of": f"{day:%Y-%m-%d}", "reasons": counts, "pieces": records(found)})
        return
    print_table(f"Not counted {day}", ["reason", "pieces"], [[word, n] for word, n in reasons.items()])
    newest = found.head(SHOWN).drop(columns=["known_date", "dimensions", "scored"])
    _table(f"The newest {len(newest)} of {len(found)}", newest)


_PARTS = ("piece", "scores", "plans", "findings")


def _show(told: Uses) -> None:
    if told.state != "held":
        typer.echo("A corrected file has taken its place; what it was used for before that stands.")
    for part in _PARTS:
        frame: pd.DataFrame = getattr(told, part)
        if frame.empty:
            typer.echo(f"{part}: none")
        else:
            _table(part, frame)


def _few_hidden(found: pd.DataFrame, few: int) -> pd.DataFrame:
    """n as text: the number of a small group is not told, nor its weight, from which it could be worked out."""
    from risiko.disclosure import shown

    told = (shown(found["n"], few) | found["n"].isna()).astype("bool")
    weight = {"weight": found["weight"].where(told | (found["weight"] == 0))} if "weight" in found else {}
    return found.assign(n=found["n"].astype("str").where(told, f"<{few}"), **weight)


def _small_hidden(told: Uses, few: int) -> Uses:
    """The same without the numbers of small groups; what their subject weighed is told of none of the piece."""
    piece = _few_hidden(told.piece, few)
    small = (piece["n"] == f"<{few}").any()
    weight = told.scores["weight"]
    return replace(told, piece=piece, scores=told.scores.assign(weight=weight.mask((weight > 0) & small)))


def _table(title: str, frame: pd.DataFrame) -> None:
    print_table(title, list(frame.columns), [[_cell(cell) for cell in row] for row in frame.to_numpy().tolist()])


def _cell(value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
