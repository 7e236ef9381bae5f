"""The planted truth: latent quality, propensity to complain and probability of a serious failure, by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.synthetic import parameters as p
from risiko.synthetic.services import Services
from risiko.synthetic.span import Bools, Floats, Ints, Rng, Span

WORLDS = ("plain", "heavy", "reporting")


@dataclass(frozen=True)
class Effects:
    """How a world differs. Factors are by year, 1 where nothing shifts."""

    degrees_of_freedom: float | None  # of the t distribution of quality; None: normal
    complaint_factor: Floats  # on the slope of complaints on quality
    survey_factor: Floats  # on the slope of experiences on quality
    turnover_factor: Floats  # on the slope of staff turnover on quality
    dispersion_factor: float  # on the shape of the counts: below 1 is wilder
    silencing: float  # log propensity lost per unit of quality where dependency is full


def effects(world: str, n_years: int) -> Effects:
    """What holds in a world: "plain", "heavy" (heavier tails, shifting effects), "reporting" (the poor silence)."""
    if world not in WORLDS:
        raise ValueError(f"no world {world!r}; there are {', '.join(WORLDS)}")
    still = np.ones(n_years)
    if world == "heavy":
        falling = np.linspace(1.6, 0.2, n_years)
        return Effects(3.0, falling, falling[::-1], np.linspace(1.5, -0.5, n_years), 0.5, 0.0)
    return Effects(None, still, still, still, 1.0, 0.9 if world == "reporting" else 0.0)


@dataclass(frozen=True)
class Latent:
    """quality, reporting, p_severe and silent_but_poor, each (services, years)."""

    quality: Floats
    reporting: Floats
    p_severe: Floats
    silent_but_poor: Bools
    effects: Effects


def make(rng: Rng, services: Services, span: Span, world: str) -> Latent:
    """The truth of every service in every calendar year. The draws are the same in all worlds; what they do is not."""
    how = effects(world, span.n_years)
    quality = _quality(rng, services, span.n_years, how.degrees_of_freedom)
    n = len(services.table)
    dependent = services.table["dependency"].to_numpy() >= 2
    hushed = dependent & (rng.random(n) < p.HUSHED_SHARE)
    lasting = services.column("pi") * np.exp(p.REPORTING_SPREAD * rng.normal(size=n))
    lasting = lasting * np.where(hushed, p.HUSHED_FACTOR, 1.0)
    silenced = np.exp(-how.silencing * services.table["dependency"].to_numpy()[:, None] / 3 * quality)
    reporting = lasting[:, None] * silenced
    poor = quality >= _by_type(quality, services.type_code, p.POOR_QUANTILE)
    quiet = reporting <= _by_type(reporting, services.type_code, p.HUSHED_SHARE)
    p_severe = probability(p.SEVERE_BASE + p.SEVERE_SLOPE * quality)
    return Latent(quality, reporting, p_severe, poor & quiet & dependent[:, None], how)


def _quality(rng: Rng, services: Services, n_years: int, freedom: float | None) -> Floats:
    table = services.table
    n, provider, town = len(table), pd.factorize(table["provider_id"])[0], table["town"].to_numpy()
    of_provider, of_town = (rng.normal(size=codes.max() + 1)[codes] for codes in (provider, town))
    shared = p.QUALITY_PROVIDER * of_provider + p.QUALITY_MUNICIPALITY * of_town
    lasting, passing = rng.normal(size=n), rng.normal(size=(n, n_years))
    wild = rng.chisquare(3.0, size=(n, 1 + n_years))
    if freedom is not None:  # a normal over the root of a chi-square is a t; scaled to about the same spread
        heavy = np.sqrt(freedom / wild) / np.sqrt(3.0) * 1.3
        lasting, passing = lasting * heavy[:, 0], passing * heavy[:, 1:]
    mergers = services.mergers
    lasting[mergers["successor"]] = (lasting[mergers["first"]] + lasting[mergers["second"]]) / 2
    carry, walk = p.QUALITY_YEARLY_CARRY, passing.copy()
    for year in range(1, n_years):
        walk[:, year] = carry * walk[:, year - 1] + np.sqrt(1 - carry**2) * passing[:, year]
    quality = (shared + p.QUALITY_LASTING * lasting)[:, None] + p.QUALITY_PASSING * walk
    # Without a limit a single hospital of a heavy-tailed world may draw more complaints than the rest of the country.
    return np.asarray(np.clip(quality, -p.QUALITY_LIMIT, p.QUALITY_LIMIT), dtype=float)


def _by_type(values: Floats, type_code: Ints, share: float) -> Floats:
    """The type's quantile over all years, one per service."""
    cuts = np.array([np.quantile(values[type_code == code], share) for code in range(int(type_code.max()) + 1)])
    return np.asarray(cuts[type_code][:, None], dtype=float)


def probability(log_odds: Floats) -> Floats:
    """The probability behind log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30))), dtype=float)


def truth_frame(latent: Latent, services: Services, span: Span) -> pd.DataFrame:
    """One row per service and calendar year it was in operation: service_id, year, quality (higher is worse),
    reporting, p_severe, silent_but_poor."""
    row, year = np.nonzero(services.exposure > 0)
    return pd.DataFrame({
        "service_id": services.table["service_id"].to_numpy()[row],
        "year": span.years[year],
        "quality": latent.quality[row, year],
        "reporting": latent.reporting[row, year],
        "p_severe": latent.p_severe[row, year],
        "silent_but_poor": latent.silent_but_poor[row, year],
    })  # fmt: skip
