"""Validation: the newest dates a score can be held against, its backtest on them, and where that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from risiko import cohorts
from risiko.errors import TooLittleToLearn
from risiko.evaluate.backtest import Backtest
from risiko.pipeline.backtesting import backtest
from risiko.pipeline.learning import Learner
from risiko.pipeline.moments import Moments, Progress
from risiko.pipeline.runs import Authority, data_version
from risiko.reports.backtest_files import KeptFolds, read_backtest, write_backtest
from risiko.scoring.kinds import DEFAULT, check_kinds
from risiko.store.kept import fingerprint

OWN_DATES = "own_dates"
DATES = 6  # one date is luck: at least six


@dataclass(frozen=True)
class Validation:
    """A backtest and whether it is of the records and settings in force; a stale one is still shown, and said to be."""

    backtest: Backtest
    current: bool


def key_of(authority: Authority, labels: pd.DataFrame | None = None) -> str:
    """What a result depends on: records, settings and code, and the labels where they are not the store's own."""
    own = [] if labels is None else [labels.to_csv(index=False)]
    return fingerprint(data_version(authority), authority.settings.model_dump_json(), *own)


def trial_dates(learner: Learner, most: int = DATES) -> tuple[date, ...]:
    """The newest dates, half a year apart, whose window the records cover and before which enough could be learned.

    The newest is a year (the horizon) before the newest judged supervision became known. Oldest first. Raises
    TooLittleToLearn where there is none.
    """
    moments, rule = learner.moments, learner.settings
    if pd.isna(moments.judged.recorded) or not len(moments.judged.frame):
        raise TooLittleToLearn(
            "No supervision on record has found anything to learn from.", where="supervisions and findings",
            hint="import supervisions with their findings; until then the points score stays in force",
        )  # fmt: skip
    newest = (moments.judged.recorded - pd.Timedelta(days=rule.outcome.horizon_days)).normalize()
    if newest + pd.offsets.MonthEnd(0) != newest:
        newest = newest - pd.offsets.MonthEnd(1)
    back = cohorts.training_dates(newest.date(), moments.first, rule.learning.months_between)
    moments.all((*back, newest.date()))
    enough: list[date] = []
    for day in reversed((*back, newest.date())):
        try:
            learner.raw(day)
        except TooLittleToLearn as error:
            if not enough:
                raise error
            break
        enough.append(day)
        if len(enough) == most:
            break
    return tuple(reversed(enough))


def validate(
    authority: Authority, dates: Sequence[date] | None = None, *, models: Sequence[str] = (DEFAULT,),
    folder: Path | None = None, labels: pd.DataFrame | None = None, progress: Progress | None = None,
    learner: Learner | None = None,
) -> Validation:  # fmt: skip
    """Backtest on the dates (default: trial_dates) and keep the result in the folder (default: beside the store).

    A result on dates of one's own is kept beside the other in OWN_DATES: it does not replace what the pages show, and
    is no ground for putting a model in force.

    An interrupted run goes on where it was. A store in memory or on a server keeps nothing without a folder.
    """
    check_kinds(models)
    learner = learner or Learner(Moments(authority, progress))
    chosen = trial_dates(learner) if dates is None else tuple(dates)
    place = folder or default_folder(authority, own_dates=dates is not None)
    kept = kept_folds(authority, place, models, labels) if place else None
    found = backtest(
        authority, chosen, models=models, labels=labels, kept=kept, progress=progress, learner=learner
    )
    if place:
        write_backtest(found, place, key_of(authority, labels))
    return Validation(found, current=True)


def kept_folds(
    authority: Authority, folder: Path, models: Sequence[str], labels: pd.DataFrame | None = None
) -> KeptFolds:
    """The folds of such a backtest in the folder, those of the records, settings and code in force."""
    return KeptFolds(folder, fingerprint(key_of(authority, labels), *models))


def saved_validation(authority: Authority, folder: Path | None = None) -> Validation | None:
    """The last backtest kept for this authority; None where there is none."""
    place = folder or default_folder(authority)
    read = read_backtest(place) if place else None
    return Validation(read[0], current=read[1] == key_of(authority)) if read else None


def default_folder(authority: Authority, *, own_dates: bool = False) -> Path | None:
    """Beside a store in a file; None for others. own_dates: for a backtest on dates of one's own, in a folder below."""
    path = Path(authority.store.address)
    if "://" in authority.store.address or not path.is_file():
        return None
    place = path.with_name(path.name + ".backtest")
    return place / OWN_DATES if own_dates else place
