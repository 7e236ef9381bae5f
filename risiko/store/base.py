"""What a store does: read every table, take a whole batch or nothing, remember imports and rejects."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

import pandas as pd

from risiko.batch import Batch, Receipt
from risiko.contracts import Tables
from risiko.store.anchors import ModelEntry
from risiko.store.chain import Fault
from risiko.store.erasing import Erasure


class Store(Protocol):
    """An append-only home for the contract tables.

    Reading gives the rows of the *active* parts: where a corrected file has replaced an earlier one, only the
    newer part's rows. The replaced rows stay and are found under `history`.
    """

    @property
    def address(self) -> str:
        """Where the store is, for messages; never with a password."""

    def read(self, names: Sequence[str] | None = None, *, only: Mapping[str, Collection[str]] | None = None) -> Tables:
        """The named contract tables (default: all), conformed, each by one query, with services' metadata columns.

        only: for a table named there just these of its columns, in contract order; a large table reads faster so.
        Raises StoreError, as every other method, when what the store holds is damaged and cannot be read.
        """

    def commit(self, batch: Batch) -> Receipt:
        """Take the whole batch in one transaction, or, on any error, nothing.

        A part whose identity (source, block, file) and content hash are already active is "unchanged" and adds
        nothing; one with another hash replaces the active part. A row whose key stands in another active part is
        not taken but listed as a reject (reason duplicate_key), and the other rows of its source row stay out too.
        Rejects are kept and can be read back; the refused rows themselves are not kept. So when the row that stood
        in the way is gone, and the refused one's file is offered again with the same content, its part is "replaced"
        by itself with what is free now. A metadata column may change its kind when no part that stays carries it.
        """

    def rehearse(self, batch: Batch) -> tuple[Receipt, Tables]:
        """What `commit` would answer and what `read` would then give; nothing is written or locked."""

    def imports(self) -> pd.DataFrame:
        """Every part ever committed, newest last.

        part_id, source, block, file, table, content_hash, imported_at (UTC where the batch said its time zone),
        n_read, n_good, n_rejected, n_warnings, n_left_out, n_replaced (rows of the part it took the place of, else 0),
        replaced_by (part_id or missing). n_rejected and n_warnings count source rows.
        """

    def rejects(self) -> pd.DataFrame:
        """The rejects and warnings of the active parts: part_id and the columns of batch.REJECT_COLUMNS."""

    def history(self, name: str) -> pd.DataFrame:
        """Every row of one table ever committed, with part_id, replaced ones too.

        A metadata column whose kind was corrected is text, since its rows are of several kinds.
        """

    def size(self, name: str) -> int:
        """How many rows of the table `read` would give; known without reading them."""

    def newest_known(self, name: str) -> date | None:
        """The newest known_date in the table; None where it has no rows."""

    def counted_complaints(self, as_of: date) -> pd.DataFrame:
        """The complaints known at the end of as_of as counted rows: see aggregate.condense and as_complaints.

        They are complaints by contract, one row for those alike in everything but the day of the month, and give the
        same counts by month. The table itself need not fit into memory. Raises StoreError where what counts them is
        not installed (the extra `big`).
        """

    def record_model(self, entry: ModelEntry) -> None:
        """Anchor a fitted model: from now on its manifest must have this hash. An anchor is never changed or removed.

        Raises StoreError where the model_id is registered already.
        """

    def models(self) -> pd.DataFrame:
        """Every registered model, oldest first: model_id, manifest_sha256, kind, as_of, recorded_at (UTC)."""

    def record_promotion(self, model_id: str, why: str, at: datetime, by: str) -> None:
        """Append a decision about which score is in force; model_id "" is the points score.

        Raises StoreError for a model that is not registered here, and for a blank reason.
        """

    def promotions(self) -> pd.DataFrame:
        """Every such decision, oldest first: seq, model_id ("" for points), why, at (UTC), by. The last one holds."""

    def record_draw(self, record: str, as_of: date, why: str, made_at: datetime, by: str) -> int:
        """Append a draw (its record as JSON) and give its number; it is never changed or removed.

        Its hash is chained to the draw before (store.decisions). Raises StoreError for a blank reason or name.
        """

    def draws(self) -> pd.DataFrame:
        """Every draw, oldest first: seq, made_at (UTC), by, why, as_of, record, sha256."""

    def record_weight_set(
        self, name: str, weights: Mapping[str, float] | None, note: str, made_at: datetime, by: str
    ) -> None:
        """Append a weight set under a name; the newest of a name holds, and weights None takes the name away.

        Raises StoreError for a blank name, and for taking away a name that does not hold.
        """

    def weight_sets(self) -> pd.DataFrame:
        """Every such line, oldest first: seq, name, weights (JSON; missing: taken away), note, made_at (UTC), by."""

    def append(self, kind: str, about: str, body: str, at: datetime, by: str, *, after: int | None = None) -> int:
        """Append an entry to the log and give its seq; it is never changed or removed.

        kind: of vocabulary.LOG_KINDS. about: what it concerns (a service_id, the number of a plan, …). body: JSON.
        Its hash is chained to the entry before. after: the seq of the newest entry of this kind that the writer has
        seen (0: none). Raises Stale, with nothing written, where another has been appended since, and StoreError for an
        unknown kind, a blank name or a body that is no JSON. What other methods keep (an import, a model, a
        promotion, a draw, a weight set) they enter here too, in the same transaction.
        """

    def log(self, kinds: Sequence[str] | None = None) -> pd.DataFrame:
        """The log, oldest first: seq, at (UTC), by, kind, about, body, sha256. kinds: only these; default all."""

    def save_draft(self, draft_id: str, by: str, body: str, at: datetime) -> None:
        """Keep a draft (body: JSON), in the place of an earlier one of that id by the same person.

        Drafts stand outside the log: they may be changed and removed. Raises StoreError where the earlier one is
        somebody else's, and for a blank id or name or a body that is no JSON.
        """

    def drafts(self, by: str | None = None) -> pd.DataFrame:
        """Every draft, or one person's, the one saved last at the end: draft_id, by, saved_at (UTC), body."""

    def remove_draft(self, draft_id: str) -> None:
        """Remove a draft; nothing where there is none."""

    def erase(
        self, erasures: Sequence[Erasure], drafts: Collection[str], about: str, at: datetime, by: str
    ) -> dict[str, int]:
        """Take texts out of rows that stay, and drafts away: in every row ever committed, replaced ones too.

        All of it in one transaction, with one entry of kind "purge" that tells how many rows lost something by table
        (rejects and drafts among them; none: no entry), which is also the answer. Their bytes leave the database's
        files with it; where an earlier call was stopped before that, this one does it, even with nothing else to do.
        Raises StoreError for a column that may not be missing, and for a blank name.
        """

    def verify(self) -> list[Fault]:
        """What is wrong with the log and the lines it tells of, oldest first; nothing where all is whole.

        Each model, promotion, draw, weight set and imported part is held against the entry that tells of it; those from
        before the store had a log against the hash that the log began with.
        """

    def close(self) -> None:
        """Give back files and connections."""
