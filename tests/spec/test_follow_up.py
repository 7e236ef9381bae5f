"""What is open, overdue and enforced, drawn as tables."""

import numpy as np
import pytest

from risiko.signals import Context
from risiko.signals.follow_up import enforcement, open_findings, overdue_follow_up
from tests.drawn import context

VISITS = """
supervision_id | service_id | event_date
a1             | a          | 2023-01-10
a0             | a          | 2019-01-10
b1             | b          | 2023-01-10
c1             | c          | 2023-01-10
"""
FINDINGS = """
finding_id | supervision_id | known_date | severity       | corrected_date
f1         | a1             | 2023-02-01 | serious_breach |
f2         | a1             | 2023-02-01 | breach         |
f3         | a1             | 2023-02-01 | remark         |
f4         | a0             | 2019-03-01 | breach         |
f5         | b1             | 2023-02-01 | breach         |
f5         | b1             | 2023-09-01 | breach         | 2023-08-01
f6         | c1             | 2023-02-01 | none           |
"""


def follow_up(as_of: str = "2023-12-31", **drawn: str) -> Context:
    return context(as_of, services="service_id\na\nb\nc\nd", supervisions=VISITS, findings=FINDINGS, **drawn)


def test_breaches_not_known_to_be_put_right_are_open_and_old_ones_are_a_gap_in_the_register() -> None:
    f = open_findings(follow_up())
    assert f["value"].to_dict() == pytest.approx({"a": 2, "b": 0, "c": 0, "d": np.nan}, nan_ok=True)
    assert f["n"].to_dict() == {"a": 2, "b": 1, "c": 0, "d": 0}
    assert f["missing"].dropna().to_dict() == {"d": "never_supervised"}
    assert f["standing"]["a"] > 0 > f["standing"]["b"]


def test_a_correction_counts_from_when_it_is_known() -> None:
    drawn = FINDINGS + "f7 | b1 | 2023-02-01 | remark | 2023-01-20\n"  # so that the source is known to tell
    before = context("2023-08-15", services="service_id\na\nb", supervisions=VISITS, findings=drawn)
    assert open_findings(before)["value"].to_dict() == {"a": 2, "b": 1}


def test_a_correction_that_lies_ahead_is_a_promise() -> None:
    ahead = FINDINGS.replace("2023-02-01 | serious_breach |", "2023-02-01 | serious_breach | 2024-06-01")
    c = context("2023-12-31", services="service_id\na\nb", supervisions=VISITS, findings=ahead)
    assert open_findings(c)["value"].to_dict() == {"a": 2, "b": 0}
    done = context("2024-06-01", services="service_id\na\nb", supervisions=VISITS, findings=ahead)
    assert open_findings(done)["value"].to_dict() == {"a": 1, "b": 0}


def test_a_source_without_any_correction_does_not_make_all_findings_open() -> None:
    c = context("2023-03-01", services="service_id\na\nb\nd", supervisions=VISITS, findings=FINDINGS)
    assert open_findings(c)["missing"].to_dict() == {"a": "not_recorded", "b": "not_recorded", "d": "never_supervised"}


ACTIONS = """
action_id | service_id | event_date | known_date | kind     | closed_date
1         | a          | 2023-01-15 | 2023-01-20 | deadline |
2         | b          | 2023-01-15 | 2023-01-20 | order    |
2         | b          | 2023-01-15 | 2023-11-20 | order    | 2023-11-01
3         | c          | 2023-10-01 | 2023-10-01 | order    |
4         | c          | 2015-10-01 | 2015-10-01 | order    |
5         | c          | 2022-01-01 | 2022-01-01 | closure  |
"""


def test_overdue_is_what_has_been_open_for_longer_than_the_setting() -> None:
    f = overdue_follow_up(follow_up(actions=ACTIONS))
    # a: 350 days less 180. c: three months, not yet; the order of 2015 is a gap in the register; a closure asks nothing.
    assert f["value"].to_dict() == pytest.approx({"a": 170, "b": 0, "c": 0, "d": np.nan}, nan_ok=True)
    assert f["n"].to_dict() == {"a": 1, "b": 1, "c": 2, "d": 0}
    assert f["missing"].dropna().to_dict() == {"d": "never_supervised"}
    assert overdue_follow_up(follow_up("2023-11-10", actions=ACTIONS))["missing"]["a"] == "not_recorded"


def test_a_closing_date_that_lies_ahead_is_a_promise() -> None:
    ahead = ACTIONS.replace("2023-01-20 | deadline |", "2023-01-20 | deadline | 2024-06-01")
    assert overdue_follow_up(follow_up(actions=ahead))["value"]["a"] == pytest.approx(170)


def test_enforcement_weighs_by_kind_and_fades() -> None:
    f = enforcement(follow_up(actions="""
        service_id | event_date | kind
        a          | 2023-12-31 | coercive_fine
        a          | 2020-12-31 | order
        b          | 2023-12-31 | deadline
        """))  # fmt: skip
    assert f["value"].to_dict() == pytest.approx({"a": 4 + 3 / 2, "b": 0.5, "c": 0, "d": np.nan}, abs=2e-3, nan_ok=True)
    assert f["standing"]["a"] > f["standing"]["b"] > f["standing"]["c"]
    assert f["freshness"].to_dict() == pytest.approx({"a": 0, "b": 0, "c": np.nan, "d": np.nan}, nan_ok=True)


def test_without_any_action_on_record_the_source_is_not_there() -> None:
    assert enforcement(follow_up())["missing"].to_dict() == {
        "a": "not_recorded", "b": "not_recorded", "c": "not_recorded", "d": "never_supervised",
    }  # fmt: skip
