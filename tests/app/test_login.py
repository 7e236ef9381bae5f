"""What each role reaches in the pages, writes that are refused, and who saw which list."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.access import NotAllowed, local
from risiko.app.server import MAIN
from risiko.pipeline.draws import cut_of, kept_draws
from risiko.pipeline.named_weights import list_weights
from risiko.pipeline.people import grant, revoke
from tests.app.auth_files import HOUR, KARI, auth_file
from tests.app.page_text import said

NOW = datetime(2026, 7, 1)
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def own(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the store, for tests that write into it."""
    return Path(shutil.copy(authority, tmp_path_factory.mktemp("login") / "own.db"))


@pytest.fixture
def opened_copy(own: Path) -> pipeline.Authority:
    return pipeline.open_authority(str(own))


@pytest.fixture
def visiting(own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """visiting(claims, "views/x.py") opens the application as somebody with these claims; file: a script of its own."""
    monkeypatch.setenv("RISIKO_AUTH", str(auth_file(tmp_path)))
    monkeypatch.setenv("RISIKO_STORE", str(own))

    def go(claims: dict[str, object], at: str = "", file: Path = MAIN, **params: str) -> AppTest:
        app = AppTest.from_file(str(file), default_timeout=60)
        app.user = claims
        app.query_params.update(params)
        if at:
            app.switch_page(at)
        return app.run()

    return go


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_who_is_logged_out_gets_the_way_in_and_nothing_else(visiting: Open) -> None:
    app = visiting({"is_logged_in": False})
    assert (buttons(app), [title.value for title in app.title]) == (["Logg inn"], ["Innlogging"])
    assert (len(app.dataframe), len(app.table), len(app.metric)) == (0, 0, 0)


def test_who_has_expired_is_asked_in_again(visiting: Open) -> None:
    app = visiting(KARI | {"exp": time.time() - 1})
    assert "Innloggingen din har gått ut." in said(app)
    assert buttons(app) == ["Logg inn"]


def test_login_that_streamlit_knows_nothing_of_lets_nobody_in(visiting: Open) -> None:
    app = visiting({})
    assert "Innlogging er ikke satt opp ferdig." in said(app)
    assert buttons(app) == []


def test_a_faulty_file_lets_nobody_in(visiting: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("RISIKO_AUTH", str(auth_file(tmp_path / "other", change=('client_id = "risiko"', ""))))
    app = visiting(KARI)
    assert "auth.client_id is missing" in said(app).replace("\\", "")
    assert len(app.dataframe) == 0


def test_who_has_no_role_is_told_by_which_name_and_whom_to_ask(visiting: Open) -> None:
    app = visiting({"is_logged_in": True, "exp": HOUR, "sub": "7", "email": "ola@example.no"})
    assert "**sub\\:7**" in said(app)
    assert "Spør tilsyn-it@example.no." in said(app)
    assert buttons(app) == ["Logg ut"]


VIEWS = MAIN.parent / "views"
FOR_ALL = {"brukererfaring.py"}


@pytest.mark.parametrize("name", sorted(path.name for path in VIEWS.glob("[!_]*.py") if path.name not in FOR_ALL))
def test_every_page_guards_itself_also_where_navigation_is_passed_by(visiting: Open, name: str) -> None:
    claims = KARI | {"groups": ["brukerorg"], "organisation": "X"}
    script = f"import runpy\nrunpy.run_path({str(VIEWS / name)!r}, run_name='__main__')\n"
    app = AppTest.from_string(script, default_timeout=60)
    app.user = claims
    app.run()
    assert [info.value for info in app.info] == ["Denne siden er ikke åpen for rollen din."]
    assert (len(app.dataframe), len(app.table), len(app.metric), buttons(app)) == (0, 0, 0, [])
    assert not app.exception


def test_an_organisation_sees_its_own_evidence_and_no_name_of_a_service(
    visiting: Open, opened_copy: pipeline.Authority, run: pipeline.Run
) -> None:
    told = opened_copy.store.read(["experiences"])["experiences"]["organisation"].dropna()
    name = str(told.value_counts().index[0])
    claims = KARI | {"groups": ["brukerorg"], "organisation": name.upper()}
    app = visiting(claims, section="own")
    assert [title.value for title in app.title] == ["Brukererfaring"]
    assert len(app.table) == 1
    assert len(app.table[0].value) > 1
    assert not [service for service in pipeline.ranking(run)["name"] if service in said(app)]
    planner = visiting(KARI, "views/brukererfaring.py", section="own")
    assert "Det dere har gitt oss" not in said(planner), "a planner has no such section"
    assert len(planner.table) == 0


def test_roles_of_the_table_count_at_once_and_a_write_after_they_are_taken_is_refused(
    visiting: Open, opened_copy: pipeline.Authority
) -> None:
    claims = {"is_logged_in": True, "exp": HOUR, "sub": "ana"}
    grant(opened_copy, "sub:ana", "analyst", who=local("it"), now=NOW)
    app = visiting(claims, "views/scenario.py")
    assert "sub:ana · analytiker" in [text.value for text in app.text]
    app.text_input(key="weight_sets.name").input("mitt")
    revoke(opened_copy, "sub:ana", "analyst", who=local("it"), now=NOW)
    next(button for button in app.button if button.label == "Lagre").click()
    app.run()
    assert list_weights(opened_copy) == {}
    assert "Du er logget inn, men har ingen rolle her ennå." in said(app)
    assert len(app.table) == 0
    grant(opened_copy, "sub:ana", "analyst", who=local("it"), now=NOW)
    app = visiting(claims, "views/scenario.py")
    app.text_input(key="weight_sets.name").input("mitt")
    next(button for button in app.button if button.label == "Lagre").click()
    app.run()
    assert list_weights(opened_copy)["mitt"].by == "sub:ana"


def test_a_draw_is_signed_with_the_name_of_whoever_has_logged_in(
    visiting: Open, opened_copy: pipeline.Authority, run: pipeline.Run
) -> None:
    grant(opened_copy, "kari@example.no", "planner", who=local("it"), now=NOW)  # for all offices
    top = next(k for k in range(5, 60) if cut_of(pipeline.with_capacity(run, k)).needed)
    app = visiting(KARI, k=str(top))
    assert [(box.value, box.disabled) for box in app.text_input if box.label == "Hvem trekker?"] == [("kari@example.no", True)]
    app.session_state["draw.by"] = "somebody else"
    app.number_input(key="draw.seed").set_value(7)
    app.text_input(key="draw.why").set_value("Nivået er bredt")
    next(button for button in app.button if button.label.startswith("Trekk")).click().run()
    assert not app.exception
    assert [kept.record.by for kept in kept_draws(opened_copy)] == ["kari@example.no"]
    revoke(opened_copy, "kari@example.no", "planner", who=local("it"), now=NOW)
    app.number_input(key="draw.seed").set_value(8)
    app.text_input(key="draw.why").set_value("En gang til")
    next(button for button in app.button if button.label.startswith("Trekk")).click().run()
    assert len(kept_draws(opened_copy)) == 1, "by claims she plans for Agder alone"


FORGED = """
from datetime import date
from pathlib import Path
import streamlit as st
from risiko.app import data, scenario_data, login, session
from risiko.app.widgets import notices
at = data.Opened(session.store_address(), None, date(2026, 6, 30), date(2026, 6, 30))
who = login.visit().person()
for write in (
    lambda: scenario_data.save_weight_set(at, "forged", {"last_finding": 1.0}),
    lambda: data.run_checks(at, who),
    lambda: data.validate(at, print, who),
):
    with notices.told(session.translator()):
        write()
        st.error("written")
"""


def test_a_call_without_its_button_is_refused_and_said_in_words(
    visiting: Open, opened_copy: pipeline.Authority, tmp_path: Path
) -> None:
    (tmp_path / "forged.py").write_text(FORGED, encoding="utf-8")
    app = visiting(KARI | {"groups": ["tilsyn-les"]}, file=tmp_path / "forged.py")
    assert ["Dette får du ikke gjøre" in warning.value for warning in app.warning] == [True] * 3
    assert (len(app.error), len(app.exception)) == (0, 0)
    assert "forged" not in list_weights(opened_copy)


def shown_by(authority: pipeline.Authority, name: str) -> list[dict[str, object]]:
    log = authority.store.log(["shown"])
    return [json.loads(body) for body in log.loc[log["by"] == name, "body"]]


def test_who_saw_a_list_is_entered_once_a_session_and_names_no_service(
    visiting: Open, opened_copy: pipeline.Authority, run: pipeline.Run
) -> None:
    claims = KARI | {"email": "per@example.no"}
    app = visiting(claims)
    app.run()
    app.switch_page("views/tjeneste.py").run()
    expected = {
        "how": "page", "as_of": f"{run.as_of:%Y-%m-%d}", "model_id": "points", "capacity": run.table.top,
        "data_version": pipeline.data_version(opened_copy),
    }  # fmt: skip
    assert shown_by(opened_copy, "per@example.no") == [expected], "the same list on another page is the same list"
    app.query_params["k"] = "9"
    app.run()
    assert [entry["capacity"] for entry in shown_by(opened_copy, "per@example.no")] == [run.table.top, 9]
    visiting(claims)
    assert len(shown_by(opened_copy, "per@example.no")) == 3, "another session"
    assert "Trekningen gjelder hele listen." in said(visiting(claims)), "she plans for one office alone"


TAKEN = """
from datetime import date
import streamlit as st
from risiko.app import data, session, shown
address = session.store_address()
ranked = data.ranked(address, None, date(2026, 6, 30), {})
st.session_state["make"] = shown.taken(ranked.run, "csv", lambda: b"rows")
"""


def test_a_file_is_entered_when_it_is_taken_and_refused_once_the_role_is_gone(
    visiting: Open, opened_copy: pipeline.Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken.py").write_text(TAKEN, encoding="utf-8")
    grant(opened_copy, "sub:leser", "reader", who=local("it"), now=NOW)
    app = visiting({"is_logged_in": True, "exp": HOUR, "sub": "leser"}, file=tmp_path / "taken.py")
    assert shown_by(opened_copy, "sub:leser") == [], "a button alone takes nothing along"
    make = app.session_state["make"]
    assert make() == b"rows"
    assert [entry["how"] for entry in shown_by(opened_copy, "sub:leser")] == ["csv"]
    revoke(opened_copy, "sub:leser", "reader", who=local("it"), now=NOW)
    with pytest.raises(NotAllowed):
        make()
    assert len(shown_by(opened_copy, "sub:leser")) == 1
    monkeypatch.delenv("RISIKO_AUTH")
    monkeypatch.setenv("RISIKO_USER", "KN")
    app = visiting({}, file=tmp_path / "taken.py")
    app.session_state["make"]()
    assert [entry["how"] for entry in shown_by(opened_copy, "KN")] == ["csv"], "locally what is taken along is entered too"
