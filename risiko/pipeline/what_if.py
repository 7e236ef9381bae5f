"""What would change it: where a service would stand with one more piece of evidence, and which says most."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.errors import InputError
from risiko.pipeline.invented import AS_EXPECTED, Invented, could_come_in
from risiko.pipeline.other_evidence import SameScore, with_evidence
from risiko.pipeline.runs import Run
from risiko.scoring.law import PriorityLaw
from risiko.scoring.uncertainty import DECIMALS, Places, place_among

if TYPE_CHECKING:
    from risiko.registry import LoadedModel

LEAST = 1e-4  # chances nearer to 0 or 1 are not told from it
ROUNDING = 1e-9
COLUMNS = (
    "kind", "of", "n", "unit", "outcome", "value", "rank", "rank_low", "rank_high", "p_top", "crosses", "rank_before",
    "rank_low_before", "rank_high_before", "p_top_before", "width_before", "width_after", "narrower", "chance", "top",
)  # fmt: skip


def what_if(run: Run, service_id: str, model: LoadedModel | None = None) -> pd.DataFrame:
    """Where a service would stand with one piece of evidence that nobody has delivered; three outcomes of each kind.

    kind: visit, survey, report (an organisation asks its members), users or declared (a blank in the register; of: the
    column), complaint (of: the stream). n: people in it. outcome: worse, as_expected or better than now believed
    (invented.could_come_in), or, of a complaint, that it comes; value: what it says, in `unit`. rank to p_top: as in
    the score table; crosses: the service would change side of the capacity line `top`. *_before: the same without it.
    Intervals are reckoned among the others as they are (scoring.uncertainty.place_among), before and after alike, so
    they may differ from the list's drawn ones. width_*: places from rank_low to rank_high, before and with evidence
    that shows what is expected and leaves the score where it is; narrower: by what share. chance: that the service
    changes side, over all the evidence could show given what is now believed of the service. Both are missing for a
    complaint: it comes or it does not.
    Most narrowing kind first. The evidence is invented, and is not left behind: neither store nor run are touched.
    model: the one that made the run. Raises InputError for an id outside the cohort, ModelError for another model.
    """
    prepared, services = run.prepared, run.prepared.cohort.services
    if service_id not in services.index:
        raise InputError(f"No service {service_id!r} is scored as of {run.as_of:%Y-%m-%d}.", hint="check the id")
    score, table = SameScore(run, model), run.table
    among = Among(table.law, table.places, int(services.index.get_loc(service_id)))
    counting = frozenset(name for name, added in table.contributions.items() if added.any())
    kinds = [_one_kind(evidence, score, among) for evidence in could_come_in(prepared, service_id, counting)]
    found = pd.DataFrame([row for rows in kinds for row in rows], columns=list(COLUMNS))
    return found.sort_values("narrower", ascending=False, kind="stable", ignore_index=True)


class Among:
    """One service among the others of a score table, who stay as they are."""

    def __init__(self, law: PriorityLaw, places: Places, at: int) -> None:
        self._places, self.top, self.at = places, places.top, at
        self.own = one_of(law, at)
        self._reckoned = place_among(self.own, places.bar, self.top)
        self.before = self.place(self.own)

    def place(self, law: PriorityLaw) -> dict[str, float]:
        """rank, rank_low, rank_high and p_top of the service if this were its law.

        The list was drawn and this is reckoned, so what the two say of the service as it is differs by a little. The
        chance is moved by as much (on the normal scale), the mean place in proportion: as it is it stands where the
        list has it.
        """
        from scipy.special import ndtr, ndtri

        drawn, found = self._places, place_among(law, self._places.bar, self.top)
        shown, reckoned, now = (
            float(ndtri(np.clip(p, LEAST, 1 - LEAST)))
            for p in (drawn.p_top[self.at], self._reckoned.p_top[0], found.p_top[0])
        )
        p_top = float(ndtr(now + shown - reckoned))
        expected = float(found.expected[0] * drawn.expected[self.at] / self._reckoned.expected[0])
        higher, chance = drawn.p_top.round(DECIMALS), round(p_top, DECIMALS)
        ahead = (higher > chance) | ((higher == chance) & (drawn.expected < expected - ROUNDING))
        ahead[self.at] = False
        rank = 1 + int(ahead.sum())
        low, high = min(int(found.low[0]), rank), max(int(found.high[0]), rank)
        return {"rank": rank, "rank_low": low, "rank_high": high, "p_top": p_top}


def one_of(law: PriorityLaw, at: int) -> PriorityLaw:
    """The law of one service."""
    return replace(law, **{part.name: getattr(law, part.name)[[at]] for part in fields(law)})


def _one_kind(evidence: Invented, score: SameScore, among: Among) -> list[dict[str, object]]:
    before = among.before
    laws = [
        one_of(score.law(with_evidence(score.run.prepared, shown.changed, shown.groups)), among.at)
        for shown in evidence.outcomes
    ]
    places = [among.place(law) for law in laws]
    values, ranks = np.array([o.value for o in evidence.outcomes]), np.array([place["rank"] for place in places])
    expected = [law for shown, law in zip(evidence.outcomes, laws, strict=True) if shown.name == AS_EXPECTED]
    held = [replace(law, middle=among.own.middle, log_harm=among.own.log_harm) for law in expected]
    width, after = _width(before), _width(among.place(held[0])) if held else np.nan
    told = {
        "kind": evidence.kind, "of": evidence.of, "n": evidence.n, "unit": evidence.unit,
        **{f"{name}_before": value for name, value in before.items()},
        "width_before": width, "width_after": after, "narrower": 1 - after / width if width else 0.0,
        "chance": chance_of_crossing(evidence.likely, values, ranks, before["rank"], among.top), "top": among.top,
    }  # fmt: skip
    return [
        {**told, **place, "outcome": shown.name, "value": shown.value,
         "crosses": (place["rank"] <= among.top) != (before["rank"] <= among.top)}
        for shown, place in zip(evidence.outcomes, places, strict=True)
    ]  # fmt: skip


def _width(place: dict[str, float]) -> float:
    return place["rank_high"] - place["rank_low"]


def chance_of_crossing(
    likely: FloatArray, values: FloatArray, ranks: FloatArray, before: float, top: int
) -> float:
    """Probability that evidence moves a service from a place to the other side of the line.

    likely: what it could say, all equally likely; missing (NaN) is returned where there is none. values, ranks: what
    was tried and the place it gave. Between two of them the logarithm of the place is taken as straight, beyond the
    last as there.
    """
    if not likely.size:
        return float("nan")
    order = np.argsort(values, kind="stable")
    place = np.interp(likely, values[order], np.log(ranks[order]))
    return float(((place <= np.log(top + 0.5)) != (before <= top)).mean())
