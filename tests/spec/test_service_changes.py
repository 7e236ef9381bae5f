"""Changes read from a service's earlier versions, drawn as tables."""

from datetime import date

import numpy as np
import pytest

from risiko.asof import SERVICE_VERSIONS, known_at, versions_known
from risiko.signals.service_changes import (
    changed_provider,
    growth,
    leader_change,
    newly_registered,
    staffing_fall,
    vacancy,
)
from tests.drawn import context, tables

VERSIONS = """
service_id | known_date | provider_id | users | staff | leader_vacant_months
a          | 2018-01-01 | P           | 100   | 20    |
a          | 2023-12-31 | Q           | 100   | 20    |
b          | 2018-01-01 | P           | 100   | 20    |
b          | 2022-12-31 | Q           | 100   | 20    | 0
c          | 2018-01-01 | P           | 100   | 20    |
c          | 2023-06-01 | P           | 150   | 10    | 6
d          | 2018-01-01 | P           | 100   | 10    |
d          | 2023-06-01 |             | 50    | 20    | 2
e          | 2023-11-01 | P           | 100   | 20    |
f          | 2018-01-01 |             |       |       |
"""
STAFF = "name | direction\nstaff | none\nleader_vacant_months | higher_is_worse"


def test_every_version_known_by_the_date_is_handed_on_and_no_later_one() -> None:
    drawn = tables(services=VERSIONS)
    assert len(versions_known(drawn, date(2023, 6, 1))) == 8
    assert len(known_at(drawn, date(2023, 6, 1))[SERVICE_VERSIONS]) == 8
    assert len(known_at(drawn, date(2023, 6, 1))["services"]) == 5
    assert len(known_at(drawn, date(2023, 6, 1), hindsight=True)[SERVICE_VERSIONS]) == 10
    assert len(known_at({}, date(2023, 6, 1))[SERVICE_VERSIONS]) == 0


def test_a_new_provider_tells_less_by_the_day_and_a_blank_is_no_change() -> None:
    f = changed_provider(context("2023-12-31", services=VERSIONS))
    assert f["value"].to_dict() == pytest.approx(
        {"a": 1, "b": 0.5, "c": 0, "d": 0, "e": np.nan, "f": np.nan}, abs=2e-3, nan_ok=True
    )
    assert f["missing"].dropna().to_dict() == {"e": "known_too_briefly", "f": "not_declared"}
    assert f["standing"]["a"] > f["standing"]["b"] > f["standing"]["c"]


def test_a_change_is_not_known_before_its_version_is() -> None:
    assert changed_provider(context("2023-12-30", services=VERSIONS))["value"]["a"] == 0


def test_growth_is_worse_and_shrinking_is_not_better() -> None:
    f = growth(context("2023-12-31", services=VERSIONS))
    assert f["value"].to_dict() == pytest.approx(
        {"a": 0, "b": 0, "c": np.log(1.5), "d": -np.log(2), "e": np.nan, "f": np.nan}, nan_ok=True
    )
    assert f["missing"].dropna().to_dict() == {"e": "known_too_briefly", "f": "no_exposure"}
    assert f["standing"]["c"] > 0
    assert f["standing"]["d"] == f["standing"]["a"]


def test_fewer_staff_is_worse_and_an_undeclared_column_is_missing_for_all() -> None:
    f = staffing_fall(context("2023-12-31", services=VERSIONS, metadata_columns=STAFF))
    assert f["value"].to_dict() == pytest.approx(
        {"a": 0, "b": 0, "c": np.log(2), "d": -np.log(2), "e": np.nan, "f": np.nan}, nan_ok=True
    )
    assert f["standing"]["c"] > 0
    assert f["standing"]["d"] == f["standing"]["a"]
    undeclared = staffing_fall(context("2023-12-31", services=VERSIONS))
    assert set(undeclared["missing"]) <= {"not_declared", "known_too_briefly"}
    assert undeclared["value"].isna().all()


def test_a_long_vacancy_counts_and_a_blank_is_not_none() -> None:
    f = vacancy(context("2023-12-31", services=VERSIONS, metadata_columns=STAFF))
    assert f["value"].to_dict() == pytest.approx(
        {"a": np.nan, "b": 0, "c": 6, "d": 2, "e": np.nan, "f": np.nan}, nan_ok=True
    )
    assert f["standing"]["c"] > f["standing"]["d"] > f["standing"]["b"]
    assert set(vacancy(context("2023-12-31", services=VERSIONS))["missing"]) == {"not_declared"}


def test_a_column_for_audit_only_is_never_read() -> None:
    audit = "name | direction | audit_only\nleader_vacant_months | higher_is_worse | true"
    assert set(vacancy(context("2023-12-31", services=VERSIONS, metadata_columns=audit))["missing"]) == {"not_declared"}


def test_another_leader_is_a_change_of_the_declared_code() -> None:
    drawn = "service_id | known_date | leader\na | 2018-01-01 | 1\na | 2023-12-31 | 2\nb | 2018-01-01 | 1"
    declared = "name | kind | direction\nleader | category | none"
    f = leader_change(context("2023-12-31", services=drawn, metadata_columns=declared))
    assert f["value"].to_dict() == {"a": 1, "b": 0}
    assert set(leader_change(context("2023-12-31", services=drawn))["missing"]) == {"not_declared"}


def test_a_new_service_is_new_for_two_years() -> None:
    f = newly_registered(context("2023-12-31", services="""
        service_id | valid_from
        a          | 2023-12-31
        b          | 2022-12-31
        c          | 2010-01-01
        d          |
        """))  # fmt: skip
    assert f["value"].to_dict() == pytest.approx({"a": 1, "b": 0.5, "c": 0, "d": np.nan}, abs=2e-3, nan_ok=True)
    assert f["missing"].dropna().to_dict() == {"d": "not_declared"}
