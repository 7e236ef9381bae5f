"""Backtest files: the folds as they come, so that an interrupted run goes on, and the results as tables."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pandas as pd

from risiko.errors import InputError
from risiko.evaluate.backtest import Backtest
from risiko.evaluate.folds import Fold

PARTS = ("scores", "about")
SERIES = ("outcome", "visited", "random", "chance")
KEY = "key.txt"
DATED = {"folds": ["as_of", "recalibrated_on"], "groups": []}  # columns of dates; as_of in the others
WORDS = {"comparison": "against", "folds": "warnings"}
TABLES = ("comparison", "bands", "groups", "gain", "days", "corrected", "folds")


class KeptFolds:
    """The folds in a folder, one Parquet file a date and one of facts; `key` names records, settings, models and code.

    A fold of another key is another backtest's and is not used. Files appear whole or not at all.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.folder, self.key = folder / "folds", key
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"The folder cannot be written: {error.strerror}.", where=str(folder), hint="choose another --out"
            ) from error

    def get(self, day: date) -> Fold | None:
        """The fold of a date that an earlier run has left; None where there is none, or it cannot be read."""
        try:
            whole, facts = (pd.read_parquet(self._path(day, kind)) for kind in ("rows", "facts"))
        except (OSError, ValueError):
            return None
        parts = {
            name: whole[[c for c in whole if c.startswith(f"{name}/")]].rename(columns=lambda c: c.partition("/")[2])
            for name in PARTS
        }
        series = {name: whole[name] for name in SERIES}
        return Fold(as_of=day, **parts, **series, facts=facts)

    def put(self, fold: Fold) -> None:
        """Keep a fold for the next run."""
        parts = [getattr(fold, name).add_prefix(f"{name}/") for name in PARTS]
        whole = pd.concat([*parts, *(getattr(fold, name).rename(name) for name in SERIES)], axis=1)
        for kind, frame in {"facts": fold.facts, "rows": whole}.items():
            half = self._path(fold.as_of, kind).with_suffix(f".{os.getpid()}.half")
            frame.to_parquet(half)
            half.replace(self._path(fold.as_of, kind))

    def _path(self, day: date, kind: str) -> Path:
        return self.folder / f"{day}-{self.key}-{kind}.parquet"


def write_backtest(found: Backtest, folder: Path, key: str) -> list[Path]:
    """The frames of a backtest as CSV files in the folder, one for each of TABLES, and a key that says what they are.

    Numbers keep all their digits. The key goes last: without it the folder does not count as a whole result.
    """
    (folder / KEY).unlink(missing_ok=True)
    written = []
    for name in TABLES:
        path = folder / f"{name}.csv"
        half = path.with_suffix(f".{os.getpid()}.half")
        getattr(found, name).to_csv(half, index=False)
        half.replace(path)
        written.append(path)
    (folder / KEY).write_text(key, encoding="utf-8")
    return written


def read_backtest(folder: Path) -> tuple[Backtest, str] | None:
    """The result that `write_backtest` left in a folder, and its key; None where it is not whole."""
    paths = {name: folder / f"{name}.csv" for name in TABLES}
    if not all(path.is_file() for path in (*paths.values(), folder / KEY)):
        return None
    frames = {name: pd.read_csv(path, parse_dates=DATED.get(name, ["as_of"])) for name, path in paths.items()}
    for name, column in WORDS.items():  # a blank word is read as missing
        frames[name] = frames[name].assign(**{column: frames[name][column].astype("str").fillna("")})
    models = tuple(frames["folds"]["method"].unique())
    return Backtest(models=models, **frames), (folder / KEY).read_text(encoding="utf-8")
