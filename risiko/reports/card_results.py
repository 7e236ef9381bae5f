"""What a model card tells of measurements: every number with its interval, a null as large as a success."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from risiko.registry.facts import ModelFacts, Record
from risiko.reports.card_format import Block, Table

LOWER_IS_BETTER = {"brier"}
# Their best value lies in the middle, so a difference says neither better nor worse.
WITHOUT_DIRECTION = {"calibration_in_the_large", "calibration_slope", "observed_over_expected"}
CALIBRATION = {"brier", *WITHOUT_DIRECTION}
NOT_MEASURED, ALL_DATES = "not measured", "all dates"
BETTER, WORSE, NOT_SHOWN, UNKNOWN = "shown better", "shown worse", "not shown better", "could not be measured"


def performance(facts: ModelFacts) -> list[Block]:
    """The model's own values, then its differences to every baseline with what they show."""
    own = [r for r in _own(facts, "") if r["metric"] not in CALIBRATION]
    if not own:
        return ["No performance was recorded with this model. It has not been shown to rank better than chance."]
    head = facts.evaluation or "How these numbers came about was not recorded."
    blocks: list[Block] = [head, _values("What the model reaches", own)]
    against = [r for r in facts.metrics if _is_own(r, facts) and r.get("against")]
    against = [r for r in against if r["metric"] not in WITHOUT_DIRECTION]
    if not against:
        return [*blocks, "It was compared with no baseline, so nothing shows that it is better than what it replaces."]
    said = Counter(verdict(r) for r in against)
    told = ", ".join(f"{said[word]} {word}" for word in (BETTER, NOT_SHOWN, WORSE, UNKNOWN))
    lines = [
        (str(r["against"]), measure(r), _date(r), number(r, 3, signed=True), verdict(r), _count(r, "n"))
        for r in against
    ]  # fmt: skip
    header = ("Against", "Measure", "Test date", "Difference (interval)", "What it shows", "Services")
    meaning = f"Of {len(against)} comparisons with baselines: {told}. An interval that covers 0 shows no difference."
    return [*blocks, meaning, Table("The model less each baseline, on the same services", header, lines)]


def calibration(facts: ModelFacts) -> list[Block]:
    """Whether the probabilities come true: summary numbers, then bands with observed shares."""
    own = [r for r in _own(facts, "") if r["metric"] in CALIBRATION]
    if not own and not facts.calibration:
        return ["No calibration was recorded: read the probabilities as an order, not as shares that will come true."]
    blocks: list[Block] = []
    if own:
        blocks.append("Best are a slope of 1, 0 in the large and observed over expected of 1.")
        blocks.append(_values("Calibration", own))
    if facts.calibration:
        lines = [
            (_text(r.get("band")), _share(r.get("expected")), _share(r.get("observed")),
             _between(r.get("observed_low"), r.get("observed_high")), _count(r, "n"))
            for r in facts.calibration
        ]  # fmt: skip
        header = ("Band, lowest first", "Promised", "Observed", "Interval", "Services")
        blocks.append(Table("Promised and observed shares with the outcome", header, lines))
    return blocks


def equal_treatment(facts: ModelFacts) -> list[Block]:
    """The groups that stand out, how many could not be told apart, and how many were too small to show."""
    rows = facts.equal_treatment
    if not rows:
        return ["Not yet examined. Nothing may be said about whether groups of services are treated alike."]
    said = Counter(str(r.get("told")) for r in rows)
    few = said["too_few"] + said["few_clusters"]
    told = (
        f"Of {len(rows)} groups and measures, {said['higher']} lie higher and {said['lower']} lower than all services "
        f"beyond chance, {said['not_shown']} show no difference beyond it (which is not the same as being alike), and "
        f"{few} were too small to say."
    )
    apart = [r for r in rows if r.get("told") in ("higher", "lower")]
    if not apart:
        return [told]
    lines = [
        (str(r.get("by", "")), str(r.get("group", "")), str(r.get("measure", "")), number(r, 3), _text(r["told"]),
         _between(r.get("diff_low"), r.get("diff_high"), percent=False), _count(r, "n"))
        for r in apart
    ]  # fmt: skip
    header = ("By", "Group", "Measure", "Value (interval)", "Than all", "Difference, interval", "Services")
    return [told, Table("Groups that stand out", header, lines)]


