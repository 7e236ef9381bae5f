"""Small groups in a report of two periods and on the page of a service: neither their number nor their mean can be had."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.app import service_words
from risiko.i18n import Translator
from risiko.pipeline.report_back import report_back
from risiko.reports.names import Names
from risiko.store import open_store
from tests import small_authority as small
from tests.builders import NOON, batch, part

SERVICES = "service_id | county | service_type\n" + "\n".join(f"s{i} | Agder | nursing_home" for i in range(1, 7))
# In each half of 2025 ten people answered; on accessibility three and then nine of them, on one question four and six.
TOLD = """
experience_id | service_id | event_date | known_date | method | organisation | dimension | score | n
sub-aaaaaaaaaaaa-1 | s1 | 2025-02-01 | 2025-03-01 | survey | Alfa | safe       | 60 | 10
sub-aaaaaaaaaaaa-2 | s1 | 2025-02-01 | 2025-03-01 | survey | Alfa | accessible | 11 | 3
sub-bbbbbbbbbbbb-1 | s1 | 2025-08-01 | 2025-09-01 | survey | Alfa | safe       | 60 | 10
sub-bbbbbbbbbbbb-2 | s1 | 2025-08-01 | 2025-09-01 | survey | Alfa | accessible | 71 | 9
"""
SUBMITTED = """
submission_id | known_date | first_day | event_date | method | organisation | reached | user_group | n | consent | purpose | keep_until | content_hash
sub-aaaaaaaaaaaa | 2025-03-01 | 2025-01-20 | 2025-02-01 | survey | Alfa | members | users | 10 | agreed | supervision | 2029-01-01 | x
sub-bbbbbbbbbbbb | 2025-09-01 | 2025-07-20 | 2025-08-01 | survey | Alfa | members | users | 10 | agreed | supervision | 2029-01-01 | y
"""
ITEMS = """
item_mean_id | event_date | known_date | service_id | instrument | item | dimension | n | n_blank | mean
sub-aaaaaaaaaaaa-1 | 2025-02-01 | 2025-03-01 | s1 | gs_peq | involved | involving | 4 | 6 | 12.5
sub-bbbbbbbbbbbb-1 | 2025-08-01 | 2025-09-01 | s1 | gs_peq | involved | involving | 6 | 4 | 70
"""


@pytest.fixture(scope="module")
def told() -> dict[str, pd.DataFrame]:
    """The means of three reports, by question."""
    store = open_store("memory:")
    drawn = {"services": SERVICES, "experiences": TOLD, "submissions": SUBMITTED, "item_means": ITEMS}
    store.commit(batch(*(part(name, rows, file=f"{name}.csv") for name, rows in drawn.items()), at=NOON))
    authority = pipeline.Authority(store, settings.load())
    run = pipeline.rank(pipeline.prepare(authority, date(2026, 5, 1)))
    reports = {p: report_back(authority, "Alfa", p, today=date(2026, 5, 1), run=run) for p in ("2025H1", "2025H2", "2025")}
    return {p: r.given.means.set_index(["kind", "dimension"])[["n", "mean"]] for p, r in reports.items()}


@pytest.mark.parametrize(("question", "late"), [(("dimension", "accessible"), 9), (("item", "involving"), 6)])
def test_the_year_tells_no_more_than_its_half_years(
    told: dict[str, pd.DataFrame], question: tuple[str, str], late: int
) -> None:
    assert question not in told["2025H1"].index
    assert told["2025H2"].loc[question, "n"] == late
    pd.testing.assert_series_equal(told["2025"].loc[question], told["2025H2"].loc[question])


def test_what_enough_people_said_is_added_up(told: dict[str, pd.DataFrame]) -> None:
    assert told["2025"].loc[("dimension", "safe"), "n"] == 20


def test_the_page_of_a_service_tells_no_number_or_mean_of_few_people() -> None:
    run = pipeline.rank(pipeline.prepare(small.authority(), small.END))
    names = Names(Translator("en"), run.prepared.settings)
    experiences = run.prepared.known["experiences"]
    one = experiences[experiences["n"].between(1, 4) & experiences["score"].notna()]["service_id"].dropna()
    chosen = str(one[one.isin(run.prepared.cohort.services.index)].iloc[0])
    page = pipeline.service_page(run, chosen)
    table = service_words.voices_table(page, names)
    few = page.voices["n"].fillna(1).lt(5).to_numpy()
    assert few.any()
    n, mean = table[names.t("reasons.n")], table[names.t("voices.mean")]
    assert set(n[few & page.voices["n"].notna().to_numpy()]) == {"fewer than 5"}
    assert set(mean[few]) <= {"not shown", "words only"}
    assert len(service_words.voices(page, names)) == int((~few & page.voices["mean"].notna().to_numpy()).sum())
    readings, told = page.readings.sort_values(["group", "signal"], kind="stable"), service_words.readings(page, names)
    small_ones = (readings["signal"].str.startswith("experience_") & readings["n"].between(1, 4) & readings["missing"].isna()).to_numpy()
    assert small_ones.any()
    assert set(told.loc[small_ones, names.t("reasons.n")]) == {"fewer than 5"}
    assert set(told.loc[small_ones, names.t("reasons.value")]) == {"not shown"}
