"""Labelled comments to learn from: the shipped starter set, or an authority's own table with its faulty rows listed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from risiko.errors import InputError
from risiko.masking import mask
from risiko.narratives.language import CODES, language_of
from risiko.vocabulary import DIMENSIONS

COLUMNS = ("text", "language", "dimension", "criticality", "statement")
WORST, BEST = -5, 5  # the scale of pxtextmining: −5 very critical, 0 neither, 5 very pleased
CRITICAL = -2  # at or below this a comment is critical (METHODS 9)
FEWEST, FEWEST_OF_A_KIND = 60, 15

REASONS = {
    "no_text": "the row has no text",
    "unknown_dimension": f"not one of {', '.join(DIMENSIONS)}, nor blank",
    "bad_criticality": f"not a whole number from {WORST} to {BEST}",
    "unknown_language": f"not one of {', '.join(CODES)}, nor blank",
    "contradiction": "the same text is labelled otherwise in an earlier row",
}


@dataclass(frozen=True)
class Labelled:
    """good: text (masked), language, dimension (missing: none), criticality (Int64), statement (group of paraphrases).

    faults: row (as a spreadsheet counts, the header is row 1), column, value, reason, message.
    """

    good: pd.DataFrame
    faults: pd.DataFrame


def starter() -> pd.DataFrame:
    """The starter set, in the form of Labelled.good: written for the purpose, one statement in three languages."""
    return check_labels(pd.read_csv(Path(__file__).with_name("starter.csv"), dtype="str")).good


def read_labels(path: Path) -> Labelled:
    """An authority's labelled table from a CSV or Excel file. Raises InputError where it cannot be used."""
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            table = pd.read_excel(path, dtype="str")
        else:
            table = pd.read_csv(path, dtype="str", sep=None, engine="python", encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("The labelled table does not exist.", where=str(path), hint="check the path") from None
    except (OSError, ValueError) as fault:
        hint = "save it as UTF-8 CSV or as .xlsx with one header row"
        raise InputError(f"The labelled table cannot be read: {fault}.", where=str(path), hint=hint) from None
    return check_labels(table, where=str(path))


def check_labels(table: pd.DataFrame, *, where: str = "the labelled table") -> Labelled:
    """Good rows kept and masked, bad rows listed with their reason.

    Needs the columns text and criticality (whole, −5 worst to 5 best); dimension, language and statement may be absent
    or blank. statement tells which rows say the same thing, so that none is used to test what another taught. A text
    that stands twice with the same labels is taken once. Raises InputError for a missing column or too few good rows.
    """
    absent = [name for name in ("text", "criticality") if name not in table]
    if absent:
        hint = f"the header must name text and criticality; {', '.join(COLUMNS[1:])} may follow"
        raise InputError(f"The labelled table lacks the column {absent[0]}.", where=where, hint=hint)
    raw = table.reindex(columns=list(COLUMNS)).reset_index(drop=True).astype("str")
    raw = raw.apply(lambda cells: cells.str.strip()).replace("", pd.NA)
    number = pd.to_numeric(raw["criticality"].str.replace("−", "-"), errors="coerce")
    label = raw["dimension"].fillna("") + number.astype("str")
    said = pd.DataFrame({"text": raw["text"].str.casefold(), "label": label})
    again = said["text"].duplicated() & raw["text"].notna()
    first = said.drop_duplicates("text").set_index("text")["label"]
    wrong = {
        ("text", "no_text"): raw["text"].isna(),
        ("dimension", "unknown_dimension"): raw["dimension"].notna() & ~raw["dimension"].isin(DIMENSIONS),
        ("criticality", "bad_criticality"): ~number.between(WORST, BEST) | (number % 1 != 0),
        ("language", "unknown_language"): raw["language"].notna() & ~raw["language"].isin(CODES),
        ("text", "contradiction"): again & (said["text"].map(first) != said["label"]),
    }
    faults = pd.concat([_told(raw[column], bad, reason) for (column, reason), bad in wrong.items()])
    good = raw.assign(criticality=number)[~raw.index.isin(faults["row"] - 2) & ~again]
    text = mask(good["text"])
    good = good.assign(
        text=text,
        criticality=good["criticality"].astype("Int64"),
        language=good["language"].fillna(language_of(text)),
        statement=good["statement"].fillna(pd.Series(good.index, index=good.index).map("row {}".format)),
    ).reset_index(drop=True)
    _enough(good, len(faults), where)
    return Labelled(good, faults.sort_values(["row", "column"], ignore_index=True))


def _told(cells: pd.Series, bad: pd.Series, reason: str) -> pd.DataFrame:
    shown = mask(cells[bad].fillna("")).str.slice(0, 200)
    return pd.DataFrame({
        "row": shown.index + 2, "column": cells.name, "value": shown, "reason": reason, "message": REASONS[reason],
    })  # fmt: skip


def _enough(good: pd.DataFrame, n_faulty: int, where: str) -> None:
    critical = int((good["criticality"] <= CRITICAL).sum())
    if len(good) >= FEWEST and min(critical, len(good) - critical) >= FEWEST_OF_A_KIND:
        return
    raise InputError(
        f"Too few labelled comments to learn from: {len(good)} good rows, {critical} of them critical "
        f"({CRITICAL} or below), and {n_faulty} faults.",
        where=where,
        hint=f"label at least {FEWEST}, {FEWEST_OF_A_KIND} of them critical and {FEWEST_OF_A_KIND} not; "
        "some hundreds are better",
    )
