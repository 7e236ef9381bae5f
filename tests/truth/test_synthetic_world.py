"""The synthetic authority shows the facts and pitfalls it claims to, and keeps its planted truth to itself."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from risiko import checks, synthetic, vocabulary
from risiko.contracts import CONTRACTS
from risiko.synthetic import World, parameters, places

END = date(2026, 6, 30)
TRUTH = {"quality", "reporting", "p_severe", "silent_but_poor"}
CHILD_WELFARE = ("child_welfare_service", "child_institution")


@lru_cache(maxsize=3)
def world(name: str = "plain") -> World:
    return synthetic.build(world=name, end=END, seed=1)


def newest(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    return rows.sort_values("known_date", kind="stable").drop_duplicates(key, keep="last")


def types(of: World) -> pd.Series:
    return newest(of.tables["services"], "service_id").set_index("service_id")["service_type"]


def whole_years(of: World) -> pd.DataFrame:
    """The truth of whole calendar years with service_type and n, the complaints that happened in them."""
    rows = newest(of.tables["complaints"], "complaint_id")
    counted = rows.assign(year=rows["event_date"].dt.year).groupby(["service_id", "year"])["n"].sum().astype(float)
    truth = of.truth[of.truth["year"].between(2017, 2025)].join(counted, on=["service_id", "year"]).fillna({"n": 0.0})
    return truth.assign(service_type=truth["service_id"].map(types(of)))


def visited(of: World) -> pd.DataFrame:
    """Supervisions with the worst severity they found (0–3) and the truth of that year."""
    scale = {name: i for i, name in enumerate(vocabulary.FINDING_SEVERITIES)}
    worst = of.tables["findings"].assign(worst=lambda f: f["severity"].map(scale)).groupby("supervision_id")["worst"].max()
    rows = of.tables["supervisions"].join(worst.astype(float), on="supervision_id").dropna(subset="worst")
    return rows.assign(year=rows["event_date"].dt.year).merge(of.truth, on=["service_id", "year"])


def surveyed(of: World) -> pd.DataFrame:
    rows = of.tables["experiences"].query("method == 'survey' and service_id.notna()")
    return rows.assign(year=rows["event_date"].dt.year, of_type=rows["service_id"].map(types(of))).merge(
        of.truth, on=["service_id", "year"]
    )


@pytest.mark.parametrize("name", synthetic.WORLDS)
def test_every_table_keeps_its_contract_without_a_single_reject(name: str) -> None:
    tables = world(name).tables
    services, supervisions = (set(tables[t][k]) for t, k in (("services", "service_id"), ("supervisions", "supervision_id")))
    for table in sorted(set(CONTRACTS) - {"submissions", "quotes", "item_means"}):  # what people hand in is not invented
        found = checks.check(
            table, tables[table], today=END, known_services=services, known_supervisions=supervisions
        ).faults
        assert not (found["severity"] == "rejected").any(), (table, found.head())
        assert len(tables[table])


def test_the_truth_is_in_no_table() -> None:
    for name, rows in world().tables.items():
        assert not TRUTH & set(rows.columns), name
    # Nor under another name: no number in the tables is the latent quality of its service.
    services = newest(world().tables["services"], "service_id").set_index("service_id")
    quality = world().truth.groupby("service_id")["quality"].mean().reindex(services.index)
    for column in ("users", "maturity", "staff_turnover"):
        assert abs(services[column].corr(quality)) < 0.6, column


def test_all_types_methods_streams_selections_and_actions_occur() -> None:
    tables = world().tables
    assert set(types(world())) == set(parameters.TYPES)
    assert set(tables["experiences"]["method"]) == set(vocabulary.METHODS)
    assert set(tables["experiences"]["dimension"]) == set(vocabulary.DIMENSIONS)
    assert set(tables["complaints"]["stream"]) == {"case", "rights", "ombud", "notice", "concern"}
    assert set(tables["complaints"]["outcome"]) == set(vocabulary.OUTCOMES)
    assert set(tables["supervisions"]["selection"]) == set(vocabulary.SELECTIONS) - {"unknown"}
    assert set(tables["findings"]["severity"]) == set(vocabulary.FINDING_SEVERITIES)
    assert set(tables["actions"]["kind"]) == set(vocabulary.ACTION_KINDS)
    assert 6 <= tables["experiences"]["organisation"].nunique() <= 11


def test_counties_have_services_in_proportion_and_the_right_office() -> None:
    services, real = newest(world().tables["services"], "service_id"), places.counties().set_index("county")
    per_county = services.groupby(["service_type", "county"]).size().unstack(fill_value=0)
    # Every municipality has its own care, however small: services follow inhabitants and municipalities by half each.
    half = real["population"] / real["population"].sum() + real["municipalities"] / real["municipalities"].sum()
    assert per_county.sum().corr(half) > 0.95
    assert per_county.loc["hospital"].corr(half) > 0.95
    assert per_county.loc["child_institution"].corr(real["institutions"]) > 0.9
    assert services.groupby("county")["office"].nunique().eq(1).all()
    assert dict(services.groupby("county")["office"].first()) == dict(real["office"])
    assert per_county.loc["nursing_home"].reindex(real.index).ge(real["municipalities"]).all()


def test_zero_complaints_is_the_normal_count_of_a_nursing_home() -> None:
    years = whole_years(world()).groupby("service_type")["n"].agg([lambda n: (n == 0).mean(), "mean", "var"])
    years.columns = ["zero", "mean", "var"]
    assert years.loc["nursing_home", "zero"] > 0.75
    assert years.loc["nursing_home", "mean"] == pytest.approx(0.2, abs=0.08)  # cases and entitlements: about 0.13
    assert years.loc["disability_housing", "zero"] > 0.9
    assert (years["var"] > 1.1 * years["mean"]).mean() > 0.8  # overdispersed


def test_a_few_practices_draw_half_the_complaints_against_practices() -> None:
    years = whole_years(world()).query("service_type == 'general_practice'")
    per_service = years.groupby("service_id")["n"].sum().sort_values(ascending=False)
    assert per_service.head(len(per_service) // 10).sum() / per_service.sum() > 0.35


def test_in_2022_registered_child_welfare_cases_double_and_fewer_are_upheld_but_quality_stands_still() -> None:
    of_type = types(world())
    rows = newest(world().tables["complaints"], "complaint_id").query("stream == 'case'")
    child = rows[rows["service_id"].map(of_type).isin(CHILD_WELFARE)]
    assert set(child.loc[child["event_date"] < "2022", "regime"]) == {"before_2022"}
    assert set(child.loc[child["event_date"] >= "2022", "regime"]) == {"from_2022"}
    assert set(rows.loc[~rows.index.isin(child.index), "regime"]) == {"unbroken"}
    year = child["event_date"].dt.year
    before, after = child[year.between(2019, 2021)], child[year.between(2022, 2024)]
    assert len(after) / len(before) == pytest.approx(parameters.BREAK_FACTOR, rel=0.25)
    upheld = [part.loc[part["outcome"].isin(["upheld", "partly", "not_upheld"]), "outcome"].ne("not_upheld").mean() for part in (before, after)]
    assert upheld[1] / upheld[0] == pytest.approx(0.5, abs=0.12)
    other = rows[~rows.index.isin(child.index)]["event_date"].dt.year
    assert other.between(2022, 2024).sum() / other.between(2019, 2021).sum() == pytest.approx(1, abs=0.15)
    truth = world().truth[world().truth["service_id"].map(of_type).isin(CHILD_WELFARE)].groupby("year")["quality"].mean()
    assert abs(truth.loc[2022:2024].mean() - truth.loc[2019:2021].mean()) < 0.1


def test_outcomes_come_in_a_later_version_months_after() -> None:
    rows = world().tables["complaints"].query("stream in ['case', 'rights']")
    first = rows.sort_values("known_date").drop_duplicates("complaint_id")
    assert set(first["outcome"]) == {"pending"}
    last = newest(rows, "complaint_id").set_index("complaint_id")
    waited = (last["known_date"] - first.set_index("complaint_id")["known_date"]).dt.days[last["outcome"] != "pending"]
    assert 100 < waited.median() < 300
    old = last[last["event_date"] < "2022"]
    assert (old["outcome"] == "pending").mean() < 0.01
    assert last.loc[last["event_date"] > "2026-05", "outcome"].eq("pending").mean() > 0.8
    of_one = rows.groupby("complaint_id")[["event_date", "source", "grounds", "severity"]].nunique(dropna=False)
    assert (of_one == 1).all(axis=None)  # only the outcome changes


def test_nothing_is_known_much_before_it_happened_and_some_of_it_years_later() -> None:
    for name in ("complaints", "experiences", "supervisions", "actions"):
        rows = world().tables[name]
        assert ((rows["event_date"] - rows["known_date"]).dt.days <= checks.MAX_DAYS_KNOWN_BEFORE).all(), name
    rows = world().tables["complaints"].sort_values("known_date").drop_duplicates("complaint_id")
    lag = (rows["known_date"] - rows["event_date"]).dt.days
    assert 14 <= lag.median() <= 60
    assert 0.01 < (lag > 330).mean() < 0.06


def test_some_complaints_come_as_yearly_counts() -> None:
    counted = world().tables["complaints"].query("date_precision == 'year'")
    assert (counted["n"] > 1).mean() > 0.1
    assert set(counted["stream"]) == {"ombud"}


def test_poor_quality_drives_complaints_experiences_findings_and_weakly_the_metadata() -> None:
    years = whole_years(world())
    adults = years[years["service_type"] == "home_care"]
    assert adults["n"].corr(adults["quality"], method="spearman") > 0.1
    seen = surveyed(world())
    for of_type in ("nursing_home", "home_care", "hospital", "mental_health_adult"):
        rows = seen[seen["of_type"] == of_type]
        assert rows["score"].corr(rows["quality"]) < -0.3, of_type
    assert visited(world())["worst"].corr(visited(world())["quality"]) > 0.25
    services = newest(world().tables["services"], "service_id").set_index("service_id")
    quality = world().truth.groupby("service_id")["quality"].mean()
    assert -0.5 < services["maturity"].corr(quality) < -0.15
    assert 0.1 < services["staff_turnover"].corr(quality) < 0.5


def test_metadata_are_missing_more_often_where_quality_is_poor() -> None:
    services = newest(world().tables["services"], "service_id").set_index("service_id")
    quality = world().truth.groupby("service_id")["quality"].mean().reindex(services.index)
    for column in ("maturity", "staff_turnover"):
        absent = services[column].isna()
        assert 0.2 < absent.mean() < 0.7, column
        assert quality[absent].mean() - quality[~absent].mean() > 0.1, column


def test_silent_but_poor_services_are_dependent_ones_with_far_fewer_complaints_than_others_as_poor() -> None:
    years = whole_years(world())
    poor = years[years["quality"] > 1.0]
    dependent = set(years.loc[years["silent_but_poor"], "service_type"])
    assert dependent == {t for t in parameters.TYPES if t not in ("general_practice", "emergency_clinic", "hospital")}
    assert 0.01 < years.loc[years["service_type"].isin(dependent), "silent_but_poor"].mean() < 0.06
    heard = poor[poor["service_type"].isin(dependent)].groupby(["service_type", "silent_but_poor"])["n"].mean().unstack()
    assert (heard[True] < 0.7 * heard[False]).mean() > 0.7
    assert heard[True].sum() < 0.5 * heard[False].sum()


def test_propensity_to_complain_follows_the_type() -> None:
    years = whole_years(world()).groupby("service_type")["reporting"].median()
    assert years["disability_housing"] < years["home_care"] < years["general_practice"] < years["child_welfare_service"]


def test_four_in_ten_municipalities_have_no_nursing_home_survey_in_three_years_and_they_are_the_poorer() -> None:
    of_type = types(world())
    areas = world().tables["service_areas"]
    areas = areas[areas["service_id"].map(of_type) == "nursing_home"]
    recent = surveyed(world()).query("of_type == 'nursing_home' and event_date > '2023-06-30'")["service_id"].unique()
    areas = areas.assign(measured=areas["service_id"].isin(recent))
    measured = areas.groupby("municipality")["measured"].any()
    assert 1 - measured.mean() == pytest.approx(0.40, abs=0.10)
    quality = world().truth.query("year >= 2023").groupby("service_id")["quality"].mean()
    of_town = areas.assign(quality=areas["service_id"].map(quality)).groupby("municipality")["quality"].mean()
    assert of_town[~measured].mean() - of_town[measured].mean() > 0.15


def test_surveys_are_thin_noisy_and_answered_as_often_as_published() -> None:
    rows = surveyed(world())
    answered = rows.groupby("of_type")[["n", "n_invited"]].sum().astype(float)
    share = answered["n"] / answered["n_invited"]
    assert share["hospital"] == pytest.approx(0.46, abs=0.04)
    assert share["mental_health_adult"] == pytest.approx(0.35, abs=0.04)
    assert share["substance_treatment"] == pytest.approx(0.746, abs=0.04)
    assert rows.query("of_type == 'nursing_home'")["n"].median() < 30
    assert rows.loc[rows["n"] < parameters.SMALLEST_SHOWN, "score"].isna().all()
    assert rows["spread"].mean() == pytest.approx(parameters.SURVEY_PERSON_SD, abs=1)
    mean = rows.groupby("of_type")["score"].mean()
    assert mean["general_practice"] == pytest.approx(72, abs=3)
    assert mean["mental_health_adult"] < mean["nursing_home"] < mean["general_practice"]


def test_voices_are_few_people_in_words_and_some_are_about_an_area() -> None:
    rows = world().tables["experiences"]
    words = rows[rows["text"].notna()]
    assert set(words["method"]) == set(vocabulary.METHODS) - {"survey"}
    assert words.query("method != 'organisation_report'")["n"].median() <= 6
    assert 0.3 < words["score"].isna().mean() < 0.6
    assert words["text"].str.contains(" vart | ikkje |fortalde").mean() > 0.1  # nynorsk
    area = rows[rows["service_id"].isna()]
    assert len(area) > 200
    assert set(area["area"]) == set(places.counties()["county"])
    own = area[area["method"] == "survey"]
    assert (own["n"].sum() / own["n_invited"].sum()) == pytest.approx(parameters.ORGANISATION_RESPONSE, abs=0.02)


def test_risk_chosen_supervisions_find_more_than_drawn_ones_and_themes_find_a_breach_almost_everywhere() -> None:
    found = visited(world()).groupby("selection")["worst"].agg(breach=lambda w: (w >= 2).mean(), serious=lambda w: (w == 3).mean())
    assert found.loc["random", "breach"] == pytest.approx(0.60, abs=0.12)
    assert 0.75 <= found.loc["theme", "breach"] <= 0.92
    assert found.loc["theme", "serious"] < 0.3
    assert found.loc["risk", "serious"] > 1.4 * found.loc["random", "serious"]
    assert found.loc["risk", "breach"] > found.loc["random", "breach"] + 0.08


def test_a_few_per_cent_are_supervised_a_year_and_institutions_twice() -> None:
    rows = world().tables["supervisions"].assign(year=lambda f: f["event_date"].dt.year)
    chosen = rows[(rows["selection"] != "statutory") & rows["year"].between(2017, 2025)]
    assert 0.03 < len(chosen) / 9 / 4000 < 0.08
    truth = world().truth[world().truth["year"].between(2017, 2025)]
    alive = truth[truth["service_id"].map(types(world())) == "child_institution"]
    visits = rows[(rows["selection"] == "statutory") & rows["year"].between(2017, 2025)]
    assert set(visits["service_id"]) <= set(alive["service_id"])
    assert len(visits) / len(alive) == pytest.approx(2.2, abs=0.2)


def test_only_the_random_arm_has_a_probability_and_it_is_the_share_drawn() -> None:
    rows = world().tables["supervisions"]
    assert (rows["selection_probability"].notna() == (rows["selection"] == "random")).all()
    drawn = rows[rows["selection"] == "random"]
    assert drawn["selection_probability"].between(0.0005, 0.05).all()
    truth = visited(world())
    assert abs(truth.loc[truth["selection"] == "random", "quality"].mean()) < 0.2  # neutral
    assert truth.loc[truth["selection"] == "risk", "quality"].mean() > 0.5
    assert len(drawn) > 100


def test_offices_and_teams_differ_in_what_they_find_beyond_quality() -> None:
    rows = visited(world()).query("selection == 'statutory'")
    rows = rows.assign(beyond=(rows["worst"] >= 2) - rows["p_severe"])
    teams = rows.groupby("team")["beyond"].agg(["mean", "std", "size"])
    expected_by_chance = (teams["std"] / np.sqrt(teams["size"])).mean()
    assert teams["mean"].std() > 2 * expected_by_chance


def test_reports_come_months_after_the_visit_and_corrections_in_a_later_version() -> None:
    findings = world().tables["findings"]
    first = findings.sort_values("known_date").drop_duplicates("finding_id")
    visit = world().tables["supervisions"].set_index("supervision_id")["event_date"]
    months = (first["known_date"] - first["supervision_id"].map(visit)).dt.days / 30.4
    assert months.between(0.9, 6.1).all()
    assert first["corrected_date"].isna().all()
    later = findings[~findings.index.isin(first.index)]
    assert (later["corrected_date"] < later["known_date"]).all()
    assert 0.4 < len(later) / len(first) < 0.9


def test_actions_follow_breaches_and_most_are_closed_later() -> None:
    actions = world().tables["actions"]
    worst = visited(world()).set_index("supervision_id")["worst"]
    assert (actions["supervision_id"].map(worst).dropna() >= 2).all()
    assert (actions.query("kind == 'order'")["supervision_id"].map(worst).dropna() == 3).all()
    closed = newest(actions, "action_id").query("event_date < '2024' and kind != 'closure'")["closed_date"]
    assert 0.8 < closed.notna().mean() < 1
    assert actions.sort_values("known_date").drop_duplicates("action_id")["closed_date"].isna().all()


def test_the_offices_own_assessment_tells_something_but_not_all_and_not_of_every_service() -> None:
    scores = world().tables["external_scores"]
    assert 0.3 < scores["service_id"].nunique() / 4000 < 0.8
    of_year = scores.assign(year=scores["known_date"].dt.year - 1).merge(world().truth, on=["service_id", "year"])
    assert 0.4 < of_year["value"].corr(of_year["quality"]) < 0.8


def test_the_heavy_world_has_heavier_tails_and_effects_that_fade() -> None:
    kurtosis = {name: world(name).truth["quality"].kurt() for name in ("plain", "heavy")}
    assert abs(kurtosis["plain"]) < 0.3
    assert kurtosis["heavy"] > 0.7

    def slope(name: str, first: int, last: int) -> float:
        years = whole_years(world(name))
        years = years[years["year"].between(first, last) & (years["service_type"] == "home_care")]
        return float(years["n"].corr(years["quality"], method="spearman"))

    assert slope("heavy", 2017, 2019) > 0.15
    assert slope("heavy", 2017, 2019) > slope("heavy", 2023, 2025) + 0.08
    assert abs(slope("plain", 2017, 2019) - slope("plain", 2023, 2025)) < 0.08


def test_in_the_reporting_world_the_poor_are_the_ones_who_are_not_heard() -> None:
    def both(name: str) -> tuple[float, float]:
        years = whole_years(world(name)).query("service_type == 'nursing_home'")
        propensity, complaints = (years[c].corr(years["quality"], method="spearman") for c in ("reporting", "n"))
        return float(propensity), float(complaints)

    propensity, complaints = both("reporting")
    assert propensity < -0.6
    assert complaints < -0.05  # fewer complaints where it is worse
    propensity, complaints = both("plain")
    assert abs(propensity) < 0.1
    assert complaints > 0.08
    assert world("reporting").truth["silent_but_poor"].sum() > 1.5 * world("plain").truth["silent_but_poor"].sum()
