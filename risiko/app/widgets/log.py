"""The page Logg, part by part: whether the log is whole, its head, the filters, and the entries in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from risiko.app.display import plain
from risiko.app.html_table import html_table
from risiko.app.widgets.exports import XLSX
from risiko.i18n import Translator
from risiko.pipeline.record import Verdict
from risiko.reports.log_words import log_table, log_xlsx
from risiko.vocabulary import LOG_KINDS

FIRST = 100  # entries shown; the file has them all
FAULTS_SHOWN = 20


@dataclass(frozen=True)
class Chosen:
    """What the reader wants to see: kinds and people (none: all), and days in UTC (None: open)."""

    kinds: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


def verdict(found: Verdict, t: Translator) -> None:
    """Whole or broken, in word, shape and colour; the faults; the head and the count to be copied."""
    if found.whole:
        st.success(f"**{t('log.whole')}** {t.plural('log.entries', found.count)}", icon=":material/check_circle:")
    else:
        where = next((t.number(fault.seq) for fault in found.faults if fault.seq is not None), "")
        said = t("log.broken", seq=where) if where else t("log.broken_rows")
        lines = [_fault(fault.seq, fault.what, fault.detail, t) for fault in found.faults[:FAULTS_SHOWN]]
        if len(found.faults) > FAULTS_SHOWN:
            lines.append(t("log.more_faults", n=t.number(len(found.faults) - FAULTS_SHOWN)))
        listed = "\n".join(f"- {line}" for line in lines)
        st.error(f"**✕ {said}** {t('log.broken_try')}\n\n{listed}", icon=":material/error:")
    if found.count:
        st.markdown(t("log.head_why"))
        st.code(f"risiko log verify --head {found.head} --count {found.count}", language=None, wrap_lines=True)


def choose(entries: pd.DataFrame, t: Translator) -> Chosen:
    """The filters, each choice with how many entries it has. entries: the whole log."""
    kinds, people = entries["kind"].value_counts().to_dict(), entries["by"].value_counts().to_dict()
    days = entries["at"].dropna()
    if days.empty:
        return Chosen()
    first, last = days.min().date(), days.max().date()
    with st.container(horizontal=True):
        kind = st.multiselect(
            t("log.kind"), list(kinds), key="log.kind", placeholder=t("log.all"),
            format_func=lambda k: f"{t.word('log_kind', k)} ({t.number(kinds[k])})",
        )  # fmt: skip
        by = st.multiselect(
            t("log.by"), list(people), key="log.by", placeholder=t("log.all"),
            format_func=lambda p: f"{p or t('log.nobody')} ({t.number(people[p])})",
        )  # fmt: skip
        since, until = (
            st.date_input(label, day, min_value=first, max_value=last, key=key, format="DD.MM.YYYY")
            for label, day, key in ((t("log.since"), first, "log.since"), (t("log.until_day"), last, "log.until"))
        )
    return Chosen(tuple(kind), tuple(by), since if since != first else None, until if until != last else None)


def entries(shown: pd.DataFrame, of: int, found: Verdict, t: Translator) -> None:
    """The newest entries in words, with a mark at those that are not whole. of: how many the log has."""
    st.markdown(t("log.showing", shown=t.number(min(len(shown), FIRST)), n=t.number(len(shown)), of=t.number(of)))
    if shown.empty:
        return
    first = shown.head(FIRST)
    table, faulty = log_table(first, t), {fault.seq for fault in found.faults}
    marks = [t("log.mark_broken") if seq in faulty else t("log.mark_whole") for seq in first["seq"]]
    told = table.assign(**{t("log.state"): marks})
    st.html(html_table(told, label=t("nav.log"), wide=(t("log.what"),), narrow=(t("log.seq"),)))


def download(shown: pd.DataFrame, found: Verdict, may: Callable[[], object], t: Translator) -> None:
    """The entries that fit the filters as a workbook. may: asked when the button is pressed; raises NotAllowed."""

    def made() -> bytes:
        may()
        return log_xlsx(shown, found.head, found.count, t)

    st.download_button(
        t("export.xlsx"), made, "risiko-log.xlsx", XLSX, on_click="ignore", icon=":material/download:", key="log.xlsx"
    )


def _fault(seq: int | None, what: str, detail: str, t: Translator) -> str:
    number = f"{t('log.seq')} {t.number(seq)}: " if seq is not None else ""
    kind, _, rest = detail.partition(" ")
    about = f"{t.word('log_kind', kind)} {rest}".strip() if kind in LOG_KINDS else detail
    return f"{number}{t.word('log_fault', what)}" + (f" ({plain(about)})" if about else "")
