"""Reasons of one service: which signals are named, what they move, and what and when the evidence behind them is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from risiko import asof, cohorts, features, pipeline, registry, settings
from risiko.features import Features
from risiko.reasons import Reason, main_reasons, place_reason, reasons_for
from risiko.reasons.evidence import COUNTED, counted, period
from risiko.reasons.reason import EXTERNAL
from risiko.scoring import ScoreTable, score
from risiko.settings import Settings
from tests import small_authority as small
from tests.drawn import table, tables

AS_OF = date(2023, 12, 31)
N = 30
HOMES = [f"s{i:02}" for i in range(N)]
# Ten complaints each, more or less; s00 has none, s29 four times as many.
COMPLAINTS = "service_id | event_date | n\n" + "\n".join(
    f"{name} | 2023-05-0{1 + i % 3} | {7 + i % 7}" for i, name in enumerate(HOMES) if i not in (0, 29)
) + "\ns29 | 2022-03-15 | 25\ns29 | 2023-05-01 | 15\ns29 | 2019-01-01 | 3"  # fmt: skip
# All are visited, s01 twice with serious breaches, s05 with no finding of breach; s03 never.
VISITS = "supervision_id | service_id | event_date\n" + "\n".join(
    f"v{i:02} | {name} | 2022-0{1 + i % 9}-10" for i, name in enumerate(HOMES) if i != 3
) + "\nw01 | s01 | 2023-02-20"  # fmt: skip
FINDINGS = "supervision_id | severity | known_date\n" + "\n".join(
    f"v{i:02} | {'serious_breach' if i == 1 else 'none' if i == 5 else 'breach' if i % 2 else 'remark'} | 2022-12-01"
    for i in range(N) if i != 3
) + "\nw01 | serious_breach | 2023-03-01"  # fmt: skip
# People speak of a few; s02 is told of as worse than the others, twice.
VOICES = "service_id | event_date | organisation | score | n\n" + "\n".join(
    f"s{i:02} | 2022-06-01 | A | {70 + i % 3} | 30" for i in range(4, 28)
) + "\ns02 | 2021-09-01 | A | 35 | 40\ns02 | 2023-10-01 | B | 30 | 50"  # fmt: skip


@cache
def drawn(*counting: str) -> tuple[ScoreTable, Features]:
    """Thirty nursing homes and their score, by the shipped weights or by even ones on the signals named."""
    base = settings.load()
    weights = dict.fromkeys(counting, 0.5) or base.score.weights
    rules = base.model_copy(update={"score": base.score.model_copy(update={"draws": 400, "weights": weights})})
    homes = "service_id | users | dependency\n" + "\n".join(f"{name} | 300 | 3" for name in HOMES)
    known = asof.known_at(
        tables(services=homes, complaints=COMPLAINTS, supervisions=VISITS, findings=FINDINGS, experiences=VOICES), AS_OF
    )
    return scored(known, rules)


def scored(known: dict[str, pd.DataFrame], rules: Settings) -> tuple[ScoreTable, Features]:
    cohort = cohorts.cohort_at(known, AS_OF, rules)
    found = features.assemble(known, cohort, AS_OF, rules)
    return score(found, cohort, rules), found


def of(service_id: str) -> list[Reason]:
    return reasons_for(*drawn(), service_id)


def by_signal(service_id: str) -> dict[str, Reason]:
    return {reason.signal: reason for reason in of(service_id) if reason.kind in ("raises", "lowers")}


def test_what_lifts_a_service_is_named_with_its_evidence() -> None:
    found = by_signal("s29")
    rate = found["complaint_rate"]
    assert (rate.kind, rate.group, rate.unit) == ("raises", "complaints", "per_1000_users_year")
    assert (rate.n, rate.counted) == (43, "complaints")
    assert (rate.since, rate.until) == (date(2019, 1, 1), date(2023, 5, 1))
    assert rate.value > rate.expected > 0

    worst = by_signal("s01")["last_finding"]
    assert (worst.value, worst.n, worst.counted) == (3.0, 1, "results")
    assert (worst.since, worst.until) == (date(2023, 2, 20), date(2023, 2, 20))
    history = by_signal("s01")["finding_history"]
    assert (history.n, history.counted) == (2, "supervisions")
    assert (history.since, history.until) == (date(2022, 2, 10), date(2023, 2, 20))

    told = by_signal("s02")["experience_mean"]
    assert (told.n, told.counted, told.unit) == (90, "people", "score_0_100")
    assert (told.since, told.until) == (date(2021, 9, 1), date(2023, 10, 1))
    assert told.value < told.expected


def test_there_are_at_most_three_main_reasons_then_one_of_what_is_missing_and_one_of_certainty() -> None:
    table, found = drawn()
    for name in HOMES:
        kinds = [reason.kind for reason in of(name)]
        assert 3 <= len(kinds) <= 5
        assert kinds[-2] in ("missing", "complete", "silence")
        assert kinds[-1] in ("wide", "narrow")
        assert set(kinds[:-2]) <= {"raises"} or kinds[0] == "nothing"
        assert set(kinds[1:-2]) <= {"raises"} | ({"lowers"} if kinds[0] == "nothing" else set())
        lifting = [reason.signal for reason in of(name) if reason.kind == "raises"]
        assert lifting == main_reasons(table, found)[name]


def test_each_says_what_the_likelihood_would_be_without_it_and_ends_at_the_score() -> None:
    table, _ = drawn()
    for name in HOMES:
        likelihood = float(table.scores.at[name, "likelihood"])
        odds = np.log(likelihood / (1 - likelihood))
        assert table.base + table.contributions.loc[name].sum() == pytest.approx(odds, abs=1e-9)
        for reason in [*of(name), place_reason(table, name)]:
            assert reason.likelihood_with == pytest.approx(likelihood, abs=1e-12)
            assert reason.as_of == AS_OF
            if reason.kind in ("raises", "lowers"):
                without = np.log(reason.likelihood_without / (1 - reason.likelihood_without))
                assert reason.effect == pytest.approx(table.contributions.at[name, reason.signal], abs=1e-12)
                assert odds - without == pytest.approx(reason.effect, abs=1e-9)


def test_a_service_that_nothing_lifts_says_so_and_what_lowers_it() -> None:
    first, *rest = of("s05")
    table, _ = drawn()
    assert (first.kind, first.counted) == ("nothing", "signals")
    assert first.likelihood_without == pytest.approx(0.10)
    assert first.likelihood_with < 0.10
    assert first.effect == pytest.approx(table.contributions.loc["s05"].sum())
    assert first.n + len(rest[-2].names) == first.of == sum(weight > 0 for weight in table.weights.values())
    lowering = [reason for reason in rest if reason.kind == "lowers"]
    assert {reason.signal for reason in lowering} == {"last_finding", "finding_history"}
    assert all(reason.value < reason.expected for reason in lowering)


def test_what_is_missing_is_named_heaviest_first_and_adds_nothing_to_the_points() -> None:
    table, _ = drawn()
    missing = next(reason for reason in of("s01") if reason.kind == "missing")
    weights = [table.weights[name] for name in missing.names]
    assert missing.names[0] == "experience_mean"
    assert missing.missing == "no_evidence"
    assert weights == sorted(weights, reverse=True)
    assert (missing.n, missing.of) == (len(weights), sum(weight > 0 for weight in table.weights.values()))
    assert missing.effect == 0
    assert missing.likelihood_without == missing.likelihood_with
    assert next(r for r in of("s03") if r.kind == "missing").names[:2] == ("experience_mean", "last_finding")


def test_where_nothing_that_counts_is_missing_it_says_so() -> None:
    table, found = drawn("last_finding", "experience_mean")
    gaps = reasons_for(table, found, "s05")[-2]
    assert (gaps.kind, gaps.names, gaps.n, gaps.of) == ("complete", (), 0, 2)


def test_silence_where_users_depend_on_the_service_comes_before_what_is_missing() -> None:
    _, found = drawn()
    silence = of("s00")[-2]
    assert found.silence.at["s00", "flag"] == "quiet_and_dependent"
    assert (silence.kind, silence.n, silence.counted) == ("silence", 0, "complaints")
    assert silence.expected == pytest.approx(found.silence.at["s00", "expected_voice"])
    assert (silence.since, silence.until) == (date(2021, 1, 1), AS_OF)
    assert "experience_mean" in silence.names
    assert [name for name in HOMES if of(name)[-2].kind == "silence"] == ["s00"]


def test_certainty_is_that_of_the_score() -> None:
    table, _ = drawn()
    for name in HOMES:
        sure, row = of(name)[-1], table.scores.loc[name]
        at = sure.position
        assert at is not None
        assert (at.rank, at.low, at.high, at.of) == (row["rank"], row["rank_low"], row["rank_high"], N)
        assert (at.best, at.worst) == (row["rank_best"], row["rank_worst"])
        assert (at.top, at.tier, at.chance) == (table.top, row["tier"], row["p_top"])
        assert at.tier_size == (table.scores["tier"] == row["tier"]).sum()
        assert sure.n == N


@pytest.mark.parametrize(("high", "kind"), [(5, "narrow"), (8, "narrow"), (9, "wide"), (30, "wide")])
def test_an_interval_over_at_most_a_tenth_of_the_list_is_called_narrow(high: int, kind: str) -> None:
    table, found = drawn()
    placed = replace(table, scores=table.scores.assign(rank_low=5, rank_high=high))
    assert reasons_for(placed, found, "s01")[-1].kind == kind


def test_a_service_that_is_not_scored_is_refused() -> None:
    with pytest.raises(KeyError):
        reasons_for(*drawn(), "nobody")


@cache
def learned() -> pipeline.runs.Run:
    """The list of the small authority by the model trained on it."""
    opened = small.opened_in(small.trained_folder())
    model = registry.load(registry.registered(opened.store)["model_id"].iloc[0], opened.models, opened.store)
    return pipeline.rank(pipeline.prepare(opened, small.END), model=model)


def test_a_learned_score_tells_the_type_and_what_it_adds_for_missing_readings() -> None:
    run = learned()
    whole, found = run.table, run.prepared.features
    missing = found.readings["experience_mean"]["missing"]
    gone = missing.index[missing.notna()][0]
    added = (whole.contributions * 0).assign(experience_mean=0.5, service_type=0.3)
    law = replace(whole.law, middle=whole.base + added.sum(axis=1).to_numpy())
    likelihood = 1 / (1 + np.exp(-law.middle))
    table = replace(whole, contributions=added, read=added, law=law, scores=whole.scores.assign(likelihood=likelihood))
    raised, kind, *_ = reasons_for(table, found, gone)
    assert (raised.kind, raised.signal, raised.missing) == ("raises_missing", "experience_mean", missing[gone])
    assert raised.likelihood_with == pytest.approx(table.scores.at[gone, "likelihood"], abs=1e-12)
    types = found.context.services["service_type"]
    assert (kind.kind, kind.word, kind.n) == ("type", types[gone], (types == types[gone]).sum())
    gaps = reasons_for(table, found, gone)[-2]
    assert gaps.effect == pytest.approx(0.5)
    assert gaps.likelihood_without == pytest.approx(raised.likelihood_without)
    lowered = replace(table, contributions=-added, read=-added)
    nothing, low, gaps, _ = reasons_for(lowered, found, gone)
    assert (nothing.kind, low.kind, low.signal) == ("nothing", "type", "service_type")
    assert gaps.kind == "missing"
    assert gaps.effect == pytest.approx(-0.5)  # told there, not among what lowers
    standing = found.readings["experience_mean"]["standing"]
    better, worse = standing.index[standing < 0][0], standing.index[standing > 0][0]
    assert "experience_mean" in [r.signal for r in reasons_for(lowered, found, better)]
    assert "experience_mean" not in [r.signal for r in reasons_for(lowered, found, worse)]
    assert "experience_mean" in [r.signal for r in reasons_for(table, found, worse) if r.kind == "raises"]
    assert "experience_mean" not in [r.signal for r in reasons_for(table, found, better)]


def test_of_a_learned_reading_only_what_it_says_is_a_reason_and_not_how_old_or_many_it_is() -> None:
    run = learned()
    found, none = run.prepared.features, run.table.contributions * 0
    standing = found.readings["finding_history"]["standing"]
    worse = standing.index[standing > 0][0]
    drawn_ = replace(run.table, contributions=none.assign(finding_history=0.9), read=none.assign(finding_history=0.4))
    told = reasons_for(drawn_, found, worse)[0]
    without = np.log(told.likelihood_without / (1 - told.likelihood_without))
    assert (told.kind, told.signal) == ("raises", "finding_history")
    assert told.effect == pytest.approx(0.4)
    assert without == pytest.approx(run.table.base + 0.5)
    aged = replace(drawn_, read=none)
    assert reasons_for(aged, found, worse)[0].kind == "nothing"


def test_every_service_of_a_learned_list_has_reasons_that_end_at_its_score() -> None:
    run = learned()
    likelihood = run.table.scores["likelihood"]
    for service_id in run.table.scores.index[::10]:
        for reason in reasons_for(run.table, run.prepared.features, service_id):
            assert reason.likelihood_with == pytest.approx(likelihood[service_id], abs=1e-12)
            assert reason.counted in COUNTED


def test_a_group_taken_together_says_how_many_of_its_readings_are_there_and_from_when() -> None:
    table, found = drawn()
    together = pd.DataFrame({"all_complaints": 0.8, "all_history": -0.4}, index=table.scores.index)
    challenger = replace(table, contributions=together, weights={}, group_of={"all_complaints": "complaints"})
    group = reasons_for(challenger, found, "s29")[0]
    own = [s.name for s in found.signals if s.group == "complaints"]
    there = [name for name in own if pd.isna(found.readings[name].at["s29", "missing"])]
    assert (group.kind, group.group, group.counted) == ("group", "complaints", "signals")
    assert (group.n, group.of) == (len(there), len(own))
    assert (group.since, group.until) == (date(2019, 1, 1), date(2023, 5, 1))
    nothing = replace(challenger, contributions=together.assign(all_complaints=0.0))
    assert [r.signal for r in reasons_for(nothing, found, "s29") if r.kind == "group"] == ["all_history"]


def test_another_systems_score_is_told_with_its_day() -> None:
    table_, found = drawn()
    rules = found.context.settings
    rules = rules.model_copy(update={"learning": rules.learning.model_copy(update={"external_score": "old"})})
    own = table("external_scores", "service_id | name | value | known_date\ns01 | old | 4.5 | 2023-04-01")
    context = replace(found.context, known={**found.context.known, "external_scores": own}, settings=rules)
    seen = replace(found, context=context)
    scored_ = replace(table_, contributions=pd.DataFrame({EXTERNAL: 0.5}, index=table_.scores.index), weights={})
    told = reasons_for(scored_, seen, "s01")[0]
    assert (told.kind, told.value, told.n) == ("external", 4.5, 1)
    assert (told.since, told.until) == (date(2023, 4, 1), date(2023, 4, 1))
    assert reasons_for(scored_, seen, "s02")[0].missing == "not_declared"


# --- the evidence behind a reading


def test_the_evidence_of_every_signal_ends_where_the_reading_says_it_does() -> None:
    """n and freshness are the signal's own; the period is found from the rows."""
    run = small.authority()
    found = pipeline.prepare(run, small.END).features
    ids, there, late = list(found.context.services.index[::25]), 0, []
    for spec in found.signals:
        reading = found.readings[spec.name]
        if counted(spec) == "entries":
            assert {period(found, spec, service_id) for service_id in ids} == {(None, None)}
            continue
        for service_id in ids:
            since, until = period(found, spec, service_id)
            n, years = reading.at[service_id, "n"], reading.at[service_id, "freshness"]
            assert (since is None) == (until is None)
            if since is None or until is None:
                assert not n > 0, (spec.name, service_id)
                continue
            there += 1
            assert since <= until <= small.END
            # Counts of what was found may be none; surges are as fresh as the newest complaint of any kind.
            assert n > 0 or spec.name == "open_findings", (spec.name, service_id)
            newest = small.END - timedelta(days=round(years * asof.DAYS_PER_YEAR))
            if newest != until and spec.name not in ("complaint_surge", "complaint_change"):
                late.append((spec.name, service_id, newest, until))
    assert there > 150
    assert late == []


