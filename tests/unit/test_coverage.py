"""Who is heard from in drawn worlds: named gaps, cautions that say what they rest on, and numbers that may be told."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd
import pytest

from risiko import settings
from risiko.contracts import Tables
from risiko.disclosure import TOTAL
from risiko.i18n import Translator
from risiko.ledger.cautions import KINDS
from risiko.ledger.places import UNKNOWN
from risiko.pipeline.coverage import Coverage, coverage
from risiko.pipeline.runs import Authority
from risiko.reports import coverage_words as words
from risiko.reports.list_files import list_csv, list_xlsx
from risiko.reports.names import Names
from risiko.store import open_store
from tests.drawn import tables as drawn

DAY = date(2026, 6, 30)
SETTINGS = settings.load()
SERVICES = """
service_id | service_type      | county  | users | natural_person | dependency | sector
oslo       | nursing_home      | Oslo    | 60    | false          | 3          | health
troms      | nursing_home      | Troms   | 40    | false          | 3          | health
troms2     | nursing_home      | Troms   | 50    | false          | 3          | health
nordland   | nursing_home      | Nordland| 30    | false          | 3          | health
doctor     | general_practice  | Troms   | 900   | true           | 0          | health
practice   | general_practice  | Oslo    | 900   | false          | 0          | health
child      | child_institution | Oslo    |       | false          | 3          | child_welfare
"""
AREAS = """
service_id | municipality
troms      | Tromsø
oslo       | Oslo
"""
# Pårørendelaget heard Oslo lately and Troms long ago; Nordland was never heard.
EXPERIENCES = """
experience_id | service_id | service_type | area   | event_date | known_date | method      | organisation  | n  | score
a             | oslo       |              |        | 2026-02-01 | 2026-03-01 | focus_group | Pårørendelaget | 9  | 60
b             | troms      |              |        | 2024-04-15 | 2024-05-01 | survey      | Pårørendelaget | 12 | 55
c             | practice   |              |        | 2025-11-20 | 2025-12-01 | survey      | Egne ord       | 40 | 70
"""


def world(**more: str) -> Tables:
    return drawn(**{"services": SERVICES, "service_areas": AREAS, "experiences": EXPERIENCES, **more})


@cache
def authority() -> Authority:
    return Authority(open_store("memory:"), SETTINGS)


def found(records: Tables, as_of: date = DAY) -> Coverage:
    return coverage(authority(), records, as_of)


@cache
def plain_world() -> Coverage:
    return found(world())


def names(language: str = "nb") -> Names:
    return Names(Translator(language, strict=True), SETTINGS)


def cell(at: Coverage, kind: str, county: str) -> pd.Series:
    rows = at.cells[(at.cells["service_type"] == kind) & (at.cells["county"] == county)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_gaps_are_named_worst_first_with_who_can_reach_them() -> None:
    at = plain_world()
    listed = at.gaps[["service_type", "county", "users", "heard_here", "reach_elsewhere"]].astype("object")
    assert listed.where(listed.notna(), None).to_numpy().tolist() == [
        ["nursing_home", "Troms", 90.0, "Pårørendelaget", "Pårørendelaget"],
        ["nursing_home", "Nordland", 30.0, "", "Pårørendelaget"],
        ["child_institution", "Oslo", None, "", ""],
    ]
    said = [words.gap_sentence(gap, names()) for _, gap in at.gaps.iterrows()]
    assert said[0] == (
        "Ikke hørt fra noen om sykehjem i Troms på 26 måneder. Har gitt innspill derfra før: Pårørendelaget. "
        "Når slike brukere i andre fylker (siste 24 måneder): Pårørendelaget."
    )
    assert said[1].startswith("Aldri hørt fra noen om sykehjem i Nordland.")
    assert said[2].endswith("Ingen organisasjon har nådd slike brukere de siste 24 månedene.")


def test_a_gap_begins_on_the_day_the_months_have_passed() -> None:
    at = [found(world(), day).gaps for day in (date(2026, 4, 14), date(2026, 4, 15))]
    assert ["Troms" in set(gaps.loc[gaps["service_type"] == "nursing_home", "county"]) for gaps in at] == [False, True]


def test_a_sole_practitioner_is_no_gap_and_no_voice() -> None:
    told = EXPERIENCES + "d | doctor | | | 2026-02-01 | 2026-02-02 | survey | Egne ord | 30 | 20"
    at = found(world(experiences=told))
    assert not ((at.cells["service_type"] == "general_practice") & (at.cells["county"] == "Troms")).any()
    assert int(at.totals.set_index(["row", "column"]).loc[(TOTAL, TOTAL), "people"]) == 9 + 12 + 40


@pytest.mark.parametrize("area", ["Troms", "tromsø"])
def test_what_is_told_of_an_area_counts_for_its_county(area: str) -> None:
    told = EXPERIENCES + f"d | | nursing_home | {area} | 2026-05-10 | 2026-05-12 | organisation_report | Laget | 20 | "
    at = found(world(experiences=told))
    assert cell(at, "nursing_home", "Troms")["months_since"] == 1
    assert set(at.gaps["county"]) == {"Nordland", "Oslo"}


def test_an_area_nobody_knows_is_kept_as_unknown() -> None:
    told = EXPERIENCES + "d | | nursing_home | Atlantis | 2026-05-10 | 2026-05-12 | survey | Laget | 20 | 50"
    assert cell(found(world(experiences=told)), "nursing_home", UNKNOWN)["pieces"] == 1


def test_without_experience_all_is_a_gap_and_that_is_said() -> None:
    at = found(world(experiences="experience_id | event_date | n"))
    assert not at.heard
    assert len(at.gaps) == 5
    assert at.cautions.empty
    assert at.gaps["months_since"].isna().all()


def test_nothing_known_later_is_seen() -> None:
    assert cell(found(world(), date(2026, 2, 28)), "nursing_home", "Oslo")["pieces"] == 0


def test_people_are_told_of_half_years_that_are_over_and_small_ones_hidden_with_one_more() -> None:
    told = EXPERIENCES + "d | nordland | | | 2026-05-10 | 2026-05-12 | interview | Laget | 2 | 50"
    before, after = (found(world(experiences=told), day) for day in (date(2026, 6, 29), DAY))
    assert pd.isna(cell(before, "nursing_home", "Nordland")["people"])
    assert not cell(before, "nursing_home", "Nordland")["people_hidden"]
    hidden = after.cells[after.cells["people_hidden"]]
    assert set(hidden["county"]) == {"Nordland", "Oslo"}, "9 less 2 hidden: 9 alone would tell the 2"
    assert hidden["people"].isna().all()
    told_of = after.totals.set_index(["row", "column"])
    assert (told_of.loc[("nursing_home", TOTAL), "people"], told_of.loc[("nursing_home", TOTAL), "hidden"]) == (23, 0)


def test_corrections_and_moves_in_a_later_half_year_leave_the_old_table_as_it_was() -> None:
    corrected = EXPERIENCES + "a | oslo | | | 2026-02-01 | 2026-08-01 | focus_group | Pårørendelaget | 11 | 60"
    head, *rows = SERVICES.strip().splitlines()
    moved = [f"2010-01-01 | {row}" for row in rows] + [f"2026-08-01 | {rows[0].replace('Oslo', 'Troms')}"]
    services = "\n".join([f"known_date | {head}", *moved])
    at, later = plain_world(), found(world(services=services, experiences=corrected), date(2026, 12, 31))
    assert cell(later, "nursing_home", "Troms")["months_since"] == 10, "the voice moves with its service all the same"
    pd.testing.assert_frame_equal(at.totals, later.totals)
    assert later.by_half_year.equals(at.by_half_year)


SUBMISSIONS = """
submission_id    | known_date | first_day  | event_date | method      | organisation | reached | user_group | n  | n_invited | n_women | n_men | consent | purpose     | keep_until | content_hash
sub-0123456789ab | 2026-02-10 | 2026-01-01 | 2026-02-01 | focus_group | Laget        | members | relatives  | 9  |           | 9       | 0     | agreed  | supervision | 2029-01-01 | x
sub-0123456789ac | 2026-03-10 | 2026-01-01 | 2026-03-01 | survey      | Laget        | members | relatives  | 80 | 900       | 70      | 10    | agreed  | supervision | 2029-01-01 | y
"""
SUBMITTED = """
experience_id      | service_id | event_date | known_date | method      | organisation | n  | score
sub-0123456789ab-1 | oslo       | 2026-02-01 | 2026-02-10 | focus_group | Laget        | 9  | 60
sub-0123456789ab-2 | child      | 2026-02-01 | 2026-02-10 | focus_group | Laget        |    | 60
sub-0123456789ac-1 | troms      | 2026-03-01 | 2026-03-10 | survey      | Laget        | 50 | 60
sub-0123456789ac-2 | troms2     | 2026-03-01 | 2026-03-10 | survey      | Laget        | 50 | 60
"""


def test_people_of_a_submission_are_no_more_than_it_had() -> None:
    at = found(world(submissions=SUBMISSIONS, experiences=SUBMITTED))
    assert cell(at, "nursing_home", "Troms")["people"] == 80, "50 and 50 of 80 in all"
    assert cell(at, "child_institution", "Oslo")["people"] == 9, "those of the submission"
    assert at.by_group.set_index("user_group").loc["relatives", "people"] == 98


def test_a_number_that_one_table_must_hide_is_not_shown_by_another() -> None:
    """Two relatives and three users, five in all: the five may be told by place, so the two groups may not be told."""
    given = SUBMISSIONS.replace("survey      | Laget        | members | relatives  | 80", "survey      | Laget        | members | users      | 3 ")
    given = given.replace("relatives  | 9 ", "relatives  | 2 ")
    lines = SUBMITTED.strip().splitlines()
    rows = "\n".join([lines[0], lines[1].replace("| 9  |", "| 2  |"), lines[3].replace("troms ", "oslo  ").replace("| 50 |", "| 3  |")])
    at = found(world(submissions=given, experiences=rows))
    assert cell(at, "nursing_home", "Oslo")["people"] == 5
    assert at.by_group["user_group"].tolist() == ["relatives", "users"]
    assert at.by_group[["people", "pieces"]].isna().all(axis=None)
    assert at.by_group["people_hidden"].all()


def test_cautions_say_who_is_missing_and_what_it_rests_on() -> None:
    at = found(world(submissions=SUBMISSIONS, experiences=SUBMITTED)).cautions.set_index("kind")
    assert set(at.index) == {"few_men", "children_unheard", "low_response"}
    assert (at.loc["few_men", "n"], at.loc["few_men", "of"]) == (2, 2)
    assert at.loc["children_unheard", "service_type"] == "child_institution"
    assert at.loc["low_response", "share"] == 0.09, "80 of 900; an exact share would tell the 80 to who knows the 900"
    said = words.caution_sentence(at.reset_index().set_index("kind", drop=False).loc["few_men"], names())
    assert said == "Færre enn 25\u00a0% av dem vi har hørt fra, er menn, så langt det er oppgitt (2 av 2 innspill)."


def test_where_nobody_says_it_is_said_and_not_taken_for_nobody() -> None:
    told = EXPERIENCES + "d | child | | | 2026-02-01 | 2026-02-02 | interview | Laget | 3 | 20"
    at = found(world(experiences=told)).cautions.set_index("kind")
    assert {"sex_untold", "group_untold"} <= set(at.index)
    assert {"few_women", "few_men", "children_unheard"}.isdisjoint(at.index)
    assert at.loc["sex_untold", ["n", "of"]].tolist() == [0, 3]


def test_children_among_those_heard_end_the_caution() -> None:
    heard = SUBMISSIONS.replace("relatives  | 9 ", "children  | 9 ")
    assert "children_unheard" not in set(found(world(submissions=heard, experiences=SUBMITTED)).cautions["kind"])


def test_one_organisation_giving_most_is_named_but_no_share_that_tells_a_small_number() -> None:
    rows = "\n".join(f"r{i} | oslo | | | 2026-02-0{i} | 2026-02-10 | survey | Stort | 30 | 50" for i in range(1, 4))
    head, other = EXPERIENCES.strip().splitlines()[0], "s | oslo | | | 2026-02-05 | 2026-02-10 | survey | Lite | {n} | 50"
    for n, told in ((3, False), (30, True)):
        at = found(world(experiences=f"{head}\n{rows}\n{other.format(n=n)}")).cautions
        own = at[(at["kind"] == "organisation") & (at["service_type"] == "")].iloc[0]
        assert own["name"] == "Stort"
        assert pd.notna(own["share"]) == told
        said = words.caution_sentence(own, names())
        assert ("75" in said) if told else ("mer enn 34" in said and "97" not in said)


def test_shares_are_too_coarse_to_tell_one_more_answer() -> None:
    """The exact shares of 100 and of 101 of the same others are two fractions that give the one person away."""
    head, told = EXPERIENCES.strip().splitlines()[0], []
    for n in (100, 101):
        rows = [f"{name} | oslo | | | 2026-02-0{day} | 2026-02-10 | survey | {name} | {people} | 50"
                for day, (name, people) in enumerate((("Stort", n), ("Lite", 60), ("Annet", 57)), start=1)]  # fmt: skip
        told.append(found(world(experiences="\n".join([head, *rows]))).cautions)
    own = [at.loc[(at["kind"] == "organisation").to_numpy(), "share"].tolist() for at in told]
    assert own[0] == own[1] == [0.46, 0.46]


def test_a_bar_in_a_name_does_not_make_two_organisations_of_one() -> None:
    told = world()
    told["experiences"]["organisation"] = told["experiences"]["organisation"].str.replace("e", "|")
    given, at = {name.replace("|", "/") for name in told["experiences"]["organisation"].dropna()}, found(told)
    for listed in (at.cells["organisations"], at.gaps["reach_elsewhere"]):
        named = {name for one in listed for name in one.split("|")} - {""}
        assert named
        assert named <= given


def test_a_type_heard_by_one_method_only_is_a_caution_from_three_pieces_on() -> None:
    head = EXPERIENCES.strip().splitlines()[0]
    rows = [f"r{i} | oslo | | | 2026-02-0{i} | 2026-02-10 | interview | Lag {i} | 2 | 50" for i in range(1, 4)]
    kinds = [set(found(world(experiences="\n".join([head, *rows[:n]]))).cautions["kind"]) for n in (2, 3)]
    assert ["one_method" in kind for kind in kinds] == [False, True]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_caution_and_table_has_words(language: str) -> None:
    told, at = names(language), plain_world()
    rows = pd.DataFrame([
        {"kind": kind, "service_type": "nursing_home", "name": "survey", "share": None, "n": 2, "of": 3} for kind in KINDS
    ]).astype({"share": "float64"})  # fmt: skip
    said = words.caution_sentences(rows, told)
    assert len(set(said)) == len(KINDS)
    assert all("{" not in one for one in said)
    table = words.matrix(at.cells, at.totals, told)
    assert table.iloc[-1, 0] == table.columns[-1]
    assert table.shape == (4, 5)
    assert len(words.half_years(at.by_half_year, told)) == 3
    assert set(words.picture(at.cells, told)["label"]) >= {"×"}
    assert len(words.by_axis(at.by_method, "method", told)) == 2


def test_the_work_list_as_a_file_runs_no_formula() -> None:
    evil = EXPERIENCES.replace("Pårørendelaget | 12", "=cmd() | 12")
    rows = words.gap_table(found(world(experiences=evil)).gaps, names()).assign(X="=1+1")
    made = list_csv(rows, names().t).decode("utf-8-sig")
    assert ";'=1+1" in made
    assert "\n=" not in made
    from io import BytesIO

    from openpyxl import load_workbook

    sheet = load_workbook(BytesIO(list_xlsx(rows, ["Hvem bør vi spørre først?"], "liste"))).active
    assert {c.data_type for line in sheet.iter_rows() for c in line} <= {"s", "n"}
    assert sheet["A1"].value == "Hvem bør vi spørre først?"
    assert sheet.cell(4, len(rows.columns)).value == "=1+1"
