"""One service's contributions as steps for the picture and as rows for the table: the same numbers twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from risiko.app.display import amount
from risiko.pipeline import Detail
from risiko.reports.names import Names

MOST_STEPS = 12  # a learned score may have fifty; the smallest go together
RAISES, LOWERS, NOTHING, TOTAL = "raises", "lowers", "nothing", "total"


def steps(detail: Detail, names: Names) -> pd.DataFrame:
    """Steps from the base to the service's own likelihood, on the log-odds scale where they add up.

    label, start, end, effect (raises, lowers, nothing, total) and text (what stands beside the bar), in the order
    they are drawn; the totals, first and last, are points.
    """
    t, parts = names.t, scored(detail)
    parts, rest = parts.head(MOST_STEPS), parts.iloc[MOST_STEPS:]
    labels, gone = [names.signal(s) for s in parts["signal"]], parts["missing"].tolist()
    added = parts["contribution"].to_numpy(dtype=float)
    if len(rest):
        labels, gone = [*labels, t.plural("reasons.rest", len(rest))], [*gone, None]
        added = np.append(added, rest["contribution"].sum())
    ends = detail.base + np.cumsum(added)
    rows = pd.DataFrame(
        {
            "label": labels,
            "start": np.concatenate([[detail.base], ends[:-1]]),
            "end": ends,
            "effect": [_effect(x) for x in added],
            "text": [
                t("data.missing") if pd.notna(why) and not x else _marked(x, names)
                for x, why in zip(added, gone, strict=True)
            ],
        }
    )
    total = float(ends[-1]) if len(ends) else detail.base
    first, last = (
        {"label": t(key), "start": x, "end": x, "effect": TOTAL, "text": t.percent(_share(x), 1)}
        for key, x in (("reasons.base", detail.base), ("reasons.total", total))
    )
    return pd.concat([pd.DataFrame([first]), rows, pd.DataFrame([last])], ignore_index=True)


def table(detail: Detail, names: Names) -> pd.DataFrame:
    """The numbers behind the picture, one row per signal, from the base to the sum; all as text."""
    t, parts = names.t, scored(detail)
    blank, total = "", detail.base + float(parts["contribution"].sum())
    weighted = bool(parts["weight"].notna().any())
    rows = [
        {
            t("reasons.signal"): names.signal(row.signal),
            t("reasons.value"): _value(row, detail, names),
            t("reasons.expected"): amount(row.expected, row.unit, names) if row.unit else blank,
            t("reasons.estimate"): _estimate(row, names),
            t("reasons.unit"): names.unit(row.unit) if row.unit else blank,
            t("reasons.n"): t.number(row.n) if row.unit else blank,
            **({t("reasons.weight"): t.number(row.weight, 2)} if weighted else {}),
            t("reasons.contribution"): t.number(row.contribution, 2, sign=True),
        }
        for row in parts.itertuples(index=False)
    ]
    frame = pd.DataFrame(rows)
    first, last = frame.columns[0], frame.columns[-1]
    base = {first: t("reasons.base"), last: t.number(detail.base, 2)}
    end = {first: t("reasons.sum", likelihood=t.percent(_share(total), 1)), last: t.number(total, 2)}
    return pd.concat([pd.DataFrame([base]), frame, pd.DataFrame([end])], ignore_index=True)[frame.columns].fillna(blank)


def _value(row: Any, detail: Detail, names: Names) -> str:
    """The reading; the type of service by its name; why there is none."""
    if row.signal == "service_type":
        return names.service_type(str(detail.service["service_type"]))
    if pd.notna(row.missing):
        return names.t.word("missing", row.missing)
    return amount(row.value, row.unit, names) if row.unit else ""


def _estimate(row: Any, names: Names) -> str:
    """The estimate and its spread; a certain one, such as a yes or a no, has none to show."""
    if pd.notna(row.missing) or pd.isna(row.estimate):
        return ""
    said = amount(row.estimate, row.unit, names)
    return said if row.unit == "yes_no" or not row.sd > 0 else f"{said} ± {amount(row.sd, row.unit, names)}"


def scored(detail: Detail) -> pd.DataFrame:
    """The signals that count in the score; the others are shown beside similar services only."""
    return detail.contributions[detail.contributions["counts"].to_numpy(dtype=bool)]


def takeaway(detail: Detail, names: Names) -> str:
    """What the picture shows, in a sentence for those who cannot see it."""
    t, parts = names.t, detail.contributions
    raising = parts[parts["contribution"] > 0].sort_values("contribution", ascending=False)["signal"].head(2)
    likelihood = t.percent(detail.place["likelihood"], 1)
    if raising.empty:
        return t("reasons.alt_none", base=t.percent(_share(detail.base)), likelihood=likelihood)
    most = t("list.and").join(names.signal(s) for s in raising)
    return t("reasons.alt", base=t.percent(_share(detail.base)), likelihood=likelihood, most=most)


def _effect(x: float) -> str:
    return RAISES if x > 0 else LOWERS if x < 0 else NOTHING


def _marked(x: float, names: Names) -> str:
    """The contribution with a shape, so that colour is not alone: ▲ +0,42."""
    shape = {RAISES: "▲ ", LOWERS: "▼ ", NOTHING: ""}[_effect(x)]
    return shape + names.t.number(x, 2, sign=True)


def _share(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
