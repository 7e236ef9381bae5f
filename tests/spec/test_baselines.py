"""The rankings a score is held against, drawn as tables: what each says, and where it says nothing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.contracts import Tables
from risiko.scoring.baselines import BASELINES, OWN, baselines
from tests.drawn import table, tables

DAY = date(2023, 12, 31)
SERVICES = """
    service_id | valid_from | users
    a          | 2010-01-01 | 50
    b          | 2010-01-01 | 50
    c          | 2021-12-31 | 50
    d          | 2015-12-31 |
    """
COMPLAINTS = """
    service_id | event_date | n | severity | outcome
    a          | 2023-06-01 | 3 | 2        | upheld
    a          | 2018-06-01 | 9 | 2        | upheld
    d          | 2023-06-01 | 2 | 2        | upheld
    """
VISITS = """
    supervision_id | service_id | event_date
    a1             | a          | 2013-12-31
    b1             | b          | 2022-12-31
    """
FINDINGS = """
    supervision_id | known_date | severity
    a1             | 2014-02-01 | serious_breach
    b1             | 2023-02-01 | remark
    """
WORLD = tables(services=SERVICES, complaints=COMPLAINTS, supervisions=VISITS, findings=FINDINGS)


def held(world: Tables, seed: int = 1) -> pd.DataFrame:
    found = pipeline.prepare_tables(world, DAY, settings.load())
    return baselines(found.features, found.settings, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return held(WORLD)


def test_every_ranking_has_a_column_of_numbers_for_the_whole_cohort(frame: pd.DataFrame) -> None:
    assert tuple(frame) == BASELINES
    assert list(frame.index) == ["a", "b", "c", "d"]
    assert set(frame.dtypes) == {np.dtype(float)}
    assert not {"complaints_upheld", "outcome"} & set(frame)


def test_time_since_last_goes_by_the_age_of_a_service_that_nobody_visited(frame: pd.DataFrame) -> None:
    assert frame["time_since_last"].to_dict() == pytest.approx({"a": 10, "b": 1, "c": 2, "d": 8}, abs=0.02)


def test_complaints_count_in_the_long_window_and_a_rate_needs_users(frame: pd.DataFrame) -> None:
    assert frame["complaint_count"].to_dict() == {"a": 3, "b": 0, "c": 0, "d": 2}
    assert frame.loc["a", "complaint_rate"] > frame.loc["b", "complaint_rate"]
    assert frame.loc[["b", "c"], "complaint_rate"].notna().all()  # a true zero stands


def test_without_a_supervision_there_is_no_last_outcome(frame: pd.DataFrame) -> None:
    assert frame["last_outcome"].to_dict() == pytest.approx({"a": 3, "b": 1, "c": np.nan, "d": np.nan}, nan_ok=True)


def test_points_is_the_log_odds_of_the_points_score(frame: pd.DataFrame) -> None:
    ranked = pipeline.rank(pipeline.prepare_tables(WORLD, DAY, settings.load())).table.frame().set_index("service_id")
    likelihood = ranked["likelihood"].reindex(frame.index)
    assert frame["points"].to_numpy() == pytest.approx(np.log(likelihood / (1 - likelihood)).to_numpy(), abs=1e-9)


def test_random_is_drawn_by_the_given_generator_and_nothing_else_is(frame: pd.DataFrame) -> None:
    same, other = held(WORLD), held(WORLD, seed=2)
    pd.testing.assert_frame_equal(same, frame)
    assert (other["random"] != frame["random"]).all()
    pd.testing.assert_frame_equal(other.drop(columns="random"), frame.drop(columns="random"))


SCORES = """
    service_id | name | known_date | value
    a          | own  | 2023-01-01 | 1.5
    a          | own  | 2023-06-01 | 2.5
    b          | own  | 2024-01-01 | 9
    """


def test_the_authoritys_own_score_is_the_newest_known_and_blank_where_there_is_none() -> None:
    frame = held({**WORLD, "external_scores": table("external_scores", SCORES)})
    assert frame[OWN].to_dict() == pytest.approx({"a": 2.5, "b": np.nan, "c": np.nan, "d": np.nan}, nan_ok=True)


def test_several_scores_of_others_are_told_apart_by_name() -> None:
    frame = held({**WORLD, "external_scores": table("external_scores", SCORES + "    c | heat | 2023-01-01 | 7\n")})
    assert [name for name in frame if name.startswith(OWN)] == [f"{OWN}:heat", f"{OWN}:own"]
    assert frame.loc["c", f"{OWN}:heat"] == 7
    assert frame.loc["a", f"{OWN}:own"] == 2.5
