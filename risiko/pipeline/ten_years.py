"""Ten years of plan, visit and learn in an invented authority, under a chosen way to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.evaluate.ten_years import run_row, worst, year_row
from risiko.pipeline.moments import Progress
from risiko.pipeline.runs import Run, prepare_tables, rank
from risiko.pipeline.simulated import (
    Ground,
    Policy,
    Simulated,
    Simulation,
    candidates_in,
    ground,
    prepare_shared,
)
from risiko.plan.eligible import MONTH, eligible
from risiko.plan.rules import Rules
from risiko.plan.selection import chosen_visits, select
from risiko.settings import Settings
from risiko.synthetic import possible
from risiko.synthetic.findings import BREACH, SERIOUS

# Ground of a planned visit -> how the record says it was selected.
SELECTION = {"statutory": "statutory", "draw": "random", "regularity": "regularity"}
LONG = 1200.0  # months that a service never visited, of which nobody knows when it began, has waited


@dataclass(frozen=True)
class Outcome:
    """What a run gave. years: one row per year (evaluate.ten_years.year_row, with year and learned: whether a learned
    score made the list); services: one row per service (evaluate.ten_years.run_row, `ever`); visits: year, service_id,
    place, ground, office, kind, person_days and probability of every planned visit; row: the whole run."""

    policy: Policy
    simulation: Simulation
    years: pd.DataFrame
    services: pd.DataFrame
    visits: pd.DataFrame
    row: dict[str, float]


def simulate(shared: Ground, chosen: Policy, progress: Progress | None = None) -> Outcome:
    """Run one policy through the years: each year the real list and plan of what is known, and what visits find."""
    simulation, made = shared.simulation, shared.made
    shares = {"exploration": {"share": chosen.explore}, "regularity": {"share": chosen.regularity}}
    rules = shared.rules.with_changes(shares)
    n, tables = len(made.who.table), dict(shared.records)
    better, seen = np.zeros((n, made.span.n_years)), np.zeros(n, dtype=bool)
    ever = pd.DataFrame({"visited": False, "silent": False, "silent_found": False, "could": False}, index=range(n))
    moments = Simulated(shared.settings, shared.moments) if chosen.learned else None
    rows, planned = [], []
    for i in range(simulation.years):
        if progress:
            progress(f"{chosen.name}, year {i + 1}", i, simulation.years)
        year = simulation.first + i
        column = made.span.n_years - simulation.years + i
        run, learned = _list(shared, tables, better, date(year - 1, 12, 31), moments)
        could, plan = _plan(run, rules, chosen, simulation.seed)
        visits = possible.possible_visits(made, year, better[:, column])
        told = possible.carried_out(made, visits, plan)
        tables |= {name: pd.concat([tables[name], frame], ignore_index=True) for name, frame in told.items()}
        services = _services(shared, could, plan, visits, column)
        seen[services.index[services["visited"]]] = True
        services["seen"] = seen[services.index]
        planned.append(plan.assign(year=year))
        rows.append({"year": year, "learned": float(learned), **year_row(services)})
        _remember(ever, services)
        better[_mended(visits, plan), column + 1 :] += simulation.better
    if progress:
        progress(chosen.name, simulation.years, simulation.years)
    if moments:  # those before the first plan rest on records that all policies share
        shared.moments.update(moments.until(shared.first.as_of))
    years = pd.DataFrame(rows)
    services = ever[ever.pop("could")].assign(service_id=made.who.table["service_id"])
    visits_made = pd.concat(planned, ignore_index=True)
    return Outcome(chosen, simulation, years, services, visits_made, run_row(years, services))


def compare(
    base: Simulation,
    policies: Sequence[Policy],
    settings: Settings,
    *,
    worlds: int = 1,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every policy in every one of the worlds (seeds from base.seed on): rows by year, and rows by run.

    By year: policy, seed, year and evaluate.ten_years.year_row. By run: policy, seed and MEASURES.
    """
    by_year, runs = [], []
    total, done = worlds * len(policies) * base.years, 0

    def told(what: str, at: int, _: int) -> None:
        if progress:
            progress(what, done + at, total)

    for seed in range(base.seed, base.seed + worlds):
        shared = ground(replace(base, seed=seed), settings)
        for chosen in policies:
            found = simulate(shared, chosen, told)
            done += base.years
            by_year.append(found.years.assign(policy=chosen.name, seed=seed))
            runs.append({"policy": chosen.name, "seed": seed, **found.row})
    years = pd.concat(by_year, ignore_index=True)
    first = ["policy", "seed", "year"]
    return years[[*first, *years.columns.difference(first, sort=False)]], pd.DataFrame(runs)


