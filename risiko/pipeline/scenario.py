"""Scenario: two lists side by side, of two dates, weight sets or scores, and whether the list really moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from risiko import reasons, registry
from risiko.asof import FloatArray
from risiko.errors import InputError
from risiko.evaluate.stability import Stability, WeightStability, listed, stability, weight_stability
from risiko.pipeline.models import in_force
from risiko.pipeline.named_weights import list_weights
from risiko.pipeline.redrawn import redrawn_overlap
from risiko.pipeline.runs import Authority, Prepared, Run, prepare, rank
from risiko.registry import LoadedModel
from risiko.scoring.placed import at_capacity
from risiko.scoring.table import POINTS

IN_FORCE = ""
DRAWN_LISTS = 30  # every pair of them is compared: 435
SHAKEN_LEAST, SHAKEN_MOST = 0.05, 0.95  # between these a service's place among the first depends on the weights
STATES = ("stays", "enters", "leaves", "outside")


@dataclass(frozen=True)
class Side:
    """One list to compare: the date, the weights (own, or a saved set by name) and the score.

    score: IN_FORCE, POINTS or a model_id. Weights are the points score's, so with any of them points are used.
    """

    as_of: date
    weights: Mapping[str, float] = field(default_factory=dict)
    weight_set: str = ""
    score: str = IN_FORCE


def with_saved_weights(authority: Authority, side: Side) -> Side:
    """The side with a saved set's weights in place of its name. Raises InputError for a set that does not exist."""
    if not side.weight_set:
        return side
    found = list_weights(authority)
    if side.weight_set not in found:
        hint = f"one of {', '.join(found)}" if found else "save one first"
        raise InputError(f"There is no weight set {side.weight_set!r}.", where="weight set", hint=hint)
    return replace(side, weights=found[side.weight_set].weights, weight_set="", score=POINTS)


def run_of(
    authority: Authority, side: Side, prepared: Prepared | None = None, *, hindsight: bool = False,
    top: int | None = None,
) -> Run:  # fmt: skip
    """The list of a side. prepared: its date, where it is at hand. hindsight, top: see `rank`.

    Raises InputError for a saved set that does not exist, NothingToScore for a date without services, ModelError for a
    model that is not sound.
    """
    ready, asked = prepared or prepare(authority, side.as_of), with_saved_weights(authority, side)
    model = None if asked.weights or asked.score == POINTS else _model(authority, asked.score)
    return rank(ready, asked.weights or None, model, hindsight=hindsight, top=top)


def model_of(authority: Authority, run: Run) -> LoadedModel | None:
    """What made a run's list; None where the points score did. Raises ModelError as registry.load does."""
    return None if run.table.model_id == POINTS else _model(authority, run.table.model_id)


def _model(authority: Authority, model_id: str) -> LoadedModel | None:
    if model_id == IN_FORCE:
        return in_force(authority)
    return registry.load(model_id, authority.models, authority.store)


@dataclass(frozen=True)
class Scenario:
    """Two lists side by side. Frames have service_id as a column.

    frame: every service of either list: name, service_type, county, rank_*, p_top_*, tier_* (before, after; missing
    where it is not on that list), places (above 0: up the list), state (one of STATES, by the first `top`), stays (see
    WeightStability; of the after side). entered, left: its rows in list order with why and change (reasons.moves;
    missing where a service is on one list only). noise: see redrawn_overlap, of the after side. shaken: rows whose
    place among the first depends on the weights, those that depend most on them first.
    """

    before: Run
    after: Run
    top: int
    frame: pd.DataFrame
    entered: pd.DataFrame
    left: pd.DataFrame
    shaken: pd.DataFrame
    stability: Stability
    noise: FloatArray
    weights: WeightStability

    @property
    def tied(self) -> int:
        """Services of the after list that share the place at the line, where not all of them are inside; else 0."""
        ranks = np.sort(self.frame["rank_after"].dropna().to_numpy(dtype=float))
        if self.top >= len(ranks) or ranks[self.top] != ranks[self.top - 1]:
            return 0
        return int((ranks == ranks[self.top]).sum())

    @property
    def same(self) -> bool:
        """Whether every service stands at the same place on both lists."""
        return bool((self.frame["places"] == 0).all())


def scenario(before: Run, after: Run, top: int, model: LoadedModel | None = None) -> Scenario:
    """Compare the first `top` of two lists. model: what made the after list, None where the points score did.

    Both lists are ordered for that capacity (scoring.placed.at_capacity).
    """
    old, new = (at_capacity(run.table, top, run.prepared.settings) for run in (before, after))
    before, after = (Run(run.prepared, table) for run, table in ((before, old), (after, new)))
    seed = after.prepared.settings.evaluation.seed
    found = stability(old.scores["rank"], new.scores["rank"], top)
    shaken = weight_stability(
        new.law, float(new.places.bar[new.top - 1]), new.contributions, new.top, rng=np.random.default_rng([seed, 1])
    )
    noise = redrawn_overlap(
        after, model.model if model else None, new.top, draws=DRAWN_LISTS, rng=np.random.default_rng([seed, 2])
    )
    frame = _frame(before, after, found).assign(stays=shaken.stays)
    why = reasons.moves(old, new)[["why", "change"]]
    if before.as_of == after.as_of:  # as much is known of it on both
        why["why"] = why["why"].replace("certainty", "others")
    unsure = frame[frame["stays"].between(SHAKEN_LEAST, SHAKEN_MOST)]
    unsure = unsure.sort_values("stays", key=lambda s: (s - 0.5).abs(), kind="stable")
    return Scenario(
        before, after, top, _flat(frame), _flat(frame.loc[found.entered].join(why)),
        _flat(frame.loc[found.left].join(why)), _flat(unsure), found, noise, shaken,
    )  # fmt: skip


def _frame(before: Run, after: Run, found: Stability) -> pd.DataFrame:
    """Every service of either list, the after list's first and in its order."""
    sides = [
        run.table.scores[["rank", "p_top", "tier"]].astype(float).add_suffix(suffix)
        for run, suffix in ((before, "_before"), (after, "_after"))
    ]
    frame = sides[1].join(sides[0], how="outer")
    about = ["name", "service_type", "county"]
    told = after.prepared.cohort.services[about].combine_first(before.prepared.cohort.services[about])
    told = told.reindex(frame.index)
    first = listed(after.table.scores["rank"])[: found.top]
    state = pd.Series("outside", index=frame.index, dtype="str")
    state[first] = "stays"
    state[found.entered], state[found.left] = "enters", "leaves"
    frame = frame.assign(
        name=told["name"].fillna(frame.index.to_series()), service_type=told["service_type"], county=told["county"],
        places=frame["rank_before"] - frame["rank_after"], state=state,
    )  # fmt: skip
    order = listed(after.table.scores["rank"])
    return frame.loc[order.append(listed(before.table.scores["rank"]).difference(order, sort=False))]


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename_axis("service_id").reset_index()
