"""Text cases X01–X03: masking, clear polarity, fear of complaining. Typed here as well, so that a clean clone verifies."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from risiko.masking import mask
from risiko.narratives import TextReader, starter, tells_of_fear

# From X01 and X02 (invented for this project): text -> (language, fear), and text -> what must be gone.
FEAR = {
    "Jeg tør ikke klage fordi jeg er avhengig av hjelpen.": True,
    "Eg er redd det går ut over mor om eg klagar.": True,
    "Det var ikke noe å klage på.": False,
    "Ingen høyrde på meg då eg sa ifrå.": False,
}
MASKED = {
    "Min mor, født 01819012365, fikk ikke hjelp.": ["01819012365"],
    "fnr 159275 23458": ["159275 23458"],
    "Ring meg på 412 34 567 eller +47 41234567": ["412 34 567", "+47 41234567"],
    "skriv til kari.nordmann@example.no": ["kari.nordmann@example.no"],
    "Vi ventet i 12 måneder og betalte 4500 kroner.": [],
    "saksnummer 2024/12345": [],
}


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader.fit(starter())


def test_fear_of_complaining() -> None:
    assert tells_of_fear(pd.Series(list(FEAR))).tolist() == list(FEAR.values())


@pytest.mark.parametrize(("text", "gone"), MASKED.items())
def test_masking(text: str, gone: list[str]) -> None:
    done = mask(pd.Series([text], dtype="str")).item()
    assert [secret for secret in gone if secret in done] == []
    assert (done == text) == (not gone)


def test_every_case_of_x02(shared: Path) -> None:
    cases = json.loads((shared / "reference/10_text/X02_masking.json").read_text(encoding="utf-8"))["cases"]
    done = mask(pd.Series([case["text"] for case in cases], dtype="str"))
    left = [secret for case, text in zip(cases, done, strict=True) for secret in case["must_mask"] if secret in text]
    untouched = [text for case, text in zip(cases, done, strict=True) if not case["must_mask"]]
    assert left == []
    assert untouched == [case["text"] for case in cases if not case["must_mask"]]


def test_clear_cases_of_x01(shared: Path, reader: TextReader) -> None:
    items = pd.DataFrame(json.loads((shared / "reference/10_text/X01_norwegian_smoke.json").read_text(encoding="utf-8"))["items"])
    read = reader.read(items["text"])
    assert read["fear"].tolist() == (items["theme"] == "klagefrykt").tolist()
    blank = items["text"].str.strip() == ""
    assert read.loc[blank, "abstained"].all()
    judged = items["polarity"].isin(["pos", "neg"]) & ~read["abstained"]
    right = (read["critical_probability"] > 0.5) == (items["polarity"] == "neg")
    assert judged.sum() >= 12
    assert right[judged].mean() >= 0.85


def test_the_published_expectation_is_the_one_the_page_quotes(shared: Path) -> None:
    """pxtextmining phase 1: macro-F1 .565 within the same trusts, .465 to .539 at a trust that was left out."""
    case = json.loads((shared / "reference/10_text/X03_text_targets.json").read_text(encoding="utf-8"))["measured_here"]
    away = case["leave_one_trust_out_macro_f1"].values()
    within = case["topic_9class"]["logreg_word_char"]["macro_f1"]
    drops = sorted(round(within - f1, 2) for f1 in away)
    assert (drops[0], drops[-1]) == (0.03, 0.10)
    page = (Path(__file__).parents[2] / "docs/explanation/narratives.md").read_text(encoding="utf-8")
    assert ".03" in page
    assert ".11" in page
