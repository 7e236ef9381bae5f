"""A model folder is opened only when nothing about it has changed, and it holds and answers what it should."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from risiko.registry import (
    library_versions,
    load,
    promote,
    registered,
    save,
)
from risiko.registry.facts import as_json
from risiko.scoring.learned import LearnedScore
from risiko.store import open_store
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store
from tests.models import NOW, ROWS, Foreign, facts, fitted, inputs, one_card, refused, saved


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store.db"), wait_seconds=0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def edited(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        content = (place / name).read_bytes()
        assert old in content
        (place / name).write_bytes(content.replace(old, new, 1))

    return change


def linked(place: Path) -> None:
    aside = place.parent / "aside"
    (place / "model.skops").rename(aside)
    (place / "model.skops").symlink_to(aside)


DAMAGE = {
    "tampered manifest": (edited("manifest.json", b'"n_events": 120', b'"n_events": 121'), "manifest .* has been changed"),
    "manifest emptied": (lambda p: (p / "manifest.json").write_bytes(b""), "manifest .* has been changed"),
    "tampered model": (edited("model.skops", b"LearnedScore", b"LearnedScorf"), "model.skops is not the one"),
    "model cut off": (lambda p: os.truncate(p / "model.skops", 100), "model.skops is not the one"),
    "no model at all any more": (lambda p: (p / "model.skops").write_bytes(b"rubbish"), "model.skops is not the one"),
    "tampered card": (edited("card.md", b"120", b"999"), "card.md is not the one"),
    "tampered replay": (edited("replay.parquet", b"PAR1", b"PAR2"), "replay.parquet is not the one"),
    "model missing": (lambda p: (p / "model.skops").unlink(), "incomplete: model.skops is missing"),
    "manifest missing": (lambda p: (p / "manifest.json").unlink(), "incomplete: manifest.json is missing"),
    "file too many": (lambda p: (p / "model.joblib").write_bytes(b"x"), "does not belong to the model: model.joblib"),
    "folder too many": (lambda p: (p / "more").mkdir(), "does not belong to the model: more"),
    "folder gone": (shutil.rmtree, "is not here"),
    "linked away": (linked, "model.skops is not the one"),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGE)
def test_a_folder_that_is_not_what_was_registered_is_refused(folder: Path, store: Store, case: str) -> None:
    entry = saved(folder, store)
    assert load(entry.model_id, folder, store)
    damage, match = DAMAGE[case]
    damage(folder / entry.model_id)
    told = refused(lambda: load(entry.model_id, folder, store), match)
    assert told.where == str(folder / entry.model_id)


def test_a_folder_whose_files_and_manifest_were_changed_together_is_refused(folder: Path, store: Store) -> None:
    """What a manifest beside its files cannot tell, the anchor outside does."""
    entry = saved(folder, store)
    place = folder / entry.model_id
    other = saved(folder, store, model=LearnedScore(penalty=9.0).fit(inputs(), np.arange(ROWS) % 2))
    manifest = json.loads((folder / other.model_id / "manifest.json").read_text())
    shutil.rmtree(place)
    shutil.copytree(folder / other.model_id, place)
    (place / "manifest.json").write_text(json.dumps({**manifest, "model_id": entry.model_id}))
    refused(lambda: load(entry.model_id, folder, store), "manifest .* has been changed")


@pytest.mark.parametrize("model_id", ["learned-2022-09-30-00000000", "", "../store.db", "/etc"])
def test_a_model_that_this_store_does_not_know_is_refused(folder: Path, store: Store, model_id: str) -> None:
    saved(folder, store)
    refused(lambda: load(model_id, folder, store), "not registered in this store")


def test_a_model_from_another_store_is_foreign(folder: Path, store: Store, tmp_path: Path) -> None:
    entry = saved(folder, open_store(str(tmp_path / "other.db")))
    refused(lambda: load(entry.model_id, folder, store), "not registered in this store")
    refused(lambda: promote(entry.model_id, "good", store, now=NOW), "not registered in this store")


@pytest.mark.parametrize(("expects", "match"), [
    (["findings|standing", *inputs().columns[:2], "service_type"], r"in another order \(findings"),
    (inputs().columns[1:].tolist(), r"lacks 1 \(complaint_rate\|standing\)"),
    ([*inputs().columns, "new"], r"adds 1 \(new\)"),
    ([*inputs().columns[1:], *"abcdef"], r"lacks 1 \(complaint_rate\|standing\) and adds 6 \(a, b, c, d, e, …\)"),
])  # fmt: skip
def test_a_model_trained_with_other_inputs_is_refused(folder: Path, store: Store, expects: list[str], match: str) -> None:
    entry = saved(folder, store)
    refused(lambda: load(entry.model_id, folder, store, expects=expects), match)


@pytest.mark.parametrize("then", ["1.7.2", "0.24.0", "none"])
def test_another_minor_version_of_scikit_learn_is_refused(folder: Path, store: Store, then: str) -> None:
    entry = saved(folder, store, libraries={**library_versions(), "scikit-learn": then})
    assert "risiko train" in refused(lambda: load(entry.model_id, folder, store), f"trained with scikit-learn {then}").hint


def test_a_model_that_does_not_say_its_version_is_refused(folder: Path, store: Store) -> None:
    entry = saved(folder, store, libraries={"numpy": "2.4.0"})
    refused(lambda: load(entry.model_id, folder, store), "does not say which scikit-learn")


def test_other_versions_are_told_and_the_rows_decide(folder: Path, store: Store) -> None:
    here = library_versions()
    patch = ".".join([*here["scikit-learn"].split(".")[:2], "99"])
    then = {**here, "scikit-learn": patch, "numpy": "1.26.0", "gone": "1.0"}
    entry = saved(folder, store, libraries=then)
    assert load(entry.model_id, folder, store).warnings == (
        f"The model was trained with scikit-learn {patch}; here is {here['scikit-learn']}.",
        f"The model was trained with numpy 1.26.0; here is {here['numpy']}.",
        "The model was trained with gone 1.0; here is none.",
    )


# --- folders whose manifest was anchored, whatever is in them


def anchored(folder: Path, store: Store, files: Mapping[str, bytes], told: object = None, **manifest: object) -> str:
    """A folder with these files beside the card, its manifest anchored in the store: only its content can be wrong."""
    model_id = f"learned-2022-09-30-{len(registered(store)):08}"
    place = folder / model_id
    place.mkdir(parents=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    lines = {name: {"sha256": hashlib.sha256(c).hexdigest(), "bytes": len(c)} for name, c in files.items()}
    content = {"format": 1, "model_id": model_id, "files": lines, "facts": told or as_json(facts()), **manifest}
    (place / "manifest.json").write_text(json.dumps(content))
    digest = hashlib.sha256((place / "manifest.json").read_bytes()).hexdigest()
    store.record_model(ModelEntry(model_id, digest, "learned", date(2022, 9, 30), NOW))
    return model_id


@pytest.fixture
def files(folder: Path, store: Store) -> dict[str, bytes]:
    """The files of a sound folder."""
    place = folder / saved(folder, store).model_id
    return {name: (place / name).read_bytes() for name in ("model.skops", "replay.parquet")}


def test_a_folder_anchored_by_hand_is_as_good(folder: Path, store: Store, files: dict[str, bytes]) -> None:
    assert load(anchored(folder, store, files), folder, store).facts.n_rows == 400


def test_types_outside_the_list_are_refused_before_they_are_made(folder: Path, store: Store, files: dict[str, bytes]) -> None:
    import skops.io

    hidden = LearnedScore({"findings": Foreign()}, penalty=1.0).fit(inputs(), np.arange(ROWS) % 2)
    for model in (Foreign(), hidden):
        model_id = anchored(folder, store, {**files, "model.skops": skops.io.dumps(model)})
        refused(lambda name=model_id: load(name, folder, store), r"types that risiko does not open\..*Foreign")


def test_a_harmless_type_that_is_no_model_of_the_kind_is_refused(folder: Path, store: Store, files: dict[str, bytes]) -> None:
    import skops.io

    model_id = anchored(folder, store, {**files, "model.skops": skops.io.dumps(LogisticRegression())})
    refused(lambda: load(model_id, folder, store), "holds a sklearn.*LogisticRegression, which is not what")


def test_a_file_that_is_no_model_file_is_refused(folder: Path, store: Store, files: dict[str, bytes]) -> None:
    model_id = anchored(folder, store, {**files, "model.skops": b"PK rubbish"})
    refused(lambda: load(model_id, folder, store), "cannot be read")


@pytest.mark.parametrize("absent", ["model.skops", "replay.parquet"])
def test_a_folder_without_model_or_rows_is_refused(folder: Path, store: Store, files: dict[str, bytes], absent: str) -> None:
    del files[absent]
    refused(lambda: load(anchored(folder, store, files), folder, store), "no model file, or no rows")


@pytest.mark.parametrize(("shift", "sound"), [(9e-10, True), (2e-9, False), (float("nan"), False)])
def test_a_model_that_answers_otherwise_is_refused(folder: Path, store: Store, files: dict[str, bytes], shift: float, sound: bool) -> None:
    rows = pd.read_parquet(BytesIO(files["replay.parquet"]))
    rows.loc[7, "log_odds"] += shift
    model_id = anchored(folder, store, {**files, "replay.parquet": rows.to_parquet(index=False)})
    if sound:
        assert load(model_id, folder, store)
    else:
        refused(lambda: load(model_id, folder, store), "answers 1 of 20 saved rows otherwise")


def test_a_model_that_cannot_answer_is_refused(folder: Path, store: Store, files: dict[str, bytes]) -> None:
    rows = pd.read_parquet(BytesIO(files["replay.parquet"])).drop(columns="service_type")
    model_id = anchored(folder, store, {**files, "replay.parquet": rows.to_parquet(index=False)})
    refused(lambda: load(model_id, folder, store), "cannot answer the rows .*service_type")


def test_rows_that_cannot_be_read_are_refused(folder: Path, store: Store, files: dict[str, bytes]) -> None:
    model_id = anchored(folder, store, {**files, "replay.parquet": b"PAR1 rubbish"})
    refused(lambda: load(model_id, folder, store), "cannot answer the rows")


@pytest.mark.parametrize(("told", "manifest", "match"), [
    (None, {"format": 2}, "has format 2"),
    (None, {"model_id": "learned-2022-09-30-ffffffff"}, "for the model learned-2022-09-30-ffffffff"),
    ({"kind": "learned"}, {}, "another version of risiko"),
    ({**as_json(facts()), "kind": "oracle"}, {}, "another version of risiko"),
    ({**as_json(facts()), "as_of": "soon"}, {}, "another version of risiko"),
    ({**as_json(facts()), "more": 1}, {}, "another version of risiko"),
])  # fmt: skip
def test_a_manifest_of_another_version_is_refused(
    folder: Path, store: Store, files: dict[str, bytes], told: object, manifest: dict[str, object], match: str
) -> None:
    refused(lambda: load(anchored(folder, store, files, told, **manifest), folder, store), match)


# --- joblib, only through the same gate


class Touch:
    """When unpickled it makes a file: what a crafted model file could do."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (self.path, "w"))


def test_a_joblib_file_is_opened_only_on_purpose_and_only_as_anchored(folder: Path, store: Store, tmp_path: Path) -> None:
    entry = save(fitted(), facts(), inputs(), folder, store, now=NOW, write_cards=one_card, as_joblib=True)
    assert (folder / entry.model_id / "model.joblib").exists()
    refused(lambda: load(entry.model_id, folder, store), "joblib file, which runs code")
    back = load(entry.model_id, folder, store, allow_joblib=True)
    np.testing.assert_array_equal(back.model.decision_function(inputs()), fitted().decision_function(inputs()))

    marker = tmp_path / "touched"
    crafted = pickle.dumps(Touch(str(marker)))
    (folder / entry.model_id / "model.joblib").write_bytes(crafted)
    refused(lambda: load(entry.model_id, folder, store, allow_joblib=True), "model.joblib is not the one")
    refused(lambda: load("learned-2022-09-30-12345678", folder, store, allow_joblib=True), "not registered")
    assert not marker.exists(), "nothing of it was run"
    pickle.loads(crafted).close()
    assert marker.exists(), "it would have run"
