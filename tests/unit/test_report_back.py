"""The report back: a planted story with every number named, and nothing in it that may not be told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime
from html import unescape
from io import BytesIO

import docx
import pytest

from risiko import pipeline, settings
from risiko.access import Person, local
from risiko.errors import InputError
from risiko.i18n import LANGUAGES, Translator
from risiko.pipeline.decisions import override
from risiko.pipeline.plans import decide, save_plan
from risiko.pipeline.report_back import may_have, note_report, report_back, report_words
from risiko.reports.log_words import said
from risiko.reports.organisation_docx import organisation_docx
from risiko.reports.organisation_facts import ReportBack
from risiko.reports.organisation_html import organisation_html
from risiko.reports.organisation_words import OrganisationWords
from risiko.store import open_store
from tests.builders import batch, part
from tests.plans import a_plan

AS_OF, TODAY, NOW = date(2026, 6, 30), date(2026, 11, 15), datetime(2026, 7, 20, 9)
US, SUB = "Foreningen A & <b>venner</b>", "sub-aaaaaaaaaaaa"
PEERS = [f"s{i:03}" for i in range(15, 35)]
# s001-s005 nursing homes in Agder, s006-s009 in Oslo, s010 in Troms, s011-s014 home care in Agder, the rest elsewhere.
AREAS = ["Agder"] * 5 + ["Oslo"] * 4 + ["Troms"] + ["Agder"] * 4 + ["Vestland"] * len(PEERS)
SERVICES = "service_id | name | county | service_type | office\n" + "\n".join(
    f"s{i:03} | Huset Nummer {i:03} | {area} | {'home_care' if 11 <= i <= 14 else 'nursing_home'} | Nord"
    for i, area in enumerate(AREAS, start=1)
)
# Received in the first half of 2026: eight pieces by us. Of three people (s006) and one (s010) no number may be told.
TOLD = f"""experience_id | service_id | event_date | known_date | method | organisation | dimension | score | n | text
    e1 | s001 | 2026-02-01 | 2026-03-01 | survey | {US} | safe | 20 | 20 |
    e2 | s002 | 2026-02-01 | 2026-03-01 | survey | {US.casefold()} | safe | 25 | 20 |
    e3 | s003 | 2026-02-01 | 2026-03-01 | survey | {US} | safe | 96 | 20 |
    e4 | s006 | 2026-02-02 | 2026-03-01 | interview | {US} | safe | 40 | 3 |
    e5 | s007 | 2026-02-02 | 2026-03-01 | focus_group | {US} | safe | 40 | 8 |
    e6 | s010 | 2026-02-02 | 2026-03-01 | narrative | {US} | | | 1 | Hemmelig fortelling.
    {SUB}-1 | s013 | 2026-02-03 | 2026-03-01 | survey | {US} | involving | 50 | 12 |
    e8 | s014 | 2026-02-03 | 2026-03-01 | interview | {US} | involving | 60 | 6 |
    o1 | s004 | 2026-02-01 | 2026-03-01 | survey | Andre | safe | 70 | 40 |
    o2 | s005 | 2026-02-01 | 2026-03-01 | survey | Tredje | safe | 80 | 40 |
    o3 | s011 | 2026-02-01 | 2026-03-01 | survey | Andre | involving | 77 | 40 |
    old | s008 | 2025-02-01 | 2025-03-01 | survey | {US} | safe | 50 | 33 |
