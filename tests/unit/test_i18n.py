"""Every text in every language, every key in the code in the catalogues, and numbers as each reader writes them."""

from __future__ import annotations

import csv
import re
import string
from datetime import date, datetime
from pathlib import Path

import pytest

from risiko import settings
from risiko.contracts import empty_tables
from risiko.i18n import LANGUAGES, Translator, UnknownText, catalogue
from risiko.i18n.families import FAMILIES
from risiko.i18n.translator import readable
from risiko.signals import families, registered, specs
from tests.i18n_scan import asked_for, keys_in

NBSP = "\u00a0"


def family_keys() -> set[str]:
    return {f"{family}.{word}" for family, words in FAMILIES.items() for word in words}


def signal_keys() -> set[str]:
    """What the register of signals asks of the catalogues: a new signal needs these and nothing else."""
    alone = {f"{head}.{s.name}" for s in registered() for head in ("signal", "signal_help")}
    members = {f"{head}.{name}" for name in families() if name != "metadata" for head in ("signal_of", "signal_of_help")}
    return alone | members


def texts(language: str) -> dict[str, tuple[str, ...]]:
    """id -> its text, or its singular and plural."""
    return {
        (m.id if isinstance(m.id, str) else m.id[0]): ((m.string,) if isinstance(m.string, str) else tuple(m.string))
        for m in catalogue.read(language)
        if m.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_or_empty(language: str) -> None:
    everything = set().union(*(catalogue.ids(other) for other in LANGUAGES))
    assert everything - catalogue.ids(language) == set()
    assert [key for key, forms in texts(language).items() if not all(f.strip() for f in forms)] == []


def test_every_key_in_the_code_has_a_text() -> None:
    asked = asked_for()
    keys = {key for how, key in asked if how == "key"}
    assert keys, "the scan found nothing: it has come apart from the code"
    assert keys - catalogue.ids("nb") == set()
    assert {family for how, family in asked if how == "family"} - set(FAMILIES) == set()
    assert {head for how, head in asked if how == "pattern" and head.rstrip(".") not in FAMILIES} == set()


def test_every_word_of_a_closed_list_has_a_text() -> None:
    assert family_keys() - catalogue.ids("nb") == set()


def test_no_text_is_unused() -> None:
    used = {key for how, key in asked_for() if how == "key"} | family_keys() | signal_keys()
    assert catalogue.ids("nb") - used == set()


def test_every_registered_signal_has_a_name_and_a_sentence() -> None:
    assert signal_keys() - catalogue.ids("nb") == set()
    assert {s.unit for s in specs(empty_tables(), settings.load())} <= set(FAMILIES["unit"])


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "nb"])
def test_places_to_fill_in_are_the_same_in_every_language(language: str) -> None:
    def places(forms: tuple[str, ...]) -> set[str]:
        return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name is not None}

    other = texts(language)
    differing = {key: (places(forms), places(other[key])) for key, forms in texts("nb").items() if places(forms) != places(other[key])}
    assert differing == {}


# Words that exist in one form of Norwegian only: a text that holds one is written in the other.
ONLY_BOKMAL = {
    "ikke", "hvorfor", "hva", "hvor", "hvordan", "hvilke", "noen", "noe", "fra", "mer", "flere", "hver", "mangler", "tjeneste",
    "tjenester", "tjenesten", "tjenestene", "brukere", "brukerne", "sannsynlighet", "sannsynligheten", "usikker", "være", "gjøre",
    "siden", "øverste", "bare", "vet", "ennå", "navn", "lovbrudd", "rettssikkerhet", "egne",
}  # fmt: skip
ONLY_NYNORSK = {
    "ikkje", "kvifor", "kva", "kvar", "kor", "korleis", "nokon", "noko", "frå", "meir", "fleire", "kvart", "manglar", "teneste",
    "tenester", "tenesta", "tenestene", "brukarar", "brukarane", "sannsyn", "sannsynet", "uviss", "vere", "gjere", "sidan",
    "øvste", "berre", "veit", "enno", "namn", "lovbrot", "rettstryggleik", "eigne",
}  # fmt: skip


@pytest.mark.parametrize(("language", "foreign"), [("nb", ONLY_NYNORSK), ("nn", ONLY_BOKMAL)])
def test_bokmal_and_nynorsk_are_not_mixed(language: str, foreign: set[str]) -> None:
    mixed = {key: words for key, forms in texts(language).items() if (words := set(re.findall(r"\w+", " ".join(forms).lower())) & foreign)}
    assert mixed == {}


