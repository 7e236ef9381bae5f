"""Estimates from visits that were not chosen by chance, against a survey package, enumeration and closed forms.

Single values are typed in with their source; the whole cases stand in the shared records (07_offpolicy).
"""

from __future__ import annotations

import json
from itertools import product
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.evaluate.propensity import chosen_probability, overlap
from risiko.evaluate.random_arm import chance_of_a_hit, exploration_size, horvitz_thompson, take_all_plus_random
from risiko.evaluate.selection import (
    METHODS,
    REASONS,
    CannotTell,
    Estimate,
    Visits,
    corrected,
    direct,
    doubly_robust,
    ipw,
    places,
    snipw,
)
from risiko.evaluate.swaps import contraction, swap_set

LIMITS = {"most_weight": 100, "minimum_ess": 10, "most_clipped": 0.05}


def case(shared: Path, name: str) -> dict:
    return json.loads((shared / "reference/07_offpolicy" / name).read_text())


# --- E01: known chances. R survey 4.1.1. ---

E01_FOUND = np.array([1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1.0])
E01_CHANCE = np.array([
    0.551328434376046, 0.810687537188642, 0.733414170937613, 0.534988619200885, 0.68235931918025, 0.747483917069621,
    0.833478942606598, 0.308077822765335, 0.461366460379213, 0.613329130946659, 0.393090574257076, 0.823850833787583,
    0.242660402297042, 0.157290167780593, 0.717134501133114, 0.758202725788578, 0.349409401975572])  # fmt: skip


def test_weighted_total_and_means_agree_with_the_survey_package() -> None:
    told = horvitz_thompson(E01_FOUND, E01_CHANCE, 40)
    assert told.total == pytest.approx(17.9237686287744, abs=1e-9)
    assert told.total_se == pytest.approx(4.72007149730601, abs=1e-9)
    assert told.total_se**2 == pytest.approx(22.2790749396806, abs=1e-9)
    assert told.mean == pytest.approx(0.448094215719361, abs=1e-9)
    assert told.mean_se == pytest.approx(4.72007149730601 / 40, abs=1e-9)
    assert (told.hajek, told.hajek_se) == pytest.approx((0.482616869270087, 0.113914149642914), abs=1e-9)


def test_e01_as_recorded(shared: Path) -> None:
    e01 = case(shared, "E01_ht_hajek.json")
    given, wanted = e01["inputs"], e01["expected"]
    told = horvitz_thompson(np.array(given["y"], dtype=float), np.array(given["pi"]), given["N"])
    got = {"ht_total": told.total, "ht_total_se": told.total_se, "ht_mean": told.mean, "hajek_mean": told.hajek,
           "hajek_se": told.hajek_se, "ht_var_formula": told.total_se**2}  # fmt: skip
    assert got == pytest.approx(wanted, abs=e01["tolerance"])


def test_visiting_all_leaves_no_doubt_and_visiting_none_leaves_no_mean() -> None:
    told = horvitz_thompson(np.array([1.0, 0, 1, 0]), np.ones(4), 4)
    assert (told.total, told.total_se, told.hajek, told.hajek_se) == (2, 0, 0.5, 0)
    assert np.isnan(horvitz_thompson(np.array([]), np.array([]), 4).hajek)


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.1, np.nan])
def test_impossible_chances_are_refused_with_their_position(chance: float) -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        horvitz_thompson(np.zeros(2), np.array([0.5, chance]), 4)


# --- E02: the top taken whole, and a draw from the rest. R survey 4.1.1. ---

E02_CHOSEN = np.array([1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0.0])
E02_DRAWN = np.array([1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0.0])


def test_take_all_plus_random_agrees_with_the_survey_package() -> None:
    told = take_all_plus_random(E02_CHOSEN, E02_DRAWN, 120)
    assert (told.total, told.total_se) == pytest.approx((37.5, 12.5090876057078), abs=1e-9)
    assert (told.share, told.share_se) == pytest.approx((0.3125, 0.104242396714232), abs=1e-9)
    assert (told.hit_rate_chosen, told.hit_rate_random, told.lift) == pytest.approx((2 / 3, 0.25, 8 / 3), abs=1e-9)
    assert told.low < 0.3125 < told.high


