"""Awkward worlds: small drawn authorities in which something is missing, alike, empty or odd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pandas as pd

from risiko import synthetic
from risiko.contracts import CONTRACTS, LIST_SEPARATOR, Tables
from risiko.vocabulary import DIMENSIONS, METHODS
from tests.drawn import tables

DAY = date(2024, 2, 29)  # the one day that other years do not have
World = tuple[date, Tables]

SIX = "\n".join(
    ["service_id | users | county | office | provider_id | service_type | staff | maturity | leader_vacant_months | leader | turnover",
     *(f"s{i} | {30 + 10 * i} | c{i % 2} | o{i % 2} | p{i // 2} | {'home_care' if i > 3 else 'nursing_home'} | {10 + i} | {i % 5 + 1} | {i} | {40 + i} | {0.1 * i:.1f}"
       for i in range(6))]
)  # fmt: skip
DECLARED = "name | kind\n" + "\n".join(
    ["staff | number", "maturity | number", "leader_vacant_months | number", "turnover | number", "leader | category"])
COMPLAINTS = "service_id | event_date | n | severity | outcome | source | grounds | date_precision | stream\n" + "\n".join(
    f"s{i % 6} | {day} | {1 + i % 3} | {i % 4} | {outcome} | {source} | {grounds} | day | {stream}"
    for i, (day, outcome, source, grounds, stream) in enumerate([
        ("2023-05-01", "upheld", "user", "bemanning", "case"), ("2022-05-01", "not_upheld", "relative", "ventetid", "case"),
        ("2021-01-31", "pending", "staff", "tvang, journal", "rights"), ("2024-02-29", "partly", "anonymous", "", "concern"),
        ("2019-03-01", "unknown", "", "ukjent", "ombud"), ("2023-12-31", "upheld", "user", "bemanning", "case"),
        ("2023-11-30", "upheld", "user", "legemidler", "case"), ("2020-06-30", "not_upheld", "other", "bolig", "upheld"),
    ])
)  # fmt: skip
# Every method on every dimension, and five comments about s0.
TOLD = [("2023-05-01", "survey", "safe", 60, 30, 60, 20, ""), ("2023-05-01", "survey", "safe", 70, 40, 90, "", ""),
        ("2022-01-01", "survey", "effective", 80, 50, "", "", ""), ("2024-02-29", "interview", "", 40, 3, "", "", "")] + [
    (f"202{1 + i % 3}-0{i % 9 + 1}-15", METHODS[i % 8], DIMENSIONS[i % 6], 30 + 7 * i % 60, "" if i % 7 == 0 else 6 + i, "", "", "")
    for i in range(48)]
COMMENTS = ["Ingen hørte på oss.", "Jeg er redd for å klage.", "Maten var god.", "De ansatte var snille mot meg.", "x", "Det tok lang tid."]
EXPERIENCES = "service_id | event_date | method | organisation | dimension | score | n | n_invited | spread | text\n" + "\n".join(
    [f"s{i % 5} | {day} | {method} | org {i % 2} | {dimension} | {score} | {n} | {invited} | {spread} | {text}"
     for i, (day, method, dimension, score, n, invited, spread, text) in enumerate(TOLD)]
    + [f"s0 | 2023-06-1{i} | narrative | org 1 | | | 1 | | | {text}" for i, text in enumerate(COMMENTS)]
)  # fmt: skip
VISITS = "supervision_id | service_id | event_date | office\n" + "\n".join(
    f"v{i} | s{i % 6} | {day} | o{i % 2}" for i, day in enumerate([
        "2023-01-01", "2022-06-01", "2021-02-28", "2024-02-29", "2019-01-01", "2023-08-01", "2021-01-01", "2020-05-05"])
)  # fmt: skip
FINDINGS = "supervision_id | known_date | severity | dimension | corrected_date\n" + "\n".join(
    f"v{i} | 2024-02-29 | {severity} | {dimension} | {corrected}" for i, (severity, dimension, corrected) in enumerate([
        ("breach", "safe", "2023-06-01"), ("none", "", ""), ("serious_breach", "involving", ""), ("breach", "coordinated", ""),
        ("remark", "effective", ""), ("none", "", ""), ("serious_breach", "accessible", "2021-12-01"), ("breach", "resource_efficient", "")])
)  # fmt: skip
ACTIONS = "action_id | service_id | supervision_id | event_date | kind | closed_date\n" + "\n".join(
    f"a{i} | s{i} | v{i} | 2023-0{i + 2}-01 | {kind} | {closed}"
    for i, (kind, closed) in enumerate([("order", "2023-12-01"), ("deadline", ""), ("notice", ""), ("coercive_fine", "2023-12-31")])
)  # fmt: skip
AREAS = "service_id | municipality | share\n" + "\n".join(f"s{i} | m{i % 3} | 1" for i in range(6))


USUAL = {
    "services": SIX, "metadata_columns": DECLARED, "complaints": COMPLAINTS, "experiences": EXPERIENCES,
    "supervisions": VISITS, "findings": FINDINGS, "actions": ACTIONS, "service_areas": AREAS,
}  # fmt: skip


def drawn(**other: str) -> Tables:
    """Six services with a few records in every table; `other` draws tables in other words."""
    return {name: frame.copy() for name, frame in _usual().items()} if not other else _read(other)


@cache
def _usual() -> Tables:
    return _read({})


def _read(other: dict[str, str]) -> Tables:
    found = tables(**{**USUAL, **other})
    found["complaints"]["grounds"] = found["complaints"]["grounds"].str.replace(", ", LIST_SEPARATOR)
    return found


def with_column(world: Tables, table: str, **columns: object) -> Tables:
    """The world with columns of a table set, in the contract's own types; a list is repeated."""
    contract, extra = CONTRACTS[table], [c for c in world[table] if c not in CONTRACTS[table].by_name]
    index, set_to = world[table].index, {}
    for name, value in columns.items():
        cells = [value[i % len(value)] for i in range(len(index))] if isinstance(value, list) else value
        set_to[name] = pd.Series(cells, index=index).astype(contract.by_name[name].dtype if name in contract.by_name else "float64")
    return {**world, table: contract.conform(world[table].assign(**set_to), extra)}


