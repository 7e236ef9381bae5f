"""Comments as signals: never from fewer than five, drawn towards similar services, and fear of complaining beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from risiko import settings
from risiko.errors import SettingsError
from risiko.narratives import TextReader, starter
from risiko.signals import Context
from risiko.signals.narratives import narrative_critical, narrative_fear
from tests.drawn import context

GOOD, BAD, MUTE = "Alt er bra her, takk.", "Dette er dårlig.", "Kanskje."
FEARFUL = "Vi tør ikke å klage."


def by_word(texts: pd.Series) -> pd.DataFrame:
    """A reader whose rule is plain: dårlig is critical, kanskje it will not judge."""
    critical = texts.str.contains("dårlig")
    return pd.DataFrame({"critical_probability": critical.astype(float), "abstained": texts.str.contains("Kanskje")})


def said(*lines: tuple[str, int, str], services: str = "a b", as_of: str = "2024-01-01") -> Context:
    """A context in which each (service, how many, text) was said, each on a day of its own."""
    rows, day = [], pd.Timestamp("2023-01-01")
    for service, times, text in lines:
        for _ in range(times):
            day += pd.Timedelta(days=1)
            rows.append(f"{service} | {day:%Y-%m-%d} | {text}")
    drawn = "\n".join(["service_id | event_date | text", *rows])
    listed = "service_id\n" + "\n".join(services.split())
    made = context(as_of, services=listed, experiences=drawn) if rows else context(as_of, services=listed)
    return replace(made, read_texts=by_word)


def test_share_of_critical_comments() -> None:
    found = narrative_critical(said(("a", 3, BAD), ("a", 2, GOOD), ("b", 1, BAD), ("b", 9, GOOD)))
    assert found["value"].tolist() == pytest.approx([0.6, 0.1])
    assert found["n"].tolist() == [5, 10]
    assert found["missing"].isna().all()
    assert 0.1 < found.loc["a", "estimate"] < 0.6, "five comments are drawn towards what similar services show"
    assert found.loc["a", "standing"] > 0 > found.loc["b", "standing"]
    assert found["standing_sd"].between(0, 1).all()
    assert found.loc["b", "freshness"] == pytest.approx((pd.Timestamp("2024-01-01") - pd.Timestamp("2023-01-16")).days / 365.25)


def test_four_comments_never_score_a_service() -> None:
    found = narrative_critical(said(("a", 4, BAD), ("b", 5, BAD), services="a b c"))
    assert found["missing"].fillna("").tolist() == ["too_few_texts", "", "no_evidence"]
    assert found["n"].tolist() == [4, 5, 0]
    assert np.isnan(found.loc["a", "value"])
    assert (found.loc["a", "standing"], found.loc["a", "standing_sd"]) == (0, 1)


def test_a_comment_the_reader_will_not_judge_is_no_evidence() -> None:
    found = narrative_critical(said(("a", 4, BAD), ("a", 3, MUTE), ("b", 5, GOOD), ("b", 1, MUTE)))
    assert found["missing"].fillna("").tolist() == ["too_few_texts", ""]
    assert found["n"].tolist() == [4, 5]


def test_no_reader_no_reading_and_no_need_to_load_one() -> None:
    made = said(("a", 9, BAD))
    assert narrative_critical(replace(made, read_texts=None))["missing"].tolist() == ["not_read", "no_evidence"]

    def refuses(texts: pd.Series) -> pd.DataFrame:
        raise AssertionError("asked to read though no service has five comments")

    assert narrative_critical(replace(said(("a", 4, BAD)), read_texts=refuses))["missing"].tolist() == ["too_few_texts", "no_evidence"]


def test_old_comments_and_the_same_words_under_several_dimensions_do_not_count() -> None:
    old = said(("a", 9, BAD), as_of="2026-06-01")
    assert narrative_critical(old)["missing"].tolist() == ["no_evidence", "no_evidence"]
    drawn = "service_id | event_date | dimension | text\n" + "\n".join(f"a | 2023-05-01 | {d} | {BAD}" for d in ("safe", "effective", "involving", "accessible", "coordinated"))
    twice = replace(context("2024-01-01", services="service_id\na", experiences=drawn), read_texts=by_word)
    assert narrative_critical(twice)["missing"].tolist() == ["too_few_texts"]


def test_what_becomes_known_later_is_not_read() -> None:
    drawn = "service_id | event_date | known_date | text\n" + "\n".join(f"a | 2023-05-0{i} | 2024-02-01 | {BAD}" for i in range(1, 8))
    later = replace(context("2024-01-01", services="service_id\na", experiences=drawn), read_texts=by_word)
    assert narrative_critical(later)["missing"].tolist() == ["no_evidence"]


def test_fear_is_told_without_a_model() -> None:
    found = narrative_fear(replace(said(("a", 3, FEARFUL), ("a", 3, GOOD), ("b", 8, GOOD)), read_texts=None))
    assert found["value"].tolist() == pytest.approx([0.5, 0])
    assert found.loc["a", "standing"] > 0


def test_a_text_in_an_unknown_language_is_no_evidence_of_calm() -> None:
    found = narrative_fear(said(("a", 6, "Opieka była bardzo dobra."), ("b", 5, FEARFUL)))
    assert found["missing"].fillna("").tolist() == ["too_few_texts", ""]
    assert found.loc["b", "value"] == 1


def test_a_service_with_no_one_to_be_compared_with_keeps_its_reading() -> None:
    found = narrative_critical(said(("a", 6, BAD), services="a b"))
    assert found.loc["a", "value"] == 1
    assert (found.loc["a", "standing"], found.loc["a", "standing_sd"]) == (0, 1)


def test_the_real_reader_fits_the_signal() -> None:
    reader = TextReader.fit(starter())
    made = said(("a", 6, "De glemte medisinen og ingen kom."), ("b", 6, "Snille folk og god hjelp, alt er bra."))
    found = narrative_critical(replace(made, read_texts=reader.read))
    assert found["value"].tolist() == [1, 0]


def test_the_minimum_may_be_raised_but_never_lowered(tmp_path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[narratives]\nminimum = 4\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="minimum"):
        settings.load(own)
