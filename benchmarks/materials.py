"""Builds what is measured: an invented authority of a given size, as a store and as CSV files with a mapping."""

from __future__ import annotations

import dataclasses
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from risiko import pipeline, synthetic
from risiko.contracts import CONTRACTS
from risiko.store import open_store

END = date(2024, 12, 31)
FILES = ("services", "complaints")
OTHER_EVENTS = ("experiences", "supervisions", "findings", "actions")


def world(n_services: int, n_complaints: int) -> synthetic.World:
    """An authority with exactly so many complaint rows: drawn from its own, repeated under new ids if need be."""
    made = synthetic.build(n_services=n_services, end=END)
    newest = made.tables["complaints"]
    drawn = np.random.default_rng(1).choice(len(newest), n_complaints, replace=len(newest) < n_complaints)
    rows = newest.iloc[np.sort(drawn)].reset_index(drop=True)
    rows["complaint_id"] = "B" + pd.Series(np.arange(len(rows))).astype("str")
    return dataclasses.replace(made, tables={**made.tables, "complaints": rows})


def write_csv(made: synthetic.World, folder: Path) -> None:
    """Services and complaints as CSV, and a mapping that takes every column by its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    text = ['[mapping]\nname = "benchmark"\n']
    for name in FILES:
        made.tables[name].to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
        filled = [c for c in CONTRACTS[name].by_name if made.tables[name][c].notna().any()]
        columns = "\n".join(f'{c} = "{c}"' for c in filled)
        text.append(f'[[table]]\ntable = "{name}"\nfile = "{name}.csv"\n\n[table.columns]\n{columns}\n')
    (folder / "mapping.toml").write_text("\n".join(text), encoding="utf-8")


def with_events(made: synthetic.World, n_events: int) -> synthetic.World:
    """The same authority with so many events of all kinds together: as many complaints fewer as there are others."""
    complaints = made.tables["complaints"]
    others = sum(len(made.tables[name]) for name in OTHER_EVENTS)
    kept = complaints.sample(max(n_events - others, 0), random_state=1).sort_index().reset_index(drop=True)
    return dataclasses.replace(made, tables={**made.tables, "complaints": kept})


def write_store(made: synthetic.World, path: Path) -> None:
    """The authority as a store."""
    store = open_store(str(path))
    pipeline.store_world(store, made, now=datetime(2025, 1, 1, tzinfo=UTC))
    store.close()


def main(folder: Path, n_services: int, n_complaints: int) -> None:
    """Write large.db (so many complaints, and all else), events.db (so many events in all) and csv/ into the folder."""
    made = world(n_services, n_complaints)
    write_store(made, folder / "large.db")
    write_store(with_events(made, n_complaints), folder / "events.db")
    write_csv(made, folder / "csv")
    print(", ".join(f"{name} {len(rows):,}" for name, rows in made.tables.items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
