"""The rules as the form's tables and as a file: what goes in comes out, and a blank is no 0."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.app.plan_form import Places, offices_asked, rules_of, tables, with_a_years_days
from risiko.errors import InputError
from risiko.plan import rules as plan_rules
from risiko.plan.rules_file import as_toml

SHIPPED = plan_rules.shipped()
PLACES = Places(("Nord", "Sør"), ("Innlandet",), ("child_institution", "hospital", "nursing_home"), {"Nord": 41.26, "Sør": 0.0})
FULL = SHIPPED.with_changes({
    "period": {"start": date(2026, 9, 1), "months": 6},
    "capacity": {"person_days": {"Nord": 40, "Øst, og \"Vest\"\n": 0}, "points": {"Nord": 3}, "as_last_year": False},
    "cost": {"by_type": {"nursing home": {"inspection": 4}}, "points": {"inspection": 1.5}},
    "minimum": {"sector": {"social": 2}, "county": {"Innlandet": 3}, "theme": [{"name": "Sår", "types": ["hospital", "nursing_home"], "visits": 2}]},
    "joint": [{"services": ["a", "b"], "saves_days": 1.5, "why": "samme hus"}],
    "override": [{"service": "a", "action": "postpone", "reason": "other", "text": "to \x7f linjer\nher", "until": date(2027, 1, 15)}],
    "office": {"only": ["Nord"], "any": True},
})  # fmt: skip


@pytest.mark.parametrize("rules", [SHIPPED, FULL], ids=["shipped", "full"])
def test_rules_come_back_from_their_file_unchanged(rules: plan_rules.Rules) -> None:
    assert plan_rules.from_text(as_toml(rules).encode(), "rules.toml") == rules


@pytest.mark.parametrize(("text", "where"), [
    (b"[exploration]\nshare = 2", "x.toml, key exploration.share"), (b"share = ", "x.toml"), (b"\xff", "x.toml"),
    (b"[capacity]\nperson_day = 3", "x.toml, key capacity.person_day"),
])  # fmt: skip
def test_a_faulty_file_is_named_with_its_key(text: bytes, where: str) -> None:
    with pytest.raises(InputError) as caught:
        plan_rules.from_text(text, "x.toml")
    assert caught.value.where == where


def test_the_tables_of_the_form_give_the_same_rules_back() -> None:
    assert rules_of(FULL, tables(FULL, PLACES), {"sector.social": 2, "sector.health": 0}) == FULL


def test_last_year_is_filled_in_where_the_rules_take_it_and_nothing_is_missing_not_zero() -> None:
    offices = tables(SHIPPED, PLACES)["offices"].set_index("office")
    assert offices.loc["Nord"].to_dict() == {"last_year": 41.26, "days": 41.3}
    assert offices.loc["Sør"].isna().all(), "no days on record is no capacity of 0"
    own = SHIPPED.with_changes({"capacity": {"as_last_year": False, "person_days": {"Sør": 0}}})
    assert tables(own, PLACES)["offices"].set_index("office")["days"].fillna(-1).to_dict() == {"Nord": -1, "Sør": 0}


def test_the_days_of_a_whole_year_are_known_again_and_a_number_of_ones_own_is_not() -> None:
    places = Places(("Nord", "Sør", "Øst"), (), (), {"Nord": 41.26, "Sør": 0.0, "Øst": 80.0})
    filled = rules_of(SHIPPED, tables(SHIPPED, places), {"period.months": 6})
    assert with_a_years_days(filled, places) == ["Nord", "Øst"]
    own = filled.with_changes({"capacity": {"person_days": {"Nord": 20.6, "Sør": 0, "Øst": 80}}})
    assert with_a_years_days(own, places) == ["Øst"]
    assert with_a_years_days(SHIPPED, places) == [], "what nobody has said is reckoned for the period by itself"


def test_what_is_blanked_out_is_gone_and_what_is_typed_in_counts() -> None:
    edited = tables(SHIPPED, PLACES)
    edited["offices"].loc[:, "days"] = [np.nan, 0.0]
    edited["types"] = edited["types"].assign(visits=[np.nan, np.nan, 4.0], kind=["inspection", "inspection", "unannounced"])
    edited["themes"] = pd.DataFrame({"name": ["Sår", None], "types": [["hospital"], None], "visits": [2.0, np.nan], "per_office": [np.nan, np.nan]})
    rules = rules_of(SHIPPED, edited, {"exploration.share": 0.2})
    assert rules.capacity.person_days == {"Sør": 0.0}
    assert rules.statutory.visits == {"child_institution": 0, "nursing_home": 4}, "a 0 keeps the shipped 2 from coming back"
    assert rules.kinds.by_type == {"child_welfare_service": "system_audit", "hospital": "inspection", "nursing_home": "unannounced"}
    assert [(theme.name, theme.types, theme.visits) for theme in rules.minimum.theme] == [("Sår", ("hospital",), 2)]
    assert rules.exploration.share == 0.2
    assert plan_rules.from_text(as_toml(rules).encode(), "x") == rules


def test_a_theme_without_a_type_is_told() -> None:
    edited = tables(SHIPPED, PLACES)
    edited["themes"] = pd.DataFrame({"name": ["Sår"], "types": [None], "visits": [2.0], "per_office": [1.0]})
    with pytest.raises(InputError, match="at least 1 item"):
        rules_of(SHIPPED, edited, {})


def test_a_planner_gets_no_other_offices_than_the_own() -> None:
    asked = SHIPPED.with_changes({"office": {"only": ["Nord", "Sør"]}})
    assert offices_asked(asked, None) == asked
    assert offices_asked(asked, ["Sør"]).office.only == ("Sør",)
    assert offices_asked(SHIPPED, ["Sør"]).office.only == ("Sør",)
