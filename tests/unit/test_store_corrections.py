"""Corrected files: what was refused or wrong once can be put right; each test runs on every kind of store."""

from __future__ import annotations

import pandas as pd
import pytest

from risiko.batch import Part, Receipt
from risiko.errors import StoreError
from risiko.store.base import Store
from tests.builders import batch, part, rejects
from tests.drawn import table


def complaints(ids: str, file: str, version: str = "v1") -> Part:
    """A file of complaints with these ids, one letter each."""
    drawn = "\n".join(["complaint_id | service_id | event_date", *(f"{i} | {file} | 2020-01-05" for i in ids)])
    return part("complaints", drawn, file=file, version=version)


def brought(store: Store) -> dict[str, str]:
    """complaint -> the file that brought it"""
    return store.read(["complaints"])["complaints"].set_index("complaint_id")["service_id"].to_dict()


def told(receipt: Receipt) -> list[tuple[object, ...]]:
    columns = ["file", "status", "n_good", "n_rejected", "n_replaced"]
    return list(receipt.lines[columns].itertuples(index=False, name=None))


def test_a_refused_row_comes_in_when_the_one_in_its_way_is_gone(store: Store) -> None:
    store.commit(batch(complaints("xa", "a.csv"), complaints("xb", "b.csv")))
    assert brought(store) == {"x": "a.csv", "a": "a.csv", "b": "b.csv"}

    corrected = batch(complaints("a", "a.csv", "v2"), complaints("xb", "b.csv"))
    foreseen, after = store.rehearse(corrected)
    done = store.commit(corrected)

    assert told(done) == told(foreseen) == [("a.csv", "replaced", 1, 0, 2), ("b.csv", "replaced", 2, 0, 1)]
    assert brought(store) == {"a": "a.csv", "b": "b.csv", "x": "b.csv"}
    assert sorted(after["complaints"]["complaint_id"]) == ["a", "b", "x"]
    assert store.rejects().empty
    assert told(store.commit(corrected)) == [("a.csv", "unchanged", 1, 0, 0), ("b.csv", "unchanged", 2, 0, 0)]


def test_it_comes_in_later_too_when_its_file_is_offered_again(store: Store) -> None:
    store.commit(batch(complaints("xa", "a.csv"), complaints("xb", "b.csv")))
    store.commit(batch(complaints("a", "a.csv", "v2")))
    assert brought(store) == {"a": "a.csv", "b": "b.csv"}
    assert told(store.commit(batch(complaints("xb", "b.csv")))) == [("b.csv", "replaced", 2, 0, 1)]
    assert brought(store) == {"a": "a.csv", "b": "b.csv", "x": "b.csv"}


def test_a_refused_row_stays_out_while_the_other_one_stands(store: Store) -> None:
    both = batch(complaints("xa", "a.csv"), complaints("xb", "b.csv"))
    store.commit(both)
    assert told(store.commit(both)) == [("a.csv", "unchanged", 2, 0, 0), ("b.csv", "unchanged", 1, 1, 0)]
    assert len(store.imports()) == 2


def test_a_file_offered_again_takes_nothing_that_a_corrected_one_still_holds(store: Store) -> None:
    store.commit(batch(complaints("xb", "b.csv")))
    store.commit(batch(complaints("xa", "a.csv")))
    receipt = store.commit(batch(complaints("xa", "a.csv"), complaints("xbc", "b.csv", "v2")))
    assert told(receipt) == [("a.csv", "unchanged", 1, 1, 0), ("b.csv", "replaced", 3, 0, 2)]
    assert brought(store) == {"a": "a.csv", "x": "b.csv", "b": "b.csv", "c": "b.csv"}


def test_of_two_files_with_the_refused_row_the_first_brings_it(store: Store) -> None:
    store.commit(batch(complaints("x", "a.csv"), complaints("xb", "b.csv"), complaints("xc", "c.csv")))
    receipt = store.commit(batch(complaints("a", "a.csv", "v2"), complaints("xb", "b.csv"), complaints("xc", "c.csv")))
    assert receipt.lines["status"].tolist() == ["replaced", "replaced", "unchanged"]
    assert brought(store) == {"a": "a.csv", "b": "b.csv", "x": "b.csv", "c": "c.csv"}


def test_what_was_rejected_inside_the_file_is_no_reason_to_take_it_again(store: Store) -> None:
    fault = rejects(("a.csv", 9, "complaint_id", "x", "duplicate_key", "in the file itself", "rejected"))
    given = part("complaints", "complaint_id | service_id | event_date\nx | s1 | 2020-01-05", rejects=fault, n_read=2)
    store.commit(batch(given))
    assert told(store.commit(batch(given))) == [("a.csv", "unchanged", 1, 1, 0)]


def test_sixty_rows_replaced_by_one_are_told(store: Store) -> None:
    many = part("complaints", table("complaints", "complaint_id | service_id | event_date\n" + "\n".join(f"c{i} | s | 2020-01-05" for i in range(60))))
    store.commit(batch(many))
    receipt = store.commit(batch(complaints("x", "a.csv", "v2"), complaints("y", "b.csv")))
    assert told(receipt) == [("a.csv", "replaced", 1, 0, 60), ("b.csv", "added", 1, 0, 0)]
    assert store.imports()["n_replaced"].tolist() == [0, 60, 0]


