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
    "duplicate_key": "the same key stands in an earlier row; that row is kept",
    "unknown_service": "no service with this id; import services first, or correct the id",
    "unknown_supervision": "no supervision with this id; import supervisions first, or correct the id",
    "n_exceeds_invited": "more answers than people invited",
    "no_subject": "evidence must name a service, or a service type and an area",
    "ends_before_it_begins": "valid_to lies before valid_from",
}
WARNINGS = frozenset({"known_slightly_before_event"})


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
    import pandera.errors as pe

    contract = CONTRACTS[table]
    schema = _schema(contract, pd.Timestamp(today), known_services, known_supervisions)
    try:
        schema.validate(frame, lazy=True)
        cases = pd.DataFrame({"index": [], "column": [], "check": [], "failure_case": []})
    except pe.SchemaErrors as found:
        cases = found.failure_cases
    faults = _faults(cases, contract, frame)
    bad = faults.loc[faults["severity"] == "rejected", "row"]
    return Checked(frame[~frame.index.isin(bad)], faults)


def _schema(
    contract: Contract,
    today: pd.Timestamp,
    services: Collection[str] | None,
    supervisions: Collection[str] | None,
) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    columns = {c.name: pa.Column(c.dtype, _column_checks(c, today), nullable=c.nullable) for c in contract.columns}
    references = {"service_id": ("unknown_service", services), "supervision_id": ("unknown_supervision", supervisions)}
    for name, (reason, ids) in references.items():
        if ids is not None and name in columns and name not in contract.id_columns[:1]:
            columns[name].checks.append(pa.Check(lambda s, ids=ids: s.isin(ids), name=reason))
    return pa.DataFrameSchema(columns, checks=_row_checks(contract), strict=False)


def _column_checks(column: Column, today: pd.Timestamp) -> list[Any]:
    import pandera.pandas as pa

    checks = []
    if column.values:
        checks.append(pa.Check(lambda s: s.isin(column.values), name="not_allowed"))
    if column.minimum is not None or column.maximum is not None:
        low, high = column.minimum, column.maximum
        inside = lambda s: (s >= (-float("inf") if low is None else low)) & (s <= (float("inf") if high is None else high))  # noqa: E731
        checks.append(pa.Check(inside, name="out_of_range"))
    if column.type == "date":
        checks.append(pa.Check(lambda s: s >= _earliest(column), name="too_early"))
        if column.past:
            checks.append(pa.Check(lambda s: s <= today, name="future_date"))
    return checks


def _earliest(column: Column) -> pd.Timestamp:
    return EARLIEST_EVENT if column.past else EARLIEST_VALIDITY


def _row_checks(contract: Contract) -> list[Any]:
    """Checks that look at several columns of a row; each returns True where the row is in order."""
    import pandera.pandas as pa

    key = list(contract.key)
    checks = [pa.Check(lambda f: ~f.duplicated(key, keep="first"), name="duplicate_key")]
    if contract.event_column:
        early = lambda f: (f["event_date"] - f["known_date"]).dt.days.fillna(0)  # noqa: E731
        checks += [
            pa.Check(lambda f: early(f) <= MAX_DAYS_KNOWN_BEFORE, name="known_before_event"),
            pa.Check(lambda f: ~early(f).between(1, MAX_DAYS_KNOWN_BEFORE), name="known_slightly_before_event"),
        ]
    if contract.name == "experiences":
        checks += [
            pa.Check(lambda f: ~(f["n"] > f["n_invited"]).fillna(False).astype(bool), name="n_exceeds_invited"),
            pa.Check(
                lambda f: f["service_id"].notna() | (f["service_type"].notna() & f["area"].notna()), name="no_subject"
            ),
        ]
    if contract.name == "services":
        checks.append(pa.Check(lambda f: ~(f["valid_to"] < f["valid_from"]), name="ends_before_it_begins"))
    return checks


# The column a fault that concerns several columns is shown at.
_SHOWN_AT = {
    "known_before_event": "known_date", "known_slightly_before_event": "known_date", "n_exceeds_invited": "n",
    "no_subject": "service_id", "ends_before_it_begins": "valid_to",
}  # fmt: skip


def _faults(cases: pd.DataFrame, contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Pandera's failure cases as one line per row and reason, in row order."""
    # A fault of the table itself (a wrong dtype) has no row: a fault of ours, not of the user's rows.
    tablewide = cases[cases["index"].isna()]
    if len(tablewide):
        raise TypeError(f"{contract.name}: not conformed to its contract: {tablewide[['column', 'check']].to_dict('records')}")
    reason = cases["check"].astype("str").replace({"not_nullable": "missing_value"})
    own = reason.map({**_SHOWN_AT, "duplicate_key": contract.id_columns[0]})
    out = pd.DataFrame({"row": cases["index"], "column": own.fillna(cases["column"]), "reason": reason})
    out = out.drop_duplicates(["row", "column", "reason"]).sort_values(["row", "column"], kind="stable", ignore_index=True)
    if out.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ("row", "column", "value", "reason", "message", "severity")})
    out["value"], out["message"] = "", ""
    for (name, why), rows in out.groupby(["column", "reason"]).groups.items():  # a few kinds of fault, not rows
        out.loc[rows, "message"] = REASONS[why].format(limit=limit_of(contract.by_name[name]))
        if why != "missing_value":
            out.loc[rows, "value"] = _as_text(frame[name].loc[out.loc[rows, "row"]]).to_numpy()
    out["severity"] = out["reason"].isin(WARNINGS).map({True: "warning", False: "rejected"})
    return out[["row", "column", "value", "reason", "message", "severity"]]


def _as_text(values: pd.Series) -> pd.Series:
    return values.dt.strftime("%Y-%m-%d") if values.dtype.kind == "M" else values.astype("str")


def limit_of(column: Column) -> str:
    """The column's allowed values or range in words, for a message or the data dictionary."""
    if column.values:
        return ", ".join(column.values)
    if column.type == "date":
        return f"{_earliest(column):%Y-%m-%d}"
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return ""
    return f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