def test_e02_as_recorded(shared: Path) -> None:
    e02 = case(shared, "E02_greedy_plus_explore.json")
    given, wanted = e02["inputs"], e02["expected"]
    told = take_all_plus_random(np.array(given["greedy_y"], dtype=float), np.array(given["explore_y"], dtype=float), given["N"])
    got = {"total": told.total, "total_se": told.total_se, "prevalence": told.share, "prevalence_se": told.share_se,
           "hit_rate_greedy": told.hit_rate_chosen, "hit_rate_explore": told.hit_rate_random, "lift": told.lift}  # fmt: skip
    assert got == pytest.approx({key: wanted[key] for key in got}, abs=1e-9)


def test_no_finding_in_the_draw_is_no_certainty_that_there_is_none() -> None:
    told = take_all_plus_random(np.array([1.0, 0]), np.zeros(10), 102)
    assert (told.total, told.total_se) == (1, 0)
    assert told.high == pytest.approx((1 + 100 * 0.2775) / 102, abs=1e-3)  # Wilson for 0 of 10: 0 to .2775
    assert np.isnan(told.lift)


def test_without_a_draw_nothing_is_said_of_the_rest() -> None:
    told = take_all_plus_random(np.array([1.0, 0]), np.array([]), 100)
    assert np.isnan([told.total, told.share, told.low, told.high, told.hit_rate_random]).all()
    assert told.hit_rate_chosen == 0.5


def test_when_all_were_visited_the_share_is_known() -> None:
    told = take_all_plus_random(np.array([1.0, 0]), np.array([1.0, 0, 0]), 5)
    assert (told.share, told.share_se, told.low, told.high) == pytest.approx((0.4, 0, 0.4, 0.4))
    assert take_all_plus_random(np.array([1.0, 0]), np.array([]), 2).share == 0.5


def test_more_visits_than_services_are_refused() -> None:
    with pytest.raises(ValueError, match="must fit into a population of 3"):
        take_all_plus_random(np.ones(2), np.ones(2), 3)


# --- E03: a new list judged from visits with known chances. ---

E03_FOUND = np.array([1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0.0])
E03_CHANCE = np.array([0.834, 0.832, 0.796, 0.788, 0.722, 0.673, 0.582, 0.488, 0.45, 0.33, 0.152, 0.122])
E03_EXPECTED = np.array([0.601, 0.599, 0.572, 0.566, 0.517, 0.48, 0.412, 0.341, 0.312, 0.222, 0.089, 0.066])
E03_SAMPLED = np.array([0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1], dtype=bool)
E03_PLACE = np.array([1.0] * 4 + [0.0] * 8)


def e03(sampled: np.ndarray) -> Visits:
    return Visits(E03_PLACE, np.where(sampled, E03_FOUND, np.nan), E03_CHANCE, E03_EXPECTED)


def test_value_of_a_new_list() -> None:
    visits = e03(E03_SAMPLED)
    assert ipw(visits)[0] == snipw(visits)[0] == 0
    assert doubly_robust(visits)[0] == pytest.approx(0.2252832308751882, abs=1e-10)
    assert direct(visits) == pytest.approx(0.5845, abs=1e-10)
    assert visits.ess == pytest.approx(1.9999489860987119, abs=1e-10)


def test_e03_as_recorded(shared: Path) -> None:
    recorded = case(shared, "E03_ipw_dr.json")
    y, pi, sampled, mu, new = (np.array(recorded["inputs"][k], dtype=float) for k in ("y", "pi", "sampled", "mu", "new_policy"))
    visits = Visits(new, np.where(sampled > 0, y, np.nan), pi, mu)
    got = {"ipw": ipw(visits)[0], "snipw": snipw(visits)[0], "dr": doubly_robust(visits)[0], "dm": direct(visits), "ess": visits.ess}
    assert got == pytest.approx({key: recorded["expected"][key] for key in got}, abs=recorded["tolerance"])
    assert recorded["expected"]["true_value"] == 0.25


