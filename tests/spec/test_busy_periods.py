"""Other authorities' visits come in by a mapping, and the demo authority has some that change nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from risiko import asof, synthetic
from risiko.plan import burden
from risiko.synthetic import others
from tests.drawn import table, tables
from tests.imports import block, column, read_part, rejects, write

RULES = {
    "busy_id": '"id"', "known_date": '"told"', "first_day": '"from"', "last_day": '"to"', "authority": '"who"',
    "service_id": '"service"', "municipality": '"town"', "visits": '"n"',
}  # fmt: skip
END = date(2024, 6, 30)


def test_a_calendar_of_others_is_read_and_what_cannot_be_meant_is_rejected(tmp_path: Path) -> None:
    drawn = """
        id | told       | from       | to         | who  | service | town | n
        1  | 2024-12-01 | 2025-03-03 | 2025-03-04 | Fire | a       |      | 1
        2  | 2024-12-01 | 2026-05-01 | 2026-06-30 | Poll |         | Vik  | 0
        3  | 2024-12-01 | 2025-03-04 | 2025-03-03 | Fire | a       |      | 1
        4  | 2024-12-01 | 2025-03-03 | 2025-03-04 | Fire |         |      | 1
        5  | 2025-12-01 | 2025-03-03 | 2025-03-04 | Fire | a       |      | 1
        6  | 2024-12-01 | 2025-03-03 |            | Fire | a       |      | 1
        7  | 2024-12-01 | 2025-03-03 | 2025-03-04 | Fire | z       |      | 1
        8  | 2024-12-01 | 2025-03-03 | 2025-03-04 | Fire | a       |      | -1
        9  | 2024-12-01 | 2025-03-03 | 2025-03-04 |      | a       |      | 1
        1  | 2024-12-01 | 2025-09-03 | 2025-09-04 | Fire | a       |      | 1
    """
    part = read_part(write(tmp_path, block("busy_periods", "others.csv", RULES), others_csv=drawn))
    assert column(part, "busy_id") == ["1", "2"]
    assert rejects(part) == [
        (4, "last_day", "2025-03-03", "last_before_first"),
        (5, "service_id", "", "nobody_meant"),
        (6, "known_date", "2025-12-01", "future_date"),
        (7, "last_day", "", "missing_value"),
        (8, "service_id", "z", "unknown_service"),
        (9, "visits", "-1", "out_of_range"),
        (10, "authority", "", "missing_value"),
        (11, "busy_id", "1", "duplicate_key"),
    ]


def test_a_period_that_is_moved_or_told_later_counts_as_it_was_known() -> None:
    rows = table(
        "busy_periods",
        """
        busy_id | known_date | first_day  | last_day   | authority | service_id | visits
        1       | 2024-01-10 | 2025-03-03 | 2025-03-31 | Fire      | a          | 1
        1       | 2024-06-10 | 2025-05-01 | 2025-05-31 | Fire      | a          | 1
        2       | 2024-07-10 | 2025-04-01 | 2025-04-30 | Fire      | a          | 1
        """,
    )
    world = {**tables(services="service_id\na"), "busy_periods": rows}

    def busy(as_of: date) -> list[str]:
        known = asof.known_at(world, as_of)
        services = known["services"].set_index("service_id")
        found = burden.busy_months(known["busy_periods"], services, known["service_areas"], date(2025, 1, 1), date(2025, 12, 31))
        return list(found.columns[found.loc["a"]])

    assert busy(date(2024, 1, 9)) == []
    assert busy(date(2024, 1, 10)) == ["2025-03"]
    assert busy(date(2024, 6, 10)) == ["2025-05"]
    assert busy(date(2024, 7, 10)) == ["2025-04", "2025-05"]


def test_the_demo_authority_has_others_visits_and_no_other_table_depends_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    args = {"n_services": 300, "years": 3, "end": END, "seed": 3}
    whole = synthetic.build(**args)
    monkeypatch.setattr(others, "OTHERS", others.OTHERS[-1:])
    fewer = synthetic.build(**args)
    assert len(fewer.tables["busy_periods"]) < len(whole.tables["busy_periods"])
    pd.testing.assert_frame_equal(fewer.truth, whole.truth)
    for name in set(whole.tables) - {"busy_periods"}:
        pd.testing.assert_frame_equal(fewer.tables[name], whole.tables[name])


def test_the_demos_periods_are_in_order_told_before_they_begin_and_about_services_in_operation() -> None:
    made = synthetic.build(n_services=300, years=3, end=END, seed=3).tables
    rows = made["busy_periods"]
    assert rows["busy_id"].is_unique
    assert set(rows["authority"]) == {other.name for other in others.OTHERS}
    assert (rows["known_date"] < rows["first_day"]).all()
    assert (rows["first_day"] <= rows["last_day"]).all()
    assert rows["known_date"].between("2021-07-01", "2024-06-30").all()
    assert (rows["first_day"] > "2024-06-30").any()
    assert (rows[["service_id", "provider_id", "municipality"]].notna().sum(axis=1) == 1).all()
    last = made["services"].drop_duplicates("service_id", keep="last").set_index("service_id")
    assert rows["service_id"].dropna().isin(last.index).all()
    assert rows["provider_id"].dropna().isin(last["provider_id"]).all()
    assert rows["municipality"].dropna().isin(made["service_areas"]["municipality"]).mean() > 0.9
    told = rows.dropna(subset="service_id").merge(last["valid_to"], left_on="service_id", right_index=True)
    assert not (told["first_day"] > told["valid_to"]).any()
    assert not last.loc[rows["service_id"].dropna(), "natural_person"].any()


def test_how_often_others_come_is_what_the_parameters_say() -> None:
    rows = synthetic.build(n_services=1000, years=8, end=END, seed=5).tables["busy_periods"]
    # 357 municipalities, 0.4 audits a year over 8 years, of which a few begin before they could be told of.
    audits = rows[rows["authority"] == "Kommunerevisjonen"]
    within = audits["first_day"].between("2017-07-01", "2024-06-30").sum()
    assert within == pytest.approx(357 * 0.4 * 7, rel=0.1)
