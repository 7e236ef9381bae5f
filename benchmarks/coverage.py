"""Do the rank intervals hold what they promise? Coverage of the planted truth over many invented authorities.

    python benchmarks/coverage.py [FIRST:LAST] [points|learned] [WORLD …]

The truth of a service is its planted probability of a serious failure in the as-of year times its consequence; its
true place is where that stands among all. Prints per world, as means over seeds with their standard error: coverage of
the 90 % interval over all services and among the first tenth of the list, mean width as a share of the list, and how
many of the first 5 % truly belong there against the probability promised for them (p_top). Seeds 101–108 were used to
choose settings ("unexplained"); report others.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from risiko import pipeline, settings
from risiko.pipeline.learning import Learner
from risiko.pipeline.moments import Moments
from risiko.scoring.by_model import score_by
from risiko.scoring.table import ScoreTable
from risiko.store import open_store
from risiko.synthetic import WORLDS, World, build

END, SERVICES = date(2026, 6, 30), {"points": 1200, "learned": 3000}


def by_points(world: World) -> ScoreTable:
    """The day-one score of a world's newest date."""
    return pipeline.rank(pipeline.prepare_tables(world.tables, END, settings.load())).table


def by_learned(world: World) -> ScoreTable:
    """The score learned from a world's own supervisions."""
    store = open_store("memory:")
    pipeline.store_world(store, world, now=datetime(2026, 7, 1, tzinfo=UTC))
    moments = Moments(pipeline.Authority(store, settings.load(), Path("models")))
    fitted = Learner(moments).fit(END)
    prepared = moments.prepare(END)
    return score_by(fitted.model, "tried", prepared.features, prepared.cohort, prepared.settings)


def measured(table: ScoreTable, world: World) -> dict[str, float]:
    """How a score's statements hold against the planted truth."""
    scores = table.scores
    p = world.truth[world.truth["year"] == END.year].set_index("service_id")["p_severe"].reindex(scores.index)
    place = (p * scores["consequence"]).rank(ascending=False)
    held = (scores["rank_low"] <= place) & (place <= scores["rank_high"])
    first, best = scores["rank"] <= table.top, scores["rank"] <= len(scores) / 10
    middle, truth = table.law.middle, np.log(p / (1 - p))
    return {
        "coverage": held.mean(), "first tenth": held[best].mean(),
        "width": (scores["rank_high"] - scores["rank_low"]).mean() / len(scores),
        "p_top said": scores["p_top"][first].mean(), "p_top true": (place <= table.top)[first].mean(),
        "by priority": (place <= table.top)[scores["priority"].rank(ascending=False) <= table.top].mean(),
        "slope": np.cov(middle, truth)[0, 1] / middle.var(), "left over": float((truth - middle).std()),
    }  # fmt: skip


def main(seeds: range, kind: str, worlds: list[str]) -> None:
    """Print one line a world."""
    score = {"points": by_points, "learned": by_learned}[kind]
    for name in worlds:
        rows = []
        for seed in seeds:
            world = build(world=name, n_services=SERVICES[kind], years=10, end=END, seed=seed)
            rows.append(measured(score(world), world))
        frame = pd.DataFrame(rows)
        error = frame.std() / np.sqrt(len(frame))
        said = "  ".join(f"{c} {frame[c].mean():.3f} ± {error[c]:.3f}" for c in frame)
        print(f"{kind}, {name}, {len(frame)} worlds: {said}", flush=True)


if __name__ == "__main__":
    asked = sys.argv[1:] or ["1:51"]
    first, _, last = asked[0].partition(":")
    main(range(int(first), int(last)), (asked[1:] or ["points"])[0], asked[2:] or list(WORLDS))
