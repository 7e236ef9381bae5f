"""Every signal on every awkward world: walked from the register, so that one added tomorrow is covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from risiko import asof, cohorts, settings
from risiko.contracts import CONTRACTS, Tables
from risiko.features import Features, assemble
from risiko.scoring import score
from risiko.settings import Settings
from risiko.signals import COLUMNS, Context, SignalSpec, registered, specs
from risiko.vocabulary import MISSING_REASONS
from tests.awkward import AWKWARD, DAY, World, all_dated, drawn, two_types

RULES = settings.load()
# Every type stands by itself, however small: what then still moves with another type is borrowed on purpose.
APART = RULES.model_copy(update={"peers": RULES.peers.model_copy(update={"minimum": 2})})
NEAR = {"rtol": 1e-9, "atol": 1e-9}


def read_texts(texts: pd.Series) -> pd.DataFrame:
    """A plain reader: what names fear or neglect is critical, what is in no words it knows it will not judge."""
    critical = texts.str.contains("redd|Ingen").to_numpy(dtype=bool)
    return pd.DataFrame({"abstained": texts.str.len().to_numpy() < 3, "critical_probability": critical * 0.9})


def features(world: World, rules: Settings = RULES) -> Features:
    as_of, records = world
    known = asof.known_at(records, as_of)
    return assemble(known, cohorts.cohort_at(known, as_of, rules), as_of, rules, read_texts)


@cache
def ours(world: str) -> Features:
    """Of an awkward world; never changed by a test: it is shared."""
    return features(AWKWARD[world]())


@cache
def of_two_types() -> Features:
    return features((DAY, two_types()))


def faults(readings: Mapping[str, pd.DataFrame], services: pd.DataFrame) -> Iterator[str]:
    """What is wrong with readings, by the common form's own promises, the first of each kind in each signal."""
    odd = [name for name, frame in readings.items() if list(frame.columns) != list(COLUMNS) or not frame.index.equals(services.index)]
    yield from (f"{name}: not the common form in cohort order" for name in odd)
    frame = pd.concat({name: frame for name, frame in readings.items() if name not in odd}, names=["signal"])
    gone, numbers = frame["missing"].notna(), frame[list(COLUMNS[:-1])].astype(float)
    wrong = {
        "an infinity": np.isinf(numbers).any(axis=1),
        "a reason that is no word of ours": gone & ~frame["missing"].isin(MISSING_REASONS),
        "a value and a reason, or neither": gone != frame["value"].isna(),
        "no standing": frame[["standing", "standing_sd"]].isna().any(axis=1),
        "a standing where it is missing": gone & ((frame["standing"] != 0) | (frame["standing_sd"] != 1)),
        "a standing less sure than knowing nothing": ~frame["standing_sd"].between(0, 1 + 1e-9),
        "an n that is no count": ~(frame["n"] >= 0),
        "a negative spread": (frame[["phi", "tau2", "sd"]] < 0).any(axis=1),
        "evidence from the future": frame["freshness"] < 0,
    }
    for fault, rows in wrong.items():
        for name, found in frame[rows].groupby("signal", sort=False):
            yield f"{name}: {fault}: {found.iloc[0].dropna().to_dict()}"


def faults_over_time(spec: SignalSpec, context: Context) -> Iterator[str]:
    """What is wrong with the signal's history of the first service."""
    if spec.over_time:
        periods = spec.over_time(context, 0)
        if list(periods.columns) != ["period_end", "value", "n", "expected"]:
            yield "not the columns of a history"
        ends = pd.to_datetime(periods["period_end"])
        if not ends.is_monotonic_increasing or ends.duplicated().any() or (ends > pd.Timestamp(context.as_of)).any():
            yield f"periods out of order: {list(periods['period_end'])}"
        if np.isinf(periods[["value", "n", "expected"]].astype(float)).any(axis=None) or not (periods["n"] >= 0).all():
            yield "an infinity or a negative count over time"


@pytest.mark.parametrize("world", AWKWARD)
def test_every_signal_keeps_the_common_form(world: str) -> None:
    found = ours(world)
    assert list(faults(found.readings, found.context.services)) == []
    table = score(found, cohorts.cohort_at(found.context.known, found.as_of, RULES), RULES).scores
    assert np.isfinite(table.to_numpy(dtype=float)).all()
    assert np.isfinite(found.silence["stretch"]).all()
    assert (found.silence["stretch"] >= 1).all()


