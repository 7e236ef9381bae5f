"""The record of a plan: to JSON and back, what differs between two, and what cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from risiko.errors import InputError
from risiko.plan.archive import FRAMES, as_text, differences, empty, from_text
from tests.plans import a_plan


def test_a_plan_comes_back_from_its_text_as_it_was() -> None:
    plan = a_plan()
    back = from_text(as_text(plan))
    assert as_text(back) == as_text(plan)
    assert differences(plan, back) == []
    for name, dtypes in FRAMES.items():
        pd.testing.assert_frame_equal(getattr(back, name), getattr(plan, name))
        assert {c: str(d) for c, d in getattr(back, name).dtypes.items()} == dict(dtypes)


def test_what_is_not_known_is_null_and_never_zero() -> None:
    said = json.loads(as_text(a_plan()))
    assert set(said["visits"]["points"]) == {None}
    assert from_text(as_text(a_plan())).visits["points"].isna().all()


def test_when_and_by_whom_and_what_the_planner_wrote_are_no_difference() -> None:
    plan = a_plan()
    noted = replace(plan, by="someone else", title="other", visits=plan.visits.assign(note="talk to them"))
    assert differences(plan, noted) == []


def test_another_choice_seed_or_rule_is_told() -> None:
    plan = a_plan()
    assert differences(plan, replace(plan, seed=8)) == ["seed: 7 / 8"]
    other = replace(plan, rules=plan.rules.with_changes({"spacing": {"months": 24}}))
    assert differences(plan, other) == ["rules"]
    moved = replace(plan, visits=plan.visits.assign(month="2026-12"))
    n = int((plan.visits["month"] != "2026-12").sum())
    assert differences(plan, moved) == [f"visits: {n} rows differ"]
    assert differences(plan, replace(plan, prices=empty("prices"))) == [f"prices: {len(plan.prices)} / 0 rows"]


def test_a_billionth_is_no_difference_and_a_millionth_is() -> None:
    plan = a_plan()
    near, far = (replace(plan, worth=plan.worth * factor) for factor in (1 + 1e-12, 1 + 1e-6))
    assert differences(plan, near) == []
    assert len(differences(plan, far)) == 1
    blurred = replace(plan, visits=plan.visits.assign(likelihood=plan.visits["likelihood"] * (1 + 1e-12)))
    assert differences(plan, blurred) == []


def test_a_price_that_was_not_proved_is_not_compared() -> None:
    plan = a_plan()
    other = replace(plan, prices=plan.prices.assign(price=plan.prices["price"] + 1))
    assert len(differences(plan, other)) == 1
    unsure = replace(other, prices=other.prices.assign(proved=False))
    assert differences(plan, unsure) == []


def test_a_plan_of_another_schema_is_told_with_its_number() -> None:
    said = json.loads(as_text(a_plan()))
    with pytest.raises(InputError, match=r"an older version of risiko \(plan schema 0; this one reads 1\)"):
        from_text(json.dumps(said | {"plan_schema": 0}), "old.json")
    with pytest.raises(InputError, match="a newer version"):
        from_text(json.dumps(said | {"plan_schema": 99}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda said: [], "it is not a plan that risiko wrote"),
        (lambda said: {}, "it is not a plan that risiko wrote"),
        (lambda said: {k: v for k, v in said.items() if k != "seed"}, "KeyError: 'seed'"),
        (lambda said: said | {"as_of": "yesterday"}, "Invalid isoformat"),
        (lambda said: said | {"frame": {"service_id": ["a"]}}, "columns of frame do not belong together"),
        (lambda said: said | {"visits": said["visits"] | {"days": [1.0]}}, "columns of visits do not belong together"),
        (lambda said: said | {"visits": said["visits"] | {"ground": [None] * 6}}, "visits.ground has blanks"),
        (lambda said: said | {"seed": "7"}, "seed cannot be '7'"),
        (lambda said: said | {"seed": -3}, "seed cannot be -3"),
        (lambda said: said | {"top": None}, "top cannot be None"),
        (lambda said: said | {"worth": "a lot"}, "worth cannot be 'a lot'"),
        (lambda said: said | {"bound": True}, "bound cannot be True"),
        (lambda said: said | {"proved": 1}, "proved cannot be 1"),
        (lambda said: said | {"weights": [1]}, "weights cannot be"),
    ],
)
def test_what_is_no_plan_is_refused_with_a_reason(change, why: str) -> None:
    text = json.dumps(change(json.loads(as_text(a_plan()))))
    with pytest.raises(InputError, match=why) as error:
        from_text(text, "plan.json")
    assert error.value.where == "plan.json"


def test_rules_that_were_edited_by_hand_name_their_key() -> None:
    said = json.loads(as_text(a_plan()))
    said["rules"]["spacing"]["months"] = -3
    with pytest.raises(InputError) as error:
        from_text(json.dumps(said), "plan.json")
    assert error.value.where == "plan.json, key spacing.months"


def test_no_json_at_all() -> None:
    with pytest.raises(InputError, match="it is not JSON"):
        from_text("PK\x03\x04")