def test_weighting_is_exactly_unbiased_over_every_sample_that_could_have_been_drawn() -> None:
    """All 4,096 samples, each with its chance: the mean of ipw and dr is the true 1 in 4, though the predictions say .58."""
    total = np.zeros(3)
    for bits in product((False, True), repeat=12):
        sampled = np.array(bits)
        chance = np.where(sampled, E03_CHANCE, 1 - E03_CHANCE).prod()
        visits = e03(sampled)
        total += chance * np.array([1, ipw(visits)[0], doubly_robust(visits)[0]])
    assert total == pytest.approx([1, 0.25, 0.25], abs=1e-12)


def test_a_cut_weight_is_counted() -> None:
    visits = Visits(np.ones(4), np.array([1.0, 0, np.nan, np.nan]), np.array([0.005, 0.5, 0.004, 0.5]), None, most_weight=100)
    assert visits.weight.tolist() == [100, 2, 0, 0]
    assert visits.clipped_share == 0.5  # the unvisited one with a small chance is missed just as much
    assert ipw(visits)[0] == 25
    assert np.isnan(direct(visits))
    assert np.isnan(doubly_robust(visits)[0])


def test_a_draw_that_missed_the_unlikely_does_not_look_well_covered() -> None:
    """60 certain services seen, 90 with a chance of .02 all missed: the weights seen are all 1, the plan tells better."""
    place, chance = np.ones(150), np.repeat([1.0, 0.02], [60, 90])
    visits = Visits(place, np.where(chance == 1, 0.0, np.nan), chance)
    assert visits.ess == 60
    assert visits.planned_ess == pytest.approx(150**2 / (60 + 90 / 0.02))
    series = [pd.Series(values) for values in (-np.arange(150.0), visits.outcome, chance)]
    assert corrected(*series, 150, **LIMITS).loc["ipw", "refused_because"] == "too_few"


# --- the facade ---


def drawn_world(n: int = 400) -> dict[str, pd.Series]:
    rng = np.random.default_rng(5)
    ids = [f"s{i}" for i in range(n)]
    risk, chance = rng.normal(size=n), rng.uniform(0.3, 0.9, n)
    failed = (rng.random(n) < 1 / (1 + np.exp(1 - risk))).astype(float)
    seen = rng.random(n) < chance
    columns = {"score": risk, "outcome": np.where(seen, failed, np.nan), "probability": chance, "expected": np.full(n, 0.4)}
    return {name: pd.Series(values, index=ids) for name, values in columns.items()}


def test_every_method_is_a_row_and_a_refusal_has_no_number() -> None:
    world = drawn_world()
    told = corrected(world["score"], world["outcome"], world["probability"], 100, **LIMITS)
    assert tuple(told.index) == METHODS
    assert tuple(told.columns) == Estimate._fields
    assert told["refused_because"].dropna().to_dict() == {"dr": "no_prediction", "random_arm": "no_random_arm"}
    assert told.loc[["dr", "random_arm"], ["value", "low", "high"]].isna().all(axis=None)
    given = told.loc[["naive", "ipw", "snipw"]]
    assert (given["low"] < given["value"]).all()
    assert (given["value"] < given["high"]).all()


def test_where_all_were_certain_to_be_visited_every_method_says_the_plain_share() -> None:
    world = drawn_world()
    seen = world["outcome"].fillna(0.0)
    told = corrected(world["score"], seen, world["probability"] * 0 + 1, 100, world["expected"], **LIMITS)
    share = seen[world["score"].nlargest(100).index].mean()
    assert told["value"].drop("random_arm").tolist() == pytest.approx([share] * 4)
    assert told["ess"].drop("random_arm").tolist() == pytest.approx([100] * 4)


def test_the_order_of_the_services_does_not_matter() -> None:
    world = drawn_world()
    arm = world["outcome"].notna()
    told = corrected(*(world[c] for c in ("score", "outcome", "probability")), 90, world["expected"], arm, **LIMITS)
    turned = {name: series.iloc[::-1] for name, series in world.items()}
    again = corrected(turned["score"], world["outcome"], turned["probability"], 90, turned["expected"], arm, **LIMITS)
    pd.testing.assert_frame_equal(told, again)


