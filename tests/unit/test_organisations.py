"""Which spellings of an organisation's name are one."""

import pandas as pd

from risiko.organisations import one_name, spelling


def test_case_spaces_and_punctuation_make_no_difference_and_letters_do() -> None:
    names = pd.Series(["Mental Helse", "MENTAL-HELSE ", "mental  helse", "Mental Helse Ung", "LÅRINGEN", "Låringen", None], dtype="str")
    assert spelling(names).dropna().tolist() == ["mentalhelse"] * 3 + ["mentalhelseung"] + ["låringen"] * 2
    assert spelling(names).isna().tolist() == [False] * 6 + [True]


def test_names_of_nothing_but_signs_stay_apart() -> None:
    assert spelling(pd.Series(["–", "?"], dtype="str")).tolist() == ["–", "?"]


def test_the_declared_name_stands_for_all_its_others() -> None:
    names = pd.Series(["LPP", "l.p.p.", "Landsforeningen LPP", "Voice", None], dtype="str")
    one = one_name(names, {"Landsforeningen LPP": ["LPP"]})
    assert one.astype("str").dropna().tolist() == ["Landsforeningen LPP"] * 3 + ["Voice"]
    assert one.isna().tolist() == [False] * 4 + [True]


def test_without_a_declaration_the_first_in_the_alphabet_stands_whatever_the_order() -> None:
    names = pd.Series(["echo", "Echo", "ECHO"], dtype="str")
    assert one_name(names, {}).unique().tolist() == one_name(names[::-1], {}).unique().tolist() == ["ECHO"]


def test_no_names_at_all() -> None:
    assert one_name(pd.Series([None, None], dtype="str"), {"A": ["B"]}).isna().all()
    assert len(one_name(pd.Series([], dtype="str"), {})) == 0