@pytest.mark.parametrize("world", ["six services", "no events at all", "yearly rows", "each alone of its type", "everything on the day"])
def test_every_history_is_in_order(world: str) -> None:
    found = ours(world)
    wrong = [f"{spec.name}: {fault}" for spec in found.signals for fault in faults_over_time(spec, found.context)]
    assert wrong == []


def test_the_worlds_speak_to_every_signal() -> None:
    """A signal that is missing for all in every world would be guarded by nothing."""
    worlds = [ours(world).readings for world in ("six services", "an invented authority")]
    told = {name for readings in worlds for name, frame in readings.items() if frame["missing"].isna().any()}
    every = {spec.name for spec in specs(ours("six services").context.known, RULES)}
    assert every >= {spec.name for spec in registered()}
    assert every - told == set()


@pytest.mark.parametrize(("column", "value", "fault"), [
    ("value", np.inf, "an infinity"), ("missing", "lost", "a reason that is no word of ours"),
    ("value", np.nan, "a value and a reason, or neither"), ("standing", np.nan, "no standing"),
    ("standing_sd", 1.2, "a standing less sure than knowing nothing"), ("n", -1, "an n that is no count"),
    ("phi", -0.1, "a negative spread"), ("freshness", -0.1, "evidence from the future"),
])  # fmt: skip
def test_the_walk_itself_sees_a_fault(column: str, value: object, fault: str) -> None:
    found = ours("six services")
    frame = found.readings["time_since_supervision"].copy()
    frame.loc[frame.index[2], column] = value
    said = list(faults({**found.readings, "time_since_supervision": frame}, found.context.services))
    assert any(one.startswith(f"time_since_supervision: {fault}: ") for one in said)
    assert all(one.startswith("time_since_supervision: ") for one in said)


def test_the_walk_itself_sees_another_form_and_another_order() -> None:
    found = ours("six services")
    frame = found.readings["last_finding"]
    for other in (frame[::-1], frame.drop(columns="phi"), frame[frame.columns[::-1]]):
        said = list(faults({**found.readings, "last_finding": other}, found.context.services))
        assert said == ["last_finding: not the common form in cohort order"]


def assert_same(found: Features, usual: Features, *, but: set[str] = frozenset(), **near: float) -> set[str]:
    """Every reading of the usual services is as it was, but those named; which of those moved is returned."""
    moved = set()
    for name, frame in usual.readings.items():
        other = found.readings[name].reindex(frame.index)
        if name.partition(":")[0] in but:
            moved |= {name} - ({name} if np.allclose(other["standing"], frame["standing"], atol=1e-9) else set())
        else:
            assert_frame_equal(other, frame, obj=name, **(near or NEAR))
    return moved


def test_the_names_and_the_order_of_services_and_rows_do_not_matter() -> None:
    """Services are given each other's names and every table is shuffled: the readings go with the services."""
    world, rng = two_types(), np.random.default_rng(5)
    names = sorted(world["services"]["service_id"].unique())
    new = dict(zip(names, rng.permutation(names), strict=True))
    mixed = {}
    for table, frame in world.items():
        whose = {"service_id": frame["service_id"].map(new, na_action="ignore").astype("str")} if "service_id" in frame else {}
        mixed[table] = frame.assign(**whose).sample(frac=1, random_state=rng).reset_index(drop=True)
    found, usual = features((DAY, mixed)), of_two_types()
    for name, frame in usual.readings.items():
        assert_frame_equal(found.readings[name].reindex(frame.index.map(new)).set_axis(frame.index), frame, obj=name, **NEAR)
    assert found.silence["flag"].reindex(usual.silence.index.map(new)).tolist() == usual.silence["flag"].tolist()


# What is learnt over all types together, and why. No other reading may move when another type is heard of.
BORROWED = {
    "experience_mean", "experience_survey", "experience_dimension", "experience_method", "experience_disagreement",
    "experience_area",  # what a method or a dimension usually adds (experience_usual)
    "complaint_surge",  # the threshold shares its false alarms between all services
    "last_finding", "finding_history", "finding_trend", "finding_worst", "finding_dimension", "provider_history",
    # an office's strictness shows at all the types it visits
}  # fmt: skip


def test_a_service_of_another_type_moves_only_what_is_learnt_over_all_types() -> None:
    world, usual = two_types(), features((DAY, two_types()), APART)
    found = features((DAY, with_stranger(world, service_type="hospital", speaks=True)), APART)
    assert "zz" in found.context.services.index
    moved = assert_same(found, usual, but=BORROWED)
    assert "experience_mean" in moved
    silent = features((DAY, with_stranger(world, service_type="hospital", speaks=False)), APART)
    assert_same(silent, usual)


