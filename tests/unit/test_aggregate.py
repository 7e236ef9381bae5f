"""Counted rows are the same on every engine, and the same as asof.known_at and asof.window_start would count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from risiko import asof
from risiko.aggregate import COMPLAINT_KEYS, collect_sorted, condense
from risiko.contracts import CONTRACTS
from tests.drawn import table

Convert = Callable[[pd.DataFrame], Any]
# Month ends, leap days and the days around them, two years wide: where months are miscounted if anywhere.
EDGES = [date(2023, m, d) for m, d in [(1, 30), (1, 31), (2, 28), (3, 1), (3, 31), (4, 30), (12, 31)]] + [
    date(2024, m, d) for m, d in [(1, 1), (1, 31), (2, 28), (2, 29), (3, 1), (3, 30), (3, 31), (4, 30), (5, 31)]
]
DAYS = st.one_of(st.sampled_from(EDGES), st.dates(date(2022, 12, 1), date(2024, 6, 30)))


def _polars(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(frame)


def _duckdb(frame: pd.DataFrame) -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(nw.from_native(frame).to_arrow())


ENGINES: dict[str, Convert] = {
    "pandas": lambda frame: frame,
    "polars": _polars,
    "polars lazy": lambda frame: _polars(frame).lazy(),
    "duckdb": _duckdb,
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Convert:
    return ENGINES[request.param]


def counted(frame: pd.DataFrame, engine: Convert, as_of: str, **more: Any) -> pd.DataFrame:
    """The condensed rows; the engine is told the order of the rows."""
    numbered = frame.assign(row=np.arange(len(frame)))
    by = more.get("by", COMPLAINT_KEYS)
    return collect_sorted(condense(engine(numbered), date.fromisoformat(as_of), order="row", **more), by)


def lines(frame: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return frame[list(columns)].astype("object").where(frame[list(columns)].notna(), None).to_numpy().tolist()


def test_the_newest_version_known_by_then_counts_once(engine: Convert) -> None:
    drawn = table("complaints", """
        complaint_id | service_id | event_date | known_date | n | outcome
        c1           | s1         | 2024-01-10 | 2024-01-10 | 1 | pending
        c1           | s1         | 2024-01-10 | 2024-03-01 | 2 | upheld
        c1           | s1         | 2024-01-10 | 2024-09-01 | 9 | not_upheld
        c2           | s1         | 2024-01-12 | 2024-01-12 | 4 | pending
    """)  # fmt: skip
    by = ("service_id", "outcome")
    assert lines(counted(drawn, engine, "2024-03-31", by=by), *by, "n") == [["s1", "pending", 4], ["s1", "upheld", 2]]
    assert lines(counted(drawn, engine, "2024-02-29", by=by), *by, "n", "rows") == [["s1", "pending", 5, 2]]


def test_a_newer_version_that_moves_the_event_beyond_the_date_takes_the_row_away(engine: Convert) -> None:
    drawn = table("complaints", """
        complaint_id | service_id | event_date | known_date
        c1           | s1         | 2024-01-10 | 2024-01-10
        c1           | s1         | 2024-06-10 | 2024-02-01
    """)  # fmt: skip
    assert len(counted(drawn, engine, "2024-01-31")) == 1
    assert counted(drawn, engine, "2024-02-29").empty


def test_where_a_key_stands_twice_the_last_row_counts(engine: Convert) -> None:
    drawn = table("complaints", """
        complaint_id | service_id | event_date | known_date | n
        c1           | s1         | 2024-01-10 | 2024-01-10 | 7
        c2           | s1         | 2024-01-10 | 2024-01-10 | 10
        c1           | s1         | 2024-01-10 | 2024-01-10 | 5
    """)  # fmt: skip
    assert counted(drawn, engine, "2024-01-31", by=("service_id",))["n"].tolist() == [15]


def test_a_missing_key_is_a_group_of_its_own(engine: Convert) -> None:
    drawn = table("complaints", """
        service_id | event_date | source | severity | n
        s1         | 2024-01-10 | user   | 0        | 1
        s1         | 2024-01-11 | user   |          | 2
        s1         | 2024-01-12 |        |          | 4
        s1         | 2024-01-13 |        |          | 8
    """)  # fmt: skip
    by = ("service_id", "source", "severity")
    found = counted(drawn, engine, "2024-01-31", by=by)
    assert lines(found, *by, "n", "rows") == [["s1", "user", 0, 1, 1], ["s1", "user", None, 2, 1], ["s1", None, None, 12, 2]]
    assert found["event_date"].tolist()[-1] == pd.Timestamp("2024-01-13")


def test_a_sum_over_nothing_is_missing_and_over_zeros_is_zero(engine: Convert) -> None:
    drawn = table("experiences", """
        service_id | event_date | score | n
        s1         | 2024-01-10 | 50    | 10
        s1         | 2024-01-11 |       | 20
        s2         | 2024-01-10 |       |
        s3         | 2024-01-10 | 0     | 0
    """)  # fmt: skip
    more = {"by": ("service_id",), "sums": ("score", "n"), "contract": CONTRACTS["experiences"]}
    found = counted(drawn, engine, "2024-01-31", **more)
    assert lines(found, "service_id", "score", "n", "rows") == [["s1", 50.0, 30, 2], ["s2", None, None, 1], ["s3", 0.0, 0, 1]]


def test_no_rows_give_no_rows_with_the_same_columns(engine: Convert) -> None:
    found = counted(CONTRACTS["complaints"].empty(), engine, "2024-01-31")
    assert found.empty
    assert found.columns.tolist() == [*COMPLAINT_KEYS, "months_ago", "n", "rows", "event_date", "known_date"]


def test_what_is_lazy_stays_lazy_and_every_frame_keeps_its_kind(engine: Convert) -> None:
    frame = engine(table("complaints", "service_id | event_date\ns1 | 2024-01-10"))
    assert type(condense(frame, date(2024, 1, 31))) is type(frame)


@settings(max_examples=25)
@given(as_of=DAYS, days=st.lists(DAYS, min_size=1, max_size=20))
def test_months_are_those_of_the_windows(as_of: date, days: list[date]) -> None:
    rows = [f"s{i:02} | {day}" for i, day in enumerate(days)]
    drawn = table("complaints", "\n".join(["service_id | event_date", *rows]))
    found = condense(drawn, as_of).set_index("service_id")["months_ago"].to_dict()
    # The shortest window that holds the day; none where it lies ahead.
    inside = pd.DataFrame({m: asof.in_window(drawn["event_date"], as_of, m + 1) for m in range(20)})
    assert found == inside.set_axis(drawn["service_id"]).loc[lambda rows: rows.any(axis=1).to_numpy()].idxmax(axis=1).to_dict()


@st.composite
def complaints(draw: st.DrawFn) -> pd.DataFrame:
    """Few ids, services and days, so that versions, ties and groups meet; missing keys everywhere they may be."""
    row = st.fixed_dictionaries({
        "complaint_id": st.sampled_from("abcdefgh"), "service_id": st.sampled_from(["s1", "s2"]),
        "event_date": DAYS, "known_date": DAYS, "n": st.integers(0, 1_000_000),
        "stream": st.sampled_from(["case", "ombud"]), "regime": st.sampled_from([None, "new"]),
        "source": st.sampled_from([None, "user", "relative"]), "grounds": st.sampled_from([None, "", "a", "a|b", "æ"]),
        "severity": st.sampled_from([None, 0, 3]), "outcome": st.sampled_from(["pending", "upheld"]),
        "date_precision": st.sampled_from(["day", "month", "year"]),
    })  # fmt: skip
    rows = draw(st.lists(row, max_size=25))
    frame = pd.DataFrame(rows, columns=[c.name for c in CONTRACTS["complaints"].columns])
    return CONTRACTS["complaints"].conform(frame.astype({"event_date": "datetime64[us]", "known_date": "datetime64[us]"}))


def by_hand(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The same row by row: known_at decides what counts, a dictionary counts it."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for row in asof.known_at({"complaints": frame}, as_of)["complaints"].itertuples(index=False):
        months = next(m for m in range(100) if row.event_date > asof.window_start(as_of, m + 1))
        keys = tuple(None if pd.isna(value) else value for value in (getattr(row, k) for k in COMPLAINT_KEYS))
        n, rows, event, known = found.get((*keys, months), [0, 0, row.event_date, row.known_date])
        found[*keys, months] = [n + row.n, rows + 1, max(event, row.event_date), max(known, row.known_date)]
    names = [*COMPLAINT_KEYS, "months_ago", "n", "rows", "event_date", "known_date"]
    return pd.DataFrame([[*keys, *values] for keys, values in found.items()], columns=names)


@pytest.mark.parametrize("name", ENGINES)
@settings(max_examples=30)
@given(frame=complaints(), as_of=DAYS)
def test_every_engine_counts_as_one_does_by_hand(name: str, frame: pd.DataFrame, as_of: date) -> None:
    found = counted(frame, ENGINES[name], as_of.isoformat())
    expected = by_hand(frame, as_of).astype(found.dtypes.to_dict())
    expected = expected.sort_values([*COMPLAINT_KEYS, "months_ago"], ignore_index=True)
    assert_frame_equal(found, expected)


@settings(max_examples=30)
@given(frame=complaints(), as_of=DAYS)
def test_the_sum_of_the_counts_is_that_of_the_known_rows(frame: pd.DataFrame, as_of: date) -> None:
    known = asof.known_at({"complaints": frame}, as_of)["complaints"]
    assert condense(frame, as_of, by=("service_id",))["n"].sum() == known["n"].sum()


@pytest.mark.spark
def test_spark_counts_as_pandas_does(tmp_path: Path) -> None:
    sql = pytest.importorskip("pyspark.sql")
    session = (
        sql.SparkSession.builder.master("local[1]").config("spark.sql.warehouse.dir", str(tmp_path))
        .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").getOrCreate()
    )  # fmt: skip
    rng = np.random.default_rng(8)
    count = 400

    def some(*values: Any) -> Any:
        return np.array(values, dtype=object)[rng.integers(0, len(values), count)]

    days = [date(2023, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 500, count)]
    frame = CONTRACTS["complaints"].conform(pd.DataFrame({
        "complaint_id": [f"c{i}" for i in rng.integers(0, 250, count)], "service_id": some("s1", "s2"),
        "event_date": pd.to_datetime(days), "known_date": pd.to_datetime(days) + pd.to_timedelta(rng.integers(0, 90, count), unit="D"),
        "n": rng.integers(0, 5, count), "stream": some("case", "ombud"), "regime": some(None, "new"),
        "source": some(None, "user"), "grounds": some(None, "a", "a|b"), "severity": some(None, 0, 3),
        "outcome": some("pending", "upheld"), "date_precision": some("day", "year"),
    }))  # fmt: skip
    numbered = frame.assign(row=np.arange(count))
    kinds = {"str": "string", "Int64": "bigint", "int64": "bigint", "datetime64[us]": "timestamp_ntz"}
    schema = ", ".join(f"`{name}` {kinds[str(dtype)]}" for name, dtype in numbered.dtypes.items())
    try:
        given_rows = session.createDataFrame(nw.from_native(numbered).to_arrow().to_pylist(), schema)
        found = collect_sorted(condense(given_rows, date(2024, 2, 29), order="row"))
    finally:
        session.stop()
    assert len(found) > 100
    assert_frame_equal(found, counted(frame, ENGINES["pandas"], "2024-02-29"))
