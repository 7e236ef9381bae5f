"""Two selections of survey answers compared, question by question: two waves, two organisations, one and the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko import asof
from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.organisations import one_name, spelling
from risiko.settings import Settings
from risiko.signals.experience_strength import steadied
from risiko.signals.peers import BoolArray
from risiko.statistics.survey_difference import Means, differences, non_response_bound, pooled_means

COLUMNS = (
    "instrument", "item", "wording", "dimension", "n_a", "mean_a", "n_b", "mean_b", "difference", "low", "high", "p",
    "bias", "told", "holds",
)  # fmt: skip
TOLD = ("higher", "lower", "not_shown", "too_few")
_QUESTION = ["instrument", "item", "asked"]
OWN = "own"
FEWEST_OTHERS = 2  # organisations; the authority's own surveys count as one of them


@dataclass(frozen=True)
class Selection:
    """Which answers: all that fit every field that is given. Blank or None: whatever it is.

    first, last: days within which collection ended. organisation: any spelling; others: all but that organisation,
    on the questions that at least two of them have asked, so that it is never one of them alone.
    """

    first: date | None = None
    last: date | None = None
    organisation: str = ""
    others: bool = False
    submission: str = ""
    service_type: str = ""


def survey_comparison(tables: Tables, a: Selection, b: Selection, as_of: date, settings: Settings) -> pd.DataFrame:
    """The means of b less those of a on every question that either was asked, as known at the date: COLUMNS.

    Key: instrument, item, wording (blank for a standard question; for an own one the question itself, for own questions
    of one name may differ). Means are 0-100, 100 best; low, high and p (adjusted) hold for all questions at once
    (statistics.survey_difference). bias: points that those who did not answer could have moved it by. told: b is
    "higher" or "lower" where the interval leaves out 0, else "not_shown"; "too_few" where a side has no result of at
    least settings.voices.few answers, and then no number of that side is told. holds: the bias could not undo it.

    A question that fewer than `few` people answered in one submission about one type of service is in no comparison.
    All numbers told are sums over such groups of at least `few`, so no two selections differ by a smaller group.
    Raises InputError where both selections are the same or share answers.
    """
    rows = _answers(asof.known_at(tables, as_of), settings)
    in_a, in_b = (_chosen(rows, s, settings) for s in (a, b))
    if (in_a & in_b).any():
        raise InputError("The two sides share answers, so they cannot be compared.", where=f"{a} and {b}",
                         hint="choose periods that do not overlap, or different organisations")  # fmt: skip
    rows = rows.assign(side=np.select([in_a, in_b], ["a", "b"], ""))[in_a | in_b]
    asked = rows[_QUESTION].drop_duplicates().sort_values(_QUESTION).reset_index(drop=True)
    if asked.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = rows.merge(asked.assign(question=asked.index), on=_QUESTION)
    enough = _not_one_alone(_enough(rows, settings), {"a": a, "b": b})
    means = {s: _means(enough[enough["side"] == s], len(asked), settings) for s in ("a", "b")}
    return _told(asked, rows, enough, means, settings)


def choices(tables: Tables, as_of: date, settings: Settings) -> pd.DataFrame:
    """What can be chosen between: submission, organisation, event_date, service_type, n (most answers to a question).

    One row per submission and type of service with answers to questions, newest first; small ones are left out.
    """
    rows = _enough(_answers(asof.known_at(tables, as_of), settings), settings)
    by = ["submission", "organisation", "event_date", "type"]
    answers = rows.groupby([*by, *_QUESTION], dropna=False)["n"].sum().groupby(by, dropna=False).max().reset_index()
    return answers.rename(columns={"type": "service_type"}).sort_values("event_date", ascending=False, kind="stable")


def _answers(known: Tables, settings: Settings) -> pd.DataFrame:
    """Item means with their submission's organisation and share that answered, and what tells questions apart."""
    rows = known["item_means"]
    rows = rows.assign(submission=rows["item_mean_id"].str.rsplit("-", n=1).str[0])
    told = known["submissions"].set_index("submission_id")
    organisation = one_name(told["organisation"], settings.organisations).astype("str")
    response = (told["n"] / told["n_invited"]).astype("float64").clip(upper=1)
    types = known["services"].set_index("service_id")["service_type"]
    return rows.assign(
        organisation=rows["submission"].map(organisation), response=rows["submission"].map(response),
        type=rows["service_type"].fillna(rows["service_id"].map(types)),
        wording=rows["wording"].where(rows["instrument"] == OWN).fillna(""),
        asked=spelling(rows["wording"].where(rows["instrument"] == OWN).fillna("").astype("str")),
        dimension=rows["dimension"].fillna(""),
    )  # fmt: skip