def test_complaints_outside_the_window_are_not_behind_the_reading() -> None:
    _, found = drawn()
    periods = {s.name: period(found, s, "s29") for s in found.signals if s.name.startswith("complaint_rate")}
    assert periods == {
        "complaint_rate_short": (date(2023, 5, 1), date(2023, 5, 1)),
        "complaint_rate_long": (date(2022, 3, 15), date(2023, 5, 1)),
        "complaint_rate": (date(2019, 1, 1), date(2023, 5, 1)),
    }
    assert period(found, next(s for s in found.signals if s.name == "complaint_rate"), "s00") == (None, None)


def test_a_yearly_count_begins_with_its_year() -> None:
    known = asof.known_at(tables(
        services="service_id | valid_from\na | 2010-01-01\nb | 2010-01-01",
        complaints="service_id | event_date | n | date_precision\na | 2022-12-31 | 4 | year\nb | 2022-09-30 | 4 | quarter",
    ), AS_OF)  # fmt: skip
    _, found = scored(known, settings.load())
    rate = next(s for s in found.signals if s.name == "complaint_rate_long")
    assert period(found, rate, "a") == (date(2022, 1, 1), date(2022, 12, 31))
    assert period(found, rate, "b") == (date(2022, 7, 1), date(2022, 9, 30))


