"""What condensing an event table costs on pandas, Polars and DuckDB: `python benchmarks/aggregate.py [--rows N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import measure

# The main process stays small (see measure.py): what needs more is imported in the processes that are measured.
ENGINES = ("pandas", "polars", "duckdb")
AS_OF = (2026, 6, 30)
CHUNK = 1_000_000
KEYS = "service_id,stream,regime,source,grounds,severity,outcome,date_precision"  # aggregate.COMPLAINT_KEYS


def main() -> int:
    """Make the table, run every engine in a process of its own, and print what each took."""
    arguments = _arguments()
    if arguments.work:
        job, file, rows, by = arguments.work
        _make(Path(file), int(rows)) if job == "make" else _condense(job, Path(file), tuple(by.split(",")))
        return 0
    with tempfile.TemporaryDirectory(prefix="risiko-aggregate-") as name:
        folder = Path(name)
        words = [sys.executable, str(Path(__file__).resolve()), "--work"]
        table = [str(folder / "events.parquet"), str(arguments.rows), arguments.by]
        measure.command([*words, "make", *table], folder)
        size = (folder / "events.parquet").stat().st_size / 2**20
        print(f"{arguments.rows:,} rows, {size:,.0f} MB of Parquet; as of {'-'.join(f'{n:02}' for n in AS_OF)}")
        print(f"{'engine':8} {'seconds':>8} {'cpu s':>8} {'peak MB':>8}  answer")
        for engine in arguments.engines:
            cost = measure.command([*words, engine, *table], folder)
            answer = (folder / measure.LOG).read_text(encoding="utf-8").strip()
            print(f"{engine:8} {cost.wall:8.1f} {cost.cpu:8.1f} {cost.peak:8,.0f}  {answer}", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000, help="events in the table (default: 5,000,000)")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--by", default=KEYS, help=f"keys beside the month, with commas (default: {KEYS})")
    parser.add_argument("--work", nargs=4, metavar=("JOB", "FILE", "ROWS", "BY"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _make(file: Path, rows: int) -> None:
    """Complaints over ten years at 10,000 services; every twentieth row is a later version of one a million before."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(1)
    services = pa.array(np.arange(10_000)).cast(pa.string())
    start, writer = np.datetime64("2016-07-01", "us"), None
    for first in range(0, rows, CHUNK):
        count = min(CHUNK, rows - first)
        number = np.arange(first, first + count)
        again = (number >= CHUNK) & (rng.random(count) < 0.05)
        days = rng.integers(0, 3650, count)
        known = np.minimum(days + rng.integers(0, 60, count) + 200 * again, 3652)

        def some(*values: str | int | None, weights: tuple[float, ...], size: int = count) -> pa.Array:
            coded = pa.array(rng.choice(len(values), size, p=weights), pa.int32())
            return pa.array(values).take(coded)

        table = pa.table({
            "complaint_id": pa.array(np.where(again, number - CHUNK, number)).cast(pa.string()),
            "service_id": services.take(pa.array((10_000 * rng.random(count) ** 2).astype(int))),
            "event_date": start + days.astype("timedelta64[D]"), "known_date": start + known.astype("timedelta64[D]"),
            "n": np.ones(count, dtype=np.int64),
            "stream": some("case", "rights", "ombud", weights=(0.6, 0.3, 0.1)),
            "regime": some("old", "new", weights=(0.4, 0.6)),
            "source": some("user", "relative", "staff", None, weights=(0.4, 0.35, 0.05, 0.2)),
            "grounds": some("care", "information", "care|staffing", None, weights=(0.5, 0.3, 0.1, 0.1)),
            "severity": some(0, 1, 2, 3, None, weights=(0.3, 0.4, 0.15, 0.05, 0.1)),
            "outcome": some("upheld", "not_upheld", "pending", weights=(0.3, 0.6, 0.1)),
            "date_precision": some("day", weights=(1.0,)),
            "row": number,
        })  # fmt: skip
        writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _condense(engine: str, file: Path, by: tuple[str, ...]) -> None:
    """Read the table, condense it by the keys, and tell rows and sum, so that the engines can be compared."""
    from datetime import date

    from risiko.aggregate import condense
    from risiko.contracts import CONTRACTS

    as_of = date(*AS_OF)
    if engine == "pandas":
        import pandas as pd

        frame = CONTRACTS["complaints"].conform(pd.read_parquet(file))
        found = condense(frame, as_of, by=by)
        rows, total = len(found), found["n"].sum()
    elif engine == "polars":
        import polars as pl

        found = condense(pl.scan_parquet(file), as_of, by=by, order="row").collect(engine="streaming")
        rows, total = len(found), found["n"].sum()
    else:
        import duckdb

        limits = {"memory_limit": "2GB", "temp_directory": str(file.parent / "spill")}  # as the store does
        with duckdb.connect(config=limits) as connection:
            found = condense(connection.read_parquet(str(file)), as_of, by=by, order="row")
            rows, total = found.aggregate("count(*), sum(n)").fetchall()[0]
    print(f"{rows:,} counted rows, {int(total):,} complaints")


if __name__ == "__main__":
    sys.exit(main())
