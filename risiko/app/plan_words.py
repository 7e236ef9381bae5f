"""Sentences of the page Plan that no file of a plan holds."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from risiko.i18n import Translator
from risiko.plan.rules import Rules
from risiko.plan.selection import Selection
from risiko.reports.plan_words import PlanWords, days, joined
from risiko.vocabulary import GROUNDS


def takeaway(words: PlanWords) -> str:
    """How many visits on which grounds, and what they take of the person-days there are."""
    t, record = words.t, words.record
    counts = record.visits["ground"].value_counts()
    grounds = [f"{t.word('plan_ground', g)} {t.number(counts[g])}" for g in GROUNDS if g in counts]
    told = record.offices["capacity"]
    of = t("plan_page.of_days", capacity=days(told.sum(), t)) if told.notna().any() else ""
    sure = share(record.worth, record.bound, t)
    proof = t("plan_page.proved") if record.proved else t("plan_page.not_proved", share=sure)
    said = t.plural("plan.visits", len(record.visits))
    listed = f" ({joined(grounds, t)})" if grounds else ""
    used = t("plan_page.used", days=days(record.offices["used"].sum(), t), of=of)
    return f"**{said}{listed}.** {used} {proof}"


def previewed(selection: Selection, t: Translator) -> str:
    """What the preview has found: so many visits, worth at least this of at most that."""
    solution = selection.solution
    if solution.status not in ("greedy", "optimal"):
        return t("plan_page.preview_none")
    owed = selection.eligible.candidates["statutory"].iloc[selection.posed.service[selection.columns]]
    visits = int(owed.clip(lower=1).sum())
    return t(
        "plan_page.preview", visits=t.plural("plan.visits", visits), worth=t.number(solution.worth, 1),
        bound=t.number(solution.bound, 1), share=share(solution.worth, solution.bound, t),
    )  # fmt: skip


def share(worth: float, bound: float, t: Translator) -> str:
    """What is sure of what could be at most, in per cent rounded down: nothing is sure that is not."""
    found = worth / bound if bound > 0 else 1.0
    return t.percent(int(100 * min(found, 1.0) + 1e-9) / 100)


def busiest(rows: pd.DataFrame, words: PlanWords) -> str:
    """The month with most visits, as the calendar's takeaway."""
    t = words.t
    by_month = rows.groupby("month")["n"].sum()
    top = by_month.idxmax()
    return t("plan_page.busiest", month=t.month(top), visits=t.plural("plan.visits", int(by_month[top])))


def fullest(words: PlanWords) -> str:
    """How much of the person-days is used in all, as the takeaway of the offices' picture."""
    t, frame = words.t, words.record.offices
    told = frame[frame["capacity"].notna()]
    if told.empty or told["capacity"].sum() <= 0:
        return t("plan_page.no_capacity_told")
    return t(
        "plan_page.fullest", share=t.percent(told["used"].sum() / told["capacity"].sum()),
        used=days(told["used"].sum(), t), capacity=days(told["capacity"].sum(), t),
    )  # fmt: skip


def dearest(words: PlanWords) -> str:
    """The rule that costs most, as the takeaway of the picture of prices."""
    t, frame = words.t, words.record.prices
    top = frame.sort_values("price_findings", ascending=False, kind="stable").head(1)
    if top.empty or top["price_findings"].iloc[0] <= 0:
        return t("plan_page.no_price")
    return t(
        "plan_page.dearest", rule=t.word("plan_rule", top["rule"].iloc[0]),
        findings=t.number(top["price_findings"].iloc[0], 1),
    )  # fmt: skip


def overridden(rules: Rules, called: Mapping[str, str], t: Translator) -> list[str]:
    """What planners have said about single services, a line each."""
    found = []
    for one in rules.override:  # a planner's own handful
        until = f" {t('plan.rule_until', date=t.date(one.until))}" if one.until else ""
        by = f" ({one.by})" if one.by else ""
        name = called.get(one.service, one.service)
        what, reason = t.word("override_action", one.action), t.word("override_reason", one.reason)
        found.append(f"{what}{until}: {name}. {reason}, «{one.text}»{by}")
    return found
