"""Checking a frame against its contract: every fault at once, good rows kept, bad rows named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from risiko.contracts import CONTRACTS, Column, Contract

if TYPE_CHECKING:
    import pandera.pandas as pa

EARLIEST_EVENT = pd.Timestamp(1990, 1, 1)
EARLIEST_VALIDITY = pd.Timestamp(1800, 1, 1)
# Registers are often dated by the day of entry while the matter is dated by a period's end: a month of slack.
MAX_DAYS_KNOWN_BEFORE = 31

# reason -> what to say. {limit} is filled from the column's contract.
REASONS = {
    "missing_value": "a value is required here",
    "not_allowed": "not one of the allowed values ({limit})",
    "out_of_range": "outside the allowed range ({limit})",
    "future_date": "the date lies in the future",
    "too_early": "the date lies before {limit}",
    "known_before_event": f"known more than {MAX_DAYS_KNOWN_BEFORE} days before it happened",
    "known_slightly_before_event": "known before it happened; kept, because it is within a month",
    "duplicate_key": "the same key stands in an earlier row or another file; that row is kept",
    "unknown_service": "no service with this id; import services first, or correct the id",
    "unknown_supervision": "no supervision with this id; import supervisions first, or correct the id",
    "n_exceeds_invited": "more answers than people invited",
    "no_subject": "evidence must name a service, or a service type and an area",
    "ends_before_it_begins": "valid_to lies before valid_from",
    "last_before_first": "the last day lies before the first",
    "nobody_meant": "a busy period must name a service, a provider or a municipality",
}
WARNINGS = frozenset({"known_slightly_before_event"})
FAULT_COLUMNS = ("row", "column", "value", "reason", "message", "severity")


@dataclass(frozen=True)
class Checked:
    """good: the rows that keep the contract. faults: row (index label), column, value, reason, message, severity."""

    good: pd.DataFrame
    faults: pd.DataFrame


def check(
    table: str,
    frame: pd.DataFrame,
    *,
    today: date,
    known_services: Collection[str] | None = None,
    known_supervisions: Collection[str] | None = None,
) -> Checked:
    """Hold a conformed frame against its contract and report all faults at once (pandera, lazy validation).

    The index identifies rows and must be unique. known_services and known_supervisions are the ids that may be
    referred to; None leaves references unchecked. Rows with a fault of severity "rejected" are not in `good`.
    """
    import pandera.pandas as pa

    contract = CONTRACTS[table]
    day = pd.Timestamp(today)
    columns = {c.name: pa.Column(c.dtype, _column_checks(c, day), nullable=c.nullable) for c in contract.columns}
    references = {
        "service_id": ("unknown_service", known_services),
        "supervision_id": ("unknown_supervision", known_supervisions),
    }
    for name, (reason, ids) in references.items():
        if ids is not None and name in columns and name not in contract.id_columns[:1]:
            columns[name].checks.append(pa.Check(lambda s, ids=ids: s.isin(ids), name=reason))
    for reason, in_order in _row_rules(contract, frame).items():
        # Hung on one column: a check of the whole frame would list every column of every faulty row.
        columns[_SHOWN_AT[reason]].checks.append(pa.Check(lambda _, ok=in_order: ok, name=reason, ignore_na=False))
    cases = _failure_cases(pa.DataFrameSchema(columns, strict=False), frame)
    faults = _faults(_with_duplicates(cases, contract, frame), contract, frame)
    bad = faults.loc[faults["severity"] == "rejected", "row"]
    return Checked(frame[~frame.index.isin(bad)], faults)


def _failure_cases(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Every single fault that pandera finds: index, column, check."""
    import pandera.errors as pe

    try:
        schema.validate(frame, lazy=True)
    except pe.SchemaErrors as found:
        return found.failure_cases
    return pd.DataFrame({"index": frame.index[:0], "column": [], "check": []})


