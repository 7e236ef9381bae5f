"""The contract tables: what each column is, in one object that both checks and explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from risiko import vocabulary as v

Type = Literal["text", "integer", "number", "date", "bool", "category", "list"]
Tables = dict[str, pd.DataFrame]

DTYPES: Mapping[Type, str] = {
    "text": "str", "category": "str", "list": "str", "integer": "Int64", "number": "float64",
    "date": "datetime64[us]", "bool": "boolean",
}  # fmt: skip
LIST_SEPARATOR = "|"


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, limits and allowed values, and one sentence for the data dictionary."""

    name: str
    type: Type
    sentence: str
    nullable: bool = False
    unit: str = ""
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    past: bool = True  # dates only: may it not lie in the future?
    free_text: bool = False  # what people wrote: identifiers in it are masked before it is stored

    @property
    def dtype(self) -> str:
        return DTYPES[self.type]


@dataclass(frozen=True)
class Contract:
    """One table: its key, its columns and whether rows are versioned by known_date.

    id_columns name the thing; id_columns + known_date is the key of one version of it.
    """

    name: str
    sentence: str
    id_columns: tuple[str, ...]
    columns: tuple[Column, ...]
    timeless: bool = False
    by_name: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = [c.name for c in self.columns]
        faulty = len(set(names)) != len(names) or not set(self.key) <= set(names)
        if faulty or any(not c.sentence.endswith(".") for c in self.columns):
            raise ValueError(f"contract {self.name!r} is faulty: names must be unique, keys present, sentences whole")
        object.__setattr__(self, "by_name", {c.name: c for c in self.columns})

    @property
    def key(self) -> tuple[str, ...]:
        return self.id_columns if self.timeless else (*self.id_columns, "known_date")

    @property
    def event_column(self) -> str | None:
        return "event_date" if any(c.name == "event_date" for c in self.columns) else None

    def empty(self) -> pd.DataFrame:
        """The table with no rows and the right dtypes."""
        return self._empty.copy()

    @cached_property
    def _empty(self) -> pd.DataFrame:
        # Every table read begins with it, and making it takes forty times as long as copying it.
        return pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in self.columns})

    def conform(self, frame: pd.DataFrame, extra: Sequence[str] = ()) -> pd.DataFrame:
        """The frame in contract order and dtypes; absent nullable columns are added as missing.

        extra: metadata columns that are carried along behind the contract's own, unchanged.
        """
        out = {}
        for column in self.columns:
            if column.name in frame:
                values = frame[column.name]
                out[column.name] = values if str(values.dtype) == column.dtype else values.astype(column.dtype)
            else:
                out[column.name] = pd.Series(index=frame.index, dtype=column.dtype)
        out |= {name: frame[name] for name in extra if name in frame}
        return pd.DataFrame(out, index=frame.index)


def _col(name: str, type_: Type, sentence: str, **more: Any) -> Column:
    return Column(name, type_, sentence, **more)


_SERVICE = _col("service_id", "text", "The service, the unit of supervision.")
_EVENT = _col("event_date", "date", "When it happened.")
_KNOWN = _col("known_date", "date", "When the authority could first have known this version of the row.")
_DEGREE = {"nullable": True, "unit": "0–3", "minimum": 0, "maximum": 3}

