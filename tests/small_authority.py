"""A small invented authority that a score can learn from in seconds, made once for all tests that only read it."""

from __future__ import annotations

import atexit
import shutil
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from risiko import pipeline, settings, synthetic
from risiko.contracts import Tables
from risiko.evaluate.backtest import Backtest
from risiko.pipeline.learning import Learner
from risiko.pipeline.moments import Moments
from risiko.store import open_store

NOW = datetime(2026, 5, 1, 9)
END = date(2024, 6, 30)
DATES = (date(2021, 5, 31), date(2022, 5, 31), date(2023, 5, 31))
# A common outcome, one cohort a year and a handful of signals: little to compute, enough to learn from.
LITTLE = """
[learning]
months_between = 12
minimum_events = 15
minimum_dates = 2
signals = ["last_finding", "finding_history", "complaint_rate_long", "experience_mean", "provider_history"]
[evaluation]
resamples = 100
"""
OWN = f"""
[outcome]
severity = "breach"
{LITTLE}"""


@cache
def world() -> Tables:
    return synthetic.build(n_services=200, years=6, end=END, seed=3).tables


@cache
def folder() -> Path:
    """A folder that is gone when the tests end."""
    made = Path(mkdtemp(prefix="risiko-small-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def settings_file() -> Path:
    path = folder() / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def rules(*, outcome: dict[str, object] | None = None, **learning: object) -> settings.Settings:
    """The settings of the small authority, some of them changed."""
    base = settings.load(settings_file())
    return base.model_copy(update={
        "learning": base.learning.model_copy(update=learning), "outcome": base.outcome.model_copy(update=outcome or {}),
    })  # fmt: skip


def stored(tables: Tables, address: str = "memory:") -> pipeline.Authority:
    """An authority with these records, under the small authority's settings."""
    store = open_store(address)
    pipeline.store_world(store, synthetic.World(tables, tables["services"].head(0), "drawn", 0), now=NOW)
    return pipeline.Authority(store, rules())


@cache
def store_file() -> Path:
    path = folder() / "risiko.db"
    stored(world(), str(path)).store.close()
    return path


@cache
def authority() -> pipeline.Authority:
    """Of the store file; nothing is promoted in it, and its models lie beside it."""
    return pipeline.open_authority(str(store_file()), settings_file(), folder() / "models")


@cache
def learner() -> Learner:
    return Learner(Moments(authority()))


@cache
def tried() -> Backtest:
    """Its backtest on DATES, kept beside the store."""
    place = pipeline.validation_folder(authority())
    return pipeline.validate(authority(), DATES, folder=place, learner=learner()).backtest


@cache
def trained_folder() -> Path:
    """A copy of the authority, its backtest and what is kept beside it, in which one model is trained."""
    tried()
    place = folder() / "trained"
    place.mkdir()
    for made in folder().glob("risiko.db*"):
        copy = shutil.copytree if made.is_dir() else shutil.copy
        copy(made, place / made.name)
    opened = opened_in(place)
    pipeline.train(opened, END, now=NOW, learner=learner())
    opened.store.close()
    return place


def opened_in(place: Path) -> pipeline.Authority:
    return pipeline.open_authority(str(place / "risiko.db"), settings_file(), place / "models")
