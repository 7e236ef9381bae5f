"""What an organisation gave in a period: pieces, people, means beside others', quotes; no small group among them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from risiko.contracts import Tables
from risiko.disclosure import half_year_ends, safe_totals, totals_by_group
from risiko.ledger.pieces import rows_of_pieces, submission_of
from risiko.reports.organisation_facts import Given
from risiko.settings import Settings
from risiko.signals.experience_strength import SURVEY
from risiko.statistics.answer_means import pooled_means

_BAR = "\t"  # between type and area in one label
_CELL = ["half_year", "row", "column"]
_QUESTION = ["kind", "dimension", "instrument", "item", "wording"]
FEWEST_SOURCES = 2  # of one other source alone a mean would be that source's own


def given(own: pd.DataFrame, others: pd.DataFrame, known: Tables, today: date, settings: Settings) -> Given:
    """Part one of the report. own, others: pieces (ledger.pieces, with county) received in the period.

    Small groups are told of when their half-year is over (disclosure.totals_by_group). A mean rests on the groups whose
    number of people may be shown; others' on pieces of few or more people, by the same methods of the same types.
    """
    few = settings.voices.few
    own, others = _cells(own), _cells(others)
    totals = totals_by_group(_groups(own), today, few)
    told = own[_may_be_told(own, today, few)]
    alike = others[(others["people"] >= few).to_numpy()].merge(told[["service_type", "column"]].drop_duplicates())
    whole = totals[(totals["row"] == "") & (totals["column"] == "") & (totals["people"] > 0)]
    at_least = bool(whole["hidden"].any())
    return Given(
        pieces=int(own["piece_id"].nunique()) if len(whole) and not at_least else None,
        people=int(whole["people"].iloc[0]) if len(whole) else None, at_least=at_least,
        table=_table(totals, own), means=_means(told, alike, known, settings), quotes=_quotes(own, known),
    )  # fmt: skip


def given_by_year(own: pd.DataFrame, today: date, few: int) -> pd.DataFrame:
    """The table of `given` for each year of receipt, newest first: year, then as Given.table without its totals.

    It rests on the same base tables as every report, so that nothing can be worked out from the two together.
    """
    cells = _cells(own)
    years = cells["known_date"].dt.year
    tables = [
        _table(totals_by_group(_groups(of_year), today, few), of_year).assign(year=year)
        for year, of_year in cells.groupby(years)
    ]
    if not tables:
        return _table(totals_by_group(_groups(cells), today, few), cells).assign(year=years)
    found = pd.concat(tables)
    found = found[~found["total"].to_numpy(dtype=bool)].drop(columns="total")
    return found.sort_values(["year", "method", "service_type", "area"], ascending=[False, True, True, True],
                             ignore_index=True)  # fmt: skip


def _groups(cells: pd.DataFrame) -> pd.DataFrame:
    """People who were heard together at one place: one row per piece and cell."""
    return cells.groupby([*_CELL, "piece_id"])["people"].sum().reset_index()


def _large(cells: pd.DataFrame, few: int) -> pd.Series:
    """Whether each row is of a group of few or more people: of one piece in one cell."""
    return cells.groupby([*_CELL, "piece_id"])["people"].transform("sum") >= few


def _may_be_told(cells: pd.DataFrame, today: date, few: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which rows are of a large group, or of a cell of small ones that is published."""
    large = _large(cells, few)
    small = _groups(cells[~large.to_numpy() & (cells["half_year"] < pd.Timestamp(today)).to_numpy()])
    told = [safe_totals(base, few).assign(half_year=end) for end, base in small.groupby("half_year")]
    shown = pd.concat(told) if told else small.assign(hidden=0)
    may = pd.MultiIndex.from_frame(cells[_CELL]).isin(pd.MultiIndex.from_frame(shown.loc[shown["hidden"] == 0, _CELL]))
    return np.asarray(large.to_numpy() | (may & (cells["half_year"] < pd.Timestamp(today)).to_numpy()))


def _cells(found: pd.DataFrame) -> pd.DataFrame:
    """The pieces, each with the cell it is counted in; one that says no number counts 1."""
    label = found["service_type"].fillna("") + _BAR + found["county"].fillna("")
    return found.assign(
        half_year=half_year_ends(found["known_date"]), row=label.astype("str"), column=found["method"],
        people=found["n"].fillna(1).astype("int64"),
    )  # fmt: skip


