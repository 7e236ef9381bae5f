"""An authority in a notebook: its records, its signals, its scores, and what they have been shown to be worth."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from risiko import pipeline, registry
from risiko.api.asked import Day, trial_days
from risiko.api.explained import Explained, explain
from risiko.api.learned import Models, Trained
from risiko.api.progress import Progress, watched
from risiko.api.result import Result, Table
from risiko.api.scored import Readings, Scored
from risiko.api.tried import Tried
from risiko.contracts import CONTRACTS
from risiko.errors import InputError
from risiko.pipeline.draws import kept_draws
from risiko.pipeline.named_weights import list_weights
from risiko.registry import LoadedModel
from risiko.scoring.kinds import DEFAULT
from risiko.scoring.table import POINTS

IN_FORCE = "in_force"


@dataclass(frozen=True, repr=False)
class Authority(Result):
    """A supervision authority's records.

    signals → score → explain · train → backtest → compare → promote. Every answer has `.frame()` and shows itself.

    Example: `risiko.open("data/demo/risiko.db").score("2025-06-30").ranking()`
    """

    opened: pipeline.Authority
    language: str = "en"
    _prepared: dict[tuple[date, str], pipeline.Prepared] = field(default_factory=dict, repr=False, compare=False)

    def frame(self) -> pd.DataFrame:
        """table, rows and newest (the last date on which anything in it became known; missing: it is empty)."""
        store = self.opened.store
        dated = [name for name, contract in CONTRACTS.items() if "known_date" in contract.by_name]
        newest = pd.Series({name: pd.Timestamp(store.newest_known(name)) for name in dated}, dtype="datetime64[us]")
        rows = pd.Series({name: store.size(name) for name in CONTRACTS})
        return pd.DataFrame({"rows": rows, "newest": newest.reindex(rows.index)}).rename_axis("table").reset_index()

    @property
    def caption(self) -> str:
        """Where the records lie, and which score is in force."""
        return f"{self.opened.store.address}. {self.models().caption}"

    def tables(self) -> dict[str, pd.DataFrame]:
        """The contract tables as frames, with every version of every row."""
        return self.opened.store.read()

    def rejects(self) -> Table:
        """Rows that were not taken in, or only with a warning, and why."""
        rows = self.opened.store.rejects()
        t = self.t
        return Table(rows, t("notebook.rejects", n=t.number(len(rows))), self.language)

    def signals(self, as_of: Day | None = None) -> Table | Readings:
        """The catalogue of signals; with a date, what every signal reads of every service then.

        Example: `authority.signals("2025-06-30").frame()`
        """
        if as_of is not None:
            return Readings(self._at(as_of), self.language)
        rows, t = pipeline.catalogue(self.opened), self.t
        return Table(rows, t("notebook.catalogue", n=t.number(len(rows))), self.language)

    def score(
        self, as_of: Day | None = None, weights: Mapping[str, float] | str | None = None,
        model: str | Trained = IN_FORCE,
    ) -> Scored:  # fmt: skip
        """Score every service in operation at the date (default: the newest known).

        model: "in_force", "points", or a trained model or its id. weights: a planner's own for some signals of the
        points score, in log-odds per standard deviation, or a saved set's name. Nothing known after the date is used;
        a model in force that was trained for a later date gives way to the points score, and the result says so.
        Raises InputError, NothingToScore, ModelError or SettingsError.

        Example: `authority.score("2025-06-30", weights={"experience_mean": 1.0})`
        """
        prepared, note = self._at(as_of), ""
        if isinstance(weights, str):
            saved = pipeline.Side(prepared.as_of, weight_set=weights)
            weights = pipeline.with_saved_weights(self.opened, saved).weights
        chosen = self._model(model, prepared.as_of, weights)
        if chosen is not None and chosen.facts.as_of > prepared.as_of:
            note = self.t("notebook.newer_model", model=chosen.entry.model_id)
            chosen = None
        return Scored(pipeline.rank(prepared, weights, chosen), dict(weights or {}), note, self.language, chosen)

    def explain(self, result: Scored, service_id: str) -> Explained:
        """Why the service stands where it does in a scored list, as risiko.explain. Raises InputError.

        Example: `authority.explain(result, result.ranking()["service_id"].iloc[0])`
        """
        return explain(result, service_id, self.language)

    def train(self, as_of: Day | None = None, kind: str = DEFAULT) -> Trained:
        """Train a score on what supervisions had found by the date, try it on earlier dates, and register it.

        kind: "learned", or a challenger, "boosting" or "ebm". It is not in force until `promote`. An interrupted
        training leaves no model behind, and goes on where it was. Raises TooLittleToLearn; points then stay in force.

        Example: `authority.train("2025-06-30").against("points")`
        """
        with Progress(shown=watched()) as progress:
            made = pipeline.train(self.opened, self._day(as_of), now=datetime.now(UTC), kind=kind, progress=progress)
        return Trained(made, self.language)

    def backtest(
        self, dates: Sequence[Day] | None = None, *, models: Sequence[str] = (DEFAULT,), first: Day | None = None,
        last: Day | None = None, every: str = "6mo", folder: str | Path | None = None,
    ) -> Tried:  # fmt: skip
        """Try scores on earlier dates, trained on what could be known then, beside everything they want to replace.

        dates: a list; or first, last and every (a step such as "6mo"); by default the six newest half-years whose
        year after is known, which the pages show too. models: the first is the default that challengers are held
        against. folder: where it is kept and goes on after an interruption (default: beside a store in a file).
        Raises TooLittleToLearn or InputError.

        Example: `authority.backtest(models=("learned", "boosting")).plot_differences("boosting")`
        """
        chosen = trial_days(dates, first, last, every)
        place = Path(folder) if folder else pipeline.validation_folder(self.opened, own_dates=chosen is not None)
        kinds = list(dict.fromkeys([models] if isinstance(models, str) else models))
        if not kinds:
            raise InputError("There is no model to try.", where="models", hint='leave it out, or give ("learned",)')
        with Progress(shown=watched()) as progress:
            found = pipeline.validate(self.opened, chosen, models=kinds, folder=place, progress=progress).backtest
        kept = pipeline.kept_folds(self.opened, place, kinds) if place else None
        return Tried(found, self.opened.settings, kept, self.language)

    def draws(self) -> Table:
        """Every documented draw, oldest first: seq, as_of, made_at (UTC), by, why, method, seed, top, places (that were
        drawn for), eligible (how many took part) and drawn (service ids). `risiko draw` makes one.
        """
        kept, t = kept_draws(self.opened), self.t
        said = ("as_of", "made_at", "by", "why", "method", "seed", "top", "places")
        rows = [
            (k.seq, *(getattr(k.record, name) for name in said), len(k.record.eligible), k.record.winners.tolist())
            for k in kept
        ]
        return Table(pd.DataFrame(rows, columns=["seq", *said, "eligible", "drawn"]),
                     t("notebook.draws", n=t.number(len(rows))), self.language)  # fmt: skip

    def weight_sets(self) -> Table:
        """Saved weight sets of the points score: name, signal, weight, by, made_at (UTC) and note.

        Example: `authority.score("2025-06-30", weights="The user council")`
        """
        kept = list_weights(self.opened)
        rows = [(k.name, *own, k.by, k.made_at, k.note) for k in kept.values() for own in k.weights.items()]
        said = self.t("notebook.weight_sets", n=self.t.number(len(kept)))
        columns = ["name", "signal", "weight", "by", "made_at", "note"]
        return Table(pd.DataFrame(rows, columns=columns), said, self.language)

    def models(self) -> Models:
        """Every trained model, and which score is in force."""
        return Models(self.opened, self.language)

    def promote(self, model: str | Trained, why: str, by: str = "") -> Models:
        """Put a trained model in force, with a written reason. by: who decided, a role or initials.

        Raises ModelError where its files are not sound, or later dates do not show it better than the score in force.

        Example: `authority.promote(made, "better on six dates; decided in the planning meeting", by="KH")`
        """
        pipeline.promote(self.opened, _id(model), why, now=datetime.now(UTC), by=by)
        return self.models()

    def _day(self, as_of: Day | None) -> date:
        tables = pipeline.read_scored(self.opened) if as_of is None else {}
        return pipeline.as_of_date(as_of, tables, self.opened.store, today=date.today())

    def _at(self, as_of: Day | None) -> pipeline.Prepared:
        """Cohort and signals at the date; the last one stays at hand, for the next question is often about it too."""
        key = (self._day(as_of), pipeline.data_version(self.opened))
        if key not in self._prepared:
            self._prepared.clear()
            self._prepared[key] = pipeline.prepare(self.opened, key[0])
        return self._prepared[key]

    def _model(self, model: str | Trained, day: date, weights: Mapping[str, float] | None) -> LoadedModel | None:
        """The model asked for; None for the points score."""
        name = _id(model)
        if name == POINTS or (weights and name == IN_FORCE):
            return None
        if weights:
            raise InputError("Weights belong to the points score.", where="weights", hint='give model="points"')
        if name == IN_FORCE:
            return pipeline.in_force(self.opened)
        loaded = registry.load(name, self.opened.models, self.opened.store)
        if loaded.facts.as_of > day:
            raise InputError(
                f"{name} was trained for {loaded.facts.as_of} and has seen what came after {day}.", where="model",
                hint="score at a later date, or train one for this date",
            )  # fmt: skip
        return loaded


def open(
    store: str | Path | None = None, settings: str | Path | None = None, models: str | Path | None = None,
    language: str = "en",
) -> Authority:  # fmt: skip
    """Open a store by path or URL; it must exist.

    store, settings, models: where nothing is given, RISIKO_STORE, RISIKO_SETTINGS and RISIKO_MODELS count, and then
    data/risiko.db, the shipped settings and the folder models. language: en, nb or nn, for captions and pictures.
    Raises StoreError or SettingsError.

    Example: `authority = risiko.open("data/demo/risiko.db")`
    """
    told = os.environ
    rules, folder = settings or told.get("RISIKO_SETTINGS"), models or told.get("RISIKO_MODELS")
    opened = pipeline.open_authority(
        str(store or told.get("RISIKO_STORE") or "data/risiko.db"), Path(rules) if rules else None,
        Path(folder) if folder else None,
    )  # fmt: skip
    return Authority(opened, language)


def _id(model: str | Trained) -> str:
    return model.id if isinstance(model, Trained) else model
