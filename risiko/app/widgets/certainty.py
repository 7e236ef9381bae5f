"""How sure the order is: the rank intervals of the first services, side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app.display import intervals_frame
from risiko.charts.intervals import rank_intervals
from risiko.reports.names import Names

ROWS = 20


def order_certainty(shown: pd.DataFrame, names: Names) -> None:
    """A picture of the first rows' intervals; overlap means that their order is not settled."""
    t, rows = names.t, intervals_frame(shown.head(ROWS), names)
    widest = shown.head(ROWS)["rank_high"].max()
    description = t("certainty.alt", n=t.number(len(rows)), high=t.number(widest))
    with st.expander(t("certainty.title")):
        st.caption(t("certainty.help"))
        st.altair_chart(
            rank_intervals(rows, axis=t("certainty.axis"), language=t.language),
            theme=None,
            width="stretch",
            alt=description,
        )
