"""What user organisations and others bring in besides surveys of single services: few, near and in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.synthetic import parameters as p
from risiko.synthetic import places, sentences
from risiko.synthetic.latent import Latent
from risiko.synthetic.services import TYPE_NAMES, Services, fact
from risiko.synthetic.span import Floats, Ints, Rng, Span, to_dates
from risiko.synthetic.surveys import DIMENSION_OFFSETS
from risiko.synthetic.words import ORGANISATIONS
from risiko.vocabulary import DIMENSIONS

PIECES_PER_SERVICE_YEAR = 0.09  # (A)
AREA_PIECES_PER_YEAR = 60  # about a type of service in an area rather than one service (A)
# method -> share of pieces, smallest and largest number of people taking part (A)
_METHODS = {
    "focus_group": (0.16, 5, 11), "interview": (0.28, 1, 6), "narrative": (0.18, 1, 1), "peer_interview": (0.12, 2, 12),
    "video": (0.08, 1, 2), "flow_chart": (0.08, 1, 4), "organisation_report": (0.10, 3, 40),
}  # fmt: skip
_SCORED_SHARE = 0.55  # the rest is words only
_TONE_SD = 12.0  # how far one person's word lies from the truth, in points (A)
_UNBOUND_SHARE = 0.3  # collected by the offices themselves, with no organisation behind


def make(rng: Rng, who: Services, latent: Latent, span: Span) -> pd.DataFrame:
    """Qualitative pieces about services and areas and the organisations' own surveys, without experience_id."""
    frames = [_about_services(rng, who, latent, span), _about_areas(rng, who, latent, span)]
    return pd.concat(frames, ignore_index=True)


def _about_services(rng: Rng, who: Services, latent: Latent, span: Span) -> pd.DataFrame:
    able = (who.exposure > 0.1) & ~who.table["natural_person"].to_numpy()[:, None]
    service, year = np.nonzero(able & (rng.random(able.shape) < PIECES_PER_SERVICE_YEAR * np.minimum(who.exposure, 1)))
    first, last = span.bounds(who.table["opened"].to_numpy(), who.table["closed"].to_numpy())
    first, last = first[service, year], last[service, year]
    day = first + (rng.random(len(service)) * (last - first + 1)).astype(np.int64)
    names = list(_METHODS)
    method = rng.choice(len(names), size=len(service), p=[share for share, *_ in _METHODS.values()])
    low, high = (np.array([_METHODS[name][i] for name in names])[method] for i in (1, 2))
    n = low + (rng.random(len(service)) * (high - low + 1)).astype(np.int64)
    frame = _pieces(rng, latent.quality[service, year], who.type_code[service], day, method, n)
    frame.insert(0, "service_id", who.table["service_id"].to_numpy()[service])
    return frame[frame["known_date"] <= to_dates(np.array([span.last]))[0]]


def _about_areas(rng: Rng, who: Services, latent: Latent, span: Span) -> pd.DataFrame:
    """Reports and the organisations' surveys about a type in a county: the mean quality of its services speaks."""
    n_counties = len(places.counties())
    total = AREA_PIECES_PER_YEAR * span.n_years
    year, county = rng.integers(0, span.n_years, total), rng.integers(0, n_counties, total)
    code = rng.integers(0, len(TYPE_NAMES), total)
    cell = who.type_code * n_counties + who.table["county_code"].to_numpy()
    size = np.bincount(cell, minlength=len(TYPE_NAMES) * n_counties)
    total_in = [np.bincount(cell, weights=badness, minlength=len(size)) for badness in latent.quality.T]
    mean = np.stack(total_in, axis=1) / np.maximum(size, 1)[:, None]
    wanted = code * n_counties + county
    year, county, code, wanted = (values[size[wanted] > 0] for values in (year, county, code, wanted))
    starts = np.maximum(span.year_starts()[:-1], span.first)[year]
    ends = np.minimum(span.year_starts()[1:] - 1, span.last)[year]
    day = starts + (rng.random(len(year)) * (ends - starts + 1)).astype(np.int64)
    report = np.full(len(year), list(_METHODS).index("organisation_report"))
    quality = mean[wanted, year] * 2  # members speak of what they meet at its plainest
    frame = _pieces(rng, quality, code, day, report, rng.integers(4, 60, len(year)), bound=True)
    frame.insert(0, "area", places.counties()["county"].to_numpy()[county])
    frame.insert(0, "service_type", np.array(TYPE_NAMES)[code])
    survey = rng.random(len(frame)) < 0.4
    invited = rng.integers(80, 1500, len(frame))
    answered = rng.binomial(invited, p.ORGANISATION_RESPONSE)
    frame["n_invited"] = pd.Series(invited).where(survey)
    frame["n"] = np.where(survey, answered, frame["n"])
    frame["method"] = np.where(survey, "survey", frame["method"])
    frame["spread"] = np.where(survey & frame["score"].notna(), p.SURVEY_PERSON_SD, np.nan)
    frame["text"] = frame["text"].where(~survey)
    return frame[frame["known_date"] <= to_dates(np.array([span.last]))[0]]


def _pieces(
    rng: Rng, quality: Floats, code: Ints, day: Ints, method: Ints, n: Ints, *, bound: bool = False
) -> pd.DataFrame:
    """Pieces with what was said and, for some, a score; bound: always an organisation's."""
    size = len(day)
    dimension = rng.choice(len(DIMENSIONS), size=size, p=(0.13, 0.22, 0.3, 0.15, 0.05, 0.15))
    known = day + rng.integers(3, 150, size)
    mean = fact("survey_mean")[code] + np.array(DIMENSION_OFFSETS)[dimension] - 4  # told in words, things sound worse
    noise = rng.normal(size=size) * np.hypot(_TONE_SD, p.SURVEY_PERSON_SD / np.sqrt(n)) / 1.6
    score = np.clip(mean - fact("survey_tau")[code] * 1.2 * quality + noise, 0, 100).round(0)
    organisation = _organisation(rng, code)
    unbound = (rng.random(size) < _UNBOUND_SHARE) & (not bound)
    return pd.DataFrame({
        "event_date": to_dates(day), "known_date": to_dates(known), "method": np.array(list(_METHODS))[method],
        "organisation": pd.Series(organisation, dtype="str").where(~unbound),
        "dimension": np.array(DIMENSIONS)[dimension],
        "score": np.where(rng.random(size) < _SCORED_SHARE, score, np.nan), "n": n,
        "text": sentences.write(rng, method, dimension, quality + 0.5 * rng.normal(size=size)),
    })  # fmt: skip


def _organisation(rng: Rng, code: Ints) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """One of the organisations that speak for the type's users."""
    speakers = [[name for name, types in ORGANISATIONS.items() if kind in types] for kind in TYPE_NAMES]
    longest = max(map(len, speakers))
    stock = np.array([(names * longest)[:longest] for names in speakers])
    counts = np.array([len(names) for names in speakers])[code]
    return np.asarray(stock[code, (rng.random(len(code)) * counts).astype(np.int64)])
