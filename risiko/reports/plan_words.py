"""A plan in words: its state, offices, prices, other ways to choose, notices, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from risiko.i18n import Translator
from risiko.plan.archive import PlanRecord
from risiko.plan.statement import Statement
from risiko.reports.names import Names
from risiko.reports.ranking_export import score_name
from risiko.scoring.table import POINTS
from risiko.vocabulary import DIMENSIONS, SECTORS

Row = Mapping[str, Any]  # one row of a frame of the record, by column
_MOST = 5  # services that a sentence names; the others are counted


@dataclass(frozen=True, eq=False)
class PlanWords:
    """A plan and what tells it. number, sha256: of its line in the log; none: the plan is not saved.

    called: service_id -> name of services that are not in the plan's own frames (who would enter without a rule).
    statements: what the user council has said that follows the plan.
    """

    record: PlanRecord
    names: Names
    number: int | None = None
    sha256: str = ""
    called: Mapping[str, str] = field(default_factory=dict)
    statements: Sequence[Statement] = ()

    @property
    def t(self) -> Translator:
        """The reader's language."""
        return self.names.t

    @property
    def title(self) -> str:
        """What it is, with its period."""
        return self.t("plan.title", period=self.period)

    @property
    def period(self) -> str:
        """First and last day."""
        return f"{self.t.date(self.record.start)}–{self.t.date(self.record.end)}"

    @property
    def state(self) -> str:
        """Where the plan is kept, or that it is a draft."""
        return self.t("plan.draft") if self.number is None else self.t("plan.kept", n=self.t.number(self.number))

    @cached_property
    def visits(self) -> list[dict[str, Any]]:
        """The visits as a planner reads them: by office, month (those without one last) and place."""
        rows = self.record.visits.assign(late=self.record.visits["month"].eq(""))
        rows = rows.sort_values(["office", "late", "month", "rank", "service_id"], kind="stable").drop(columns="late")
        return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]

    @cached_property
    def named(self) -> Mapping[str, str]:
        """service_id -> name, of everyone whose name is known."""
        frames = (self.record.left_out, self.record.visits)
        return {**self.called, **{i: n for f in frames for i, n in zip(f["service_id"], f["name"], strict=True)}}

    def name(self, service_id: str) -> str:
        """What the service is called; its id where the plan does not know."""
        return self.named.get(service_id, service_id)

    def listed(self, service_ids: Iterable[str]) -> str:
        """The first few by name, and how many more there are."""
        found = [self.name(service_id) for service_id in service_ids]
        if len(found) <= _MOST:
            return joined(found, self.t)
        return joined([*found[:_MOST], self.t.plural("plan.more", len(found) - _MOST)], self.t)

    @property
    def in_points(self) -> bool:
        """Whether points are counted in this plan."""
        return bool(self.record.rules.capacity.points or self.record.rules.cost.points)

    @property
    def findings_note(self) -> str:
        """What an expected number of findings rests on."""
        t, model = self.t, self.record.model_id
        return t("plan.findings_points") if model == POINTS else t("plan.findings_learned", model=model)

    def caveats(self) -> list[str]:
        """What must stand beside every list: what a score, a draw, a number and a gap do not mean."""
        t = self.t
        known = t("plan.known_until", date=t.date(self.record.as_of))
        return [t("ranking.caveat"), t("plan.drawn_note"), self.findings_note, t("export.missing_note"), known]

    def council(self) -> list[str]:
        """What the user council has said, each with its day and what it would have counted for more."""
        return [self._said(one) for one in self.statements]

    def _said(self, one: Statement) -> str:
        t = self.t
        first = [d for d in DIMENSIONS if one.priorities.get(d) == max(one.priorities.values(), default=0)]
        more = [
            t("council.said_set", name=one.weight_set) if one.weight_set else "",
            t("council.said_first", what=joined([t.word("dimension", d) for d in first], t)) if first else "",
        ]
        return " ".join(text for text in (t("council.said", date=t.date(one.at), text=one.text), *more) if text)

    def facts(self) -> list[tuple[str, str]]:
        """Where the plan comes from: all that is needed to make it again, each with its name."""
        t, record = self.t, self.record
        proved = t("plan.proved") if record.proved else t("plan.not_proved", bound=t.number(record.bound, 3))
        kept = [(t("protocol.sha256"), self.sha256)] if self.sha256 else []
        return [
            (t("plan.fact_state"), self.state), *kept,
            (t("plan.fact_title"), record.title or t("plan.none")), (t("plan.fact_by"), record.by or t("plan.none")),
            (t("plan.fact_made_at"), f"{t.date(record.made_at)} {record.made_at:%H:%M}"),
            (t("plan.fact_period"), self.period), (t("protocol.as_of"), t.date(record.as_of)),
            (t("protocol.score"), score_name(record.model_id, t)), (t("protocol.data_version"), record.data_version),
            (t("protocol.settings_version"), str(record.settings_version)),
            (t("protocol.list_seed"), str(record.list_seed)), (t("plan.fact_seed"), str(record.seed)),
            (t("plan.fact_top"), t.number(record.top)), (t("plan.fact_worth"), t.number(record.worth, 3)),
            (t("plan.fact_proved"), proved),
        ]  # fmt: skip

    def notices(self) -> list[str]:
        """What the planner must know, a sentence each."""
        return notice_lines(self.record.notices, self.name, self.t)

    def offices(self) -> list[str]:
        """Each office's person-days and what became of them."""
        return [self._office(row) for row in _rows(self.record.offices)]

    def _office(self, row: Row) -> str:
        t = self.t
        used = {name: days(row[name], t) for name in ("used", "capacity", "statutory", "drawn")}
        visits = t.plural("plan.visits", row["visits"])
        if pd.isna(row["capacity"]):
            return t("plan.office_unsaid", office=row["office"], used=used["used"], visits=visits)
        return t("plan.office_use", office=row["office"], visits=visits, **used)

    def prices(self) -> list[tuple[str, str]]:
        """Each rule that was priced, with what it costs in a few sentences; dearest first."""
        return [(self.t.word("plan_rule", row["rule"]), self._price(row)) for row in _rows(self.record.prices)]

    def _price(self, row: Row) -> str:
        t, enters, leaves = self.t, parts(row["enters"]), parts(row["leaves"])
        if not enters and not leaves:
            said = [t("plan.price_none")]
        else:
            shown = t.number(abs(row["price_findings"]), 1)
            if shown == t.number(0, 1):
                said = [t("plan.price_equal")]
            elif row["price_findings"] > 0:
                said = [t("plan.price_costs", findings=shown)]
            else:
                said = [t("plan.price_gives", findings=shown)]
        said += [t("plan.price_enters", list=self.listed(enters))] if enters else []
        said += [t("plan.price_leaves", list=self.listed(leaves))] if leaves else []
        return " ".join(said if row["proved"] else [*said, t("plan.price_unproved")])

    def beside(self) -> list[str]:
        """The plan and other ways to choose, a line each."""
        t = self.t
        return [
            t("plan.beside", what=t.word("plan_beside", row["plan"]), visits=t.plural("plan.visits", row["visits"]),
              days=days(row["days"], t), findings=t.number(row["findings"], 1))
            + (f" {t.plural('plan.shared', row['shared'])}" if row["plan"] != "plan" else "")
            for row in _rows(self.record.beside)
        ]  # fmt: skip

    def left_out(self) -> list[tuple[str, str]]:
        """For each service that could not be in the plan the reason, and what stands beside it."""
        t = self.t
        return [(t.word("plan_left_out", row["reason"]), self._detail(row)) for row in _rows(self.record.left_out)]

    def _detail(self, row: Row) -> str:
        t, detail = self.t, str(row["detail"])
        match row["reason"]:
            case "too_recent":
                since = pd.to_numeric(detail, errors="coerce")
                limit = t.plural("plan.months", self.record.rules.spacing.months)
                return t("plan.since_last", months=months(float(since), t), limit=limit)
            case "closing":
                return t("plan.closes", date=t.date(pd.to_datetime(detail, errors="coerce")))
        return t("plan.quote", text=detail) if detail else ""


