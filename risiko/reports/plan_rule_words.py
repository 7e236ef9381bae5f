"""The rules of a plan in words, every one with its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from risiko.plan.rules import Override
from risiko.reports.plan_words import PlanWords, days, joined

_AS_SCORED = 0.5  # the quantile that leaves priorities as they are


def rule_lines(words: PlanWords) -> list[tuple[str, str]]:
    """Every rule with what it says in this plan: (a word of the family plan_rule, one or more sentences)."""
    tell: Mapping[str, Callable[[PlanWords], str]] = {
        "period": _period, "capacity": _capacity, "points": _points, "cost": _cost, "kinds": _kinds, "office": _office,
        "once": lambda w: w.t("plan.rule_once"), "statutory": _statutory, "draw": _draw, "regularity": _regularity,
        "minimum_sector": _sectors, "minimum_county": _counties, "minimum_theme": _themes,
        "burden_municipality": lambda w: _burden(w, w.record.rules.burden.per_municipality, _per_month(w)),
        "burden_provider": lambda w: _burden(w, w.record.rules.burden.per_provider, ""),
        "spacing": _spacing, "joint": _joint, "add": lambda w: _overrides(w, "add"),
        "skip": lambda w: _overrides(w, "skip"), "postpone": lambda w: _overrides(w, "postpone"),
        "objective": _objective,
    }  # fmt: skip
    return [(rule, say(words)) for rule, say in tell.items()]


def _listed(found: Mapping[str, Any] | list[str], words: PlanWords) -> str:
    """"a: 1; b: 2"; where there is nothing, that there is no such rule."""
    told = found if isinstance(found, list) else [f"{name}: {value}" for name, value in found.items()]
    return "; ".join(told) or words.t("plan.rule_none")


def _period(words: PlanWords) -> str:
    return f"{words.period} ({words.t.plural('plan.months', words.record.rules.period.months)})"


def _capacity(words: PlanWords) -> str:
    offices, said = words.record.offices, words.record.rules.capacity
    found = {o: days(c, words.t) for o, c in zip(offices["office"], offices["capacity"], strict=True)}
    return _listed(found, words) + (f". {words.t('plan.rule_last_year')}" if said.as_last_year else "")


def _points(words: PlanWords) -> str:
    return _listed({o: days(p, words.t) for o, p in words.record.rules.capacity.points.items()}, words)


def _cost(words: PlanWords) -> str:
    t, cost = words.t, words.record.rules.cost
    found = {t.word("kind", kind): days(x, t) for kind, x in cost.person_days.items()}
    found |= {
        f"{words.names.service_type(slug)}, {t.word('kind', kind)}": days(x, t)
        for slug, own in cost.by_type.items() for kind, x in own.items()
    }  # fmt: skip
    points = t.word("plan_rule", "points").lower()
    found |= {f"{t.word('kind', kind)}, {points}": days(x, t) for kind, x in cost.points.items()}
    return _listed(found, words)


def _kinds(words: PlanWords) -> str:
    t, kinds = words.t, words.record.rules.kinds
    own = [f"{words.names.service_type(slug)}: {t.word('kind', kind)}" for slug, kind in kinds.by_type.items()]
    return _listed([t.word("kind", kinds.default), *own], words)


def _office(words: PlanWords) -> str:
    t, office = words.t, words.record.rules.office
    said = t("plan.rule_any_office", days=days(office.away_days, t)) if office.any else t("plan.rule_own_office")
    return f"{t('plan.rule_only', list=joined(list(office.only), t))} {said}" if office.only else said


def _statutory(words: PlanWords) -> str:
    t, rule = words.t, words.record.rules.statutory
    found = {
        words.names.service_type(slug): t("plan.rule_yearly", n=t.number(n)) for slug, n in rule.visits.items() if n
    }
    own = f". {t('plan.rule_column', column=rule.column)}" if rule.column else ""
    return _listed(found, words) + own


def _draw(words: PlanWords) -> str:
    t, rule = words.t, words.record.rules.exploration
    if not rule.share:
        return t("plan.rule_none")
    return t("plan.rule_draw", share=t.percent(rule.share), times=days(rule.quiet_weight, t), seed=words.record.seed)


def _regularity(words: PlanWords) -> str:
    t, rule = words.t, words.record.rules.regularity
    if not rule.share or not (rule.longest_months or any(rule.by_type.values())):
        return t("plan.rule_none")
    said = t("plan.rule_regularity", share=t.percent(rule.share), limit=t.plural("plan.months", rule.longest_months))
    own = {words.names.service_type(slug): t.plural("plan.months", n) for slug, n in rule.by_type.items()}
    return f"{said} {_listed(own, words)}" if own else said


def _least(of: str, n: int, words: PlanWords) -> list[str]:
    return [words.t("plan.minimum", of=of, n=words.t.number(n))] if n else []


def _sectors(words: PlanWords) -> str:
    asked = words.record.rules.minimum.sector
    return _listed([x for sector, n in asked.items() for x in _least(words.t.word("sector", sector), n, words)], words)


def _counties(words: PlanWords) -> str:
    asked = words.record.rules.minimum
    named = [x for county, n in asked.county.items() for x in _least(county, n, words)]
    return _listed([*named, *_least(words.t("plan.rule_each_county"), asked.each_county, words)], words)


def _themes(words: PlanWords) -> str:
    t, found = words.t, []
    for theme in words.record.rules.minimum.theme:
        types = ", ".join(words.names.service_type(slug) for slug in theme.types)
        found += _least(f"{theme.name} [{types}]", theme.visits, words)
        found += _least(f"{theme.name} [{types}], {t('plan.rule_each_office')}", theme.per_office, words)
    return _listed(found, words)


def _burden(words: PlanWords, limit: int, more: str) -> str:
    t = words.t
    said = [t("plan.rule_most", n=t.number(limit))] if limit else []
    said += [t("plan.rule_others")] if limit and words.record.rules.burden.others_count else []
    return " ".join([*said, more]).strip() or t("plan.rule_none")


def _per_month(words: PlanWords) -> str:
    most = words.record.rules.burden.per_month
    return words.t("plan.rule_per_month", n=words.t.number(most)) if most else ""


def _spacing(words: PlanWords) -> str:
    t, least = words.t, words.record.rules.spacing.months
    return t("plan.rule_spacing", limit=t.plural("plan.months", least)) if least else t("plan.rule_none")


def _joint(words: PlanWords) -> str:
    t = words.t
    found = [
        t("plan.rule_joint", list=words.listed(joint.services), days=days(joint.saves_days, t))
        + (f" ({joint.why})" if joint.why else "")
        for joint in words.record.rules.joint
    ]
    return _listed(found, words)


def _overrides(words: PlanWords, action: str) -> str:
    return _listed([_override(o, words) for o in words.record.rules.override if o.action == action], words)


def _override(override: Override, words: PlanWords) -> str:
    """Who, until when, why, and in whose words."""
    t = words.t
    until = f" ({t('plan.rule_until', date=t.date(override.until))})" if override.until else ""
    by = f" ({override.by})" if override.by else ""
    said = t("plan.quote", text=override.text)
    return f"{words.name(override.service)}{until}: {t.word('override_reason', override.reason)}, {said}{by}"


def _objective(words: PlanWords) -> str:
    quantile = words.record.rules.objective.quantile
    if quantile == _AS_SCORED:
        return words.t("plan.rule_objective")
    return words.t("plan.rule_quantile", share=words.t.percent(quantile))
