"""What complaints weigh, what they are about and who brings them, drawn as tables."""

from __future__ import annotations

import numpy as np
import pytest

from risiko import settings
from risiko.signals.complaint_grounds import dimension_rate, dimension_specs
from risiko.signals.complaint_shares import complaint_upheld, source_share, source_specs
from risiko.signals.complaint_streams import stream_rate, stream_specs
from risiko.signals.complaint_weight import by_outcome, by_severity, complaint_outcome, complaint_severity
from risiko.signals.complaints import complaint_rate
from risiko.signals.ground_table import ground_table, service_grounds
from tests.drawn import context, tables

HOMES = "service_id | users\n" + "\n".join(f"{name} | 100" for name in "abcd")
SEVERITIES = """
    service_id | event_date | severity
    a          | 2023-11-15 | 3
    b          | 2023-11-15 | 0
    c          | 2023-11-15 |
    """
OUTCOMES = """
    service_id | event_date | outcome
    a          | 2023-11-15 | upheld
    b          | 2023-11-15 | not_upheld
    c          | 2023-11-15 | pending
    d          | 2023-11-15 | unknown
    """


def test_a_complaint_weighs_by_its_severity_and_one_without_as_the_mean_of_its_type() -> None:
    c = context("2023-12-31", services=HOMES, complaints=SEVERITIES)
    assert by_severity(c).tolist() == [4.0, 0.5, 2.25]
    value = complaint_severity(c)["value"]
    assert value["a"] == pytest.approx(8 * value["b"])
    assert value["d"] == 0
    assert complaint_severity(c)["n"].to_dict() == {"a": 1, "b": 1, "c": 1, "d": 0}


def test_a_type_without_any_severity_is_missing_and_not_slight() -> None:
    c = context("2023-12-31", services=HOMES, complaints="service_id | event_date\na | 2023-11-15")
    assert set(complaint_severity(c)["missing"]) == {"not_graded"}
    assert set(complaint_outcome(c)["missing"]) == {"none_decided"}
    assert complaint_rate(c)["missing"].isna().all()


def test_pending_counts_as_the_decided_ones_of_its_type_and_never_as_not_upheld() -> None:
    c = context("2023-12-31", services=HOMES, complaints=OUTCOMES)
    assert by_outcome(c).tolist() == [1.0, 0.25, 0.625, 0.5]
    assert complaint_upheld(c)["missing"].fillna("").to_dict() == {"a": "", "b": "", "c": "none_decided", "d": "none_decided"}
    assert complaint_upheld(c)["value"].dropna().to_dict() == {"a": 1.0, "b": 0.0}
    assert complaint_upheld(c).loc["a", "expected"] == 0.5


def test_the_newer_of_two_complaints_counts_for_more() -> None:
    c = context("2023-12-31", services=HOMES, complaints="service_id | event_date\na | 2023-11-15\nb | 2021-11-15")
    value = complaint_rate(c)["value"]
    assert value["a"] == pytest.approx(4 * value["b"])  # two half-lives apart
    assert complaint_rate(c)["freshness"].round(2).to_dict() == pytest.approx({"a": 0.13, "b": 2.12, "c": np.nan, "d": np.nan}, nan_ok=True)


def test_a_share_upheld_is_shrunk_by_how_few_have_been_decided() -> None:
    services = "service_id | users\n" + "\n".join(f"s{i:02d} | 100" for i in range(30))
    rows = [f"s{i:02d} | 2023-0{m}-15 | 5 | {'upheld' if i % 3 == 0 else 'not_upheld'}" for i in range(28) for m in (3, 6)]
    rows += ["s28 | 2023-06-15 | 1 | upheld", "s29 | 2023-06-15 | 40 | upheld"]
    f = complaint_upheld(context("2023-12-31", services=services, complaints="service_id | event_date | n | outcome\n" + "\n".join(rows)))
    assert (f.loc[["s28", "s29"], "value"] == 1).all()
    assert f.loc["s28", "expected"] < f.loc["s28", "estimate"] < f.loc["s29", "estimate"] < 1
    assert 0 < f.loc["s28", "standing"] < f.loc["s29", "standing"]
    assert f.loc["s29", "standing_sd"] < f.loc["s28", "standing_sd"] <= 1
    assert f.loc["s01", "standing"] < 0


def test_a_regime_that_upholds_fewer_makes_no_one_better() -> None:
    rows = ["service_id | event_date | regime | outcome | n"]
    rows += [f"{s} | 2023-03-15 | old | {o} | 5" for s in "ab" for o in ("upheld", "not_upheld")]
    rows += [f"{s} | 2023-09-15 | new | {o} | {n}" for s in "cd" for o, n in (("upheld", 2), ("not_upheld", 8))]
    f = complaint_upheld(context("2023-12-31", services=HOMES, complaints="\n".join(rows)))
    assert f["value"].to_dict() == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.2, "d": 0.2})
    assert np.allclose(f["value"], f["expected"])
    assert np.allclose(f["z"], 0)