""" + "\n".join(f"p{i} | {s} | 2025-01-01 | 2025-02-01 | survey | Andre | safe | {66 + i % 9} | 40 |" for i, s in enumerate(PEERS))
SUBMITTED = f"""submission_id | known_date | first_day | event_date | method | organisation | reached | user_group | n | consent | purpose | keep_until | wants_back | content_hash
    {SUB} | 2026-03-01 | 2026-01-20 | 2026-02-03 | survey | {US} | members | users | 12 | agreed | supervision | 2029-01-01 | Blir det ført tilsyn? | x"""
QUOTES = f"""quote_id | known_date | dimension | text | may_show
    {SUB}-1 | 2026-03-01 | involving | Ingen <spurte> meg. | organisation
    {SUB}-2 | 2026-03-01 | involving | Bare for tilsynet. | authority"""
ITEMS = f"""item_mean_id | event_date | known_date | service_id | instrument | item | dimension | n | n_blank | mean | spread
    {SUB}-1 | 2026-02-03 | 2026-03-01 | s013 | own | heard | involving | 11 | 1 | 44 | 20
    {SUB}-2 | 2026-02-03 | 2026-03-01 | s013 | own | rare | involving | 3 | 9 | 44 | 20"""
VISITS = """supervision_id | service_id | event_date | known_date
    v1 | s001 | 2026-09-01 | 2026-09-02
    v2 | s007 | 2026-09-10 | 2026-09-11
    v3 | s003 | 2026-02-01 | 2026-02-02
    v4 | s002 | 2026-12-01 | 2026-12-02"""
FINDINGS = """supervision_id | known_date | severity | dimension | corrected_date
    v1 | 2026-09-20 | serious_breach | safe | 2026-10-10
    v1 | 2026-09-20 | breach | involving |
    v3 | 2026-02-10 | serious_breach | coordinated |"""


def authority_of(address: str = "memory:", **voices: object) -> pipeline.Authority:
    base = settings.load()
    chosen = base.model_copy(update={
        "voices": base.voices.model_copy(update=voices), "score": base.score.model_copy(update={"draws": 100}),
    })  # fmt: skip
    store = open_store(address)
    drawn = {"services": SERVICES, "experiences": TOLD, "submissions": SUBMITTED, "quotes": QUOTES,
             "item_means": ITEMS, "supervisions": VISITS, "findings": FINDINGS}  # fmt: skip
    store.commit(batch(*(part(name, rows, file=f"{name}.csv") for name, rows in drawn.items())))
    return pipeline.Authority(store, chosen)


def told_of(authority: pipeline.Authority, **asked: object) -> ReportBack:
    run = pipeline.rank(pipeline.prepare(authority, AS_OF))
    wanted: dict[str, object] = {"organisation": US, "period": "2026H1", "today": TODAY, **asked}
    return report_back(authority, str(wanted["organisation"]), str(wanted["period"]), today=wanted["today"], run=run)


@pytest.fixture(scope="module")
def authority() -> pipeline.Authority:
    """With plan 1 approved: s001-s006 are visited, s013 was visited recently, s014 was taken out by hand."""
    opened = authority_of()
    save_plan(opened, a_plan(), local("KN"), at=NOW)
    decide(opened, 1, "approved", "Godt grunngitt.", local("KN"), at=NOW)
    override(opened, "s014", "skip", "closing", "Legges ned, sier Huset Nummer 014.", local("KN"), at=NOW, office=None)
    return opened


@pytest.fixture(scope="module")
def report(authority: pipeline.Authority) -> ReportBack:
    return told_of(authority)


def page(authority: pipeline.Authority, report: ReportBack, language: str = "nb") -> str:
    return organisation_html(report_words(authority, report, language)).decode()


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", html)))


def word_text(content: bytes) -> str:
    read = docx.Document(BytesIO(content))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in read.paragraphs), *cells])


# --- what they gave


def test_what_was_given_is_counted_by_the_day_it_was_received(report: ReportBack) -> None:
    given = report.given
    assert (given.pieces, given.people, given.at_least) == (None, 86, True), "the three and the one are not counted"
    table = report.given.table
    shown = table[~table["hidden"] & ~table["total"]]
    known = {(r.method, r.service_type, r.area): (r.pieces, r.people) for r in shown.itertuples()}
    assert known[("survey", "nursing_home", "Agder")] == (3, 60)


def test_of_a_small_group_neither_pieces_nor_people_are_told(report: ReportBack) -> None:
    table = report.given.table.set_index(["method", "area"])
    for key in (("interview", "Oslo"), ("narrative", "Troms")):
        assert table.loc[key, "hidden"].all()
        assert table.loc[key, ["pieces", "people"]].isna().to_numpy().all()
    totals = table[table["total"]].reset_index("area")
    assert totals.loc["interview", "at_least"]
    assert totals.loc["interview", "people"] == 6, "of the nine: the six that are a group of their own"


def test_means_stand_beside_two_other_sources_and_leave_small_groups_out(report: ReportBack) -> None:
    means = report.given.means.set_index(["kind", "dimension", "item"])
    safe, involving = means.loc[("dimension", "safe", "")], means.loc[("dimension", "involving", "")]
    assert (safe["n"], safe["mean"]) == (68, pytest.approx((20 * (20 + 25 + 96) + 8 * 40) / 68))
    assert (safe["others_n"], safe["others_mean"], safe["others_sources"]) == (80, 75, 2)
    assert involving["against"] == "alone", "one other source alone would be told whole"
    assert involving[["others_n", "others_mean"]].isna().all()
    assert means.loc[("item", "involving", "heard"), "n"] == 11
    assert ("item", "involving", "rare") not in means.index, "three people answered it"


def test_only_quotes_that_may_be_read_are_told(report: ReportBack) -> None:
    assert report.given.quotes["text"].tolist() == ["Ingen <spurte> meg."]


# --- what came of it


def test_services_are_told_in_cells_of_three_or_more(report: ReportBack) -> None:
    cells = report.done.cells.set_index(["service_type", "area"])
    assert dict(cells["services"]) == {("nursing_home", "Agder"): 3, ("", ""): 5}
    agder = cells.loc[("nursing_home", "Agder")]
    assert (agder["strengthened"], agder["weakened"]) == (2, 1)
    assert cells[["up", "down"]].isna().to_numpy()[0].all(), "the median of two would be near their own"


def test_what_was_planned_and_why_not(report: ReportBack) -> None:
    assert report.plans[["number", "status"]].values.tolist() == [[1, "approved"]]
    assert dict(report.done.grounds.values) == {"statutory": 1, "draw": 1, "override": 1, "risk": 1}
    assert dict(report.done.reasons.values) == {"no_room": 2, "too_recent": 1, "skipped": 1}
    assert report.done.cells["planned"].sum() == 4
    assert report.done.overrides.values.tolist() == [["skip", "closing", 1]]


def test_only_concluded_supervisions_since_are_told_of(report: ReportBack) -> None:
    assert (report.done.visits, report.done.pending, report.done.clean) == (2, 1, 0)
    found = report.done.found.set_index("dimension")
    assert found.loc["safe"].to_dict() == {"remark": 0, "breach": 0, "serious_breach": 1, "corrected": 1}
    assert found.loc["involving"].to_dict() == {"remark": 0, "breach": 1, "serious_breach": 0, "corrected": 0}
    assert list(found.index) == ["involving", "safe"], "what v3 found was known before the evidence came"


def test_what_comes_next_and_what_was_not_used(report: ReportBack) -> None:
    assert (report.next_plan, report.answer_on) == (date(2027, 7, 1), date(2027, 5, 15))
    assert dict(report.unused.values)["words_only"] == 1
    assert report.wishes["text"].tolist() == ["Blir det ført tilsyn?"]


def test_before_anything_was_decided_the_report_says_so(authority: pipeline.Authority) -> None:
    early = told_of(authority, today=date(2026, 7, 1))
    text = plain(page(authority, early))
    assert early.plans.empty
    assert early.done.visits == 0
    assert early.next_plan is None
    assert "ingenting bestemt ennå" in text
    assert "vet vi ikke om noe er galt" in text


def test_before_a_half_year_is_over_only_large_groups_are_told_of(authority: pipeline.Authority) -> None:
    early, late = told_of(authority, today=date(2026, 6, 30)), told_of(authority, today=date(2026, 7, 1))
    assert early.open
    assert not late.open
    assert early.given.people == 86
    few = early.given.table[early.given.table["people"].fillna(0) < 5]
    assert len(few)
    assert few["people"].isna().all()
    assert ((late.given.people or 0) - 86) not in (1, 2, 3, 4), "or the small ones could be worked out a day later"
    assert early.done.cells["services"].sum() == 8
    assert "ikke over" in plain(page(authority, early))


def test_an_organisation_that_gave_nothing_is_told_so(authority: pipeline.Authority) -> None:
    empty = told_of(authority, organisation="Ukjent")
    assert (empty.received, empty.done.told) == (0, False)
    assert "Vi fikk ikke noe fra dere" in plain(page(authority, empty))
    assert "Vi fikk ikke noe fra dere" in word_text(organisation_docx(report_words(authority, empty, "nb")))


@pytest.mark.parametrize(("asked", "why"), [({"organisation": " "}, "needs the name"), ({"period": "2027"}, "not begun")])
def test_what_cannot_be_told_is_refused(authority: pipeline.Authority, asked: dict[str, str], why: str) -> None:
    with pytest.raises(InputError, match=why):
        told_of(authority, **asked)


# --- what stands in the files


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks_the_six_questions_in_both_files(
    authority: pipeline.Authority, report: ReportBack, language: str
) -> None:
    t = Translator(language, strict=True)
    words = OrganisationWords(report, replace(report_words(authority, report, language).names, t=t))
    html, text = organisation_html(words).decode(), word_text(organisation_docx(words))
    questions = [t("back.told"), t("back.used"), t("back.decided"), t("back.found"), t("back.next"), t("back.unused")]
    assert [unescape(h) for h in re.findall("<h2>(.*?)</h2>", html)][1:] == questions
    assert f'<html lang="{language}">' in html
    assert t("ranking.caveat") in unescape(html)
    assert all(question in text for question in questions)
    tables = re.findall("<caption>", html)
    assert len(tables) == len(docx.Document(BytesIO(organisation_docx(words))).tables) > 5


def test_the_number_of_a_small_group_stands_nowhere(authority: pipeline.Authority, report: ReportBack) -> None:
    html = page(authority, report)
    counts = [re.findall("<td>(.*?)</td>", row)[-2:] for table in re.findall("(?s)<table>(.*?)</table>", html)[:2]
              for row in re.findall("<tr>(.*?)</tr>", table)[1:]]  # fmt: skip
    assert ["3", "60"] in counts
    assert counts.count(["vises ikke", "vises ikke"]) == 3
    assert all(people == "vises ikke" or int(people.removeprefix("minst ")) >= 5 for _, people in counts)
    text = word_text(organisation_docx(report_words(authority, report, "nb")))
    assert "Hemmelig fortelling" not in html + text
    assert "Bare for tilsynet" not in html + text


def test_no_service_is_named_and_no_other_organisation(authority: pipeline.Authority, report: ReportBack) -> None:
    text = page(authority, report) + word_text(organisation_docx(report_words(authority, report, "nb")))
    for i in range(1, len(AREAS) + 1):
        assert f"Huset Nummer {i:03}" not in text
        assert f"s{i:03}" not in text
    assert "Tredje" not in text
    assert "Andre sin" not in text
    assert report.done.services is None


def test_where_services_may_be_named_they_are() -> None:
    opened = authority_of(named_services=True)
    named = told_of(opened)
    assert named.done.services is not None
    assert set(named.done.services["service_id"]) == {"s001", "s002", "s003", "s006", "s007", "s010", "s013", "s014"}
    html, text = page(opened, named), word_text(organisation_docx(report_words(opened, named, "nb")))
    assert "Huset Nummer 001" in html
    assert "Huset Nummer 001" in text
    assert "Huset Nummer 004" not in html + text, "nobody of us spoke of it"


def test_nothing_of_the_records_becomes_markup(authority: pipeline.Authority, report: ReportBack) -> None:
    html = page(authority, report)
    assert "<b>venner</b>" not in html
    assert "&lt;b&gt;venner&lt;/b&gt;" in html
    assert "Ingen &lt;spurte&gt; meg." in html
    assert not re.search(r"<script|<a |https?://|onerror", html)
    assert "<b>venner</b>" in word_text(organisation_docx(report_words(authority, report, "nb"))), "as text"


# --- who may have it, and the log


def test_whoever_comes_for_an_organisation_may_have_its_own_only(authority: pipeline.Authority) -> None:
    own = Person("m", frozenset({"organisation"}), organisation=US.upper())
    assert may_have(authority, own, US)
    assert not may_have(authority, own, "Andre")
    assert not may_have(authority, Person("m", frozenset({"organisation"})), "")
    assert may_have(authority, Person("a", frozenset({"analyst"})), "Andre")
    assert not may_have(authority, Person("c", frozenset({"council", "reader"})), US)


def test_what_is_taken_along_is_in_the_log(authority: pipeline.Authority, report: ReportBack) -> None:
    note_report(authority, report, b"file", "html", who=local("KN"), now=NOW)
    entry = authority.store.log(["report_back"]).iloc[-1]
    body = json.loads(entry["body"])
    assert (body["first"], body["last"], body["how"]) == ("2026-01-01", "2026-06-30", "html")
    assert body["sha256"] == "3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80"
    line = said("report_back", entry["about"], entry["body"], Translator("nb"))
    assert "Foreningen A" in line
    assert "01.01.2026–30.06.2026" in line
    assert "HTML" in line
