"""Groups of services to hold beside each other: office, county, type, size, dependency and columns for audit only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

GROUPINGS = ("office", "county", "sector", "service_type", "size", "dependency")
AUDIT = "audit:"  # before the name of a declared column
SIZE_BANDS, AUDIT_BANDS = 4, 5


@dataclass(frozen=True)
class Grouping:
    """Each service's group as text, missing where it is not told.

    ordered: the groups have an order of their own (bands, degrees). bands: group -> lowest and highest value in it.
    """

    name: str
    groups: pd.Series
    ordered: bool = False
    bands: dict[str, tuple[float, float]] = field(default_factory=dict)


def groupings(services: pd.DataFrame, declared: pd.DataFrame) -> dict[str, Grouping]:
    """Every grouping there is for a cohort, by name: GROUPINGS, then "audit:column" for columns declared audit only.

    services: Cohort.services. declared: the table metadata_columns. size: quarters of all by users; a number for
    audit: fifths. Equal values stay together, so bands may be fewer and uneven.
    """
    found = [Grouping(name, services[name].astype("str")) for name in ("office", "county", "sector", "service_type")]
    users = services["users"].astype("float64")
    found.append(banded("size", users.where(users > 0), SIZE_BANDS))
    found.append(Grouping("dependency", services["dependency"].round().astype("Int64").astype("str"), ordered=True))
    audit = declared[declared["audit_only"].to_numpy(dtype=bool) & declared["name"].isin(services.columns)]
    for column, kind in zip(audit["name"], audit["kind"], strict=True):
        name = AUDIT + column
        found.append(
            banded(name, services[column].astype("float64"), AUDIT_BANDS)
            if kind == "number"
            else Grouping(name, services[column].astype("str"), ordered=True)
        )
    return {grouping.name: grouping for grouping in found}


def banded(name: str, values: pd.Series, bands: int) -> Grouping:
    """Numbers in bands of about as many services each: "1" lowest. Missing stays missing."""
    if values.notna().sum() == 0:
        return Grouping(name, pd.Series(pd.NA, index=values.index, dtype="str"), ordered=True)
    edges = np.unique(np.quantile(values.dropna(), np.linspace(0, 1, bands + 1)[1:-1]))
    code = np.searchsorted(edges, values.to_numpy(dtype=float), side="left") + 1
    group = pd.Series(code.astype(str), index=values.index, dtype="str").mask(values.isna())
    ends = values.groupby(group).agg(["min", "max"])
    return Grouping(name, group, ordered=True, bands={str(g): (float(a), float(b)) for g, a, b in ends.itertuples()})