def _table(totals: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """One row per method, type and area, and per method in all (service_type and area missing)."""
    wanted = totals[(totals["column"] != "").to_numpy()]
    pieces = own.groupby(["row", "column"])["piece_id"].nunique().rename("pieces").reset_index()
    in_all = own.groupby("column")["piece_id"].nunique().rename("pieces").reset_index().assign(row="")
    found = wanted.merge(pd.concat([pieces, in_all]), "left", on=["row", "column"])
    parts = found["row"].str.partition(_BAR).reindex(columns=range(3))  # of no rows pandas makes no columns
    some, whole = (found["people"] > 0).to_numpy(), (found["hidden"] == 0).to_numpy()
    table = pd.DataFrame({
        "method": found["column"], "total": found["row"] == "", "service_type": parts[0], "area": parts[2],
        "pieces": found["pieces"].astype("Int64").where(whole), "people": found["people"].astype("Int64").where(some),
        "hidden": ~some, "at_least": some & ~whole,
    })  # fmt: skip
    return table.sort_values(["total", "service_type", "area", "method"], ascending=[False, True, True, True],
                             ignore_index=True)  # fmt: skip


def _means(own: pd.DataFrame, others: pd.DataFrame, known: Tables, settings: Settings) -> pd.DataFrame:
    ours, theirs = (_answers(pieces, known, settings) for pieces in (own, others))
    spread, few = settings.experience.default_spread, settings.voices.few
    mine = pooled_means(ours, _QUESTION, spread)
    rest = pooled_means(theirs, _QUESTION, spread).rename(columns=lambda c: c if c in _QUESTION else f"others_{c}")
    mine = mine[(mine["n"] >= few).to_numpy()].merge(rest, "left", on=_QUESTION)
    alone = (~((mine["others_n"] >= few) & (mine["others_sources"] >= FEWEST_SOURCES))).to_numpy(dtype=bool)
    for column in [name for name in mine if name.startswith("others_")]:
        mine[column] = mine[column].mask(alone)
    apart = (mine["mean"] - mine["others_mean"]) / np.hypot(mine["se"], mine["others_se"])
    against = np.select([alone, apart < -1.96, apart > 1.96], ["alone", "lower", "higher"], "alike")
    return mine.assign(against=pd.Series(against, index=mine.index, dtype="str"))


def _answers(pieces: pd.DataFrame, known: Tables, settings: Settings) -> pd.DataFrame:
    """Rows with a mean, of these pieces about these subjects: _QUESTION, n, mean, spread, design_effect, source.

    A question that fewer than few of a large group answered, or of the small groups of a half-year together, is left
    out there: else two periods, one within the other, would tell their mean.
    """
    block = pieces["row"].where(_large(pieces, settings.voices.few), pieces["half_year"].astype("str"))
    subject = pieces[["piece_id", "organisation", "service_id", "service_type_said", "area"]].assign(
        block=block, group=pieces["piece_id"].where(block == pieces["row"], "")
    )
    rows = rows_of_pieces(known, settings).rename(columns={"score": "mean", "service_type": "service_type_said"})
    rows = rows.assign(kind="dimension", instrument="", item="", wording="", design_effect=1.0)
    scored = rows["mean"].notna() & rows["dimension"].notna() & ((rows["method"] != SURVEY) | rows["n"].notna())
    asked = known["item_means"].rename(columns={"service_type": "service_type_said"})
    asked = asked.assign(kind="item", piece_id=submission_of(asked["item_mean_id"]))
    both = pd.concat([rows[scored.to_numpy(dtype=bool)], asked])
    keys = ["piece_id", "service_id", "service_type_said", "area"]
    both = both.drop(columns="organisation").merge(subject.drop_duplicates(keys), on=keys)
    both["n"] = both["n"].fillna(1).astype("int64")
    both[["dimension", "wording"]] = both[["dimension", "wording"]].astype("str").fillna("")
    both["design_effect"] = both["design_effect"].fillna(1.0)
    both["source"] = both["organisation"].fillna("")
    answered = both.groupby(["group", "block", *_QUESTION])["n"].transform("sum")
    return both[((both["n"] > 0) & (answered >= settings.voices.few)).to_numpy()]


def _quotes(own: pd.DataFrame, known: Tables) -> pd.DataFrame:
    """Words whose speaker agreed that the organisation, or everybody, may read them."""
    quotes = known["quotes"]
    quotes = quotes.assign(piece_id=submission_of(quotes["quote_id"]))
    may = quotes["may_show"].isin(["organisation", "public"]) & quotes["text"].notna()
    by = own[["piece_id", "method"]].drop_duplicates("piece_id")
    told = quotes[may.to_numpy(dtype=bool)].merge(by, on="piece_id")
    return told[["dimension", "method", "text"]].reset_index(drop=True)
