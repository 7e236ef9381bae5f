"""The calendar keeps its rules whatever the visits are, is as even as it can be, and leaves blank what does not fit."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risiko.plan import burden, calendar

START, END = date(2026, 9, 1), date(2027, 8, 31)
MONTHS = burden.month_names(START, END)


def visits(text: str) -> pd.DataFrame:
    """service office days municipalities, one visit per line."""
    rows = [line.split() for line in text.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=["service_id", "office", "days", "municipalities"]).astype({"days": float})
    return frame.assign(municipalities=frame["municipalities"].replace("-", ""))


def free(frame: pd.DataFrame, **busy: str) -> pd.DataFrame:
    """Everything, but for the months given by number (1 is the first) of a service."""
    ids = sorted(set(frame["service_id"]))
    months = burden.month_names(START, END)
    out = pd.DataFrame(True, index=ids, columns=months)
    for service, numbers in busy.items():
        out.loc[service, [months[int(n) - 1] for n in numbers.split()]] = False
    return out


def made(frame: pd.DataFrame, per_month: int = 0, end: date = END, **busy: str) -> list[int]:
    """The number of each visit's month, 0 for none."""
    found = calendar.months(frame, start=START, end=end, per_month=per_month, free=free(frame, **busy))
    assert found.index.equals(frame.index)
    return [MONTHS.index(month) + 1 if month else 0 for month in found]


