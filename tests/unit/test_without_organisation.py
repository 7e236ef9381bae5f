"""Leave one organisation out: whose place it moved, which way, and the same by the long way round."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.contracts import Tables
from risiko.errors import ModelError
from risiko.pipeline.without import without_each_source
from risiko.pipeline.without_organisation import COLUMNS, without_organisation
from tests.drawn import tables

DAY = date(2024, 6, 30)
HOMES = [f"h{i:02}" for i in range(30)]


def drawn() -> Tables:
    """Thirty homes with a survey near 70; Laget speaks badly of h00, well of h02, wordlessly of h04, badly of Nord."""
    services = "service_id | county\n" + "\n".join(f"{h} | {'Nord' if i % 2 else 'Sør'}" for i, h in enumerate(HOMES))
    surveys = "\n".join(f"u{i} | {h} | | | 2024-02-01 | survey | Nasjonal | {66 + i % 9} | 40 |" for i, h in enumerate(HOMES))
    told = f"""experience_id | service_id | service_type | area | event_date | method | organisation | score | n | text
        {surveys}
        a | h00 | | | 2024-03-01 | survey | Laget | 20 | 60 |
        b | h02 | | | 2024-03-01 | survey | LAGET | 99 | 60 |
        c | h04 | | | 2024-03-01 | narrative | Laget | | 1 | Takk.
        d | | nursing_home | Nord | 2024-03-01 | organisation_report | Laget | 20 | 90 |
        e | h00 | | | 2023-03-01 | survey | Laget | 30 | 60 |
        f | gone | | | 2024-03-01 | survey | Laget | 20 | 60 |"""
    return tables(services=services, experiences=told)


def score(records: Tables) -> pipeline.Run:
    base = settings.load()
    few = base.model_copy(update={"score": base.score.model_copy(update={"draws": 100})})
    return pipeline.rank(pipeline.prepare_tables(records, DAY, few))


@pytest.fixture(scope="module")
def run() -> pipeline.Run:
    return score(drawn())


@pytest.fixture(scope="module")
def found(run: pipeline.Run) -> pd.DataFrame:
    return without_organisation(run, "laget").set_index("service_id")


def test_bad_words_strengthen_and_good_ones_weaken(found: pd.DataFrame) -> None:
    bad, good, silent = (found.loc[home] for home in ("h00", "h02", "h04"))
    assert (bad["moved"], good["moved"]) == ("strengthened", "weakened")
    assert (bad["places"], bad["rank_with"]) == (0, 1), "it was first already; more reason to look all the same"
    assert good["places"] == good["rank_without"] - good["rank_with"] < -10
    assert bad["likelihood_with"] > bad["likelihood_without"]
    assert good["likelihood_with"] < good["likelihood_without"]
    assert (bad["pieces"], good["pieces"], silent["pieces"]) == (2, 1, 1)


def test_all_it_spoke_of_are_there_and_no_others(found: pd.DataFrame) -> None:
    north = {home for i, home in enumerate(HOMES) if i % 2}
    assert set(found.index) == {"h00", "h02", "h04"} | north
    assert ("service_id", *found.columns) == COLUMNS


def test_what_only_moves_with_the_others_is_told_as_unmoved(found: pd.DataFrame) -> None:
    """The likelihood of h05 falls, for h00 stretches what is compared with; its place does not."""
    h05 = found.loc["h05"]
    assert h05["likelihood_with"] < h05["likelihood_without"]
    assert h05["places"] > 0
    assert h05["moved"] == "unmoved"


def test_words_about_an_area_move_its_services() -> None:
    records = drawn()
    spoke = {"experience_id": ["g"], "area": ["Sør"], "organisation": ["Naboene"], "score": [75.0]}
    told = records["experiences"]
    beside = told[(told["experience_id"] == "d").to_numpy()].assign(**spoke)
    told = pd.concat([told, beside])
    left = told[~told["experience_id"].isin(["a", "b", "c", "e"]).to_numpy()]
    found = without_organisation(score({**records, "experiences": left}), "Laget").set_index("service_id")
    assert list(found.index.sort_values()) == [home for i, home in enumerate(HOMES) if i % 2]
    assert (found["moved"] == "strengthened").all()
    assert (found["pieces"] == 1).all()


def test_it_is_what_the_long_way_gives(run: pipeline.Run, found: pd.DataFrame) -> None:
    left = drawn()
    rows = left["experiences"]
    other = score({**left, "experiences": rows[(rows["organisation"].str.casefold() != "laget").to_numpy()]})
    scores = other.table.scores.loc[found.index]
    assert found["likelihood_without"].to_numpy() == pytest.approx(scores["likelihood"].to_numpy(), abs=1e-9)
    priority = other.table.scores["priority"]
    ranks = [1 + int((priority > priority[home]).sum()) for home in found.index]
    assert found["rank_without"].tolist() == ranks


def test_it_agrees_with_the_page_of_one_service(run: pipeline.Run, found: pd.DataFrame) -> None:
    alone = without_each_source(run, "h00")
    alone = alone[alone["kind"] == "organisation"].set_index("name").loc["LAGET"]
    for name in ("places", "rank_with", "rank_without"):
        assert alone[name] == found.loc["h00", name]


def test_only_some_of_its_pieces_may_be_left_out(run: pipeline.Run) -> None:
    some = without_organisation(run, "Laget", only={"b", "u0"}).set_index("service_id")
    assert list(some.index) == ["h02"], "u0 is another's"
    assert some.loc["h02", "pieces"] == 1


@pytest.mark.parametrize("name", ["Ingen", "", "  "])
def test_an_organisation_without_a_word_has_no_rows(run: pipeline.Run, name: str) -> None:
    nothing = without_organisation(run, name)
    assert nothing.empty
    assert tuple(nothing.columns) == COLUMNS


def test_another_model_is_refused(run: pipeline.Run) -> None:
    from dataclasses import replace

    learned = pipeline.Run(run.prepared, replace(run.table, model_id="learned-2024"))
    with pytest.raises(ModelError, match="not at hand"):
        without_organisation(learned, "Laget")
