"""The page's only way to the numbers: pipeline calls, each computed once and shared by all readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

import pandas as pd
import streamlit as st

from risiko import pipeline, registry
from risiko.access import Person, require
from risiko.app import session
from risiko.app.widgets import notices
from risiko.contracts import Tables
from risiko.errors import InputError, ModelError
from risiko.i18n import Translator
from risiko.pipeline import Equity, ModelPage, Overview, Validation
from risiko.pipeline.checking import check
from risiko.pipeline.moments import Progress
from risiko.registry import LoadedModel
from risiko.reports.names import Names
from risiko.scoring.table import POINTS
from risiko.settings import Settings

# Sessions share what is cached here and only read it. A handful of dates and weight sets is plenty.


@dataclass(frozen=True)
class Ranked:
    """One scored date: the run, its list, and the weights that the settings would give the points score.

    promoted: the model in force where it may score this date, whether the reader looks at it or not. refused: why the
    model in force is not used, in a sentence; blank where it is, or none is. later: the date that the model in force
    was trained for, where that lies after this one; None otherwise.
    """

    run: pipeline.Run
    ranking: pd.DataFrame
    default_weights: Mapping[str, float]
    promoted: str = ""
    refused: str = ""
    later: date | None = None


@dataclass(frozen=True)
class Opened:
    """The store a page looks at, the date the reader asks for and the last one that can be asked for."""

    address: str
    settings: Path | None
    as_of: date
    latest: date


def opened(t: Translator) -> Opened | None:
    """What the page looks at; None where there is nothing, which the page has then been told."""
    address, settings = session.store_address(), session.settings_path()
    if not address:
        notices.no_store(t)
        return None
    with st.spinner(t("ranking.loading")):
        newest = newest_date(address, settings)
    if newest is None:
        notices.empty_store(t)
        return None
    # A link may name a day that is still to come; records may be newer than this machine's clock.
    latest, asked = max(newest, date.today()), session.query().as_of
    return Opened(address, settings, asked if asked and asked <= latest else newest, latest)


@st.cache_resource(max_entries=4, show_spinner=False)
def authority(address: str, settings_path: Path | None) -> pipeline.Authority:
    """The open store and its settings."""
    return pipeline.open_authority(address, settings_path, session.models_folder())


def newest_date(address: str, settings_path: Path | None) -> date | None:
    """The newest date anything is known of; None for an empty store."""
    opened = authority(address, settings_path)
    return pipeline.newest_known(_tables(address, pipeline.data_version(opened), opened), opened.store)


def tables(at: Opened) -> Tables:
    """The store's tables as read now; sessions share them and only read them."""
    opened = authority(at.address, at.settings)
    return _tables(at.address, pipeline.data_version(opened), opened)


@st.cache_resource(max_entries=1, show_spinner=False)
def _tables(address: str, version: str, _opened: pipeline.Authority) -> Tables:
    return pipeline.read_tables(_opened)


@st.cache_resource(max_entries=3, show_spinner=False)
def _prepared(
    address: str, settings_path: Path | None, version: str, as_of: date, _opened: pipeline.Authority
) -> pipeline.Prepared:
    return pipeline.prepare(_opened, as_of, _tables(address, version, _opened))


@st.cache_resource(max_entries=8, show_spinner=False)
def _run(
    address: str,
    settings_path: Path | None,
    version: str,
    as_of: date,
    weights: tuple[tuple[str, float], ...],
    model_id: str,
    hindsight: bool,
    top: int,
    _prepared: pipeline.Prepared,
    _model: LoadedModel | None,
) -> tuple[pipeline.Run, pd.DataFrame]:
    run = pipeline.rank(_prepared, dict(weights) or None, _model, hindsight=hindsight, top=top or None)
    return run, pipeline.ranking(run)


