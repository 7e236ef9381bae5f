"""Choosing: the draw first, then the best plan that keeps every rule, and the ground of each visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko.plan.anywhere import who_goes
from risiko.plan.archive import OFFICES, PRICES, empty
from risiko.plan.constraints import Posed, posed
from risiko.plan.draw import IntArray
from risiko.plan.eligible import Eligible, notice, notices_frame
from risiko.plan.explore import FEW, explore
from risiko.plan.problem import BoolArray, Solution
from risiko.plan.rules import Rules
from risiko.vocabulary import GROUNDS

if TYPE_CHECKING:
    from risiko.plan.conflicts import Conflict
    from risiko.plan.prices import Price

Progress = Callable[[str, int, int], None]
# What a rule makes of a visit that would not be in the plan without it.
COVERAGE: Mapping[str, str] = {
    "regularity": "regularity", "minimum_sector": "coverage", "minimum_county": "coverage", "minimum_theme": "coverage",
    "joint": "coverage",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Selection:
    """A plan as it was found.

    frame: the exploration draw (archive.FRAME). posed, solution: the problem and what was chosen of it. conflicts:
    where no plan can keep the rules, which collide and what would help; empty otherwise. prices: by rule (below 0:
    joint visits that save more than they bind); empty where they were not asked for. notices: archive.NOTICES.
    """

    eligible: Eligible
    rules: Rules
    frame: pd.DataFrame
    posed: Posed
    solution: Solution
    notices: pd.DataFrame
    conflicts: list[Conflict] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)

    @property
    def feasible(self) -> bool:
        """Whether there is a plan. "unknown": none was found in the time, though there may be one."""
        return self.solution.status in ("optimal", "greedy")

    @property
    def columns(self) -> IntArray:
        """The chosen columns of the problem that are services: their positions among the candidates too."""
        return np.flatnonzero(self.solution.chosen & (self.posed.service >= 0))

    @property
    def who_goes(self) -> tuple[pd.Series, pd.Series]:
        """The office that makes each chosen service's visits, and the person-days they take, by chosen column."""
        posed, n = self.posed, len(self.eligible.candidates)
        chosen, moved = self.solution.chosen[:n], self.solution.chosen[n:]
        away = who_goes(posed.moves, chosen, moved, posed.problem.least[:n] > 0)
        days = pd.Series(posed.days) + posed.moves.away_days * away.notna()
        return away.fillna(posed.office).iloc[self.columns], days.iloc[self.columns]

    def services(self, chosen: BoolArray | None = None) -> pd.Series:
        """The service_ids of a choice (default: this plan's), each once, in their order."""
        columns = self.columns if chosen is None else np.flatnonzero(chosen[: len(self.eligible.candidates)])
        return self.eligible.candidates["service_id"].iloc[self.posed.service[columns]].reset_index(drop=True)


def select(
    eligible: Eligible, rules: Rules, *, as_of: date, seed: int, others: pd.DataFrame | None = None,
    fast: bool = False, priced: bool = True, progress: Progress | None = None,
) -> Selection:  # fmt: skip
    """The draw, then the best plan under the rules; where there is none, what collides.

    others: see constraints.posed. fast: a greedy plan with a bound instead of the proved optimum, without prices, for
    a page that answers while rules are being moved. priced: also solve without each rule.
    """
    frame = explore(eligible.candidates, rules, _left(eligible), seed=seed, as_of=as_of)
    found = posed(eligible, rules, frame.loc[frame["drawn"], "service_id"], others)
    said = [eligible.notices, found.notices, notices_frame(_said(eligible, rules, frame))]
    told = pd.concat([part for part in said if len(part)] or [empty("notices")], ignore_index=True)
    if fast:
        from risiko.plan.preview import preview

        return Selection(eligible, rules, frame, found, preview(found.problem), told)
    from risiko.plan.solve import solve

    solution = solve(found.problem)
    if solution.status in ("infeasible", "unknown"):
        from risiko.plan.conflicts import conflicts

        return Selection(eligible, rules, frame, found, solution, told, conflicts(found.problem))
    if solution.status == "greedy":
        told = pd.concat([told, notices_frame([notice("not_proved")])], ignore_index=True)
    if not priced:
        return Selection(eligible, rules, frame, found, solution, told)
    from risiko.plan.prices import SECONDS, Price, prices

    paid = prices(found.problem, solution, progress=progress)
    if any(joint.saves_days for joint in rules.joint):  # without the rule the days are not saved either
        apart = rules.model_copy(update={"joint": ()})
        free = posed(eligible, apart, frame.loc[frame["drawn"], "service_id"], others)
        without = solve(free.problem, seconds=SECONDS)
        proved = without.status == solution.status == "optimal"
        paid = [price for price in paid if price.rule != "joint"]
        paid += [Price("joint", without.worth - solution.worth, proved, without.chosen)] if without.worth else []
    return Selection(eligible, rules, frame, found, solution, told, prices=paid)


def chosen_visits(selection: Selection) -> pd.DataFrame:
    """One row per visit: service_id, office, days, ground, grounds, and the candidate's own columns.

    Services that owe statutory visits have a row for each. ground: the first of vocabulary.GROUNDS that applies. A
    visit stands on regularity or coverage where it would not be in the plan without those rules; otherwise on risk.
    """
    columns = selection.columns
    candidates = selection.eligible.candidates.iloc[selection.posed.service[columns]].reset_index(drop=True)
    owed = candidates["statutory"].to_numpy(dtype=np.int64)
    office, days = (values.reset_index(drop=True) for values in selection.who_goes)
    days = days / np.maximum(owed, 1)
    frame = candidates.rename(columns={"office": "own_office"}).assign(office=office, days=days)
    frame["value"] = frame["value"].where(owed == 0, 0.0)
    grounds = _grounds(selection, candidates)
    each = grounds[list(GROUNDS)].to_numpy()
    told = [[name for name, holds in zip(GROUNDS, row, strict=True) if holds] for row in each]
    frame["grounds"] = pd.Series(["|".join(names) for names in told], dtype="str")
    frame["ground"] = pd.Series([names[0] for names in told], dtype="str")
    chance = selection.frame.set_index("service_id")["probability"]
    frame["probability"] = frame["service_id"].map(chance).astype(float)
    return frame.loc[frame.index.repeat(np.maximum(owed, 1))].reset_index(drop=True)


