"""One cell: numbers, days, yes and no, words; what is read, and what is not guessed at."""

from datetime import date, datetime, time

import numpy as np
import pytest

from risiko.i18n import LANGUAGES, Translator
from risiko.intake.cell_values import day, number, spellings, whole, word, yes_no
from risiko.vocabulary import CONSENTS, REACHED


@pytest.mark.parametrize(("cell", "expected"), [
    (62, 62.0), (3.5, 3.5), ("3,5", 3.5), ("80 %", 80.0), ("80%", 80.0), (" 62 ", 62.0), ("1 200", 1200.0), ("−3", -3.0),
    ("110 %", 110.0), ("1\u00a0876", 1876.0),
])  # fmt: skip
def test_numbers_that_are_read(cell: object, expected: float) -> None:
    assert number(cell) == (expected, None)


@pytest.mark.parametrize(("cell", "reason"), [
    ("ca. 80", "not_a_number"), ("80 poeng", "not_a_number"), (True, "not_a_number"), ("1.2.3", "not_a_number"),
    ("1e5", "not_a_number"), ("nan", "not_a_number"), (float("inf"), "not_a_number"), ("٣", "not_a_number"),
    ("9 av 5", "not_a_number"), ("1/1", "not_a_number"), ("12 34", "not_a_number"),
    (datetime(2026, 5, 4), "date_for_number"), (time(4, 5), "date_for_number"), ("4 av 5", "part_of_scale"),
])  # fmt: skip
def test_numbers_that_are_not(cell: object, reason: str) -> None:
    value, trouble = number(cell)
    assert value is None
    assert trouble is not None
    assert (trouble.reason, trouble.rejected) == (reason, True)


@pytest.mark.parametrize(("cell", "score"), [
    ("4 av 5", "75"), ("4/5", "75"), ("4 of 5", "75"), ("4 out of 5", "75"), ("1/5", "0"), ("5 AV 5", "100"), ("3/7", "33"),
])  # fmt: skip
def test_a_step_of_a_scale_is_told_what_it_would_be_and_not_read(cell: str, score: str) -> None:
    value, trouble = number(cell)
    assert value is None
    assert trouble is not None
    assert trouble.told["score"] == score


def test_a_cell_shown_as_per_cent_is_read_and_told() -> None:
    value, trouble = number(0.8, percent=True)
    assert value == pytest.approx(80)
    assert trouble is not None
    assert (trouble.reason, trouble.rejected) == ("percent_read", False)


@pytest.mark.parametrize(("cell", "expected"), [(9, 9), (9.0, 9), ("9", 9), ("1 876", 1876), ("-2", -2)])
def test_whole_numbers(cell: object, expected: int) -> None:
    assert whole(cell) == (expected, None)


@pytest.mark.parametrize("cell", [9.5, "9,5", "80 %", "ca. 9", "ni", "4 av 5", True, 1e12])
def test_what_is_no_whole_number(cell: object) -> None:
    value, trouble = whole(cell)
    assert value is None
    assert trouble is not None
    assert trouble.reason == "not_whole"
    assert whole(0.5, percent=True)[0] is None


@pytest.mark.parametrize("cell", [
    datetime(2020, 9, 1, 14, 30), date(2020, 9, 1), "1.9.2020", "01.09.2020", "1. september 2020", "1 September 2020",
    "1. sept. 2020", "2020-09-01", "2020-09-01 00:00:00", "1. 9. 2020",
])  # fmt: skip
def test_the_first_of_september_however_it_is_written(cell: object) -> None:
    assert day(cell) == (date(2020, 9, 1), None)


def test_a_day_with_slashes_is_read_only_where_it_can_be_read_one_way() -> None:
    assert day("25/10/2020") == day("10/25/2020") == (date(2020, 10, 25), None)
    assert day("05/12/2020")[0] is day("12/05/2020")[0] is None
    assert day("9/9/2020") == (date(2020, 9, 9), None)
    value, trouble = day("09/10/2020")
    assert value is None
    assert trouble is not None
    assert (trouble.reason, trouble.told) == ("ambiguous_date", {"one": "2020-10-09", "other": "2020-09-10"})


@pytest.mark.parametrize("cell", ["31.2.2020", "1.9.20", "i fjor", "2020", 44075, "september 2020", "1. ma 2020", True, "0.0.0000"])
def test_what_is_no_day(cell: object) -> None:
    value, trouble = day(cell)
    assert value is None
    assert trouble is not None
    assert trouble.reason == "not_a_date"


def test_yes_and_no_in_three_languages() -> None:
    assert [yes_no(cell)[0] for cell in ("Ja", " JA ", "yes", "Y", True, 1)] == [True] * 6
    assert [yes_no(cell)[0] for cell in ("Nei", "no", "N", False, 0)] == [False] * 5
    assert yes_no("kanskje")[1] is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_a_list_are_read_in_every_language_whatever_their_case(language: str) -> None:
    t = Translator(language)
    read = spellings("reached", REACHED)
    assert [word(f"  {t.word('reached', one).upper()} ", read)[0] for one in REACHED] == list(REACHED)


def test_a_misspelt_word_is_told_the_nearest() -> None:
    rng = np.random.default_rng(7)
    for one in CONSENTS:
        written = Translator("nb").word("consent", one)
        at = int(rng.integers(1, len(written) - 1))
        value, trouble = word(written[:at] + written[at + 1 :], spellings("consent", CONSENTS))
        assert value is None
        assert trouble is not None
        assert (trouble.reason, trouble.told["nearest"].casefold()) == ("word_near", written.casefold())
    unknown = word("xyz", spellings("consent", CONSENTS))[1]
    assert unknown is not None
    assert unknown.reason == "word_unknown"
