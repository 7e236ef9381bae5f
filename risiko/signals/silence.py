"""Silence: voice expected but not heard, and how sure one can be when not everyone dares to complain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, in_window
from risiko.settings import SilenceSettings
from risiko.signals.complaint_reading import PER_USERS
from risiko.signals.peers import BoolArray, peer_groups
from risiko.signals.registry import Context
from risiko.statistics.gamma_poisson import HOMOGENEOUS, fit_gamma, root_moments
from risiko.statistics.thinning import ThinnedPosterior, rank_bounds, silence_tails, thinned_posterior

LOW, HIGH, PRECISION = 0.05, 0.95, 1e-3
NODES = 12  # quadrature points over the reporting probability: the 95 % point is then within 1 % up to 100 expected
COLUMNS = (
    "dependency", "expected_voice", "heard", "tail", "flag", "reporting", "theta", "theta_sd", "theta_q05", "theta_q95",
    "stretch", "information", "rank_best", "rank_worst", "second_lists", "second_n",
)  # fmt: skip


def silence(context: Context, reading: pd.DataFrame) -> pd.DataFrame:
    """What a service's complaints say when only an unknown share of them is ever made, one row per service.

    reading: complaints in the common form (n, exposure, expected per 1,000 users and year), as they are registered.

    expected_voice  complaints expected of the exposure by the type's own rate; NaN without exposure or a type's rate
    heard           complaints registered
    tail            mid-p of hearing so few or fewer (negative binomial, METHODS U04)
    flag            one of vocabulary.SILENCE_FLAGS
    reporting       posterior mean of the share with cause to complain who do: almost the prior, for counts alone
                    cannot tell few causes from few complaints
    theta, _sd, _q05, _q95  risk beside the type (1: as the type), the reporting share integrated out (METHODS U05)
    stretch         how many times wider the upper half of the complaint readings' spread is for that; 1 where as much
                    was heard as expected, and for users who are not dependent
    information     the spread of theta (root scale) that knowing the reporting share would take away
    rank_best, rank_worst  places by complaints alone that the reporting prior allows (METHODS U06); 1 is the highest
    second_lists, second_n  what else speaks of the service in the window, and how many times

    The prior of theta is the one found between services of the type at full reporting, so the assumption only ever
    widens. The assumed shares are held against the type's own mean: what a whole type does not report moves no one.
    """
    services, rule = context.services, context.settings.silence
    expected = np.nan_to_num(reading["exposure"].to_numpy(dtype=float) * reading["expected"].to_numpy(dtype=float))
    expected = np.maximum(expected, 0.0) / PER_USERS
    told = expected > 0
    heard = reading["n"].fillna(0).to_numpy(dtype=float)
    shape, rate = _between_services(context, np.where(told, heard, 0.0), expected)
    degree = services["dependency"].to_numpy(dtype=float).round().clip(0, 3).astype(int)
    priors = [rule.reporting[name] for name in ("0", "1", "2", "3")]
    alpha, beta = np.array([p.alpha for p in priors]), np.array([p.beta for p in priors])
    full = _at_full_reporting(expected, (alpha / (alpha + beta))[degree], services["service_type"])
    posterior = thinned_posterior(heard, full, shape, rate, alpha[degree], beta[degree], nodes=NODES)
    tail = silence_tails(heard, expected * shape / rate, shape).low
    upper = posterior.quantile(HIGH, PRECISION)
    quiet = (heard < expected) & (degree >= rule.dependent_from)
    found = pd.DataFrame({
        "dependency": degree,
        "expected_voice": np.where(told, expected, np.nan),
        "heard": heard,
        "tail": np.where(told, tail, np.nan),
        "flag": _flags(tail, expected * shape / rate, shape, told, degree, rule),
        "reporting": posterior.mean_reporting(),
        "theta": posterior.mean(), "theta_sd": posterior.sd(),
        "theta_q05": posterior.quantile(LOW, PRECISION), "theta_q95": upper,
        "stretch": np.where(quiet, _stretch(heard, expected, shape, rate, upper), 1.0),
        "information": _information(posterior),
    }, index=services.index)  # fmt: skip
    least, most = _reporting_range(alpha, beta, rule.bounds)
    full = np.where(told, full, np.nan)
    low, high = ((shape + heard) / (rate + full * share[degree]) for share in (most, least))
    best, worst = rank_bounds(low, high)
    return found.assign(rank_best=best, rank_worst=worst, **_second_lists(context, rule))


def dialogue_list(found: pd.DataFrame) -> pd.DataFrame:
    """Quiet and dependent services in the order to call or visit them: found's rows, most to learn first.

    First those of whom no one else has told, then by what knowing the reporting share would tell. It is no score and
    feeds none. found: as of `silence`.
    """
    quiet = found[found["flag"] == "quiet_and_dependent"]
    order = quiet.assign(others=quiet["second_n"] > 0).sort_values(
        ["others", "information", "tail"], ascending=[True, False, True], kind="stable"
    )
    return order.drop(columns="others")


def _between_services(context: Context, heard: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shape and rate of the gamma law of theta in each service's peer group."""
    shape, rate = (np.full(len(heard), float(HOMOGENEOUS)) for _ in range(2))
    types = context.services["service_type"].to_numpy()
    for members, pool in peer_groups(types, expected > 0, context.settings.peers.minimum):
        prior = fit_gamma(heard[pool], expected[pool])
        shape[members], rate[members] = prior.shape, prior.rate
    return shape, rate


