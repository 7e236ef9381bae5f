"""An organisation's own evidence: what the authority has received from it, counted; no service by name, no score."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko import asof
from risiko.organisations import is_of, one_name
from risiko.pipeline.evidence_use import READS
from risiko.pipeline.received import received
from risiko.pipeline.report_given import given_by_year
from risiko.pipeline.runs import Authority


def organisations(authority: Authority) -> list[str]:
    """The organisations that have delivered evidence, each under one name, in the order of the alphabet."""
    told = authority.store.read(["experiences"], only={"experiences": {"organisation"}})["experiences"]["organisation"]
    return sorted(one_name(told, authority.settings.organisations).dropna().astype("str").unique())


def own_evidence(authority: Authority, organisation: str, today: date) -> pd.DataFrame:
    """What was received from the organisation, one row per year, method, type of service and area, newest year first.

    organisation: any spelling of its name. Columns as report_given.given_by_year: people and pieces are missing where
    they must not be told, at_least says that further people are not counted. It rests on the same tables as the
    reports back, so nothing can be worked out from the two together.
    """
    mine = _received(authority, organisation, today)
    return given_by_year(mine, today, authority.settings.voices.few)


def last_received(authority: Authority, organisation: str, today: date) -> date | None:
    """The day the organisation's newest evidence was received; None where it has given nothing."""
    newest = _received(authority, organisation, today)["known_date"].max()
    return None if pd.isna(newest) else newest.date()


def _received(authority: Authority, organisation: str, today: date) -> pd.DataFrame:
    tables = authority.store.read(list(READS))
    found = received(asof.known_at(tables, today), tables, authority, date.min, today)
    return found[is_of(found["organisation"], organisation, authority.settings.organisations)]
