"""Saving a fitted model: a folder that appears whole or not at all, and its anchor in the store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pandas as pd

from risiko.errors import ModelError
from risiko.registry.facts import ModelFacts
from risiko.registry.manifest import MANIFEST, manifest_bytes, sha256
from risiko.registry.replay import REPLAY, check_replay, replay_bytes
from risiko.registry.trusted import JOBLIB, SKOPS, from_bytes, to_bytes
from risiko.scoring.kinds import LearningModel
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store

# (facts, entry) -> file name -> text. The entry has no manifest hash yet: the cards stand inside what it covers.
WriteCards = Callable[[ModelFacts, ModelEntry], Mapping[str, str]]
ID_DIGITS = 8


def save(
    model: LearningModel, facts: ModelFacts, replay: pd.DataFrame, folder: Path, store: Store, *, now: datetime,
    write_cards: WriteCards, as_joblib: bool = False,
) -> ModelEntry:  # fmt: skip
    """Write folder/<model_id>/ and anchor its manifest in the store; gives the entry that was recorded.

    model_id: kind, as-of date and the first digits of the model file's hash. replay: rows of inputs (twenty are kept,
    with the model's answers). write_cards: makes the model card. as_joblib: for a model that skops cannot keep; loading
    it must then be allowed in so many words. The model is read back from the bytes and replayed before anything is
    written. Raises ModelError (a type or input that cannot be kept, no room), StoreError (nothing is then left behind).
    """
    columns = tuple(map(str, replay.columns))
    if columns != tuple(facts.features):
        what = "The rows to check the model by do not have the inputs that its facts name, in their order."
        raise ModelError(what, where="replay", hint="give both from the same training matrix")
    content = to_bytes(model, as_joblib=as_joblib)
    model_id = f"{facts.kind}-{facts.as_of.isoformat()}-{sha256(content)[:ID_DIGITS]}"
    files = {JOBLIB if as_joblib else SKOPS: content, REPLAY: replay_bytes(model, replay)}
    check_replay(from_bytes(content, facts.kind, model_id, is_joblib=as_joblib), files[REPLAY], model_id)
    entry = ModelEntry(model_id, "", facts.kind, facts.as_of, now)
    with ExitStack() as undo:
        try:
            manifest = _write(folder / model_id, facts, entry, files, write_cards, undo)
        except OSError as error:
            what = f"The model cannot be saved: {error.strerror or error}."
            hint = "check that you may write there and that the disk has room; nothing was kept"
            raise ModelError(what, where=str(folder), hint=hint) from error
        entry = replace(entry, manifest_sha256=sha256(manifest))
        store.record_model(entry)
        undo.pop_all()
    return entry


def _write(
    place: Path, facts: ModelFacts, entry: ModelEntry, files: Mapping[str, bytes], write_cards: WriteCards,
    undo: ExitStack,
) -> bytes:  # fmt: skip
    """Write everything beside the place and move it there whole; the manifest's bytes. undo takes it all away again."""
    if place.exists():
        raise FileExistsError(None, f"{place.name} is there already")
    new = place.with_name(f".{place.name}.{uuid4().hex}.new")
    undo.callback(shutil.rmtree, new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, content in files.items():
        _write_file(new / name, content)
    cards = {name: text.encode() for name, text in write_cards(facts, entry).items()}
    manifest = manifest_bytes(entry.model_id, facts, {**files, **cards})
    for name, content in {**cards, MANIFEST: manifest}.items():
        _write_file(new / name, content)
    new.rename(place)
    undo.callback(shutil.rmtree, place, ignore_errors=True)
    return manifest


def _write_file(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
