"""What every store enters into its record: models, promotions, draws, weight sets, and the log that tells of them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol, TypeVar

import pandas as pd

from risiko.store import anchors, chain, decisions, stated
from risiko.store.admission import Admitted
from risiko.store.stated import Line

L = TypeVar("L", anchors.ModelEntry, anchors.Promotion, decisions.DrawLine, decisions.WeightSetLine)


class Pages(Protocol):
    """The small tables of a store within one transaction."""

    def lines(self, of: type[L]) -> list[L]:
        """Every line of one kind, in the order of its key; none where the store is older than their table."""

    def newest(self, kind: str | None = None) -> chain.LogEntry | None:
        """The newest entry of the log, or of one kind."""

    def entries(self, kinds: Sequence[str] | None = None) -> list[chain.LogEntry]:
        """The log, oldest first."""

    def start(self) -> str:
        """What the first entry is chained to: a hash of what the store held before it had a log, or blank."""

    def enter(self, entry: chain.LogEntry, line: Line | None = None) -> None:
        """Write an entry, and the line that it tells of."""


class Recording(ABC):
    """The record part of a store. Each call is one transaction: a line and its entry are written together or not."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where the store is, for messages."""

    @abstractmethod
    def _pages(self, *, writing: bool = False) -> AbstractContextManager[Pages]: ...

    def record_model(self, entry: anchors.ModelEntry) -> None:
        """Anchor a fitted model. Raises StoreError where the model_id is registered already."""
        with self._pages(writing=True) as pages:
            line = anchors.new_entry(entry, pages.lines(anchors.ModelEntry), self.address)
            _keep(pages, line, line.recorded_at, "")

    def models(self) -> pd.DataFrame:
        """Every registered model, oldest first."""
        with self._pages() as pages:
            return anchors.models_frame(pages.lines(anchors.ModelEntry))

    def record_promotion(self, model_id: str, why: str, at: datetime, by: str) -> None:
        """Append a decision about which score is in force; model_id "" is the points score."""
        with self._pages(writing=True) as pages:
            known, earlier = pages.lines(anchors.ModelEntry), pages.lines(anchors.Promotion)
            line = anchors.next_promotion(model_id, why, at, by, known, earlier, self.address)
            _keep(pages, line, line.at, line.by)

    def promotions(self) -> pd.DataFrame:
        """Every such decision, oldest first."""
        with self._pages() as pages:
            return anchors.promotions_frame(pages.lines(anchors.Promotion))

    def record_draw(self, record: str, as_of: date, why: str, made_at: datetime, by: str) -> int:
        """Append a draw, chained to the one before; its number."""
        with self._pages(writing=True) as pages:
            earlier = pages.lines(decisions.DrawLine)
            line = decisions.next_draw(record, as_of, why, made_at, by, earlier, self.address)
            _keep(pages, line, line.made_at, line.by)
        return line.seq

    def draws(self) -> pd.DataFrame:
        """Every draw, oldest first."""
        with self._pages() as pages:
            return decisions.draws_frame(pages.lines(decisions.DrawLine))

    def record_weight_set(
        self, name: str, weights: Mapping[str, float] | None, note: str, made_at: datetime, by: str
    ) -> None:
        """Append a weight set under a name; weights None takes the name away."""
        with self._pages(writing=True) as pages:
            earlier = pages.lines(decisions.WeightSetLine)
            line = decisions.next_weight_set(name, weights, note, made_at, by, earlier, self.address)
            _keep(pages, line, line.made_at, line.by)

    def weight_sets(self) -> pd.DataFrame:
        """Every line about weight sets, oldest first."""
        with self._pages() as pages:
            return decisions.weight_sets_frame(pages.lines(decisions.WeightSetLine))

    def append(self, kind: str, about: str, body: str, at: datetime, by: str, *, after: int | None = None) -> int:
        """Append an entry to the log and give its seq. Raises Stale and StoreError: see Store.append."""
        chain.check(kind, about, body, by, self.address)
        with self._pages(writing=True) as pages:
            chain.check_fresh(kind, after, pages.newest(kind))
            entry = chain.next_entry(kind, about, body, at, by.strip(), pages.newest(), pages.start())
            pages.enter(entry)
        return entry.seq

    def log(self, kinds: Sequence[str] | None = None) -> pd.DataFrame:
        """The log, oldest first; kinds: only these."""
        with self._pages() as pages:
            return chain.log_frame(pages.entries(kinds))


def enter_import(pages: Pages, admitted: Sequence[Admitted], at: datetime) -> None:
    """Enter what an import has brought; nothing where it has brought nothing."""
    about, body = stated.imported([a.entry for a in admitted if a.status != "unchanged"])
    if about:
        pages.enter(chain.next_entry("import", about, _text(body), at, "", pages.newest(), pages.start()))


def _keep(pages: Pages, line: Line, at: datetime, by: str) -> None:
    kind, about, body = stated.of_line(line)
    pages.enter(chain.next_entry(kind, about, _text(body), at, by, pages.newest(), pages.start()), line)


def _text(body: Mapping[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
