"""The mapping language: what a mapping file may say, as typed objects."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from risiko.contracts import Column, Type

Scalar = str | int | float | bool | date
FIELD = re.compile(r"\{([^{}]+)\}")  # {name} in a format rule
DATE_WORDS = ("iso", "dmy")
MOST_DAYS = 36_525  # a century: more days than that are a slip


def _scalar(value: Any) -> Any:
    if not isinstance(value, (str, int, float, bool, date)):
        raise ValueError("must be one text, number, true/false or date")
    return value.date() if isinstance(value, datetime) else value


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _as_rule(value: Any) -> Any:
    return {"from": value} if isinstance(value, str) else value


def _ends(value: Any) -> Any:
    """A factor, or the two ends of the scale that the file uses."""
    given = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in given):
        raise ValueError("must be a number, or the two ends of the file's scale, such as [1, 5]")
    if not isinstance(value, list | tuple):
        return float(value)
    if len(given) != 2 or not given[0] < given[1]:
        raise ValueError("the ends of a scale are two numbers, the lower first, such as [1, 5]")
    return (float(given[0]), float(given[1]))


# A plain `Any` behind a validator: a union would put its members' names into the key an error points at.
One = Annotated[Any, BeforeValidator(_scalar)]
Texts = Annotated[list[str], BeforeValidator(_listed)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Defaults(_Part):
    """How the files are written, unless a block says otherwise."""

    date_format: Texts = ["iso", "dmy"]
    decimal: Literal[".", ","] = "."
    delimiter: str = "auto"
    encoding: str = "auto"
    missing: list[str] = []

    @field_validator("date_format")
    @classmethod
    def _dates(cls, formats: list[str]) -> list[str]:
        return check_date_formats(formats)


class Rule(_Part):
    """How one contract column gets its value: one of the five sources, then what is done to it."""

    const: One = None
    source: str | None = Field(None, alias="from")
    first: list[Annotated[Rule, BeforeValidator(_as_rule)]] = []
    format: str | None = None
    flags: dict[str, str] = {}

    missing: list[str] | None = None
    values: dict[str, One] = {}
    other: One = None
    keep_others: bool = False
    date_format: Texts = []
    split: str | None = None

    scale: Annotated[Any, BeforeValidator(_ends)] = 1.0
    reversed: bool = False
    offset: float = 0.0
    clip: tuple[float, float] | None = None
    plus_days: int = Field(0, ge=-MOST_DAYS, le=MOST_DAYS)
    allowed: list[str] = []
    default: One = None

    @classmethod
    def reading(cls, name: str) -> Rule:
        """The rule that takes one column as it is."""
        return cls.model_validate({"from": name})

    @property
    def label(self) -> str:
        """The source column (or columns) it reads, for messages; empty for a constant."""
        if self.first:
            return " / ".join(dict.fromkeys(r.label for r in self.first if r.label))
        return self.source or ""

    @property
    def rescales(self) -> bool:
        """Does it say that the file's numbers are on another scale?"""
        own = self.scale != 1 or self.offset != 0 or self.clip is not None or bool(self.values)
        return own or any(alternative.rescales for alternative in self.first)

    def line(self, column: Column) -> tuple[float, float]:
        """Factor and addend that take the file's numbers to the column's scale.

        scale = [low, high] goes onto the column's own range; a column without an upper end holds widths in points of
        0-100, which are stretched and neither moved nor turned.
        """
        if not isinstance(self.scale, tuple):
            return self.scale, self.offset
        low, high = self.scale
        bottom, top = column.minimum or 0.0, column.maximum
        if top is None:
            return 100 / (high - low), 0.0
        factor = (top - bottom) / (high - low)
        return (-factor, top + factor * low) if self.reversed else (factor, bottom - factor * low)

    @field_validator("date_format")
    @classmethod
    def _dates(cls, formats: list[str]) -> list[str]:
        return check_date_formats(formats)

    @model_validator(mode="after")
    def _one_source(self) -> Rule:
        sources = [
            self.const is not None,
            self.source is not None,
            bool(self.first),
            self.format is not None,
            bool(self.flags),
        ]
        if sum(sources) != 1:
            raise ValueError("a rule needs exactly one of const, from, first, format, flags")
        reads_cells = self.values or self.other is not None or self.keep_others or self.split or self.date_format
        if self.source is None and (reads_cells or self.missing is not None):
            raise ValueError("missing, values, other, keep_others, split and date_format go with from")
        if (self.other is not None or self.keep_others) and not self.values:
            raise ValueError("other and keep_others go with values")
        if self.reversed and not isinstance(self.scale, tuple):
            raise ValueError("reversed goes with the ends of a scale, such as scale = [1, 5]")
        if self.offset != 0 and isinstance(self.scale, tuple):
            raise ValueError("offset goes with a scale of one number; scale = [low, high] needs none")
        if self.format is not None and re.search(r"[{}]", FIELD.sub("", self.format)):
            raise ValueError("write column names in format as {name}, with no other braces")
        return self


