"""The record of a draw: all it rests on, so that anybody can make it again and see that it comes out the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from risiko.errors import InputError
from risiko.plan.cut import Cut
from risiko.plan.draw import CHANCE, WHOLE, chosen, lots, millionths, probabilities, running_sum, start

DTYPES: Mapping[str, str] = {
    "service_id": "str", "name": "str", "rank": "int64", "p_top": "float64", "probability": "float64", "lot": "str",
    "drawn": "bool",
}  # fmt: skip


_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("model_id", "data_version", "method", "by", "why", "as_of", "made_at"), (str,)),
    **dict.fromkeys(("settings_version", "list_seed", "top", "sure", "tier", "places", "seed"), (int,)),
    "told_apart": (float, int), "weights": (dict,), "eligible": (dict,),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class DrawRecord:
    """A draw that was made: what was asked, of which list, by whom and why, and what came out.

    as_of, model_id, weights (of a points score; {} otherwise), data_version, settings_version, list_seed (of the draws
    behind its chances, settings.score.seed): the list. told_apart:
    the rule of its tiers (scoring.tiers). top, sure, tier, places: where capacity ends (Cut). method, seed: see
    plan.draw. made_at: naive UTC. eligible: one row per service that took part, by service_id: service_id, name, rank,
    p_top and probability (0–1, six decimals, as the draw used them), lot, drawn.
    """

    as_of: date
    model_id: str
    weights: Mapping[str, float]
    data_version: str
    settings_version: int
    list_seed: int
    told_apart: float
    top: int
    sure: int
    tier: int
    places: int
    method: str
    seed: int
    made_at: datetime
    by: str
    why: str
    eligible: pd.DataFrame

    @property
    def winners(self) -> pd.Series:
        """The service_ids that were drawn."""
        return self.eligible.loc[self.eligible["drawn"], "service_id"].reset_index(drop=True)

    @property
    def start(self) -> int:
        """Where counting begins, in millionths."""
        return start(self.as_of, self.seed)

    def counted(self) -> pd.DataFrame:
        """The eligible in the order of their lots, with `sum`: the probabilities added up so far, in millionths."""
        sums = running_sum(self.eligible["lot"], millionths(self.eligible["probability"]))
        return self.eligible.assign(sum=sums).sort_values("lot", kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Difference:
    """Something in a record that does not come out the same; service_id is blank where it is about the whole."""

    what: str
    service_id: str
    recorded: str
    found: str


def drawn(
    cut: Cut, *, as_of: date, seed: int, made_at: datetime, by: str, why: str, model_id: str, told_apart: float,
    method: str = CHANCE, weights: Mapping[str, float] | None = None, data_version: str = "", settings_version: int = 0,
    list_seed: int = 0,
) -> DrawRecord:  # fmt: skip
    """Draw the places of the cut among its eligible services, in whatever order their rows come.

    Raises InputError where there is nothing to draw, the method is unknown, the seed negative, or by or why blank.
    """
    if seed < 0:
        raise InputError("A seed is a whole number from 0.", where="seed", hint="agree on one before you draw")
    for name, text in (("why", why), ("by", by)):
        if not text.strip():
            raise InputError("A draw needs a written reason and a name.", where=name, hint="say why, and who draws")
    eligible = cut.eligible.sort_values("service_id", ignore_index=True)
    eligible["p_top"] = millionths(eligible["p_top"]) / WHOLE
    return DrawRecord(
        as_of, model_id, dict(weights or {}), data_version, settings_version, list_seed, told_apart, cut.top, cut.sure,
        cut.tier, cut.places, method, seed, made_at, by.strip(), why.strip(),
        _result(eligible, cut.places, method, as_of, seed),
    )  # fmt: skip


def _result(eligible: pd.DataFrame, places: int, method: str, as_of: date, seed: int) -> pd.DataFrame:
    chance = probabilities(millionths(eligible["p_top"]), places, method)
    lot = lots(eligible["service_id"], as_of, seed)
    inside = chosen(running_sum(lot, chance), chance, start(as_of, seed))
    return eligible.assign(probability=chance / WHOLE, lot=lot, drawn=inside).astype(DTYPES)[list(DTYPES)]


def verify(record: DrawRecord) -> list[Difference]:
    """Make the draw again from the record alone; what comes out otherwise. Empty where all is as recorded.

    A record changed in a consistent way (a reason, a name) passes here; the store's chain of hashes tells of that.
    """
    rows = record.eligible
    if record.places != record.top - record.sure:
        return [Difference("places", "", str(record.places), str(record.top - record.sure))]
    if rows["service_id"].duplicated().any() or not rows["service_id"].is_monotonic_increasing:
        return [Difference("eligible", "", "not each service once, by service_id", "each service once, by service_id")]
    if not rows["p_top"].between(0, 1).all():
        return [Difference("p_top", "", "a chance outside 0 to 1", "chances from 0 to 1")]
    try:
        again = _result(rows.iloc[:, :4], record.places, record.method, record.as_of, record.seed)
    except InputError as error:
        return [Difference("draw", "", "a draw", error.what)]
    return [
        Difference(name, str(rows["service_id"].iloc[i]), str(rows[name].iloc[i]), str(again[name].iloc[i]))
        for name in ("probability", "lot", "drawn")
        for i in np.flatnonzero((rows[name] != again[name]).to_numpy())
    ]


def as_text(record: DrawRecord) -> str:
    """The record as JSON, always the same text for the same record; the eligible as one list per column."""
    said: dict[str, Any] = {f.name: getattr(record, f.name) for f in fields(record)}
    said |= {"as_of": f"{record.as_of:%Y-%m-%d}", "made_at": record.made_at.isoformat()}
    said |= {"weights": dict(record.weights), "eligible": record.eligible.to_dict("list")}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> DrawRecord:
    """The record behind the JSON. Raises InputError where it is not one that was written here."""
    try:
        said = json.loads(text)
        wrong = [name for name, kind in _KINDS.items() if type(said[name]) not in kind]
        if wrong:
            raise ValueError(f"{wrong[0]} is not what it was written as")
        columns = {name: pd.Series(said["eligible"][name], dtype=dtype) for name, dtype in DTYPES.items()}
        if len({len(column) for column in columns.values()}) != 1 or set(said["eligible"]) != set(DTYPES):
            raise ValueError("the columns of the eligible do not belong together")
        moments = {"as_of": date.fromisoformat(said["as_of"]), "made_at": datetime.fromisoformat(said["made_at"])}
        return DrawRecord(**{**said, **moments, "eligible": pd.DataFrame(columns)})
    except (KeyError, TypeError, ValueError) as error:
        what = f"The record of a draw cannot be read ({error})."
        raise InputError(what, where="draw", hint="compare with the printed protocol") from error