def without(world: Tables, *names: str) -> Tables:
    """The world with these tables empty."""
    return {**world, **{name: CONTRACTS[name].empty() for name in names}}


def only(world: Tables, rows: int) -> Tables:
    """The first rows of every event table."""
    return {name: frame if name in ("services", "metadata_columns") else frame.head(rows) for name, frame in world.items()}


def all_dated(world: Tables, day: date) -> Tables:
    """The world with every event on the day."""
    at = pd.Timestamp(day).as_unit("us")
    return {name: frame.assign(event_date=at) if "event_date" in frame else frame for name, frame in world.items()}


EVENTS = ("complaints", "experiences", "supervisions", "findings", "actions", "service_areas")


def alike() -> Tables:
    """Six services of one type that cannot be told apart: the same records for each."""
    services = "service_id | users | staff | turnover\n" + "\n".join(f"s{i} | 50 | 10 | 0.2" for i in range(6))
    complaints = "service_id | event_date | severity | outcome | source | grounds\n" + "\n".join(
        f"s{i} | {day} | 1 | upheld | user | bemanning" for i in range(6) for day in ("2023-05-01", "2021-05-01"))
    told = "service_id | event_date | method | dimension | score | n | text\n" + "\n".join(
        f"s{i} | 2023-05-01 | {method} | safe | 60 | 20 | Det var bra" for i in range(6) for method in ("survey", "interview"))
    visits = "supervision_id | service_id | event_date\n" + "\n".join(
        f"v{i}{year} | s{i} | {year}-05-01" for i in range(6) for year in (2021, 2023))
    found = "supervision_id | known_date | severity | dimension | corrected_date\n" + "\n".join(
        f"v{i}{year} | 2023-12-01 | breach | safe | {'2022-01-01' if year == 2021 else ''}" for i in range(6) for year in (2021, 2023))
    acts = "action_id | service_id | event_date | kind | closed_date\n" + "\n".join(
        f"a{i}{year} | s{i} | {year}-05-01 | order | {'2022-01-01' if year == 2021 else ''}" for i in range(6) for year in (2021, 2023))
    return tables(services=services, metadata_columns="name\nstaff\nturnover", complaints=complaints, experiences=told,
                  supervisions=visits, findings=found, actions=acts)  # fmt: skip


@cache
def _sixty() -> Tables:
    return synthetic.build(n_services=60, years=4, end=DAY, seed=3).tables


def invented() -> Tables:
    """A small synthetic authority."""
    return {name: frame.copy() for name, frame in _sixty().items()}


