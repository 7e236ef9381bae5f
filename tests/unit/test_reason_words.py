"""Every kind of reason in every language: n and period always in, plural, number and date forms, nothing claimed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import get_args

import pytest

from risiko import settings
from risiko.i18n import LANGUAGES, Translator
from risiko.i18n.families import FAMILIES
from risiko.reasons.evidence import COUNTED
from risiko.reasons.reason import Kind, Position, Reason
from risiko.reports.names import Names
from risiko.reports.reason_words import sentence, sentences
from risiko.vocabulary import MISSING_REASONS
from tests.unit.test_i18n import ONLY_BOKMAL, ONLY_NYNORSK

AS_OF = date(2025, 6, 30)
PERIODS: dict[str, tuple[date | None, date | None]] = {
    "undated": (None, None), "one month": (date(2024, 2, 1), date(2024, 2, 29)),
    "span": (date(2023, 3, 5), date(2025, 6, 2)),
}  # fmt: skip
NS = (0.0, 1.0, 2.0, 1234.0)
UNITS = (*(unit for unit in FAMILIES["reason_amount"] if unit != "other"), "senger", "")
PLACE = Position(48, 12, 480, 20, 470, 3504, 175, 0.43, 1, 312, 1.8)
OF_SIGNAL = ("raises", "lowers", "raises_missing")
OF_GAPS = ("missing", "complete")
OF_PLACE = ("wide", "narrow", "place")
COMPLAINTS = Reason(
    "raises", AS_OF, "complaint_rate_long", "complaints", effect=0.46, likelihood_without=0.094, likelihood_with=0.141,
    value=3.14, expected=1.2, unit="per_1000_users_year", n=7, counted="complaints", since=date(2023, 3, 5),
    until=date(2025, 6, 2),
)  # fmt: skip
# No reason says that a service is bad or has failed: that is what a supervision finds out.
FORBIDDEN = re.compile(
    r"\b(svikt\w*|dårlig\w*|dårleg\w*|mislyk\w*|farlig\w*|farleg\w*|utrygg\w*|verst\w*|fail\w*|bad|worse|worst|poor\w*"
    r"|unsafe|dangerous\w*|guilt\w*)\b",
    re.IGNORECASE,
)


@cache
def names(language: str) -> Names:
    return Names(Translator(language, strict=True), settings.load())


def of_kind(kind: Kind, n: float = 7, period: str = "span") -> Reason:
    """A reason of the kind; what it is about follows from the kind."""
    since, until = PERIODS[period]
    plain = replace(COMPLAINTS, kind=kind, n=n, since=since, until=until, of=2000)
    match kind:
        case "lowers":
            return replace(plain, effect=-0.46, likelihood_without=0.141, likelihood_with=0.094)
        case "raises_missing":
            return replace(plain, missing="no_evidence")
        case "type":
            return replace(plain, signal="service_type", word="nursing_home")
        case "group":
            return replace(plain, signal="all_complaints")
        case "external":
            return replace(plain, signal="external_score")
        case "missing":
            return replace(plain, names=("experience_mean",) * int(max(n, 1)), missing="no_evidence")
        case "complete":
            return replace(plain, of=int(n))
        case "silence":
            return replace(plain, names=("experience_mean",))
        case "wide" | "narrow" | "place":
            return replace(plain, position=PLACE)
    return plain


def every() -> Iterator[tuple[Names, Reason]]:
    """Every kind, number and period, every unit, and everything that is counted, in each language."""
    for kind, n, period, language in itertools.product(get_args(Kind), NS, PERIODS, LANGUAGES):
        drawn = of_kind(kind, n, period)
        yield names(language), drawn
        if kind in OF_SIGNAL:
            yield from ((names(language), replace(drawn, unit=unit)) for unit in UNITS)
            yield from ((names(language), replace(drawn, counted=word)) for word in COUNTED)


def told_number(reason: Reason, told: Names) -> tuple[str, ...]:
    """How the sentence must tell n: the number, or in words that there is none."""
    if reason.kind in OF_PLACE:
        return (told.t.number(PLACE.of),)
    if reason.kind == "complete" and reason.n < 2:
        return ("Den ene", "Den eine", "The one") if reason.n else ("Ingen opp", "No information")
    n = max(reason.n, 1) if reason.kind == "missing" else reason.n
    if n or reason.kind in ("type", "group", "nothing"):
        return (told.t.number(n),)
    none = told.t(f"reason_none.{reason.counted}", day=told.t.date(AS_OF))
    return (none, told.t.word("reason_no", reason.counted))


def told_period(reason: Reason, t: Translator) -> tuple[str, ...]:
    """How it must tell when: the months of what is behind it, or the day it was known."""
    if reason.kind in ("type", "nothing", *OF_GAPS, *OF_PLACE) or reason.since is None:
        return (t.date(AS_OF),)
    return t.month(reason.since), t.month(reason.until)


def test_n_and_period_are_in_every_sentence_of_every_kind_and_language() -> None:
    without = [
        said for told, reason in every()
        for said in [sentence(reason, told)]
        if not any(x in said for x in told_number(reason, told))
        or not all(x in said for x in told_period(reason, told.t))
    ]  # fmt: skip
    assert without == []


def test_every_sentence_is_whole_and_claims_nothing() -> None:
    said = {sentence(reason, told) for told, reason in every()}
    assert len(said) > 1500
    assert [x for x in said if "{" in x or "}" in x] == []
    assert [x for x in said if "  " in x or x != x.strip() or re.search(r" [.,;)]|\( |\.\.|,,|\bNone\b(?! of)|\bnan\b", x)] == []
    assert [x for x in said if not (x[0].isupper() or x[0].isdigit()) or not x.endswith(".")] == []
    assert [x for x in said if FORBIDDEN.search(x)] == []


def test_the_forbidden_words_are_found_where_they_stand() -> None:
    for claim in ("Påvist svikt.", "En dårlig tjeneste.", "Ei dårleg teneste.", "It failed.", "A bad service."):
        assert FORBIDDEN.search(claim)


def test_bokmal_and_nynorsk_are_told_apart_and_not_mixed() -> None:
    for told, reason in every():
        if told.t.language == "en":
            continue
        words = set(re.findall(r"\w+", sentence(reason, told).lower()))
        assert not words & (ONLY_NYNORSK if told.t.language == "nb" else ONLY_BOKMAL), words
    for kind in get_args(Kind):
        reason = of_kind(kind)
        assert sentence(reason, names("nb")) != sentence(reason, names("nn")) != sentence(reason, names("en"))


# Words that do not bend in Norwegian: ett tilsyn, to tilsyn.
UNBENT = {("nb", "supervisions"), ("nn", "supervisions"), ("nb", "findings"), ("nn", "findings"), ("nn", "results")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", sorted({*COUNTED} - {"people"}))  # one or two people are never told of by number
def test_one_is_told_in_the_singular_and_two_in_the_plural(language: str, word: str) -> None:
    one, two = (sentence(replace(COMPLAINTS, n=n, counted=word), names(language)) for n in (1, 2))
    bends = one.replace("(1 ", "(2 ") != two
    assert bends == ((language, word) not in UNBENT)


@pytest.mark.parametrize("kind", ["missing", "complete", "group", "nothing", "wide"])
def test_a_sentence_about_one_bends_too(kind: Kind) -> None:
    t = names("en")
    if kind == "wide":
        one = sentence(replace(of_kind(kind), position=replace(PLACE, top=1, tier_size=1)), t)
        assert "being the one we have" in one
        assert "alone in tier 1" in one
        return
    one, two = (sentence(of_kind(kind, n), t) for n in (1, 2))
    assert one.replace("1 of 2,000", "2 of 2,000") != two


SAID = {
    "nb": "Klager over tre år: flere enn hos lignende tjenester, 3,1 mot 1,2 per 1 000 brukere og år (7 klager, "
          "mars 2023–juni 2025). Det løfter sannsynligheten fra 9 % til 14 %.",
    "nn": "Klager over tre år: fleire enn hos liknande tenester, 3,1 mot 1,2 per 1 000 brukarar og år (7 klager, "
          "mars 2023–juni 2025). Det lyfter sannsynet frå 9 % til 14 %.",
    "en": "Complaints, three years: more than at similar services, 3.1 against 1.2 per 1,000 users a year "
          "(7 complaints, March 2023–June 2025). That lifts the likelihood from 9% to 14%.",
}  # fmt: skip
SURE = {
    "nb": "Plassen er usikker: 9 av 10 ganger ligger den mellom 12 og 480 av 3 504 (30.06.2025). Sjansen for å være blant "
          "de 175 vi har kapasitet til, er 43 %. På nivå 1 er det 312 tjenester som vi ikke klart kan skille fra den første av dem.",
    "nn": "Plassen er uviss: 9 av 10 gonger ligg han mellom 12 og 480 av 3 504 (30.06.2025). Sjansen for å vere blant "
          "dei 175 vi har kapasitet til, er 43 %. På nivå 1 er det 312 tenester som vi ikkje klart kan skilje frå den første av dei.",
    "en": "The place is uncertain: 9 times out of 10 it lies between 12 and 480 of 3,504 (30 Jun 2025). The chance of "
          "being among the 175 we have capacity for is 43%. In tier 1 there are 312 services that we cannot clearly tell from the first of them.",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_sentences_as_a_colleague_would_say_them(language: str) -> None:
    said = sentences([COMPLAINTS, of_kind("wide")], names(language))
    assert [x.replace("\u00a0", " ") for x in said] == [SAID[language], SURE[language]]


def test_likelihoods_that_round_alike_get_more_decimals_and_those_that_hardly_move_say_so() -> None:
    t = names("en")
    near = replace(COMPLAINTS, likelihood_without=0.0912, likelihood_with=0.0948)
    assert sentence(near, t).endswith("from 9.1% to 9.5%.")
    still = replace(COMPLAINTS, likelihood_without=0.05001, likelihood_with=0.05002)
    assert sentence(still, t).endswith("That hardly changes the likelihood (5.00%).")


def test_a_reading_is_told_beside_similar_services_as_it_stands() -> None:
    t = names("en")

    def told(value: float, expected: float, unit: str) -> str:
        return sentence(replace(COMPLAINTS, value=value, expected=expected, unit=unit), t).partition(": ")[2]

    assert told(61.2, 70.1, "score_0_100").startswith("lower than at similar services, 61.2 against 70.1 out of 100")
    assert told(0.6, 0.25, "share").startswith("higher than at similar services, 60% against 25% (")
    assert told(0.604, 0.6, "share").startswith("higher than at similar services, 60.4% against 60.0% (")
    assert told(2.0, 2.0, "years").startswith("about the same as at similar services, 2.0 against 2.0 years")
    assert told(7.2, float("nan"), "years").startswith("7.2 years; we have no similar services to hold it against")
    assert told(1, 0.34, "yes_no").startswith("yes; so it is at 34% of similar services")
    assert told(0, 0.34, "yes_no").startswith("no; at 34% of similar services the answer is yes")
    assert told(12, 8.5, "beds").startswith("higher than at similar services, 12.0 against 8.5 beds (")


def test_no_evidence_is_told_with_what_it_means_and_part_of_a_yearly_count_is_not_none() -> None:
    none = replace(COMPLAINTS, n=0, since=None, until=None)
    assert "(ingen klager fram til 30.06.2025, og det kan også bety at få sier fra)" in sentence(none, names("nb"))
    assert "(1 complaint, March 2023–June 2025)" in sentence(replace(COMPLAINTS, n=0.3), names("en"))
    undated = replace(COMPLAINTS, n=2, counted="entries", since=None, until=None)
    assert "(2 opplysningar frå registeret utan dato, slik det var kjent 30.06.2025)" in sentence(undated, names("nn"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_named_with_why_and_what_it_does(language: str) -> None:
    t = names(language).t
    for why in MISSING_REASONS:
        assert t.word("missing", why) in sentence(replace(of_kind("missing", 1), missing=why), names(language))
    many = ("experience_mean", "last_finding", "complaint_upheld", "maturity", "enforcement")
    said = sentence(replace(of_kind("missing", 5), names=many), names(language))
    assert t.plural("reason.missing_more", 2) in said
    assert names(language).signal("maturity") not in said
    four = sentence(replace(of_kind("missing", 4), names=many[:4]), names(language))
    assert names(language).signal("maturity") in four


def test_what_is_missing_moves_a_learned_score_and_not_the_points() -> None:
    moved, still = of_kind("missing", 1), replace(of_kind("missing", 1), likelihood_without=0.141)
    assert "moves the likelihood from 9% to 14%" in sentence(moved, names("en"))
    assert "pulls neither up nor down" in sentence(still, names("en"))
    less = replace(of_kind("raises_missing"), effect=-0.46, likelihood_without=0.141, likelihood_with=0.094)
    assert "takes something away when this is missing" in sentence(less, names("en"))


def test_a_chance_is_certain_only_where_there_is_room_for_all() -> None:
    def said(chance: float, top: int) -> str:
        return sentence(replace(of_kind("narrow"), position=replace(PLACE, chance=chance, top=top)), names("en"))

    assert "is less than 1%." in said(0.0, 175)
    assert "is more than 99%." in said(1.0, 175)
    assert "is 100%." in said(1.0, 3504)
    assert "it is 12 of 3,504" in sentence(replace(of_kind("narrow"), position=replace(PLACE, high=12)), names("en"))


@pytest.mark.parametrize(
    ("best", "worst", "told"),
    [(12, 480, ""), (60, 61, ""), (11, 481, ""), (3, 600, "from 3 to 600"), (100, 900, "from 12 to 900")],
)
def test_what_may_be_unsaid_is_told_where_it_reaches_clearly_beyond_the_interval(best: int, worst: int, told: str) -> None:
    said = sentence(replace(of_kind("wide"), position=replace(PLACE, best=best, worst=worst)), names("en"))
    assert ("anywhere" in said) == bool(told)
    assert told in said


def test_a_reason_about_the_place_must_say_where() -> None:
    with pytest.raises(ValueError, match="where the service stands"):
        sentence(replace(COMPLAINTS, kind="wide"), names("nb"))


def test_every_unit_of_a_signal_has_its_words() -> None:
    assert set(FAMILIES["unit"]) <= set(FAMILIES["reason_amount"])
    assert set(FAMILIES["reason_n"]) == set(COUNTED)


@pytest.mark.parametrize("n", range(1, 5))
def test_of_fewer_than_five_people_neither_number_nor_mean_is_told(n: int) -> None:
    few = replace(COMPLAINTS, n=n, counted="people", value=37.25, expected=61.5, unit="score_0_100")
    said = sentence(few, names("en"))
    assert "fewer than 5 people" in said
    assert "37" not in said
    assert f"({n} " not in said
    enough = sentence(replace(few, n=5), names("en"))
    assert "37.3" in enough or "37.2" in enough
    assert "5 people" in enough
