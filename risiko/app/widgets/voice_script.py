"""What Streamlit itself writes in English in fields and uploads, in the reader's language."""

from __future__ import annotations

import json

import streamlit as st

from risiko.i18n import Translator

# It cannot be told otherwise. A part is known by its English words and then stays known, whatever the language.
_SCRIPT = """{
window.ownWords = %s;
const parts = [['button', /^Upload$/], ['largest', /^\\d+MB per file/],
               ['refused', /^File must be/], ['error', /^Error: $/],
               ['apply', /^Press .*Enter to (apply|submit form)$/]];
const boxes = '[data-testid="stFileUploader"], [data-testid="InputInstructions"]';
const say = () => document.querySelectorAll(boxes).forEach(box => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  for (let one = walk.nextNode(); one; one = walk.nextNode()) {
    const known = parts.find(([, words]) => words.test(one.nodeValue));
    if (known) one.ownPart = known[0];
    const words = one.ownPart ? window.ownWords[one.ownPart] : null;
    if (words !== null && one.nodeValue !== words) one.nodeValue = words;
  }
});
if (!window.ownWatch) {
  window.ownWatch = new MutationObserver(say);
  window.ownWatch.observe(document.body, {childList: true, subtree: true, characterData: true});
}
say();
}"""


def say(t: Translator, largest_mb: int) -> None:
    """Have it said from now on. largest_mb: of a file that may be handed in."""
    words = {
        "button": t("voice.upload_button"), "largest": t("voice.upload_largest", mb=t.number(largest_mb)),
        "refused": t("voice.upload_refused", mb=t.number(largest_mb)), "apply": "", "error": "",
    }  # fmt: skip
    said = json.dumps(words).replace("<", "\\u003c")
    st.html(f"<script>{_SCRIPT % said}</script>", unsafe_allow_javascript=True)
