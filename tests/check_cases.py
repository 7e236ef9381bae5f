"""Evidence for every numbered check: cases it must fail on, cases that hold, and cases where it cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko.evaluate.checks import Evidence

N = 600
SERVICES = pd.Index([f"s{i:03}" for i in range(N)], name="service_id")


Make = Callable[[], Evidence]


@dataclass(frozen=True)
class Case:
    """Evidence, the state it must come to, what its values must say, and the reason where it is not applicable."""

    code: str
    name: str
    evidence: Make
    state: str
    values: dict[str, object]
    reason: str = ""


def fails(code: str, name: str, evidence: Make, **values: object) -> Case:
    return Case(code, name, evidence, "fails", values)


def holds(code: str, name: str, evidence: Make, **values: object) -> Case:
    return Case(code, name, evidence, "ok", values)


def untried(code: str, name: str, evidence: Make, reason: str) -> Case:
    return Case(code, name, evidence, "not_applicable", {}, reason)


CASES: list[Case] = []


def drawn(text: str) -> pd.DataFrame:
    """A frame drawn as text: one line per row, a bar between cells, blank for missing, numbers where all are."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0], dtype="str").replace("", pd.NA)
    return frame.apply(lambda c: pd.to_numeric(c) if pd.to_numeric(c, errors="coerce").notna().sum() == c.notna().sum() else c)


def by_service(values: object) -> pd.Series:
    return pd.Series(values, index=SERVICES)


def spread(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=N)


# --- RK001, RK002: what was known when ---


def labels(row: str) -> Evidence:
    good = "2019-03-31 | 2020-03-30 | 2020-03-31 | 2020-03-31"
    return Evidence(label_rows=drawn(f"as_of | window_end | known_from | used_at\n{good}\n{row}"))


def newest(text: str) -> Evidence:
    return Evidence(as_of=date(2024, 6, 30), newest_known=drawn("signal | newest_known\n" + text))


CASES += [
    holds("RK001", "a window that ends on the day of use", lambda: labels("2019-03-31 | 2020-03-31 | 2020-01-10 | 2020-03-31"), late=0, n=2),
    fails("RK001", "a window that ends a day after use", lambda: labels("2019-03-31 | 2020-04-01 | 2020-01-10 | 2020-03-31"), late=1, n=2, open=1, unpublished=0),
    fails("RK001", "a finding published a day after use", lambda: labels("2019-03-31 | 2020-03-30 | 2020-04-01 | 2020-03-31"), late=1, open=0, unpublished=1),
    fails("RK001", "a finding that was never seen published", lambda: labels("2019-03-31 | 2020-03-30 | | 2020-03-31"), unpublished=1),
    fails("RK001", "a window that ends before it begins", lambda: labels("2020-03-31 | 2019-03-31 | 2019-05-01 | 2020-03-31"), open=1),
    untried("RK001", "no labels", lambda: Evidence(label_rows=pd.DataFrame(columns=["as_of", "window_end", "known_from", "used_at"])), "no_rows"),
    holds("RK002", "rows known on the day itself", lambda: newest("complaints | 2024-06-30\nexperience | "), late=0, n=1, signal="complaints", newest=date(2024, 6, 30), as_of=date(2024, 6, 30)),
    fails("RK002", "a row known the day after", lambda: newest("complaints | 2024-06-30\nexperience | 2024-07-01"), late=1, n=2, signal="experience", newest=date(2024, 7, 1)),
    untried("RK002", "signals that rest on nothing", lambda: newest("complaints | "), "no_rows"),
]  # fmt: skip


# --- RK003: columns that changed meaning ---

STAFF = np.arange(1, N + 1) / 10
MONTHS = np.where(np.arange(N) % 100, 12.0, 24.0)
WORDS = np.array(["a", "b", "c", "d"])[np.arange(N) % 4]


def versions(first: object, second: object, third: object | None = None) -> Evidence:
    days = ("2023-03-31", "2023-06-30", "2023-09-30")
    parts = [
        pd.DataFrame({"service_id": SERVICES, "known_date": day, "staff": values})
        for day, values in zip(days, (first, second, third), strict=True) if values is not None
    ]  # fmt: skip
    return Evidence(versions=pd.concat(parts))


def rare(words: str) -> np.ndarray:
    """Three services for each of the words, "a" for all others."""
    return np.array(list(words * 3) + ["a"] * (N - 3 * len(words)))


def staff_spread_otherwise_with_the_same_median() -> Evidence:
    middle = np.median(STAFF)
    return versions(STAFF, middle + (STAFF - middle) / 10)


