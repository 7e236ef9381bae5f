"""What stands above the list: how many, as of when, who is left out, and what a high score does not mean."""

from __future__ import annotations

import streamlit as st

from risiko.i18n import Translator
from risiko.pipeline import Run
from risiko.scoring.table import POINTS


def lead(run: Run, n: int, n_shown: int, t: Translator, *, own_weights: bool, refused: str = "") -> None:
    """One paragraph with the numbers and the caveat; which score it is, and the exclusions, in small print.

    refused: why the model in force is not used.
    """
    st.markdown(f"{t.plural('ranking.lead', n, date=t.date(run.as_of))} **{t('ranking.caveat')}** {t('ranking.basis')}")
    if refused:
        st.warning(t("score.refused", why=refused))
    small = [t.plural(f"excluded.{reason}", int(left_out)) for reason, left_out in run.excluded.items() if left_out]
    if n_shown != n:
        small.insert(0, t.plural("ranking.filtered", n_shown, of=t.number(n)))
    if run.table.model_id != POINTS:
        population = run.prepared.settings.outcome.population
        small.append(t.word("score_learned", population).format(model=run.table.model_id))
    if own_weights:
        small.append(t("weights.changed"))
    if small:
        st.caption(" ".join(small))
