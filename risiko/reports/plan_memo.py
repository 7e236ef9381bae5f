"""The decision memo of a plan: what is decided, how it was chosen, what it costs, how sure we are; as plain blocks."""

from __future__ import annotations

from collections import defaultdict

from risiko.reports.card_format import Bullets, Section, Table
from risiko.reports.plan_draw_words import draw_facts, draw_steps
from risiko.reports.plan_rule_words import rule_lines
from risiko.reports.plan_visit_words import involvement, month, topics, why
from risiko.reports.plan_words import PlanWords, Row, days, joined
from risiko.vocabulary import GROUNDS

_BY_LAW = "statutory"
_EVEN = 0.5  # a service less likely than that to be among the first could as well be left out


def memo(words: PlanWords) -> list[Section]:
    """The sections of the memo, in the order of a decision."""
    t = words.t
    return [
        Section(t("plan.memo_decided"), [*_decided(words)]),
        Section(t("plan.memo_capacity"), [_capacity(words)]),
        Section(t("plan.memo_how"), [t("plan.memo_order"), Bullets(_order(words)), _rules(words)]),
        Section(t("plan.memo_list"), [t("plan.drawn_note"), _list(words), *_by_law(words)]),
        Section(t("plan.memo_price"), [words.findings_note, _prices(words), *_beside(words)]),
        Section(t("plan.memo_left_out"), _left_out(words)),
        Section(t("plan.memo_draw"), _draw(words)),
        Section(t("plan.memo_sure"), [Bullets(_sure(words))]),
        Section(t("plan.memo_unknown"), [Bullets(_unknown(words))]),
        Section(t("plan.memo_signed"), [t("plan.memo_leader"), t("plan.memo_planner")]),
        Section(t("plan.memo_source"), [_facts(words), t("plan.step_json")]),
    ]


def _decided(words: PlanWords) -> list[str | Bullets]:
    t, record = words.t, words.record
    said = t(
        "plan.memo_scope", period=words.period, visits=t.plural("plan.visits", len(record.visits)),
        days=days(record.visits["days"].sum(), t), services=t.number(record.visits["service_id"].nunique()),
    )  # fmt: skip
    notices = words.notices()
    council: list[str | Bullets] = [t("council.in_plan"), Bullets(words.council())] if words.statements else []
    return [t("ranking.caveat"), said, t("plan.memo_basis"), *([Bullets(notices)] if notices else []), *council]


def _capacity(words: PlanWords) -> Table:
    t = words.t
    header = [t("filter.office"), t("plan.column_capacity"), t("plan.column_used"), t("plan.column_use"),
              t("plan.column_statutory"), t("plan.column_drawn_days"), t("plan.column_visits")]  # fmt: skip
    rows = [
        [row.office, days(row.capacity, t), days(row.used, t),
         t.percent(row.used / row.capacity) if row.capacity > 0 else "–", days(row.statutory, t), days(row.drawn, t),
         t.number(row.visits)]
        for row in words.record.offices.itertuples()
    ]  # fmt: skip
    return Table(t("plan.memo_capacity_table"), header, rows)


def _order(words: PlanWords) -> list[str]:
    """How many visits each ground gave, in the order the choice was made."""
    t, counts = words.t, words.record.visits["ground"].value_counts()
    return [
        t("plan.memo_ground", ground=_first(t.word("plan_ground", ground)), help=t.word("plan_ground_help", ground),
          visits=t.plural("plan.visits", int(counts.get(ground, 0))))
        for ground in GROUNDS
    ]  # fmt: skip


def _rules(words: PlanWords) -> Table:
    t = words.t
    none = t("plan.rule_none")
    rows = [[t.word("plan_rule", rule), says] for rule, says in rule_lines(words) if says != none]
    return Table(t("plan.memo_rules"), [t("plan.column_rule"), t("plan.column_says")], rows)