def _enough(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The answers of groups that may be told of; every selection takes such a group whole or not at all."""
    group = ["submission", "organisation", "event_date", "type", *_QUESTION]
    people = rows.groupby(group, dropna=False)["n"].transform("sum")
    return rows[(people >= settings.voices.few).to_numpy(dtype=bool)]


def _not_one_alone(rows: pd.DataFrame, sides: dict[str, Selection]) -> pd.DataFrame:
    """Without the answers of "all others" to a question that only one of them has asked."""
    named = rows.assign(who=rows["organisation"].fillna(""))
    asked_by = named.groupby(["side", "question"])["who"].transform("nunique")
    others = rows["side"].isin([side for side, which in sides.items() if which.others])
    return rows[~(others & (asked_by < FEWEST_OTHERS)).to_numpy()]


def _chosen(rows: pd.DataFrame, which: Selection, settings: Settings) -> BoolArray:
    fits = pd.Series(True, index=rows.index)
    if which.first is not None:
        fits &= rows["event_date"] >= pd.Timestamp(which.first)
    if which.last is not None:
        fits &= rows["event_date"] <= pd.Timestamp(which.last)
    if which.organisation:
        asked = one_name(pd.Series([which.organisation], dtype="str"), settings.organisations).astype("str")
        own = (spelling(rows["organisation"]) == spelling(asked)[0]).fillna(False)
        fits &= ~own if which.others else own
    if which.submission:
        fits &= rows["submission"] == which.submission
    if which.service_type:
        fits &= (rows["type"] == which.service_type).fillna(False)
    return np.asarray(fits, dtype=np.bool_)


def _means(rows: pd.DataFrame, questions: int, settings: Settings) -> Means:
    rule = settings.experience
    n = rows["n"].to_numpy(dtype=float)
    spread = steadied(rows["spread"].to_numpy(dtype=float), n, rule)
    alike = rows["design_effect"].fillna(rule.design_effect).clip(lower=1.0).to_numpy()
    return pooled_means(rows["mean"].to_numpy(), n, spread, alike, rows["question"].to_numpy(dtype=np.int64), questions)


def _told(asked: pd.DataFrame, rows: pd.DataFrame, enough: pd.DataFrame, means: dict[str, Means],
          settings: Settings) -> pd.DataFrame:  # fmt: skip
    found, rule = differences(means["a"], means["b"]), settings.experience
    answered = {s: _response(enough[enough["side"] == s], len(asked), rule.unknown_response) for s in ("a", "b")}
    bias = non_response_bound(answered["a"], answered["b"], rule.non_response)
    told = np.select(
        [np.isnan(found.difference), found.low > 0, found.high < 0], ["too_few", "higher", "lower"], "not_shown"
    )
    clear = np.maximum(found.low, -found.high) > bias
    words = rows.groupby("question")[["wording", "dimension"]].first()
    return pd.DataFrame({
        "instrument": asked["instrument"], "item": asked["item"], "wording": words["wording"],
        "dimension": words["dimension"],
        "n_a": pd.array(means["a"].n, dtype="Float64").astype("Int64"), "mean_a": means["a"].mean,
        "n_b": pd.array(means["b"].n, dtype="Float64").astype("Int64"), "mean_b": means["b"].mean,
        "difference": found.difference, "low": found.low, "high": found.high, "p": found.adjusted_p,
        "bias": np.where(told == "too_few", np.nan, bias), "told": told, "holds": clear & (told != "too_few"),
    }).assign(n_a=lambda f: f["n_a"].where(f["n_a"] > 0), n_b=lambda f: f["n_b"].where(f["n_b"] > 0))  # fmt: skip


def _response(rows: pd.DataFrame, questions: int, unknown: float) -> FloatArray:
    """Share that answered per question, by answers; the usual where it is not told."""
    n, share = rows["n"].astype("float64"), rows["response"].fillna(unknown)
    both = pd.DataFrame({"n": n, "answered": n * share}).groupby(rows["question"]).sum().reindex(range(questions))
    return np.asarray((both["answered"] / both["n"]).fillna(unknown), dtype=float)
