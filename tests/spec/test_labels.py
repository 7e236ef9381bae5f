"""What supervisions found after a date, drawn as tables: what counts, when it could be known, and who has no label."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko import asof, cohorts, settings
from risiko.cohorts.labels import base_rate_warning
from risiko.contracts import LIST_SEPARATOR, Tables
from risiko.errors import InputError
from risiko.ingest import load_mapping, read
from tests.drawn import tables

DAY = date(2020, 6, 30)
IDS = pd.Index(["a", "b", "c", "d"], name="service_id")
VISITS = """
    supervision_id | service_id | event_date | known_date | office | team | selection
    a1             | a          | 2020-09-01 | 2020-09-10 | north  | t1   | risk
    a2             | a          | 2021-03-01 | 2021-03-10 | south  | t2   | random
    b1             | b          | 2020-12-01 | 2020-12-10 | north  |      | risk
    c1             | c          | 2020-12-01 | 2020-12-10 | north  |      | risk
    """
FINDINGS = """
    supervision_id | known_date | severity
    a1             | 2020-10-01 | none
    a2             | 2021-04-01 | serious_breach
    b1             | 2021-01-01 | breach
    b1             | 2021-02-01 | remark
    """


def rules(**outcome: object) -> settings.Settings:
    shipped = settings.load()
    return shipped.model_copy(update={"outcome": shipped.outcome.model_copy(update=outcome)})


def labels(drawn: Tables, *, as_of: date = DAY, services: pd.Index = IDS, **outcome: object) -> cohorts.Labels:
    chosen = rules(**outcome)
    return cohorts.labels_at(cohorts.judgements(drawn, chosen), services, as_of, chosen.outcome)


def small(visits: str = VISITS, findings: str = FINDINGS) -> Tables:
    return tables(supervisions=visits, findings=findings)


def one_visit(findings: str, **visit: str) -> Tables:
    """One visit v to service a in the window, and findings of it: severity, known_date."""
    row = {"event_date": "2020-09-01", "known_date": "2020-09-10", **visit}
    found = "supervision_id | severity | known_date\n" + "\n".join(f"v | {line}" for line in findings.split("; "))
    drawn = small(f"supervision_id | service_id | {' | '.join(row)}\nv | a | {' | '.join(row.values())}", found)
    topics = drawn["supervisions"]["topics"].str.replace(", ", LIST_SEPARATOR)
    return {**drawn, "supervisions": drawn["supervisions"].assign(topics=topics)}


def days(column: pd.Series) -> dict[str, str]:
    return column.dropna().dt.strftime("%Y-%m-%d").to_dict()


def test_what_supervisions_of_the_window_found_and_from_when_it_could_be_known() -> None:
    found = labels(small())
    frame = found.frame
    # c was visited but never judged, d was not visited: neither is a negative.
    assert frame["outcome"].to_dict() == pytest.approx({"a": 1, "b": 0, "c": np.nan, "d": np.nan}, nan_ok=True)
    assert frame["n"].to_dict() == {"a": 2, "b": 1, "c": 0, "d": 0}
    # The positive is known with its serious finding, the negative when the last finding is there.
    assert days(frame["known_from"]) == {"a": "2021-04-01", "b": "2021-02-01"}
    assert days(frame["visited"]) == {"a": "2020-09-01", "b": "2020-12-01"}
    assert frame["office"].dropna().to_dict() == {"a": "north", "b": "north"}
    assert frame["team"].dropna().to_dict() == {"a": "t1"}
    assert frame["random"].to_dict() == {"a": True, "b": False, "c": False, "d": False}
    assert (found.as_of, found.window_end, found.population) == (DAY, date(2021, 6, 30), "inspected")
    assert found.base_rate == 0.5


def test_where_nobody_visited_means_nothing_found_the_label_is_known_when_the_window_ends() -> None:
    frame = labels(small(), population="all").frame
    assert frame["outcome"].to_dict() == {"a": 1, "b": 0, "c": 0, "d": 0}
    assert days(frame["known_from"]) == {"a": "2021-04-01", "b": "2021-02-01", "c": "2021-06-30", "d": "2021-06-30"}


@pytest.mark.parametrize(
    ("day", "inside"),
    [("2020-06-30", False), ("2020-07-01", True), ("2021-06-30", True), ("2021-07-01", False), ("2019-12-01", False)],
)
def test_the_window_begins_the_day_after_the_date_and_holds_its_last_day(day: str, *, inside: bool) -> None:
    frame = labels(one_visit("serious_breach | 2022-01-01", event_date=day, known_date=day)).frame
    assert frame.loc["a", "n"] == inside
    assert frame.loc["a", "outcome"] == pytest.approx(1.0 if inside else np.nan, nan_ok=True)


@pytest.mark.parametrize(
    ("event", "known", "carried_out", "became_known"),
    [
        ("2020-06-01", "2020-12-01", False, True),  # found out in the window about a visit before it
        ("2021-06-01", "2021-09-01", True, False),  # visited in the window, told of after it
        ("2020-06-01", "2020-06-30", False, False),
        ("2020-07-01", "2021-06-30", True, True),
    ],
)
def test_visits_count_when_carried_out_or_when_they_become_known(
    event: str, known: str, *, carried_out: bool, became_known: bool
) -> None:
    drawn = one_visit(f"serious_breach | {known}", event_date=event, known_date=event)
    counted = [labels(drawn, counted=how).frame.loc["a", "n"] for how in ("carried_out", "became_known")]
    assert counted == [carried_out, became_known]


@pytest.mark.parametrize(
    ("measure", "threshold", "findings", "topics", "outcome"),
    [
        ("severity", 1.0, "none | 2020-10-01; breach | 2020-10-01", "", 1),
        ("severity", 1.0, "none | 2020-10-01; remark | 2020-10-01", "", 0),
        # Two breaches over two topics are one per topic; over three they are not.
        ("breaches_per_topic", 1.0, "breach | 2020-10-01; serious_breach | 2020-10-01; none | 2020-10-01", "x, y", 1),
        ("breaches_per_topic", 1.0, "breach | 2020-10-01; serious_breach | 2020-10-01; none | 2020-10-01", "x, y, z", 0),
        ("breaches_per_topic", 2.0, "breach | 2020-10-01; breach | 2020-10-01", "", 1),  # no topics told: one
        ("breach_share", 0.5, "breach | 2020-10-01; none | 2020-10-01", "", 1),
        ("breach_share", 0.5, "breach | 2020-10-01; none | 2020-10-01; remark | 2020-10-01", "", 0),
    ],
)
def test_the_outcome_is_what_settings_say(measure: str, threshold: float, findings: str, topics: str, outcome: int) -> None:
    drawn = one_visit(findings, topics=topics)
    found = labels(drawn, measure=measure, threshold=threshold, severity="breach")
    assert found.frame.loc["a", "outcome"] == outcome


def test_a_serious_finding_tells_at_once_and_a_share_only_when_everything_is_known() -> None:
    drawn = one_visit("serious_breach | 2020-10-01; serious_breach | 2020-12-01; none | 2021-02-01")
    assert days(labels(drawn).frame["known_from"]) == {"a": "2020-10-01"}
    assert days(labels(drawn, measure="breach_share", threshold=0.5).frame["known_from"]) == {"a": "2021-02-01"}
    many = labels(drawn, measure="breaches_per_topic", threshold=2.0)
    assert days(many.frame["known_from"]) == {"a": "2021-02-01"}


@pytest.mark.parametrize("severity", ["serious_breach", "none"])
def test_a_finding_registered_before_its_visit_is_not_known_before_the_visit_is(severity: str) -> None:
    drawn = one_visit(f"{severity} | 2020-09-05", known_date="2020-11-01")
    assert days(labels(drawn).frame["known_from"]) == {"a": "2020-11-01"}


def test_a_corrected_finding_rules_by_its_newest_version_and_from_its_day() -> None:
    versions = """
        finding_id | supervision_id | known_date | severity
        f1         | b1             | 2021-01-01 | none
        f1         | b1             | 2021-09-01 | serious_breach
        f2         | a2             | 2021-04-01 | serious_breach
        f2         | a2             | 2022-01-01 | remark
        """
    found = labels(small(findings=versions))
    assert found.frame["outcome"].dropna().to_dict() == {"a": 0, "b": 1}
    assert days(found.frame["known_from"]) == {"a": "2022-01-01", "b": "2021-09-01"}
    backwards = small(findings=versions)
    backwards["findings"] = backwards["findings"].iloc[::-1]
    pd.testing.assert_frame_equal(labels(backwards).frame, found.frame)


def test_a_visit_that_is_moved_out_of_the_window_leaves_it() -> None:
    moved = VISITS + "    b1 | b | 2020-06-01 | 2021-03-01 | north | | risk\n"
    assert labels(small(visits=moved)).frame["n"].to_dict() == {"a": 2, "b": 0, "c": 0, "d": 0}


GRADED = """
    supervision_id | known_date | severity       | severity_score
    a1             | 2020-10-01 | none           | {a1}
    a2             | 2021-04-01 | serious_breach |
    b1             | 2021-01-01 | breach         | {b1}
    """


def test_where_some_findings_are_graded_only_they_judge_and_where_none_is_all_do() -> None:
    some, none = (small(findings=GRADED.format(a1=a1, b1=b1)) for a1, b1 in (("0", "2"), ("", "")))
    assert labels(some).frame["outcome"].dropna().to_dict() == {"a": 0, "b": 0}
    assert labels(some).frame["n"].to_dict() == {"a": 1, "b": 1, "c": 0, "d": 0}
    assert labels(none).frame["outcome"].dropna().to_dict() == {"a": 1, "b": 0}
    assert labels(some, graded_only=False).frame["outcome"].dropna().to_dict() == {"a": 1, "b": 0}


def test_findings_of_no_supervision_and_visits_of_other_services_count_for_nothing() -> None:
    stray = FINDINGS + "    nowhere | 2020-10-01 | serious_breach\n"
    pd.testing.assert_frame_equal(labels(small(findings=stray)).frame, labels(small()).frame)
    assert labels(small(), services=pd.Index(["d", "b"])).frame["outcome"].to_dict() == pytest.approx(
        {"d": np.nan, "b": 0.0}, nan_ok=True
    )


def test_a_service_that_closed_before_the_date_has_no_label_and_one_that_closes_after_it_has() -> None:
    drawn = tables(services="service_id | valid_to\na | 2020-06-30\nb | 2020-07-01\nc |\nd |", supervisions=VISITS, findings=FINDINGS)
    cohort = cohorts.cohort_at(asof.known_at(drawn, DAY), DAY, rules()).services.index
    assert labels(drawn, services=cohort).frame["outcome"].to_dict() == pytest.approx(
        {"b": 0, "c": np.nan, "d": np.nan}, nan_ok=True
    )


def test_nothing_on_record_gives_no_label_at_all() -> None:
    found = labels(tables())
    assert found.frame["outcome"].isna().all()
    assert np.isnan(found.base_rate)
    assert not found.usable(date(2100, 1, 1)).any()
    assert pd.isna(cohorts.judgements(tables(), rules()).recorded)
    # Findings without a single visit, and visits without a finding.
    assert labels(tables(findings=FINDINGS)).frame["n"].sum() == 0
    assert labels(tables(supervisions=VISITS)).frame["n"].sum() == 0
    assert len(labels(small(), services=IDS[:0]).frame) == 0


def test_the_record_reaches_to_its_newest_row() -> None:
    assert cohorts.judgements(small(), rules()).recorded == pd.Timestamp("2021-04-01")
    later = VISITS + "    d1 | d | 2021-05-01 | 2021-05-05 | north | | risk\n"
    assert cohorts.judgements(small(visits=later), rules()).recorded == pd.Timestamp("2021-05-05")


@pytest.mark.parametrize(
    ("at", "usable"),
    [
        ("2021-06-29", []),  # the window has not ended
        ("2021-06-30", ["a", "b"]),
        ("2100-01-01", ["a", "b"]),  # c and d never become negatives
    ],
)
def test_a_label_is_used_only_when_its_window_has_ended(at: str, usable: list[str]) -> None:
    found = labels(small())
    assert list(IDS[found.usable(date.fromisoformat(at))]) == usable


def test_a_label_published_long_after_its_window_waits_and_is_refused_until_then() -> None:
    found = labels(one_visit("none | 2024-03-01"))
    everyone = np.array([True, False, False, False])
    assert not found.usable(date(2024, 2, 29)).any()
    with pytest.raises(InputError, match="1 labels of 2020-06-30 could not be known on 2024-02-29") as told:
        found.check_usable(everyone, date(2024, 2, 29))
    assert (told.value.where, bool(told.value.hint)) == ("training labels", True)
    found.check_usable(everyone, date(2024, 3, 1))
    with pytest.raises(InputError, match="4 labels"):  # those without an outcome can never be chosen
        found.check_usable(np.ones(4, dtype=bool), date(2021, 1, 1))


def test_a_shorter_window_ends_earlier_and_holds_less() -> None:
    chosen = rules()
    found = cohorts.labels_at(cohorts.judgements(small(), chosen), IDS, DAY, chosen.outcome, horizon_days=182)
    assert found.window_end == date(2020, 12, 29)
    assert found.frame["outcome"].dropna().to_dict() == {"a": 0, "b": 0}


@pytest.mark.parametrize(("outcome", "warned"), [([1, 1, 1, 0, 0], False), ([1, 1, 1, 1, 0], True), ([np.nan] * 5, False)])
def test_an_outcome_nearly_everyone_has_is_called_a_poor_target(outcome: list[float], *, warned: bool) -> None:
    told = base_rate_warning(np.array([*outcome, np.nan]), rules(high_base_rate=0.6).outcome)
    assert (told is not None) is warned
    if told:
        assert "80%" in told
        assert "75–90 %" in told


@cache
def scottish(pack: Path) -> cohorts.Judgements:
    """The judged visits of the shipped mapping, of which only the blocks with visits and their grades are read."""
    whole = load_mapping(Path("scotland_care"))
    blocks = [block for block in whole.table if block.table == "supervisions" or "grades" in block.name]
    services = frozenset(pd.read_parquet(pack / "services.parquet", columns=["service_id"])["service_id"])
    found = read(pack, whole.model_copy(update={"table": blocks}), today=date(2025, 1, 1), known_services=services,
                 imported_at=datetime(2025, 1, 1), known_supervisions=frozenset())  # fmt: skip
    rows = {name: [part.rows for part in found.parts if part.table == name] for name in ("supervisions", "findings")}
    return cohorts.judgements({name: pd.concat(parts) for name, parts in rows.items()}, rules())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("as_of", "visited", "judged", "severe", "later"),
    # Services visited in the year after, those of them that were graded, and graded weak or worse; of so many the
    # publisher listed the visit itself later than its grade, and there our label waits for the visit.
    [("2017-03-31", 5081, 5013, 200, 8), ("2018-12-31", 4388, 4287, 222, 17)],
)
def test_the_labels_are_those_that_others_made_of_the_same_records(
    shared: Path, as_of: str, visited: int, judged: int, severe: int, later: int
) -> None:
    pack = shared / "data" / "scotland_care"
    theirs = pd.read_parquet(pack / "cohort_labels.parquet", filters=[("as_of", "==", pd.Timestamp(as_of))])
    theirs = theirs.set_index("service_id")
    ours = cohorts.labels_at(scottish(pack), theirs.index, date.fromisoformat(as_of), rules().outcome).frame
    assert (ours["n"] == theirs["n_graded_next_365d"]).all()
    assert (ours["outcome"].fillna(0) == theirs["label_severe_grade_le2"]).all()
    assert (ours["known_from"].isna() == theirs["severe_known_from"].isna()).all()
    waits = ours["known_from"] > theirs["severe_known_from"]
    same = ours["known_from"] == theirs["severe_known_from"]
    counted = (theirs["n_inspections_next_365d"] > 0).sum(), (ours["n"] > 0).sum(), ours["outcome"].sum(), waits.sum()
    assert counted == (visited, judged, severe, later)
    assert (same | waits | theirs["severe_known_from"].isna()).all()
    assert same[ours["outcome"] == 1].all()