def checks(facts: ModelFacts) -> list[Block]:
    """Every numbered check with its outcome; one that could not be made has not been passed."""
    if not facts.checks:
        return ["No numbered check was recorded with this model."]
    said = Counter(str(r.get("state")) for r in facts.checks)
    told = f"{said['ok']} passed, {said['fails']} failed, {said['not_applicable']} could not be made."
    lines = [
        (_text(r.get("code")), _text(r.get("severity")), _text(r.get("state")).replace("_", " "),
         _text(r.get("says") or r.get("reason")))
        for r in facts.checks
    ]  # fmt: skip
    return [told, Table("Numbered checks", ("Check", "Severity", "Outcome", "What was found"), lines)]


def verdict(record: Record) -> str:
    """What a difference to a baseline shows: better or worse only where its interval leaves out 0."""
    low, high = _ends(record)
    if _missing(record.get("value")):
        return UNKNOWN
    if math.isnan(low) or math.isnan(high) or low <= 0 <= high:
        return NOT_SHOWN
    return BETTER if (low > 0) != (record["metric"] in LOWER_IS_BETTER) else WORSE


def measure(record: Record) -> str:
    """The measure in words: "lift at 10 %", "average precision", "precision at capacity (42)"."""
    name, at = str(record["metric"]).replace("_", " "), record.get("at")
    if at is None or _missing(at):
        return name
    return f"{name} ({at:g})" if name.endswith("at capacity") else f"{name} at {100 * at:g} %"


def number(record: Record, digits: int, *, signed: bool = False) -> str:
    """The value and its interval: "0.712 (0.680 to 0.744)"; it says so where there is none."""
    if _missing(record.get("value")):
        return NOT_MEASURED
    sign = "+" if signed else ""
    value, (low, high) = record["value"], _ends(record)
    if math.isnan(low) or math.isnan(high):
        return f"{value:{sign}.{digits}f} (no interval)"
    return f"{value:{sign}.{digits}f} ({low:{sign}.{digits}f} to {high:{sign}.{digits}f})"


def _ends(record: Record) -> tuple[float, float]:
    """The interval; NaN where an end is missing."""
    low, high = (record.get(name) for name in ("low", "high"))
    return math.nan if low is None else float(low), math.nan if high is None else float(high)


def _own(facts: ModelFacts, against: str) -> list[Record]:
    return [r for r in facts.metrics if _is_own(r, facts) and (r.get("against") or "") == against]


def _is_own(record: Record, facts: ModelFacts) -> bool:
    return bool(record.get("method", facts.kind) == facts.kind)


def _values(caption: str, rows: Sequence[Record]) -> Table:
    lines = [(measure(r), _date(r), number(r, 3), _count(r, "n"), _count(r, "events")) for r in rows]
    return Table(caption, ("Measure", "Test date", "Value (interval)", "Services", "Outcomes"), lines)


def _date(record: Record) -> str:
    return str(record.get("as_of") or ALL_DATES)


def _count(record: Record, name: str) -> str:
    value = record.get(name)
    return NOT_MEASURED if _missing(value) else f"{value:,.0f}".replace(",", " ")


def _between(low: Any, high: Any, *, percent: bool = True) -> str:
    if _missing(low) or _missing(high):
        return "no interval"
    return f"{_share(low)} to {_share(high)}" if percent else f"{low:+.3f} to {high:+.3f}"


def _share(value: Any) -> str:
    return NOT_MEASURED if _missing(value) else f"{100 * value:.1f} %"


def _text(value: Any) -> str:
    return "" if _missing(value) else str(value)


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
