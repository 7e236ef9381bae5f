"""Which grounds of complaint stand out: for a type of service among its sector's, and at a service among its type's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.signals.complaint_grounds import split_grounds
from risiko.signals.complaint_months import complaint_months
from risiko.signals.complaint_regimes import IntArray
from risiko.signals.registry import Context
from risiko.statistics.ebgm import fit_mixture, independent, shrink_cells
from risiko.statistics.gamma_poisson import fit_gamma

LOW = 0.05


def ground_table(context: Context) -> pd.DataFrame:
    """Service type × ground within the horizon: service_type, ground, n, expected, ebgm and eb05, highest eb05 first.

    n: complaints, one with several grounds shared evenly between them. expected: if types and grounds of a sector had
    nothing to do with each other. ebgm: n / expected, shrunk (DuMouchel 1999); eb05 above 1 stands out. Cells of types
    or grounds that no one in the sector has named are not there; without any ground the table is empty.
    """
    names, by_kind = _shares(context, context.once(complaint_months).kind)
    services = context.services.drop_duplicates("service_type")
    sector = services.set_index("service_type")["sector"]
    types = pd.unique(context.services["service_type"])
    table = pd.DataFrame(by_kind, index=pd.Index(types, name="service_type"), columns=pd.Index(names, name="ground"))
    parts = []
    for _, part in table.groupby(sector.reindex(table.index).to_numpy()):
        told = part.loc[part.sum(axis=1) > 0, part.sum() > 0]
        expected = pd.DataFrame(independent(told.to_numpy(dtype=float)), told.index, told.columns)
        parts.append(pd.DataFrame({"n": told.stack(), "expected": expected.stack()}))
    cells = pd.concat(parts).reset_index() if parts else pd.DataFrame()
    if cells.empty:
        return pd.DataFrame(columns=["service_type", "ground", "n", "expected", "ebgm", "eb05"])
    n, expected_n = cells["n"].to_numpy(dtype=float), cells["expected"].to_numpy(dtype=float)
    shrunk = shrink_cells(fit_mixture(n, expected_n), n, expected_n)
    found = cells.assign(ebgm=shrunk.ebgm, eb05=shrunk.eb05)
    return found.sort_values(["eb05", "ebgm"], ascending=False, kind="stable", ignore_index=True)


def service_grounds(context: Context, position: int) -> pd.DataFrame:
    """One service's grounds within the horizon: ground, n, expected, ratio and low, highest low first.

    expected: its complaints with a ground, spread as those of its type. ratio, low: posterior mean and 5 % limit of
    n / expected, gamma-Poisson over the cells of its type; low above 1 stands out. Empty without any ground.
    """
    from scipy.special import gammaincinv

    kind = context.once(complaint_months).kind
    names, by_service = _shares(context, np.arange(len(kind), dtype=np.int64))
    peers = np.flatnonzero(kind == kind[position])
    told = by_service[peers].sum(axis=0) > 0
    n = by_service[np.ix_(peers, np.flatnonzero(told))]
    expected = independent(n)
    prior = fit_gamma(n.ravel(), expected.ravel())
    at = int(np.searchsorted(peers, position))
    shape, rate = prior.shape + n[at], prior.rate + expected[at]
    found = pd.DataFrame({
        "ground": [name for name, there in zip(names, told, strict=True) if there], "n": n[at],
        "expected": expected[at], "ratio": shape / rate, "low": gammaincinv(shape, LOW) / rate,
    })  # fmt: skip
    return found.sort_values("low", ascending=False, kind="stable", ignore_index=True)


def _shares(context: Context, place: IntArray) -> tuple[list[str], FloatArray]:
    """The grounds named, and complaints by place (one code per service) and ground."""
    sums = context.once(complaint_months)
    code, lists = pd.factorize(sums.events["grounds"])
    split = [split_grounds(listed) for listed in lists]
    names = sorted({ground for grounds in split for ground in grounds})
    share = np.zeros((len(lists), len(names)))
    for i, grounds in enumerate(split):
        for ground in grounds:
            share[i, names.index(ground)] = 1 / len(grounds)
    rows, size = code[sums.row], int(place.max(initial=-1)) + 1
    told = rows >= 0
    flat = place[sums.position[told]] * len(lists) + rows[told]
    counts = np.bincount(flat, sums.n[told], size * len(lists)).astype(float).reshape(size, len(lists))
    return names, np.asarray(counts @ share)
