"""What other authorities lay on services: how many visits, and which months are taken."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from risiko.plan.draw import IntArray

BUSY_SHARE = 0.5  # of a month's working days; more than this and the month is taken


def month_names(start: date, end: date) -> list[str]:
    """Every calendar month that the period touches, as "2026-09", in order."""
    return [str(month) for month in pd.period_range(start, end, freq="M")]


def working_days(start: date, end: date) -> pd.Series:
    """Working days, Monday to Friday, of each month within the period. Public holidays are not known and count too."""
    first, last = _month_bounds(start, end)
    return pd.Series(last - first, index=month_names(start, end))


def visits_by_others(
    busy: pd.DataFrame, services: pd.DataFrame, areas: pd.DataFrame, start: date, end: date
) -> pd.DataFrame:
    """Visits that others have planned in the period: what ("municipality" or "provider"), who and visits, in order.

    busy: busy_periods as known. services: by service_id, with provider_id. areas: service_areas; a share of 0 ends the
    relation. A row counts in full where any of its days lies in the period: when within it they come is not told.
    A row about a service lays its visits on the service's provider and on each municipality it serves, unless the row
    names others itself; one about a provider or a municipality lays them there only. Rows of 0 visits lay none.
    """
    rows = _within(busy, start, end)
    rows = rows[rows["visits"] > 0]
    provider = rows["provider_id"].fillna(rows["service_id"].map(services["provider_id"]))
    parts = {
        "municipality": _where(rows, areas),
        "provider": pd.DataFrame({"provider": provider, "visits": rows["visits"]}).dropna(),
    }
    sums = [part.groupby(what)["visits"].sum().rename_axis("who").reset_index() for what, part in parts.items()]
    told = [frame.assign(what=what) for what, frame in zip(parts, sums, strict=True)]
    found = pd.concat(told, ignore_index=True)[["what", "who", "visits"]]
    return found.astype({"what": "str", "who": "str", "visits": "int64"})


def visits_by_month(busy: pd.DataFrame, areas: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Others' visits by municipality (those that have any) and month, for the limit on visits in a month.

    A row's visits are spread over the months of the period that its days touch, at least one in each: which it will be
    is not told. Otherwise as `visits_by_others`.
    """
    rows = _within(busy, start, end)
    where = _where(rows[rows["visits"] > 0], areas)
    mine = rows.loc[where.index]
    month_first, month_last = _month_bounds(start, end)
    begin, stop = _spell(mine["first_day"])[:, None], _spell(mine["last_day"] + pd.Timedelta(days=1))[:, None]
    touched = (begin < month_last) & (stop > month_first)
    each = np.ceil(where["visits"].to_numpy(dtype=float) / np.maximum(touched.sum(axis=1), 1))
    spread = pd.DataFrame(touched * each[:, None], columns=month_names(start, end))
    return spread.groupby(where["municipality"].to_numpy()).sum()


def busy_months(
    busy: pd.DataFrame, services: pd.DataFrame, areas: pd.DataFrame, start: date, end: date
) -> pd.DataFrame:
    """Which months are taken: services (in their order) × months ("2026-09"), True where others are there.

    A month is busy when more than half of its working days within the period lie in busy periods of the service
    (days that several periods share count once), and when it has no working day. A row that names a service concerns it
    alone; one that names a provider and a municipality, the provider's services there; one that names either, all of
    its services. Input as in `visits_by_others`.
    """
    rows = _within(busy, start, end)
    service, row = _concerned(rows, services, areas)
    first, last = _spell(rows["first_day"]), _spell(rows["last_day"] + pd.Timedelta(days=1))
    service, begin, stop = _apart(service, first[row], last[row])
    month_first, month_last = _month_bounds(start, end)
    days = month_last - month_first
    taken = np.zeros((len(services), len(days)))
    for month in range(len(days)):
        shared = np.minimum(stop, month_last[month]) - np.maximum(begin, month_first[month])
        taken[:, month] = np.bincount(service, weights=np.maximum(shared, 0), minlength=len(services))
    busy_now = (taken > BUSY_SHARE * days) | (days == 0)
    return pd.DataFrame(busy_now, index=services.index, columns=month_names(start, end))


