"""A comparison of two selections of survey answers in words: a sentence, a table, the rows of the picture."""

from __future__ import annotations

import pandas as pd

from risiko.intake.instruments import INSTRUMENTS
from risiko.reports.names import Names


def question(row: pd.Series, names: Names) -> str:
    """The question as it was asked, in the reader's language where it is a standard one."""
    instrument = INSTRUMENTS.get(str(row["instrument"]))
    item = instrument.by_name.get(str(row["item"])) if instrument else None
    return item.wording.get(names.t.language) if item else str(row["wording"] or row["item"])


def summary(found: pd.DataFrame, a: str, b: str, names: Names) -> str:
    """How many questions differ, and which way."""
    t, told = names.t, found["told"].value_counts()
    compared = len(found) - int(told.get("too_few", 0))
    if compared == 0:
        return t("compare.none_enough", few=names.settings.voices.few)
    parts = [t.plural("compare.of_questions", compared)]
    parts.append(t("compare.counts", a=a, b=b, higher=t.number(told.get("higher", 0)),
                   lower=t.number(told.get("lower", 0)), same=t.number(told.get("not_shown", 0))))  # fmt: skip
    return " ".join(parts)


def table(found: pd.DataFrame, a: str, b: str, names: Names) -> pd.DataFrame:
    """One row per question: both means with how many answered, the difference with its interval, and what it says."""
    t = names.t
    return pd.DataFrame({
        t("compare.question"): _numbered(found, names),
        a: [_mean(m, n, names) for m, n in zip(found["mean_a"], found["n_a"], strict=True)],
        b: [_mean(m, n, names) for m, n in zip(found["mean_b"], found["n_b"], strict=True)],
        t("compare.difference"): [_interval(row, names) for _, row in found.iterrows()],
        t("compare.says"): [_said(row, names) for _, row in found.iterrows()],
    })  # fmt: skip


def picture(found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The rows of charts.differences; questions that cannot be compared are left out."""
    can = (found["told"] != "too_few").to_numpy()
    shown, asked = found[can], [one for one, told in zip(_numbered(found, names), can, strict=True) if told]
    return pd.DataFrame({
        "label": asked, "difference": shown["difference"], "low": shown["low"], "high": shown["high"],
        "told": [names.t.word("compare_told", one) for one in shown["told"]],
        "text": [f"{one}: {_interval(row, names)}" for one, (_, row) in zip(asked, shown.iterrows(), strict=True)],
    })  # fmt: skip


def _numbered(found: pd.DataFrame, names: Names) -> list[str]:
    """The questions with the number that finds them again where there is no room for all of the words."""
    return [f"{place}. {question(row, names)}" for place, (_, row) in enumerate(found.iterrows(), start=1)]


def _mean(mean: float, n: object, names: Names) -> str:
    if pd.isna(mean):
        return names.t("compare.too_few", few=names.settings.voices.few)
    return f"{names.t.number(mean, 1)} (n = {names.t.number(n)})"


def _interval(row: pd.Series, names: Names) -> str:
    if row["told"] == "too_few":
        return "–"
    t = names.t
    low, high = t.number(row["low"], 1, sign=True), t.number(row["high"], 1, sign=True)
    return t("compare.interval", difference=t.number(row["difference"], 1, sign=True), low=low, high=high)


def _said(row: pd.Series, names: Names) -> str:
    said = names.t.word("compare_told", row["told"])
    if row["told"] not in ("higher", "lower"):
        return said
    held = names.t("compare.holds") if row["holds"] else names.t("compare.may_not_hold")
    return f"{said}; {held}"
