"""Validation in words: what was tried, what an interval allows to be said, and the frames of the pictures."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from risiko.app.validation_numbers import AUC, LIFT, PLACES, Measure, Results
from risiko.i18n import Translator
from risiko.i18n.translator import readable
from risiko.reports.names import Names

MARKS = {"better": "▲", "worse": "▼", "not_shown": "○", "unknown": "–"}


def method_name(method: str, names: Names) -> str:
    """A ranking in words; one of several own scores by its name."""
    head, _, own = method.partition(":")
    word = names.t.word("trial_method", head)
    return names.t("validation.own_named", word=word, name=readable(own)) if own else word


def in_sentence(method: str, names: Names) -> str:
    """The same within a sentence."""
    name = method_name(method, names)
    return name[:1].lower() + name[1:]


def said(told: str, t: Translator) -> str:
    """What an interval shows, as shape and word: ▲ bedre."""
    return f"{MARKS[told]} {t.word('trial_verdict', told)}"


def with_interval(m: Measure, t: Translator, decimals: int = 2, *, share: bool = False, sign: bool = False) -> str:
    """0,72 (0,69 til 0,76); shares as per cent; it says so where there is no number or no interval."""
    if math.isnan(m.value):
        return t("validation.not_measured")

    def write(x: float) -> str:
        return t.percent(x, decimals) if share else t.number(x, decimals, sign=sign)

    if math.isnan(m.low) or math.isnan(m.high):
        return t("validation.no_interval", value=write(m.value))
    low = t.number(100 * m.low, decimals) if share else write(m.low)
    return t("equity.between", value=write(m.value), low=low, high=write(m.high))


def outcome(names: Names) -> str:
    """What counts as a hit, by the settings in force."""
    t, rule = names.t, names.settings.outcome
    match rule.measure:
        case "breaches_per_topic":
            return t("validation.outcome_topics", threshold=t.number(rule.threshold, 1))
        case "breach_share":
            return t("validation.outcome_share", threshold=t.percent(rule.threshold))
        case _:
            return t("validation.outcome_severity", severity=t.word("severity", rule.severity))


def lead(found: Results, names: Names) -> str:
    """How it was tried, on which dates, among whom, and what counts."""
    t, rule, folds = names.t, names.settings.outcome, found.backtest.folds.drop_duplicates("as_of")
    n, events = int(folds["tested"].sum()), int(folds["tested_events"].sum())
    listed = ", ".join(t.date(day) for day in found.backtest.dates)
    who = t("validation.who_all") if rule.population == "all" else t("validation.who_inspected")
    return " ".join([
        t.plural("validation.lead", len(found.backtest.dates), dates=listed, days=t.number(rule.horizon_days)),
        outcome(names),
        t("validation.whom", who=who, n=t.number(n), events=t.number(events),
          share=t.percent(events / n if n else math.nan)),
    ])  # fmt: skip


def verdict(found: Results, model: str, names: Names) -> str:
    """How many times as much as by lot the first part of the list holds, or that this is not shown."""
    t, share = names.t, found.share
    m = found.get(model, LIFT, at=share)
    told = m.shows(1.0)
    values = {
        "model": method_name(model, names), "share": t.percent(share), "lift": t.number(m.value, 1),
        "low": t.number(m.low, 1), "high": t.number(m.high, 1), "level": level(names),
    }  # fmt: skip
    match told:
        case "better":
            return t("validation.verdict_better", **values)
        case "worse":
            return t("validation.verdict_worse", **values)
        case "not_shown":
            return t("validation.verdict_not_shown", **values)
        case _:
            return t("validation.verdict_unknown", **values)


def level(names: Names) -> str:
    """The level of the intervals: 95 %."""
    return names.t.percent(names.settings.evaluation.level)


def standing(found: Results, model: str, metric: str, at: float, names: Names) -> str:
    """What the model is better than, not shown better than and worse than; each in the same size."""
    t = names.t
    against: dict[str, list[str]] = {told: [] for told in MARKS}
    for mine, other in found.duels:
        if mine == model:
            shown = found.get(model, metric, at=at, against=other).shows()
            against[shown].append(in_sentence(other, names))
    return "; ".join(
        f"{MARKS[told]} **{t.word('trial_than', told)}** {', '.join(others)}"
        for told, others in against.items()
        if others
    )


def absent(found: Results, names: Names) -> list[str]:
    """Rankings that did not stand on all dates, so that they have no mean."""
    return [in_sentence(name, names) for name in found.methods if name not in found.throughout]


def gain_frame(found: Results, names: Names) -> pd.DataFrame:
    """label, share, captured, text and strong per ranking that stands on all dates, for the picture."""
    t, order, every = names.t, found.throughout, found.backtest.gain
    rows = every[every["as_of"].isna()]
    rows = rows[rows["method"].isin(order)].assign(place=lambda f: f["method"].map(order.index))
    rows = rows.sort_values(["place", "share"], kind="stable")
    label = each(lambda m: method_name(m, names), rows["method"])
    text = each(
        lambda name, share, got: t("validation.gain_row", method=name, share=t.percent(share), captured=t.percent(got)),
        pd.Series(label), rows["share"].reset_index(drop=True), rows["captured"].reset_index(drop=True),
    )  # fmt: skip
    strong = rows["method"].isin(found.models)
    return rows[["share", "captured"]].assign(label=label, text=text, strong=strong).reset_index(drop=True)


def gain_takeaway(found: Results, names: Names) -> str:
    """How much the first part of the list holds, for those who cannot see the picture."""
    t, share = names.t, found.share
    parts = [
        t("validation.gain_row", method=method_name(m, names), share=t.percent(share),
          captured=t.percent(found.get(m, "capture", at=share).value))
        for m in found.throughout[:3]
    ]  # fmt: skip
    return " ".join(parts)


def duel_frame(found: Results, metric: str, at: float, names: Names) -> pd.DataFrame:
    """The differences to every other ranking, for charts.measured."""
    return _picture([
        (duel_name(found, model, other, names), found.get(model, metric, at=at, against=other))
        for model, other in found.duels
    ], 0.0, 3 if metric == AUC else 1, names, sign=True)  # fmt: skip


def duel_name(found: Results, model: str, other: str, names: Names) -> str:
    """What the default is held against; where there are several models, which of them."""
    if len(found.models) == 1:
        return method_name(other, names)
    return names.t("validation.duel", model=method_name(model, names), other=in_sentence(other, names))


def date_frame(found: Results, metric: str, at: float, names: Names) -> pd.DataFrame:
    """Each model on each date beside what chance gives, for charts.measured."""
    rows = [
        (_of(names.t.date(day), found, model, names), found.get(model, metric, at=at, day=day))
        for day in found.dates()
        for model in found.models
    ]
    return _picture(rows, 0.5 if metric == AUC else 1.0, 2 if metric == AUC else 1, names)


def place_frame(found: Results, names: Names) -> pd.DataFrame:
    """Each model's AUC among all, within offices, without complaints and in the random draw, for charts.measured."""
    rows = [
        (
            _of(names.t.word("trial_place", place), found, model, names),
            found.get(model, metric, population=population),
        )
        for place, population, metric in PLACES
        for model in found.models
    ]
    return _picture(rows, 0.5, 2, names)


