"""A change of registration moves no one; a real rise does. Drawn as counted rows, the same every month."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from risiko.signals import Context
from risiko.signals.complaint_change import complaint_change
from risiko.signals.complaint_regimes import regime_of
from risiko.signals.complaint_surge import complaint_surge, surges
from risiko.signals.complaints import complaint_rate, complaint_rate_long, complaint_rate_short
from tests.drawn import context

RATES = (complaint_rate, complaint_rate_long, complaint_rate_short)
COUNTS = (0, 0, 1, 1, 2, 3)  # complaints a month of the services of each county, before any change


def drawn(factor: object, regime: object, *, opened: str = "2010-01-01", days: tuple[int, ...] = (15,)) -> Context:
    """Six services in each of four counties over sixty months up to 2023-12-31, times what factor says.

    factor, regime: functions of (county 0–3, service 0–5, month 0–59 with 59 the newest); with several days in a month
    its second half is month + 0.5.
    """
    services, rows = ["service_id | users | county | valid_from"], ["service_id | event_date | n | regime"]
    for county in range(4):
        for i, count in enumerate(COUNTS):
            name = f"s{county}{i}"
            services.append(f"{name} | 100 | county {county} | {opened if (county, i) == (0, 5) else '2010-01-01'}")
            for month, date in itertools.product(range(60), days):
                day, at = f"{2019 + month // 12}-{month % 12 + 1:02d}-{date:02d}", month + (date > 15) / 2
                n = count * factor(county, i, at)
                if n and day >= (opened if (county, i) == (0, 5) else ""):
                    rows.append(f"{name} | {day} | {n} | {regime(county, i, at)}")
    return context("2023-12-31", services="\n".join(services), complaints="\n".join(rows))


@pytest.fixture(scope="module")
def steady() -> Context:
    return drawn(lambda *_: 1, lambda *_: "old")


def assert_nobody_moves(c: Context, steady: Context) -> None:
    for rate in RATES:
        found, usual = rate(c), rate(steady)
        # Months are not equally long, which moves what is expected of the same count by a per cent or two.
        assert np.allclose(found["ratio"], usual["ratio"], rtol=0.02)
        assert (abs(found["trend"]) < 0.05 * found["expected"]).all()
        # More complaints are more knowledge, so readings may lie further out, but the order and the side stay.
        assert found["standing"].corr(usual["standing"]) > 0.99
        assert (np.sign(found["z"]) == np.sign(usual["z"])).all()
    assert complaint_change(c)["value"].max() < 0.3
    assert not surges(c).alarm.any()


def test_a_whole_type_that_doubles_at_once_moves_no_one(steady: Context) -> None:
    for changed in (36, 50, 53):  # at a year's edge, and within the last year
        c = drawn(lambda *at, m=changed: 2 if at[2] >= m else 1, lambda *at, m=changed: "new" if at[2] >= m else "old")
        assert_nobody_moves(c, steady)
        assert complaint_rate_short(c)["expected"].iloc[0] > complaint_rate_short(steady)["expected"].iloc[0] * 1.5


def test_one_county_that_changes_regime_a_year_later_moves_no_one(steady: Context) -> None:
    def new(county: int, _: int, month: int) -> bool:
        return month >= (54 if county == 3 else 42)

    c = drawn(lambda *at: 2 if new(*at) else 1, lambda *at: "new" if new(*at) else "old")
    assert_nobody_moves(c, steady)


def test_without_labels_the_same_county_would_seem_to_rise(steady: Context) -> None:
    c = drawn(lambda county, _, month: 2 if month >= (54 if county == 3 else 42) else 1, lambda *_: "")
    assert abs(complaint_rate_short(c)["trend"]).max() > 1
    with pytest.raises(AssertionError):
        assert_nobody_moves(c, steady)


def broken(since: object, *, labelled: bool = True) -> Context:
    """Counts of the 5th and the 25th that double, under a new label, where since(county, service, month) says so."""
    return drawn(
        lambda *at: 2 if since(*at) else 1, lambda *at: ("new" if since(*at) else "old") if labelled else "", days=(5, 25)
    )


@pytest.fixture(scope="module")
def twice_a_month() -> Context:
    return broken(lambda *_: False)


def moves(c: Context, steady: Context) -> list[float]:
    """How much the ratio of the last year, its trend and any standing move at most."""
    found, usual = complaint_rate_short(c), complaint_rate_short(steady)
    standing = max(abs(rate(c)["standing"] - rate(steady)["standing"]).max() for rate in RATES)
    return [abs(found["ratio"] - usual["ratio"]).max(), (abs(found["trend"]) / found["expected"]).max(), standing]


def test_a_break_in_the_middle_of_a_month_moves_no_one_though_one_label_is_given_to_the_month(twice_a_month: Context) -> None:
    assert max(moves(broken(lambda *at: at[2] >= 50.5), twice_a_month)) < 0.05
    # Each county in the middle of a month of its own: half a month is then held against the wrong regime.
    starts = (42.5, 45.5, 50.5, 54.5)
    several = moves(broken(lambda *at: at[2] >= starts[at[0]]), twice_a_month)
    assert several[2] < 0.06
    assert max(several) < 0.15


def test_a_regime_that_comes_and_goes_and_one_that_a_county_never_takes_move_no_one(twice_a_month: Context) -> None:
    for since in (lambda *at: 42 <= at[2] < 50, lambda *at: at[0] != 3 and at[2] >= 42):
        c = broken(since)
        assert max(moves(c, twice_a_month)) < 0.07
        assert not surges(c).alarm.any()
        assert complaint_change(c)["value"].max() < 0.3


def test_a_break_that_no_one_labelled_moves_no_rate_where_it_meets_the_whole_type_at_once(twice_a_month: Context) -> None:
    """In the middle of the last year too, where a half before it is set beside a half after it."""
    assert max(moves(broken(lambda *at: at[2] >= 52.5, labelled=False), twice_a_month)) < 0.05


def test_a_label_of_one_services_own_is_no_regime_and_hides_no_rise(steady: Context) -> None:
    def own(*at: int) -> str:
        return "own" if at[:2] == (1, 4) else "old"

    assert max(moves(drawn(lambda *_: 1, own), steady)) < 0.05
    c = drawn(lambda *at: 3 if at[:2] == (1, 4) and at[2] >= 48 else 1, own)
    rise = moves(c, steady)
    assert rise[0] > 1
    assert complaint_change(c)["value"].idxmax() == "s14"


def test_where_services_of_one_county_change_at_different_times_the_later_ones_seem_lower(twice_a_month: Context) -> None:
    """A limit, not a wish: a regime is one type's in one county, so neighbours under different ones are set side by side."""
    c = broken(lambda *at: at[2] >= (54 if at[1] % 2 else 42))
    ratio, trend, standing = moves(c, twice_a_month)
    assert ratio > 0.2
    assert trend > 0.5
    assert standing < 0.25  # of a standard deviation between services
    assert not surges(c).alarm.any()


