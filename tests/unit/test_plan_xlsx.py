"""The workbook of a plan: what a planner needs first, numbers as numbers, nothing that runs, and a draw made again from it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from risiko.i18n import LANGUAGES
from risiko.plan import rules
from risiko.plan.archive import conform, empty
from risiko.plan.explore import explore
from risiko.plan.rules import from_text
from risiko.reports.plan_tables import sheets
from risiko.reports.plan_xlsx import plan_xlsx
from tests.plans import AS_OF, a_plan
from tests.unit.test_plan_words import words

SHEETS = ["The plan", "Reasons", "Rules and price", "Offices", "The draw", "Took part in the draw", "Left out",
          "Other ways to choose", "About the plan", "rules.toml"]  # fmt: skip


def book(*given: Any, **kept: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(plan_xlsx(words(*given, **kept))))


@cache
def plain(language: str = "en") -> openpyxl.Workbook:
    """The workbook of the plan as it is drawn in tests/plans.py."""
    return book(None, language)


def table(page: Any, lead: int) -> list[dict[str, Any]]:
    """The rows of a sheet by heading; lead: lines above the headings."""
    head, *rows = page.iter_rows(min_row=lead + 1, values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_list_comes_first_with_dates_numbers_and_shares_as_excel_has_them() -> None:
    pages = plain()
    assert pages.sheetnames == SHEETS
    page = pages["The plan"]
    assert [row[0].value for row in page.iter_rows(max_row=3)] == [
        "Supervision plan 1 Jul 2026–30 Jun 2027 (draft – not saved)",
        "A high score does not mean that a failure has been found.",
        "Those drawn by lot are under no suspicion: the draw could have fallen on others.",
    ]
    first = table(page, 3)[0]
    assert {name: first[name] for name in ("Month", "Office", "Service", "Person-days", "Ground", "Rank", "Users", "ID")} == {
        "Month": datetime(2026, 8, 1), "Office": "Nord", "Service": "Hus 1", "Person-days": 3.5, "Ground": "required by law",
        "Rank": 12, "Users": 50, "ID": "s001",
    }  # fmt: skip
    forms = {head.value: cell.number_format for head, cell in zip(page[4], page[5], strict=True)}
    assert (forms["Month"], forms["Chance of being within capacity"], forms["Person-days"]) == ("mmmm yyyy", "0.0%", "#,##0.0")
    assert (page.freeze_panes, page.auto_filter.ref) == ("D5", "A4:AB10")


def test_every_sheet_keeps_its_headings_in_sight_and_can_be_filtered_and_printed() -> None:
    for page, sheet in zip(plain().worksheets[:-1], sheets(words()), strict=True):  # the last is a file to be copied
        head = len(sheet.lead) + 1
        assert page.freeze_panes is not None
        assert int(re.sub(r"\D", "", page.freeze_panes)) == head + 1
        assert page.auto_filter.ref.startswith(f"A{head}:")
        assert page.auto_filter.ref.endswith(str(head + len(sheet.rows)))
        assert page.print_title_rows == f"${head}:${head}"
        assert "does not mean" in page.oddFooter.left.text
        assert all(len(row) == len(sheet.columns) for row in sheet.rows)


def test_what_is_missing_reads_so_and_what_does_not_apply_is_blank() -> None:
    record = a_plan(["risk"])
    record = replace(record, visits=record.visits.assign(users=np.nan, month="", probability=np.nan))
    pages = book(record)
    visit = table(pages["The plan"], 3)[0]
    assert (visit["Users"], visit["Month"], visit["Chance in the draw"], visit["Points"]) == ("missing data", "no month is free", None, None)
    sor = table(pages["Offices"], 0)[1]
    assert (sor["Person-days in all"], sor["Share used"]) == ("missing data", None)


def test_points_stand_where_they_are_counted() -> None:
    record = a_plan(["risk"], rules=rules.shipped().with_changes({"cost": {"points": {"inspection": 2}}}))
    pages = book(replace(record, visits=record.visits.assign(points=2.0)))
    assert table(pages["The plan"], 3)[0]["Points"] == 2
    assert table(pages["Offices"], 0)[0]["Points"] == "missing data"
    assert table(plain()["Offices"], 0)[0]["Points"] is None


def test_nothing_in_the_records_can_run_or_link() -> None:
    record, nasty = a_plan(), ["=2+2", "+cmd|'/c calc'!A1", "-1+1", "@SUM(A1)", "\t=1", "http://example.org"]
    record = replace(record, visits=record.visits.assign(name=nasty, note=nasty, municipality=nasty), title="=1+1", by="=cmd()",
                     left_out=record.left_out.assign(detail="=1", name="=2"))  # fmt: skip
    pages = book(record)
    assert {visit["Service"] for visit in table(pages["The plan"], 3)} == set(nasty)
    cells = [cell for page in pages.worksheets for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert [cell.value for cell in cells if cell.hyperlink] == []


def test_every_rule_stands_with_its_value_and_price() -> None:
    rows = {row["Rule"]: row for row in table(plain()["Rules and price"], 1)}
    assert rows["Regularity"]["Price in expected serious findings"] == 0.2
    assert (rows["Regularity"]["Would come in"], rows["Regularity"]["Would go out"]) == (1, 1)
    assert rows["Period"]["Price in worth"] is None
    assert rows["Time since the last visit"]["What the rule says"].startswith("At least 12 months")
    unpriced = book(a_plan(prices=empty("prices")))["Rules and price"]
    assert unpriced["A1"].value == "What the rules cost has not been reckoned for this plan."


def test_the_reasons_tell_why_each_visit_is_in_and_what_we_know() -> None:
    rows = [row for row in table(plain()["Reasons"], 2) if row["ID"] == "s002"]
    assert [row["About"] for row in rows] == ["Why it is in", "What we know", "What we know"]
    assert rows[0]["Reason"].startswith("Drawn by lot")
    assert rows[1]["Reason"].startswith("Complaints, three years")


def test_about_holds_all_that_the_plan_rests_on() -> None:
    told = {row["Fact"]: row["Value"] for row in table(book(number=12, sha256="ab12")["About the plan"], 0)}
    assert told["Status"] == "Plan no. 12 in the log"
    assert told["Fingerprint (SHA-256)"] == "ab12"
    assert told["Version of the records"] == "3-0-3-abcdef01"
    assert told["Seed of the draw"] == "7"
    assert told["Weight: complaints, three years"] == "0.50"


def test_the_rules_can_be_copied_out_of_the_workbook_to_the_last_digit() -> None:
    record = a_plan()
    fine = record.rules.with_changes({"capacity": {"person_days": {'Øst "A" \'b\'': 100.123456789}}})
    lines = [row[0] or "" for row in book(replace(record, rules=fine))["rules.toml"].iter_rows(values_only=True)]
    assert lines[0] == f"# risiko plan --as-of {AS_OF} --seed 7 --rules rules.toml"
    assert from_text("\n".join(lines).encode(), "rules.toml") == fine


def test_the_draw_can_be_made_again_from_the_workbook_alone() -> None:
    ids = [f"s{n:03}" for n in range(1, 61)]
    candidates = pd.DataFrame({
        "service_id": ids, "office": ["Nord", "Sør", "Vest"] * 20, "barred": "", "statutory": 0, "days": 10.0,
        "quiet": [n % 4 == 0 for n in range(60)], "waited_months": 24.0,
    })  # fmt: skip
    left = pd.Series({"Nord": 400.0, "Sør": 220.0, "Vest": 0.0})
    record = a_plan()
    frame = explore(candidates, record.rules, left, seed=record.seed, as_of=AS_OF)
    assert frame.groupby("office")["drawn"].sum().to_dict() == {"Nord": 6, "Sør": 3, "Vest": 0}
    pages = book(replace(record, frame=frame))
    steps = {row["Fact"]: row["Value"] for row in table(pages["The draw"], 1)}
    assert "Nord 6 and Sør 3" in steps["1"]
    seed = f"{AS_OF:%Y-%m-%d}:{steps['Seed of the draw']}"
    point = int(hashlib.sha256(seed.encode()).hexdigest()[:16], 16) % 1_000_000 / 1e6
    assert f"{point:.6f}" in steps["5"]
    drawn, before = set(), {"Nord": 0.0, "Sør": 0.0, "Vest": 0.0}
    for row in table(pages["Took part in the draw"], 1):
        office, total = row["Office"], row["Sum so far"]
        assert hashlib.sha256(f"{seed}:{row['ID']}".encode()).hexdigest()[:16] == row["Lot"]
        if any(before[office] <= point + k < total - 1e-9 for k in range(9)):
            drawn.add(row["ID"])
        before[office] = total
        assert (row["Drawn"] == "yes") == (row["ID"] in drawn)
    assert drawn == set(frame.loc[frame["drawn"], "service_id"])


def test_a_plan_without_a_draw_or_visits_is_written_too() -> None:
    pages = book(a_plan([], others=0, frame=empty("frame"), left_out=empty("left_out"), beside=empty("beside"), offices=empty("offices")))
    assert table(pages["The plan"], 3) == []
    assert table(pages["The draw"], 1)[-1]["Value"] == "Nobody is drawn by lot in this plan."


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_whole_in_every_language(language: str) -> None:
    pages = plain(language)
    said = [cell for page in pages.worksheets[:-1] for row in page.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    assert [text for text in said if re.search(r"plan\.\w|plan_\w|[{}]|\bnan\b", text)] == []
    assert all(len(name) <= 31 for name in pages.sheetnames)
    assert len(set(pages.sheetnames)) == len(SHEETS)


def test_visits_of_one_service_each_have_a_row() -> None:
    record = a_plan(["statutory", "statutory"])
    twice = record.visits.assign(service_id="s001")
    assert [v["ID"] for v in table(book(replace(record, visits=conform("visits", twice)))["The plan"], 3)] == ["s001", "s001"]
