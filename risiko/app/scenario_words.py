"""The comparison of two lists in words: what each is called, the takeaway, the tables and what the picture says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.app import overview_words
from risiko.app.data import Ranked
from risiko.app.display import plain
from risiko.pipeline import Run, Scenario, Side
from risiko.reports.names import Names
from risiko.scoring.table import POINTS

PICTURED = 25
MARKS = {"enters": "▲", "leaves": "▼", "stays": "●", "outside": ""}
TAIL = 0.05  # chance gives a smaller overlap once in twenty


@dataclass(frozen=True)
class Sides:
    """What the two lists are called here. by: dates, weights or scores, whichever they differ by."""

    before: str
    after: str
    by: str

    @classmethod
    def of(cls, found: Scenario, ranked: Ranked, side: Side, names: Names) -> Sides:
        """By date where the dates differ; else by the weights or the score of each, the reader's list first."""
        if found.before.as_of != found.after.as_of:
            return cls(names.t.date(found.before.as_of), names.t.date(found.after.as_of), "dates")
        by = "weights" if found.before.table.model_id == found.after.table.model_id else "scores"
        own, other = run_name(found.before, ranked, names), score_name(side.score, ranked.promoted, names)
        if side.weights or side.weight_set:
            named = names.t("scenario.named", name=side.weight_set)
            other = named if side.weight_set else names.t("scenario.typed")
        elif by == "weights":
            other = names.t("scenario.settings")
        return cls(own, other, by)


def run_name(run: Run, ranked: Ranked, names: Names) -> str:
    """What a list at the reader's date is ordered by: a learned score, the settings' weights or the reader's own."""
    if run.table.model_id != POINTS:
        return score_name(run.table.model_id, ranked.promoted, names)
    return names.t("scenario.settings") if run.weights == ranked.default_weights else names.t("scenario.own")


def score_name(score: str, promoted: str, names: Names) -> str:
    """A score in words: points, the learned one in force, or another learned one by its name."""
    t = names.t
    if score == POINTS:
        return t.word("score_kind", "points")
    return t("scenario.in_force") if score == promoted else t("scenario.learned", model=score)


def score_choice(score: str, promoted: str, names: Names) -> str:
    """The same, short enough for a list to choose from."""
    return score_name(score, promoted, names) if score in (POINTS, promoted) else score


def takeaway(found: Scenario, names: Names) -> str:
    """How many of the first are the same, and how many have been exchanged."""
    t, s = names.t, found.stability
    if not s.entered and not s.left:
        return t("scenario.all_same", top=t.number(s.shared))
    return t.plural("scenario.same", s.shared, top=t.number(found.top), out=t.number(max(len(s.entered), len(s.left))))


def by_chance(found: Scenario, names: Names) -> str:
    """How many chance alone would exchange, and whether more have been."""
    t = names.t
    low, middle, high = (round(found.top * (1 - q)) for q in np.quantile(found.noise, [1 - TAIL, 0.5, TAIL]))
    said = t("scenario.chance", n=t.number(middle), low=t.number(low), high=t.number(high))
    if found.same:
        return said
    beyond = found.stability.overlap < float(np.quantile(found.noise, TAIL))
    return f"{said} {t.word('scenario_verdict', 'beyond' if beyond else 'within')}"


def pictured(found: Scenario, names: Names) -> tuple[pd.DataFrame, int]:
    """The first PICTURED of either list as the picture wants them (charts.slope), and how many of each these are.

    Who enters and leaves is by the first that are shown, so that the line in the picture is the one that counts.
    """
    size, frame = min(PICTURED, found.top), found.frame
    order = {side: _order(frame, f"rank_{side}") for side in ("before", "after")}
    inside = {side: set(ids[:size]) for side, ids in order.items()}
    rows = frame[frame["service_id"].isin(inside["before"] | inside["after"])].set_index("service_id")
    state = [
        "stays" if s in inside["before"] and s in inside["after"] else "enters" if s in inside["after"] else "leaves"
        for s in rows.index
    ]
    shown = pd.DataFrame({"state": state, "name": rows["name"]}, index=rows.index)
    for side, column in (("left", "before"), ("right", "after")):
        on = [s for s in order[column] if s in rows.index]
        shown[side] = pd.Series(range(len(on)), index=on).reindex(rows.index).astype(float)
        shown[f"{side}_rank"] = rows[f"rank_{column}"]
    return _labelled(shown, names), size


def _order(frame: pd.DataFrame, column: str) -> list[str]:
    ranked = frame.dropna(subset=column)
    return [str(s) for s in ranked.sort_values([column, "service_id"])["service_id"]]


def _labelled(shown: pd.DataFrame, names: Names) -> pd.DataFrame:
    t = names.t
    place = {side: _each(lambda r: place_word(r, names), shown[f"{side}_rank"]) for side in ("left", "right")}
    mark = [MARKS[s] for s in shown["state"]]
    return shown.assign(
        left_place=place["left"], right_place=place["right"],
        text=[
            t("scenario.moved", name=name, before=a, after=b, state=f"{m} {t.word('scenario_state', s)}")
            for name, a, b, m, s in zip(shown["name"], place["left"], place["right"], mark, shown["state"], strict=True)
        ],
    )  # fmt: skip


