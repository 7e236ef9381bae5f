"""An organisation's own evidence: what it has delivered, counted; no service by name, no score."""

from __future__ import annotations

import pandas as pd

from risiko.organisations import one_name, spelling
from risiko.pipeline.runs import Authority

FEW = 5  # fewer people than this could be known by those around them
COLUMNS = ("year", "method", "service_type", "area", "pieces", "people", "few")
_KEYS = {"experiences": "experience_id", "services": "service_id"}
_PIECE = ["service_id", "service_type", "area", "event_date", "method"]


def organisations(authority: Authority) -> list[str]:
    """The organisations that have delivered evidence, each under one name, in the order of the alphabet."""
    told = authority.store.read(["experiences"], only={"experiences": {"organisation"}})["experiences"]["organisation"]
    return sorted(one_name(told, authority.settings.organisations).dropna().astype("str").unique())


def own_evidence(authority: Authority, organisation: str) -> pd.DataFrame:
    """What the organisation has delivered, one row per year, method, type of service and area, newest year first.

    organisation: any spelling of its name. area: the county of the service spoken of, or the area itself; missing where
    neither is known. pieces: how often they collected something about a service or area. people: who took part in all;
    a piece that does not say counts one. few: fewer than FEW people; a reader is then told neither number.
    """
    rows = authority.store.read(["experiences", "services"])
    told, services = (_newest(rows[name], key) for name, key in _KEYS.items())
    called = one_name(told["organisation"], authority.settings.organisations).astype("str")
    asked = one_name(pd.Series([organisation], dtype="str"), authority.settings.organisations).astype("str")
    own = told[(spelling(called) == spelling(asked)[0]).fillna(False)]
    own = own.assign(
        service_type=own["service_type"].fillna(own["service_id"].map(services["service_type"])),
        area=own["area"].fillna(own["service_id"].map(services["county"])),
        people=own["n"].fillna(1).astype("int64"), year=own["event_date"].dt.year,
    )  # fmt: skip
    # The same people speak about each dimension of a piece; two rows about one dimension are different people.
    spoken = own.groupby([*_PIECE, "year", "dimension"], dropna=False, observed=True)["people"].sum()
    pieces = spoken.groupby([*_PIECE, "year"], dropna=False, observed=True).max().reset_index()
    counted = pieces.groupby(["year", "method", "service_type", "area"], dropna=False, observed=True)["people"]
    found = counted.agg(pieces="size", people="sum").reset_index().assign(few=lambda f: f["people"] < FEW)
    order = found.sort_values(["year", "method", "service_type", "area"], ascending=[False, True, True, True])
    return order.reset_index(drop=True)[list(COLUMNS)]


def _newest(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The version of each row that was known last, by its key."""
    return rows.sort_values("known_date", kind="stable").groupby(key).tail(1).set_index(key)
