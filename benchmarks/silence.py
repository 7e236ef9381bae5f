"""The silence test over many seeds: half of the complaints of the most dependent users' services are taken away.

    python benchmarks/silence.py [SEEDS] [SERVICES]

Prints, for each synthetic world, the recall of planted poor services (the tenth with the highest planted probability of
a serious failure in the as-of year) in the top tenth of three lists, before and after, with the standard error of the
fall over seeds: the default priority, complaints per user, and complaints beside the type's own rate. Once for all
poor services, and once for those whose own complaints were taken away.
"""

from __future__ import annotations

import sys
from datetime import date

import numpy as np
import pandas as pd

from risiko import asof, cohorts, features, settings, synthetic
from risiko.scoring import score
from risiko.signals import Context, specs
from risiko.signals.complaints import complaint_rate_long

AS_OF, END = date(2025, 6, 30), date(2026, 6, 30)
SHARE, REMOVED, MOST_DEPENDENT = 0.10, 0.5, 3
Readings = dict[str, pd.DataFrame]
LISTS = ("priority", "rate per user", "rate beside type")


def lists(context: Context, unchanged: Readings) -> tuple[pd.DataFrame, Readings]:
    """The three orders, higher is looked at first, and the readings behind them.

    Only signals that count in the priority are computed; those that do not rest on complaints are taken from
    `unchanged` where they are there.
    """
    chosen, services = context.settings, context.services
    counting = tuple(s for s in specs(context.known, chosen) if s.name in chosen.score.weights or s.group == "metadata")
    own = {s.name: unchanged.get(s.name) for s in counting if "complaints" not in s.reads}
    readings = {s.name: s.compute(context) if own.get(s.name) is None else own[s.name] for s in counting}
    rate = complaint_rate_long(context)
    found = features.Features(context.as_of, counting, {**readings, features.VOICE: rate}, context)
    priority = score(found, cohorts.Cohort(services, pd.Series(dtype=int)), chosen).scores["priority"]
    orders = (priority, rate["value"], rate["value"] / rate["expected"])
    return pd.DataFrame(dict(zip(LISTS, orders, strict=True))).fillna(0.0), readings


def hushed(complaints: pd.DataFrame, dependent: pd.Index, rng: np.random.Generator) -> pd.DataFrame:
    """The complaints without a random half of those about the given services."""
    left = complaints["n"].to_numpy(dtype=int).copy()
    about = complaints["service_id"].isin(dependent).to_numpy(dtype=bool)
    left[about] = rng.binomial(left[about], 1 - REMOVED)
    return complaints.assign(n=pd.array(left, dtype=complaints["n"].dtype))[left > 0]


def recalls(world: str, seed: int, n_services: int, damages: int = 1) -> pd.DataFrame:
    """Recall by list and by whose poor services ("all", "dependent"), columns before and after; one world, one seed.

    damages: how many times the half is drawn; after is their mean.
    """
    built = synthetic.build(world=world, n_services=n_services, end=END, seed=seed)
    severe = built.truth[built.truth["year"] == AS_OF.year].set_index("service_id")["p_severe"]
    chosen = settings.load()
    # Only the priority is read here, and draws do not move it.
    chosen = chosen.model_copy(update={"score": chosen.score.model_copy(update={"draws": 100})})
    known = asof.known_at(built.tables, AS_OF)
    services = cohorts.cohort_at(known, AS_OF, chosen).services
    dependent = services.index[services["dependency"] == MOST_DEPENDENT]
    whole, readings = lists(Context(services, known, AS_OF, chosen), {})
    after = []
    for draw in range(damages):
        fewer = hushed(known["complaints"], dependent, np.random.default_rng([seed, draw]))
        damaged, _ = lists(Context(services, {**known, "complaints": fewer}, AS_OF, chosen), readings)
        after.append(_recall(damaged, severe, dependent))
    return pd.DataFrame({"before": _recall(whole, severe, dependent), "after": pd.concat(after, axis=1).mean(axis=1)})


def _recall(frame: pd.DataFrame, severe: pd.Series, dependent: pd.Index) -> pd.Series:
    ids = frame.index.intersection(severe.index)
    poor = severe[ids].nlargest(round(SHARE * len(ids))).index
    # Ties are broken at random, in the same way before and after: a list of noughts must find what chance finds.
    shaken = frame.loc[ids].sample(frac=1, random_state=1)
    found: dict[tuple[str, str], float] = {}
    for name in LISTS:
        top = shaken[name].sort_values(ascending=False, kind="stable").index[: len(poor)]
        for scope, wanted in (("all", poor), ("dependent", poor.intersection(dependent))):
            found[name, scope] = len(wanted.intersection(top)) / len(wanted)
    return pd.Series(found).rename_axis(["list", "poor"])


def table(world: str, seeds: range, n_services: int, damages: int = 4) -> pd.DataFrame:
    """Mean over seeds of recall before and after, the fall, and its standard error."""
    drawn = pd.concat({seed: recalls(world, seed, n_services, damages) for seed in seeds}, names=["seed"])
    fall = (drawn["before"] - drawn["after"]).groupby(["poor", "list"], sort=False)
    means = drawn.groupby(["poor", "list"], sort=False).mean()
    return means.assign(fall=fall.mean(), error=fall.std(ddof=1) / np.sqrt(len(seeds)))


def main(n_seeds: int, n_services: int) -> None:
    """Print the table of each world."""
    for world in synthetic.WORLDS:
        print(f"\n{world}: {n_seeds} seeds, {n_services} services each")
        print(table(world, range(1, n_seeds + 1), n_services).round(3).to_string(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12, int(sys.argv[2]) if len(sys.argv) > 2 else 4000)
