"""The numbered checks made on whole authorities: what is well holds, what is planted is found, what is lacking is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from risiko import asof, cohorts, features, settings, synthetic
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import NothingToScore
from risiko.evaluate.backtest import ALL, Backtest
from risiko.evaluate.checks.shift import stability_index
from risiko.evaluate.comparison import COLUMNS
from risiko.evaluate.list_noise import chance_spread, noise_overlap
from risiko.i18n import LANGUAGES, Translator
from risiko.pipeline.checking import Checked, check
from risiko.pipeline.equal_places import places_by_group
from risiko.pipeline.evidence import skill
from risiko.pipeline.learning import Learner, TrainingRows
from risiko.pipeline.list_movement import compared_lists
from risiko.pipeline.moments import Moments
from risiko.pipeline.redrawn import read_by
from risiko.pipeline.runs import Authority, Prepared
from risiko.pipeline.subject import Subject
from risiko.pipeline.validation import Validation
from risiko.registry import LoadedModel
from risiko.reports.check_lines import check_lines, name_of
from risiko.reports.names import Names
from risiko.store.anchors import ModelEntry
from risiko.store.memory import MemoryStore
from tests.awkward import AWKWARD, World, drawn, without
from tests.builders import batch, part
from tests.models import facts

DAY = date(2024, 6, 30)
FEW = ("finding_history", "time_since_supervision", "experience_mean", "metadata:code")
# Small and quick: few signals, cohorts and draws.
SHIPPED = settings.load()
CHOSEN = SHIPPED.model_copy(update={
    "learning": SHIPPED.learning.model_copy(update={"signals": FEW, "months_between": 12, "minimum_events": 10, "short_days": 0}),
    "score": SHIPPED.score.model_copy(update={"draws": 20}),
    "evaluation": SHIPPED.evaluation.model_copy(update={"resamples": 200}),
})  # fmt: skip


def authority(tables: Tables) -> Authority:
    store = MemoryStore()
    store.commit(batch(*(part(name, rows) for name, rows in tables.items() if name in CONTRACTS)))
    return Authority(store, CHOSEN)


@pytest.fixture(scope="module")
def world() -> Tables:
    """300 services in the offices of a country; visits and findings of four years."""
    tables = synthetic.build(n_services=300, years=4, end=DAY, seed=5).tables
    return {**tables, "complaints": tables["complaints"].head(500)}


@pytest.fixture(scope="module")
def learner(world: Tables) -> Learner:
    return Learner(Moments(authority(world)))


@pytest.fixture(scope="module")
def healthy(learner: Learner) -> Checked:
    return check(learner.moments.authority, DAY, learner=learner)


def states(found: Checked) -> dict[str, str]:
    return dict(zip(found.results["code"], found.results["state"], strict=True))


def values(found: Checked, code: str) -> dict[str, object]:
    return found.results.set_index("code").at[code, "values"]


# --- An authority in order ---


def test_an_authority_in_order(healthy: Checked, learner: Learner) -> None:
    found = states(healthy)
    assert (healthy.model_id, healthy.as_of, healthy.stale) == ("points", DAY, False)
    assert {code for code in ("RK001", "RK002", "RK003", "RK005", "RK011", "RK012") if found[code] != "ok"} == set()
    assert {code for code in ("RK006", "RK008", "RK015") if found[code] != "not_applicable"} == set()  # no backtest
    rows = learner.rows(DAY)
    assert values(healthy, "RK001") == {"late": 0, "n": len(rows.y), "open": 0, "unpublished": 0}
    assert values(healthy, "RK005")["rate"] == pytest.approx(rows.y.mean())
    assert values(healthy, "RK010")["events"] == rows.X.index[rows.y == 1].nunique()
    now, taught = (Subject(learner, DAY, None).run.prepared.cohort.services["service_type"], rows.X["service_type"])
    assert set(values(healthy, "RK014")["names"]) == {f"service_type: {kind}" for kind in set(now) - set(taught)}


def test_only_grave_failures_count(healthy: Checked) -> None:
    some = healthy.results.assign(state=["fails"] * 14 + ["ok"])
    assert healthy.failed["state"].eq("fails").all()
    assert replace(healthy, results=some).failed["code"].tolist() == [f"RK{n:03}" for n in range(1, 13)]  # 13, 14: notes


# --- What is planted is found ---


class Hasty(Learner):
    """Learns from labels a year before they could be known."""

    def rows(self, at: date) -> TrainingRows:
        return replace(super().rows(at + timedelta(days=365)), at=at)


class Clairvoyant(Moments):
    """Forgets to cut one table at the date."""

    def prepare(self, day: date) -> Prepared:
        known = {**asof.known_at(self.tables, day), "services": asof.known_at(self.tables, DAY)["services"]}
        cohort = cohorts.cohort_at(known, day, CHOSEN)
        return Prepared(day, CHOSEN, known, cohort, features.assemble(known, cohort, day, CHOSEN))


def test_labels_used_before_they_were_known_are_found(learner: Learner) -> None:
    early = date(2023, 6, 30)
    caught = check(learner.moments.authority, early, learner=Hasty(learner.moments))
    honest, later = learner.rows(early), learner.rows(DAY)
    assert "RK001" in caught.failed["code"].tolist()
    newest = later.cohorts.iloc[-1]
    assert newest["as_of"] == early  # the cohort whose window had not begun
    assert values(caught, "RK001")["open"] == newest["n"]
    assert values(caught, "RK001")["late"] >= len(later.y) - len(honest.y) > 0


def test_rows_from_the_future_are_found(world: Tables) -> None:
    early, untaught = date(2023, 6, 30), authority(without(world, "findings"))
    caught = check(untaught, early, learner=Learner(Clairvoyant(untaught)))
    assert "RK002" in caught.failed["code"].tolist()
    assert values(caught, "RK002")["newest"] > early
    assert values(caught, "RK002")["late"] == values(caught, "RK002")["n"]  # every signal looks at services


def declared(world: Tables, code: Callable[[pd.DataFrame], pd.Series]) -> Tables:
    """The world with a declared column, `code`, that the score reads."""
    services = world["services"]
    told = pd.DataFrame({"name": ["code"], "kind": ["number"], "direction": ["higher_is_worse"], "audit_only": [False],
                         "sentence": ["A test."]})  # fmt: skip
    columns = pd.concat([world["metadata_columns"], CONTRACTS["metadata_columns"].conform(told)], ignore_index=True)
    return {**world, "services": services.assign(code=code(services).astype("float64")), "metadata_columns": columns}


def test_an_input_that_is_the_office_is_found(world: Tables) -> None:
    tables = declared(world, lambda services: pd.Series(pd.factorize(services["office"])[0], index=services.index))
    caught = check(authority(without(tables, "findings")), DAY)
    found = caught.results.set_index("code").at["RK012", "details"].set_index("signal")
    assert "RK012" in caught.failed["code"].tolist()
    assert found.index[found["fails"]].tolist() == ["metadata:code"]
    assert found.loc["metadata:code", "share"] > 0.9


def test_a_column_in_another_unit_is_found(world: Tables) -> None:
    tables = declared(world, lambda services: pd.Series(np.arange(len(services)) % 97 + 1.0, index=services.index))
    known = asof.known_at(tables, DAY)["services"]
    again = known.assign(known_date=pd.Timestamp("2024-05-31").as_unit("us"), code=known["code"] * 12)
    caught = check(authority({**without(tables, "findings"), "services": pd.concat([tables["services"], again], ignore_index=True)}), DAY)
    assert "RK003" in caught.failed["code"].tolist()
    assert (values(caught, "RK003")["column"], values(caught, "RK003")["date"]) == ("code", DAY)


# --- What is lacking is said ---

LEARNED_FROM = ("RK001", "RK004", "RK005", "RK010", "RK014")
LATER_MEASURED = ("RK006", "RK008", "RK015")
UNTAUGHT = ("no events at all", "no findings")
THIN = ("one service alone", "no spread between answers; visited before it opened")


def newly_known(tables: Tables) -> Tables:
    """The same, with services known since 2022 only, so that there are few cohorts to learn from."""
    return {**tables, "services": tables["services"].assign(known_date=pd.Timestamp("2022-01-01").as_unit("us"))}


@pytest.mark.parametrize("world", [AWKWARD[name] for name in (*UNTAUGHT, *THIN)], ids=(*UNTAUGHT, *THIN))
def test_what_cannot_be_tried_is_not_said_to_be_in_order(world: Callable[[], World], request: pytest.FixtureRequest) -> None:
    day, tables = world()
    found = check(authority(newly_known(tables)), day)
    state, results = states(found), found.results
    untried = (*LEARNED_FROM, *LATER_MEASURED) if request.node.callspec.id in UNTAUGHT else ("RK003", "RK004", "RK012", *LATER_MEASURED)
    assert {code for code in untried if state[code] != "not_applicable"} == set()
    assert all(reason for reason in results.loc[results["state"] == "not_applicable", "reason"])
    assert "fails" not in {state["RK001"], state["RK002"]}


@pytest.mark.parametrize("name", ["before any record", "opened yesterday"])
def test_a_date_without_services_in_operation_before_it_is_no_fault(name: str) -> None:
    day, tables = AWKWARD[name]()
    if name == "before any record":
        with pytest.raises(NothingToScore):
            check(authority(newly_known(tables)), day)
        return
    state = states(check(authority(newly_known(tables)), day))
    assert (state["RK001"], state["RK011"]) == ("not_applicable", "not_applicable")


def test_without_services_there_is_nothing_to_check() -> None:
    with pytest.raises(NothingToScore):
        check(authority(without(drawn(), "services")), date(2024, 2, 29))


# --- A model in force ---


@pytest.fixture(scope="module")
def model(learner: Learner) -> LoadedModel:
    fitted = learner.fit(date(2023, 12, 31))
    metrics = ({"method": "learned", "metric": "auc", "at": None, "against": "", "as_of": None, "value": 0.93, "low": 0.9, "high": 0.95},
               {"method": "points", "metric": "auc", "at": None, "against": "", "as_of": None, "value": 0.6, "low": 0.5, "high": 0.7})  # fmt: skip
    told = facts(kind="learned", as_of=fitted.at, features=tuple(fitted.rows.X.columns), metrics=metrics)
    return LoadedModel(fitted.model, told, ModelEntry("m1", "", "learned", fitted.at, datetime(2024, 1, 1)))


def test_a_model_in_force_is_checked_on_what_it_learned_from(learner: Learner, model: LoadedModel, healthy: Checked) -> None:
    found = check(learner.moments.authority, DAY, learner=learner, model=model)
    assert found.model_id == "m1"
    assert values(found, "RK001")["n"] == len(learner.rows(model.facts.as_of).y)
    assert values(found, "RK002")["n"] == values(found, "RK013")["n"] == 3  # of FEW, those that these records have
    assert values(found, "RK015")["auc"] == 0.93
    assert states(found)["RK015"] == "fails"
    assert {"RK007", "RK011"} & set(found.results.loc[found.results["state"] == "not_applicable", "code"]) == set()


def test_a_model_trained_later_is_not_what_made_the_list(learner: Learner, model: LoadedModel) -> None:
    early = date(2023, 6, 30)
    found = check(learner.moments.authority, early, learner=learner, model=model)
    assert found.model_id == "points"
    assert values(found, "RK001")["n"] == len(learner.rows(early).y) < len(learner.rows(model.facts.as_of).y)


def test_skill_is_what_a_backtest_says_of_this_kind_of_score(learner: Learner) -> None:
    rows = [("points", "auc", np.nan, 0.7, ""), ("points", "lift", 0.1, 3.0, ""), ("points", "lift", 0.2, 2.0, ""),
            ("points", "auc", np.nan, 0.1, "random"), ("learned", "auc", np.nan, 0.8, "")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["method", "metric", "at", "value", "against"]).assign(low=0.0, high=1.0)
    one = table.reindex(columns=COLUMNS).assign(as_of=pd.Timestamp(DAY), population=ALL)
    mean = one.assign(as_of=pd.NaT, value=one["value"] + 0.01)
    empty = pd.DataFrame()
    subject = Subject(learner, DAY, None)
    for comparison, expected in ((one, 0.7), (pd.concat([one, mean]), 0.71)):
        found = skill(subject, Validation(Backtest(("learned",), comparison, *[empty] * (len(fields(Backtest)) - 2)), True))
        assert found is not None
        assert found[["metric", "value"]].to_numpy().tolist() == [["auc", pytest.approx(expected)]]
    assert skill(subject, None) is None


def test_a_list_is_held_against_the_same_score_three_months_before(learner: Learner, model: LoadedModel) -> None:
    for chosen in (None, model):
        subject = Subject(learner, DAY, chosen)
        names, log_odds = read_by(subject.run, chosen and chosen.model)
        assert names == list(subject.inputs_now)
        as_they_are = log_odds(subject.inputs_now.to_numpy(dtype=float))
        assert as_they_are == pytest.approx(subject.run.table.law.middle, abs=1e-5)
        found = compared_lists(subject)
        assert found["ranks_after"].equals(subject.run.table.scores["rank"])
        assert found["ranks_before"].max() > found["list_size"]
        assert found["list_size"] == round(0.05 * len(subject.inputs_now))
        assert len(found["noise_overlap"]) == 105
        assert 0 < found["noise_overlap"].mean() < 1


# --- Groups and noise ---


def test_a_grouping_into_the_same_groups_is_looked_at_once(learner: Learner) -> None:
    run = Subject(learner, DAY, None).run
    services = run.prepared.cohort.services
    same = replace(run, prepared=replace(run.prepared, cohort=replace(run.prepared.cohort, services=services.assign(county=services["office"]))))
    assert set(places_by_group(same)["by"]) == {"office", "sector"}
    frames = (places_by_group(r).set_index(["by", "measure", "group"]).loc["sector"].dropna() for r in (same, run))
    fewer, more = (frame["diff_high"] - frame["difference"] for frame in frames)
    assert len(fewer)
    assert (more > fewer).all()  # where more is looked at, more must be shown


def test_the_spread_by_chance_is_that_of_posterior_means_of_the_same_truth() -> None:
    rng, noise = np.random.default_rng(1), 0.7
    truth = rng.normal(size=200_000)
    share = 1 / (1 + noise**2)  # how far a posterior mean follows the data
    one, other = (share * (truth + noise * rng.normal(size=truth.size)) for _ in range(2))
    posterior_sd = np.sqrt(1 - share)
    assert np.std(one - other) / np.sqrt(2) == pytest.approx(chance_spread(np.array([posterior_sd]))[0], rel=0.01)
    assert chance_spread(np.array([0.0, 1.0, 1.3])).tolist() == [0.0, 0.0, 0.0]


def test_lists_that_chance_does_not_touch_are_the_same_and_pure_chance_shares_few() -> None:
    rng = np.random.default_rng(2)
    flat, spread = np.zeros((400, 2)), np.full((400, 2), np.sqrt(0.5))

    def overlap(standing: np.ndarray, sd: np.ndarray) -> np.ndarray:
        return noise_overlap(lambda z: z.sum(axis=1), standing, sd, ["a", "b"], 40, draws=12, rng=rng)

    assert set(overlap(rng.normal(size=(400, 2)), flat)) == {1.0}
    assert overlap(flat, spread).mean() == pytest.approx(0.1, abs=0.03)
    assert 0.2 < overlap(2 * rng.normal(size=(400, 2)), spread).mean() < 0.9


def test_many_services_at_one_value_that_moves_by_a_hair_are_no_drift() -> None:
    rng = np.random.default_rng(3)
    then = np.where(rng.random(2000) < 0.5, -0.076, rng.normal(size=2000))
    assert stability_index(then, then + 0.002, is_number=True) > 0.25
    assert stability_index(then, then + 0.002, is_number=True, step=0.1) < 0.01
    assert stability_index(then, then + 1.0, is_number=True, step=0.1) > 0.25
    half = np.where(np.arange(2000) % 2, np.nan, then)
    assert stability_index(then, half, is_number=True, step=0.1) > 0.25
    assert stability_index(np.full(300, np.nan), then, is_number=True, step=0.1) > 0.25


# --- In words ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_is_told(language: str, healthy: Checked) -> None:
    names = Names.of(Translator(language, strict=True), healthy.settings, healthy.declared)
    lines = check_lines(healthy.results, names)
    assert [line.code for line in lines] == healthy.results["code"].tolist()
    assert all(all(line) and line.says.endswith(".") for line in lines)
    assert not any("{" in line.says or "~" in line.says or "_" in line.says for line in lines)


@pytest.mark.parametrize(("name", "expected"), [
    ("finding_history", "findings over time"), ("metadata:staff_turnover", "staff turnover"), ("in_top", "Share above the capacity line"),
    ("~others", "others (small groups)"), ("child_welfare", "Child welfare"), ("oslo og Viken", "oslo og Viken"),
    ("service_type: nursing_home", "type of service: Nursing home"), ("service_type", "type of service"), ("maturity", "management-system maturity"),
    ("form: 2a", "form: 2a"),
])  # fmt: skip
def test_names_as_a_reader_knows_them(name: str, expected: str) -> None:
    assert name_of(name, Names(Translator("en", strict=True), SHIPPED)) == expected
