"""Coverage: who is heard from and who is not, at a date, from what a store holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from risiko import asof, cohorts
from risiko.contracts import Tables
from risiko.disclosure import TOTAL
from risiko.ledger.cautions import cautions
from risiko.ledger.coverage import by_axis, cells, voices
from risiko.ledger.gaps import gaps
from risiko.ledger.people_heard import people_heard, told_of_people
from risiko.pipeline.runs import Authority


@dataclass(frozen=True)
class Coverage:
    """cells, gaps, cautions: see ledger.coverage.cells, ledger.gaps and ledger.cautions.

    totals: people by type and by county (disclosure.safe_totals, TOTAL for all). by_group, by_method: what is heard by
    user group and method. by_half_year: half_year (its last day), people, hidden. People are counted to the end of
    the last half-year that was over at the date; pieces to the date itself.
    """

    cells: pd.DataFrame
    gaps: pd.DataFrame
    cautions: pd.DataFrame
    totals: pd.DataFrame
    by_group: pd.DataFrame
    by_method: pd.DataFrame
    by_half_year: pd.DataFrame

    @property
    def heard(self) -> bool:
        """Whether there is any evidence at all."""
        return bool(self.cells["pieces"].any())


def coverage(authority: Authority, tables: Tables, as_of: date) -> Coverage:
    """Who is heard from at the date, by the store's tables (pipeline.read_tables). Raises NothingToScore."""
    chosen, known = authority.settings, asof.known_at(tables, as_of)
    services = cohorts.cohort_at(known, as_of, chosen).services
    found = voices(known, tables, as_of, chosen)
    people = told_of_people(people_heard(tables, as_of, chosen), chosen.voices.few, as_of)
    listed = cells(found, people["place"], services, as_of)
    place = people["place"]
    return Coverage(
        cells=listed, gaps=gaps(listed, found, as_of, chosen.voices),
        cautions=cautions(found, services, as_of, chosen),
        totals=place[(place["row"] == TOTAL) | (place["column"] == TOTAL)].reset_index(drop=True),
        by_group=by_axis(found, people["user_group"], "user_group", as_of),
        by_method=by_axis(found, people["method"], "method", as_of), by_half_year=people["half_year"],
    )  # fmt: skip
