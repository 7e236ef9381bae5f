"""The simulated authority: who chooses how, in which invented world, with what capacity, and what it knows by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from risiko.contracts import Tables
from risiko.errors import InputError, TooLittleToLearn
from risiko.features import VOICE, Features
from risiko.i18n import Translator
from risiko.pipeline.learning import Learner
from risiko.pipeline.moments import Moment, Moments, moment_of
from risiko.pipeline.runs import Authority, Prepared, Run, prepare_tables, rank
from risiko.plan import rules as plan_rules
from risiko.plan.eligible import candidates_of
from risiko.plan.rules import Rules
from risiko.scoring.by_model import score_by
from risiko.settings import Settings
from risiko.signals.silence import silence
from risiko.store import open_store
from risiko.synthetic import possible
from risiko.synthetic.world import Made, make

ORDERS = ("risk", "waiting", "chance")
FEW_DRAWS = 200
SILENCE = "silence"  # beside the signals among what is shared


@dataclass(frozen=True)
class Policy:
    """A way to choose. order: what the plan makes as large as possible (ORDERS: priority, time waited, or a lot).

    explore: share of the visits drawn by chance. regularity: as in the rules. learned: by a score that learns from the
    policy's own visits, points until there are enough.
    """

    name: str
    order: str = "risk"
    explore: float = 0.0
    regularity: float = 0.0
    learned: bool = False


@dataclass(frozen=True)
class Simulation:
    """The authority that is simulated and for how long.

    services, seed, kind (synthetic.WORLDS): the world. history: years of the ordinary practice before the first plan.
    years: planned years, the first of them `first`. coverage: person-days pay for about this share of the services a
    year, beside the statutory visits. better: how much better (units of planted quality, standard deviation 1) a
    service is from the year after a visit that found a breach; 0: a visit changes no one.
    """

    services: int = 1000
    seed: int = 1
    kind: str = "plain"
    history: int = 4
    first: int = 2026
    years: int = 10
    coverage: float = 0.10
    better: float = 0.0

    def __post_init__(self) -> None:
        limits = {"years": self.years >= 1, "history": self.history >= 2, "coverage": 0 < self.coverage <= 1,
                  "better": self.better >= 0, "services": self.services >= 60}  # fmt: skip
        for name, holds in limits.items():
            if not holds:
                hint = "1 year or more, 60 services or more, coverage above 0 and at most 1, better 0 or more"
                raise InputError(f"{getattr(self, name)} cannot be simulated.", where=name, hint=hint)

    def facts(self, t: Translator, worlds: int) -> dict[str, str]:
        """What was simulated, under the reader's headings."""
        return {
            t("ten.services"): t.number(self.services), t("ten.years"): t.number(self.years),
            t("ten.history"): t.number(self.history), t("ten.coverage"): t.percent(self.coverage),
            t("ten.world"): t.word("ten_world", self.kind), t("ten.seeds"): f"{self.seed}–{self.seed + worlds - 1}",
            t("ten.better"): t.number(self.better, 2) if self.better else t("ten.better_none"),
        }  # fmt: skip


class Simulated(Moments):
    """The moments of a simulated authority: its records grow year by year, and nothing is read from a store."""

    def __init__(self, settings: Settings, shared: dict[date, Moment]) -> None:
        super().__init__(Authority(open_store("memory:"), settings))
        self._made = dict(shared)
        self.learner = Learner(self)

    def list_learned(self, tables: Tables, prepared: Prepared) -> Run | None:
        """The list by a score learned from the records as they now are; None where they teach too little."""
        self._tables = tables
        self._judged.pop(None, None)
        if prepared.as_of not in self._made:
            self._made[prepared.as_of] = moment_of(prepared)
        try:
            fitted = self.learner.fit(prepared.as_of)
        except TooLittleToLearn:
            return None
        name, own = f"learned {prepared.as_of}", prepared.features
        return Run(prepared, score_by(fitted.model, name, own, prepared.cohort, prepared.settings))

    def until(self, day: date) -> dict[date, Moment]:
        """The moments made so far of dates up to this one."""
        return {at: moment for at, moment in self._made.items() if at <= day}


@dataclass
class Ground:
    """What every policy of one simulation shares: the world, the records before the first plan, capacity and rules."""

    simulation: Simulation
    settings: Settings
    rules: Rules
    made: Made
    records: Tables
    first: Run
    moments: dict[date, Moment] = field(default_factory=dict)
    readings: dict[date, dict[str, pd.DataFrame]] = field(default_factory=dict)


