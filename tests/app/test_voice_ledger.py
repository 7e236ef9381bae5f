"""The ledger on the page: filters, one piece followed, the unused, and what somebody of an organisation may see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline, settings
from risiko.app import ledger_words as words
from risiko.app.display import plain
from risiko.app.ledger_words import About
from risiko.app.server import MAIN
from risiko.i18n import Translator
from risiko.pipeline.ledger import ledger, uses_of
from risiko.reports.names import Names
from tests.app.auth_files import KARI, auth_file
from tests.app.page_text import said
from tests.unit.test_ledger import kept

Page = Callable[..., AppTest]
NB = Names(Translator("nb", strict=True), settings.load())
SERVICES = pd.DataFrame(
    {"name": ["Lia hjem", None], "service_type": "nursing_home", "county": "Innlandet"}, index=["s006", "s007"]
)


@pytest.fixture(scope="module")
def found(opened: pipeline.Authority, run: pipeline.Run) -> pd.DataFrame:
    return ledger(opened, run)


def test_the_page_tells_how_many_are_used_and_why_the_others_are_not(page: Page, found: pd.DataFrame) -> None:
    shown = page(at="views/brukererfaring.py", section="use")
    assert not shown.exception
    text = said(shown)
    used = int((found["reason"] == "").sum())
    assert 0 < used < len(found)
    assert f"{used} teller i listen, {len(found) - used} gjør det ikke" in text.replace("\u00a0", "")
    counts = found.loc[found["reason"] != "", "reason"].value_counts()
    table = next(table.value for table in shown.table if "Hvorfor" in table.value)
    assert dict(zip(table["Hvorfor"], table["Innspill"], strict=True)) == {
        plain(NB.t.word("unused", reason)): str(n) for reason, n in counts.items()
    }


def test_a_chosen_piece_is_followed_and_its_words_are_shown(page: Page, found: pd.DataFrame) -> None:
    shown = page(at="views/brukererfaring.py", section="use")
    of_words = found[(found["reason"] == "words_only").to_numpy()].iloc[0]
    use = next(box for box in shown.selectbox if box.label == "Bruk")
    use.set_value("unused").run()
    choice = next(box for box in shown.selectbox if box.label == "Innspill")
    choice.set_value(str(of_words["piece_id"])).run()
    text = said(shown)
    assert "**Levert.**" in text
    assert "Slik ble det sagt" in text
    assert "Det ligger ikke bak noen plan ennå" in text


def test_the_trail_says_each_step_in_words() -> None:
    about = About(SERVICES, NB, named=True)
    lines = words.trail(uses_of(kept(), "a1"), about, NB, named=True)
    assert [step for step, _ in lines] == ["Levert", "Listen", "Plan", "Tilsyn"]
    given, score, plan, supervision = (line for _, line in lines)
    assert "Løvetann, spørreundersøkelse, samlet inn 01.03.2026 om Lia hjem. Deltakere: 40. Vi fikk det 01.05.2026." in given
    assert "per 30.06.2026 telte det like mye som" in score
    assert plan == "I plan 1 (01.07.2026–30.06.2027): tilsyn ved Lia hjem (grunnlag: risiko). Vedtak: godkjent."
    assert supervision == "01.10.2026 ved Lia hjem: 2 funn, 1 av dem lovbrudd. 1 av 2 er rettet."


def test_somebody_of_an_organisation_is_told_no_service_by_name_and_no_visit_beforehand() -> None:
    about = About(SERVICES, NB, named=False)
    lines = words.trail(uses_of(kept(), "a1"), about, NB, named=False)
    text = " ".join(line for _, line in lines)
    assert "Lia" not in text
    assert "s006" not in text
    assert "Sykehjem, Innlandet" in text
    assert "tilsyn ved" not in lines[2][1]
    assert "sier vi ikke på forhånd" in lines[2][1]


def test_a_small_group_is_never_told_by_its_number() -> None:
    assert [words.people(n, NB) for n in (1, 4, 5, 0)] == ["færre enn 5", "færre enn 5", "5", "0"]
    assert words.people(pd.NA, NB) == "mangler data"


def test_somebody_of_an_organisation_sees_its_own_evidence_alone(
    authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: pd.DataFrame
) -> None:
    whose = str(found["organisation"].value_counts().index[0])
    monkeypatch.setenv("RISIKO_STORE", str(authority))
    monkeypatch.setenv("RISIKO_AUTH", str(auth_file(tmp_path)))
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.query_params["section"] = "use"
    app.user = KARI | {"groups": ["brukerorg"], "organisation": whose.upper()}
    app.switch_page("views/brukererfaring.py").run()
    assert not app.exception
    own = (found["organisation"] == whose).sum()
    assert f"{own} innspill er mottatt" in said(app)
    offered = next(box for box in app.selectbox if box.label == "Innspill").options
    assert len(offered) == min(own, 300)
    assert not [box for box in app.selectbox if box.label == "Organisasjon"]
    assert "Tjenester i plan" not in said(app)
