"""Experience evidence in pieces: what was collected about whom, by which method, and how many answers it is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import age_years, decay
from risiko.organisations import one_name
from risiko.settings import ExperienceSettings
from risiko.signals.experience_strength import SURVEY, steadied, worth
from risiko.signals.experience_usual import Usual, usual_distance
from risiko.signals.peers import BoolArray
from risiko.signals.registry import Context
from risiko.vocabulary import DIMENSIONS, METHODS

READS = {
    "experiences": (
        "service_id", "method", "organisation", "dimension", "score", "n", "n_invited", "spread",
    ),
}  # fmt: skip
WORDS = ("organisation", "method", "dimension")  # as categories: many rows, few words
_WORDS, _COUNTS, _LACKING = range(3)

# A frame of pieces has one row per piece: what one organisation collected by one method about one subject on one day.
#   subject       position of the service in the cohort (or of the area's cell, see experience_area)
#   event_date, method, organisation (one name for all spellings), dimension (blank in pooled pieces)
#   counts        whether it is scored; not so without a score, people, or the n of a survey, and for doubles
#   n_lacking     it would be scored, but it is a survey that does not say how many answered
#   n, n_said     people (1 where blank), and whether the source says so; n_invited
#   mean, spread  score 0-100 and standard deviation between people
#   worth         survey answers it was worth when fresh (experience_strength.worth); 0 where it does not count
#   years, recall age at the as-of date, and how much of it is left by the half-life
#   weight        worth × recall: survey answers of today
#   usual         how far its method and dimensions usually lie from the service's own mean, in points


def pieces_by_dimension(context: Context) -> pd.DataFrame:
    """All evidence about services of the cohort, in pieces, one row per piece and dimension."""
    found = context.once(_pieces)
    return found.assign(usual=context.once(usual_of_sources).of(found))


def usual_of_sources(context: Context) -> Usual:
    """What each method and dimension usually adds, by what was heard about the cohort's services."""
    return usual_distance(context.once(_pieces))


def _pieces(context: Context) -> pd.DataFrame:
    rows = context.events("experiences")
    return in_pieces(rows.assign(subject=rows["position"]), context)


def pooled_pieces(context: Context) -> pd.DataFrame:
    """The evidence with scores about services of the cohort, one row per piece, its dimensions taken together."""
    return pooled(context.once(pieces_by_dimension), context.settings.experience)


