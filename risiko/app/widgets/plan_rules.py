"""The form of the rules: person-days, costs, what the law asks, breadth, burden and the draw; applied with «Bruk»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from risiko.app import plan_data, plan_form
from risiko.app.display import plain
from risiko.app.plan_data import Asked
from risiko.app.plan_form import Places
from risiko.app.widgets import notices
from risiko.app.widgets.plan_rules_tables import table
from risiko.errors import RisikoError
from risiko.plan import rules as plan_rules
from risiko.plan.rules import Rules
from risiko.plan.rules_file import as_toml
from risiko.reports.names import Names
from risiko.reports.plan_words import joined
from risiko.vocabulary import SECTORS, SUPERVISION_KINDS

_EPOCH, _BASE, _FAULT = "plan.epoch", "plan.base", "plan.rules.fault"


def show(now: Asked, places: Places, mine: Sequence[str] | None, names: Names) -> Asked:
    """The form and the file of the rules; what is asked for once «Bruk» has been pressed. mine: own_offices."""
    t = names.t
    base = _base(now)
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("plan_page.rules_wrong"), fault)
    with st.form("plan.rules", enter_to_submit=False):
        said, edited, seed, title = _fields(base, places, mine, names)
        pressed = st.form_submit_button(t("plan_page.use"), type="primary")
    if pressed:
        try:
            now = Asked(plan_form.rules_of(base.rules, edited, said), seed, title)
        except RisikoError as error:
            notices.fault(t, t("plan_page.rules_wrong"), error)
        else:
            plan_data.ask(now)
    _warn_of_year(now.rules, places, names)
    _file(now, names)
    return now


def _warn_of_year(rules: Rules, places: Places, names: Names) -> None:
    """The fields are filled in with a year's person-days: who makes the period another must be told to correct them."""
    t, months = names.t, rules.period.months
    if months != 12 and (offices := plan_form.with_a_years_days(rules, places)):
        st.warning(t.plural("plan_page.year_days", months, offices=plain(joined(offices, t))))


def _base(now: Asked) -> Asked:
    """What the fields began from. It stays while they stand, so that what is typed is laid over one thing only."""
    if _key("seed") not in st.session_state or _BASE not in st.session_state:
        st.session_state[_BASE] = now  # the first visit, or the reader has been on another page
    found: Asked = st.session_state[_BASE]
    return found


def _key(name: str) -> str:
    return f"plan.{name}.{st.session_state.get(_EPOCH, 0)}"


def _anew(asked: Asked) -> None:
    """Begin the fields again from these rules."""
    plan_data.ask(asked)
    st.session_state[_EPOCH] = st.session_state.get(_EPOCH, 0) + 1


def _fields(
    base: Asked, places: Places, mine: Sequence[str] | None, names: Names
) -> tuple[dict[str, Any], dict[str, pd.DataFrame], int, str]:
    t, rules, rows = names.t, base.rules, plan_form.tables(base.rules, places)
    if mine is not None:
        rows["offices"] = rows["offices"][rows["offices"]["office"].isin(mine)].reset_index(drop=True)
    titles = [t.word("plan_tab", name) for name in ("days", "visits", "regularity", "breadth", "draw")]
    days, visits, regularity, breadth, draw = st.tabs(titles)
    said: dict[str, Any] = {}
    with days:
        title = st.text_input(t("plan.fact_title"), base.title, max_chars=120, key=_key("title"))
        said |= _period(rules, names) | _offices(rules, places, mine, names)
    with visits:
        said |= _kinds(rules, names)
    with regularity:
        said |= _regularity(rules, names)
    with breadth:
        said |= _breadth(rules, names)
    with draw:
        seed = st.number_input(
            t("plan.fact_seed"), 0, 10**12, base.seed, step=1, key=_key("seed"), help=t("plan_page.seed_help")
        )
        said |= _chance(rules, names)
    edited = {}
    for place, name in (
        (days, "offices"), (visits, "kinds"), (visits, "types"), (breadth, "counties"), (breadth, "themes"),
    ):  # fmt: skip
        with place:
            edited[name] = table(name, rows[name], places, names, key=_key(name))
    with visits, st.expander(t("plan_page.points")):
        for name in ("office_points", "kind_points"):
            edited[name] = table(name, rows[name], places, names, key=_key(name))
    return said, edited, seed, title


def _period(rules: Rules, names: Names) -> dict[str, Any]:
    t, (left, right) = names.t, st.columns(2)
    start = left.date_input(
        t("plan_page.start"), rules.period.start, key=_key("start"), format="DD.MM.YYYY", help=t("plan_page.start_help")
    )
    months = right.number_input(t("plan_page.months"), 1, 60, rules.period.months, key=_key("months"))
    return {"period.start": start.isoformat() if start else None, "period.months": months}


