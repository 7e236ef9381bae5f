"""The tables of the page Validering: the same numbers as the pictures, and those that need no picture."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from risiko.app import validation_words as words
from risiko.app.validation_numbers import AUC, LIFT, PLACES, Measure, Results
from risiko.app.validation_words import each, said, with_interval
from risiko.reports.names import Names

# What calibration is told by: its best value, and how many decimals.
CALIBRATION = (("observed_over_expected", 1.0), ("calibration_slope", 1.0), ("calibration_in_the_large", 0.0))
GROUP_MARKS = {"more": "▲", "fewer": "▼", "not_shown": "○", "unknown": "–"}


def cuts(found: Results, names: Names) -> list[tuple[str, str, float]]:
    """What a cut is called, the suffix of its measures and its share; one that is also the capacity stands once."""
    t, capacity = names.t, found.capacity
    own = [
        (t("validation.capacity_too", share=t.percent(x)) if math.isclose(x, capacity) else t.percent(x), "", x)
        for x in found.shares
    ]
    if any(math.isclose(x, capacity) for x in found.shares):
        return own
    both = [*own, (t("validation.capacity_at", share=t.percent(capacity, 1)), "_at_capacity", capacity)]
    return sorted(both, key=lambda cut: cut[2])


def top(found: Results, model: str, names: Names) -> pd.DataFrame:
    """A model at every cut: how many of those visited had the outcome, lift, and how many of all were found."""
    t, lines = names.t, []
    for label, suffix, at in cuts(found, names):
        precision, lift, capture = (found.get(model, f"{m}{suffix}", at=at) for m in ("precision", LIFT, "capture"))
        lines.append((
            label, with_interval(precision, t, 0, share=True), with_interval(lift, t, 1),
            with_interval(capture, t, 0, share=True),
        ))  # fmt: skip
    columns = [t("validation.top_of_list"), t("validation.precision"), t("validation.lift"), t("validation.capture")]
    return pd.DataFrame(lines, columns=columns)


def lifts(found: Results, names: Names) -> pd.DataFrame:
    """Every ranking's lift at every cut, those that stand on all dates."""
    t, order = names.t, found.throughout
    table = {t("validation.method"): [words.method_name(m, names) for m in order]}
    for label, suffix, at in cuts(found, names):
        table[label] = [with_interval(found.get(m, f"{LIFT}{suffix}", at=at), t, 1) for m in order]
    return pd.DataFrame(table)


def duels(found: Results, names: Names) -> pd.DataFrame:
    """The differences to every other ranking with what they show: over the whole list and in its first part."""
    t, pairs = names.t, found.duels
    table = {t("validation.against"): [words.duel_name(found, model, other, names) for model, other in pairs]}
    table[t("validation.diff_auc")] = [_shown(found.get(a, AUC, against=b), 3, names) for a, b in pairs]
    for share, metric in found.tops:
        lift = [found.get(a, metric, at=share, against=b) for a, b in pairs]
        table[t("validation.diff_lift", share=t.percent(share))] = [_shown(m, 1, names) for m in lift]
    return pd.DataFrame(table)


def duels_by_date(found: Results, names: Names) -> pd.DataFrame:
    """The difference in AUC to every other ranking, date by date."""
    t = names.t
    table = {t("validation.against"): [words.duel_name(found, a, b, names) for a, b in found.duels]}
    for day in found.dates():
        table[t.date(day)] = [_shown(found.get(a, AUC, against=b, day=day), 3, names) for a, b in found.duels]
    return pd.DataFrame(table)


def by_date(found: Results, names: Names) -> pd.DataFrame:
    """Every date: how many were supervised, how many had the outcome, and each model's AUC and lift."""
    t, lines, share = names.t, [], found.share
    for day in found.dates():
        for model in found.models:
            auc, lift = found.get(model, AUC, day=day), found.get(model, LIFT, at=share, day=day)
            lines.append((
                t.date(day), words.method_name(model, names), t.number(auc.n),
                t("validation.events_share", n=t.number(auc.events), share=t.percent(auc.events / auc.n)),
                with_interval(auc, t), with_interval(lift, t, 1), said(auc.shows(0.5), t),
            ))  # fmt: skip
    columns = [
        t("validation.date"), t("validation.method"), t("validation.supervised"), t("validation.events"),
        t("validation.auc"), t("validation.lift"), t("validation.over_chance"),
    ]  # fmt: skip
    return _without_the_only(pd.DataFrame(lines, columns=columns), found, names)


