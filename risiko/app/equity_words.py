"""Equal treatment in words: names of groups, what an interval allows to be said, and the tables of the page."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from risiko.evaluate.equity import NOT_TOLD, OTHERS
from risiko.evaluate.equity_groups import AUDIT, Grouping
from risiko.i18n import Translator
from risiko.i18n.translator import readable
from risiko.pipeline.equity import EVERYTHING, NO_HISTORY
from risiko.reports.names import Names
from risiko.vocabulary import GROUPS

MARKS = {"higher": "▲", "lower": "▼", "not_shown": "○", "few_clusters": "◇", "too_few": "–"}
PLACE = "rank_share"  # the one measure of which more is farther down the list
_OPPOSITE = {"higher": "lower", "lower": "higher"}
MOST_NAMED = 6


def grouping_name(name: str, names: Names) -> str:
    """What the services are grouped by; a declared column by its own name."""
    if name.startswith(AUDIT):
        column = name.removeprefix(AUDIT)
        own = names.settings.metadata_names.get(column)
        return names.t("equity.audit", name=own.get(names.t.language) if own else readable(column))
    return names.t.word("equity_grouping", name)


def declared(grouping: Grouping, names: Names) -> str:
    """What a declared column was said to mean; blank for other groupings."""
    return names.declared.get(grouping.name.removeprefix(AUDIT), "") if grouping.name.startswith(AUDIT) else ""


def group_name(group: str, grouping: Grouping, names: Names) -> str:
    """A group in words: a type's name, a band's ends, a degree; small groups merged and those not told."""
    t = names.t
    if group in (OTHERS, NOT_TOLD):
        return t("equity.others") if group == OTHERS else t("equity.not_told")
    if group in grouping.bands:
        ends = [_end(x, t) for x in grouping.bands[group]]
        band = ends[0] if ends[0] == ends[1] else "–".join(ends)
        return t("equity.users", band=band) if grouping.name == "size" else band
    match grouping.name:
        case "service_type":
            return names.service_type(group)
        case "sector":
            return t.word("sector", group)
        case "dependency":
            return t("equity.degree", n=group)
        case _:
            yes_no = {"True": t("word.yes"), "False": t("word.no")}
            return yes_no.get(group, group)


def way(told: str, measure: str) -> str:
    """The way a group differs as the page shows it: up is more, and on the list it is nearer the top."""
    return _OPPOSITE.get(told, told) if measure == PLACE else told


def said(told: str, measure: str, t: Translator) -> str:
    """What can be said of a group, as shape and word: ▲ høyere enn for alle."""
    return f"{MARKS[way(told, measure)]} {_word(told, measure, t)}"


def _word(told: str, measure: str, t: Translator) -> str:
    return t.word("equity_place" if measure == PLACE else "equity_told", way(told, measure))


def ordered(rows: pd.DataFrame, grouping: Grouping) -> pd.DataFrame:
    """Groups with an order of their own in it, others by value; merged, not told and hidden ones last."""
    last = rows["group"].isin((OTHERS, NOT_TOLD)) | (rows["told"] == "too_few")
    by = rows["group"] if grouping.ordered else -rows["value"]
    return rows.assign(_last=last, _by=by).sort_values(["_last", "_by", "group"]).drop(columns=["_last", "_by"])


def summary(rows: pd.DataFrame, measure: str, grouping: Grouping, names: Names) -> str:
    """Who stands out, in a sentence or three, and that the rest are not thereby alike."""
    t = names.t
    parts = []
    for told in ("higher", "lower"):
        found = rows.loc[rows["told"] == told, "group"]
        if len(found):
            listed = ", ".join(group_name(g, grouping, names) for g in found.head(MOST_NAMED))
            more = t("equity.and_more", n=t.number(len(found) - MOST_NAMED)) if len(found) > MOST_NAMED else ""
            word = _word(told, measure, t)
            parts.append(t("equity.stands_out", told=word[:1].upper() + word[1:], groups=listed + more))
    rest = int((rows["told"] == "not_shown").sum())
    if rest:
        parts.append(t.plural("equity.rest", rest))
    unsaid = int(rows["told"].isin(["few_clusters", "too_few"]).sum())
    if unsaid:
        parts.append(t.plural("equity.unsaid", unsaid))
    return " ".join(parts)


def picture(rows: pd.DataFrame, measure: str, grouping: Grouping, names: Names) -> pd.DataFrame:
    """label, value, low, high, told and a sentence per group that is shown; the bar is the difference laid at all."""
    t, shown = names.t, rows[rows["told"] != "too_few"]
    return pd.DataFrame(
        {
            "label": _each(lambda g: group_name(g, grouping, names), shown["group"]),
            "value": shown["value"],
            "low": shown["overall"] + shown["diff_low"],
            "high": shown["overall"] + shown["diff_high"],
            "told": _each(lambda told: way(told, measure), shown["told"]),
            "text": _each(
                lambda g, n, value, told: t(
                    "equity.row", group=group_name(g, grouping, names), n=t.number(n), value=t.percent(value, 1),
                    told=said(told, measure, t),
                ),
                shown["group"], shown["n"], shown["value"], shown["told"],
            ),
        }
    )  # fmt: skip


def table(rows: pd.DataFrame, measure: str, grouping: Grouping, names: Names) -> pd.DataFrame:
    """The same numbers: group, services, the group's own value with its interval, difference with its, what is said."""
    t = names.t
    return pd.DataFrame(
        {
            t("equity.group"): _each(lambda g: group_name(g, grouping, names), rows["group"]),
            t("overview.services"): _each(t.number, rows["n"]),
            t.word("equity_measure", measure): _each(
                lambda v, low, high: _percents(v, low, high, t), rows["value"], rows["low"], rows["high"]
            ),
            t("equity.difference"): _each(
                lambda d, low, high: _points(d, low, high, t), rows["difference"], rows["diff_low"], rows["diff_high"]
            ),
            t("equity.said"): _each(lambda told: said(told, measure, t), rows["told"]),
        }
    )


