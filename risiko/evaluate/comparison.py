"""Rankings side by side on the same services: every measure with its interval, and what each gains over a baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate import metrics
from risiko.evaluate.ranked import Ranked, Tally, WeightArray, ratio
from risiko.evaluate.resampling import cluster_counts, interval
from risiko.statistics.inputs import IntArray
from risiko.statistics.intervals import poisson_interval, wilson

Key = tuple[str, float]  # a metric and where it is taken (NaN: nowhere in particular)
Measured = Mapping[str, Mapping[Key, FloatArray]]  # method -> measure -> its values under the draws
Measure = Callable[[WeightArray], Iterator[tuple[Key, FloatArray]]]
NOWHERE = float("nan")
BLOCK = 128  # draws at a time: what one ranking needs of them stays in the cache
COLUMNS = ["method", "metric", "at", "value", "low", "high", "against", "n", "events", "base_rate"]
CALIBRATION: dict[str, Callable[[FloatArray, FloatArray, WeightArray], FloatArray]] = {
    "brier": metrics.brier,
    "calibration_in_the_large": metrics.calibration_in_the_large,
    "calibration_slope": metrics.calibration_slope,
    "observed_over_expected": metrics.observed_over_expected,
}


@dataclass(frozen=True)
class Cuts:
    """Where precision, lift and capture are taken: name suffix, what stands in `at`, and the share of the services."""

    places: list[tuple[str, float, float]]

    @classmethod
    def of(cls, shares: Sequence[float], capacity_share: float) -> Cuts:
        """At the shares, and at the share that can be visited ("_at_capacity")."""
        return cls([*(("", share, share) for share in shares), ("_at_capacity", capacity_share, capacity_share)])

    def measures(self, tally: Tally) -> Iterator[tuple[Key, FloatArray]]:
        for suffix, at, share in self.places:
            for name, values in metrics.top(tally, share=share)._asdict().items():
                yield (f"{name}{suffix}", at), values


def compare(
    scores: pd.DataFrame, outcome: pd.Series, clusters: pd.Series, *, shares: Sequence[float], capacity: int | None,
    against: Sequence[str], probability: Sequence[str], groups: Mapping[str, pd.Series] | None, draws: int,
    rng: np.random.Generator, level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Every ranking's measures with bootstrap intervals, and their paired differences to the baselines, long.

    scores: index service_id, one column per method, higher is looked at first, NaN is placed last. outcome: 0 or 1;
    services without one are unlabelled and left out. clusters: what is drawn together (provider); a service without
    is drawn alone. shares: cuts as shares of the services; capacity: a number of services, in the draws the same
    share of however many were drawn. probability: methods that are probabilities; services without one are left out
    of their calibration. groups: name -> group of each service, for "auc_within_<name>"; services without a group
    are left out of it.

    One row per method, metric, at and against. against "" is the measure itself; otherwise value, low and high are
    method minus baseline under the same draws, for every measure both have. Intervals are percentiles over the draws,
    NaN where under half of them are defined. n, events and base_rate are of the labelled services.
    Raises ValueError for names that are no column of scores, or shares that are not within 0 and 1.
    """
    known = outcome.reindex(scores.index)
    scores, y = scores[known.notna().to_numpy()], known.dropna().to_numpy(dtype=float)
    _refuse_unknown(scores, [*against, *probability], shares)
    codes = pd.factorize(clusters.reindex(scores.index))[0]
    counts = np.vstack([np.ones((1, len(y)), dtype=np.int32), cluster_counts(codes, draws, rng)])
    places = [("", share, share) for share in shares]
    if capacity is not None:
        places.append(("_at_capacity", float(capacity), min(capacity / max(len(y), 1), 1.0)))
    found = measured(scores, y, counts, Cuts(places), groups=groups or {}, probability=probability)
    return tabled(found, against, len(y), int(y.sum()), level)


def measured(
    scores: pd.DataFrame, outcome: FloatArray, counts: WeightArray, cuts: Cuts, *, groups: Mapping[str, pd.Series],
    probability: Sequence[str],
) -> Measured:  # fmt: skip
    """Every ranking's measures under every row of counts, (1 + draws,): the services themselves first, then the draws.

    outcome: 0 or 1 for every row of scores. counts: how often each service is in each draw; the first row is all ones.
    Measures of several dates under the same draws may be averaged before `tabled` reads off the intervals.
    """
    within = {f"auc_within_{name}": pd.factorize(of.reindex(scores.index))[0].astype(np.int64)
              for name, of in groups.items()}  # fmt: skip
    return {
        str(name): _measured(_measures(column, outcome, cuts, within, name in probability), counts)
        for name, column in scores.items()
    }


