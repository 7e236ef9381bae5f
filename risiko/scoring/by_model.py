"""The score table of a learned model: likelihood from the model, the rest as the points score has it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.cohorts import Cohort
from risiko.features import Features
from risiko.scoring.consequence import consequence_of, consequence_spread
from risiko.scoring.inputs import group_of, inputs
from risiko.scoring.kinds import LearningModel
from risiko.scoring.law import PriorityLaw, reading_spread
from risiko.scoring.placed import evidence_of, placed
from risiko.scoring.table import ScoreTable
from risiko.settings import Settings
from risiko.vocabulary import GROUPS

STEP = 1.0  # standing is raised by one standard deviation to see what it adds


def score_by(
    model: LearningModel, model_id: str, features: Features, cohort: Cohort, settings: Settings, top: int | None = None
) -> ScoreTable:
    """Likelihood by a fitted model, with consequence, priority, ranks and intervals as scoring.score gives them.

    contributions: services × the model's signals (or all_<group>), in log-odds; with the base they add up to the
    log-odds. What the readings leave open is as in the points score; what a signal adds per standard deviation is read
    off the model for an average service, and evidence weighs signals by it. The model's own uncertainty is model.pulls.
    Raises InputError where the model was trained with other signals.
    """
    X = inputs(features, settings)
    law, evidence = _law(model, X, features, cohort, settings)
    added, read = (_shown(model.contributions(X, read_only=only)) for only in (False, True))
    scores, found = placed(law, evidence, cohort.services.index, settings, top)
    groups = group_of(features.signals)
    shown = {name: groups.get(name, name.removeprefix("all_")) for name in added.columns}
    return ScoreTable(features.as_of, scores, added, model.base_, shown, {}, law, found, model_id, read)


def model_law(model: LearningModel, features: Features, cohort: Cohort, settings: Settings) -> PriorityLaw:
    """What the priority could be by the model: readings, what no reading tells, and the model's own uncertainty."""
    return _law(model, inputs(features, settings), features, cohort, settings)[0]


def _shown(added: pd.DataFrame) -> pd.DataFrame:
    return added.rename(columns=lambda name: f"all_{name}" if name in GROUPS else name)


def _law(
    model: LearningModel, X: pd.DataFrame, features: Features, cohort: Cohort, settings: Settings
) -> tuple[PriorityLaw, FloatArray]:
    """The law, and how much of the score rests on each service's own data."""
    rule, groups = settings.learning, group_of(features.signals)
    pulls = model.pulls(X)
    names = [name for name in features.readings if f"{name}|standing" in X]
    pull = pull_of(model, X, names)
    names, pull = [name for name, some in zip(names, pull > 0, strict=True) if some], pull[pull > 0]
    z, z_sd = (features.matrix(column, names) for column in ("standing", "standing_sd"))
    by_complaints = np.array([groups[name] == "complaints" for name in names], dtype=bool)
    floor = np.full(len(names), -rule.clip)
    if not settings.score.low_complaints_lower_likelihood:
        floor[by_complaints] = 0.0
    wider = np.where(by_complaints, features.silence["stretch"].to_numpy(dtype=float)[:, None], 1.0)
    below, above, unsaid = reading_spread(z, z_sd, pull, floor, rule.clip, wider)
    law = PriorityLaw(
        model.decision_function(X), np.hypot(below, rule.unexplained), np.hypot(above, rule.unexplained), pulls,
        np.log(consequence_of(cohort.services, settings)), consequence_spread(cohort.services, settings), unsaid,
    )  # fmt: skip
    return law, evidence_of(pull, z_sd)


def pull_of(
    model: LearningModel, X: pd.DataFrame, names: list[str]
) -> FloatArray:
    """What one standard deviation more of each signal adds to an average service's log-odds; not below 0.

    Read at standings of 0, one signal raised at a time: as many rows as signals, whatever the size of the cohort.
    """
    average = X.head(1).copy()
    standings = [f"{name}|standing" for name in names]
    average.loc[:, [c for c in X if c != "service_type"]] = X.drop(columns="service_type").mean().to_numpy(dtype=float)
    average.loc[:, standings] = 0.0
    rows = pd.concat([average] * (len(names) + 1), ignore_index=True)
    place = [rows.columns.get_loc(name) for name in standings]
    values = rows.to_numpy(dtype=object)
    values[np.arange(1, len(names) + 1), place] = STEP
    raised = pd.DataFrame(values, columns=rows.columns).astype(rows.dtypes.to_dict())
    log_odds = model.decision_function(raised)
    return np.asarray(np.maximum(log_odds[1:] - log_odds[0], 0.0))
