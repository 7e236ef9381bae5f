"""Taking submissions in: rows and entry, the same again, who may, what stands already, and nothing that should not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

from risiko import asof, settings
from risiko.access import NotAllowed, Person, local
from risiko.errors import InputError
from risiko.i18n import Translator
from risiko.intake.rows import batch
from risiko.intake.submission import Quote, Said, Submission
from risiko.pipeline.intake import IntakeRefused, Taken, known_for_intake, may_hand_in_for, take
from risiko.pipeline.intake_doubts import delivered_twice, stands_already
from risiko.pipeline.people import grant
from risiko.pipeline.purge import purge
from risiko.pipeline.runs import Authority
from risiko.reports.log_words import said as log_line
from risiko.signals.experience_pieces import in_pieces
from risiko.signals.registry import Context
from risiko.store import open_store
from risiko.store.memory import MemoryStore
from tests.builders import batch as stored
from tests.builders import part
from tests.submissions import good

NOW, LATER = datetime(2026, 5, 1, 9), datetime(2026, 5, 4, 9)
ME = local("KN")
HERS = Person("ada", frozenset({"organisation"}), organisation="Seniorlaget Høstvind")
SERVICES = """
service_id | name                | service_type | county
s1         | Solbakken sykehjem  | nursing_home | Troms
s2         |                     | home_care    | Troms
"""
EARLIER = """
service_id | event_date | organisation            | method    | dimension | score | n
s1         | 2025-11-01 | Foreningen Ved Egne Ord | survey    | safe      | 61    | 40
"""
AREAS = """
service_id | municipality
s1         | Tromsø
"""


@pytest.fixture
def authority() -> Authority:
    store = open_store("memory:")
    rows = {"services": SERVICES, "experiences": EARLIER, "service_areas": AREAS}
    store.commit(stored(*(part(name, text) for name, text in rows.items())))
    aliases = {"Foreningen Ved Egne Ord": ["FVEO"], "Seniorlaget Høstvind": ["Høstvind"]}
    return Authority(store, settings.load().model_copy(update={"organisations": aliases}))


def given(method: str = "interview", **changes: object) -> Submission:
    return good(method, **changes)


def held(authority: Authority) -> dict[str, pd.DataFrame]:
    return authority.store.read(["submissions", "experiences", "quotes", "item_means"])


def entries(authority: Authority) -> list[dict[str, object]]:
    return [json.loads(body) for body in authority.store.log(["submission"])["body"]]


def test_a_submission_is_checked_against_what_is_on_record_and_declared(authority: Authority) -> None:
    known = known_for_intake(authority, date(2026, 5, 1))
    assert known.services == {"s1": "Solbakken sykehjem", "s2": "s2"}
    assert known.areas == ("Troms", "Tromsø")
    assert known.organisations == ("FVEO", "Foreningen Ved Egne Ord", "Høstvind", "Seniorlaget Høstvind")
    assert {"nursing_home", "hospital"} <= set(known.service_types)
    grant(authority, "ny@eksempel.no", "organisation", who=ME, now=NOW, organisation="Laget Ny")
    assert "Laget Ny" in known_for_intake(authority, date(2026, 5, 1)).organisations
    assert (known.today, known.keep_months) == (date(2026, 5, 1), 36)


def test_a_submission_becomes_rows_and_an_entry_without_texts(authority: Authority) -> None:
    telling = (Said(service_id="s1", dimension="safe", score=40.0, text="Ring Kari Nordmann på 998 87 766."),)
    taken = take(authority, given(said=telling), ME, now=NOW)
    assert (taken.status, taken.masked) == ("added", True)
    assert [(doubt.reason, doubt.field) for doubt in taken.doubts] == [("masked", "said.1.text")]
    rows = held(authority)
    own = rows["experiences"][rows["experiences"]["experience_id"] == f"{taken.submission_id}-1"].iloc[0]
    assert (own["score"], own["text"]) == (40.0, "Ring [navn] på [telefon].")
    assert rows["quotes"]["quote_id"].tolist() == [f"{taken.submission_id}-1"]
    assert rows["submissions"]["known_date"].tolist() == [pd.Timestamp(2026, 5, 1)]
    assert entries(authority) == [{
        "submission_id": taken.submission_id, "method": "interview", "organisation": "Seniorlaget Høstvind",
        "status": "added", "said": 1, "quotes": 1, "items": 0, "replaces": "",
    }]  # fmt: skip
    log = authority.store.log(["submission"])
    assert log["by"].tolist() == ["KN"]
    assert log["about"].tolist() == [taken.submission_id]
    assert "natten" not in "".join(authority.store.log()["body"])
    line = log_line("submission", taken.submission_id, log["body"].iloc[0], Translator("nb"))
    assert line == f"Fra Seniorlaget Høstvind, intervju: 2 opplysninger ({taken.submission_id})."


def test_the_same_again_writes_nothing(authority: Authority) -> None:
    first = take(authority, given(), ME, now=NOW)
    before = len(authority.store.imports()), len(authority.store.log())
    again = take(authority, given(organisation="SENIORLAGET  HØSTVIND"), local("AB"), now=LATER)
    assert again == Taken(first.submission_id, "already", masked=False)
    assert (len(authority.store.imports()), len(authority.store.log())) == before


def test_its_use_told_anew_is_kept_with_the_day_it_became_known(authority: Authority) -> None:
    take(authority, given(), ME, now=NOW)
    open_quote = replace(given().quotes[0], may_show="public")
    taken = take(authority, given(purpose="supervision_and_learning", quotes=(open_quote,)), ME, now=LATER)
    assert taken.status == "changed"
    rows = held(authority)
    assert rows["submissions"]["purpose"].tolist() == ["supervision_and_learning"]
    assert rows["quotes"]["may_show"].tolist() == ["public"]
    assert rows["submissions"]["known_date"].tolist() == [pd.Timestamp(2026, 5, 1)]
    assert len(rows["experiences"]) == 2
    assert [entry["status"] for entry in entries(authority)] == ["added", "changed"]
    line = log_line("submission", taken.submission_id, json.dumps(entries(authority)[1]), Translator("en"))
    assert line.startswith("From Seniorlaget Høstvind, interview: its use was told anew")


def test_texts_that_were_purged_do_not_come_back_by_telling_its_use_anew(authority: Authority) -> None:
    take(authority, given(keep_until=date(2026, 5, 2)), ME, now=NOW)
    assert purge(authority, local("KN"), today=date(2026, 5, 3), now=datetime(2026, 5, 3, 9)).rows["quotes"] == 1
    again = take(authority, given(keep_until=date(2031, 1, 1), purpose="supervision_and_learning"), ME, now=LATER)
    assert again.status == "already"
    assert held(authority)["quotes"]["text"].isna().all()
    assert held(authority)["submissions"]["purpose"].tolist() == ["supervision"]


def test_a_refused_submission_leaves_nothing_behind(authority: Authority) -> None:
    before = authority.store.log()
    wrong = given("survey", n=110, n_invited=100, quotes=(Quote("Nei.", agreed=False),), consent="")
    with pytest.raises(IntakeRefused) as refused:
        take(authority, wrong, ME, now=NOW)
    assert {fault.reason for fault in refused.value.faults} == {
        "more_than_invited", "quote_without_agreement", "no_consent",
    }  # fmt: skip
    assert refused.value.exit_code == 2
    assert "n, consent, quotes.1.agreed" in str(refused.value)
    assert authority.store.log().equals(before)
    assert held(authority)["submissions"].empty


def test_what_is_halfway_in_after_a_machine_went_down_is_made_whole(authority: Authority) -> None:
    authority.store.commit(batch(given(), now=NOW, settings=authority.settings))
    assert entries(authority) == []
    assert take(authority, given(), ME, now=LATER).status == "already"
    assert len(entries(authority)) == 1
    assert held(authority)["submissions"]["known_date"].tolist() == [pd.Timestamp(2026, 5, 1)]


def test_an_organisation_hands_in_for_itself_only_by_any_of_its_names(authority: Authority) -> None:
    for name in ("Høstvind", "seniorlaget høstvind"):
        assert may_hand_in_for(authority, HERS, name)
    for name in ("", "Foreningen Ved Egne Ord", "FVEO"):
        assert not may_hand_in_for(authority, HERS, name)
        with pytest.raises(NotAllowed):
            take(authority, given(organisation=name), HERS, now=NOW)
    assert not may_hand_in_for(authority, replace(HERS, organisation=""), "")
    assert may_hand_in_for(authority, replace(HERS, roles=frozenset({"organisation", "planner"})), "FVEO")
    for role in ("reader", "council"):
        with pytest.raises(NotAllowed):
            take(authority, given(), Person("x", frozenset({role}), organisation="Seniorlaget Høstvind"), now=NOW)
    assert held(authority)["submissions"].empty
    assert take(authority, given(organisation="Høstvind"), HERS, now=NOW).status == "added"


def test_the_same_period_told_in_other_words_is_a_doubt_and_another_period_is_not(authority: Authority) -> None:
    first = take(authority, given(), ME, now=NOW)
    again = take(authority, given(n=39, organisation="Høstvind"), ME, now=LATER)
    assert [doubt.reason for doubt in again.doubts] == ["stands_already"]
    assert again.doubts[0].told == {"day": "2026-05-01", "submission": first.submission_id}
    assert not again.doubts[0].rejected
    rows = held(authority)["submissions"]
    old, new = rows.head(1), rows.tail(1)
    assert stands_already(new, old, authority.settings) != ()
    for changes in ({"event_date": pd.Timestamp(2026, 4, 21)}, {"organisation": "FVEO"}, {"user_group": "relatives"}):
        assert stands_already(new.assign(**changes), old, authority.settings) == ()


def test_a_correction_takes_the_place_of_what_it_corrects(authority: Authority) -> None:
    first = take(authority, given(), ME, now=NOW)
    second = take(authority, given(n=39), HERS, now=LATER, replaces=first.submission_id)
    assert (second.status, second.doubts) == ("changed", ())
    rows = held(authority)
    assert rows["submissions"]["n"].tolist() == [39]
    assert rows["quotes"]["quote_id"].tolist() == [f"{second.submission_id}-1"]
    assert len(rows["experiences"]) == 2
    history = authority.store.history("submissions")["submission_id"]
    assert set(history) == {first.submission_id, second.submission_id}
    log = authority.store.log(["submission"])
    line = log_line("submission", second.submission_id, log["body"].iloc[-1], Translator("nb"))
    assert line.endswith(f"({second.submission_id}), i stedet for {first.submission_id}.")
    assert authority.store.verify() == []


def test_only_ones_own_submission_can_be_replaced_and_it_must_stand(authority: Authority) -> None:
    theirs = take(authority, given(organisation="FVEO"), ME, now=NOW)
    with pytest.raises(NotAllowed):
        take(authority, given(), HERS, now=LATER, replaces=theirs.submission_id)
    with pytest.raises(InputError, match="no such submission"):
        take(authority, given(), ME, now=LATER, replaces="sub-000000000000")
    assert held(authority)["submissions"]["submission_id"].tolist() == [theirs.submission_id]


def test_a_survey_that_another_organisation_delivered_is_a_doubt(authority: Authority) -> None:
    said = (Said(service_id="s2", dimension="safe", score=61.0), Said(service_id="s1", dimension="safe", score=61.0))
    told = given("survey", said=tuple(replace(one, n=40) for one in said), first_day=date(2025, 10, 1),
                 last_day=date(2025, 11, 1))  # fmt: skip
    taken = take(authority, told, ME, now=NOW)
    assert [(doubt.reason, doubt.field) for doubt in taken.doubts] == [("delivered_twice", "said.2.score")]
    rows = held(authority)["experiences"]
    old, new = {"experiences": rows[rows["experience_id"] == "experiences-0"]}, rows[rows["service_id"] == "s1"].tail(1)
    assert len(delivered_twice(new, old, "sub-1", 5)) == 1
    for changes in ({"event_date": pd.Timestamp(2025, 11, 2)}, {"n": 41}, {"score": 60.0}, {"method": "interview"}):
        assert delivered_twice(new.assign(**changes), old, "sub-1", 5) == ()


@pytest.mark.parametrize(("n", "voices"), [(2, 4), (4, 8), (5, 5)])
def test_two_small_groups_of_the_same_mean_are_two_and_neither_tells_of_the_other(authority: Authority, n: int, voices: int) -> None:
    """Of few people many means are alike; a doubt would let one organisation guess what another's few have answered."""
    takens = [
        take(authority, given("survey", organisation=name, n=n, n_invited=2 * n, said=(Said(service_id="s2", score=50.0),)),
             ME, now=at)
        for name, at in (("FVEO", NOW), ("Høstvind", LATER))
    ]  # fmt: skip
    assert ["delivered_twice" in {one.reason for one in taken.doubts} for taken in takens] == [False, n >= 5]
    known = asof.known_at(authority.store.read(), LATER.date())
    services = known["services"].set_index("service_id")
    rows = known["experiences"]
    rows = rows[(rows["service_id"] == "s2").to_numpy()].assign(subject=0)
    found = in_pieces(rows, Context(services, known, LATER.date(), authority.settings))
    assert found.loc[found["counts"], "n"].sum() == voices
    assert found["counts"].tolist() == [True, n < 5]


def test_an_authority_without_records_can_be_told_of_a_type_in_no_area(authority: Authority) -> None:
    empty = Authority(MemoryStore(), settings.load())
    known = known_for_intake(empty, date(2026, 5, 1))
    assert (known.services, known.areas, known.organisations) == ({}, (), ())
    with pytest.raises(IntakeRefused) as refused:
        take(empty, given(), ME, now=NOW)
    assert {fault.reason for fault in refused.value.faults} == {"unknown_organisation", "unknown_service"}
