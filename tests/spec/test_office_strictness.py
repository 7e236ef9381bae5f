"""A finding from a strict office counts as one: planted strictness is found, and chance is not taken for it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from risiko.signals import Context
from risiko.signals.finding_history import finding_history, finding_worst
from risiko.signals.history import last_finding
from risiko.signals.office_strictness import office_strictness
from tests.drawn import context

TYPES = ("nursing_home", "home_care")


def world(strict: float, *, offices: int = 5, per_office: int = 60, seed: int = 1, blank: bool = False) -> Context:
    """Services with a quality of their own, two visits each, graded 0.2–1.9; the office "o0" adds `strict`."""
    rng = np.random.default_rng(seed)
    services, visits, findings = (
        ["service_id | service_type"],
        ["supervision_id | service_id | event_date | office"],
        [],
    )
    findings.append("supervision_id | known_date | severity | severity_score")
    for i in range(offices * per_office):
        quality = rng.uniform(0.5, 1.6)
        services.append(f"s{i:03} | {TYPES[i % 2]}")
        for year in (2021, 2023):
            grade = np.clip(quality + 0.2 * (i % 2) + rng.normal(0, 0.1), 0.1, 1.9) + strict * (i % offices == 0)
            visits.append(f"s{i:03}-{year} | s{i:03} | {year}-03-0{1 + i % 9} | {'' if blank else f'o{i % offices}'}")
            findings.append(f"s{i:03}-{year} | {year}-04-01 | remark | {grade:.3f}")
    drawn = {"services": services, "supervisions": visits, "findings": findings}
    return context("2023-12-31", **{name: "\n".join(lines) for name, lines in drawn.items()})


def test_an_office_one_step_stricter_is_found_out() -> None:
    found = office_strictness(world(1.0))
    fair = office_strictness(world(0.0))
    step = found["effect"] - fair["effect"]
    assert step["o0"] - step[["o1", "o2", "o3", "o4"]].mean() == pytest.approx(1.0, abs=0.05)
    assert found["n"].tolist() == [120] * 5
    assert found.loc["o0", "effect"] > 10 * found.loc["o0", "sd"]
    assert found["effect"].mean() == pytest.approx(0, abs=1e-6)  # the usual office is the yardstick


def test_offices_that_do_not_differ_are_left_alone() -> None:
    for seed in range(5):
        assert office_strictness(world(0.0, seed=seed))["effect"].abs().max() < 0.08


@pytest.mark.parametrize("signal", [finding_history, finding_worst, last_finding])
def test_a_stricter_office_does_not_move_the_ranking(signal: Callable[[Context], pd.DataFrame]) -> None:
    fair, strict = (signal(world(step))["standing"] for step in (0.0, 1.0))
    raw = signal(world(1.0))["value"]
    assert fair.corr(strict, method="spearman") > 0.995
    assert fair.corr(raw, method="spearman") < 0.85  # what a naive ranking would have made of it
    top = fair.nlargest(30).index
    assert len(top.intersection(strict.nlargest(30).index)) >= 25


def test_the_reading_itself_stays_as_the_office_wrote_it() -> None:
    fair, strict = (finding_history(world(step)) for step in (0.0, 1.0))
    of_strict = [f"s{i:03}" for i in range(0, 300, 5)]
    assert (strict.loc[of_strict, "value"] - fair.loc[of_strict, "value"]).to_numpy() == pytest.approx(1.0)
    assert (strict["estimate"] - fair["estimate"]).groupby(strict.index.isin(of_strict)).mean().diff().iloc[1] < 0.06


def test_one_office_or_none_on_record_means_no_adjustment() -> None:
    assert office_strictness(world(0.0, offices=1)).empty
    assert office_strictness(world(1.0, blank=True)).empty
    f = finding_history(world(1.0, blank=True))
    assert f["missing"].isna().all()


def test_few_visits_are_too_few_to_call_an_office_strict() -> None:
    assert office_strictness(world(1.0, offices=2, per_office=5)).empty


def test_an_office_alone_with_a_type_is_not_blamed_for_the_type() -> None:
    # All hospitals, three steps worse, are seen by an office that sees nothing else.
    extra = [f"h{i} | hospital" for i in range(60)]
    base = context(
        "2023-12-31",
        services="service_id | service_type\n" + "\n".join([*extra, *(f"n{i} | nursing_home" for i in range(60))]),
        supervisions="supervision_id | service_id | event_date | office\n"
        + "\n".join([*(f"h{i} | h{i} | 2023-01-01 | own" for i in range(60)),
                     *(f"n{i} | n{i} | 2023-01-01 | o{i % 2}" for i in range(60))]),
        findings="supervision_id | known_date | severity | severity_score\n"
        + "\n".join([*(f"h{i} | 2023-01-01 | remark | {2.5 + i % 5 / 10}" for i in range(60)),
                     *(f"n{i} | 2023-01-01 | remark | {i % 5 / 10}" for i in range(60))]),
    )  # fmt: skip
    assert office_strictness(base)["effect"].abs().max() < 0.1


@pytest.mark.parametrize("grade", [0.0, 1.0, 2.0])
def test_where_every_visit_ended_alike_no_office_is_strict(grade: float) -> None:
    same = world(1.0)
    same.known["findings"]["severity_score"] = grade
    assert office_strictness(same).empty
