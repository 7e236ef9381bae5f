"""How sure the order is: the rank intervals of the first services, side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.charts.intervals import rank_intervals
from risiko.reports.chart_rows import interval_rows
from risiko.reports.names import Names

ROWS = 60


def order_certainty(shown: pd.DataFrame, top: int, names: Names) -> None:
    """A picture of the first rows' intervals with the capacity line; the ordinary table has the same numbers."""
    t, first = names.t, shown.head(ROWS)
    st.subheader(t("certainty.title"))
    high, tiers = t.number(first["rank_high"].max()), t.number(first["tier"].nunique())
    st.markdown(t.plural("certainty.takeaway", len(first), high=high, tiers=tiers))
    st.caption(t("certainty.help"))
    with st.expander(t.plural("certainty.picture", len(first))):
        line = top, t("certainty.line", n=t.number(top))
        st.altair_chart(
            rank_intervals(interval_rows(first, names), axis=t("certainty.axis"), line=line, language=t.language),
            theme=None,
            width="stretch",
            alt=t("certainty.alt", n=t.number(len(first)), high=t.number(first["rank_high"].max())),
        )