def few_rows_that_changed_a_lot() -> Evidence:
    some = pd.DataFrame({"service_id": SERVICES[:20], "known_date": "2023-06-30", "staff": STAFF[:20] * 50})
    before = versions(STAFF, None).versions
    return Evidence(versions=pd.concat([some, before]))


CASES += [
    holds("RK003", "staff that grows by a tenth", lambda: versions(STAFF, STAFF * 1.1), changed=0, n=1, column="staff"),
    fails("RK003", "staff in another unit from the third quarter", lambda: versions(STAFF, STAFF, STAFF * 12), changed=1, column="staff", date=date(2023, 9, 30)),
    fails("RK003", "staff in years, not months, which deciles do not see as most have one value", lambda: versions(MONTHS, MONTHS / 12), changed=1),
    fails("RK003", "staff spread otherwise with the same median", staff_spread_otherwise_with_the_same_median, changed=1),
    fails("RK003", "staff no longer delivered for most", lambda: versions(STAFF, np.where(np.arange(N) % 4, np.nan, STAFF)), changed=1),
    fails("RK003", "words of another coding", lambda: versions(WORDS, np.array(["1", "2", "3", "d"])[np.arange(N) % 4]), changed=1),
    fails("RK003", "rare words of another coding", lambda: versions(rare("vwxyz"), rare("VWXYZ")), changed=1),
    holds("RK003", "one new word for a few", lambda: versions(WORDS, np.where(np.arange(N) < 6, "e", WORDS)), changed=0),
    holds("RK003", "few rows that changed a lot", few_rows_that_changed_a_lot, changed=0),
    untried("RK003", "a column that begins", lambda: versions(np.full(N, np.nan), STAFF), "too_few"),
    untried("RK003", "one import only", lambda: versions(STAFF, None), "too_few"),
]  # fmt: skip


# --- RK004, RK013, RK014: inputs ---


def inputs(then: object, now: object) -> Evidence:
    frames = (pd.DataFrame({"steady": spread(1), "moved": values}, index=SERVICES) for values in (then, now))
    return Evidence(inputs_then=next(frames), inputs_now=next(frames))


def fewer_services_than_can_tell() -> Evidence:
    few = inputs(spread(2), spread(3) + 5)
    return Evidence(inputs_then=few.inputs_then.head(199), inputs_now=few.inputs_now)


def words(now: str) -> Evidence:
    return Evidence(levels_then=drawn("type | form\nnursing_home | public\nhospital | "), levels_now=drawn("type | form\n" + now))


CASES += [
    holds("RK004", "inputs drawn twice from the same", lambda: inputs(spread(2), spread(3)), moved=0, n=2),
    fails("RK004", "an input a whole deviation higher", lambda: inputs(spread(2), spread(3) + 1), moved=1, n=2, signal="moved"),
    fails("RK004", "an input that went missing for half", lambda: inputs(spread(2), np.where(np.arange(N) % 2, np.inf, spread(3))), moved=1, signal="moved"),
    untried("RK004", "fewer services than can tell", fewer_services_than_can_tell, "too_few"),
    holds("RK013", "an input with two values", lambda: inputs(spread(2), np.arange(N) == 3), dead=0, n=2, names=()),
    holds("RK013", "an input that is there for some and then the same", lambda: inputs(spread(2), np.where(np.arange(N) % 2, np.nan, 3.0)), dead=0),
    fails("RK013", "an input missing for all", lambda: inputs(spread(2), np.full(N, np.nan)), dead=1, names=("moved",)),
    fails("RK013", "an input the same for all", lambda: inputs(spread(2), np.full(N, 3.0)), dead=1, names=("moved",)),
    untried("RK013", "no services", lambda: Evidence(inputs_now=pd.DataFrame({"a": []})), "no_rows"),
    holds("RK014", "words seen before and missing ones", lambda: words("hospital | public\n | \nnursing_home | "), new=0, services=0),
    fails("RK014", "a type never seen", lambda: words("hospice | public\nhospice | \nhospital | public"), new=1, services=2, names=("type: hospice",)),
    fails("RK014", "a word seen in another column only", lambda: words("nursing_home | hospital"), new=1, names=("form: hospital",)),
    untried("RK014", "words all missing", lambda: words(" | "), "no_rows"),
]  # fmt: skip


# --- RK005, RK010: outcomes ---


def outcomes(events: int, others: int, unlabelled: int = 0) -> Evidence:
    return Evidence(outcomes=pd.DataFrame({"outcome": [1.0] * events + [0.0] * others + [np.nan] * unlabelled}))


