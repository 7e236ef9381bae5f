"""Which evidence lay behind a kept plan: an entry in the log beside the plan, read back or worked out anew."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import pandas as pd

from risiko import asof
from risiko.access import Person
from risiko.contracts import CONTRACTS, Tables, empty_tables
from risiko.ledger.pieces import SUBJECT, pieces, rows_of_pieces, submission_of
from risiko.ledger.uses import LINKS, as_entry, from_entry, links
from risiko.pipeline.plans import KeptPlan, decisions, digest
from risiko.pipeline.record import bodies
from risiko.pipeline.runs import Authority
from risiko.scoring.inputs import learnable
from risiko.scoring.table import POINTS
from risiko.settings import Settings
from risiko.signals import specs

KIND = "evidence_use"
_BEHIND: Mapping[str, str] = {
    "piece_id": "str", "service_id": "str", "direct": "bool", "plan": "int64", "as_of": "datetime64[us]",
    "withdrawn": "bool", "recorded": "bool",
}  # fmt: skip
READS = ("experiences", "submissions", "item_means", "services", "service_areas")


def note_use(authority: Authority, kept: KeptPlan, known: Tables, who: Person, *, at: datetime) -> tuple[int, ...]:
    """Enter which pieces lay behind a plan that was just kept; the numbers of the plans that got an entry.

    known: the tables the plan rests on (Run.prepared.known). Every piece known by then about a visited service, or
    about its type in its area, is named by its id; nothing that was said is. A plan has one entry: asked again nothing
    is written. Where the same plan was kept before, and the machine went down before its entry, that one gets it too.
    """
    record, done = kept.record, set(noted(authority))
    same = authority.store.log(["plan"])["about"].eq(digest(record)).to_numpy().nonzero()[0] + 1
    numbers = tuple(int(n) for n in sorted({kept.number, *same.tolist()} - done))
    if numbers:
        found = pieces(known, authority.settings)
        body = as_entry(links(found, known, record.as_of, authority.settings, set(record.visits["service_id"])))
        body = {"as_of": f"{record.as_of:%Y-%m-%d}", "model_id": record.model_id, **body}
    for number in numbers:
        told = json.dumps({"plan": number, **body}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        authority.store.append(KIND, str(number), told, at, who.name)
    return numbers


def noted(authority: Authority) -> dict[int, dict[str, Any]]:
    """Number of the plan -> what its entry says; the first entry of a plan holds. Raises StoreError as `bodies`."""
    said = bodies(authority.store.log([KIND]), authority.store.address)
    return {int(body["plan"]): body for body in reversed(said)}


def behind_plans(authority: Authority, plans: Iterable[KeptPlan], tables: Tables) -> pd.DataFrame:
    """What lay behind the visits of each plan: uses.LINKS, plan, as_of, withdrawn, recorded; a row per plan, piece and
    service.

    recorded: as the log has it, from when the plan was kept. Plans from before that are worked out anew from the
    tables, by what was known at their date: what was imported later and dated back is then among it. Ids in the log are
    given as they are called now.
    """
    entries, called = noted(authority), now_called(authority, tables)
    said = decisions(authority).drop_duplicates("number", keep="last").set_index("number")["status"]
    parts = [pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _BEHIND.items()})]
    for plan in plans:
        found = _linked(authority, tables, plan, entries.get(plan.number))
        found["piece_id"] = found["piece_id"].map(called).fillna(found["piece_id"]).astype("str")
        parts.append(found.drop_duplicates(list(LINKS)).assign(
            plan=plan.number, as_of=pd.Timestamp(plan.record.as_of), withdrawn=said.get(plan.number) == "withdrawn",
            recorded=plan.number in entries,
        ))  # fmt: skip
    return pd.concat(parts, ignore_index=True)[list(_BEHIND)].astype(dict(_BEHIND))


def now_called(authority: Authority, tables: Tables) -> pd.Series:
    """experience_id -> the piece it belongs to by what is known now: any row's id finds its piece."""
    newest = asof.known_at(read_for(tables), date.max)
    rows = rows_of_pieces(newest, authority.settings, tables["experiences"])
    return rows.set_index("experience_id")["piece_id"]


