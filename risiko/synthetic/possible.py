"""Visits that could be made: what each would find, the same whoever chooses it, so that choices can be compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from risiko.contracts import Tables
from risiko.synthetic import findings, visits
from risiko.synthetic import parameters as p
from risiko.synthetic.latent import probability
from risiko.synthetic.span import Floats, Rng
from risiko.synthetic.visits import TEAMS
from risiko.synthetic.world import Made

VISIT_TABLES = ("supervisions", "findings", "actions")
STATUTORY = p.INSTITUTION_VISITS_HIGH  # visits by law that an institution may get in a year
_VISITS, _FOLLOWED, _HEARD = 101, 102, 103  # streams of chance of their own, beside the world's
_IDS = {"findings": "finding_id", "actions": "action_id"}


def before(made: Made, start: date) -> Tables:
    """The world's records without the supervisions from `start` on and what came of them; all else stays."""
    tables = dict(made.world.tables)
    earlier = tables["supervisions"][tables["supervisions"]["event_date"] < pd.Timestamp(start)]
    kept = set(earlier["supervision_id"])
    told = {name: tables[name][tables[name]["supervision_id"].isin(kept)] for name in _IDS}
    return {**tables, "supervisions": earlier, **told}


def possible_visits(made: Made, year: int, better: Floats | None = None) -> pd.DataFrame:
    """Every visit that could be made in a calendar year of the span, and what it would find.

    One row per service in operation and place (0: a planned visit; 1 to STATUTORY: visits by law, to institutions
    only): supervision_id, service (row number), service_id, place, year (column), day, office, team, selection, worst
    (code of vocabulary.FINDING_SEVERITIES), breaches, reported, p_severe (planted chance of a serious failure, before
    anyone's eye). better: how much better than planted each service has
    become (units of quality, one per service); the draws stay the same. ValueError for a year outside the span.
    """
    who, span = made.who, made.span
    column = int(np.searchsorted(span.years, year))
    if column == span.n_years or span.years[column] != year:
        raise ValueError(f"{year} is not among the years {span.years[0]} to {span.years[-1]}")
    rng = _rng(made, _VISITS, year)
    n = len(who.table)
    service, place = np.repeat(np.arange(n), STATUTORY + 1), np.tile(np.arange(STATUTORY + 1), n)
    first, last = (ends[:, column][service] for ends in span.bounds(*_life(made)))
    day = first + (rng.random(len(service)) * (last - first + 1)).astype(np.int64)
    office = pd.factorize(who.table["office"], sort=True)[0][service]
    table = pd.DataFrame({
        "supervision_id": _name(year, service, place), "service": service,
        "service_id": who.table["service_id"].to_numpy()[service], "place": place, "year": column, "day": day,
        "office": office, "team": office * TEAMS + rng.integers(0, TEAMS, len(service)),
        "selection": np.where(place > 0, "statutory", "risk"),
    })  # fmt: skip
    quality = made.latent.quality if better is None else made.latent.quality - better[:, None]
    judged = findings.judge(rng, table, who, replace(made.latent, quality=quality), made.strict)
    judged["p_severe"] = probability(p.SEVERE_BASE + p.SEVERE_SLOPE * quality[service, column])
    institution = (who.table["service_type"] == "child_institution").to_numpy()[service]
    return judged[(last >= first) & (institution | (place == 0))].reset_index(drop=True)


def carried_out(made: Made, possible: pd.DataFrame, chosen: pd.DataFrame) -> Tables:
    """The contract rows of VISIT_TABLES that the chosen among a year's possible visits give.

    chosen: service_id, place, selection (vocabulary.SELECTIONS), selection_probability (NaN: not drawn), kind,
    person_days. One that is not possible (closed before the year began) leaves no rows.
    """
    if possible.empty:
        return {name: made.world.tables[name].head(0) for name in VISIT_TABLES}
    own = ["selection", "selection_probability", "kind", "person_days"]
    asked = possible[["service_id", "place"]].merge(chosen, how="left", on=["service_id", "place"], validate="1:1")
    taken = asked["selection"].notna().to_numpy()
    all_visits = possible.assign(**{name: asked[name].array for name in own})
    year = int(made.span.years[possible["year"].iloc[0]])
    rng = _rng(made, _FOLLOWED, year)
    # What follows is drawn for every possible visit, so that a visit's rows do not depend on what else was chosen.
    neutral = all_visits.assign(selection=possible["selection"], kind="inspection", person_days=0.0)
    rows: Tables = {
        "supervisions": visits.supervisions(rng, neutral, made.who, made.span),
        "findings": findings.findings(rng, neutral, made.span),
        "actions": findings.actions(rng, neutral, made.who, made.span),
    }
    kept = all_visits[taken].set_index("supervision_id")
    for name, frame in rows.items():
        rows[name] = frame[frame["supervision_id"].isin(kept.index)].reset_index(drop=True)
    for name, column in _IDS.items():
        rows[name][column] = f"{year}-" + rows[name][column]
    mine = kept.loc[rows["supervisions"]["supervision_id"], own].reset_index(drop=True)
    rows["supervisions"] = rows["supervisions"].assign(**{name: mine[name].array for name in own})
    return rows


def heard_less(made: Made, complaints: pd.DataFrame, better: Floats) -> pd.DataFrame:
    """The complaints that are left when services have become better (services × years, in units of quality).

    A Poisson count whose mean falls to a share keeps each complaint with that share; the same are kept every time, and
    more the smaller the gain. More complaints than planted are never made up.
    """
    who, span = made.who, made.span
    code = pd.Index(who.table["service_id"]).get_indexer(complaints["service_id"])
    column = span.year_of(complaints["event_date"].to_numpy().astype("datetime64[D]").astype(np.int64))
    slope = p.COMPLAINT_SLOPE * made.latent.effects.complaint_factor[column]
    share = np.exp(-np.clip(slope * better[code, column], 0.0, None))
    touched = share < 1
    if not touched.any():
        return complaints
    from scipy.stats import binom

    number, names = pd.factorize(complaints["complaint_id"])
    u = _rng(made, _HEARD, 0).random(len(names))[number]
    n = complaints["n"].to_numpy(dtype=np.int64).copy()
    n[touched] = binom.ppf(1 - u[touched], n[touched], share[touched]).astype(np.int64)
    left = complaints.assign(n=pd.array(n, dtype=complaints["n"].dtype))
    return left[(n > 0) | ~touched].reset_index(drop=True)


def _rng(made: Made, stream: int, year: int) -> Rng:
    return np.random.default_rng([made.world.seed, stream, year])


def _life(made: Made) -> tuple[np.ndarray, np.ndarray]:
    return made.who.table["opened"].to_numpy(), made.who.table["closed"].to_numpy()


def _name(year: int, service: np.ndarray, place: np.ndarray) -> pd.Series:
    numbers = pd.Series(service).astype("str").str.zfill(5) + "-" + pd.Series(place).astype("str")
    return f"V{year}-" + numbers