def notice_lines(notices: pd.DataFrame, name: Callable[[str], str], t: Translator) -> list[str]:
    """archive.NOTICES in words, of a plan or of a selection that is none yet. name: what a service_id is called.

    Offices that took last year's person-days are told together.
    """
    assumed = notices[notices["notice"] == "capacity_last_year"]
    said = []
    if len(assumed) > 1:
        told = [f"{row['who']} ({days(row['number'], t)})" for row in _rows(assumed)]
        said.append(t("plan.notice_last_year", list=joined(told, t)))
        notices = notices.drop(assumed.index)
    for row in _rows(notices):
        who, number = str(row["who"]), row["number"]
        called = t.word("sector", who) if who in SECTORS else name(who)
        n = 0 if pd.isna(number) else round(number)
        said.append(t.plural(f"plan_notice.{row['notice']}", n, who=called, number=days(number, t)))
    return said


def parts(cell: str) -> list[str]:
    """The list within a cell of the record."""
    return cell.split("|") if cell else []


def joined(found: list[str], t: Translator) -> str:
    """A list as a sentence has it: a, b and c."""
    return t("list.and").join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def days(x: float, t: Translator) -> str:
    """Person-days or points: with a decimal only where there is one; missing reads "no data"."""
    return t.number(x, 0 if pd.isna(x) or round(float(x), 1) == round(float(x)) else 1)


def months(x: float, t: Translator) -> str:
    """A time in months, with a decimal where there is one: rounded it could seem to keep a limit that it does not."""
    return t("plan.months_and", x=days(x, t))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
