"""The ledger: what became of all evidence, what lay behind a planned visit, and what was never used and why."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko import asof
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.ledger.pieces import pieces
from risiko.ledger.unused import unused
from risiko.ledger.uses import counted, followed, found_since, links
from risiko.ledger.weight import weighed
from risiko.organisations import is_of
from risiko.pipeline.evidence_use import behind_plans, near, note_use, read_for, replaced, weights_then
from risiko.pipeline.forward import HELD, REPLACED, Uses, people_of, uses_of
from risiko.pipeline.plans import kept_plan, kept_plans
from risiko.pipeline.runs import Authority, Run, read_tables
from risiko.scoring.table import POINTS

__all__ = ["Uses", "evidence_behind", "ledger", "never_used", "note_use", "uses_of", "weights_of"]
BEHIND = (
    "piece_id", "organisation", "method", "event_date", "known_date", "n", "dimensions", "direct", "weight", "reason",
    "recorded", "state",
)  # fmt: skip


def evidence_behind(
    authority: Authority, plan_number: int, service_id: str, tables: Tables | None = None
) -> pd.DataFrame:
    """The evidence known about a planned visit when its plan was made: BEHIND, heaviest first; empty where none was.

    direct: of the service itself, else of its type in its area. weight: survey answers of that day. reason: why it did
    not count (vocabulary.UNUSED), blank where it did. recorded: the log says so from when the plan was kept; otherwise
    worked out anew. state: HELD, or REPLACED where a corrected file has taken its place since; what that weighed is
    missing. Raises InputError for a plan that is not kept or does not visit the service.
    """
    read = read_tables(authority) if tables is None else tables
    plan, rule = kept_plan(authority, plan_number), authority.settings
    record, visits = plan.record, plan.record.visits
    if service_id not in set(visits["service_id"]):
        what = f"Plan {plan_number} does not visit {service_id!r}."
        raise InputError(what, where="service", hint="`risiko plan --print` writes the plan's visits")
    here = near(read, {service_id}, set(visits.loc[visits["service_id"] == service_id, "service_type"]))
    linked = behind_plans(authority, [plan], here)
    linked = linked[(linked["service_id"] == service_id).to_numpy()]
    found = pieces(asof.known_at(here, record.as_of), rule, here["experiences"])
    found = found[found["piece_id"].isin(linked["piece_id"]).to_numpy()]
    told = weighed(here, record.as_of, rule, weights_then(record.model_id, record.weights, here, rule))
    own = told["service_id"].isna() | (told["service_id"] == service_id)
    best = told[own.to_numpy()].sort_values("weight", ascending=False, kind="stable").drop_duplicates("piece_id")
    one = found.drop_duplicates("piece_id").assign(state=HELD).merge(best[["piece_id", "weight", "reason"]], "left")
    gone = linked.loc[~linked["piece_id"].isin(one["piece_id"]), "piece_id"]
    if len(gone):
        before = replaced(authority, read, set(gone))[1].drop_duplicates("piece_id")
        one = pd.concat([one, before.assign(state=REPLACED)], ignore_index=True)
    one = one.assign(reason=one["reason"].fillna("")).merge(linked[["piece_id", "direct", "recorded"]], on="piece_id")
    ordered = one.sort_values(["weight", "event_date"], ascending=False, kind="stable", ignore_index=True)
    return ordered[list(BEHIND)]


def never_used(authority: Authority, tables: Tables, run: Run, organisation: str | None = None) -> pd.DataFrame:
    """The pieces that the run's score has not counted: ledger.pieces.COLUMNS and reason (vocabulary.UNUSED).

    One row per piece and subject, newest first; what became known after the run's date is among them. organisation:
    any spelling of its name; only its own.
    """
    rule = authority.settings
    why = unused(tables, run.prepared.cohort.services, run.as_of, rule, weights_of(run))
    found = pieces(asof.known_at(read_for(tables), date.max), rule, tables["experiences"])
    found = _own(authority, found.merge(why, on="piece_id"), organisation)
    return found.sort_values("event_date", ascending=False, kind="stable", ignore_index=True)


def ledger(
    authority: Authority, run: Run, organisation: str | None = None, tables: Tables | None = None
) -> pd.DataFrame:
    """Every piece of evidence with what became of it by the run's date, one row per piece, newest first.

    piece_id, organisation, method, service_id, service_type and area (of its first subject), subjects (how many),
    event_date, known_date, n (people in all), scored, reason (vocabulary.UNUSED; blank where the score counts it),
    plans (kept plans it lay behind), planned (services visited by those not withdrawn), supervisions (since, of those
    that are followed: ledger.uses.followed), findings (remarks and worse), failures (breaches), corrected (put right).
    Pieces known after the run's date have reason known_later and no counts. organisation: only its own.
    """
    read, rule = read_tables(authority) if tables is None else tables, authority.settings
    every = pieces(asof.known_at(read_for(read), date.max), rule, read["experiences"])
    found = _own(authority, every, organisation)
    now = found[(found["known_date"] <= pd.Timestamp(run.as_of)).to_numpy()]
    told = {name: read[name] for name in ("supervisions", "findings")}
    known = asof.known_at({**read_for(read), **told}, run.as_of)
    plans = [plan for plan in kept_plans(authority) if plan.record.as_of <= run.as_of]
    behind = behind_plans(authority, plans, read)
    seen = found_since(followed(links(now, known, run.as_of, rule), now, _among(behind, now)), known)
    table = counted(found, _among(behind, found), seen)
    table = table.assign(n=people_of(table["piece_id"], read["submissions"]).fillna(table["n"]))
    why = unused(read, run.prepared.cohort.services, run.as_of, rule, weights_of(run)).set_index("piece_id")["reason"]
    table = table.assign(reason=table["piece_id"].map(why).astype("str").fillna(""))
    return table.sort_values(["event_date", "piece_id"], ascending=False, kind="stable", ignore_index=True)


def weights_of(run: Run) -> dict[str, float]:
    """Signal -> what it counts in the run's score; of a learned one: 1 for each signal that it reads."""
    if run.table.model_id == POINTS:
        return dict(run.weights)
    added = run.table.contributions
    moved = {str(name) for name in added.columns[(added != 0).any().to_numpy()]}
    return {s.name: 1.0 for s in run.signals if s.name in moved or f"all_{s.group}" in moved}


def _own(authority: Authority, found: pd.DataFrame, organisation: str | None) -> pd.DataFrame:
    if organisation is None:
        return found
    return found[is_of(found["organisation"], organisation, authority.settings.organisations)]


def _among(behind: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    return behind[behind["piece_id"].isin(found["piece_id"]).to_numpy()]
