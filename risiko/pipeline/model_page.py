"""The page Modell og data: which score is in force and why, what it weighs, and what it and the list rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from risiko import cohorts, registry
from risiko.errors import RisikoError
from risiko.pipeline import models
from risiko.pipeline.overview import sources
from risiko.pipeline.runs import Authority, Prepared
from risiko.registry import LoadedModel, ModelFacts
from risiko.registry.loading import find
from risiko.registry.manifest import read_checked
from risiko.reports.model_card import CARD_HTML, CARD_MARKDOWN, card_html, card_markdown
from risiko.reports.settings_table import settings_table
from risiko.scoring.baselines import POINTS
from risiko.scoring.by_model import pull_of
from risiko.scoring.inputs import PARTS, SEPARATOR, TYPE, group_of, inputs
from risiko.scoring.points import point_weights
from risiko.settings import load

STANDING = f"{SEPARATOR}{PARTS[0]}"


@dataclass(frozen=True)
class Offered:
    """A registered model as its folder tells of it. fault: why it cannot be used, and then there are no facts.

    gains: over the points score on later dates: metric, at, value, low, high. cards: file name -> the card's text.
    """

    model_id: str
    facts: ModelFacts | None
    fault: RisikoError | None
    gains: pd.DataFrame
    cards: Mapping[str, str]

    @property
    def shown(self) -> str:
        """What the gains show: better, worse, not_shown or unknown; as models.promote judges it."""
        decisive = self.gains[self.gains["metric"].isin(models.DECISIVE)] if len(self.gains) else self.gains
        if decisive.empty or decisive["low"].isna().all():
            return "unknown"
        if (decisive["high"] < 0).any():
            return "worse"
        return "better" if (decisive["low"] > 0).any() else "not_shown"


@dataclass(frozen=True)
class Weighs:
    """What the score used at the date weighs.

    signals: signal, group, effect (log-odds per standard deviation), when_missing (log-odds; NaN where a missing signal
    adds nothing of its own, or none is missing); strongest first. types: service_type, effect. nuisance: kind, levels,
    low, high: what was found in training and is left out in scoring.
    """

    signals: pd.DataFrame
    types: pd.DataFrame
    nuisance: pd.DataFrame


@dataclass(frozen=True)
class ModelPage:
    """Everything the page shows for a date.

    promoted: id of the model in force, blank for points. fault: why it cannot be used. model: it, where it can. judged,
    events: supervisions judged, and with the outcome, that were known at the date. decisions: Store.promotions.
    registered: newest first. catalogue: signal, group, unit, direction, dimensions, tables. settings: see
    reports.settings_table. sources: see pipeline.overview. imports, rejects: as the store tells. left_out: services by
    reason.
    """

    as_of: date
    promoted: str
    model: LoadedModel | None
    fault: RisikoError | None
    judged: int
    events: int
    decisions: pd.DataFrame
    registered: tuple[Offered, ...]
    weighs: Weighs
    catalogue: pd.DataFrame
    settings: pd.DataFrame
    sources: pd.DataFrame
    imports: pd.DataFrame
    rejects: pd.DataFrame
    left_out: pd.Series
    minimum_events: int

    @cached_property
    def state(self) -> str:
        """Why the score used at the date is what it is: a model (model), else the reason for points.

        fault: the promoted model cannot be used. later: it was trained for a later date. retired: points were put back
        in force. offered: models are registered. untried: there is enough to learn from. few: there is not.
        """
        if self.fault is not None:
            return "fault"
        if self.model is not None:
            return "model" if self.model.facts.as_of <= self.as_of else "later"
        if len(self.decisions):
            return "retired"
        if self.registered:
            return "offered"
        return "untried" if self.events >= self.minimum_events else "few"


def model_page(authority: Authority, prepared: Prepared) -> ModelPage:
    """What is in force, what it weighs and rests on, at the date of `prepared`. A faulty model is told of, not raised.

    With a learned model in force every signal that it reads is computed.
    """
    promoted = str(registry.in_force(authority.store) or "")
    model, fault, weighs = _used(authority, prepared)
    seen = cohorts.judgements(prepared.known, prepared.settings).frame
    return ModelPage(
        as_of=prepared.as_of,
        promoted=promoted,
        model=model,
        fault=fault,
        judged=len(seen),
        events=int(seen["positive"].sum()),
        decisions=authority.store.promotions(),
        registered=_registered(authority),
        weighs=weighs,
        catalogue=_catalogue(prepared),
        settings=settings_table(authority.settings, load(None)),
        sources=sources(prepared),
        imports=authority.store.imports().iloc[::-1].reset_index(drop=True),
        rejects=authority.store.rejects(),
        left_out=prepared.cohort.excluded,
        minimum_events=authority.settings.learning.minimum_events,
    )


def missing_shares(prepared: Prepared) -> pd.Series:
    """Signal -> share of the services (0–1) for which it has no value at the date. Computes every signal."""
    return prepared.features.missing().mean()


def _used(authority: Authority, prepared: Prepared) -> tuple[LoadedModel | None, RisikoError | None, Weighs]:
    by_points = _by_points(prepared)
    try:
        model = models.in_force(authority)
        if model is None or model.facts.as_of > prepared.as_of:
            return model, None, by_points
        return model, None, _by_model(model, prepared)
    except RisikoError as fault:
        return None, fault, by_points


def _by_points(prepared: Prepared) -> Weighs:
    found = prepared.features.signals
    weights = point_weights(found, prepared.settings)
    rows = pd.DataFrame({
        "signal": [s.name for s in found], "group": [str(s.group) for s in found],
        "effect": [float(weights[s.name]) for s in found], "when_missing": np.nan,
    })  # fmt: skip
    return Weighs(_strongest(rows), _NO_TYPES, _NO_NUISANCE)


_NO_TYPES = pd.DataFrame({"service_type": pd.Series(dtype="str"), "effect": pd.Series(dtype=float)})
_NO_NUISANCE = pd.DataFrame(columns=["kind", "levels", "low", "high"])


def _by_model(model: LoadedModel, prepared: Prepared) -> Weighs:
    X = inputs(prepared.features, prepared.settings)
    names = [str(column).removesuffix(STANDING) for column in X if str(column).endswith(STANDING)]
    added, groups = model.model.contributions(X), group_of(prepared.features.signals)
    gone = X[[f"{name}{STANDING}" for name in names]].isna().set_axis(names, axis=1)
    own = [name for name in names if name in added]
    rows = pd.DataFrame({
        "signal": names, "group": [groups[name] for name in names], "effect": pull_of(model.model, X, names),
        "when_missing": added[own].where(gone[own]).mean().reindex(names).to_numpy(),
    })  # fmt: skip
    types = _NO_TYPES
    if TYPE in added:
        types = added[TYPE].groupby(X[TYPE]).mean().rename("effect").rename_axis(TYPE).reset_index()
    return Weighs(_strongest(rows), types.sort_values("effect", ascending=False), _nuisance(model))


def _strongest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["effect", "signal"], ascending=[False, True], ignore_index=True)


def _nuisance(model: LoadedModel) -> pd.DataFrame:
    tell = getattr(model.model, "nuisance_frame", None)  # challengers do not keep it apart
    if tell is None:
        return _NO_NUISANCE
    by = tell().groupby("kind", sort=False)["effect"]
    return by.agg(levels="size", low="min", high="max").reset_index()


def _registered(authority: Authority) -> tuple[Offered, ...]:
    return tuple(_offered(authority, str(name)) for name in authority.store.models()["model_id"].iloc[::-1])


def _offered(authority: Authority, model_id: str) -> Offered:
    entry = find(model_id, authority.store)
    try:
        facts = read_checked(authority.models / model_id, model_id, entry.manifest_sha256).facts
    except RisikoError as fault:
        return Offered(model_id, None, fault, pd.DataFrame(), {})
    decided = authority.store.promotions()
    cards = {
        CARD_MARKDOWN: card_markdown(facts, entry, decided), CARD_HTML: card_html(facts, entry, decided)
    }  # fmt: skip
    return Offered(model_id, facts, None, models.gains(facts, POINTS), cards)


def _catalogue(prepared: Prepared) -> pd.DataFrame:
    rows = [
        (s.name, str(s.group), s.unit, s.direction, s.dimensions, tuple(s.reads)) for s in prepared.features.signals
    ]
    return pd.DataFrame(rows, columns=["signal", "group", "unit", "direction", "dimensions", "tables"])
