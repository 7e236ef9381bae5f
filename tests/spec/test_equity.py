"""Equal treatment: group means with intervals that claim no more than they can, and pairs of like services."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.contracts import Tables
from risiko.evaluate.equity import NOT_TOLD, OTHERS, by_group, merge_small, voices
from risiko.evaluate.equity_groups import groupings
from risiko.evaluate.matched_pairs import matched_pairs, nearest_elsewhere
from risiko.pipeline.equity import found_outcome
from risiko.signals import specs
from tests import awkward
from tests.drawn import context, table

ASKED: dict[str, Any] = {"draws": 200, "minimum": 3, "fewest_clusters": 2.0}


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def means(values: dict[str, list[float]], groups: list[str | None], clusters: list[str | None] | None = None, **asked: Any) -> pd.DataFrame:
    """by_group with drawn values, one row per group of the first measure."""
    index = [f"s{i}" for i in range(len(groups))]
    of = pd.Series(clusters or index, index=index, dtype="str")
    found = by_group(pd.DataFrame(values, index=index), pd.Series(groups, index=index, dtype="str"), clusters=of, rng=rng(), **{**ASKED, **asked})
    return found.set_index(["measure", "group"])


def test_means_by_group_beside_the_mean_of_all() -> None:
    found = means({"x": [1, 2, 3, 10, 20, 30]}, list("aaabbb")).loc["x"]
    assert found["value"].to_dict() == {"a": 2.0, "b": 20.0}
    assert found["overall"].tolist() == [11.0, 11.0]
    assert found["difference"].to_dict() == {"a": -9.0, "b": 9.0}
    assert found["n"].tolist() == [3, 3]
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()


def test_a_missing_value_is_not_zero() -> None:
    nan = float("nan")
    found = means({"x": [1, 1, 1, nan, 5, 5, 5, nan]}, list("aaaabbbb")).loc["x"]
    assert found["value"].to_dict() == {"a": 1.0, "b": 5.0}
    assert found["n"].tolist() == [3, 3]


def test_small_groups_are_merged_and_the_untold_stand_alone() -> None:
    groups = pd.Series(["a"] * 4 + ["b", "b", "c", None, None, None])
    assert merge_small(groups, 3).tolist() == ["a"] * 4 + [OTHERS] * 3 + [NOT_TOLD] * 3
    assert merge_small(groups, 4).tolist() == ["a"] * 4 + [OTHERS] * 3 + [NOT_TOLD] * 3, "the untold are no one's others"


def test_of_too_few_nothing_is_shown() -> None:
    found = means({"x": [1, 1, 1, 9, 9]}, ["a", "a", "a", "b", None]).loc["x"]
    for group in (OTHERS, NOT_TOLD):
        assert found.loc[group, "told"] == "too_few"
        assert found.loc[group, ["value", "low", "high", "difference", "diff_low", "diff_high"]].isna().all()
    assert found.loc["a", "value"] == 1.0
    nan = float("nan")
    measured = means({"x": [1] * 6, "y": [1, 1, 1, 1, nan, nan]}, list("aaabbb"))
    assert measured.loc[("y", "b"), "told"] == "too_few", "too few with a value, though not too few services"
    assert pd.isna(measured.loc[("y", "b"), "value"])


def test_one_provider_cannot_speak_for_a_group() -> None:
    found = means({"x": [9, 9, 9, 9, 1, 2, 1, 2]}, list("aaaabbbb"), ["p"] * 4 + list("qrst")).loc["x"]
    assert found.loc["a", ["clusters", "value", "told"]].tolist() == [1.0, 9.0, "few_clusters"]
    assert found.loc["a", ["low", "high", "diff_low", "diff_high"]].isna().all()
    uneven = means({"x": range(5)}, list("aaaaa"), list("ppppq")).loc["x"]
    assert uneven.loc["a", "clusters"] == pytest.approx(25 / 17)  # (4 + 1)² / (4² + 1²)


def test_services_without_a_provider_are_on_their_own() -> None:
    found = means({"x": range(8)}, list("aaaabbbb"), [None] * 8).loc["x"]
    assert found["clusters"].tolist() == [4.0, 4.0]


def test_none_in_thirty_is_not_taken_as_certain() -> None:
    share = [0.0] * 30 + [1.0] * 27 + [0.0] * 243  # 9 % of 300
    found = means({"x": share}, ["a"] * 30 + ["b"] * 270, minimum=20).loc["x"]
    assert found.loc["a", "value"] == 0
    assert found.loc["a", "high"] == pytest.approx(1.96 * np.sqrt(0.09 * 0.91 / 30), rel=0.01)
    assert found.loc["a", "told"] == "not_shown"
    assert found.loc["a", "low"] == 0, "no share is below 0"


def planted(effect: float, *, seed: int, groups: int = 12, size: int = 40) -> pd.DataFrame:
    """Groups that are alike but for the first, with providers of eight services that resemble each other."""
    draw = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), size)
    provider = np.arange(groups * size) // 8
    x = draw.standard_normal(provider.max() + 1)[provider] * 0.5 + draw.standard_normal(len(group)) + effect * (group == 0)
    frame = pd.DataFrame({"x": x, "group": [f"g{g:02d}" for g in group], "provider": [f"p{p}" for p in provider]})
    return frame.rename_axis("service_id")


def judged(world: pd.DataFrame, **asked: Any) -> pd.DataFrame:
    found = by_group(world[["x"]], world["group"], clusters=world["provider"], rng=rng(), **{**ASKED, "minimum": 20, **asked})
    return found.set_index("group")


def test_a_planted_difference_is_told_and_its_direction() -> None:
    for effect, word in ((2.0, "higher"), (-2.0, "lower")):
        told = judged(planted(effect, seed=1))["told"]
        assert told["g00"] == word
        assert (told.drop("g00") != word).all()


def test_chance_alone_lets_no_group_stand_out_more_than_it_may() -> None:
    worlds = [judged(planted(0, seed=seed)) for seed in range(60)]
    false_alarms = np.mean([w["told"].isin(["higher", "lower"]).any() for w in worlds])
    assert false_alarms <= 0.12, "at most 5 %, and what 60 worlds may show of that"
    one_by_one = np.mean([(w["difference"].abs() > (w["diff_high"] - w["difference"]) * 1.96 / 2.86).any() for w in worlds])
    assert one_by_one > 0.25, "looked at one by one, twelve groups of which none differs often show one that does"


def test_services_of_one_provider_do_not_count_as_so_many() -> None:
    world = planted(0, seed=3)
    alone = world.assign(provider=[f"p{i}" for i in range(len(world))])
    width, if_alone = ((w["diff_high"] - w["diff_low"]).mean() for w in (judged(world), judged(alone)))
    assert width > 1.3 * if_alone


def test_the_answer_depends_on_the_services_not_on_their_order() -> None:
    world = planted(1.0, seed=5)
    shuffled = world.sample(frac=1, random_state=1)
    there, back = judged(world), judged(shuffled)
    columns = ["n", "clusters", "value", "overall", "difference"]
    pd.testing.assert_frame_equal(there[columns], back[columns])
    assert np.allclose(there["diff_high"], back["diff_high"], atol=0.1)
    pd.testing.assert_frame_equal(judged(world), judged(world))


def test_whose_voice_counts_up_and_down_alike() -> None:
    parts = pd.DataFrame({"complaints": [0.5, -0.5, 0.5, 0, 0, 0], "history": [0.5, 0.5, 0.5, 0.2, -0.2, 0.2]}, index=list("uvwxyz"))
    groups = pd.Series(list("aaabbb"), index=parts.index)
    found = voices(parts, groups, clusters=pd.Series(parts.index, index=parts.index), rng=rng(), **ASKED).set_index(["group", "measure"])
    assert found["value"].round(6).to_dict() == {("a", "complaints"): 0.5, ("b", "complaints"): 0.0, ("a", "history"): 0.5, ("b", "history"): 0.2}
    assert found.loc["a", "share"].tolist() == [0.5, 0.5]
    assert found.loc["b", "share"].tolist() == [0.0, 1.0]


def test_size_is_in_quarters_and_missing_stands_apart() -> None:
    lines = "service_id | users | county\n" + "\n".join(f"s{i} | {users} | {'Agder' if i else ''}" for i, users in enumerate([10, 20, 30, 40, 50, 60, 70, 80, 0, ""]))
    services = context("2020-01-01", services=lines).services
    found = groupings(services, table("metadata_columns", "name"))
    assert list(found) == ["office", "county", "sector", "service_type", "size", "dependency"]
    assert found["size"].groups.iloc[:8].tolist() == list("11223344")
    assert found["size"].groups.iloc[8:].isna().all(), "a registered 0 is a number that is missing"
    assert found["size"].bands["2"] == (30, 40)
    assert found["county"].groups.isna().tolist() == [True] + [False] * 9
    assert found["dependency"].groups.unique().tolist() == ["3"]  # a nursing home's default


def test_columns_for_audit_are_groupings_and_others_are_not() -> None:
    lines = "service_id | decile | staff\n" + "\n".join(f"s{i} | {1 + i % 10} | 5" for i in range(30))
    declared = table("metadata_columns", "name | kind | audit_only\ndecile | number | true\nstaff | number | false\nabsent | number | true")
    found = groupings(context("2020-01-01", services=lines).services, declared)
    assert [name for name in found if name.startswith("audit:")] == ["audit:decile"]
    assert found["audit:decile"].bands == {"1": (1, 2), "2": (3, 4), "3": (5, 6), "4": (7, 8), "5": (9, 10)}
    same = groupings(context("2020-01-01", services=lines.replace(" | 5", " | ")).services, declared.assign(name=["staff", "x", "y"]))
    assert same["audit:staff"].groups.isna().all()


# --- pairs ---


def paired(profile: list[float], office: str, *, types: str = "", provider: str = "", n: int = 1, caliper: float = 0.5, most: int = 100) -> set[tuple[int, int]]:
    services = pd.DataFrame({"office": [o if o != "-" else None for o in office], "service_type": list(types or "t" * len(office))})
    found = nearest_elsewhere(pd.DataFrame({"z": profile}), services, across="office", n_neighbours=n, caliper=caliper, most=most, rng=rng())
    return set(zip(found["position"].tolist(), found["other"].tolist(), strict=True))


def test_the_nearest_of_the_same_type_in_another_office() -> None:
    assert paired([0, 0.1, 0.2, 0.5], "aabb") == {(0, 2), (1, 2), (2, 1), (3, 1)}
    assert paired([0, 0.1, 0.2, 0.5], "aabb", caliper=0.15) == {(1, 2), (2, 1)}, "none beyond the caliper"
    assert paired([0, 0, 0, 0], "abab", types="xxyy") == {(0, 1), (1, 0), (2, 3), (3, 2)}, "none across types"
    assert paired([0, 0, 0], "ab-") == {(0, 1), (1, 0)}, "none without an office"
    assert paired([0, 1, 2], "aaa") == set(), "none where there is one office"
    assert len(paired([0.0] * 10, "ab" * 5, n=3)) == 30
    assert len({own for own, _ in paired([0.0] * 10, "ab" * 5, most=4)}) == 4


def twins(effect: float, *, seed: int, offices: int = 6, each: int = 60) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Services whose score follows from their profile, chance and provider, and in the first office `effect` besides."""
    draw = np.random.default_rng(seed)
    n = offices * each
    office = np.arange(n) % offices
    provider = (np.arange(n) // offices // 4) * offices + office
    z = draw.standard_normal((n, 2))
    score = z.sum(axis=1) * 0.1 + 0.1 * draw.standard_normal(n) + 0.05 * draw.standard_normal(n)[provider] + effect * (office == 0)
    services = pd.DataFrame({"office": [f"o{o}" for o in office], "provider_id": [f"p{p}" for p in provider], "service_type": "t"})
    return pd.DataFrame(z, columns=["a", "b"]), pd.DataFrame({"rank_share": score}), services


def compared(world: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], **asked: Any) -> pd.DataFrame:
    usual = {"n_neighbours": 3, "caliper": 0.25, "draws": 200, "minimum": 20, "fewest_clusters": 3.0, "rng": rng()}
    return matched_pairs(*world, **{**usual, **asked}).set_index("group")


