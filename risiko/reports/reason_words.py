"""Reasons as sentences: what lifts or lowers, what is missing and how sure the place is, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from risiko.i18n import Translator
from risiko.i18n.families import FAMILIES
from risiko.reasons.reason import Position, Reason
from risiko.reports.names import Names

_SHARES = ("share", "probability", "yes_no")
_MOST_NAMES = 3  # missing signals that are named; the others are counted
_BEYOND = 1.1  # an interval a tenth wider with what may be unsaid: that is told
# What a reading above or below similar services is called.
_COMPARED = {
    "per_1000_users_year": "more", "findings": "more", "services": "more", "weighted_actions": "much",
    "weighted_per_1000_users_year": "heavy", "severity_0_3": "grave", "years": "long", "days": "long",
    "months": "long", "recency_0_1": "new", "probability": "likely", "log_ratio": "much",
}  # fmt: skip


def sentences(reasons: Sequence[Reason], names: Names) -> list[str]:
    """Each reason in a few sentences, in order."""
    return [sentence(reason, names) for reason in reasons]


def sentence(reason: Reason, names: Names) -> str:
    """One reason in a few sentences, with what it rests on (n) and from when to when, in the reader's language.

    What is not dated says so, and n = 0 says what that means. Nothing in it claims that a service has failed.
    """
    match reason.kind:
        case "raises" | "lowers" | "raises_missing":
            return _of_signal(reason, names)
        case "external":
            said = names.t(
                "reason.external", signal=_first(names.signal(reason.signal)), value=names.t.number(reason.value, 1),
                evidence=_evidence(reason, names),
            )  # fmt: skip
            return f"{said} {_effect(reason, names.t)}"
        case "type":
            return f"{_of_type(reason, names)} {_effect(reason, names.t)}"
        case "group":
            said = names.t.plural(
                "reason.group", _whole(reason.n), signal=_first(names.signal(reason.signal)),
                of=names.t.number(reason.of), period=_period(reason, names.t),
            )  # fmt: skip
            return f"{said} {_effect(reason, names.t)}"
        case "nothing":
            before, after = _likelihoods(reason, names.t)
            return names.t.plural(
                "reason.nothing", _whole(reason.n), of=names.t.number(reason.of), day=names.t.date(reason.as_of),
                before=before, after=after,
            )  # fmt: skip
        case "missing" | "complete" | "silence":
            return _of_gaps(reason, names)
    return _of_place(reason, names.t)


def _of_signal(reason: Reason, names: Names) -> str:
    t, signal = names.t, _first(names.signal(reason.signal))
    if reason.missing:
        words = {"signal": signal, "evidence": _evidence(reason, names), "why": t.word("missing", reason.missing)}
        lifts = reason.effect >= 0
        said = t("reason.raises_missing", **words) if lifts else t("reason.lowers_missing", **words)
    else:
        said = t("reason.raises", signal=signal, told=_told(reason, names), evidence=_evidence(reason, names))
    return f"{said} {_effect(reason, t)}"


def _told(reason: Reason, names: Names) -> str:
    """The reading beside similar services: "flere enn hos lignende tjenester, 3,1 mot 1,2 per 1 000 brukere og år"."""
    t, value, expected = names.t, reason.value, reason.expected
    if _few(reason, names):  # so few that the number would be one person's word
        return t("reason.alone", amount=t("back.hidden")) if pd.isna(expected) else _than(reason, value != expected, t)
    if reason.unit == "yes_no" and value in (0, 1) and not pd.isna(expected):
        share = t.percent(expected)
        return t("reason.answer", answer=t("word.yes"), share=share) if value else t("reason.answer_no", share=share)
    if pd.isna(expected):
        return t("reason.alone", amount=_amount(_number(value, reason.unit, 1, t), reason.unit, names))
    here, usual = _apart(value, expected, reason.unit, t)
    both = _amount(t("reason.against", value=here, expected=usual), reason.unit, names)
    return t("reason.told", than=_than(reason, here != usual, t), amount=both)


def _than(reason: Reason, apart: bool, t: Translator) -> str:
    """On which side of similar services: "flere enn hos lignende tjenester"."""
    compared = _COMPARED.get(reason.unit, "high")
    side = f"{compared}_above" if reason.value > reason.expected else f"{compared}_below"
    return t.word("reason_than", side if apart else "level")


def _few(reason: Reason, names: Names) -> bool:
    """Whether the reading rests on so few people that their number and mean are not told."""
    return reason.counted == "people" and 0 < reason.n < names.settings.voices.few


def _amount(x: str, unit: str, names: Names) -> str:
    known = unit in FAMILIES["reason_amount"]
    return names.t(f"reason_amount.{unit if known else 'other'}", x=x, unit=unit).strip()


def _apart(value: float, expected: float, unit: str, t: Translator) -> tuple[str, str]:
    """Both numbers, with one decimal more where they would read the same and are not."""
    usual = 0 if unit in _SHARES else 1
    plain, finer = ((_number(value, unit, d, t), _number(expected, unit, d, t)) for d in (usual, usual + 1))
    return finer if plain[0] == plain[1] and finer[0] != finer[1] else plain


def _number(x: float, unit: str, decimals: int, t: Translator) -> str:
    return t.percent(x, decimals) if unit in _SHARES else t.number(x, decimals)


def _evidence(reason: Reason, names: Names) -> str:
    """How many pieces of what, and from when to when."""
    t = names.t
    day = t.date(reason.as_of)
    if _whole(reason.n) == 0 and reason.since is None:
        return t(f"reason_none.{reason.counted}", day=day)
    few = t("reason.few_people", few=t.number(names.settings.voices.few))
    count = few if _few(reason, names) else _count(reason, t)
    if reason.since is None:
        return t("reason.undated", count=count, day=day)
    return t("reason.dated", count=count, period=_period(reason, t))


def _count(reason: Reason, t: Translator) -> str:
    n = _whole(reason.n)
    return t.plural(f"reason_n.{reason.counted}", n) if n else t.word("reason_no", reason.counted)


def _period(reason: Reason, t: Translator) -> str:
    """The months from the first to the last of the evidence; without dates, by when it was known."""
    if reason.since is None:
        return t("reason.as_known", day=t.date(reason.as_of))
    first, last = t.month(reason.since), t.month(reason.until)
    return first if first == last else f"{first}–{last}"


def _whole(n: float) -> int:
    """A count as a whole number; part of a yearly count is one piece, not none."""
    return 0 if pd.isna(n) or n <= 0 else max(1, round(n))


def _effect(reason: Reason, t: Translator) -> str:
    """From which likelihood to which it takes the service."""
    before, after = _likelihoods(reason, t)
    if before == after:
        return t("reason.hardly", after=after)
    if reason.effect > 0:
        return t("reason.lifts", before=before, after=after)
    return t("reason.lowers", before=before, after=after)


def _likelihoods(reason: Reason, t: Translator) -> tuple[str, str]:
    """Without and with, with as many decimals as it takes to tell them apart, at most two."""
    for decimals in (0, 1, 2):
        before, after = (t.percent(x, decimals) for x in (reason.likelihood_without, reason.likelihood_with))
        if before != after:
            break
    return before, after


def _of_type(reason: Reason, names: Names) -> str:
    t = names.t
    return t(
        "reason.type", type=names.service_type(reason.word), n=t.number(_whole(reason.n)), of=t.number(reason.of),
        day=t.date(reason.as_of),
    )  # fmt: skip


def _of_gaps(reason: Reason, names: Names) -> str:
    """What counts and is missing; where it is quiet and users depend on the service, that first."""
    t, day, said = names.t, names.t.date(reason.as_of), []
    if reason.kind == "silence":
        expected = t.number(reason.expected, 1)
        said.append(t("reason.silence", count=_count(reason, t), expected=expected, period=_period(reason, t)))
    gone = [names.signal(name) for name in reason.names]
    if not gone:
        return " ".join([*said, t.plural("reason.complete", reason.of, day=day) if reason.of else
                         t("reason.no_signals", day=day)])  # fmt: skip
    listed = _listed(gone, t)
    said.append(t.plural("reason.missing", len(gone), of=t.number(reason.of), day=day, list=listed))
    if reason.missing:
        why = t.word("missing", reason.missing)
        said.append(why if len(gone) == 1 else t("reason.heaviest", signal=gone[0], why=_lower(why)))
    before, after = _likelihoods(reason, t)
    said.append(t("reason.gap_still") if before == after else t("reason.gap_moves", before=before, after=after))
    return " ".join(said)


def _listed(words: list[str], t: Translator) -> str:
    """The first few in a row, and how many more there are."""
    shown = words if len(words) <= _MOST_NAMES + 1 else words[:_MOST_NAMES]
    rest = [t.plural("reason.missing_more", len(words) - len(shown))] if len(words) > len(shown) else []
    parts = [*shown, *rest]
    return t("list.and").join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _of_place(reason: Reason, t: Translator) -> str:
    at, day = reason.position, t.date(reason.as_of)
    if at is None:
        raise ValueError(f"a reason of kind {reason.kind!r} must say where the service stands")
    of = t.number(at.of)
    if reason.kind == "place":
        return t(
            "reason.place", rank=t.number(at.rank), of=of, day=day, after=t.percent(reason.likelihood_with, 1),
            consequence=t.number(at.consequence, 1),
        )  # fmt: skip
    low, high = t.number(at.low), t.number(at.high)
    where = t("reason.at", low=low) if at.low == at.high else t("reason.between", low=low, high=high)
    how_sure = t("reason.wide", where=where, of=of, day=day) if reason.kind == "wide" else t(
        "reason.narrow", where=where, of=of, day=day
    )  # fmt: skip
    return " ".join([
        how_sure, *_bounds(at, t), t.plural("reason.capacity", at.top, chance=_chance(at, t)),
        *([t.plural("reason.tier", at.tier_size, tier=t.number(at.tier))] if at.of > 1 else []),
    ])  # fmt: skip


def _bounds(at: Position, t: Translator) -> list[str]:
    """How far what may be unsaid reaches, where that is clearly beyond the interval."""
    best, worst = min(at.best, at.low), max(at.worst, at.high)
    if worst - best <= _BEYOND * (at.high - at.low):
        return []
    return [t("reason.bounds", best=t.number(best), worst=t.number(worst))]


def _chance(at: Position, t: Translator) -> str:
    """A chance as per cent; only where there is room for all is it certain."""
    if at.top < at.of and at.chance < 0.005:
        return t("reason.below_one", x=t.percent(0.01))
    if at.top < at.of and at.chance >= 0.995:
        return t("reason.above_most", x=t.percent(0.99))
    return t.percent(at.chance)


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
