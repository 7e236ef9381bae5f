"""A store in memory: slow and obvious, the reference that every other store must agree with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from risiko.aggregate import as_complaints, condense
from risiko.batch import Batch, Receipt, no_rejects
from risiko.contracts import CONTRACTS, Tables
from risiko.store import anchors, decisions
from risiko.store.admission import Admitted, admit, log_after, receipt
from risiko.store.log import Entry, active, imports_frame
from risiko.store.metadata import metadata_of
from risiko.store.stacking import stack


class MemoryStore:
    """Keeps every part's rows as a frame for as long as the object lives; for tests and for trying things out."""

    address = "memory:"

    def __init__(self) -> None:
        self._log: list[Entry] = []
        self._rows: dict[int, pd.DataFrame] = {}
        self._rejects: dict[int, pd.DataFrame] = {}
        self._models: list[anchors.ModelEntry] = []
        self._promotions: list[anchors.Promotion] = []
        self._draws: list[decisions.DrawLine] = []
        self._weight_sets: list[decisions.WeightSetLine] = []

    def read(self, names: Sequence[str] | None = None, *, only: Mapping[str, Collection[str]] | None = None) -> Tables:
        """The named contract tables (default: all): the rows of the active parts, in the order they came."""
        wanted = only or {}
        tables = _tables(self._log, self._rows, names)
        return {name: f[[c for c in f if c in wanted.get(name, f)]] for name, f in tables.items()}

    def commit(self, batch: Batch) -> Receipt:
        """Take the whole batch or, on any error, nothing: the state changes only after everything is decided."""
        admitted = self._admit(batch)
        self._log, self._rows = self._with(admitted)
        self._rejects |= {a.entry.part_id: a.rejects for a in admitted if a.status != "unchanged"}
        return receipt(admitted)

    def rehearse(self, batch: Batch) -> tuple[Receipt, Tables]:
        """What `commit` would answer and what `read` would then give; nothing is kept."""
        admitted = self._admit(batch)
        return receipt(admitted), _tables(*self._with(admitted), names=None)

    def imports(self) -> pd.DataFrame:
        """Every part ever committed, newest last."""
        return imports_frame(self._log)

    def rejects(self) -> pd.DataFrame:
        """The rejects and warnings of the active parts."""
        frames = [_numbered(e.part_id, self._rejects[e.part_id]) for e in active(self._log)]
        return pd.concat([_numbered(0, no_rejects()), *frames], ignore_index=True)

    def history(self, name: str) -> pd.DataFrame:
        """Every row of one table ever committed, with part_id, replaced ones too."""
        entries = [e for e in self._log if e.table == name]
        rows = stack(name, (self._rows[e.part_id] for e in entries), metadata_of(entries))
        part_ids = [e.part_id for e in entries for _ in range(e.n_good)]
        rows.insert(0, "part_id", pd.Series(part_ids, dtype="int64"))
        return rows

    def size(self, name: str) -> int:
        """How many rows of the table `read` would give."""
        return sum(e.n_good for e in active(self._log) if e.table == name)

    def newest_known(self, name: str) -> date | None:
        """The newest known_date in the table; None where it has no rows."""
        newest = self.read([name])[name]["known_date"].max()
        return None if pd.isna(newest) else newest.date()

    def counted_complaints(self, as_of: date) -> pd.DataFrame:
        """The complaints known at the end of as_of as counted rows."""
        return as_complaints(condense(self.read(["complaints"])["complaints"], as_of))

    def record_model(self, entry: anchors.ModelEntry) -> None:
        """Anchor a fitted model. Raises StoreError where the model_id is registered already."""
        self._models.append(anchors.new_entry(entry, self._models, self.address))

    def models(self) -> pd.DataFrame:
        """Every registered model, oldest first."""
        return anchors.models_frame(self._models)

    def record_promotion(self, model_id: str, why: str, at: datetime, by: str) -> None:
        """Append a decision about which score is in force; model_id "" is the points score."""
        line = anchors.next_promotion(model_id, why, at, by, self._models, self._promotions, self.address)
        self._promotions.append(line)

    def promotions(self) -> pd.DataFrame:
        """Every such decision, oldest first."""
        return anchors.promotions_frame(self._promotions)

    def record_draw(self, record: str, as_of: date, why: str, made_at: datetime, by: str) -> int:
        """Append a draw, chained to the one before; its number."""
        line = decisions.next_draw(record, as_of, why, made_at, by, self._draws, self.address)
        self._draws.append(line)
        return line.seq

    def draws(self) -> pd.DataFrame:
        """Every draw, oldest first."""
        return decisions.draws_frame(self._draws)

    def record_weight_set(
        self, name: str, weights: Mapping[str, float] | None, note: str, made_at: datetime, by: str
    ) -> None:
        """Append a weight set under a name; weights None takes the name away."""
        line = decisions.next_weight_set(name, weights, note, made_at, by, self._weight_sets, self.address)
        self._weight_sets.append(line)

    def weight_sets(self) -> pd.DataFrame:
        """Every line about weight sets, oldest first."""
        return decisions.weight_sets_frame(self._weight_sets)

    def close(self) -> None:
        """Nothing to give back."""

    def _admit(self, batch: Batch) -> list[Admitted]:
        return list(admit(batch, self._log, self._keys))

    def _keys(self, name: str, entries: Sequence[Entry]) -> pd.DataFrame:
        return stack(name, (self._rows[e.part_id] for e in entries), {})[list(CONTRACTS[name].key)]

    def _with(self, admitted: Sequence[Admitted]) -> tuple[list[Entry], dict[int, pd.DataFrame]]:
        taken = {a.entry.part_id: a.rows.copy() for a in admitted if a.status != "unchanged"}
        return log_after(self._log, admitted), self._rows | taken


def _tables(log: Sequence[Entry], rows: dict[int, pd.DataFrame], names: Sequence[str] | None) -> Tables:
    current = active(log)
    return {
        name: stack(name, (rows[e.part_id] for e in current if e.table == name), metadata_of(current))
        for name in (CONTRACTS if names is None else names)
    }


def _numbered(part_id: int, rejects: pd.DataFrame) -> pd.DataFrame:
    numbered = rejects.copy()
    numbered.insert(0, "part_id", pd.Series(part_id, index=rejects.index, dtype="int64"))
    return numbered
