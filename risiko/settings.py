"""Settings: every threshold and weight in one typed object, each with the reason for its value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from risiko.errors import SettingsError

# Log-odds per standard deviation. Below zero a signal would speak against its own direction.
Weight = Annotated[float, Field(ge=0, le=5)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Names(_Section):
    """A word in the three languages."""

    nb: str
    nn: str
    en: str

    def get(self, language: str) -> str:
        return str(getattr(self, language, self.nb))


class ServiceType(_Section):
    """What is assumed about a type of service where the service itself says nothing (degrees 0–3)."""

    name: Names
    dependency: int = Field(ge=0, le=3)
    vulnerability: int = Field(ge=0, le=3)
    coercion: int = Field(ge=0, le=3)
    reason: str


class Stream(_Section):
    """A channel complaints come through, and the time it is valid."""

    name: Names
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""


class PeerSettings(_Section):
    minimum: int = Field(ge=2, description="Fewer services of a type cannot carry a spread of their own; they borrow that of all types.")


class StatisticsSettings(_Section):
    over_dispersion: Literal["additive", "multiplicative"] = Field(description="Which of the two stands as z_adjusted; both are reported. Additive has the stronger foundation (Spiegelhalter 2005): services differ a little from each other even when nothing is wrong.")


class ComplaintSettings(_Section):
    short_months: int = Field(gt=0, le=120, description="One year: long enough for a rare event, short enough to be news.")
    long_months: int = Field(gt=0, le=360, description="Three years: the median service has none in one year.")


    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.short_months >= self.long_months:
            raise ValueError("short_months must be fewer than long_months")
        return self


class ExperienceSettings(_Section):
    half_life_years: float = Field(gt=0, le=100, description="Surveys come every second or third year; older ones count less.")
    default_spread: float = Field(gt=0, description="Standard deviation between people where the source gives none (Norwegian patient surveys: 16–24).")


class HistorySettings(_Section):
    half_life_years: float = Field(gt=0, le=100, description="A finding says half as much after three years: staff and leaders change.")
    severity: dict[Literal["none", "remark", "breach", "serious_breach"], float] = Field(description="The scale behind the words.")
    reliability: float = Field(gt=0, le=1, description="Share of the differences between services that another inspector would find again; an assumption (King County: two inspectors at one place disagreed in 60 % of cases).")
    regular_years: float = Field(gt=0, description="The interval practice expects between supervisions; time beyond twice this adds nothing.")


class ConsequenceSettings(_Section):
    vulnerability: float = Field(ge=0, description="What a full degree of vulnerability adds to the consequence.")
    coercion: float = Field(ge=0, description="Legal protection: what coercive powers add.")
    dependency: float = Field(ge=0, description="Users who cannot look after their own interests: what it adds.")
    reference_users: float = Field(ge=1, le=1e7, description="The number of users at which reach counts as 1.")


class ScoreSettings(_Section):
    base_likelihood: float = Field(gt=0, lt=1, description="Where a service without any signal stands. An assumption until supervisions teach better.")
    cap: float = Field(gt=0, description="No single signal may count beyond this many standard deviations.")
    low_complaints_lower_likelihood: bool = Field(description="Off: few complaints may be silence, so they never lower the likelihood.")
    evidence_dots: tuple[float, float] = Field(description="Evidence at or above these shows two and three dots.")
    draws: int = Field(ge=100, le=20_000, description="Draws behind the rank interval: 400 places its ends within a few ranks in a hundred.")
    seed: int = Field(ge=0, description="Fixed, so that the same records give the same list.")
    weights: dict[str, Weight] = Field(description="Log-odds per standard deviation of each signal: experts' starting point, not estimates.")
    metadata_weight: Weight = Field(description="The same for each declared metadata column that has a direction.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= self.evidence_dots[0] <= self.evidence_dots[1] <= 1:
            raise ValueError("evidence_dots must rise between 0 and 1")
        return self


class Settings(_Section):
    """Everything that may be set. `load()` reads the shipped values and, on top of them, a file of the authority's own."""

    version: int
    language: Literal["nb", "nn", "en"]
    peers: PeerSettings
    statistics: StatisticsSettings
    complaints: ComplaintSettings
    experience: ExperienceSettings
    history: HistorySettings
    consequence: ConsequenceSettings
    score: ScoreSettings
    streams: dict[str, Stream]
    sector_defaults: dict[Literal["health", "social", "child_welfare"], ServiceType]
    service_types: dict[str, ServiceType]
    metadata_names: dict[str, Names] = Field(default_factory=dict, description="What declared metadata columns are called on the pages; a column without a name shows its own.")

    def with_weights(self, weights: Mapping[str, float]) -> Settings:
        """The same settings with other signal weights (a planner's what-if). Raises SettingsError for a faulty weight."""
        score = {**self.score.model_dump(), "weights": {**self.score.weights, **weights}}
        try:
            return self.model_copy(update={"score": ScoreSettings.model_validate(score)})
        except ValidationError as error:
            raise _told(error, "weights") from None


@lru_cache(maxsize=8)
def load(path: Path | None = None) -> Settings:
    """The shipped settings, with the values of the authority's own file laid over them.

    Raises SettingsError that names the key when the file is missing, is not TOML, or holds an unknown or faulty key.
    """
    shipped = tomllib.loads((Path(__file__).parent / "settings.toml").read_text(encoding="utf-8"))
    own = _read(path) if path else {}
    try:
        return Settings.model_validate(_overlay(shipped, own))
    except ValidationError as error:
        raise _told(error, str(path or "settings.toml")) from None


def _told(error: ValidationError, where: str) -> SettingsError:
    first = error.errors()[0]
    key = ".".join(str(step) for step in first["loc"])
    return SettingsError(
        f"A setting is wrong: {first['msg']}.",
        where=f"{where}, key {key}",
        hint="docs/reference/settings.md lists every key with its reason and shipped value",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError("The settings file does not exist.", where=str(path), hint="check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file is not valid TOML: {error}.", where=str(path), hint="save it as UTF-8 TOML") from None
    except OSError as error:
        raise SettingsError(f"The settings file cannot be read: {error.strerror}.", where=str(path), hint="check the path and its permissions") from None


def _overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both_tables = isinstance(value, dict) and isinstance(below.get(key), dict)
        merged[key] = _overlay(below[key], value) if both_tables else value
    return merged
