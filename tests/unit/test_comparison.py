"""Rankings side by side: the same draws for all, honest intervals, and groups and bands that say what they rest on."""

import numpy as np
import pandas as pd
import pytest

from risiko.evaluate import metrics
from risiko.evaluate.comparison import by_group, calibration_bands, compare
from risiko.evaluate.resampling import cluster_counts, interval

SHARES = (0.1, 0.25)
RANKING = {"auc", "average_precision", "precision", "lift", "capture"}
AT_CAPACITY = {"precision_at_capacity", "lift_at_capacity", "capture_at_capacity"}
CALIBRATION = {"brier", "calibration_in_the_large", "calibration_slope", "observed_over_expected"}


class World:
    """300 services of 60 providers in four offices; a model that knows something and a baseline that knows less."""

    def __init__(self, n: int = 300, seed: int = 3) -> None:
        self.rng = np.random.default_rng(seed)
        self.index = pd.Index([f"s{i}" for i in range(n)], name="service_id")
        risk = self.rng.normal(-1, 1.5, n)
        chance = 1 / (1 + np.exp(-risk))
        self.outcome = self.column((self.rng.random(n) < chance).astype(float))
        self.clusters = self.column(np.arange(n) % 60).map("p{}".format)
        self.office = self.column(np.arange(n) % 4).map("o{}".format)
        count = np.floor(np.exp(risk / 2 + self.rng.normal(0, 1, n)))
        self.scores = pd.DataFrame({"model": chance, "complaints": count}, index=self.index)

    def column(self, values: np.ndarray) -> pd.Series:
        return pd.Series(values, index=self.index)

    def compare(self, draws: int = 60, **change: object) -> pd.DataFrame:
        given: dict[str, object] = {
            "shares": SHARES, "capacity": 40, "against": ["complaints"], "probability": ["model"],
            "groups": {"office": self.office}, "draws": draws, "rng": np.random.default_rng(9),
        }  # fmt: skip
        return compare(self.scores, self.outcome, self.clusters, **(given | change))


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def one(frame: pd.DataFrame, method: str, metric: str, at: float | None = None, against: str = "") -> pd.Series:
    """The only row that fits."""
    fits = (frame["method"] == method) & (frame["metric"] == metric) & (frame["against"] == against)
    rows = frame[fits & (frame["at"].isna() if at is None else frame["at"] == at)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_one_row_for_each_method_metric_place_and_baseline(world: World) -> None:
    frame = world.compare()
    assert list(frame.columns) == ["method", "metric", "at", "value", "low", "high", "against", "n", "events", "base_rate"]
    assert not frame.duplicated(["method", "metric", "at", "against"]).any()
    own = frame[frame["against"] == ""]
    assert set(own.loc[own["method"] == "complaints", "metric"]) == RANKING | AT_CAPACITY | {"auc_within_office"}
    assert set(own.loc[own["method"] == "model", "metric"]) == RANKING | AT_CAPACITY | {"auc_within_office"} | CALIBRATION
    gained = frame[frame["against"] == "complaints"]
    assert set(gained["method"]) == {"model"}
    assert set(gained["metric"]) == RANKING | AT_CAPACITY | {"auc_within_office"}
    assert set(frame.loc[frame["metric"] == "lift", "at"]) == set(SHARES)
    assert set(frame.loc[frame["metric"] == "lift_at_capacity", "at"]) == {40.0}
    assert (frame["n"] == 300).all()
    assert (frame["events"] == int(world.outcome.sum())).all()
    assert frame["base_rate"].to_numpy() == pytest.approx(world.outcome.mean())


def test_the_values_are_those_of_the_measures(world: World) -> None:
    frame, y = world.compare(), world.outcome.to_numpy()
    score = world.scores["complaints"].to_numpy()
    assert one(frame, "complaints", "auc")["value"] == metrics.auc(score, y)
    assert one(frame, "complaints", "lift", 0.1)["value"] == pytest.approx(metrics.lift_at(score, y, share=0.1))
    wanted = metrics.capture_at(score, y, k=40)
    assert one(frame, "complaints", "capture_at_capacity", 40.0)["value"] == pytest.approx(wanted)
    slope = metrics.calibration_slope(world.scores["model"].to_numpy(), y)
    assert one(frame, "model", "calibration_slope")["value"] == pytest.approx(slope)
    within = metrics.concordance_within(score, y, pd.factorize(world.office)[0])
    assert one(frame, "complaints", "auc_within_office")["value"] == within


def test_the_intervals_are_percentiles_over_the_drawn_providers(world: World) -> None:
    row = one(world.compare(), "model", "auc")
    counts = cluster_counts(pd.factorize(world.clusters)[0], 60, np.random.default_rng(9))
    areas = [
        metrics.auc(np.repeat(world.scores["model"].to_numpy(), count), np.repeat(world.outcome.to_numpy(), count))
        for count in counts
    ]
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile(areas, [0.025, 0.975])))
    assert row["low"] < row["value"] < row["high"]


