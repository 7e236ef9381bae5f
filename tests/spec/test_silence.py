"""Silence drawn as tables: what was expected and not heard, and how sure one can be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from risiko import cohorts, features, settings
from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.scoring import ScoreTable, score
from risiko.settings import ReportingPrior
from risiko.signals import Context, specs
from risiko.signals.complaints import complaint_rate_long
from risiko.signals.silence import dialogue_list, silence
from risiko.vocabulary import SILENCE_FLAGS
from tests.drawn import context

AS_OF = "2023-12-31"


def services(dependency: int = 3, n: int = 30, extra: str = "") -> str:
    """n nursing homes with 300 users each, and whatever is drawn beside them."""
    rows = "\n".join(f"s{i:02} | 300 | {dependency}" for i in range(n))
    return f"service_id | users | dependency\n{rows}\n{extra}"


def complaints(counts: dict[str, int]) -> str:
    return "service_id | event_date | n\n" + "\n".join(f"{name} | 2023-05-01 | {n}" for name, n in counts.items() if n)


# Ten complaints each, more or less, one service without any and one with four times as many as the others.
COUNTS = {f"s{i:02}": 7 + i % 7 for i in range(30)} | {"s00": 0, "s29": 40}


def with_prior(c: Context, alpha: float, beta: float, degrees: str = "0123") -> Context:
    """The same with another reporting prior for some degrees of dependency."""
    rule = c.settings.silence
    priors = {**rule.reporting, **{d: ReportingPrior(alpha=alpha, beta=beta, reason="A test.") for d in degrees}}
    changed = c.settings.model_copy(update={"silence": rule.model_copy(update={"reporting": priors})})
    return Context(c.services, c.known, c.as_of, changed)


def read(c: Context) -> pd.DataFrame:
    return silence(c, complaint_rate_long(c))


def test_expected_is_the_types_own_rate_and_heard_is_what_is_registered() -> None:
    found = read(context(AS_OF, services=services(), complaints=complaints(COUNTS)))
    assert found["heard"].to_dict() == COUNTS
    assert found["expected_voice"].to_numpy() == pytest.approx(np.full(30, sum(COUNTS.values()) / 30))


def test_flags() -> None:
    drawn = services(extra="tiny | 2 | 3\nunknown | | 3\nown | 300 | 0")
    found = read(context(AS_OF, services=drawn, complaints=complaints({**COUNTS, "unknown": 3})))
    assert found["flag"].drop_duplicates().to_dict() == {
        "own": "quiet", "s00": "quiet_and_dependent", "s01": "as_expected", "s29": "more_than_expected",
        "tiny": "too_small_to_tell", "unknown": "no_exposure",
    }  # fmt: skip
    assert set(found["flag"]) == set(SILENCE_FLAGS)
    assert found.loc["unknown", ["expected_voice", "tail"]].isna().all()


@pytest.mark.parametrize("users", [50, 80, 100])
def test_where_no_complaint_at_all_is_no_surprise_nothing_is_called_silence(users: int) -> None:
    """METHODS U04: with fewer than 3 expected, not even none is surprising (e^-3 = .0498)."""
    drawn = services().replace("| 300 |", f"| {users} |")
    found = read(context(AS_OF, services=drawn, complaints=complaints({name: n // 4 for name, n in COUNTS.items()})))
    assert (found["expected_voice"] < 3).all()
    assert found.loc["s00", "flag"] == "too_small_to_tell"


def test_a_type_without_any_complaint_is_not_called_silent() -> None:
    found = read(context(AS_OF, services=services()))
    assert (found["flag"] == "no_exposure").all()
    assert (found["stretch"] == 1).all()


def test_without_exposure_the_posterior_is_the_prior() -> None:
    found = read(context(AS_OF, services=services(extra="unknown | | 3"), complaints=complaints({**COUNTS, "unknown": 9})))
    prior = settings.load().silence.reporting["3"]
    assert found.loc["unknown", "reporting"] == pytest.approx(prior.alpha / (prior.alpha + prior.beta))
    assert found.loc["unknown", "theta"] == pytest.approx(1, abs=0.01)
    assert found.loc["unknown", "theta_sd"] > found["theta_sd"].drop(["unknown", "s29"]).max()


def test_a_wider_prior_of_reporting_widens_the_posterior() -> None:
    c = context(AS_OF, services=services(), complaints=complaints(COUNTS))
    tight, wide = (read(with_prior(c, 3 * k, 7 * k)) for k in (100, 1))
    assert (wide["information"] > tight["information"]).all()
    usual = wide.index.drop("s29")  # four times as many may come of an unusual share, and so be less
    assert (wide["theta_sd"] > tight["theta_sd"])[usual].all()
    assert (wide["theta_q95"] > tight["theta_q95"])[usual].all()


def test_a_lower_share_of_reporting_raises_theta() -> None:
    """One dependent service among others of its type whose users speak for themselves, with as many complaints."""
    drawn = services(dependency=0).replace("s07 | 300 | 0", "s07 | 300 | 3")
    c = context(AS_OF, services=drawn, complaints=complaints(COUNTS))
    thetas = [read(with_prior(c, 20 * share, 20 * (1 - share), "3")).loc["s07", "theta"] for share in (0.6, 0.4, 0.2)]
    assert thetas == sorted(thetas)
    assert thetas[0] < thetas[-1]
    assert read(c).loc["s07", "theta"] > read(c).loc["s14", "theta"]  # the same count


def test_what_a_whole_type_does_not_report_moves_no_one() -> None:
    c = context(AS_OF, services=services(), complaints=complaints(COUNTS))
    low, high = (read(with_prior(c, 10_000 * share, 10_000 * (1 - share))) for share in (0.2, 0.8))
    assert low["theta"].to_numpy() == pytest.approx(high["theta"].to_numpy(), rel=0.01)


def test_order_of_the_services_does_not_matter() -> None:
    header, *rows = services().strip().splitlines()
    renamed = [f"x{99 - int(row[1:3])}{row[3:]}" for row in rows]
    one = read(context(AS_OF, services=services(), complaints=complaints(COUNTS)))
    two = read(context(AS_OF, services="\n".join([header, *renamed]),
                       complaints=complaints({f"x{99 - int(name[1:])}": n for name, n in COUNTS.items()})))  # fmt: skip
    back = two.rename(index={name: f"s{99 - int(name[1:]):02}" for name in two.index}).loc[one.index]
    pd.testing.assert_frame_equal(one, back, check_names=False, rtol=1e-9)


def test_rank_bounds_hold_what_the_posterior_means_say() -> None:
    found = read(context(AS_OF, services=services(), complaints=complaints(COUNTS)))
    assert (found["rank_best"] <= found["rank_worst"]).all()
    assert found.loc["s29", ["rank_best", "rank_worst"]].tolist() == [1, 1]
    assert found.loc["s00", "rank_worst"] == 30


def test_second_lists_count_what_else_speaks_in_the_window() -> None:
    c = context(AS_OF, services=services(), complaints=complaints(COUNTS) + "\n", experiences="""
        service_id | event_date | method      | dimension | score | n
        s01        | 2023-01-01 | survey      | safe      | 60    | 40
        s01        | 2023-01-01 | survey      | involving | 55    | 38
        s01        | 2023-02-01 | focus_group |           |       | 8
        s02        | 2012-02-01 | interview   |           |       | 1
        """)  # fmt: skip
    known = c.known["complaints"]
    c.known["complaints"] = known.assign(stream=known["stream"].where(known["service_id"] != "s03", "ombud"))
    found = read(c)
    assert found.loc[["s01", "s02", "s03"], "second_lists"].tolist() == ["experience", "", "ombud"]
    assert found.loc[["s01", "s02", "s03"], "second_n"].tolist() == [2, 0, COUNTS["s03"]]


def test_the_dialogue_list_holds_the_quiet_and_dependent_and_asks_first_where_no_one_has_told() -> None:
    counts = {**COUNTS, "s00": 0, "s01": 0, "s02": 1}
    found = read(context(AS_OF, services=services(), complaints=complaints(counts), experiences="""
        service_id | event_date | method
        s00        | 2023-01-01 | interview
        """))  # fmt: skip
    asked = dialogue_list(found)
    assert set(asked.index) == {"s00", "s01", "s02"} == set(found.index[found["flag"] == "quiet_and_dependent"])
    assert asked.index[-1] == "s00"
    assert asked["information"].iloc[:-1].is_monotonic_decreasing
    assert list(asked.columns) == list(found.columns)


# --- What it does to the list: nothing to a place, and only upwards to the interval. ---


def scored(counts: dict[str, int], drawn: str) -> tuple[features.Features, ScoreTable]:
    """The drawn services with the signals that count in the score."""
    c = context(AS_OF, services=drawn, complaints=complaints(counts))
    counting = tuple(s for s in specs(c.known, c.settings) if s.name in c.settings.score.weights)
    readings = {features.VOICE: complaint_rate_long(c), **{s.name: s.compute(c) for s in counting}}
    found = features.Features(c.as_of, counting, readings, c)
    return found, score(found, cohorts.Cohort(c.services, pd.Series(dtype=int)), c.settings)


def as_heard(found: features.Features) -> pd.DataFrame:
    """The scores without the reporting prior."""
    plain = dataclasses.replace(found)
    vars(plain)["silence"] = found.silence.assign(stretch=1.0)  # as if it had been computed so
    return score(plain, cohorts.Cohort(found.context.services, pd.Series(dtype=int)), found.context.settings).scores


MANY = {f"s{i:02}": (3 + 5 * i) % 17 for i in range(90)}


def test_the_reporting_prior_moves_no_score_and_the_chances_of_the_quiet_only_upwards() -> None:
    found, table = scored(MANY, services(n=90))
    plain, full = as_heard(found), table.scores
    steady = ["likelihood", "consequence", "evidence", "priority"]
    pd.testing.assert_frame_equal(full[steady], plain[steady])
    quiet = found.silence["stretch"] > 1
    assert 10 < quiet.sum() < 90
    drawing = 0.01  # what drawing alone moves a chance by
    assert (full["p_top"] >= plain["p_top"] - drawing)[quiet].all()
    assert (full["p_top"] <= plain["p_top"] + drawing)[~quiet].all()
    assert (full["rank_low"] <= plain["rank_low"])[quiet].all()
    assert (full["rank_low"] < plain["rank_low"])[quiet].sum() > 5
    assert full["p_top"].sum() == pytest.approx(plain["p_top"].sum(), abs=0.1)  # as many places as before


def test_the_places_that_the_reporting_prior_allows_reach_up_for_the_quiet_alone() -> None:
    found, table = scored(MANY, services(n=90))
    full, quiet = table.scores, found.silence["stretch"] > 1
    heard = full["priority"].rank(ascending=False, method="min")
    assert (full["rank_best"] <= heard).all()
    assert (full["rank_best"] < heard)[quiet].sum() > 10
    assert (full["rank_best"] == np.minimum(heard, full["rank"]))[~quiet].all(), "nothing of theirs is unsaid"
    assert (full["rank_worst"] > heard)[~quiet].any(), "others may have held back"


def test_only_quiet_services_with_dependent_users_are_given_more_room() -> None:
    for degree, given in ((0, False), (1, False), (2, True), (3, True)):
        found = read(context(AS_OF, services=services(degree, n=90), complaints=complaints(MANY)))
        wider = found["stretch"] > 1
        assert wider.any() == given
        assert not wider[found["heard"] >= found["expected_voice"]].any()


def test_a_service_that_falls_silent_keeps_its_priority_and_its_better_end() -> None:
    """Beside what they would be with the prior left out."""
    for left in (8, 4, 0):
        found, table = scored({**MANY, "s40": left}, services(n=90))
        plain = as_heard(found)
        assert table.scores.loc["s40", "priority"] == plain.loc["s40", "priority"]
        assert table.scores.loc["s40", "rank_low"] <= plain.loc["s40", "rank_low"]


# --- What is said of it. ---


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_flag_has_a_sentence_with_its_numbers(language: str) -> None:
    drawn = services(extra="tiny | 2 | 3\nunknown | | 3\nown | 300 | 0")
    found = read(context(AS_OF, services=drawn, complaints=complaints(COUNTS), experiences="""
        service_id | event_date | method
        s00        | 2023-01-01 | interview
        """))  # fmt: skip
    names = Names(Translator(language, strict=True), settings.load())
    said = {row["flag"]: names.silence(row) for _, row in found.iterrows() if row["flag"] != "as_expected"}
    assert "40" in said["more_than_expected"]
    assert Translator(language).number(found.loc["s00", "expected_voice"], 1) in said["quiet_and_dependent"]
    assert len(set(said.values())) == 5
    assert all("{" not in text and "36" in text for flag, text in said.items() if flag != "no_exposure")


def test_features_carry_the_silence_that_the_long_window_tells() -> None:
    c = context(AS_OF, services=services(), complaints=complaints(COUNTS))
    found = features.assemble(c.known, cohorts.Cohort(c.services, pd.Series(dtype=int)), c.as_of, c.settings)
    pd.testing.assert_frame_equal(found.silence, read(c))
