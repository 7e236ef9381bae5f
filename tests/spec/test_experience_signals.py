"""Experience by survey, dimension, method and area, and where methods disagree; drawn as tables."""

import numpy as np
import pandas as pd
import pytest

from risiko.contracts import empty_tables
from risiko.settings import load
from risiko.signals import Context, specs
from risiko.signals.experience import by_dimension, by_method, experience_mean, experience_survey
from risiko.signals.experience_area import experience_area
from risiko.signals.experience_disagreement import experience_disagreement
from risiko.signals.experience_pieces import by_source, pooled_pieces
from risiko.signals.experience_reading import reading
from risiko.signals.experience_years import by_year
from tests.drawn import context

DAY = "2023-12-31"


def drawn(services: str, experiences: str, **more: str) -> Context:
    head = services if "\n" in services else "service_id\n" + "\n".join(services.split())
    return context(DAY, services=head, experiences=experiences, **more)


def many(n: int = 24, method: str = "survey", people: int = 40) -> list[str]:
    """Rows service_id | event_date | score | n | method of services s0, s1 …, scores 60 to 82."""
    return [f"s{i} | 2023-12-01 | {60 + (i * 7) % 23} | {people} | {method}" for i in range(n)]


def of_services(rows: list[str], services: int = 25) -> Context:
    return drawn(" ".join(f"s{i}" for i in range(services)), "\n".join(["service_id | event_date | score | n | method", *rows]))


def test_a_survey_with_fewer_than_five_answers_is_not_scored_and_says_so() -> None:
    c = drawn("a b c d", """
        service_id | event_date | score | n  | method
        a          | 2023-12-01 | 20    | 4  | survey
        b          | 2023-12-01 | 20    | 5  | survey
        c          | 2023-12-01 | 20    | 4  | survey
        c          | 2022-12-01 | 20    | 1  | survey
        d          | 2023-12-01 | 20    | 4  | focus_group
        """)  # fmt: skip
    f = experience_survey(c)
    assert f["missing"].fillna("").tolist() == ["too_few_answers", "", "", "no_evidence"]
    assert f["n"].tolist() == [4, 5, 5, 0]
    assert f.loc["a", ["value", "standing", "standing_sd"]].fillna(-1).tolist() == [-1, 0, 1]
    assert experience_mean(c)["missing"].fillna("").tolist() == ["too_few_answers", "", "", ""]


def test_too_few_survey_answers_do_not_colour_what_was_heard_otherwise() -> None:
    c = drawn("a", """
        service_id | event_date | score | n | method
        a          | 2023-12-01 | 0     | 4 | survey
        a          | 2023-12-01 | 60    | 3 | interview
        """)  # fmt: skip
    assert experience_mean(c).loc["a", ["value", "n"]].tolist() == [60, 3]


def test_a_survey_without_n_is_not_scored_and_says_so_while_words_without_n_are_one_person() -> None:
    c = drawn("a b c", """
        service_id | event_date | score | n  | method
        a          | 2023-12-01 | 20    |    | survey
        b          | 2023-12-01 | 20    |    | narrative
        c          | 2023-12-01 | 20    | 0  | interview
        """)  # fmt: skip
    f = experience_mean(c)
    assert f["missing"].fillna("").tolist() == ["n_missing", "", "no_evidence"]
    assert f["n"].tolist() == [0, 1, 0]


def test_the_same_survey_from_two_organisations_counts_once_and_the_first_delivery_stands() -> None:
    rows = """
        service_id | event_date | known_date | score | n  | organisation | dimension
        a          | 2023-05-01 | 2023-07-01 | 40    | 30 | Echo         | safe
        a          | 2023-05-01 | 2023-06-01 | 40    | 30 | Voice        | safe
        a          | 2023-05-01 | 2023-07-01 | 40    | 30 | Echo         | accessible
        a          | 2023-05-01 | 2023-07-01 | 40    | 31 | Echo         | safe
        """  # fmt: skip
    c = drawn("a", rows)
    told = by_source(c, 0)
    assert told.loc[told["weight"] == 0, ["organisation", "dimension", "n"]].to_numpy().tolist() == [["Echo", "safe", 30]]
    assert by_dimension(c, "safe").loc["a", "n"] == 30 + 31
    assert experience_survey(drawn("a", "\n".join(rows.strip().splitlines()[:3]))).loc["a", "n"] == 30