@pytest.mark.parametrize(("chance", "reason"), [(0.0, "no_overlap"), (0.001, "no_overlap"), (0.02, "too_few")])
def test_a_list_out_of_reach_is_refused_and_says_why(chance: float, reason: str) -> None:
    world = drawn_world()
    top = world["score"].rank(ascending=False) <= 20  # never visited, with such a chance
    world["probability"], world["outcome"] = world["probability"].mask(top, chance), world["outcome"].mask(top)
    told = corrected(world["score"], world["outcome"], world["probability"], 40, world["expected"], **LIMITS)
    assert told.loc[["ipw", "snipw", "dr"], "refused_because"].tolist() == [reason] * 3
    assert told.loc["naive", "refused_because"] is None or pd.isna(told.loc["naive", "refused_because"])


def test_a_list_with_no_visit_says_so() -> None:
    world = drawn_world()
    told = corrected(world["score"], world["outcome"] * np.nan, world["probability"], 40, **LIMITS)
    assert told.loc[["naive", "ipw"], "refused_because"].tolist() == ["none_visited"] * 2


def test_the_random_arm_speaks_of_what_was_left_to_chance() -> None:
    """Of a list of 40, ten were certain (all failing), thirty had a chance of .4: of these 15 drawn, none failing.

    One more of the thirty was visited after a tip, and failed: it is not of the random arm.
    """
    ids = [f"s{i}" for i in range(80)]
    chance = pd.Series(np.repeat([1.0, 0.4], [10, 70]), index=ids)
    outcome = pd.Series(np.repeat([1.0, 0.0, 1.0, np.nan], [10, 15, 1, 54]), index=ids)
    drawn = pd.Series(np.repeat([False, True, False], [10, 15, 55]), index=ids)
    told = corrected(pd.Series(-np.arange(80.0), index=ids), outcome, chance, 40, None, drawn, **LIMITS)
    assert told.loc["random_arm", "value"] == 0
    assert told.loc["random_arm", "high"] == pytest.approx(0.2425, abs=1e-4)  # Wilson for 0 of 12
    assert told.loc["random_arm", "ess"] == pytest.approx(12)  # 30 × .4, as planned; the certain ten are not of it
    assert told.loc["snipw", "value"] == pytest.approx((10 + 2.5) / (10 + 40))
    assert told.loc["naive", "value"] == pytest.approx(11 / 26)


def test_errors_and_intervals_are_those_of_the_formulas() -> None:
    """Four on the list, three seen with weights 1, 2 and 4; worked by hand."""
    visits = Visits(np.ones(4), np.array([1.0, 0, 1, np.nan]), np.array([1, 0.5, 0.25, 0.5]), np.full(4, 0.5))
    assert ipw(visits) == pytest.approx((5 / 4, np.sqrt((1 + 0 + 16 - 25 / 4) / 3 / 4)))  # the variance of a mean of four
    assert snipw(visits) == pytest.approx((5 / 7, np.sqrt((2 / 7) ** 2 + (2 * 5 / 7) ** 2 + (4 * 2 / 7) ** 2) / 7))
    pieces = np.array([1.0, -0.5, 2.5, 0.5])
    assert doubly_robust(visits) == pytest.approx((pieces.mean(), pieces.std(ddof=1) / 2))


def test_an_interval_is_as_wide_as_the_error_not_as_the_number_of_visits() -> None:
    world = drawn_world()
    told = corrected(world["score"], world["outcome"], world["probability"], 100, world["expected"], **LIMITS)
    visits = Visits(places(world["score"].to_numpy(), 100), world["outcome"].to_numpy(), world["probability"].to_numpy(),
                    world["expected"].to_numpy())  # fmt: skip
    for name, (value, se) in {"ipw": ipw(visits), "snipw": snipw(visits), "dr": doubly_robust(visits)}.items():
        n = value * (1 - value) / se**2
        half = 1.959964 * np.sqrt(value * (1 - value) / n + 1.959964**2 / 4 / n**2) / (1 + 1.959964**2 / n)
        assert told.loc[name, "high"] - told.loc[name, "low"] == pytest.approx(2 * half, rel=1e-5)


