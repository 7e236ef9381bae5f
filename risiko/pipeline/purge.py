"""Texts past their time: which they are, and taking them away while scores, numbers and the log stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from risiko.access import Person, require
from risiko.contracts import CONTRACTS
from risiko.organisations import one_name
from risiko.pipeline.runs import Authority
from risiko.store.erasing import Erasure

# table -> its columns that hold what people wrote or said
TEXTS = {
    "submissions": ("asked_by", "reached_how", "wants_back"),
    "experiences": ("text",),
    "quotes": ("text",),
}  # fmt: skip
# What tells the age of a row that no submission stands behind.
_DATED = {"experiences": "event_date", "quotes": "known_date"}


@dataclass(frozen=True)
class Due:
    """What is past its time. counts: table, organisation (missing: the authority itself, or not known) and n, the rows
    (experiences, quotes, submissions) or drafts that would lose a text; a row that was corrected counts once.

    erasures, drafts: the same for the store.
    """

    counts: pd.DataFrame
    erasures: tuple[Erasure, ...]
    drafts: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether no text is past its time."""
        return not len(self.counts)


@dataclass(frozen=True)
class Purged:
    """How many rows lost a text, by table (rejects and drafts among them, replaced versions counted); {}: none did."""

    rows: dict[str, int]


def what_is_due(authority: Authority, today: date) -> Due:
    """What `purge` would take away today.

    Of a submission and all that came with it: what is kept until a day before today, as its newest version says. Of an
    experience without a submission: what happened more than settings.voices.keep_months ago. Of a quote without one,
    and of a draft: what has been here for longer than that. A row that has no text any more is not due.
    """
    store, months = authority.store, authority.settings.voices.keep_months
    rows = {name: _by_version(authority, name) for name in TEXTS}
    collected = _newest(rows["submissions"], "submission_id")
    past = pd.Series(collected["keep_until"] < pd.Timestamp(today), index=collected.index)
    parts = _old_parts(authority, today)
    erasures, counts = [], []
    for name, columns in TEXTS.items():
        key = CONTRACTS[name].id_columns[0]
        newest = _newest(rows[name], key)
        of = newest.index.to_series() if name == "submissions" else _submission(newest.index)
        gone = of.map(past).astype("boolean")
        if name in _DATED:
            gone = gone.fillna(_past(newest[_DATED[name]], today, months))
        due = frozenset(newest.index[gone.fillna(False).to_numpy(dtype=bool)])
        own = rows[name][rows[name][key].isin(due)]
        erasures.append(Erasure(name, due, columns, frozenset(own["part_id"]) | parts.get(name, frozenset())))
        wordy = own.loc[own[list(columns)].notna().any(axis=1), key].unique()
        whose = of.map(collected["organisation"]) if name == "quotes" else newest["organisation"]
        counts.append(_counted(name, whose.reindex(wordy), authority))
    held = store.drafts()
    drafts = held[_past(held["saved_at"], today, months).to_numpy(dtype=bool)]
    counts.append(_counted("drafts", pd.Series(pd.NA, index=drafts.index, dtype="str"), authority))
    return Due(pd.concat(counts, ignore_index=True), tuple(erasures), tuple(drafts["draft_id"]))


def purge(authority: Authority, who: Person, *, today: date, now: datetime) -> Purged:
    """Take away every text that is past its time, in every version of its row, all at once or not at all.

    An entry of kind "purge" tells of it by numbers. Where nothing is due nothing is written. The values of rejects of
    the same imports go too, where they could hold such a text, and those of imports that are older than texts are kept.
    Raises NotAllowed without the action purge; StoreError where others read the store so long that the erased bytes
    cannot leave its files now (the texts are gone from every reading; run it again).
    """
    require(who, "purge")
    due = what_is_due(authority, today)
    return Purged(authority.store.erase(due.erasures, due.drafts, f"{today}", now, who.name))


def _by_version(authority: Authority, name: str) -> pd.DataFrame:
    """Every row ever committed, the version that holds now behind those that it took the place of."""
    imports = authority.store.imports()
    active = set(imports.loc[imports["replaced_by"].isna(), "part_id"])
    rows = authority.store.history(name)
    order = ["_active", "known_date", "part_id"]
    sorted_rows = rows.assign(_active=rows["part_id"].isin(active)).sort_values(order, kind="stable", ignore_index=True)
    return sorted_rows.drop(columns="_active")


def _newest(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    return rows.drop_duplicates(key, keep="last").set_index(key)


def _submission(ids: pd.Index) -> pd.Series:
    """The submission that an id would belong to: what stands before its last hyphen."""
    return ids.to_series().str.rpartition("-")[0] if len(ids) else ids.to_series()


def _past(days: pd.Series, today: date, months: int) -> pd.Series:
    kept: pd.Series = days + pd.DateOffset(months=months)
    return kept < pd.Timestamp(today)


def _old_parts(authority: Authority, today: date) -> dict[str, frozenset[int]]:
    """table -> its imports from longer ago than texts are kept: their rejects have no day of their own."""
    imports = authority.store.imports()
    old = imports[_past(imports["imported_at"], today, authority.settings.voices.keep_months)]
    return {str(name): frozenset(rows["part_id"]) for name, rows in old.groupby("table")}


def _counted(name: str, whose: pd.Series, authority: Authority) -> pd.DataFrame:
    called = one_name(whose.astype("str"), authority.settings.organisations).astype("str")
    n = called.groupby(called.to_numpy(), dropna=False).size()
    return pd.DataFrame({"table": name, "organisation": n.index.astype("str"), "n": n.to_numpy(dtype="int64")}).astype(
        {"table": "str"}
    )
