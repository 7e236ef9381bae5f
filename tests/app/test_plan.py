"""The page Plan: rules, preview, the plan and its reasons, keeping it, and what goes wrong; run without a browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.access import local
from risiko.app import data, plan_data
from risiko.app.data import Opened
from risiko.app.plan_data import Asked, Made, key_of
from risiko.app.server import MAIN
from risiko.pipeline import planning, plans
from risiko.pipeline.decisions import in_force
from risiko.pipeline.planning import Draft
from risiko.plan import rules as plan_rules
from risiko.plan.archive import as_text
from risiko.plan.rules_file import as_toml
from tests.app.auth_files import KARI, auth_file
from tests.app.page_text import said
from tests.plans import a_plan

Page = Callable[..., AppTest]
SHIPPED = plan_rules.shipped()
NOW = datetime(2026, 7, 2, 12, 5)
SEED = 20260630  # of the as-of date, which nobody has picked


@pytest.fixture
def own_store(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the store, to write in; at one address for all tests, so that the same records are scored once."""
    folder = tmp_path_factory.getbasetemp() / "own"
    folder.mkdir()
    yield Path(shutil.copy(authority, folder / "own.db"))
    data.authority.clear()
    plan_data._kept.clear()  # by the number of log entries, which another copy may have as many of
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def draft(run: pipeline.Run) -> Draft:
    """The plan of the shipped rules, made once; what pressing the button gives is held against it."""
    return planning.draft(run, SHIPPED, seed=SEED, made_at=NOW, by="KN")