def test_a_weighted_share_beyond_one_is_told_as_it_is() -> None:
    ids = [f"s{i}" for i in range(60)]
    chance, outcome = pd.Series(0.5, index=ids), pd.Series(np.repeat([1.0, np.nan], [40, 20]), index=ids)
    told = corrected(pd.Series(1.0, index=ids), outcome, chance, 60, **LIMITS).loc["ipw"]
    assert told["value"] == pytest.approx(80 / 60)  # forty drawn where thirty were to be expected
    assert told["low"] < told["value"] - 0.2
    assert told["high"] > told["value"] + 0.2


def test_insisting_on_a_refused_number_is_an_error_with_a_reason() -> None:
    for why, words in REASONS.items():
        with pytest.raises(CannotTell, match=words):
            Estimate(np.nan, np.nan, np.nan, 3.0, 0.0, why).insist()
    assert Estimate(0.3, 0.1, 0.5, 30.0, 0.0).insist() == 0.3


def test_faulty_visits_are_refused() -> None:
    one = np.ones(1)
    with pytest.raises(ValueError, match="must have had a chance"):
        Visits(one, one, np.zeros(1))
    with pytest.raises(ValueError, match="from 0 to 1"):
        Visits(one, one, np.array([np.nan]))
    with pytest.raises(ValueError, match="predictions must be numbers"):
        Visits(one, one, one, np.array([np.nan]))
    world = drawn_world()
    with pytest.raises(ValueError, match="every scored service"):
        corrected(world["score"], world["outcome"].iloc[1:], world["probability"], 5, **LIMITS)
    with pytest.raises(ValueError, match="k must be from 1"):
        corrected(world["score"], world["outcome"], world["probability"], 0, **LIMITS)


def test_ties_share_the_last_places_and_a_missing_score_stands_last() -> None:
    assert places(np.array([3.0, 1, 2, 2, 2, np.nan]), 2).tolist() == pytest.approx([1, 0, 1 / 3, 1 / 3, 1 / 3, 0])
    assert places(np.array([1.0, np.nan]), 5).tolist() == [1, 1]
    assert places(np.array([1.0, 2]), 0).tolist() == [0, 0]


# --- E04 and E05: two lists ---


def test_contraction_keeps_the_highest_of_the_visited() -> None:
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
    visited = np.array([1, 0, 1, 1, 1, 0, 1, 1, 1, 1], dtype=bool)
    found = np.where(visited, [1, 1, 0, 1, 0, 1, 0, 0, 0, 0], np.nan)
    told = contraction(score, visited, found, [0.1, 0.3, 0.9])
    assert told["k"].tolist() == [1, 3, 9]
    assert told["hits"].tolist()[:2] == [1, 2]
    assert told["hit_rate"].tolist()[:2] == pytest.approx([1, 2 / 3])
    assert np.isnan(told["hits"].iloc[2])
    assert told["refused_because"].iloc[2] == "above_visiting_rate"
    assert told["refused_because"].isna().tolist() == [True, True, False]


def test_e04_as_recorded(shared: Path) -> None:
    e04 = case(shared, "E04_contraction.json")
    score, visited, found = (np.array(e04["inputs"][k], dtype=float) for k in ("score", "inspected", "found"))
    wanted = pd.DataFrame(e04["expected"]).rename(columns={"yield_": "hits"})
    told = contraction(score, visited > 0, found, wanted["rate"].tolist())
    assert told["hits"].tolist() == wanted["hits"].tolist() == [3, 5, 8, 14]
    assert told["k"].tolist() == wanted["k"].tolist()
    assert told["hit_rate"].tolist() == pytest.approx(wanted["hit_rate"].tolist(), abs=1e-12)


def test_a_visit_without_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        contraction(np.ones(1), np.ones(1, dtype=bool), np.array([np.nan]), [0.5])


