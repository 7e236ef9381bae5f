"""Provider size: how many services the provider runs, and what has been enforced at the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, age_years, decay
from risiko.signals.common_form import reasons
from risiko.signals.distance import exact_form
from risiko.signals.follow_up import ACTIONS_READ
from risiko.signals.provider_history import newest_elsewhere
from risiko.signals.registry import Context, signal


@signal("provider_enforcement", group="history", unit="weighted_actions", reads=ACTIONS_READ)
def provider_enforcement(context: Context) -> pd.DataFrame:
    """Actions against the provider's other services, weighted by kind and age as in enforcement; own left out.

    A sum and no mean: a provider with many services has more of everything. Closed services of the provider count too.
    n is actions, exposure the other services. Compared on the logarithm of one more. No other service, or the provider
    unknown: missing ("no_sister_services"); no action at all on record: "not_recorded" for all.
    """
    provider, mine = _providers(context)
    others, taken = _at(mine, provider) - 1.0, _actions_of_providers(context, provider)
    missing = reasons(context.services).mask(others < 1, "no_sister_services")
    if context.known["actions"].empty:
        missing = missing.mask(missing.isna(), "not_recorded")
    own = taken[(taken["position"] >= 0).to_numpy()]
    counts, n = (
        _at(mine, taken["provider"].to_numpy(), taken[name].to_numpy())
        - context.total(own["position"], own[name].to_numpy())
        for name in ("counts", "one")
    )
    value = np.where(n > 0.5, counts, 0.0)  # the difference of two equal sums may be off by rounding
    years = newest_elsewhere(taken, taken["provider"].to_numpy(), mine, len(mine))
    freshness = np.where(others < 1, np.nan, years)
    form = exact_form(context, value, missing, n=n, steady=np.log1p(value), freshness=freshness)
    return form.assign(exposure=np.maximum(others, 0.0))


@signal("provider_services", group="metadata", unit="services", reads={}, direction="higher_is_better")
def provider_services(context: Context) -> pd.DataFrame:
    """How many services in operation the provider runs, this one too, beside services of the type (on the logarithm).

    The direction is no judgement of size. It is the one measured on Scottish records up to 2022, within type, where the
    services of larger providers had fewer severe grades; without a weight it moves no score. Sole practitioners are not
    counted. The provider unknown: missing ("not_declared").
    """
    value, missing = _in_operation(context)
    known = missing.isna().to_numpy(dtype=float)
    return exact_form(context, value, missing, n=known, worse=-1.0, steady=np.log(value))


@signal("only_service", group="metadata", unit="yes_no", reads={})
def only_service(context: Context) -> pd.DataFrame:
    """1 where the provider runs this service only, 0 where it runs others in operation; expected is the type's share.

    The direction is the one measured on Scottish records, as in provider_services. The provider unknown: missing
    ("not_declared").
    """
    value, missing = _in_operation(context)
    only = np.where(np.isnan(value), np.nan, (value == 1).astype(float))
    return exact_form(context, only, missing, n=missing.isna().to_numpy(dtype=float))


def _in_operation(context: Context) -> tuple[FloatArray, pd.Series]:
    """Services of the cohort with the same provider; NaN, and why, where the provider is unknown."""
    code = pd.factorize(context.services["provider_id"])[0]
    size = np.where(code >= 0, _at(code, code), np.nan)
    return size, reasons(context.services).mask(code < 0, "not_declared")


def _providers(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """The provider's code of every known service and of every one in the cohort; −1 unknown, or a sole practitioner."""
    services = context.known["services"]
    code, names = pd.factorize(services["provider_id"])
    mine = pd.Index(names).get_indexer(context.services["provider_id"])
    return np.where(services["natural_person"].to_numpy(dtype=bool), -1, code), mine


def _actions_of_providers(context: Context, provider: np.ndarray) -> pd.DataFrame:
    """The known actions against services of a known provider: provider, service, position, years, counts, one."""
    rule, taken, services = context.settings.history, context.known["actions"], context.known["services"]["service_id"]
    service = pd.Index(services).get_indexer(taken["service_id"])
    years = age_years(taken["event_date"], context.as_of)
    weight = taken["kind"].map(rule.enforcement).fillna(0.0).to_numpy(dtype=float)
    found = pd.DataFrame({
        "provider": np.append(provider, -1)[service], "service": service,
        "position": context.services.index.get_indexer(taken["service_id"]), "years": years,
        "counts": weight * decay(years, rule.enforcement_half_life_years), "one": 1.0,
    })  # fmt: skip
    return found[(found["provider"] >= 0).to_numpy()]


def _at(where: np.ndarray, code: np.ndarray, weights: FloatArray | None = None) -> FloatArray:
    """How many rows have each code (or their summed weight), read off at some codes; 0 at −1."""
    size = max(int(code.max(initial=-1)), int(where.max(initial=-1))) + 2
    whole = np.bincount(code + 1, weights, minlength=size)
    whole[0] = 0
    return np.asarray(whole[where + 1], dtype=float)