_TABLES = (
    Contract("services", "Services under supervision, one row per known version.", ("service_id",), (
        _SERVICE,
        _KNOWN,
        _col("name", "text", "The name shown to planners.", nullable=True),
        _col("sector", "category", "Which law and office division it falls under.", values=v.SECTORS),
        _col("service_type", "text", "The group of similar services it is compared with."),
        _col("provider_id", "text", "Who runs it; several services may share one.", nullable=True),
        _col("office", "text", "The office that supervises it.", nullable=True),
        _col("county", "text", "The county it lies in.", nullable=True),
        _col("users", "number", "People served at a time: the exposure behind every rate.", nullable=True,
             unit="people", minimum=0, maximum=10_000_000),
        _col("natural_person", "bool", "True for a sole practitioner, who is never scored."),
        _col("dependency", "integer", "How far users cannot look after their own interests; blank takes the type's default.", **_DEGREE),
        _col("vulnerability", "integer", "How vulnerable the user group is; blank takes the type's default.", **_DEGREE),
        _col("coercion", "integer", "How far the service may use coercion or limit rights; blank takes the type's default.", **_DEGREE),
        _col("valid_from", "date", "When the service began.", nullable=True, past=False),
        _col("valid_to", "date", "When it closed or merged; blank while in operation.", nullable=True, past=False),
    )),
    Contract("service_areas", "Which municipalities a service serves; many to many.", ("service_id", "municipality"), (
        _SERVICE,
        _col("municipality", "text", "A municipality it serves."),
        _KNOWN,
        _col("share", "number", "Share of its users who live there; 0 ends the relation.", nullable=True,
             unit="share", minimum=0, maximum=1),
    )),
    Contract("complaints", "Complaints and reports about a service, single or counted.", ("complaint_id",), (
        _col("complaint_id", "text", "One complaint, or one row of a count."),
        _SERVICE, _EVENT, _KNOWN,
        _col("n", "integer", "How many complaints the row stands for.", unit="complaints", minimum=0, maximum=1_000_000),
        _col("stream", "text", "Which channel it came through; names and validity periods are settings."),
        _col("regime", "text", "The registration regime it was counted under; a change that meets a whole type at once moves no one.",
             nullable=True),
        _col("source", "category", "Who complained.", nullable=True, values=v.COMPLAINT_SOURCES),
        _col("grounds", "list", "What it was about, separated by a vertical bar.", nullable=True),
        _col("severity", "integer", "How serious the matter is, from trivial to danger to life.", **_DEGREE),
        _col("outcome", "category", "What the handling concluded; pending until a later version says otherwise.",
             values=v.OUTCOMES),
        _col("date_precision", "category", "How exact the event date is; a count over a period is dated on its last day.", values=v.DATE_PRECISIONS),
    )),
    Contract("experiences", "User-experience evidence, one row per piece and dimension.", ("experience_id",), (
        _col("experience_id", "text", "One piece of evidence on one dimension."),
        _col("service_id", "text", "The service it is about; blank where it concerns a type and an area.", nullable=True),
        _col("service_type", "text", "The type of service, where no single service is meant.", nullable=True),
        _col("area", "text", "Municipality or county, where no single service is meant.", nullable=True),
        _EVENT, _KNOWN,
        _col("method", "category", "How it was collected.", values=v.METHODS),
        _col("organisation", "text", "The user organisation or body that supplied it.", nullable=True),
        _col("dimension", "category", "Which of the six dimensions of good services it speaks about.", nullable=True,
             values=v.DIMENSIONS),
        _col("score", "number", "The experience on a scale where 100 is best; blank where none was given.",
             nullable=True, unit="0–100", minimum=0, maximum=100),
        _col("n", "integer", "How many people answered or took part.", nullable=True, unit="people", minimum=0),
        _col("n_invited", "integer", "How many were asked.", nullable=True, unit="people", minimum=0),
        _col("spread", "number", "Standard deviation between the answers.", nullable=True, unit="points", minimum=0),
        _col("text", "text", "What was said, in words; identifiers are masked before it is stored.", nullable=True, free_text=True),
    )),
    Contract("submissions", "What users, relatives and their organisations handed in: how it was collected.", ("submission_id",), (
        _col("submission_id", "text", "One submission; its experiences, quotes and item means carry its id before a hyphen and a number."),
        _KNOWN,
        _col("first_day", "date", "The first day of collection."),
        _col("event_date", "date", "The last day of collection."),
        _col("method", "category", "How it was collected.", values=v.METHODS),
        _col("organisation", "text", "The user organisation that handed it in; blank where the authority asked itself.", nullable=True),
        _col("asked_by", "text", "Who asked: a role or body, never a name.", nullable=True, free_text=True),
        _col("reached", "category", "How the participants were reached.", values=v.REACHED),
        _col("reached_how", "text", "The same in words.", nullable=True, free_text=True),
        _col("user_group", "category", "Who they are.", values=v.USER_GROUPS),
        _col("n", "integer", "How many people answered or took part.", unit="people", minimum=1),
        _col("n_invited", "integer", "How many were asked.", nullable=True, unit="people", minimum=1),
        _col("n_women", "integer", "How many of them are women.", nullable=True, unit="people", minimum=0),
        _col("n_men", "integer", "How many of them are men.", nullable=True, unit="people", minimum=0),
        _col("youngest", "integer", "Age of the youngest.", nullable=True, unit="years", minimum=0, maximum=120),
        _col("oldest", "integer", "Age of the oldest.", nullable=True, unit="years", minimum=0, maximum=120),
        _col("consent", "category", "What the participants have agreed to.", values=v.CONSENTS),
        _col("purpose", "category", "What it may be used for.", values=v.PURPOSES),
        _col("keep_until", "date", "The last day its texts are kept; then `risiko voice purge` takes them away.", past=False),
        _col("wants_back", "text", "What the participants want to hear back.", nullable=True, free_text=True),
        _col("content_hash", "text", "SHA-256 of what was handed in: the same again is found by it."),
    )),
    Contract("quotes", "Quotes that the one who said it has agreed to.", ("quote_id",), (
        _col("quote_id", "text", "One quote: its submission's id, a hyphen and a number."),
        _KNOWN,
        _col("dimension", "category", "Which of the six dimensions it speaks about.", nullable=True, values=v.DIMENSIONS),
        _col("text", "text", "What was said; identifiers are masked before it is stored. Blank once it has been purged.", nullable=True, free_text=True),
        _col("may_show", "category", "Who may read it, as agreed.", values=v.QUOTE_USES),
    )),
    Contract("item_means", "Answers to one question of a survey, reduced to their mean.", ("item_mean_id",), (
        _col("item_mean_id", "text", "One question about one subject: its submission's id, a hyphen and a number."),
        _EVENT, _KNOWN,
        _col("service_id", "text", "The service it is about; blank where it concerns a type and an area.", nullable=True),
        _col("service_type", "text", "The type of service, where no single service is meant.", nullable=True),
        _col("area", "text", "Municipality or county, where no single service is meant.", nullable=True),
        _col("instrument", "text", "The questionnaire: gs_peq, norpeq, or own."),
        _col("item", "text", "The question within it; the same name is the same question."),
        _col("wording", "text", "The question as it was asked, where it is no standard one.", nullable=True),
        _col("dimension", "category", "Which of the six dimensions it speaks about.", nullable=True, values=v.DIMENSIONS),
        _col("n", "integer", "How many answered it.", unit="people", minimum=1),
        _col("n_blank", "integer", "How many left it blank or said it does not apply.", unit="people", minimum=0),
        _col("mean", "number", "Mean answer on a scale where 100 is best.", unit="0–100", minimum=0, maximum=100),
        _col("spread", "number", "Standard deviation between the answers.", nullable=True, unit="points", minimum=0),
        _col("design_effect", "number", "Variance of the mean over that of a simple random sample of as many.", nullable=True, minimum=0),
    )),
    Contract("supervisions", "Supervisions carried out.", ("supervision_id",), (
        _col("supervision_id", "text", "One supervision."),
        _SERVICE, _EVENT, _KNOWN,
        _col("kind", "category", "The form it took.", values=v.SUPERVISION_KINDS),
        _col("selection", "category", "On what ground the service was chosen.", values=v.SELECTIONS),
        _col("selection_probability", "number", "Probability of being chosen, where it was drawn.", nullable=True,
             unit="probability", minimum=0, maximum=1),
        _col("office", "text", "The office that carried it out.", nullable=True),
        _col("team", "text", "The team or lead inspector, by code, never by name.", nullable=True),
        _col("person_days", "number", "Effort in all.", nullable=True, unit="person-days", minimum=0),
        _col("topics", "list", "What was looked at, separated by a vertical bar.", nullable=True),
    )),
    Contract("findings", "What a supervision found.", ("finding_id",), (
        _col("finding_id", "text", "One finding."),
        _col("supervision_id", "text", "The supervision it belongs to."),
        _KNOWN,
        _col("dimension", "category", "Which of the six dimensions it concerns.", nullable=True, values=v.DIMENSIONS),
        _col("severity", "category", "How serious it is.", values=v.FINDING_SEVERITIES),
        _col("severity_score", "number", "The regulator's own finer grading on the same scale; blank takes the word's value.",
             nullable=True, unit="0 none – 3 serious breach", minimum=0, maximum=3),
        _col("text", "text", "What was written; identifiers are masked before it is stored.", nullable=True, free_text=True),
        _col("corrected_date", "date", "When the failure was put right.", nullable=True),
    )),
    Contract("actions", "Enforcement and follow-up.", ("action_id",), (
        _col("action_id", "text", "One action."),
        _SERVICE,
        _col("supervision_id", "text", "The supervision it follows, if any.", nullable=True),
        _EVENT, _KNOWN,
        _col("kind", "category", "What the authority did.", values=v.ACTION_KINDS),
        _col("closed_date", "date", "When it was closed.", nullable=True),
    )),
    Contract("external_scores", "Another system's score, for comparison.", ("service_id", "name"), (
        _SERVICE,
        _col("name", "text", "Whose score it is."),
        _KNOWN,
        _col("value", "number", "The score, oriented so that higher is worse."),
    )),
    Contract("busy_periods", "When others visit or burden a service, a provider or a whole municipality.", ("busy_id",), (
        _col("busy_id", "text", "One period."),
        _KNOWN,
        _col("first_day", "date", "Its first day; it may lie in the future.", past=False),
        _col("last_day", "date", "Its last day.", past=False),
        _col("authority", "text", "Who visits."),
        _col("service_id", "text", "The service it concerns; blank where a provider or a municipality is meant.", nullable=True),
        _col("provider_id", "text", "The provider whose services it concerns.", nullable=True),
        _col("municipality", "text", "The municipality whose services it concerns.", nullable=True),
        _col("visits", "integer", "How many visits it counts as; 0 for a period that is merely unsuitable.", unit="visits",
             minimum=0, maximum=1000),
    )),
    Contract("metadata_columns", "What the extra columns of services mean.", ("name",), (
        _col("name", "text", "The extra column's name in services."),
        _col("kind", "category", "What its values are.", values=v.METADATA_KINDS),
        _col("unit", "text", "The unit of a number.", nullable=True),
        _col("direction", "category", "Whether more is worse, better or neither.", values=v.DIRECTIONS),
        _col("audit_only", "bool", "True: for equal-treatment pages only, never a feature."),
        _col("sentence", "text", "What it means, in one sentence."),
    ), timeless=True),
)  # fmt: skip

CONTRACTS: Mapping[str, Contract] = {c.name: c for c in _TABLES}


def empty_tables() -> Tables:
    """Every contract table with no rows."""
    return {name: contract.empty() for name, contract in CONTRACTS.items()}


def metadata_names(services: pd.DataFrame) -> list[str]:
    """The extra metadata columns that a services frame carries beside the contract's own."""
    return [name for name in services.columns if name not in CONTRACTS["services"].by_name]