def picture_takeaway(shown: pd.DataFrame, size: int, names: Names) -> str:
    """What the picture shows, in a sentence."""
    t, count = names.t, shown["state"].value_counts()
    return t(
        "scenario.picture_alt", n=t.number(size), stay=t.number(count.get("stays", 0)),
        out=t.number(count.get("leaves", 0)), into=t.number(count.get("enters", 0)),
    )  # fmt: skip


def pictured_table(shown: pd.DataFrame, sides: Sides, names: Names) -> pd.DataFrame:
    """The picture's rows as a table: service, the two places, what happens."""
    t = names.t
    rows = shown.sort_values(["right", "left"]).reset_index()
    return pd.DataFrame({
        t("column.service"): _each(overview_words.link, rows["service_id"], rows["name"]),
        t("scenario.place_on", list=plain(sides.before)): _each(lambda r: place_word(r, names), rows["left_rank"]),
        t("scenario.place_on", list=plain(sides.after)): _each(lambda r: place_word(r, names), rows["right_rank"]),
        t("scenario.state"): [f"{MARKS[s]} {t.word('scenario_state', s)}" for s in rows["state"]],
    })  # fmt: skip


def crossed(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Who comes in or goes out: service, type, place and chance of being among the first on both lists, and why."""
    t = names.t
    return pd.DataFrame({
        t("column.service"): _each(overview_words.link, rows["service_id"], rows["name"]),
        t("column.type"): [plain(names.service_type(slug)) for slug in rows["service_type"]],
        t("column.rank"): _each(
            lambda a, b: f"{place_word(a, names)} → {place_word(b, names)}", rows["rank_before"], rows["rank_after"]
        ),
        t("scenario.p_top"): _each(
            lambda a, b: f"{_chance(a, names)} → {_chance(b, names)}", rows["p_top_before"], rows["p_top_after"]
        ),
        t("overview.why"): _each(
            lambda w: t("scenario.one_list") if pd.isna(w) else plain(overview_words.why(w, names)), rows["why"]
        ),
    })  # fmt: skip


def alike(found: Scenario, names: Names) -> pd.DataFrame:
    """How alike the lists are: measure, value and what it means."""
    t, s = names.t, found.stability
    n = t.number(s.n_both)
    in_order = (1 + s.kendall) / 2
    rows = [
        ("overlap", t("scenario.share_of", share=t.percent(s.overlap), n=t.number(s.shared), of=t.number(found.top))),
        ("jaccard", t.percent(s.jaccard)),
        ("pairs", t("scenario.with_n", value=t.percent(in_order), n=n)),
        ("spearman", t("scenario.with_n", value=t.number(s.spearman, 2), n=n)),
        ("kendall", t("scenario.with_n", value=t.number(s.kendall, 2), n=n)),
        ("weighted", t.number(s.rank_biased_overlap, 2)),
    ]
    return pd.DataFrame({
        t("scenario.measure"): [t.word("scenario_measure", name) for name, _ in rows],
        t("scenario.value"): [value for _, value in rows],
        t("scenario.meaning"): [t.word("scenario_meaning", name) for name, _ in rows],
    })  # fmt: skip


def shaken(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Services whose place among the first depends on the weights: place, service, type, how often it is among them."""
    t = names.t
    return pd.DataFrame({
        t("column.rank"): _each(t.number, rows["rank_after"]),
        t("column.service"): _each(overview_words.link, rows["service_id"], rows["name"]),
        t("column.type"): [plain(names.service_type(slug)) for slug in rows["service_type"]],
        t("scenario.now_inside"): [t("word.yes") if s in ("stays", "enters") else t("word.no") for s in rows["state"]],
        t("scenario.stays"): _each(t.percent, rows["stays"]),
    })  # fmt: skip


def weight_sets(saved: Mapping[str, Mapping[str, float]], ranked: Ranked, names: Names) -> pd.DataFrame:
    """Every saved set: its name, and how it differs from the settings."""
    t = names.t
    return pd.DataFrame({
        t("weight_sets.name"): list(saved),
        t("weight_sets.differs"): [differs(weights, ranked.default_weights, names) for weights in saved.values()],
    })  # fmt: skip


def differs(weights: Mapping[str, float], default: Mapping[str, float], names: Names) -> str:
    """The weights that are not the settings': signal and both numbers."""
    t = names.t
    changed = {name: w for name, w in weights.items() if round(w, 2) != round(default.get(name, 0.0), 2)}
    if not changed:
        return t("weight_sets.as_settings")
    return "; ".join(
        t(
            "weight_sets.changed", signal=names.signal(name), weight=t.number(w, 2),
            default=t.number(default.get(name, 0.0), 2),
        )
        for name, w in changed.items()
    )  # fmt: skip


def place_word(rank: float, names: Names) -> str:
    """A place; or that the service is not on that list."""
    return names.t("scenario.not_listed") if pd.isna(rank) else names.t.number(rank)


def _chance(p: float, names: Names) -> str:
    return "–" if pd.isna(p) else names.t.percent(p)


def _each(write: Callable[..., str], *columns: pd.Series) -> list[str]:
    return [write(*values) for values in zip(*columns, strict=True)]
