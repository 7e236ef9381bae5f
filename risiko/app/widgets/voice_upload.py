"""A place to hand in a file, and the faults of a file by cell."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from risiko.app.html_table import html_table
from risiko.app.widgets import voice_send
from risiko.app.widgets.voice_field import said
from risiko.i18n import Translator
from risiko.intake.submission import Fault


def uploader(label: str, key: str, largest_mb: float) -> UploadedFile | None:
    """The file that has been chosen. Of any kind, for one that does not fit is told of in words when it is read."""
    return st.file_uploader(label, key=key, max_upload_size=ceil(largest_mb))


def faults(found: Sequence[Fault], t: Translator) -> None:
    """Each fault and where it stands, those that must be corrected first."""
    rows = sorted(found, key=lambda fault: not fault.rejected)
    table = pd.DataFrame({
        t("voice.cell"): [fault.cell or voice_send.named(fault.field, t) for fault in rows],
        t("voice.kind"): [t("voice.must_short") if fault.rejected else t("voice.may_short") for fault in rows],
        t("voice.stands"): [fault.value for fault in rows],
        t("voice.what"): [said(fault, t) for fault in rows],
    })  # fmt: skip
    st.html(html_table(table, label=t("voice.faults"), wide=(t("voice.what"),)))
