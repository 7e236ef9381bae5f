"""The invented survey of six organisations: the real numbers, hanging together, and better in the second year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from risiko.synthetic.members_survey import ANSWERED, ASKED, SENT, STEPS, members_surveys


def test_it_has_the_numbers_of_2020_and_six_organisations() -> None:
    found = members_surveys()
    assert [one.organisation for one in found] == list(ASKED)
    assert sum(one.invited for one in found) == SENT == 15_866
    assert sum(len(one.answers) for one in found) == ANSWERED == 1_876
    assert all(len(one.answers) < one.invited for one in found)


def test_the_same_seed_gives_the_same_answers_and_another_does_not() -> None:
    first, again, other = (members_surveys(seed)[0].answers for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_members_can_live_in_some_counties_only() -> None:
    found = pd.concat([one.answers for one in members_surveys(within=["Troms", "Agder"])])
    assert set(found["area"]) == {"Troms", "Agder"}
    assert len(found) == ANSWERED


def test_answers_are_whole_steps_with_some_blank() -> None:
    answers = pd.concat([one.answers for one in members_surveys()])
    items = answers[[name for name in answers if ":" in name]]
    assert items.isin(range(1, STEPS + 1)).to_numpy()[items.notna().to_numpy()].all()
    assert 0.03 < items.isna().to_numpy().mean() < 0.1


def test_a_persons_answers_hang_together_and_counties_differ() -> None:
    answers = pd.concat([one.answers for one in members_surveys()]).astype({"own:safe_at_home": "float64", "gs_peq:satisfactory": "float64"})
    assert answers["own:safe_at_home"].corr(answers["gs_peq:satisfactory"]) > 0.2
    between = answers.groupby("area")["gs_peq:satisfactory"].mean().std()
    chance = answers["gs_peq:satisfactory"].std() / np.sqrt(answers.groupby("area").size().mean())
    assert between > 1.3 * chance


@pytest.mark.parametrize(("item", "better"), [("own:fewer_hours", True), ("own:safe_at_home", False)])
def test_two_questions_are_answered_better_in_the_second_wave(item: str, better: bool) -> None:
    one, two = (pd.concat([s.answers for s in members_surveys(wave=wave)])[item].astype(float) for wave in (1, 2))
    error = np.sqrt(one.var() / one.count() + two.var() / two.count())
    assert ((two.mean() - one.mean()) / error > 5) == better
