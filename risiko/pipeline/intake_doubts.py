"""Doubts about a submission that only the store can raise: it may stand there already, in other words."""

from __future__ import annotations

import pandas as pd

from risiko.contracts import Tables
from risiko.intake.submission import Fault
from risiko.organisations import one_name, spelling
from risiko.settings import Settings

_SAME = ["service_id", "service_type", "area", "event_date", "dimension", "n", "score"]


def stands_already(new: pd.DataFrame, held: pd.DataFrame, settings: Settings) -> tuple[Fault, ...]:
    """A doubt where the organisation has handed in about the same period by the same method before, in other words.

    new: the one row of submissions; held: those on record. told: the day it came, and the id of the newest.
    """
    row = new.iloc[0]
    called = one_name(pd.concat([held["organisation"], new["organisation"]]), settings.organisations).astype("str")
    spelt = spelling(called.fillna("")).to_numpy()
    alike = (spelt[:-1] == spelt[-1]) & (held["submission_id"] != row["submission_id"]).to_numpy()
    for column in ("method", "first_day", "event_date", "user_group"):
        alike &= (held[column] == row[column]).to_numpy(dtype=bool)
    if not alike.any():
        return ()
    newest = held[alike].sort_values("known_date", kind="stable").iloc[-1]
    told = {"day": f"{newest['known_date']:%Y-%m-%d}", "submission": str(newest["submission_id"])}
    return (Fault("last_day", "stands_already", told=told, rejected=False),)


def delivered_twice(new: pd.DataFrame, rows: Tables, own: str, fewest: int) -> tuple[Fault, ...]:
    """A doubt where a survey tells, about a service or area, just what stands there from another delivery.

    new: rows of experiences, labelled by their place in the submission `own`. Such answers count once in the score
    (signals.experience_pieces.delivered_twice). Of fewer people than `fewest` nothing is said: two small groups may
    well be alike, and who hands in would learn what another's few have answered.
    """
    held = rows["experiences"]
    scored = (new["method"] == "survey") & (new["n"] >= fewest) & new["score"].notna()
    new = new[scored.fillna(False).to_numpy(dtype=bool)]
    held = held[(held["method"] == "survey").to_numpy() & ~held["experience_id"].str.startswith(f"{own}-").to_numpy()]
    again = pd.concat([held[_SAME], new[_SAME]]).duplicated().to_numpy()[len(held) :]
    return tuple(Fault(f"said.{place}.score", "delivered_twice", rejected=False) for place in new.index[again])
