"""Plans as they are kept, made up for tests: as small as can be, with one visit for every ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from risiko.plan import rules as plan_rules
from risiko.plan.archive import PlanRecord, conform, empty
from risiko.reasons.reason import Position, Reason
from risiko.reasons.written import reasons_as_text
from risiko.vocabulary import GROUNDS

AS_OF = date(2026, 6, 30)
KINDS = {"statutory": "statutory_visit", "draw": "inspection", "override": "unannounced"}
DAYS = {"statutory_visit": 3.5, "inspection": 11.0, "unannounced": 7.0}
OVERRIDE = {"service": "s003", "action": "add", "reason": "concern", "text": "Two nurses called us.", "by": "KN"}
RULES: dict[str, Any] = {
    "capacity": {"person_days": {"Nord": 40}}, "override": [OVERRIDE], "minimum": {"county": {"Innlandet": 1}},
}  # fmt: skip
COMPLAINTS = Reason(
    "raises", AS_OF, "complaint_rate_long", "complaints", ("safe",), effect=0.46, likelihood_without=0.094,
    likelihood_with=0.141, value=3.14, expected=1.2, unit="per_1000_users_year", n=7, counted="complaints",
    since=date(2024, 3, 5), until=date(2026, 6, 2),
)  # fmt: skip
SURE = Reason("narrow", AS_OF, n=12, counted="services", position=Position(4, 2, 6, 1, 8, 12, 6, 0.9, 1, 3, 1.8))


def a_plan(visits: Sequence[str] = GROUNDS, others: int = 6, **changes: Any) -> PlanRecord:
    """A plan with a visit on each of the grounds named, of services s001, s002, …, and `others` that are not visited.

    Office Nord has the odd services, Sør the even. changes: fields of the record, whole.
    """
    chosen, everyone = _visits(visits), visits_and(others, len(visits))
    frame = _frame(everyone, chosen)
    chosen["probability"] = chosen["service_id"].map(frame.set_index("service_id")["probability"]).astype("float64")
    findings = float((chosen["likelihood"] * (chosen["ground"] != "statutory")).sum())
    record = PlanRecord(
        as_of=AS_OF, model_id="points", weights={"complaint_rate_long": 0.5}, data_version="3-0-3-abcdef01",
        settings_version=1, list_seed=20260101, top=6,
        rules=plan_rules.shipped().with_changes(RULES),
        seed=7, start=date(2026, 7, 1), end=date(2027, 6, 30), made_at=datetime(2026, 7, 2, 12, 5), by="KN",
        title="Andre halvår", worth=float(chosen["value"].sum()), bound=float(chosen["value"].sum()), proved=True,
        visits=chosen, frame=frame, left_out=_left_out(len(everyone)), offices=_offices(chosen, everyone),
        prices=_prices(), beside=_beside(len(chosen), float(chosen["days"].sum()), findings),
        notices=conform("notices", pd.DataFrame({"notice": ["not_proved"], "who": [""], "number": [0.02]})).iloc[:0],
        shown=_shown(everyone),
    )  # fmt: skip
    return replace(record, **changes)


def visits_and(others: int, visited: int) -> list[str]:
    """The service_ids of a plan with so many visits and so many others."""
    return [f"s{i:03}" for i in range(1, visited + others + 1)]


def office(service_id: str) -> str:
    """Whose service it is."""
    return "Nord" if int(service_id[1:]) % 2 else "Sør"


def _visits(grounds: Sequence[str]) -> pd.DataFrame:
    if not grounds:
        return empty("visits")
    ids, place = visits_and(0, len(grounds)), np.arange(1, len(grounds) + 1)
    kinds = [KINDS.get(ground, "inspection") for ground in grounds]
    ranked, ground = 12.0 * place, pd.Series(list(grounds))
    return conform("visits", pd.DataFrame({
        "service_id": ids, "name": [f"Hus {i}" for i in place], "office": [office(s) for s in ids],
        "own_office": [office(s) for s in ids], "county": "Innlandet", "municipality": "Elvely", "provider_id": "p1",
        "sector": "health", "service_type": "nursing_home", "users": 50.0, "waited_months": 80.0, "kind": kinds,
        "month": [f"2026-{7 + i % 6:02}" for i in place], "days": [DAYS[kind] for kind in kinds], "points": np.nan,
        "ground": ground, "grounds": ground, "rank": ranked, "rank_low": ranked - 5, "rank_high": ranked + 20,
        "p_top": 0.43, "likelihood": 0.141, "consequence": 1.8,
        "value": np.where(ground == "statutory", 0.0, 0.141 * 1.8), "probability": np.nan,
        "topics": "complaint_rate_long", "dimensions": "safe|involving", "reasons": reasons_as_text([COMPLAINTS, SURE]),
        "involvement": "", "note": "",
    }))  # fmt: skip


def _frame(everyone: list[str], chosen: pd.DataFrame) -> pd.DataFrame:
    """As many places in an office as were drawn there, shared equally."""
    drawn = set(chosen.loc[chosen["ground"] == "draw", "service_id"])
    frame = pd.DataFrame({
        "service_id": everyone, "office": [office(s) for s in everyone], "stratum": "other", "size": 1.0,
        "lot": [f"{i:016x}" for i in range(len(everyone))], "drawn": [s in drawn for s in everyone],
    })  # fmt: skip
    frame["probability"] = frame.groupby("office")["drawn"].transform("mean").round(6)
    return conform("frame", frame)


def _left_out(after: int) -> pd.DataFrame:
    return conform("left_out", pd.DataFrame({
        "service_id": [f"s{after + 1:03}", f"s{after + 2:03}"], "name": ["Åsen", "Dalen"], "office": ["Nord", "Sør"],
        "reason": ["too_recent", "skipped"], "detail": ["4.2", "Visited by another authority."],
    }))  # fmt: skip


def _offices(chosen: pd.DataFrame, everyone: list[str]) -> pd.DataFrame:
    names = ["Nord", "Sør"]

    def days(rows: pd.DataFrame) -> list[float]:
        return [float(rows.loc[rows["office"] == name, "days"].sum()) for name in names]

    return conform("offices", pd.DataFrame({
        "office": names, "services": [sum(office(s) == name for s in everyone) for name in names],
        "capacity": [40.0, np.nan], "used": days(chosen), "statutory": days(chosen[chosen["ground"] == "statutory"]),
        "drawn": days(chosen[chosen["ground"] == "draw"]), "visits": [int((chosen["office"] == name).sum()) for name in names],
        "points_capacity": np.nan, "points_used": np.nan,
    }))  # fmt: skip


def _prices() -> pd.DataFrame:
    return conform("prices", pd.DataFrame({
        "rule": ["capacity", "regularity", "minimum_county", "spacing"], "price": [2.5, 0.4, 0.1, 0.0],
        "price_findings": [1.3, 0.2, 0.0, 0.0], "enters": ["s007|s008", "s009", "s010", ""],
        "leaves": ["", "s004", "s005", ""], "proved": [True, True, True, False],
    }))  # fmt: skip


def _beside(visits: int, days: float, findings: float) -> pd.DataFrame:
    return conform("beside", pd.DataFrame({
        "plan": ["plan", "top", "last_year", "random"], "visits": [visits, visits, 3, visits], "days": [days, days, 22.0, days],
        "findings": [findings, findings + 0.3, 0.3, 0.4], "worth": [1.3, 1.6, 0.5, 0.7], "shared": [visits, 4, 1, 2],
    }))  # fmt: skip


def _shown(everyone: list[str]) -> pd.DataFrame:
    n = len(everyone)
    return conform("shown", pd.DataFrame({
        "service_id": everyone, "rank": np.arange(1, n + 1), "p_top": np.linspace(0.9, 0.1, n),
        "likelihood": np.linspace(0.3, 0.02, n), "consequence": 1.8, "priority": np.linspace(0.54, 0.036, n), "tier": 1,
    }))  # fmt: skip
