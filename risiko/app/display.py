"""The list and its tables as they are shown: words for codes, nothing computed but how it reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pandas as pd

from risiko.reports.names import Names
from risiko.vocabulary import GROUPS

_MARKS = re.compile(r"([\\`*_\[\]<>#~$:&|])")
# Readings between 0 and 1 that are shares of something.
_SHARES = ("share", "probability", "yes_no")
# Units that explain the number rather than follow it.
_SCALES = (
    "score_0_100", "severity_0_3", "recency_0_1", "level_1_5", "log_ratio", "log_likelihood_ratio",
    "weighted_per_1000_users_year",
)  # fmt: skip
_LINES = re.compile(r"\s*[\r\n\v\f\u0085\u2028\u2029]\s*")
_LIST_MARK = re.compile(r"^(\d*)([-+.)])(?=\s)")


def plain(text: str) -> str:
    """A text of the records as Markdown that shows it letter by letter: no picture, heading or formula comes of it.

    Several lines become one: a new line could begin a list, or end a quote. A bare web address may still be shown as a
    link.
    """
    return _LIST_MARK.sub(r"\1\\\2", _MARKS.sub(r"\\\1", _LINES.sub(" ", text.strip())))


def plain_cells(table: pd.DataFrame) -> pd.DataFrame:
    """A table of texts, each cell as `plain` writes it; an ordinary table reads its cells as Markdown too."""
    return table.map(lambda cell: plain(str(cell)))


def amount(x: float, unit: str, names: Names) -> str:
    """A reading as this reader writes it: shares as per cent, a certain yes or no in words, else one decimal."""
    t = names.t
    if unit == "yes_no" and x in (0, 1):
        return t("word.yes") if x else t("word.no")
    return t.percent(x) if unit in _SHARES else t.number(x, 1)


def with_unit(x: float, unit: str, names: Names) -> str:
    """The same with its unit, where the unit says more than the number: "3,0 (alvor 0–3)"."""
    if unit in _SHARES or pd.isna(x):
        return amount(x, unit, names)
    said, word = amount(x, unit, names), names.unit(unit)
    return f"{said} ({word})" if unit in _SCALES else f"{said} {word}".strip()


def list_frame(shown: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The ranking as the grid shows it, one row per service; lists are short texts, numbers stay numbers.

    last is a key to sort by (20230331; 0 where no supervision is on record), written out by `day_of`.
    """
    return pd.DataFrame(
        {
            "rank": shown["rank"],
            "interval": _each(names.interval, shown["rank_low"], shown["rank_high"]),
            "tier": shown["tier"],
            "service": shown["name"],
            "in_plan": 100 * shown["p_top"],
            "likelihood": 100 * shown["likelihood"],
            "consequence": shown["consequence"],
            "evidence": _each(names.evidence, shown["evidence_dots"]),
            "contributions": shown[[f"group_{g}" for g in GROUPS]].to_numpy().tolist(),
            "why": names.raising(shown["raising"], shown["missing"]),
            "complaints": shown["complaints_24m"],
            "last": _sort_key(shown["last_supervised"]),
            "type": _each(names.service_type, shown["service_type"]),
            "county": shown["county"].fillna(names.t("data.missing")),
            "missing": [[names.signal(name) for name in gone] for gone in shown["missing"]],
            "priority": shown["priority"],
        },
        index=shown.index,
    )


def day_of(key: int) -> pd.Timestamp | None:
    """The day a sort key of list_frame stands for; None for 0."""
    return pd.Timestamp(str(key)) if key else None


def plain_table(shown: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The same list in words only, for an ordinary table that a screen reader can walk through."""
    t = names.t
    return pd.DataFrame(
        {
            t("column.rank"): _each(t.number, shown["rank"]),
            t("column.interval"): _each(names.interval, shown["rank_low"], shown["rank_high"]),
            t("column.tier"): _each(t.number, shown["tier"]),
            t("column.service"): shown["name"],
            t("column.type"): _each(names.service_type, shown["service_type"]),
            t("column.county"): shown["county"].fillna(t("data.missing")),
            t("column.in_plan"): _each(t.chance, shown["p_top"]),
            t("column.expected"): _each(t.number, shown["expected_rank"].round()),
            t("column.likelihood"): _each(t.percent, shown["likelihood"]),
            t("column.consequence"): _each(lambda x: t.number(x, 1), shown["consequence"]),
            t("column.evidence"): _each(names.evidence, shown["evidence_dots"]),
            t("column.why"): [", ".join(chips) for chips in names.raising(shown["raising"], shown["missing"])],
            t("column.last"): _each(names.last_supervised, shown["last_supervised"]),
        },
        index=shown.index,
    )


def supervisions_table(supervisions: pd.DataFrame, names: Names) -> pd.DataFrame:
    """A service's supervisions in words, newest first; without a graded finding: not yet known."""
    t = names.t
    return pd.DataFrame(
        {
            t("history.date"): _each(t.date, supervisions["event_date"]),
            t("history.kind"): _each(lambda w: t.word("kind", w), supervisions["kind"]),
            t("history.selection"): _each(lambda w: t.word("selection", w), supervisions["selection"]),
            t("history.worst"): _each(
                lambda w: t("history.not_known") if pd.isna(w) else t.word("severity", w),
                supervisions["worst_severity"],
            ),
            t("history.findings"): _each(t.number, supervisions["n_findings"]),
        }
    )


def months_frame(counts: list[float], as_of: date, names: Names) -> pd.DataFrame:
    """month, n and a sentence per month, oldest first; the last month is the as-of date's own."""
    months = pd.period_range(end=pd.Period(as_of, "M"), periods=len(counts), freq="M").to_timestamp()
    said = [f"{names.t.month(month)}: {names.t.number(n)}" for month, n in zip(months, counts, strict=True)]
    return pd.DataFrame({"month": months, "n": counts, "text": said})


def _sort_key(dates: pd.Series) -> pd.Series:
    return (dates.dt.year * 10_000 + dates.dt.month * 100 + dates.dt.day).fillna(0).astype(int)


def _each(write: Callable[..., str], *columns: pd.Series) -> list[str]:
    return [write(*values) for values in zip(*columns, strict=True)]
