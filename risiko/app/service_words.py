"""The page of one service in words: readings, funnel, series, voices, silence and follow-up as sentences and tables."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from risiko.app.display import amount, plain, with_unit
from risiko.app.reasons import few_people
from risiko.pipeline import Beside, OverTime, ServicePage
from risiko.reports.names import Names
from risiko.statistics.xmr import ENOUGH_POINTS
from risiko.vocabulary import DIMENSIONS

LIKELY = 1.645  # 90 % of a normal distribution lies within so many standard deviations
LONGEST_QUOTE = 600
_RULES = {1: "outside", 2: "trend", 3: "two_of_three", 4: "one_side"}


def standings(page: ServicePage, group: str, names: Names) -> pd.DataFrame:
    """label, standing, low, high, scored and a sentence per signal of a group that has a reading, for the picture."""
    rows, t = page.readings, names.t
    rows = rows[rows["missing"].isna() & (rows["group"] == group)]
    rows = rows.sort_values("standing", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "label": _each(names.signal, rows["signal"]),
            "standing": rows["standing"].to_numpy(dtype=float),
            "low": (rows["standing"] - LIKELY * rows["standing_sd"]).to_numpy(dtype=float),
            "high": (rows["standing"] + LIKELY * rows["standing_sd"]).to_numpy(dtype=float),
            "scored": rows["counts"].to_numpy(dtype=bool),
            "text": _each(
                lambda s, v, e, unit: t(
                    "service.reading", signal=names.signal(s), value=with_unit(v, unit, names),
                    expected=amount(e, unit, names),
                ),
                rows["signal"], rows["value"], rows["expected"], rows["unit"],
            ),
        }
    )  # fmt: skip


def standings_takeaway(page: ServicePage, group: str, names: Names) -> str:
    """Which reading of the group stands out most, in a sentence."""
    t, rows = names.t, page.readings[page.readings["missing"].isna() & (page.readings["group"] == group)]
    strongest = rows.sort_values("standing", ascending=False).iloc[0]
    return t("service.standings_alt", signal=names.signal(strongest["signal"]), x=t.number(strongest["standing"], 1))


def readings(page: ServicePage, names: Names) -> pd.DataFrame:
    """Every signal in the common form, as text: reading, similar services, how fresh, or why it is missing."""
    t, rows = names.t, page.readings
    rows = rows.sort_values(["group", "signal"], kind="stable")
    gone = rows["missing"].notna()
    pairs = zip(rows["signal"], rows["n"], strict=True)
    hidden = pd.Series([few_people(signal, n, names) for signal, n in pairs], rows.index, dtype=bool)
    few_said, people = t("ledger.few", few=t.number(names.settings.voices.few)), _numbers(rows["n"], names, 0)
    value = _each(
        lambda v, u, few: t("back.hidden") if few else with_unit(v, u, names), rows["value"], rows["unit"], hidden
    )
    usual = _each(lambda e, u: "" if pd.isna(e) else amount(e, u, names), rows["expected"], rows["unit"])
    said = _each(lambda m: "" if pd.isna(m) else t.word("missing", m), rows["missing"])
    return pd.DataFrame(
        {
            t("reasons.signal"): _each(names.signal, rows["signal"]),
            t("service.group"): _each(lambda g: t.word("group", g), rows["group"]),
            t("reasons.value"): [why if out else x for x, why, out in zip(value, said, gone, strict=True)],
            t("reasons.expected"): usual,
            t("reasons.n"): [few_said if few else n for n, few in zip(people, hidden, strict=True)],
            t("service.z"): _numbers(rows["z"].mask(hidden), names, 1),
            t("service.z_adjusted"): _numbers(rows["z_adjusted"].mask(hidden), names, 1),
            t("service.trend"): _each(lambda x: _trend(x, names), rows["trend"]),
            t("service.freshness"): _each(lambda x: _age(x, names), rows["freshness"]),
            t("reasons.weight"): _numbers(rows["weight"], names, 2),
        }
    )


def choices(page: ServicePage) -> list[str]:
    """The signals one can look closer at, those that move the score most first."""
    names: list[str] = page.readings.loc[page.readings["missing"].isna(), "signal"].tolist()
    return names


def funnel_points(found: Beside, names: Names) -> pd.DataFrame:
    """The dots with what the pointer shows; only the service itself is named."""
    t = names.t
    decimals = 2 if found.kind == "ratio" else 1

    def text(x: float, y: float, own: bool) -> str:
        numbers = {"x": t.number(x, 1), "y": t.number(y, decimals)}
        return t("funnel.own", **numbers) if own else t("funnel.other", **numbers)

    said = _each(text, found.points["x"], found.points["y"], found.points["own"])
    return found.points.assign(text=said)


def funnel_takeaway(found: Beside, names: Names) -> str:
    """Where the service lies in the funnel, in a sentence with its numbers."""
    t, own = names.t, found.points[found.points["own"]]
    if own.empty:
        return t("funnel.no_place")
    if len(found.points) < 2:
        return t("funnel.alone")
    x, y = float(own["x"].iloc[0]), float(own["y"].iloc[0])
    peers = t.number(found.n_peers - 1)
    if found.kind == "values" or found.limits.empty:
        others = found.points.loc[~found.points["own"], "y"]
        return t("funnel.share_below", share=t.percent((others < y).mean() if len(others) else None), peers=peers)
    at = found.limits.iloc[(found.limits["x"] - x).abs().argmin()]
    place = (
        "above998" if y > at["high998"] else "above95" if y > at["high95"]
        else "below998" if y < at["low998"] else "below95" if y < at["low95"] else "inside"
    )  # fmt: skip
    return t.word("funnel_place", place) + " " + t("funnel.against", peers=peers)


def funnel_table(found: Beside, names: Names) -> pd.DataFrame:
    """The service's own place beside the median and the spread of similar services, one row each."""
    t, own, others = names.t, found.points[found.points["own"]]["y"], found.points[~found.points["own"]]["y"]
    rows = {
        t("funnel.this"): own.median(),
        t("funnel.median"): others.median(),
        t("funnel.tenth"): others.quantile(0.1),
        t("funnel.ninth"): others.quantile(0.9),
    }
    if found.kind == "ratio":
        said, title = [t.number(x, 2) for x in rows.values()], t.word("funnel_y", "ratio")
    else:
        said = [amount(x, found.signal.unit, names) for x in rows.values()]
        title = names.unit(found.signal.unit)
    return pd.DataFrame({t("funnel.who"): list(rows), title[:1].upper() + title[1:]: said})