RuleField = Annotated[Rule, BeforeValidator(_as_rule)]


class Metadata(Rule):
    """An extra column of services and what it means."""

    kind: Literal["number", "category", "boolean"]
    unit: str | None = None
    direction: Literal["higher_is_worse", "higher_is_better", "none"] = "none"
    audit_only: bool = False
    sentence: str

    def column(self, name: str) -> Column:
        """The column as contracts describe theirs."""
        types: dict[str, Type] = {"number": "number", "category": "text", "boolean": "bool"}
        return Column(name, types[self.kind], self.sentence, nullable=True, unit=self.unit or "")


class Condition(_Part):
    """Which rows of the file a block uses, by one of its columns."""

    one_of: Texts | None = Field(None, alias="is")
    none_of: Texts | None = Field(None, alias="not")
    missing: bool = False
    not_missing: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if sum([self.one_of is not None, self.none_of is not None, self.missing, self.not_missing]) != 1:
            raise ValueError(
                "a condition is a value, a list of values, or one of not, missing = true, not_missing = true"
            )
        return self


class Join(_Part):
    """Columns fetched from another file, by a key that is unique there."""

    file: str
    sheet: str | None = None
    on: Texts = []
    left_on: Texts = []
    right_on: Texts = []
    take: list[str] = Field(min_length=1)
    prefix: str = ""

    @property
    def keys(self) -> tuple[list[str], list[str]]:
        """Key columns in this file and in the joined one."""
        return (self.on, self.on) if self.on else (self.left_on, self.right_on)

    @model_validator(mode="after")
    def _has_keys(self) -> Join:
        left, right = self.keys
        if (self.on and (self.left_on or self.right_on)) or not left or len(left) != len(right):
            raise ValueError("a join needs on, or left_on and right_on of equal length")
        return self


class Unpivot(_Part):
    """Several columns of one row become several rows."""

    columns: Annotated[
        dict[str, One], BeforeValidator(lambda v: dict.fromkeys(v, "") if isinstance(v, list) else v)
    ] = Field(min_length=1)
    into: str | None = None


class Version(_Part):
    """One state of knowledge about a row: from when, and what was not known, or otherwise, then."""

    known_date: RuleField
    blank: list[str] = []
    set: dict[str, One] = {}


class Table(_Part):
    """One block: how a file gives rows to one contract table."""

    table: str
    name: str = Field("", alias="block")
    file: str
    sheet: str | None = None
    header_row: int = Field(1, ge=1)
    where: dict[str, Annotated[Condition, BeforeValidator(lambda v: v if isinstance(v, dict) else {"is": v})]] = {}
    join: list[Join] = []
    unpivot: Unpivot | None = None
    repeat: str | None = None
    versions: list[Version] = []
    only_changes: bool = False
    complete_lists: bool = False
    columns: dict[str, RuleField]
    metadata: dict[str, Metadata] = {}

    @property
    def block(self) -> str:
        """The block's unique name: the table's, where none is given."""
        return self.name or self.table


class Head(_Part):
    """What the mapping is called; the name identifies the source in the store."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = ""


class Mapping(_Part):
    """A whole mapping file."""

    mapping: Head
    defaults: Defaults = Defaults()
    table: list[Table] = Field(min_length=1)

    @property
    def name(self) -> str:
        return self.mapping.name

    @property
    def title(self) -> str:
        return self.mapping.title or self.mapping.name


def check_date_formats(formats: list[str]) -> list[str]:
    """The formats unchanged; ValueError for one that cannot be meant, or that does not read back a date it wrote."""
    for item in formats:
        if "%y" in item:
            raise ValueError("two-digit years are refused: it cannot be told whether 24 is 1924 or 2024")
        if item not in DATE_WORDS and not {"%Y"} <= set(re.findall(r"%.", item)):
            raise ValueError(f"{item!r} is neither iso, dmy nor a format with %Y in it")
        if item not in DATE_WORDS and not _reads_back(item):
            raise ValueError(
                f"{item!r} cannot read dates; use %Y, %m and %d once each (%d reads 1 and 01 alike), or %Y and %j"
            )
    return formats


def _reads_back(pattern: str) -> bool:
    """Does the format read the dates it writes? The day, or day and month, may be left out: it is then the first."""
    for day in (datetime(2023, 11, 24), datetime(2024, 2, 29)):
        try:
            read = pd.to_datetime(pd.Series([day.strftime(pattern)]), format=pattern)[0]
        except (ValueError, re.error):
            return False
        if read.normalize() not in (day, day.replace(day=1), day.replace(month=1, day=1)):
            return False
    return True
