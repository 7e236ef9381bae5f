"""Who may be scored at a date, drawn as tables."""

from datetime import date

import pytest

from risiko import asof, cohorts, settings
from risiko.errors import NothingToScore
from tests.drawn import tables

SERVICES = """
service_id | natural_person | valid_from | valid_to   | service_type | sector        | dependency
open       | false          | 2015-01-01 |            | nursing_home | health        |
undated    | false          |            |            | night_shelter| social        |
own_word   | false          | 2015-01-01 |            | nursing_home | health        | 0
person     | true           | 2015-01-01 |            | general_practice | health    |
gone       | false          | 2015-01-01 | 2023-06-30 | nursing_home | health        |
leaving    | false          | 2015-01-01 | 2023-07-01 | nursing_home | health        |
planned    | false          | 2024-01-01 |            | nursing_home | health        |
"""


def _cohort(as_of: date) -> cohorts.Cohort:
    return cohorts.cohort_at(asof.known_at(tables(services=SERVICES), as_of), as_of, settings.load())


def test_services_in_operation_that_are_not_natural_persons() -> None:
    cohort = _cohort(date(2023, 6, 30))
    assert list(cohort.services.index) == ["leaving", "open", "own_word", "undated"]
    assert cohort.excluded.to_dict() == {"natural_person": 1, "closed": 1, "not_started": 1}


def test_degrees_come_from_the_service_then_its_type_then_its_sector() -> None:
    services = _cohort(date(2023, 6, 30)).services
    assert services["dependency"].to_dict() == {"leaving": 3, "open": 3, "own_word": 0, "undated": 2}
    assert services["dependency_declared"].to_dict() == {"leaving": False, "open": False, "own_word": True, "undated": False}


def test_nobody_to_score_is_said_with_what_to_try() -> None:
    with pytest.raises(NothingToScore, match="2009-01-01") as error:
        _cohort(date(2009, 1, 1))
    assert "later date" in error.value.hint