def series(found: OverTime, names: Names) -> pd.DataFrame:
    """The periods with `hit` (none, up, down) and what the pointer shows."""
    t, points = names.t, found.points
    hit = ["up" if c > 0 else "down" if c < 0 else "none" for c in points["cause"]]
    said = _each(
        lambda day, x, cause: f"{t.month(day)}: {t.number(x, 1)}" + (f" – {_rule(cause, names)}" if cause else ""),
        points["period_end"], points["value"], points["cause"],
    )  # fmt: skip
    return points.assign(hit=hit, text=said)


def series_sentences(found: OverTime, names: Names) -> list[str]:
    """The rules that are hit, newest first, in words; that none is hit is an answer too."""
    t, hits = names.t, found.points[found.points["cause"] != 0]
    lines = _each(
        lambda day, cause: t("series.hit", period=t.month(day), rule=_rule(cause, names)),
        hits["period_end"], hits["cause"],
    )[::-1][:4]  # fmt: skip
    if not lines:
        lines = [t("series.no_hit")]
    if found.provisional:
        lines.append(t("series.provisional", n=t.number(ENOUGH_POINTS)))
    return lines


def series_table(found: OverTime, names: Names) -> pd.DataFrame:
    """The same periods as an ordinary table, newest first."""
    t, points = names.t, found.points.iloc[::-1]
    return pd.DataFrame(
        {
            t("series.period"): _each(t.month, points["period_end"]),
            t("reasons.value"): _numbers(points["value"], names, 1),
            t("reasons.n"): _numbers(points["n"], names, 0),
            t("reasons.expected"): _numbers(points["expected"], names, 1),
            t("series.rule"): _each(lambda cause: _rule(cause, names) if cause else "", points["cause"]),
        }
    )


def voices(page: ServicePage, names: Names) -> pd.DataFrame:
    """label, method, mean, n and a sentence per dimension and method with a score, for the picture; no small group."""
    t, rows = names.t, page.voices.dropna(subset=["mean"])
    rows = rows[_many(rows, names)]
    rank = {dimension: i for i, dimension in enumerate(DIMENSIONS)}
    rows = rows.assign(order=rows["dimension"].map(rank).fillna(len(rank))).sort_values("order", kind="stable")
    return pd.DataFrame(
        {
            "label": _each(lambda d: _dimension(d, names), rows["dimension"]),
            "method": _each(lambda m: t.word("method", m), rows["method"]),
            "mean": rows["mean"].to_numpy(dtype=float),
            "n": rows["n"].fillna(1).to_numpy(dtype=float),
            "text": _each(
                lambda d, m, x, n: t(
                    "voices.row", dimension=_dimension(d, names), method=t.word("method", m), x=t.number(x),
                    n=t.number(n),
                ),
                rows["dimension"], rows["method"], rows["mean"], rows["n"],
            ),
        }
    )  # fmt: skip


