"""A plan held against what it found: counts by ground, prevalence from the draw, other lists from the same visits."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import settings
from risiko.evaluate.other_lists import other_lists, reach
from risiko.evaluate.plan_results import LEAST_KNOWN, by_ground, prevalence
from risiko.plan.draw import WHOLE, chosen, lots, probabilities, running_sum, start

RULE = settings.load().evaluation


def visits(text: str) -> pd.DataFrame:
    """Lines of: service, ground, state, hit, likelihood; blank for missing."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=["service_id", "ground", "state", "hit", "likelihood"])
    frame[["hit", "likelihood"]] = frame[["hit", "likelihood"]].replace("", "nan").astype(float)
    return frame.assign(grounds=frame["ground"], office="Nord", days=10.0, value=frame["likelihood"])


PLAN = visits("""
    a | statutory | known   | 0 |
    b | risk      | known   | 1 | 0.6
    c | risk      | known   | 0 | 0.3
    d | risk      | waiting |   | 0.5
    e | draw      | known   | 0 | 0.1
    f | draw      | not_yet |   | 0.2
""")  # fmt: skip


def test_what_is_not_known_is_counted_apart_and_never_as_nothing_found() -> None:
    table = by_ground(PLAN).set_index("ground")
    assert table.index.tolist() == ["statutory", "draw", "risk", "all"], "grounds without visits have no row"
    assert table.loc["risk", ["planned", "carried_out", "known", "hits"]].tolist() == [3, 3, 2, 1]
    assert table.loc["draw", ["planned", "carried_out", "known", "hits"]].tolist() == [2, 1, 1, 0]
    assert table.loc["risk", "rate"] == 0.5, "of the two known, not of the three planned"
    # Wilson for 1 of 2: (2 + z² ± z √(z² + 4·½)) / 2(2 + z²)
    assert table.loc["risk", ["low", "high"]].tolist() == pytest.approx([0.0945, 0.9055], abs=1e-4)


def test_expected_hits_are_those_of_the_known_visits() -> None:
    table = by_ground(PLAN).set_index("ground")
    assert table.loc["risk", "expected"] == pytest.approx(0.9), "d is not known, so its .5 is not counted"
    many = by_ground(pd.concat([PLAN.assign(likelihood=0.3, hit=1.0)] * 20)).set_index("ground").loc["risk"]
    reach_of = 1.96 * np.sqrt(60 * 0.3 * 0.7)
    assert many[["expected_low", "expected_high"]].tolist() == pytest.approx([18 - reach_of, 18 + reach_of])
    assert table.loc["risk", "expected_high"] == 2, "never more than there are"
    assert np.isnan(table.loc["all", "expected"]), "the statutory visit has no likelihood: no sum beside the hits of all"


def test_a_plan_without_visits_has_a_row_of_zeros_and_no_rate() -> None:
    table = by_ground(PLAN.iloc[:0])
    assert table["planned"].tolist() == [0]
    assert table[["rate", "low", "high", "expected"]].isna().all().all()