def places(found: Results, names: Names) -> pd.DataFrame:
    """AUC of every ranking among all, within offices, and in the other populations; how many services each rests on."""
    t, order = names.t, found.throughout
    table = {t("validation.method"): [words.method_name(m, names) for m in order]}
    for place, population, metric in PLACES:
        if not found.dates(population):
            continue
        own = [found.get(m, metric, population=population) for m in order]
        n, events = (t.number(getattr(own[0], name)) for name in ("n", "events"))
        head = t("validation.place_head", place=t.word("trial_place", place), n=n, events=events)
        table[head] = [with_interval(m, t) for m in own]
    return pd.DataFrame(table)


def bands(found: Results, names: Names) -> pd.DataFrame:
    """Promised and found per band, all dates together."""
    t, rows = names.t, words.band_frame(found, names)
    table = pd.DataFrame(
        {
            t("validation.method"): rows["label"],
            t("validation.promised"): each(lambda p: t.percent(p, 1), rows["expected"]),
            t("validation.found"): each(
                lambda v, low, high: with_interval(Measure(v, low, high), t, 1, share=True),
                rows["observed"], rows["observed_low"], rows["observed_high"],
            ),
            t("overview.services"): each(t.number, rows["n"]),
        }
    )  # fmt: skip
    return _without_the_only(table, found, names)


def calibration(found: Results, names: Names) -> pd.DataFrame:
    """The numbers that sum calibration up, each with its best value and what its interval shows."""
    t, lines = names.t, []
    for model in found.models:
        for metric, best in CALIBRATION:
            m = found.get(model, metric)
            lines.append((
                words.method_name(model, names), t.word("trial_calibration", metric), with_interval(m, t),
                t.number(best), calibration_said(m, metric, best, names),
            ))  # fmt: skip
    columns = [
        t("validation.method"), t("validation.measure"), t("validation.value"), t("validation.best"),
        t("validation.shows"),
    ]  # fmt: skip
    return _without_the_only(pd.DataFrame(lines, columns=columns), found, names)


def calibration_said(m: Measure, metric: str, best: float, names: Names) -> str:
    """What a number of calibration shows; only an interval that leaves out the best value shows anything."""
    t, told = names.t, m.shows(best)
    if told in ("unknown", "not_shown"):
        return t("validation.calibration_unknown") if told == "unknown" else t("validation.calibration_not_shown")
    if metric == "calibration_slope":
        return t("validation.slope_cautious") if told == "better" else t("validation.slope_bold")
    return t("validation.level_low") if told == "better" else t("validation.level_high")


def groups(found: Results, by: str, names: Names) -> pd.DataFrame:
    """Found over promised in each group, those that stand out first, then by how far from 1."""
    t, rows = names.t, group_rows(found, by)
    table = pd.DataFrame(
        {
            t("validation.method"): each(lambda m: words.method_name(m, names), rows["method"]),
            t.word("trial_by", by): each(lambda g: group_name(g, by, names), rows["group"]),
            t("overview.services"): each(t.number, rows["n"]),
            t("validation.events"): each(t.number, rows["events"]),
            t("validation.promised"): each(lambda p: t.percent(p, 1), rows["expected"]),
            t("validation.ratio"): each(
                lambda v, low, high: with_interval(Measure(v, low, high), t),
                rows["o_over_e"], rows["low"], rows["high"],
            ),
            t("validation.shows"): each(
                lambda told: f"{GROUP_MARKS[told]} {t.word('trial_group', told)}", rows["told"]
            ),
        }
    )  # fmt: skip
    return _without_the_only(table, found, names)


def group_rows(found: Results, by: str) -> pd.DataFrame:
    """Backtest.groups of one grouping with told (more, fewer, not_shown, unknown), in the page's order.

    How far from 1 is judged after half an outcome is laid to both, so that nothing in a handful is not far.
    """
    if found.backtest.groups.empty:
        return pd.DataFrame(columns=["method", "group", "n", "events", "expected", "o_over_e", "low", "high", "told"])
    rows = found.backtest.groups[found.backtest.groups["by"] == by]
    told = np.select(
        [rows[["o_over_e", "low", "high"]].isna().any(axis=1), rows["low"] > 1, rows["high"] < 1],
        ["unknown", "more", "fewer"],
        "not_shown",
    )
    far = np.abs(np.log((rows["events"] + 0.5) / (rows["n"] * rows["expected"] + 0.5)))
    order = rows.assign(told=told, far=far, quiet=~np.isin(told, ["more", "fewer"]))
    order["quiet"] = order["quiet"].astype(int)
    return order.sort_values(["quiet", "far"], ascending=[True, False], kind="stable").reset_index(drop=True)