def policy(text: str, *, learned: bool = False) -> Policy:
    """The policy that a word names: top, explore:0.10, regularity, random, shipped. Raises InputError for another.

    top: the plan worth most, no draw. explore:SHARE: the same with so large a share drawn first. regularity: whoever
    has waited longest. random: lots. shipped: the shipped rules with their draw and their share for regularity.
    """
    name, _, share = text.partition(":")
    shipped = plan_rules.shipped()
    simple = {
        "top": Policy("top", learned=learned),
        "regularity": Policy("regularity", "waiting"),
        "random": Policy("random", "chance"),
        "shipped": Policy("shipped", "risk", shipped.exploration.share, shipped.regularity.share, learned),
    }  # fmt: skip
    if not share and name in simple:
        return simple[name]
    try:
        explore = float(share) if name == "explore" else -1.0
    except ValueError:
        explore = -1.0
    if not 0 < explore < 1:
        hint = "top, explore:0.10, regularity, random or shipped"
        raise InputError(f"{text!r} is no way to choose.", where="--policy", hint=hint)
    return Policy(f"explore {explore:.0%}", "risk", explore, 0.0, learned)


class SharedReadings(Mapping[str, pd.DataFrame]):
    """The readings at a date; those that look at no supervision are taken from, and left for, other policies."""

    def __init__(self, own: Features, kept: dict[str, pd.DataFrame]) -> None:
        self._own, self._kept = own.readings, kept
        self._alike = {spec.name for spec in own.signals if not set(spec.reads) & set(possible.VISIT_TABLES)}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._alike:
            return self._own[name]
        if name not in self._kept:
            self._kept[name] = self._own[name]
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


@dataclass(frozen=True)
class SharedFeatures(Features):
    """Features with shared readings. Silence rests on complaints and experiences only, so it is shared too."""

    kept: dict[str, pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def silence(self) -> pd.DataFrame:
        if SILENCE not in self.kept:
            self.kept[SILENCE] = silence(self.context, self.readings[VOICE])
        return self.kept[SILENCE]


def prepare_shared(shared: Ground, tables: Tables, as_of: date) -> Prepared:
    """A date prepared from a policy's own records; what no visit can have changed is computed once for all policies.

    Only for records that differ in supervisions and what came of them (Simulation.better is 0).
    """
    prepared = prepare_tables(tables, as_of, shared.settings)
    own, kept = prepared.features, shared.readings.setdefault(as_of, {})
    made = SharedFeatures(own.as_of, own.signals, SharedReadings(own, kept), own.context, kept)
    return replace(prepared, features=made)


def ground(simulation: Simulation, settings: Settings, rules: Rules | None = None) -> Ground:
    """Build the world that the policies are tried in. rules: default the shipped ones; capacity is the simulation's.

    Where a score learns it does so from yearly cohorts, as plans are yearly. Few draws behind chances and intervals:
    the plan looks at the priority, which needs none.
    """
    end = date(simulation.first + simulation.years - 1, 12, 31)
    made = make(simulation.kind, simulation.services, simulation.history + simulation.years, end, simulation.seed)
    begin = date(simulation.first, 1, 1)
    records = possible.before(made, begin)
    learning = settings.learning.model_copy(update={"months_between": 12})
    score = settings.score.model_copy(update={"draws": min(FEW_DRAWS, settings.score.draws)})
    yearly = settings.model_copy(update={"learning": learning, "score": score})
    base = rules or plan_rules.shipped()
    run = rank(prepare_tables(records, begin - timedelta(days=1), yearly))
    days = _capacity(candidates_in(run, base), simulation.coverage)
    return Ground(simulation, yearly, base.with_changes({"capacity": {"person_days": days}}), made, records, run)


def candidates_in(run: Run, rules: Rules) -> pd.DataFrame:
    """Every service of the list as the plan sees it."""
    known, scores = run.prepared.known, run.table.scores
    quiet = run.prepared.features.silence["flag"] == "quiet_and_dependent"
    return candidates_of(
        run.prepared.cohort.services, scores, scores["priority"], areas=known["service_areas"],
        supervisions=known["supervisions"], quiet=quiet, rules=rules, as_of=run.as_of,
    )  # fmt: skip


def _capacity(candidates: pd.DataFrame, coverage: float) -> dict[str, float]:
    """Person-days by office: what the law asks for, and this share of what visits to all others would take."""
    owed = candidates["statutory"].to_numpy(dtype=float)
    days = candidates["days"].to_numpy(dtype=float) * np.where(owed > 0, owed, coverage)
    by_office = pd.Series(days).groupby(candidates["office"].to_numpy()).sum().round(1)
    return {str(name): float(value) for name, value in by_office.items() if name}
