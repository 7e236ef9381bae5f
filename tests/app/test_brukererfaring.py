"""The page Brukererfaring: a whole intake by form for three methods, drafts, an organisation's own, a file, two presses."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.access import local
from risiko.app.server import MAIN
from risiko.pipeline import drafts
from tests.app.auth_files import KARI, auth_file
from tests.app.page_text import said

Page = Callable[..., AppTest]
VIEW = "views/brukererfaring.py"
DAYS = {"first_day": date(2026, 5, 1), "last_day": date(2026, 5, 20)}
ME = "KN"
AGREED = {"consent": "agreed", "purpose": "supervision"}


@pytest.fixture
def own(authority: Path, tmp_path: Path) -> Path:
    """A copy of the store, for a test that writes into it."""
    return Path(shutil.copy(authority, tmp_path / "own.db"))


@pytest.fixture
def give(page: Page, own: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setenv("RISIKO_USER", ME)

    def visit(store: Path = own, **params: str) -> AppTest:
        return page(store, at=VIEW, **params)

    return visit


def field(app: AppTest, path: str, work: int = 1) -> Any:
    """The widget of a field."""
    key = f"voice.field.{work}.{path}"
    found = [w for kind in (app.text_input, app.text_area, app.number_input, app.selectbox, app.radio, app.date_input, app.checkbox)
             for w in kind if w.key == key]  # fmt: skip
    assert found, f"{path} is not on the page, which says\n{said(app)}"
    return found[0]


def fill(app: AppTest, values: Mapping[str, object], work: int = 1) -> AppTest:
    """Fill in fields of the step that is open, one after the other, as a person does."""
    for path, value in values.items():
        field(app, path, work).set_value(value)
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def on(app: AppTest, *steps: Mapping[str, object]) -> AppTest:
    """Fill in each step and go on."""
    for values in steps:
        press(fill(app, values), "voice.on")
    return app


def kept(store: Path) -> dict[str, Any]:
    return dict(pipeline.open_authority(str(store)).store.read(["submissions", "experiences", "quotes", "item_means"]))


def a_service(store: Path) -> tuple[str, str]:
    services = pipeline.open_authority(str(store)).store.read(["services"])["services"]
    return str(services["service_id"].iloc[0]), str(services["name"].iloc[0])


def focus_group(app: AppTest, service: str) -> AppTest:
    """A focus group of nine, filled in to its last step."""
    press(app, "voice.method.focus_group")
    people = {"user_group": "users", "n": 9, "n_women": 6, "n_men": 3, "youngest": 24, "oldest": 71}
    fill(app, {"organisation": "?"})
    who = {"other": "Foreningen Solsiden", "asked_by": "Frivillige i lokallaget", **DAYS, "reached": "members"}
    about = {"places.1.service_id": service, "places.1.safe.graded": "serious"}
    on(app, who, people, AGREED)
    fill(app, about)
    on(app, {"places.1.safe.text": "Flere fikk feil medisin."})
    press(app, "voice.add.quotes")
    return on(app, {"quotes.1.text": "Ingen spurte meg.", "quotes.1.agreed": True, "quotes.1.may_show": "organisation"})


def test_a_focus_group_is_taken_in_and_followed(give: Page, own: Path) -> None:
    service, name = a_service(own)
    app = focus_group(give(), service)
    assert app.header[0].value == "Steg 6 av 6: Se over og send"
    fill(app, {"wants_back": "Om det ble tilsyn."})
    told = said(app)
    assert "Foreningen Solsiden" in told
    assert name in told.replace("\\", "")
    press(app, "voice.send")
    rows = kept(own)
    (sent,) = rows["submissions"].to_dict("records")
    assert app.success[0].value == f"Takk! Innspillet er tatt imot. Nummeret er {sent['submission_id']}."
    assert (sent["n"], sent["method"], sent["reached"], sent["wants_back"]) == (9, "focus_group", "members", "Om det ble tilsyn.")
    (row,) = rows["experiences"][rows["experiences"]["experience_id"].str.startswith(sent["submission_id"])].to_dict("records")
    assert (row["service_id"], row["dimension"], row["score"], row["text"]) == (service, "safe", 25.0, "Flere fikk feil medisin.")
    assert rows["quotes"][["text", "may_show"]].values.tolist() == [["Ingen spurte meg.", "organisation"]]
    assert [button.key for button in app.button if str(button.key).startswith("voice.draft.on")] == [], "what is sent is no draft"
    assert "voice.follow" in [button.key for button in app.button]


def test_a_survey_with_standard_and_own_questions_is_taken_in_with_means_and_n(give: Page, own: Path) -> None:
    service, _ = a_service(own)
    app = press(give(), "voice.method.survey")
    on(
        app,
        {"asked_by": "Tilsynet", **DAYS, "reached": "random_sample"},
        {"user_group": "relatives", "n": 120, "n_invited": 400},
        {"consent": "anonymous_answers", "purpose": "supervision_and_learning"},
        {"places.1.service_id": service, "places.1.n": 118, "places.1.n_invited": 390, "places.1.involving.score": 61.5},
    )
    app.multiselect(key="voice.items.picked").set_value([("gs_peq", "waiting"), ("gs_peq", "understandable")]).run()
    press(app, "voice.add.picked")
    press(app, "voice.add.own")
    fill(app, {"scale": "1-5"})
    own_question = {"items.3.wording": "Fikk du mat du liker?", "items.3.dimension": "involving"}
    means, ns = {1: 2.0, 2: 4.0, 3: 3.0}, {1: 110, 2: 117, 3: 100}
    numbers = {f"items.{k}.mean": mean for k, mean in means.items()} | {f"items.{k}.n": n for k, n in ns.items()}
    fill(app, numbers)
    on(app, own_question, {})
    press(app, "voice.send")
    found = kept(own)
    (sent,) = found["submissions"].to_dict("records")
    assert (sent["n"], sent["n_invited"], pd.isna(sent["organisation"])) == (120, 400, True)
    items = found["item_means"].set_index("item")
    reverse = {"waiting": 66.6667, "understandable": 75.0, "Fikk du mat du liker?": 50.0}
    assert {name: (row["mean"], row["n"], row["service_id"]) for name, row in items.iterrows()} == {
        name: (mean, n, service) for (name, mean), n in zip(reverse.items(), (110, 117, 100), strict=True)
    }  # fmt: skip
    mine = found["experiences"][found["experiences"]["experience_id"].str.startswith(sent["submission_id"])]
    assert mine[["dimension", "score", "n", "n_invited"]].values.tolist() == [["involving", 61.5, 118, 390]]


def narrative(app: AppTest, work: int = 1) -> AppTest:
    """A narrative of a type of service in an area, filled in to its last step."""
    press(app, "voice.method.narrative")
    fill(app, {"reached": "own_contact", **DAYS}, work)
    press(app, "voice.on")
    fill(app, {"user_group": "relatives", "n": 1}, work)
    press(app, "voice.on")
    fill(app, AGREED, work)
    press(app, "voice.on")
    fill(app, {"places.1.kind": "area", "places.1.accessible.graded": "critical"}, work)
    kinds, areas = field(app, "places.1.service_type", work).options, field(app, "places.1.area", work).options
    assert kinds
    app.selectbox(key=f"voice.field.{work}.places.1.area").set_value(areas[0])
    field(app, "places.1.service_type", work).set_value("nursing_home")
    fill(app, {"places.1.accessible.text": "Mor ventet i ni måneder."}, work)
    press(app, "voice.on")
    return press(app, "voice.on")


def test_a_narrative_of_an_area_is_taken_in_once_however_often_the_button_is_pressed(give: Page, own: Path) -> None:
    app = narrative(give())
    send = app.button(key="voice.send")
    send.click().run()
    assert not app.exception
    (sent,) = kept(own)["submissions"].to_dict("records")
    again = narrative(app, work=2)
    press(again, "voice.send")
    assert again.success[0].value.startswith("Dette innspillet står her allerede.")
    rows = kept(own)
    assert rows["submissions"]["submission_id"].tolist() == [sent["submission_id"]]
    mine = rows["experiences"][rows["experiences"]["experience_id"].str.startswith(sent["submission_id"])]
    assert mine[["service_type", "dimension", "score", "n"]].values.tolist() == [["nursing_home", "accessible", 0.0, 1]]
    assert len(pipeline.open_authority(str(own)).store.log(["submission"])) == 1


def on_buttons(app: AppTest, head: str) -> list[str]:
    return [str(button.key) for button in app.button if str(button.key).startswith(head)]


def test_a_draft_is_kept_at_each_step_and_found_again_in_a_new_session(give: Page, own: Path) -> None:
    service, _ = a_service(own)
    app = focus_group(give(), service)
    assert kept(own)["submissions"].empty
    app = give()  # the browser was closed
    (draft,) = on_buttons(app, "voice.draft.on")
    assert "Du har et påbegynt innspill (fokusgruppe) fra" in said(app)
    press(app, draft)
    assert app.header[0].value == "Steg 1 av 6: Hvem spurte, og når?"
    assert (field(app, "other").value, field(app, "first_day").value) == ("Foreningen Solsiden", DAYS["first_day"])
    for _ in range(3):
        press(app, "voice.on")
    assert (field(app, "places.1.service_id").value, field(app, "places.1.safe.graded").value) == (service, "serious")
    assert field(app, "places.1.safe.text").value == "Flere fikk feil medisin."
    press(app, "voice.on")
    press(app, "voice.on")
    press(app, "voice.send")
    assert kept(own)["submissions"]["organisation"].tolist() == ["Foreningen Solsiden"]
    assert on_buttons(give(), "voice.draft.on") == []


def test_what_is_written_is_kept_though_the_browser_is_closed_in_the_middle_of_a_step(give: Page) -> None:
    app = press(give(), "voice.method.focus_group")
    assert on_buttons(give(), "voice.draft.on") == [], "nothing has been written"
    fill(app, {"asked_by": "Frivillige i lokallaget"})
    app = give()
    (draft,) = on_buttons(app, "voice.draft.on")
    assert field(press(app, draft), "asked_by").value == "Frivillige i lokallaget"


def test_a_day_that_cannot_be_is_told_in_the_readers_words_and_a_long_text_is_not_thrown_away(give: Page) -> None:
    app = press(give(), "voice.method.narrative")
    fill(app, {"last_day": date(2062, 5, 1)})
    assert f"⚠ Dagen er ikke kommet ennå; i dag er det {date.today():%d.%m.%Y}." in field(app, "last_day").label
    while not app.header[0].value.endswith("Hva ble sagt?"):
        press(app, "voice.on")
    fill(app, {"places.1.whole.graded": "words"})
    assert field(app, "places.1.whole.text").proto.max_chars == 20_000, "the browser takes nothing of a text that is longer"


def test_a_draft_is_saved_by_hand_and_deleted(give: Page, own: Path) -> None:
    app = press(give(), "voice.method.interview")
    fill(app, {"asked_by": "En frivillig, Kari på 998 87 766"})
    press(app, "voice.draft.keep")
    assert app.success[0].value.startswith("Utkastet er lagret.")
    assert field(app, "asked_by").value.startswith("En frivillig"), "the form stays open"
    (draft,) = drafts.drafts(pipeline.open_authority(str(own)), local(ME))
    assert "998" not in draft.submission.asked_by, "what is kept is masked"
    press(app, "voice.draft.leave")
    (delete,) = on_buttons(app, "voice.draft.delete")
    press(app, delete)
    assert app.success[0].value == "Utkastet er slettet."
    assert on_buttons(app, "voice.draft") == []


def test_what_is_blank_is_told_once_the_step_is_left_and_what_is_wrong_at_once(give: Page, own: Path) -> None:
    app = press(give(), "voice.method.focus_group")
    assert "⚠" not in said(app), "nobody is told off before they have begun"
    press(app, "voice.on")
    assert app.header[0].value.startswith("Steg 1"), "the first press tells what is missing"
    assert "⚠" in field(app, "asked_by").label
    press(app, "voice.on")
    assert app.header[0].value.startswith("Steg 2"), "the second goes on"
    fill(app, {"n": 9, "n_invited": 5, "youngest": 60, "oldest": 20})
    assert "⚠" in field(app, "n").label + field(app, "n_invited").label
    assert "⚠" in field(app, "youngest").label + field(app, "oldest").label
    assert "⚠" not in field(app, "user_group").label


def test_the_end_tells_everything_that_is_missing_and_the_way_there(give: Page, own: Path) -> None:
    app = press(give(), "voice.method.flow_chart")
    for _ in range(12):
        if not on_buttons(app, "voice.on"):
            break
        press(app, "voice.on")
    assert app.button(key="voice.send").disabled
    assert app.warning[0].value.startswith("**Dette må rettes før dere kan sende:**")
    press(app, "voice.fix.consent")
    assert app.header[0].value.endswith("Hva har de sagt ja til?")
    assert kept(own)["submissions"].empty


def test_a_place_or_quote_taken_away_takes_only_itself(give: Page, own: Path) -> None:
    services = pipeline.open_authority(str(own)).store.read(["services"])["services"]["service_id"].unique()[:3].tolist()
    app = press(give(), "voice.method.focus_group")
    for _ in range(6):
        press(app, "voice.on")
    press(press(app, "voice.add.places"), "voice.add.places")
    for n, service in enumerate(services, start=1):
        fill(app, {f"places.{n}.service_id": service, f"places.{n}.whole.graded": ("good", "minor", "critical")[n - 1]})
    press(app, "voice.remove.1.places.2")
    assert [box.value for box in app.selectbox if str(box.key).endswith("service_id")] == [services[0], services[2]]
    assert field(app, "places.3.whole.graded").value == "critical"
    press(app, "voice.on")
    press(app, "voice.back")
    assert field(app, "places.3.whole.graded").value == "critical", "going on and back keeps what was filled in"


def test_another_scale_makes_up_no_mean_and_what_does_not_fit_it_is_told(give: Page) -> None:
    app = at_questions(give())
    app.multiselect(key="voice.items.picked").set_value([("gs_peq", "waiting")]).run()
    press(app, "voice.add.picked")
    fill(app, {"items.1.mean": 61.5, "items.1.n": 80})
    fill(app, {"scale": "1-5"})
    assert (field(app, "items.1.mean").value, field(app, "items.1.n").value) == (61.5, 80)
    assert "⚠" in field(app, "items.1.mean").label


def at_questions(app: AppTest) -> AppTest:
    """A survey, open at the step with its questions."""
    press(app, "voice.method.survey")
    while not app.header[0].value.endswith("Hvilke spørsmål ble stilt?"):
        press(app, "voice.on")
    return app


def test_a_file_of_answers_is_reduced_told_by_cell_and_sent_with_the_form(give: Page, own: Path) -> None:
    service, _ = a_service(own)
    app = at_questions(give())

    def upload(*answers: object) -> AppTest:
        lines = ["Tjeneste;own:Fikk du mat?", *(f"{service};{one}" for one in answers)]
        app.file_uploader[0].set_value(("svar.csv", "\n".join(lines).encode(), "text/csv")).run()
        assert not app.exception
        return app

    assert "svar.csv!B3" in table_of(upload(1, "mye", 3))
    assert "voice.answers.take" not in [button.key for button in app.button]
    upload(*[1] * 10, *[3] * 10, *[5] * 20)
    press(app, "voice.answers.take")
    assert field(press(app, "voice.back"), "places.1.kind").value == "service"
    press(press(press(app, "voice.back"), "voice.back"), "voice.draft.leave")
    (draft,) = drafts.drafts(pipeline.open_authority(str(own)), local(ME))
    (item,) = draft.submission.items
    assert (item.service_id, item.wording, item.n, item.mean, draft.submission.n) == (service, "Fikk du mat?", 40, 62.5, 40)
    assert item.spread is not None


def table_of(app: AppTest) -> str:
    (table,) = [element.proto.body for element in app.main if element.type == "html" and "wide-table" in element.proto.body]
    return str(table)


def test_what_is_typed_last_is_kept_when_another_section_is_opened(give: Page) -> None:
    app = press(give(section="give"), "voice.method.narrative")
    field(app, "asked_by").set_value("På et møte")
    sections = next(group for group in app.segmented_control if str(group.key).startswith("voice.section"))
    sections.set_value("council").run()  # both in one turn, as when one writes and presses at once
    sections = next(group for group in app.segmented_control if str(group.key).startswith("voice.section"))
    sections.set_value("give").run()
    assert field(app, "asked_by").value == "På et møte"


@pytest.fixture
def members(own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Page, str]:
    """members()[0](section="own") opens the page as somebody of the organisation that has given most; and its name."""
    monkeypatch.setenv("RISIKO_AUTH", str(auth_file(tmp_path)))
    monkeypatch.setenv("RISIKO_STORE", str(own))
    told = pipeline.open_authority(str(own)).store.read(["experiences"])["experiences"]["organisation"].dropna()
    name = str(told.value_counts().index[0])

    def visit(**params: str) -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.user = KARI | {"groups": ["brukerorg"], "organisation": name}
        app.query_params.update(params)
        app.switch_page(VIEW)
        return app.run()

    return visit, name


def test_somebody_of_an_organisation_hands_in_for_her_own_alone(members: tuple[Page, str], own: Path) -> None:
    visit, name = members
    app = press(visit(), "voice.method.narrative")
    (shown,) = [box for box in app.text_input if box.key == "voice.bound"]
    assert (shown.value, shown.disabled) == (name, True)
    assert not [box for box in app.selectbox if str(box.key).endswith(".organisation")]
    press(app, "voice.draft.leave")
    app = narrative(app, work=2)
    app.session_state["voice.work"].sheet.values |= {"organisation": "En annen forening", "other": "En annen forening"}
    press(app, "voice.send")
    assert kept(own)["submissions"]["organisation"].tolist() == []
    assert "Dette får du ikke gjøre" in said(app)
    app.session_state["voice.work"].sheet.values |= {"organisation": name, "other": ""}
    press(app, "voice.send")
    assert kept(own)["submissions"]["organisation"].tolist() == [name]


@pytest.mark.parametrize("params", [{}, {"section": "council"}, {"section": "heard"}, {"section": "own", "organisation": "*"}])
def test_no_address_shows_an_organisation_more_than_its_own(members: tuple[Page, str], own: Path, params: dict[str, str]) -> None:
    visit, name = members
    app = visit(**params)
    assert not app.exception
    told = pipeline.open_authority(str(own)).store.read(["experiences"])["experiences"]["organisation"]
    others = sorted(set(told.dropna().astype("str")) - {name})
    assert others
    assert [one for one in others if one in said(app)] == []
    sections = next(group for group in app.segmented_control if str(group.key).startswith("voice.section"))
    assert "Brukerrådet" not in sections.options