def pairs_table(pairs: pd.DataFrame, n: int, names: Names) -> pd.DataFrame:
    """Per office: pairs, and how many places farther up the list than its like elsewhere, on either basis."""
    t, places = names.t, pairs[pairs["measure"] == PLACE]
    columns = {}
    for basis, title in ((EVERYTHING, t("equity.pairs_everything")), (NO_HISTORY, t("equity.pairs_no_history"))):
        rows = places[places["basis"] == basis].set_index("group")
        columns[title] = pd.Series(
            _each(
                lambda k, d, low, high, told: said(told, PLACE, t) if told == "too_few" else t(
                    "equity.pair", told=said(told, PLACE, t), places=_places(d, low, high, n, t), n=t.number(k)
                ),
                rows["pairs"], rows["difference"], rows["low"], rows["high"], rows["told"],
            ), index=rows.index, dtype="str",
        )  # fmt: skip
    wide = pd.DataFrame(columns).sort_index().fillna(said("too_few", PLACE, t))
    return wide.rename_axis(t.word("equity_grouping", "office")).reset_index()


def pairs_summary(pairs: pd.DataFrame, names: Names) -> str:
    """How many offices differ on either basis; never that the others are alike."""
    t, places = names.t, pairs[pairs["measure"] == PLACE]
    parts = []
    for basis, title in ((EVERYTHING, t("equity.pairs_everything")), (NO_HISTORY, t("equity.pairs_no_history"))):
        rows = places[places["basis"] == basis]
        apart = int(rows["told"].isin(["higher", "lower"]).sum())
        judged = int(rows["told"].isin(["higher", "lower", "not_shown"]).sum())
        parts.append(
            t("equity.pairs_found", basis=title, apart=t.number(apart), of=t.number(judged))
            if judged
            else t("equity.pairs_unsaid", basis=title)
        )
    return " ".join(parts)


def voices_table(voices: pd.DataFrame, groups: pd.Series, grouping: Grouping, names: Names) -> pd.DataFrame:
    """Per group, in the order given, what each source moves of the score, with a mark where it differs from all."""
    t, wide = names.t, {}
    for source in GROUPS:
        rows = voices[voices["measure"] == source].set_index("group").reindex(groups)
        wide[t.word("group", source)] = _each(
            lambda v, low, high, share, told: _voice(v, low, high, share, told, t),
            rows["value"], rows["low"], rows["high"], rows["share"], rows["told"],
        )  # fmt: skip
    return pd.DataFrame({t("equity.group"): _each(lambda g: group_name(g, grouping, names), groups), **wide})


def voices_summary(voices: pd.DataFrame, names: Names) -> str:
    """Which source moves the list most, over all services."""
    t, overall = names.t, voices.groupby("measure")["overall"].first()
    if not overall.sum() > 0:
        return t("equity.voices_none")
    share = overall.max() / overall.sum()
    source = t.word("group", str(overall.idxmax()))
    return t("equity.voices_most", source=source[:1].lower() + source[1:], share=t.percent(share))


def _voice(value: float, low: float, high: float, share: float, told: str, t: Translator) -> str:
    if told == "too_few":
        return said(told, "", t)
    between = "" if pd.isna(low) else f" ({t.number(low, 2)}–{t.number(high, 2)})"
    mark = f" {MARKS[told]}" if told in ("higher", "lower") else ""
    return f"{t.percent(share)} · {t.number(value, 2)}{between}{mark}"


def _percents(value: float, low: float, high: float, t: Translator) -> str:
    if pd.isna(value):
        return t("equity.hidden")
    between = "" if pd.isna(low) else f" ({t.number(100 * low, 1)}–{t.number(100 * high, 1)})"
    return t.percent(value, 1) + between


def _points(value: float, low: float, high: float, t: Translator) -> str:
    if pd.isna(value):
        return t("equity.hidden")
    return _between(100 * value, 100 * low, 100 * high, 1, t)


def _places(share: float, low: float, high: float, n: int, t: Translator) -> str:
    """Places up the list (+) for a difference in rank / n."""
    return _between(-share * n, -high * n, -low * n, 0, t)


def _between(value: float, low: float, high: float, decimals: int, t: Translator) -> str:
    own, *ends = (t.number(x, decimals, sign=True) for x in (value, low, high))
    return own if pd.isna(low) else t("equity.between", value=own, low=ends[0], high=ends[1])


def _end(x: float, t: Translator) -> str:
    return t.number(x, 0 if float(x).is_integer() else 2)


def _each(write: Callable[..., str], *columns: pd.Series) -> list[str]:
    return [write(*values) for values in zip(*columns, strict=True)]