def test_an_organisation_spelled_two_ways_is_one_and_its_people_count_once() -> None:
    c = drawn("a", """
        service_id | event_date | score | n | method      | organisation  | dimension
        a          | 2023-05-01 | 40    | 9 | focus_group | Mental Helse  | safe
        a          | 2023-05-01 | 60    | 9 | focus_group | MENTAL-HELSE  | accessible
        a          | 2023-05-01 | 50    | 9 | focus_group | Voksne        | safe
        """)  # fmt: skip
    assert experience_mean(c).loc["a", "n"] == 18
    assert by_source(c, 0)["organisation"].unique().tolist() == ["MENTAL-HELSE", "Voksne"]


def test_a_declared_alias_is_one_organisation_too() -> None:
    c = drawn("a", """
        service_id | event_date | score | n | method      | organisation | dimension
        a          | 2023-05-01 | 40    | 9 | focus_group | Mental Helse | safe
        a          | 2023-05-01 | 60    | 9 | focus_group | M.H.         | accessible
        """)  # fmt: skip
    declared = c.settings.model_copy(update={"organisations": {"Mental Helse": ["MH"]}})
    assert experience_mean(Context(c.services, c.known, c.as_of, declared)).loc["a", "n"] == 9
    assert experience_mean(c).loc["a", "n"] == 18


def test_nine_in_a_focus_group_weigh_less_than_nine_interviews() -> None:
    rows = [*many(23), "s23 | 2023-12-01 | 30 | 9 | focus_group", "s24 | 2023-12-01 | 30 | 9 | interview"]
    f = experience_mean(of_services(rows))
    assert f.loc["s24", "standing"] > f.loc["s23", "standing"] > 0
    assert f.loc["s24", "standing_sd"] < f.loc["s23", "standing_sd"] < 1
    assert f.loc[["s23", "s24"], "n"].tolist() == [9, 9]


def test_the_method_weights_are_the_settings() -> None:
    """Focus group of nine: 1 + 8 × 0.3 = 3.4 answers; report of 100 stands for 20, half a word each."""
    c = drawn("a", """
        service_id | event_date | score | n   | method
        a          | 2023-12-31 | 50    | 9   | focus_group
        a          | 2023-12-31 | 50    | 100 | organisation_report
        """)  # fmt: skip
    assert by_source(c, 0).set_index("method")["weight"].to_dict() == pytest.approx({"focus_group": 3.4, "organisation_report": 10})


def test_a_survey_is_worth_less_by_design_effect_and_by_those_who_did_not_answer() -> None:
    c = drawn("a b c", """
        service_id | event_date | score | n   | n_invited | spread
        a          | 2023-12-31 | 50    | 140 | 140       | 20
        b          | 2023-12-31 | 50    | 140 | 700       | 20
        c          | 2023-12-31 | 50    | 140 |           | 20
        """)  # fmt: skip
    # Variance of the mean: 1.4 × 400 / 140 = 4, and with 20 % response (0.8 × 2)² more; 40 % is taken where none is said.
    expected = [400 / 4, 400 / (4 + 1.6**2), 400 / (4 + 1.2**2)]
    assert [by_source(c, i).loc[0, "weight"] for i in range(3)] == pytest.approx(expected)
    assert experience_survey(c)["exposure"].tolist() == pytest.approx([140, 700, np.nan], nan_ok=True)


def test_a_dimension_is_read_by_itself() -> None:
    c = drawn("a b", """
        service_id | event_date | score | n  | dimension
        a          | 2023-12-01 | 30    | 20 | safe
        a          | 2023-12-01 | 90    | 20 | accessible
        b          | 2023-12-01 | 60    | 20 | safe
        b          | 2023-12-01 | 10    | 20 |
        """)  # fmt: skip
    f = by_dimension(c, "safe")
    assert f["value"].tolist() == [30, 60]
    assert f.loc["a", "standing"] > 0 > f.loc["b", "standing"]
    assert by_dimension(c, "effective")["missing"].tolist() == ["no_evidence"] * 2


