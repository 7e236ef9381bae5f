"""The text model in a score: the starter set by default, the authority's own labels where settings name them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.errors import InputError
from risiko.narratives import starter
from risiko.pipeline.texts import reader
from tests.drawn import tables

SAID = [
    "Ingen kom da jeg ringte på, og medisinen ble glemt.", "De ansatte er snille og hjelper meg hver dag.",
    "Vi ble ikke hørt, alt var bestemt på forhånd.", "Det var skittent på rommet og ingen ryddet opp.",
    "Jeg måtte vente i uker og fikk aldri svar.",
]  # fmt: skip


def with_labels(path: Path | str) -> settings.Settings:
    chosen = settings.load()
    return chosen.model_copy(update={"narratives": chosen.narratives.model_copy(update={"labels": str(path)})})


def told_of_five() -> dict[str, pd.DataFrame]:
    rows = "\n".join(f"a | 2023-0{i + 1}-01 | narrative | {text}" for i, text in enumerate(SAID))
    return tables(services="service_id\na\nb", experiences=f"service_id | event_date | method | text\n{rows}")


def test_five_comments_are_read_when_a_page_asks() -> None:
    read = pipeline.prepare_tables(told_of_five(), date(2023, 12, 31), settings.load()).features.readings["narrative_critical"]
    assert pd.isna(read.loc["a", "missing"])
    assert read.loc["a", "value"] > 0.4
    assert read.loc["b", "missing"] == "no_evidence"


def test_the_authoritys_own_labels_are_learnt_from(tmp_path: Path) -> None:
    own = starter().assign(criticality=lambda f: -f["criticality"])  # a table that calls praise blame
    own.to_csv(tmp_path / "labels.csv", index=False)
    text = pd.Series(["De ansatte er snille og hjelper meg hver dag."])
    usual, turned = (reader(chosen)(text)["critical_probability"].iloc[0] for chosen in (settings.load(), with_labels(tmp_path / "labels.csv")))
    assert usual < 0.5
    assert turned > usual + 0.2


def test_labels_that_are_not_there_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="labelled table does not exist"):
        reader(with_labels(tmp_path / "none.csv"))(pd.Series(["noe"]))
