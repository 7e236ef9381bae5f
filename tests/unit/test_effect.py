"""After supervision: corrections and repeats are counted with what is unknown apart; chance highs are no effect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import cohorts, settings
from risiko.asof import known_at
from risiko.evaluate.before_after import complaint_panel, complaint_rows, experience_panel, experience_rows
from risiko.evaluate.effect import corrected_on_time, found_again
from risiko.evaluate.signal_change import FEWEST, Change, compare
from tests.drawn import tables
from tests.planted_visits import world

SETTINGS = settings.load()
DAY = date(2026, 6, 30)
VISIT = """
    supervision_id | service_id | event_date
    v1             | a          | 2025-06-01
"""


def corrected(findings: str) -> pd.DataFrame:
    return corrected_on_time(tables(supervisions=VISIT, findings=findings), DAY, SETTINGS).set_index("severity")


def test_on_time_is_counted_from_the_day_the_finding_was_told() -> None:
    """180 days after 2025-08-01 is 2026-01-28."""
    table = corrected("""
        finding_id | supervision_id | known_date | severity       | corrected_date
        f1         | v1             | 2025-08-01 | breach         | 2026-01-28
        f2         | v1             | 2025-08-01 | breach         | 2026-01-29
        f3         | v1             | 2025-08-01 | breach         |
        f4         | v1             | 2026-02-01 | breach         |
        f5         | v1             | 2025-08-01 | none           |
        f6         | v1             | 2025-08-01 | serious_breach | 2025-09-01
    """)
    assert table.loc["breach", ["findings", "due", "on_time", "late", "open", "waiting"]].tolist() == [4, 3, 1, 1, 1, 1]
    assert table.loc["breach", "share"] == pytest.approx(1 / 3), "what is not due yet is in no share"
    assert table.index.tolist() == ["breach", "serious_breach"], "where nothing was found there is nothing to correct"


def test_a_correction_told_later_does_not_move_the_deadline() -> None:
    table = corrected("""
        finding_id | supervision_id | known_date | severity | corrected_date
        f1         | v1             | 2025-08-01 | breach   |
        f1         | v1             | 2026-05-01 | breach   | 2026-04-01
    """)
    assert table.loc["breach", ["findings", "on_time", "late"]].tolist() == [1, 0, 1]


def test_what_became_known_after_the_date_is_not_used() -> None:
    drawn = tables(supervisions=VISIT, findings="""
        finding_id | supervision_id | known_date | severity | corrected_date
        f1         | v1             | 2025-08-01 | breach   |
        f1         | v1             | 2026-05-01 | breach   | 2025-09-01
        f2         | v1             | 2025-08-01 | breach   | 2025-10-01
    """)  # fmt: skip
    before = corrected_on_time(drawn, date(2026, 4, 30), SETTINGS)
    assert before[["on_time", "open"]].to_numpy().tolist() == [[1, 1]]
    assert corrected_on_time(drawn, DAY, SETTINGS)[["on_time", "open"]].to_numpy().tolist() == [[2, 0]]


def test_a_source_that_never_tells_of_corrections_gives_no_share() -> None:
    assert corrected("""
        finding_id | supervision_id | known_date | severity
        f1         | v1             | 2025-08-01 | breach
    """).empty


def test_found_again_speaks_of_the_revisited_only_and_waits_for_the_whole_time() -> None:
    lines = [
        ("a", "2020-01-01", True), ("a", "2022-12-31", True),  # seen again just within three years
        ("b", "2020-01-01", True), ("b", "2023-06-01", True),  # too late; its second has three years before it ends
        ("c", "2020-01-01", False), ("c", "2021-01-01", False), ("c", "2021-06-01", True),
        ("d", "2024-06-01", True), ("d", "2025-06-01", True),  # three years are not over: not counted at all
    ]  # fmt: skip
    judged = pd.DataFrame(lines, columns=["service_id", "event_date", "positive"])
    judged["event_date"] = pd.to_datetime(judged["event_date"])
    table = found_again(judged, date(2025, 12, 31)).set_index("found")
    # a by its visit of 2022-12-31, b of 2020-01-01 and c of 2021-06-01 are their newest whose three years are over.
    assert table.loc[True, ["services", "revisited", "again"]].tolist() == [3, 0, 0]
    assert pd.isna(table.loc[True, "share"]), "nobody was visited again: no share, not 0"
    earlier = found_again(judged, date(2023, 1, 1)).set_index("found")
    assert earlier.loc[True, ["services", "revisited", "again"]].tolist() == [2, 1, 1]
    assert earlier.loc[False, ["services", "revisited", "again"]].tolist() == [1, 1, 1], "c: by its visit of 2020"


def test_found_again_counts_every_later_visit_of_the_time() -> None:
    judged = pd.DataFrame({
        "service_id": "c", "event_date": pd.to_datetime(["2020-01-01", "2021-01-01", "2022-06-01"]),
        "positive": [False, False, True],
    })  # fmt: skip
    assert found_again(judged, date(2023, 1, 2))["again"].tolist() == [0, 1], "visited twice within the time, found once"


def changes(worlds: int, **planted: object) -> pd.DataFrame:
    found = []
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        found.append(compare(complaint_rows(world(rng, **planted)), 200, rng))
    return pd.DataFrame(found, columns=list(Change._fields))


def test_where_visits_do_nothing_no_effect_is_read_though_complaints_fall_back() -> None:
    found = changes(30)
    assert found["raw"].mean() < -8, "the visited had stood high by chance: counted naively, visits would look a success"
    error = found["effect"].std() / np.sqrt(len(found))
    assert abs(found["effect"].mean()) < 2.6 * error
    assert error < 0.7
    inside = (found["low"] <= 0) & (found["high"] >= 0)
    assert inside.mean() >= 0.85, "a 95 % interval over thirty worlds (25 or fewer inside: 3 in 1,000)"


def test_a_planted_effect_is_found_and_not_made_larger() -> None:
    found = changes(8, effect=0.6)
    share = found["effect"] / found["expected"]
    # Some of those not visited are visited within the year after, so that the whole fall of 40 % is not to be seen.
    assert -0.42 < share.mean() < -0.28
    assert (found["high"] < 0).mean() >= 0.9


def test_what_no_record_shows_passes_for_an_effect() -> None:
    """The limit that the page tells of: visits by what only inspectors knew look as if they made things worse."""
    found = changes(4, by="hidden")
    assert found["effect"].mean() > 3


def test_too_few_visited_are_refused() -> None:
    rng = np.random.default_rng(1)
    rows = complaint_rows(world(rng, services=60, a_quarter=3))
    assert 0 < rows["visited"].sum() < FEWEST
    found = compare(rows, 100, rng)
    assert found.refused_because == "too_few"
    assert np.isnan(found.effect)


def test_a_type_without_unvisited_is_left_out_and_told() -> None:
    rng = np.random.default_rng(2)
    rows = complaint_rows(world(rng))
    alone = rows.assign(stratum=rows["stratum"].where(~rows["visited"] | (rows["stratum"] != 0), 9))
    found = compare(alone, 100, rng)
    assert found.alone == int((alone["stratum"] == 9).sum()) > 0
    assert found.visited + found.alone == int(rows["visited"].sum())


def test_the_panel_reads_the_month_and_leaves_out_counts_of_whole_years() -> None:
    drawn = known_at(tables(
        services="service_id | users\na | 1200",
        complaints="""
            service_id | event_date | n | date_precision
            a          | 2026-06-30 | 2 | day
            a          | 2026-06-01 | 1 | day
            a          | 2026-05-31 | 4 | month
            a          | 2025-12-31 | 9 | year
        """,
        supervisions="""
            service_id | event_date | kind            | selection
            a          | 2026-05-02 | inspection      | risk
            a          | 2026-04-02 | statutory_visit | statutory
            a          | 2026-03-02 | incident_case   | incident
        """,
    ), DAY)  # fmt: skip
    panel = complaint_panel(drawn, DAY)
    assert panel.total[0, -3:].tolist() == [0, 4, 3]
    assert panel.total.sum() == 7
    assert panel.size[0, 0] == 100, "1,200 users are 100 user-years a month"
    assert panel.visited[0, -3:].tolist() == [False, True, False], "what the law asks for is not chosen"
    assert np.flatnonzero(panel.disturbed[0]).tolist() == [panel.total.shape[1] - 4]
    # In the middle of June the last whole month is May.
    assert complaint_panel(drawn, date(2026, 6, 15)).total[0, -1] == 4


def test_experience_is_read_beside_the_usual_of_its_method() -> None:
    drawn = known_at(tables(services="service_id\na\nb", experiences="""
        service_id | event_date | method    | dimension | score | n
        a          | 2026-06-02 | survey    | safe      | 80    | 10
        b          | 2026-06-02 | survey    | safe      | 60    | 10
        a          | 2026-06-03 | interview | safe      | 20    | 1
    """), DAY)  # fmt: skip
    panel = experience_panel(drawn, DAY)
    assert panel.total[:, -1].tolist() == [100, -100], "10 people 10 points above, 10 below; an interview of its own kind"
    assert panel.size[:, -1].tolist() == [11, 10]
    assert experience_rows(panel, 20.0).empty, "nobody was heard both before and after"


def test_judgements_name_their_supervision() -> None:
    drawn = tables(supervisions=VISIT, findings="supervision_id | known_date | severity\nv1 | 2025-08-01 | serious_breach")
    frame = cohorts.judgements(drawn, SETTINGS).frame
    assert frame[["supervision_id", "positive"]].to_numpy().tolist() == [["v1", True]]