def _list(
    shared: Ground, tables: Tables, better: FloatArray, as_of: date, moments: Simulated | None
) -> tuple[Run, bool]:  # fmt: skip
    """The list at the date, and whether a learned score made it."""
    first = as_of == shared.first.as_of
    if first:
        heard, prepared = tables, shared.first.prepared
    elif shared.simulation.better:
        complaints = possible.heard_less(shared.made, tables["complaints"], better)
        heard = {**tables, "complaints": complaints}
        prepared = prepare_tables(heard, as_of, shared.settings)
    else:
        heard, prepared = tables, prepare_shared(shared, tables, as_of)
    learned = moments.list_learned(heard, prepared) if moments else None
    if learned is not None:
        return learned, True
    return (shared.first if first else rank(prepared)), False


def _plan(run: Run, rules: Rules, chosen: Policy, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who could be visited, and the visits as carried_out reads them (with ground and days)."""
    found = candidates_in(run, rules)
    rng = np.random.default_rng([seed, run.as_of.toordinal()])
    lot, days = rng.random(len(found)), found["days"]
    began = found["service_id"].map(run.prepared.cohort.services["valid_from"])
    age = (pd.Timestamp(run.as_of) - began).dt.days / MONTH
    waited = found["waited_months"].fillna(age).fillna(LONG) + lot
    # Times its days, so that time waited (or a lot) decides and not which visit is the shortest.
    values = {"risk": found["value"], "waiting": waited * days, "chance": lot * days}
    found["score"] = found["likelihood"] if chosen.order == "risk" else values[chosen.order] / days
    found["value"] = values[chosen.order]
    could = eligible(found, rules, as_of=run.as_of, spent=pd.Series(dtype="float64"))
    # In order of waiting or by lot the greedy plan is the one that is meant: first come, first served.
    selection = select(could, rules, as_of=run.as_of, seed=seed, priced=False, fast=chosen.order != "risk")
    if not selection.feasible:
        collide = "; ".join(", ".join(conflict.rules) for conflict in selection.conflicts)
        what = f"No plan on {run.as_of} keeps all rules; these collide: {collide}."
        raise InputError(what, where="rules", hint="loosen a rule, or simulate more capacity")
    visits = chosen_visits(selection)
    first_place = (visits["ground"] == "statutory").astype(int)
    plan = pd.DataFrame({
        "service_id": visits["service_id"], "place": visits.groupby("service_id").cumcount() + first_place,
        "ground": visits["ground"], "office": visits["office"],
        "selection": visits["ground"].map(SELECTION).fillna("risk"),
        "selection_probability": visits["probability"].where(visits["ground"] == "draw"),
        "kind": visits["kind"], "person_days": visits["days"],
    })  # fmt: skip
    chance = found["service_id"].map(selection.frame.set_index("service_id")["probability"]).astype(float)
    barred = could.candidates.set_index("service_id")["barred"]
    open_ = found["service_id"].map(barred).eq("") & (found["statutory"] == 0)
    return found.assign(probability=chance, open=open_.to_numpy(dtype=bool)), plan


def _services(
    shared: Ground, could: pd.DataFrame, plan: pd.DataFrame, visits: pd.DataFrame, column: int
) -> pd.DataFrame:
    """One row per service that the plan could rank and that was in operation, by its number in the world."""
    own = visits[visits["place"] == 0].merge(could[could["statutory"] == 0], on="service_id", suffixes=("", "_plan"))
    own = own.merge(plan.loc[plan["place"] == 0, ["service_id", "ground", "person_days"]], how="left", on="service_id")
    planted = shared.made.latent.p_severe[own["service"], column]
    silent = shared.made.latent.silent_but_poor[own["service"], column] & worst(planted)
    return pd.DataFrame({
        "failing": (own["worst"] == SERIOUS).astype(float), "p_severe": own["p_severe"],
        "consequence": own["consequence"], "likelihood": own["likelihood"], "score": own["score"], "open": own["open"],
        "visited": own["ground"].notna(), "drawn": own["ground"].eq("draw"), "probability": own["probability"],
        "silent": silent, "days": own["person_days"].fillna(0.0),
    }).set_index(own["service"])  # fmt: skip


def _remember(ever: pd.DataFrame, services: pd.DataFrame) -> None:
    """Adds a year to what has ever been so of each service."""
    at = services.index
    ever.loc[at, "could"] = True
    ever.loc[at, "visited"] |= services["visited"]
    ever.loc[at, "silent"] |= services["silent"]
    ever.loc[at, "silent_found"] |= services["silent"] & services["visited"] & (services["failing"] > 0)


def _mended(visits: pd.DataFrame, plan: pd.DataFrame) -> np.ndarray:
    """The services (numbers) at which a planned or statutory visit found a breach."""
    made = visits.merge(plan[["service_id", "place"]], on=["service_id", "place"])
    return np.unique(made.loc[made["worst"] >= BREACH, "service"])