def test_complaints_by_ground_stream_source_and_verdict_are_those_that_count() -> None:
    known = asof.known_at(tables(
        services="service_id\na\nb",
        complaints="""
        service_id | event_date | stream | source | grounds                | outcome
        a          | 2021-01-10 | case   | user   | Bemanning              | upheld
        a          | 2022-02-10 | rights |        | legemidler | pending
        a          | 2023-03-10 | case   | staff  |                        | unknown
        """.replace("legemidler |", "legemidler             |"),
    ), AS_OF)  # fmt: skip
    _, found = scored(known, settings.load())

    def when(name: str) -> tuple[date | None, date | None]:
        return period(found, next(s for s in found.signals if s.name == name), "a")

    assert when("complaint_stream:case") == (date(2021, 1, 10), date(2023, 3, 10))
    assert when("complaint_source:user") == (date(2021, 1, 10), date(2023, 3, 10))  # out of all that say who
    assert when("complaint_upheld") == (date(2021, 1, 10), date(2021, 1, 10))
    assert when("complaint_dimension:safe") == (date(2022, 2, 10), date(2022, 2, 10))
    assert when("complaint_dimension:resource_efficient") == (date(2021, 1, 10), date(2021, 1, 10))


def test_evidence_of_the_providers_other_services_is_theirs() -> None:
    known = asof.known_at(tables(
        services="service_id | provider_id\na | P\nb | P\nc | Q\nd |",
        supervisions="supervision_id | service_id | event_date\n1 | a | 2023-01-01\n2 | b | 2021-05-05\n3 | c | 2022-02-02",
        findings="supervision_id | severity | known_date\n1 | breach | 2023-02-01\n2 | none | 2021-06-01\n3 | breach | 2022-03-01",
        actions="service_id | event_date | kind\na | 2023-04-04 | order\nb | 2022-06-06 | notice",
    ), AS_OF)  # fmt: skip
    _, found = scored(known, settings.load())
    spec = {s.name: s for s in found.signals}
    assert period(found, spec["provider_history"], "a") == (date(2021, 5, 5), date(2021, 5, 5))
    assert period(found, spec["provider_enforcement"], "b") == (date(2023, 4, 4), date(2023, 4, 4))
    assert period(found, spec["enforcement"], "b") == (date(2022, 6, 6), date(2022, 6, 6))
    assert period(found, spec["provider_history"], "c") == period(found, spec["provider_history"], "d") == (None, None)
    assert period(found, spec["provider_enforcement"], "d") == (None, None)
