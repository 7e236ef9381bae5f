"""The page Modell og data in numbers: which score is used at a date and why, what it weighs, what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, registry, settings, synthetic
from risiko.pipeline.model_page import Offered
from risiko.reports.settings_table import settings_table
from risiko.scoring.inputs import inputs
from risiko.store import open_store
from tests.builders import batch, part
from tests.drawn import table
from tests.models import LATER
from tests.trained import PLANTED, trained

DAY, BEFORE = date(2026, 6, 30), date(2025, 6, 30)
WHY = "Better on six dates."
Authority = pipeline.Authority


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "small.db"
    store = open_store(str(path), create=True)
    pipeline.store_world(store, synthetic.build(n_services=120, years=3), now=datetime(2026, 7, 1))
    store.close()
    return path


@pytest.fixture(scope="module")
def prepared(small: Path) -> pipeline.Prepared:
    return pipeline.prepare(pipeline.open_authority(str(small)), DAY)


@pytest.fixture
def authority(small: Path, tmp_path: Path) -> Authority:
    """The small authority with a store and a folder of models of its own."""
    store = tmp_path / "own.db"
    store.write_bytes(small.read_bytes())
    return pipeline.open_authority(str(store), models=tmp_path / "models")


def minimum(opened: Authority, prepared: pipeline.Prepared, events: int) -> tuple[Authority, pipeline.Prepared]:
    rule = opened.settings.learning.model_copy(update={"minimum_events": events})
    chosen = opened.settings.model_copy(update={"learning": rule})
    return replace(opened, settings=chosen), replace(prepared, settings=chosen)


@pytest.mark.parametrize(("more", "state"), [(1, "few"), (0, "untried")])
def test_without_a_model_the_outcomes_on_record_decide_what_is_said(
    authority: Authority, prepared: pipeline.Prepared, more: int, state: str
) -> None:
    known = prepared.known
    findings = known["findings"].sort_values("known_date").drop_duplicates("finding_id", keep="last")
    if findings["severity_score"].notna().any():
        findings = findings[findings["severity_score"].notna()]
    findings = findings[findings["supervision_id"].isin(known["supervisions"]["supervision_id"])]
    worst = (findings["severity"] == "serious_breach").groupby(findings["supervision_id"]).any()
    found = pipeline.model_page(*minimum(authority, prepared, int(worst.sum()) + more))
    assert (found.judged, found.events) == (len(worst), worst.sum())
    assert found.events > 0
    assert (found.state, found.promoted, found.model, found.fault) == (state, "", None, None)


def test_what_became_known_later_is_not_on_record(authority: Authority, prepared: pipeline.Prepared) -> None:
    then = pipeline.model_page(authority, pipeline.prepare(authority, BEFORE))
    now = pipeline.model_page(authority, prepared)
    assert 0 < then.judged < now.judged


def test_the_points_score_weighs_by_the_settings(authority: Authority, prepared: pipeline.Prepared) -> None:
    weighs = pipeline.model_page(authority, prepared).weighs
    rows = weighs.signals.set_index("signal")
    written = {k: v for k, v in settings.load().score.weights.items() if k in rows.index}
    assert {k: rows["effect"][k] for k in written} == written
    assert rows["effect"].is_monotonic_decreasing
    assert rows["when_missing"].isna().all(), "a missing signal adds nothing to points"
    assert weighs.types.empty
    assert weighs.nuisance.empty


def test_a_model_in_force_is_told_with_what_it_weighs(authority: Authority, prepared: pipeline.Prepared) -> None:
    model = trained(authority, prepared, DAY, gain=(0.05, 0.01, 0.09))
    registry.promote(model.entry.model_id, WHY, authority.store, now=LATER, by="Kari")
    found = pipeline.model_page(authority, prepared)
    assert (found.state, found.promoted) == ("model", model.entry.model_id)
    rows = found.weighs.signals.set_index("signal")
    assert PLANTED in rows.index[:5], "signals that are alike share what was planted"
    X = inputs(prepared.features, prepared.settings)
    one = X[X[f"{PLANTED}|standing"].notna()].head(1)
    steps = [model.model.decision_function(one.assign(**{f"{PLANTED}|standing": z}))[0] for z in (0.0, 1.0)]
    assert rows["effect"][PLANTED] == pytest.approx(steps[1] - steps[0], abs=1e-5)
    gone = X[X[f"{PLANTED}|standing"].isna()].head(1)
    assert len(gone), "some service has no finding"
    assert rows["when_missing"][PLANTED] == pytest.approx(model.model.contributions(gone)[PLANTED].iloc[0], abs=1e-6)


def test_what_is_taken_out_is_told_and_by_how_much(authority: Authority, prepared: pipeline.Prepared) -> None:
    model = trained(authority, prepared, DAY, gain=(0.05, 0.01, 0.09))
    registry.promote(model.entry.model_id, WHY, authority.store, now=LATER)
    office = pipeline.model_page(authority, prepared).weighs.nuisance.set_index("kind").loc["office"]
    assert office["levels"] == 2
    assert 0.7 < office["high"] - office["low"] < 2.0, "the strict office adds 1.5, held back a little"


def test_a_model_trained_for_a_later_date_is_not_used(authority: Authority, prepared: pipeline.Prepared) -> None:
    model = trained(authority, prepared, DAY, gain=(0.05, 0.01, 0.09))
    registry.promote(model.entry.model_id, WHY, authority.store, now=LATER)
    found = pipeline.model_page(authority, pipeline.prepare(authority, BEFORE))
    assert found.state == "later"
    assert found.weighs.signals["effect"].iloc[0] == max(settings.load().score.weights.values())


def cut_off(folder: Path) -> None:
    (folder / "model.skops").write_bytes((folder / "model.skops").read_bytes()[:-1])


def gone(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


@pytest.mark.parametrize(("spoil", "said"), [(cut_off, "has been changed or cut off"), (gone, "is not here")])
def test_a_spoilt_model_is_told_of_and_points_are_used(
    authority: Authority, prepared: pipeline.Prepared, spoil: Callable[[Path], None], said: str
) -> None:
    model = trained(authority, prepared, DAY, gain=(0.05, 0.01, 0.09))
    registry.promote(model.entry.model_id, WHY, authority.store, now=LATER)
    spoil(authority.models / model.entry.model_id)
    found = pipeline.model_page(authority, prepared)
    assert (found.state, found.model) == ("fault", None)
    assert said in str(found.fault)
    assert found.weighs.nuisance.empty
    assert found.registered[0].facts is None
    assert said in str(found.registered[0].fault)


def test_a_model_offered_and_one_retired_leave_points_in_force(
    authority: Authority, prepared: pipeline.Prepared
) -> None:
    model = trained(authority, prepared, DAY, gain=(0.01, -0.02, 0.04))
    offered = pipeline.model_page(authority, prepared)
    assert (offered.state, [m.model_id for m in offered.registered]) == ("offered", [model.entry.model_id])
    assert offered.registered[0].shown == "not_shown"
    assert "It was never put in force." in offered.registered[0].cards["card.md"]
    registry.promote(model.entry.model_id, WHY, authority.store, now=LATER)
    registry.retire("Rules changed.", authority.store, now=LATER)
    retired = pipeline.model_page(authority, prepared)
    assert (retired.state, retired.decisions["why"].iloc[-1]) == ("retired", "Rules changed.")
    assert "Rules changed." in retired.registered[0].cards["card.html"]


NO = np.nan
GAINS = [
    # AUC low, high; average precision low, high -> what is shown
    (0.01, 0.05, -0.01, 0.05, "better"),
    (-0.01, 0.05, -0.01, 0.05, "not_shown"),
    (0.01, 0.05, -0.05, -0.01, "worse"),
    (-0.05, -0.01, -0.01, 0.05, "worse"),
    (NO, NO, NO, NO, "unknown"),
]


@pytest.mark.parametrize(("a_low", "a_high", "p_low", "p_high", "shown"), GAINS)
def test_a_gain_is_shown_only_where_the_interval_says_so(
    a_low: float, a_high: float, p_low: float, p_high: float, shown: str
) -> None:
    rows = [("auc", a_low, a_high), ("average_precision", p_low, p_high), ("lift", 1.0, 2.0)]
    gains = pd.DataFrame(rows, columns=["metric", "low", "high"])
    assert Offered("m", None, None, gains, {}).shown == shown


def test_a_model_never_measured_shows_nothing() -> None:
    assert Offered("m", None, None, pd.DataFrame(), {}).shown == "unknown"


def test_how_often_a_signal_is_missing_is_counted_over_all_services(prepared: pipeline.Prepared) -> None:
    shares = pipeline.missing_shares(prepared)
    heard = prepared.features.readings[PLANTED]["value"].notna().sum()
    assert shares[PLANTED] == pytest.approx(1 - heard / len(prepared.cohort.services))
    assert set(shares.index) == {s.name for s in prepared.features.signals}


def test_the_settings_table_marks_what_an_authority_has_changed(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[score.weights]\nfinding_history = 0.75\n[streams.tips]\nname = { nb = "Tips", nn = "Tips", en = "Tips" }\n')
    rows = settings_table(settings.load(own), settings.load()).set_index("key")
    changed = rows[rows["differs"]]
    assert list(changed.loc["score.weights.finding_history", ["value", "shipped"]]) == ["0.75", "0.4"]
    assert changed["why"]["score.weights.finding_history"].startswith("Log-odds per standard deviation")
    assert set(changed.index) - {"score.weights.finding_history"} == {
        "streams.tips.name", "streams.tips.valid_from", "streams.tips.valid_to"
    }  # fmt: skip
    assert (changed["shipped"].drop("score.weights.finding_history") == "").all()
    assert rows["why"]["service_types.hospital.dependency"] == settings.load().service_types["hospital"].reason
    assert not settings_table(settings.load(), settings.load())["differs"].any()


def test_services_alone_give_a_page(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "thin.db"), create=True)
    store.commit(batch(part("services", table("services", "service_id\na\nb"))))
    alone = Authority(store, settings.load(), tmp_path / "models")
    found = pipeline.model_page(alone, pipeline.prepare(alone, date(2020, 1, 1)))
    assert (found.state, found.judged, found.events) == ("few", 0, 0)
    assert found.rejects.empty
    assert list(found.imports["table"]) == ["services"]
