"""Over-dispersion: how far services lie from a target once the spread that all their peers show is allowed for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.groups import dense, quantiles, sums
from risiko.statistics.inputs import BoolArray, IntArray, counted_under, exposed, refuse

Scale = Literal["root", "log", "arcsine", "plain"]
Trimming = Literal["winsorise", "truncate"]


class Reading(NamedTuple):
    """A reading, what is expected of it and its standard error, on a scale where that error hardly depends on it."""

    y: FloatArray
    target: FloatArray
    s: FloatArray


@dataclass(frozen=True)
class Standardised:
    """Each service's place beside its peers, one entry per service; NaN where nothing can be said.

    z: distance from the target in own standard errors. phi: mean squared z of the group (1 = chance alone).
    tau2: variance between the group's services beyond chance. peers: services behind phi and tau2.
    z_multiplicative: z / sqrt(phi) where phi > 1. z_additive: distance in sqrt(s^2 + tau2), preferred.
    """

    z: FloatArray
    phi: FloatArray
    tau2: FloatArray
    peers: IntArray
    z_multiplicative: FloatArray
    z_additive: FloatArray


def standardise(
    y: FloatArray,
    target: FloatArray | float,
    s: FloatArray,
    group: IntArray,
    *,
    usable: BoolArray | None = None,
    trim: float = 0.1,
    trimming: Trimming = "winsorise",
) -> Standardised:
    """z and its two corrections for over-dispersion, with phi and tau2 from each peer group (Spiegelhalter 2005).

    y, target, s: as made by `root_ratio`, `log_ratio`, `arcsine_proportion` or a survey mean and its standard error;
    NaN, or s of 0 or infinity, is a service without a reading: all its z are NaN. group: integer codes of the pool
    that a service's spread is taken from. usable: the services that phi and tau2 are learnt from; default all with
    a reading. With fewer than two of them phi is undefined (NaN), tau2 is 0 and both corrected z are NaN, so that
    no one is called an outlier among no peers; z itself stays, as a distance from the target and no more.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (y - target) / s
    read = np.isfinite(z) & (s > 0) & np.isfinite(s)
    z = np.where(read, z, np.nan)
    learn = read if usable is None else read & usable
    code, groups = dense(group)
    phi, tau2, peers = _dispersion(z[learn], s[learn], code[learn], groups, trim, trimming)
    phi, tau2, peers = phi[code], tau2[code], peers[code]
    compared = np.where(peers >= 2, z, np.nan)
    multiplicative = compared / np.sqrt(np.where(phi > 1, phi, 1))
    additive = compared * s / np.sqrt(s**2 + tau2, where=read, out=np.ones_like(z))
    return Standardised(z, phi, tau2, peers, multiplicative, np.where(read, additive, np.nan))


def _dispersion(
    z: FloatArray, s: FloatArray, code: IntArray, groups: int, trim: float, trimming: Trimming
) -> tuple[FloatArray, FloatArray, IntArray]:
    """phi, tau2 and the number of services behind them, one entry per group (DerSimonian & Laird's moments)."""
    if trim > 0 and trimming == "truncate":
        kept = _inner(z, code, groups, trim)
        z, s, code = z[kept], s[kept], code[kept]
    elif trim > 0:
        low, high = quantiles(z, code, groups, (trim, 1 - trim))
        z = np.clip(z, low[code], high[code])
    peers = np.bincount(code, minlength=groups)
    enough = peers >= 2
    phi, tau2, weight = np.full(groups, np.nan), np.zeros(groups), 1 / s**2
    np.divide(sums(z**2, code, groups), peers, out=phi, where=enough)
    total = sums(weight, code, groups)
    spread = total - np.divide(sums(weight**2, code, groups), total, out=np.zeros(groups), where=enough)
    np.divide(peers * phi - (peers - 1), spread, out=tau2, where=enough & (spread > 0))
    return phi, np.maximum(tau2, 0), peers


def _inner(z: FloatArray, code: IntArray, groups: int, trim: float) -> BoolArray:
    """The services that are in neither outer 1/k of their group's ranks, k = 1/trim (the SHMI's truncation).

    Ranks r = 1 … N fall in the classes floor(r k / (N + 1)); the classes 0 and k - 1 are left out.
    """
    k, size = round(1 / trim), np.bincount(code, minlength=groups)
    order = np.lexsort((z, code))
    rank = np.empty(z.size, dtype=np.int64)
    rank[order] = np.arange(z.size) - (np.cumsum(size) - size)[code[order]] + 1
    part = rank * k // (size[code] + 1)
    inner: BoolArray = (part > 0) & (part < k - 1)
    return inner


def root_ratio(observed: FloatArray, expected: FloatArray) -> Reading:
    """Observed to expected on the square-root scale: y = sqrt(O/E), target 1, s = 1/(2 sqrt E) (CQC).

    Finite for zero counts. Without expected events (E = 0 or missing) there is no reading (NaN). Here and below,
    counts that are negative, or no numbers where there is exposure, are refused (ValueError with positions).
    """
    e = exposed(expected)
    return Reading(np.sqrt(counted_under(observed, e) / e), np.ones_like(e), 1 / (2 * np.sqrt(e)))


def log_ratio(observed: FloatArray, expected: FloatArray) -> Reading:
    """Observed to expected on the log scale: y = log(O/E), target 0, s = 1/sqrt E (the English SHMI).

    A count of zero is read as a half, so that it stays finite; without expected events there is no reading (NaN).
    """
    e = exposed(expected)
    o = counted_under(observed, e)
    return Reading(np.log(np.where(o == 0, 0.5, o) / e), np.zeros_like(e), 1 / np.sqrt(e))


def arcsine_proportion(hits: FloatArray, n: FloatArray, target: FloatArray | float) -> Reading:
    """A proportion on the arcsine scale: y = asin sqrt(hits/n), s = 1/(2 sqrt n); target is given as a proportion.

    Without trials (n = 0 or missing) there is no reading (NaN). Raises ValueError where hits exceed n.
    """
    refuse(hits > n, "hits must not be more than trials")
    trials = exposed(n)
    goal = np.broadcast_to(np.arcsin(np.sqrt(target)), trials.shape)
    return Reading(np.arcsin(np.sqrt(counted_under(hits, trials) / trials)), goal, 1 / (2 * np.sqrt(trials)))


def dispersed_limits(
    reading: Reading, tau2: FloatArray | float, z: float, scale: Scale
) -> tuple[FloatArray, FloatArray]:
    """Funnel limits at target ± z sqrt(s^2 + tau2), taken back to ratios, proportions or means (tau2 = 0: plain)."""
    half = z * np.sqrt(reading.s**2 + tau2)
    return _back(reading.target - half, scale), _back(reading.target + half, scale)


def _back(value: FloatArray, scale: Scale) -> FloatArray:
    """From the working scale to the plain one; what lies beyond its ends is set on them (no ratio below 0)."""
    if scale == "log":
        return np.exp(value)
    if scale == "root":
        return np.maximum(value, 0) ** 2
    if scale == "arcsine":
        return np.sin(np.clip(value, 0, np.pi / 2)) ** 2
    return value
