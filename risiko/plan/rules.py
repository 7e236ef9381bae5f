"""The rules of a plan: capacity, what a visit costs, what the law asks, and what the authority wants kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from risiko.errors import InputError

Days = Annotated[float, Field(ge=0, le=100_000)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Months = Annotated[int, Field(ge=0, le=600)]
Share = Annotated[float, Field(ge=0, le=1)]
Kind = Literal[
    "system_audit", "inspection", "unannounced", "spot_check", "self_assessment", "statutory_visit", "incident_case",
    "desk_review", "other",
]  # fmt: skip
Action = Literal["add", "skip", "postpone"]
Reason = Literal[
    "concern", "tip", "local_knowledge", "recent_contact", "ongoing_case", "other_authority", "new_management",
    "closing", "data_error", "resources", "other",
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Period(_Part):
    """The time a plan is for. start: its first day; none: the day after the as-of date."""

    start: date | None = Field(default=None, ge=date(1900, 1, 1), le=date(2200, 1, 1))
    months: int = Field(ge=1, le=60, description="A year: one planning round.")


class Capacity(_Part):
    """Person-days, and points where they are used, of each office in the period. A 0 is said; an absent office is not."""

    person_days: dict[str, Days] = Field(default_factory=dict)
    points: dict[str, Days] = Field(default_factory=dict)
    as_last_year: bool = Field(description="An office that is not named has the person-days that its supervisions of the last twelve months took, in proportion to the length of the period, where they are on record.")


class Cost(_Part):
    """Person-days, and points, by kind of supervision; by_type: service type -> kind -> person-days."""

    person_days: dict[Kind, Days]
    by_type: dict[str, dict[Kind, Days]] = Field(default_factory=dict)
    points: dict[Kind, Days] = Field(default_factory=dict)


class Kinds(_Part):
    """Which kind of supervision a service gets, by its type."""

    default: Kind
    by_type: dict[str, Kind] = Field(default_factory=dict)


class Statutory(_Part):
    """Visits that the law asks for: outside the ranking, inside the capacity."""

    kind: Kind
    visits: dict[str, Count] = Field(default_factory=dict, description="Visits a year by service type.")
    column: str = Field(default="", description="A declared number of visits a year for single services, which goes before the type's.")


class Regularity(_Part):
    """Everyone is visited with some regularity: part of the visits go to those who have waited too long."""

    longest_months: Months = Field(description="Whoever has waited longer is overdue; 0: no such rule.")
    by_type: dict[str, Months] = Field(default_factory=dict)
    share: Share = Field(description="At least this share of the visits left after the statutory ones goes to services that are overdue; 1: to no others while any are.")


class Theme(_Part):
    """A theme: so many visits to these types of service, in all and for each office that has any."""

    name: str
    types: tuple[str, ...] = Field(min_length=1)
    visits: Count
    per_office: Count = 0


class Minimum(_Part):
    """Fewest visits by sector, by county and by theme; never more than there are services that can be visited."""

    sector: dict[Literal["health", "social", "child_welfare"], Count] = Field(default_factory=dict)
    county: dict[str, Count] = Field(default_factory=dict)
    each_county: Count = Field(default=0, description="For every county that is not named.")
    theme: tuple[Theme, ...] = ()


class Burden(_Part):
    """Most visits in the period; 0: no limit. Other authorities' visits count where others_count is set."""

    per_municipality: Count
    per_provider: Count
    others_count: bool
    per_month: Count = Field(description="Most visits to a municipality in one month, when the calendar is made; where its visits are too many for that, half as many again as an even spread needs. 0: no limit.")


class Spacing(_Part):
    """Months since the last supervision before a service may be chosen again; statutory visits are not bound by it."""

    months: Months


class Exploration(_Part):
    """The part of the visits that chance chooses, so that the authority learns how things stand where it does not look."""

    share: Share = Field(description="Of the visits left after the statutory ones.")
    quiet_weight: float = Field(ge=1, le=100, description="How many times likelier the draw takes a service that is quieter than expected and whose users depend on it.")


