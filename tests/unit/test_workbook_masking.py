"""What could tell who somebody is leaves a filled template before anything is made of it; and names however written."""

from __future__ import annotations

from tests.workbooks import cell_at, focus_group, page_of, read, told, write

IDENTITY = "13097248022"  # invented; its check digits are right
SCORE = "Det som ble sagt!E3"


def test_names_and_numbers_of_people_are_masked_before_they_go_anywhere() -> None:
    said = {"text": f"Overlege Kari Nordmann, fnr {IDENTITY}, sa det til mor på 91 23 45 67."}
    book = focus_group(None, said)
    write(book, "quotes", [{"text": f"Spør {IDENTITY}", "agreed": "Ja"}])
    found = read(book)
    assert found.submission is not None
    assert "Nordmann" not in found.submission.said[0].text
    assert "91 23 45 67" not in found.submission.said[0].text
    assert found.submission.quotes[0].text == "Spør [fødselsnummer]"
    wrong = read(focus_group(None, {"score": f"{IDENTITY} sa 4"}))
    assert IDENTITY not in repr(wrong)
    assert any(fault.value.startswith("[fødselsnummer]") for fault in wrong.faults)


def test_a_number_that_lost_its_first_nought_is_known_all_the_same() -> None:
    found = read(focus_group(None, {"score": int("01010112377")}))
    assert (SCORE, "identity_number", False) in told(found.faults)
    assert "1010112377" not in repr(found)


def test_names_and_telephone_numbers_without_any_identity_number_are_masked_too() -> None:
    found = read(focus_group({"wants_back": "Ring 91 23 45 67"}, {"text": "Overlege Kari Nordmann sa det."}))
    assert found.submission is not None
    assert found.submission.said[0].text == "Overlege [navn] sa det."
    assert found.submission.wants_back == "Ring [telefon]"
    assert [reason for _, reason, _ in told(found.faults)] == ["masked", "masked"]


def test_what_a_fault_repeats_is_masked_and_cut() -> None:
    found = read(focus_group({"n": "Ring 91 23 45 67"}, {"score": "svært bra, sa de aller fleste av dem som svarte"}))
    assert [(fault.reason, fault.value) for fault in found.faults] == [
        ("not_whole", "Ring [telefon]"), ("not_a_number", "svært bra, sa de aller fleste av dem so…"),
    ]  # fmt: skip


def test_a_service_by_its_id_in_other_letters_and_a_question_answered_twice() -> None:
    book = focus_group(None, {"service_id": " S-2 "})
    found = read(book)
    assert found.submission is not None
    assert found.submission.said[0].service_id == "s-2"
    page = page_of(book, "about")
    row = page[cell_at(book, "n")].row
    page["B40"], page["C40"] = page.cell(row, 2).value, 10
    assert told(read(book).faults) == [("Om innspillet!C40", "line_twice", True)]
