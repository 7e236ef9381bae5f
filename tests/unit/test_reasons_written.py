"""Reasons as plain JSON: what is written is read back the same, and what is not reasons is told."""

from __future__ import annotations

import json

import pytest

from risiko.errors import InputError
from risiko.reasons.reason import Reason
from risiko.reasons.written import reasons_as_text, reasons_from_text
from tests.plans import AS_OF, COMPLAINTS, SURE
from tests.unit.test_reason_words import every


def test_every_kind_of_reason_is_read_back_the_same_and_said_the_same() -> None:
    drawn = [reason for _, reason in every()]
    assert len({reason.kind for reason in drawn}) == 13
    drawn += [COMPLAINTS, SURE]  # with dimensions
    assert reasons_from_text(reasons_as_text(drawn)) == drawn


def test_only_what_is_known_is_written() -> None:
    assert json.loads(reasons_as_text([Reason("nothing", AS_OF)])) == [{"kind": "nothing", "as_of": "2026-06-30"}]
    said = json.loads(reasons_as_text([COMPLAINTS, SURE]))
    assert [one["kind"] for one in said] == ["raises", "narrow"]
    assert said[0]["dimensions"] == ["safe"]
    assert said[0]["since"] == "2024-03-05"
    assert said[1]["position"]["rank"] == 4


def test_no_text_holds_no_reasons() -> None:
    assert reasons_from_text("") == []
    assert reasons_from_text(reasons_as_text([])) == []


@pytest.mark.parametrize("text", [
    "{", '[{"as_of":"2026-06-30"}]', '[{"kind":"guess","as_of":"2026-06-30"}]', '[{"kind":"raises","as_of":"June"}]',
    '[{"kind":"raises","as_of":"2026-06-30","color":1}]', "[1]", '[{"kind":"place","as_of":"2026-06-30","position":{"rank":1}}]',
])  # fmt: skip
def test_what_is_not_reasons_is_told_with_where(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read") as told:
        reasons_from_text(text, "reasons of s001")
    assert told.value.where == "reasons of s001"