def test_an_office_that_treats_its_own_otherwise_is_told() -> None:
    found = compared(twins(0.3, seed=2))
    assert found.loc["o0", "told"] == "higher"
    assert (found["told"].drop("o0") != "higher").all(), "the others stand lower beside it, or not apart"
    assert found.loc["o0", "difference"] == pytest.approx(0.3, abs=0.06)
    assert (found["distance"] <= 0.25).all()
    assert (found["pairs"] <= 3 * found["services"]).all()


def test_where_offices_are_alike_pairs_seldom_show_otherwise() -> None:
    alarms = [compared(twins(0.0, seed=seed))["told"].isin(["higher", "lower"]).any() for seed in range(30)]
    assert np.mean(alarms) <= 0.14


def test_too_few_pairs_are_not_told() -> None:
    found = compared(twins(5.0, seed=2), caliper=0.02)
    few = found["pairs"] < 20
    assert few.any()
    assert (found.loc[few, "told"] == "too_few").all()
    assert found.loc[few, ["difference", "low", "high"]].isna().all(axis=None)
    inputs, scores, services = twins(0, seed=1)
    assert compared((inputs, scores, services.assign(office="only"))).empty
    assert compared((inputs, scores, services.assign(office=None))).empty


# --- columns for audit only are never features ---


