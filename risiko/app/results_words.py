"""What came of a plan in words: tables of texts, and sentences that claim no more than the numbers."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from risiko.evaluate.plan_results import ALL, Drawn
from risiko.evaluate.signal_change import Change
from risiko.i18n import Translator
from risiko.pipeline.results import Effect, PlanResults
from risiko.reports.names import Names

SHOWN_METHODS = ("naive", "snipw", "dr")


def between(value: float, low: float, high: float, write: Callable[[float], str], t: Translator) -> str:
    """A number with its 95 % interval; the number alone where it has none, and "no data" where there is none."""
    if pd.isna(low):
        return write(value)
    return t("results.between", value=write(value), low=write(low), high=write(high))


def ground(name: str, t: Translator) -> str:
    """A ground in words; all of them together."""
    return t("results.all") if name == ALL else t.word("plan_ground", name).capitalize()


def grounds(found: PlanResults, t: Translator) -> pd.DataFrame:
    """One row per ground: planned, carried out, known, hits, expected and the hit rate with its interval."""
    rows = found.grounds
    return pd.DataFrame({
        t("results.ground"): [ground(name, t) for name in rows["ground"]],
        t("results.planned"): _each(t.number, rows["planned"]),
        t("results.carried_out"): _each(t.number, rows["carried_out"]),
        t("results.known"): _each(t.number, rows["known"]),
        t("results.hits"): _hits(rows["hits"], rows["known"], t),
        t("results.expected"): [t.number(x, 1) for x in rows["expected"]],
        t("results.rate"): _rates(rows["rate"], rows["low"], rows["high"], t),
    })  # fmt: skip


def picture(found: PlanResults, t: Translator) -> pd.DataFrame:
    """The hit rates that can be drawn: rows for charts.equity.group_means."""
    rows = found.grounds[(found.grounds["known"] > 0) & (found.grounds["ground"] != ALL)]
    text = [
        f"{ground(r.ground, t)}: {between(r.rate, r.low, r.high, t.percent, t)}" for r in rows.itertuples(index=False)
    ]
    label = [ground(name, t) for name in rows["ground"]]
    return pd.DataFrame({
        "label": label, "value": rows["rate"].array, "low": rows["low"].array, "high": rows["high"].array,
        "told": "not_shown", "text": text,
    })  # fmt: skip


def expected(found: PlanResults, t: Translator) -> str:
    """What the likelihoods promised for the visits known by other grounds than the law, beside what was found."""
    rows = found.grounds[~found.grounds["ground"].isin([ALL, "statutory"])]
    rows = rows[(rows["known"] > 0) & rows["expected"].notna()]
    if rows.empty:
        return t("results.expected_none")
    told = {name: t.number(rows[name].sum(), 1) for name in ("expected", "expected_low", "expected_high")}
    return t("results.expected_said", n=t.number(rows["known"].sum()), hits=t.number(rows["hits"].sum()), **told)


def prevalence(found: Drawn, t: Translator) -> list[str]:
    """What the draw says, or why it says nothing; the plain hit rate beside it; what is missing."""
    naive = between(found.naive, found.naive_low, found.naive_high, t.percent, t)
    if found.refused_because:
        said = [t.word("results_refused", found.refused_because)]
    else:
        share = between(found.hajek, found.low, found.high, t.percent, t)
        total = {"total": t.number(found.total), "of": t.number(found.population)}
        said = [t("results.share_said", share=share, **total), t("results.share_ht", share=t.percent(found.ht, 1),
                  se=t.number(100 * found.ht_se, 1), hajek_se=t.number(100 * found.hajek_se, 1))]  # fmt: skip
    said.append(t("results.drawn_known", known=t.number(found.known), drawn=t.number(found.drawn)))
    if found.no_chance:
        said.append(t.plural("results.no_chance", found.no_chance))
    if pd.notna(found.naive):
        said.append(t("results.naive_said", rate=naive))
    return said


def lists(found: PlanResults, t: Translator) -> pd.DataFrame:
    """One row per list: its hits a visit by three methods, how much data that rests on, and the bounds of the swaps."""
    wide = found.others.estimates
    wide = wide[wide["method"].isin(SHOWN_METHODS)]
    swaps = found.others.swaps.set_index("list") if len(found.others.swaps) else pd.DataFrame()
    rows = []
    for name, own in wide.groupby("list", sort=False):  # a handful of lists
        cells = {t("results.list"): t.word("results_list", str(name))}
        by = own.set_index("method")
        for method in SHOWN_METHODS:
            cells[t.word("trial_estimate", method)] = _estimate(by.loc[method], t)
        cells[t("results.ess")] = t.number(by.loc["snipw", "ess"], 1)
        cells[t("results.swapped_in")] = _swap(swaps, str(name), t)
        rows.append(cells)
    return pd.DataFrame(rows)


def _estimate(row: pd.Series, t: Translator) -> str:
    if pd.notna(row["refused_because"]):
        return t.word("trial_refused", str(row["refused_because"])).capitalize()
    return between(row["value"], row["low"], row["high"], t.percent, t)


def _swap(swaps: pd.DataFrame, name: str, t: Translator) -> str:
    if name not in swaps.index:
        return "–"
    row = swaps.loc[name]
    return t("results.swap", n=t.number(row["swap_in"]), low=t.number(row["in_low"]), high=t.number(row["in_high"]))


def added(found: PlanResults, t: Translator) -> pd.DataFrame:
    """One row per reason for adding a visit: what was found beside what the score expected there."""
    rows = found.added
    return pd.DataFrame({
        t("results.reason"): [t.word("override_reason", name).capitalize() for name in rows["reason"]],
        t("results.added"): _each(t.number, rows["added"]),
        t("results.known"): _each(t.number, rows["known"]),
        t("results.hits"): _hits(rows["hits"], rows["known"], t),
        t("results.rate"): _rates(rows["rate"], rows["low"], rows["high"], t),
        t("results.model_expected"): _each(t.percent, rows["expected"]),
        t("results.shows"): [t.word("results_verdict", name).capitalize() for name in rows["verdict"]],
    })  # fmt: skip


def left_alone(found: PlanResults, t: Translator) -> pd.DataFrame:
    """One row per reason for skipping or postponing: what was later found there, if anybody went."""
    rows = found.left_alone
    return pd.DataFrame({
        t("results.action"): [t.word("override_action", name).capitalize() for name in rows["action"]],
        t("results.reason"): [t.word("override_reason", name).capitalize() for name in rows["reason"]],
        t("results.services"): _each(t.number, rows["services"]),
        t("results.seen"): _each(t.number, rows["seen"]),
        t("results.hits"): _hits(rows["hits"], rows["seen"], t),
        t("results.expected"): [t.number(x, 1) for x in rows["expected"].where(rows["seen"] > 0)],
    })  # fmt: skip


def corrected(found: Effect, t: Translator) -> pd.DataFrame:
    """Findings by severity: corrected in time, late, open, and not due yet."""
    rows = found.corrected
    return pd.DataFrame({
        t("results.severity"): [t.word("severity", name).capitalize() for name in rows["severity"]],
        t("results.due"): _each(t.number, rows["due"]),
        t("results.on_time"): _rates(rows["share"], rows["low"], rows["high"], t),
        t("results.late"): _each(t.number, rows["late"]),
        t("results.open"): _each(t.number, rows["open"]),
        t("results.waiting"): _each(t.number, rows["waiting"]),
    })  # fmt: skip


def again(found: Effect, t: Translator) -> pd.DataFrame:
    """Services by what was found then: how many were visited again within three years, and what that found."""
    rows = found.again
    return pd.DataFrame({
        t("results.then"): [t("results.then_found") if x else t("results.then_not") for x in rows["found"]],
        t("results.services"): _each(t.number, rows["services"]),
        t("results.revisited"): _each(t.number, rows["revisited"]),
        t("results.again"): _hits(rows["again"], rows["revisited"], t),
        t("results.again_share"): _rates(rows["share"], rows["low"], rows["high"], t),
    })  # fmt: skip


def change(found: Change, decimals: int, names: Names) -> str:
    """The change beside similar services, with what it would have seemed plainly counted; or that there are too few."""
    t = names.t
    counts = {"visited": t.number(found.visited), "others": t.number(found.others)}
    if found.refused_because:
        return t("results.change_few", **counts)

    def write(x: float) -> str:
        return t.number(x, decimals, sign=True)

    shows = "less" if found.high < 0 else "more" if found.low > 0 else "none"
    own = {name: t.number(getattr(found, name), decimals) for name in ("before", "after", "expected")}
    said = t("results.change_said", effect=between(found.effect, found.low, found.high, write, t),
             raw=write(found.raw), **counts, **own)  # fmt: skip
    return f"{said} {t.word('results_change', shows)}"


def _each(write: Callable[..., str], values: pd.Series) -> list[str]:
    return [write(x) for x in values]


def _rates(value: pd.Series, low: pd.Series, high: pd.Series, t: Translator) -> list[str]:
    rows = zip(value, low, high, strict=True)
    return ["–" if pd.isna(own) else between(own, a, b, t.percent, t) for own, a, b in rows]


def _hits(hits: pd.Series, known: pd.Series, t: Translator) -> list[str]:
    """Hits, and a dash where nothing is known: that is no zero."""
    return [t.number(x) if n else "–" for x, n in zip(hits, known, strict=True)]