def faults(frame: pd.DataFrame, month: list[int], allowed: pd.DataFrame, per_month: int) -> list[str]:
    """Every rule of the calendar that a placing breaks, reckoned anew, visit by visit."""
    found, n_months = [], allowed.shape[1]
    counts: Counter[tuple[str, int]] = Counter()
    mine: dict[str, list[int]] = {}
    open_to = dict(zip(allowed.index, allowed.to_numpy(), strict=True))
    for service, municipalities, at in zip(frame["service_id"], frame["municipalities"], month, strict=True):
        mine.setdefault(service, []).append(at)
        if at and not open_to[service][at - 1]:
            found.append(f"{service} in a busy month")
        counts.update((town, at) for town in municipalities.split("|") if town and at)
    found += [f"{town} in {at}" for (town, at), n in counts.items() if per_month and n > per_month]
    for service, months in mine.items():
        k = len(months)
        found += [f"{service}: part {j} is not {at}" for j, at in enumerate(months) if at and (at - 1) * k // n_months != j]
        # What is not the even distance apart is told by `uneven`: the calendar may have to let it go.
    return found


def uneven(frame: pd.DataFrame, month: list[int], n_months: int) -> set[str]:
    """The services with two visits that are not the even distance apart, give or take a month."""
    mine = pd.Series(month).groupby(frame["service_id"].to_numpy()).agg(list)
    return {
        service for service, months in mine.items() for a, b in pairwise(months)
        if a and b and abs(b - a - n_months / len(months)) > 1 + 1e-9
    }  # fmt: skip


def unevenness(frame: pd.DataFrame, month: list[int], work: pd.Series) -> float:
    load: dict[tuple[str, int], float] = {}
    for office, days, at in zip(frame["office"], frame["days"], month, strict=True):
        load[office, at] = load.get((office, at), 0.0) + days
    return sum(days**2 / work.iloc[at - 1] for (_, at), days in load.items() if at)


@st.composite
def problems(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, int, date]:
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n_months, per_month = draw(st.sampled_from([12, 12, 5, 18])), draw(st.integers(0, 2))
    end = (pd.Timestamp(START) + pd.DateOffset(months=n_months) - pd.Timedelta(days=1)).date()
    services, towns = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    rows = []
    for i in range(services):
        served = rng.choice(towns, rng.integers(0, min(towns, 2) + 1), replace=False)
        office, day = f"o{rng.integers(0, 2)}", float(rng.choice([3.5, 7, 11, 30]))
        times = rng.choice([1, 1, 1, 2, 4])
        rows += [(f"s{i:02}", office if rng.random() < 0.9 else "o1", day, "|".join(f"t{t}" for t in served))] * times
    frame = pd.DataFrame(rows, columns=["service_id", "office", "days", "municipalities"])
    ids = sorted(set(frame["service_id"]))
    allowed = rng.random((len(ids), n_months)) > draw(st.sampled_from([0.0, 0.3, 0.8]))
    return frame, pd.DataFrame(allowed, index=ids, columns=burden.month_names(START, end)), per_month, end


@settings(max_examples=25)
@given(problems())
def test_no_rule_is_ever_broken_no_visit_could_be_added_and_no_move_would_make_it_evener(
    problem: tuple[pd.DataFrame, pd.DataFrame, int, date],
) -> None:
    frame, allowed, per_month, end = problem
    found = calendar.months(frame, start=START, end=end, per_month=per_month, free=allowed)
    names, work = list(allowed.columns), burden.working_days(START, end)
    month = [names.index(name) + 1 if name else 0 for name in found]
    assert faults(frame, month, allowed, per_month) == []
    now, apart = unevenness(frame, month, work), uneven(frame, month, len(names))
    for i, other in product(range(len(frame)), range(1, len(names) + 1)):
        moved = [*month[:i], other, *month[i + 1 :]]
        if not faults(frame, moved, allowed, per_month) and uneven(frame, moved, len(names)) <= apart:
            assert month[i], f"visit {i} could be in month {other}"
            assert unevenness(frame, moved, work) >= now * (1 - 1e-6)


def test_single_visits_alike_are_one_a_month() -> None:
    alike = visits("\n".join(f"s{i:02} o 11 t{i}" for i in range(12)))
    assert sorted(made(alike)) == list(range(1, 13))


def test_without_limits_an_offices_months_differ_by_no_more_than_its_longest_visit() -> None:
    rng = np.random.default_rng(2)
    days = rng.choice([30.0, 11.0, 3.5], 90)
    frame = pd.DataFrame({"service_id": [f"s{i:02}" for i in range(90)], "office": "o", "days": days, "municipalities": ""})
    month = calendar.months(frame, start=START, end=END, per_month=0, free=free(frame))
    loads = calendar.loads(frame, month, start=START, end=END, capacity=pd.Series({"o": 2000.0}))
    work = burden.working_days(START, END)
    fair = days.sum() * work.to_numpy() / work.sum()
    assert np.abs(loads["days"].to_numpy() - fair).max() <= 30
    assert loads["visits"].sum() == 90


def test_offices_are_each_even_by_themselves() -> None:
    frame = visits("\n".join(f"s{i:02} {office} 11 -" for i, office in enumerate("ab" * 12)))
    month = made(frame)
    assert sorted(month[::2]) == sorted(month[1::2]) == list(range(1, 13))


@pytest.mark.parametrize(("times", "gaps"), [(2, {5, 6, 7}), (3, {3, 4, 5}), (4, {2, 3, 4}), (12, {1})])
def test_several_visits_to_a_service_are_spread_over_the_year(times: int, gaps: set[int]) -> None:
    crowd = "\n".join(f"x{i} o 30 -" for i in range(20))
    month = made(visits("\n".join(["s o 3.5 t"] * times) + "\n" + crowd))[:times]
    assert {b - a for a, b in pairwise(month)} <= gaps
    assert [(at - 1) * times // 12 for at in month] == list(range(times))


@settings(max_examples=40)
@given(st.integers(2, 4), st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_service_alone_has_the_even_distance_where_it_can_and_else_its_parts(times: int, allowed: list[bool]) -> None:
    frame = visits("\n".join(["s o 3.5 -"] * times))
    busy = " ".join(str(i + 1) for i, free_then in enumerate(allowed) if not free_then)
    month = made(frame, s=busy)
    part = 12 // times
    parts = [[at for at in range(part * j + 1, part * j + part + 1) if allowed[at - 1]] for j in range(times)]
    assert [at > 0 for at in month] == [bool(there) for there in parts]
    able = any(all(abs(b - a - part) <= 1 for a, b in pairwise(each)) for each in product(*parts))
    if able:
        assert {b - a for a, b in pairwise(month)} <= {part - 1, part, part + 1}


def test_a_visit_too_many_for_the_months_is_left_blank() -> None:
    month = made(visits("\n".join(["s o 3.5 t"] * 13)))
    assert month.count(0) == 1
    assert sorted(month)[1:] == list(range(1, 13))


def test_a_busy_month_is_never_used_and_where_all_are_busy_the_month_is_blank() -> None:
    frame = visits("a o 11 -\nb o 11 -\nc o 11 -")
    assert made(frame, a="1 2 3 4 5 6 7 8 9 10 12", b="1 2 3 4 5 6 7 8 9 10 11 12")[:2] == [11, 0]


def test_a_municipality_has_no_more_visits_in_a_month_than_it_may() -> None:
    frame = visits("\n".join(f"s{i:02} o 11 Vik" for i in range(30)))
    assert pd.Series(made(frame, per_month=2)).value_counts().to_dict() == {0: 6, **dict.fromkeys(range(1, 13), 2)}
    assert 0 not in made(frame, per_month=3)


def test_offices_that_visit_one_municipality_do_not_meet_there() -> None:
    frame = visits("\n".join(f"s{i:02} {office} 11 Vik" for i, office in enumerate("abc" * 4)))
    assert sorted(made(frame, per_month=1)) == list(range(1, 13))


def test_two_visits_of_one_service_by_two_offices_are_spread_too() -> None:
    month = made(visits("s a 11 -\ns b 11 -"), s="7 8 9 10 11")
    assert month in ([5, 12], [6, 12])


def test_a_visit_counts_in_every_municipality_its_service_serves() -> None:
    frame = visits("a o 1 Vik|Nes\nb o 1 Vik\nc o 1 Nes")
    month = made(frame, per_month=1, a="3 4 5 6 7 8 9 10 11 12", b="3 4 5 6 7 8 9 10 11 12", c="3 4 5 6 7 8 9 10 11 12")
    assert 0 not in month
    assert month[0] not in month[1:]


def test_municipalities_may_be_given_as_lists() -> None:
    frame = visits("a o 1 Vik|Nes\nb o 1 Vik")
    listed = frame.assign(municipalities=[["Vik", "Nes"], ["Vik"]])
    args = {"start": START, "end": date(2026, 9, 30), "per_month": 1}
    for given_as in (frame, listed):
        found = calendar.months(given_as, free=free(frame).iloc[:, :1], **args)
        assert sorted(found) == ["", "2026-09"]


def test_visits_by_others_count_with_ours() -> None:
    frame = visits("\n".join(f"s{i:02} o 11 Vik" for i in range(3)))
    taken = pd.DataFrame(2.0, index=["Nes", "Vik"], columns=MONTHS)
    taken.loc["Vik", ["2026-11", "2027-02"]] = [1.0, 0.0]
    found = calendar.months(frame, start=START, end=END, per_month=2, free=free(frame), taken=taken)
    assert sorted(found) == ["2026-11", "2027-02", "2027-02"]


def test_who_can_go_elsewhere_makes_room_for_who_cannot() -> None:
    # One by one, the long visits would take the months that the short ones need.
    frame = visits("a o 30 T\nb o 30 T\nc o 3 T\nd o 3 T")
    most = "5 6 7 8 9 10 11 12"
    month = made(frame, per_month=1, a=most, b=f"2 {most}", c=f"3 4 {most}", d=f"1 4 {most}")
    assert sorted(month) == [1, 2, 3, 4]


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_as_many_visits_get_a_month_as_in_any_placing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    towns = ["", "A", "B", "A|B"]
    frame = pd.DataFrame({
        "service_id": ["s0", "s0", "s1", "s2", "s3"], "office": "o", "days": rng.choice([3.0, 11.0], 5),
        "municipalities": [towns[t] for t in rng.integers(0, 4, 5)],
    })  # fmt: skip
    frame.loc[1, "municipalities"] = frame.loc[0, "municipalities"]
    allowed = pd.DataFrame(rng.random((4, 3)) > 0.4, index=["s0", "s1", "s2", "s3"], columns=MONTHS[:3])
    found = calendar.months(frame, start=START, end=date(2026, 11, 30), per_month=1, free=allowed)
    every = np.array(list(product(range(4), repeat=5)))  # 0: none
    holds = np.ones(len(every), dtype=bool)
    for visit, service in enumerate(frame["service_id"]):
        holds &= np.r_[True, allowed.loc[service]][every[:, visit]]
    for town in "AB":
        there = every[:, frame["municipalities"].str.contains(town)]
        holds &= np.all([(there == month).sum(axis=1) <= 1 for month in (1, 2, 3)], axis=0)
    # Two visits in three months: the first in the first two, the second in the third.
    holds &= np.isin(every[:, 0], [0, 1, 2]) & np.isin(every[:, 1], [0, 3])
    assert (found != "").sum() == (every[holds] > 0).sum(axis=1).max()


def test_the_same_visits_in_another_order_get_the_same_months() -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({
        "service_id": [f"s{i:03}" for i in range(80)], "office": rng.choice(["a", "b"], 80),
        "days": rng.choice([30.0, 11.0], 80), "municipalities": rng.choice(["u", "v", "w", "u|v"], 80),
    })  # fmt: skip
    args = {"start": START, "end": END, "per_month": 2, "free": free(frame)}
    plain = calendar.months(frame, **args)
    mixed = calendar.months(frame.sample(frac=1, random_state=3), **args)
    assert (plain == "").any()
    pd.testing.assert_series_equal(plain, mixed.sort_index())


def test_a_month_without_working_days_is_not_used() -> None:
    frame = visits("a o 1 -")
    both = pd.DataFrame(True, index=["a"], columns=MONTHS[1:3])
    found = calendar.months(frame, start=date(2026, 10, 31), end=date(2026, 11, 30), per_month=0, free=both)
    assert list(found) == ["2026-11"]


def test_no_visits_have_no_months() -> None:
    frame = visits("a o 1 -").head(0)
    found = calendar.months(frame, start=START, end=END, per_month=2, free=pd.DataFrame(columns=MONTHS, dtype=bool))
    assert (len(found), str(found.dtype)) == (0, "str")


def test_loads_are_held_against_the_offices_share_of_the_month() -> None:
    frame = visits("a o 6 -\nb p 5 -\nc o 2 -")
    end = date(2026, 10, 31)
    found = calendar.loads(frame, pd.Series(["2026-09", "2026-10", ""]), start=START, end=end, capacity=pd.Series({"o": 44.0, "p": 0.0}))
    # 22 working days in each of the two months: half of the capacity.
    assert found.values.tolist()[0] == ["o", "2026-09", 1, 6.0, pytest.approx(6 / 22)]
    assert found["days"].tolist() == [6, 0, 0, 5]
    assert found["share"].isna().tolist() == [False, False, True, True]


def test_a_years_visits_of_ten_offices_take_less_than_a_second() -> None:
    rng, n = np.random.default_rng(1), 1500
    frame = pd.DataFrame({
        "service_id": [f"s{i:04}" for i in range(n)], "office": [f"o{i}" for i in rng.integers(0, 10, n)],
        "days": rng.choice([30, 11, 7, 3.5], n), "municipalities": [f"t{i}" for i in rng.integers(0, 350, n)],
    })  # fmt: skip
    allowed = pd.DataFrame(rng.random((n, 12)) > 0.1, index=frame["service_id"], columns=MONTHS)
    began = time.process_time()
    found = calendar.months(frame, start=START, end=END, per_month=2, free=allowed)
    assert time.process_time() - began < 1
    assert (found != "").all()
