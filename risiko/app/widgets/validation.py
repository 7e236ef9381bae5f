"""The parts of the page Validering: the verdict, gain, differences, calibration, dates, offices, days, training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from risiko.app import validation_tables as tables
from risiko.app import validation_words as words
from risiko.app.display import plain, plain_cells
from risiko.app.validation_numbers import AUC, LIFT, Results
from risiko.charts import gain as gain_chart
from risiko.charts.measured import measured
from risiko.charts.promised import promised
from risiko.evaluate.backtest import QUIET, RANDOM_ARM
from risiko.reports.names import Names

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROWS, MOST_NAMED = 6, 6


def verdict(found: Results, names: Names) -> None:
    """What was tried, on whom, and what the intervals allow to be said of each score; nothing larger than the nulls."""
    t = names.t
    st.markdown(plain(words.lead(found, names)))
    if len(found.dates()) == 1:
        st.warning(t("validation.one_date"))
    for model in found.models:
        lines = [
            *(
                t(
                    "validation.standing_top",
                    share=t.percent(at),
                    standing=words.standing(found, model, lift, at, names),
                )
                for at, lift in found.tops
            ),
            t("validation.standing_whole", standing=words.standing(found, model, AUC, float("nan"), names)),
        ]
        st.markdown("\n".join([words.verdict(found, model, names), "", *(f"- {line}" for line in lines)]))
    _figures(found, names)
    st.caption(" ".join([t("validation.points"), t("validation.level", level=words.level(names))]))
    if absent := words.absent(found, names):
        st.caption(t("validation.absent", methods=plain(", ".join(absent))))


def _figures(found: Results, names: Names) -> None:
    """The default score's four numbers, each with its interval."""
    t, share, model = names.t, found.share, found.models[0]
    at = t.percent(share)
    shown = (
        (t("validation.fig_lift", share=at), found.get(model, LIFT, at=share), 1),
        (t("validation.fig_precision", share=at), found.get(model, "precision", at=share), None),
        (t("validation.fig_capture", share=at), found.get(model, "capture", at=share), None),
        (t("validation.fig_auc"), found.get(model, AUC), 2),
    )
    for place, (label, m, decimals) in zip(st.columns(len(shown)), shown, strict=True):
        value, low, high = (t.percent(x) if decimals is None else t.number(x, decimals) for x in m[:3])
        box = place.container(border=True, height="stretch")
        box.metric(label, value)
        box.caption(t("validation.fig_between", low=low, high=high, level=words.level(names)))


def gain(found: Results, names: Names) -> None:
    """How many of the outcomes the first part of each list holds; the same at the cuts with intervals."""
    t, rows = names.t, words.gain_frame(found, names)
    st.subheader(t("validation.gain_title"))
    st.caption(t("validation.gain_help"))
    capacity = found.capacity
    picture, numbers = st.columns(2, gap="large")
    if len(rows):
        spec = _spec(
            gain_chart.gain, "gain", rows, x_axis=t("validation.gain_x"), y_axis=t("validation.gain_y"),
            capacity=capacity, capacity_label=t("validation.capacity_line", share=t.percent(capacity)),
            language=t.language,
        )  # fmt: skip
        picture.vega_lite_chart(spec=spec, theme=None, width="stretch", alt=words.gain_takeaway(found, names))
    with numbers:
        for model in found.models:
            st.markdown(t("validation.top_title", model=words.method_name(model, names)))
            _table(tables.top(found, model, names))
    st.markdown(t("validation.lifts_title"))
    _table(tables.lifts(found, names))


def duels(found: Results, names: Names) -> None:
    """The difference to everything the score is to replace, over the whole list and in its first part."""
    t, share = names.t, found.share
    st.subheader(t("validation.duels_title"))
    st.caption(t("validation.duels_help"))
    _pictures(
        (words.duel_frame(found, AUC, float("nan"), names), 0.0, t("validation.diff_auc")),
        (words.duel_frame(found, LIFT, share, names), 0.0, t("validation.diff_lift", share=t.percent(share))),
        names=names,
    )
    _table(tables.duels(found, names))


def calibration(found: Results, names: Names) -> None:
    """Promised and found: in bands, in sum, and by county, sector and size."""
    t, bands = names.t, words.band_frame(found, names)
    st.subheader(t("validation.calibration_title"))
    for model in found.models:
        ratio, slope = (found.get(model, m) for m in ("observed_over_expected", "calibration_slope"))
        said = t(
            "validation.ratio_said", ratio=words.with_interval(ratio, t), slope=words.with_interval(slope, t),
            ratio_shows=tables.calibration_said(ratio, "observed_over_expected", 1.0, names),
            slope_shows=tables.calibration_said(slope, "calibration_slope", 1.0, names),
        )  # fmt: skip
        st.markdown(said if len(found.models) == 1 else f"**{words.method_name(model, names)}.** {said}")
    st.caption(t("validation.calibration_help"))
    if bands.empty:
        st.info(t("validation.bands_none"))
        return
    picture, numbers = st.columns(2, gap="large")
    spec = _spec(
        promised, "promised", bands, x_axis=t("validation.promised_axis"), y_axis=t("validation.found_axis"),
        language=t.language,
    )  # fmt: skip
    picture.vega_lite_chart(spec=spec, theme=None, width="stretch", alt=words.takeaway(bands.iloc[[0, -1]]))
    with numbers:
        _table(tables.bands(found, names))
    _table(tables.calibration(found, names))
    for by in ("sector", "size", "county"):
        _groups(found, by, names)