def test_being_asked_about_the_poorly_scored_dimension_only_does_not_look_worse() -> None:
    """Coordination scores 20 lower than safety wherever both are asked; one service was asked about it alone."""
    rows = [f"s{i} | 2023-12-01 | {mean + off} | 40 | {dimension}" for i, mean in enumerate(range(50, 74))
            for dimension, off in (("safe", 10), ("coordinated", -10))]  # fmt: skip
    rows.append("s24 | 2023-12-01 | 52 | 40 | coordinated")
    c = drawn(" ".join(f"s{i}" for i in range(25)), "\n".join(["service_id | event_date | score | n | dimension", *rows]))
    f = experience_mean(c)
    # 24 services tell of the difference, so 24 / 44 of it is believed.
    assert f.loc["s24", "expected"] == pytest.approx(f.loc["s0", "expected"] - 10 * 24 / 44, abs=0.5)
    naive = f.loc["s0", "expected"] - 52
    assert f.loc["s24", "expected"] - 52 < naive - 4
    assert by_dimension(c, "coordinated").loc["s24", "standing"] == pytest.approx(0, abs=0.3)


def test_higher_scores_are_better_so_z_standing_and_trend_point_up_where_it_is_worse() -> None:
    rows = [f"s{i} | {day} | {score} | 60 | survey" for i in range(25) for day, score in (("2023-06-01", 70), ("2021-06-01", 70))]
    rows = [line.replace("| 70 |", "| 40 |") if line.startswith("s3 | 2023") else line for line in rows]
    f = experience_survey(of_services(rows))
    assert f.loc["s3", ["z", "z_adjusted", "standing", "trend"]].gt(0).all()
    assert f.loc["s3", "trend"] == pytest.approx(30 * 24 / 25)
    assert f.loc["s4", "trend"] == pytest.approx(-30 / 25)
    assert f["ratio"].isna().all()


def test_a_trend_needs_both_halves_and_others_to_compare_with() -> None:
    c = drawn("service_id | service_type\na | home\nb | home\nodd | mill", """
        service_id | event_date | score | n
        a          | 2023-06-01 | 70    | 60
        a          | 2021-06-01 | 70    | 60
        b          | 2023-06-01 | 70    | 60
        odd        | 2023-06-01 | 20    | 60
        odd        | 2021-06-01 | 70    | 60
        """)  # fmt: skip
    f = experience_mean(c)
    assert f["trend"].isna().all()
    assert f.loc["odd", ["z", "expected"]].isna().all()


def test_old_evidence_says_less_and_does_not_make_services_look_alike() -> None:
    fresh = experience_survey(of_services(many(25)))
    aged = experience_survey(of_services([row.replace("2023-12", "2019-12") for row in many(25)]))
    assert (aged["standing_sd"] > fresh["standing_sd"]).all()
    assert (aged["standing"].abs() < fresh["standing"].abs()).all()
    # Four years are two half-lives: a quarter of what was known is left.
    known, left = (1 - f["standing_sd"].mean() ** 2 for f in (fresh, aged))
    assert left == pytest.approx(known / 4, rel=0.02)
    assert aged["tau2"].tolist() == pytest.approx(fresh["tau2"].tolist())
    assert aged["freshness"].iloc[0] == pytest.approx(4.08, abs=0.01)


AREAS = """
    service_id | service_type | area | event_date | score | n  | method
               | nursing_home | Nord | 2023-12-01 | 20    | 60 | organisation_report
               | nursing_home | SØR  | 2023-12-01 | 80    | 60 | organisation_report
               | home_care    | Nord | 2023-12-01 | 0     | 60 | organisation_report
    """
PLACES = "service_id | county\nn | Nord\ns | sør\nw | Vest"


def test_what_is_told_of_an_area_reaches_its_services_of_that_type_and_says_little() -> None:
    f = experience_area(drawn(PLACES, AREAS))
    assert f["value"].tolist() == pytest.approx([20, 80, np.nan], nan_ok=True)
    assert f.loc["w", "missing"] == "no_evidence"
    assert f.loc["n", "standing"] > 0 > f.loc["s", "standing"]
    assert (f.loc[["n", "s"], "standing_sd"] >= np.sqrt(1 - load().experience.area_share)).all()
    assert (f.loc[["n", "s"], "estimate"] - 50).abs().lt(3).all()


