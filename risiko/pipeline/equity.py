"""What the page of equal treatment shows: the list by groups, pairs across offices, and whose voice moves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.cohorts import judgements, labels_at
from risiko.evaluate.equity import NOT_TOLD, OTHERS, by_group, merge_small, voices
from risiko.evaluate.equity_groups import Grouping, groupings
from risiko.evaluate.matched_pairs import matched_pairs
from risiko.pipeline.runs import Run, with_capacity
from risiko.signals import Context

MINIMUM = 20  # fewer services, or pairs, are not shown alone: a mean of fewer tells of the one service
FEWEST_PROVIDERS = 5.0  # effective; with fewer a difference is as much the provider's as the group's
FOUND_DAYS = 730  # two years: one round of supervision at most places
DRAWS = 400  # only standard errors are taken from them: known to within 4 %
NEIGHBOURS, CALIPER = 3, 0.25  # at most a quarter of a standard deviation per signal apart (root mean square)
EVERYTHING, NO_HISTORY = "everything", "no_history"  # what a pair is alike in
MEASURES = ("in_top", "rank_share", "likelihood", "found")


@dataclass(frozen=True)
class Equity:
    """The list by groups. means: see evaluate.equity.by_group, for MEASURES; voices: see evaluate.equity.voices.

    grouping: None where nothing can be compared. choices: groupings with at least two groups, by name. merged: names
    of groups too small to stand alone. supervised: services with a judged supervision in the last FOUND_DAYS.
    """

    capacity: int
    n: int
    supervised: int
    choices: tuple[str, ...]
    grouping: Grouping | None
    merged: tuple[str, ...]
    means: pd.DataFrame
    voices: pd.DataFrame


def equity(run: Run, capacity: int, grouping: str = "") -> Equity:
    """How the list falls on the groups of a grouping (default: the first there is), ordered for a capacity."""
    run = with_capacity(run, capacity)
    services, rule = run.prepared.cohort.services, run.prepared.settings.evaluation
    offered = {
        name: found
        for name, found in groupings(services, run.prepared.known["metadata_columns"]).items()
        if merge_small(found.groups, MINIMUM).loc[lambda g: g != NOT_TOLD].nunique() > 1
    }
    scores = run.table.scores
    outcome = run.prepared.features.context.once(found_outcome)
    values = pd.DataFrame({
        "in_top": (scores["rank"] <= capacity).astype(float), "rank_share": scores["rank"] / len(scores),
        "likelihood": scores["likelihood"], "found": outcome.reindex(scores.index),
    })[list(MEASURES)]  # fmt: skip
    chosen = offered.get(grouping) or next(iter(offered.values()), None)
    groups = chosen.groups if chosen else pd.Series("", index=services.index)
    merged = merge_small(groups, MINIMUM)
    asked = {
        "clusters": services["provider_id"], "draws": DRAWS, "minimum": MINIMUM,
        "fewest_clusters": FEWEST_PROVIDERS, "level": rule.level,
    }  # fmt: skip
    return Equity(
        capacity,
        len(scores),
        int(outcome.notna().sum()),
        tuple(offered),
        chosen,
        tuple(sorted(groups[merged == OTHERS].unique())),
        by_group(values, groups, rng=np.random.default_rng(rule.seed), **asked),
        voices(run.table.by_group(), groups, rng=np.random.default_rng(rule.seed), **asked),
    )


def found_outcome(context: Context) -> pd.Series:
    """Whether supervisions in the FOUND_DAYS up to the date found the outcome (settings.outcome): 1, 0, or NaN.

    NaN: not supervised, or not judged as far as was known. By settings.outcome, only what was known at the date.
    """
    judged = judgements(context.known, context.settings)
    begin = (pd.Timestamp(context.as_of) - pd.Timedelta(days=FOUND_DAYS)).date()
    rule = context.settings.outcome.model_copy(update={"population": "inspected", "counted": "carried_out"})
    found = labels_at(judged, context.services.index, begin, rule, horizon_days=FOUND_DAYS)
    return found.frame["outcome"]


def equity_pairs(run: Run) -> pd.DataFrame:
    """Same profile, same priority? Services beside their nearest of the same type in other offices, by office.

    The columns of evaluate.matched_pairs and basis: "everything" pairs services alike in all that the list rests on,
    "no_history" in all but what the authority itself has found and done, so that what differs is that. Measures are
    rank_share (rank / services, own less the other's) and likelihood; no rows where there is no other office.
    """
    services, rule = run.prepared.cohort.services, run.prepared.settings.evaluation
    scores = run.table.scores
    values = pd.DataFrame({"rank_share": scores["rank"] / len(scores), "likelihood": scores["likelihood"]})
    used = [name for name in run.prepared.features.readings if _counts(run, name)]
    said = [name for name in used if run.table.group_of[name] != "history"]
    found = {
        basis: matched_pairs(
            _profile(run, names), values, services, n_neighbours=NEIGHBOURS, caliper=CALIPER, draws=DRAWS,
            rng=np.random.default_rng(rule.seed), minimum=MINIMUM, fewest_clusters=FEWEST_PROVIDERS, level=rule.level,
        )
        for basis, names in ((EVERYTHING, used), (NO_HISTORY, said))
    }  # fmt: skip
    return pd.concat(found, names=["basis"]).reset_index("basis").reset_index(drop=True)


def _counts(run: Run, name: str) -> bool:
    return name in run.table.contributions and bool(run.table.contributions[name].any())


def _profile(run: Run, signals: list[str]) -> pd.DataFrame:
    """Standings of the signals, and size and degrees in standard deviations: what the priority is made from."""
    services, cap = run.prepared.cohort.services, run.prepared.settings.score.cap
    standing = np.clip(run.prepared.features.matrix("standing", signals), -cap, cap)
    users = np.log1p(services["users"].where(services["users"] > 0).astype("float64"))
    who = services[["vulnerability", "coercion", "dependency"]].assign(users=users).astype("float64")
    spread = who.std().where(lambda s: s > 0, 1.0)
    who = ((who - who.mean()) / spread).fillna(0.0)
    return pd.DataFrame(standing, index=services.index, columns=signals).join(who)
