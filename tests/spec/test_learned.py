"""The learned score and its terms: what a reading may and may not do to a score, and what training takes out again."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from risiko import settings
from risiko.asof import FloatArray
from risiko.errors import InputError
from risiko.scoring.design import Design
from risiko.scoring.inputs import TYPE
from risiko.scoring.learned import LearnedScore
from tests.learnable import GROUPS, MISSING_ADDS, PLANTED, TYPES, Drawn, draw

MILD = 5.0  # a penalty that hardly holds back what 6,000 rows say


@cache
def world(strict: float = 0.0) -> Drawn:
    return draw(0, strict=strict)


@cache
def trained(strict: float = 0.0, known: bool = True, knots: int = 2) -> LearnedScore:
    """Never changed by a test: it is shared."""
    seen = world(strict)
    model = LearnedScore(GROUPS, penalty=MILD, knots=knots)
    return model.fit(seen.X, seen.y, None, seen.nuisance if known else None)


def curve(model: LearnedScore, signal: str, levels: FloatArray) -> FloatArray:
    """What a signal adds at each standing, with everything else of one service as it is."""
    X = world().X.iloc[[0] * len(levels)].assign(**{f"{signal}|standing": levels, f"{signal}|n": 4.0})
    return model.contributions(X)[signal].to_numpy()


def design(X: pd.DataFrame, *, clip: float = 4.0, knots: int = 2, lower: bool = False) -> Design:
    return Design(GROUPS, clip=clip, knots=knots, low_complaints_lower=lower).fit(X)


def one_signal(standing: list[float], signal: str = "past_breaches", **parts: list[float]) -> pd.DataFrame:
    columns = {f"{signal}|standing": standing, **{f"{signal}|{part}": values for part, values in parts.items()}}
    return pd.DataFrame(columns).assign(service_type=pd.array(["home"] * len(standing), dtype="str"))


# The score


@pytest.mark.parametrize("signal", ["past_breaches", "survey", "size"])
def test_the_planted_pull_of_a_signal_is_recovered(signal: str) -> None:
    low, high = curve(trained(), signal, np.array([-1.5, 1.5]))
    assert (high - low) / 3 == pytest.approx(PLANTED[signal], abs=0.12)


def test_complaints_above_what_is_expected_add_as_planted() -> None:
    nothing, some = curve(trained(), "complaint_rate", np.array([0.0, 2.0]))
    assert (some - nothing) / 2 == pytest.approx(PLANTED["complaint_rate"], abs=0.12)


def test_a_missing_survey_has_a_term_of_its_own() -> None:
    assert curve(trained(), "survey", np.array([np.nan, 0.0])) @ [1, -1] == pytest.approx(MISSING_ADDS, abs=0.3)


def test_the_types_of_service_differ_as_planted_and_one_never_seen_is_average() -> None:
    kinds = [*TYPES, "never seen"]
    X = world().X.iloc[[0] * len(kinds)].assign(service_type=pd.array(kinds, dtype="str"))
    added = dict(zip(kinds, trained().contributions(X)["service_type"], strict=True))
    assert added["hospital"] - added["nursery"] == pytest.approx(1.6, abs=0.25)
    share = world().X["service_type"].value_counts(normalize=True)
    assert added["never seen"] == pytest.approx(sum(share[kind] * added[kind] for kind in TYPES), abs=0.02)


def test_what_a_signal_does_not_say_adds_nothing() -> None:
    X = world().X[world().X["service_type"] == "home"].iloc[:1]
    quiet = X.assign(**{f"{signal}|standing": 0.0 for signal in PLANTED}, **{"complaint_rate|n": 0.0})
    usual = quiet.assign(**{"complaint_rate|n": 4.0})
    added = trained().contributions(quiet).iloc[0]
    assert added["complaint_rate"] == 0
    assert added[["past_breaches", "survey", "size"]].abs().max() < 0.1  # their counts and ages, away from the mean
    assert trained().decision_function(usual)[0] == pytest.approx(-2.0, abs=0.2)  # as planted for a home


def test_with_no_knots_the_curves_are_straight_lines() -> None:
    steps = np.diff(curve(trained(knots=0), "survey", np.linspace(-2, 2, 9)))
    assert steps == pytest.approx(steps.mean())
    bent = np.diff(curve(trained(knots=2), "survey", np.linspace(-2, 2, 9)))
    assert bent.std() > 1e-3


def test_an_office_that_judges_strictly_is_taken_out_and_told() -> None:
    effects = trained(3.0).nuisance_frame().set_index(["kind", "level"])["effect"]
    assert list(effects.index.get_level_values("kind").unique()) == ["cohort", "office"]
    assert effects["office", "strict"] - effects["office", "mild"] == pytest.approx(3.0, abs=0.25)
    assert abs(effects["office", "usual"] - effects["office", "mild"]) < 0.3
    assert trained(3.0).base_ == pytest.approx(trained(0.0).base_ + 1.0, abs=0.3)  # one of three offices, three stricter


def test_a_judge_who_is_not_named_has_no_level() -> None:
    seen = draw(3, rows=800)
    nuisance = seen.nuisance.assign(team=pd.Series(np.where(np.arange(800) % 2, "a", None)).astype("str"))
    frame = LearnedScore(GROUPS).fit(seen.X, seen.y, None, nuisance).nuisance_frame()
    assert list(frame.loc[frame["kind"] == "team", "level"]) == ["a"]


def test_rows_told_twice_and_the_penalty_doubled_are_the_same_score() -> None:
    seen = draw(4, rows=900)
    twice = pd.concat([seen.X, seen.X])
    once = LearnedScore(GROUPS, penalty=50).fit(seen.X, seen.y)
    doubled = LearnedScore(GROUPS, penalty=100).fit(twice, np.r_[seen.y, seen.y])
    assert doubled.decision_function(seen.X) == pytest.approx(once.decision_function(seen.X), abs=1e-4)


def test_a_row_of_more_weight_teaches_more() -> None:
    seen = draw(5, rows=900)
    weight = np.random.default_rng(0).uniform(0.2, 2, 900)
    plain, weighed = (LearnedScore(GROUPS).fit(seen.X, seen.y, w).decision_function(seen.X) for w in (None, weight))
    assert np.abs(plain - weighed).max() > 1e-3


def test_a_stronger_penalty_spreads_the_services_less() -> None:
    seen = draw(6, rows=2000)
    spread = [LearnedScore(GROUPS, penalty=p).fit(seen.X, seen.y).decision_function(seen.X).std() for p in (1, 100, 1e4, 1e6)]
    assert spread == sorted(spread, reverse=True)
    assert spread[-1] < 0.1


def test_the_settings_reach_the_score() -> None:
    chosen = settings.load()
    other = chosen.model_copy(update={"learning": chosen.learning.model_copy(update={"penalty": 7.0, "clip": 3.0, "knots": 1})})
    assert LearnedScore.from_settings(GROUPS, other).get_params() == {
        "groups": GROUPS, "penalty": 7.0, "clip": 3.0, "knots": 1,
        "low_complaints_lower": chosen.score.low_complaints_lower_likelihood,
    }  # fmt: skip


# Its terms


@pytest.mark.parametrize("knots", [0, 1, 2, 5])
def test_the_pieces_of_a_curve_sum_to_the_standing_itself(knots: int) -> None:
    values = np.random.default_rng(0).normal(size=400).round(3)
    found = design(one_signal(values.tolist()), knots=knots, clip=1e9)
    terms = found.transform(one_signal(values.tolist())) * found.spread_
    assert terms.shape[1] == knots + 1
    assert terms.sum(axis=1) == pytest.approx(values)


def test_every_piece_is_nothing_where_a_reading_says_nothing() -> None:
    found = design(one_signal(np.random.default_rng(1).normal(size=400).tolist()))
    assert (found.transform(one_signal([0.0])) == 0).all()


def test_pieces_never_fall_as_the_standing_rises() -> None:
    found = design(one_signal(np.random.default_rng(2).normal(size=400).tolist()))
    assert np.diff(found.transform(one_signal(np.linspace(-50, 50, 401).tolist())), axis=0).min() >= 0


def test_a_service_far_from_all_others_counts_as_the_limit() -> None:
    found = design(one_signal(np.random.default_rng(3).normal(size=400).tolist()), clip=4.0)
    far, farther = found.transform(one_signal([1e4, 1e8]))
    assert far.max() == 4.0
    assert (far == farther).all()


@pytest.mark.parametrize(("lower", "few"), [(False, 0.0), (True, -2.0)])
def test_fewer_complaints_than_expected_count_only_where_settings_say_so(lower: bool, few: float) -> None:
    values = np.random.default_rng(4).normal(size=400).tolist()
    found = design(one_signal(values, "complaint_rate"), knots=0, lower=lower, clip=1e9)
    assert found.transform(one_signal([-2.0], "complaint_rate")) * found.spread_ == pytest.approx(few)


def test_counts_are_taken_as_logarithms_from_the_training_mean() -> None:
    counts = [0.0, 1.0, 3.0, 7.0]
    found = design(one_signal([1.0] * 4, n=counts), clip=1e9)
    inside = found.transform(one_signal([1.0] * 4, n=counts))[:, -1] * found.spread_[-1]
    assert inside == pytest.approx(np.log([1, 2, 4, 8]) - np.log([1, 2, 4, 8]).mean())


def test_a_signal_without_an_age_is_of_the_average_age() -> None:
    found = design(one_signal([1.0, 2, 3, 4], freshness=[1.0, 3.0, 2.0, 6.0]), knots=0)
    blank, mean = found.transform(one_signal([1.0, 1.0], freshness=[np.nan, 3.0]))
    assert blank == pytest.approx(mean)


def test_what_does_not_vary_in_training_has_no_term() -> None:
    found = design(one_signal([1.0, 2.0, 3.0, 4.0], n=[5.0] * 4), knots=0)
    assert found.signal_ == ["past_breaches"]
    X = one_signal([1.0] * 3)
    assert design(X).transform(X).shape == (3, 0)


def test_terms_are_summed_by_the_signal_they_belong_to() -> None:
    found = design(world().X)
    added = np.arange(len(found.signal_), dtype=float)[None]
    sums = found.by_signal(added)
    assert list(sums) == [*PLANTED, "service_type"]
    assert sums.to_numpy().sum() == added.sum()
    assert sums["survey"][0] == sum(i for i, name in enumerate(found.signal_) if name == "survey")


@pytest.mark.parametrize("wrong", [np.inf, -np.inf])
def test_an_infinite_reading_is_refused_in_one_sentence(wrong: float) -> None:
    with pytest.raises(InputError, match="infinite"):
        design(world().X).transform(world().X.assign(**{"size|n": wrong}))


def test_no_more_than_five_absent_signals_are_listed() -> None:
    with pytest.raises(InputError) as caught:
        design(world().X).transform(world().X[["service_type"]])
    assert caught.value.what.count("|") == 5


def test_the_truth_lies_within_the_spread_it_tells_of_itself() -> None:
    """Twelve worlds drawn alike: distance of the scores from the planted log-odds, the level of each set apart."""
    unseen, held, further = draw(99, rows=400), [], []
    for seed in range(40, 52):
        one = draw(seed, rows=3000)
        fit = LearnedScore(GROUPS, penalty=5.0).fit(one.X, one.y)
        off = fit.decision_function(unseen.X) - unseen.log_odds
        told = np.sqrt((fit.pulls(unseen.X) ** 2).sum(axis=1))
        held.append((np.abs(off - off.mean()) <= 1.645 * told).mean())
        further.append(np.corrcoef(told, np.abs(off - off.mean()))[0, 1])
    assert np.mean(held) == pytest.approx(0.9, abs=0.06)
    assert np.mean(further) > 0.15, "where the services are unusual it knows less"


def test_recalibration_stretches_the_spread_with_the_score_and_readings_are_a_part_of_the_whole() -> None:
    model, seen = LearnedScore(GROUPS, penalty=5.0).fit(world().X, world().y), world().X.head(50)
    before = model.pulls(seen)
    read, whole = model.contributions(seen, read_only=True), model.contributions(seen)
    model.recalibrate(0.5, 0.1)
    assert model.pulls(seen) == pytest.approx(before / 2)
    assert (read[TYPE] == 0).all()
    assert (whole[TYPE] != 0).any()
    told = seen["survey|standing"].notna().to_numpy()
    assert (read["survey"][~told] == 0).all()
    assert (whole["survey"][~told] > 0).all(), "that it is missing is no reading"


def test_a_model_that_kept_no_spread_of_its_own_is_to_be_trained_again() -> None:
    old = LearnedScore(GROUPS).fit(world().X, world().y)
    del old.root_
    with pytest.raises(InputError, match="before its own uncertainty was kept"):
        old.pulls(world().X)