def test_an_empty_service_of_the_same_type_changes_only_what_it_is_counted_in() -> None:
    """It has no users, records or declared columns: it has never been visited, and that is all there is to say of it."""
    usual = of_two_types()
    found = features((DAY, with_stranger(two_types(), service_type="nursing_home", speaks=False)))
    moved = assert_same(found, usual, but={"time_since_supervision", "never_supervised", "newly_registered"})
    assert "time_since_supervision" in moved


def with_stranger(world: Tables, *, service_type: str, speaks: bool) -> Tables:
    """The world and one service more, "zz"; where it speaks it has five rows in every event table."""
    services, out = world["services"], dict(world)
    contract = CONTRACTS["services"]
    one = contract.conform(pd.DataFrame([{
        "service_id": "zz", "known_date": pd.Timestamp("2015-01-01"), "sector": "health", "service_type": service_type,
        "users": 50.0 if speaks else None, "natural_person": False, "valid_from": pd.Timestamp("2015-01-01"),
    }]))  # fmt: skip
    out["services"] = pd.concat([services, one.reindex(columns=services.columns).astype(services.dtypes)], ignore_index=True)
    for table in ("complaints", "experiences", "supervisions", "actions", "findings") if speaks else ():
        frame, key = world[table], CONTRACTS[table].id_columns[0]
        rows = frame[frame["service_id"].notna()] if "service_id" in frame else frame
        rows = rows.tail(5).assign(**{key: [f"x{i}" for i in range(5)]}, known_date=pd.Timestamp(DAY))
        rows = rows.assign(**({"service_id": "zz"} if "service_id" in frame else {"supervision_id": [f"x{i}" for i in range(5)]}))
        out[table] = pd.concat([frame, rows.astype(frame.dtypes)], ignore_index=True)
    return out


def test_twice_the_users_halves_the_rates_and_moves_no_standing() -> None:
    world = two_types()
    doubled = {**world, "services": world["services"].assign(users=world["services"]["users"] * 2)}
    found, usual = features((DAY, doubled)), of_two_types()
    rates = [spec.name for spec in usual.signals if spec.unit.endswith("per_1000_users_year")]
    assert {"complaint_rate", "complaint_severity", "complaint_stream:case"} <= set(rates)
    for spec in usual.signals:
        one, other = usual.readings[spec.name], found.readings[spec.name]
        assert other["standing"].to_numpy() == pytest.approx(one["standing"].to_numpy(), abs=1e-8), spec.name
        scale = 0.5 if spec.name in rates else 1.0
        for column in ("value", "expected", "estimate", "sd"):
            assert other[column].to_numpy() == pytest.approx(scale * one[column].to_numpy(), rel=1e-8, nan_ok=True), (spec.name, column)


def test_services_that_cannot_be_told_apart_are_not_told_apart() -> None:
    found = ours("all alike")
    told = [name for name, frame in found.readings.items() if frame["missing"].isna().all()]
    assert {"complaint_rate", "experience_mean", "finding_history", "enforcement", "staffing_fall"} <= set(told)
    for name in told:
        frame = found.readings[name]
        assert np.ptp(frame["standing"]) < 1e-12, name
        assert abs(frame["standing"]).max() < 1e-9, name
        assert np.ptp(frame["value"]) < 1e-12, name
    assert found.silence["flag"].nunique() == 1


def test_a_service_alone_is_compared_with_no_one() -> None:
    found = ours("one service alone")
    told = {name: frame for name, frame in found.readings.items() if frame["missing"].isna().all()}
    assert {"complaint_rate", "experience_mean", "last_finding", "time_since_supervision"} <= set(told)
    for name, frame in told.items():
        assert (frame["standing"].item(), frame["standing_sd"].item()) == (0, 1), name


def test_what_is_dated_on_the_day_counts_and_what_is_dated_after_it_does_not() -> None:
    dated = ("complaint_rate", "experience_mean", "last_finding", "enforcement")
    today, tomorrow = ours("everything on the day"), features((DAY, all_dated(drawn(), date(2024, 3, 1))))
    for name in dated:
        newest = today.readings[name]["freshness"].dropna()
        assert len(newest), name
        assert (newest == 0).all(), name
        assert tomorrow.readings[name]["missing"].notna().all(), name
