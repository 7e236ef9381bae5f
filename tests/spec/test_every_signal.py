"""Every signal on every awkward world: walked from the register, so that one added tomorrow is covered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import asof, cohorts, settings, synthetic
from risiko.contracts import CONTRACTS, LIST_SEPARATOR, Tables
from risiko.features import Features, assemble
from risiko.signals import COLUMNS
from risiko.vocabulary import MISSING_REASONS
from tests.drawn import tables

RULES = settings.load()
DAY = date(2024, 2, 29)  # the one day that other years do not have
World = tuple[date, Tables]

SIX = "\n".join(
    ["service_id | users | county | office | provider_id | service_type | staff | maturity | leader_vacant_months | turnover",
     *(f"s{i} | {30 + 10 * i} | c{i % 2} | o{i % 2} | p{i // 2} | {'home_care' if i > 3 else 'nursing_home'} | {10 + i} | {i % 5 + 1} | {i} | {0.1 * i:.1f}"
       for i in range(6))]
)  # fmt: skip
DECLARED = "name\nstaff\nmaturity\nleader_vacant_months\nturnover"
COMPLAINTS = "service_id | event_date | n | severity | outcome | source | grounds | date_precision | stream\n" + "\n".join(
    f"s{i % 6} | {day} | {1 + i % 3} | {i % 4} | {outcome} | {source} | {grounds} | day | {stream}"
    for i, (day, outcome, source, grounds, stream) in enumerate([
        ("2023-05-01", "upheld", "user", "bemanning", "case"), ("2022-05-01", "not_upheld", "relative", "ventetid", "case"),
        ("2021-01-31", "pending", "staff", "tvang, journal", "rights"), ("2024-02-29", "partly", "anonymous", "", "concern"),
        ("2019-03-01", "unknown", "", "ukjent", "ombud"), ("2023-12-31", "upheld", "user", "bemanning", "case"),
        ("2023-11-30", "upheld", "user", "legemidler", "case"), ("2020-06-30", "not_upheld", "other", "bolig", "upheld"),
    ])
)  # fmt: skip
EXPERIENCES = "service_id | event_date | method | organisation | dimension | score | n | n_invited | spread | text\n" + "\n".join(
    f"s{i % 6} | {day} | {method} | org {i % 2} | {dimension} | {score} | {n} | {invited} | {spread} | {text}"
    for i, (day, method, dimension, score, n, invited, spread, text) in enumerate([
        ("2023-05-01", "survey", "safe", 60, 30, 60, 20, ""), ("2023-05-01", "survey", "safe", 70, 40, 90, "", ""),
        ("2022-01-01", "survey", "effective", 80, 50, "", "", ""), ("2024-02-29", "interview", "involving", 40, 3, "", "", "Ingen hørte på oss."),
        ("2021-05-01", "narrative", "", 20, "", "", "", "Jeg er redd for å klage."), ("2023-06-01", "survey", "safe", 55, 12, 20, 15, ""),
        ("2023-05-01", "focus_group", "coordinated", 50, 9, "", "", ""), ("2023-07-01", "organisation_report", "accessible", 45, "", "", "", ""),
    ])
)  # fmt: skip
VISITS = "supervision_id | service_id | event_date | office\n" + "\n".join(
    f"v{i} | s{i % 6} | {day} | o{i % 2}" for i, day in enumerate([
        "2023-01-01", "2022-06-01", "2021-02-28", "2024-02-29", "2019-01-01", "2023-08-01", "2021-01-01", "2020-05-05"])
)  # fmt: skip
FINDINGS = "supervision_id | known_date | severity | dimension | corrected_date\n" + "\n".join(
    f"v{i} | 2024-02-29 | {severity} | {dimension} | {corrected}" for i, (severity, dimension, corrected) in enumerate([
        ("breach", "safe", "2023-06-01"), ("none", "", ""), ("serious_breach", "involving", ""), ("breach", "safe", ""),
        ("remark", "effective", ""), ("none", "", ""), ("serious_breach", "safe", "2021-12-01"), ("none", "", "")])
)  # fmt: skip
ACTIONS = "action_id | service_id | supervision_id | event_date | kind | closed_date\n" + "\n".join(
    f"a{i} | s{i} | v{i} | 2023-0{i + 2}-01 | {kind} | {closed}"
    for i, (kind, closed) in enumerate([("order", "2023-12-01"), ("deadline", ""), ("notice", ""), ("coercive_fine", "2023-12-31")])
)  # fmt: skip
AREAS = "service_id | municipality | share\n" + "\n".join(f"s{i} | m{i % 3} | 1" for i in range(6))


def drawn(**other: str) -> Tables:
    """Six services with a few records in every table; `other` draws tables in other words."""
    usual = {
        "services": SIX, "metadata_columns": DECLARED, "complaints": COMPLAINTS, "experiences": EXPERIENCES,
        "supervisions": VISITS, "findings": FINDINGS, "actions": ACTIONS, "service_areas": AREAS,
    }  # fmt: skip
    found = tables(**{**usual, **other})
    found["complaints"]["grounds"] = found["complaints"]["grounds"].str.replace(", ", LIST_SEPARATOR)
    return found


def with_column(world: Tables, table: str, **columns: object) -> Tables:
    """The world with columns of a table set, in the contract's own types."""
    contract, extra = CONTRACTS[table], [c for c in world[table] if c not in CONTRACTS[table].by_name]
    set_to = {
        name: pd.Series(value, index=world[table].index).astype(contract.by_name[name].dtype if name in contract.by_name else "float64")
        for name, value in columns.items()
    }
    return {**world, table: contract.conform(world[table].assign(**set_to), extra)}