def the_same_failure_in_two_windows() -> Evidence:
    ids = [f"s{i}" for i in range(1000)]
    failed = [1.0] * 60 + [0.0] * 940
    return Evidence(outcomes=pd.DataFrame({"service_id": ids * 2, "outcome": failed * 2}))


CASES += [
    holds("RK005", "one in ten", lambda: outcomes(100, 900, unlabelled=5000), rate=0.1, n=1000),
    fails("RK005", "almost any breach", lambda: outcomes(61, 39), rate=0.61),
    fails("RK005", "nine in a thousand", lambda: outcomes(9, 991), rate=0.009),
    fails("RK005", "one class only", lambda: outcomes(0, 500), rate=0.0),
    untried("RK005", "never supervised", lambda: outcomes(0, 0, unlabelled=10), "unlabelled"),
    holds("RK010", "just enough", lambda: outcomes(100, 100), events=100, others=100, minimum=100),
    fails("RK010", "one too few", lambda: outcomes(99, 1000, unlabelled=1000), events=99, others=1000),
    fails("RK010", "too few without", lambda: outcomes(1000, 99), events=1000, others=99),
    fails("RK010", "the same failure in two windows", the_same_failure_in_two_windows, events=60, others=940),
    fails("RK010", "no outcomes at all", lambda: outcomes(0, 0), events=0, others=0),
    untried("RK010", "outcomes not given", Evidence, "not_given"),
]  # fmt: skip


# --- RK006, RK008, RK015: measures on later dates ---


def measured(**rows: tuple[float, float, float]) -> Evidence:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"]).rename_axis("metric").reset_index()
    return Evidence(skill=frame)


def calibrated(level: tuple[float, float, float], slope: tuple[float, float, float]) -> Evidence:
    return measured(calibration_in_the_large=level, calibration_slope=slope)


CASES += [
    holds("RK006", "near enough", lambda: calibrated((0.1, 0.02, 0.18), (0.9, 0.75, 1.05)), level=0.1, slope=0.9),
    holds("RK006", "far off but it may be chance", lambda: calibrated((0.5, -0.1, 1.1), (0.5, -0.1, 1.1))),
    fails("RK006", "promises too much", lambda: calibrated((-0.5, -0.7, -0.3), (1.0, 0.8, 1.2)), level=-0.5, level_low=-0.7, level_high=-0.3),
    fails("RK006", "differences too large", lambda: calibrated((0.0, -0.1, 0.1), (0.5, 0.3, 0.7)), slope=0.5, slope_low=0.3, slope_high=0.7),
    fails("RK006", "differences too small", lambda: calibrated((0.0, -0.1, 0.1), (1.6, 1.2, 2.0)), slope=1.6),
    untried("RK006", "a slope without an interval", lambda: calibrated((0.0, -0.1, 0.1), (1.6, float("nan"), float("nan"))), "not_measured"),
    holds("RK008", "as good within", lambda: measured(auc=(0.72, 0.69, 0.75), auc_within_office=(0.69, 0.66, 0.72)), overall=0.72, within=0.69, low=0.66, high=0.72),
    fails("RK008", "much worse within", lambda: measured(auc=(0.75, 0.72, 0.78), auc_within_office=(0.65, 0.6, 0.7)), overall=0.75, within=0.65),
    holds("RK008", "worse within but it may be chance", lambda: measured(auc=(0.75, 0.72, 0.78), auc_within_office=(0.65, 0.54, 0.76))),
    fails("RK008", "within may be chance", lambda: measured(auc=(0.6, 0.55, 0.65), auc_within_office=(0.58, 0.5, 0.66)), low=0.5),
    untried("RK008", "within was not measured", lambda: measured(auc=(0.7, 0.6, 0.8)), "not_measured"),
    holds("RK015", "a good model", lambda: measured(auc=(0.74, 0.70, 0.82)), auc=0.74, ceiling=0.8),
    fails("RK015", "a leak", lambda: measured(auc=(0.93, 0.91, 0.95)), auc=0.93),
    untried("RK015", "only calibration was measured", lambda: measured(calibration_slope=(1, 0.9, 1.1)), "not_measured"),
]  # fmt: skip


# --- RK007: a single source ---


def contributions(weight: float) -> pd.DataFrame:
    return pd.DataFrame({"complaints": weight * spread(1), "history": spread(2)}, index=SERVICES)


CASES += [
    holds("RK007", "two signals of equal weight", lambda: Evidence(contributions=contributions(1.0))),
    fails("RK007", "one signal of twice the weight", lambda: Evidence(contributions=contributions(2.0)), source="complaints"),
    fails("RK007", "one organisation behind both signals", lambda: Evidence(contributions=contributions(1.0), voices=pd.DataFrame({"the union": contributions(1.0).sum(axis=1)})), source="the union"),
    holds("RK007", "a heavy signal that is the same for all", lambda: Evidence(contributions=contributions(1.0).assign(constant=50.0))),
    untried("RK007", "all score the same", lambda: Evidence(contributions=contributions(1.0) * 0), "no_spread"),
]  # fmt: skip


