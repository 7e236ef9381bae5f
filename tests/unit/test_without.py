"""Leave one out: whose voice moved a service, on drawn tables and beside the long way round on an invented world."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.errors import InputError, ModelError
from risiko.organisations import spelling
from risiko.pipeline.other_evidence import SameScore, with_evidence
from risiko.pipeline.without import COLUMNS, without_each_source
from risiko.registry import LoadedModel
from tests import small_authority
from tests.drawn import table, tables
from tests.trained import trained

DAY = date(2024, 6, 30)
HOMES = [f"h{i:02}" for i in range(30)]


def few_draws(chosen: settings.Settings) -> settings.Settings:
    """Nothing here rests on draws, and they take the longest."""
    return chosen.model_copy(update={"score": chosen.score.model_copy(update={"draws": 100})})


def drawn() -> Tables:
    """Thirty homes. All have a survey near 70; h00 has two bad reports by one organisation spelt in two ways."""
    services = "service_id | county | staff_turnover\n" + "\n".join(
        f"{home} | {'Nord' if i % 2 else 'Sør'} | {'' if i == 3 else 0.1 + i / 100}" for i, home in enumerate(HOMES)
    )
    surveys = "\n".join(
        f"{home} | | | 2024-02-01 | survey | Nasjonal | {66 + i % 9} | 40 |" for i, home in enumerate(HOMES) if i
    )
    told = f"""service_id | service_type | area | event_date | method | organisation | score | n | text
        {surveys}
        h00 | | | 2024-03-01 | organisation_report | Pårørendealliansen | 30 | 12 |
        h00 | | | 2024-04-01 | organisation_report | pårørende-alliansen | 25 | 10 |
        h01 | | | 2024-04-01 | narrative | Stemmen | | 1 | Takk.
        h02 | | | 2024-04-01 | narrative | Andre | 40 | 3 |
        | nursing_home | Nord | 2024-01-10 | organisation_report | Fylkeslaget | 35 | 40 |
        | nursing_home | Sør | 2024-01-10 | organisation_report | Naboene | 75 | 40 |"""
    visits = "\n".join(f"v{i} | {home} | 2023-05-01" for i, home in enumerate(HOMES))
    findings = "\n".join(f"v{i} | 2023-05-20 | {'serious_breach' if i == 5 else 'none'}" for i in range(len(HOMES)))
    complaints = "\n".join(f"{home} | 2024-0{1 + i % 5}-02 | case | 1" for i, home in enumerate(HOMES))
    return tables(
        services=services, experiences=told,
        supervisions=f"supervision_id | service_id | event_date\n{visits}",
        findings=f"supervision_id | known_date | severity\n{findings}",
        complaints=f"service_id | event_date | stream | n\n{complaints}\nh07 | 2024-05-05 | ombud | 9",
        metadata_columns="name\nstaff_turnover",
    )  # fmt: skip


@pytest.fixture(scope="module")
def run() -> pipeline.Run:
    return pipeline.rank(pipeline.prepare_tables(drawn(), DAY, few_draws(settings.load())))


def row(found: pd.DataFrame, name: str, kind: str = "source") -> pd.Series:
    picked = found[(found["name"] == name) & (found["kind"] == kind)]
    assert len(picked) == 1, f"{name} stands {len(picked)} times in\n{found}"
    return picked.iloc[0]


def test_without_the_only_one_who_said_something_bad_the_service_stands_lower(run: pipeline.Run) -> None:
    voice = row(without_each_source(run, "h00"), "Pårørendealliansen", "organisation")

    assert voice["places"] > 5
    assert voice["rank_without"] == voice["rank_with"] + voice["places"]
    assert voice["likelihood_without"] < voice["likelihood_with"]


def test_spellings_of_one_organisation_are_one_and_its_pieces_are_counted(run: pipeline.Run) -> None:
    found = without_each_source(run, "h00")

    assert row(found, "Pårørendealliansen", "organisation")["n"] == 2
    assert set(found.loc[found["kind"] == "organisation", "name"]) == {"Pårørendealliansen", "Naboene"}


def test_without_a_good_voice_the_service_stands_higher(run: pipeline.Run) -> None:
    best = without_each_source(run, "h08")  # 74 of 100, the best survey there is

    assert row(best, "Nasjonal", "organisation")["places"] < 0


def test_what_says_nothing_that_counts_changes_nothing(run: pipeline.Run) -> None:
    silent = row(without_each_source(run, "h01"), "Stemmen", "organisation")

    assert (silent["n"], silent["places"]) == (1, 0)
    assert silent["likelihood_without"] == silent["likelihood_with"]


def test_only_those_who_have_spoken_of_the_service_or_of_its_type_in_its_area_are_tried(run: pipeline.Run) -> None:
    north, south = (without_each_source(run, home) for home in ("h01", "h02"))

    some = {"Fylkeslaget", "Stemmen", "Naboene", "Andre"}
    assert some & set(north["name"]) == {"Fylkeslaget", "Stemmen"}
    assert some & set(south["name"]) == {"Naboene", "Andre"}
    assert row(north, "Fylkeslaget", "organisation")["n"] == 1


def test_supervisions_are_left_out_with_all_they_found(run: pipeline.Run) -> None:
    found = without_each_source(run, "h05")
    visits = found[found["table"] == "supervisions"].iloc[0]

    assert (visits["kind"], visits["name"], visits["n"]) == ("source", "", 1)
    assert visits["places"] > 5


def test_complaints_of_one_stream_are_counted_and_left_out(run: pipeline.Run) -> None:
    ombud = row(without_each_source(run, "h07"), "ombud")

    assert ombud["n"] == 9
    assert ombud["likelihood_without"] < ombud["likelihood_with"]


def test_a_declared_column_is_a_source_where_it_has_a_value(run: pipeline.Run) -> None:
    high = row(without_each_source(run, "h29"), "staff_turnover")

    assert high["likelihood_without"] < high["likelihood_with"]
    assert "staff_turnover" not in set(without_each_source(run, "h03")["name"])


def test_the_farthest_moved_stands_first(run: pipeline.Run) -> None:
    found = without_each_source(run, "h00")

    assert tuple(found.columns) == COLUMNS
    assert found["places"].abs().is_monotonic_decreasing


def test_a_service_nobody_has_spoken_of_has_no_rows() -> None:
    alone = tables(services="service_id\na\nb")
    found = without_each_source(pipeline.rank(pipeline.prepare_tables(alone, DAY, settings.load())), "a")

    assert found.empty
    assert tuple(found.columns) == COLUMNS


def test_nothing_of_it_stays_in_what_was_prepared(run: pipeline.Run) -> None:
    features = run.prepared.features
    before = {name: reading.copy() for name, reading in features.readings.items()}
    known = {name: len(frame) for name, frame in run.prepared.known.items()}

    without_each_source(run, "h00")

    for name, reading in features.readings.items():
        pd.testing.assert_frame_equal(reading, before[name])
    assert {name: len(frame) for name, frame in run.prepared.known.items()} == known


def test_signals_that_do_not_read_what_is_left_out_are_not_computed_again(run: pipeline.Run) -> None:
    other = with_evidence(run.prepared, {"complaints": run.prepared.known["complaints"].head(3)})

    same = {name for name, made in other.features.readings.items() if made is run.prepared.features.readings[name]}
    groups = {s.name: s.group for s in run.signals}
    assert {groups[name] for name in same} == {"experience", "history", "metadata"}
    assert {groups[name] for name in set(groups) - same} == {"complaints"}
    assert other.features.silence is not run.prepared.features.silence
    visits = with_evidence(run.prepared, {"findings": run.prepared.known["findings"].head(3)})
    assert visits.features.silence is run.prepared.features.silence


def test_a_strange_service_or_another_model_is_refused(run: pipeline.Run) -> None:
    with pytest.raises(InputError, match="'nobody'"):
        without_each_source(run, "nobody")
    learned = pipeline.Run(run.prepared, replace(run.table, model_id="learned-2024"))
    with pytest.raises(ModelError, match="not at hand"):
        without_each_source(learned, "h00")


# --- beside the long way round: the rows are taken out of the records, and everything is prepared anew


WORLD_DAY = small_authority.END
LEFT_OUT = ("complaints", "experiences", "supervisions", "services")


@pytest.fixture(scope="module")
def authority() -> pipeline.Authority:
    return small_authority.stored(small_authority.world())


@pytest.fixture(scope="module")
def world(authority: pipeline.Authority) -> pipeline.Prepared:
    return pipeline.prepare_tables(small_authority.world(), WORLD_DAY, few_draws(authority.settings))


@pytest.fixture(scope="module")
def model(authority: pipeline.Authority, world: pipeline.Prepared, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    opened = pipeline.Authority(authority.store, authority.settings, tmp_path_factory.mktemp("models"))
    return trained(opened, world, WORLD_DAY, gain=(0.02, 0.01, 0.03))


def left_of(whole: Tables, source: pd.Series) -> Tables:
    """The records without the source, written out by hand."""
    rows = whole[source["table"]] if source["table"] in whole else whole["services"]
    match source["table"]:
        case "complaints":
            return {**whole, "complaints": rows[(rows["stream"] != source["name"]).to_numpy(dtype=bool)]}
        case "experiences" if source["kind"] == "source":
            return {**whole, "experiences": rows[(rows["method"] != source["name"]).to_numpy(dtype=bool)]}
        case "experiences":
            bare = spelling(rows["organisation"]) == spelling(pd.Series([source["name"]], dtype="str")).iloc[0]
            return {**whole, "experiences": rows[~bare.to_numpy(dtype=bool, na_value=False)]}
        case "supervisions":
            return {**whole, **{name: whole[name].head(0) for name in ("supervisions", "findings", "actions")}}
    return {**whole, "services": rows.assign(**{source["name"]: rows[source["name"]].mask(rows[source["name"]].notna())})}


def stands(run: pipeline.Run, service_id: str) -> tuple[int, float]:
    priority: FloatArray = run.table.scores["priority"].to_numpy()
    at = run.table.scores.index.get_loc(service_id)
    return 1 + int((priority > priority[at]).sum()), float(run.table.scores["likelihood"].iloc[at])


def most_spoken_of(prepared: pipeline.Prepared) -> str:
    """The service with the most kinds of evidence."""
    told, ids = prepared.known, prepared.cohort.services.index
    kinds = pd.concat([told["experiences"].groupby("service_id")["method"].nunique(), told["complaints"].groupby("service_id")["stream"].nunique()])
    return str(kinds.groupby(level=0).sum().reindex(ids).fillna(0).idxmax())


@pytest.mark.parametrize("learned", [False, True])
def test_reusing_what_is_not_touched_gives_what_the_long_way_gives(
    learned: bool, world: pipeline.Prepared, request: pytest.FixtureRequest
) -> None:
    chosen = request.getfixturevalue("model") if learned else None
    run, service_id = pipeline.rank(world, model=chosen), most_spoken_of(world)
    found = without_each_source(run, service_id, chosen)

    assert set(LEFT_OUT) <= set(found["table"]), "the service must have been spoken of by all kinds"
    assert (found["places"] != 0).any()
    of_each = found.drop_duplicates(["kind", "table"])
    for source in (of_each.iloc[i] for i in range(len(of_each))):
        other = pipeline.prepare_tables(left_of(small_authority.world(), source), WORLD_DAY, world.settings)
        rank, likelihood = stands(pipeline.rank(other, model=chosen), service_id)
        assert source["rank_without"] == rank, source["name"]
        assert source["likelihood_without"] == pytest.approx(likelihood, abs=1e-9), source["name"]
        assert (source["rank_with"], source["likelihood_with"]) == pytest.approx(stands(run, service_id))


def test_a_planners_own_weights_are_the_runs(run: pipeline.Run) -> None:
    only_history = dict.fromkeys(run.weights, 0.0) | {"last_finding": 1.0}
    weighted = pipeline.rank(run.prepared, only_history)
    found = without_each_source(weighted, "h00")

    assert (found.loc[found["table"] != "supervisions", "places"] == 0).all()
    assert SameScore(weighted).log_odds(weighted.prepared) == pytest.approx(
        np.log(weighted.table.scores["likelihood"] / (1 - weighted.table.scores["likelihood"])).to_numpy()
    )


def test_another_systems_score_is_a_source_where_a_learned_score_reads_it() -> None:
    base = few_draws(settings.load())
    chosen = base.model_copy(update={"learning": base.learning.model_copy(update={"external_score": "Eldre"})})
    scored = {**drawn(), "external_scores": table("external_scores", "service_id | name | known_date | value\nh00 | Eldre | 2024-01-01 | 3\nh00 | Annen | 2024-01-01 | 9")}
    found = without_each_source(pipeline.rank(pipeline.prepare_tables(scored, DAY, chosen)), "h00")

    assert found.loc[found["table"] == "external_scores", "name"].tolist() == ["Eldre"]
