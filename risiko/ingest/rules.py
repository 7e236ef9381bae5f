"""Carrying out one rule of the mapping: source columns in, one typed column and its faults out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from risiko.contracts import LIST_SEPARATOR, Column, Type
from risiko.ingest import faults
from risiko.ingest.cells import FORMULA_ERRORS, as_text, scalar_text
from risiko.ingest.convert import Writing, convert, listed, whole
from risiko.ingest.mapping import FIELD, Defaults, Rule

NEUTRAL = Writing()  # how values written in the mapping itself are read


@dataclass(frozen=True)
class Ground:
    """What rules work on. source: the file's rows; built: contract columns made before; defaults: how it is written."""

    source: pd.DataFrame
    built: Mapping[str, pd.Series]
    defaults: Defaults

    def only(self, rows: pd.Series) -> Ground:
        """The same for some of the rows."""
        return Ground(self.source[rows], {name: values[rows] for name, values in self.built.items()}, self.defaults)

    def writing(self, rule: Rule) -> Writing:
        """How the cells this rule reads are written."""
        missing = self.defaults.missing if rule.missing is None else rule.missing
        return Writing(self.defaults.decimal, tuple(rule.date_format or self.defaults.date_format), frozenset(missing))


@dataclass(frozen=True)
class Made:
    """A column's values, and the faults on the way to them (`row` is the row's index label)."""

    values: pd.Series
    faults: pd.DataFrame

    @property
    def open(self) -> pd.Series:
        """Which rows have neither a value nor a fault."""
        return self.values.isna() & ~self.values.index.isin(faults.rejected(self.faults))

    def then(self, values: pd.Series, *more: pd.DataFrame) -> Made:
        return Made(values, faults.together([self.faults, *more]))


def make(rule: Rule, column: Column, ground: Ground) -> Made:
    """The contract column by its rule. A cell that cannot be converted is missing and has a line in the faults."""
    numeric = column.type in ("number", "integer")
    shown = None if rule.source is None else ground.source[rule.source]  # a fault tells what stands in the file
    working: Type = "number" if numeric else column.type
    made = _first(rule, column, ground) if rule.first else _plain(rule, column, working, ground)
    factor, addend = rule.line(column) if numeric else (1.0, 0.0)
    values = made.values.astype("float64") * factor + addend if numeric else made.values
    if isinstance(rule.scale, tuple):
        values = values.round(9)  # 7 on a scale of 1 to 7 is 100, and not a hair more
    if rule.clip:
        values = values.clip(*rule.clip)
    if rule.plus_days:
        values = values + pd.Timedelta(days=rule.plus_days)
    if rule.allowed:
        odd = values.notna() & ~values.isin(rule.allowed)
        made = made.then(values, _told(values if shown is None else shown, odd, column, rule, "not_recognised"))
        values = values.mask(odd)
    if rule.default is not None:
        values = values.mask(Made(values, made.faults).open, _constant(rule.default, working))
    if column.type != "integer":
        return made.then(values)
    exact, uneven = whole(values)
    cells = values if shown is None else shown
    return made.then(exact, _told(cells, uneven, column, rule, "wrong_type", NEUTRAL.wanted("integer")))


def _constant(value: object, type_: Type) -> object:
    return convert(pd.Series([scalar_text(value)], dtype="str"), type_, NEUTRAL)[0].iloc[0]


def _first(rule: Rule, column: Column, ground: Ground) -> Made:
    """The first alternative that has a value; a faulty cell is a fault, not a reason to try the next."""
    made = make(rule.first[0], column, ground)
    for alternative in rule.first[1:]:
        other = make(alternative, column, ground.only(made.open))
        values = made.values.copy()
        values[made.open] = other.values
        made = made.then(values, other.faults)
    return made


def _plain(rule: Rule, column: Column, type_: Type, ground: Ground) -> Made:
    if rule.source is not None:
        return _from_cells(rule, column, type_, ground.source[rule.source], ground.writing(rule))
    if rule.flags:
        return _from_flags(rule, column, ground)
    if rule.format is not None:
        text = _formatted(rule.format, ground)
    else:
        text = pd.Series(scalar_text(rule.const), index=ground.source.index, dtype="str")
    values, bad = convert(text, type_, NEUTRAL)
    return Made(values, _told(text, bad, column, rule, "wrong_type", NEUTRAL.wanted(type_)))


