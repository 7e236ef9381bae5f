"""The shipped mapping on the real records: what goes in, what does not, and that the format of the files is no matter."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from risiko import asof
from risiko.batch import Batch, Part
from risiko.contracts import Tables
from risiko.ingest import load_mapping, read, shipped_mappings

pytestmark = pytest.mark.slow
FILES = ("service_snapshots", "complaints", "inspections", "findings", "enforcement")


def imported(folder: Path, mapping: Path) -> Batch:
    return read(folder, load_mapping(mapping), today=date(2025, 1, 1), imported_at=datetime(2025, 1, 1),
                known_services=frozenset(), known_supervisions=frozenset())  # fmt: skip


@cache
def scotland(folder: Path) -> dict[str, Part]:
    return {part.block: part for part in imported(folder, Path("scotland_care")).parts}


@pytest.fixture
def pack(shared: Path) -> Path:
    return shared / "data" / "scotland_care"


@pytest.fixture
def parts(pack: Path) -> dict[str, Part]:
    return scotland(pack)


@pytest.fixture
def tables(parts: dict[str, Part]) -> Tables:
    findings = [parts[block].rows for block in ("grades", "overall_grades", "texts")]
    whole = {part.table: part.rows for part in parts.values() if part.table != "findings"}
    return {**whole, "findings": pd.concat(findings)}


def test_how_much_goes_in_and_why_the_rest_does_not(parts: dict[str, Part]) -> None:
    # 45 services were never seen active, so they are in no list; what is about them is refused.
    assert {name: (part.n_read, len(part.rows), refused(part)) for name, part in parts.items()} == {
        "services": (236_856, 58_012, {}),
        "supervisions": (43_316, 43_287, {"unknown_service": 29}),
        "complaints": (6_792, 6_791, {"unknown_service": 1}),
        "grades": (43_316, 127_665, {"unknown_supervision": 7}),
        "overall_grades": (43_316, 51, {}),
        "texts": (25_355, 25_347, {"unknown_supervision": 8}),
        "actions": (288, 433, {"unknown_service": 1}),
        "external_scores": (236_856, 26_656, {}),
        "metadata_columns": (9, 9, {}),
    }
    for part in parts.values():
        assert part.n_read == part.rows.index.nunique() + sum(refused(part).values()) + part.n_left_out


def refused(part: Part) -> dict[str, int]:
    bad = part.rejects[part.rejects["severity"] == "rejected"]
    return bad.groupby("reason")["row"].nunique().to_dict()


def test_the_dirt_the_publisher_left_is_noticed(parts: dict[str, Part]) -> None:
    lines = parts["services"].rejects
    assert set(lines["severity"]) == {"warning"}
    odd = lines.groupby("column")["value"].agg(lambda v: sorted(set(v))).to_dict()
    assert odd == {
        "health_board": ["0", "Greater Glasgow and Cly", "SP2021000144", "West Lothian"],
        "office": ["SP2021000143"],
    }


@pytest.mark.parametrize("as_of", ["2017-03-31", "2017-12-31", "2018-12-31", "2022-03-31", "2022-09-30", "2023-03-31"])
def test_the_services_in_operation_are_those_of_the_publishers_own_cohort(tables: Tables, pack: Path, as_of: str) -> None:
    known = asof.known_at(tables, date.fromisoformat(as_of))["services"]
    open_ = known[known["valid_to"].isna() | (known["valid_to"] > as_of)]
    labels = pd.read_parquet(pack / "cohort_labels.parquet", columns=["service_id", "as_of"])
    assert set(open_["service_id"]) == set(labels.loc[labels["as_of"] == as_of, "service_id"])


def test_no_grade_is_known_before_it_was_published(tables: Tables, pack: Path) -> None:
    day = pd.Timestamp("2023-03-31")
    visits = pd.read_parquet(pack / "inspections.parquet")
    early = visits[(visits["available_from"] <= day) & (visits["grade_available_from"] > day)]
    assert len(early) == 308  # the leak the publisher's notes warn of
    known = asof.known_at(tables, day.date())
    assert set(early["inspection_id"]) <= set(known["supervisions"]["supervision_id"])
    assert not set(early["inspection_id"]) & set(known["findings"]["supervision_id"])


def test_the_word_and_the_finer_score_agree(tables: Tables) -> None:
    scored = tables["findings"].dropna(subset=["severity_score"])
    words = scored["severity"].map({"none": 0, "remark": 1, "breach": 2, "serious_breach": 3})
    assert (scored["severity_score"].round() == words).all()
    assert sorted(scored["severity_score"].round(1).unique()) == [0, 0.2, 1, 1.8, 2.6, 3]


def in_latin_1(texts: pd.Series) -> pd.Series:
    """It has no curly quotation marks."""
    return texts.str.encode("latin-1", "replace").str.decode("latin-1")


def some(pack: Path) -> dict[str, pd.DataFrame]:
    """All about every tenth service and about each that has a rare value, and all about those in no list of services."""
    whole = {name: pd.read_parquet(pack / f"{name}.parquet") for name in FILES}
    lists = whole["service_snapshots"]
    few_values = [name for name in lists if lists[name].nunique() < 200]
    as_common = [lists.groupby(name, observed=True)["service_id"].transform("size") for name in few_values]
    rare = pd.concat(as_common, axis=1).min(axis=1) <= 3
    ids = pd.Series(sorted(lists["service_id"].unique()))
    left_out = set(ids) - set(ids[::10]) - set(lists.loc[rare, "service_id"])
    return {name: frame[~frame["service_id"].isin(left_out)].copy() for name, frame in whole.items()}


def test_the_same_rows_come_from_norwegian_style_text_files(pack: Path, tmp_path: Path) -> None:
    for name, frame in some(pack).items():
        frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
        if "text" in frame:
            frame["text"] = in_latin_1(frame["text"])
        frame.to_csv(tmp_path / f"{name}.csv", sep=";", decimal=",", date_format="%d.%m.%Y", encoding="latin-1", index=False)
    text = shipped_mappings()["scotland_care"].read_text(encoding="utf-8").replace(".parquet", ".csv")
    own = text.replace('date_format = ["iso", "dmy"]', 'date_format = "dmy"\ndecimal = ","\ndelimiter = ";"\nencoding = "latin-1"')
    (tmp_path / "text.toml").write_text(own, encoding="utf-8")
    parts = {part.block: part for part in imported(tmp_path, Path("scotland_care")).parts}
    assert sum(len(part.rejects) for part in parts.values()) > 50
    for part in imported(tmp_path, tmp_path / "text.toml").parts:
        before = parts[part.block]
        assert len(before.rows) > 0
        expected = before.rows.copy()
        if part.block == "texts":
            expected["text"] = in_latin_1(expected["text"]).str.strip()
        pd.testing.assert_frame_equal(part.rows, expected)
        same = part.rejects.drop(columns="file"), before.rejects.drop(columns="file")
        dates = same[0]["value"].str.replace(r"^(\d\d)\.(\d\d)\.(\d{4})$", r"\3-\2-\1", regex=True)  # told as written
        pd.testing.assert_frame_equal(same[0].assign(value=dates), same[1])
