"""Where the list places groups of services: what the check of equal treatment looks at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.evaluate.equity import COLUMNS, by_group
from risiko.evaluate.equity_groups import groupings
from risiko.pipeline.equity import FEWEST_PROVIDERS, MINIMUM
from risiko.pipeline.overview import default_capacity
from risiko.pipeline.runs import Run

GROUPINGS = ("office", "county", "sector")
MEASURES = ("in_top", "rank_share")  # what the list does; what supervisions found is not the list's doing


def places_by_group(run: Run) -> pd.DataFrame:
    """evaluate.equity.by_group for MEASURES by office, county and sector, with `by`: which of them.

    Intervals hold for all groups of all measures and groupings together, so that chance lets any stand out in at most
    1 - level of cases. A grouping into the same groups as one before it (county as office) is looked at once.
    """
    services, rule, scores = run.prepared.cohort.services, run.prepared.settings.evaluation, run.table.scores
    top = scores["rank"] <= default_capacity(run)
    values = pd.DataFrame({"in_top": top.astype(float), "rank_share": scores["rank"] / len(scores)})[list(MEASURES)]
    offered = groupings(services, run.prepared.known["metadata_columns"])
    codes = {name: pd.factorize(offered[name].groups)[0] for name in GROUPINGS}
    chosen = [
        name for i, name in enumerate(GROUPINGS)
        if not any(np.array_equal(codes[name], codes[other]) for other in GROUPINGS[:i])
    ]  # fmt: skip
    level = rule.level ** (1 / (len(chosen) * len(MEASURES)))
    found = {
        name: by_group(
            values, offered[name].groups, clusters=services["provider_id"], draws=rule.resamples,
            rng=np.random.default_rng(rule.seed), minimum=MINIMUM, fewest_clusters=FEWEST_PROVIDERS, level=level,
        )
        for name in chosen
    }  # fmt: skip
    return pd.concat(found, names=["by"]).reset_index("by").reset_index(drop=True)[["by", *COLUMNS]]