def _at_full_reporting(expected: FloatArray, share: FloatArray, types: pd.Series) -> FloatArray:
    """Complaints expected if all complained: expected over the reporting share that the type has on average."""
    code = pd.factorize(types)[0]
    total = np.bincount(code, expected)
    mean = np.divide(np.bincount(code, expected * share), total, out=np.ones_like(total), where=total > 0)
    return np.asarray(expected / mean[code])


def _flags(
    tail: FloatArray, expected: FloatArray, shape: FloatArray, told: BoolArray, degree: np.ndarray,
    rule: SilenceSettings,
) -> np.ndarray:  # fmt: skip
    # Where even no complaint at all would be no surprise, there is no silence to be heard.
    none_at_all = silence_tails(np.zeros_like(expected), expected, shape)
    too_small = none_at_all.too_small | (none_at_all.low > rule.surprise)
    quiet = ~too_small & (tail <= rule.surprise)
    return np.select(
        [~told, 1 - tail <= rule.surprise, quiet & (degree >= rule.dependent_from), quiet, too_small],
        ["no_exposure", "more_than_expected", "quiet_and_dependent", "quiet", "too_small_to_tell"],
        default="as_expected",
    )


def _stretch(
    heard: FloatArray, expected: FloatArray, shape: FloatArray, rate: FloatArray, upper: FloatArray
) -> FloatArray:
    """(root of theta's 95 % point with reporting integrated out − m) / (the same at full reporting − m), at least 1.

    m: the posterior mean of root theta at full reporting, where the complaint readings' standing has its middle. On
    this scale counts have a steady spread; the ratio carries over to every reading that rests on complaints.
    """
    from scipy.special import gammaincinv

    middle, _ = root_moments(shape + heard, rate + expected)
    as_heard = np.sqrt(gammaincinv(shape + heard, HIGH) / (rate + expected)) - middle
    wider = (np.sqrt(upper) - middle) / as_heard
    # Two decimals: the quadrature is good for no more.
    return np.where(shape < HOMOGENEOUS, np.maximum(wider, 1.0).round(2), 1.0)


def _information(posterior: ThinnedPosterior) -> FloatArray:
    """Standard deviation over the reporting share of E[root theta | share]."""
    given = root_moments(posterior.shape, np.ones_like(posterior.shape))[0][:, None] / np.sqrt(posterior.rate)
    mean = (posterior.weight * given).sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt((posterior.weight * (given - mean) ** 2).sum(axis=1)))


def _reporting_range(alpha: FloatArray, beta: FloatArray, share: float) -> tuple[FloatArray, FloatArray]:
    """Least and most of the middle share of Beta(alpha, beta)."""
    from scipy.special import betaincinv

    tail = (1 - share) / 2
    return betaincinv(alpha, beta, tail), betaincinv(alpha, beta, 1 - tail)


def _second_lists(context: Context, rule: SilenceSettings) -> dict[str, object]:
    """Pieces of user experience and enquiries in other streams, in the long window: voices that are no complaints."""
    pieces = _recent(context, "experiences", ["service_id", "event_date", "method", "organisation"]).drop_duplicates()
    counts = {"experience": _times(context, pieces["service_id"])}
    enquiries = _recent(context, "complaints", ["service_id", "stream", "n"], stream=rule.second_streams)
    for stream in rule.second_streams:
        own = enquiries[(enquiries["stream"] == stream).to_numpy(dtype=bool)]
        counts[stream] = _times(context, own["service_id"], own["n"].to_numpy(dtype=float))
    speaks = np.full(len(context.services), "", dtype=object)
    for name, n in counts.items():
        speaks = speaks + np.where((n > 0) & (speaks != ""), ", ", "") + np.where(n > 0, name, "")
    lists = pd.Series(speaks, index=context.services.index, dtype="str")
    return {"second_lists": lists, "second_n": sum(counts.values())}


def _recent(context: Context, table: str, columns: list[str], **among: tuple[str, ...]) -> pd.DataFrame:
    """These columns of a table's rows in the long window, of those whose values are among the given ones."""
    rows = context.known[table]
    keep = in_window(rows["event_date"], context.as_of, context.settings.complaints.long_months)
    for column, values in among.items():
        keep = keep & rows[column].isin(values).to_numpy(dtype=bool)
    return rows[columns][keep]


def _times(context: Context, ids: pd.Series, n: FloatArray | None = None) -> FloatArray:
    """How many rows, or the sum of n, per service of the cohort; rows of other services are passed over."""
    position = context.services.index.get_indexer(ids)
    known = position >= 0
    return context.total(pd.Series(position[known]), None if n is None else n[known])
