"""The register of signals: what each is called and reads, and what it may look at. Pages, tests and docs walk it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.settings import Settings

Group = Literal["complaints", "experience", "metadata", "history"]
Direction = Literal["higher_is_worse", "higher_is_better"]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
ReadTexts = Callable[[pd.Series], pd.DataFrame]
T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """What a signal may look at: the cohort (indexed by service_id) and the tables as known at the as-of date.

    read_texts: the text model (narratives.TextReader.read), where one is at hand.
    """

    services: pd.DataFrame
    known: Tables
    as_of: date
    settings: Settings
    read_texts: ReadTexts | None = None
    _made: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def kind(self) -> IntArray:
        """The service types of the cohort as whole numbers, in the order they first come."""
        return np.asarray(pd.factorize(self.services["service_type"])[0], dtype=np.int64)

    def events(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The known rows of a table that concern the cohort, with `position`: the service's place in it.

        columns: all, where none are named.
        """
        frame = self.known[table]
        position = places(frame["service_id"], self.services.index.to_series())
        wanted = frame if columns is None else frame[list(columns)]
        return wanted.assign(position=position)[position >= 0]

    def total(self, position: pd.Series, values: FloatArray | None = None) -> FloatArray:
        """Sum of values (or a count) per service in cohort order; 0 where there is none."""
        return np.bincount(position, weights=values, minlength=len(self.services)).astype(float)

    def once(self, make: Callable[[Context], T]) -> T:
        """What `make` gives for this context, made at the first call: several signals rest on the same sums."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made


def places(ids: pd.Series, among: pd.Series) -> IntArray:
    """Where each id stands among others, which are all different; −1 where it does not.

    An index of strings would be made of Python objects first, which takes several times as long.
    """
    code = pd.factorize(pd.concat([among, ids], ignore_index=True))[0]
    place = np.full(code.max(initial=-1) + 2, -1)
    place[code[: len(among)]] = np.arange(len(among))
    place[-1] = -1  # what has no id
    return np.asarray(place[code[len(among) :]], dtype=np.int64)


Compute = Callable[[Context], pd.DataFrame]
# (context, position in the cohort) -> one row per period of the service, oldest first: period_end (date), value (in the
# signal's unit, NaN where nothing was observed), n, expected (NaN where it cannot be said). Periods do not overlap.
Series = Callable[[Context, int], pd.DataFrame]


@dataclass(frozen=True)
class SignalSpec:
    """A signal's name, what it is about and how to compute it; the sentences stand in the catalogues.

    A member of a family is called "family:of". reads: table -> the columns it uses beside ids and dates; no others are
    given to it. dimensions: the dimensions of good services it speaks of; none means it speaks of the whole.
    over_time: the signal's own history in periods, where it has one.
    """

    name: str
    group: Group
    unit: str
    reads: Mapping[str, tuple[str, ...]]
    compute: Compute
    direction: Direction = "higher_is_worse"
    dimensions: tuple[str, ...] = ()
    over_time: Series | None = None

    @property
    def family(self) -> str:
        """The part of the name before the colon; the whole name where there is none."""
        return self.name.partition(":")[0]

    @property
    def of(self) -> str:
        """The member's own word: a stream, a dimension, a column; blank outside families."""
        return self.name.partition(":")[2]

    @property
    def meaning(self) -> str:
        """The first line of what the computation says it is."""
        return (getattr(self.compute, "func", self.compute).__doc__ or "").split("\n")[0]


Members = Callable[[Tables, Settings], tuple[SignalSpec, ...]]


@dataclass(frozen=True)
class Family:
    """Signals of one kind, one for each stream, dimension or column; which they are depends on records and settings.

    reads: what any member may read of the event tables. of: what the members' words are (family of words in the
    catalogues, "stream" or "metadata").
    """

    name: str
    members: Members
    reads: Mapping[str, tuple[str, ...]]
    of: str


_SIGNALS: dict[str, SignalSpec] = {}
_FAMILIES: dict[str, Family] = {}


def signal(
    name: str,
    *,
    group: Group,
    unit: str,
    reads: Mapping[str, tuple[str, ...]],
    direction: Direction = "higher_is_worse",
    dimensions: tuple[str, ...] = (),
    over_time: Series | None = None,
) -> Callable[[Compute], Compute]:
    """Register a function of a Context as a signal. It returns a frame in the common form, in cohort order."""

    def register(compute: Compute) -> Compute:
        _free(name)
        _SIGNALS[name] = SignalSpec(name, group, unit, reads, compute, direction, dimensions, over_time)
        return compute

    return register


def signal_family(name: str, *, reads: Mapping[str, tuple[str, ...]], of: str) -> Callable[[Members], Members]:
    """Register a function of (known tables, settings) that gives the specs of a family, named "name:word"."""

    def register(members: Members) -> Members:
        _free(name)
        _FAMILIES[name] = Family(name, members, reads, of)
        return members

    return register


def _free(name: str) -> None:
    if name in _SIGNALS or name in _FAMILIES:
        raise ValueError(f"two signals are called {name!r}")


def registered() -> tuple[SignalSpec, ...]:
    """Every signal registered by itself, in the order of registration."""
    return tuple(_SIGNALS.values())


def families() -> Mapping[str, Family]:
    """Every registered family by name."""
    return dict(_FAMILIES)


def specs(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """Every signal there is for these records: the registered ones, then the members of each family."""
    return (*registered(), *(s for family in _FAMILIES.values() for s in family.members(known, settings)))


def columns_read() -> dict[str, set[str]]:
    """Event table -> the columns that some signal reads, beside ids and dates."""
    read: dict[str, set[str]] = {}
    for reads in (*(s.reads for s in _SIGNALS.values()), *(f.reads for f in _FAMILIES.values())):
        for table, columns in reads.items():
            read.setdefault(table, set()).update(columns)
    return read
