"""risiko.explain in a notebook: the same numbers and sentences as the pages, shown safely, in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

import risiko
from risiko import api
from risiko.api.explained import PLACE
from risiko.errors import InputError, ModelError
from risiko.i18n import Translator
from risiko.pipeline.draws import cut_of, draw_for
from risiko.pipeline.named_weights import save_weights
from risiko.pipeline.runs import with_capacity
from risiko.pipeline.what_if import COLUMNS as CHANGES
from risiko.pipeline.without import COLUMNS as VOICES
from risiko.reasons import reasons_for
from risiko.reports.names import Names
from risiko.reports.reason_words import sentences
from risiko.vocabulary import DIMENSIONS, GROUPS
from tests import small_authority as small
from tests.trained import trained

NOW = datetime(2026, 6, 1, 12)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> api.Authority:
    """Two hundred services in memory; nothing here rests on many draws, and they take the longest."""
    opened = small.stored(small.world())
    chosen = opened.settings
    chosen = chosen.model_copy(update={"score": chosen.score.model_copy(update={"draws": 200})})
    return api.Authority(replace(opened, settings=chosen, models=tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def scores(authority: api.Authority) -> api.Scored:
    return authority.score(small.END)


@pytest.fixture(scope="module")
def first(scores: api.Scored) -> str:
    return str(scores.ranking()["service_id"].iloc[0])


@pytest.fixture(scope="module")
def why(scores: api.Scored, first: str) -> api.Explained:
    return risiko.explain(scores, first)


@pytest.fixture(scope="module")
def by_model(authority: api.Authority, scores: api.Scored) -> api.Scored:
    """The same services by a learned score that is not in force."""
    made = trained(authority.opened, scores.run.prepared, small.END, gain=(0.02, 0.01, 0.03))
    return authority.score(small.END, model=made.entry.model_id)


def odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


# --- The same as the pages ---


def test_it_is_one_of_the_few_names_and_what_the_authority_gives(authority: api.Authority, scores: api.Scored, why: api.Explained, first: str) -> None:
    assert "explain" in dir(risiko)
    same = authority.explain(scores, first)
    pd.testing.assert_frame_equal(same.frame(), why.frame())
    assert same.caption == why.caption
    assert same.model is why.model is None


def test_the_sentences_are_the_pages_own_and_in_the_readers_language(authority: api.Authority, scores: api.Scored, first: str) -> None:
    reasons = reasons_for(scores.run.table, scores.run.prepared.features, first)
    ways = {
        "nb": risiko.explain(scores, first, "nb"), "nn": replace(authority, language="nn").explain(scores, first),
        "en": risiko.explain(replace(scores, language="en"), first),
    }  # fmt: skip
    for language, word in {"nb": "sannsynligheten", "nn": "sannsynet", "en": "likelihood"}.items():
        said = ways[language].sentences()
        names = Names.of(Translator(language), authority.opened.settings, small.world()["metadata_columns"])
        assert said == sentences(reasons, names)
        assert len(said) == len(reasons) <= 5
        assert word in said[0]


@pytest.mark.parametrize("of", ["scores", "by_model"])
def test_groups_and_dimensions_add_up_and_say_what_they_lift(of: str, first: str, request: pytest.FixtureRequest) -> None:
    why = risiko.explain(request.getfixturevalue(of), first)
    likelihood = why.run.table.scores.loc[first, "likelihood"]
    groups, dimensions = why.by_group(), why.by_dimension()
    assert groups["group"].tolist() == list(GROUPS)
    assert dimensions["dimension"].tolist() == [*DIMENSIONS, "whole"]
    for rows in (groups, dimensions):
        assert why.detail.base + rows["contribution"].sum() == pytest.approx(odds(likelihood), abs=1e-9)
        np.testing.assert_allclose(rows["likelihood_with"], likelihood, atol=1e-12)
        left_out = [odds(share) for share in rows["likelihood_without"]]
        np.testing.assert_allclose(left_out, odds(likelihood) - rows["contribution"], atol=1e-9)
        assert ((rows["likelihood_without"] < rows["likelihood_with"]) == (rows["contribution"] > 0)).all()
    by_hand = why.frame().groupby("group")["contribution"].sum()
    np.testing.assert_allclose(groups.set_index("group")["contribution"], by_hand.reindex(list(GROUPS)).fillna(0), atol=1e-12)
    assert (groups["contribution"] != 0).any()


def test_the_place_is_that_of_the_list_with_what_it_is_measured_against(scores: api.Scored, why: api.Explained, first: str) -> None:
    place, list_ = why.place(), scores.frame().set_index("service_id")
    assert len(place) == 1
    row = place.iloc[0]
    assert row["service_id"] == first
    assert row[PLACE].astype(float).tolist() == list_.loc[first, PLACE].astype(float).tolist()
    assert place[["of", "top", "in_tier"]].values.tolist() == [[
        len(list_), scores.run.table.top, (list_["tier"] == list_.loc[first, "tier"]).sum()
    ]]  # fmt: skip
    assert place["rank"].dtype.kind == "i"
    assert row["rank_low"] <= row["rank"] <= row["rank_high"]


# --- Whose voice, and what would change it ---


def test_voices_and_what_would_change_it_are_numbers_and_words_of_the_score_that_made_the_list(by_model: api.Scored) -> None:
    service_id = by_model.ranking()["service_id"].iloc[3]
    why = risiko.explain(by_model, service_id)
    voices, changes = why.without(), why.what_if()
    assert list(voices.frame()) == list(VOICES)
    assert list(changes.frame()) == list(CHANGES)
    # The model itself was asked: of the service as it is, it says what its list says.
    listed = by_model.run.table.scores.loc[service_id]
    np.testing.assert_allclose(voices.frame()["likelihood_with"], listed["likelihood"], atol=1e-9)
    np.testing.assert_allclose(changes.frame()["p_top_before"], listed["p_top"], atol=1e-6)
    for table, column in ((voices, "Place with"), (changes, "What it shows")):
        assert service_id in table.caption
        assert len(table.brief()) == len(table.frame()) > 0
        assert column in table.brief()
        assert all(line in repr(table) for line in table.told)
        assert table.told


def test_a_list_by_a_model_that_is_not_at_hand_says_so(by_model: api.Scored, first: str) -> None:
    why = risiko.explain(replace(by_model, model=None), first)
    assert why.sentences()
    for ask in (why.without, why.what_if):
        with pytest.raises(ModelError, match="not at hand"):
            ask()


# --- How it shows itself ---


def test_it_shows_caption_sentences_and_table_in_this_order_and_no_picture(why: api.Explained) -> None:
    shown = why._repr_html_()
    at = [shown.index(part) for part in ("<caption", "likelihood", "<ul><li>", "</li></ul></caption>", "<thead")]
    assert at == sorted(at)
    assert shown.count("<li>") == len(why.sentences())
    assert not any(mark in shown for mark in ("<svg", "<canvas", "vega", "<script"))
    lines = repr(why).splitlines()
    assert lines[0].startswith(why.caption)
    assert lines[1 : 1 + len(why.sentences())] == [f"- {line}" for line in why.sentences()]
    assert why.brief()["signal"].iloc[0] in lines[len(why.sentences()) + 2]


def test_what_people_wrote_is_escaped(why: api.Explained) -> None:
    named = replace(why, detail=replace(why.detail, service={**why.detail.service, "name": "<script>x</script>"}))
    told = api.Table(pd.DataFrame({"x": [1]}), "Told.", told=('Without <b>"Us"</b> & others.',), shown=pd.DataFrame({"<i>": ["<u>"]}))
    for shown in (named._repr_html_(), told._repr_html_()):
        assert not any(tag in shown for tag in ("<script>", "<b>", "<i>", "<u>"))
    assert "&lt;script&gt;x" in named._repr_html_()
    assert "<li>Without &lt;b&gt;&quot;Us&quot;&lt;/b&gt; &amp; others.</li>" in told._repr_html_()
    assert told.frame()["x"].tolist() == [1]


def test_a_table_that_tells_nothing_has_no_list(scores: api.Scored) -> None:
    assert "<ul>" not in scores._repr_html_()


def test_frames_are_ones_own(why: api.Explained) -> None:
    for ask in (why.frame, why.place, why.by_group, why.by_dimension, why.criteria):
        taken = ask()
        taken.iloc[:, 0] = "changed"
        assert "changed" not in set(ask().iloc[:, 0].astype("str"))


def test_the_picture_of_the_list_has_sixty_services_and_the_line_of_capacity(scores: api.Scored, why: api.Explained) -> None:
    drawn = scores.plot_intervals().to_dict()["datasets"].values()
    services = next(rows for rows in drawn if "rank_low" in rows[0])
    assert [row["rank"] for row in services] == scores.ranking()["rank"].head(60).tolist()
    assert [rows[0]["x"] for rows in drawn if "x" in rows[0]] == [scores.run.table.top + 0.5]
    ends = [row["end"] for rows in why.plot_steps().to_dict()["datasets"].values() for row in rows if "end" in row]
    assert min(abs(end - why.detail.log_odds) for end in ends) < 1e-9


# --- What a person gets wrong ---


@pytest.mark.parametrize(
    ("given", "service_id", "where", "match"),
    [
        ("frame", "a", "scores", "DataFrame is not a scored list"), ("authority", "a", "scores", "Authority is not"),
        ("scores", 12, "service_id", "this is int"), ("scores", None, "service_id", "this is NoneType"),
        ("scores", ["a"], "service_id", "this is list"), ("scores", "nobody", "service_id", "No service 'nobody'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_where_and_a_way_on(
    authority: api.Authority, scores: api.Scored, given: str, service_id: Any, where: str, match: str
) -> None:
    things: dict[str, Any] = {"authority": authority, "scores": scores, "frame": scores.frame()}
    for ask in (risiko.explain, authority.explain):
        with pytest.raises(InputError, match=match) as said:
            ask(things[given], service_id)
        assert said.value.where == where
        assert said.value.hint


def test_no_services_cannot_be_drawn(scores: api.Scored) -> None:
    with pytest.raises(InputError, match="0 services") as said:
        scores.plot_intervals(0)
    assert said.value.where == "first"


# --- Draws and weight sets that were kept ---


def test_draws_and_weight_sets_are_tables_and_a_saved_set_scores_by_its_name(authority: api.Authority, scores: api.Scored) -> None:
    assert authority.draws().frame().empty
    assert authority.weight_sets().frame().empty
    run = next(r for top in range(5, 60) if cut_of(r := with_capacity(scores.run, top)).places > 1)
    kept = draw_for(authority.opened, run, seed=7, why="The tier is too wide.", by="KN", now=NOW)
    assert kept is not None
    row = authority.draws().frame().iloc[0]
    assert row[["seq", "by", "why", "seed", "top"]].tolist() == [1, "KN", "The tier is too wide.", 7, run.table.top]
    assert row["drawn"] == kept.record.winners.tolist()
    assert len(row["drawn"]) == row["places"] < row["eligible"]
    assert ", ".join(row["drawn"]) in repr(authority.draws())

    save_weights(authority.opened, "The council", {"experience_mean": 2.0, "last_finding": 0.1}, now=NOW, by="KN")
    rows = authority.weight_sets().frame()
    assert rows.set_index("signal")["weight"].to_dict() == {"experience_mean": 2.0, "last_finding": 0.1}
    assert set(rows["name"]) == {"The council"}
    named = authority.score(small.END, weights="The council")
    assert named.run.weights["experience_mean"] == 2.0
    pd.testing.assert_frame_equal(
        named.frame(), authority.score(small.END, weights={"experience_mean": 2.0, "last_finding": 0.1}).frame()
    )
    with pytest.raises(InputError, match="no weight set 'Nobody'"):
        authority.score(small.END, weights="Nobody")
