"""Pieces of evidence: what was handed in or collected at one time, each under one id that the ledger follows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from risiko.contracts import LIST_SEPARATOR, Tables
from risiko.organisations import one_name, spelling
from risiko.settings import Settings
from risiko.vocabulary import DIMENSIONS

COLUMNS: Mapping[str, str] = {
    "piece_id": "str", "organisation": "str", "method": "str", "service_id": "str", "service_type": "str",
    "area": "str", "event_date": "datetime64[us]", "known_date": "datetime64[us]", "n": "Int64", "dimensions": "str",
    "scored": "bool",
}  # fmt: skip
SUBJECT = ("service_id", "service_type", "area")
_WORDS = {
    bits: LIST_SEPARATOR.join(word for place, word in enumerate(DIMENSIONS) if bits >> place & 1)
    for bits in range(1 << len(DIMENSIONS))
}  # fmt: skip
_SUBMITTED = r"^(sub-[0-9a-f]{12})-\d+$"  # a row of a submission carries its id, a hyphen and its place


def pieces(known: Tables, settings: Settings, versions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every piece of evidence, one row per piece and subject (a service, or a type of service in an area): COLUMNS.

    known: tables cut at a date (asof.known_at). organisation: one name for all spellings; missing where nobody is
    named. known_date: the first day anything of the piece was known. n: the people of the dimension with most; missing
    where nobody says. dimensions: separated by a bar. scored: something in it has a score. A submission of quotes or
    single questions alone has the subjects of its questions, or none. versions: see `rows_of_pieces`.
    """
    rows = rows_of_pieces(known, settings, versions)
    keys = ["piece_id", *SUBJECT]
    by_dimension = rows.groupby([*keys, "dimension"], dropna=False, sort=False)["n"].sum(min_count=1).reset_index()
    bit = by_dimension["dimension"].map({word: 1 << place for place, word in enumerate(DIMENSIONS)}).fillna(0)
    people = by_dimension.assign(bits=bit.astype("int64")).groupby(keys, dropna=False, sort=False)
    of_piece = rows.groupby(keys, dropna=False, sort=False)
    found = of_piece.agg(
        organisation=("organisation", "first"), method=("method", "first"), event_date=("event_date", "max"),
        known_date=("known_date", "min"), scored=("score", "count"),
    ).assign(
        n=people["n"].max(), dimensions=people["bits"].sum().map(_WORDS),  # each dimension has a bit of its own
    )  # fmt: skip
    found = _with_submissions(found.reset_index(), known)
    found["scored"], found["dimensions"] = found["scored"] > 0, found["dimensions"].fillna("")
    found["organisation"] = one_name(found["organisation"], settings.organisations).astype("str")
    ordered = found.sort_values(["event_date", "piece_id", *SUBJECT], kind="stable", ignore_index=True)
    return ordered[list(COLUMNS)].astype(dict(COLUMNS))


def rows_of_pieces(known: Tables, settings: Settings, versions: pd.DataFrame | None = None) -> pd.DataFrame:
    """The experiences as known, each with its piece_id.

    versions: experiences with earlier and later versions of the rows; a row that was corrected is then dated on the day
    its first version was known, and stays in the piece it was in.
    """
    rows = known["experiences"]
    if versions is not None:
        first = versions.groupby("experience_id")["known_date"].min()
        rows = rows.assign(known_date=first.reindex(rows["experience_id"]).to_numpy())
    return rows.assign(piece_id=piece_ids(rows, settings))


def piece_ids(rows: pd.DataFrame, settings: Settings) -> pd.Series:
    """The piece that each row of experiences belongs to, by the rows' index.

    A submission's rows are one piece. Others are one where the same organisation told by the same method of the same
    subject on the same day (as experience_pieces has it); the id is that of the row known first. What is told later
    of the same piece thus leaves its id alone.
    """
    submitted = rows["experience_id"].str.extract(_SUBMITTED, expand=False)
    ordered = rows.sort_values(["known_date", "experience_id"], kind="stable")
    alike = [
        one_name(ordered["organisation"], settings.organisations).astype("str"), ordered["method"],
        ordered["service_id"], ordered["service_type"].where(ordered["service_id"].isna()),
        spelling(ordered["area"]).where(ordered["service_id"].isna()), ordered["event_date"],
    ]  # fmt: skip
    first = ordered.groupby(alike, dropna=False, sort=False)["experience_id"].transform("first")
    return submitted.fillna(first.reindex(rows.index)).astype("str")


def submission_of(ids: pd.Series) -> pd.Series:
    """The submission whose rows carry these ids; missing for what was not submitted."""
    return ids.str.extract(_SUBMITTED, expand=False).astype("str")


def _with_submissions(found: pd.DataFrame, known: Tables) -> pd.DataFrame:
    """With the submissions that hold no experience, and the people of a submission where its rows do not say."""
    given = known["submissions"].rename(columns={"submission_id": "piece_id"})
    if given.empty:
        return found
    people = given.set_index("piece_id")["n"].reindex(found["piece_id"]).to_numpy()
    found["n"] = found["n"].astype("Int64").fillna(pd.Series(people, index=found.index, dtype="Int64"))
    rest = given[~given["piece_id"].isin(found["piece_id"]).to_numpy()]
    asked = known["item_means"]
    asked = asked.assign(piece_id=submission_of(asked["item_mean_id"]))[["piece_id", *SUBJECT]].drop_duplicates()
    told = rest[["piece_id", "organisation", "method", "event_date", "known_date", "n"]].assign(scored=0)
    return pd.concat([found, told.merge(asked, "left", "piece_id")], ignore_index=True)