def test_one_service_that_really_doubles_rises(steady: Context) -> None:
    c = drawn(lambda county, i, month: 3 if (county, i) == (1, 4) and month >= 48 else 1, lambda *_: "old")
    found, usual = complaint_rate_short(c), complaint_rate_short(steady)
    assert found.loc["s14", "standing"] > usual.loc["s14", "standing"] + 0.5
    assert found["standing"].idxmax() == "s14"
    assert complaint_rate_long(c).loc["s14", "trend"] > 0
    change, surge = complaint_change(c), complaint_surge(c)
    assert change.loc["s14", "value"] > 0.99
    assert change.loc["s14", "z"] > 3
    assert change["value"].drop("s14").max() < 0.5
    assert surge["value"].idxmax() == "s14"
    assert surge.loc["s14", "value"] == surges(c).threshold  # the surge goes on, and so does the reading
    rang = surges(c).latest(c)
    assert rang["s14"] > pd.Timestamp("2023-01-31")
    assert rang.drop("s14").isna().all()


def test_a_service_that_opened_after_the_break_is_compared_with_that_time() -> None:
    c = drawn(lambda *at: 2 if at[2] >= 48 else 1, lambda *at: "new" if at[2] >= 48 else "old", opened="2023-01-01")
    rate = complaint_rate(c)
    # 6 a month where 7 in 6 services times 2 are expected: 18/7 of the expected, as for its like in other counties.
    assert rate.loc["s05", "ratio"] == pytest.approx(rate.loc["s15", "ratio"], rel=0.02)
    assert rate.loc["s05", "expected"] > rate.loc["s15", "expected"] * 1.1


def labels(*groups: str, kind: tuple[int, ...] = ()) -> list[str]:
    """regime_of for groups drawn oldest month first, '.' where nothing was seen; the answer drawn alike."""
    words = "abc"
    votes = np.array([[[[float(seen == word) for word in words] for seen in reversed(line)] for line in groups]])
    found = regime_of(votes, np.array(kind or (0,) * len(groups)))
    return ["".join(words[i] for i in reversed(line)) for line in found[0]]


def test_labels_are_carried_over_months_without_rows() -> None:
    assert labels("a.a.b..b") == ["aaaabbbb"]
    assert labels("..a.b...") == ["aaaabbbb"]


def test_between_two_labels_a_group_changes_when_its_type_does() -> None:
    assert labels("aaabbbbb", "a.....b.") == ["aaabbbbb", "aaabbbbb"]


def test_a_group_follows_its_type_where_it_was_last_seen_to_and_keeps_its_own_where_not() -> None:
    assert labels("aaabbbbb", "aaabbbbb", "a.......", "....b...", "c.......") == [
        "aaabbbbb", "aaabbbbb", "aaabbbbb", "aaabbbbb", "cccccccc"]  # fmt: skip


def test_a_group_never_seen_is_as_its_type_and_types_are_apart() -> None:
    assert labels("aabb", "....", "cc..", "....", kind=(0, 0, 1, 1)) == ["aabb", "aabb", "cccc", "cccc"]