def _groups(found: Results, by: str, names: Names) -> None:
    """Only groups whose interval leaves out 1 are named; the table tells of all."""
    t, rows = names.t, tables.group_rows(found, by)
    if rows["group"].nunique() < 2:
        return
    st.markdown(t("validation.groups_title", by=t.word("trial_by_in", by)))
    named = {}
    for told in ("more", "fewer"):
        groups = [tables.group_name(g, by, names) for g in rows.loc[rows["told"] == told, "group"].head(MOST_NAMED)]
        named[told] = plain(", ".join(groups)) if groups else t("validation.groups_none")
    chance = (1 - names.settings.evaluation.level) * len(rows)
    st.caption(
        t("validation.groups_said", **named) + " "
        + t("validation.groups_help", n=t.number(len(rows)), chance=t.number(chance, 1))
    )  # fmt: skip
    table = tables.groups(found, by, names)
    _table(table.head(ROWS))
    if len(table) > ROWS:
        with st.expander(t("validation.groups_all", n=t.number(len(table)))):
            _table(table)


def dates(found: Results, names: Names) -> None:
    """Every date by itself, so that a year in which the score showed nothing is seen."""
    t, share, days = names.t, found.share, found.dates()
    st.subheader(t("validation.dates_title"))
    auc, lift = words.date_frame(found, AUC, float("nan"), names), words.date_frame(found, LIFT, share, names)
    default = found.models[0]
    shown = [
        sum(found.get(default, metric, at=at, day=day).shows(line) == "better" for day in days)
        for metric, at, line in ((AUC, float("nan"), 0.5), (LIFT, share, 1.0))
    ]
    said = t(
        "validation.dates_said", better=t.number(shown[0]), lift=t.number(shown[1]), n=t.number(len(days)),
        share=t.percent(share),
    )  # fmt: skip
    st.markdown(said)
    st.caption(t("validation.dates_help"))
    _pictures(
        (auc, 0.5, t("validation.auc")), (lift, 1.0, t("validation.fig_lift", share=t.percent(share))), names=names
    )
    _table(tables.by_date(found, names))
    with st.expander(t("validation.duels_by_date")):
        _table(tables.duels_by_date(found, names))


def places(found: Results, names: Names) -> None:
    """AUC within offices and in the other populations, or why there is none."""
    t, rows = names.t, words.place_frame(found, names)
    st.subheader(t("validation.places_title"))
    st.caption(t("validation.places_help"))
    _pictures((rows, 0.5, t("validation.auc")), names=names)
    _table(tables.places(found, names))
    every = len(found.dates())
    for population, none in ((QUIET, t("validation.no_quiet")), (RANDOM_ARM, t("validation.no_random_arm"))):
        on = len(found.dates(population))
        if on == 0:
            st.markdown(none)
        elif on < every:
            place = t.word("trial_place", population)
            st.caption(t("validation.place_some_dates", place=place, n=t.number(on), of=t.number(every)))


def days(found: Results, names: Names) -> None:
    """How much sooner the hits would have been found by the same visits in the order of the list."""
    t, (mean, least, most) = names.t, tables.days_span(found, found.models[0])
    st.subheader(t("validation.days_title"))
    if pd.isna(mean):
        st.markdown(t("validation.days_none"))
        return
    st.markdown(t("validation.days_said", days=t.number(mean), least=t.number(least), most=t.number(most)))
    st.caption(t("validation.days_help"))
    _table(tables.days(found, names))


def corrected(found: Results, names: Names) -> None:
    """Hits per visit corrected for who was visited, or why that cannot be told."""
    t, table = names.t, tables.corrected(found, names)
    if len(table):
        st.subheader(t("validation.corrected_title"))
        st.caption(t("validation.corrected_help", model=words.in_sentence(found.models[0], names)))
        _table(table)


def folds(found: Results, names: Names) -> None:
    """What the score of each date was trained on."""
    t = names.t
    st.subheader(t("validation.folds_title"))
    st.caption(t("validation.folds_help"))
    _table(tables.folds(found, names))
    for line in tables.warnings(found, names):
        st.caption(plain(line))


def nothing_measured(found: Results, names: Names) -> None:
    """There are folds, and too few outcomes to measure anything by."""
    st.markdown(plain(words.lead(found, names)))
    st.info(names.t("validation.too_few"))
    folds(found, names)


def measurable(found: Results) -> bool:
    """Whether anything could be measured among the supervised."""
    return len(found.dates()) > 0


def _pictures(*pictures: tuple[pd.DataFrame, float, str], names: Names) -> None:
    """Pictures side by side; one without a row that could be measured is left out."""
    for place, (rows, line, axis) in zip(st.columns(len(pictures), gap="large"), pictures, strict=True):
        if len(rows):
            spec = _spec(measured, "measured", rows, line=line, axis=axis, language=names.t.language)
            place.vega_lite_chart(spec=spec, theme=None, width="stretch", alt=words.takeaway(rows))


def _table(rows: pd.DataFrame) -> None:
    st.table(plain_cells(rows), hide_index=True, border="horizontal")


@st.cache_resource(max_entries=100, show_spinner=False)
def _spec(_draw: Callable[..., AnyChart], name: str, rows: pd.DataFrame, **words: Any) -> dict[str, Any]:
    """A picture's specification; altair takes a tenth of a second to check each, and a page has seven."""
    return _draw(rows, **words).to_dict()
