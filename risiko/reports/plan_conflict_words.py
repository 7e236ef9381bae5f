"""Rules that collide, in words: which ones, where, and each of the smallest changes that would make room."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from risiko.i18n import Translator
from risiko.plan.conflicts import Conflict, Easing, Row, Way
from risiko.plan.selection import Selection
from risiko.reports.plan_words import days, joined
from risiko.vocabulary import SECTORS

_MOST = 5  # services that a sentence names; the others are counted
Name = Callable[[str], str]


def head(conflict: Conflict, t: Translator) -> str:
    """Which rules cannot hold together."""
    rules = joined([f"«{t.word('plan_rule', rule)}»" for rule in conflict.rules], t)
    said = t.plural("plan_conflict.head", len(conflict.rules), rules=rules)
    return said if conflict.minimal else f"{said} {t('plan_conflict.unsure')}"


def asked(conflict: Conflict, selection: Selection, name: Name, t: Translator) -> list[str]:
    """What each of the colliding rows asks, and the visits that are forced or forbidden."""
    lines = [line for row in conflict.rows for line in _row(row, name, t)]
    if services := _services(conflict.visits, selection):
        lines.append(t.plural("plan_conflict.visits", len(services), list=_listed(services, name, t)))
    return lines


def ways(conflict: Conflict, selection: Selection, name: Name, t: Translator) -> list[str]:
    """Changes each of which is enough, the slightest first."""
    return [_way(way, selection, name, t) for way in conflict.ways]


def _row(row: Row, name: Name, t: Translator) -> list[str]:
    rule, what = t.word("plan_rule", row.rule), _what(row.rule, row.what, name, t)
    if row.rule == "joint":
        return [f"{rule}: {what}"]
    least = [t("plan_conflict.least", rule=rule, what=what, n=days(row.low, t))] if math.isfinite(row.low) else []
    most = [t("plan_conflict.most", rule=rule, what=what, n=days(row.high, t))] if math.isfinite(row.high) else []
    return least + most


def _way(way: Way, selection: Selection, name: Name, t: Translator) -> str:
    said = [_change(one, name, t) for one in way.easings if one.visit < 0]
    for end in ("least", "most"):
        freed = [one for one in way.easings if one.visit >= 0 and one.end == end]
        services = _services([one.visit for one in freed], selection)
        if not services:
            continue
        rules = joined([t.word("plan_rule", rule) for rule in sorted({one.rule for one in freed})], t)
        told, n = {"rule": rules, "list": _listed(services, name, t)}, len(services)
        let_go = end == "least"
        said.append(
            t.plural("plan_conflict.let_go", n, **told) if let_go else t.plural("plan_conflict.let_in", n, **told)
        )
    text = joined(said, t)
    return text if way.smallest else f"{text} {t('plan_conflict.not_smallest')}"


def _change(one: Easing, name: Name, t: Translator) -> str:
    """From what to what; rounded to the side that is enough."""
    to = math.ceil(one.to * 10 - 1e-6) / 10 if one.end == "high" else math.floor(one.to * 10 + 1e-6) / 10
    rule, what = t.word("plan_rule", one.rule), _what(one.rule, one.what, name, t)
    if one.rule == "joint":
        return t("plan_conflict.apart", list=what)
    old, new = days(one.from_, t), days(max(to, 0.0), t)
    if one.end == "high":
        return t("plan_conflict.raise", rule=rule, what=what, old=old, new=new)
    return t("plan_conflict.lower", rule=rule, what=what, old=old, new=new)


def _what(rule: str, what: str, name: Name, t: Translator) -> str:
    """Whom a row is about: a sector's word, services visited together by name, anything else as it is."""
    if what in SECTORS:
        return t.word("sector", what)
    return joined([name(part) for part in what.split(", ")], t) if rule == "joint" else what


def _services(visits: Sequence[int], selection: Selection) -> list[str]:
    ids = selection.eligible.candidates["service_id"].to_numpy()
    return list(dict.fromkeys(str(ids[selection.posed.service[visit]]) for visit in visits))


def _listed(services: Sequence[str], name: Name, t: Translator) -> str:
    found = [name(one) for one in services[:_MOST]]
    more = len(services) - len(found)
    return joined([*found, t.plural("plan.more", more)] if more else found, t)
