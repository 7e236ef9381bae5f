"""The contracts hold together, and bring any frame into their order and dtypes."""

from __future__ import annotations

import pandas as pd
import pytest

from risiko.contracts import CONTRACTS, DTYPES, Column, Contract, empty_tables, metadata_names

ID = Column("thing_id", "text", "One thing.")
KNOWN = Column("known_date", "date", "When it was known.")


@pytest.mark.parametrize(
    ("id_columns", "columns"),
    [
        (("thing_id",), (ID, KNOWN, ID)),  # a name twice
        (("other",), (ID, KNOWN)),  # a key that is no column
        (("thing_id",), (ID,)),  # versioned, but without known_date
        (("thing_id",), (ID, KNOWN, Column("n", "integer", "no full stop"))),
    ],
)
def test_a_faulty_contract_cannot_be_made(id_columns: tuple[str, ...], columns: tuple[Column, ...]) -> None:
    with pytest.raises(ValueError, match="contract 'things' is faulty"):
        Contract("things", "Things.", id_columns, columns)


def test_the_key_is_the_id_and_the_version() -> None:
    assert Contract("things", "Things.", ("thing_id",), (ID, KNOWN)).key == ("thing_id", "known_date")
    assert Contract("things", "Things.", ("thing_id",), (ID,), timeless=True).key == ("thing_id",)


def test_the_tables_of_the_project_are_all_there() -> None:
    assert list(CONTRACTS) == [
        "services", "service_areas", "complaints", "experiences", "submissions", "quotes", "item_means",
            "supervisions", "findings", "actions",
        "external_scores", "busy_periods", "metadata_columns",
    ]  # fmt: skip
    assert list(empty_tables()) == list(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_a_contract_is_whole(contract: Contract) -> None:
    key = [contract.by_name[name] for name in contract.key]
    assert not any(column.nullable for column in key)
    for column in contract.columns:
        assert column.sentence[0].isupper()
        assert (column.type == "category") == bool(column.values)
        if column.minimum is not None or column.maximum is not None:
            assert column.type in ("integer", "number")
    assert (contract.event_column is None) == ("event_date" not in contract.by_name)


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_an_empty_table_has_the_contracts_columns_and_dtypes(contract: Contract) -> None:
    empty = contract.empty()
    assert len(empty) == 0
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == {c.name: DTYPES[c.type] for c in contract.columns}
    pd.testing.assert_frame_equal(contract.conform(empty), empty)
    empty["more"] = 1.0
    assert list(contract.empty()) == [c.name for c in contract.columns], "each who asks gets one of their own"


def test_conform_orders_types_and_fills() -> None:
    given = pd.DataFrame({"users": [3, 4], "service_id": ["a", "b"], "beds": [1.0, 2.0], "stray": [0, 0]}, index=[7, 9])
    out = CONTRACTS["services"].conform(given, extra=["beds", "absent"])
    assert out.columns.tolist() == [*CONTRACTS["services"].by_name, "beds"]
    assert out.index.tolist() == [7, 9]
    assert out["users"].dtype == "float64"
    assert out["users"].tolist() == [3.0, 4.0]
    missing = out.drop(columns=["service_id", "users", "beds"])
    assert missing.isna().all(axis=None)
    assert out.dtypes.drop("beds").to_dict() == CONTRACTS["services"].empty().dtypes.to_dict()


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_conform_fills_every_kind_of_column(contract: Contract) -> None:
    out = contract.conform(pd.DataFrame(index=range(2)))
    assert out.isna().all(axis=None)
    assert out.dtypes.to_dict() == contract.empty().dtypes.to_dict()


def test_conform_leaves_the_given_frame_alone() -> None:
    given = CONTRACTS["complaints"].conform(pd.DataFrame({"n": [1]}))
    out = CONTRACTS["complaints"].conform(given)
    out.loc[0, "n"] = 2
    assert given["n"].tolist() == [1]


def test_a_value_that_does_not_fit_its_type_raises() -> None:
    with pytest.raises((TypeError, ValueError)):
        CONTRACTS["complaints"].conform(pd.DataFrame({"n": [1.5]}))


def test_metadata_names_are_what_the_contract_does_not_know() -> None:
    services = CONTRACTS["services"].conform(pd.DataFrame({"beds": [1.0], "rooms": [2.0]}), extra=["beds", "rooms"])
    assert metadata_names(services) == ["beds", "rooms"]
    assert metadata_names(CONTRACTS["services"].empty()) == []