def _offices(rules: Rules, places: Places, mine: Sequence[str] | None, names: Names) -> dict[str, Any]:
    t, offered = names.t, list(places.offices if mine is None else mine)
    chosen = [name for name in rules.office.only if name in offered] or ([] if mine is None else offered)
    if mine is None:
        only = st.multiselect(
            t("plan_page.offices"), offered, chosen, key=_key("only"), placeholder=t("plan_page.offices_all"),
            help=t("plan_page.offices_help"),
        )  # fmt: skip
    else:  # as text: a field that is switched off is too pale to read
        only = chosen
        st.markdown(f"{t('plan_page.offices')}: **{plain(joined(chosen, t))}**")
    left, right = st.columns(2, vertical_alignment="bottom")
    anywhere = left.checkbox(t("plan_page.any_office"), rules.office.any, key=_key("any"))
    away = right.number_input(
        t("plan_page.away_days"), 0.0, 100.0, float(rules.office.away_days), 0.5, format="%.1f",
        key=_key("away"),
    )  # fmt: skip
    return {"office.only": list(only), "office.any": anywhere, "office.away_days": away}


def _kinds(rules: Rules, names: Names) -> dict[str, Any]:
    t = names.t
    default = st.selectbox(
        t("plan_page.default_kind"), SUPERVISION_KINDS, SUPERVISION_KINDS.index(rules.kinds.default),
        format_func=lambda kind: t.word("kind", kind), key=_key("kind"), filter_mode=None,
    )  # fmt: skip
    return {"kinds.default": default}


def _regularity(rules: Rules, names: Names) -> dict[str, Any]:
    t, rule = names.t, rules.regularity
    longest = _number("longest", t("plan_page.longest"), rule.longest_months, 600, t("plan_page.zero_none"))
    share = _percent("share", t("plan_page.regular_share"), rule.share)
    spacing = _number("spacing", t("plan_page.spacing"), rules.spacing.months, 600, t("plan_page.zero_none"))
    return {"regularity.longest_months": longest, "regularity.share": share, "spacing.months": spacing}


def _breadth(rules: Rules, names: Names) -> dict[str, Any]:
    t, rule, burden = names.t, rules.minimum, rules.burden
    said: dict[str, Any] = {}
    none = t("plan_page.zero_none")
    st.markdown(f"**{t('plan_page.most')}**")
    limits = {
        "per_municipality": (t("plan_page.per_municipality"), burden.per_municipality),
        "per_provider": (t("plan_page.per_provider"), burden.per_provider),
        "per_month": (t("plan_page.per_month"), burden.per_month),
    }
    for column, (name, (label, now)) in zip(st.columns(len(limits)), limits.items(), strict=True):
        with column:
            said[f"burden.{name}"] = _number(name, label, now, 9999, none)
    said["burden.others_count"] = st.checkbox(t("plan_page.others_count"), burden.others_count, key=_key("others"))
    st.markdown(f"**{t('plan_page.least')}**")
    by_sector = {str(name): n for name, n in rule.sector.items()}
    for column, sector in zip(st.columns(len(SECTORS)), SECTORS, strict=True):
        with column:
            n = by_sector.get(sector, 0)
            said[f"sector.{sector}"] = _number(f"sector.{sector}", t.word("sector", sector), n, 9999, none)
    said["minimum.each_county"] = _number("county", t("plan_page.each_county"), rule.each_county, 9999, none)
    return said


def _chance(rules: Rules, names: Names) -> dict[str, Any]:
    t, rule = names.t, rules.exploration
    share = _percent("explore", t("plan_page.explore"), rule.share, t("plan_page.explore_help"))
    quiet = st.number_input(
        t("plan_page.quiet"), 1.0, 100.0, float(rule.quiet_weight), 0.5, format="%.1f", key=_key("quiet"),
        help=t("plan_page.quiet_help")
    )
    quantile = st.number_input(
        t("plan_page.quantile"), 1, 99, round(100 * rules.objective.quantile), key=_key("quantile"),
        help=t("plan_page.quantile_help"),
    )  # fmt: skip
    return {"exploration.share": share, "exploration.quiet_weight": quiet, "objective.quantile": quantile / 100}


def _number(name: str, label: str, now: int, most: int, help_: str) -> int:
    return int(st.number_input(label, 0, most, now, key=_key(name), help=help_))


def _percent(name: str, label: str, now: float, help_: str | None = None) -> float:
    return int(st.number_input(label, 0, 100, round(100 * now), 5, key=_key(name), help=help_)) / 100


def _file(now: Asked, names: Names) -> None:
    """The rules as a file: taken along, or read in; and back to the shipped ones."""
    t, key = names.t, _key("file")

    def read() -> None:
        given = st.session_state.get(key)
        if given is None:
            return
        try:
            rules = plan_rules.from_text(given.getvalue(), given.name)
        except RisikoError as error:
            st.session_state[_FAULT] = error
            st.session_state[_EPOCH] = st.session_state.get(_EPOCH, 0) + 1
            return
        _anew(Asked(rules, now.seed, now.title))

    with st.expander(t("plan_page.file")):
        st.caption(t("plan_page.file_help"))
        st.file_uploader(t("plan_page.upload"), type="toml", key=key, on_change=read, max_upload_size=1)
        with st.container(horizontal=True):
            st.download_button(
                t("plan_page.download"), as_toml(now.rules).encode(), "rules.toml", "application/toml",
                on_click="ignore", icon=":material/download:", key="plan.rules.download",
            )  # fmt: skip
            st.button(
                t("plan_page.shipped"), on_click=lambda: _anew(Asked(plan_rules.shipped(), now.seed, now.title)),
                key="plan.rules.shipped",
            )  # fmt: skip
