"""Two selections of answers compared: whose they are, what is told, and that no small group comes out by subtraction."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from risiko import settings
from risiko.cli.main import app
from risiko.cli.voice_compare import side
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.i18n import Translator
from risiko.pipeline.survey_comparison import Selection, choices, survey_comparison
from risiko.reports import comparison_words as words
from risiko.reports.names import Names
from risiko.store import open_store
from tests.builders import batch, part
from tests.drawn import tables as drawn

DAY, SETTINGS = date(2026, 6, 30), settings.load()
SERVICES = "service_id | service_type\nhome | nursing_home\nflat | disability_housing"
WAVE_1, WAVE_2, OTHER, THIRD = (f"sub-00000000000{n}" for n in (1, 2, 3, 4))
SUBMISSIONS = f"""
submission_id | known_date | first_day  | event_date | method | organisation | reached | user_group | n  | n_invited | consent | purpose     | keep_until | content_hash
{WAVE_1}      | 2025-03-01 | 2025-01-01 | 2025-02-01 | survey | Laget        | members | users      | 60 | 60        | agreed  | supervision | 2029-01-01 | x
{WAVE_2}      | 2026-03-01 | 2026-01-01 | 2026-02-01 | survey | Laget        | members | users      | 60 | 60        | agreed  | supervision | 2029-01-01 | y
{OTHER}       | 2026-03-02 | 2026-01-01 | 2026-02-01 | survey | Foreningen   | members | users      | 80 | 800       | agreed  | supervision | 2029-01-01 | z
"""
# safe rose by 15, staff did not move; in the other's survey four people in housing answered.
ITEMS = f"""
item_mean_id | event_date | known_date | service_id | instrument | item   | wording      | n  | n_blank | mean | spread | design_effect
{WAVE_1}-1   | 2025-02-01 | 2025-03-01 | home       | own        | safe   | Er du trygg? | 60 | 0       | 60   | 20     | 1
{WAVE_1}-2   | 2025-02-01 | 2025-03-01 | home       | own        | staff  | Nok folk?    | 60 | 0       | 50   | 20     | 1
{WAVE_2}-1   | 2026-02-01 | 2026-03-01 | home       | own        | safe   | Er du trygg? | 60 | 0       | 75   | 20     | 1
{WAVE_2}-2   | 2026-02-01 | 2026-03-01 | home       | own        | staff  | Nok folk?    | 58 | 2       | 51   | 20     | 1
{OTHER}-1    | 2026-02-01 | 2026-03-02 | home       | own        | safe   | Er du trygg  | 76 | 0       | 66   | 25     |
{OTHER}-2    | 2026-02-01 | 2026-03-02 | flat       | own        | safe   | Er du trygg  | 4  | 0       | 10   | 25     |
{OTHER}-3    | 2026-02-01 | 2026-03-02 | home       | own        | staff  | Trives du?   | 76 | 0       | 90   | 25     |
"""
LAGET, ONE, TWO = Selection(organisation="laget"), Selection(submission=WAVE_1), Selection(submission=WAVE_2)


def world(items: str = ITEMS, submissions: str = SUBMISSIONS) -> Tables:
    return drawn(services=SERVICES, submissions=submissions, item_means=items)


def compared(a: Selection, b: Selection, records: Tables | None = None, as_of: date = DAY) -> pd.DataFrame:
    return survey_comparison(records or world(), a, b, as_of, SETTINGS).set_index(["item", "wording"])


def test_two_waves_tell_what_rose_and_do_not_call_the_rest_a_change() -> None:
    found = compared(ONE, TWO)
    assert found["told"].to_dict() == {("safe", "Er du trygg?"): "higher", ("staff", "Nok folk?"): "not_shown"}
    safe = found.loc[("safe", "Er du trygg?")]
    assert (safe["difference"], safe["n_a"], safe["n_b"]) == (15, 60, 60)
    assert 0 < safe["low"] < 15 < safe["high"]
    assert compared(TWO, ONE)["told"].iloc[0] == "lower"


def test_everybody_having_answered_leaves_nothing_to_hide_and_few_answers_do() -> None:
    found = compared(ONE, TWO).iloc[0]
    assert (found["bias"], found["holds"]) == (0, True)
    few = world(submissions=SUBMISSIONS.replace("| 60 | 60 ", "| 60 | 900"))
    found = compared(ONE, TWO, few).iloc[0]
    assert found["told"] == "higher"
    assert found["bias"] == pytest.approx(2 * (1 - 60 / 900) * SETTINGS.experience.non_response)
    assert found["holds"] == (found["low"] > found["bias"])


def test_an_organisation_against_all_others_by_any_spelling() -> None:
    also = f"{THIRD} | 2026-03-02 | 2026-01-01 | 2026-02-01 | survey | | members | users | 40 | 80 | agreed | supervision | 2029-01-01 | w"
    more = f"{THIRD}-1 | 2026-02-01 | 2026-03-02 | home | own | safe | Er du trygg? | 38 | 0 | 66 | 25 |"
    others = Selection(organisation="LAGET", others=True)
    found = compared(LAGET, others, world(f"{ITEMS}{more}\n", f"{SUBMISSIONS}{also}\n")).loc[("safe", "Er du trygg?")]
    assert (found["n_a"], found["n_b"], found["mean_b"]) == (120, 114, 66)
    alone = compared(LAGET, others).loc[("safe", "Er du trygg?")]
    assert (alone["n_a"], pd.isna(alone["n_b"]), pd.isna(alone["mean_b"]), alone["told"]) == (120, True, True, "too_few"), (
        "of one other alone nothing is told"
    )


def test_questions_of_one_name_that_were_asked_in_other_words_are_not_compared() -> None:
    found = compared(TWO, Selection(submission=OTHER))
    assert found["told"].to_dict() == {
        ("safe", "Er du trygg?"): "lower", ("staff", "Nok folk?"): "too_few", ("staff", "Trives du?"): "too_few",
    }  # fmt: skip


def test_a_group_of_four_is_in_no_comparison_so_none_differs_by_it() -> None:
    everything, home = Selection(submission=OTHER), Selection(submission=OTHER, service_type="nursing_home")
    flat = Selection(submission=OTHER, service_type="disability_housing")
    of = [compared(TWO, s).loc[("safe", "Er du trygg?")] for s in (everything, home, flat)]
    assert [None if pd.isna(one["n_b"]) else int(one["n_b"]) for one in of] == [76, 76, None]
    assert np.isnan(of[2][["mean_b", "difference", "low", "high", "p", "bias"]].astype("float64")).all()
    five = compared(TWO, everything, world(ITEMS.replace("| 4  |", "| 5  |"))).loc[("safe", "Er du trygg?")]
    assert five["n_b"] == 81, "five may be told of"


def test_few_answers_about_each_of_several_services_are_one_group() -> None:
    spread = ITEMS.replace("flat       | own        | safe   | Er du trygg  | 4 ", "home       | own        | safe   | Er du trygg  | 4 ")
    assert compared(TWO, Selection(submission=OTHER), world(spread)).loc[("safe", "Er du trygg?"), "n_b"] == 80


def test_periods_are_by_the_last_day_of_collection_and_nothing_known_later_is_in() -> None:
    year = [Selection(date(y, 1, 1), date(y, 12, 31)) for y in (2025, 2026)]
    assert compared(*year).loc[("safe", "Er du trygg?"), "n_b"] == 136
    early = compared(*year, as_of=date(2026, 3, 1))
    assert early.loc[("safe", "Er du trygg?"), "n_b"] == 60


def test_sides_that_share_answers_are_refused() -> None:
    with pytest.raises(InputError, match="share answers"):
        compared(LAGET, ONE)


def test_without_answers_there_is_nothing_and_no_fault() -> None:
    assert survey_comparison(drawn(services=SERVICES), ONE, TWO, DAY, SETTINGS).empty
    assert choices(drawn(services=SERVICES), DAY, SETTINGS).empty


def test_choices_leave_out_what_is_small() -> None:
    found = choices(world(), DAY, SETTINGS)
    assert found[["submission", "service_type", "n"]].to_numpy().tolist() == [
        [WAVE_2, "nursing_home", 60], [OTHER, "nursing_home", 76], [WAVE_1, "nursing_home", 60],
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "told"), [("nb", "Høyere"), ("nn", "Høgare"), ("en", "Higher")])
def test_the_words_tell_the_question_the_numbers_and_what_they_say(language: str, told: str) -> None:
    names = Names(Translator(language, strict=True), SETTINGS)
    found = survey_comparison(world(), ONE, TWO, DAY, SETTINGS)
    table = words.table(found, "A", "B", names)
    assert table.iloc[0, 0] == "1. Er du trygg?"
    assert table.iloc[0, -1].startswith(told)
    assert "n = 60" in table["A"][0]
    assert words.picture(found, names)["told"].iloc[0] == told
    assert "A" in words.summary(found, "A", "B", names)
    small = survey_comparison(world(), TWO, Selection(submission=OTHER, service_type="disability_housing"), DAY, SETTINGS)
    assert words.table(small, "A", "B", names).iloc[0, 3] == "–"


def test_a_standard_question_reads_in_each_language() -> None:
    from risiko.intake.instruments import INSTRUMENTS

    name, instrument = next((n, i) for n, i in INSTRUMENTS.items() if i.items)
    item = instrument.items[0]
    row = pd.Series({"instrument": name, "item": item.item, "wording": ""})
    asked = [words.question(row, Names(Translator(code), SETTINGS)) for code in ("nb", "en")]
    assert asked == [item.wording.nb, item.wording.en]


def test_sides_on_the_command_line() -> None:
    assert side("period=2024") == Selection(date(2024, 1, 1), date(2024, 12, 31))
    assert side("period=2024-1; organisation=Laget") == Selection(date(2024, 1, 1), date(2024, 6, 30), "Laget")
    assert side("others=Laget") == Selection(organisation="Laget", others=True)
    assert side("submission=sub-1") == Selection(submission="sub-1")
    for bad in ("period=24", "who=me", "", "period=2024-3", "period=0000", "organisation="):
        with pytest.raises(InputError, match="no selection"):
            side(bad)


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = str(tmp_path / "voices.db")
    records = world()
    with_rows = [part(name, records[name], file=name) for name in ("services", "submissions", "item_means")]
    opened = open_store(path, create=True)
    opened.commit(batch(*with_rows, at=datetime(2026, 6, 30)))
    opened.close()
    return path


def test_compare_and_coverage_answer_on_the_command_line(store: str) -> None:
    def told(*asked: str) -> str:
        answer = CliRunner().invoke(app, ["voice", *asked, "--store", store])
        assert answer.exit_code == 0, answer.output
        return answer.output

    sides = (f"submission={WAVE_1}", f"submission={WAVE_2}")
    found = json.loads(told("compare", *sides, "--as-of", "2026-06-30", "--json"))
    assert [q["told"] for q in found["questions"]] == ["higher", "not_shown"]
    assert "+15.0" in told("compare", *sides, "--as-of", "2026-06-30")
    heard = json.loads(told("coverage", "--as-of", "2026-06-30", "--json"))
    assert heard["heard"]
    assert "pieces" not in heard["cells"][0]
    assert "sex untold" in told("coverage", "--as-of", "2026-06-30")
