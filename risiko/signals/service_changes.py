"""Changes of a service, read from its earlier versions: a new provider or leader, growth, fewer staff, newly begun."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import SERVICE_VERSIONS, FloatArray, age_years, window_start
from risiko.signals.common_form import reasons
from risiko.signals.distance import exact_form
from risiko.signals.registry import Context, signal


@signal("changed_provider", group="metadata", unit="recency_0_1", reads={})
def changed_provider(context: Context) -> pd.DataFrame:
    """How lately the service got another provider: 1 on the day it became known, falling to 0 over change_months.

    From the service's versions; a version without a provider says nothing. n is the versions that name one. 0 is a
    real reading only where the service is known for the whole of the time: known more briefly and without a change it
    is missing ("known_too_briefly"); without a provider, "not_declared".
    """
    return _recency_of_change(context, "provider_id")


@signal("leader_change", group="metadata", unit="recency_0_1", reads={})
def leader_change(context: Context) -> pd.DataFrame:
    """How lately the service got another leader, as changed_provider, from settings.metadata.leader_column (a code).

    Where no such column is declared it is missing for all ("not_declared").
    """
    return _recency_of_change(context, context.settings.metadata.leader_column)


@signal("growth", group="metadata", unit="log_ratio", reads={})
def growth(context: Context) -> pd.DataFrame:
    """Growth: logarithm of users now over users settings.metadata.growth_months ago, one row per service.

    0.1 is about a tenth more. Fast growth strains a service; shrinking is shown, and counts as no growth, for it is no
    sign of safety. The number of users unknown: missing ("no_exposure"); no version from that long ago:
    "known_too_briefly". n is 2, then and now.
    """
    value, missing = _log_change(context, "users", "no_exposure")
    return exact_form(context, value, missing, n=_pair(missing), steady=np.maximum(value, 0.0))


@signal("staffing_fall", group="metadata", unit="log_ratio", reads={})
def staffing_fall(context: Context) -> pd.DataFrame:
    """Fall in staffing: logarithm of the declared column settings.metadata.staffing_column a year ago over now.

    0.1 is about a tenth fewer. More staff is shown and counts as no fall. The column not declared, or blank then or
    now: missing ("not_declared"); no version from that long ago: "known_too_briefly". n is 2, then and now.
    """
    change, missing = _log_change(context, context.settings.metadata.staffing_column, "not_declared")
    return exact_form(context, -change, missing, n=_pair(missing), steady=np.maximum(-change, 0.0))


@signal("vacancy", group="metadata", unit="months", reads={})
def vacancy(context: Context) -> pd.DataFrame:
    """Months that a leading position has been vacant, from settings.metadata.vacancy_column; 0 is a real 0.

    The column not declared, or blank: missing ("not_declared"). Compared on the square-root scale.
    """
    value = declared_number(context, context.services, context.settings.metadata.vacancy_column)
    value = np.where(value < 0, np.nan, value)
    missing = reasons(context.services).mask(np.isnan(value), "not_declared")
    return exact_form(context, value, missing, n=(~np.isnan(value)).astype(float), steady=np.sqrt(value))


@signal("newly_registered", group="metadata", unit="recency_0_1", reads={})
def newly_registered(context: Context) -> pd.DataFrame:
    """How new the service is: 1 on its first day, falling to 0 over settings.metadata.new_years.

    The day it began unknown: missing ("not_declared").
    """
    age = np.maximum(age_years(context.services["valid_from"], context.as_of), 0.0)
    value = np.maximum(1 - age / context.settings.metadata.new_years, 0.0)
    missing = reasons(context.services).mask(np.isnan(age), "not_declared")
    return exact_form(context, value, missing, n=(~np.isnan(age)).astype(float))


def cohort_versions(context: Context) -> pd.DataFrame:
    """Every known version of the cohort's services, with position, service by service and oldest first.

    known_date, provider_id, users and the columns that settings.metadata names, where they are there.
    """
    rule, versions = context.settings.metadata, context.known[SERVICE_VERSIONS]
    named = {rule.maturity_column, rule.staffing_column, rule.leader_column} - {""}
    columns = ["known_date", "provider_id", "users", *sorted(named & set(versions.columns) - {"provider_id", "users"})]
    position = context.services.index.get_indexer(versions["service_id"])
    inside = np.flatnonzero(position >= 0)
    order = inside[np.lexsort((versions["known_date"].to_numpy()[inside], position[inside]))]
    return versions[columns].iloc[order].assign(position=position[order])


def is_declared(context: Context, column: str) -> bool:
    """Whether services carry the column, and it is declared and not for audit only."""
    declared = context.known["metadata_columns"]
    usable = declared.loc[~declared["audit_only"].to_numpy(dtype=bool), "name"]
    return column in context.services and bool((usable == column).any())


def declared_number(context: Context, frame: pd.DataFrame, column: str) -> FloatArray:
    """A declared column of services or their versions as numbers; NaN where it is blank, or all through where it is not
    declared, for audit only, or not a number."""
    if not is_declared(context, column):
        return np.full(len(frame), np.nan)
    numbers = pd.to_numeric(frame[column], errors="coerce")
    return np.asarray(numbers.to_numpy(dtype=float, na_value=np.nan))


def _recency_of_change(context: Context, column: str) -> pd.DataFrame:
    size, months = len(context.services), context.settings.metadata.change_months
    versions = context.once(cohort_versions)
    if column != "provider_id" and not is_declared(context, column):
        missing = reasons(context.services).fillna("not_declared")
        return exact_form(context, np.full(size, np.nan), missing, n=np.zeros(size))
    said = versions[versions[column].notna().to_numpy()]
    position, day = said["position"].to_numpy(), said["known_date"]
    code = pd.factorize(said[column])[0]
    changed = np.zeros(len(said), dtype=bool)
    changed[1:] = (position[1:] == position[:-1]) & (code[1:] != code[:-1])
    newest = day[changed].groupby(position[changed]).max().reindex(range(size))
    start = window_start(context.as_of, months)
    first = versions["known_date"].groupby(versions["position"].to_numpy()).min().reindex(range(size))
    span = (pd.Timestamp(context.as_of) - start).days
    left = ((newest - start).dt.days / span).to_numpy(dtype=float)
    value = np.clip(np.nan_to_num(left), 0.0, 1.0)
    n = context.total(said["position"])
    brief = (first > start).to_numpy() & (value == 0)
    missing = reasons(context.services).mask(brief, "known_too_briefly").mask(n == 0, "not_declared")
    return exact_form(context, value, missing, n=n, freshness=age_years(newest, context.as_of))


def _log_change(context: Context, column: str, blank: str) -> tuple[FloatArray, pd.Series]:
    """log(now / then) of a number of services, NaN where it cannot be said, and why not."""
    then = window_start(context.as_of, context.settings.metadata.growth_months)
    versions = context.once(cohort_versions)
    # The version that stood at the time is the newest one known by then.
    past = versions[(versions["known_date"] <= then).to_numpy()].drop_duplicates("position", keep="last")
    before = np.full(len(context.services), np.nan)
    known_then = np.zeros(len(context.services), dtype=bool)
    known_then[past["position"].to_numpy()] = True
    before[past["position"].to_numpy()], now = (_number(context, frame, column) for frame in (past, context.services))
    able = (before > 0) & (now > 0)
    value = np.log(np.where(able, now, 1.0) / np.where(able, before, 1.0))
    why = reasons(context.services).mask(~able, blank).mask((now > 0) & ~known_then, "known_too_briefly")
    return np.where(able, value, np.nan), why


def _number(context: Context, frame: pd.DataFrame, column: str) -> FloatArray:
    return np.asarray(frame["users"], dtype=float) if column == "users" else declared_number(context, frame, column)


def _pair(missing: pd.Series) -> FloatArray:
    return 2.0 * np.asarray(missing.isna(), dtype=float)
