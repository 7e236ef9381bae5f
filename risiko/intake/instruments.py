"""Questionnaires whose questions are known: their items, answers, and the dimension each item speaks about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from risiko.settings import Names
from risiko.vocabulary import DIMENSIONS

OWN = "own"  # questions of the organisation's own


@dataclass(frozen=True)
class Item:
    """One question. answers: from the lowest step to the highest; a reversed one is best at the lowest.

    dimension: of vocabulary.DIMENSIONS. reason: why that one, in English for the reference; the mapping is ours.
    """

    item: str
    dimension: str
    wording: Names
    answers: tuple[Names, ...]
    reverse: bool = False
    reason: str = ""

    @property
    def steps(self) -> int:
        """How many answers there are to choose from."""
        return len(self.answers)


@dataclass(frozen=True)
class Instrument:
    """A questionnaire. source: where it is published, what of it is verified there and what is ours."""

    name: str
    source: str
    items: tuple[Item, ...]
    by_name: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", MappingProxyType({item.item: item for item in self.items}))


def _loaded() -> Mapping[str, Instrument]:
    told = tomllib.loads((Path(__file__).parent / "instruments.toml").read_text(encoding="utf-8"))
    scales = {name: tuple(Names(**word) for word in words) for name, words in told["answers"].items()}
    found = {name: _instrument(name, body, scales) for name, body in told["instruments"].items()}
    return MappingProxyType(found)


def _instrument(name: str, body: Mapping[str, Any], scales: Mapping[str, tuple[Names, ...]]) -> Instrument:
    items = tuple(
        Item(one["item"], one["dimension"], Names(**one["wording"]), scales[one["answers"]],
             one.get("reverse", False), one["reason"])
        for one in body["items"]
    )  # fmt: skip
    if len({item.item for item in items}) < len(items) or not {item.dimension for item in items} <= set(DIMENSIONS):
        raise ValueError(f"the items of {name!r} need names of their own and a dimension each")
    return Instrument(name, body["source"], items)


INSTRUMENTS: Mapping[str, Instrument] = _loaded()
