"""Evidence that no score has counted, each piece with the reason, by the functions that the signals themselves use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from risiko import asof
from risiko.contracts import Tables
from risiko.ledger.pieces import rows_of_pieces
from risiko.organisations import spelling
from risiko.settings import Settings
from risiko.signals.experience_area import served_places
from risiko.signals.experience_pieces import delivered_twice, in_pieces, pooled
from risiko.signals.experience_strength import SURVEY, enough
from risiko.signals.narratives import worth_reading
from risiko.signals.peers import BoolArray
from risiko.signals.registry import Context
from risiko.statistics.inputs import IntArray
from risiko.vocabulary import UNUSED

USED = "used"
_WHOLE = ("experience_mean", "experience_disagreement")  # read whatever was said of a service
_AREA = ("experience_mean", "experience_area")  # read what was said of a type in an area
_TEXTS = ("narrative_critical", "narrative_fear")


def unused(
    tables: Tables, cohort_services: pd.DataFrame, as_of: date, settings: Settings, weights: Mapping[str, float]
) -> pd.DataFrame:
    """The pieces that enter no reading the score counts: piece_id, reason (vocabulary.UNUSED), the first that applies.

    tables: with what became known after as_of too, which is how that is told (known_later); tables cut at as_of tell of
    none. cohort_services: of Cohort. weights: signal -> weight in the score; signals that are not named count nothing.
    A piece about several services is used if it counts for one of them; otherwise the reason is of the row that came
    closest. To enter a reading is not to move it: where there is nobody to compare with the standing stays 0.
    """
    known, newest = asof.known_at(tables, as_of), asof.known_at(tables, date.max)
    every = rows_of_pieces(newest, settings, tables["experiences"])
    rows = known["experiences"]
    later = every[~every["experience_id"].isin(rows["experience_id"]).to_numpy()]
    context = Context(cohort_services, known, as_of, settings)
    reached = np.concatenate([_reached(rows, context, weights), _reached_later(later, context)])
    ids = pd.concat([rows["experience_id"], later["experience_id"]], ignore_index=True)
    best = pd.Series(reached).groupby(ids.map(every.set_index("experience_id")["piece_id"]).to_numpy()).max()
    silent = newest["submissions"]["submission_id"]  # quotes or single questions alone
    best = pd.concat([best, pd.Series(0, index=silent[~silent.isin(best.index)])])
    best = best[best < len(UNUSED)]
    words = pd.Series(UNUSED, dtype="str").reindex(best.to_numpy())
    return pd.DataFrame({"piece_id": best.index.astype("str"), "reason": words.to_numpy()}).astype("str")


def subjects(rows: pd.DataFrame) -> pd.Series:
    """Whom each row speaks of, as whole numbers: a service, or a type of service in an area whatever its spelling."""
    direct = rows["service_id"].notna()
    told = rows[["service_id"]].assign(type=rows["service_type"].mask(direct), area=spelling(rows["area"]).mask(direct))
    return told.groupby(["service_id", "type", "area"], dropna=False, sort=False).ngroup()


def _reached(rows: pd.DataFrame, context: Context, weights: Mapping[str, float]) -> IntArray:
    """How far each row came: the place of its reason in UNUSED, or one beyond where it is used."""
    direct = rows["service_id"].notna().to_numpy()
    area = ~direct & (rows["service_type"].notna() & rows["area"].notna()).to_numpy()
    bare = spelling(rows["area"])
    coded, alone = rows.assign(subject=subjects(rows)), _alone(rows, context)
    twice = delivered_twice(coded, context.settings.experience.survey_minimum)
    fit = (alone == "") & ~twice
    asked, taken = _taken(coded, fit, direct, area, context, weights)
    registered = rows["service_id"].isin(context.known["services"]["service_id"]).to_numpy()
    scored = rows["service_id"].isin(context.services.index).to_numpy()
    served = served_places(context)[["type", "area"]].drop_duplicates().assign(there=True)
    where = pd.DataFrame({"type": rows["service_type"], "area": bare}).merge(served, "left", ["type", "area"])
    there = where["there"].notna().to_numpy()
    words: dict[str, BoolArray] = {
        **{word: alone == word for word in ("words_only", "no_people", "survey_without_n")},
        "too_few_answers": fit & asked & ~taken, "delivered_twice": twice, "service_unknown": ~area & ~registered,
        "service_not_scored": direct & ~scored, "area_unmatched": area & ~there, "no_weight": ~asked,
    }  # fmt: skip
    reached = np.select(list(words.values()), [UNUSED.index(word) for word in words], len(UNUSED))
    if any(weights.get(name, 0) > 0 for name in _TEXTS):  # words alone count there
        reached[rows.index.isin(worth_reading(context).index)] = len(UNUSED)
    return np.asarray(reached, dtype=np.int64)


def _reached_later(rows: pd.DataFrame, context: Context) -> IntArray:
    alone = pd.Series(_alone(rows, context), dtype="str").replace("", "known_later")
    return np.asarray(alone.map(UNUSED.index), dtype=np.int64)


def _alone(rows: pd.DataFrame, context: Context) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Why a row cannot count whatever else is known: as `in_pieces` finds when each stands by itself; blank: it can."""
    each = in_pieces(rows.assign(subject=np.arange(len(rows))), context)
    can = [rows["score"].isna().to_numpy(), (each["n"] <= 0).to_numpy(), each["n_lacking"].to_numpy(dtype=bool)]
    return np.asarray(np.select(can, ["words_only", "no_people", "survey_without_n"], ""))


def _taken(
    coded: pd.DataFrame, fit: BoolArray, direct: BoolArray, area: BoolArray, context: Context,
    weights: Mapping[str, float],
) -> tuple[BoolArray, BoolArray]:  # fmt: skip
    """Which rows a signal with a weight asks for, and which of them it takes: it leaves too few survey answers out."""
    rule, subject = context.settings.experience, coded["subject"].to_numpy()
    heard = in_pieces(coded[fit], context)
    survey, size = (coded["method"] == SURVEY).to_numpy(), int(subject.max(initial=-1)) + 1
    asked, taken = np.zeros(len(coded), dtype=bool), np.zeros(len(coded), dtype=bool)
    whole = pooled(heard, rule)
    for name, of in (name.partition(":")[::2] for name, weight in weights.items() if weight > 0):
        found, reads = whole, np.zeros(len(coded), dtype=bool)
        if name in _WHOLE:
            reads |= direct
        if name in _AREA:
            reads |= area
        if name == "experience_survey":
            reads |= direct & survey
        if name == "experience_method":
            reads |= direct & (coded["method"] == of).to_numpy(dtype=bool)
        if name == "experience_dimension":
            reads |= direct & (coded["dimension"] == of).to_numpy(dtype=bool, na_value=False)
            found = heard[(heard["dimension"] == of).to_numpy(dtype=bool, na_value=False)]
        short = survey & (enough(found, size, rule)[1] > 0)[subject]
        asked, taken = asked | reads, taken | (reads & ~short)
    return asked, taken