def _within(busy: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    inside = (busy["first_day"] <= pd.Timestamp(end)) & (busy["last_day"] >= pd.Timestamp(start))
    return busy[inside & (busy["last_day"] >= busy["first_day"])].reset_index(drop=True)


def _served(areas: pd.DataFrame) -> pd.DataFrame:
    """Relations that hold: a blank share is one that holds too."""
    return areas.loc[(areas["share"] > 0) | areas["share"].isna(), ["service_id", "municipality"]].drop_duplicates()


def _where(rows: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Each row's visits in each municipality it lays them on (municipality, visits), on the index of rows."""
    direct = rows.loc[rows["municipality"].notna(), ["municipality", "visits"]]
    through = rows.loc[rows["municipality"].isna(), ["service_id", "visits"]].rename_axis("row").reset_index()
    served = through.merge(_served(areas), on="service_id").set_index("row")[["municipality", "visits"]]
    return pd.concat([direct, served])


def _spell(days: pd.Series) -> IntArray:
    """Working days since a fixed Monday, up to but not including each day."""
    counted = np.busday_count(np.datetime64("1900-01-01"), days.to_numpy().astype("datetime64[D]"))
    return np.asarray(counted, dtype=np.int64)


def _month_bounds(start: date, end: date) -> tuple[IntArray, IntArray]:
    """First working day and the one after the last of each month within the period, as `_spell` counts."""
    firsts = pd.Series(pd.period_range(start, end, freq="M").to_timestamp())
    after = pd.concat([firsts[1:], pd.Series([pd.Timestamp(end) + pd.Timedelta(days=1)])], ignore_index=True)
    return _spell(firsts.clip(lower=pd.Timestamp(start))), _spell(after)


def _concerned(rows: pd.DataFrame, services: pd.DataFrame, areas: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """Pairs of a service (position) and a row (position) that concerns it."""
    told = rows[["service_id", "provider_id", "municipality"]].assign(row=np.arange(len(rows)))
    who = services[["provider_id"]].rename_axis("service_id").reset_index().assign(service=np.arange(len(services)))
    where = who[["service", "service_id"]].merge(_served(areas), on="service_id")[["service", "municipality"]]
    direct = told.loc[told["service_id"].notna(), ["row", "service_id"]].merge(who, on="service_id")
    general = told[told["service_id"].isna()]
    by_provider = general[general["provider_id"].notna()].drop(columns="service_id").merge(who, on="provider_id")
    anywhere = by_provider["municipality"].isna()
    both = by_provider[~anywhere].merge(where, on=["service", "municipality"])
    by_town = (
        general.loc[general["provider_id"].isna(), ["row", "municipality"]].dropna().merge(where, on="municipality")
    )
    pairs = pd.concat([part[["service", "row"]] for part in (direct, by_provider[anywhere], both, by_town)])
    return pairs["service"].to_numpy(dtype=np.int64), pairs["row"].to_numpy(dtype=np.int64)


def _apart(service: IntArray, begin: IntArray, stop: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """The same stretches of days of each service, none of which overlap: those that do become one."""
    order = np.lexsort((begin, service))
    spans = pd.DataFrame({"service": service[order], "begin": begin[order], "stop": stop[order]})
    reached = spans.groupby("service")["stop"].cummax()
    new = ~spans["service"].duplicated() | (spans["begin"] > reached.shift(fill_value=0))
    joined = spans.groupby(new.cumsum()).agg({"service": "first", "begin": "first", "stop": "max"})
    return joined["service"].to_numpy(), joined["begin"].to_numpy(), joined["stop"].to_numpy()
