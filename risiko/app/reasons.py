"""One service's contributions as steps for the picture and as rows for the table: the same numbers twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from risiko.app.display import amount
from risiko.pipeline import Detail
from risiko.reports.names import Names
from risiko.scoring.table import WHOLE

NOTHING_MUCH = 0.005  # log-odds: it would be written as 0.00


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
            t("reasons.n"): _n(row, names) if row.unit else blank,
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
    if few_people(row.signal, row.n, names):
        return names.t("back.hidden")
    return amount(row.value, row.unit, names) if row.unit else ""


def _n(row: Any, names: Names) -> str:
    t, few = names.t, names.settings.voices.few
    return t("ledger.few", few=t.number(few)) if few_people(row.signal, row.n, names) else t.number(row.n)


def few_people(signal: str, n: float, names: Names) -> bool:
    """Whether a reading of experience rests on so few people that their number and mean are not shown."""
    return signal.startswith("experience_") and 0 < n < names.settings.voices.few


def _estimate(row: Any, names: Names) -> str:
    """The estimate and its spread; a certain one, such as a yes or a no, has none to show."""
    if pd.notna(row.missing) or pd.isna(row.estimate) or few_people(row.signal, row.n, names):
        return ""
    said = amount(row.estimate, row.unit, names)
    return said if row.unit == "yes_no" or not row.sd > 0 else f"{said} ± {amount(row.sd, row.unit, names)}"


def by_group(detail: Detail, names: Names) -> pd.DataFrame:
    """What each group of signals adds, and from where to where it moves the likelihood; all as text."""
    said = [names.t.word("group", g) for g in detail.groups.index]
    return _lifts(said, detail.groups, names.t("service.group"), detail, names)


def by_dimension(detail: Detail, names: Names) -> pd.DataFrame:
    """The same by dimension of good services that something is added for; what speaks of no single one comes last.

    Empty where the signals that count all speak of the service as a whole.
    """
    t, added = names.t, detail.dimensions[(detail.dimensions != 0) | (detail.dimensions.index == WHOLE)]
    added = added if len(added) > 1 else added.head(0)
    said = [t("voices.whole") if d == WHOLE else t.word("dimension", d) for d in added.index]
    return _lifts(said, added, t("voices.dimension"), detail, names)


def _lifts(labels: list[str], added: pd.Series, heading: str, detail: Detail, names: Names) -> pd.DataFrame:
    t = names.t
    whole = t.percent(_share(detail.log_odds), 1)
    without = [t.percent(_share(detail.log_odds - x), 1) for x in added]
    moves = [
        t("reasons.no_move") if abs(x) < NOTHING_MUCH else t("reasons.moves", without=w, whole=whole)
        for x, w in zip(added, without, strict=True)
    ]
    return pd.DataFrame({
        heading: labels, t("reasons.contribution"): [t.number(x, 2, sign=True) for x in added],
        t("reasons.likelihood_moves"): moves,
    })  # fmt: skip


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


def _share(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