def replaced(authority: Authority, tables: Tables, ids: Collection[str]) -> tuple[Tables, pd.DataFrame]:
    """Pieces that a corrected file has taken the place of: the tables as that file had them, and ledger.pieces.COLUMNS.

    ids: of pieces or of their rows; one that no evidence has ever had is not among the pieces.
    """
    history = authority.store.history("experiences")
    names = history["experience_id"]
    own = names.isin(list(ids)) | submission_of(names).isin(list(ids))
    newest = history[own.to_numpy()].groupby("experience_id")["part_id"].max()  # as it was last, with what came with it
    rows = history[history["part_id"].isin(newest).to_numpy()]
    rows = rows.sort_values("part_id", kind="stable").drop_duplicates(["experience_id", "known_date"], keep="last")
    before = {**tables, "experiences": CONTRACTS["experiences"].conform(rows).reset_index(drop=True)}
    known = asof.known_at(read_for(before), date.max)
    found = pieces(known, authority.settings, before["experiences"])
    called = now_called(authority, before)
    wanted = {called.get(name, name) for name in ids}
    return before, found[found["piece_id"].isin(wanted).to_numpy()].reset_index(drop=True)


def read_for(tables: Tables) -> Tables:
    """The tables that pieces, and whom they speak of, are read from; the others without rows."""
    return {**_empty(), **{name: tables[name] for name in READS}}


_empty = cache(empty_tables)  # making them takes longer than all that is asked of one piece


def near(tables: Tables, services: Collection[str], types: Collection[str]) -> Tables:
    """The same with only these services and those of these types, and what anybody has said of them.

    What is said of a service or of a type in an area is weighed without a look at others, so nothing is lost.
    """
    every, told, served = (tables[name] for name in ("services", "experiences", "service_areas"))
    of = every["service_id"].isin(list(services)) | every["service_type"].isin(list(types))
    blank = told["service_id"].isna()
    mine = told["service_id"].isin(list(services)) | (blank & told["service_type"].isin(list(types)))
    return {
        **read_for(tables), "services": every[of.to_numpy()], "experiences": told[mine.to_numpy()],
        "service_areas": served[served["service_id"].isin(every.loc[of, "service_id"]).to_numpy()],
    }  # fmt: skip


def near_piece(tables: Tables, asked: str) -> Tables:
    """The same near whatever the piece, or the row of one, with this id speaks of; nothing where there is none."""
    names, items = tables["experiences"], tables["item_means"]
    own = (names["experience_id"] == asked) | (submission_of(names["experience_id"]) == asked)
    rows = pd.concat([
        names.loc[own.to_numpy(dtype=bool, na_value=False), list(SUBJECT)],
        items.loc[(submission_of(items["item_mean_id"]) == asked).to_numpy(dtype=bool, na_value=False), list(SUBJECT)],
    ])  # fmt: skip
    about = rows.loc[rows["service_id"].isna(), "service_type"]
    return near(tables, set(rows["service_id"].dropna()), set(about.dropna()))


def weights_then(model_id: str, weights: Mapping[str, float], known: Tables, settings: Settings) -> dict[str, float]:
    """What each signal counted in a score of the past; of a learned one: 1 for each that settings let it read."""
    if model_id == POINTS:
        return dict(weights)
    return {s.name: 1.0 for s in learnable(specs(known, settings), settings)}


def _linked(authority: Authority, tables: Tables, plan: KeptPlan, entry: dict[str, Any] | None) -> pd.DataFrame:
    read = read_for(tables)
    if entry is None:
        return _anew(authority, read, plan)
    direct, of_areas = from_entry(entry)
    if not of_areas:
        return direct
    told = read["experiences"]
    read["experiences"] = told[told["service_id"].isna().to_numpy()]
    anew = _anew(authority, read, plan)
    return pd.concat([direct, anew[anew["piece_id"].isin(of_areas).to_numpy() & ~anew["direct"]]], ignore_index=True)


def _anew(authority: Authority, read: Tables, plan: KeptPlan) -> pd.DataFrame:
    record, rule = plan.record, authority.settings
    known = asof.known_at(read, record.as_of)
    found = pieces(known, rule, read["experiences"])
    return links(found, known, record.as_of, rule, set(record.visits["service_id"]))
