"""The report back in words: six questions a member would ask, answered in short sentences, tables and pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from risiko.reports.card_format import Block, Bullets, Section, Table
from risiko.reports.names import Names
from risiko.reports.organisation_answers import decided, found, used
from risiko.reports.organisation_facts import ReportBack
from risiko.reports.organisation_told import quote, records, told


@dataclass(frozen=True)
class OrganisationWords:
    """A report back and the names its reader uses."""

    report: ReportBack
    names: Names

    @property
    def title(self) -> str:
        """Whom it answers."""
        return self.names.t("back.title", organisation=self.report.organisation)

    @property
    def period(self) -> str:
        """First and last day."""
        t, period = self.names.t, self.report.period
        return f"{t.date(period.first)}–{t.date(period.last)}"

    def sections(self) -> list[Section]:
        """The whole report, in the order of the questions."""
        t, report, names = self.names.t, self.report, self.names
        return [
            Section(t("back.about"), self._about()),
            Section(t("back.told"), told(report, names)),
            Section(t("back.used"), used(report, names)),
            Section(t("back.decided"), decided(report, names)),
            Section(t("back.found"), found(report, names)),
            Section(t("back.next"), [Bullets(self._next())]),
            Section(t("back.unused"), self._unused()),
        ]

    def _about(self) -> list[Block]:
        t, report = self.names.t, self.report
        made = t("back.made", today=t.date(report.today), as_of=t.date(report.as_of))
        said = [t("back.lead", period=self.period), made]
        said += [] if report.done.services is not None else [t("back.unnamed")]
        return [" ".join(said), t("ranking.caveat")]

    def _next(self) -> list[str]:
        t, report = self.names.t, self.report
        plan = t("back.no_next") if report.next_plan is None else t("back.next_plan", date=t.date(report.next_plan))
        return [plan, t("back.answer_on", date=t.date(report.answer_on)), t("back.fades"), t("back.wrong")]

    def _unused(self) -> list[Block]:
        t, report = self.names.t, self.report
        blocks: list[Block] = []
        if report.unused.empty:
            blocks.append(t("back.all_used") if report.received else t("back.nothing"))
        else:
            rows = [[t.word("unused", row["reason"]), t.number(row["pieces"])] for row in records(report.unused)]
            blocks += [
                t("back.unused_lead"),
                Table(t("back.unused_table"), [t("back.reason"), t("own.pieces")], rows),
            ]
        if len(report.wishes):
            wishes = [[quote(row["text"], t), self._answer(row)] for row in records(report.wishes)]
            blocks += [Table(t("back.wishes"), [t("back.wish"), t("back.answer")], wishes)]
        return blocks

    def _answer(self, wish: dict[str, Any]) -> str:
        """Which parts of the report answer it, by the words it uses, and whether its piece was left out of the list."""
        t = self.names.t
        parts = [t(key) for key, words in _ABOUT.items() if words.search(wish["text"])]
        said = [t("back.wish_unused", reason=t.word("unused", wish["reason"]))] if wish["reason"] else []
        said += [t("back.see", part=part) for part in parts]
        return " ".join(said or [t("back.wish_open")])




# Words, in any of the three languages, that a wish to hear back uses about each part. A wish that uses none is left to
# a person, and the report says so.
_ABOUT = {
    "back.used": re.compile(r"\bbru(k|ke|kt|kte|kast)\b|\bnytt(a|es)?\b|\bus(e|ed|ing)\b|betyd|betyr|matter", re.I),
    "back.decided": re.compile(r"tilsyn|plan|bestem|avgj[øe]r|besøk|vitj|inspect|supervis|decid|visit", re.I),
    "back.found": re.compile(
        r"\bfunn|funne|avdekk|\brett(a|et|es)\b|endr|betre|bedr|found|correct|chang|improv", re.I
    ),
    "back.next": re.compile(r"\bnår\b|videre|vidare|framover|fremover|\bwhen\b|\bnext\b", re.I),
}