def ranked(
    address: str, settings_path: Path | None, as_of: date, weights: Mapping[str, float], *, hindsight: bool = False
) -> Ranked:
    """The list at a date with the reader's weights. A new import changes the version and so the answer.

    The order is for the reader's capacity, for it is by the chance of being among so many.
    hindsight: by the model in force though it has learned from what came after the date, to see what moved its list.
    """
    opened = authority(address, settings_path)
    at = (address, settings_path, pipeline.data_version(opened), as_of)
    prepared = _prepared(*at, opened)
    default = pipeline.point_weights(prepared)
    own = {name: w for name, w in weights.items() if name in default and w != default[name]}
    model, refused = _model(address, settings_path, opened)
    later = model.facts.as_of if model is not None and model.facts.as_of > as_of else None
    if later and not hindsight:
        model = None  # it has learned from what came after
    scored, top = (*at, tuple(sorted(own.items()))), session.query().capacity
    if model is not None and not own and not session.query().points:
        try:
            run, ranking = _run(*scored, model.entry.model_id, hindsight, top, prepared, model)
            return Ranked(run, ranking, default, model.entry.model_id, refused, later)
        except InputError as error:  # trained with signals that these records do not have
            model, refused = None, error.what
    run, ranking = _run(*scored, "", False, top, prepared, None)
    return Ranked(run, ranking, default, model.entry.model_id if model else "", refused, later)


def _model(
    address: str, settings_path: Path | None, opened: pipeline.Authority
) -> tuple[LoadedModel | None, str]:
    """The model in force and why it cannot be used, in the words of what refused it."""
    promoted = registry.in_force(opened.store)
    if promoted is None:
        return None, ""
    try:
        return _loaded(address, settings_path, promoted, opened), ""
    except ModelError as error:
        return None, error.what


@st.cache_resource(max_entries=2, ttl=60, show_spinner=False)
def _loaded(
    address: str, settings_path: Path | None, model_id: str, _opened: pipeline.Authority
) -> LoadedModel | None:
    # Once a minute it is held against its anchor again, as on the model page.
    return pipeline.in_force(_opened)


def names(found: Ranked, t: Translator) -> Names:
    """What things are called for this reader at this authority."""
    prepared = found.run.prepared
    return Names.of(t, prepared.settings, prepared.known["metadata_columns"])


def default_capacity(found: Ranked) -> int:
    """Where the capacity line stands until the reader says otherwise."""
    return pipeline.default_capacity(found.run)


def default_since(found: Ranked) -> date:
    """What the overview compares with until the reader says otherwise."""
    months = found.run.prepared.settings.overview.compare_months
    earlier: date = (pd.Timestamp(found.run.as_of) - pd.DateOffset(months=months)).date()
    return earlier


def overview(at: Opened, since: date, weights: Mapping[str, float], capacity: int) -> tuple[Overview, str]:
    """The list at the reader's date against the one at an earlier date, both with the reader's weights.

    Both by one score, so that what moves the list is what has become known: the earlier one in hindsight where the
    model in force is newer. The second value says how: same, hindsight, or different where no one score fits both.
    """
    now = ranked(at.address, at.settings, at.as_of, weights).run
    before = ranked(at.address, at.settings, since, weights, hindsight=now.table.model_id != POINTS)
    how = "different" if before.run.table.model_id != now.table.model_id else "same"
    if how == "same" and before.later and now.table.model_id != POINTS:
        how = "hindsight"
    key = (at.address, at.settings, now.prepared.data_version, at.as_of, since, (now.key, before.run.key))
    return _overview(*key, capacity, now, before.run), how


@st.cache_resource(max_entries=8, show_spinner=False)
def _overview(
    address: str, settings_path: Path | None, version: str, as_of: date, since: date,
    keys: tuple[tuple[tuple[str, float], ...], ...], capacity: int, _now: pipeline.Run, _before: pipeline.Run,
) -> Overview:  # fmt: skip
    return pipeline.overview(_now, _before, capacity)


def prepared(at: Opened, as_of: date) -> pipeline.Prepared:
    """What does not depend on weights, at another date than the reader's too."""
    opened = authority(at.address, at.settings)
    return _prepared(at.address, at.settings, pipeline.data_version(opened), as_of, opened)


def equity(found: Ranked, at: Opened, grouping: str, capacity: int) -> tuple[Equity, pd.DataFrame]:
    """The list by groups, and pairs of like services across offices (which no grouping changes)."""
    run = found.run
    key = (at.address, at.settings, run.prepared.data_version, at.as_of, run.key)
    return _equity(*key, grouping, capacity, run), _equity_pairs(*key, run)


@st.cache_resource(max_entries=24, show_spinner=False)
def _equity(
    address: str, settings_path: Path | None, version: str, as_of: date, weights: tuple[tuple[str, float], ...],
    grouping: str, capacity: int, _run: pipeline.Run,
) -> Equity:  # fmt: skip
    return pipeline.equity(_run, capacity, grouping)