def test_swaps_and_the_bounds_of_what_they_bring() -> None:
    """E05: four of ten, one in and one out; 45 pairs, 11 turned: tau = 1 − 22/45 = .5111."""
    told = swap_set(list("ABCDEFGHIJ"), list("CAFBJDEGIH"), 4, pd.Series({"A": 1, "B": 0, "C": 1, "D": 0, "F": 1, "G": 0, "I": 0.0}))
    assert (told.kept, told.swap_in, told.swap_out) == (["A", "B", "C"], ["F"], ["D"])
    assert (told.overlap, told.jaccard) == (0.75, 0.6)
    assert told.kendall_tau == pytest.approx(23 / 45, abs=1e-12)
    assert (told.swap_in_hits, told.swap_out_hits) == ((1, 1), (0, 0))


def test_e05_as_recorded(shared: Path) -> None:
    e05 = case(shared, "E05_swapset.json")
    given, wanted = e05["inputs"], e05["expected"]
    told = swap_set(given["old"], given["new"], given["k"], pd.Series(given["outcome"], dtype="float64"))._asdict()
    names = {"swap_in_hits_bounds": "swap_in_hits", "swap_out_hits_bounds": "swap_out_hits"}
    got = {key: told[names.get(key, key)] for key in wanted}
    assert got.pop("kendall_tau") == pytest.approx(wanted.pop("kendall_tau"), abs=1e-12)
    assert {k: list(v) if isinstance(v, tuple) else v for k, v in got.items()} == wanted


def test_services_nobody_visited_may_all_fail_or_none() -> None:
    told = swap_set(["a", "b", "c"], ["c", "d", "a"], 2, pd.Series({"a": 1.0, "c": 1.0}))
    assert (told.swap_in, told.swap_in_hits) == (["c", "d"], (1, 2))
    assert (told.swap_out, told.swap_out_hits) == (["a", "b"], (1, 2))
    assert np.isnan(swap_set(["a"], ["b"], 1, pd.Series(dtype="float64")).kendall_tau)


@pytest.mark.parametrize(("new", "k"), [(["a", "a"], 1), (["a", "b"], 3), (["a", "b"], 0)])
def test_faulty_lists_are_refused(new: list[str], k: int) -> None:
    with pytest.raises(ValueError):
        swap_set(["a", "b"], new, k, pd.Series(dtype="float64"))


# --- E06: how many visits ---


@pytest.mark.parametrize(("population", "share", "half_width", "n"), [
    (300, 0.1, 0.05, 95), (300, 0.2, 0.1, 52), (300, 0.5, 0.05, 169), (2000, 0.1, 0.05, 130), (2000, 0.5, 0.1, 92),
    (1_000_000_000, 0.5, 0.05, 385), (300, 0.0, 0.05, 0), (1, 0.5, 0.01, 1),
])  # fmt: skip
def test_exploration_size(population: int, share: float, half_width: float, n: int) -> None:
    assert exploration_size(population, share, half_width) == n


@pytest.mark.parametrize(("population", "failing", "visits"), [(200, 5, 20), (200, 10, 20), (400, 4, 40), (50, 1, 5), (20, 15, 6), (9, 0, 3), (9, 4, 0)])
def test_chance_of_a_hit_is_the_hypergeometric(population: int, failing: int, visits: int) -> None:
    wanted = 1 - comb(population - failing, visits) / comb(population, visits)
    assert chance_of_a_hit(population, failing, visits) == pytest.approx(wanted, abs=1e-11)


def test_e06_as_recorded(shared: Path) -> None:
    wanted = case(shared, "E06_exploration_size.json")["expected"]
    assert [exploration_size(r["N"], r["p"], r["half_width"]) for r in wanted["sample_size"]] == [r["n"] for r in wanted["sample_size"]]
    got = [chance_of_a_hit(r["N"], r["bad"], r["n"]) for r in wanted["detection"]]
    assert got == pytest.approx([r["prob_at_least_one"] for r in wanted["detection"]], abs=1e-11)


