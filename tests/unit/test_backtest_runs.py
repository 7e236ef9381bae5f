"""Running a backtest: broken off and gone on with, kept and read again, and refused where it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline
from risiko.errors import InputError, NothingToScore, TooLittleToLearn
from risiko.evaluate.backtest import Backtest
from risiko.evaluate.folds import Fold
from risiko.pipeline.backtesting import backtest, checked, fold_of
from risiko.pipeline.learning import Fitted, Learner
from risiko.pipeline.moments import Moments
from risiko.pipeline.validation import kept_folds, key_of, trial_dates
from risiko.reports.backtest_files import KEY, PARTS, SERIES, TABLES, KeptFolds, read_backtest, write_backtest
from tests import small_authority as small

DATES = small.DATES[1:]


def run(
    dates: Sequence[date] = DATES, folder: Path | None = None, labels: pd.DataFrame | None = None, **more: object
) -> Backtest:
    kept = kept_folds(small.authority(), folder, ["learned"], labels) if folder else None
    return backtest(small.authority(), dates, kept=kept, labels=labels, **{"learner": small.learner(), **more})


@pytest.fixture(scope="module")
def whole() -> Backtest:
    return run()


def assert_same(one: Backtest, other: Backtest, **how: object) -> None:
    assert one.models == other.models
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name, **how)


class Never(Learner):
    """A learner for whoever has nothing left to learn."""

    def fit(self, at: date, kind: str = "learned") -> Fitted:
        raise AssertionError(f"{kind} was trained again for {at}")


def never() -> Never:
    return Never(Moments(small.authority()))


def test_a_fold_comes_back_from_its_files_as_it_was(tmp_path: Path) -> None:
    fold, kept = fold_of(small.learner(), DATES[0], ["learned"]), KeptFolds(tmp_path, "key")
    assert kept.get(DATES[0]) is None
    kept.put(fold)
    again = kept.get(DATES[0])
    assert isinstance(again, Fold)
    for name in (*PARTS, "facts"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(fold, name), check_exact=True)
    for name in SERIES:
        pd.testing.assert_series_equal(getattr(again, name), getattr(fold, name), check_exact=True, check_names=False)
    assert KeptFolds(tmp_path, "another").get(DATES[0]) is None
    assert kept.get(DATES[1]) is None


def test_what_is_kept_is_used_again_and_gives_the_same(tmp_path: Path, whole: Backtest) -> None:
    first = run(folder=tmp_path)
    assert_same(first, whole)
    assert_same(run(folder=tmp_path, learner=never()), whole)
    with pytest.raises(AssertionError, match="trained again"):  # nothing was kept for that date
        run([small.DATES[0]], folder=tmp_path, learner=never())


@pytest.mark.parametrize("stop_at", [0, 1])
def test_a_run_broken_off_leaves_nothing_half_written_and_the_next_one_goes_on(
    tmp_path: Path, whole: Backtest, stop_at: int
) -> None:
    def impatient(_: str, done: int, __: int) -> None:
        if done == stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder=tmp_path, progress=impatient)
    left = sorted(path.name for path in (tmp_path / "folds").iterdir())
    assert len(left) == 2 * stop_at  # a date has its rows and its facts, or nothing
    assert not [name for name in left if not name.endswith(".parquet")]
    assert read_backtest(tmp_path) is None
    told: list[str] = []
    assert_same(run(folder=tmp_path, progress=lambda label, *_: told.append(label)), whole)
    assert told == [*(f"as of {day}" for day in DATES), "done"]
    assert len(list((tmp_path / "folds").iterdir())) == 2 * len(DATES)


@pytest.mark.parametrize("kind", ["rows", "facts"])
def test_a_damaged_fold_is_computed_again(tmp_path: Path, whole: Backtest, kind: str) -> None:
    run(folder=tmp_path)
    path = next((tmp_path / "folds").glob(f"{DATES[0]}-*-{kind}.parquet"))
    path.write_bytes(path.read_bytes()[:50])
    assert_same(run(folder=tmp_path), whole)
    assert_same(run(folder=tmp_path, learner=never()), whole)


def test_folds_of_other_settings_models_records_or_labels_are_not_used(tmp_path: Path) -> None:
    opened = small.authority()
    labels = pd.DataFrame({"as_of": [str(DATES[0])], "service_id": ["x"], "outcome": [1]})
    keys = {
        kept_folds(opened, tmp_path, ["learned"]).key,
        kept_folds(opened, tmp_path, ["learned", "boosting"]).key,
        kept_folds(opened, tmp_path, ["learned"], labels).key,
        kept_folds(opened, tmp_path, ["learned"], labels.assign(outcome=0)).key,
        kept_folds(replace(opened, settings=small.rules(clip=3.0)), tmp_path, ["learned"]).key,
        kept_folds(small.stored(small.world()), tmp_path, ["learned"]).key,
    }
    assert len(keys) == 5  # the same records and settings in another store are the same
    assert kept_folds(opened, tmp_path, ["learned"]).key in keys


def test_the_order_and_repetition_of_the_dates_are_no_matter(whole: Backtest) -> None:
    assert_same(run([*reversed(DATES), DATES[0]]), whole)


def test_a_backtest_is_written_and_read_back_to_the_last_digit(tmp_path: Path, whole: Backtest) -> None:
    paths = write_backtest(whole, tmp_path, "the key")
    assert {path.name for path in paths} == {f"{name}.csv" for name in TABLES}
    assert {path.name for path in tmp_path.iterdir()} == {KEY, *(path.name for path in paths)}
    read = read_backtest(tmp_path)
    assert read is not None
    again, key = read
    assert key == "the key"
    assert again.dates == whole.dates
    for name in TABLES:
        one, other = (frame.astype({c: "datetime64[us]" for c in ("as_of", "recalibrated_on") if c in frame})
                      for frame in (getattr(again, name), getattr(whole, name)))  # fmt: skip
        pd.testing.assert_frame_equal(one, other, check_exact=True, check_dtype=False, obj=name)
    pd.testing.assert_frame_equal(again.mean(), whole.mean(), check_exact=True, check_dtype=False)
    assert again.better("learned", "random") == whole.better("learned", "random")


def test_a_result_that_is_not_whole_is_no_result(tmp_path: Path, whole: Backtest) -> None:
    assert read_backtest(tmp_path / "absent") is None
    write_backtest(whole, tmp_path, "key")
    (tmp_path / "days.csv").unlink()
    assert read_backtest(tmp_path) is None
    write_backtest(whole, tmp_path, "key")
    (tmp_path / KEY).unlink()  # as when a run is broken off while writing
    assert read_backtest(tmp_path) is None


def test_the_kept_validation_is_current_until_records_or_settings_change() -> None:
    tried, opened = small.tried(), small.authority()
    saved = pipeline.saved_validation(opened)
    assert saved is not None
    assert saved.current
    pd.testing.assert_frame_equal(saved.backtest.mean(), tried.mean(), check_dtype=False)
    changed = pipeline.saved_validation(replace(opened, settings=small.rules(clip=3.0)))
    assert changed is not None
    assert not changed.current
    assert pipeline.validation_folder(small.stored(small.world())) is None
    assert pipeline.saved_validation(small.stored(small.world())) is None


def test_outcomes_of_ones_own_are_what_the_score_is_judged_by(tmp_path: Path, whole: Backtest) -> None:
    cohort = small.learner().moments.at(DATES[0]).inputs.index[:40]
    labels = pd.DataFrame({"as_of": str(DATES[0]), "service_id": cohort, "outcome": [1, 0] * 20})
    found = run([DATES[0]], folder=tmp_path, labels=labels)
    mine = found.comparison.query("population == 'supervised' and metric == 'auc' and method == 'learned' and against == ''")
    assert mine[["n", "events"]].to_numpy().tolist() == [[40, 20]]
    facts = [frame.set_index("as_of").loc[[pd.Timestamp(DATES[0])], ["n", "n_events", "slope"]] for frame in (found.folds, whole.folds)]
    pd.testing.assert_frame_equal(*facts)  # it still learned from the store's
    other = run([DATES[0]], folder=tmp_path, labels=labels.assign(outcome=[0, 1] * 20))
    assert other.comparison["value"].iloc[0] == pytest.approx(1 - found.comparison["value"].iloc[0])
    # A result by other outcomes is not taken for one of the records.
    assert key_of(small.authority(), labels) != key_of(small.authority())


LABELS = pd.DataFrame({"as_of": ["2022-05-31", "2022-05-31"], "service_id": [1, 2], "outcome": [1, None]})


def test_labels_are_read_as_dates_text_and_numbers() -> None:
    found = checked(LABELS)
    assert found["service_id"].tolist() == ["1", "2"]
    assert found["as_of"].tolist() == [pd.Timestamp("2022-05-31")] * 2
    assert found["outcome"].tolist() == pytest.approx([1, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (LABELS.drop(columns="outcome"), "lack outcome"),
        (LABELS.assign(as_of=["2022-05-31", "soon"]), "'soon' is not a date"),
        (LABELS.assign(outcome=[1, 2]), "neither 0, 1 nor blank"),
        (LABELS.assign(outcome=["yes", None]), "neither 0, 1 nor blank"),
        (LABELS.assign(service_id=1), "two outcomes at one date"),
        (LABELS, "say nothing about 2023-05-31"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(labels: pd.DataFrame, told: str) -> None:
    with pytest.raises(InputError, match=told) as error:
        run([DATES[1]], labels=labels)
    assert error.value.hint


@pytest.mark.parametrize(
    ("day", "error", "told"),
    [
        (date(2030, 5, 31), InputError, "window after 2030-05-31 ends on 2031-05-31, and the records end before that"),
        (date(2024, 5, 31), InputError, "records end before"),  # the window is not whole
        (date(1990, 5, 31), NothingToScore, "No service can be scored as of 1990-05-31"),
        (date(2019, 5, 31), TooLittleToLearn, "learn"),
    ],
)
def test_a_date_that_cannot_be_tried_is_refused(day: date, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        run([day])


def test_without_a_date_there_is_nothing_to_try() -> None:
    with pytest.raises(InputError, match="no date"):
        run([])


def test_dates_too_early_to_learn_are_left_out_when_others_can_be_tried(whole: Backtest) -> None:
    assert_same(run([date(2020, 5, 31), *DATES]), whole)


def test_the_dates_tried_unasked_are_the_newest_that_can_be() -> None:
    learner = small.learner()
    found = trial_dates(learner)
    assert found == small.DATES
    horizon = pd.Timedelta(days=365)
    assert pd.Timestamp(found[-1]) + horizon <= learner.moments.judged.recorded
    assert pd.Timestamp(found[-1]) + pd.offsets.MonthEnd(1) + horizon > learner.moments.judged.recorded
    assert trial_dates(learner, most=2) == small.DATES[1:]


def test_nothing_on_record_gives_no_dates_to_try() -> None:
    empty = {**small.world(), **{name: small.world()[name].head(0) for name in ("supervisions", "findings")}}
    with pytest.raises(TooLittleToLearn, match="No supervision on record"):
        trial_dates(Learner(Moments(small.stored(empty))))
