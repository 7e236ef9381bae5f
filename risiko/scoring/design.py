"""Design: from a signal's reading to the terms that a penalised model weighs, learned from the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.cohorts.labels import BoolArray
from risiko.errors import InputError
from risiko.scoring.inputs import SEPARATOR, TYPE

COMPLAINTS = "complaints"
TINY = 1e-9


class Design:
    """Turns inputs (scoring.inputs) into terms: one column per piece of curve, count, age, gap and type of service.

    standing: a curve of straight pieces between quantiles, each zero at standing 0, so that a reading that says nothing
    adds nothing. Its weights may not be negative: a worse reading never lowers the score. n (log) and freshness: one
    straight term each, free in sign, counted from the training mean. missing: a term of its own. Complaints may lift a
    score and never lower it (silence is not safety): their standing counts from 0, their number from none, that they
    are missing never speaks for the service, and their age does not count. Every term is divided by its spread in
    training and cut at `clip` of them; terms that do not vary in training are left out.
    """

    def __init__(self, groups: Mapping[str, str], *, clip: float, knots: int, low_complaints_lower: bool) -> None:
        self.groups, self.clip, self.knots = dict(groups), clip, knots
        self.low_complaints_lower = low_complaints_lower

    def fit(self, X: pd.DataFrame) -> Design:
        """Learn knots, levels and spreads from the training inputs."""
        self.inputs_ = list(X.columns)
        self._check(X)
        self.types_ = sorted(X[TYPE].unique())
        ages = X[[name for name in self.inputs_ if name.endswith("freshness")]].mean().fillna(0.0)
        self.age_ = {str(name): float(age) for name, age in ages.items()}
        self.knots_ = {name: self._quantiles(X[name]) for name in self.inputs_ if name.endswith("standing")}
        terms, names, bounded, centred, self.reads_ = self._raw(X)
        self.centre_ = np.where(centred, terms.mean(axis=0), 0.0)
        spread = terms.std(axis=0)
        self.kept_ = np.flatnonzero(spread > TINY)
        self.spread_ = spread[self.kept_]
        self.centre_ = self.centre_[self.kept_]
        self.signal_ = [names[i] for i in self.kept_]
        self.bounded_, self.reads_ = bounded[self.kept_], self.reads_[self.kept_]
        return self

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Rows × terms. Raises InputError where the inputs are not those of the training, or not finite."""
        self._check(X)
        terms = self._raw(X)[0][:, self.kept_]
        return np.asarray(np.clip((terms - self.centre_) / self.spread_, -self.clip, self.clip))

    def by_signal(self, added: FloatArray, *, read_only: bool = False) -> pd.DataFrame:
        """Rows × signals: the terms' shares summed within each signal, in the order of the inputs.

        read_only: only what the standing adds; not how much, how old or missing the reading is, nor the type.
        """
        order = list(dict.fromkeys([name.partition(SEPARATOR)[0] for name in self.inputs_ if name != TYPE])) + [TYPE]
        place = pd.Index(order).get_indexer(self.signal_)
        sums = np.zeros((len(added), len(order)))
        for i in range(len(order)):  # a few dozen signals
            mine = (place == i) & (self.reads_ if read_only else True)
            sums[:, i] = added[:, mine].sum(axis=1)
        return pd.DataFrame(sums, columns=order)

    def _check(self, X: pd.DataFrame) -> None:
        absent = [name for name in self.inputs_ if name not in X]
        if absent:
            raise InputError(
                f"The model was trained with signals that are not here: {', '.join(absent[:5])}.",
                where="inputs of the model", hint="train again with the signals and settings in force",
            )  # fmt: skip
        if np.isinf(X[[n for n in self.inputs_ if n != TYPE]].to_numpy(dtype=np.float32)).any():
            raise InputError("A signal has an infinite reading.", where="inputs of the model", hint="risiko check")

    def _quantiles(self, values: pd.Series) -> FloatArray:
        told = self._from(values.name, values.to_numpy(dtype=float))
        told = told[~np.isnan(told) & (told != 0)]
        if not len(told) or not self.knots:
            return np.array([])
        return np.unique(np.quantile(told, np.linspace(0, 1, self.knots + 2)[1:-1]).round(3))

    def _from(self, name: object, standing: FloatArray) -> FloatArray:
        """Standing as it may count: not below 0 for complaints, where few may be silence."""
        lifts_only = self.groups.get(str(name).partition(SEPARATOR)[0]) == COMPLAINTS and not self.low_complaints_lower
        return np.maximum(standing, 0) if lifts_only else standing

    def _raw(self, X: pd.DataFrame) -> tuple[FloatArray, list[str], BoolArray, BoolArray, BoolArray]:
        """Terms before they are scaled; of each its signal, whether it keeps its sign, is centred, is a standing."""
        columns: list[FloatArray] = []
        names: list[str] = []
        bounded: list[bool] = []
        centred: list[bool] = []
        reads: list[bool] = []

        def add(
            signal: str, terms: Sequence[FloatArray], *, keep_sign: bool, centre: bool, read: bool = False
        ) -> None:
            columns.extend(terms)
            names.extend([signal] * len(terms))
            bounded.extend([keep_sign] * len(terms))
            centred.extend([centre] * len(terms))
            reads.extend([read] * len(terms))

        for name in self.inputs_:
            if name == TYPE:
                kind = X[TYPE].to_numpy()
                add(TYPE, [np.asarray(kind == one, dtype=float) for one in self.types_], keep_sign=False, centre=True)
                continue
            signal, _, part = name.partition(SEPARATOR)
            values = X[name].to_numpy(dtype=float)
            gone = np.isnan(values)
            lifts_only = self.groups.get(signal) == COMPLAINTS and not self.low_complaints_lower
            match part:
                case "standing":
                    told = np.where(gone, 0.0, self._from(name, values))
                    add(signal, _pieces(told, self.knots_[name]), keep_sign=True, centre=False, read=True)
                    add(signal, [gone.astype(float)], keep_sign=lifts_only, centre=False)
                case "n":
                    count = np.log1p(np.where(gone, 0.0, np.maximum(values, 0)))
                    add(signal, [count], keep_sign=lifts_only, centre=not lifts_only)
                case "freshness" if not lifts_only:
                    add(signal, [np.where(gone, self.age_[name], values)], keep_sign=False, centre=True)
        return np.column_stack(columns), names, np.array(bounded), np.array(centred), np.array(reads)


def _pieces(values: FloatArray, knots: FloatArray) -> list[FloatArray]:
    """Straight pieces between the knots, each rising by one per unit inside it and level outside, and 0 at 0.

    Their sum is the value itself, so that with equal weights the curve is a straight line.
    """
    edges = [-np.inf, *knots, np.inf]
    return [np.clip(values, low, high) - np.clip(0.0, low, high) for low, high in pairwise(edges)]
