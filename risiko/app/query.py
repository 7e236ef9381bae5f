"""What the reader has asked for, in the form it has in the address line: shareable, readable, never trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from risiko.i18n import LANGUAGES

TOP_CHOICES = (25, 100, 250, 500, 1000)
# The records' first possible day, and the form's highest weight.
EARLIEST, MOST = date(1990, 1, 1), 5.0
DATES, WEIGHTS, SCORES = "", "weights", "scores"  # what two lists may differ by
# Filter on the page -> column of the ranking. The names are also those in the address line.
CHOICES: Mapping[str, str] = {
    "sector": "sector", "type": "service_type", "county": "county", "office": "office", "evidence": "evidence_dots",
}  # fmt: skip


@dataclass(frozen=True)
class Other:
    """The list to compare with. by: what differs (DATES, WEIGHTS or SCORES); the rest is asked for by that only.

    as_of: None means as long before as the settings say. weights, weight_set: typed in, or a saved set; neither means
    the settings'. score: "points" or a model_id; blank: the first other score there is.
    """

    by: str = DATES
    as_of: date | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    weight_set: str = ""
    score: str = ""


@dataclass(frozen=True)
class Query:
    """Everything that decides what the page shows. Empty choices mean all; as_of None means the newest data.

    weights: only those that differ from the settings. points: the points score though a model is in force. since: what
    the overview compares with. capacity: how many can be visited; 0 means the settings' share. grouping, measure: what
    equal treatment is looked at by; blank: the first. other: the list that this one is compared with. plan: the number
    of the kept plan that is open; 0: none. section: the part of a page that is open; blank: the first.
    """

    lang: str = ""
    as_of: date | None = None
    since: date | None = None
    capacity: int = 0
    text: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never: bool = False
    top: int = 100
    weights: Mapping[str, float] = field(default_factory=dict)
    points: bool = False
    service: str = ""
    grouping: str = ""
    measure: str = ""
    other: Other = field(default_factory=Other)
    plan: int = 0
    section: str = ""


def read(params: Mapping[str, Sequence[str]]) -> Query:
    """The query in the address line's parameters. What cannot be read is left out: a link never breaks the page."""
    one = {name: values[-1] for name, values in params.items() if values}
    lang, top = one.get("lang", ""), one.get("top", "")
    return Query(
        lang=lang if lang in LANGUAGES else "",
        as_of=_day(one.get("as_of", "")),
        since=_day(one.get("since", "")),
        capacity=_count(one.get("k", "")),
        text=one.get("q", "").strip(),
        choices={name: tuple(params[name]) for name in CHOICES if params.get(name)},
        never=one.get("never") == "1",
        top=int(top) if top.isdecimal() and int(top) in TOP_CHOICES else Query.top,
        weights=_weights(one.get("w", "")),
        points=one.get("score") == "points",
        service=one.get("service", ""),
        grouping=one.get("by", ""),
        measure=one.get("of", ""),
        other=Other(
            by=one.get("v", "") if one.get("v", "") in (WEIGHTS, SCORES) else DATES,
            as_of=_day(one.get("vs", "")),
            weights=_weights(one.get("vw", "")),
            weight_set=one.get("vset", "").strip(),
            score=one.get("vscore", "").strip(),
        ),
        plan=_count(one.get("plan", "")),
        section=one.get("section", ""),
    )


def write(query: Query) -> dict[str, str | list[str]]:
    """The parameters for the address line; what stands at its default is left out."""
    other = query.other
    params: dict[str, str | list[str]] = {
        "lang": query.lang,
        "as_of": query.as_of.isoformat() if query.as_of else "",
        "since": query.since.isoformat() if query.since else "",
        "k": str(query.capacity) if query.capacity else "",
        "q": query.text,
        **{name: list(values) for name, values in query.choices.items()},
        "never": "1" if query.never else "",
        "top": str(query.top) if query.top != Query.top else "",
        "w": _written(query.weights),
        "score": "points" if query.points else "",
        "service": query.service,
        "by": query.grouping,
        "of": query.measure,
        "v": other.by,
        "vs": other.as_of.isoformat() if other.as_of else "",
        "vw": _written(other.weights),
        "vset": other.weight_set,
        "vscore": other.score,
        "plan": str(query.plan) if query.plan else "",
        "section": query.section,
    }
    return {name: value for name, value in params.items() if value}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0


def _written(weights: Mapping[str, float]) -> str:
    return ",".join(f"{name}~{value:g}" for name, value in sorted(weights.items()))


def _weights(text: str) -> dict[str, float]:
    """Weights written as name~value,name~value; those out of bounds or unreadable are left out."""
    out = {}
    for pair in filter(None, text.split(",")):
        name, _, value = pair.rpartition("~")
        try:
            weight = float(value)
        except ValueError:
            continue
        if name and 0 <= weight <= MOST:
            out[name] = round(weight, 2)
    return out
