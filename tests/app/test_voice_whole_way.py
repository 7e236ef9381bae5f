"""The whole way on the pages: a workbook comes in, the list moves, a plan is kept, a failure is found, an answer is given."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.access import local
from risiko.app.data import Opened
from risiko.app.plan_data import Asked, Made, key_of
from risiko.app.server import MAIN
from risiko.i18n import Translator
from risiko.intake.filled_template import filled_template
from risiko.intake.submission import Said, Submission
from risiko.pipeline import planning
from risiko.pipeline.intake import known_for_intake, take
from risiko.pipeline.ledger import uses_of
from risiko.pipeline.plans import decide, save_plan
from risiko.plan.rules import Rules, shipped
from tests.app.page_text import said

Page = Callable[..., AppTest]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORGANISATION = "Foreningen Løvetann"
SEED = 7


@pytest.fixture
def own(authority: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(authority, tmp_path / "own.db"))


def unheard(run: pipeline.Run) -> list[str]:
    """Four in the middle of the list, of one type, never rated by users."""
    ranked, cohort = run.table.scores["rank"], run.prepared.cohort.services
    silent = ~cohort.index.isin(run.prepared.known["experiences"]["service_id"].dropna())
    likely = ranked[(cohort["service_type"] == "general_practice").to_numpy() & silent]
    return [str(service) for service in (likely - len(ranked) / 2).abs().nsmallest(4).index]


def survey(services: list[str], last: date) -> Submission:
    places = tuple(Said(service_id=one, dimension="safe", score=8.0, n=40, n_invited=50, spread=15.0) for one in services)
    return Submission(
        "survey", ORGANISATION, new_organisation=True, asked_by="Organisasjonen", reached="members", user_group="users",
        n=160, n_invited=200, first_day=last - timedelta(days=14), last_day=last, consent="agreed", purpose="supervision",
        said=places,
    )  # fmt: skip


def test_a_workbook_moves_the_list_and_stands_behind_the_plan_that_is_kept(page: Page, own: Path, run: pipeline.Run) -> None:
    opened, today = pipeline.open_authority(str(own)), date.today()
    chosen = unheard(run)
    before = pipeline.rank(pipeline.prepare(opened, today))
    known = known_for_intake(opened, today)
    book = filled_template(survey(chosen, today - timedelta(days=20)), Translator("nb"), known)
    app = page(own, at="views/brukererfaring.py", section="give")
    app.file_uploader[0].set_value(("innspill.xlsx", book, XLSX)).run()
    app.button(key="voice.take").click().run()
    assert not app.exception
    assert app.success[0].value.startswith("Takk! Innspillet er tatt imot.")
    (piece,) = opened.store.read(["submissions"])["submissions"]["submission_id"]
    after = pipeline.rank(pipeline.prepare(opened, today))
    assert (after.table.scores.loc[chosen, "rank"] < before.table.scores.loc[chosen, "rank"]).all()
    planner = page_with_plan(own, after, chosen[0])
    planner.button(key="plan.save").click().run()
    assert not planner.exception
    uses = uses_of(opened, piece)
    assert (1, chosen[0]) in uses.plans.loc[uses.plans["planned"], ["plan", "service_id"]].itertuples(index=False, name=None)
    assert uses.plans["recorded"].all()
    ledger = page(own, at="views/brukererfaring.py", section="use")
    assert not ledger.exception
    assert ORGANISATION in said(ledger)


def rules_with(run: pipeline.Run, service: str) -> Rules:
    """The shipped rules with room in every office, and one service added by hand."""
    offices = run.prepared.cohort.services["office"].dropna().unique()
    override = {"service": service, "action": "add", "reason": "concern", "text": "Members told us.", "by": "KN"}
    return shipped().with_changes({"capacity": {"person_days": dict.fromkeys(offices, 100.0)}, "override": [override]})


def page_with_plan(own: Path, run: pipeline.Run, service: str) -> AppTest:
    """The page Plan with the plan that its rules give, one service added by hand; making it is tried in test_plan."""
    rules = rules_with(run, service)
    draft = planning.draft(run, rules, seed=SEED, made_at=datetime.now(), by="KN")
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.session_state["plan.asked"] = Asked(rules, SEED)
    at = Opened(str(own), None, run.as_of, run.as_of)
    app.session_state["plan.made"] = Made(key_of(at, run, rules, SEED), draft, 0)
    app.switch_page("views/plan.py")
    return app.run()


def test_a_finding_registered_on_the_page_stands_in_the_answer(page: Page, own: Path, run: pipeline.Run) -> None:
    opened, chosen = pipeline.open_authority(str(own)), unheard(run)
    heard, made = datetime(2026, 7, 6, 9), datetime(2026, 7, 7, 9)
    take(opened, survey(chosen, date(2026, 6, 20)), local("KN"), now=heard)
    after = pipeline.rank(pipeline.prepare(opened, heard.date()))
    record = planning.draft(after, rules_with(after, chosen[0]), seed=SEED, made_at=made, by="KN").record
    assert record is not None
    save_plan(opened, record, local("KN"), at=made)
    decide(opened, 1, "approved", "Agreed.", local("KN"), at=made)
    results = page(own, at="views/resultater.py")
    name = next(one for one in results.selectbox(key="results.form.service").options if chosen[0] in one)
    results.selectbox(key="results.form.service").set_value(chosen[0] if name == chosen[0] else name)
    results.date_input(key="results.form.day").set_value(date(2026, 8, 20))
    results.selectbox(key="results.form.severity.1").set_value("breach")
    results.button[-1].click().run()
    assert not results.exception
    assert results.success[0].value.startswith("Utfallet er lagret.")
    answer = page(own, at="views/brukererfaring.py", section="answer")
    answer.selectbox(key="own.whose").set_value(ORGANISATION).run()
    assert not answer.exception
    text = said(answer).replace("\\", "")
    for told in ("4 tjenester: det dere fortalte, gir mer grunn til å se nærmere.", "Vi har ført 1 tilsyn siden",
                 "Ferdige tilsyn har 1 funn"):  # fmt: skip
        assert told in text, told
    assert chosen[0] not in text
    assert str(after.prepared.cohort.services.loc[chosen[0], "name"]) not in text