def voices_table(page: ServicePage, names: Names) -> pd.DataFrame:
    """By method, organisation and dimension: how many, how many were asked, mean and date; of few people no number."""
    t, rows = names.t, page.voices
    many, few = _many(rows, names), t("ledger.few", few=t.number(names.settings.voices.few))
    hidden = rows["mean"].notna() & ~many
    mean = _each(lambda x: t("voices.words_only") if pd.isna(x) else t.number(x, 1), rows["mean"])
    n, invited = (_numbers(rows[name], names, 0) for name in ("n", "n_invited"))
    return pd.DataFrame(
        {
            t("voices.method"): _each(lambda m: t.word("method", m), rows["method"]),
            t("voices.organisation"): rows["organisation"].fillna(t("voices.unbound")).astype("str").tolist(),
            t("voices.dimension"): _each(lambda d: _dimension(d, names), rows["dimension"]),
            t("voices.mean"): [t("back.hidden") if no else x for no, x in zip(hidden, mean, strict=True)],
            t("reasons.n"): [x if yes or no_n else few for yes, no_n, x in zip(many, rows["n"].isna(), n, strict=True)],
            t("voices.invited"): [x if yes else t("back.hidden") for yes, x in zip(many, invited, strict=True)],
            t("history.date"): _each(t.date, rows["event_date"]),
        }
    )


def _many(rows: pd.DataFrame, names: Names) -> pd.Series:
    """Rows of enough people to tell a number of; one that says no number may be one person."""
    return (rows["n"].fillna(1) >= names.settings.voices.few).astype("bool")


def findings(page: ServicePage, names: Names) -> pd.DataFrame:
    """What supervisions found: date, severity, dimension, what was written, corrected when."""
    t, rows = names.t, page.findings
    return pd.DataFrame(
        {
            t("history.date"): _each(t.date, rows["event_date"]),
            t("findings.severity"): _each(lambda w: t.word("severity", w), rows["severity"]),
            t("voices.dimension"): _each(lambda d: _dimension(d, names), rows["dimension"]),
            t("findings.corrected"): _each(
                lambda day, severity: _corrected(day, severity, names), rows["corrected_date"], rows["severity"]
            ),
            t("findings.text"): rows["text"].fillna("").astype("str").tolist(),
        }
    )


def actions(page: ServicePage, names: Names) -> pd.DataFrame:
    """Follow-up: what was done, when, and whether it is closed."""
    t, rows = names.t, page.actions
    return pd.DataFrame(
        {
            t("history.date"): _each(t.date, rows["event_date"]),
            t("actions.kind"): _each(lambda w: t.word("action", w), rows["kind"]),
            t("actions.closed"): _each(lambda d: t("actions.open") if pd.isna(d) else t.date(d), rows["closed_date"]),
        }
    )


def quotes(page: ServicePage, names: Names, most: int) -> list[str]:
    """The newest texts as quotes with method, organisation and date; identifiers were masked when they came in."""
    t, rows = names.t, page.quotes.head(most)
    return _each(
        lambda text, method, who, day: f"> {plain(shortened(text))}\n>\n> – {t.word('method', method)}, "
        f"{plain(who) if pd.notna(who) else t('voices.unbound')}, {t.date(day)}",
        rows["text"], rows["method"], rows["organisation"], rows["event_date"],
    )  # fmt: skip


def shortened(text: str) -> str:
    """A text, cut after a word where it is longer than a quote should be."""
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(None, 1)[0] + " …"


def _rule(cause: int, names: Names) -> str:
    return names.t.word("rule", f"{_RULES[abs(int(cause))]}_{'up' if cause > 0 else 'down'}")


def _corrected(day: pd.Timestamp, severity: str, names: Names) -> str:
    t = names.t
    if pd.notna(day):
        return t.date(day)
    return "" if severity in ("none", "remark") else t("findings.open")


def _dimension(dimension: str, names: Names) -> str:
    return names.t("voices.whole") if pd.isna(dimension) else names.t.word("dimension", dimension)


def _trend(x: float, names: Names) -> str:
    if pd.isna(x):
        return ""
    shape = "▲" if x > 0 else "▼" if x < 0 else "●"
    return f"{shape} {names.t.number(x, 1, sign=True)}"


def _age(years: float, names: Names) -> str:
    return "" if pd.isna(years) else names.t("service.years_old", x=names.t.number(years, 1))


def _numbers(values: pd.Series, names: Names, decimals: int) -> list[str]:
    """Numbers as text, blank where there is none: the reason stands beside the reading."""
    return ["" if pd.isna(x) else names.t.number(x, decimals) for x in values]


def _each(write: Callable[..., str], *columns: pd.Series) -> list[str]:
    return [write(*values) for values in zip(*columns, strict=True)]
