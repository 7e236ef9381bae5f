"""Ten years in numbers: the measures on years small enough to count, the policies' names, and the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.charts.ten_years import measured_panels, yearly_lines
from risiko.errors import InputError
from risiko.evaluate.ten_years import MEASURES, over_seeds, run_row, worst, year_row
from risiko.i18n import Translator
from risiko.pipeline.simulated import Policy, Simulation, policy
from risiko.reports.ten_years import SHOWN, policy_name, summary, write_ten_years

NAN = float("nan")


def services(**columns: object) -> pd.DataFrame:
    """Eight services, the first three visited, the third of them drawn; some columns changed."""
    frame = {
        "failing": [1, 0, 1, 1, 0, 0, 0, 0], "p_severe": [0.5, 0.25, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1],
        "consequence": [2.0, 4.0, 1.0, 1, 1, 1, 1, 1], "likelihood": [0.5, 0.3, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1],
        "score": [8.0, 7, 1, 5, 4, 3, 2, 6], "open": [True] * 7 + [False], "visited": [True] * 3 + [False] * 5,
        "drawn": [False, False, True] + [False] * 5, "probability": [0.2, 0.2, 0.25] + [0.2] * 4 + [NAN],
        "silent": [False, False, True, True] + [False] * 4, "seen": [True] * 3 + [False] * 5,
        "days": [30.0, 11, 11, 0, 0, 0, 0, 0],
    }  # fmt: skip
    return pd.DataFrame({**frame, **columns})


def test_a_year_is_counted_as_by_hand() -> None:
    told = year_row(services())
    assert (told["visits"], told["drawn"], told["hits"], told["hits_drawn"]) == (3, 1, 2, 1)
    assert told["harm"] == pytest.approx(0.5 * 2 + 0.25 * 4 + 0.2)
    assert told["days"] == 52
    assert (told["failing"], told["failing_all"]) == (pytest.approx(3 / 7), pytest.approx(3 / 8))
    assert told["naive"] == pytest.approx(2 / 3)
    assert told["predicted"] == pytest.approx(0.2)
    assert (told["silent"], told["silent_seen"], told["silent_hits"]) == (2, 1, 1)
    # Failing stand 1st, 3rd and last of the seven open: 4 + 3 + 0 of 12 pairs are in the right order.
    assert told["auc"] == pytest.approx(7 / 12)


def test_the_draw_is_weighted_by_its_chances_and_the_chosen_do_not_count_in_it() -> None:
    drawn = [False, True, True, False, False, False, False, False]
    told = year_row(services(drawn=drawn, probability=[0.2, 0.1, 0.4] + [0.2] * 5))
    # Weights 10 (nothing found) and 2.5 (found): Hajek 2.5 / 12.5.
    assert told["corrected"] == pytest.approx(0.2)
    assert told["low"] < 0.2 < told["high"]
    n = 12.5**2 / (10**2 + 2.5**2)
    z = 1.959963984540054
    middle, half = (
        (0.2 + z * z / (2 * n)) / (1 + z * z / n),
        z * np.sqrt(0.2 * 0.8 / n + z * z / (4 * n * n)) / (1 + z * z / n),
    )
    assert (told["low"], told["high"]) == (pytest.approx(middle - half), pytest.approx(middle + half))


def test_without_a_draw_nothing_is_corrected_and_one_class_has_no_auc() -> None:
    told = year_row(services(drawn=[False] * 8, failing=[0] * 8))
    assert all(np.isnan(told[name]) for name in ("corrected", "low", "high", "auc"))
    assert told["naive"] == 0


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="columns are missing: drawn, silent"):
        year_row(services().drop(columns=["silent", "drawn"]))


def test_the_worst_tenth_is_at_least_one_and_equals_stand_together() -> None:
    assert worst(np.array([0.1, 0.9, 0.2])).tolist() == [False, True, False]
    assert worst(np.array([0.5] * 2 + [0.1] * 18)).sum() == 2
    assert worst(np.array([0.5] * 3 + [0.1] * 17)).sum() == 3


def run(**second: float) -> dict[str, float]:
    years = pd.DataFrame([year_row(services()), {**year_row(services()), **second}])
    ever = pd.DataFrame({
        "visited": [True, True, False, False], "silent": [True, False, True, False], "silent_found": [True] + [False] * 3,
    })  # fmt: skip
    return run_row(years, ever)


def test_a_run_weighs_years_by_their_visits_and_errors_by_year() -> None:
    told = run(visits=7, hits=2, naive=2 / 7, failing=2 / 7, days=48)
    assert told["hit_rate"] == pytest.approx(4 / 10)
    assert told["hit_rate_chosen"] == pytest.approx((1 + 1) / (2 + 6))
    assert told["hit_rate_drawn"] == pytest.approx(1.0)
    assert told["drawn_share"] == pytest.approx(0.2)
    assert told["per_100_days"] == pytest.approx(4.0)
    error = 2 / 3 - 3 / 7
    assert told["naive_bias"] == pytest.approx(error / 2)
    assert told["naive_rmse"] == pytest.approx(error / np.sqrt(2))
    assert (told["silent_ever"], told["silent_seen"], told["silent_found"], told["never"]) == (2, 0.5, 1, 0.5)
    assert set(told) == set(MEASURES)


def test_coverage_counts_only_years_with_a_draw() -> None:
    assert run(corrected=NAN, low=NAN, high=NAN)["inside"] == 1
    assert run(low=0.9, high=1.0)["inside"] == 0.5
    assert run(failing_all=0.5)["failing_end"] == 0.5


def rows(values: dict[str, list[float]], measure: str = "hit_rate") -> pd.DataFrame:
    """Runs of each policy in seeds 1, 2, …; other measures are 0."""
    made = [
        {**dict.fromkeys(MEASURES, 0.0), "policy": name, "seed": seed, measure: value}
        for name, own in values.items()
        for seed, value in enumerate(own, start=1)
    ]
    return pd.DataFrame(made)


def of(found: pd.DataFrame, policy_: str, measure: str = "hit_rate") -> pd.Series:
    return found[(found["policy"] == policy_) & (found["measure"] == measure)].iloc[0]


def test_the_interval_over_worlds_is_students() -> None:
    told = of(over_seeds(rows({"top": [0.1, 0.2, 0.3]})), "top")
    half = 4.302652729911275 * 0.1 / np.sqrt(3)  # t(0.975, 2)
    assert (told["n"], told["mean"], told["low"]) == (3, pytest.approx(0.2), pytest.approx(0.2 - half))
    assert told["high"] == pytest.approx(0.2 + half)


def test_beside_another_policy_the_worlds_own_level_goes_out() -> None:
    runs = rows({"top": [0.1, 0.5, 0.9], "explore 5%": [0.05, 0.45, 0.85]})
    found = over_seeds(runs, beside="top")
    assert set(found["policy"]) == {"explore 5%"}
    told = of(found, "explore 5%")
    assert told[["mean", "low", "high"]].tolist() == pytest.approx([-0.05] * 3)
    with pytest.raises(ValueError, match="no policy 'nobody'"):
        over_seeds(runs, beside="nobody")


def test_one_world_has_no_interval_and_what_a_run_lacks_is_left_out() -> None:
    assert np.isnan(of(over_seeds(rows({"top": [0.1]})), "top")["low"])
    told = of(over_seeds(rows({"top": [NAN, 0.2, 0.4]})), "top")
    assert (told["n"], told["mean"]) == (2, pytest.approx(0.3))


def test_policies_are_named_and_others_refused() -> None:
    assert policy("top", learned=True) == Policy("top", "risk", 0.0, 0.0, True)
    assert policy("explore:0.05") == Policy("explore 5%", "risk", 0.05)
    assert (policy("regularity").order, policy("random").order) == ("waiting", "chance")
    shipped = policy("shipped")
    assert (shipped.explore, shipped.regularity) == (0.15, 0.2)
    for text in ("best", "explore", "explore:0", "explore:1", "explore:much", "top:0.1", "explore:nan"):
        with pytest.raises(InputError, match="no way to choose"):
            policy(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [("years", 0), ("history", 1), ("coverage", 0.0), ("coverage", 1.1), ("better", -0.1), ("services", 59)],
)
def test_what_cannot_be_simulated_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(InputError) as refused:
        Simulation(**{name: value})
    assert refused.value.where == name


PANEL = pd.DataFrame({
    "panel": ["Hits", "Hits", "Error", "Error"], "policy": ["a", "b", "a", "b"], "mean": [0.1, 0.3, 0.0, NAN],
    "low": [0.05, NAN, -0.1, NAN], "high": [0.2, NAN, 0.1, NAN], "text": ["10 %", "30 %", "0", "no <draw>"],
    "line": [NAN, NAN, 0.0, 0.0],
})  # fmt: skip


def test_a_panel_has_a_dot_for_each_number_a_bar_for_each_interval_and_a_rule_where_nothing_is() -> None:
    drawn = measured_panels(PANEL, title="Years")
    assert drawn.count("<circle") == 3
    assert drawn.count('rx="4"') == 2
    assert drawn.count('stroke-dasharray="5 3"') == 1
    assert "no &lt;draw&gt;" in drawn
    assert "<title>Years</title><desc>Hits; Error</desc>" in drawn


def test_lines_leave_out_what_is_missing_and_name_every_policy() -> None:
    told = pd.DataFrame({"policy": ["a", "a", "b", "b"], "year": [2026, 2027] * 2, "value": [0.1, 0.4, NAN, 0.2]})
    drawn = yearly_lines(told, title="Seen", written="{:.2f}".format)
    points = [part.split('"')[1] for part in drawn.split("<polyline ")[1:]]
    assert [len(p.split()) for p in points] == [2, 2, 1, 2]  # a line and its sample in the legend, for each policy
    assert all(text in drawn for text in (">a<", ">b<", ">2026<", ">0.40<", ">0.00<"))


def years() -> pd.DataFrame:
    parts = [
        pd.DataFrame([{"policy": name, "seed": 1, "year": 2026 + i, **year_row(services())} for i in range(2)])
        for name in ("top", "explore 5%")
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_files_hold_the_numbers_and_the_page_fetches_nothing(tmp_path: Path) -> None:
    runs = rows({"top": [0.25, 0.25, 0.25], "explore 5%": [0.5, 0.5, 0.5]})
    written = write_ten_years(years(), runs, {"Tenester": "300 <3"}, tmp_path / "new", Translator("nn"))
    assert {p.name for p in written} == {"years.csv", "runs.csv", "measures.svg", "years.svg", "ten-years.html"}
    back = pd.read_csv(tmp_path / "new" / "runs.csv")
    assert back["hit_rate"].tolist() == runs["hit_rate"].tolist()
    page = (tmp_path / "new" / "ten-years.html").read_text(encoding="utf-8")
    assert all(text in page for text in ('lang="nn"', "Trekning 5\u00a0%", "25,0\u00a0%", "300 &lt;3", "2 år med plan"))
    assert page.count("<svg") == 2
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in page


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_ten_years(years(), rows({"top": [1.0]}), {}, tmp_path / "file", Translator("en"))


def test_numbers_are_written_as_their_measure_asks() -> None:
    t = Translator("en")
    told = summary(rows({"top": [0.125]}).assign(naive_bias=0.031, harm_found=7.26, inside=NAN), t)
    text = told.set_index("measure")["text"]
    assert text[["hit_rate", "naive_bias", "harm_found", "inside"]].tolist() == ["12.5%", "3.1", "7.3", "no draw"]
    assert set(text.index) == set(SHOWN)
    # A share has no interval below nothing or above all.
    wide = summary(rows({"top": [0.1, 0.9, 0.1]}), t).set_index("measure")["text"]["hit_rate"]
    assert wide == "36.7% (0.0% – 100.0%)"


@pytest.mark.parametrize(("language", "name"), [("nb", "Trekning 20\u00a0%"), ("en", "Draw 20%")])
def test_a_draw_is_named_with_its_share(language: str, name: str) -> None:
    assert policy_name("explore 20%", Translator(language)) == name