@pytest.mark.parametrize("call", [
    lambda: exploration_size(0, 0.1, 0.1), lambda: exploration_size(9, 1.1, 0.1), lambda: exploration_size(9, 0.1, 0),
    lambda: chance_of_a_hit(5, 6, 1), lambda: chance_of_a_hit(5, 1, 6), lambda: chance_of_a_hit(5, -1, 2),
])  # fmt: skip
def test_impossible_sizes_are_refused(call) -> None:
    with pytest.raises(ValueError):
        call()


# --- the chance of being chosen ---


def chosen_world(n: int = 4000) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    rng = np.random.default_rng(8)
    features = pd.DataFrame({"risk": rng.normal(size=n), "size": rng.normal(size=n)}, index=[f"s{i}" for i in range(n)])
    chance = 1 / (1 + np.exp(1.5 - 1.2 * features["risk"].to_numpy()))
    chosen = pd.Series(rng.random(n) < chance, index=features.index)
    features.loc[features.index[:200], "size"] = np.nan
    return features, chosen, chance


def test_estimated_chances_come_near_the_planted_ones() -> None:
    features, chosen, chance = chosen_world()
    told = chosen_probability(features, chosen, pd.Series(np.nan, index=chosen.index), np.random.default_rng(1))
    assert set(told["source"]) == {"estimated"}
    assert np.sqrt(np.mean((told["probability"] - chance) ** 2)) < 0.03
    assert told["probability"].mean() == pytest.approx(chosen.mean(), abs=0.005)


def test_a_service_does_not_predict_itself() -> None:
    """Numbers drawn without regard to the choice, half as many as services: a fit that saw itself would find a pattern."""
    rng = np.random.default_rng(3)
    noise, chosen = pd.DataFrame(rng.normal(size=(120, 60))), pd.Series(np.tile([True, False], 60))
    told = chosen_probability(noise, chosen, pd.Series(np.nan, index=chosen.index), rng)["probability"]
    assert abs(told[chosen].mean() - told[~chosen].mean()) < 0.15


def test_a_recorded_chance_is_kept_to_the_last_digit() -> None:
    features, chosen, _ = chosen_world(400)
    recorded = pd.Series(np.nan, index=chosen.index).where(~chosen, 0.123)
    told = chosen_probability(features, chosen, recorded, np.random.default_rng(1))
    assert (told.loc[chosen, "probability"] == 0.123).all()
    assert (told.loc[chosen, "source"] == "recorded").all()
    assert (told.loc[~chosen, "source"] == "estimated").all()
    assert told.loc[~chosen, "probability"].mean() > 0.1  # learned from all, though the unchosen were all not chosen
    told.iloc[:4, 0] = [0.001, 0.009, 0.01, 0.5]
    assert overlap(told) == pytest.approx((0.001, 2 / 400, chosen.mean()))


def test_too_few_or_no_features_give_the_plain_share() -> None:
    chosen = pd.Series([True, False, False, False])
    nothing, blank = pd.Series(np.nan, index=chosen.index), pd.DataFrame({"x": [np.nan] * 4})
    for features in (pd.DataFrame(index=chosen.index), blank, pd.DataFrame({"x": [1.0, 2, 3, 4]})):
        told = chosen_probability(features, chosen, nothing, np.random.default_rng(1))
        assert told["probability"].tolist() == [0.25] * 4


def test_no_services_have_no_overlap() -> None:
    empty = pd.Series(dtype="float64")
    told = chosen_probability(pd.DataFrame(index=empty.index), empty.astype(bool), empty, np.random.default_rng(1))
    assert np.isnan(overlap(told)).all()


@pytest.mark.parametrize(("recorded", "says"), [(1.5, "from 0 to 1"), (0.0, "must have had a chance")])
def test_faulty_recorded_chances_are_refused(recorded: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        chosen_probability(pd.DataFrame({"x": [1.0]}), pd.Series([True]), pd.Series([recorded]), np.random.default_rng(1))


def test_services_that_do_not_stand_by_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="same services"):
        chosen_probability(pd.DataFrame({"x": [1.0]}), pd.Series([True], index=["a"]), pd.Series([0.5]), np.random.default_rng(1))