def test_a_ranking_gains_exactly_nothing_over_itself(world: World) -> None:
    twin = World()
    twin.scores = world.scores.assign(again=world.scores["model"])
    frame = twin.compare(against=["again"], probability=["model", "again"])
    gained = frame[(frame["against"] == "again") & (frame["method"] == "model")]
    assert set(gained["metric"]) >= CALIBRATION | RANKING
    assert (gained[["value", "low", "high"]] == 0).all(axis=None)


def test_differences_are_paired(world: World) -> None:
    """Nearly equal rankings: the difference is known far better than either, because both have the same draws."""
    near = World()
    near.scores = pd.DataFrame({"model": world.scores["model"], "near": world.scores["model"] + world.rng.normal(0, 0.01, 300)})
    frame = near.compare(against=["near"], draws=200)
    alone, gain = one(frame, "model", "auc"), one(frame, "model", "auc", against="near")
    assert gain["value"] == pytest.approx(alone["value"] - one(frame, "near", "auc")["value"])
    assert gain["high"] - gain["low"] < (alone["high"] - alone["low"]) / 4


def test_providers_that_fail_together_widen_the_interval() -> None:
    """All services of a provider alike: 300 services are worth 60, and the interval is about sqrt(5) as wide."""
    same = World()
    first = np.arange(300) % 60
    same.outcome, same.scores = same.outcome.iloc[first].set_axis(same.index), same.scores.iloc[first].set_axis(same.index)
    alone = pd.Series(pd.NA, index=same.index, dtype="str")
    width = {}
    for name, clusters in {"together": same.clusters, "alone": alone}.items():
        same.clusters = clusters
        row = one(same.compare(draws=400), "model", "auc")
        width[name] = row["high"] - row["low"]
    assert width["together"] / width["alone"] == pytest.approx(np.sqrt(5), rel=0.25)


def test_the_same_seed_gives_the_same_frame(world: World) -> None:
    pd.testing.assert_frame_equal(world.compare(), world.compare())


def test_unlabelled_services_are_left_out_and_not_counted_as_good(world: World) -> None:
    some = World()
    some.outcome = world.outcome.where(np.arange(300) >= 100)
    frame = some.compare()
    assert (frame["n"] == 200).all()
    wanted = metrics.auc(world.scores["model"].to_numpy()[100:], world.outcome.to_numpy()[100:])
    assert one(frame, "model", "auc")["value"] == wanted


def test_outcomes_are_found_by_name_and_not_by_place(world: World) -> None:
    mixed = World()
    order = np.random.default_rng(1).permutation(300)
    mixed.outcome, mixed.office = world.outcome.iloc[order], world.office.iloc[order]
    pd.testing.assert_frame_equal(mixed.compare(), world.compare())


def test_services_not_ranked_come_last_and_promise_nothing(world: World) -> None:
    y, score = world.outcome.to_numpy(), world.scores["model"].to_numpy()
    missing = np.arange(300) < 50
    part = World()
    wait = -world.scores["complaints"]  # a ranking below 0: an unknown must not be taken for a 0
    part.scores = pd.DataFrame({"model": world.scores["model"].where(~missing), "wait": wait.where(~missing)})
    frame = part.compare(against=[])
    assert one(frame, "model", "auc")["value"] == metrics.auc(np.where(missing, -1.0, score), y)
    assert one(frame, "wait", "auc")["value"] == metrics.auc(np.where(missing, -1e9, wait.to_numpy()), y)
    row = one(frame, "model", "brier")
    assert row["value"] == pytest.approx(metrics.brier(score[~missing], y[~missing]))
    counts = cluster_counts(pd.factorize(world.clusters)[0], 60, np.random.default_rng(9))
    drawn = metrics.brier(score[~missing], y[~missing], counts[:, ~missing])
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))


def test_a_capacity_beyond_the_services_is_all_of_them(world: World) -> None:
    row = one(world.compare(capacity=5000), "model", "capture_at_capacity", 5000.0)
    assert (row["value"], row["low"], row["high"]) == (1, 1, 1)


def test_without_capacity_groups_or_baselines_there_are_fewer_rows(world: World) -> None:
    frame = world.compare(capacity=None, groups=None, against=[], probability=[])
    assert set(frame["metric"]) == RANKING
    assert (frame["against"] == "").all()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_one_class_only_gives_rows_without_an_auc(world: World, level: float) -> None:
    quiet = World()
    quiet.outcome = world.outcome * 0 + level
    frame = quiet.compare()
    row = one(frame, "model", "auc")
    assert np.isnan([row["value"], row["low"], row["high"]]).all()
    assert np.isnan(one(frame, "model", "calibration_slope")["value"])
    assert one(frame, "model", "precision", 0.1)["value"] == level


def test_no_services_give_rows_that_claim_nothing(world: World) -> None:
    nobody = World()
    nobody.outcome = world.outcome * np.nan
    frame = nobody.compare()
    assert len(frame) == len(world.compare())
    assert (frame["n"] == 0).all()
    assert frame[["value", "low", "high", "base_rate"]].isna().all(axis=None)


