"""What stands above the list: how many, as of when, who is left out, and what a high score does not mean."""

from __future__ import annotations

import streamlit as st

from risiko.app.data import Ranked
from risiko.app.display import plain
from risiko.i18n import Translator
from risiko.scoring.table import POINTS


def lead(found: Ranked, n_shown: int, t: Translator) -> None:
    """One paragraph with the numbers and the caveat; the exclusions, and which score it is, in small print."""
    run, n = found.run, len(found.ranking)
    st.markdown(f"{t.plural('ranking.lead', n, date=t.date(run.as_of))} **{t('ranking.caveat')}** {t('ranking.basis')}")
    small = [t.plural(f"excluded.{reason}", int(left_out)) for reason, left_out in run.excluded.items() if left_out]
    if n_shown != n:
        small.insert(0, t.plural("ranking.filtered", n_shown, of=t.number(n)))
    if small:
        st.caption(" ".join(small))
    which_score(found, t)


def which_score(found: Ranked, t: Translator) -> None:
    """Which score orders the list where it could be another: learned, own weights, or points and why."""
    run = found.run
    if found.refused:
        st.warning(t("score.refused", why=plain(found.refused)))
    elif found.later:
        st.caption(t("score.later", trained=t.date(found.later)))
    elif found.promoted and run.table.model_id == POINTS:
        st.caption(t("score.points_chosen", model=found.promoted))
    if run.table.model_id != POINTS:
        population = run.prepared.settings.outcome.population
        st.caption(t.word("score_learned", population).format(model=run.table.model_id))
    if run.weights and run.weights != found.default_weights:
        st.caption(t("weights.changed"))
