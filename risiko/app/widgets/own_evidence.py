"""What an organisation has delivered, as a table; small groups without numbers."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.access import Person
from risiko.app import data, login
from risiko.app.data import Opened
from risiko.app.display import plain, plain_cells
from risiko.pipeline.own_evidence import organisations, own_evidence
from risiko.reports.names import Names
from risiko.reports.organisation_told import given_numbers


def section(at: Opened, names: Names) -> None:
    """The organisation, by the person's role or by choice, and its evidence counted."""
    st.header(names.t.word("voice_section", "own"), anchor=False, divider="gray")
    authority = data.authority(at.address, at.settings)
    organisation = whose(authority, login.visit().person(), names)
    if organisation:
        show(authority, organisation, names)


def whose(authority: pipeline.Authority, who: Person, names: Names) -> str | None:
    """The organisation that is shown: the person's own, or, for staff, the one they choose; None where there is none.

    Whoever comes for an organisation sees that one alone, whatever else is asked for.
    """
    if "organisation" in who.roles:
        return who.organisation or None
    offered = organisations(authority)
    if not offered:
        st.info(names.t("own.nobody"))
        return None
    return st.selectbox(names.t("own.choose"), offered, key="own.whose")


def show(authority: pipeline.Authority, organisation: str, names: Names) -> None:
    """One row per year, method, type and area; where few took part it says so instead of numbers."""
    t, found = names.t, own_evidence(authority, organisation, date.today())
    if found.empty:
        st.info(t("own.none", organisation=plain(organisation)))
        return
    st.markdown(t("own.lead", organisation=plain(organisation)))
    if found[["hidden", "at_least"]].to_numpy().any():
        st.caption(t("back.few", few=t.number(authority.settings.voices.few)))
    st.table(plain_cells(as_table(found, names)), hide_index=True, border="horizontal")


def as_table(found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The counts in words, as far as they may be told."""
    t, missing = names.t, names.t("data.missing")
    numbers = [given_numbers(row, t) for row in found.to_dict("records")]
    return pd.DataFrame({
        t("own.year"): found["year"].astype("str"),
        t("voices.method"): [t.word("method", method) for method in found["method"]],
        t("column.type"): [names.service_type(one) if one else missing for one in found["service_type"]],
        t("own.area"): [one or missing for one in found["area"]],
        t("own.pieces"): [pieces for pieces, _ in numbers], t("own.people"): [people for _, people in numbers],
    })  # fmt: skip
