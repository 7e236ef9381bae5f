"""Invented evidence: rows that could come in about one service, each told apart from what is known by its id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from risiko.asof import SERVICE_VERSIONS, FloatArray
from risiko.contracts import CONTRACTS, Tables
from risiko.pipeline.runs import Prepared
from risiko.signals.complaint_weight import DECIDED
from risiko.signals.experience_pieces import pooled_pieces, usual_of_sources
from risiko.signals.experience_strength import SURVEY, worth
from risiko.vocabulary import METHODS

INVENTED = "invented"  # begins the id of every row that nobody has delivered
SURVEY_ANSWERS = 50  # what a nursing home or a clinic can hope for in a survey of its own; a ward has fewer
REPORT, REPORT_VOICES = "organisation_report", 10  # an organisation that rings round among its members
SERIOUS = 2  # severity 0–3 of the complaint: serious, and not danger to life
WORSE, AS_EXPECTED, BETTER, COMES = "worse", "as_expected", "better", "comes"
VISIT, ASK, COMPLAINT, USERS, COLUMN = "visit", "report", "complaint", "users", "declared"
ENDS = (0.05, 0.5, 0.95)  # one in twenty is worse, as with every interval here
LIKELY_VALUES = 399  # points of a normal law, all equally likely


@dataclass(frozen=True)
class Outcome:
    """What the evidence could show. value: what it says, in its own unit. changed, groups: see with_evidence."""

    name: str
    value: float
    changed: Tables
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Invented:
    """A kind of evidence, and what it could show.

    of: the declared column or the stream, where it is one. n: answers or voices. unit: of the values. likely: values it
    could say, all equally likely by what is now believed of the service; none where nobody can say how likely it is.
    """

    kind: str
    of: str
    n: int
    unit: str
    likely: FloatArray
    outcomes: tuple[Outcome, ...]


def could_come_in(prepared: Prepared, service_id: str, counting: frozenset[str]) -> Iterator[Invented]:
    """Every kind of evidence that could come in about the service at the date; counting: signals the score rests on.

    A survey or a report needs others of the kind to be held against, a visit graded visits: what has no measure is
    left out. Worse and better are the outcomes that one in twenty would go beyond, by what is now believed of the
    service; a visit can at best find nothing and at worst a serious breach.
    """
    at = int(prepared.cohort.services.index.get_loc(service_id))
    yield from _visit(prepared, service_id, at)
    for kind, method, n in ((SURVEY, SURVEY, SURVEY_ANSWERS), (ASK, REPORT, REPORT_VOICES)):
        yield from _told(prepared, service_id, at, kind, method, n)
    yield from _complaint(prepared, service_id)
    yield from _register(prepared, service_id, counting)


@dataclass(frozen=True)
class Belief:
    """What is believed of a service before the evidence: mean and sd; tau: spread between services of its type."""

    mean: float
    sd: float
    tau: float

    @classmethod
    def of(cls, reading: pd.DataFrame, alike: pd.Series, at: int) -> Belief | None:
        """By the service's own estimate; where it has none, as any service of the type (of all, where it is alone).

        Between services the variance is that of the estimates and what is left around each (law of total variance).
        """
        estimate, sd = (reading[name].to_numpy(dtype=float) for name in ("estimate", "sd"))
        told = np.isfinite(estimate) & np.isfinite(sd)
        same = told & alike.to_numpy(dtype=bool)
        among = same if same.sum() > 1 else told
        if among.sum() < 2:
            return None
        tau = float(np.sqrt(estimate[among].var() + (sd[among] ** 2).mean()))
        if told[at]:
            return cls(float(estimate[at]), float(sd[at]), tau)
        return cls(float(estimate[among].mean()), tau, tau)

    def values(self, noise: float) -> FloatArray:
        """Readings with this standard deviation around the service's own level, all equally likely."""
        from scipy.special import ndtri

        along = ndtri((np.arange(LIKELY_VALUES) + 0.5) / LIKELY_VALUES)
        return np.asarray(self.mean + np.hypot(self.sd, noise) * along)


def _belief(prepared: Prepared, signal: str, at: int) -> Belief | None:
    types = prepared.cohort.services["service_type"]
    return Belief.of(prepared.features.readings[signal], types == types.iloc[at], at)


