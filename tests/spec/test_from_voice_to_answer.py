"""The whole way: users are heard, the score moves, a plan is kept, a failure is found, and the organisation is told."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import pandas as pd

from risiko import pipeline
from risiko.access import Person, local
from risiko.i18n import Translator
from risiko.intake.submission import Quote, Said, Submission
from risiko.pipeline import Authority, planning
from risiko.pipeline.evidence_use import note_use
from risiko.pipeline.intake import take
from risiko.pipeline.ledger import evidence_behind, uses_of
from risiko.pipeline.outcomes import Found, Outcome, register
from risiko.pipeline.plans import KeptPlan, decide, save_plan
from risiko.pipeline.report_back import report_back
from risiko.pipeline.runs import Run
from risiko.plan.rules import shipped
from risiko.reports.names import Names
from risiko.reports.organisation_html import organisation_html
from risiko.reports.organisation_words import OrganisationWords
from tests import small_authority as small

HEARD, MADE, VISITED, ANSWERED = (datetime(2024, 7, 2, 9), datetime(2024, 7, 3, 9), datetime(2024, 9, 20, 9),
                                  datetime(2025, 1, 15, 9))  # fmt: skip
MEMBER = Person("kari@lag.no", frozenset({"organisation"}), organisation="Foreningen Løvetann")
ME = local("KN")


class Story:
    """One authority from before the voice was heard until the answer; made once, and read by every test."""

    def __init__(self) -> None:
        self.authority: Authority = small.stored(small.world())
        self.before = self.scored(date(2024, 7, 2))
        self.services = self._quiet_ones()
        self.service = self.services[0]
        self.taken = take(self.authority, self._told(), MEMBER, now=HEARD)
        self.after = self.scored(date(2024, 7, 2))
        self.kept = self._planned()
        self.registered = self._found()

    def scored(self, day: date) -> Run:
        return pipeline.rank(pipeline.prepare(self.authority, day))

    def _quiet_ones(self) -> list[str]:
        """Four in the middle of the list, of one type, never rated by users: evidence must be what moves them."""
        ranked, cohort = self.before.table.scores["rank"], self.before.prepared.cohort.services
        unheard = ~cohort.index.isin(self.before.prepared.known["experiences"]["service_id"].dropna())
        likely = ranked[(cohort["service_type"] == "nursing_home").to_numpy() & unheard]
        return [str(service) for service in (likely - len(ranked) / 2).abs().nsmallest(4).index]

    def _told(self) -> Submission:
        said = tuple(Said(service_id=service, dimension=d, score=12.0, n=40, n_invited=50, spread=15.0)
                     for service in self.services for d in ("safe", "involving"))  # fmt: skip
        return Submission(
            "survey", "Foreningen Løvetann", new_organisation=True, asked_by="Organisasjonen", reached="members",
            user_group="relatives", n=160, n_invited=200, n_women=90, n_men=70, first_day=date(2024, 6, 1),
            last_day=date(2024, 6, 20), consent="agreed", purpose="supervision", wants_back="Blir det tilsyn?", said=said,
            quotes=(Quote("Ingen svarer når vi ringer.", True, "safe", "organisation"),),
        )  # fmt: skip

    def _planned(self) -> KeptPlan:
        override = {"service": self.service, "action": "add", "reason": "concern", "text": "Members told us.", "by": "KN"}
        rules = shipped().with_changes({"override": [override]})
        record = planning.draft(self.after, rules, seed=7, made_at=MADE, by="KN").record
        assert record is not None
        kept = save_plan(self.authority, record, ME, at=MADE)
        note_use(self.authority, kept, self.after.prepared.known, ME, at=MADE)
        decide(self.authority, kept.number, "approved", "Agreed by the office.", ME, at=MADE)
        return kept

    def _found(self) -> str:
        found = Found("breach", "safe", "No call was logged.", corrected=date(2024, 9, 18))
        outcome = Outcome(self.service, date(2024, 9, 2), "inspection", "risk", (found,), plan=self.kept.number)
        return register(self.authority, outcome, ME, now=VISITED).supervision_id


@cache
def story() -> Story:
    return Story()


@cache
def answer() -> str:
    s = story()
    run = s.scored(date(2024, 7, 2))
    facts = report_back(s.authority, "FORENINGEN LØVETANN", "2024H2", today=ANSWERED.date(), run=run)
    names = Names.of(Translator("nb"), s.authority.settings, run.prepared.known["metadata_columns"])
    return organisation_html(OrganisationWords(facts, names)).decode()


def test_the_voice_moves_the_score_of_the_service_it_speaks_of() -> None:
    s = story()
    assert s.taken.status == "added"
    was, now = (run.table.scores.loc[s.services] for run in (s.before, s.after))
    assert (now["likelihood"] > was["likelihood"]).all()
    assert (now["rank"] < was["rank"]).all()


def test_and_not_before_it_was_known() -> None:
    s = story()
    pd.testing.assert_series_equal(
        s.scored(date(2024, 7, 1)).table.scores["likelihood"],
        pipeline.rank(pipeline.prepare_tables(small.world(), date(2024, 7, 1), small.rules())).table.scores["likelihood"],
    )


def test_the_plan_leads_back_to_the_voice_and_the_voice_to_the_finding() -> None:
    s = story()
    behind = evidence_behind(s.authority, s.kept.number, s.service)
    assert behind.loc[behind["piece_id"] == s.taken.submission_id, ["direct", "recorded"]].to_numpy().tolist() == [[True, True]]
    uses = uses_of(s.authority, s.taken.submission_id)
    assert s.kept.number in set(uses.plans["plan"])
    assert uses.findings[["worst", "failures", "corrected", "plan"]].to_numpy().tolist() == [["breach", 1, 1, s.kept.number]]


def test_the_log_tells_every_step_and_is_whole() -> None:
    s = story()
    kinds = s.authority.store.log()["kind"].tolist()
    assert [kind for kind in kinds if kind not in ("import",)] == ["submission", "plan", "evidence_use", "decision", "outcome"]
    assert s.authority.store.verify() == []


def test_the_answer_says_what_was_given_moved_decided_found_and_corrected() -> None:
    text = answer()
    for said in ("Foreningen Løvetann", "160 personer", "Ingen svarer når vi ringer.", "Blir det tilsyn?", "lovbrudd"):
        assert said in text, said


def test_the_answer_names_no_service() -> None:
    s = story()
    cohort = s.after.prepared.cohort.services
    assert s.service not in answer()
    assert not [name for name in cohort["name"].dropna() if name in answer()]
