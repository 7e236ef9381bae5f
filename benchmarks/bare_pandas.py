"""The yardstick: read the two CSV files and count complaints per 1,000 users in two windows, in bare pandas."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd


def main(folder: Path, as_of: str, out: Path) -> None:
    """No checks, no shrinkage, no intervals, no reasons: what a script would do at the least."""
    day = pd.Timestamp(as_of)
    services = pd.read_csv(folder / "services.csv", parse_dates=["known_date"])
    complaints = pd.read_csv(folder / "complaints.csv", parse_dates=["event_date", "known_date"])
    known = services[services["known_date"] <= day].sort_values("known_date").drop_duplicates("service_id", keep="last")
    known = known.set_index("service_id")
    heard = complaints[complaints["known_date"] <= day]
    for months in (12, 36):
        window = heard[(heard["event_date"] > day - pd.DateOffset(months=months)) & (heard["event_date"] <= day)]
        n = window.groupby("service_id")["n"].sum().reindex(known.index, fill_value=0)
        known[f"rate_{months}"] = n / known["users"] / (months / 12) * 1000
    known.sort_values("rate_36", ascending=False).to_csv(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