def _visit(prepared: Prepared, service_id: str, at: int) -> Iterator[Invented]:
    """One inspection on the day, graded: nothing found, about what is expected, or a serious breach."""
    belief, scale = _belief(prepared, "finding_history", at), prepared.settings.history
    if belief is None:
        return
    noise = belief.tau * float(np.sqrt((1 - scale.reliability) / scale.reliability))
    names, levels = (np.array(part) for part in zip(*sorted(scale.severity.items(), key=lambda p: p[1]), strict=True))
    finer = bool(prepared.known["findings"]["severity_score"].notna().any())
    likely = belief.values(noise)
    nearest = int(_nearest(levels, np.array([belief.mean]))[0])
    likely = likely.clip(levels[0], levels[-1]) if finer else levels[_nearest(levels, likely)]
    expected = float(np.clip(belief.mean, levels[0], levels[-1])) if finer else float(levels[nearest])
    shown = ((WORSE, -1, levels[-1]), (AS_EXPECTED, nearest, expected), (BETTER, 0, levels[0]))
    yield Invented(VISIT, "", 1, "severity_0_3", likely, tuple(
        Outcome(name, float(level), _graded(prepared, service_id, str(names[word]), float(level), finer))
        for name, word, level in shown
    ))  # fmt: skip


def _nearest(levels: FloatArray, values: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.asarray(np.abs(values[:, None] - levels).argmin(axis=1), dtype=np.int64)


def _graded(prepared: Prepared, service_id: str, word: str, level: float, finer: bool) -> Tables:
    day = pd.Timestamp(prepared.as_of)
    visit = {"supervision_id": INVENTED, "service_id": service_id, "event_date": day, "known_date": day,
             "kind": "inspection", "selection": "unknown"}  # fmt: skip
    finding = {"finding_id": INVENTED, "supervision_id": INVENTED, "known_date": day, "severity": word}
    found = [finding | ({"severity_score": level} if finer else {})]
    if finer and word in ("breach", "serious_breach"):  # beside a grade stands the law that was broken
        found.append(finding | {"finding_id": f"{INVENTED}-in-writing", "severity": "breach"})
    known = prepared.known
    return {
        "supervisions": _appended("supervisions", known["supervisions"], [visit]),
        "findings": _appended("findings", known["findings"], found),
    }


def _told(
    prepared: Prepared, service_id: str, at: int, kind: str, method: str, n: int
) -> Iterator[Invented]:
    """Experience by a method on the day, all dimensions together, as spread as usual."""
    belief = _belief(prepared, "experience_mean", at)
    if belief is None:
        return
    rule, context = prepared.settings.experience, prepared.features.context
    own = context.once(pooled_pieces)
    own = own[((own["subject"] == at) & (own["weight"] > 0)).to_numpy()]
    usually = float(np.average(own["usual"], weights=own["weight"])) if len(own) else 0.0
    mean = belief.mean - usually + float(context.once(usual_of_sources).method[1 + METHODS.index(method)])
    piece = pd.DataFrame({
        "method": pd.Categorical([method], METHODS), "n": [float(n)], "n_invited": [0.0],
        "spread": [rule.default_spread], "counts": [True],
    })  # fmt: skip
    noise = rule.default_spread / float(np.sqrt(worth(piece, rule)[0]))
    likely = replace(belief, mean=mean).values(noise).clip(0, 100)
    shown = zip((WORSE, AS_EXPECTED, BETTER), np.quantile(likely, ENDS), strict=True)
    day = pd.Timestamp(prepared.as_of)
    row = {"experience_id": INVENTED, "service_id": service_id, "event_date": day, "known_date": day,
           "method": method, "n": n}  # fmt: skip
    known = prepared.known["experiences"]
    yield Invented(kind, "", n, "score_0_100", likely, tuple(
        Outcome(name, float(score), {"experiences": _appended("experiences", known, [row | {"score": score}])})
        for name, score in shown
    ))  # fmt: skip


def _complaint(prepared: Prepared, service_id: str) -> Iterator[Invented]:
    """One serious complaint, upheld, by the way most complaints about the type come. How likely it is nobody says.

    It is graded and decided only where some of the type are: it must not be the only one that the source tells that of.
    """
    rows, services = prepared.known["complaints"], prepared.cohort.services
    alike = services.index[(services["service_type"] == services.loc[service_id, "service_type"]).to_numpy(dtype=bool)]
    same = rows[rows["service_id"].isin(alike).to_numpy(dtype=bool)]
    if same.empty:
        return
    stream = str(same.groupby("stream")["n"].sum().idxmax())
    newest = same[(same["stream"] == stream).to_numpy(dtype=bool)]
    regime = newest.loc[newest["event_date"].idxmax(), "regime"]
    day = pd.Timestamp(prepared.as_of)
    decided = bool(same["outcome"].isin(DECIDED).any())
    row = {
        "complaint_id": INVENTED, "service_id": service_id, "event_date": day, "known_date": day, "n": 1,
        "stream": stream, "regime": regime, "severity": SERIOUS if same["severity"].notna().any() else pd.NA,
        "outcome": "upheld" if decided else "unknown", "date_precision": "day",
    }  # fmt: skip
    changed = {"complaints": _appended("complaints", rows, [row])}
    yield Invented(COMPLAINT, stream, 1, "degree_0_3", np.empty(0), (Outcome(COMES, float(SERIOUS), changed),))


def _register(prepared: Prepared, service_id: str, counting: frozenset[str]) -> Iterator[Invented]:
    """What the register does not say: the number of users, and declared columns that the score reads."""
    services, rule = prepared.cohort.services, prepared.settings.metadata
    if not services.loc[service_id, "users"] > 0:
        yield from _fact(prepared, service_id, USERS, "users", True, ("complaints", "metadata"))
    declared = prepared.known["metadata_columns"]
    told = (declared["direction"] != "none") & (declared["kind"] != "category") & ~declared["audit_only"].astype(bool)
    usable = declared[told.to_numpy(dtype=bool)]
    own = {rule.maturity_column: "maturity", rule.vacancy_column: "vacancy"}
    for name, direction in zip(usable["name"], usable["direction"], strict=True):
        read = own.get(name, f"metadata:{name}") in counting and name in services
        if read and pd.isna(services.loc[service_id, name]):
            yield from _fact(prepared, service_id, COLUMN, name, direction == "higher_is_worse", ("metadata",))


def _fact(
    prepared: Prepared, service_id: str, kind: str, column: str, more_is_worse: bool, groups: tuple[str, ...]
) -> Iterator[Invented]:
    """A value for a blank column: values that services of the type have, at the 5 %, 50 % and 95 % point."""
    services = prepared.cohort.services
    told = services[services[column].notna().to_numpy(dtype=bool)]
    told = told[told[column] > 0] if kind == USERS else told
    alike = told[(told["service_type"] == services.loc[service_id, "service_type"]).to_numpy(dtype=bool)]
    values = (alike if len(alike) > 1 else told)[column].sort_values(ignore_index=True)
    if values.empty:
        return
    likely = values.to_numpy(dtype=float)
    unit = "people" if kind == USERS else "yes_no" if np.isin(likely, (0, 1)).all() else ""
    places = np.round(np.array(ENDS[::-1] if more_is_worse else ENDS) * (len(values) - 1)).astype(int)
    yield Invented(kind, column, 1, unit, likely, tuple(
        Outcome(name, float(likely[place]), _filled(prepared, service_id, column, values.iloc[place]), groups)
        for name, place in zip((WORSE, AS_EXPECTED, BETTER), places, strict=True)
    ))  # fmt: skip


def _filled(prepared: Prepared, service_id: str, column: str, value: object) -> Tables:
    """Services with the value, and a version of the service that states it on the day."""
    now, versions = prepared.known["services"], prepared.known[SERVICE_VERSIONS]
    own = (now["service_id"] == service_id).to_numpy(dtype=bool)
    now = now.assign(**{column: now[column].mask(own, value)})
    stated = now[own].assign(known_date=pd.Timestamp(prepared.as_of))[list(versions.columns)]
    return {"services": now, SERVICE_VERSIONS: pd.concat([versions, stated], ignore_index=True)}


def _appended(table: str, known: pd.DataFrame, rows: list[dict[str, object]]) -> pd.DataFrame:
    """The known rows, and these behind them with the columns and types of the known."""
    made = CONTRACTS[table].conform(pd.DataFrame(rows)).reindex(columns=known.columns)
    return pd.concat([known, made.astype(known.dtypes.to_dict())], ignore_index=True)