def test_what_is_told_of_an_area_never_looks_like_evidence_about_the_service() -> None:
    c = drawn(PLACES, AREAS)
    f = experience_mean(c)
    assert f["missing"].tolist() == ["no_evidence"] * 3
    assert f["n"].tolist() == [0, 0, 0]
    assert by_source(c, 0).empty


def test_what_is_told_of_an_area_shifts_the_level_a_thin_reading_is_drawn_to_and_excuses_nobody() -> None:
    services = "service_id | county\n" + "\n".join(f"s{i} | {'Nord' if i % 2 else 'Sør'}" for i in range(25))
    north, south = ([f"s{i}" for i in range(first, 25, 2)] for first in (1, 0))
    rows = ["service_id | service_type | area | event_date | score | n | method",
            *(f"s{i} | | | 2023-12-01 | {60 + (i * 7) % 23} | 1 | interview" for i in range(25))]  # fmt: skip
    told = [f" | nursing_home | {area} | 2023-12-01 | {score} | 60 | organisation_report" for area, score in (("Nord", 10), ("Sør", 90))]
    without, with_area = (experience_mean(drawn(services, "\n".join(r))) for r in (rows, rows + told))
    assert (with_area["estimate"] - without["estimate"])[north].lt(-0.5).all()
    assert (with_area["standing"] - without["standing"])[north].gt(0).all()
    assert (with_area["standing"] - without["standing"])[south].lt(0).all()
    assert with_area["n"].tolist() == without["n"].tolist()
    assert with_area["expected"].tolist() == pytest.approx(without["expected"].tolist(), abs=0.5)
    # It is in experience_mean already, so the area's own signal adds nothing on top.
    area = experience_area(drawn(services, "\n".join(rows + told)))
    assert area["missing"].isna().all()
    assert area["standing"].eq(0).all()
    assert area["standing_sd"].eq(1).all()


def test_a_service_hears_of_every_municipality_it_serves_by_the_share_of_its_users() -> None:
    c = drawn("a b", AREAS.replace("SØR", "Sør"), service_areas="""
        service_id | municipality | share
        a          | Nord         | 0.75
        a          | Sør          | 0.25
        b          | Nord         | 0
        """)  # fmt: skip
    f = experience_area(c)
    assert f.loc["a", "value"] == pytest.approx(0.75 * 20 + 0.25 * 80)
    assert f.loc["b", "missing"] == "no_evidence"


def test_one_area_alone_is_compared_with_no_other() -> None:
    f = experience_area(drawn("service_id | service_type | county\nh | home_care | Nord", AREAS))
    assert f.loc["h", ["value", "standing", "standing_sd"]].tolist() == [0, 0, 1]
    assert np.isnan(f.loc["h", "expected"])


def test_methods_that_disagree_are_shown_and_never_scored() -> None:
    c = drawn("a b c d", """
        service_id | event_date | score | n   | method
        a          | 2023-12-01 | 80    | 200 | survey
        a          | 2023-12-01 | 30    | 20  | interview
        a          | 2023-12-01 | 50    | 9   | focus_group
        b          | 2023-12-01 | 80    | 200 | survey
        b          | 2023-12-01 | 70    | 1   | narrative
        c          | 2023-12-01 | 80    | 200 | survey
        """)  # fmt: skip
    f = experience_disagreement(c)
    assert f["value"].tolist() == pytest.approx([50, 10, np.nan, np.nan], nan_ok=True)
    assert f["missing"].fillna("").tolist() == ["", "", "one_method", "no_evidence"]
    assert f.loc["a", "z"] > 3
    assert abs(f.loc["b", "z"]) < 1
    assert f["standing"].eq(0).all()
    assert f["standing_sd"].eq(1).all()


