"""What is computed once and kept beside the store: the same with and without it, and never stale."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from risiko import pipeline, synthetic
from risiko.errors import NothingToScore
from risiko.pipeline.moments import Moment, Moments
from risiko.store import kept as keeping
from risiko.store import open_store
from risiko.store.kept import Kept, fingerprint
from tests import small_authority as small

DAY = small.DATES[0]
FRAME = pd.DataFrame({"a": [1.5, None], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", None])}, index=pd.Index(["p", "q"], name="service_id"))


@pytest.fixture
def beside(tmp_path: Path) -> Kept:
    (tmp_path / "r.db").touch()
    return Kept.beside(str(tmp_path / "r.db"))


def test_a_frame_comes_back_as_it_was(beside: Kept) -> None:
    assert beside.get("k") is None
    beside.put("k", FRAME)
    pd.testing.assert_frame_equal(beside.get("k"), FRAME)
    assert beside.get("other") is None
    assert [path.name for path in beside.folder.iterdir()] == ["k.parquet"]  # nothing half-written is left


@pytest.mark.parametrize("address", ["memory:", "postgresql://nobody@127.0.0.1/x", "absent.db"])
def test_beside_what_is_no_file_nothing_is_kept(address: str) -> None:
    nowhere = Kept.beside(address)
    nowhere.put("k", FRAME)
    assert nowhere.folder is None
    assert nowhere.get("k") is None


def test_a_damaged_file_is_as_good_as_none_and_is_replaced(beside: Kept) -> None:
    beside.put("k", FRAME)
    path = beside.folder / "k.parquet"
    path.write_bytes(path.read_bytes()[:100])
    assert beside.get("k") is None
    beside.put("k", FRAME)
    pd.testing.assert_frame_equal(beside.get("k"), FRAME)


def test_a_folder_that_cannot_be_made_keeps_nothing_and_stops_nobody(beside: Kept) -> None:
    beside.folder.write_text("a file where the folder would be", encoding="utf-8")
    beside.put("k", FRAME)
    assert beside.get("k") is None
    assert beside.folder.is_file()


def test_the_frames_longest_unused_go_first(beside: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "KEEP_AT_MOST", 2)
    for age, key in enumerate(["old", "used", "new"]):
        beside.put(key, FRAME)
        if key != "new":
            os.utime(beside.folder / f"{key}.parquet", (1_000_000 + age,) * 2)
    assert sorted(path.stem for path in beside.folder.iterdir()) == ["new", "used"]
    os.utime(beside.folder / "new.parquet", (2_000_000,) * 2)
    os.utime(beside.folder / "used.parquet", (1_000_000,) * 2)
    beside.get("used")  # makes it the newest
    beside.put("newest", FRAME)
    assert sorted(path.stem for path in beside.folder.iterdir()) == ["newest", "used"]


def test_a_key_names_its_parts_and_their_borders() -> None:
    assert fingerprint("a", "b") == fingerprint("a", "b")
    assert len({fingerprint("a", "b"), fingerprint("b", "a"), fingerprint("ab"), fingerprint("ab", "")}) == 4


def test_a_key_changes_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint("a")
    monkeypatch.setattr(keeping, "_code", lambda: "another version")
    assert fingerprint("a") != before


@pytest.fixture
def authority(tmp_path: Path) -> pipeline.Authority:
    """A copy of the small authority's store, with nothing kept beside it."""
    shutil.copy(small.store_file(), tmp_path / "r.db")
    return pipeline.open_authority(str(tmp_path / "r.db"), small.settings_file())


def stems(authority: pipeline.Authority) -> list[str]:
    return sorted(path.stem for path in Path(authority.store.address + ".cache").glob("*"))


def assert_same(one: Moment, other: Moment) -> None:
    assert one.as_of == other.as_of
    for part in ("inputs", "baselines", "about"):
        pd.testing.assert_frame_equal(getattr(one, part), getattr(other, part), check_exact=True, obj=part)


def test_a_moment_is_the_same_computed_kept_and_without_a_folder(authority: pipeline.Authority) -> None:
    computed = Moments(authority).at(DAY)
    assert len(stems(authority)) == 1
    again = Moments(authority)
    assert_same(again.at(DAY), computed)
    assert again._tables is None  # it came from the folder: the records were not even read
    memory = small.stored(small.world())
    assert_same(Moments(memory).at(DAY), computed)


def test_other_settings_other_records_and_another_day_are_other_moments(authority: pipeline.Authority) -> None:
    Moments(authority).at(DAY)
    Moments(replace(authority, settings=small.rules(signals=("last_finding",)))).at(DAY)
    assert len(stems(authority)) == 2
    few = Moments(replace(authority, settings=small.rules(signals=("last_finding",)))).at(DAY).inputs
    assert {column.partition("|")[0] for column in few} == {"last_finding", "service_type"}
    other = Moments(authority)
    other.version = "after another import"
    other.at(DAY)
    assert len(stems(authority)) == 3


def test_where_nothing_can_be_kept_the_moment_is_computed(authority: pipeline.Authority) -> None:
    Path(authority.store.address + ".cache").write_text("in the way", encoding="utf-8")
    assert len(Moments(authority).at(DAY).inputs) > 100


def test_a_moment_knows_the_services_and_who_was_not_complained_of() -> None:
    moment = small.learner().moments.at(DAY)
    assert list(moment.about) == ["provider_id", "office", "county", "sector", "service_type", "users", "quiet"]
    assert moment.inputs.index.equals(moment.about.index)
    assert moment.inputs.index.equals(moment.baselines.index)
    assert (moment.about["quiet"] == (moment.baselines["complaint_count"].fillna(0) == 0)).all()
    assert 0 < moment.about["quiet"].mean() < 1


def test_a_date_before_anything_was_known_is_refused() -> None:
    with pytest.raises(NothingToScore):
        small.learner().moments.at(DAY.replace(year=1990))


def test_progress_tells_of_every_date() -> None:
    told: list[tuple[str, int, int]] = []
    Moments(small.authority(), lambda *step: told.append(step)).all(small.DATES)
    assert [(done, total) for _, done, total in told] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert str(small.DATES[0]) in told[0][0]


def test_another_store_in_the_place_of_the_first_is_another_version_though_it_is_built_alike() -> None:
    versions = []
    for seed in (1, 2):
        store = open_store("memory:")
        records = synthetic.World(small.world(), small.world()["services"].head(0), "records", seed)
        pipeline.store_world(store, records, now=small.NOW)
        versions.append(pipeline.data_version(pipeline.Authority(store, small.rules())))
    assert versions[0] != versions[1]