def _measures(
    score: pd.Series, outcome: FloatArray, cuts: Cuts, within: Mapping[str, IntArray], probable: bool
) -> list[Measure]:
    """What is asked of one ranking: functions from weights to measures, with the sorting already done."""
    values = score.to_numpy(dtype=float)
    placed = np.where(np.isnan(values), -np.inf, values)
    ranked = Ranked(placed, outcome)

    def ranking(weight: WeightArray) -> Iterator[tuple[Key, FloatArray]]:
        tally = ranked.under(weight)
        yield ("auc", NOWHERE), tally.concordance()
        yield ("average_precision", NOWHERE), tally.average_precision()
        yield from cuts.measures(tally)

    inside = {name: Ranked(placed, outcome, code) for name, code in within.items()}

    def grouped(weight: WeightArray) -> Iterator[tuple[Key, FloatArray]]:
        for name, order in inside.items():
            yield (name, NOWHERE), order.under(weight).concordance()

    told = np.flatnonzero(~np.isnan(values))

    def calibration(weight: WeightArray) -> Iterator[tuple[Key, FloatArray]]:
        weight = weight if len(told) == len(values) else weight[..., told]
        for name, measure in CALIBRATION.items():
            yield (name, NOWHERE), measure(values[told], outcome[told], weight)

    return [ranking, grouped, *([calibration] if probable else [])]


def _measured(measures: list[Measure], counts: WeightArray) -> dict[Key, FloatArray]:
    """Each measure under every row of counts, (1 + draws,): the services themselves first."""
    parts: dict[Key, list[FloatArray]] = {}
    for first in range(0, len(counts), BLOCK):
        weight = counts[first : first + BLOCK].astype(float)
        for measure in measures:
            for key, values in measure(weight):
                parts.setdefault(key, []).append(values)
    return {key: np.concatenate(values) for key, values in parts.items()}


def tabled(found: Measured, against: Sequence[str], n: int, events: int, level: float) -> pd.DataFrame:
    """The long frame of `compare` out of measures under draws, with the intervals of all rows made at once."""
    rows = [(method, *key, "", values) for method, mine in found.items() for key, values in mine.items()]
    rows += [
        (method, *key, baseline, values - found[baseline][key])
        for baseline in against
        for method, mine in found.items()
        for key, values in mine.items()
        if method != baseline and key in found[baseline]
    ]
    frame = pd.DataFrame([row[:4] for row in rows], columns=["method", "metric", "at", "against"])
    values = np.stack([row[4] for row in rows]) if rows else np.empty((0, 1))
    low, high = interval(values[:, 1:], level)
    rate = events / n if n else np.nan
    return frame.assign(value=values[:, 0], low=low, high=high, n=n, events=events, base_rate=rate)[COLUMNS]


def _refuse_unknown(scores: pd.DataFrame, names: Sequence[str], shares: Sequence[float]) -> None:
    """ValueError for what the caller cannot have meant."""
    if unknown := sorted(set(names) - set(scores.columns)):
        raise ValueError(f"no such method among the scores: {', '.join(unknown)}")
    if any(not 0 < share <= 1 for share in shares):
        raise ValueError(f"shares must lie above 0 and not above 1; they are {list(shares)}")


def by_group(probability: pd.Series, outcome: pd.Series, group: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Observed over expected in each group: group, n, events, observed, expected, o_over_e, low, high.

    observed and expected are shares of the services. low and high: Poisson interval for the events (exact below
    ten, Byar's from ten) over the expected number; it takes services as independent. Services without a probability
    or an outcome are left out; those without a group are a row of their own (group NaN), last.
    """
    both = pd.DataFrame({"p": probability, "y": outcome.reindex(probability.index),
                         "group": group.reindex(probability.index)}).dropna(subset=["p", "y"])  # fmt: skip
    grouped = both.groupby("group", dropna=False, observed=True)
    sums = grouped.agg(n=("y", "size"), events=("y", "sum"), promised=("p", "sum"))
    events, promised = (sums[name].to_numpy(dtype=float) for name in ("events", "promised"))
    low, high = poisson_interval(events, level)
    return pd.DataFrame({
        "group": sums.index, "n": sums["n"].to_numpy(), "events": events.astype(np.int64),
        "observed": events / sums["n"].to_numpy(), "expected": promised / sums["n"].to_numpy(),
        "o_over_e": ratio(events, promised), "low": ratio(low, promised), "high": ratio(high, promised),
    })  # fmt: skip


def calibration_bands(probability: pd.Series, outcome: pd.Series, bands: int = 10, level: float = 0.95) -> pd.DataFrame:
    """Promised and seen in bands of equally many services: band, low, high, n, expected, observed, and an interval.

    low and high: least and greatest probability in the band, from the lowest (1) up. expected: mean probability.
    observed_low and observed_high: Wilson's interval. Tied probabilities stay together, so there may be fewer bands
    than asked for. Services without a probability or an outcome are left out; without any there are no rows.
    """
    both = pd.DataFrame({"p": probability, "y": outcome.reindex(probability.index)}).dropna()
    p = both["p"].to_numpy(dtype=float)
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bands + 1)[1:-1])) if len(p) else np.empty(0)
    # Renumbered without gaps: with ties a band between two edges can be empty.
    _, band = np.unique(np.searchsorted(edges, p, side="left"), return_inverse=True)
    cut = both.groupby(band + 1).agg(low=("p", "min"), high=("p", "max"), n=("y", "size"), expected=("p", "mean"),
                                     observed=("y", "mean"), events=("y", "sum"))  # fmt: skip
    low, high = wilson(cut["events"].to_numpy(dtype=float), cut["n"].to_numpy(dtype=float), level)
    return cut.drop(columns="events").assign(observed_low=low, observed_high=high).rename_axis("band").reset_index()
