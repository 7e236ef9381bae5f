"""A place to hand in a file: the words of the upload in the reader's language, and the faults of a file by cell."""

from __future__ import annotations

import json
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

# Streamlit writes these parts of the upload in English and cannot be told otherwise.
_SCRIPT = """{
window.uploadWords = %s;
const say = () => document.querySelectorAll('[data-testid="stFileUploader"]').forEach(box => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  for (let one = walk.nextNode(); one; one = walk.nextNode()) {
    if (one.nodeValue === 'Upload') one.isPart = 'button';
    else if (/^\\d+MB per file/.test(one.nodeValue)) one.isPart = 'largest';
    else if (/^(Error: )?File must be/.test(one.nodeValue)) one.isPart = 'refused';
    const words = window.uploadWords[one.isPart];
    if (words && one.nodeValue !== words) one.nodeValue = words;
  }
});
if (!window.uploadWatch) {
  window.uploadWatch = new MutationObserver(say);
  window.uploadWatch.observe(document.body, {childList: true, subtree: true, characterData: true});
}
say();
}"""


def uploader(label: str, key: str, largest_mb: float, t: Translator) -> UploadedFile | None:
    """The file that has been chosen. Of any kind, for one that does not fit is told of in words when it is read."""
    most = ceil(largest_mb)
    largest, refused = t("voice.upload_largest", mb=t.number(most)), t("voice.upload_refused", mb=t.number(most))
    words = {"button": t("voice.upload_button"), "largest": largest, "refused": refused}
    file = st.file_uploader(label, key=key, max_upload_size=most)
    text = json.dumps(words).replace("<", "\\u003c")
    st.html(f"<script>{_SCRIPT % text}</script>", unsafe_allow_javascript=True)
    return file


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
