"""A visit of a plan in words: why it is in, what speaks for it, what to look at, how users are involved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from risiko.reasons.written import reasons_from_text
from risiko.reports.plan_words import PlanWords, Row, joined, months, parts
from risiko.reports.reason_words import sentences


def why(visit: Row, words: PlanWords) -> list[str]:
    """Why the visit is in the plan, a sentence for every ground that applies, the first of them first."""
    return [_of_ground(ground, visit, words) for ground in parts(visit["grounds"]) or [visit["ground"]]]


def main_reasons(visit: Row, words: PlanWords) -> list[str]:
    """What its own signals say, as when the list was made; empty where nothing was written."""
    return sentences(reasons_from_text(visit["reasons"], f"reasons of {visit['service_id']}"), words.names)


def topics(visit: Row, words: PlanWords) -> str:
    """The signals that raise it, as topics to look at."""
    return ", ".join(words.names.signal(signal) for signal in parts(visit["topics"]))


def dimensions(visit: Row, words: PlanWords) -> str:
    """The dimensions of good services that those signals are about."""
    return ", ".join(words.t.word("dimension", dimension) for dimension in parts(visit["dimensions"]))


def involvement(visit: Row, words: PlanWords) -> str:
    """How users are to be involved, or that nobody filled it in."""
    planned = [words.t.word("involvement", way) for way in parts(visit["involvement"])]
    return ", ".join(planned) or words.t("plan.involvement_blank")


def month(visit: Row, words: PlanWords) -> str:
    """The month of the visit in words, or that none is free."""
    return words.t.month(date.fromisoformat(f"{visit['month']}-01")) if visit["month"] else words.t("plan.no_month")


def _of_ground(ground: str, visit: Row, words: PlanWords) -> str:
    t, record = words.t, words.record
    match ground:
        case "statutory":
            yearly = record.rules.statutory.visits.get(visit["service_type"], 0)
            declared = bool(record.rules.statutory.column)  # then it may be another number for this service
            return t.plural("plan.why_statutory_n", yearly) if yearly and not declared else t("plan.why_statutory")
        case "draw":
            return t("plan.why_draw", chance=t.percent(visit["probability"], 1))
        case "override":
            return _added(visit, words)
        case "regularity":
            return _overdue(visit, words)
        case "coverage":
            reached = _reached(visit, words)
            return t("plan.why_coverage", list=joined(reached, t)) if reached else t("plan.why_wide")
    low, high = t.number(visit["rank_low"]), t.number(visit["rank_high"])
    return t(
        "plan.why_risk", rank=t.number(visit["rank"]), low=low, high=high, top=t.number(record.top),
        chance=t.chance(visit["p_top"]),
    )  # fmt: skip


def _added(visit: Row, words: PlanWords) -> str:
    t = words.t
    own = [o for o in words.record.rules.override if o.service == visit["service_id"] and o.action == "add"]
    if not own:
        return t("plan.why_added")
    reason = t.word("override_reason", own[-1].reason)
    return t("plan.why_override", by=own[-1].by or t("plan.someone"), reason=reason, text=own[-1].text)


def _overdue(visit: Row, words: PlanWords) -> str:
    t, rule = words.t, words.record.rules.regularity
    limit = t.plural("plan.months", rule.by_type.get(visit["service_type"], rule.longest_months))
    if pd.isna(visit["waited_months"]):
        return t("plan.why_never", limit=limit)
    return t("plan.why_waited", waited=months(visit["waited_months"], t), limit=limit)


def _reached(visit: Row, words: PlanWords) -> list[str]:
    """What the visit helps to reach: of that, what the plan would not reach without it, where the prices tell."""
    prices, mine = words.record.prices, visit["service_id"]
    held = {rule for rule, leaves in zip(prices["rule"], prices["leaves"], strict=True) if mine in parts(leaves)}
    found = list(_minima(visit, words))
    return [text for rule, text in found if rule in held] or [text for _, text in found]


def _minima(visit: Row, words: PlanWords) -> Iterator[tuple[str, str]]:
    """Every minimum and joint visit that the rules name and this visit counts for: the rule, and what it asks."""
    t, rules = words.t, words.record.rules
    if least := rules.minimum.sector.get(visit["sector"], 0):
        yield "minimum_sector", t("plan.minimum", of=t.word("sector", visit["sector"]), n=t.number(least))
    if visit["county"] and (least := rules.minimum.county.get(visit["county"], rules.minimum.each_county)):
        yield "minimum_county", t("plan.minimum", of=visit["county"], n=t.number(least))
    for theme in rules.minimum.theme:
        if visit["service_type"] in theme.types and (least := theme.visits or theme.per_office):
            yield "minimum_theme", t("plan.minimum", of=theme.name, n=t.number(least))
    for joint in rules.joint:
        if visit["service_id"] in joint.services:
            others = [service for service in joint.services if service != visit["service_id"]]
            yield "joint", t("plan.together", list=words.listed(others))