class Joint(_Part):
    """Services visited together or not at all, and the person-days that saves."""

    services: tuple[str, ...] = Field(min_length=2)
    saves_days: Days = 0.0
    why: str = ""

    @model_validator(mode="after")
    def _several(self) -> Self:
        if len({*self.services}) < len(self.services):
            raise ValueError("a joint visit names each service once")
        return self


class Override(_Part):
    """A planner's own choice about one service, with the reason. until: of a postponement, the first day it is free."""

    service: str
    action: Action
    reason: Reason
    text: str = Field(min_length=1)
    until: date | None = None
    by: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.text.strip():
            raise ValueError("an override needs a written reason")
        if (self.action == "postpone") != (self.until is not None):
            raise ValueError("a postponement, and nothing else, needs the date it ends (until)")
        return self


class Objective(_Part):
    """What is made as large as possible: the sum of the priorities (likelihood × consequence) of the visited."""

    quantile: float = Field(gt=0, lt=1, description="Of each service's priority: 0.5 as scored; 0.05 counts only what is nearly sure, 0.95 what could be.")


class Office(_Part):
    """Who plans and who visits whom. only: the offices that the plan is for; blank: all.

    any: every office may visit every service, for away_days more than its own does.
    """

    only: tuple[str, ...] = ()
    any: bool
    away_days: Days = Field(description="Person-days more where another office than its own makes a visit.")


class Rules(_Part):
    """All rules of one plan. `load` reads the shipped ones and lays the authority's own file over them."""

    version: Literal[1]
    period: Period
    capacity: Capacity
    cost: Cost
    kinds: Kinds
    statutory: Statutory
    regularity: Regularity
    minimum: Minimum
    burden: Burden
    spacing: Spacing
    exploration: Exploration
    objective: Objective
    office: Office
    joint: tuple[Joint, ...] = ()
    override: tuple[Override, ...] = ()

    def with_changes(self, changes: Mapping[str, Any]) -> Rules:
        """The same rules with some values changed, nested as in the file. Raises InputError that names the key."""
        return _validated(_overlay(self.model_dump(), changes), "rules")

    def as_dict(self) -> dict[str, Any]:
        """The rules as JSON holds them, dates as ISO text."""
        return self.model_dump(mode="json")


@lru_cache(maxsize=1)
def shipped() -> Rules:
    """The rules that stand until the authority says otherwise, each with its reason in rules.toml."""
    text = (Path(__file__).parent / "rules.toml").read_text(encoding="utf-8")
    return _validated(tomllib.loads(text), "rules.toml")


def from_dict(said: Mapping[str, Any], where: str) -> Rules:
    """Rules from JSON (a kept plan). Raises InputError that names the key where they are not rules of this version."""
    return _validated(dict(said), where)


def load(path: Path | None = None) -> Rules:
    """The shipped rules with the values of the authority's own file laid over them.

    Raises InputError that names file and key when it is missing, is not TOML, or holds an unknown or faulty key.
    """
    if path is None:
        return shipped()
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise InputError("The rules file does not exist.", where=str(path), hint="check the path") from None
    except OSError as error:
        what = f"The rules file cannot be read: {error.strerror}."
        raise InputError(what, where=str(path), hint="check the path and its permissions") from None
    return from_text(text, str(path))


def from_text(text: bytes, where: str) -> Rules:
    """The shipped rules with those of a TOML file's bytes laid over them. Raises InputError as `load` does."""
    try:
        own = tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = f"The rules file is not valid TOML: {error}."
        raise InputError(what, where=where, hint="save it as UTF-8 TOML") from None
    return _validated(_overlay(shipped().model_dump(), own), where)


def _validated(said: dict[str, Any], where: str) -> Rules:
    try:
        return Rules.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(step) for step in first["loc"])
        hint = "docs/how-to/make-a-plan.md lists every rule"
        raise InputError(f"A rule is wrong: {first['msg']}.", where=f"{where}, key {key}", hint=hint) from None


def _overlay(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(below.get(key), dict)
        merged[key] = _overlay(below[key], value) if both else value
    return merged