AWKWARD: dict[str, Callable[[], World]] = {
    "six services": lambda: (DAY, drawn()),
    "an invented authority": lambda: (DAY, invented()),
    "an invented authority, early": lambda: (date(2021, 3, 31), invented()),
    "no events at all": lambda: (DAY, without(drawn(), *EVENTS)),
    "one row of each": lambda: (DAY, only(drawn(), 1)),
    **{f"no {name}": lambda name=name: (DAY, without(drawn(), name)) for name in EVENTS},
    "one service alone": lambda: (DAY, {**drawn(), "services": drawn()["services"].head(1)}),
    "each alone of its type": lambda: (DAY, with_column(drawn(), "services", service_type=list("abcdef"))),
    "all alike": lambda: (DAY, alike()),
    "users missing": lambda: (DAY, with_column(drawn(), "services", users=None)),
    "users 0": lambda: (DAY, with_column(drawn(), "services", users=0)),
    "most users missing": lambda: (DAY, with_column(drawn(), "services", users=[None, 0, 50, None, None, 10])),
    "closed the day it opened": lambda: (DAY, with_column(drawn(), "services", valid_from="2023-01-01", valid_to=["2023-01-01"] * 5 + [None])),
    "closed before it opened": lambda: (DAY, with_column(drawn(), "services", valid_from="2024-02-28", valid_to=["2020-01-01"] * 3 + [None] * 3)),
    "opened yesterday": lambda: (DAY, with_column(drawn(), "services", valid_from="2024-02-28")),
    "opened today": lambda: (DAY, with_column(without(drawn(), "complaints"), "services", valid_from="2024-02-29")),
    "began unknown": lambda: (DAY, with_column(drawn(), "services", valid_from=None)),
    "everything on the day": lambda: (DAY, all_dated(drawn(), DAY)),
    "before any record": lambda: (date(2010, 1, 1), drawn()),
    "a hundred years on": lambda: (date(2124, 2, 29), drawn()),
    "a type with only closed services": lambda: (DAY, with_column(drawn(), "services", valid_to=[None] * 4 + ["2023-06-01"] * 2)),
    "yearly rows": lambda: (DAY, with_column(drawn(), "complaints", date_precision="year")),
    "quarterly rows": lambda: (DAY, with_column(drawn(), "complaints", date_precision="quarter")),
    "every complaint pending; one office": lambda: (
        DAY, with_column(with_column(drawn(), "complaints", outcome="pending"), "supervisions", office="o")),
    "bare complaints; a column with one value": lambda: (DAY, with_column(
        with_column(drawn(), "complaints", severity=None, source=None, grounds=None, outcome="unknown"),
        "services", turnover=[0.3, None, None, None, None, None])),
    "a stream of the authority's own; findings of no supervision": lambda: (
        DAY, without(with_column(drawn(), "complaints", stream="brev, «nytt»"), "supervisions")),
    "every score blank; no office": lambda: (
        DAY, with_column(with_column(drawn(), "experiences", score=None), "supervisions", office=None)),
    "nobody answered; one provider": lambda: (
        DAY, with_column(with_column(drawn(), "experiences", n=0), "services", provider_id="p")),
    "nobody was asked; no county": lambda: (
        DAY, with_column(with_column(drawn(), "experiences", n_invited=0), "services", county=None)),
    "no spread between answers; visited before it opened": lambda: (
        DAY, with_column(with_column(drawn(), "experiences", spread=0.0), "services", valid_from="2024-01-01")),
    "organisation unknown; no provider": lambda: (
        DAY, with_column(with_column(drawn(), "experiences", organisation=None), "services", provider_id=None)),
    "only told of types and areas; closes tomorrow": lambda: (DAY, with_column(
        with_column(drawn(), "experiences", service_id=None, service_type="nursing_home", area=["m0", "m1"]),
        "actions", closed_date="2024-03-01")),
    "columns all equal; closed before it was begun": lambda: (DAY, with_column(
        with_column(drawn(), "services", turnover=0.3, staff=0.0, maturity=3, leader_vacant_months=0.0),
        "actions", closed_date="2020-01-01")),
    "a level that is none; counts of nought": lambda: (DAY, with_column(
        with_column(drawn(), "services", maturity=[0, 6, 2.5, -1, 1e9, 3]), "complaints", n=0)),
}  # fmt: skip


def two_types() -> Tables:
    """Sixty invented services, every other a nursing home, the rest home care."""
    world = invented()
    services = world["services"]
    odd = pd.factorize(services["service_id"], sort=True)[0] % 2 == 1
    kind = pd.Series("home_care", index=services.index, dtype="str").mask(odd, "nursing_home")
    return {**world, "services": services.assign(service_type=kind)}
