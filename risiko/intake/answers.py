"""Raw answers, one row per respondent, reduced to a mean for each question and dimension of each service or area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.intake.answer_columns import Question, questions_in, scores
from risiko.intake.finding import doubt, wrong
from risiko.intake.submission import Fault, ItemMean, Said
from risiko.statistics.groups import sums
from risiko.statistics.inputs import IntArray
from risiko.vocabulary import DIMENSIONS

SUBJECT = ("service_id", "service_type", "area")
RESPONDENT = "respondent"
MOST_TOLD = 50  # cells told of one by one; more are told by number
DIGITS = 4  # of means and spreads: the same answers give the same submission on every machine


@dataclass(frozen=True)
class _Asked:
    """The respondents: subject (code), weight, cluster (code), and the subjects themselves. drawn: whether weights or
    clusters tell how they were drawn; without them no design effect is known."""

    subject: IntArray
    subjects: pd.DataFrame
    weight: FloatArray
    cluster: IntArray
    drawn: bool


def reduce(
    rows: pd.DataFrame, questions: Sequence[Question] | None = None, *, cluster: str = "", weight: str = ""
) -> tuple[tuple[ItemMean, ...], tuple[Said, ...], tuple[Fault, ...]]:
    """Means of raw answers: (per question and subject, per dimension and subject, faults).

    rows: one per respondent; a column per question (see answer_columns.questions_in, or `questions`), and service_id,
    or service_type and area. Blank, or "does not apply", is no answer, and counted as such. cluster: the column of what
    respondents were drawn by, such as the ward; weight: that of their survey weights. The design effect is the variance
    of the mean over that of a simple random sample of as many (Lohr, Sampling, ch. 9; as statistics.survey_error);
    without either column it is unknown, not 1. On a dimension a respondent counts once, with the mean of the questions
    she answered. spread: standard deviation between respondents; None for one. Faults stand at answers.ROW.COLUMN, ROW
    being the label of the row; with any that is rejected nothing is reduced.
    """
    asked = tuple(questions_in(rows.columns) if questions is None else questions)
    if not asked or rows.empty:
        return (), (), (wrong("answers", "no_questions" if not asked else "nothing_said"),)
    read = [scores(rows[one.column], one) for one in asked]
    found = [*_cells(rows, asked, read), *_rows(rows, weight)]
    if any(fault.rejected for fault in found):
        return (), (), tuple(found)
    who = _respondents(rows, cluster, weight)
    answered = np.column_stack([score for score, _ in read])
    silent = np.flatnonzero(np.isnan(answered).all(axis=0))
    found += [doubt(f"answers.{asked[place].column}", "no_answers") for place in silent]
    items = [item for place, one in enumerate(asked) for item in _items(one, answered[:, place], who)]
    return tuple(items), tuple(_said(asked, answered, who)), tuple(found)


def people(rows: pd.DataFrame, questions: Sequence[Question] | None = None) -> int:
    """How many respondents answered at least one question: the n of the submission."""
    asked = questions_in(rows.columns) if questions is None else questions
    some = [~np.isnan(scores(rows[one.column], one)[0]) for one in asked]
    return int(np.logical_or.reduce(some).sum()) if some else 0


def _cells(
    rows: pd.DataFrame, asked: Sequence[Question], read: Sequence[tuple[FloatArray, FloatArray]]
) -> Iterator[Fault]:
    """Cells that are no answer, by row and column."""
    left = MOST_TOLD
    for question, (_, in_order) in zip(asked, read, strict=True):
        bad = rows.loc[in_order == 0, question.column]
        ends = {"low": f"{question.low:g}", "high": f"{question.high:g}"}
        for label, cell in bad.head(left).items():  # at most MOST_TOLD cells
            yield wrong(f"answers.{label}.{question.column}", "answer_outside", str(cell), **ends)
        if len(bad) > left:
            yield wrong(f"answers.{question.column}", "more_like_this", count=f"{len(bad) - left}")
        left = max(left - len(bad), 0)


def _rows(rows: pd.DataFrame, weight: str) -> Iterator[Fault]:
    """Rows that are about nothing, that stand twice, or whose weight is no weight."""
    subject = _subjects(rows)
    nowhere = rows.index[(subject["service_id"] == "") & ((subject["service_type"] == "") | (subject["area"] == ""))]
    yield from (wrong(f"answers.{label}", "no_subject") for label in nowhere[:MOST_TOLD])
    if RESPONDENT in rows:
        again = subject.assign(who=rows[RESPONDENT])[rows[RESPONDENT].notna()].duplicated()
        twice = again.index[again]
        yield from (doubt(f"answers.{label}", "respondent_twice") for label in twice[:MOST_TOLD])
    if weight:
        value = pd.to_numeric(rows[weight], errors="coerce").to_numpy(dtype=float)
        wrong_rows = rows.index[~(np.isfinite(value) & (value > 0))]
        yield from (wrong(f"answers.{label}.{weight}", "weight_outside") for label in wrong_rows[:MOST_TOLD])


def _subjects(rows: pd.DataFrame) -> pd.DataFrame:
    blank = pd.Series("", index=rows.index, dtype="str")
    told = pd.DataFrame({name: rows[name].astype("str").fillna("").str.strip() if name in rows else blank
                         for name in SUBJECT})  # fmt: skip
    named = told["service_id"] != ""
    return told.assign(service_type=told["service_type"].mask(named, ""), area=told["area"].mask(named, ""))


def _respondents(rows: pd.DataFrame, cluster: str, weight: str) -> _Asked:
    subject = _subjects(rows)
    code = subject.groupby(list(SUBJECT), sort=False).ngroup().to_numpy(dtype=np.int64)
    subjects = subject.drop_duplicates().reset_index(drop=True)
    weights = pd.to_numeric(rows[weight]).to_numpy(dtype=float) if weight else np.ones(len(rows))
    unit = np.arange(len(rows))
    if cluster:  # whose cluster is not told is one of their own
        own = pd.factorize(rows[cluster])[0]
        unit = np.where(own < 0, unit + len(rows), own)
    pair = pd.DataFrame({"subject": code, "unit": unit}).groupby(["subject", "unit"]).ngroup()
    return _Asked(code, subjects, weights, pair.to_numpy(dtype=np.int64), bool(cluster or weight))


def _means(value: FloatArray, who: _Asked) -> pd.DataFrame:
    """One row per subject: n, mean, spread, design_effect (NaN where not known), n_blank. value: NaN is no answer."""
    there, size = ~np.isnan(value), len(who.subjects)
    code, w, x = who.subject[there], who.weight[there], value[there]
    n, total = np.bincount(code, minlength=size).astype(float), sums(w, code, size)
    with np.errstate(invalid="ignore", divide="ignore"):  # a subject nobody answered about
        mean = sums(w * x, code, size) / total
        away = x - mean[code]
        square = sums(w * away**2, code, size) / total
        simple = square / np.where(n > 1, n - 1, np.nan)
        unit, units = who.cluster[there], int(who.cluster.max()) + 1
        parts = sums(w * away / total[code], unit, units)
        of = np.zeros(units, dtype=np.int64)
        of[unit] = code
        held = np.bincount(of[np.unique(unit)], minlength=size).astype(float)
        variance = held / np.where(held > 1, held - 1, np.nan) * sums(parts**2, of, size)
        effect = np.where(who.drawn & (simple > 0), variance / simple, np.nan)
    blank = np.bincount(who.subject[~there], minlength=size)
    return pd.DataFrame({"n": n.astype(int), "mean": mean, "spread": np.sqrt(simple * n), "design_effect": effect,
                         "n_blank": blank}).round(DIGITS)  # fmt: skip


def _items(question: Question, value: FloatArray, who: _Asked) -> Iterator[ItemMean]:
    found = pd.concat([who.subjects, _means(value, who)], axis=1)
    for row in found[found["n"] > 0].itertuples(index=False):  # one per subject, not per respondent
        yield ItemMean(
            question.instrument, question.item, int(row.n), float(row.mean), int(row.n_blank), _known(row.spread),
            _known(row.design_effect), question.wording, question.dimension, row.service_id, row.service_type, row.area,
        )  # fmt: skip


def _said(asked: Sequence[Question], answered: FloatArray, who: _Asked) -> Iterator[Said]:
    about = np.array([question.dimension for question in asked])
    for dimension in [word for word in (*DIMENSIONS, "") if (about == word).any()]:
        own = answered[:, about == dimension]
        count = (~np.isnan(own)).sum(axis=1)
        value = np.divide(np.nansum(own, axis=1), count, out=np.full(len(own), np.nan), where=count > 0)
        found = pd.concat([who.subjects, _means(value, who)], axis=1)
        for row in found[found["n"] > 0].itertuples(index=False):
            yield Said(row.service_id, row.service_type, row.area, dimension, float(row.mean), n=int(row.n),
                       spread=_known(row.spread))  # fmt: skip


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
