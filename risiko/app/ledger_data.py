"""What the page asks of the ledger: all evidence with what became of it, one piece followed, one visit traced back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from risiko import access, pipeline
from risiko.app import data, login
from risiko.app.data import Opened
from risiko.contracts import Tables
from risiko.ledger.pieces import rows_of_pieces
from risiko.pipeline import ledger
from risiko.pipeline.ledger import Uses


@dataclass(frozen=True)
class Reader:
    """Who looks. organisation: the only one whose evidence they see; None: all. named: services are called by name.

    texts: what was said is shown (masked when it came in).
    """

    organisation: str | None
    named: bool
    texts: bool


def reader(at: Opened, organisation: str | None = None) -> Reader | None:
    """What who is here may see; None where they come for an organisation and nobody has said which.

    Whoever comes for an organisation sees its evidence alone, whatever is asked for; services are then named only where
    the authority has made that public (settings.voices.named_services).
    """
    who = login.visit().person()
    if access.may(who, "read"):
        return Reader(organisation, named=True, texts=True)
    named = data.authority(at.address, at.settings).settings.voices.named_services
    if "organisation" in who.roles:
        return Reader(who.organisation, named, texts=True) if who.organisation.strip() else None
    return Reader(organisation, named, texts=False)


def everything(at: Opened, organisation: str | None) -> pd.DataFrame:
    """pipeline.ledger.ledger at the reader's date, of one organisation or of all; made once for all readers."""
    opened = data.authority(at.address, at.settings)
    run = data.ranked(at.address, at.settings, at.as_of, {}).run
    log = opened.store.log(["plan", "decision", "evidence_use"])
    newest = int(log["seq"].max()) if len(log) else 0
    key = (at.address, at.settings, run.prepared.data_version, at.as_of, run.key, newest)
    return _everything(*key, organisation, opened, run, data.tables(at))


@st.cache_resource(max_entries=6, show_spinner=False)
def _everything(
    address: str, settings: Path | None, version: str, as_of: date, key: tuple[tuple[str, float], ...], newest: int,
    organisation: str | None, _opened: pipeline.Authority, _run: pipeline.Run, _tables: Tables,
) -> pd.DataFrame:  # fmt: skip
    return ledger.ledger(_opened, _run, organisation, _tables)


def followed(at: Opened, piece_id: str) -> Uses:
    """One piece followed forward, by what was known at the reader's date."""
    return ledger.uses_of(data.authority(at.address, at.settings), piece_id, data.tables(at), at.as_of)


def behind(at: Opened, plan: int, service_id: str) -> pd.DataFrame:
    """The evidence behind a visit of a kept plan. Raises NotAllowed."""
    login.require("read")
    return ledger.evidence_behind(data.authority(at.address, at.settings), plan, service_id, data.tables(at))


def texts(at: Opened, piece_id: str, most: int) -> list[str]:
    """What was said in a piece, as it is held: masked when it came in; of one with many texts the first."""
    opened, tables = data.authority(at.address, at.settings), data.tables(at)
    told = tables["experiences"]
    told = told[(told["text"].notna() & (told["known_date"] <= pd.Timestamp(at.as_of))).to_numpy()]
    rows = rows_of_pieces({**tables, "experiences": told}, opened.settings, tables["experiences"])
    said = rows.loc[rows["piece_id"] == piece_id, "text"].drop_duplicates().head(most)
    return [str(text) for text in said]


def services(at: Opened) -> pd.DataFrame:
    """What services are called: service_id -> name, service_type, county, as known at the reader's date."""
    rows = data.tables(at)["services"]
    rows = rows[(rows["known_date"] <= pd.Timestamp(at.as_of)).to_numpy()].sort_values("known_date", kind="stable")
    return rows.drop_duplicates("service_id", keep="last").set_index("service_id")[["name", "service_type", "county"]]
