"""Whose voice the evidence may not be: cautions about who was heard, each with what it rests on."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko.asof import in_window
from risiko.ledger.places import UNKNOWN
from risiko.settings import Settings

# One organisation gives much of it; women or men are few; nobody tells the sex; children are not heard, or nobody says
# who was; one method only; few of those asked have answered.
KINDS = (
    "organisation", "few_women", "few_men", "sex_untold", "children_unheard", "group_untold", "one_method",
    "low_response",
)  # fmt: skip
CAUTIONS = ("kind", "service_type", "name", "share", "n", "of")
CHILDREN = ("children", "young")
FEWEST_PIECES = 3  # of fewer pieces it is no wonder that they are alike
_SURVEY = "survey"


def cautions(found: pd.DataFrame, services: pd.DataFrame, as_of: date, settings: Settings) -> pd.DataFrame:
    """One row per caution, of what was heard in the last settings.voices.gap_months: CAUTIONS, by kind and type.

    found: ledger.coverage.voices. services: of the cohort. service_type: blank where it holds for all. name:
    the organisation or the method. share: of the people heard (of those invited for low_response), missing where it
    could tell a number below settings.voices.few, and in whole per cent: two exact shares tell the people by their
    difference. n, of: pieces it rests on, of how many.
    """
    lately = found[in_window(found["event_date"], as_of, settings.voices.gap_months)]
    if lately.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})
    told = [
        *_organisations(lately, settings), *_sexes(lately, settings), *_children(lately, services),
        *_one_method(lately), *_response(lately, settings),
    ]  # fmt: skip
    made = pd.DataFrame(told, columns=list(CAUTIONS)).astype(_TYPES)
    return made.assign(order=made["kind"].map(KINDS.index)).sort_values(
        ["order", "service_type", "name"], ignore_index=True
    ).drop(columns="order")  # fmt: skip


_TYPES = {"kind": "str", "service_type": "str", "name": "str", "share": "float64", "n": "Int64", "of": "Int64"}
_Row = tuple[str, str, str, float | None, int, int]


def _organisations(lately: pd.DataFrame, settings: Settings) -> list[_Row]:
    """Over all, and for each type; whoever gives the whole of a handful of pieces is no news."""
    rule, rows = settings.voices, []
    for kind, part in [("", lately), *lately.groupby("service_type")]:
        if part["piece_id"].nunique() < FEWEST_PIECES or kind == UNKNOWN:
            continue
        by = part.groupby("organisation")
        people = by["people"].sum().sort_values(ascending=False, kind="stable")
        if people.empty or people.iloc[0] / part["people"].sum() <= rule.largest_share:
            continue
        most, rest = people.iloc[0], part["people"].sum() - people.iloc[0]
        share = round(most / (most + rest), 2) if most >= rule.few and (rest == 0 or rest >= rule.few) else None
        name = str(people.index[0])
        own = part[(part["organisation"] == name).to_numpy(dtype=bool, na_value=False)]
        rows.append(("organisation", str(kind), name, share, _pieces(own), _pieces(part)))
    return rows


def _sexes(lately: pd.DataFrame, settings: Settings) -> list[_Row]:
    """Of the pieces that tell how many women and men took part; no number is told, for it may be small."""
    once = lately.drop_duplicates("piece_id")
    told = once.dropna(subset=["n_women", "n_men"])
    if told.empty:
        return [("sex_untold", "", "", None, 0, len(once))]
    women, men = float(told["n_women"].sum()), float(told["n_men"].sum())
    both, limit = women + men, settings.voices.fewest_of_a_sex
    if both < settings.voices.few:
        return []
    few = [name for name, n in (("few_women", women), ("few_men", men)) if n / both < limit]
    return [(name, "", "", None, len(told), len(once)) for name in few]


def _children(lately: pd.DataFrame, services: pd.DataFrame) -> list[_Row]:
    """In child welfare: is it children and young people who are heard, or somebody about them?"""
    types = services.loc[(services["sector"] == "child_welfare").to_numpy(), "service_type"].unique()
    rows: list[_Row] = []
    for kind in sorted(types):
        part = lately[(lately["service_type"] == kind).to_numpy()]
        known = part[(part["user_group"] != UNKNOWN).to_numpy()]
        if part.empty:
            continue  # a gap, and listed there
        if known.empty:
            rows.append(("group_untold", kind, "", None, 0, _pieces(part)))
        elif not known["user_group"].isin([*CHILDREN, "mixed"]).any():
            rows.append(("children_unheard", kind, "", None, _pieces(known), _pieces(part)))
    return rows


def _one_method(lately: pd.DataFrame) -> list[_Row]:
    each = lately[(lately["service_type"] != UNKNOWN).to_numpy()].groupby("service_type")
    counts = pd.DataFrame({"pieces": each["piece_id"].nunique(), "methods": each["method"].nunique(),
                           "method": each["method"].first()})  # fmt: skip
    alone = counts[((counts["methods"] == 1) & (counts["pieces"] >= FEWEST_PIECES)).to_numpy()]
    return [("one_method", str(row.Index), str(row.method), None, int(row.pieces), int(row.pieces))
            for row in alone.itertuples()]  # fmt: skip


def _response(lately: pd.DataFrame, settings: Settings) -> list[_Row]:
    """Of surveys handed in that tell how many were invited: fewer answered than is taken where nothing is told."""
    surveys = lately[(lately["method"] == _SURVEY).to_numpy()]
    told = surveys.dropna(subset=["n_invited"])
    invited, answered = float(told.drop_duplicates("piece_id")["n_invited"].sum()), float(told["people"].sum())
    if invited == 0 or answered / invited >= settings.experience.unknown_response:
        return []
    share = round(answered / invited, 2) if answered >= settings.voices.few else None
    return [("low_response", "", "", share, _pieces(told), _pieces(surveys))]


def _pieces(part: pd.DataFrame) -> int:
    return int(part["piece_id"].nunique())
