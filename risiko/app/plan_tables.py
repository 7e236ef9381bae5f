"""The parts of a plan as tables of words for the page, and the numbers behind its pictures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import pandas as pd

from risiko.app import overview_words
from risiko.app.display import plain
from risiko.i18n import Translator
from risiko.pipeline.plans import KeptPlan
from risiko.reports.plan_visit_words import month, topics, why
from risiko.reports.plan_words import PlanWords, days, parts

CHOICES = ("ground", "office", "county")


def chosen(words: PlanWords, choices: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The visits that fit the filters, as words.visits has them; a filter without values lets all through."""
    return [v for v in words.visits if all(not wanted or v[name] in wanted for name, wanted in choices.items())]


def values(words: PlanWords, name: str) -> dict[str, str]:
    """The values of one of CHOICES in the plan, each with its word and how many visits have it."""
    t, found = words.t, words.record.visits[name].value_counts()
    called = {value: t.word("plan_ground", value) if name == "ground" else value for value in found.index}
    return {
        value: f"{called[value] or t('data.missing')} ({t.number(found[value])})"
        for value in sorted(found.index, key=lambda one: called[one].casefold())
    }


def grid(rows: Sequence[dict[str, Any]], words: PlanWords) -> pd.DataFrame:
    """The visits as the grid shows them. month is a key to sort by (202609; 999912 where none is free)."""
    t, names = words.t, words.names
    return pd.DataFrame({
        "rank": [v["rank"] for v in rows], "interval": [names.interval(v["rank_low"], v["rank_high"]) for v in rows],
        "service": [v["name"] for v in rows], "office": [v["office"] for v in rows],
        "municipality": [v["municipality"] or t("data.missing") for v in rows],
        "ground": [t.word("plan_ground", v["ground"]) for v in rows],
        "kind": [t.word("kind", v["kind"]) for v in rows],
        "month": [int(v["month"].replace("-", "") or 999912) for v in rows], "days": [v["days"] for v in rows],
        "why": [why(v, words)[0] for v in rows], "topics": [topics(v, words) for v in rows],
    })  # fmt: skip


def month_of(key: int, words: PlanWords) -> str:
    """The month a sort key of `grid` stands for, in words."""
    text = str(key)
    return month({"month": "" if text == "999912" else f"{text[:4]}-{text[4:]}"}, words)


def visits(rows: Sequence[dict[str, Any]], words: PlanWords) -> pd.DataFrame:
    """The same in words only, for an ordinary table that a screen reader can walk through; cells are Markdown."""
    t = words.t
    return pd.DataFrame({
        t("column.service"): [overview_words.link(v["service_id"], v["name"]) for v in rows],
        t("filter.office"): [plain(v["office"]) for v in rows],
        t("plan.column_municipality"): [plain(_where(v, words)) for v in rows],
        t("plan.column_ground"): [t.word("plan_ground", v["ground"]) for v in rows],
        t("plan.column_kind"): [_visit(v, words) for v in rows],
        t("plan.column_month"): [month(v, words) for v in rows],
        t("column.rank"): [_place(v, words) for v in rows],
        t("column.why"): [plain(" ".join([*why(v, words), _look_at(v, words)]).strip()) for v in rows],
    })  # fmt: skip


def fields(words: PlanWords) -> pd.DataFrame:
    """What the planner fills in, one row per service: service_id, name, office, involvement (a list) and note."""
    rows = words.record.visits.drop_duplicates("service_id").sort_values(["office", "name", "service_id"])
    frame = rows[["service_id", "name", "office", "note"]].reset_index(drop=True)
    frame.insert(3, "involvement", [parts(cell) for cell in rows["involvement"]])
    return frame


