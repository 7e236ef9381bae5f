"""Where any office may go: the plan by numbers of moved visits is the plan by every service and office."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from risiko.plan.anywhere import moves, who_goes
from risiko.plan.archive import empty
from risiko.plan.eligible import Eligible
from risiko.plan.rules import shipped
from risiko.plan.selection import chosen_visits, offices, select

AS_OF = date(2026, 6, 30)
AWAY = 2.0


def eligible(rng: np.random.Generator, n: int = 24, n_offices: int = 3) -> Eligible:
    names = [f"o{i}" for i in range(n_offices)]
    kinds = np.array(["inspection", "system_audit", "spot_check"])
    days = {"inspection": 5.0, "system_audit": 9.0, "spot_check": 3.0}
    kind = kinds[rng.integers(0, 3, n)]
    frame = pd.DataFrame({
        "service_id": [f"s{i:02}" for i in range(n)], "name": "x", "office": np.array(names)[rng.integers(0, n_offices, n)],
        "county": np.array(["c0", "c1"])[rng.integers(0, 2, n)], "municipality": "m", "municipalities": "m", "provider_id": "",
        "sector": "health", "service_type": "nursing_home", "users": 10.0, "kind": kind, "days": [days[k] for k in kind],
        "points": 0.0, "value": rng.uniform(0.1, 1, n), "likelihood": 0.1, "consequence": 1.0, "rank": 1.0, "rank_low": 1.0,
        "rank_high": 9.0, "p_top": 0.5, "waited_months": 80.0, "overdue": False, "quiet": False, "added": False,
        "barred": np.where(rng.random(n) < 0.1, "spacing", ""), "statutory": np.where(rng.random(n) < 0.1, 2, 0),
    })  # fmt: skip
    capacity = pd.Series(rng.integers(0, 30, n_offices).astype(float), index=names)
    law = (frame["days"] * frame["statutory"]).groupby(frame["office"]).sum().reindex(names).fillna(0)
    return Eligible(
        frame, empty("left_out"), empty("notices"), date(2026, 7, 1), date(2027, 6, 30), capacity + law, pd.Series(dtype="float64")
    )


def plainly(found: Eligible, least_of_c1: int) -> float:
    """The best worth by a column for every service and office, solved as it stands."""
    frame, names = found.candidates, list(found.capacity.index)
    n, m = len(frame), len(names)
    own = frame["office"].to_numpy()[:, None] == np.array(names)[None, :]
    days = frame["days"].to_numpy()[:, None] * np.maximum(frame["statutory"], 1).to_numpy()[:, None] + np.where(own, 0, AWAY)
    law, barred = (frame["statutory"] > 0).to_numpy(), (frame["barred"] != "").to_numpy()
    low = np.where(law[:, None] & own, 1.0, 0.0)
    high = np.where((law[:, None] & ~own) | (barred & ~law)[:, None] | (found.capacity.to_numpy()[None, :] == 0) & ~law[:, None], 0.0, 1.0)
    value = np.where(law[:, None], 0.0, np.repeat(frame["value"].to_numpy()[:, None], m, axis=1))
    per_office = np.vstack([np.where(np.arange(m)[None, :] == j, days, 0.0).ravel() for j in range(m)])
    once = np.kron(np.eye(n), np.ones(m))
    c1 = np.repeat(((frame["county"] == "c1") & ~law & ~barred).to_numpy().astype(float), m)
    rows = np.vstack([per_office, once, c1])
    ends = np.concatenate([found.capacity, np.ones(n), [np.inf]])
    least = np.concatenate([np.full(m + n, -np.inf), [min(least_of_c1, c1.sum() / m)]])
    told = milp(-value.ravel(), integrality=np.ones(n * m), bounds=Bounds(low.ravel(), high.ravel()),
                constraints=LinearConstraint(rows, least, ends), options={"mip_rel_gap": 0.0})  # fmt: skip
    return -told.fun if told.status == 0 else -1.0


@pytest.mark.parametrize("seed", range(30))
def test_the_best_plan_is_the_same_as_with_a_column_for_every_service_and_office(seed: int) -> None:
    found = eligible(np.random.default_rng(seed))
    rules = shipped().with_changes({
        "office": {"any": True, "away_days": AWAY}, "exploration": {"share": 0.0}, "regularity": {"share": 0.0},
        "minimum": {"county": {"c1": 2}},
    })  # fmt: skip
    made = select(found, rules, as_of=AS_OF, seed=1, priced=False)
    best = plainly(found, 2)
    if best < 0:
        assert made.solution.status == "infeasible"
        return
    assert made.solution.status == "optimal"
    assert made.solution.worth == pytest.approx(best, abs=1e-7)
    used = offices(made).set_index("office")
    assert (used["used"] <= used["capacity"] + 1e-9).all()
    visits = chosen_visits(made)
    away = visits["office"] != visits["own_office"]
    law = visits["statutory"] > 0
    assert not (away & law).any()
    base = visits["kind"].map({"inspection": 5.0, "system_audit": 9.0, "spot_check": 3.0})
    assert visits.loc[~law, "days"].to_numpy() == pytest.approx((base + AWAY * away)[~law].to_numpy())


def test_some_plans_of_the_trial_do_move_visits() -> None:
    rules = shipped().with_changes({"office": {"any": True}, "exploration": {"share": 0.0}, "regularity": {"share": 0.0}})
    moved = [
        int((made["office"] != made["own_office"]).sum())
        for made in (chosen_visits(select(eligible(np.random.default_rng(s)), rules, as_of=AS_OF, seed=1, priced=False)) for s in range(5))
    ]
    assert sum(moved) > 0


def test_who_was_drawn_is_moved_last() -> None:
    frame = pd.DataFrame({"office": ["A"] * 3, "points": 0.0})
    made = moves(frame, np.array([5.0, 5, 5]), pd.Series({"A": 10.0, "B": 10.0}), np.ones(3, dtype=bool), 1.0)
    assert list(zip(made.office, made.size, strict=True)) == [("B", 1.0)]  # B has days for one visit of 6
    goes = who_goes(made, np.array([True, True, True]), np.array([True]), np.array([False, False, True]))
    assert goes.isna().tolist() == [True, False, True]
    assert goes[1] == "B"
