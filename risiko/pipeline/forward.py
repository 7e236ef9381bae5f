"""One piece of evidence followed forward: the scores it counted in, the plans it lay behind, what was found since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from risiko import asof
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.ledger.pieces import pieces
from risiko.ledger.uses import followed, found_since, links
from risiko.ledger.weight import weighed
from risiko.pipeline.evidence_use import (
    behind_plans,
    near_piece,
    noted,
    now_called,
    read_for,
    replaced,
    weights_then,
)
from risiko.pipeline.plans import KeptPlan, decisions, kept_plans
from risiko.pipeline.record import bodies
from risiko.pipeline.runs import Authority, read_tables

HELD, REPLACED = "held", "replaced"
SCORES = ("as_of", "model_id", "plan", "service_id", "service_type", "area", "weight", "reason")
PLANS = (
    "plan", "as_of", "start", "end", "service_id", "direct", "planned", "ground", "left_out", "status", "override",
    "override_reason", "recorded",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Uses:
    """A piece of evidence followed forward. state: HELD, or REPLACED where a corrected file has taken its place.

    piece: ledger.pieces.COLUMNS, one row per subject. n: people in all, missing where nobody says. scores: SCORES, each
    date that a plan or a shown list was made at with the piece known, what it weighed there in survey answers, and why
    it did not count (blank: it did); plan is missing for a list. plans: PLANS, one row per plan and service: those
    visited, and for a piece about a service also the plans that do not visit it (left_out: why it could not be, blank
    where others came before it). status: the
    newest decision, blank for none. recorded: the log says so from when the plan was kept. findings: uses.FOUND, and
    plan: which one asked for the visit (missing for none).
    """

    piece: pd.DataFrame
    state: str
    scores: pd.DataFrame
    plans: pd.DataFrame
    findings: pd.DataFrame
    n: float = float("nan")


def people_of(pieces: pd.Series, submissions: pd.DataFrame) -> pd.Series:
    """How many people took part in each piece that was handed in as a submission; missing for others (Int64)."""
    newest = submissions.drop_duplicates("submission_id", keep="last").set_index("submission_id")["n"]
    return pieces.map(newest).astype("Int64")


def uses_of(
    authority: Authority, piece_id: str, tables: Tables | None = None, as_of: date | None = None
) -> Uses:
    """What became of one piece. Raises InputError for an id that no evidence has ever had.

    piece_id: of the piece, or of any row of it. tables: what runs.read_tables gave, where it is at hand. as_of: only
    what was known by then (default: all). A plan or list counts only where the piece was known at its date, and a
    supervision only where it was carried out after that day.
    """
    day = as_of or date.max
    read = read_tables(authority) if tables is None else tables
    here, found, state = _piece(authority, read, piece_id)
    piece, since = str(found["piece_id"].iloc[0]), found["known_date"].min().date()
    linked = links(found, asof.known_at(here, day), day, authority.settings)
    kept = [plan for plan in kept_plans(authority) if since <= plan.record.as_of <= day]
    if state == REPLACED:  # nobody can tell anew what lay behind a plan that says nothing itself
        kept = [plan for plan in kept if plan.number in noted(authority)]
    behind = behind_plans(authority, kept, here)
    behind = behind[(behind["piece_id"] == piece).to_numpy()]
    plans = _plans(authority, kept, behind, linked)
    told = asof.known_at({**here, **{name: read[name] for name in ("supervisions", "findings")}}, day)
    seen = found_since(followed(linked, found, behind), told)
    people = people_of(pd.Series([piece]), read["submissions"]).fillna(found["n"].max())
    told_of = _scores(authority, here, kept, piece, since, day), plans, _asked_for(seen, plans)
    return Uses(found, state, *told_of, n=float(people.astype("float64").iloc[0]))


def _piece(authority: Authority, tables: Tables, asked: str) -> tuple[Tables, pd.DataFrame, str]:
    """The tables near the piece, its rows, and whether it is still held."""
    here = near_piece(tables, asked)
    found = _held(authority, here, now_called(authority, here).get(asked, asked))
    if len(found):
        return here, found, HELD
    before, found = replaced(authority, tables, [asked])
    if found.empty:
        hint = "`risiko voice unused --json` and the page Brukererfaring list the ids"
        raise InputError(f"No evidence has the id {asked!r}.", where="piece", hint=hint)
    return near_piece(before, asked), found, REPLACED


def _held(authority: Authority, tables: Tables, piece: str) -> pd.DataFrame:
    known = asof.known_at(read_for(tables), date.max)
    found = pieces(known, authority.settings, tables["experiences"])
    return found[(found["piece_id"] == piece).to_numpy()].reset_index(drop=True)


def _plans(
    authority: Authority, kept: Sequence[KeptPlan], behind: pd.DataFrame, linked: pd.DataFrame
) -> pd.DataFrame:
    own = linked.loc[linked["direct"], "service_id"]
    parts = [_in_plan(plan, behind[(behind["plan"] == plan.number).to_numpy()], own) for plan in kept]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(PLANS))
    said = decisions(authority).drop_duplicates("number", keep="last").set_index("number")["status"].to_dict()
    status = found["plan"].map(said).astype("str").fillna("")
    return found.assign(status=status, recorded=found["plan"].isin(list(noted(authority))).to_numpy())[list(PLANS)]


def _in_plan(plan: KeptPlan, behind: pd.DataFrame, own: pd.Series) -> pd.DataFrame:
    """The services of one plan: those visited with the piece behind them, and its own that the plan does not visit."""
    record = plan.record
    visits = record.visits.drop_duplicates("service_id").set_index("service_id")["ground"]
    visited = behind[["service_id", "direct"]].assign(planned=True)
    left = pd.DataFrame({"service_id": own[~own.isin(visits.index).to_numpy()]}).assign(direct=True, planned=False)
    both = pd.concat([visited, left], ignore_index=True)
    why = record.left_out.drop_duplicates("service_id").set_index("service_id")["reason"]
    asked = {one.service: one for one in record.rules.override}
    ids = both["service_id"]
    return both.assign(
        plan=plan.number, as_of=pd.Timestamp(record.as_of), start=pd.Timestamp(record.start),
        end=pd.Timestamp(record.end), ground=ids.map(visits).fillna(""), left_out=ids.map(why).fillna(""),
        override=ids.map({name: one.action for name, one in asked.items()}).fillna(""),
        override_reason=ids.map({name: one.reason for name, one in asked.items()}).fillna(""),
    )  # fmt: skip


def _scores(
    authority: Authority, here: Tables, kept: Sequence[KeptPlan], piece: str, since: date, day: date
) -> pd.DataFrame:
    rule, parts = authority.settings, []
    dated: list[tuple[date, str, int | None, dict[str, float]]] = [
        (p.record.as_of, p.record.model_id, p.number, dict(p.record.weights)) for p in kept
    ]
    told = {(when, model) for when, model, _, _ in dated}
    dated += [(*one, None, dict(rule.score.weights)) for one in _shown(authority) if one not in told]
    for when, model, number, weights in sorted(dated, key=lambda one: (one[0], one[2] or 0)):
        if since <= when <= day:
            at = weighed(here, when, rule, weights_then(model, weights, here, rule))
            own = at[(at["piece_id"] == piece).to_numpy()]
            parts.append(own.assign(as_of=pd.Timestamp(when), model_id=model, plan=number))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(SCORES))
    return found.astype({"plan": "Int64"})[list(SCORES)]


def _shown(authority: Authority) -> list[tuple[date, str]]:
    """The lists that somebody has seen or taken along, each date and model once."""
    said = bodies(authority.store.log(["shown"]), authority.store.address)
    return sorted({(date.fromisoformat(str(body["as_of"])), str(body["model_id"])) for body in said})


def _asked_for(seen: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """The findings with the newest plan that had the service and the day in it and was not withdrawn."""
    held = plans[(plans["planned"].astype("bool") & (plans["status"] != "withdrawn")).to_numpy()]
    both = seen[["supervision_id", "service_id", "event_date"]].drop_duplicates().merge(
        held[["service_id", "plan", "start", "end"]], on="service_id")  # fmt: skip
    inside = both[((both["start"] <= both["event_date"]) & (both["event_date"] <= both["end"])).to_numpy()]
    plan = inside.groupby("supervision_id")["plan"].max()
    return seen.assign(plan=seen["supervision_id"].map(plan).astype("Int64"))
