"""Narrative signals: how many comments about a service are critical, and how many tell of fear of complaining."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, age_years, in_window
from risiko.narratives.fear import tells_of_fear
from risiko.narratives.language import UNKNOWN, language_of
from risiko.signals.common_form import common_form, reasons
from risiko.signals.distance import standardised
from risiko.signals.peers import BoolArray, peer_groups
from risiko.signals.registry import Context, signal
from risiko.statistics.beta_binomial import shrink_beta
from risiko.statistics.overdispersion import arcsine_proportion

READS = {"experiences": ("service_id", "text")}


@signal("narrative_critical", group="experience", unit="share", reads=READS)
def narrative_critical(context: Context) -> pd.DataFrame:
    """Share of the comments about a service that are critical (0–1), read by the text model, shrunk within type.

    A comment the model will not judge is left out, and n is those it judged (all, where none was read). Fewer than
    settings.narratives.minimum: missing ("too_few_texts"); none at all: "no_evidence"; no text model at hand:
    "not_read". Texts of the last settings.narratives.months; one text counts once, however many dimensions it is
    filed under.
    """
    texts = worth_reading(context)
    if context.read_texts is None:
        return _reading(context, texts.iloc[:0], np.empty(0, dtype=np.bool_), unread="not_read")
    if texts.empty:
        return _reading(context, texts, np.empty(0, dtype=np.bool_))
    read = context.read_texts(texts["text"])
    judged = ~read["abstained"].to_numpy(dtype=bool)
    critical = (read["critical_probability"] > 0.5).to_numpy(dtype=bool)
    return _reading(context, texts[judged], critical[judged])


@signal("narrative_fear", group="experience", unit="share", reads=READS)
def narrative_fear(context: Context) -> pd.DataFrame:
    """Share of the comments about a service that tell of fear of complaining (0–1), shrunk within type.

    A marker of silence, to be read and not scored. Found by phrases, so no text model is needed; a text in no language
    the phrases are in is left out. Missing as for narrative_critical.
    """
    texts = worth_reading(context)
    code, distinct = pd.factorize(texts["text"])
    said = pd.Series(distinct, dtype="str")
    known = (language_of(said) != UNKNOWN).to_numpy(dtype=bool)[code]
    return _reading(context, texts[known], tells_of_fear(said).to_numpy(dtype=bool)[code][known])


def _comments(context: Context) -> pd.DataFrame:
    """Comments in the window: position, event_date, text. The same words on the same day are one comment."""
    rows = context.events("experiences").dropna(subset=["text"])
    rows = rows[in_window(rows["event_date"], context.as_of, context.settings.narratives.months)]
    return rows.drop_duplicates(["position", "event_date", "text"])[["position", "event_date", "text"]]


def worth_reading(context: Context) -> pd.DataFrame:
    """The comments about services that have enough of them: the others are not read at all."""
    texts = context.once(_comments)
    enough = context.total(texts["position"]) >= context.settings.narratives.minimum
    return texts[enough[texts["position"]]]


def _reading(context: Context, texts: pd.DataFrame, hit: BoolArray, unread: str | None = None) -> pd.DataFrame:
    """The share of hits in the common form. texts: those that could be judged; unread: why none was, if so."""
    position, everything = texts["position"], context.once(_comments)
    n, hits = context.total(position), context.total(position, hit.astype(float))
    written, minimum = context.total(everything["position"]), context.settings.narratives.minimum
    scored, unjudged = n >= minimum, (written < minimum) | (unread is not None)
    n, hits = np.where(scored, n, 0.0), np.where(scored, hits, 0.0)
    value = np.divide(hits, n, out=np.full(len(n), np.nan), where=scored)
    centre, mean, sd, between = _shrunk(context, hits, n)
    scale = np.where(between > 0, between, np.inf)
    proportion = arcsine_proportion(hits, n, np.where(scored, centre, 0.5))
    ages = pd.Series(age_years(everything["event_date"], context.as_of))
    newest = ages.groupby(everything["position"].to_numpy()).min().reindex(np.arange(len(n)))
    missing = reasons(context.services).mask(~scored, unread or "too_few_texts").mask(written == 0, "no_evidence")
    return common_form(
        context.services, missing=missing, value=value,
        n=np.where(unjudged, written, context.total(position)),
        expected=centre, estimate=mean, sd=sd,
        standing=np.where(scored, (mean - centre) / scale, 0.0),
        standing_sd=np.where(scored & np.isfinite(scale), np.minimum(sd / scale, 1.0), 1.0),
        freshness=newest.to_numpy(dtype=float),
        **standardised(context, proportion.y, np.asarray(proportion.target), proportion.s),
    )  # fmt: skip


def _shrunk(context: Context, hits: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Centre, posterior mean and sd, and sd between services; one beta-binomial per type, the small types together.

    NaN (between: 0) where fewer than two services of the group have comments enough: they are compared with no one.
    """
    centre, mean, sd = (np.full(len(n), np.nan) for _ in range(3))
    between = np.zeros(len(n))
    types = context.services["service_type"].to_numpy()
    for members, pool in peer_groups(types, n > 0, context.settings.peers.minimum):
        if not pool.any():
            continue
        found, here = shrink_beta(hits[pool], n[pool]), members[pool]
        inside = members & pool
        mean[inside], sd[inside], centre[members] = found.mean[here], found.sd[here], found.centre
        if pool.sum() > 1:
            between[members] = np.sqrt(found.centre * (1 - found.centre) / (found.strength + 1))
    return centre, mean, sd, between
