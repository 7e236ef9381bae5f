"""Loading a registered model: every check before a byte of it is turned into an object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from risiko.errors import ModelError
from risiko.registry.environment import check_versions
from risiko.registry.facts import ModelFacts
from risiko.registry.manifest import FOREIGN, read_checked
from risiko.registry.replay import REPLAY, check_replay
from risiko.registry.trusted import JOBLIB, SKOPS, from_bytes
from risiko.scoring.kinds import LearningModel
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store

NAMED = 5  # columns named in a message


@dataclass(frozen=True)
class LoadedModel:
    """A model that passed every check, what is known about it, and its anchor.

    warnings: what differs from where it was trained without being decisive, a sentence for each.
    """

    model: LearningModel
    facts: ModelFacts
    entry: ModelEntry
    warnings: tuple[str, ...] = ()


def load(
    model_id: str, folder: Path, store: Store, *, expects: Sequence[str] | None = None, allow_joblib: bool = False
) -> LoadedModel:
    """The registered model in folder/<model_id>/. Raises ModelError with the first thing that is not as it should be.

    In this order: registered in this store; manifest as anchored; no file changed, missing or too many; libraries;
    inputs as `expects` (names in order; None: not compared); types on the fixed list; the saved rows answered as they
    were. allow_joblib: also a joblib file, which runs code when it is read; even then only behind the same checks.
    """
    entry = find(model_id, store)
    where = str(folder / model_id)
    checked = read_checked(folder / model_id, model_id, entry.manifest_sha256)
    facts, files = checked.facts, checked.files
    warnings = check_versions(facts.libraries, where)
    if expects is not None:
        _check_inputs(facts.features, expects, where)
    name = next((n for n in (SKOPS, JOBLIB) if n in files), None)
    if name is None or REPLAY not in files:
        what = "The model's folder holds no model file, or no rows to check it by."
        raise ModelError(what, where=where, hint="train again (risiko train)")
    if name == JOBLIB and not allow_joblib:
        what = "The model is a joblib file, which runs code when it is read, and that is not allowed."
        raise ModelError(what, where=where, hint="train again in the usual form, or allow joblib files on purpose")
    model = from_bytes(files[name], facts.kind, where, is_joblib=name == JOBLIB)
    check_replay(model, files[REPLAY], where)
    return LoadedModel(model, facts, entry, warnings)


def find(model_id: str, store: Store) -> ModelEntry:
    """The model's anchor in the store. Raises ModelError for a model that was never registered there."""
    models = store.models()
    found = models[(models["model_id"] == model_id).to_numpy()]
    if found.empty:
        what = f"The model {model_id!r} is not registered in this store, so nothing vouches for its files."
        raise ModelError(what, where=store.address, hint=FOREIGN)
    row = found.iloc[0]
    return ModelEntry(
        row["model_id"], row["manifest_sha256"], row["kind"], row["as_of"].date(), row["recorded_at"].to_pydatetime()
    )


def _check_inputs(trained: Sequence[str], expected: Sequence[str], where: str) -> None:
    if list(trained) == list(expected):
        return
    gone, new = ([n for n in a if n not in set(b)] for a, b in ((trained, expected), (expected, trained)))
    said = [f"{word} {len(names)} ({_few(names)})" for word, names in (("lacks", gone), ("adds", new)) if names]
    what = "The model was trained with other inputs than the signals and settings in force give; they have "
    how = f"what it knows in another order ({_few(expected)})" if not said else f"a list that {' and '.join(said)}"
    hint = "train again (risiko train), or use the settings and the data it was trained with"
    raise ModelError(f"{what}{how}.", where=where, hint=hint)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
