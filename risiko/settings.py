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
from risiko.vocabulary import METHODS

# Log-odds per standard deviation. Below zero a signal would speak against its own direction.
Weight = Annotated[float, Field(ge=0, le=5)]
Degree = Annotated[float, Field(ge=0, le=100)]
Dimension = Literal["effective", "safe", "involving", "coordinated", "resource_efficient", "accessible"]
ComplaintSource = Literal["user", "relative", "staff", "ombud", "authority", "anonymous", "other", "unknown"]


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
    horizon_months: int = Field(gt=0, le=360, description="How far back any complaint signal looks. Five years: with a half-life of one year what is older counts a thirtieth.")
    half_life_years: float = Field(gt=0, le=100, description="A complaint says half as much after a year. An assumption, short, as users and staff come and go; findings, which take longer to put right, have three years.")
    severity: tuple[Degree, Degree, Degree, Degree] = Field(description="What a complaint of each severity counts, trivial to danger to life. It doubles by the degree, so that one danger to life counts as two serious or eight trivial matters. An assumption: severity is judged on reading, not after inquiry.")
    outcome: dict[Literal["upheld", "partly", "not_upheld", "unknown"], Degree] = Field(description="What a complaint counts by its outcome. One not upheld still says that someone was ill content, and proof is often lacking: a quarter. One never decided stands between. A pending one counts as the decided ones of its type do on average.")
    grounds: dict[str, Dimension] = Field(description="Which of the six dimensions of good services each ground of complaint speaks of. A reading of the national strategy's words; a ground that is not listed counts for no dimension.")
    sources: dict[ComplaintSource, Literal["higher_is_worse", "higher_is_better"]] = Field(description="The sources whose share is shown. Fewer voices of users and relatives than elsewhere may be fear or silence; more from staff and the anonymous is whistleblowing. Other sources have no direction that could be defended.")
    surge_months: int = Field(ge=6, le=120, description="How long a surge is watched for. What is older sets the service's own level.")
    surge_ratio: float = Field(gt=1, le=20, description="A surge is a rate at least twice the usual: the doubling that a CUSUM finds soonest.")
    surge_false_alarms: float = Field(gt=0, le=10_000, description="False surge alarms a year over all services together: one a month is what a person can look into.")
    change_months: int = Field(ge=6, le=120, description="Where a lasting change of the rate is looked for: three years, as half of it must be a level to compare with.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.short_months >= self.long_months:
            raise ValueError("short_months must be fewer than long_months")
        if self.horizon_months < max(self.long_months, self.surge_months + 12, self.change_months):
            raise ValueError("horizon_months must reach back at least long_months, change_months, and a year more than surge_months")
        return self


class ExperienceMethod(_Section):
    """How much one piece of evidence collected in this way says."""

    weight: float = Field(gt=0, le=2)
    independence: float = Field(ge=0, le=1)
    reach: float = Field(ge=1, le=1e6)
    reason: str


class ExperienceSettings(_Section):
    half_life_years: float = Field(gt=0, le=100, description="Surveys come every second or third year; older ones count less.")
    default_spread: float = Field(gt=0, description="Standard deviation between people where the source gives none (Norwegian patient surveys: 16–24).")
    default_between: float = Field(gt=0, description="Standard deviation between services of a type where too little is heard to tell: 1–3 % of the variance between answers lies between services, 2–3.5 points when people differ by 20.")
    survey_minimum: int = Field(ge=1, description="With fewer answers than five a service is not scored on surveys: the mean says little, and may show what one person said.")
    design_effect: float = Field(ge=1, le=50, description="Answers from one ward or one doctor are alike, so that many count as fewer. 1.4 is 1 + 19 × 0.02: twenty answers a ward, 2 % of the variance between wards (Kish). An assumption; cluster samples show 1 to 9.")
    non_response: float = Field(ge=0, le=50, description="How much more those who did not answer a survey may differ from those who did here than elsewhere: one standard deviation, in points. The error is (1 − response) times this (Cochran 1977, ch. 13); what is common to all services cancels in a comparison. An assumption: less than the 2–3.5 points that services differ by in all.")
    unknown_response: float = Field(gt=0, le=1, description="Response taken where a survey does not say how many were invited. An assumption, between the organisations' own survey of 2020 (12 %) and national patient surveys.")
    area_share: float = Field(ge=0, le=0.5, description="Share of the differences between services of a type that goes with the area. What is said of an area can tell no more than this of a service there. An assumption, on the low side.")
    methods: dict[str, ExperienceMethod] = Field(description="Strength of evidence. weight: one participant's word against one survey answer. independence: share of the participants beyond the first that count as independent. reach: the most people one piece may stand for. All are judgements, each with its reason.")

    @model_validator(mode="after")
    def _every_method(self) -> Self:
        if set(self.methods) != set(METHODS):
            raise ValueError(f"methods must be exactly {', '.join(METHODS)}")
        return self


class NarrativeSettings(_Section):
    minimum: int = Field(ge=5, description="Texts never score a service from fewer than five comments: one voice would decide, and could be recognised. May be raised, not lowered.")
    months: int = Field(gt=0, le=120, description="How far back comments count: three years, as with the longer complaint rate; most services have a handful a year.")
    labels: str = Field(default="", description="Path of the authority's own labelled comments (CSV or Excel) to learn from; blank: the starter set that ships. Its faulty rows: risiko.narratives.read_labels(path).faults.")


class HistorySettings(_Section):
    half_life_years: float = Field(gt=0, le=100, description="A finding says half as much after three years: staff and leaders change.")
    severity: dict[Literal["none", "remark", "breach", "serious_breach"], float] = Field(description="The scale behind the words.")
    reliability: float = Field(gt=0, le=1, description="Share of the differences between services that another inspector would find again; an assumption (King County: two inspectors at one place disagreed in 60 % of cases).")
    regular_years: float = Field(gt=0, description="The interval practice expects between supervisions; time beyond twice this adds nothing.")
    worst_years: float = Field(gt=0, le=30, description="How far back the worst finding is looked for: about one round of supervision. Without a limit one bad year would never be forgotten.")
    trend_visits: int = Field(ge=2, le=20, description="Graded visits in a trend: beyond five the service is hardly the same any more.")
    sister_visits: float = Field(gt=0, description="How many graded visits to a provider's other services say as much about this service as the usual level does. Of 3, 8, 20 and 50, tried on Scottish records at three dates up to 2018, 3 ranked best each time, by .01 to .02 of AUC over 50.")
    open_years: float = Field(gt=0, le=30, description="A finding or action still open after this many years is a gap in the register, not in the service; it counts no more.")
    follow_up_days: int = Field(gt=0, description="No due date is on record, so an action that is still open after this long counts as overdue; deadlines are usually three to six months.")
    follow_up_kinds: tuple[Literal["order", "coercive_fine", "closure", "notice", "correction_plan", "deadline"], ...] = Field(description="The actions that ask something of the service and end when it is done. A closure asks nothing more.")
    enforcement_half_life_years: float = Field(gt=0, le=100, description="As for findings: what was enforced says half as much after three years.")
    enforcement: dict[Literal["order", "coercive_fine", "closure", "notice", "correction_plan", "deadline"], float] = Field(description="What each kind of action counts. An assumption that follows the law's own ladder: a plan or deadline is ordinary follow-up, a notice warns of an order, an order binds, a fine forces it, a closure ends the matter.")


class MetadataSettings(_Section):
    change_months: int = Field(gt=0, le=120, description="How long a change of provider or leader still tells: new routines take a year or two to settle.")
    growth_months: int = Field(gt=0, le=120, description="Growth and staffing are compared with a year before: long enough to be more than a season.")
    new_years: float = Field(gt=0, le=20, description="A service counts as newly registered for two years, less each day: its first visits are due then.")
    maturity_column: str = Field(description="The declared column that holds the maturity of the management system, 1 to 5; blank where there is none.")
    maturity_half_life_years: float = Field(gt=0, le=100, description="A stated maturity says half as much after two years: systems are built up slowly, but leaders who keep them alive move on.")
    staffing_column: str = Field(description="The declared number whose fall is worse: staff, or staff per user.")
    leader_column: str = Field(description="The declared category whose change means a new leader; a code, never a name.")
    vacancy_column: str = Field(description="The declared number of months that a leading position has been vacant.")


class ConsequenceSettings(_Section):
    vulnerability: float = Field(ge=0, description="What a full degree of vulnerability adds to the consequence.")
    coercion: float = Field(ge=0, description="Legal protection: what coercive powers add.")
    dependency: float = Field(ge=0, description="Users who cannot look after their own interests: what it adds.")
    reference_users: float = Field(ge=1, le=1e7, description="The number of users at which reach counts as 1.")


class OverviewSettings(_Section):
    capacity_share: float = Field(gt=0, le=1, description="Where the capacity line stands until the authority says how many it can visit: a few per cent of the services a year.")
    compare_months: int = Field(gt=0, le=60, description="How far back the overview compares when no date is chosen: a quarter is a planning round.")
    stale_months: dict[str, int] = Field(description="Months without a new row after which a source is called stale, by table; complaints come every month, surveys every second year.")


class ReportingPrior(_Section):
    """What is assumed of the share of users with cause to complain who do: Beta(alpha, beta)."""

    alpha: float = Field(gt=0, le=1e4)
    beta: float = Field(gt=0, le=1e4)
    reason: str


class SilenceSettings(_Section):
    surprise: float = Field(gt=0, lt=0.5, description="A count counts as surprising when so low or so high a one comes in at most this share of cases: one in twenty, in each direction.")
    dependent_from: int = Field(ge=0, le=3, description="From this degree of dependency on, unexpected quiet is called silence: these users may fear for the help they get.")
    bounds: float = Field(gt=0, lt=1, description="Share of the reporting prior that the rank bounds span.")
    second_streams: tuple[str, ...] = Field(description="Streams of enquiries that are not complaints: someone else whom users speak to.")
    reporting: dict[Literal["0", "1", "2", "3"], ReportingPrior] = Field(description="Share of users with cause to complain who do, by degree of dependency: assumptions, never estimates. Counts alone cannot tell few causes from few complaints.")

    @model_validator(mode="after")
    def _every_degree(self) -> Self:
        if set(self.reporting) != {"0", "1", "2", "3"}:
            raise ValueError("reporting must have a prior for each degree of dependency, 0 to 3")
        return self


class ScoreSettings(_Section):
    base_likelihood: float = Field(gt=0, lt=1, description="Where a service without any signal stands. An assumption until supervisions teach better.")
    cap: float = Field(gt=0, description="No single signal may count beyond this many standard deviations.")
    low_complaints_lower_likelihood: bool = Field(description="Off: few complaints may be silence, so they never lower the likelihood.")
    evidence_dots: tuple[float, float] = Field(description="Evidence at or above these shows two and three dots.")
    draws: int = Field(ge=100, le=20_000, description="Joint draws of the priority behind every rank statement: with 4,000 a chance of a half is known to within .8 percentage points (one standard error).")
    unexplained: float = Field(ge=0, le=5, description="What no reading tells: standard deviation, in log-odds, of services' true likelihood around a score whose readings were exact. Chosen on eight invented authorities so that nine of ten 90 % rank intervals hold the planted place; tried on fifty others (docs/explanation/how-sure.md).")
    weight_spread: float = Field(ge=0, le=2, description="How far each weight may be from the right one, as a share of itself: experts agree on the order of signals more than on their size. An assumption.")
    told_apart: float = Field(gt=0.5, lt=1, description="Two services are told apart where the probability that one stands higher is at least this: nine to one.")
    seed: int = Field(ge=0, description="Fixed, so that the same records give the same list.")
    weights: dict[str, Weight] = Field(description="Log-odds per standard deviation of each signal: experts' starting point, not estimates.")
    metadata_weight: Weight = Field(description="The same for each declared metadata column that has a direction.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= self.evidence_dots[0] <= self.evidence_dots[1] <= 1:
            raise ValueError("evidence_dots must rise between 0 and 1")
        return self


class OutcomeSettings(_Section):
    measure: Literal["severity", "breaches_per_topic", "breach_share"] = Field(description="What a supervision must show: a finding this serious; so many breaches per topic looked at; or such a share of its findings.")
    severity: Literal["remark", "breach", "serious_breach"] = Field(description="From this word on a finding counts. Serious breaches by default: national theme supervisions find some breach in 75–90 %, which tells services hardly apart.")
    threshold: float = Field(gt=0, le=100, description="Breaches per topic, or share of the findings, from which the outcome is met; not used with severity.")
    horizon_days: int = Field(ge=30, le=3650, description="How long after the as-of date supervisions count: a year, one planning round.")
    counted: Literal["carried_out", "became_known"] = Field(description="Whether supervisions count that are carried out in the window, or whose findings become known in it.")
    population: Literal["inspected", "all"] = Field(description="inspected: how likely is the outcome if we go there (services nobody visited are unlabelled). all: how likely is it to be found at all (nobody visited, nothing found).")
    graded_only: bool = Field(description="Where the records carry a finer grading, only graded findings judge a supervision: a visit that was never graded has shown nothing either way.")
    high_base_rate: float = Field(gt=0, le=1, description="Above this share the outcome is called a poor target, with the reason.")


class LearningSettings(_Section):
    months_between: int = Field(ge=1, le=24, description="Training cohorts lie half a year apart, counted back from the date: half of a year's supervisions are new in each.")
    half_life_years: float = Field(gt=0, le=100, description="A cohort counts half as much for every two years of age. One, two, three and five tried on Scottish records up to 2022-09-30: no difference beyond .001 of AUC.")
    short_days: int = Field(ge=0, le=3650, description="Cohorts too new for a whole window are used with one this long, if it has ended: newest practice counts (+.003 of AUC on the last three Scottish dates up to 2022-09-30). 0: whole windows only.")
    penalty: float = Field(gt=0, le=1e6, description="Strength of the penalty on standardised terms (1 / C) with weights that average 1. Of 300, 1000 and 3000, tried on Scottish dates up to 2022-09-30, 300 ranked best with curves (AUC .001 over 1000, .004 over 3000).")
    clip: float = Field(gt=0, le=20, description="No input counts beyond this many standard deviations; without a limit one service far from all others can be ranked by that alone.")
    knots: int = Field(ge=0, le=10, description="Inner knots of the monotone curves; 0: straight lines. On Scottish dates up to 2022-09-30 curves and lines rank alike (AUC .770 and .769).")
    external_score: str = Field(description="Name of the authority's own earlier score to learn from as well; blank: without.")
    signals: tuple[str, ...] = Field(description="Signals to learn from; blank: all but those left out below.")
    left_out: tuple[str, ...] = Field(description="Signals or families not to learn from. Texts: no help on Scottish records, and they take the longest.")
    unexplained: float = Field(ge=0, le=5, description="As in score, around a learned one; chosen on six invented authorities.")
    minimum_events: int = Field(ge=1, description="With fewer outcomes than this the points score stays in force: about ten for each of the ten or so signals that come to matter (Peduzzi 1996).")
    minimum_dates: int = Field(ge=1, le=100, description="One cohort is one moment: what was special about it cannot be told from what lasts.")
    recalibration_prior: float = Field(ge=0, le=1e6, description="Slope and level come from predictions for the newest complete year by a score that had not seen it, as base rates drift (3.6 % to 12 % of Scottish visits in five years). How many outcomes the assumption that no recalibration is needed counts as.")


class EvaluationSettings(_Section):
    shares: tuple[float, ...] = Field(description="Shares of the list at which precision, lift and capture are told, beside the real capacity.")
    resamples: int = Field(ge=100, le=100_000, description="Bootstrap resamples of providers behind the 95 % intervals.")
    level: float = Field(gt=0.5, lt=1, description="Level of the intervals.")
    seed: int = Field(ge=0, description="Fixed, so that the same records give the same intervals.")
    most_weight: float = Field(gt=1, description="A service seldom chosen counts for at most this many: one must not decide the whole. 100: with a tenth of a 10 % capacity drawn by lot a recorded chance is about .011, and 20 would refuse just those designs.")
    most_clipped: float = Field(gt=0, lt=1, description="With more of the list cut at most_weight than this a corrected number is refused: it could be off by as much as the gains one looks for.")
    minimum_ess: float = Field(gt=1, description="With less effective data a corrected number is refused.")


class StoreSettings(_Section):
    large_rows: int = Field(ge=0, description="With more complaint rows than this they are counted outside memory, by DuckDB from a copy beside the store. Counting five million rows in memory took 3.5 GB (docs/explanation/large-data.md); two million should leave an office machine its own. The limit itself is a judgement.")


class VoiceSettings(_Section):
    """Evidence from users: what is shown of it, how long its texts are kept, and when a voice counts as not heard."""

    few: int = Field(ge=5, description="A number of people below this is never shown or exported: those around them could tell who they are. May be raised, not lowered.")
    keep_months: int = Field(gt=0, le=240, description="How long the texts of a submission are kept after its collection, where nothing else is agreed: three years, as long as comments count (narratives.months). Scores and numbers stay.")
    named_services: bool = Field(description="Whether a report back to an organisation names services and tells how far each has moved. Off: a list of places with doubts published would shame by mistake; areas and types are told instead.")
    gap_months: int = Field(gt=0, le=240, description="A group of users not heard for two years counts as a gap: by then what was said counts half (experience.half_life_years).")
    largest_share: float = Field(gt=0, lt=1, description="An organisation that gives more than a third of all answers is named as a caution.")
    fewest_of_a_sex: float = Field(gt=0, lt=0.5, description="Women or men below a quarter of the people heard is named as a caution.")
    answer_months: int = Field(gt=0, le=60, description="When an organisation is to hear again, counted from the report: half a year, as the user council asked to hear what evidence is used for.")
    largest_file_mb: float = Field(gt=0, le=500, description="A filled template is some tens of kilobytes, an answer file with 20,000 rows about two megabytes; above this the file is most likely pictures or film.")
    criticality: dict[Literal["good", "minor", "serious", "critical"], float] = Field(description="The score (0-100, 100 best) taken where a submission grades what was said instead of scoring it. An assumption: the steps of a five-point scale without its middle.")


class Settings(_Section):
    """Everything that may be set. `load()` reads the shipped values and, on top of them, a file of the authority's own."""

    version: int
    language: Literal["nb", "nn", "en"]
    peers: PeerSettings
    statistics: StatisticsSettings
    complaints: ComplaintSettings
    experience: ExperienceSettings
    narratives: NarrativeSettings
    history: HistorySettings
    metadata: MetadataSettings
    consequence: ConsequenceSettings
    overview: OverviewSettings
    silence: SilenceSettings
    score: ScoreSettings
    outcome: OutcomeSettings
    learning: LearningSettings
    evaluation: EvaluationSettings
    store: StoreSettings
    voices: VoiceSettings
    streams: dict[str, Stream]
    sector_defaults: dict[Literal["health", "social", "child_welfare"], ServiceType]
    service_types: dict[str, ServiceType]
    organisations: dict[str, list[str]] = Field(default_factory=dict, description="Other names a user organisation goes by: its name, then the list. Case, spaces and punctuation need not be told: they never make two of one.")
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
