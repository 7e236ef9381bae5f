"""A submission: what users, relatives or their organisation hand in at one time, as typed objects."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as field_of  # Fault has a field of that name
from datetime import date


@dataclass(frozen=True)
class Said:
    """What was said about one service, or about a type of service in an area, on one dimension.

    service_id, or service_type and area. dimension: of vocabulary.DIMENSIONS; blank: of the whole. score: 0-100, 100
    best; None where criticality (of vocabulary.CRITICALITIES) or the text alone speaks. n, n_invited: people behind it;
    None: those of the submission. spread: standard deviation between them in points.
    """

    service_id: str = ""
    service_type: str = ""
    area: str = ""
    dimension: str = ""
    score: float | None = None
    criticality: str = ""
    text: str = ""
    n: int | None = None
    n_invited: int | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Quote:
    """Somebody's own words. agreed: whether they have agreed to be quoted; without it the quote is not taken in.

    may_show: who may read it (vocabulary.QUOTE_USES).
    """

    text: str
    agreed: bool
    dimension: str = ""
    may_show: str = "authority"


@dataclass(frozen=True)
class ItemMean:
    """The answers to one question about one subject, reduced: see contract item_means."""

    instrument: str
    item: str
    n: int
    mean: float
    n_blank: int = 0
    spread: float | None = None
    design_effect: float | None = None
    wording: str = ""
    dimension: str = ""
    service_id: str = ""
    service_type: str = ""
    area: str = ""


@dataclass(frozen=True)
class Submission:
    """One piece of evidence as handed in; see contract submissions for the units and words of each field.

    method decides which fields are asked for (intake.methods). organisation: blank where the authority asked itself.
    new_organisation: the name is meant though no one knows it yet. keep_until: None: the settings' period. first_day
    and last_day None, n None and blank words mean "not told yet": a draft may hold them, `checking.faults` names them.
    """

    method: str
    organisation: str = ""
    new_organisation: bool = False
    asked_by: str = ""
    reached: str = ""
    reached_how: str = ""
    user_group: str = ""
    n: int | None = None
    n_invited: int | None = None
    n_women: int | None = None
    n_men: int | None = None
    youngest: int | None = None
    oldest: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    consent: str = ""
    purpose: str = ""
    keep_until: date | None = None
    wants_back: str = ""
    said: tuple[Said, ...] = ()
    quotes: tuple[Quote, ...] = ()
    items: tuple[ItemMean, ...] = ()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a submission, or doubtful.

    field: a field of Submission, or said.2.score, quotes.1.text, items.3.n (counted from 1). cell: where it stands in a
    workbook ("Svar!C7"); blank in a form. value: what stands there, masked and cut. reason: of intake.checking.REASONS,
    worded by the catalogues (intake_fault.REASON, intake_try.REASON). told: what the sentence leaves open. rejected:
    the submission cannot be taken in with it; otherwise a doubt that is told.
    """

    field: str
    reason: str
    value: str = ""
    cell: str = ""
    told: dict[str, str] = field_of(default_factory=dict)
    rejected: bool = True


@dataclass(frozen=True)
class Known:
    """What a submission is checked against. services: service_id -> name; types: every type; areas: municipality and
    county names; organisations: every name and alias known; today; keep_months, largest n of settings' use. type_names:
    type -> what it is called in nb, nn and en; a type without names is called by itself, made readable."""

    services: dict[str, str]
    service_types: tuple[str, ...]
    areas: tuple[str, ...]
    organisations: tuple[str, ...]
    today: date
    keep_months: int
    type_names: dict[str, tuple[str, str, str]] = field_of(default_factory=dict)
