"""The notebook door: every answer is a frame, shows itself safely, and tells a person what is wrong."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import risiko
from risiko import api, pipeline, synthetic
from risiko.api.asked import months, trial_days
from risiko.api.pictures import told
from risiko.api.progress import Progress
from risiko.api.scored import names_of
from risiko.errors import InputError, ModelError, NoStoreYet, RisikoError, SettingsError
from risiko.reports.backtest_files import KeptFolds
from risiko.reports.chart_rows import step_rows
from risiko.store import open_store
from tests.small_authority import LITTLE

DAY, LATER = "2024-05-31", "2024-11-30"
FAR = f"{date.today() + timedelta(days=400)}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of few services, with settings that let something be learned from them."""
    folder = tmp_path_factory.mktemp("api")
    store = open_store(str(folder / "r.db"))
    world = synthetic.build(n_services=400, years=5, end=date(2025, 12, 31), seed=3)
    pipeline.store_world(store, world, now=datetime(2026, 1, 1))
    store.close()
    (folder / "own.toml").write_text(LITTLE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def authority(place: Path) -> api.Authority:
    return risiko.open(place / "r.db", place / "own.toml", place / "models")


@pytest.fixture(scope="module")
def scored(authority: api.Authority) -> api.Scored:
    return authority.score(DAY)


@pytest.fixture(scope="module")
def tried(authority: api.Authority) -> api.Tried:
    return authority.backtest([DAY])


@pytest.fixture(scope="module")
def trained(authority: api.Authority) -> api.Trained:
    return authority.train(LATER)


# --- How a result shows itself ---


def test_a_table_shows_its_caption_and_first_rows_and_escapes_both() -> None:
    rows = pd.DataFrame({"<i>": [f"<script>{i}</script>" for i in range(12)]})
    shown = api.Table(rows, 'Rows & "<b>more</b>".')._repr_html_()
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert "&lt;script&gt;9&lt;/script&gt;" in shown
    assert "10&lt;" not in shown
    assert "Rows &amp; &quot;&lt;b&gt;more&lt;/b&gt;&quot;. 10 of 12 rows are shown" in shown


def test_cells_are_short_and_a_missing_one_is_not_zero() -> None:
    rows = pd.DataFrame({"x": [0.0, np.nan, 1.23456], "when": pd.to_datetime(["2024-01-31", None, "2024-02-01"]),
                         "names": [["a", "b"], [], ["c"]]})  # fmt: skip
    assert repr(api.Table(rows, "Told.")).splitlines() == [
        "Told.", "    x       when names", "    0 2024-01-31  a, b", "    –          –     –", "1.235 2024-02-01     c",
    ]  # fmt: skip


def test_a_frame_is_ones_own(authority: api.Authority, scored: api.Scored) -> None:
    for result in (authority.signals(), scored, scored.by_group()):
        taken = result.frame()
        taken.iloc[:, 0] = "changed"
        assert "changed" not in set(result.frame().iloc[:, 0].astype("str"))


# --- Opening, signals, scores ---


def test_completion_offers_the_few_names_and_importing_loads_nothing_of_them() -> None:
    assert {"Authority", "compare", "explain", "open"} <= set(dir(risiko))
    public = {name for name in dir(api.Authority) if not name.startswith("_")}
    assert public == {
        "backtest", "brief", "caption", "draws", "explain", "frame", "language", "models", "promote", "rejects", "score",
        "signals", "t", "tables", "train", "weight_sets",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["signals", "score", "explain", "train", "backtest", "promote"])
def test_every_step_of_the_way_has_an_example(name: str) -> None:
    assert "Example: `authority." in (getattr(api.Authority, name).__doc__ or "")


def test_an_authority_shows_its_tables_and_the_score_in_force(authority: api.Authority) -> None:
    frame = authority.frame().set_index("table")
    assert frame.loc["services", "rows"] == len(authority.tables()["services"]) > 400
    assert frame.loc["complaints", "newest"] <= pd.Timestamp("2025-12-31")
    assert "In force: Points score" in authority.caption
    assert len(authority.rejects().frame()) == 0


def test_open_goes_by_the_environment(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISIKO_STORE", str(place / "r.db"))
    monkeypatch.setenv("RISIKO_SETTINGS", str(place / "own.toml"))
    monkeypatch.setenv("RISIKO_MODELS", str(place / "elsewhere"))
    opened = risiko.open(language="nn").opened
    assert opened.settings.learning.minimum_events == 15
    assert opened.models == place / "elsewhere"


def test_the_catalogue_has_every_signal_and_a_date_its_readings(authority: api.Authority) -> None:
    catalogue, readings = authority.signals().frame(), authority.signals(DAY)
    read = readings.frame()
    assert set(read["signal"]) == set(catalogue["signal"])
    assert {"service_id", "signal", "value", "n", "expected", "standing", "standing_sd", "missing"} <= set(read)
    assert readings.brief()["service_id"].nunique() == 1
    assert (read["value"].isna() == read["missing"].notna()).all()


def test_a_score_is_the_pipelines_own(authority: api.Authority, scored: api.Scored) -> None:
    run = pipeline.rank(pipeline.prepare(authority.opened, date.fromisoformat(DAY)))
    pd.testing.assert_frame_equal(scored.frame(), run.table.frame())
    assert scored.ranking()["rank"].is_monotonic_increasing
    assert "31 May 2024. Score: Points score." in scored.caption
    assert set(scored.signals()) == set(authority.signals(DAY).frame())


def test_contributions_and_the_picture_add_up_to_the_likelihood(authority: api.Authority, scored: api.Scored) -> None:
    first = scored.ranking().iloc[0]
    why = authority.explain(scored, first["service_id"])
    odds = np.log(first["likelihood"] / (1 - first["likelihood"]))
    assert why.detail.base + why.frame()["contribution"].sum() == pytest.approx(odds)
    steps = step_rows(why.detail.contributions, why.detail.base, names_of(scored.run, scored))
    assert steps["end"].iloc[-1] == pytest.approx(odds)
    assert (steps["start"].iloc[2:-1].to_numpy() == steps["end"].iloc[1:-2].to_numpy()).all()
    assert list(why.criteria()["criterion"]) == ["probability", "consequence", "legal_protection", "self_advocacy"]


def test_own_weights_move_the_list_and_are_named(authority: api.Authority, scored: api.Scored) -> None:
    other = authority.score(DAY, weights={"experience_mean": 2.0})
    moved = risiko.compare(scored, other)
    assert isinstance(moved, api.Moved)
    frame = moved.frame()
    assert list(frame) == ["service_id", "name", "rank_before", "rank_after", "places", "why"]
    assert (frame["places"] == frame["rank_before"] - frame["rank_after"]).all()
    # Only this weight is another; it also makes the place of those without experience more or less certain.
    assert set(frame["why"]) - {"certainty", "others"} == {"experience_mean"}
    assert "to “Points score (experience_mean 2), 31 May 2024”" in moved.caption
    assert risiko.compare(scored, scored).frame().empty


def test_groups_are_those_of_the_page(scored: api.Scored) -> None:
    groups = scored.by_group("sector", capacity=30)
    assert set(groups.brief()["group"]) <= {"health", "social", "child_welfare", "~others"}
    top = groups.brief()
    assert (top["value"] * top["n"]).sum() == pytest.approx((scored.frame()["rank"] <= 30).sum(), abs=1)
    assert {"measure", "group", "share"} <= set(groups.voices())
    assert {"basis", "measure", "group"} <= set(groups.pairs())


# --- Learning ---


def test_a_backtest_has_its_dates_its_measures_and_its_nulls(tried: api.Tried) -> None:
    assert set(tried.frame()["as_of"].dt.strftime("%Y-%m-%d")) == {DAY}
    rows = tried.against("points")
    assert list(rows) == ["metric", "at", "value", "low", "high", "told", "n", "events"]
    assert not rows["metric"].isin(["calibration_slope", "observed_over_expected"]).any()
    auc = rows.set_index("metric").loc["auc"]
    assert auc["told"] == ("better" if auc["low"] > 0 else "worse" if auc["high"] < 0 else "not_shown")
    assert list(tried.brief().columns) == ["method", "auc", "average_precision", "lift"]
    assert set(tried.brief()["method"]) >= {"learned", "random", "points", "last_outcome"}
    assert "One date may be luck" in tried.caption.replace("Only one date was measured. ", "")
    assert tried.by_date()["n"].sum() == tried.backtest.folds["tested"].sum()
    assert {"expected", "observed", "observed_low", "observed_high"} <= set(tried.calibration())
    assert set(tried.corrected()["estimate"]) == {"naive", "ipw", "snipw", "dr", "random_arm"}


def test_dates_of_ones_own_leave_the_pages_backtest_alone(authority: api.Authority, tried: api.Tried) -> None:
    kept = pipeline.saved_validation(authority.opened)
    assert tried.backtest.dates == [pd.Timestamp(DAY)]
    assert kept is None or len(kept.backtest.dates) > 1


def test_a_backtest_goes_on_from_what_was_kept(authority: api.Authority, tried: api.Tried) -> None:
    fold = tried.folds()[0]
    assert tried.kept is not None
    tried.kept.put(replace(fold, scores=fold.scores.assign(learned=fold.scores["points"])))
    again = authority.backtest([DAY])
    tried.kept.put(fold)
    assert (again.against("points").dropna()["value"] == 0).all()


def test_a_score_beside_itself_makes_no_difference_and_beside_another_its_own(tried: api.Tried, tmp_path: Path) -> None:
    same = risiko.compare(tried, tried)
    assert isinstance(same, api.Differences)
    assert (same.frame()[["value", "low", "high"]].dropna() == 0).all(axis=None)
    assert set(same.frame()["told"]) <= {"not_shown", "unknown"}
    fold, turned = tried.folds()[0], KeptFolds(tmp_path, "points under the name of the learned score")
    turned.put(replace(fold, scores=fold.scores.assign(learned=fold.scores["points"])))
    points = replace(tried, kept=turned)
    difference = risiko.compare(tried, points).frame().set_index("metric")["value"]
    assert difference["auc"] == pytest.approx(-tried.against("points").set_index("metric")["value"]["auc"])


def test_a_trained_model_scores_is_listed_and_is_not_in_force(authority: api.Authority, trained: api.Trained) -> None:
    assert trained.id in set(authority.models().frame()["model_id"])
    assert authority.models().in_force == "points"
    assert authority.score(LATER).frame()["model_id"].unique().tolist() == ["points"]
    assert authority.score(LATER, model=trained).frame()["model_id"].unique().tolist() == [trained.id]
    assert set(trained.brief()["metric"]) <= {"auc", "average_precision"}
    assert "It is not in force" in trained.caption
    assert trained.card().startswith(f"# Model card: {trained.id}")


def test_what_is_not_shown_better_is_not_promoted_and_what_is_forced_gives_way_before_its_time(
    authority: api.Authority, trained: api.Trained
) -> None:
    rows = trained.brief()
    shown = (rows["low"] > 0).any() and not (rows["high"] < 0).any()
    assert not shown, "the drawn world is too small for a gain to be shown; draw another"
    with pytest.raises(ModelError, match="not shown better"):
        authority.promote(trained, "because")
    authority.opened.store.record_promotion(trained.id, "forced in a test", datetime(2026, 4, 2), "")
    try:
        assert authority.models().in_force == trained.id
        assert authority.score(LATER).frame()["model_id"].iloc[0] == trained.id
        before = authority.score(DAY)
        assert before.frame()["model_id"].iloc[0] == "points"
        assert "was trained for a later date" in before.caption
        assert authority.score(LATER, weights={"experience_mean": 1.0}).frame()["model_id"].iloc[0] == "points"
    finally:
        authority.opened.store.record_promotion("", "back", datetime(2026, 4, 3), "")


def test_every_picture_can_be_drawn(authority: api.Authority, scored: api.Scored, tried: api.Tried, trained: api.Trained) -> None:
    other = authority.score(DAY, weights={"experience_mean": 2.0})
    charts = {
        "intervals": scored.plot_intervals(7), "steps": authority.explain(scored, scored.ranking()["service_id"][0]).plot_steps(),
        "groups": scored.by_group("sector").plot_groups(), "moves": risiko.compare(scored, other).plot_moves(5),
        "gain": tried.plot_gain(), "differences": tried.plot_differences(), "dates": tried.plot_by_date(),
        "calibration": tried.plot_calibration(), "trained": trained.plot_differences(),
        "compared": risiko.compare(tried, tried).plot_differences(),
    }  # fmt: skip
    drawn = {name: chart.to_dict() for name, chart in charts.items()}
    assert all(spec["width"] == 560 and any(spec["datasets"].values()) for spec in drawn.values())
    labels = {row["label"] for rows in drawn["differences"]["datasets"].values() for row in rows if "label" in row}
    assert "Points score" in labels


# --- What a person gets wrong ---


@pytest.mark.parametrize(
    ("ask", "error", "match"),
    [
        (lambda a: a.score("31.12.2024"), InputError, "is not a date"),
        (lambda a: a.score(FAR), InputError, "lies in the future"),
        (lambda a: a.train(FAR), InputError, "lies in the future"),
        (lambda a: a.score(DAY, model="learned-nothing"), ModelError, "."),
        (lambda a: a.score(DAY, model="x", weights={"experience_mean": 1}), InputError, "belong to the points score"),
        (lambda a: a.score(DAY, weights={"experience_mean": float("nan")}), SettingsError, "."),
        (lambda a: a.explain(a.score(DAY), "nobody"), InputError, "nobody"),
        (lambda a: a.score(DAY).by_group("shoe size").frame(), InputError, "no groups by"),
        (lambda a: a.backtest([]), InputError, "no date"),
        (lambda a: a.backtest([DAY], first=DAY), InputError, "a grid"),
        (lambda a: a.backtest(first=DAY), InputError, "both ends"),
        (lambda a: a.backtest(first=DAY, last=LATER, every="often"), InputError, "is not a step"),
        (lambda a: a.backtest([DAY], models=()), InputError, "no model"),
        (lambda a: a.backtest([DAY], models="crystal ball"), InputError, "no kind"),
        (lambda a: a.backtest([LATER + "x"]), InputError, "is not a date"),
        (lambda a: a.promote("learned-nothing", "why not"), ModelError, "."),
        (lambda a: risiko.compare(a.score(DAY), a.models()), InputError, "cannot be compared"),
        (lambda a: risiko.compare(a.score(DAY), a.score(DAY)).plot_moves(), InputError, "has changed place"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_a_sentence_with_a_way_on(authority: api.Authority, ask: object, error: type[RisikoError], match: str) -> None:
    with pytest.raises(error, match=match) as said:
        ask(authority)
    assert said.value.hint


def test_there_must_be_a_store(tmp_path: Path) -> None:
    with pytest.raises(NoStoreYet):
        risiko.open(tmp_path / "none.db")


def test_what_was_not_tried_or_kept_is_said(tried: api.Tried, trained: api.Trained) -> None:
    with pytest.raises(InputError, match="was not held against horoscope") as said:
        tried.against("horoscope")
    assert "points" in said.value.hint
    with pytest.raises(InputError, match="were not kept"):
        replace(tried, kept=None).folds()
    with pytest.raises(InputError, match="of the kind learned"):
        risiko.compare(trained, trained)


def test_a_result_in_which_nothing_could_be_measured_shows_itself_all_the_same(tried: api.Tried, trained: api.Trained) -> None:
    facts = trained.model.facts
    for metrics in ((), tuple(row for row in facts.metrics if row["as_of"] is not None)):
        thin = replace(trained, model=replace(trained.model, facts=replace(facts, metrics=metrics)))
        assert trained.id in thin._repr_html_()
        with pytest.raises(InputError, match="was not held against points"):
            thin.against("points")
    nothing = replace(tried.backtest, comparison=tried.backtest.comparison.head(0))
    assert "supervised services" in replace(tried, backtest=nothing)._repr_html_()


# --- The small things ---


def test_a_grid_is_a_row_of_dates() -> None:
    grid = trial_days(None, "2022-12-31", "2023-12-31", "6mo")
    assert grid == (date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31))
    assert trial_days([pd.Timestamp(LATER), DAY, DAY], None, None, "6mo") == (date(2024, 5, 31), date(2024, 11, 30))
    assert trial_days(None, None, None, "6mo") is None
    assert months("18mo") == 18


@pytest.mark.parametrize(
    ("metric", "low", "high", "line", "verdict"),
    [
        ("auc", 0.01, 0.2, 0.0, "better"), ("auc", -0.01, 0.2, 0.0, "not_shown"), ("auc", -0.2, -0.01, 0.0, "worse"),
        ("auc", 0.4, 0.6, 0.5, "not_shown"), ("auc", 0.51, 0.6, 0.5, "better"), ("auc", np.nan, 0.2, 0.0, "unknown"),
        ("brier", -0.2, -0.1, 0.0, "better"), ("brier", 0.1, 0.2, 0.0, "worse"), ("calibration_slope", 0.1, 0.2, 0.0, "unknown"),
    ],
)  # fmt: skip
def test_an_interval_over_the_line_shows_nothing(metric: str, low: float, high: float, line: float, verdict: str) -> None:
    assert told(metric, low, high, line) == verdict


def test_the_bar_tells_what_is_done_and_starts_afresh_with_another_stage() -> None:
    file = io.StringIO()
    with Progress(shown=True, file=file) as progress:
        for done in (0, 1, 2):
            progress("signals as of 2024-06-30", done, 2)
        progress("as of 2024-12-31", 1, 4)
    said = file.getvalue()
    assert "signals as of 2024-06-30: 100%" in said
    assert "as of 2024-12-31:  25%" in said


def test_nobody_watching_nothing_written(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(shown=False) as progress:
        progress("signals", 1, 2)
    assert capsys.readouterr() == ("", "")