def drawn(outcome: list[float], probability: list[float], others: int = 8) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A draw of so many with these outcomes and chances, among others that were not drawn (chance .5)."""
    ids = [f"d{i}" for i in range(len(outcome))] + [f"o{i}" for i in range(others)]
    frame = pd.DataFrame({
        "service_id": ids, "office": "Nord", "probability": probability + [0.5] * others,
        "drawn": [True] * len(outcome) + [False] * others,
    })  # fmt: skip
    made = pd.DataFrame({
        "service_id": ids[: len(outcome)], "ground": "draw", "grounds": "draw", "state": "known", "hit": outcome,
        "likelihood": 0.1, "office": "Nord", "days": 10.0, "value": 0.1,
    })  # fmt: skip
    return frame, made


def test_prevalence_weighs_each_drawn_visit_by_its_chance() -> None:
    frame, made = drawn([1, 0] * 8, [0.2, 0.8] * 8, others=24)
    found = prevalence(frame, made)
    # Eight hits stand for 5 services each, eight others for 1.25 each: 40 of 50; or, of the 40 there are, all.
    assert found.hajek == pytest.approx(0.8)
    assert found.ht == pytest.approx(1.0)
    assert (found.population, found.drawn, found.known, found.naive) == (40, 16, 16, 0.5)
    assert found.low < found.hajek < found.high
    assert found.total == pytest.approx(32)


def test_prevalence_is_refused_where_too_much_is_missing_or_too_little_was_drawn() -> None:
    blank = float("nan")
    answered = [1.0, 0.0] * 5 + [blank] * 5  # 10 of 15: just LEAST_KNOWN
    assert prevalence(*drawn(answered, [0.5] * 15)).refused_because is None
    assert LEAST_KNOWN == 10 / 15
    frame, made = drawn([*answered[:9], *[blank] * 6], [0.5] * 15)
    assert prevalence(frame, made).refused_because == "too_many_missing"
    assert prevalence(*drawn([1, 0, 1], [0.5] * 3)).refused_because == "too_few"
    assert prevalence(*drawn([blank] * 3, [0.5] * 3)).refused_because == "no_outcomes"
    assert prevalence(frame.assign(drawn=False), made).refused_because == "no_draw"
    refused = prevalence(frame, made)
    assert np.isnan([refused.hajek, refused.total]).all(), "a refused share has no number"
    assert refused.naive == pytest.approx(5 / 9), "the naive rate is still told"


def test_missing_by_chance_leaves_the_share_where_it_was() -> None:
    whole = prevalence(*drawn([1.0, 0.0] * 10, [0.5] * 20))
    some = prevalence(*drawn([1.0, 0.0] * 7 + [float("nan")] * 6, [0.5] * 20))
    assert some.ht == pytest.approx(whole.ht)
    assert some.hajek == pytest.approx(whole.hajek)
    assert some.hajek_se > whole.hajek_se, "less was seen"


def test_who_had_no_chance_is_told_and_not_spoken_for() -> None:
    frame, made = drawn([1.0, 0.0] * 6, [0.5] * 12)
    none = pd.DataFrame({"service_id": ["x", "y"], "office": "Sør", "probability": 0.0, "drawn": False})
    found = prevalence(pd.concat([frame, none], ignore_index=True), made)
    assert (found.population, found.no_chance) == (20, 2)


def test_the_error_of_independent_draws_is_no_smaller_than_that_of_the_draw_that_is_used() -> None:
    """The draw is systematic with a fixed number; its error is measured here over draws that could have been made."""
    n, places = 120, 24
    rng = np.random.default_rng(8)
    ids = pd.Series([f"s{i:03}" for i in range(n)])
    size = np.where(rng.random(n) < 0.3, 2000, 1000)
    failing = (rng.random(n) < np.where(size == 2000, 0.5, 0.2)).astype(float)
    chance = probabilities(size, places, "chance")
    found = []
    for seed in range(120):
        sums = running_sum(lots(ids, date(2026, 6, 30), seed), chance)
        taken = chosen(sums, chance, start(date(2026, 6, 30), seed))
        assert taken.sum() == places
        frame = pd.DataFrame({"service_id": ids, "office": "Nord", "probability": chance / WHOLE, "drawn": taken})
        made = pd.DataFrame({"service_id": ids[taken], "ground": "draw", "hit": failing[taken], "state": "known"})
        found.append(prevalence(frame, made))
    truth = failing.mean()
    ht, hajek, inside = (np.array(x) for x in zip(*((f.ht, f.hajek, f.low <= truth <= f.high) for f in found), strict=True))
    assert abs(ht.mean() - truth) < 3 * ht.std() / np.sqrt(120), "Horvitz–Thompson is unbiased"
    assert abs(hajek.mean() - truth) < 3 * hajek.std() / np.sqrt(120), "and Hájek's nearly"
    assert np.mean([f.ht_se for f in found]) >= 1.05 * ht.std(), "conservative for the total: its size is fixed"
    assert 0.9 < np.mean([f.hajek_se for f in found]) / hajek.std() < 1.15, "and about right for Hájek's share"
    assert inside.mean() >= 0.93


def world(rng: np.random.Generator, n: int = 400, sure: int = 40, lot: int = 20) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.Series]:
    """A plan of the `sure` highest by a score and a draw of `lot` among all, with outcomes that follow the score."""
    ids = pd.Index([f"s{i:03}" for i in range(n)])
    score = pd.Series(rng.random(n), index=ids)
    failing = pd.Series((rng.random(n) < 0.1 + 0.5 * score).astype(float), index=ids)
    taken = pd.Series(False, index=ids)
    taken[rng.choice(ids, lot, replace=False)] = True
    top = score[~taken].nlargest(sure).index
    frame = pd.DataFrame({"service_id": ids, "office": "Nord", "probability": lot / n, "drawn": taken.to_numpy()})
    inside = taken | ids.isin(top)
    made = pd.DataFrame({
        "service_id": ids[inside], "ground": np.where(taken[inside], "draw", "risk"), "state": "known",
        "hit": failing[inside].to_numpy(), "likelihood": score[inside].to_numpy(), "office": "Nord", "days": 10.0,
        "value": score[inside].to_numpy(),
    })  # fmt: skip
    return frame, made.assign(grounds=made["ground"]), score, failing


def test_a_drawn_service_that_would_have_been_chosen_anyway_was_certain() -> None:
    frame, made, score, _ = world(np.random.default_rng(1))
    possible = reach(made, frame)
    least = score[made.loc[made["ground"] == "risk", "service_id"]].min()
    lot = frame.set_index("service_id")["drawn"]
    anyway = lot & (score >= least)
    assert anyway.any(), "the input must hold the case"
    assert (possible.loc[anyway[anyway].index, "probability"] == 1).all()
    others = lot & (score < least)
    assert (possible.loc[others[others].index, "probability"] == 0.05).all()
    assert possible["drawn"].sum() == others.sum()
    told = made.assign(grounds=np.where(made["ground"] == "draw", "draw|regularity", made["ground"]))
    assert (reach(told, frame).loc[lot[lot].index, "probability"] == 1).all(), "another ground would have had it visited"


def test_what_another_list_finds_is_right_on_average_and_the_naive_figure_is_not() -> None:
    rng, found, truth = np.random.default_rng(3), [], []
    for _ in range(16):
        frame, made, score, failing = world(rng, n=300, sure=45, lot=75)
        other = pd.Series(rng.random(len(score)), index=score.index)  # a list that knows nothing
        lists = other_lists(reach(made, frame), {"own": score, "other": other}, score, "own", RULE)
        found.append(lists.estimates.set_index(["list", "method"])["value"].loc["other"])
        truth.append(failing[other.nlargest(lists.k).index].mean())
    means = pd.DataFrame(found).mean()
    spread = pd.DataFrame(found).std() / np.sqrt(16)
    assert abs(means["ipw"] - np.mean(truth)) < 3 * spread["ipw"] < 0.12
    assert abs(means["dr"] - np.mean(truth)) < 3 * spread["dr"] < 0.12
    assert means["naive"] - np.mean(truth) > 0.05, "the plan's own visits are no sample of what chance would choose"


def test_a_list_of_services_without_a_chance_is_refused_and_bounded_instead() -> None:
    frame, made, score, _ = world(np.random.default_rng(5))
    upside_down = -score
    lists = other_lists(reach(made, frame.assign(probability=np.where(frame["drawn"], 0.05, 0.0))),
                        {"own": score, "other": upside_down}, score, "own", RULE)  # fmt: skip
    told = lists.estimates.set_index(["list", "method"])
    assert told.loc[("other", "ipw"), "refused_because"] == "no_overlap"
    assert np.isnan(told.loc[("other", "ipw"), "value"])
    swap = lists.swaps.iloc[0]
    assert swap["swap_in"] > 0
    assert swap["in_low"] <= swap["in_high"] <= swap["swap_in"] + lists.k
    assert swap["in_high"] - swap["in_low"] == swap["swap_in"] - _known(swap, made, upside_down, score, lists.k)


def _known(swap: pd.Series, made: pd.DataFrame, other: pd.Series, own: pd.Series, k: int) -> int:
    incoming = set(other.nlargest(k).index) - set(own.nlargest(k).index)
    return len(incoming & set(made["service_id"]))


def test_contraction_counts_hits_in_the_office_that_visited_most() -> None:
    made = visits("\n".join(f"n{i} | risk | known | {int(i < 2)} | 0.{9 - i}" for i in range(4)))
    frame = pd.DataFrame({"service_id": [f"n{i}" for i in range(6)], "office": "Nord", "probability": 0.1, "drawn": False})
    score = pd.Series([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], index=frame["service_id"].array)
    lists = other_lists(reach(made, frame), {"own": score}, score, "own", RULE)
    table = lists.contraction
    assert lists.office == "Nord"
    # Of six services four were visited; at a half of that rate (2) the two highest, which are the two hits, remain.
    assert table.loc[table["k"] == 2, "hits"].tolist() == [2.0]
    assert table.loc[table["k"] == 1, "hit_rate"].tolist() == [1.0]


def test_with_many_outcomes_missing_only_the_naive_figure_is_told() -> None:
    frame, made, score, _ = world(np.random.default_rng(2), n=200, sure=40, lot=40)
    gone = made["hit"].where(made["ground"].eq("draw") | (np.arange(len(made)) % 5 == 0))  # one in five of the chosen
    lists = other_lists(reach(made.assign(hit=gone), frame), {"own": score}, score, "own", RULE)
    told = lists.estimates.set_index("method")
    assert told.loc["snipw", "refused_because"] == "too_many_missing"
    assert told[["value", "low", "high"]].isna().all(axis=1).tolist() == [False, True, True, True, True]
    whole = other_lists(reach(made, frame), {"own": score}, score, "own", RULE).estimates.set_index("method")
    assert whole.loc["snipw", "value"] > 0


def test_nothing_known_gives_no_table_rather_than_zeros() -> None:
    frame, made, score, _ = world(np.random.default_rng(2))
    lists = other_lists(reach(made.assign(hit=np.nan), frame), {"own": score}, score, "own", RULE)
    assert lists.estimates.empty
    assert lists.known == 0
    assert lists.k > 0
