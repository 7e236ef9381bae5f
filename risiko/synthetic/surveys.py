"""Surveys of users and relatives: thin, noisy, and missing where they would tell most."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.synthetic import parameters as p
from risiko.synthetic.latent import Latent, probability
from risiko.synthetic.services import Services
from risiko.synthetic.span import Bools, Floats, Ints, Rng, Span, to_dates
from risiko.vocabulary import DIMENSIONS

MUNICIPAL_SURVEYS = ("nursing_home", "home_care")  # the municipality decides whether to measure
DIMENSION_OFFSETS = (0.0, 4.0, -3.0, -6.0, -1.0, 1.0)  # coordination is scored lowest, safety highest (A)
DIMENSION_CHANCE = 0.6  # a questionnaire does not ask about everything (A)
LOADING = 0.8  # correlation of a service's true score with its quality (A)
NATIONAL_SURVEYS = ("hospital", "general_practice")


def make(rng: Rng, who: Services, latent: Latent, span: Span) -> pd.DataFrame:
    """One row per survey and dimension, in the columns of the experiences contract except experience_id."""
    service, year = np.nonzero(_measured(rng, who, latent))
    first, last = span.bounds(who.table["opened"].to_numpy(), who.table["closed"].to_numpy())
    first, last = first[service, year], last[service, year]
    day = first + (rng.random(len(service)) * (last - first + 1)).astype(np.int64)
    known = day + rng.integers(30, 210, len(day))
    invited = np.maximum(np.minimum(who.users[service, year] * 0.85, 400).round(), 1).astype(np.int64)
    share = np.clip(who.column("response")[service] + rng.normal(0, 0.06, len(day)), 0.02, 0.95)
    answered = rng.binomial(invited, share)
    asked = rng.random((len(day), len(DIMENSIONS))) < DIMENSION_CHANCE
    asked[:, 2] |= ~asked.any(axis=1)  # at the least, whether users were involved
    asked &= ((known <= span.last) & (answered > 0))[:, None]
    survey, dimension = np.nonzero(asked)
    score, spread = _scores(rng, who, latent, service, year, answered)
    national = who.table["service_type"].isin(NATIONAL_SURVEYS).to_numpy()[service]
    by = np.where(national, "Nasjonal undersøkelse", "Egen undersøkelse")
    shown = answered[survey] >= p.SMALLEST_SHOWN
    return pd.DataFrame({
        "service_id": who.table["service_id"].to_numpy()[service[survey]],
        "event_date": to_dates(day[survey]), "known_date": to_dates(known[survey]),
        "method": "survey", "organisation": by[survey], "dimension": np.array(DIMENSIONS)[dimension],
        "score": np.where(shown, score[survey, dimension], np.nan), "n": answered[survey], "n_invited": invited[survey],
        "spread": np.where(shown, spread[survey, dimension], np.nan),
    })  # fmt: skip


def _measured(rng: Rng, who: Services, latent: Latent) -> Bools:
    """Which service is surveyed in which year: the poorer, the less likely. Municipal care only where the municipality
    measures that year."""
    town = who.table["town"].to_numpy()
    municipal = who.table["service_type"].isin(MUNICIPAL_SURVEYS).to_numpy()
    poor_town = _mean_by(town[municipal], latent.quality[municipal].mean(axis=1), len(who.towns))
    lift = np.log(p.NON_MEASURING_SHARE / (1 - p.NON_MEASURING_SHARE))
    never = rng.random(len(who.towns)) < probability(lift + 0.9 * poor_town)
    measures = rng.random((len(who.towns), latent.quality.shape[1])) < np.where(never, 0.03, 0.5)[:, None]
    willing = probability(1.6 - 0.7 * latent.quality)  # where the municipality does, some services stay out
    own = who.column("survey_chance")[:, None] * 1.5 * probability(0.6 - 0.6 * latent.quality)
    chance = np.where(municipal[:, None], measures[town] * willing, own)
    return (rng.random(chance.shape) < chance) & (who.exposure > 0.1)


def _mean_by(group: Ints, values: Floats, n: int) -> Floats:
    """Standardised mean of each group; 0 where it has no member."""
    mean = np.bincount(group, weights=values, minlength=n) / np.maximum(np.bincount(group, minlength=n), 1)
    return np.asarray((mean - mean.mean()) / max(mean.std(), 1e-9), dtype=float)


def _scores(rng: Rng, who: Services, latent: Latent, service: Ints, year: Ints, n: Ints) -> tuple[Floats, Floats]:
    """The mean of n answers on each dimension, and the standard deviation between them."""
    size = (len(service), len(DIMENSIONS))
    own = rng.normal(size=size)
    loading = LOADING * latent.effects.survey_factor[year]
    standing = -(loading * latent.quality[service, year])[:, None] + np.sqrt(1 - LOADING**2) * own
    usual = who.column("survey_mean")[service, None] + np.array(DIMENSION_OFFSETS)
    mean = usual + who.column("survey_tau")[service, None] * standing
    spread = np.clip(rng.normal(p.SURVEY_PERSON_SD, 2.0, size), 12, 30)
    score = mean + rng.normal(size=size) * spread / np.sqrt(np.maximum(n, 1))[:, None]
    return np.clip(score, 0, 100).round(1), spread.round(1)