def test_grounds_of_a_row_share_it_and_unknown_ones_count_for_no_dimension() -> None:
    c = context("2023-12-31", services=HOMES, complaints="""
        service_id | event_date | n | grounds
        a          | 2023-11-15 | 2 | legemidler
        b          | 2023-11-15 | 2 | Legemidler/ventetid
        c          | 2023-11-15 | 2 | parkering
        d          | 2023-11-15 | 2 |
        """.replace("/", "\u00a6"))  # fmt: skip
    c.known["complaints"]["grounds"] = c.known["complaints"]["grounds"].str.replace("\u00a6", "|")
    safe, accessible = (dimension_rate(c, dimension=d) for d in ("safe", "accessible"))
    assert safe["value"]["a"] == pytest.approx(2 * safe["value"]["b"])
    assert safe["value"]["b"] == pytest.approx(accessible["value"]["b"])
    assert safe["value"][["c", "d"]].tolist() == [0, 0]
    assert set(dimension_rate(c, dimension="coordinated")["missing"]) == {"source_silent"}
    assert ground_table(c)[["ground", "n"]].sort_values("ground").to_numpy().tolist() == [["legemidler", 3.0], ["parkering", 2.0], ["ventetid", 1.0]]


def test_a_ground_that_stands_out_for_a_type_and_at_a_service() -> None:
    homes = "service_id | service_type | users\n" + "\n".join(f"{t}{i} | {t} | 100" for t in ("nursing_home", "hospital", "home_care") for i in range(8))
    rows = ["service_id | event_date | n | grounds"]
    for t in ("nursing_home", "hospital", "home_care"):
        for i in range(8):
            for k, g in enumerate(("journal", "diagnose", "ventetid", "bemanning", "tvang")):
                n = 5 + (i + k) % 3 + (25 if (t, g) == ("hospital", "ventetid") else 0) + (30 if (t, i, g) == ("home_care", 3, "tvang") else 0)
                rows.append(f"{t}{i} | 2023-05-01 | {n} | {g}")
    c = context("2023-12-31", services=homes, complaints="\n".join(rows))
    top = ground_table(c).iloc[0]
    assert (top["service_type"], top["ground"]) == ("hospital", "ventetid")
    assert 1.2 < top["eb05"] < top["ebgm"] < top["n"] / top["expected"]
    own = service_grounds(c, c.services.index.get_loc("home_care3")).iloc[0]
    assert own["ground"] == "tvang"
    assert 1 < own["low"] < own["ratio"] < own["n"] / own["expected"]
    assert service_grounds(c, c.services.index.get_loc("home_care0"))["low"].max() < 1.1


def test_no_grounds_at_all_give_empty_tables() -> None:
    c = context("2023-12-31", services=HOMES, complaints="service_id | event_date\na | 2023-11-15")
    assert ground_table(c).empty
    assert service_grounds(c, 0).empty


def test_few_voices_of_the_users_own_and_many_of_staff_are_worse() -> None:
    services = "service_id | users\n" + "\n".join(f"s{i:02d} | 100" for i in range(25))
    rows = ["service_id | event_date | n | source"]
    for i in range(24):
        rows += [f"s{i:02d} | 2023-05-01 | {n} | {s}" for s, n in (("user", 2 if i == 0 else 12 + i % 5), ("staff", 15 if i == 0 else 2 + i % 3), ("unknown", 3))]
    c = context("2023-12-31", services=services, complaints="\n".join(rows) + "\ns24 | 2023-05-01 | 3 |")
    user, staff = source_share(c, source="user", worse=-1.0), source_share(c, source="staff", worse=1.0)
    assert user.loc["s00", "value"] == pytest.approx(2 / 17)
    assert user["standing"].idxmax() == staff["standing"].idxmax() == "s00"
    assert min(user.loc["s00", "z_adjusted"], staff.loc["s00", "z_adjusted"]) > 2
    assert user.loc["s24", "missing"] == "source_not_told"
    assert (user.loc["s24", "standing"], user.loc["s24", "standing_sd"]) == (0, 1)


def test_the_members_follow_the_settings_and_the_rows() -> None:
    rules, known = settings.load(), tables(complaints="service_id | event_date | stream\na | 2023-05-01 | letter")
    assert [s.of for s in stream_specs(known, rules)] == [*rules.streams, "letter"]
    assert {s.of: s.direction for s in source_specs(known, rules)} == rules.complaints.sources
    assert [s.dimensions for s in dimension_specs(known, rules)] == [(s.of,) for s in dimension_specs(known, rules)]
    assert len(dimension_specs(known, rules)) == 6


def test_over_time_is_in_quarters_that_add_up_to_the_rate() -> None:
    c = context("2023-12-31", services=HOMES, complaints="""
        service_id | event_date | n | stream
        a          | 2023-11-15 | 4 | case
        a          | 2023-02-15 | 2 | case
        b          | 2023-02-15 | 6 | rights
        """)  # fmt: skip
    spec = next(s for s in stream_specs(c.known, c.settings) if s.of == "case")
    assert spec.over_time is not None
    told = spec.over_time(c, 0)
    assert told["n"].tail(4).tolist() == [2, 0, 0, 4]
    assert len(told) == 20
    assert told["value"].tail(1).item() == pytest.approx(1000 * 4 / 100 / (92 / 365.25))
    # Six cases among four hundred users in the year of comparison.
    assert told["expected"].tail(4).tolist() == pytest.approx([1000 * 6 / 400 / (365 / 365.25)] * 4)
    assert stream_rate(c, stream="rights")["n"]["b"] == 6