def test_names_and_shares_that_cannot_be_meant_are_refused(world: World) -> None:
    with pytest.raises(ValueError, match="no such method among the scores: guess"):
        world.compare(against=["guess"])
    with pytest.raises(ValueError, match="shares must lie above 0"):
        world.compare(shares=(10,))


def test_draws_take_whole_providers() -> None:
    clusters = np.array([7, 7, 3, 3, 3, -1, -1])
    counts = cluster_counts(clusters, 500, np.random.default_rng(0))
    assert (counts[:, 0] == counts[:, 1]).all()
    assert (counts[:, 2] == counts[:, 3]).all()
    assert (counts[:, 5] != counts[:, 6]).any()
    # Two providers and two services of their own: four things drawn four times.
    assert (counts[:, [0, 2, 5, 6]].sum(axis=1) == 4).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(7), abs=0.15)
    assert cluster_counts(np.empty(0, dtype=np.int64), 3, np.random.default_rng(0)).shape == (3, 0)


def test_an_interval_needs_half_of_its_draws() -> None:
    draws = np.array([[3.0, 1, 2, 4, 5], [np.nan, 1, np.nan, 2, 3], [np.nan, 1, np.nan, 2, np.nan]])
    low, high = interval(draws, level=0.5)
    assert low == pytest.approx([2, 1.5, np.nan], nan_ok=True)
    assert high == pytest.approx([4, 2.5, np.nan], nan_ok=True)
    assert np.isnan(interval(np.empty((2, 0)))).all()


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_the_percentiles_are_numpys(level: float) -> None:
    values = np.random.default_rng(2).normal(size=(3, 101))
    wanted = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=1)
    assert np.array(interval(values, level)) == pytest.approx(wanted)


def test_observed_over_expected_by_county() -> None:
    """Nord: 12 promised of 40, 6 seen. Sør: 2 promised of 20, 2 seen. One service is of no county, one unlabelled."""
    frame = pd.DataFrame({
        "county": ["Nord"] * 40 + ["Sør"] * 21 + [None], "p": [0.3] * 40 + [0.1] * 21 + [0.5],
        "found": [1.0] * 6 + [0.0] * 34 + [1.0] * 2 + [0.0] * 18 + [np.nan] + [1.0],
    })  # fmt: skip
    found = by_group(frame["p"], frame["found"], frame["county"])
    assert found["group"].iloc[:2].tolist() == ["Nord", "Sør"]
    assert found["group"].isna().tolist() == [False, False, True]
    assert found["n"].tolist() == [40, 20, 1]
    assert found["events"].tolist() == [6, 2, 1]
    assert found["observed"].to_numpy() == pytest.approx([0.15, 0.1, 1])
    assert found["expected"].to_numpy() == pytest.approx([0.3, 0.1, 0.5])
    assert found["o_over_e"].to_numpy() == pytest.approx([0.5, 1, 2])
    # Garwood's limits for 6 events are 2.202 and 13.06 (Ulm 1990).
    assert found["low"].iloc[0] == pytest.approx(2.202 / 12, abs=1e-4)
    assert found["high"].iloc[0] == pytest.approx(13.06 / 12, abs=1e-3)


def test_bands_hold_equally_many_and_say_what_was_seen() -> None:
    p = pd.Series(np.linspace(0.01, 1, 100))
    found = pd.Series((np.arange(100) % 4 == 0).astype(float))
    bands = calibration_bands(p, found, bands=5)
    assert bands["band"].tolist() == [1, 2, 3, 4, 5]
    assert bands["n"].tolist() == [20] * 5
    assert bands["low"].to_numpy() == pytest.approx([0.01, 0.21, 0.41, 0.61, 0.81])
    assert bands["high"].to_numpy() == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert bands["expected"].iloc[0] == pytest.approx(0.105)
    assert (bands["observed"] == 0.25).all()
    # Wilson's 95 % interval for 5 of 20.
    assert (bands["observed_low"].iloc[0], bands["observed_high"].iloc[0]) == pytest.approx((0.1119, 0.4687), abs=1e-4)


def test_tied_probabilities_stay_in_one_band() -> None:
    p = pd.Series([0.1] * 70 + [0.2] * 10 + [0.9] * 20)
    bands = calibration_bands(p, pd.Series([0.0] * 80 + [1.0] * 20), bands=10)
    assert bands["band"].tolist() == [1, 2, 3]
    assert bands["n"].tolist() == [70, 10, 20]
    assert (bands["low"] == bands["high"]).all()
    assert calibration_bands(p * 0 + 0.5, p.round())["n"].tolist() == [100]


def test_without_services_there_are_no_bands_and_no_groups() -> None:
    none = pd.Series([], dtype=float)
    assert calibration_bands(none, none).empty
    assert by_group(none, none, pd.Series([], dtype="str")).empty
