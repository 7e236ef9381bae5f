"""The leak test of learning: what becomes known after a date changes nothing that a score of that date learned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from risiko.contracts import CONTRACTS, Tables
from risiko.evaluate.folds import Fold
from risiko.pipeline.backtesting import fold_of
from risiko.pipeline.learning import Fitted, Learner, TrainingRows
from risiko.pipeline.moments import Moments
from tests import small_authority as small
from tests.leak.test_leak import later_is_different

AT = small.DATES[1]
SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Learned:
    """All that is learned at the date, and the fold that it gives."""

    rows: TrainingRows
    fitted: Fitted
    fold: Fold


def learned(tables: Tables) -> Learned:
    learner = Learner(Moments(small.stored(tables)))
    return Learned(learner.rows(AT), learner.fit(AT), fold_of(learner, AT, ["learned"]))


@cache
def as_it_was() -> Learned:
    return learned(small.world())


def assert_learned_the_same(found: Learned) -> None:
    one, other = as_it_was(), found
    for name in ("X", "nuisance", "cohorts"):
        pd.testing.assert_frame_equal(getattr(one.rows, name), getattr(other.rows, name), check_exact=True, obj=name)
    pd.testing.assert_series_equal(one.rows.known_from, other.rows.known_from)
    np.testing.assert_array_equal(one.rows.y, other.rows.y)
    np.testing.assert_array_equal(one.rows.weight, other.rows.weight)
    assert one.fitted.recalibration == other.fitted.recalibration
    assert one.fitted.recalibrated_on == other.fitted.recalibrated_on
    pd.testing.assert_frame_equal(one.fold.scores, other.fold.scores, check_exact=True)
    pd.testing.assert_frame_equal(one.fold.about, other.fold.about, check_exact=True)
    told = ["method", "n", "n_events", "cohorts", "slope", "offset", "recalibrated_on", "recalibrated_events"]
    pd.testing.assert_frame_equal(one.fold.facts[told], other.fold.facts[told], check_exact=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_becomes_known_later_a_score_learns_and_says_the_same(seed: int) -> None:
    """Every table is rewritten beyond the date: rows gone, changed, corrected and new."""
    assert_learned_the_same(learned(later_is_different(small.world(), AT, seed)))


def planted(table: str, rows: pd.DataFrame, **values: object) -> Tables:
    """The world with more rows, copies of some with other values."""
    more = CONTRACTS[table].conform(rows.assign(**values))
    return {**small.world(), table: pd.concat([small.world()[table], more], ignore_index=True)}


def learned_from() -> pd.DataFrame:
    """Findings of visits in the windows that the score of the date has learned from."""
    world = small.world()
    visits = world["supervisions"]
    inside = visits[(visits["event_date"] > pd.Timestamp("2019-05-31")) & (visits["known_date"] <= pd.Timestamp(AT))]
    return world["findings"][world["findings"]["supervision_id"].isin(inside["supervision_id"])]


def test_a_finding_added_to_an_old_visit_after_the_date_is_not_seen() -> None:
    ids = [f"late-{i}" for i in range(len(learned_from()))]
    worse = ["serious_breach", "none"] * len(ids)
    world = planted("findings", learned_from(), finding_id=ids, known_date=pd.Timestamp(AT) + pd.Timedelta(days=1),
                    severity=worse[: len(ids)])  # fmt: skip
    assert_learned_the_same(learned(world))


def test_a_finding_corrected_after_the_date_counts_as_it_was_known() -> None:
    later = pd.Timestamp(AT) + pd.Timedelta(days=1)
    flipped = learned_from()["severity"].map(lambda word: "none" if "breach" in word else "serious_breach")
    found = learned(planted("findings", learned_from(), known_date=later, severity=flipped))
    assert_learned_the_same(found)


def test_the_test_sees_what_was_known_on_the_day_itself() -> None:
    """The same corrections known a day earlier are no leak, and must change what is learned."""
    flipped = learned_from()["severity"].map(lambda word: "none" if "breach" in word else "serious_breach")
    found = learned(planted("findings", learned_from(), known_date=pd.Timestamp(AT), severity=flipped))
    with pytest.raises(AssertionError):
        assert_learned_the_same(found)
    assert found.rows.events != as_it_was().rows.events


def test_what_was_found_after_the_date_changes_the_outcome_it_is_judged_by() -> None:
    """Otherwise the fold's scores would stay the same for want of anything that could change."""
    visits = small.world()["supervisions"]
    after = visits[(visits["event_date"] > pd.Timestamp(AT)) & (visits["event_date"] <= pd.Timestamp(AT) + pd.Timedelta(days=365))]
    rows = small.world()["findings"].head(1)
    rows = rows.loc[rows.index.repeat(len(after))].reset_index(drop=True)
    found = learned(planted("findings", rows, finding_id=[f"new-{i}" for i in range(len(after))], severity="serious_breach",
                            supervision_id=after["supervision_id"].array, known_date=after["known_date"].array))  # fmt: skip
    assert_learned_the_same(found)
    assert found.fold.outcome.sum() > as_it_was().fold.outcome.sum()
    assert found.fold.outcome.dropna().eq(1).all()


@pytest.mark.parametrize("day", [AT, date(2020, 5, 31)])
def test_a_row_known_tomorrow_changes_nothing_in_a_moment(day: date) -> None:
    tomorrow = pd.Timestamp(day) + pd.Timedelta(days=1)
    world = dict(small.world())
    for name, frame in world.items():
        if not CONTRACTS[name].timeless:
            known = frame[frame["known_date"] <= pd.Timestamp(day)].head(40)
            extra = [column for column in frame if column not in CONTRACTS[name].by_name]
            new = CONTRACTS[name].conform(known.assign(known_date=tomorrow), extra)
            ids = new[CONTRACTS[name].id_columns[0]]
            more = [new.assign(**{CONTRACTS[name].id_columns[0]: "new-" + ids})] if name != "external_scores" else []
            world[name] = pd.concat([frame, new, *more], ignore_index=True)
    one, other = (Moments(small.stored(tables)).at(day) for tables in (small.world(), world))
    for part in ("inputs", "baselines", "about"):
        pd.testing.assert_frame_equal(getattr(one, part), getattr(other, part), check_exact=True, obj=part)
