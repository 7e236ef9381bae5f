"""Names on record: whether one is among them, and which are nearest to one that is not."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache

import pandas as pd

from risiko.intake.submission import Known
from risiko.organisations import spelling

_MOST_ASKED = 20  # a file with every name wrong is a file for another authority: guesses no longer help


class Nearest:
    """Looks names up in what is known, whatever their case, spaces and punctuation for organisations and areas."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._guessed: dict[tuple[str, str], str] = {}

    def is_service(self, service_id: str) -> bool:
        """Whether a service has this id."""
        return service_id in self._known.services

    def is_type(self, service_type: str) -> bool:
        """Whether it is a type of service."""
        return service_type in self._known.service_types

    def is_area(self, area: str) -> bool:
        """Whether a municipality or county is called so."""
        return _bare(area) in self._areas

    def is_organisation(self, name: str) -> bool:
        """Whether an organisation is called so, however it is spelt."""
        return _bare(name) in self._organisations

    def services(self, asked: str) -> str:
        """The nearest services by id or name, as "name (id)", or nothing."""
        by_word = {name: service for service, name in self._known.services.items()}
        by_word |= {service: service for service in self._known.services}
        found = dict.fromkeys(by_word[word] for word in self._near("service", asked, list(by_word)))
        return ", ".join(f"{self._known.services[service]} ({service})" for service in found)

    def types(self, asked: str) -> str:
        """The nearest types of service, in the language they were asked in, or nothing."""
        names = [name for slug in self._known.service_types for name in self._known.type_names.get(slug, ())]
        return ", ".join(self._near("type", asked, [*self._known.service_types, *names]))

    def areas(self, asked: str) -> str:
        """The nearest municipalities and counties, or nothing."""
        return ", ".join(self._near("area", asked, self._known.areas))

    def organisations(self, asked: str) -> str:
        """The nearest organisations, or nothing."""
        return ", ".join(self._near("organisation", asked, self._known.organisations))

    def _near(self, kind: str, asked: str, names: Sequence[str]) -> list[str]:
        if (kind, asked) not in self._guessed:
            if len(self._guessed) >= _MOST_ASKED:
                return []
            lower = {name.casefold(): name for name in names}
            near = get_close_matches(asked.strip().casefold()[:80], list(lower), n=3, cutoff=0.6)
            self._guessed[kind, asked] = "\n".join(lower[name] for name in near)
        return [name for name in self._guessed[kind, asked].split("\n") if name]

    @cached_property
    def _areas(self) -> frozenset[str]:
        return _spellings(self._known.areas)

    @cached_property
    def _organisations(self) -> frozenset[str]:
        return _spellings(self._known.organisations)


def _spellings(names: Sequence[str]) -> frozenset[str]:
    return frozenset(spelling(pd.Series(list(names), dtype="str")))


@lru_cache(maxsize=4096)  # a file names the same few areas in thousands of rows
def _bare(name: str) -> str:
    return str(spelling(pd.Series([name], dtype="str"))[0])