def _from_cells(rule: Rule, column: Column, type_: Type, cells: pd.Series, writing: Writing) -> Made:
    text = as_text(cells, writing.missing)
    broken = text.isin(FORMULA_ERRORS)
    found = [_told(text, broken, column, rule, "formula_error")]
    if broken.any():
        cells, text = cells.mask(broken), text.mask(broken)
    if rule.split or rule.values:
        distinct = text.dropna().drop_duplicates()
        words = listed(distinct, rule.split) if rule.split else distinct
        words, unknown = _translated(words, rule, writing.decimal)
        lost = text.isin(distinct[words.index[unknown.to_numpy(dtype=bool)]])
        found.append(_told(text, lost, column, rule, "untranslated"))
        done = _joined(words[~unknown], distinct.index)
        cells = text.map(dict(zip(distinct, done, strict=True))).astype("str")
        # What the mapping itself says is written its way; what it kept is written the file's way.
        writing = NEUTRAL if rule.values and not rule.keep_others else replace(writing, missing=frozenset())
    values, bad = convert(cells, type_, writing)
    return Made(values, faults.together([*found, _told(cells, bad, column, rule, "wrong_type", writing.wanted(type_))]))


def _translated(words: pd.Series, rule: Rule, decimal: str) -> tuple[pd.Series, pd.Series]:
    """The words by the rule's values, and which stand in none. A 3 written 3.0 or 3,0 is found under "3" too."""
    if not rule.values:
        return words, pd.Series(False, index=words.index)
    table = {key: scalar_text(value) for key, value in rule.values.items()}
    zeros = rf"^(-?[0-9]+)[{decimal}]0+$"
    keys = words.where(words.isin(table), words.str.replace(zeros, r"\1", regex=True))
    known = keys.isin(table)
    out = keys.map(table).astype("str")
    if rule.keep_others:
        return out.where(known, words), pd.Series(False, index=words.index)
    if rule.other is not None:
        return out.where(known, scalar_text(rule.other)), pd.Series(False, index=words.index)
    return out, ~known


def _joined(words: pd.Series, index: pd.Index) -> pd.Series:
    """Long words back to one cell per row; a row without words is missing."""
    words = words[words != ""]
    if words.index.is_unique:
        return words.reindex(index).astype("str")
    pairs = pd.DataFrame({"row": words.index, "word": words.to_numpy()}).drop_duplicates()
    return pairs.groupby("row", sort=False)["word"].agg(LIST_SEPARATOR.join).reindex(index).astype("str")


def _from_flags(rule: Rule, column: Column, ground: Ground) -> Made:
    """Several true/false columns as one list of the words whose column is true."""
    words, found, writing = [], [], ground.writing(rule)
    for name, word in rule.flags.items():
        cells = ground.source[name]
        marked, bad = convert(cells, "bool", writing)
        found.append(_told(cells, bad, column, Rule.reading(name), "wrong_type", writing.wanted("bool")))
        words.append(pd.Series(word, index=cells.index[marked.fillna(False).to_numpy(dtype=bool)], dtype="str"))
    return Made(_joined(pd.concat(words), ground.source.index), faults.together(found))


def _formatted(pattern: str, ground: Ground) -> pd.Series:
    """Text put together from columns: {name} is a column of the file or, failing that, one already made.

    Missing where a part is missing or a failed formula.
    """
    pieces = FIELD.split(pattern)  # text, name, text, name, ..., text
    out = pd.Series(pieces[0], index=ground.source.index, dtype="str")
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        part = as_text(ground.source[name] if name in ground.source else ground.built[name])
        out = out + part.mask(part.isin(FORMULA_ERRORS)) + after
    return out


def _told(cells: pd.Series, bad: pd.Series, column: Column, rule: Rule, reason: str, wanted: str = "") -> pd.DataFrame:
    note = f'; file column "{rule.label}"' if rule.label and rule.label != column.name else ""
    return faults.at(cells, bad, column.name, reason, note, wanted=wanted)
