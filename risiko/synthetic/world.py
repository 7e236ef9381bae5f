"""Building a whole invented authority: its contract tables, and beside them the truth that made them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko.contracts import CONTRACTS, Tables
from risiko.synthetic import complaints, findings, latent, others, register, services, surveys, visits, voices
from risiko.synthetic.span import Floats, Rng, Span


@dataclass(frozen=True)
class World:
    """tables: the contract tables, conformed. truth: what was planted, one row per service and year in operation
    (service_id, year, quality, reporting, p_severe, silent_but_poor); it never enters the tables. name, seed: which
    world it is and what it was drawn with."""

    tables: Tables
    truth: pd.DataFrame
    name: str
    seed: int


@dataclass(frozen=True)
class Made:
    """A world beside everything it was made of, so that other visits can be made in it (synthetic.possible)."""

    world: World
    who: services.Services
    latent: latent.Latent
    strict: Floats
    span: Span


def build(
    *, world: str = "plain", n_services: int = 4000, years: int = 10, end: date = date(2026, 6, 30), seed: int = 1
) -> World:
    """A Norwegian authority with real counties and offices and invented municipalities, services and records.

    The records cover the `years` up to and including `end` and hold nothing known later. world: "plain", "heavy"
    (heavier tails, effects that shift over the years) or "reporting" (poor services silence their users). The same
    seed gives the same frames; every room draws from its own stream, so that a change in one leaves the others alone.
    ValueError on an unknown world or fewer services than types.
    """
    return make(world, n_services, years, end, seed).world


def make(world: str, n_services: int, years: int, end: date, seed: int) -> Made:
    """The same as `build`, with what it was made of."""
    span = Span.ending(end, years)
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(9)]
    who = services.make(streams[0], n_services, span)
    truth = latent.make(streams[1], who, span, world)
    heard = complaints.make(streams[2], who, truth, span)
    strict = findings.eyes(streams[3], who)
    visited = _numbered(visits.make(streams[4], who, truth, heard.counts, span))
    seen = findings.judge(streams[3], visited, who, truth, strict)
    register_rng, follow_rng, voice_rng = streams[5:8]
    tables: Tables = {
        "services": register.services(register_rng, who, truth, span),
        "service_areas": register.service_areas(register_rng, who, span),
        "complaints": heard.table,
        "experiences": _experiences(voice_rng, who, truth, span),
        "supervisions": visits.supervisions(follow_rng, seen, who, span),
        "findings": findings.findings(follow_rng, seen, span),
        "actions": findings.actions(follow_rng, seen, who, span),
        "external_scores": findings.office_assessments(follow_rng, who, truth, span),
        "busy_periods": others.make(streams[8], who, span),
        "metadata_columns": register.metadata_columns(),
    }
    return Made(World(tables, latent.truth_frame(truth, who, span), world, seed), who, truth, strict, span)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(supervision_id="S" + pd.Series(np.arange(1, len(frame) + 1)).astype("str").str.zfill(6))


def _experiences(rng: Rng, who: services.Services, truth: latent.Latent, span: Span) -> pd.DataFrame:
    both = pd.concat([surveys.make(rng, who, truth, span), voices.make(rng, who, truth, span)], ignore_index=True)
    both["experience_id"] = "E" + pd.Series(np.arange(1, len(both) + 1)).astype("str").str.zfill(6)
    return CONTRACTS["experiences"].conform(both)
