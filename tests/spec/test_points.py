"""The day-one score: what it adds up to, what it leaves out and how it says how sure it is."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, settings
from tests.drawn import tables

NAMES = [f"s{i:02d}" for i in range(30)]
SERVICES = "service_id | users\n" + "\n".join(f"{name} | 100" for name in NAMES)
COMPLAINTS = "service_id | event_date | n\n" + "\n".join(f"{name} | 2023-05-01 | {i // 5}" for i, name in enumerate(NAMES))
SURVEYS = "service_id | event_date | score | n\n" + "\n".join(f"{name} | 2023-05-01 | {90 - 2 * i} | 60" for i, name in enumerate(NAMES))


def run(weights: dict[str, float] | None = None, **drawn: str) -> pipeline.Run:
    prepared = pipeline.prepare_tables(tables(**{"services": SERVICES, **drawn}), date(2023, 12, 31), settings.load())
    return pipeline.rank(prepared, weights)


def log_odds(p: pd.Series) -> pd.Series:
    return np.log(p / (1 - p))


def test_contributions_add_up_to_the_score_by_signal_and_by_group() -> None:
    table = run(complaints=COMPLAINTS, experiences=SURVEYS).table
    target = log_odds(table.scores["likelihood"]) - table.base
    assert (table.contributions.sum(axis=1) - target).abs().max() < 1e-9
    assert (table.by_group().sum(axis=1) - target).abs().max() < 1e-9
    assert list(table.by_group().columns) == ["complaints", "experience", "metadata", "history"]


def test_a_poor_experience_and_many_complaints_lift_a_service() -> None:
    scores = run(complaints=COMPLAINTS, experiences=SURVEYS).table.scores
    assert scores["rank"].idxmin() == "s29"
    assert scores.loc["s29", "likelihood"] > 0.1 > scores.loc["s00", "likelihood"]


def test_silence_is_not_safety_few_complaints_never_lower_the_likelihood() -> None:
    table = run(complaints=COMPLAINTS).table
    assert (table.by_group()["complaints"] >= 0).all()
    assert table.by_group()["complaints"]["s00"] == 0


def test_a_service_nobody_has_said_anything_about_stands_at_the_base_and_is_uncertain() -> None:
    table = run(complaints=COMPLAINTS, experiences=SURVEYS, services=SERVICES + "\nunheard | ").table
    unheard = table.scores.loc["unheard"]
    reading = table.contributions.loc["unheard"]
    assert reading[["complaint_rate_short", "experience_mean", "last_finding"]].tolist() == [0, 0, 0]
    assert unheard["evidence"] < table.scores["evidence"].drop("unheard").min()
    assert unheard["rank_high"] - unheard["rank_low"] > 15


def test_priority_is_likelihood_times_consequence_and_ranks_share_ties() -> None:
    scores = run(services="service_id | users\na | 100\nb | 100\nc | 10").table.scores
    assert np.allclose(scores["priority"], scores["likelihood"] * scores["consequence"])
    assert scores["rank"].to_dict() == {"a": 1, "b": 1, "c": 3}


def test_consequence_grows_with_users_and_with_each_degree() -> None:
    scores = run(services="""
        service_id | users | dependency | vulnerability | coercion
        plain      | 100   | 0          | 0             | 0
        big        | 1000  | 0          | 0             | 0
        vulnerable | 100   | 0          | 3             | 0
        coercive   | 100   | 0          | 0             | 3
        dependent  | 100   | 3          | 0             | 0
        unknown    |       | 0          | 0             | 0
        """).table.scores["consequence"]  # fmt: skip
    assert scores.round(4).to_dict() == {
        "plain": 1, "big": 1.4970, "vulnerable": 2, "coercive": 1.5, "dependent": 1.5,
        "unknown": 1,  # the median of its type stands in
    }  # fmt: skip


def test_no_signal_counts_beyond_the_cap() -> None:
    extreme = COMPLAINTS.replace("s29 | 2023-05-01 | 5", "s29 | 2023-05-01 | 900")
    table = run(complaints=extreme).table
    rule = settings.load().score
    assert 0 < table.contributions.loc["s29", "complaint_rate"] <= rule.cap * rule.weights["complaint_rate"] + 1e-12


def test_weights_are_the_planners_to_change() -> None:
    drawn = {"complaints": COMPLAINTS, "experiences": SURVEYS}
    without = run({"experience_mean": 0.0}, **drawn).table
    assert (without.contributions["experience_mean"] == 0).all()
    assert (without.contributions["complaint_rate"] == run(**drawn).table.contributions["complaint_rate"]).all()
    assert (without.contributions["complaint_rate"] > 0).any()


def test_the_interval_holds_the_rank_and_the_same_records_give_the_same_list() -> None:
    one, two = (run(complaints=COMPLAINTS, experiences=SURVEYS).table.scores for _ in range(2))
    assert ((one["rank_low"] <= one["rank"]) & (one["rank"] <= one["rank_high"])).all()
    pd.testing.assert_frame_equal(one, two)


def test_more_answers_narrow_the_interval() -> None:
    thin = SURVEYS.replace("| 60", "| 2")
    width = [(s["rank_high"] - s["rank_low"]).mean() for s in (run(experiences=e).table.scores for e in (SURVEYS, thin))]
    assert width[0] < width[1]


def test_natural_persons_are_counted_and_never_scored() -> None:
    r = run(services="service_id | natural_person\na | false\nperson | true")
    assert list(r.table.scores.index) == ["a"]
    assert r.excluded["natural_person"] == 1


def test_order_of_the_rows_does_not_matter() -> None:
    shuffled = "\n".join([SERVICES.splitlines()[0], *reversed(SERVICES.splitlines()[1:])])
    pd.testing.assert_frame_equal(run(complaints=COMPLAINTS).table.scores, run(complaints=COMPLAINTS, services=shuffled).table.scores)


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_services_can_be_scored(n: int) -> None:
    scores = run(services="service_id | users\n" + "\n".join(f"s{i} | 10" for i in range(n))).table.scores
    assert scores["rank"].tolist() == [1] * n
    assert np.isfinite(scores.to_numpy(dtype=float)).all()


def test_a_registered_nought_of_users_is_a_number_that_is_missing() -> None:
    scores = run(services="service_id | users\na | 100\nb | 0\nc | 100").table.scores
    assert scores["consequence"].nunique() == 1
    assert run(services="service_id | users\na | 0\nb | ").table.scores["priority"].gt(0).all()


def test_services_that_tie_have_the_same_interval_whatever_their_ids() -> None:
    services = "service_id | users\n" + "\n".join(f"s{i} | 100" for i in range(6))
    scores = run(services=services).table.scores
    assert scores["rank"].tolist() == [1] * 6
    assert scores[["rank_low", "rank_high"]].drop_duplicates().to_numpy().tolist() == [[1, 6]]


def test_what_a_signal_adds_is_shared_by_the_dimensions_it_speaks_of() -> None:
    table = run(complaints=COMPLAINTS, experiences=SURVEYS).table
    shared = table.by_dimension({"experience_mean": ("safe", "involving")})
    target = log_odds(table.scores["likelihood"]) - table.base
    assert (shared.sum(axis=1) - target).abs().max() < 1e-9
    half = table.contributions["experience_mean"] / 2
    pd.testing.assert_series_equal(shared["safe"], half, check_names=False)
    pd.testing.assert_series_equal(shared["involving"], half, check_names=False)
    assert (shared["effective"] == 0).all()


def test_the_chances_are_those_of_the_capacity_and_the_list_goes_by_them() -> None:
    prepared = pipeline.prepare_tables(tables(services=SERVICES, complaints=COMPLAINTS, experiences=SURVEYS), date(2023, 12, 31), settings.load())
    for top in (1, 10, 30, 99):
        scores = pipeline.rank(prepared, top=top).table.scores
        assert scores["p_top"].sum() == pytest.approx(min(top, 30))
        order = scores.sort_values("rank")["p_top"].round(3)
        assert order.is_monotonic_decreasing
        assert scores["tier"].loc[scores.sort_values("rank").index].is_monotonic_increasing
    few, same = pipeline.rank(prepared, top=3), pipeline.with_capacity(pipeline.rank(prepared), 3)
    pd.testing.assert_frame_equal(few.table.scores, same.table.scores)


def test_a_number_of_users_that_is_not_known_widens_the_interval_of_that_service() -> None:
    users = "\n".join(f"u{i} | {10 * 4**(i % 4)}" for i in range(20))
    table = run(services=f"service_id | users\n{users}\nunknown | ").table
    assert table.law.harm_spread[-1] > 0.1
    assert (table.law.harm_spread[:-1] == 0).all()
    width = table.scores["rank_high"] - table.scores["rank_low"]
    assert width["unknown"] > width.drop("unknown").median()
