"""The tables of Modell og data below the score itself: checks, signals, settings, imports, rejects, left out."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from risiko.evaluate.checks import told
from risiko.i18n.families import FAMILIES
from risiko.i18n.translator import readable
from risiko.pipeline import ModelPage
from risiko.reports.names import Names
from risiko.vocabulary import GROUPS

STATES = {"fails": "▲", "ok": "●", "not_applicable": "–"}


def checks(results: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The numbered checks: state with a shape, severity, and what was found; what fails first."""
    t = names.t
    order = {"fails": 0, "ok": 1, "not_applicable": 2}
    rows = results.sort_values("state", key=lambda s: s.map(order), kind="stable")
    return pd.DataFrame({
        t("model.check"): [f"{code} {t.word('check', code)}" for code in rows["code"]],
        t("model.check_state"): [f"{STATES[s]} {t.word('check_state', s)}" for s in rows["state"]],
        t("model.check_severity"): [t.word("check_severity", s) for s in rows["severity"]],
        t("model.check_found"): [
            told(t, code, values, reason, lambda name: called(name, names))
            for code, values, reason in zip(rows["code"], rows["values"], rows["reason"], strict=True)
        ],
    })  # fmt: skip


def called(name: str, names: Names) -> str:
    """A signal (or a part of one), a measure of equal treatment or a sector as on the pages; else as it stands."""
    t, signal = names.t, name.partition("|")[0]
    if name in FAMILIES["equity_measure"]:
        return t.word("equity_measure", name).lower()
    if name in FAMILIES["sector"]:
        return t.word("sector", name)
    said = names.signal(signal)
    return said if said != readable(signal) else name


def explained(results: pd.DataFrame, names: Names) -> str:
    """What each check means, and what to do if it fails, as a list in Markdown."""
    t = names.t
    lines = [
        f"- **{code} {t.word('check', code)}.** {t.word('check_help', code)} "
        f"*{t('model.check_do')}* {t.word('check_do', code)}"
        for code in results["code"]
    ]  # fmt: skip
    return "\n".join(lines)


def signals(found: ModelPage, missing: pd.Series | None, search: str, names: Names) -> dict[str, pd.DataFrame]:
    """Group -> its signals that fit the search: name, meaning, direction, unit, dimensions, sources, missing for."""
    table = _signals(found.catalogue, missing, names)
    hit = fits(table, search)
    by = {g: table[hit & (found.catalogue["group"] == g)] for g in GROUPS}
    return {g: rows for g, rows in by.items() if len(rows)}


def _signals(rows: pd.DataFrame, missing: pd.Series | None, names: Names) -> pd.DataFrame:
    t = names.t
    table = pd.DataFrame({
        t("model.signal"): [names.signal(name) for name in rows["signal"]],
        t("model.means"): [names.signal_sentence(name) for name in rows["signal"]],
        t("model.direction"): [t.word("direction", d) for d in rows["direction"]],
        t("model.unit"): [names.unit(unit) for unit in rows["unit"]],
        t("model.dimensions"): [
            ", ".join(t.word("dimension", d) for d in told_of) or t("model.whole") for told_of in rows["dimensions"]
        ],
        t("model.sources"): [", ".join(t.word("table", name) for name in read) for read in rows["tables"]],
    })  # fmt: skip
    if missing is None:
        return table
    return table.assign(**{t("model.missing"): [t.percent(missing.get(name)) for name in rows["signal"]]})


def fits(table: pd.DataFrame, search: str) -> pd.Series:
    """Which rows hold every word of the search in some cell; all for a blank one."""
    said = pd.Series([" ".join(map(str, row)).casefold() for row in table.itertuples(index=False)], index=table.index)
    hit = pd.Series(True, index=table.index)
    for word in search.casefold().split():
        hit &= said.str.contains(word, regex=False)
    return hit


def settings(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Key, value, whether it is the shipped one, and why it has its value (in English)."""
    t = names.t
    return pd.DataFrame({
        t("model.key"): rows["key"],
        t("model.value"): rows["value"],
        t("model.state"): [t("model.changed") if d else t("model.as_shipped") for d in rows["differs"]],
        t("model.why"): rows["why"],
    })  # fmt: skip


def own_settings(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Only those that differ from the shipped ones: key, value, the shipped value, and why that has its value."""
    t, own = names.t, rows[rows["differs"]]
    return pd.DataFrame({
        t("model.key"): own["key"], t("model.value"): own["value"], t("model.shipped"): own["shipped"].replace("", "–"),
        t("model.why"): own["why"],
    })  # fmt: skip


def imports(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Every part that was imported, newest first: when, file, table, rows, and whether it still counts."""
    t = names.t
    return pd.DataFrame({
        t("model.when"): _each(t.date, rows["imported_at"]),
        t("model.file"): rows["file"],
        t("model.table"): _each(lambda name: t.word("table", name), rows["table"]),
        t("model.read"): _each(t.number, rows["n_read"]),
        t("model.good"): _each(t.number, rows["n_good"]),
        t("model.rejected"): _each(t.number, rows["n_rejected"]),
        t("model.warned"): _each(t.number, rows["n_warnings"]),
        t("model.state"): [t("model.counts") if pd.isna(part) else t("model.replaced") for part in rows["replaced_by"]],
    })  # fmt: skip


def reasons(rejects: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Why rows were rejected or warned of, most frequent first, with the first message of each (in English)."""
    t = names.t
    by = rejects.groupby(["reason", "severity"], sort=False).agg(n=("reason", "size"), message=("message", "first"))
    rows = by.sort_values("n", ascending=False, kind="stable").reset_index()
    return pd.DataFrame({
        t("model.reason"): rows["message"],
        t("model.lines"): _each(t.number, rows["n"]),
        t("model.effect_row"): _severity(rows, names),
    })  # fmt: skip


def lines(rejects: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The rejects one by one: file, row, column, value, why (in English), and what became of the row."""
    t = names.t
    return pd.DataFrame({
        t("model.file"): rejects["file"],
        t("model.row"): ["–" if pd.isna(row) else str(row) for row in rejects["row"]],
        t("model.column"): rejects["column"].fillna("–"),
        t("model.value"): rejects["value"].fillna(""),
        t("model.reason"): rejects["message"],
        t("model.effect_row"): _severity(rejects, names),
    })  # fmt: skip


def rejects_csv(rejects: pd.DataFrame, names: Names) -> bytes:
    """All of them for a spreadsheet: semicolons, UTF-8 with BOM; no cell can become a formula there."""
    cells = lines(rejects, names).astype("str")
    safe = cells.map(lambda cell: f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell)
    text: str = safe.to_csv(index=False, sep=";", lineterminator="\r\n")
    return text.encode("utf-8-sig")


def left_out(rows: pd.Series, names: Names) -> pd.DataFrame:
    """Services that are not scored, by reason."""
    t, some = names.t, rows[rows > 0]
    return pd.DataFrame({
        t("model.reason"): [t.word("left_out", str(reason)) for reason in some.index],
        t("model.n_services"): _each(t.number, some),
    })  # fmt: skip


def _severity(rows: pd.DataFrame, names: Names) -> list[str]:
    t = names.t
    return [t("model.kept") if s == "warning" else t("model.dropped") for s in rows["severity"]]


def _each(write: Callable[..., str], column: pd.Series) -> list[str]:
    return [write(value) for value in column]
