"""Serious and written breaches at a service and at its provider's others, drawn as tables."""

import numpy as np
import pytest

from risiko.signals import Context
from risiko.signals.breach_history import breach_history
from risiko.signals.marked_visits import breach_visits, serious_visits
from risiko.signals.provider_history import provider_breaches, provider_severe
from tests.drawn import context

SERVICES = """
service_id | provider_id | valid_to   | natural_person
a          | P           |            | false
b          | P           |            | false
gone       | P           | 2022-01-01 | false
doctor     | P           |            | true
c          | Q           |            | false
d          | Q           |            | false
single     | R           |            | false
unknown    |             |            | false
"""
SUPERVISIONS = """
supervision_id | service_id | event_date
1              | a          | 2023-12-31
2              | b          | 2023-12-31
3              | gone       | 2022-12-31
4              | c          | 2023-12-31
5              | single     | 2023-12-31
6              | unknown    | 2023-12-31
7              | doctor     | 2023-12-31
8              | d          | 2023-12-31
"""


def drawn(own: str = "serious_breach") -> Context:
    """Plain words and no finer grading. Visit 8 is known to have been made, and its findings are not."""
    return context(
        "2023-12-31", services=SERVICES, supervisions=SUPERVISIONS,
        findings=f"""
        supervision_id | known_date | severity
        1              | 2023-12-31 | {own}
        1              | 2023-12-31 | remark
        2              | 2023-12-31 | breach
        3              | 2023-01-31 | serious_breach
        4              | 2023-12-31 | none
        5              | 2023-12-31 | breach
        6              | 2023-12-31 | none
        7              | 2023-12-31 | serious_breach
        """,
    )  # fmt: skip


def test_serious_breaches_elsewhere_are_a_share_that_halves_in_a_year() -> None:
    f = provider_severe(drawn())
    # a: b's clean visit (share 1) and the closed one's of a year ago (weight ½, share ½ · 2 / 1½). b: a's and the same.
    assert f["value"].to_dict() == pytest.approx(
        {"a": (2 / 3) / (1 + 2 / 3), "b": 1, "c": np.nan, "d": 0, "single": np.nan, "unknown": np.nan}, nan_ok=True, abs=2e-3
    )
    assert f["n"].to_dict() == {"a": 2, "b": 2, "c": 0, "d": 1, "single": 0, "unknown": 0}
    assert f["exposure"].to_dict() == f["n"].to_dict()
    assert f["standing"]["b"] > f["standing"]["a"] > f["standing"]["d"]


def test_no_other_service_with_findings_is_missing() -> None:
    for signal in (provider_severe, provider_breaches):
        f = signal(drawn())
        assert f["missing"].dropna().to_dict() == dict.fromkeys(("c", "single", "unknown"), "no_sister_services")
        assert f.loc["unknown", ["standing", "standing_sd"]].tolist() == [0, 1]


def test_own_findings_reach_a_service_neither_directly_nor_through_its_provider() -> None:
    clean, poor = drawn("none"), drawn("serious_breach")
    for signal in (provider_severe, provider_breaches):
        assert signal(clean).loc["a", "value"] == pytest.approx(signal(poor).loc["a", "value"], abs=1e-12)
        assert signal(clean).loc["b", "value"] < signal(poor).loc["b", "value"]
    assert breach_history(clean).loc["a", "value"] == 0
    assert breach_history(poor).loc["a", "value"] == 1


def test_a_sole_practitioner_speaks_for_no_one() -> None:
    for visits in (serious_visits(drawn()), breach_visits(drawn())):
        assert len(visits) == 6  # 8 pending, 7 the doctor's
    assert provider_severe(drawn()).loc["a", "n"] == 2
    assert "doctor" not in breach_history(drawn()).index


def test_they_are_shrunk_by_three_visits_towards_what_the_type_shows() -> None:
    f = provider_severe(drawn())
    usual, weight = f.loc["b", "expected"], 1 + 2 / 3
    assert f.loc["b", "estimate"] - usual == pytest.approx((1 - usual) * weight / (weight + 3), abs=2e-3)
    visits = serious_visits(drawn())
    assert usual == pytest.approx((visits["share"] * visits["severity"]).sum() / visits["share"].sum())


GRADED = """
supervision_id | known_date | severity       | severity_score
1              | 2023-12-31 | serious_breach | 2.6
1              | 2023-12-31 | none           | 0.2
1              | 2023-12-31 | breach         |
2              | 2023-12-31 | breach         | 1.8
2              | 2023-12-31 | remark         |
3              | 2023-01-31 | breach         |
4              | 2023-12-31 | none           | 0
"""


def test_where_grades_stand_beside_words_the_grade_is_serious_and_the_word_is_written() -> None:
    c = context("2023-12-31", services=SERVICES, supervisions=SUPERVISIONS, findings=GRADED)
    names = c.known["services"]["service_id"]
    serious, written = (
        visits.set_index(names.iloc[visits["service"]].to_numpy())["severity"].to_dict()
        for visits in (serious_visits(c), breach_visits(c))
    )
    assert serious == {"a": 1, "b": 0, "c": 0}  # the closed one's visit was never graded
    assert written == {"a": 1, "b": 0, "c": 0, "gone": 1}  # b's grade says breach, and no law is named
    assert breach_history(c)["value"].to_dict() == pytest.approx(
        {"a": 1, "b": 0, "c": 0, "d": np.nan, "single": np.nan, "unknown": np.nan}, nan_ok=True
    )


def test_where_every_finding_is_graded_any_breach_is_a_written_one() -> None:
    lines = [line for line in GRADED.strip().splitlines() if not line.rstrip().endswith("|")]
    c = context("2023-12-31", services=SERVICES, supervisions=SUPERVISIONS, findings="\n".join(lines))
    assert breach_history(c)["value"].dropna().to_dict() == {"a": 1, "b": 1, "c": 0}


def test_own_breaches_count_half_after_three_years_and_say_why_they_are_missing() -> None:
    c = context(
        "2023-12-31",
        services="service_id\na\nb\npending\nnever",
        supervisions="""
        supervision_id | service_id | event_date
        1              | a          | 2023-12-31
        2              | a          | 2020-12-31
        3              | b          | 2023-12-31
        4              | b          | 2023-12-31
        5              | pending    | 2023-12-31
        """,
        findings="""
        supervision_id | known_date | severity
        1              | 2023-12-31 | none
        2              | 2020-12-31 | breach
        3              | 2023-12-31 | remark
        4              | 2023-12-31 | breach
        """,
    )
    f = breach_history(c)
    assert f.loc["a", "value"] == pytest.approx(0.5 / 1.5, abs=1e-3)
    assert f.loc["a", "exposure"] == pytest.approx(1.5, abs=1e-3)
    assert f.loc["b", ["value", "n"]].tolist() == [1, 1]  # two on one day are one visit
    assert f["missing"].dropna().to_dict() == {"pending": "findings_pending", "never": "never_supervised"}
    assert f.loc["a", "freshness"] == 0
