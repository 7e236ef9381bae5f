"""What a page says, for tests that read it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def said(app: AppTest) -> str:
    """Every text on the page, in one string."""
    parts = [*app.markdown, *app.caption, *app.title, *app.header, *app.subheader, *app.info, *app.warning, *app.error]
    labels = [
        w.label
        for kind in (app.button, app.multiselect, app.selectbox, app.text_input, app.expander, app.metric)
        for w in kind
    ]
    tables = [frame.value.to_string() + " ".join(frame.value.columns) for frame in (*app.table, *app.dataframe)]
    return "\n".join([*(str(p.value) for p in parts), *labels, *tables])