def filled(edited: pd.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
    """What an edited table of `fields` tells: involvement (words joined by |) and note, by service_id."""
    ways = [[] if cell is None or isinstance(cell, float) else list(cell) for cell in edited["involvement"]]
    notes = edited["note"].fillna("").astype("str").str.strip()
    ids = [str(one) for one in edited["service_id"]]
    return dict(zip(ids, map("|".join, ways), strict=True)), dict(zip(ids, notes, strict=True))


def offices(words: PlanWords) -> pd.DataFrame:
    """Each office's person-days and what they go to; capacity that nobody has told reads "no data"."""
    t, frame = words.t, words.record.offices
    own = frame["used"] - frame["statutory"] - frame["drawn"]
    told = {
        t("filter.office"): frame["office"], t("plan.column_services"): frame["services"].map(t.number),
        t("plan.column_capacity"): _days(frame["capacity"], words), t("plan.column_used"): _days(frame["used"], words),
        t("plan.column_use"): (frame["used"] / frame["capacity"].where(frame["capacity"] > 0)).map(t.percent),
        t("plan.column_statutory"): _days(frame["statutory"], words),
        t("plan.column_drawn_days"): _days(frame["drawn"], words),
        t("plan_page.own_days"): _days(own.clip(lower=0), words),
        t("plan.column_visits"): frame["visits"].map(t.number),
    }  # fmt: skip
    if frame["points_capacity"].notna().any():
        told[t("plan.column_points_capacity")] = _days(frame["points_capacity"], words)
        told[t("plan.column_points")] = _days(frame["points_used"], words)
    return pd.DataFrame({heading: column.tolist() for heading, column in told.items()})


def office_bars(words: PlanWords) -> pd.DataFrame:
    """office, part (what the days go to), order, days, capacity, text: a row for each part of each office."""
    t, frame = words.t, words.record.offices
    labels = (t("plan_page.part_law"), t("plan_page.part_draw"), t("plan_page.part_own"))
    own = frame.assign(own=(frame["used"] - frame["statutory"] - frame["drawn"]).clip(lower=0))
    long = own.melt(["office", "capacity"], ["statutory", "drawn", "own"], "what", "days")
    order = long["what"].map({"statutory": 0, "drawn": 1, "own": 2})
    part = order.map(dict(enumerate(labels)))
    said = [
        t("plan_page.office_part", office=o, part=p, days=days(d, t), capacity=days(c, t))
        for o, p, d, c in zip(long["office"], part, long["days"], long["capacity"], strict=True)
    ]
    return long.assign(part=part, order=order, text=said).drop(columns="what")


def prices(words: PlanWords) -> pd.DataFrame:
    """Each rule that was priced and what it costs in a few sentences, dearest first."""
    t = words.t
    told = words.prices()
    return pd.DataFrame({
        t("plan.column_rule"): [rule for rule, _ in told], t("plan.column_price_said"): [said for _, said in told],
    })  # fmt: skip


def price_bars(words: PlanWords) -> pd.DataFrame:
    """label, price (expected serious findings lost to the rule), its word, text; rules that change nothing left out."""
    t, frame = words.t, words.record.prices
    told = [said for _, said in words.prices()]
    rows = pd.DataFrame({
        "label": [t.word("plan_rule", rule) for rule in frame["rule"]], "price": frame["price_findings"], "text": told,
        "word": [t.number(x, 1) for x in frame["price_findings"]],
    })  # fmt: skip
    return rows[(frame["enters"] != "").to_numpy() | (frame["leaves"] != "").to_numpy()].reset_index(drop=True)


def months(words: PlanWords) -> pd.DataFrame:
    """Visits by office and month of the period: office, month (first day), n and a sentence; without visits 0."""
    t, found = words.t, words.record.visits
    every = pd.period_range(words.record.start, words.record.end, freq="M")
    names = sorted({*words.record.offices["office"], *found["office"]} - {""})
    counts = found[found["month"] != ""].groupby(["office", "month"]).size()
    full = pd.MultiIndex.from_product([names, every.strftime("%Y-%m")], names=["office", "month"])
    rows = counts.reindex(full, fill_value=0).rename("n").reset_index()
    days_ = pd.to_datetime(rows["month"])
    said = [
        f"{office}, {t.month(day)}: {t.plural('plan.visits', n)}"
        for office, day, n in zip(rows["office"], days_, rows["n"], strict=True)
    ]
    return rows.assign(month=days_, text=said)


def month_table(rows: pd.DataFrame, words: PlanWords) -> pd.DataFrame:
    """The same with a row for each office and a column for each month."""
    t = words.t
    wide = rows.pivot(index="office", columns="month", values="n")
    table = pd.DataFrame({t.month(month): wide[month].map(t.number) for month in wide}, index=wide.index)
    return table.rename_axis(t("filter.office")).reset_index()


def beside(words: PlanWords) -> pd.DataFrame:
    """The plan and other ways to spend the same person-days."""
    t, frame = words.t, words.record.beside
    return pd.DataFrame({
        t("plan.column_way"): [t.word("plan_beside", way) for way in frame["plan"]],
        t("plan.column_visits"): frame["visits"].map(t.number), t("plan.column_days"): _days(frame["days"], words),
        t("plan.column_findings"): [t.number(x, 1) for x in frame["findings"]],
        t("plan.column_value"): [t.number(x, 1) for x in frame["worth"]],
        t("plan.column_shared"): frame["shared"].map(t.number),
    })  # fmt: skip


def groups(found: pd.DataFrame, grouping: str, words: PlanWords) -> pd.DataFrame:
    """One grouping of plan.groups.by_group: who is visited, beside the pure list; few services are said to be few."""
    t, rows = words.t, found[found["grouping"] == grouping]
    few = [f" ({t('plan_page.few')})" if small else "" for small in rows["small"]]
    return pd.DataFrame({
        t.word("equity_grouping", grouping): [
            _group(grouping, group, words) + said for group, said in zip(rows["group"], few, strict=True)
        ],
        t("plan.column_services"): rows["services"].map(t.number).tolist(),
        t("plan_page.visited"): rows["visited"].map(t.number).tolist(),
        t("plan_page.share"): rows["share"].map(t.percent).tolist(),
        t("plan.column_days"): _days(rows["days"], words), t("plan_page.top"): rows["top"].map(t.number).tolist(),
        t("plan_page.top_share"): rows["top_share"].map(t.percent).tolist(),
    })  # fmt: skip


def left_out(words: PlanWords) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who could not be in the plan: how many by reason, and one by one."""
    t, frame = words.t, words.record.left_out
    told = words.left_out()
    reasons = pd.Series([reason for reason, _ in told], dtype="str").value_counts()
    reason, count = t("plan.column_reason"), t("plan.column_services")
    summary = pd.DataFrame({reason: reasons.index.tolist(), count: reasons.map(t.number).tolist()})
    each = pd.DataFrame({
        t("column.service"): frame["name"].tolist(), t("filter.office"): frame["office"].tolist(),
        reason: [why_not for why_not, _ in told],
        t("plan.column_detail"): [detail for _, detail in told],
    })  # fmt: skip
    return summary, each


def kept(plans: Sequence[KeptPlan], status: dict[int, str], t: Translator) -> pd.DataFrame:
    """The kept plans, newest first. status: number -> its decision in a word."""
    rows = list(reversed(plans))
    return pd.DataFrame({
        t("plan_page.number"): [t.number(p.number) for p in rows],
        t("plan.fact_title"): [p.record.title or "–" for p in rows],
        t("plan.fact_period"): [_period(p.record.start, p.record.end, t) for p in rows],
        t("protocol.as_of"): [t.date(p.record.as_of) for p in rows],
        t("plan.column_visits"): [t.number(len(p.record.visits)) for p in rows],
        t("plan_page.kept_by"): [f"{p.by}, {t.date(p.made_at)}" for p in rows],
        t("plan_page.decision"): [status.get(p.number, t("plan_page.undecided")) for p in rows],
    })  # fmt: skip


def shared(one: PlanWords, other: Collection[str]) -> int:
    """How many services two plans have in common."""
    return len({*one.record.visits["service_id"]} & {*other})


def _visit(visit: dict[str, Any], words: PlanWords) -> str:
    """The kind of visit with its person-days."""
    t = words.t
    return t("plan_page.kind_days", kind=t.word("kind", visit["kind"]), days=days(visit["days"], t))


def _look_at(visit: dict[str, Any], words: PlanWords) -> str:
    found = topics(visit, words)
    return words.t("plan_page.look_at", list=found) if found else ""


def _place(visit: dict[str, Any], words: PlanWords) -> str:
    return f"{words.t.number(visit['rank'])} ({words.names.interval(visit['rank_low'], visit['rank_high'])})"


def _where(visit: dict[str, Any], words: PlanWords) -> str:
    """Where the office has to travel to."""
    return ", ".join(filter(None, (visit["municipality"], visit["county"]))) or words.t("data.missing")


def _group(grouping: str, group: str, words: PlanWords) -> str:
    t = words.t
    match grouping:
        case _ if not group:
            return t("data.missing")
        case "sector":
            return t.word("sector", group)
        case "service_type":
            return words.names.service_type(group)
        case "size":
            return t.word("plan_size", group)
    return group


def _days(column: pd.Series, words: PlanWords) -> pd.Series:
    return column.map(lambda x: days(x, words.t), na_action=None).reset_index(drop=True)


def _period(start: date, end: date, t: Translator) -> str:
    return f"{t.date(start)}–{t.date(end)}"