def _list(words: PlanWords) -> Table:
    t = words.t
    header = [t("column.service"), t("plan.memo_when"), t("plan.memo_what"), t("column.why"), t("plan.memo_look")]
    chosen = [_visit(visit, words) for visit in words.visits if visit["ground"] != _BY_LAW]
    return Table(t("plan.memo_list_table"), header, chosen)


def _by_law(words: PlanWords) -> list[Table]:
    """A row for each service that the law has visited, with all its visits; no table where there is none."""
    t, found = words.t, defaultdict[tuple[str, str, str], list[Row]](list)
    for visit in words.visits:
        if visit["ground"] == _BY_LAW:
            found[visit["office"], visit["name"], visit["service_id"]].append(visit)
    rows = [
        [name, office, joined(list(dict.fromkeys(month(visit, words) for visit in own)), t), t.number(len(own)),
         days(sum(visit["days"] for visit in own), t), involvement(own[0], words)]
        for (office, name, _), own in sorted(found.items())
    ]  # fmt: skip
    header = [t("column.service"), t("filter.office"), t("plan.column_month"), t("plan.column_visits"),
              t("plan.column_days"), t("plan.column_involvement")]  # fmt: skip
    return [Table(t("plan.memo_law_table"), header, rows)] if rows else []


def _visit(visit: Row, words: PlanWords) -> list[str]:
    t = words.t
    what = t("plan.memo_kind", kind=t.word("kind", visit["kind"]), days=days(visit["days"], t))
    users = t("plan.memo_users", ways=involvement(visit, words))
    look = "; ".join(text for text in (topics(visit, words), users) if text)
    return [visit["name"], f"{visit['office']}, {month(visit, words)}", what, why(visit, words)[0], look]


def _prices(words: PlanWords) -> Table | str:
    t, rows = words.t, [[rule, said] for rule, said in words.prices()]
    if not rows:
        return t("plan.not_priced")
    return Table(t("plan.memo_price_table"), [t("plan.column_rule"), t("plan.column_price_said")], rows)


def _beside(words: PlanWords) -> list[str | Bullets]:
    told = words.beside()
    return [words.t("plan.beside_note"), Bullets(told)] if told else []


def _left_out(words: PlanWords) -> list[str | Table]:
    t, frame = words.t, words.record.left_out
    if frame.empty:
        return [t("plan.memo_all_in")]
    counts = frame.groupby("reason").size().sort_values(ascending=False, kind="stable")
    rows = [[t.word("plan_left_out", str(reason)), t.number(n)] for reason, n in counts.items()]
    table = Table(t("plan.memo_left_out_table"), [t("plan.column_reason"), t("plan.column_services")], rows)
    return [t("plan.memo_left_out_note"), table]


def _draw(words: PlanWords) -> list[str | Table | Bullets]:
    t = words.t
    facts = Table(t("plan.memo_draw_table"), [t("protocol.fact"), t("protocol.value")], draw_facts(words))
    return [t("plan.memo_draw_why"), facts, Bullets(draw_steps(words)), t("plan.memo_draw_all")]


def _sure(words: PlanWords) -> list[str]:
    """Whether the plan is the best there is, and how many of the risk-chosen could as well have been others."""
    t, record = words.t, words.record
    ranked = record.visits[record.visits["ground"] == "risk"]
    unsure = int((ranked["p_top"] < _EVEN).sum())
    best = t("plan.proved") if record.proved else t("plan.not_proved", bound=t.number(record.bound, 3))
    return [
        f"{t('plan.fact_proved')} {best}",
        t.plural("plan.memo_unsure", unsure, of=t.number(len(ranked)), top=t.number(record.top), half=t.percent(_EVEN)),
        t("export.rank_note"),
    ]


def _unknown(words: PlanWords) -> list[str]:
    t, visits = words.t, words.record.visits
    blank = int(visits["involvement"].eq("").sum())
    return [*words.caveats()[2:], *([t.plural("plan.memo_blank", blank)] if blank else [])]


def _facts(words: PlanWords) -> Table:
    t = words.t
    return Table(t("plan.memo_source"), [t("protocol.fact"), t("protocol.value")], words.facts())


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