def offices(selection: Selection) -> pd.DataFrame:
    """What became of each office's capacity: archive.OFFICES, in order of name; NaN capacity: nobody said."""
    columns, eligible = selection.columns, selection.eligible
    goes, days = selection.who_goes
    own = pd.DataFrame({
        "office": goes.to_numpy(), "days": days.to_numpy(),
        "service_id": eligible.candidates["service_id"].to_numpy()[selection.posed.service[columns]],
        "owed": eligible.candidates["statutory"].to_numpy()[selection.posed.service[columns]],
        "points": eligible.candidates["points"].to_numpy()[selection.posed.service[columns]],
    })  # fmt: skip
    drawn = own["service_id"].isin(selection.frame.loc[selection.frame["drawn"], "service_id"]) & (own["owed"] == 0)
    by = own.assign(
        statutory=own["days"].where(own["owed"] > 0, 0.0), drawn=own["days"].where(drawn, 0.0),
        visits=own["owed"].clip(lower=1), points=own["points"] * own["owed"].clip(lower=1),
    ).groupby("office")[["days", "statutory", "drawn", "visits", "points"]].sum()  # fmt: skip
    names = eligible.capacity.index
    by = by.reindex(names).fillna(0.0)
    size = eligible.candidates.groupby("office").size().reindex(names).fillna(0)
    frame = pd.DataFrame({
        "office": names.astype("str"), "services": size.to_numpy(), "capacity": eligible.capacity.to_numpy(),
        "used": by["days"].to_numpy(), "statutory": by["statutory"].to_numpy(), "drawn": by["drawn"].to_numpy(),
        "visits": by["visits"].to_numpy(), "points_capacity": eligible.points.reindex(names).to_numpy(dtype=float),
        "points_used": by["points"].to_numpy(),
    })  # fmt: skip
    return frame[list(OFFICES)].astype(dict(OFFICES))


def prices_frame(selection: Selection) -> pd.DataFrame:
    """What each rule costs: archive.PRICES, dearest first. price_findings: expected serious findings lost to it."""
    candidates, here = selection.eligible.candidates, set(selection.services())
    likely = np.where(candidates["statutory"] > 0, 0.0, candidates["likelihood"].fillna(0.0))
    rows = []
    for price in selection.prices:  # a dozen rules
        other = set(selection.services(price.chosen))
        expected = [float(likely[candidates["service_id"].isin(who)].sum()) for who in (other, here)]
        rows.append({
            "rule": price.rule, "price": price.gained, "price_findings": expected[0] - expected[1],
            "enters": "|".join(sorted(other - here)), "leaves": "|".join(sorted(here - other)), "proved": price.proved,
        })  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(PRICES)).astype(dict(PRICES))
    return frame.sort_values(["price", "rule"], ascending=[False, True], kind="stable", ignore_index=True)


def _left(eligible: Eligible) -> pd.Series:
    """Person-days of each office after the visits that the law asks for."""
    frame = eligible.candidates
    owed = (frame["days"] * frame["statutory"]).groupby(frame["office"]).sum()
    return (eligible.capacity - owed.reindex(eligible.capacity.index).fillna(0.0)).clip(lower=0.0)


def _said(eligible: Eligible, rules: Rules, frame: pd.DataFrame) -> list[dict[str, object]]:
    left = _left(eligible)
    said = [notice("nothing_left", str(o)) for o in left.index[(left == 0) & (eligible.capacity > 0)]]
    n = int(frame["drawn"].sum())
    if rules.exploration.share == 0 or n == 0:
        said.append(notice("draw_none"))
    elif n < FEW:
        said.append(notice("draw_small", number=n))
    barred = eligible.candidates.loc[eligible.candidates["barred"] != "", "service_id"]
    skipped = frame.loc[frame["drawn"] & frame["service_id"].isin(barred), "service_id"]
    said += [notice("draw_skipped", service) for service in skipped]
    unknown = int((eligible.candidates["users"].fillna(0) <= 0).sum())
    return said + ([notice("users_missing", number=unknown)] if unknown else [])


def _grounds(selection: Selection, candidates: pd.DataFrame) -> pd.DataFrame:
    """One column of yes and no per ground, by chosen column."""
    ids, frame = candidates["service_id"], selection.frame
    law = candidates["statutory"].to_numpy() > 0
    drawn = ids.isin(frame.loc[frame["drawn"], "service_id"]).to_numpy() & ~law
    added = candidates["added"].to_numpy(dtype=bool) & ~law
    found = {"statutory": law, "draw": drawn, "override": added}
    free = ~(law | drawn | added)
    for ground in ("regularity", "coverage"):
        without = [selection.services(p.chosen) for p in selection.prices if COVERAGE.get(p.rule) == ground]
        by_rule = [~ids.isin(others).to_numpy() for others in without]
        found[ground] = free & np.any(by_rule, axis=0) if by_rule else np.zeros(len(ids), dtype=bool)
    found["risk"] = free & ~found["regularity"] & ~found["coverage"]
    return pd.DataFrame(found)