@pytest.fixture
def planning_page(authority: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> Page:
    """planning_page(store, rules=…) opens the page with these rules in the session; made: and with the plan of them."""

    def visit(store: Path = authority, rules: plan_rules.Rules = SHIPPED, made: bool = False, **params: str) -> AppTest:
        monkeypatch.setenv("RISIKO_STORE", str(store))
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.query_params.update(params)
        app.session_state["plan.asked"] = Asked(rules, SEED)
        if made:
            at = Opened(str(store), None, draft.run.as_of, draft.run.as_of)
            app.session_state["plan.made"] = Made(key_of(at, draft.run, rules, SEED), draft, 0)
        app.switch_page("views/plan.py")
        return ran(app.run())

    return visit


def ran(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].message
    return app


def press(app: AppTest, key: str) -> AppTest:
    return ran(app.button(key=key).click().run())


def submit(app: AppTest, label: str) -> AppTest:
    return ran(next(b for b in app.button if b.label == label).click().run())


def editor(app: AppTest, name: str) -> pd.DataFrame:
    return next(e for e in app.data_editor if e.key and e.key.startswith(f"plan.{name}.")).value


def typed(app: AppTest, name: str, rows: dict[int, dict[str, object]]) -> AppTest:
    """Type into a table of the form as the browser tells it, and press «Bruk»; AppTest itself cannot type there."""
    table = next(e for e in app.data_editor if e.key and e.key.startswith(f"plan.{name}."))
    next(b for b in app.button if b.label == "Bruk").click()
    states = app._tree.get_widget_states()
    told = json.dumps({"edited_rows": rows, "added_rows": [], "deleted_rows": []})
    states.widgets.append(WidgetState(id=table.proto.id, string_value=told))
    return ran(app._run(states))


def text(app: AppTest) -> str:
    done = "\n".join(str(one.value) for one in app.success)
    return f"{said(app)}\n{done}".replace("\\", "")


@pytest.mark.parametrize(("language", "words", "button"), [
    ("nb", ["Forhåndsvisning: ", "Ingen planer er lagret ennå.", "Dagsverk per embete", "Høy skår betyr ikke"], "Lag planen"),
    ("nn", ["Førehandsvising: ", "Ingen planar er lagra enno.", "Høg skår betyr ikkje"], "Lag planen"),
    ("en", ["Preview: ", "No plans are saved yet.", "A high score does not mean"], "Make the plan"),
])  # fmt: skip
def test_speaks_three_languages(planning_page: Page, language: str, words: list[str], button: str) -> None:
    app = planning_page(made=True, lang=language)
    assert app.title[0].value == "Plan"
    assert app.button(key="plan.make").label == button
    whole = text(app)
    assert [word for word in words if word not in whole] == []
    assert not re.findall(r"\bnan\b|\bNone\b|\b(?:plan|plan_page|decisions|plan_[a-z]+)\.[a-z_]+\b", whole)


def visits(app: AppTest) -> pd.DataFrame:
    return next(d.value for d in app.dataframe if "service" in d.value)


def test_the_plan_is_the_one_that_the_rules_give(planning_page: Page, draft: Draft) -> None:
    made = draft.record
    assert made is not None
    app = press(planning_page(), "plan.make")
    shown = visits(app)
    assert sorted(shown["service"]) == sorted(made.visits["name"])
    assert len(shown) > 10
    whole = text(app)
    assert f"**{len(made.visits)} tilsyn (lovkrav {(made.visits['ground'] == 'statutory').sum()}" in whole
    assert "utkast – ikke lagret" in whole
    assert "Loddet sier ingenting om denne tjenesten." in whole, "being drawn says nothing about a service"
    assert "Det er bevist at ingen plan som holder reglene, er mer verdt." in whole
    ways = next(t.value for t in app.table if "Måte å velge på" in t.value)
    assert ways["Måte å velge på"].tolist() == ["Denne planen", "Listen ovenfra, uten regler", "Tjenestene fra i fjor", "Tilfeldig valg"]
    assert int(ways["Felles med planen"][0]) == made.beside["shared"][0]


def test_last_years_days_are_filled_in_and_a_missing_number_is_no_zero(planning_page: Page, run: pipeline.Run) -> None:
    spent = planning.spent(run, SHIPPED)
    offices = editor(planning_page(), "offices").set_index("office")
    assert offices["days"].to_dict() == pytest.approx(spent.round(1).reindex(offices.index).to_dict(), nan_ok=True)
    asked = SHIPPED.with_changes({"capacity": {"as_last_year": False}})
    app = planning_page(rules=asked)
    assert editor(app, "offices")["days"].isna().all()
    assert "dagsverk er ikke oppgitt" in text(app)
    assert "0 dagsverk. De" not in text(app)


def test_a_number_typed_in_is_used_and_stays(planning_page: Page) -> None:
    app = planning_page()
    name = editor(app, "offices")["office"][0]
    app = typed(app, "offices", {0: {"days": 0}})
    asked = app.session_state["plan.asked"].rules.capacity
    assert asked.person_days[name] == 0.0
    assert not asked.as_last_year, "what stands in the table is the whole truth"
    assert f"{name} har 0 dagsverk." in text(app)
    app = typed(app, "offices", {0: {"days": None}})
    assert name not in app.session_state["plan.asked"].rules.capacity.person_days
    assert f"{name}: dagsverk er ikke oppgitt." in text(app)
    assert "har 0 dagsverk" not in text(app)


def test_a_years_days_in_half_a_year_are_told(planning_page: Page, run: pipeline.Run) -> None:
    spent = planning.spent(run, SHIPPED)
    name = str(spent[spent > 0].index[0])
    app = planning_page()
    app.number_input(key="plan.months.0").set_value(6)
    app = submit(app, "Bruk")
    told = [box.value for box in app.warning if "siste tolv månedene" in box.value]
    assert [name in line and "6 måneder" in line for line in told] == [True]
    app.number_input(key="plan.months.0").set_value(12)
    assert not [box for box in submit(app, "Bruk").warning if "siste tolv månedene" in box.value]


def test_the_form_changes_what_it_asks_about_and_leaves_the_rest(planning_page: Page) -> None:
    below = SHIPPED.with_changes({"joint": [{"services": ["T00001", "T00002"], "why": "the same house"}]})
    app = planning_page(rules=below)
    app.number_input(key="plan.explore.0").set_value(0)
    app.number_input(key="plan.sector.social.0").set_value(2)
    app.number_input(key="plan.seed.0").set_value(41)
    app.text_input(key="plan.title.0").set_value("Andre halvår")
    app = submit(app, "Bruk")
    now = app.session_state["plan.asked"]
    assert (now.rules.exploration.share, now.rules.minimum.sector, now.seed, now.title) == (0.0, {"social": 2}, 41, "Andre halvår")
    assert now.rules.joint == below.joint
    assert now.rules.kinds == SHIPPED.kinds
    assert now.rules.statutory == SHIPPED.statutory
    assert "Ingen er trukket ut ved lodd." in text(app)


def test_rules_are_read_from_a_file_and_a_faulty_one_is_told(planning_page: Page) -> None:
    app = planning_page()
    own = SHIPPED.with_changes({"exploration": {"share": 0.2}, "minimum": {"theme": [{"name": "Sår", "types": ["nursing_home"], "visits": 1}]}})
    app.file_uploader(key="plan.file.0").set_value(("rules.toml", as_toml(own).encode(), "application/toml"))
    app = ran(app.run())
    assert app.session_state["plan.asked"].rules == own
    assert editor(app, "themes")["name"].tolist() == ["Sår"]
    app.file_uploader(key="plan.file.1").set_value(("mine.toml", b"[exploration]\nshare = 2\n", "application/toml"))
    app = ran(app.run())
    assert "mine.toml, key exploration.share" in text(app)
    assert app.session_state["plan.asked"].rules == own, "a faulty file changes nothing"
    app = press(app, "plan.rules.shipped")
    assert app.session_state["plan.asked"].rules == SHIPPED


def test_filters_and_the_reason_of_a_visit(planning_page: Page) -> None:
    app = planning_page(made=True)
    app.multiselect(key="plan.filter.ground").set_value(["draw"])
    app = ran(app.run())
    rows = visits(app)
    assert set(rows["ground"]) == {"loddtrekning"}
    service = app.selectbox(key="plan.box").options[0]
    app.selectbox(key="plan.box").select(service)
    app = ran(app.run())
    whole = text(app)
    assert "Trukket ut ved lodd; sjansen var" in whole
    assert f"[{rows['service'][0]}](tjeneste?lang=nb&" in whole or "tjeneste?" in whole
    app.multiselect(key="plan.filter.county").set_value([])
    assert "Legg til, ta ut eller utsett" in whole, "a planner may say otherwise here too"


def test_how_users_are_involved_is_filled_in_and_kept(planning_page: Page, own_store: Path) -> None:
    app = planning_page(own_store, made=True)
    fields = next(e for e in app.data_editor if e.key and e.key.startswith("plan.fields."))
    service = fields.value["service_id"][0]
    states = app._tree.get_widget_states()
    told = json.dumps({"edited_rows": {0: {"involvement": ["interviews", "relatives"], "note": "Skriv til kari@example.no"}}, "added_rows": [], "deleted_rows": []})
    states.widgets.append(WidgetState(id=fields.proto.id, string_value=told))
    app = ran(app._run(states))
    app = press(app, "plan.save")
    kept = plans.kept_plans(pipeline.open_authority(str(own_store)))[0].record.visits.set_index("service_id")
    assert kept["involvement"][[service]].tolist()[0] == "interviews|relatives"
    assert "kari@example.no" not in kept["note"][[service]].tolist()[0]
    assert (kept["involvement"].drop(index=service) == "").all()


def test_a_plan_is_saved_approved_and_opened_by_its_address(planning_page: Page, own_store: Path) -> None:
    app = press(planning_page(own_store, made=True), "plan.save")
    assert "Planen er lagret som nr. 1." in text(app)
    assert app.query_params["plan"] in ("1", ["1"])
    assert "Plan nr. 1 i loggen" in text(app)
    app = submit(app, "Før inn beslutningen")
    assert "Begrunnelsen mangler." in text(app)
    next(w for w in app.text_input if (w.key or "").startswith("plan.why")).set_value("Vedtatt i ledermøtet.")
    app = submit(app, "Før inn beslutningen")
    assert "godkjent av" in text(app)
    assert "Vedtatt i ledermøtet." in text(app)
    again = planning_page(own_store, plan="1")
    assert "Plan nr. 1 i loggen" in text(again)
    assert next(t.value for t in again.table if "Beslutning" in t.value)["Beslutning"].tolist() == ["godkjent"]
    assert "Det finnes ingen lesbar plan nr. 7." in text(planning_page(own_store, plan="7"))
    early = text(planning_page(own_store, plan="1", as_of="2001-01-01"))
    assert "Plan nr. 1 i loggen" in early, "a kept plan is read at any date, also one without a list"
    assert "Det er ingenting å rangere" not in early


def test_the_second_of_two_planners_sees_the_first_and_loses_nothing(planning_page: Page, own_store: Path) -> None:
    app = planning_page(own_store, made=True)
    opened = pipeline.open_authority(str(own_store))
    plans.save_plan(opened, a_plan(), local("Ola"), at=NOW)
    app = press(app, "plan.save")
    assert "Ola lagret plan nr. 1 02.07.2026 kl. 12:05 (UTC), etter at utkastet ditt ble laget. Ingenting er gått tapt" in text(app)
    assert len(plans.kept_plans(opened)) == 1
    assert "utkast – ikke lagret" in text(app)
    app = press(app, "plan.save.anyway")
    assert "Planen er lagret som nr. 2." in text(app)
    assert plans.kept_plans(opened)[0].by == "Ola"


def test_more_statutory_visits_than_days_says_which_rules_collide_and_what_helps(planning_page: Page, run: pipeline.Run) -> None:
    candidates = planning.candidates(run, SHIPPED)
    owed = candidates.assign(law=candidates["days"] * candidates["statutory"]).groupby("office")["law"].sum()
    office = str(owed.idxmax())
    asked = SHIPPED.with_changes({"capacity": {"person_days": {office: 1.0}}, "exploration": {"share": 0}, "regularity": {"share": 0}})
    app = planning_page(rules=asked)
    assert "finner ingen plan som holder reglene" in text(app)
    whole = text(press(app, "plan.make"))
    assert "Ingen plan holder alle reglene" in whole
    assert "Disse reglene kan ikke holdes samtidig: «Dagsverk» og «Besøk loven krever»." in whole
    assert f"Dagsverk, {office}: høyst 1" in whole
    need = f"{owed[office]:.1f}".removesuffix(".0").replace(".", ",")
    assert f"«Dagsverk» for {office}: øk fra 1 til {need}" in whole
    assert "plan.save" not in [b.key for b in app.button], "there is nothing to save"


def test_a_service_added_by_hand_that_has_closed_is_told(planning_page: Page, run: pipeline.Run) -> None:
    services = run.prepared.known["services"]
    closed = services[services["valid_to"] <= pd.Timestamp(run.as_of)].iloc[0]
    asked = SHIPPED.with_changes({"override": [{"service": closed["service_id"], "action": "add", "reason": "tip", "text": "Sett på den."}]})
    whole = text(press(planning_page(rules=asked), "plan.make"))
    assert "er lagt til, men er lagt ned og kan ikke besøkes." in whole
    assert "1 valg av planleggere gjelder for planen" in whole
    assert "Lagt ned" in whole


def test_a_plan_of_an_older_schema_is_listed_with_the_reason(planning_page: Page, own_store: Path) -> None:
    opened = pipeline.open_authority(str(own_store))
    old = as_text(a_plan()).replace('"plan_schema":1', '"plan_schema":0')
    opened.store.append("plan", "x", old, NOW, "Ola")
    plans.save_plan(opened, a_plan(title="Våren"), local("Kari"), at=NOW)
    whole = text(planning_page(own_store))
    assert "Plan nr. 1 kan ikke leses: The plan was written by an older version of risiko (plan schema 0" in whole
    assert "Våren" in whole, "the others can be opened"
    assert "Det finnes ingen lesbar plan nr. 1." in text(planning_page(own_store, plan="1"))


def test_moving_a_rule_says_that_the_draft_is_of_other_rules(planning_page: Page) -> None:
    app = planning_page(made=True)
    assert "er endret siden utkastet under ble laget" not in text(app)
    app.number_input(key="plan.spacing.0").set_value(3)
    app = submit(app, "Bruk")
    assert "er endret siden utkastet under ble laget" in text(app)


def test_a_planner_of_an_office_plans_for_that_office_only(own_store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: pipeline.Run) -> None:
    monkeypatch.setenv("RISIKO_AUTH", str(auth_file(tmp_path)))
    monkeypatch.setenv("RISIKO_STORE", str(own_store))
    office = str(run.prepared.cohort.services["office"].value_counts().idxmax())

    def visit(claims: dict[str, object]) -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.user = claims
        app.switch_page("views/plan.py")
        return ran(app.run())

    app = visit(KARI | {"office": office})
    assert editor(app, "offices")["office"].tolist() == [office]
    assert f"Planen gjelder: **{office}**" in text(app)
    assert not [field.key for field in app.multiselect if field.disabled], "too pale to read"
    app.session_state["plan.asked"] = Asked(SHIPPED.with_changes({"office": {"only": ["another"]}}), SEED)
    app = press(press(app, "plan.make"), "plan.save")
    kept = plans.kept_plans(pipeline.open_authority(str(own_store)))
    assert [set(plan.record.visits["office"]) for plan in kept] == [{office}]
    reader = visit(KARI | {"groups": ["tilsyn-les"], "office": ""})
    assert "Å lage en plan krever rollen planlegger." in text(reader)
    assert ("plan.make" in [b.key for b in reader.button], len(reader.data_editor)) == (False, 0)
    assert next(t.value for t in reader.table if "Beslutning" in t.value)["Nr."].tolist() == ["1"]


def service_page(page: Page, store: Path, service: str) -> AppTest:
    return ran(page(store, at="views/tjeneste.py", service=service))


def test_what_planners_say_on_the_page_of_a_service(page: Page, own_store: Path, run: pipeline.Run) -> None:
    service = str(run.table.scores.index[0])
    app = service_page(page, own_store, service)
    assert "Ingen har sagt noe om denne tjenesten ennå." in text(app)
    app = submit(app, "Før inn")
    assert "Begrunnelsen mangler." in text(app)
    assert next(e for e in app.expander if e.label == "Legg til, ta ut eller utsett").proto.expanded, "what was typed is folded away"

    def field(kind: str, name: str) -> Any:
        return next(w for w in getattr(app, kind) if (w.key or "").startswith(f"decisions.{name}"))

    field("radio", "action").set_value("postpone")
    field("text_area", "text").set_value("Ny leder fra høsten.")
    app = submit(app, "Før inn")
    assert "Datoen mangler" in text(app)
    field("radio", "action").set_value("skip")
    app = submit(app, "Før inn")
    assert "Valget er ført i loggen" in text(app)
    assert "Gjelder nå: Ta ut: bekymringsmelding, «Ny leder fra høsten.»" in text(app)
    field("text_area", "comment").set_value("Skriv til kari@example.no først.")
    app = submit(app, "Lagre kommentaren")
    assert "Kommentaren er lagret." in text(app)
    assert "kari@example.no" not in text(app)
    opened = pipeline.open_authority(str(own_store))
    assert in_force(opened, date.today())["service_id"].tolist() == [service]
    field("radio", "action").set_value("release")
    field("text_area", "text").set_value("Vi venter likevel ikke.")
    app = submit(app, "Før inn")
    assert "Gjelder nå" not in text(app)
    assert in_force(opened, date.today()).empty


def test_who_is_taken_out_is_not_in_the_plan_and_it_says_why(planning_page: Page, page: Page, own_store: Path) -> None:
    app = planning_page(own_store, made=True)
    rows = visits(app)
    name = rows.loc[rows["ground"] == "risiko", "service"].iloc[0]
    service = next(one for one in app.selectbox(key="plan.box").options if one == name)
    app.selectbox(key="plan.box").select(service)
    app = ran(app.run())
    next(w for w in app.radio if (w.key or "").startswith("decisions.action")).set_value("skip")
    next(w for w in app.text_area if (w.key or "").startswith("decisions.text")).set_value("Helsetilsynet er der nå.")
    app = submit(app, "Før inn")
    assert "er endret siden utkastet under ble laget" in text(app), "the preview knows of it at once"
    app = press(app, "plan.make")
    rows = visits(app)
    assert name not in set(rows["service"])
    assert "«Helsetilsynet er der nå.»" in text(app)
