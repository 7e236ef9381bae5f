"""The numbers the worlds are made with, each with where it comes from; (A) marks an assumption without a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TypeFacts:
    """What is known or assumed about one type of service.

    n: how many there are in Norway. users: the median served at a time, or per inhabitant covered. rate: registered
    supervision cases and entitlement complaints per 1,000 users a year. pi: propensity to complain (1 = as patients
    of a general practitioner). shape: dispersion of the counts. Ratios of other streams are relative to `rate`.
    """

    n: int
    users: float
    users_spread: float
    users_limits: tuple[float, float]
    rate: float
    pi: float
    shape: float = 1.5  # nb_k_kommunal (A)
    per_inhabitant: bool = False
    rights_share: float = 0.0
    ombud: float = 0.0
    notice: float = 0.0
    concern: float = 0.0
    upheld: float = 0.38  # andel_lovbrudd_tilsynssak_helse, 2021
    private: float = 0.0
    survey_mean: float = 68.0  # (A) between the published means of hospitals (72) and psychiatric wards (51)
    survey_tau: float = 5.0  # survey_tau_kommune (A)
    survey_chance: float = 0.1  # a year (A)
    response: float = 0.455  # response_hjemmetjeneste, innbyggerundersøkelsen


TYPES: Mapping[str, TypeFacts] = {
    # 39,754 places (SSB 2023) at about 45 each; 3.0 per 1,000 users (Aftenposten 2013); upheld 109 of 203.
    "nursing_home": TypeFacts(
        880, 45, 0.45, (20, 120), 3.0, 0.35, rights_share=0.45, ombud=0.25, notice=0.1, concern=0.15, upheld=0.54,
        private=0.077, survey_chance=0.45),
    # 175,353 users of home nursing (SSB 2023) over 5.6 million inhabitants.
    "home_care": TypeFacts(
        500, 0.031, 0.25, (8, 4000), 3.0, 0.45, per_inhabitant=True, rights_share=0.55, ombud=0.25, notice=0.05,
        concern=0.05, private=0.06, survey_chance=0.40),
    "disability_housing": TypeFacts(  # number, size and rate (A)
        400, 10, 0.5, (4, 40), 3.0, 0.30, rights_share=0.4, ombud=0.15, concern=0.5, private=0.12, survey_chance=0.06),
    # 5,563 lists of about 1,000 (Helsedirektoratet 2023) in practices of about six; 869 cases (2017): 0.18 per list.
    "general_practice": TypeFacts(
        900, 5200, 0.55, (900, 16000), 0.18, 1.00, shape=0.3, ombud=0.4, private=0.92, survey_mean=72,
        survey_chance=0.05, response=0.49),
    # 168 clinics (NORCE 2022); contacts at a time and rate (A).
    "emergency_clinic": TypeFacts(
        168, 0.02, 0.3, (20, 8000), 2.7, 0.90, per_inhabitant=True, ombud=0.3, notice=0.1, survey_chance=0.05),
    # 54–61 hospitals; cases are what remains of 4,473 (2021) after primary care; notices 2,580 in four years.
    "hospital": TypeFacts(
        60, 420, 0.6, (60, 2500), 53.0, 1.10, shape=3.0, rights_share=0.15, ombud=0.6, notice=0.3, private=0.06,
        survey_mean=72, survey_tau=3.0, survey_chance=0.5, response=0.46),
    "mental_health_adult": TypeFacts(  # number (A); mean of psychiatric wards 2005, answers by post
        65, 560, 0.4, (120, 1800), 10.0, 0.60, shape=3.0, rights_share=0.2, ombud=0.5, notice=0.25, concern=0.05,
        private=0.08, survey_mean=55, survey_tau=6.0, survey_chance=0.3, response=0.35),
    "mental_health_child": TypeFacts(  # number and propensity (A): parents speak for the child
        80, 380, 0.4, (80, 1200), 4.7, 0.80, shape=3.0, rights_share=0.25, ombud=0.4, notice=0.1, concern=0.05,
        survey_mean=62, survey_tau=6.0, survey_chance=0.2, response=0.35),
    "substance_treatment": TypeFacts(  # number and propensity (A); answers on site (PIPEQ-OS)
        100, 55, 0.5, (10, 250), 25.0, 0.40, shape=3.0, rights_share=0.15, ombud=0.4, notice=0.25, private=0.4,
        survey_mean=58, survey_tau=6.0, survey_chance=0.25, response=0.746),
    # 265–307 offices; 152,500 recipients (SSB 2023); rate (A); a third of entitlement complaints succeed.
    "social_office": TypeFacts(
        280, 0.027, 0.35, (15, 4500), 10.0, 0.50, per_inhabitant=True, rights_share=0.85, ombud=0.05, concern=0.05,
        survey_mean=64, survey_chance=0.08),
    # 231 services, 66 of them inter-municipal (Bufdir 2023); 12.9 cases per 1,000 children (702 in 2019); upheld 0.58.
    "child_welfare_service": TypeFacts(
        231, 0.0078, 0.3, (5, 1500), 12.9, 1.20, per_inhabitant=True, concern=0.2, upheld=0.58, survey_mean=60,
        survey_chance=0.06, response=0.35),
    # 455 institutions, 990 children; rate (A); the child is the source of one case in ten.
    "child_institution": TypeFacts(
        455, 3, 0.45, (2, 12), 90.0, 0.30, concern=0.5, upheld=0.58, private=0.6, survey_mean=60, survey_chance=0.08,
        response=0.6),
}  # fmt: skip

NATURAL_PERSON_SHARE = 0.25  # of general practices: one doctor in a practice of their own (A)
SOLO_LIST = 1050.0  # patients of a sole practitioner
SPARSE_TYPES = ("emergency_clinic", "hospital", "mental_health_adult", "mental_health_child", "substance_treatment",
                "social_office", "child_welfare_service")  # fewer than municipalities: each serves several  # fmt: skip
SPECIALIST_TYPES = ("hospital", "mental_health_adult", "mental_health_child", "substance_treatment")

# The registration break of 2022: new handling rules (four offices, 343 -> 816 cases), the share upheld halved.
BREAK_YEAR = 2022
BREAK_FACTOR = 2.4
BREAK_UPHELD = 0.5
UPHELD_RIGHTS = 0.33  # andel_medhold_rettighetsklage

# How the latent quality (standard deviation 1 within the country, higher is worse) is made up (A).
QUALITY_PROVIDER, QUALITY_MUNICIPALITY, QUALITY_LASTING, QUALITY_PASSING = 0.30, 0.25, 0.60, 0.70
QUALITY_YEARLY_CARRY = 0.8
QUALITY_LIMIT = 4.0
COMPLAINT_SLOPE = 0.45  # log rate per unit of quality (A); with reporting it explains the dispersion only in part
REPORTING_SPREAD = 0.35  # log standard deviation between services of a type (A)
HUSHED_SHARE, HUSHED_FACTOR = 0.15, 0.25  # services whose dependent users hardly ever complain (A)
POOR_QUANTILE = 0.8  # the worst fifth of a type counts as poor
SEVERE_BASE, SEVERE_SLOPE = -2.75, 1.1  # log-odds of a serious failure: about one in ten (A)
ANY_BASE, ANY_SLOPE = 0.5, 0.9  # any breach: andel_lovbrudd_tilfeldig 0.60 (A)
THEME_BREACH_SHIFT = 1.2  # national themes find a breach in 75–90 % (lot_lovbruddsandeler)
VISIT_BREACH_SHIFT = -0.9  # statutory visits look at less than an audit (A)
BREACHES_EXTRA = 0.72  # lovbrudd_per_LOT 1.72
STRICTNESS_OFFICE, STRICTNESS_TEAM = 0.35, 0.35  # log-odds; inspectors disagree in 60 % of cases (King County)

# Supervisions a year, as a share of the services (coverage of a few per cent).
RISK_SHARE, REGULARITY_SHARE, THEME_SHARE, RANDOM_SHARE, INCIDENT_SHARE = 0.022, 0.012, 0.15, 0.006, 0.004
# dekning_lot_barnevern 0.186 and dekning_lot_nav 0.11 a year: THEME_SHARE is of the types the year's themes concern.
INSTITUTION_VISITS, INSTITUTION_VISITS_HIGH, INSTITUTION_HIGH_SHARE = 2, 4, 0.12  # tilsynsforskriften: 2, for some 4
MONTHS_TO_REPORT = (1.0, 6.0)

NON_MEASURING_SHARE = 0.36  # municipalities that hardly ever measure: 40 % had no nursing-home survey in three years
SURVEY_PERSON_SD = 20.0  # survey_sd_person, 16–24
ORGANISATION_RESPONSE = 0.118  # 1,876 answers of 15,866
SMALLEST_SHOWN = 5  # answers below this are not published as a score


@dataclass(frozen=True)
class Others:
    """Another authority's announced visits.

    concerns: the column of busy_periods that says whom. rate: announced periods a year for each of them. days: shortest
    and longest period. ahead: days it is told before, fewest and most. visits: what one period counts as. types: of
    service, where services or their providers are meant.
    """

    name: str
    concerns: str
    rate: float
    days: tuple[int, int]
    ahead: tuple[int, int]
    visits: int
    types: tuple[str, ...] = ()


# Who else comes is not counted anywhere in one place: every number here is (A).
HOUSED = ("nursing_home", "disability_housing", "hospital", "child_institution", "substance_treatment")
OTHERS = (
    Others("Brann- og redningsvesenet", "service_id", 0.25, (1, 2), (14, 90), 1, HOUSED),
    Others("Arbeidstilsynet", "service_id", 0.03, (1, 5), (14, 365), 1, (*HOUSED, "home_care", "social_office")),
    Others("Arbeidstilsynet", "provider_id", 0.05, (20, 45), (30, 365), 0, HOUSED),  # an inspection of a whole employer
    Others("Kommunerevisjonen", "municipality", 0.4, (40, 100), (60, 365), 1),
    Others("Valg, omorganisering eller annet kommunen har meldt", "municipality", 0.15, (20, 45), (60, 365), 0),
)
OTHERS_AHEAD = 365  # days after the span that a told period may begin
