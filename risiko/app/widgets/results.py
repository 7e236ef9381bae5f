"""The parts of the page Resultater: which plan, hit rates, prevalence, other lists, overrides, effect."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import results_words as words
from risiko.app.display import plain, plain_cells
from risiko.charts import equity as charts
from risiko.evaluate.override_results import FEWEST
from risiko.evaluate.plan_results import ALL, LEAST_KNOWN
from risiko.i18n import Translator
from risiko.pipeline.results import LISTS, Effect, PlanResults
from risiko.reports.names import Names


def choice(found: PlanResults, t: Translator) -> None:
    """Which plan is looked at; the newest first."""
    numbers = sorted(found.numbers, reverse=True)
    at = numbers.index(found.plan.number)
    st.selectbox(t("results.choose"), numbers, at, key="results.plan", filter_mode=None,
                 format_func=lambda n: t("results.number", n=t.number(n)))  # fmt: skip


def lead(found: PlanResults, t: Translator) -> None:
    """Which plan and period; whether it is over, and how much is known."""
    record = found.plan.record
    title = f" «{plain(record.title)}»" if record.title else ""
    st.markdown(t("results.lead", n=t.number(found.plan.number), title=title, start=t.date(record.start),
                  end=t.date(record.end), date=t.date(found.as_of)))  # fmt: skip
    if not found.over:
        st.info(t("results.not_over"))
    whole = found.grounds.set_index("ground").loc[ALL]
    told = {name: t.number(whole[name]) for name in ("planned", "carried_out", "known")}
    st.markdown(t("results.counts", **told, outside=t.number(len(found.outside)),
                  inside=t.number(found.outside["in_plan"].sum())))  # fmt: skip


def grounds(found: PlanResults, t: Translator) -> None:
    """Hit rates by ground: picture and table, and what was expected."""
    st.header(t("results.grounds_title"), anchor=False, divider="gray")
    st.caption(t("results.grounds_help"))
    rows = words.picture(found, t)
    if len(rows):
        rate = float(found.grounds.set_index("ground").loc[ALL, "rate"])
        chart = charts.group_means(rows, overall=rate, axis=t("results.rate"), language=t.language)
        st.altair_chart(chart, theme=None, width="stretch", alt=". ".join(rows["text"]))
        st.caption(t("results.bars", overall=t.percent(rate)))
    else:
        st.info(t("results.none_known"))
    _table(words.grounds(found, t))
    st.markdown(words.expected(found, t))


def prevalence(found: PlanResults, t: Translator) -> None:
    """How common it is, by the visits that chance chose."""
    st.header(t("results.prevalence_title"), anchor=False, divider="gray")
    st.markdown("\n".join(f"- {line}" for line in words.prevalence(found.prevalence, t)))
    st.caption(t("results.prevalence_help", least=t.percent(LEAST_KNOWN)))


def others(found: PlanResults, names: Names) -> None:
    """What other lists would have found with as many visits."""
    t = names.t
    st.header(t("results.lists_title"), anchor=False, divider="gray")
    if found.others.estimates.empty:
        st.info(t("results.none_known"))
        return
    st.caption(t("results.lists_help", k=t.number(found.others.k), n=t.number(found.others.services)))
    _table(words.lists(found, t))
    rule = names.settings.evaluation
    st.caption(t("results.lists_refused", ess=t.number(rule.minimum_ess)))
    if found.lists_missing:
        gone = ", ".join(t.word("results_list", name) for name in LISTS if name in found.lists_missing)
        st.caption(t("results.lists_missing", lists=gone))
    lower = found.others.contraction
    lower = lower[(lower["list"] == LISTS[0]) & (lower["k"] > 0)]
    if len(lower):
        counts = [(t.number(r.k), t.number(r.hits, 1)) for r in lower.itertuples(index=False)]
        said = [t("results.contraction_part", k=k, hits=hits) for k, hits in counts]
        st.markdown(t("results.contraction", office=plain(found.others.office), parts="; ".join(said)))


def overrides(found: PlanResults, t: Translator) -> None:
    """Which reasons for departing from the list found more than the score expected."""
    st.header(t("results.overrides_title"), anchor=False, divider="gray")
    if found.added.empty and found.left_alone.empty:
        st.info(t("results.overrides_none"))
        return
    st.caption(t.plural("results.overrides_help", found.plans, few=t.number(FEWEST)))
    if len(found.added):
        _table(words.added(found, t))
    if len(found.left_alone):
        st.markdown(t("results.left_alone"))
        _table(words.left_alone(found, t))


def effect(found: Effect, names: Names) -> None:
    """Corrected in time, found again, changes beside similar services; and what is not causal."""
    t = names.t
    st.header(t("results.effect_title"), anchor=False, divider="gray")
    st.markdown(f"**{t('results.effect_caveat')}**")
    st.markdown(t("results.corrected_title", days=t.number(found.deadline_days)))
    if found.corrected.empty:
        st.info(t("results.corrected_none"))
    else:
        _table(words.corrected(found, t))
    st.markdown(t("results.again_title"))
    _table(words.again(found, t))
    st.caption(t("results.again_help"))
    st.markdown(t("results.change_title"))
    st.markdown("\n".join([
        f"- {t('results.complaints')} {words.change(found.complaints, 1, names)}",
        f"- {t('results.experience')} {words.change(found.experience, 1, names)}",
    ]))  # fmt: skip
    st.caption(t("results.change_help"))


def _table(rows: pd.DataFrame) -> None:
    st.table(plain_cells(rows), hide_index=True, border="horizontal")