def _with_duplicates(cases: pd.DataFrame, contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """The cases and one more for each row whose key stands in an earlier row.

    Only a row that is otherwise in order can take the place of another: a faulty one is rejected, so it hides none.
    """
    key = list(contract.key)
    bad = frame.index.isin(cases.loc[~cases["check"].isin(WARNINGS), "index"])
    again = frame.duplicated(key).to_numpy(copy=True)
    again[~bad] = frame[~bad].duplicated(key)
    if not again.any():
        return cases
    more = pd.DataFrame({"index": frame.index[again], "column": contract.id_columns[0], "check": "duplicate_key"})
    return pd.concat([cases, more], ignore_index=True)


def _column_checks(column: Column, today: pd.Timestamp) -> list[Any]:
    import pandera.pandas as pa

    checks = []
    if column.values:
        checks.append(pa.Check(lambda s: s.isin(column.values), name="not_allowed"))
    if column.type in ("integer", "number"):
        checks.append(pa.Check(lambda s: _inside(s, column), name="out_of_range"))
    if column.type == "date":
        checks.append(pa.Check(lambda s: s >= _earliest(column), name="too_early"))
        if column.past:
            checks.append(pa.Check(lambda s: s <= today, name="future_date"))
    return checks


def _inside(values: pd.Series, column: Column) -> pd.Series:
    """Which numbers keep the column's limits; infinity keeps none."""
    inside = values.abs() < float("inf")
    if column.minimum is not None:
        inside &= values >= column.minimum
    if column.maximum is not None:
        inside &= values <= column.maximum
    return inside


def _earliest(column: Column) -> pd.Timestamp:
    return EARLIEST_EVENT if column.past else EARLIEST_VALIDITY


# The column a fault that concerns several columns is shown at.
_SHOWN_AT = {
    "known_before_event": "known_date", "known_slightly_before_event": "known_date", "n_exceeds_invited": "n",
    "no_subject": "service_id", "ends_before_it_begins": "valid_to",
    "last_before_first": "last_day", "nobody_meant": "service_id",
}  # fmt: skip


def _row_rules(contract: Contract, f: pd.DataFrame) -> dict[str, pd.Series]:
    """Rules that look at several columns of a row: for each, True where the row is in order."""
    rules = {}
    if contract.event_column:
        days_before = (f[contract.event_column] - f["known_date"]).dt.days.fillna(0)
        rules["known_before_event"] = days_before <= MAX_DAYS_KNOWN_BEFORE
        rules["known_slightly_before_event"] = ~days_before.between(1, MAX_DAYS_KNOWN_BEFORE)
    if contract.name == "experiences":
        rules["n_exceeds_invited"] = ~(f["n"] > f["n_invited"]).fillna(False).astype(bool)
        rules["no_subject"] = f["service_id"].notna() | (f["service_type"].notna() & f["area"].notna())
    if contract.name == "services":
        rules["ends_before_it_begins"] = ~(f["valid_to"] < f["valid_from"])
    if contract.name == "busy_periods":
        rules["last_before_first"] = ~(f["last_day"] < f["first_day"])
        rules["nobody_meant"] = f[["service_id", "provider_id", "municipality"]].notna().any(axis=1)
    return rules


def _faults(cases: pd.DataFrame, contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Pandera's failure cases as one line per row and reason, in row order."""
    # A fault of the table itself (a wrong dtype) has no row: a fault of ours, not of the user's rows.
    tablewide = cases[cases["index"].isna()]
    if len(tablewide):
        faults = tablewide[["column", "check"]].to_dict("records")
        raise TypeError(f"{contract.name}: not conformed to its contract: {faults}")
    reason = cases["check"].astype("str").replace({"not_nullable": "missing_value"})
    out = pd.DataFrame({"row": cases["index"], "column": cases["column"], "reason": reason})
    out = out.drop_duplicates().sort_values(["row", "column"], kind="stable", ignore_index=True)
    if out.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in FAULT_COLUMNS})
    out["value"], out["message"] = "", ""
    for (name, why), rows in out.groupby(["column", "reason"]).groups.items():  # a few kinds of fault, not rows
        out.loc[rows, "message"] = REASONS[why].format(limit=limit_of(contract.by_name[name]))
        out.loc[rows, "value"] = _as_text(frame[name].loc[out.loc[rows, "row"]]).to_numpy()
    out["severity"] = out["reason"].isin(WARNINGS).map({True: "warning", False: "rejected"})
    return out[list(FAULT_COLUMNS)]


def _as_text(values: pd.Series) -> pd.Series:
    text = values.dt.strftime("%Y-%m-%d") if values.dtype.kind == "M" else values.astype("str")
    return text.fillna("")


def limit_of(column: Column) -> str:
    """The column's allowed values or range in words, for a message or the data dictionary."""
    if column.values:
        return ", ".join(column.values)
    if column.type == "date":
        return f"{_earliest(column):%Y-%m-%d}"
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return "a finite number" if column.type == "number" else ""
    return f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
