"""Who is heard from, and two selections of survey answers beside each other, on the command line."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from risiko.cli.shared import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
    records,
)  # fmt: skip
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.pipeline.survey_comparison import Selection

_SIDES = "organisation=NAME, others=NAME (all but that one), submission=ID, period=2025, period=2025-1 (its first half)"


def compare(
    a: Annotated[str, typer.Argument(help=f"The first side: {_SIDES}; several with a semicolon between.")],
    b: Annotated[str, typer.Argument(help="The second side, in the same way; differences are this less the first.")],
    as_of: AsOfOption = None, store: StoreOption = DEFAULT_STORE, settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Compare two selections of survey answers question by question, with simultaneous intervals."""
    from risiko import pipeline
    from risiko.pipeline.survey_comparison import survey_comparison

    authority = pipeline.open_authority(store, settings)
    tables = pipeline.read_tables(authority)
    day = pipeline.as_of_date(as_of, tables, authority.store, today=date.today())
    found = survey_comparison(tables, side(a), side(b), day, authority.settings)
    if as_json:
        print_json({"as_of": f"{day}", "a": a, "b": b, "questions": records(found)})
        return
    if found.empty:
        typer.echo("Neither side has answers to single questions.")
        return
    rows = [[r.instrument, r.wording or r.item, _mean(r.mean_a, r.n_a), _mean(r.mean_b, r.n_b),
             "–" if r.told == "too_few" else f"{r.difference:+.1f} ({r.low:+.1f} to {r.high:+.1f})",
             "–" if r.told == "too_few" else f"{r.bias:.1f}", r.told.replace("_", " ")]
            for r in found.itertuples(index=False)]  # fmt: skip
    columns = ["instrument", "question", "first", "second", "difference (95 %, all at once)", "may be off by", "told"]
    print_table(f"{b} less {a}, as of {day}", columns, rows)


def coverage(
    as_of: AsOfOption = None, store: StoreOption = DEFAULT_STORE, settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Show who is heard from and who is not: gaps as a work list, cautions, and people by type and county."""
    from risiko import pipeline
    from risiko.pipeline.coverage import coverage as found_at

    authority = pipeline.open_authority(store, settings)
    tables = pipeline.read_tables(authority)
    day = pipeline.as_of_date(as_of, tables, authority.store, today=date.today())
    found = found_at(authority, tables, day)
    if as_json:
        cells = found.cells.drop(columns="pieces")  # beside a hidden number of people they could tell it
        print_json({"as_of": f"{day}", "heard": found.heard, "gaps": records(found.gaps), "cells": records(cells),
                    "totals": records(found.totals), "cautions": records(found.cautions),
                    "half_years": records(found.by_half_year)})  # fmt: skip
        return
    if not found.heard:
        typer.echo("Nobody has been heard from yet: every type of service in every county is a gap.")
    months = found.gaps["months_since"].astype("str").where(found.gaps["newest"].notna(), "never")
    gaps = found.gaps.assign(months=months)
    rows = [[r.service_type, r.county, _n(r.users), r.months, r.heard_here.replace("|", ", "),
             r.reach_elsewhere.replace("|", ", ")] for r in gaps.itertuples(index=False)]  # fmt: skip
    columns = ["type", "county", "users", "months since", "heard from there before", "reach the type elsewhere"]
    print_table(f"Not heard from for {authority.settings.voices.gap_months} months, as of {day}", columns, rows)
    rows = [[r.kind.replace("_", " "), r.service_type, r.name, _percent(r.share), r.n, r.of]
            for r in found.cautions.fillna({"name": "", "service_type": ""}).itertuples(index=False)]  # fmt: skip
    print_table("Cautions", ["what", "type", "who or how", "share", "pieces", "of"], rows)


def side(text: str) -> Selection:
    """One side of a comparison from its words. Raises InputError that names what cannot be read."""
    from risiko.pipeline.survey_comparison import Selection

    found = Selection()
    for part in text.split(";"):
        name, _, value = (one.strip() for one in part.partition("="))
        if name == "period" and (read := re.fullmatch(r"([12]\d{3})(?:-([12]))?", value)):
            year, half = int(read[1]), read[2]
            first, last = (1, 12) if half is None else (1, 6) if half == "1" else (7, 12)
            found = replace(found, first=date(year, first, 1), last=date(year, last, monthrange(year, last)[1]))
        elif name in ("organisation", "others") and value:
            found = replace(found, organisation=value, others=name == "others")
        elif name == "submission" and value:
            found = replace(found, submission=value)
        else:
            raise InputError(f"{part.strip()!r} is no selection of answers.", where=text, hint=_SIDES)
    return found


def _mean(mean: float, n: float) -> str:
    return "too few" if mean != mean else f"{mean:.1f} (n {n:.0f})"


def _n(x: float) -> str:
    return "–" if x != x else f"{x:,.0f}"


def _percent(x: float) -> str:
    return "–" if x != x else f"{x:.0%}"
