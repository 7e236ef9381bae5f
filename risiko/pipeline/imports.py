"""Taking records in: from files by a mapping, or a synthetic authority, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from risiko import settings
from risiko.batch import Batch, Part, Receipt, no_rejects
from risiko.errors import InputError, NoStoreYet, NothingToScore
from risiko.pipeline.runs import moved, newest_known, prepare_tables, rank
from risiko.store.base import Store

if TYPE_CHECKING:
    from risiko.synthetic import World

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ImportReport:
    """What an import did or would do. moves: who would change place; only for a dry run on a store with services."""

    receipt: Receipt
    address: str
    dry_run: bool
    moves: pd.DataFrame | None = None


def import_source(
    address: str,
    source: Path,
    mapping: str,
    *,
    now: datetime,
    settings_path: Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Read a regulator's files by a mapping and take them into the store, whole or not at all.

    A store that is not there yet is made only once everything has been read. dry_run keeps nothing and tells instead
    who would move in the ranking, as of the newest date the import tells of. Raises RisikoError of every kind.
    """
    from risiko import ingest
    from risiko.store import open_store

    chosen, rules = settings.load(settings_path), ingest.load_mapping(Path(mapping))
    try:
        store = open_store(address, create=False)
    except NoStoreYet:
        store = open_store("memory:")
    again = ingest.identities(source, rules)
    batch = ingest.read(
        source,
        rules,
        today=now.date(),
        imported_at=now,
        progress=progress,
        known_services=_known_ids(store, "services", "service_id", again),
        known_supervisions=_known_ids(store, "supervisions", "supervision_id", again),
    )
    if dry_run:
        return _rehearsed(store, batch, chosen, address)
    return ImportReport(open_store(address).commit(batch), address, dry_run=False)


def _known_ids(store: Store, table: str, column: str, again: frozenset[tuple[str, str, str]]) -> frozenset[str]:
    """The ids the store keeps. A part that is read again now (source, block, file) tells its own anew."""
    parts = store.imports()
    parts = parts[(parts["table"] == table) & parts["replaced_by"].isna()]
    told = pd.MultiIndex.from_frame(parts[["source", "block", "file"]]).isin(again)
    staying = parts.loc[~told, "part_id"]
    if staying.empty:
        return frozenset()
    rows = store.history(table)
    return frozenset(rows.loc[rows["part_id"].isin(staying), column])


def _rehearsed(store: Store, batch: Batch, chosen: settings.Settings, address: str) -> ImportReport:
    receipt, after = store.rehearse(batch)
    before, day = store.read(), newest_known(after)
    try:
        moves = moved(*(rank(prepare_tables(t, day, chosen)) for t in (before, after))) if day else None
    except NothingToScore:
        moves = None  # before or after, there is no list to move in
    return ImportReport(receipt, address, dry_run=True, moves=moves)


def store_world(store: Store, world: World, *, now: datetime) -> Receipt:
    """Put a synthetic authority's tables, and never its planted truth, into an empty store."""
    if len(store.imports()):
        raise InputError(
            "The demo authority goes into an empty store only.",
            where=store.address,
            hint="name a new file, or delete the old demo",
        )
    parts = tuple(
        Part(
            "demo",
            name,
            f"synthetic:{world.name}",
            name,
            f"{world.name}:{world.seed}:{len(rows)}",
            rows,
            no_rejects(),
            len(rows),
        )
        for name, rows in world.tables.items()
    )
    return store.commit(Batch(parts, now))


def build_demo(path: Path, *, now: datetime, world: str = "plain") -> Receipt:
    """Build a synthetic authority into a new file; an interrupted build leaves nothing behind that looks whole."""
    from risiko import synthetic
    from risiko.store import open_store

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    store = open_store(str(unfinished))
    receipt = store_world(store, synthetic.build(world=world), now=now)
    store.close()
    unfinished.replace(path)
    return receipt
