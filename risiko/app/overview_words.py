"""The overview's tables in words: names that lead to their service, places, reasons and dates."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

import pandas as pd

from risiko.app import session
from risiko.app.display import plain
from risiko.i18n.families import FAMILIES
from risiko.reports.names import Names

UP, DOWN = "▲", "▼"


def link(service_id: str, name: str) -> str:
    """The service's name as a link to its own page, as the reader now sees it: language, date and weights."""
    params = urlencode(session.leading_to(service_id), doseq=True, quote_via=quote, safe="~,")
    return f"[{plain(name)}](tjeneste?{params})"


def listed(found: pd.Series, names: Names) -> str:
    """A few names in a sentence."""
    return ", ".join(plain(str(name)) for name in found)


def why(reason: str, names: Names) -> str:
    """What moved a service: a signal's name, or that it is the users, or that others moved."""
    return names.t.word("moved_by", reason) if reason in FAMILIES["moved_by"] else names.signal(reason)


def entered(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Services new above the line: place now and before, and what moved them."""
    t = names.t
    before = _each(lambda r: t("overview.not_ranked") if pd.isna(r) else t.number(r), rows["rank_before"])
    reason = _each(lambda w: t("data.missing") if pd.isna(w) else plain(why(w, names)), rows["why"])
    return _who(rows.assign(rank=rows["rank_after"]), names).assign(
        **{t("overview.before"): before, t("overview.why"): reason}
    )


def moved(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The largest moves: from, to, how many places with a shape, and what moved them."""
    t = names.t
    return pd.DataFrame(
        {
            t("column.service"): _links(rows),
            t("overview.before"): _each(t.number, rows["rank_before"]),
            t("overview.now"): _each(t.number, rows["rank_after"]),
            t("overview.places"): _each(lambda p: f"{_shape(p)} {t.number(abs(p))}", rows["places"]),
            t("overview.why"): _each(lambda w: plain(why(w, names)), rows["why"]),
        }
    )


def moves_frame(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """label, before, after, direction and a sentence per mover, for the picture."""
    t = names.t
    return pd.DataFrame(
        {
            "label": rows["name"],
            "before": rows["rank_before"],
            "after": rows["rank_after"],
            "direction": ["up" if p > 0 else "down" for p in rows["places"]],
            "mark": _each(
                lambda p, w: f"{_shape(p)} {t.number(abs(p))} – {why(w, names)}", rows["places"], rows["why"]
            ),
            "text": _each(
                lambda name, a, b, w: t(
                    "overview.move", name=name, before=t.number(a), after=t.number(b), why=why(w, names)
                ),
                rows["name"], rows["rank_before"], rows["rank_after"], rows["why"],
            ),
        }
    )  # fmt: skip


def moves_takeaway(rows: pd.DataFrame, names: Names) -> str:
    """The largest move in a sentence, for those who cannot see the picture."""
    return str(moves_frame(rows.head(1), names)["text"].iloc[0])


def surging(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Services with a surge: when it was seen, how many complaints in the last year and how many as usual."""
    t = names.t
    return _who(rows, names).assign(
        **{
            t("overview.alarm"): _each(t.month, rows["alarm"]),
            t("overview.complaints"): _each(t.number, rows["n"]),
            t("overview.as_usual"): _each(lambda x: t.number(x, 1), rows["expected"]),
        }
    )


def silent(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Quiet services with dependent users: how many complaints one would expect, how many there are."""
    t = names.t
    return _who(rows, names).assign(
        **{
            t("overview.expected"): _each(lambda x: t.number(x, 1), rows["expected_voice"]),
            t("overview.heard"): _each(t.number, rows["heard"]),
        }
    )


def unvisited(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Services never supervised: place, name, type, years in operation."""
    t = names.t
    return _who(rows, names).assign(**{t("overview.years"): _each(lambda x: t.number(x, 1), rows["years"])})


def by_county(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Per county: services, how many above the line, the share, never supervised."""
    t = names.t
    return pd.DataFrame(
        {
            t("column.county"): [c or t("data.missing") for c in rows["county"]],
            t("overview.services"): _each(t.number, rows["n"]),
            t("overview.above"): _each(t.number, rows["above"]),
            t("overview.counties_share"): _each(lambda s: t.percent(s, 1), rows["share"]),
            t("overview.never"): _each(t.number, rows["never"]),
        }
    )


def tiles(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """county, share, label and a sentence per county, for the tile map."""
    t = names.t
    text = _each(
        lambda c, n, above, share: t(
            "overview.county_row", county=c, n=t.number(n), above=t.number(above), share=t.percent(share, 1)
        ),
        rows["county"], rows["n"], rows["above"], rows["share"],
    )  # fmt: skip
    return rows[["county", "share"]].assign(label=_each(t.number, rows["above"]), text=text)


def counties_takeaway(rows: pd.DataFrame, names: Names) -> str:
    """Where most and the largest share of the services above the line are."""
    most, densest = rows.iloc[0], rows.sort_values("share", ascending=False, kind="stable").iloc[0]
    t = names.t
    return t(
        "overview.counties_alt", county=most["county"], above=t.number(most["above"]),
        densest=densest["county"], share=t.percent(densest["share"], 1),
    )  # fmt: skip


def sources(rows: pd.DataFrame, names: Names, *, judged: bool = True) -> pd.DataFrame:
    """Per source: rows, newest event, newest known, and its age; judged: whether the source has gone stale.

    The limits are for a source as a whole: that nobody has visited one service for three years is no fault of one.
    """
    t = names.t
    months = pd.Series(_each(t.number, rows["months"]))
    if judged:
        state, title = (
            _each(
                lambda stale, n: t("sources.stale", months=n) if stale else t("sources.fresh", months=n),
                rows["stale"], months,
            ),
            t("sources.state"),
        )  # fmt: skip
    else:
        state, title = _each(lambda n: t("sources.months_ago", months=n), months), t("sources.age")
    return pd.DataFrame(
        {
            t("sources.source"): _each(names.source, rows["table"], rows["source"]),
            t("sources.rows"): _each(t.number, rows["n"]),
            t("sources.newest_event"): _each(t.date, rows["newest_event"]),
            t("sources.newest_known"): _each(t.date, rows["newest_known"]),
            title: state,
        }
    )


def _who(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    t = names.t
    return pd.DataFrame(
        {
            t("column.rank"): _each(t.number, rows["rank"]),
            t("column.service"): _links(rows),
            t("column.type"): _types(rows, names),
            t("column.county"): _county(rows, names),
        }
    )


def _links(rows: pd.DataFrame) -> list[str]:
    return _each(link, rows["service_id"], rows["name"])


def _types(rows: pd.DataFrame, names: Names) -> list[str]:
    return [plain(names.service_type(slug)) for slug in rows["service_type"]]


def _county(rows: pd.DataFrame, names: Names) -> list[str]:
    return [plain(str(c)) for c in rows["county"].fillna(names.t("data.missing"))]


def _shape(places: float) -> str:
    return UP if places > 0 else DOWN


def _each(write: Callable[..., str], *columns: pd.Series) -> list[str]:
    return [write(*values) for values in zip(*columns, strict=True)]