# --- RK009: groups ---


def groups(value: float, low: object, high: object) -> Evidence:
    return Evidence(equity=drawn(
        f"""measure | group | value | overall | diff_low | diff_high
            in_plan | north | 0.10  | 0.10    | -0.02    | 0.02
            in_plan | south | {value} | 0.10  | {low}    | {high}"""
    ))  # fmt: skip


CASES += [
    holds("RK009", "a gap that may be chance", lambda: groups(0.15, -0.01, 0.11), unequal=0, n=2),
    holds("RK009", "a sure but small gap", lambda: groups(0.11, 0.005, 0.015), unequal=0),
    fails("RK009", "a gap beyond chance", lambda: groups(0.15, 0.01, 0.09), unequal=1, n=2, group="south", measure="in_plan", value=0.15, overall=0.1),
    fails("RK009", "a gap downwards", lambda: groups(0.05, -0.09, -0.01), unequal=1, value=0.05),
    holds("RK009", "a group too small to be shown", lambda: groups(0.9, "", ""), unequal=0, n=1),
    untried("RK009", "no group has an interval", lambda: Evidence(equity=groups(0.9, "", "").equity.tail(1)), "not_measured"),
]  # fmt: skip


# --- RK011: lists ---

NOISE = np.linspace(0.7, 0.9, 201)  # one in twenty below .71


def lists(after: object, size: int = 20, noise: np.ndarray = NOISE) -> Evidence:
    return Evidence(ranks_before=by_service(np.arange(N)), ranks_after=by_service(after), list_size=size, noise_overlap=noise)


CASES += [
    holds("RK011", "five of twenty replaced", lambda: lists(np.r_[np.arange(5) + N, np.arange(5, N)]), overlap=0.75, size=20, floor=0.71),
    holds("RK011", "just what noise gives", lambda: lists(np.r_[np.arange(5) + N, np.arange(5, N)], noise=np.full(9, 0.75)), overlap=0.75, floor=0.75),
    fails("RK011", "six of twenty replaced", lambda: lists(np.r_[np.arange(6) + N, np.arange(6, N)]), overlap=0.7, floor=0.71),
    holds("RK011", "six of twenty closed", lambda: lists(np.r_[np.full(6, np.nan), np.arange(6, N)]), overlap=1.0),
    untried("RK011", "a list of nine", lambda: lists(np.arange(N)[::-1], size=9), "too_few"),
]  # fmt: skip


# --- RK012: offices ---

OFFICE, TYPE = np.arange(N) % 6, np.arange(N) // 6 % 2


def at_offices(signal: object, office: object = OFFICE) -> Evidence:
    frame = pd.DataFrame({"signal": signal}, index=SERVICES)
    return Evidence(inputs_now=frame, office=by_service(office).astype("str"), strata=by_service(TYPE).astype("str"))


CASES += [
    holds("RK012", "a signal that knows nothing of offices", lambda: at_offices(spread()), leaking=0, n=1),
    fails("RK012", "a signal with one value in each office", lambda: at_offices(OFFICE.astype(float)), leaking=1, signal="signal", share=1.0),
    fails("RK012", "a signal recorded in two offices only", lambda: at_offices(np.where(OFFICE < 2, spread(), np.nan)), leaking=1),
    holds("RK012", "a signal of the type where offices have their types", lambda: at_offices(TYPE * 10 + spread(), office=np.where(np.arange(N) % 10 == 0, 1 - TYPE, TYPE)), leaking=0),
    fails("RK012", "a leak that one wild value would hide", lambda: at_offices(np.where(np.arange(N) == 7, 1e9, OFFICE)), leaking=1),
    holds("RK012", "one wild value in one office", lambda: at_offices(np.where(np.arange(N) == 7, 1e9, spread())), leaking=0),
    holds("RK012", "offices of three services each find nothing by looking", lambda: at_offices(spread(4), office=np.arange(N) // 3), leaking=0),
    untried("RK012", "one office", lambda: at_offices(spread(), office=np.zeros(N)), "one_office"),
    untried("RK012", "an input of one value", lambda: at_offices(np.ones(N)), "no_spread"),
    untried("RK012", "fewer services than can tell", lambda: Evidence(inputs_now=at_offices(OFFICE).inputs_now.head(199), office=by_service(OFFICE)), "too_few"),
]  # fmt: skip
