"""The manifest of a model folder: every file's size and hash, and the facts; and the reading of a folder against it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from risiko.errors import ModelError
from risiko.registry.facts import ModelFacts, as_json, from_json

MANIFEST = "manifest.json"
FORMAT = 1
FOREIGN = "use only models that were trained against this store; train again (risiko train)"


@dataclass(frozen=True)
class Checked:
    """A folder that is what was anchored: the facts, and the contents of its files by name."""

    facts: ModelFacts
    files: Mapping[str, bytes]


def sha256(content: bytes) -> str:
    """The hash of the content as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def manifest_bytes(model_id: str, facts: ModelFacts, files: Mapping[str, bytes]) -> bytes:
    """The manifest for these files, the same for the same content."""
    told = {
        "format": FORMAT,
        "model_id": model_id,
        "files": {name: {"sha256": sha256(content), "bytes": len(content)} for name, content in sorted(files.items())},
        "facts": as_json(facts),
    }
    return json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False).encode()


def read_checked(place: Path, model_id: str, anchored: str) -> Checked:
    """The folder's contents, read once and held against the anchor. Raises ModelError on the first difference.

    Nothing is interpreted before its hash is right, and nothing else may lie in the folder.
    """
    where = str(place)
    if not place.is_dir():
        hint = "copy the whole folder here, name the folder it lies in, or train again (risiko train)"
        raise ModelError(f"The folder of the model {model_id} is not here.", where=where, hint=hint)
    try:
        present = {path.name: path for path in place.iterdir()}
        if MANIFEST not in present:
            raise _half_copied(MANIFEST, where)
        content = _plain_file(present.pop(MANIFEST))
        if sha256(content) != anchored:
            what = f"The manifest of the model {model_id} is not the one that was registered: it has been changed."
            raise ModelError(what, where=where, hint=FOREIGN)
        told = _parsed(content, model_id, where)
        expected: dict[str, Any] = told["files"]
        if absent := sorted(set(expected) - set(present)):
            raise _half_copied(", ".join(absent), where)
        if extra := sorted(set(present) - set(expected)):
            what = f"The folder holds what does not belong to the model: {', '.join(extra)}."
            raise ModelError(what, where=where, hint="move it away; a model's folder is never added to")
        files = {name: _as_registered(present[name], line, where) for name, line in expected.items()}
    except OSError as error:
        what = f"The model's folder cannot be read: {error.strerror or error}."
        raise ModelError(what, where=where, hint="check who may read it") from error
    return Checked(from_json(told["facts"], where), files)


def _parsed(content: bytes, model_id: str, where: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(content)
    if told.get("format") != FORMAT or told.get("model_id") != model_id:
        found = f"format {told.get('format')} for the model {told.get('model_id')}"
        what = f"The manifest has {found}; expected is format {FORMAT} for the model {model_id}."
        raise ModelError(what, where=where, hint="train again with this version of risiko (risiko train)")
    return told


def _as_registered(path: Path, line: Mapping[str, Any], where: str) -> bytes:
    same_size = not path.is_symlink() and path.stat().st_size == line["bytes"]
    content = _plain_file(path) if same_size else b""
    if not same_size or sha256(content) != line["sha256"]:
        what = f"The file {path.name} is not the one that was registered: it has been changed or cut off."
        raise ModelError(what, where=where, hint=FOREIGN)
    return content


def _plain_file(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        what = f"{path.name} is not a plain file."
        raise ModelError(what, where=str(path.parent), hint="copy the model's folder again, as files")
    return path.read_bytes()


def _half_copied(names: str, where: str) -> ModelError:
    return ModelError(f"The model's folder is incomplete: {names} is missing.", where=where, hint="copy it again")
