"""Raw answers reduced: means, blanks, design effects as by the survey formula, dimensions, and cells that are no answer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from risiko.intake.answer_columns import Question, questions_in, scores
from risiko.intake.answers import people, reduce
from risiko.intake.instruments import INSTRUMENTS
from risiko.intake.submission import Fault, ItemMean, Said
from risiko.statistics.survey_error import survey_mean
from tests.drawn import parse

OWN = (Question("hurry", "own", "hurry", "safe", reverse=True, wording="Hadde de det travelt?"),
       Question("plan", "own", "plan", "coordinated", low=0, high=10))  # fmt: skip


def drawn(seed: int, n: int = 300) -> pd.DataFrame:
    """Answers about three services, alike within eight wards, with blanks and weights."""
    rng = np.random.default_rng(seed)
    ward = rng.integers(0, 8, n)
    level = rng.normal(size=8)
    frame = pd.DataFrame({
        "service_id": rng.choice(["s1", "s2", "s3"], n), "ward": ward, "w": rng.uniform(0.2, 3.0, n).round(2),
        **{f"gs_peq:{item}": np.clip(np.round(3 + level[ward] + rng.normal(size=n)), 1, 5).astype(int).astype(str)
           for item in ("involved", "organised", "adapted", "satisfactory")},
    })  # fmt: skip
    gone = rng.random((n, 4)) < 0.1
    for place, column in enumerate(frame.columns[3:]):
        frame.loc[gone[:, place], column] = ""
    return frame


def one(items: tuple[ItemMean, ...], item: str, service: str) -> ItemMean:
    found = [mean for mean in items if (mean.item, mean.service_id) == (item, service)]
    assert len(found) == 1
    return found[0]


def test_means_blanks_and_spread_worked_by_hand() -> None:
    rows = parse("""
    service_id | gs_peq:involved | gs_peq:waiting
    s1         | 5               | 1
    s1         | 3               | 4
    s1         |                 | Ikke aktuelt
    s1         | I liten grad    | nei
    s2         | 1               |
    """)
    items, said, faults = reduce(rows)
    assert faults == ()
    first = one(items, "involved", "s1")
    assert (first.n, first.n_blank, first.dimension, first.instrument) == (3, 1, "involving", "gs_peq")
    assert first.mean == pytest.approx((100 + 50 + 25) / 3, abs=1e-4)
    assert first.spread == pytest.approx(np.std([100, 50, 25], ddof=1), abs=1e-4)
    waiting = one(items, "waiting", "s1")  # the lowest of four steps is the best
    assert (waiting.n, waiting.n_blank) == (3, 1)
    assert waiting.mean == pytest.approx((100 + 0 + 100) / 3, abs=1e-4)
    alone = one(items, "involved", "s2")
    assert (alone.n, alone.mean, alone.spread, alone.design_effect) == (1, 0.0, None, None)
    assert {(item.item, item.service_id) for item in items} == {("involved", "s1"), ("waiting", "s1"), ("involved", "s2")}
    assert [(one.service_id, one.dimension, one.n) for one in said] == [
        ("s1", "involving", 3), ("s2", "involving", 1), ("s1", "accessible", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("cluster", "weight"), [("ward", ""), ("", "w"), ("ward", "w")])
def test_design_effects_are_those_of_the_survey_formula(seed: int, cluster: str, weight: str) -> None:
    rows = drawn(seed)
    items, _, _ = reduce(rows, cluster=cluster, weight=weight)
    for item in ("involved", "organised"):
        for service in ("s1", "s2", "s3"):
            own = rows[(rows["service_id"] == service) & (rows[f"gs_peq:{item}"] != "")]
            value = (own[f"gs_peq:{item}"].astype(float).to_numpy() - 1) * 25
            weights = own["w"].to_numpy() if weight else np.ones(len(own))
            wards = own["ward"].to_numpy() if cluster else None
            asked = survey_mean(value, weights, cluster=wards)
            found = one(items, item, service)
            assert found.n == len(own)
            assert found.mean == pytest.approx(asked.mean, abs=1e-3)
            assert found.design_effect == pytest.approx(asked.design_effect, abs=1e-3)


def test_a_design_effect_is_not_claimed_where_nothing_tells_how_they_were_drawn() -> None:
    rows = drawn(1)
    assert {item.design_effect for item in reduce(rows)[0]} == {None}
    assert {item.design_effect for item in reduce(rows.assign(ward="one"), cluster="ward")[0]} == {None}
    clustered = [item.design_effect for item in reduce(rows, cluster="ward")[0]]
    assert min(effect for effect in clustered if effect is not None) > 1.5  # wards were drawn alike


def test_respondents_without_a_ward_are_drawn_one_by_one() -> None:
    rows = drawn(2)
    plain = reduce(rows.assign(w=1.0), weight="w")[0]
    unknown = reduce(rows.assign(ward=pd.NA), cluster="ward")[0]
    assert [item.design_effect for item in unknown] == [item.design_effect for item in plain]
    assert {item.design_effect for item in plain} == {1.0}


def test_a_respondent_counts_once_on_a_dimension_with_the_mean_of_her_answers() -> None:
    rows = parse("""
    service_id | gs_peq:adapted | gs_peq:satisfactory | gs_peq:benefit
    s1         | 5              | 1                   | 3
    s1         | 1              |                     |
    s1         |                |                     |
    """)
    _, said, _ = reduce(rows)
    assert said == (Said("s1", dimension="effective", score=25.0, n=2, spread=round(math.sqrt(1250), 4)),)
    assert people(rows) == 2


def test_answers_about_a_type_in_an_area_are_kept_apart_from_those_about_a_service() -> None:
    rows = parse("""
    service_id | service_type | area  | gs_peq:organised
    s1         | home_care    | Troms | 5
               | home_care    | Troms | 1
               | home_care    | Viken | 3
    """)
    items, said, _ = reduce(rows)
    assert [(item.service_id, item.service_type, item.area, item.mean) for item in items] == [
        ("s1", "", "", 100.0), ("", "home_care", "Troms", 0.0), ("", "home_care", "Viken", 50.0),
    ]  # fmt: skip
    assert [one.area for one in said] == ["", "Troms", "Viken"]


def test_own_questions_have_their_own_scale_dimension_and_wording() -> None:
    rows = parse("""
    service_id | hurry | plan
    s1         | 1     | 7
    s1         | 5     | 8
    """)
    items, said, _ = reduce(rows, OWN)
    hurry, plan = items
    assert (hurry.instrument, hurry.mean, hurry.wording, hurry.dimension) == ("own", 50.0, "Hadde de det travelt?", "safe")
    assert plan.mean == 75.0
    assert [(one.dimension, one.score) for one in said] == [("safe", 50.0), ("coordinated", 75.0)]


def test_columns_are_questions_by_name_and_others_are_not() -> None:
    columns = ["respondent", "service_id", "gs_peq:involved", "norpeq.care", "own:keys", "gs_peq:parking", "own:", "age"]
    found = questions_in(columns)
    assert [(one.instrument, one.item, one.dimension) for one in found] == [
        ("gs_peq", "involved", "involving"), ("norpeq", "care", "safe"), ("own", "keys", ""),
    ]  # fmt: skip
    assert [one.column for one in questions_in(["plan", "x"], {"plan": OWN[1]})] == ["plan"]


@pytest.mark.parametrize("cell", ["0", "6", "2,5", "4 av 5", "99", "I noen grad?", "-1", "1e400", "nan"])
def test_a_cell_that_is_no_answer_is_told_by_row_and_column_and_nothing_is_reduced(cell: str) -> None:
    rows = pd.DataFrame({"service_id": ["s1", "s1"], "gs_peq:involved": ["3", cell]}, index=[7, 8], dtype="str")
    items, said, faults = reduce(rows)
    assert (items, said) == ((), ())
    assert [(fault.field, fault.reason) for fault in faults] == [("answers.8.gs_peq:involved", "answer_outside")]
    assert faults[0].rejected
    assert faults[0].told == {"low": "1", "high": "5"}
    assert reduce(rows.replace(cell, "4"))[2] == ()


@pytest.mark.parametrize("cell", ["", " ", "-", "Ikke aktuelt", "NOT APPLICABLE", "vet ikke"])
def test_what_is_no_answer_is_blank(cell: str) -> None:
    score, in_order = scores(pd.Series([cell, "5"], dtype="str"), Question.standard("q", "gs_peq", "involved"))
    assert np.isnan(score[0])
    assert (score[1], in_order.tolist()) == (100.0, [1.0, 1.0])


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_answers_in_words_are_read_in_any_language(language: str) -> None:
    for instrument in INSTRUMENTS.values():
        for item in instrument.items:
            words = pd.Series([word.get(language).upper() for word in item.answers], dtype="str")
            found, _ = scores(words, Question.standard("q", instrument.name, item.item))
            steps = np.linspace(0, 100, item.steps)
            assert found == pytest.approx(steps[::-1] if item.reverse else steps)


def test_many_wrong_cells_are_told_by_number() -> None:
    rows = pd.DataFrame({"service_id": "s1", "gs_peq:involved": ["9"] * 80, "gs_peq:organised": ["8"] * 3}
                        | {"gs_peq:organised": ["8"] * 3 + ["1"] * 77}, dtype="str")  # fmt: skip
    faults = reduce(rows)[2]
    assert len(faults) == 52
    assert [(fault.reason, fault.told.get("count")) for fault in faults if fault.reason == "more_like_this"] == [
        ("more_like_this", "30"), ("more_like_this", "3"),
    ]  # fmt: skip


def only(faults: tuple[Fault, ...]) -> tuple[str, str, bool]:
    assert len(faults) == 1
    return faults[0].field, faults[0].reason, faults[0].rejected


def test_rows_about_nothing_wrong_weights_and_files_without_questions_are_refused() -> None:
    rows = pd.DataFrame({"service_id": ["s1", ""], "area": ["", "Troms"], "gs_peq:involved": ["3", "4"], "w": ["1", "0"]})
    assert only(reduce(rows)[2]) == ("answers.1", "no_subject", True)
    rows = rows.assign(service_id="s1")
    assert only(reduce(rows, weight="w")[2]) == ("answers.1.w", "weight_outside", True)
    assert reduce(rows.assign(w="2"), weight="w")[2] == ()
    assert only(reduce(rows[["service_id"]])[2]) == ("answers", "no_questions", True)
    assert only(reduce(rows.head(0))[2]) == ("answers", "nothing_said", True)


def test_the_same_person_twice_and_a_question_nobody_answered_are_doubts() -> None:
    rows = pd.DataFrame({"respondent": ["a", "b", "a"], "service_id": "s1", "gs_peq:involved": ["3", "4", "5"]})
    items, _, faults = reduce(rows)
    assert only(faults) == ("answers.2", "respondent_twice", False)
    assert one(items, "involved", "s1").n == 3
    apart = rows.assign(service_id=["s1", "s1", "s2"], **{"gs_peq:waiting": ""})
    items, _, faults = reduce(apart)
    assert only(faults) == ("answers.gs_peq:waiting", "no_answers", False)
    assert {item.item for item in items} == {"involved"}


def test_twenty_thousand_respondents_are_reduced_in_a_moment() -> None:
    from time import process_time

    rows = pd.concat([drawn(seed, 10_000) for seed in (1, 2)], ignore_index=True)
    rows = rows.assign(service_id=[f"s{i % 500}" for i in range(len(rows))])
    start = process_time()
    items, said, _ = reduce(rows, cluster="ward", weight="w")
    assert process_time() - start < 3
    assert (len(items), len(said)) == (2000, 1500)
