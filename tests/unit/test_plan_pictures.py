"""A plan's tables and pictures: the numbers behind them, marks that stay few, and no colour alone."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from risiko import settings
from risiko.app import plan_tables, plan_words
from risiko.charts.calendar import calendar
from risiko.charts.office_days import office_days
from risiko.charts.rule_prices import rule_prices
from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.reports.plan_words import PlanWords
from tests.plans import a_plan

NB = Translator("nb", strict=True)


def words() -> PlanWords:
    return PlanWords(a_plan(), Names(NB, settings.load()))


def test_the_parts_of_an_office_add_up_to_what_it_uses_and_missing_capacity_stays_missing() -> None:
    plan = words()
    bars = plan_tables.office_bars(plan)
    used = bars.groupby("office")["days"].sum()
    assert used.to_dict() == plan.record.offices.set_index("office")["used"].to_dict()
    assert bars.groupby("office")["capacity"].first().isna().to_dict() == {"Nord": False, "Sør": True}
    assert "Sør, loven krever: 0 av mangler data" in bars["text"].tolist()
    assert plan_tables.offices(plan).set_index("Embete").loc["Sør", "Dagsverk i alt"] == "mangler data"
    assert plan_words.fullest(plan).startswith("Planen bruker ")


def test_the_calendar_has_every_office_and_month_and_counts_the_visits() -> None:
    plan = words()
    rows = plan_tables.months(plan)
    assert len(rows) == 2 * 12
    assert rows["n"].sum() == len(plan.record.visits)
    none_free = PlanWords(replace(plan.record, visits=plan.record.visits.assign(month="")), plan.names)
    assert plan_tables.months(none_free)["n"].sum() == 0, "a visit without a month stands in none"
    table = plan_tables.month_table(rows, plan)
    assert table["Embete"].tolist() == ["Nord", "Sør"]
    assert table.columns[1] == "juli 2026"


def test_rules_that_change_nothing_have_no_bar_and_the_dearest_is_named() -> None:
    plan = words()
    bars = plan_tables.price_bars(plan).set_index("label")
    moves = plan.record.prices["enters"].ne("") | plan.record.prices["leaves"].ne("")
    assert "spacing" in plan.record.prices.loc[~moves, "rule"].tolist()
    assert (len(bars), bars["word"]["Dagsverk"], bars["word"]["Regelmessighet"]) == (moves.sum(), "1,3", "0,2")
    assert plan_words.dearest(plan) == "Dyrest er «Dagsverk»: 1,3 ventede alvorlige funn."
    free = PlanWords(replace(plan.record, prices=plan.record.prices.iloc[:0]), plan.names)
    assert plan_words.dearest(free).startswith("Ingen regel koster")


def test_filters_choose_by_ground_office_and_county() -> None:
    plan = words()
    assert {v["ground"] for v in plan_tables.chosen(plan, {"ground": ["draw"], "office": []})} == {"draw"}
    assert plan_tables.chosen(plan, {"county": ["Troms"]}) == []
    assert plan_tables.values(plan, "office") == {"Nord": "Nord (3)", "Sør": "Sør (3)"}


@pytest.mark.parametrize(("worth", "bound", "expected"), [(9.999, 10.0, "99\u00a0%"), (10.0, 10.0, "100\u00a0%"), (0.0, 0.0, "100\u00a0%")])
def test_what_is_sure_is_never_rounded_up(worth: float, bound: float, expected: str) -> None:
    assert plan_words.share(worth, bound, NB) == expected


def test_pictures_are_drawn_from_those_rows_and_stay_small() -> None:
    plan = words()
    months = plan_tables.months(plan)
    many = pd.concat([months.assign(office=f"Embete {i:02}") for i in range(16)])
    drawn = calendar(many, language="nb").to_dict()
    assert drawn["height"] == 60 + 26 * 16
    assert 3 * len(many) < 2000, "with more marks the picture is no longer readable by a screen reader"
    assert any(layer["mark"]["type"] == "text" for layer in drawn["layer"]), "the number stands in the field: never colour alone"
    bars = office_days(plan_tables.office_bars(plan), axis="Dagsverk", capacity="I alt", language="nb").to_dict()
    ends = bars["datasets"][bars["layer"][1]["data"]["name"]]
    assert [(row["office"], row["capacity"]) for row in ends] == [("Nord", 40.0)], "no line where nobody has told a number"
    rows = plan_tables.price_bars(plan)
    priced = rule_prices(rows, axis="Pris", language="nb").to_dict()
    assert priced["height"] == 50 + 32 * len(rows)
    assert priced["padding"]["right"] == 40, "on the chart itself: Streamlit's own padding wins over config.padding, and cut the number off"