def test_terms_are_those_of_the_glossary(shared: Path) -> None:
    ours = {
        "missing_data": "data.missing", "ranking": "nav.ranking", "probability_of_failure": "criterion.probability",
        "legal_protection": "criterion.legal_protection", "self_advocacy": "criterion.self_advocacy", "focus_group": "method.focus_group",
        "survey": "method.survey", "narrative": "method.narrative", "peer_interview": "method.peer_interview",
        "video_journey": "method.video", "flow_chart": "method.flow_chart", "breach": "severity.breach", "no_breach": "severity.none",
        "improvement_area": "severity.remark", "system_audit": "kind.system_audit", "self_assessment": "kind.self_assessment",
        "spot_check": "kind.spot_check", "unannounced": "kind.unannounced", "on_site": "kind.inspection",
        "regularity": "selection.regularity", "random_draw": "selection.random", "experience": "signal.experience_mean",
        "service": "column.service", "why_score": "reasons.title",
        "last_supervised": "column.last",
    }  # fmt: skip
    with (shared / "domain" / "glossary.csv").open(encoding="utf-8") as stream:
        glossary = {row["key"]: row for row in csv.DictReader(stream)}

    columns = {"nb": "bokmaal", "nn": "nynorsk"}
    wrong = {
        (language, key): glossary[term][column]
        for term, key in ours.items()
        for language, column in columns.items()
        if glossary[term][column].casefold() not in Translator(language)(key).casefold()
    }
    assert wrong == {}


def test_an_unknown_key_raises_when_strict_and_shows_itself_otherwise() -> None:
    with pytest.raises(UnknownText, match=r"nothing\.here"):
        Translator("nb", strict=True)("nothing.here")
    assert Translator("nb")("nothing.here") == "nothing.here"
    assert Translator("nb").plural("nothing.here", 2) == "nothing.here"


def test_an_unknown_language_reads_as_bokmal_and_an_unknown_word_is_made_readable() -> None:
    assert Translator("sv").language == "nb"
    assert Translator("nn").word("sector", "child_welfare") == "Barnevern"
    assert Translator("nn").word("sector", "care_home") == readable("care_home") == "Care home"


# x, decimals      nb               nn               en
NUMBERS = [
    (1234567.0, 0, f"1{NBSP}234{NBSP}567", f"1{NBSP}234{NBSP}567", "1,234,567"),
    (3.14159, 2, "3,14", "3,14", "3.14"),
    (0.0, 0, "0", "0", "0"),
    (-0.004, 2, "0,00", "0,00", "0.00"),
    (float("nan"), 1, "mangler data", "manglar data", "missing data"),
    (None, 0, "mangler data", "manglar data", "missing data"),
]  # fmt: skip


@pytest.mark.parametrize(("x", "decimals", "nb", "nn", "en"), NUMBERS)
def test_numbers(x: float | None, decimals: int, nb: str, nn: str, en: str) -> None:
    assert [Translator(code).number(x, decimals) for code in LANGUAGES] == [nb, nn, en]


def test_signs_shares_dates_and_months() -> None:
    nb, nn, en = (Translator(code) for code in LANGUAGES)
    day = date(2023, 5, 1)
    assert nb.number(0.5, 1, sign=True) == "+0,5"
    assert [t.percent(0.345, 1) for t in (nb, nn, en)] == [f"34,5{NBSP}%", f"34,5{NBSP}%", "34.5%"]
    assert [t.date(day) for t in (nb, nn, en)] == ["01.05.2023", "01.05.2023", "1 May 2023"]
    assert [t.month(datetime(2023, 5, 1)) for t in (nb, nn, en)] == ["mai 2023", "mai 2023", "May 2023"]
    assert nb.percent(None) == nb.date(None) == nb.month(None) == "mangler data"


def test_plurals_take_the_form_the_number_asks_for() -> None:
    t = Translator("en")
    assert t.plural("complaints.alt", 1) == "1 complaint in the last 24 months."
    assert t.plural("complaints.alt", 0) == "0 complaints in the last 24 months."
    assert Translator("nb").plural("ranking.filtered", 1200, of="4 000") == f"1{NBSP}200 av 4 000 passer filtrene."


def test_the_scan_sees_keys_families_patterns_and_loops() -> None:
    source = 't("a.b"); names.t("c.d"); t.plural("e.f", 2); t.word("kind", x); t.plural(f"excluded.{r}", 1)\n[t(key) for key in ("g.h", "i.j")]'
    assert set(keys_in(source)) == {
        ("key", "a.b"), ("key", "c.d"), ("key", "e.f"), ("family", "kind"), ("pattern", "excluded."), ("key", "g.h"), ("key", "i.j"),
    }  # fmt: skip
