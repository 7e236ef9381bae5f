"""What the last supervision found and when anyone last looked, drawn as tables."""

import numpy as np
import pytest

from risiko.signals.history import last_finding, time_since_supervision
from tests.drawn import context

VISITS = """
supervision_id | service_id | event_date | known_date
a1             | a          | 2019-03-01 | 2019-04-01
a2             | a          | 2022-12-31 | 2023-01-31
a3             | a          | 2023-11-01 | 2023-11-10
b1             | b          | 2017-12-31 | 2018-01-31
"""
FINDINGS = """
supervision_id | known_date | severity       | severity_score
a1             | 2019-05-01 | serious_breach |
a2             | 2023-02-28 | none           |
a2             | 2023-02-28 | breach         |
a3             | 2024-02-01 | serious_breach |
b1             | 2018-03-01 | remark         | 1.5
"""
SERVICES = """
service_id | valid_from
a          | 2010-01-01
b          | 2010-01-01
c          | 2021-12-31
d          |
"""


def test_last_finding_is_the_worst_of_the_latest_supervision_whose_findings_are_known() -> None:
    f = last_finding(context("2023-12-31", services=SERVICES, supervisions=VISITS, findings=FINDINGS))
    # a3 was carried out, but its findings were not known by then: pending is not clean.
    assert f["value"].to_dict() == pytest.approx({"a": 2, "b": 1.5, "c": np.nan, "d": np.nan}, nan_ok=True)
    assert f["n"].to_dict() == {"a": 2, "b": 1, "c": 0, "d": 0}
    assert f["missing"].dropna().to_dict() == {"c": "never_supervised", "d": "never_supervised"}


def test_findings_published_later_count_later() -> None:
    f = last_finding(context("2024-03-01", services=SERVICES, supervisions=VISITS, findings=FINDINGS))
    assert f.loc["a", "value"] == 3


def test_an_old_finding_says_less_than_a_new_one() -> None:
    f = last_finding(context("2023-12-31", services="service_id\nnew\nold\nfine", supervisions="""
        supervision_id | service_id | event_date
        n              | new        | 2023-12-31
        o              | old        | 2017-12-31
        f              | fine       | 2023-12-31
        """, findings="""
        supervision_id | known_date | severity
        n              | 2023-12-31 | serious_breach
        o              | 2018-03-01 | serious_breach
        f              | 2023-12-31 | none
        """))  # fmt: skip
    # Six years are two half-lives.
    assert f.loc["old", "standing"] == pytest.approx(f.loc["new", "standing"] / 4, rel=1e-2)
    assert f.loc["new", "standing"] > 0 > f.loc["fine", "standing"]
    assert f.loc["old", "standing_sd"] > f.loc["new", "standing_sd"]


def test_time_since_counts_from_the_start_of_a_service_never_supervised() -> None:
    f = time_since_supervision(context("2023-12-31", services=SERVICES, supervisions=VISITS))
    assert f["value"].round(1).to_dict() == pytest.approx({"a": 0.2, "b": 6.0, "c": 2.0, "d": np.nan}, nan_ok=True)
    assert f["n"].to_dict() == {"a": 3, "b": 1, "c": 0, "d": 0}
    assert f["missing"].dropna().to_dict() == {"d": "never_supervised"}
    assert f.loc["b", "standing"] > f.loc["c", "standing"] > f.loc["a", "standing"]


def test_beyond_twice_the_regular_interval_more_years_add_nothing() -> None:
    f = time_since_supervision(context("2023-12-31", services="""
        service_id | valid_from
        a          | 2015-01-01
        b          | 2000-01-01
        c          | 2023-01-01
        """))  # fmt: skip
    assert f.loc["a", "standing"] == f.loc["b", "standing"] > f.loc["c", "standing"]


def test_two_supervisions_on_the_same_day_count_as_one() -> None:
    f = last_finding(context("2023-12-31", services="service_id\na\nb", supervisions="""
        supervision_id | service_id | event_date
        z              | a          | 2023-05-01
        y              | a          | 2023-05-01
        x              | b          | 2023-05-01
        """, findings="""
        supervision_id | known_date | severity
        z              | 2023-06-01 | none
        y              | 2023-06-01 | breach
        x              | 2023-06-01 | none
        """))  # fmt: skip
    assert f["value"].to_dict() == {"a": 2, "b": 0}
    assert f["n"].to_dict() == {"a": 2, "b": 1}


def test_a_supervision_whose_findings_are_not_known_yet_is_pending_and_not_never() -> None:
    f = last_finding(context("2023-12-31", services="service_id\na\nb", supervisions="""
        supervision_id | service_id | event_date
        z              | a          | 2023-12-01
        """, findings="supervision_id | known_date | severity\nz | 2024-06-01 | breach"))  # fmt: skip
    assert f["missing"].to_dict() == {"a": "findings_pending", "b": "never_supervised"}