def test_a_source_row_goes_in_whole_or_not_at_all(store: Store) -> None:
    """Row 2 of b.csv became three complaints, and one of them stands already."""
    store.commit(batch(complaints("x", "a.csv")))
    drawn = """
        complaint_id | service_id | event_date
        p            | b.csv      | 2020-01-05
        x            | b.csv      | 2020-01-05
        q            | b.csv      | 2020-01-05
        r            | b.csv      | 2020-01-05
    """
    warned = rejects(
        ("b.csv", 2, "known_date", "2020-01-01", "known_slightly_before_event", "kept", "warning"),
        ("b.csv", 3, "known_date", "2020-01-01", "known_slightly_before_event", "kept", "warning"),
    )
    given = part("complaints", drawn, file="b.csv", rejects=warned, n_read=2)
    given.rows.index = pd.Index([2, 2, 2, 3], name="row")
    receipt = store.commit(batch(given))

    assert brought(store) == {"x": "a.csv", "r": "b.csv"}
    line = receipt.lines.iloc[0]
    assert line["n_read"] == given.rows.index.isin([3]).sum() + line["n_rejected"] + line["n_left_out"]
    assert receipt.rejects[["row", "value", "reason"]].to_numpy().tolist() == [
        [3, "2020-01-01", "known_slightly_before_event"], [2, "x", "duplicate_key"],
    ]  # fmt: skip

    store.commit(batch(complaints("y", "a.csv", "v2"), given))
    assert brought(store) == {"y": "a.csv", "p": "b.csv", "x": "b.csv", "q": "b.csv", "r": "b.csv"}


def services(ids: str, file: str = "a.csv", version: str = "v1", **metadata: object) -> Part:
    drawn = table("services", "\n".join(["service_id", *ids])).assign(**metadata)
    return part("services", drawn, file=file, version=version)


def test_a_wrong_kind_of_metadata_can_be_corrected_and_history_shows_both(store: Store) -> None:
    store.commit(batch(services("st", kind=[1.5, None])))
    store.commit(batch(services("st", version="v2", kind=pd.Series(["007", None], dtype="str"))))
    store.commit(batch(services("u", "b.csv", kind=pd.Series(["12"], dtype="str"))))

    read = store.read(["services"])["services"]["kind"]
    assert read.dtype == "str"
    assert read.where(read.notna(), "").tolist() == ["007", "", "12"]
    history = store.history("services")
    assert history["kind"].where(history["kind"].notna(), "").tolist() == ["1.5", "", "007", "", "12"]
    assert history.columns.tolist()[-1] == "kind"

    store.commit(batch(services("st", version="v3", kind=pd.array([True, None], dtype="boolean")), services("u", "b.csv", "v3")))
    assert str(store.read(["services"])["services"]["kind"].dtype) == "boolean"
    assert store.history("services")["kind"].dropna().tolist() == ["1.5", "007", "12", "True"]


def test_going_back_to_the_first_kind(store: Store) -> None:
    for version, values in (("v1", [2.0]), ("v2", pd.Series(["x"], dtype="str")), ("v3", [3.0])):
        store.commit(batch(services("s", version=version, kind=values)))
    assert store.read(["services"])["services"]["kind"].tolist() == [3.0]


def test_a_wrong_spelling_of_metadata_can_be_corrected(store: Store) -> None:
    store.commit(batch(services("s", BEDS=[1.0])))
    store.commit(batch(services("s", version="v2", beds=[2.0])))
    store.commit(batch(services("t", "b.csv", **{"beds": [3.0], "beds#2": [4.0]})))
    read = store.read(["services"])["services"]
    assert read[["beds", "beds#2"]].fillna(-1).to_numpy().tolist() == [[2, -1], [3, 4]]
    assert "BEDS" not in read
    assert store.history("services")[["BEDS", "beds"]].fillna(-1).to_numpy().tolist() == [[1, -1], [-1, 2], [-1, 3]]


def test_a_kind_is_corrected_in_all_files_together_or_not_at_all(store: Store) -> None:
    text = pd.Series(["x"], dtype="str")
    store.commit(batch(services("s", kind=[1.0]), services("t", "b.csv", kind=[2.0])))
    with pytest.raises(StoreError, match="other imported files hold it as float64") as refused:
        store.commit(batch(services("s", version="v2", kind=text)))
    assert "import all files that carry it together" in refused.value.hint
    with pytest.raises(StoreError, match="other imported files hold it as str"):
        store.commit(batch(services("s", version="v2", kind=text), services("t", "b.csv", "v2", kind=[2.0])))
    store.commit(batch(services("s", version="v2", kind=text), services("t", "b.csv", "v2", kind=text)))
    assert store.read(["services"])["services"]["kind"].tolist() == ["x", "x"]
