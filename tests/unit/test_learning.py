"""Which labelled rows a score learns from, how they count, and how it is set straight on the newest year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from risiko.contracts import CONTRACTS, Tables
from risiko.errors import InputError, TooLittleToLearn
from risiko.pipeline.learning import Learner
from risiko.pipeline.moments import Moments
from risiko.scoring.calibration import fit_platt
from risiko.scoring.inputs import learnable
from risiko.signals import specs
from tests import small_authority as small

FIRST, _, LAST = small.DATES


def learner_of(tables: Tables) -> Learner:
    return Learner(Moments(small.stored(tables)))


def under(outcome: dict[str, object] | None = None, **learning: object) -> Learner:
    """The small authority, learning under other settings."""
    return Learner(Moments(replace(small.authority(), settings=small.rules(outcome=outcome, **learning))))


def set_column(table: str, **values: object) -> Tables:
    changed = small.world()[table].assign(**values)
    return {**small.world(), table: CONTRACTS[table].conform(changed, [c for c in changed if c not in CONTRACTS[table].by_name])}


def test_every_row_is_of_a_window_that_had_ended_and_a_label_that_was_known() -> None:
    rows = small.learner().rows(LAST)
    assert list(rows.cohorts["as_of"]) == [date(2019, 5, 31), date(2020, 5, 31), date(2021, 5, 31), date(2022, 5, 31)]
    assert (rows.cohorts["window_end"] <= LAST).all()
    assert rows.known_from.max() <= pd.Timestamp(LAST)
    assert set(rows.y) == {0.0, 1.0}
    assert len(rows.X) == len(rows.y) == len(rows.weight) == len(rows.nuisance) == rows.cohorts["n"].sum()
    assert rows.events == rows.cohorts["n_events"].sum() > 15


def test_the_rows_are_all_those_labels_with_what_was_known_of_the_service_at_its_own_date() -> None:
    moments, rows = small.learner().moments, small.learner().rows(LAST)
    begin = 0
    for cohort in rows.cohorts.itertuples():
        labels = moments.labels(cohort.as_of, known_by=LAST)
        known = labels.usable(LAST)
        assert known.sum() == cohort.n
        part = slice(begin, begin + cohort.n)
        pd.testing.assert_frame_equal(rows.X.iloc[part], moments.at(cohort.as_of).inputs[known])
        assert rows.y[part].tolist() == labels.frame["outcome"][known].tolist()
        assert set(rows.nuisance["cohort"].iloc[part]) == {str(cohort.as_of)}
        begin += cohort.n


def test_a_cohort_counts_half_for_every_two_years_of_age() -> None:
    rows = small.learner().rows(LAST)
    table = rows.cohorts.set_index("as_of")["weight"]
    assert table[date(2021, 5, 31)] == pytest.approx(0.5, abs=1e-3)
    assert table[date(2019, 5, 31)] == pytest.approx(0.25, abs=1e-3)
    assert rows.weight.tolist() == np.repeat(table.to_numpy(), rows.cohorts["n"]).tolist()


def test_a_cohort_too_new_for_a_whole_window_is_used_with_the_short_one() -> None:
    learner = under(months_between=6, short_days=182)
    found, newest = learner.rows(FIRST), date(2020, 11, 30)
    spans = found.cohorts.set_index("as_of")["horizon_days"].to_dict()
    assert spans.pop(newest) == 182
    assert found.cohorts["window_end"].iloc[-1] == newest + timedelta(days=182)
    assert len(spans) > 1
    assert set(spans.values()) == {365}
    assert found.whole["as_of"].iloc[-1] == date(2020, 5, 31)  # a year cut short is no complete one
    whole = Learner(learner.moments)
    whole.settings = small.rules(months_between=6, short_days=0)
    assert list(whole.rows(FIRST).cohorts["as_of"]) == list(spans)


@pytest.mark.parametrize("rule", [{"minimum_events": 10_000}, {"minimum_dates": 99}])
def test_with_too_little_to_learn_from_the_points_score_stays(rule: dict[str, object]) -> None:
    learner = under(**rule)
    found = learner.rows(FIRST)
    with pytest.raises(TooLittleToLearn, match=f"{found.events} outcomes in {len(found.cohorts)} cohorts") as told:
        learner.fit(FIRST)
    assert "points score stays" in told.value.hint
    assert told.value.exit_code == 8


def test_before_any_window_has_ended_there_is_nothing_to_learn() -> None:
    with pytest.raises(TooLittleToLearn, match="No supervision could be learned from"):
        small.learner().rows(small.learner().moments.first + timedelta(days=200))


def test_recalibration_rests_on_predictions_of_the_model_that_had_not_seen_the_year() -> None:
    learner = small.learner()
    found = learner.fit(LAST)
    newest, n, events = found.recalibrated_on
    assert newest == date(2022, 5, 31)
    labels = learner.moments.labels(newest, known_by=LAST)
    known = labels.usable(LAST)
    assert learner.rows(newest).known_from.max() <= pd.Timestamp(newest)  # that model knew no label of its own future
    expected = fit_platt(
        learner.raw(newest).decision_function(learner.moments.at(newest).inputs[known]),
        labels.frame["outcome"].to_numpy(dtype=float)[known], prior_events=learner.settings.learning.recalibration_prior,
    )  # fmt: skip
    assert found.recalibration == expected
    assert expected.slope != 1.0
    assert (n, events) == (known.sum(), labels.frame["outcome"][known].sum())
    X = learner.moments.at(LAST).inputs
    raw = learner.raw(LAST).decision_function(X)  # as fitted: recalibration has not touched it
    assert found.model.decision_function(X) == pytest.approx(expected.apply(raw), abs=1e-9)


def test_where_too_little_was_known_a_year_ago_the_score_stays_as_fitted_and_says_so() -> None:
    found = small.learner().fit(FIRST)
    assert (found.recalibration.slope, found.recalibration.offset) == (1.0, 0.0)
    assert found.recalibrated_on == (None, 0, 0)
    assert any("Not recalibrated" in warning for warning in found.warnings)


def test_an_outcome_nearly_everyone_has_is_warned_of() -> None:
    found = under({"severity": "remark", "high_base_rate": 0.6}).fit(FIRST)
    assert any("hardly tells services apart" in warning for warning in found.warnings)


def test_an_office_that_is_not_recorded_is_the_one_that_supervises_the_service() -> None:
    learner = learner_of(set_column("supervisions", office=None, team=None))
    rows = learner.rows(FIRST)
    office = pd.concat([learner.moments.at(day).about["office"] for day in rows.cohorts["as_of"]],
                       keys=list(rows.cohorts["as_of"].astype("str")))  # fmt: skip
    keys = pd.MultiIndex.from_arrays([rows.nuisance["cohort"], rows.X.index])
    assert rows.nuisance["office"].tolist() == office.reindex(keys).tolist()
    assert rows.nuisance["office"].nunique() > 3
    assert "team" not in rows.nuisance  # nobody says which


@pytest.mark.parametrize("severity", ["none", "serious_breach"])
def test_one_kind_of_outcome_only_teaches_nothing_and_is_said_plainly(severity: str) -> None:
    learner = learner_of(set_column("findings", severity=severity, severity_score=None))
    with pytest.raises((InputError, TooLittleToLearn), match="outcome") as told:
        learner.fit(FIRST)
    assert told.value.hint


def test_nothing_of_office_team_area_or_provider_identity_is_among_the_inputs() -> None:
    moment = small.learner().moments.at(LAST)
    chosen = learnable(specs(small.learner().moments.tables, small.rules()), small.rules())
    assert [s.name for s in chosen if f"{s.name}|standing" not in moment.inputs] == []
    assert list(moment.inputs)[-1] == "service_type"
    signals = {column.partition("|")[0] for column in list(moment.inputs)[:-1]}
    assert signals == {s.name for s in chosen}


def test_the_authoritys_own_score_is_an_input_only_where_settings_name_it() -> None:
    name = small.world()["external_scores"]["name"].iloc[0]
    moment = under(external_score=name).moments.at(FIRST)
    told = moment.inputs["external_score|standing"]
    assert told.notna().any()
    assert told.to_numpy() == pytest.approx(moment.baselines["own_score"].to_numpy(), rel=1e-5, nan_ok=True)
    assert "external_score|standing" not in small.learner().moments.at(FIRST).inputs
    assert under(external_score=name).groups["external_score"] == "history"


def test_an_unknown_kind_of_model_is_refused() -> None:
    with pytest.raises(InputError, match="no kind of model called 'forest'"):
        small.learner().fit(LAST, "forest")
