"""Identifiers leave a text before it is stored, and what only looks like one stays."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risiko.ingest.faults import LONGEST_TEXT, MAX_VALUE_LENGTH
from risiko.masking import WORDS, counts, is_national_number, mask
from risiko.store import open_store
from tests.imports import block, column, read_all, read_part, rejects, write


def masked(text: str, **more: bool) -> str:
    return str(mask(pd.Series([text], dtype="str"), **more).item())


def national_number(first_nine: str) -> str | None:
    """The nine digits with their two check digits; None where there are none (a remainder of 1)."""
    digits = [int(d) for d in first_nine]
    k1 = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), digits, strict=True)) % 11
    k2 = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), [*digits, k1], strict=True)) % 11
    return None if 10 in (k1, k2) else f"{first_nine}{k1}{k2}"


@pytest.mark.parametrize(("text", "left"), [
    ("Min mor Kari Nordmann fikk ikke hjelp.", "Min mor [navn] fikk ikke hjelp."),
    ("Sykepleier Anne var snill.", "Sykepleier [navn] var snill."),
    ("Dr. Hansen kom sent.", "Dr. [navn] kom sent."),
    ("Legen Ola A. Berg kom sent.", "Legen [navn] kom sent."),
    ("Mormor Åse Kristine von Krogh vart ikkje høyrd.", "Mormor [navn] vart ikkje høyrd."),
    ("My mother Anne O'Brien was left alone.", "My mother [navn] was left alone."),
    ("Jeg snakket med Kari på avdelingen.", "Jeg snakket med [navn] på avdelingen."),
    ("Anne-Grete Olsen-Lie svarte.", "[navn] svarte."),
    ("KARI NORDMANN RINGTE.", "[navn] RINGTE."),
    ("K. Nordmann svarte.", "[navn] svarte."),
    ("Ho bur i Storgata 12, 0155 Oslo.", "Ho bur i [adresse]."),
    ("Karl Johans gate 3 B, 0154 Oslo", "[adresse]"),
    ("Nedre Skogvegen 7c er stengd.", "[adresse] er stengd."),
    ("Postboks 123, 1405 Langhus", "[adresse]"),
    ("Vi flyttet til 1405 Langhus.", "Vi flyttet til [adresse]."),
    ("Ring 22 33 44 55, 22334455 eller 800 12 345.", "Ring [telefon], [telefon] eller [telefon]."),
    ("Ring +47 412 34 567 eller 0046 70 123 45 67.", "Ring [telefon] eller [telefon]."),
    ("Skriv til kari_n+1@post.example.no.", "Skriv til [e-post]."),
    ("Se https://example.no/a?b=1 og www.example.org.", "Se [nettadresse] og [nettadresse]"),
    ("Fødselsnummer: 01010112345 (skrevet feil)", "Fødselsnummer: [fødselsnummer] (skrevet feil)"),
    *((f"Hun er {number}.", "Hun er [fødselsnummer].") for number in (
        "01819012365", "018190 12365", "01.81.90-12365", "01-81-90-12365", "01/81/90 12365", "018190/12365",
        "018190\u201312365", "018190 \u2013 12365", "018190\u201112365", "018190\n12365", "01\u00a081\u00a090\u00a012365",
    )),
])  # fmt: skip
def test_identifiers_give_way(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize("text", [
    "Vi ventet i 12 måneder og betalte 4500 kroner.",
    "Det kostet 1 234 567 kroner, og 45000000 kr i alt.",
    "Møtet var 01.01.2024 klokka 12.30.",
    "Rapporten er datert 20240115, sak 2024/12345.",
    "I 2019 kom Barnevernet. Mor. Vi fikk vente.",
    "Hans mor var der. Per brev fikk vi svar.",
    "Legen Nav viste til svarte ikke.",
    "Fikk plass 2 på listen, avdeling B4.",
    "Konto 12345678901 er ingen person.",
    "Hjemmetjenesten kom kl. 0800 Mandag.",
    "",
    "a",
])  # fmt: skip
def test_what_only_looks_like_an_identifier_stays(text: str) -> None:
    assert masked(text) == text


def test_case_numbers_are_the_authoritys_choice() -> None:
    assert masked("saksnummer 2024/12345") == "saksnummer 2024/12345"
    assert masked("saksnummer 2024/12345", case_numbers=True) == "saksnummer [saksnummer]"


def test_every_number_with_right_check_digits_is_masked_and_none_with_a_wrong_one() -> None:
    """Every day, month and way of raising them, each with a year and a person drawn with a fixed seed; masked at once."""
    rng = np.random.default_rng(19)
    drawn = (
        f"{day + to_day:02}{month + to_month:02}{rng.integers(100):02}{rng.integers(1000):03}"
        for day in range(1, 32) for month in range(1, 13) for to_day in (0, 40) for to_month in (0, 40, 65, 80)
    )  # fmt: skip
    right = [number for number in map(national_number, drawn) if number]
    wrong = [number[:-1] + str((int(number[-1]) + 1) % 10) for number in right]
    assert len(right) > 2000
    assert [number for number in right if not is_national_number(number)] == []
    assert [number for number in wrong if is_national_number(number)] == []
    ways = [way for n in right for way in (n, f"{n[:6]} {n[6:]}", f"{n[:2]}.{n[2:4]}.{n[4:6]}-{n[6:]}")]
    said = pd.Series([f"født {way}." for way in ways], dtype="str")
    assert said[mask(said) != "født [fødselsnummer]."].tolist() == []
    kept = pd.Series([f"kode {number}" for number in wrong], dtype="str")
    assert kept[mask(kept) != kept].tolist() == []


def test_counts_missing_values_and_index() -> None:
    before = pd.Series(["Dr. Hansen og Dr. Olsen", None, "ring 22334455", "alt [navn] her"], index=[7, 5, 3, 1], dtype="str")
    after = mask(before)
    assert list(after.index) == [7, 5, 3, 1]
    assert after.isna().tolist() == [False, True, False, False]
    assert counts(before, after).loc[lambda n: n > 0].to_dict() == {"[navn]": 2, "[telefon]": 1}
    assert mask(pd.Series([], dtype="str")).empty


PIECES = (*"aA1 .,@-+/[]æÅé\nmorKidHns2", "mor ", "Kari ", "Nordmann ", "Storgata ", " 22 33 44 55 ", "1405 ", "a@a.no ")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=1, max_size=20).map(lambda texts: pd.Series(texts, dtype="str")))
def test_masking_twice_changes_nothing_and_never_fails(texts: pd.Series) -> None:
    once = mask(texts)
    pd.testing.assert_series_equal(mask(once), once)


NASTY = ("a", "1", "A", "Aa ", "1 ", "a.", "a@", "Kari ", "mor Kari ", "Storgata ", "www.", "22 ", "+47", "a-", "A-a", "Aa-Aa-", "1405 ",
         "[adresse] ", "æ.no/", " ", "@")  # fmt: skip


@pytest.mark.parametrize("piece", NASTY)
def test_a_hundred_thousand_nasty_characters_take_linear_time(piece: str) -> None:
    """Processor time, so that a busy machine says nothing; ten times the text may not take thirty times as long."""
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        began = time.process_time()
        masked(text)
        return time.process_time() - began

    short, long = seconds(10_000), seconds(100_000)
    assert long < max(30 * short, 0.5)
    assert long < 3


EXPERIENCES = {
    "experience_id": '"id"', "service_id": '"service"', "event_date": '"date"', "known_date": '"date"', "method": '"method"',
    "text": '"text"',
}  # fmt: skip
SECRETS = ("01819012365", "41234567", "kari@example.no", "Nordmann", "Storgata")
SAID = "Mor Kari Nordmann, 01819012365, Storgata 12, tlf 41234567, kari@example.no"


def test_neither_the_store_nor_the_rejects_hold_an_identifier(tmp_path: Path) -> None:
    rows = f"id|service|date|method|text\n1|a|2024-01-01|interview|{SAID}\n2|a|2024-01-01|{SAID}|x\n3|a|2024-01-01|interview|{SAID}|{SAID}\n"
    write(tmp_path, block("experiences", "said.csv", EXPERIENCES), said_csv=rows)
    batch = read_all(tmp_path)
    assert column(batch.parts[0], "text") == ["Mor [navn], [fødselsnummer], [adresse], tlf [telefon], [e-post]"]
    assert [(row, why) for row, _, _, why in rejects(batch.parts[0])] == [(3, "not_allowed"), (4, "malformed_row")]
    assert "[fødselsnummer]" in batch.parts[0].rejects["value"].iloc[0]
    assert "[fødselsnummer]" in batch.parts[0].rejects["value"].iloc[1]

    store = open_store(str(tmp_path / "kept.db"))
    store.commit(batch)
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("kept.db*"))
    assert "[fødselsnummer]".encode() in kept, "the text did not reach the store: the test looks at the wrong bytes"
    assert [secret for secret in SECRETS if secret.encode() in kept] == []


def test_what_was_written_at_a_supervision_is_masked_too(tmp_path: Path) -> None:
    rules = {"finding_id": '"id"', "supervision_id": '"visit"', "known_date": '"date"', "severity": '{ const = "breach" }', "text": '"text"'}
    write(tmp_path, block("findings", "found.csv", rules), found_csv=f"id|visit|date|text\n1|v|2024-01-01|{SAID}\n")
    text = column(read_all(tmp_path, supervisions="v").parts[0], "text")[0]
    assert [secret for secret in SECRETS if secret in str(text)] == []


def test_a_number_at_the_edge_of_a_rejected_value_is_not_cut_in_two(tmp_path: Path) -> None:
    before = "x" * (MAX_VALUE_LENGTH - 5)
    write(tmp_path, block("experiences", "said.csv", EXPERIENCES), said_csv=f"id|service|date|method|text\n1|a|2024-01-01|{before} 01819012365|x\n")
    (line,) = rejects(read_part(tmp_path))
    assert line[2].endswith(" [fød")


def test_a_text_too_long_to_be_a_comment_is_kept_in_part_and_told_about(tmp_path: Path) -> None:
    long = "ord " * (LONGEST_TEXT // 4 - 1) + "til 01819012365 og meir"
    rows = f"id|service|date|method|text\n1|a|2024-01-01|interview|{long}\n2|a|2024-01-01|interview|?\n3|a|2024-01-01|interview|{'o' * LONGEST_TEXT}\n"
    write(tmp_path, block("experiences", "said.csv", EXPERIENCES), said_csv=rows)
    part = read_part(tmp_path)
    first, second, third = (str(text) for text in column(part, "text"))
    assert (len(first), second, len(third)) == (LONGEST_TEXT, "?", LONGEST_TEXT)
    assert not first.endswith("0")
    assert [(row, name, why) for row, name, _, why in rejects(part)] == [(2, "text", "text_cut")]
    assert part.rejects["severity"].tolist() == ["warning"]


def test_the_words_put_in_are_no_identifiers_themselves() -> None:
    assert [masked(word) for word in WORDS] == list(WORDS)


@pytest.mark.parametrize("text", ["22 33 44 55www.roKo.no", "Ring 22 33 44 55post@roko.no", "www.roko.no22 33 44 55"])
def test_what_stands_against_an_identifier_is_masked_with_it(text: str) -> None:
    once = mask(pd.Series([text, "Alt i orden.", pd.NA], dtype="str"))
    assert "ro" not in once[0].lower()
    assert mask(once)[0] == once[0]
    assert once[1] == "Alt i orden."
    assert pd.isna(once[2])