def without(world: Tables, *names: str) -> Tables:
    return {**world, **{name: CONTRACTS[name].empty() for name in names}}


def only(world: Tables, rows: int) -> Tables:
    """The first rows of every event table."""
    return {name: frame if name in ("services", "metadata_columns") else frame.head(rows) for name, frame in world.items()}


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


def synthetic_world() -> Tables:
    return synthetic.build(n_services=60, years=4, end=DAY, seed=3).tables


AWKWARD: dict[str, Callable[[], World]] = {
    "six services": lambda: (DAY, drawn()),
    "an invented authority": lambda: (DAY, synthetic_world()),
    "an invented authority, early": lambda: (date(2021, 3, 31), synthetic_world()),
    "no events at all": lambda: (DAY, without(drawn(), *EVENTS)),
    "one row of each": lambda: (DAY, only(drawn(), 1)),
    **{f"no {name}": lambda name=name: (DAY, without(drawn(), name)) for name in EVENTS},
    "one service alone": lambda: (DAY, {**drawn(), "services": drawn()["services"].head(1)}),
    "each alone of its type": lambda: (DAY, with_column(drawn(), "services", service_type=list("abcdef"))),
    "all alike": lambda: (DAY, alike()),
    "users missing": lambda: (DAY, with_column(drawn(), "services", users=[None] * 6)),
    "users 0": lambda: (DAY, with_column(drawn(), "services", users=0)),
    "most users missing": lambda: (DAY, with_column(drawn(), "services", users=[None, 0, 50, None, None, 10])),
    "closed the day it opened": lambda: (DAY, with_column(drawn(), "services", valid_from="2023-01-01", valid_to=["2023-01-01"] * 5 + [None])),
    "closed before it opened": lambda: (DAY, with_column(drawn(), "services", valid_from="2024-02-28", valid_to=["2020-01-01"] * 3 + [None] * 3)),
    "opened yesterday": lambda: (DAY, with_column(drawn(), "services", valid_from="2024-02-28")),
    "opened today": lambda: (DAY, with_column(without(drawn(), "complaints"), "services", valid_from="2024-02-29")),
    "began unknown": lambda: (DAY, with_column(drawn(), "services", valid_from=[None] * 6)),
    "everything on the day": lambda: (DAY, {name: frame.assign(event_date=pd.Timestamp(DAY).as_unit("us")) if "event_date" in frame else frame
                                            for name, frame in drawn().items()}),
    "before any record": lambda: (date(2010, 1, 1), drawn()),
    "a hundred years on": lambda: (date(2124, 2, 29), drawn()),
    "a type with only closed services": lambda: (DAY, with_column(drawn(), "services", valid_to=[None] * 4 + ["2023-06-01"] * 2)),
    "counts of nought": lambda: (DAY, with_column(drawn(), "complaints", n=0)),
    "yearly rows": lambda: (DAY, with_column(drawn(), "complaints", date_precision="year")),
    "quarterly rows": lambda: (DAY, with_column(drawn(), "complaints", date_precision="quarter")),
    "every complaint pending": lambda: (DAY, with_column(drawn(), "complaints", outcome="pending")),
    "bare complaints": lambda: (DAY, with_column(drawn(), "complaints", severity=[None] * 8, source=[None] * 8, grounds=[None] * 8, outcome="unknown")),
    "a stream of the authority's own": lambda: (DAY, with_column(drawn(), "complaints", stream="brev, «nytt»")),
    "every score blank": lambda: (DAY, with_column(drawn(), "experiences", score=[None] * 8)),
    "nobody answered": lambda: (DAY, with_column(drawn(), "experiences", n=0)),
    "nobody was asked": lambda: (DAY, with_column(drawn(), "experiences", n_invited=0)),
    "no spread between answers": lambda: (DAY, with_column(drawn(), "experiences", spread=0.0)),
    "organisation unknown": lambda: (DAY, with_column(drawn(), "experiences", organisation=[None] * 8)),
    "only told of types and areas": lambda: (DAY, with_column(drawn(), "experiences", service_id=[None] * 8, service_type="nursing_home", area=["m0", "m1"] * 4)),
    "findings of no supervision": lambda: (DAY, without(drawn(), "supervisions")),
    "visited before it opened": lambda: (DAY, with_column(drawn(), "services", valid_from="2024-01-01")),
    "closed before it was begun": lambda: (DAY, with_column(drawn(), "actions", closed_date="2020-01-01")),
    "closes tomorrow": lambda: (DAY, with_column(drawn(), "actions", closed_date="2024-03-01")),
    "one provider": lambda: (DAY, with_column(drawn(), "services", provider_id="p")),
    "no provider": lambda: (DAY, with_column(drawn(), "services", provider_id=[None] * 6)),
    "one office": lambda: (DAY, with_column(drawn(), "supervisions", office="o")),
    "no office": lambda: (DAY, with_column(drawn(), "supervisions", office=[None] * 8)),
    "no county": lambda: (DAY, with_column(drawn(), "services", county=[None] * 6)),
    "a column all equal": lambda: (DAY, with_column(drawn(), "services", turnover=0.3, staff=0.0, maturity=3, leader_vacant_months=0.0)),
    "a column with one value": lambda: (DAY, with_column(drawn(), "services", turnover=[0.3] + [None] * 5)),
    "a level that is none": lambda: (DAY, with_column(drawn(), "services", maturity=[0, 6, 2.5, -1, 1e9, 3])),
}  # fmt: skip


