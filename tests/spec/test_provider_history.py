"""What supervisions found at the provider's other services, drawn as tables."""

import numpy as np
import pytest

from risiko.signals import Context
from risiko.signals.provider_history import provider_history
from tests.drawn import context

SERVICES = """
service_id | provider_id | valid_to
a          | P           |
b          | P           |
gone       | P           | 2022-01-01
c          | Q           |
d          | Q           |
single     | R           |
unknown    |             |
"""


def drawn(own: str = "none") -> Context:
    return context(
        "2023-12-31",
        services=SERVICES,
        supervisions="""
        supervision_id | service_id | event_date
        1              | a          | 2023-12-31
        2              | b          | 2023-12-31
        3              | gone       | 2020-12-31
        4              | c          | 2023-12-31
        5              | single     | 2023-12-31
        6              | unknown    | 2023-12-31
        """,
        findings=f"""
        supervision_id | known_date | severity
        1              | 2023-12-31 | {own}
        2              | 2023-12-31 | serious_breach
        3              | 2021-03-01 | serious_breach
        4              | 2023-12-31 | none
        5              | 2023-12-31 | breach
        6              | 2023-12-31 | breach
        """,
    )


def test_the_others_are_read_closed_ones_too_and_the_service_itself_is_not() -> None:
    f = provider_history(drawn())
    # For b: a's clean visit of today (share 1 · 2 / (1 + 1)) and the closed one's breach of a half-life ago (½ · 2 / 1½).
    assert f["value"].to_dict() == pytest.approx(
        {"a": 3, "b": 3 * (2 / 3) / (1 + 2 / 3), "c": np.nan, "d": 0, "single": np.nan, "unknown": np.nan},
        nan_ok=True, abs=2e-3,
    )  # fmt: skip
    assert f["n"].to_dict() == {"a": 2, "b": 2, "c": 0, "d": 1, "single": 0, "unknown": 0}
    assert f["exposure"].to_dict() == {"a": 2, "b": 2, "c": 0, "d": 1, "single": 0, "unknown": 0}
    assert f["standing"]["a"] > f["standing"]["b"] > f["standing"]["d"]
    assert f["freshness"].round(1).to_dict() == pytest.approx(
        {"a": 0.0, "b": 0.0, "c": np.nan, "d": 0.0, "single": np.nan, "unknown": np.nan}, nan_ok=True
    )


def test_no_other_graded_service_or_no_provider_is_missing() -> None:
    f = provider_history(drawn())
    assert f["missing"].dropna().to_dict() == dict.fromkeys(("c", "single", "unknown"), "no_sister_services")
    assert (f.loc["single", ["standing", "standing_sd"]] == [0, 1]).all()


def test_a_services_own_finding_does_not_reach_it_through_its_provider() -> None:
    clean, poor = provider_history(drawn("none")), provider_history(drawn("serious_breach"))
    assert clean.loc["a", "value"] == poor.loc["a", "value"] == 3
    assert poor.loc["b", "value"] > clean.loc["b", "value"]


def test_it_equals_leaving_the_service_out_by_hand() -> None:
    whole = provider_history(drawn("breach"))
    c = drawn("breach")
    visits = c.known["supervisions"]
    without = Context(c.services, {**c.known, "supervisions": visits[visits["service_id"] != "b"]}, c.as_of, c.settings)
    assert provider_history(without).loc["b", "value"] == pytest.approx(whole.loc["b", "value"])
    assert provider_history(without).loc["b", "n"] == whole.loc["b", "n"]


def test_more_visits_to_the_others_say_more() -> None:
    names = [f"s{i}" for i in range(12)]
    c = context(
        "2023-12-31",
        services="service_id | provider_id\n" + "\n".join(
            [*(f"{n} | big" for n in names), "x | two", "y | two", *(f"z{i} | fine{i}" for i in range(12))]
        ),
        supervisions="supervision_id | service_id | event_date\n" + "\n".join(
            f"{n} | {n} | 2023-06-01" for n in [*names, "x", "y", *(f"z{i}" for i in range(12))]
        ),
        findings="supervision_id | known_date | severity\n" + "\n".join(
            [*(f"{n} | 2023-06-01 | breach" for n in [*names, "x", "y"]), *(f"z{i} | 2023-06-01 | none" for i in range(12))]
        ),
    )  # fmt: skip
    f = provider_history(c)
    assert f.loc["s0", "value"] == f.loc["x", "value"] == 2
    assert f.loc["s0", "standing"] > f.loc["x", "standing"] > 0
    assert f.loc["s0", "standing_sd"] < f.loc["x", "standing_sd"]