@pytest.mark.parametrize("column", ["staff", "maturity", "leader_vacant_months", "turnover", "leader"])
def test_no_signal_reads_a_column_for_audit_only(column: str) -> None:
    chosen = settings.load()
    own = {"staffing_column": "staff", "leader_column": "leader", "maturity_column": "maturity"}
    chosen = chosen.model_copy(update={"metadata": chosen.metadata.model_copy(update=own)})
    # Two versions of each service, so that what rests on a change has something to see.
    services = awkward.drawn()["services"]
    earlier = services.assign(known_date=pd.Timestamp("2023-01-01"), **{column: services[column] * 2})
    now = services.assign(known_date=pd.Timestamp("2024-01-01"))
    world = {**awkward.drawn(), "services": pd.concat([earlier, now], ignore_index=True)}

    def readings(tables: Tables, audit: bool) -> pd.DataFrame:
        declared = tables["metadata_columns"]
        marked = declared.assign(audit_only=((declared["name"] == column) & audit).astype("boolean"))
        found = pipeline.prepare_tables({**tables, "metadata_columns": marked}, awkward.DAY, chosen).features
        return pd.concat({s.name: found.readings[s.name] for s in found.signals if s.group == "metadata"})

    blank = {**world, "services": world["services"].assign(**{column: np.nan})}
    pd.testing.assert_frame_equal(readings(world, True), readings(blank, True))
    assert not readings(world, False).equals(readings(blank, False)), "declared for use, it is read"