def band_frame(found: Results, names: Names) -> pd.DataFrame:
    """Promised and found in bands, all dates together, for charts.promised."""
    t = names.t
    every = found.backtest.bands
    if every.empty:
        return every
    rows = every[every["as_of"].isna()]
    return rows.assign(
        label=each(lambda m: method_name(m, names), rows["method"]),
        text=each(
            lambda promised, seen, n: t(
                "validation.band_row", promised=t.percent(promised, 1), observed=t.percent(seen, 1), n=t.number(n)
            ),
            rows["expected"], rows["observed"], rows["n"],
        ),
    ).reset_index(drop=True)  # fmt: skip


def takeaway(picture: pd.DataFrame) -> str:
    """The rows of a picture in sentences, for those who cannot see it."""
    return " ".join(picture["text"])


def each(write: Callable[..., str], *columns: pd.Series) -> list[str]:
    """One text per row."""
    return [write(*values) for values in zip(*columns, strict=True)]


def _of(label: str, found: Results, model: str, names: Names) -> str:
    if len(found.models) == 1:
        return label
    return names.t("validation.of_model", label=label, model=in_sentence(model, names))


def _picture(
    rows: list[tuple[str, Measure]], line: float, decimals: int, names: Names, *, sign: bool = False
) -> pd.DataFrame:
    """label, value, low, high, told, word and a sentence per row that could be measured."""
    t, lines = names.t, []
    for label, m in rows:
        if math.isnan(m.value):
            continue
        told, value = m.shows(line), with_interval(m, t, decimals, sign=sign)
        text = t("validation.row", label=label, value=value, told=said(told, t))
        lines.append((label, m.value, m.low, m.high, told, t.word("trial_verdict", told), text))
    return pd.DataFrame(lines, columns=["label", "value", "low", "high", "told", "word", "text"])
