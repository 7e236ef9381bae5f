"""What would change it: one invented piece of evidence, on drawn tables where the direction is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.asof import SERVICE_VERSIONS
from risiko.contracts import Tables
from risiko.errors import InputError, ModelError
from risiko.i18n.families import FAMILIES
from risiko.pipeline.invented import INVENTED, REPORT_VOICES, SURVEY_ANSWERS, Belief, Invented, could_come_in
from risiko.pipeline.other_evidence import SameScore, with_evidence
from risiko.pipeline.what_if import COLUMNS, chance_of_crossing, what_if
from tests.drawn import tables

DAY = date(2024, 6, 30)
HOMES = [f"h{i:02}" for i in range(30)]
NEW, BLANK = "h28", "h29"  # nothing is known of the first; the register is silent on the second


def drawn(finer: bool = False) -> Tables:
    """Thirty homes: the lower the number the worse the survey, the first two with a serious breach."""
    services = "service_id | users | staff_turnover\n" + "\n".join(
        f"{home} | {'' if home == BLANK else 40 + 2 * i} | {'' if home == BLANK else 0.1 + i / 100}"
        for i, home in enumerate(HOMES)
    )
    heard = [home for home in HOMES if home != NEW]
    surveys = "\n".join(f"{home} | 2023-02-01 | survey | {50 + i} | 40" for i, home in enumerate(heard))
    visits = "\n".join(f"v{i} | {home} | 2022-05-01" for i, home in enumerate(heard))
    grade = {True: ["3.0", "1.4", "0.2"], False: ["", "", ""]}[finer]
    findings = "\n".join(
        f"v{i} | 2022-05-20 | " + ("serious_breach | " + grade[0] if i < 2 else "breach | " + grade[1] if i % 3 else "none | " + grade[2])
        for i in range(len(heard))
    )
    complaints = "\n".join(f"{home} | 2024-0{1 + i % 5}-02 | case | {1 + 9 * (i % 4 == 0)}" for i, home in enumerate(HOMES))
    return tables(
        services=services,
        experiences=f"service_id | event_date | method | score | n\n{surveys}",
        supervisions=f"supervision_id | service_id | event_date\n{visits}",
        findings=f"supervision_id | known_date | severity | severity_score\n{findings}",
        complaints=f"service_id | event_date | stream | n\n{complaints}\nh02 | 2024-05-05 | ombud | 1",
        metadata_columns="name | kind | direction | audit_only\nstaff_turnover | number | higher_is_worse | false",
    )


def scored(records: Tables, top: int = 6) -> pipeline.Run:
    base = settings.load()
    chosen = base.model_copy(update={
        "score": base.score.model_copy(update={"draws": 500}),
        "overview": base.overview.model_copy(update={"capacity_share": top / len(HOMES)}),
    })  # fmt: skip
    return pipeline.rank(pipeline.prepare_tables(records, DAY, chosen))


@pytest.fixture(scope="module")
def run() -> pipeline.Run:
    return scored(drawn())


@pytest.fixture(scope="module")
def new(run: pipeline.Run) -> pd.DataFrame:
    return what_if(run, NEW)


def at(run: pipeline.Run, rank: int) -> str:
    return str(run.table.scores.sort_values(["rank", "expected_rank"]).index[rank - 1])


def shown(found: pd.DataFrame, kind: str, outcome: str) -> pd.Series:
    return found[(found["kind"] == kind) & (found["outcome"] == outcome)].iloc[0]


def kinds_of(run: pipeline.Run, service_id: str) -> dict[str, Invented]:
    counting = frozenset(run.table.contributions.columns)
    return {e.kind: e for e in could_come_in(run.prepared, service_id, counting)}


def test_a_serious_breach_lifts_and_a_clean_visit_lowers(run: pipeline.Run) -> None:
    found = what_if(run, at(run, 12))
    worse, better = shown(found, "visit", "worse"), shown(found, "visit", "better")

    assert (worse["value"], better["value"]) == (3.0, 0.0)
    assert worse["rank"] < worse["rank_before"] < better["rank"]
    assert worse["p_top"] > worse["p_top_before"] > better["p_top"]


@pytest.mark.parametrize("kind", ["survey", "report"])
def test_the_worse_users_say_it_is_the_higher_the_service_stands(new: pd.DataFrame, kind: str) -> None:
    three = [shown(new, kind, outcome) for outcome in ("worse", "as_expected", "better")]

    values, chances = [o["value"] for o in three], [o["p_top"] for o in three]
    assert values == sorted(values)
    assert chances == sorted(chances, reverse=True)
    assert len(set(chances)) == 3


def test_before_is_the_list_as_it_is(run: pipeline.Run) -> None:
    for place in (1, 6, 7, 20):
        service_id = at(run, place)
        before = what_if(run, service_id).iloc[0]
        scores = run.table.scores.loc[service_id]
        assert before["rank_before"] == scores["rank"]
        assert before["p_top_before"] == pytest.approx(scores["p_top"], abs=2e-4)
        assert before["top"] == run.table.top == 6


def test_a_survey_narrows_the_interval_more_than_ten_voices_do(new: pd.DataFrame) -> None:
    survey, report = shown(new, "survey", "as_expected"), shown(new, "report", "as_expected")

    assert survey["width_after"] < survey["width_before"]
    assert survey["narrower"] == pytest.approx(1 - survey["width_after"] / survey["width_before"])
    assert survey["narrower"] >= report["narrower"] >= 0
    assert (survey["n"], report["n"]) == (SURVEY_ANSWERS, REPORT_VOICES)


def test_most_narrowing_kinds_come_first_and_what_cannot_be_said_last(new: pd.DataFrame) -> None:
    assert tuple(new.columns) == COLUMNS
    assert new["narrower"].dropna().is_monotonic_decreasing
    assert new["kind"].iloc[-1] == "complaint"
    assert new[["narrower", "chance", "width_after"]].iloc[-1].isna().all()


def test_a_service_already_inside_cannot_cross_upwards(run: pipeline.Run) -> None:
    found = what_if(run, at(run, 1))

    assert (found["rank_before"] == 1).all()
    assert not found.loc[found["outcome"] == "worse", "crosses"].any()
    assert (found.loc[found["crosses"], "rank"] > run.table.top).all()


def test_crossing_is_a_change_of_side_and_nothing_else(run: pipeline.Run) -> None:
    found = pd.concat([what_if(run, at(run, place)) for place in (1, 5, 8, 15, 30)])

    other_side = (found["rank"] <= found["top"]) != (found["rank_before"] <= found["top"])
    assert (found["crosses"] == other_side).all()
    assert found["crosses"].any()
    assert not found["crosses"].all()


def test_one_more_complaint_lifts_the_likelihood(run: pipeline.Run) -> None:
    often = "h12"  # ten complaints where others have one: it is not silence that another one breaks
    complaint = shown(what_if(run, often), "complaint", "comes")
    (told,) = kinds_of(run, often)["complaint"].outcomes
    place = run.prepared.cohort.services.index.get_loc(often)

    assert complaint["of"] == "case"  # by which most complaints about the type come
    assert SameScore(run).law(with_evidence(run.prepared, told.changed)).middle[place] > run.table.law.middle[place]
    assert complaint["p_top"] > complaint["p_top_before"]


@pytest.mark.parametrize(("column", "value", "blank", "said"), [("severity", 1, None, 2), ("outcome", "upheld", "unknown", "upheld")])
def test_a_complaint_is_graded_and_decided_only_where_others_are(column: str, value: object, blank: object, said: object) -> None:
    records = drawn()
    graded = records["complaints"].assign(**{column: records["complaints"][column].mask(records["complaints"].index == 5, value)})
    plain, told = (
        kinds_of(scored({**records, "complaints": rows}), NEW)["complaint"].outcomes[0].changed["complaints"][column].iloc[-1]
        for rows in (records["complaints"], graded)
    )

    assert pd.isna(plain) if blank is None else plain == blank
    assert told == said


def test_blanks_in_the_register_are_asked_for_only_where_they_are_blank(run: pipeline.Run, new: pd.DataFrame) -> None:
    blank = what_if(run, BLANK)

    assert {"users", "declared"} <= set(blank["kind"])
    assert not {"users", "declared"} & set(new["kind"])
    users = [shown(blank, "users", outcome) for outcome in ("worse", "as_expected", "better")]
    assert [o["value"] for o in users] == [94.0, 68.0, 42.0]  # 5, 50 and 95 % points of 40, 42 … 96
    assert users[0]["rank"] < users[2]["rank"]
    assert users[1]["width_after"] <= users[1]["width_before"]
    told = kinds_of(run, BLANK)["users"].outcomes[1]
    place = run.prepared.cohort.services.index.get_loc(BLANK)
    assert run.table.law.harm_spread[place] > 0
    assert SameScore(run).law(with_evidence(run.prepared, told.changed, told.groups)).harm_spread[place] == 0
    assert (shown(blank, "declared", "worse")["of"], shown(blank, "declared", "worse")["value"]) == ("staff_turnover", 0.37)


def test_a_column_for_audit_only_is_never_asked_for() -> None:
    records = drawn()
    records["metadata_columns"] = records["metadata_columns"].assign(audit_only=pd.array([True], dtype="boolean"))

    assert "declared" not in set(what_if(scored(records), BLANK)["kind"])


def test_nothing_of_it_is_left_behind(run: pipeline.Run) -> None:
    prepared = run.prepared
    before = {name: reading.copy() for name, reading in prepared.features.readings.items()}
    scores, rows = run.table.scores.copy(), {name: frame.copy() for name, frame in prepared.known.items()}

    what_if(run, BLANK)

    for name, reading in prepared.features.readings.items():
        pd.testing.assert_frame_equal(reading, before[name])
    for name, frame in prepared.known.items():
        pd.testing.assert_frame_equal(frame, rows[name])
        assert not frame.astype("str").apply(lambda column: column.str.startswith(INVENTED)).any(axis=None)
    pd.testing.assert_frame_equal(run.table.scores, scores)
    again = pipeline.rank(prepared)
    pd.testing.assert_frame_equal(again.table.scores, scores)


def test_reusing_what_is_not_touched_gives_what_the_long_way_gives(run: pipeline.Run) -> None:
    score = SameScore(run)
    tried = [(kind, outcome) for kind, e in kinds_of(run, BLANK).items() for outcome in e.outcomes]
    assert {kind for kind, _ in tried} == set(FAMILIES["what_if_kind"])
    assert {f"{kind}_{outcome.name}" for kind, outcome in tried} == set(FAMILIES["what_if_shown"])

    for kind, outcome in tried:
        changed = dict(outcome.changed)
        if SERVICE_VERSIONS in changed:
            changed["services"] = changed.pop(SERVICE_VERSIONS)
        whole = pipeline.rank(pipeline.prepare_tables({**drawn(), **changed}, DAY, run.prepared.settings))
        law = score.law(with_evidence(run.prepared, outcome.changed, outcome.groups))
        for part in ("middle", "below", "above", "log_harm", "harm_spread"):
            np.testing.assert_allclose(getattr(law, part), getattr(whole.table.law, part), atol=1e-9, err_msg=f"{kind} {part}")


def test_invented_rows_are_as_the_contracts_have_them(run: pipeline.Run) -> None:
    for evidence in kinds_of(run, BLANK).values():
        for outcome in evidence.outcomes:
            for name, frame in outcome.changed.items():
                pd.testing.assert_series_equal(frame.dtypes, run.prepared.known[name].dtypes)
                assert len(frame) - len(run.prepared.known[name]) == (0 if name == "services" else 1)


def test_a_finer_grading_is_used_where_the_records_have_one() -> None:
    words, graded = (kinds_of(scored(drawn(finer)), NEW)["visit"] for finer in (False, True))

    new_words, new_graded = (e.outcomes[0].changed["findings"].tail(2) for e in (words, graded))
    assert new_words["severity_score"].isna().all()
    assert new_graded["severity_score"].tolist() == pytest.approx([3.0, np.nan], nan_ok=True)
    assert new_graded["severity"].tolist() == ["serious_breach", "breach"]  # beside the grade, the law that was broken
    assert set(words.likely) <= {0.0, 1.0, 2.0, 3.0}
    assert len(set(graded.likely)) > 50
    assert words.outcomes[1].value in (0.0, 1.0, 2.0, 3.0)


def test_without_anything_to_be_held_against_a_kind_is_left_out() -> None:
    bare = tables(services="service_id | users\na | 10\nb | 20\nc | 30", complaints="service_id | event_date\na | 2024-01-01")
    found = what_if(scored(bare, top=10), "b")

    assert set(found["kind"]) == {"complaint"}


def test_a_strange_service_or_another_model_is_refused(run: pipeline.Run) -> None:
    with pytest.raises(InputError, match="'nobody'"):
        what_if(run, "nobody")
    with pytest.raises(ModelError, match="not at hand"):
        what_if(pipeline.Run(run.prepared, replace(run.table, model_id="learned-2024")), NEW)


def test_what_is_believed_of_a_service_is_its_own_estimate_or_its_types() -> None:
    reading = pd.DataFrame({"estimate": [60.0, 70.0, 80.0, np.nan], "sd": [3.0, 3.0, 3.0, np.nan]})
    alike = pd.Series([True, True, False, True])

    assert Belief.of(reading, alike, 0) == Belief(60.0, 3.0, pytest.approx(np.sqrt(25 + 9)))
    assert Belief.of(reading, alike, 3) == Belief(65.0, pytest.approx(np.sqrt(34)), pytest.approx(np.sqrt(34)))
    alone = pd.Series([False, False, False, True])
    assert Belief.of(reading, alone, 3) == Belief(70.0, pytest.approx(np.sqrt(200 / 3 + 9)), pytest.approx(np.sqrt(200 / 3 + 9)))
    assert Belief.of(reading.tail(2), alike.tail(2), 1) is None


def test_values_that_a_reading_could_have_are_spread_by_belief_and_noise() -> None:
    values = Belief(50.0, 3.0, 5.0).values(4.0)

    assert values.mean() == pytest.approx(50.0)
    assert values.std() == pytest.approx(5.0, rel=0.01)


def test_the_chance_of_crossing_is_the_share_of_what_it_could_say_that_crosses() -> None:
    likely = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    values, ranks = np.array([1.0, 0.0]), np.array([1.0, 100.0])  # halfway, on the log scale, is place 10

    assert chance_of_crossing(likely, values, ranks, before=50, top=10) == pytest.approx(3 / 5)
    assert chance_of_crossing(likely, values, ranks, before=5, top=10) == pytest.approx(2 / 5)
    assert chance_of_crossing(likely + 9, values, ranks, before=50, top=10) == 1.0  # beyond the last as there
    assert np.isnan(chance_of_crossing(np.empty(0), values, ranks, before=50, top=10))


def test_a_visit_crosses_as_often_as_severities_that_do_are_expected(run: pipeline.Run) -> None:
    service_id = at(run, 8)
    found, visit = what_if(run, service_id), kinds_of(run, service_id)["visit"]
    worse, better = shown(found, "visit", "worse"), shown(found, "visit", "better")

    assert worse["crosses"], "the drawn service must be one that a serious breach takes over the line"
    assert not better["crosses"]
    serious, more_than_none = (visit.likely == 3).mean(), (visit.likely > 0).mean()
    assert serious <= worse["chance"] <= more_than_none