def test_what_is_for_audit_only_moves_no_score() -> None:
    world = awkward.invented()
    audited = world["metadata_columns"].loc[world["metadata_columns"]["audit_only"].astype(bool), "name"].tolist()
    assert audited == ["centrality"]
    assert not {c for s in specs(world, settings.load()) for c in s.reads.get("services", ())} & set(audited)
    mixed = {**world, "services": world["services"].assign(centrality=world["services"]["centrality"].to_numpy()[::-1])}
    scores = [pipeline.rank(pipeline.prepare_tables(t, awkward.DAY, settings.load())).table.scores for t in (world, mixed)]
    pd.testing.assert_frame_equal(*scores)


# --- what the page asks of them ---


def test_found_is_only_of_those_supervised_and_of_what_was_known() -> None:
    day = date(2024, 6, 30)
    world = awkward.drawn(
        supervisions="supervision_id | service_id | event_date\nv0 | s0 | 2023-06-01\nv1 | s1 | 2023-06-01\nv2 | s2 | 2021-06-01\nv3 | s3 | 2024-06-01",
        findings="supervision_id | known_date | severity\nv0 | 2023-07-01 | serious_breach\nv1 | 2023-07-01 | remark\nv2 | 2021-07-01 | serious_breach\nv3 | 2024-08-01 | serious_breach",
    )
    found = pipeline.equity(pipeline.rank(pipeline.prepare_tables(world, day, settings.load())), 2)
    assert found.supervised == 2, "s2 too long ago, s3 not yet known, s4 and s5 never"
    outcome = found_outcome(pipeline.prepare_tables(world, day, settings.load()).features.context)
    assert outcome.dropna().to_dict() == {"s0": 1.0, "s1": 0.0}


@pytest.mark.parametrize("name", [
    "an invented authority", "no events at all", "no supervisions", "one service alone", "each alone of its type", "all alike",
    "users missing", "every score blank; no office", "nobody answered; one provider", "a hundred years on",
])  # fmt: skip
def test_awkward_worlds_have_an_answer(name: str) -> None:
    day, world = awkward.AWKWARD[name]()
    run = pipeline.rank(pipeline.prepare_tables(world, day, settings.load()))
    found, pairs = pipeline.equity(run, 2), pipeline.equity_pairs(run)
    assert (found.grouping is None) == (found.choices == ())
    assert np.isfinite(found.means["value"].dropna()).all()
    assert set(pairs.columns) >= {"basis", "measure", "group", "told"}
