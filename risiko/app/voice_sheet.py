"""A form as it is being filled in, and the submission it makes: every field has a path, which its faults carry too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from risiko.app.voice_items import KEPT, kept_mean
from risiko.intake.instruments import OWN
from risiko.intake.submission import ItemMean, Quote, Said, Submission
from risiko.vocabulary import DIMENSIONS

WHOLE, WORDS = "whole", "words"  # the topic that is no dimension, and what is said in words alone
TOPICS = (WHOLE, *DIMENSIONS)
OTHER = "?"  # an organisation that is not in the list
SERVICE, AREA = PLACES = ("service", "area")
NOT_TOLD = -1.0  # the mean of a question whose answer is still to be filled in
SCORE, CRITICALITY = "score", "criticality"
FROM_FILE = "items.file"  # where faults of answers that came from a file are told
_PARTS = ("said", "quotes", "items")
_WORDED = ("instrument", "item", "wording", "dimension")
_PLACE = ("service_id", "service_type", "area", "n", "n_invited")
_SIMPLE = tuple(f.name for f in fields(Submission) if f.name not in (*_PARTS, "organisation", "new_organisation"))


@dataclass(frozen=True)
class Answers:
    """What a file of answers came to. It is no field of the form, so that no decimal and no spread gets lost."""

    items: tuple[ItemMean, ...] = ()
    said: tuple[Said, ...] = ()


@dataclass
class Sheet:
    """values: path -> what was filled in, None or blank where nothing was. rows: places, quotes, items -> row numbers.
    answers: of a file, beside what is filled in.

    A row keeps its number while others are added and removed: places.2.safe.score stays the same field.
    """

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=lambda: {"places": [1], "quotes": [], "items": []})
    answers: Answers = Answers()

    def add(self, part: str, **values: Any) -> None:
        """One more row of a part, with these values."""
        before = [int(path.split(".")[1]) for path in self.values if path.startswith(f"{part}.")]
        number = 1 + max([0, *self.rows[part], *before])
        self.rows[part].append(number)
        self.values |= {f"{part}.{number}.{name}": value for name, value in values.items()}

    def remove(self, part: str, number: int) -> None:
        """The row and what stands in it, questions about a place with it; there is always one place."""
        gone = [one for one in self.rows["items"] if part == "places" and self.place_of(one) == number]
        self.rows["items"] = [one for one in self.rows["items"] if one not in gone]
        self.rows[part] = [one for one in self.rows[part] if one != number]
        if part == "places" and not self.rows[part]:
            self.add(part)

    def lay_to(self, items: tuple[ItemMean, ...], said: tuple[Said, ...], n: int | None) -> None:
        """Take the answers of a file in place of those before; n: how many answered, where that is not filled in."""
        self.answers = Answers(items, said)
        if items and self.get("n") is None:
            self.values["n"] = n

    def place_of(self, item: int) -> int:
        """The place that a question is about: the first until another is chosen."""
        place = self.get(f"items.{item}.place")
        return place if place in self.rows["places"] else self.rows["places"][0]

    def get(self, path: str) -> Any:
        """What was filled in; None where nothing was. Words without spaces at the ends."""
        value = self.values.get(path)
        return value.strip() or None if isinstance(value, str) else value


@dataclass(frozen=True)
class Filled:
    """The submission a sheet makes. paths: field of the submission -> path of the sheet, for what is numbered anew."""

    submission: Submission
    paths: dict[str, str]

    def path(self, name: str) -> str:
        """Where in the sheet a field of the submission (Fault.field) is filled in."""
        part, _, rest = name.partition(".")
        place, _, of = rest.partition(".")
        row = self.paths.get(f"{part}.{place}")
        return FROM_FILE if row == FROM_FILE else self.paths.get(name, f"{row}.{of}" if row and of else row or name)


def sheet_of(submission: Submission) -> Sheet:
    """The form that a draft goes on from."""
    sheet = Sheet({name: getattr(submission, name) for name in _SIMPLE}, {"places": [], "quotes": [], "items": []})
    sheet.values |= {"organisation": OTHER if submission.new_organisation else submission.organisation or None}
    sheet.values |= {"other": submission.organisation if submission.new_organisation else ""}
    items = tuple(one for one in submission.items if one.spread is not None)
    sheet.answers = Answers(items, tuple(one for one in submission.said if one.spread is not None))
    places: dict[tuple[str, ...], int] = {}

    def place(one: Said | ItemMean) -> int:
        key = one.service_id, one.service_type, one.area
        if key not in places:
            told = dict(zip(_PLACE, key, strict=False)) | {"kind": AREA if one.service_type or one.area else SERVICE}
            sheet.add("places", **told)
            places[key] = sheet.rows["places"][-1]
        return places[key]

    for said in (one for one in submission.said if one.spread is None):
        base = f"places.{place(said)}"
        graded = said.criticality or (WORDS if said.text and said.score is None else "")
        topic = {"score": said.score, "text": said.text, "graded": graded}
        sheet.values |= {f"{base}.n": said.n, f"{base}.n_invited": said.n_invited}
        sheet.values |= {f"{base}.{said.dimension or WHOLE}.{name}": value for name, value in topic.items()}
    for quote in submission.quotes:
        sheet.add("quotes", text=quote.text, agreed=quote.agreed, dimension=quote.dimension, may_show=quote.may_show)
    for item in (one for one in submission.items if one.spread is None):
        told = {name: getattr(item, name) for name in ("instrument", "item", "wording", "dimension", "n_blank")}
        numbers = {"n": item.n or None, "mean": None if item.mean == NOT_TOLD else item.mean}
        sheet.add("items", **told, **numbers, place=place(item))
    if not sheet.rows["places"]:
        sheet.add("places")
    scored = any(said.score is not None for said in submission.said)
    sheet.values["by"] = SCORE if scored else None
    return sheet


def filled(sheet: Sheet) -> Filled:
    """The submission as it stands: what is blank is left out, and a place of which nothing is told yet stays."""
    paths: dict[str, str] = {}
    items = (*_items(sheet, paths), *sheet.answers.items)
    said = (*_said(sheet, paths), *sheet.answers.said)
    for name, part, read in (("items", items, sheet.answers.items), ("said", said, sheet.answers.said)):
        paths |= {f"{name}.{n}": FROM_FILE for n in range(len(part) - len(read) + 1, len(part) + 1)}
    quotes = tuple(_quotes(sheet, paths))
    simple = {name: sheet.get(name) for name in _SIMPLE if sheet.get(name) is not None}
    other = sheet.get("organisation") == OTHER
    name = sheet.get("other" if other else "organisation") or ""
    if other:
        paths["organisation"] = "other"
    told = Submission(**simple, organisation=name, new_organisation=other, said=said, quotes=quotes, items=items)
    return Filled(told, paths)


def _said(sheet: Sheet, paths: dict[str, str]) -> Iterator[Said]:
    asked_of = {sheet.place_of(number) for number in sheet.rows["items"]}
    n = 0
    for number in sheet.rows["places"]:
        base = f"places.{number}"
        where = _place(sheet, number) | {name: sheet.get(f"{base}.{name}") for name in ("n", "n_invited")}
        spoken = [one for topic in TOPICS if (one := _topic(sheet, base, topic, where))]
        if not spoken and number not in asked_of:
            spoken = [(WHOLE, Said(**where))] if any(where.values()) else []
        for topic, told in spoken:
            n += 1
            paths[f"said.{n}"] = f"{base}.{topic}"
            paths |= {f"said.{n}.{name}": f"{base}.{name}" for name in _PLACE}
            paths[f"said.{n}.criticality"] = f"{base}.{topic}.graded"
            yield told


def _topic(sheet: Sheet, base: str, topic: str, where: dict[str, Any]) -> tuple[str, Said] | None:
    score, graded, text = [sheet.get(f"{base}.{topic}.{name}") for name in ("score", "graded", "text")]
    if sheet.get("by") == SCORE:
        graded = None
    else:
        score, text = None, text if graded else None
    if score is None and not text and not graded:
        return None
    criticality = "" if graded in (None, WORDS) else graded
    dimension = "" if topic == WHOLE else topic
    return topic, Said(dimension=dimension, score=score, criticality=criticality, text=text or "", **where)


def _place(sheet: Sheet, number: int) -> dict[str, Any]:
    base = f"places.{number}"
    names = ("service_type", "area") if sheet.get(f"{base}.kind") == AREA else ("service_id",)
    return {name: sheet.get(f"{base}.{name}") or "" for name in names}


def _quotes(sheet: Sheet, paths: dict[str, str]) -> Iterator[Quote]:
    n = 0
    for number in sheet.rows["quotes"]:
        base = f"quotes.{number}"
        text = sheet.get(f"{base}.text")
        if text:
            n += 1
            paths[f"quotes.{n}"] = base
            show = sheet.get(f"{base}.may_show") or Quote.may_show
            yield Quote(text, bool(sheet.get(f"{base}.agreed")), sheet.get(f"{base}.dimension") or "", show)


def _items(sheet: Sheet, paths: dict[str, str]) -> Iterator[ItemMean]:
    for n, number in enumerate(sheet.rows["items"], start=1):
        base = f"items.{number}"
        paths[f"items.{n}"] = base
        paths |= {f"items.{n}.{name}": f"{base}.place" for name in ("service_id", "service_type", "area")}
        words: dict[str, Any] = {name: sheet.get(f"{base}.{name}") or "" for name in _WORDED}
        if words["instrument"] == OWN:
            words["item"] = words["wording"]
        mean, scale = sheet.get(f"{base}.mean"), sheet.get("scale") or KEPT
        yield ItemMean(
            n=sheet.get(f"{base}.n") or 0,
            mean=NOT_TOLD if mean is None else kept_mean(mean, scale, words["instrument"], words["item"]),
            n_blank=sheet.get(f"{base}.n_blank") or 0, **words, **_place(sheet, sheet.place_of(number)),
        )  # fmt: skip
