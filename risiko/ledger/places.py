"""Where a piece of evidence belongs: the type of service and the county it speaks of, whatever it is tied to."""

from __future__ import annotations

import pandas as pd

from risiko.contracts import Tables
from risiko.organisations import spelling

UNKNOWN = "?"  # nobody says, or no register knows
PLACE = ["service_type", "county"]


def placed(found: pd.DataFrame, tables: Tables, day: pd.Series) -> pd.DataFrame:
    """The pieces with service_type and county, those about a sole practitioner left out; UNKNOWN where nobody says.

    found: ledger.pieces. tables: services and service_areas with every version. day: per piece, the date whose register
    counts, so that a table of an earlier half-year stays as it was when a service moves; a service first known later is
    taken as it was first known. An area is a county, or a municipality, which lies in the county of most of the
    services that were first known to serve it.
    """
    services = tables["services"].sort_values("known_date", kind="stable")
    services = services[["service_id", "known_date", "service_type", "county", "natural_person"]]
    asked = found.assign(_day=day.astype("datetime64[us]"), _row=range(len(found))).rename(
        columns={"service_type": "_type", "known_date": "_known"}
    )
    asked = asked.sort_values("_day", kind="stable")
    of_day = pd.merge_asof(asked, services, left_on="_day", right_on="known_date", by="service_id").sort_values("_row")
    first = services.drop_duplicates("service_id").set_index("service_id").reindex(of_day["service_id"])
    first.index = of_day.index
    told = {c: of_day[c].fillna(first[c]) for c in (*PLACE, "natural_person")}
    county = told["county"].fillna(_county_of(of_day["area"], tables))
    where = of_day.assign(
        service_type=told["service_type"].fillna(of_day["_type"]).fillna(UNKNOWN), county=county.fillna(UNKNOWN)
    )
    private = told["natural_person"].fillna(False).astype(bool)
    kept = where[~private.to_numpy()].drop(columns=["_type", "_day", "_row", "known_date", "natural_person"])
    return kept.rename(columns={"_known": "known_date"}).reset_index(drop=True)


def _county_of(areas: pd.Series, tables: Tables) -> pd.Series:
    """The county that each area is or lies in, as the register writes it; missing where no register knows."""
    services = tables["services"].sort_values("known_date", kind="stable").drop_duplicates("service_id")
    counties = tables["services"]["county"].dropna().drop_duplicates().sort_values()
    served = tables["service_areas"]
    first = served["known_date"] == served.groupby("municipality")["known_date"].transform("min")
    within = served[first.to_numpy()].merge(services[["service_id", "county"]], on="service_id").dropna(subset="county")
    usual = within.groupby(["municipality", "county"]).size().rename("n").reset_index()
    usual = usual.sort_values(["n", "county"], ascending=[False, True]).drop_duplicates("municipality")
    names = pd.concat([counties, usual["municipality"]]).astype("str")
    lies_in = pd.concat([counties, usual["county"]]).astype("str").set_axis(spelling(names))
    lies_in = lies_in[~lies_in.index.duplicated()]  # a county before a municipality of its name
    return spelling(areas.astype("str")).map(lies_in).astype("str")
