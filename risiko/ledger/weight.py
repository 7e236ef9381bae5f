"""What a piece of evidence weighed in a score at a date: in survey answers of that day, and why not where nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from risiko import asof
from risiko.cohorts import cohort_at
from risiko.contracts import Tables
from risiko.errors import NothingToScore
from risiko.ledger.pieces import SUBJECT, rows_of_pieces
from risiko.ledger.unused import subjects, unused
from risiko.organisations import one_name
from risiko.settings import Settings
from risiko.signals.experience_pieces import in_pieces, pooled
from risiko.signals.experience_strength import enough
from risiko.signals.registry import Context

_SAME = ["subject", "event_date", "method", "organisation"]


def weighed(tables: Tables, as_of: date, settings: Settings, weights: Mapping[str, float]) -> pd.DataFrame:
    """What each piece known at as_of weighed there: piece_id, service_id, service_type, area, weight, reason.

    tables: may hold some services and what was said of them only: nothing here looks at others. weight: survey answers
    of that day that what the organisation said by this method on this day of this subject was worth; 0 where it did
    not count. reason: of vocabulary.UNUSED, blank where the piece entered a reading that the score counts.
    """
    known = asof.known_at(tables, as_of)
    try:
        services = cohort_at(known, as_of, settings).services
    except NothingToScore:
        services = known["services"].head(0).set_index("service_id")
    rows = rows_of_pieces(known, settings, tables["experiences"])
    rows = rows.assign(subject=subjects(rows), organisation=one_name(rows["organisation"], settings.organisations))
    whole = pooled(in_pieces(rows, Context(services, known, as_of, settings)), settings.experience)
    whole = whole[enough(whole, int(rows["subject"].max() if len(rows) else -1) + 1, settings.experience)[0]]
    weight = whole.assign(organisation=whole["organisation"].astype("str"), method=whole["method"].astype("str"))
    said = rows.assign(organisation=rows["organisation"].astype("str"))[["piece_id", *SUBJECT, *_SAME]]
    found = said.drop_duplicates().merge(weight[[*_SAME, "weight"]], "left", _SAME)
    why = unused({**tables, **known}, services, as_of, settings, weights).set_index("piece_id")["reason"]
    found = found.assign(weight=found["weight"].fillna(0.0), reason=found["piece_id"].map(why).astype("str").fillna(""))
    return found[["piece_id", *SUBJECT, "weight", "reason"]].reset_index(drop=True)
