"""Ten years as files: what each year and run gave as CSV, and one page with pictures and a table."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.charts.ten_years import measured_panels, yearly_lines
from risiko.errors import InputError
from risiko.evaluate.ten_years import over_seeds
from risiko.i18n import Translator
from risiko.reports.card_format import Bullets, Section, Table, as_html

PAGE = "ten-years.html"


class Shown(NamedTuple):
    """How a measure is written: as per cent, percentage points or a number, and where a rule stands for nothing."""

    form: str
    decimals: int
    line: float = np.nan


SHOWN = {
    "hit_rate": Shown("percent", 1), "per_100_days": Shown("number", 2), "harm_found": Shown("number", 1),
    "naive_bias": Shown("points", 1, 0.0), "corrected_rmse": Shown("points", 1, 0.0), "inside": Shown("percent", 0),
    "silent_seen": Shown("percent", 0), "silent_found": Shown("number", 1), "never": Shown("percent", 0),
    "auc": Shown("number", 3), "drawn_share": Shown("percent", 0),
}  # fmt: skip


def policy_name(policy: str, t: Translator) -> str:
    """The name of a policy in the reader's language; the share of a draw stands behind it."""
    kind, _, share = policy.partition(" ")
    word = t.word("ten_policy", kind)
    return f"{word} {t.percent(float(share.rstrip('%')) / 100)}" if share else word


def summary(runs: pd.DataFrame, t: Translator) -> pd.DataFrame:
    """Policy, measure, mean, low, high and how they are written (text), for the measures that are shown.

    runs: as evaluate.ten_years.over_seeds reads them.
    """
    found = over_seeds(runs)
    every = pd.MultiIndex.from_product([list(SHOWN), list(dict.fromkeys(runs["policy"]))], names=["measure", "policy"])
    found = found.set_index(["measure", "policy"])[["mean", "low", "high"]].reindex(every).reset_index()
    return found.assign(text=[_text(row, t) for row in found.to_dict("records")])


def write_ten_years(
    years: pd.DataFrame, runs: pd.DataFrame, facts: dict[str, str], folder: Path, t: Translator
) -> list[Path]:
    """Write years.csv, runs.csv, measures.svg, years.svg and the page to the folder, which is made.

    years: policy, seed, year and the year's numbers. runs: policy, seed and MEASURES. facts: what was simulated, for
    the page. Raises InputError where the folder cannot be written.
    """
    found = summary(runs, t)
    named = found.assign(policy=found["policy"].map(lambda name: policy_name(name, t)))
    panels = named.assign(
        panel=[t.word("ten_measure", m) for m in named["measure"]],
        line=[SHOWN[m].line for m in named["measure"]],
    )  # fmt: skip
    title = t.plural("ten.title", int(years["year"].nunique()))
    pictures = {
        "measures.svg": measured_panels(panels, title=title),
        "years.svg": yearly_lines(_seen_by_year(years, t), title=t("ten.seen_by_year"), written=t.percent),
    }
    simulated = Table(t("ten.facts"), [t("ten.fact"), t("ten.value")], list(facts.items()))
    sections = [
        Section(t("ten.what"), [t("ten.lead"), simulated]),
        Section(t("ten.result"), [_table(named, t), Bullets([t("ten.interval"), t("ten.invented")])]),
    ]
    captions = (title, t("ten.seen_by_year"))
    figures = "".join(
        f"<figure>{svg}<figcaption>{caption}</figcaption></figure>\n"
        for svg, caption in zip(pictures.values(), captions, strict=True)
    )
    page = as_html(title, sections, t.language).replace("</main>", f"{figures}</main>")
    texts = {**pictures, PAGE: page, "years.csv": years.to_csv(index=False), "runs.csv": runs.to_csv(index=False)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"The folder cannot be written: {error.strerror}."
        raise InputError(what, where=str(folder), hint="choose another --out") from error
    return [folder / name for name in texts]


def _seen_by_year(years: pd.DataFrame, t: Translator) -> pd.DataFrame:
    """Of this year's silent and poor the share ever visited, over all seeds."""
    total = years.groupby(["policy", "year"], sort=False)[["silent_seen", "silent"]].sum().reset_index()
    value = total["silent_seen"] / total["silent"].where(total["silent"] > 0)
    return total.assign(value=value, policy=total["policy"].map(lambda name: policy_name(name, t)))


def _table(named: pd.DataFrame, t: Translator) -> Table:
    policies = list(dict.fromkeys(named["policy"]))
    rows = [
        [t.word("ten_measure", measure), *own["text"].tolist()] for measure, own in named.groupby("measure", sort=False)
    ]
    return Table(t("ten.table"), [t("ten.measure"), *policies], rows)


def _text(row: dict[str, float | str], t: Translator) -> str:
    shown = SHOWN[str(row["measure"])]

    def written(value: float | str) -> str:
        if shown.form == "percent":  # a share is neither below nothing nor above all
            return t.percent(min(max(float(value), 0.0), 1.0), shown.decimals)
        return t.number(100 * float(value) if shown.form == "points" else value, shown.decimals)

    if not np.isfinite(float(row["mean"])):
        return t("ten.none")
    if not np.isfinite(float(row["low"])):
        return written(row["mean"])
    return f"{written(row['mean'])} ({written(row['low'])} – {written(row['high'])})"
