"""Readings of the year before and the year after each quarter's supervisions, shrunk towards what similar ones show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.evaluate.group_means import cluster_codes
from risiko.statistics.gamma_poisson import fit_gamma_groups
from risiko.statistics.inputs import BoolArray, IntArray
from risiko.statistics.normal_hierarchy import fit_normal

QUARTERS = 8  # two years of supervisions: enough to compare, recent enough to be today's practice
YEAR, EARLIER, QUARTER = 12, 24, 3  # months
# A year's count cannot be told from the year before.
_TIMED = ("day", "month")


@dataclass(frozen=True, eq=False)
class Panel:
    """What happened month by month, services × months, the last month ending at the as-of date.

    total: complaints (a count), or summed scores; size: what a month's total rests on (users / 12; people who
    answered). visited: a supervision that was chosen; statutory ones are not, as a whole type has them. disturbed: an
    incident was looked into, which is itself the news that complaints tell. there: in operation all month. stratum,
    cluster: codes of type and provider.
    """

    total: FloatArray
    size: FloatArray
    visited: BoolArray
    disturbed: BoolArray
    there: BoolArray
    stratum: IntArray
    cluster: IntArray


def complaint_rows(panel: Panel, quarters: int = QUARTERS) -> pd.DataFrame:
    """Complaints per 1,000 users a year, before and after: rows for `signal_change.compare`.

    level (the year before) and longer (three years): gamma-Poisson within the type (Clayton & Kaldor 1987), with a
    prior from all services, those that cannot be used too. weight: users / (users + the prior's), so that services
    count by how much a year's complaints say of them.
    """
    rows = _windows(panel, quarters)
    rows = rows[(rows["before_size"] > 0) & (rows["after_size"] > 0)].reset_index(drop=True)
    for name, of in (("level", "before"), ("longer", "longer")):
        y, e = (rows[f"{of}_{part}"].to_numpy(dtype=float) for part in ("total", "size"))
        prior = fit_gamma_groups(y, e, rows["stratum"].to_numpy(dtype=np.int64))
        rows[name] = 1000 * (prior.shape + y) / (prior.rate + e)
        if name == "level":
            rows["weight"] = e / (e + prior.rate)
    for name in ("before", "after"):
        rows[name] = 1000 * rows[f"{name}_total"] / rows[f"{name}_size"]
    return rows[rows["use"]].reset_index(drop=True)


def experience_rows(panel: Panel, spread: float, quarters: int = QUARTERS) -> pd.DataFrame:
    """Mean experience (points, beside the usual of its method and dimension), before and after.

    Only services heard both in the year before and in the year after. level, longer: as in `complaint_rows`, by a
    normal hierarchy within the type. spread: standard deviation between people.
    """
    rows = _windows(panel, quarters)
    rows = rows[(rows["before_size"] > 0) & (rows["after_size"] > 0)].reset_index(drop=True)
    for name in ("before", "after", "longer"):
        rows[name] = rows[f"{name}_total"] / rows[f"{name}_size"]
    rows["level"], rows["weight"] = _drawn_in(rows, "before", spread)
    rows["longer"], _ = _drawn_in(rows, "longer", spread)
    return rows[rows["use"]].reset_index(drop=True)


def _drawn_in(rows: pd.DataFrame, name: str, spread: float) -> tuple[FloatArray, FloatArray]:
    """Each reading drawn towards its type's mean, and the share of it that was kept."""
    level, kept = np.zeros(len(rows)), np.zeros(len(rows))
    for _, own in rows.groupby("stratum").groups.items():  # a dozen types
        variance = spread**2 / rows.loc[own, f"{name}_size"].to_numpy(dtype=float)
        found = fit_normal(rows.loc[own, name].to_numpy(dtype=float), variance)
        level[own] = found.mean
        kept[own] = np.maximum(found.tau**2 / (found.tau**2 + variance), 0.01)
    return level, kept


def _windows(panel: Panel, quarters: int) -> pd.DataFrame:
    """One row per service and quarter: totals and sizes before, after and longer; visited or not; of use or not.

    The quarter of the visit itself belongs to neither side: a visit brings complaints of its own. Of use are services
    in operation all the time that had no chosen supervision in the year before. Nothing is asked of the year after: to
    leave out those who were visited then would leave out those who then drew attention.
    """
    last = panel.total.shape[1] - YEAR - QUARTER  # where the newest quarter that has its whole year after begins
    starts = range(last, last - QUARTER * quarters, -QUARTER)
    found = [_window(panel, start, place) for place, start in enumerate(starts)]
    return pd.concat(found, ignore_index=True)


def _window(panel: Panel, start: int, time: int) -> pd.DataFrame:
    spans = {
        "longer": slice(start - YEAR - EARLIER, start), "before": slice(start - YEAR, start),
        "after": slice(start + QUARTER, start + QUARTER + YEAR),
    }  # fmt: skip
    own = np.asarray(panel.visited[:, start : start + QUARTER].any(axis=1))
    until = slice(start - YEAR, start + QUARTER)
    clean = ~panel.visited[:, spans["before"]].any(axis=1) & ~panel.disturbed[:, until].any(axis=1)
    use = clean & panel.there[:, start - YEAR : start + QUARTER + YEAR].all(axis=1)
    columns = {
        f"{name}_{part}": values[:, span].sum(axis=1)
        for name, span in spans.items()
        for part, values in (("total", panel.total), ("size", panel.size * panel.there))
    }
    codes = {"stratum": panel.stratum, "cluster": panel.cluster, "time": time}
    return pd.DataFrame({**columns, **codes, "visited": own, "use": use})


def complaint_panel(known: Tables, as_of: date) -> Panel:
    """Complaints month by month; only those dated to the month or the day."""
    rows = known["complaints"]
    rows = rows[rows["date_precision"].isin(_TIMED)]
    services, months = _grid(known)
    place, month = services.index.get_indexer(rows["service_id"]), _month(rows["event_date"], as_of, months)
    n = rows["n"].to_numpy(dtype=float, na_value=0.0)
    users = services["users"].fillna(0.0).to_numpy(dtype=float) / YEAR
    size = np.repeat(users[:, None], months, axis=1)
    return _panel(known, as_of, services, _sum(place, month, n, (len(services), months)), size)


def experience_panel(known: Tables, as_of: date) -> Panel:
    """Scores and how many gave them month by month, each less the mean of its method and dimension."""
    rows = known["experiences"]
    rows = rows[rows["score"].notna() & rows["service_id"].notna()]
    services, months = _grid(known)
    usual = rows.groupby(["method", "dimension"], dropna=False)["score"].transform("mean")
    n = rows["n"].astype("float64").fillna(1.0).clip(lower=1.0).to_numpy(dtype=float)
    place, month = services.index.get_indexer(rows["service_id"]), _month(rows["event_date"], as_of, months)
    shape = (len(services), months)
    total = _sum(place, month, n * (rows["score"] - usual).to_numpy(dtype=float), shape)
    return _panel(known, as_of, services, total, _sum(place, month, n, shape))


def _grid(known: Tables) -> tuple[pd.DataFrame, int]:
    """The services that are scored at all, and how many months are looked at."""
    services = known["services"]
    months = YEAR + EARLIER + QUARTER * QUARTERS + YEAR
    return services[~services["natural_person"].eq(True)].set_index("service_id"), months


def _panel(known: Tables, as_of: date, services: pd.DataFrame, total: FloatArray, size: FloatArray) -> Panel:
    shape, visits = (len(services), total.shape[1]), known["supervisions"]
    statutory = (visits["kind"] == "statutory_visit") | (visits["selection"] == "statutory")
    incident = ((visits["kind"] == "incident_case") | (visits["selection"] == "incident")) & ~statutory
    place, month = services.index.get_indexer(visits["service_id"]), _month(visits["event_date"], as_of, shape[1])
    visited, disturbed = (
        _sum(place, month, part.to_numpy(dtype=float), shape) > 0 for part in (~(statutory | incident), incident)
    )
    begun, gone = (_month(services[x], as_of, shape[1], cut=False)[:, None] for x in ("valid_from", "valid_to"))
    now = np.arange(shape[1])
    first, last = (services[name].isna().to_numpy(dtype=bool)[:, None] for name in ("valid_from", "valid_to"))
    there: BoolArray = ((begun < now) | first) & ((gone > now) | last)
    stratum = np.asarray(pd.factorize(services["service_type"])[0], dtype=np.int64)
    return Panel(total, size, visited, disturbed, there, stratum, cluster_codes(services["provider_id"]))


def _month(dates: pd.Series, as_of: date, months: int, *, cut: bool = True) -> IntArray:
    """Which month of the grid a day lies in; the last is the last whole month by the as-of date. -1: outside (cut)."""
    after = pd.Timestamp(as_of) + pd.Timedelta(days=1)  # a month is whole on its last day
    count = 12 * (dates.dt.year - after.year) + dates.dt.month - after.month
    place: IntArray = (count.fillna(0).astype("int64") + months).to_numpy(dtype=np.int64)
    return np.where((place >= 0) & (place < months), place, -1) if cut else place


def _sum(place: IntArray, month: IntArray, values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    inside = (place >= 0) & (month >= 0)
    flat = np.bincount(place[inside] * shape[1] + month[inside], values[inside], minlength=shape[0] * shape[1])
    return np.asarray(flat.reshape(shape), dtype=float)
