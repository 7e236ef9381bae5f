"""Plant the truth and ask for it back: do the history signals find the services that were made poor?

Worlds are synthetic, and one hand wrote them and the signals; so each statement is held against shuffled truth too,
and against the plainer signal it is meant to better.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from risiko import asof, cohorts, settings, synthetic
from risiko.signals import Context
from risiko.signals.finding_history import finding_history
from risiko.signals.history import last_finding
from risiko.signals.maturity import maturity
from risiko.signals.provider_history import provider_history

AS_OF = date(2025, 6, 30)


@lru_cache(maxsize=3)
def planted(world: str) -> tuple[Context, pd.Series]:
    """The context at the date, and the planted quality (higher is worse) of the year, by service."""
    built = synthetic.build(world=world, n_services=4000, end=date(2026, 6, 30), seed=3)
    known, chosen = asof.known_at(built.tables, AS_OF), settings.load()
    context = Context(cohorts.cohort_at(known, AS_OF, chosen).services, known, AS_OF, chosen)
    truth = built.truth[built.truth["year"] == AS_OF.year].set_index("service_id")["quality"]
    return context, truth


def agreement(reading: pd.DataFrame, truth: pd.Series) -> tuple[float, float]:
    """Rank correlation of the standing with the truth where there is a reading, and the largest of 200 by chance."""
    standing = reading.loc[reading["missing"].isna(), "standing"]
    both = pd.concat([standing, truth], axis=1, join="inner").rank()
    rng = np.random.default_rng(1)
    chance = [abs(float(np.corrcoef(both["standing"], rng.permutation(both["quality"]))[0, 1])) for _ in range(200)]
    return float(both.corr().iloc[0, 1]), max(chance)


@pytest.mark.parametrize("world", synthetic.WORLDS)
@pytest.mark.parametrize("signal", [finding_history, provider_history, maturity])
def test_planted_poor_services_stand_worse_and_shuffled_ones_do_not(signal, world: str) -> None:
    context, truth = planted(world)
    found, chance = agreement(signal(context), truth)
    assert found > chance


@pytest.mark.parametrize("world", synthetic.WORLDS)
def test_all_visits_tell_more_than_the_last(world: str) -> None:
    context, truth = planted(world)
    several = context.total(context.events("supervisions")["position"]) >= 2
    alike = context.services.index[several]
    whole, last = (agreement(signal(context).loc[alike], truth)[0] for signal in (finding_history, last_finding))
    assert whole > last
