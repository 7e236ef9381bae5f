"""Declared metadata columns as signals, drawn as tables."""

import pytest

from risiko.signals import Context, SignalSpec
from risiko.signals.metadata import metadata_specs
from tests.drawn import context

SERVICES = """
service_id | turnover | training | deprivation | beds
a          | 0.5      | 1        | 1           | 10
b          | 0.1      | 3        | 9           | 20
c          |          | 5        | 5           | 30
"""
DECLARED = """
name        | direction        | audit_only
turnover    | higher_is_worse  | false
training    | higher_is_better | false
deprivation | higher_is_worse  | true
beds        | none             | false
absent      | higher_is_worse  | false
"""


def of(c: Context) -> tuple[SignalSpec, ...]:
    return metadata_specs(c.known, c.settings)


def test_only_declared_columns_with_a_direction_that_are_not_for_audit_become_signals() -> None:
    c = context("2023-12-31", services=SERVICES, metadata_columns=DECLARED)
    assert [s.name for s in of(c)] == ["metadata:training", "metadata:turnover"]


def test_a_column_with_a_signal_of_its_own_is_not_scored_twice() -> None:
    c = context(
        "2023-12-31",
        services="service_id | maturity | leader_vacant_months | turnover\na | 1 | 2 | 3",
        metadata_columns="name | direction\nmaturity | higher_is_better\n"
        "leader_vacant_months | higher_is_worse\nturnover | higher_is_worse",
    )
    assert [s.name for s in of(c)] == ["metadata:turnover"]


def test_an_undeclared_column_is_never_used() -> None:
    assert of(context("2023-12-31", services=SERVICES)) == ()


def test_worse_is_positive_whichever_way_the_column_points() -> None:
    c = context("2023-12-31", services=SERVICES, metadata_columns=DECLARED)
    training, turnover = (spec.compute(c) for spec in of(c))
    assert training["standing"].to_dict() == {"a": 1, "b": 0, "c": -1}
    assert turnover["standing"].to_dict() == pytest.approx({"a": 0.7071, "b": -0.7071, "c": 0}, abs=1e-4)
    assert turnover["missing"].dropna().to_dict() == {"c": "not_declared"}


def test_the_value_known_at_the_date_is_the_one_used() -> None:
    drawn = {
        "services": """
        service_id | known_date | turnover
        a          | 2020-01-01 | 0.1
        a          | 2023-06-01 | 0.9
        b          | 2020-01-01 | 0.3
        """,
        "metadata_columns": "name | direction\nturnover | higher_is_worse",
    }
    before, after = (context(day, **drawn) for day in ("2022-12-31", "2023-12-31"))
    assert of(before)[0].compute(before)["value"].to_dict() == {"a": 0.1, "b": 0.3}
    assert of(after)[0].compute(after)["value"].to_dict() == {"a": 0.9, "b": 0.3}


def test_a_column_nobody_knew_of_at_the_date_is_no_signal_then() -> None:
    drawn = {
        "services": "service_id | known_date | turnover\na | 2020-01-01 |\na | 2024-01-01 | 0.9\nb | 2020-01-01 |",
        "metadata_columns": "name | direction\nturnover | higher_is_worse",
    }
    assert of(context("2023-12-31", **drawn)) == ()
    assert len(of(context("2024-12-31", **drawn))) == 1


def test_the_mean_of_few_is_known_roughly_and_alone_nothing_is_said() -> None:
    c = context("2023-12-31", services="""
        service_id | service_type | turnover
        a          | nursing_home | 0.5
        b          | nursing_home | 0.1
        c          | nursing_home | 0.3
        d          | nursing_home | 0.3
        alone      | hospital     | 0.9
        """, metadata_columns="name | direction\nturnover | higher_is_worse")  # fmt: skip
    f = of(c)[0].compute(c)
    assert f["standing_sd"].to_dict() == {"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.5, "alone": 1.0}
    assert f.loc["alone", "standing"] == 0
    assert f.loc["alone", "value"] == 0.9