@st.cache_resource(max_entries=4, show_spinner=False)
def _equity_pairs(
    address: str, settings_path: Path | None, version: str, as_of: date, weights: tuple[tuple[str, float], ...],
    _run: pipeline.Run,
) -> pd.DataFrame:  # fmt: skip
    return pipeline.equity_pairs(_run)


def model_page(at: Opened) -> ModelPage:
    """Which score is in force at the reader's date, what it weighs and what it rests on."""
    opened = authority(at.address, at.settings)
    decided = (len(opened.store.models()), len(opened.store.promotions()))
    prepared = _prepared(*_moment(at, opened), opened)
    return _model_page(*_moment(at, opened), decided, opened, prepared)


# Once a minute a model's files are held against their anchor again.
@st.cache_resource(max_entries=4, ttl=60, show_spinner=False)
def _model_page(
    address: str, settings_path: Path | None, version: str, as_of: date, decided: tuple[int, int],
    _opened: pipeline.Authority, _prepared: pipeline.Prepared,
) -> ModelPage:  # fmt: skip
    return pipeline.model_page(_opened, _prepared)


def model_names(at: Opened, t: Translator) -> Names:
    """What things are called for this reader, without a list being made."""
    opened = authority(at.address, at.settings)
    return Names.of(t, opened.settings, _prepared(*_moment(at, opened), opened).known["metadata_columns"])


def missing_shares(at: Opened) -> pd.Series:
    """Signal -> share of the services without a value at the reader's date; computes every signal once."""
    opened = authority(at.address, at.settings)
    return _missing_shares(*_moment(at, opened), _prepared(*_moment(at, opened), opened))


@st.cache_resource(max_entries=4, show_spinner=False)
def _missing_shares(
    address: str, settings_path: Path | None, version: str, as_of: date, _prepared: pipeline.Prepared
) -> pd.Series:
    return pipeline.missing_shares(_prepared)


def check_results(at: Opened) -> pd.DataFrame | None:
    """What the numbered checks found at the reader's date, since this server began; None where nobody has asked."""
    return _checked().get(_check_key(at))


def run_checks(at: Opened, who: Person) -> None:
    """Make the numbered checks of the score in force, for all readers. Takes minutes where nothing is kept yet.

    Raises NotAllowed.
    """
    require(who, "check")
    _checked()[_check_key(at)] = check(authority(at.address, at.settings), at.as_of).results


def _check_key(at: Opened) -> tuple[object, ...]:
    opened = authority(at.address, at.settings)
    return *_moment(at, opened), len(opened.store.models()), len(opened.store.promotions())


@st.cache_resource(max_entries=1, show_spinner=False)
def _checked() -> dict[tuple[object, ...], pd.DataFrame]:
    return {}


def _moment(at: Opened, opened: pipeline.Authority) -> tuple[str, Path | None, str, date]:
    return at.address, at.settings, pipeline.data_version(opened), at.as_of


@dataclass(frozen=True)
class Tried:
    """The last backtest (None: there is none), the settings in force, and whether records are invented."""

    found: Validation | None
    settings: Settings
    invented: bool


def validation(at: Opened) -> Tried:
    """The last backtest of the authority, kept beside its store, or by this server where a store keeps none."""
    opened = authority(at.address, at.settings)
    parts = opened.store.imports()
    found = pipeline.saved_validation(opened) or _not_kept().get((at.address, pipeline.data_version(opened)))
    return Tried(found, opened.settings, bool((parts["source"].eq("demo") & parts["replaced_by"].isna()).any()))


def validate(at: Opened, progress: Progress, who: Person) -> bool:
    """Backtest the authority anew; False where another reader's backtest of it is running. Raises NotAllowed."""
    require(who, "check")
    running, opened = _running(at.address), authority(at.address, at.settings)
    if not running.acquire(blocking=False):
        return False
    try:
        found = pipeline.validate(opened, progress=progress)
        if pipeline.saved_validation(opened) is None:
            _not_kept()[at.address, pipeline.data_version(opened)] = found
    finally:
        running.release()
    return True


@st.cache_resource(max_entries=1, show_spinner=False)
def _not_kept() -> dict[tuple[str, str], Validation]:
    return {}


@st.cache_resource(max_entries=16, show_spinner=False)
def _running(address: str) -> Lock:
    return Lock()
