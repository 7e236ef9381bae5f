"""One service: where it stands and how sure, why, the four criteria, what is missing, what supervisions found."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import display, reasons
from risiko.app.display import plain, plain_cells
from risiko.charts.months import monthly_counts
from risiko.charts.waterfall import waterfall
from risiko.pipeline import Detail
from risiko.reports.chart_rows import step_rows
from risiko.reports.names import Names
from risiko.reports.reason_words import sentences
from risiko.scoring.table import POINTS

LONG_TABLE = 24  # a learned score may have seventy rows: folded, what stands below them is found


def panel(detail: Detail, complaints: list[float] | None, names: Names) -> None:
    """What the list says about the chosen service; its own page says more."""
    head(detail, names)
    left, right = st.columns(2, gap="large")
    with left:
        gaps(detail, names)
        history(detail, names)
    with right:
        _complaints(detail, complaints, names)


def head(detail: Detail, names: Names) -> None:
    """Who the service is, where it stands and how sure, the four criteria, and why."""
    t, service = names.t, detail.service
    name = service["name"] if pd.notna(service["name"]) else service["service_id"]
    st.header(plain(str(name)), anchor="tjeneste", divider="gray")
    st.caption(_who(detail, names))
    st.markdown(f"**{_place(detail, names)}** {_score(detail, names)}")
    st.markdown("\n".join(f"- {plain(said)}" for said in sentences(detail.reasons, names)))
    st.caption(f"{t('ranking.caveat')} {_means(detail, names)} {_sure(detail, names)}")
    _criteria(detail, names)
    _why(detail, names)


def _who(detail: Detail, names: Names) -> str:
    t, service = names.t, detail.service
    areas = service["municipalities"]
    facts = [
        names.service_type(str(service["service_type"])),
        t.word("sector", str(service["sector"])),
        t("detail.users_missing") if pd.isna(service["users"]) else t("detail.users", n=t.number(service["users"])),
        ", ".join(areas) if isinstance(areas, list) else "",
        str(service["county"]) if pd.notna(service["county"]) else "",
        t("detail.office", office=service["office"]) if pd.notna(service["office"]) else "",
        t("detail.id", id=service["service_id"]),
    ]
    return " · ".join(plain(fact) for fact in facts if fact)


def _place(detail: Detail, names: Names) -> str:
    p, t = detail.place, names.t
    return t(
        "detail.place",
        rank=t.number(p["rank"]),
        of=t.number(p["of"]),
        low=t.number(p["rank_low"]),
        high=t.number(p["rank_high"]),
    )


def _sure(detail: Detail, names: Names) -> str:
    """The middle of where the place and the likelihood could be, and how far the likelihood could be another."""
    p, t = detail.place, names.t
    return t(
        "detail.sure", expected=t.number(p["expected_rank"]),
        low=t.chance(p["likelihood_low"]), high=t.chance(p["likelihood_high"]),
    )  # fmt: skip


def _score(detail: Detail, names: Names) -> str:
    p, t = detail.place, names.t
    return t(
        "detail.score",
        likelihood=t.percent(p["likelihood"]),
        consequence=t.number(p["consequence"], 1),
        evidence=t.percent(p["evidence"]),
    )


def _means(detail: Detail, names: Names) -> str:
    """What the likelihood may be read as: an order, or what a supervision finds."""
    t = names.t
    if detail.model_id == POINTS:
        return t("detail.ordering_aid")
    return t.word("detail_learned", names.settings.outcome.population).format(model=detail.model_id)


def _criteria(detail: Detail, names: Names) -> None:
    t = names.t
    st.subheader(t("criteria.title"))
    places = st.columns(4)
    for place, row in zip(places, detail.criteria.itertuples(index=False), strict=True):
        with place.container(border=True, height="stretch"):
            st.metric(t.word("criterion", row.criterion), _criterion_value(row.criterion, row.value, names))
            st.caption(f"{t.word('criterion_help', row.criterion)} {t.word('declared', row.source)}")


def _criterion_value(criterion: str, value: float, names: Names) -> str:
    t = names.t
    if pd.isna(value):
        return t("data.missing")
    shape = f"{'●' * round(value)}{'○' * (3 - round(value))}"
    match criterion:
        case "probability":
            return t.percent(value)
        case "consequence":
            return t("criteria.times", x=t.number(value, 1))
        case "legal_protection":
            return f"{shape} {t('criteria.legal_protection', n=t.number(value))}"
    return f"{shape} {t('criteria.self_advocacy', n=t.number(value))}"


def _why(detail: Detail, names: Names) -> None:
    t = names.t
    st.subheader(t("reasons.title"))
    st.caption(t("reasons.help") + ("" if detail.model_id == POINTS else f" {t('reasons.help_learned')}"))
    description = reasons.takeaway(detail, names)
    chart = waterfall(step_rows(detail.contributions, detail.base, names), axis=t("reasons.axis"), language=t.language)
    st.altair_chart(chart, theme=None, width="stretch", alt=description)
    rows = plain_cells(reasons.table(detail, names))
    if len(rows) > LONG_TABLE:
        with st.expander(t("reasons.table")):
            st.table(rows, hide_index=True, border="horizontal")
    else:
        st.markdown(f"**{t('reasons.table')}**")
        st.table(rows, hide_index=True, border="horizontal")
    left, right = st.columns(2, gap="large")
    left.markdown(f"**{t('reasons.by_group')}**")
    left.table(plain_cells(reasons.by_group(detail, names)), hide_index=True, border="horizontal")
    right.markdown(f"**{t('reasons.by_dimension')}**")
    by_dimension = reasons.by_dimension(detail, names)
    if by_dimension.empty:
        right.markdown(t("reasons.no_dimension"))
    else:
        right.table(plain_cells(by_dimension), hide_index=True, border="horizontal")
    declared = [name for name in reasons.scored(detail)["signal"] if name.startswith("metadata:")]
    if declared:
        st.caption(" · ".join(plain(names.signal_sentence(name)) for name in declared))


def gaps(detail: Detail, names: Names) -> None:
    """Which signals say nothing, by the reason why."""
    t, parts = names.t, detail.contributions
    st.subheader(t("gaps.title"))
    gone = parts[parts["missing"].notna()]
    if gone.empty:
        st.markdown(t("gaps.none"))
        return
    lines = [
        f"- **{t.word('missing', why).rstrip('.')}** – {', '.join(plain(names.signal(s)) for s in signals)}"
        for why, signals in gone.groupby("missing", sort=False)["signal"]
    ]
    st.markdown("\n".join(lines))
    st.caption(t("gaps.note"))


def history(detail: Detail, names: Names) -> None:
    """The supervisions on record."""
    t = names.t
    st.subheader(t("history.title"))
    if detail.supervisions.empty:
        st.markdown(t("history.none"))
    else:
        st.table(
            plain_cells(display.supervisions_table(detail.supervisions, names)), hide_index=True, border="horizontal"
        )


def _complaints(detail: Detail, counts: list[float] | None, names: Names) -> None:
    t = names.t
    st.subheader(t("complaints.title"))
    if counts is None:
        st.markdown(t("complaints.none"))
        return
    rows = display.months_frame(counts, detail.as_of, names)
    description = t.plural("complaints.alt", int(rows["n"].sum()))
    st.altair_chart(
        monthly_counts(rows, axis=t("complaints.axis"), language=t.language),
        theme=None,
        width="stretch",
        alt=description,
    )
    st.caption(description)
