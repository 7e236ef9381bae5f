"""What organisations have handed in, by the day the authority received it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko.contracts import Tables
from risiko.ledger.pieces import pieces
from risiko.pipeline.runs import Authority


def received(known: Tables, tables: Tables, authority: Authority, first: date, last: date) -> pd.DataFrame:
    """Every piece (ledger.pieces) received in the period, with the type and the county it is counted in.

    known: the tables as known at a date; tables: uncut. service_type: the service's own where one is spoken of;
    service_type_said: as it was handed in. county: of the service, else the area named.
    """
    found = pieces(known, authority.settings, tables["experiences"])
    days = found["known_date"].dt.date
    inside = (days >= first) & (days <= last)
    found = found[inside.to_numpy()]
    services = known["services"].set_index("service_id")
    kind, county = (found["service_id"].map(services[name]) for name in ("service_type", "county"))
    return found.assign(
        service_type_said=found["service_type"], service_type=found["service_type"].fillna(kind),
        county=county.fillna(found["area"]),
    ).reset_index(drop=True)  # fmt: skip
