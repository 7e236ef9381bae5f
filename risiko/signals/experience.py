"""Experience signals: how users rate a service, by all methods, by surveys alone, by dimension and by method."""

from __future__ import annotations

from functools import partial

import pandas as pd

from risiko.contracts import Tables
from risiko.settings import Settings
from risiko.signals.experience_area import AREA_READS, area_shift
from risiko.signals.experience_pieces import READS, pieces_by_dimension, pooled_pieces
from risiko.signals.experience_pieces import by_source as by_source
from risiko.signals.experience_reading import reading
from risiko.signals.experience_strength import SURVEY
from risiko.signals.experience_years import by_year
from risiko.signals.registry import Context, SignalSpec, signal, signal_family
from risiko.vocabulary import DIMENSIONS, METHODS

UNIT = "score_0_100"


@signal(
    "experience_mean",
    group="experience",
    unit=UNIT,
    reads=AREA_READS,
    direction="higher_is_better",
    over_time=partial(by_year, method=None),
)
def experience_mean(context: Context) -> pd.DataFrame:
    """Mean experience score (0–100, 100 is best) over all methods, one row per service, shrunk within service type.

    Each piece counts as many answers as settings.experience finds it worth (see experience_strength.worth). Several
    dimensions from the same people count as those people once; a row with a score but no n counts as one answer,
    except in a survey. n is the number of people, undiscounted. No scored evidence about the service itself: missing
    ("no_evidence", "n_missing", "too_few_answers"). What is said about the type in its area only shifts the level that
    a thin reading is drawn towards. A service without peers keeps its reading and is compared with no one.
    """
    return reading(context, context.once(pooled_pieces), context.once(area_shift))


@signal("experience_survey", group="experience", unit=UNIT, reads=READS, direction="higher_is_better",
        over_time=partial(by_year, method=SURVEY))  # fmt: skip
def experience_survey(context: Context) -> pd.DataFrame:
    """Mean score in surveys alone, shrunk within service type. exposure is the number invited.

    From settings.experience.survey_minimum answers on; with fewer it is missing ("too_few_answers", n says how many),
    and a survey that does not say how many answered is not scored ("n_missing").
    """
    return context.once(_surveys)


@signal_family("experience_dimension", reads=READS, of="dimension")
def experience_dimensions(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """The mean score of each of the six dimensions of good services."""
    return tuple(
        SignalSpec(f"experience_dimension:{name}", "experience", UNIT, READS, partial(by_dimension, dimension=name),
                   "higher_is_better", (name,), partial(by_year, method=None, dimension=name))
        for name in DIMENSIONS
    )  # fmt: skip


@signal_family("experience_method", reads=READS, of="method")
def experience_methods(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """The mean score by each method of collecting experience."""
    return tuple(
        SignalSpec(f"experience_method:{name}", "experience", UNIT, READS, partial(by_method, method=name),
                   "higher_is_better", (), partial(by_year, method=name))
        for name in METHODS
    )  # fmt: skip


def by_dimension(context: Context, dimension: str) -> pd.DataFrame:
    """Mean experience score (0–100) on one dimension over all methods, shrunk within service type.

    As experience_mean, from what was said on this dimension; evidence without a dimension is left out.
    """
    found = context.once(pieces_by_dimension)
    return reading(context, found[(found["dimension"] == dimension).to_numpy(dtype=bool, na_value=False)])


def by_method(context: Context, method: str) -> pd.DataFrame:
    """Mean experience score (0–100) by one method over all dimensions, shrunk within service type."""
    return context.once(_surveys) if method == SURVEY else _of_method(context, method)


def _surveys(context: Context) -> pd.DataFrame:
    return _of_method(context, SURVEY)


def _of_method(context: Context, method: str) -> pd.DataFrame:
    found = context.once(pooled_pieces)
    return reading(context, found[(found["method"] == method).to_numpy(dtype=bool)])
