"""Planners' own choices: scored by reason against what the model expected, and never from too few."""

from __future__ import annotations

import pandas as pd
import pytest

from risiko.evaluate.override_results import FEWEST, added, left_alone


def visits(reason: str, hits: int, known: int, likelihood: float, waiting: int = 0) -> pd.DataFrame:
    hit = [1.0] * hits + [0.0] * (known - hits) + [float("nan")] * waiting
    state = ["known"] * known + ["waiting"] * waiting
    return pd.DataFrame({"reason": reason, "state": state, "hit": hit, "likelihood": likelihood})


def test_a_reason_beats_the_model_only_where_its_whole_interval_does() -> None:
    rows = pd.concat([
        visits("concern", 12, 15, 0.3), visits("tip", 5, 15, 0.3), visits("local_knowledge", 1, 20, 0.5),
        visits("other", 3, 3, 0.1), visits("closing", 0, 0, 0.2, waiting=4),
    ])  # fmt: skip
    table = added(rows).set_index("reason")
    verdicts = {
        "concern": "better", "tip": "not_shown", "local_knowledge": "worse", "closing": "too_few", "other": "too_few",
    }  # fmt: skip
    assert table["verdict"].to_dict() == verdicts
    assert table.loc["closing", ["added", "carried_out", "known"]].tolist() == [4, 4, 0]
    assert pd.isna(table.loc["closing", "rate"]), "nothing known is no rate of 0"
    assert table.loc["concern", "expected"] == pytest.approx(0.3)


def test_too_few_is_said_below_the_stated_number() -> None:
    assert added(visits("tip", FEWEST, FEWEST, 0.1))["verdict"].tolist() == ["better"]
    assert added(visits("tip", FEWEST - 1, FEWEST - 1, 0.1))["verdict"].tolist() == ["too_few"]


def test_intervals_hold_for_all_reasons_told_at_once() -> None:
    alone = added(visits("tip", 10, 20, 0.3)).iloc[0]
    several = added(pd.concat([visits(r, 10, 20, 0.3) for r in ("tip", "concern", "other")])).set_index("reason")
    assert several.loc["tip", "low"] < alone["low"]
    assert several.loc["tip", "high"] > alone["high"]


def test_no_override_gives_an_empty_table_with_its_columns() -> None:
    table = added(visits("tip", 0, 0, 0.1))
    assert table.empty
    assert {"reason", "rate", "low", "verdict"} <= set(table.columns)


def test_whoever_was_skipped_and_never_seen_is_not_thereby_sound() -> None:
    overrides = pd.DataFrame({
        "service_id": ["a", "b", "c", "d"], "action": ["skip", "skip", "postpone", "add"],
        "reason": ["resources", "resources", "closing", "tip"], "likelihood": [0.4, 0.2, 0.1, 0.9],
        "since": pd.Timestamp(2026, 1, 1),
    })  # fmt: skip
    judged = pd.DataFrame(
        [("a", "2025-12-31", True), ("a", "2026-03-01", False), ("a", "2026-09-01", True), ("c", "2029-06-01", True)],
        columns=["service_id", "event_date", "positive"],
    ).assign(event_date=lambda f: pd.to_datetime(f["event_date"]))  # fmt: skip
    table = left_alone(overrides, judged).set_index("action")
    assert table.loc["skip", ["services", "seen", "hits"]].tolist() == [2, 1, 0], "the first after the plan's start counts"
    assert table.loc["skip", "expected"] == pytest.approx(0.4), "of those seen"
    assert table.loc["postpone", ["services", "seen"]].tolist() == [1, 0], "more than three years later is too late"
    assert "add" not in table.index
