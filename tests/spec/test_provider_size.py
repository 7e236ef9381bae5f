"""How many services the provider runs and what was enforced at the others, drawn as tables."""

import numpy as np
import pytest

from risiko.signals import Context
from risiko.signals.provider_size import only_service, provider_enforcement, provider_services
from tests.drawn import context

SERVICES = """
service_id | provider_id | valid_to   | natural_person
a          | P           |            | false
b          | P           |            | false
gone       | P           | 2022-01-01 | false
doctor     | P           |            | true
c          | Q           |            | false
shut       | Q           | 2022-01-01 | false
single     | R           |            | false
partner    | R           |            | true
unknown    |             |            | false
"""
ACTIONS = """
service_id | event_date | kind
a          | 2023-12-31 | order
a          | 2020-12-31 | notice
gone       | 2020-12-31 | closure
doctor     | 2023-12-31 | closure
c          | 2023-12-31 | notice
unknown    | 2023-12-31 | closure
stranger   | 2023-12-31 | closure
"""


def drawn(actions: str = ACTIONS) -> Context:
    return context("2023-12-31", services=SERVICES, actions=actions)


def test_enforcement_elsewhere_is_weighted_halved_in_three_years_and_leaves_the_service_itself_out() -> None:
    f = provider_enforcement(drawn())
    # order 3, notice 2, closure 5. For b: a's order, a's notice and the closed one's closure of three years ago.
    told = {"a": 2.5, "b": 3 + 1 + 2.5, "c": 0.0}
    assert f["value"].dropna().to_dict() == pytest.approx(told, abs=3e-3)
    assert f["n"].to_dict() == {"a": 1, "b": 3, "c": 0, "single": 0, "unknown": 0}
    assert f["exposure"].to_dict() == {"a": 2, "b": 2, "c": 1, "single": 0, "unknown": 0}
    assert f["freshness"].to_dict() == pytest.approx(
        {"a": 3, "b": 0, "c": np.nan, "single": np.nan, "unknown": np.nan}, nan_ok=True, abs=3e-3
    )
    assert f["standing"]["b"] > f["standing"]["a"] > f["standing"]["c"]


def test_it_is_compared_on_the_logarithm() -> None:
    f = provider_enforcement(drawn())
    a, b, c = np.log1p(f.loc[["a", "b", "c"], "value"].to_numpy())
    z = f.loc[["a", "b", "c"], "standing"].to_numpy()
    assert (z[1] - z[0]) / (z[0] - z[2]) == pytest.approx((b - a) / (a - c))


def test_no_other_service_and_no_source_are_missing_and_a_sole_practitioner_is_no_other_service() -> None:
    gone = dict.fromkeys(("single", "unknown"), "no_sister_services")
    assert provider_enforcement(drawn())["missing"].dropna().to_dict() == gone
    silent = provider_enforcement(drawn("service_id | event_date | kind"))
    assert silent["missing"].to_dict() == {**dict.fromkeys("abc", "not_recorded"), **gone}


def test_an_action_against_the_service_itself_does_not_move_it_through_its_provider() -> None:
    more = ACTIONS + "a | 2023-12-31 | coercive_fine\n"
    before, after = provider_enforcement(drawn())["value"], provider_enforcement(drawn(more))["value"]
    assert after["a"] == before["a"]
    assert after["b"] == pytest.approx(before["b"] + 4)
    own = provider_enforcement(drawn("service_id | event_date | kind\na | 2019-05-04 | notice\na | 2020-01-02 | order"))
    assert own.loc["a", ["value", "n"]].tolist() == [0, 0]


def test_services_in_operation_are_counted_without_closed_ones_and_sole_practitioners() -> None:
    f, only = provider_services(drawn()), only_service(drawn())
    assert f["value"].to_dict() == pytest.approx({"a": 2, "b": 2, "c": 1, "single": 1, "unknown": np.nan}, nan_ok=True)
    assert only["value"].to_dict() == pytest.approx({"a": 0, "b": 0, "c": 1, "single": 1, "unknown": np.nan}, nan_ok=True)
    for frame in (f, only):
        assert frame["missing"].dropna().to_dict() == {"unknown": "not_declared"}
        assert frame["standing"]["single"] > 0 > frame["standing"]["a"]


def test_size_is_compared_on_the_logarithm_within_the_type() -> None:
    rows = [f"s{i} | {p} | {kind}" for i, (p, kind) in enumerate([
        ("P", "x"), ("Q", "x"), ("Q", "y"), ("R", "x"), ("R", "y"), ("R", "y"), ("R", "y")
    ])]  # fmt: skip
    f = provider_services(context("2023-12-31", services="service_id | provider_id | service_type\n" + "\n".join(rows)))
    assert f["value"].tolist() == [1, 2, 2, 4, 4, 4, 4]
    one, two, four = f["standing"].iloc[[0, 1, 3]]
    assert one - two == pytest.approx(two - four)
    assert f["expected"].iloc[0] == pytest.approx(7 / 3)