def test_leaving_an_organisation_out_is_one_filter() -> None:
    c = drawn("a b", """
        service_id | event_date | score | n  | organisation
        a          | 2023-12-01 | 20    | 30 | Voice
        a          | 2023-12-01 | 60    | 40 | Echo
        b          | 2023-12-01 | 60    | 30 | Voice
        """)  # fmt: skip
    pieces = c.once(pooled_pieces)
    f = reading(c, pieces[pieces["organisation"] != "Voice"])
    assert f["value"].tolist() == pytest.approx([60, np.nan], nan_ok=True)


def test_what_was_said_stands_by_source_also_where_it_is_not_scored() -> None:
    c = drawn("a", """
        service_id | event_date | method    | organisation | dimension | score | n | n_invited | text
        a          | 2023-12-31 | narrative | Voice        | safe      |       | 1 |           | No one came.
        a          | 2022-12-31 | survey    |              | safe      | 60    | 9 | 18        |
        a          | 2021-12-31 | interview | Voice        |           | 50    |   |           |
        """)  # fmt: skip
    f = by_source(c, 0)
    assert list(f.columns) == ["method", "organisation", "dimension", "n", "n_invited", "mean", "spread", "event_date", "weight"]
    assert f["method"].tolist() == ["narrative", "survey", "interview"]
    assert f["n"].tolist() == pytest.approx([1, 9, np.nan], nan_ok=True)
    assert f["mean"].tolist() == pytest.approx([np.nan, 60, 50], nan_ok=True)
    assert f.loc[0, "weight"] == 0
    assert f["organisation"].isna().tolist() == [False, True, False]


def test_survey_occasions_by_year_beside_the_others() -> None:
    c = drawn("a b", """
        service_id | event_date | score | n
        a          | 2020-05-01 | 50    | 30
        a          | 2022-05-01 | 40    | 30
        a          | 2022-11-01 | 60    | 30
        b          | 2022-05-01 | 80    | 30
        """)  # fmt: skip
    f = by_year(c, 0, method="survey")
    assert f["period_end"].dt.strftime("%Y-%m-%d").tolist() == ["2020-12-31", "2021-12-31", "2022-12-31", "2023-12-31"]
    assert f["value"].tolist() == pytest.approx([50, np.nan, 50, np.nan], nan_ok=True)
    assert f["n"].tolist() == [30, 0, 60, 0]
    assert f["expected"].tolist() == pytest.approx([np.nan, np.nan, 80, np.nan], nan_ok=True)
    assert by_year(c, 0, method="interview").empty


def test_the_number_of_users_plays_no_part() -> None:
    rows = "\n".join(["service_id | event_date | score | n | method", *many(25)])
    services = [f"s{i} | {users}" for i, users in enumerate(["0", "", "50"] * 8 + ["9"])]
    with_users = experience_mean(context(DAY, services="\n".join(["service_id | users", *services]), experiences=rows))
    pd.testing.assert_frame_equal(with_users, experience_mean(of_services(many(25))))


def test_without_any_experience_every_signal_is_missing_and_says_nothing() -> None:
    c = context(DAY, services="service_id | county\na | Nord\nb | Nord")
    mine = [s for s in specs(empty_tables(), c.settings) if s.group == "experience" and s.name.startswith("experience")]
    assert len(mine) == 4 + 6 + 8
    for spec in mine:
        f = spec.compute(c)
        assert f["missing"].tolist() == ["no_evidence"] * 2, spec.name
        assert (f["standing"].tolist(), f["standing_sd"].tolist(), f["n"].tolist()) == ([0, 0], [1, 1], [0, 0]), spec.name
        assert spec.over_time is None or spec.over_time(c, 0).empty, spec.name


def test_order_of_rows_and_services_does_not_matter() -> None:
    rows = [*many(24), "s24 | 2023-12-01 | 41 | 9 | focus_group", "s3 | 2022-01-01 | 44 | 3 | interview"]
    one, other = (experience_mean(of_services(r)) for r in (rows, rows[::-1]))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)


def test_by_method_reads_one_method() -> None:
    rows = [*many(24), "s24 | 2023-12-01 | 41 | 9 | focus_group", "s3 | 2022-01-01 | 44 | 9 | focus_group"]
    f = by_method(of_services(rows), "focus_group")
    assert f["value"].dropna().to_dict() == pytest.approx({"s3": 44, "s24": 41})