def in_pieces(rows: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Rows of experiences with a `subject`, in pieces by dimension; usual is not filled in. Keys in order.

    Rows of one piece and dimension (two narratives on a day) are summed: their people are different people.
    """
    settings = context.settings
    rows = rows.assign(
        organisation=one_name(rows["organisation"], settings.organisations),
        method=pd.Categorical(rows["method"], METHODS), dimension=pd.Categorical(rows["dimension"], DIMENSIONS),
    )  # fmt: skip
    coded, spread = _codes(rows), rows["spread"].to_numpy(dtype=float)
    said = rows["n"].notna().to_numpy()
    n = rows["n"].fillna(1).to_numpy(dtype=float)
    score = rows["score"].to_numpy(dtype=float)
    survey = (rows["method"] == SURVEY).to_numpy()
    idle = np.isnan(score) | (n <= 0) | delivered_twice(rows, settings.experience.survey_minimum)
    kind = np.where(idle, _WORDS, np.where(survey & ~said, _LACKING, _COUNTS))

    key = (coded["piece"] * (len(DIMENSIONS) + 1) + coded["dimension"]) * 3 + kind
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    people = np.bincount(group, n)
    # Where no one took part nothing is told: the mean is missing, and the spread the usual.
    share = np.divide(n, people[group], out=np.full_like(n, np.nan), where=people[group] > 0)
    square = share * steadied(spread, n, settings.experience) ** 2
    found = rows.iloc[first][["subject", "event_date", "method", "organisation", "dimension"]].reset_index(drop=True)
    invited = rows["n_invited"].to_numpy(dtype=float, na_value=np.nan)
    found = found.assign(
        piece=coded["piece"].to_numpy()[first],
        counts=kind[first] == _COUNTS,
        n_lacking=kind[first] == _LACKING,
        n=people,
        n_said=np.bincount(group, ~said) == 0,
        n_invited=np.bincount(group, invited),
        mean=np.bincount(group, share * score),
        spread=np.nan_to_num(np.sqrt(np.bincount(group, square)), nan=settings.experience.default_spread),
        years=age_years(found["event_date"], context.as_of),
        usual=0.0,
    )
    return _weighed(found, settings.experience)


def _codes(rows: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers instead of words, which is faster to group by: piece, dimension."""
    day, days = pd.factorize(rows["event_date"], sort=True)
    organisation, method, dimension = (rows[name].cat.codes.to_numpy(dtype=np.int64) for name in WORDS)
    piece = rows["subject"].to_numpy(dtype=np.int64) * (len(days) + 1) + day
    piece = (piece * len(METHODS) + method) * (len(rows["organisation"].cat.categories) + 1) + organisation + 1
    dense = np.unique(piece, return_inverse=True)[1]
    return pd.DataFrame({"piece": dense, "dimension": dimension + 1}, index=rows.index)


def delivered_twice(rows: pd.DataFrame, fewest: int) -> BoolArray:
    """Which rows tell a survey again that is told already: same subject, day, dimension, n and score.

    Two organisations may have delivered it; the delivery known first counts. The means of fewer people than `fewest`
    may well be alike (of three there are 13 on a scale of five steps), and are left alone.
    """
    several = (rows["n"].fillna(0) >= fewest).to_numpy(dtype=bool)
    told = rows[((rows["method"] == SURVEY) & rows["score"].notna()).to_numpy() & several]
    told = told.sort_values(["known_date", "experience_id"], kind="stable")
    again = told.index[told.duplicated(["subject", "event_date", "dimension", "n", "score"])]
    return np.asarray(rows.index.isin(again))


def pooled(found: pd.DataFrame, rule: ExperienceSettings) -> pd.DataFrame:
    """Pieces by dimension as whole pieces. The dimensions are answers of the same people, who count once.

    The people are those of the dimension with most. What counts and what does not stay apart; words without a score
    are left out.
    """
    found = found[(found["counts"] | found["n_lacking"]).to_numpy()]
    key = found["piece"].to_numpy() * 2 + found["counts"].to_numpy()
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    n = found["n"].to_numpy()
    share = n / np.bincount(group, n)[group]
    whole = found.iloc[first].reset_index(drop=True)
    mean, usual = (np.bincount(group, share * found[name].to_numpy()) for name in ("mean", "usual"))
    most = found[["n", "n_invited"]].groupby(group).max()
    whole = whole.assign(
        dimension=pd.Categorical([None] * len(whole), DIMENSIONS), mean=mean, usual=usual,
        n=most["n"].to_numpy(), n_invited=most["n_invited"].to_numpy(),
        n_said=np.bincount(group, ~found["n_said"]) == 0,
        spread=np.sqrt(np.bincount(group, share * found["spread"].to_numpy() ** 2)),
    )  # fmt: skip
    return _weighed(whole, rule)


def _weighed(found: pd.DataFrame, rule: ExperienceSettings) -> pd.DataFrame:
    fresh, recall = worth(found, rule), decay(found["years"].to_numpy(), rule.half_life_years)
    return found.assign(worth=fresh, recall=recall, weight=fresh * recall)


def by_source(context: Context, position: int) -> pd.DataFrame:
    """All pieces about one service, newest first: method, organisation, dimension, n, n_invited, mean, spread,
    event_date, weight.

    weight is in answers of today; 0 means it is kept but not scored. n and n_invited are missing where the source does
    not say, mean and spread where there is no score.
    """
    found = context.once(pieces_by_dimension)
    found = found[(found["subject"] == position).to_numpy()].sort_values(
        ["event_date", "method", "dimension"], ascending=[False, True, True], kind="stable"
    )
    found = found.assign(n=found["n"].where(found["n_said"]), spread=found["spread"].where(found["mean"].notna()),
                         **{name: found[name].astype("str") for name in WORDS})  # fmt: skip
    names = ["method", "organisation", "dimension", "n", "n_invited", "mean", "spread", "event_date", "weight"]
    return found[names].reset_index(drop=True)
