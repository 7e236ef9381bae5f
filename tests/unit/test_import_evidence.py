"""Experience evidence as it is delivered: every doubt has one clear outcome, and rows are kept."""

from pathlib import Path

import pytest

from risiko.errors import MappingError
from tests.imports import block, column, read_all, read_part, rejects, write

RULES = {
    "experience_id": '"id"', "service_id": '"service"', "event_date": '"date"', "known_date": '"date"', "method": '"method"',
    "organisation": '"who"', "dimension": '{ const = "safe" }', "score": '"score"', "n": '"n"',
}  # fmt: skip


def experiences(file: str = "voices.csv", head: str = "", **rules: str) -> str:
    return block("experiences", file, {**RULES, **rules}, head)


def row(number: int, **cells: object) -> str:
    of = {"id": number, "service": "a", "date": "2023-05-01", "method": "survey", "who": "Voice", "score": 70, "n": 30, **cells}
    return " | ".join(str(of[name]) for name in ("id", "service", "date", "method", "who", "score", "n"))


def file(*rows: str) -> str:
    return "\n".join(["id | service | date | method | who | score | n", *rows])


def test_an_unknown_method_is_rejected_with_the_list_of_those_there_are(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, experiences(), voices_csv=file(row(1, method="rumour"), row(2))))
    assert rejects(part) == [(2, "method", "rumour", "not_allowed")]
    assert "survey, focus_group, interview, narrative, peer_interview, video, flow_chart, organisation_report" in part.rejects["message"][0]
    assert column(part, "experience_id") == ["2"]


def test_an_organisation_spelled_two_ways_is_told_once_and_the_rows_are_kept(tmp_path: Path) -> None:
    names = ["Mental Helse", "MENTAL-HELSE", "Mental Helse", "mental helse", "MENTAL-HELSE", "Voksne for barn"]
    rows = [row(i, who=name, score=60 + i) for i, name in enumerate(names)]
    part = read_part(write(tmp_path, experiences(), voices_csv=file(*rows)))
    assert rejects(part) == [(3, "organisation", "MENTAL-HELSE", "spelled_otherwise"), (5, "organisation", "mental helse", "spelled_otherwise")]
    assert part.rejects["severity"].unique().tolist() == ["warning"]
    assert part.rejects["message"][0].endswith("there it is Mental Helse")
    assert len(part.rows) == 6


def test_the_same_survey_from_two_organisations_is_told_also_when_it_comes_in_two_files(tmp_path: Path) -> None:
    one = file(row(1, who="Voice"), row(2, who="Voice", score=50, n=12))
    other = file(row(3, who="Echo"), row(4, who="Echo", score=50, n=13), row(5, who="Echo", method="narrative", score=50, n=12))
    parts = read_all(write(tmp_path, experiences("*.csv"), first_csv=one, second_csv=other)).parts
    assert [rejects(part) for part in parts] == [[], [(2, "organisation", "Echo", "same_survey")]]
    assert [len(part.rows) for part in parts] == [2, 3]


def test_single_answers_that_are_alike_are_two_people(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, experiences(), voices_csv=file(row(1, n=1), row(2, n=1, who="Echo"))))
    assert rejects(part) == []


def test_a_survey_that_does_not_say_how_many_answered_is_kept_and_told(tmp_path: Path) -> None:
    rows = file(row(1, n=""), row(2, n="", method="interview"), row(3, n="", score=""))
    part = read_part(write(tmp_path, experiences(), voices_csv=rows))
    assert rejects(part) == [(2, "n", "", "survey_without_n")]
    assert len(part.rows) == 3


@pytest.mark.parametrize(("scores", "warned"), [((4, 5, 1), True), ((9, 10, 1), True), ((4, 5, 11), False), ((0, 0, 0), False)])
def test_scores_that_look_like_another_scale_are_told_once(tmp_path: Path, scores: tuple[int, ...], warned: bool) -> None:
    rows = [row(0, score=""), *(row(i, score=score, n=20 + i) for i, score in enumerate(scores, 1))]
    part = read_part(write(tmp_path, experiences(), voices_csv=file(*rows)))
    assert rejects(part) == [(3, "score", str(scores[0]), "narrow_scale")] * warned
    assert len(part.rows) == 4


SCALES = {
    "scale = [1, 5]": ((1, 2, 5), [0, 25, 100]),
    "scale = [1, 5], reversed = true": ((1, 2, 5), [100, 75, 0]),
    "scale = [1, 7]": ((1, 4, 7), [0, 50, 100]),
    "scale = [-2, 2]": ((-2, 0, 1), [0, 50, 75]),
    "scale = 20": ((1, 2, 5), [20, 40, 100]),
}


@pytest.mark.parametrize("declared", SCALES)
def test_a_declared_scale_is_converted_and_nothing_is_doubted(tmp_path: Path, declared: str) -> None:
    scores, expected = SCALES[declared]
    rows = file(*(row(i, score=score) for i, score in enumerate(scores)))
    part = read_part(write(tmp_path, experiences(score=f'{{ from = "score", {declared} }}'), voices_csv=rows))
    assert column(part, "score") == expected
    assert rejects(part) == []


def test_the_spread_is_stretched_by_the_same_scale_and_not_moved_or_turned(tmp_path: Path) -> None:
    rules = {"score": '{ from = "score", scale = [1, 5], reversed = true }', "spread": '{ from = "n", scale = [1, 5], reversed = true }'}
    part = read_part(write(tmp_path, experiences(**rules), voices_csv=file(row(1, score=2, n=1))))
    assert (column(part, "score"), column(part, "spread")) == ([75], [25])


def test_a_value_beyond_the_declared_scale_is_rejected_as_it_stands_in_the_file(tmp_path: Path) -> None:
    rows = file(row(1, score=6), row(2, score=0), row(3, score=3))
    part = read_part(write(tmp_path, experiences(score='{ from = "score", scale = [1, 5] }'), voices_csv=rows))
    assert rejects(part) == [(2, "score", "6", "out_of_range"), (3, "score", "0", "out_of_range")]
    assert column(part, "score") == [50]


@pytest.mark.parametrize(("rules", "said"), [
    ({"score": '{ from = "score", scale = [5, 1] }'}, "lower first"),
    ({"score": '{ from = "score", scale = [1, 3, 5] }'}, "two numbers"),
    ({"score": '{ from = "score", scale = "1-5" }'}, "must be a number"),
    ({"score": '{ from = "score", reversed = true }'}, "reversed goes with the ends"),
    ({"score": '{ from = "score", scale = [1, 5], offset = 2 }'}, "needs none"),
    ({"n": '{ from = "n", scale = [1, 5] }'}, "not n"),
])  # fmt: skip
def test_a_scale_that_cannot_be_meant_is_refused_before_anything_is_read(tmp_path: Path, rules: dict[str, str], said: str) -> None:
    with pytest.raises(MappingError, match=said) as raised:
        read_part(write(tmp_path, experiences(**rules), voices_csv=file(row(1))))
    assert "table[1].columns" in raised.value.where


def test_more_answers_than_invited_are_rejected(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, experiences(n_invited='{ const = 20 }'), voices_csv=file(row(1, n=21), row(2, n=20))))
    assert rejects(part) == [(2, "n", "21", "n_exceeds_invited")]