def features(world: World) -> Features:
    as_of, records = world
    known = asof.known_at(records, as_of)
    return assemble(known, cohorts.cohort_at(known, as_of, RULES), as_of, RULES)


def faults(found: Features) -> Iterator[str]:
    """What is wrong with any reading, by the common form's own promises."""
    for name, frame in found.readings.items():
        if list(frame.columns) != list(COLUMNS) or not frame.index.equals(found.context.services.index):
            yield f"{name}: not the common form in cohort order"
            continue
        gone, numbers = frame["missing"].notna(), frame[list(COLUMNS[:-1])].astype(float)
        checks = {
            "an infinity": np.isinf(numbers).any(axis=1),
            "a reason that is not known": gone & ~frame["missing"].isin(MISSING_REASONS),
            "missing without a blank value, or a blank value without a reason": gone != frame["value"].isna(),
            "no standing": frame[["standing", "standing_sd"]].isna().any(axis=1),
            "a standing where it is missing": gone & ((frame["standing"] != 0) | (frame["standing_sd"] != 1)),
            "a standing less sure than nothing, or than certain": ~frame["standing_sd"].between(0, 1 + 1e-9),
            "an n below 0 or blank": ~(frame["n"] >= 0),
            "phi or tau2 below 0": (frame[["phi", "tau2"]] < 0).any(axis=1),
            "an sd below 0": frame["sd"] < 0,
            "evidence from the future": frame["freshness"] < 0,
            "a reading that no one else can be held against": ~gone & frame["estimate"].isna() & frame["standing"].ne(0),
        }  # fmt: skip
        for fault, rows in checks.items():
            if rows.any():
                yield f"{name}: {fault}: {frame[rows].iloc[0].dropna().to_dict()}"
    if not np.isfinite(found.silence["stretch"]).all() or (found.silence["stretch"] < 1).any():
        yield "silence: a stretch that is none"


@pytest.mark.parametrize("world", AWKWARD)
def test_every_signal_keeps_the_common_form(world: str) -> None:
    assert list(faults(features(AWKWARD[world]()))) == []