def group_name(group: object, by: str, names: Names) -> str:
    """A group in words; what is not known says so."""
    t = names.t
    if pd.isna(group):
        return t("data.missing")
    match by:
        case "sector":
            return t.word("sector", str(group))
        case "size":
            return t.word("trial_size", str(group))
    return str(group)


def days(found: Results, names: Names) -> pd.DataFrame:
    """Every ranking's days earlier: the mean over the dates, and each date."""
    t, order = names.t, found.methods
    table = {t("validation.method"): [words.method_name(m, names) for m in order]}
    wide = found.backtest.days.pivot_table(index="method", columns="as_of", values="days", dropna=False).reindex(order)
    if len(wide.columns) > 1:
        table[t("validation.mean")] = [_days(x, names) for x in wide.mean(axis=1, skipna=False)]
    for day in wide.columns:
        table[t.date(day)] = [_days(x, names) for x in wide[day]]
    return pd.DataFrame(table)


def days_span(found: Results, model: str) -> tuple[float, float, float]:
    """A model's days earlier: mean over the dates, least and most of a date; NaN where unknown."""
    own = found.backtest.days.loc[found.backtest.days["method"] == model, "days"]
    return float(own.mean()), float(own.min()), float(own.max())


def corrected(found: Results, names: Names) -> pd.DataFrame:
    """The default score's hits per visit at capacity among all services, date by date, or why they cannot be told."""
    t, every = names.t, found.backtest.corrected
    rows = every[every["method"] == found.models[0]]
    estimates = [str(name) for name in rows["estimate"].unique()]
    table = {t("validation.estimate"): [t.word("trial_estimate", name) for name in estimates]}
    for day, of_day in rows.groupby("as_of"):
        own = of_day.set_index("estimate").loc[estimates]
        table[t.date(pd.Timestamp(str(day)))] = each(
            lambda value, low, high, refused: t.word("trial_refused", refused) if pd.notna(refused)
            else with_interval(Measure(value, low, high), t, 0, share=True),
            own["value"], own["low"], own["high"], own["refused_because"],
        )  # fmt: skip
    return pd.DataFrame(table)


def folds(found: Results, names: Names) -> pd.DataFrame:
    """What the score of each date was trained on, and what it was recalibrated by."""
    t, rows = names.t, found.backtest.folds
    table = pd.DataFrame(
        {
            t("validation.date"): each(t.date, rows["as_of"]),
            t("validation.method"): each(lambda m: words.method_name(m, names), rows["method"]),
            t("validation.trained_rows"): each(t.number, rows["n"]),
            t("validation.trained_events"): each(t.number, rows["n_events"]),
            t("validation.cohorts"): each(t.number, rows["cohorts"]),
            t("validation.recalibrated"): each(
                lambda day, n: t("validation.recalibrated_on", date=t.date(day), n=t.number(n)) if pd.notna(day)
                else t("validation.not_recalibrated"),
                pd.to_datetime(rows["recalibrated_on"]), rows["recalibrated_events"],
            ),
            t("validation.slope"): each(lambda x: t.number(x, 2), rows["slope"]),
            t("validation.offset"): each(lambda x: t.number(x, 2, sign=True), rows["offset"]),
        }
    )  # fmt: skip
    return _without_the_only(table, found, names)


def warnings(found: Results, names: Names) -> list[str]:
    """What was weak in the training of a date."""
    rows = found.backtest.folds
    told = rows[rows["warnings"].notna() & (rows["warnings"] != "")]
    return [f"{names.t.date(day)}: {text}" for day, text in zip(told["as_of"], told["warnings"], strict=True)]


def _shown(m: Measure, decimals: int, names: Names) -> str:
    return f"{said(m.shows(), names.t)}: {with_interval(m, names.t, decimals, sign=True)}"


def _days(x: float, names: Names) -> str:
    return names.t("validation.not_measured") if math.isnan(x) else names.t.number(x, sign=True)


def _without_the_only(table: pd.DataFrame, found: Results, names: Names) -> pd.DataFrame:
    """The table without the column that names the score, where there is only one."""
    return table if len(found.models) > 1 else table.drop(columns=names.t("validation.method"))
