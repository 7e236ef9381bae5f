"""What things are called for this reader: signals, types of service, reasons, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from risiko.i18n import Translator
from risiko.i18n.families import FAMILIES
from risiko.i18n.translator import readable
from risiko.settings import Names as Named
from risiko.settings import Settings
from risiko.signals import families

_METADATA = "metadata"
_DOTS = {1: "●○○", 2: "●●○", 3: "●●●"}


@dataclass(frozen=True)
class Names:
    """Words for the values in the ranking. declared: metadata column -> the sentence it was declared with."""

    t: Translator
    settings: Settings
    declared: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, t: Translator, settings: Settings, metadata_columns: pd.DataFrame) -> Names:
        """The names by an authority's settings and its declared metadata columns (the contract table)."""
        return cls(t, settings, dict(zip(metadata_columns["name"], metadata_columns["sentence"], strict=True)))

    def service_type(self, slug: str) -> str:
        """The type's name in the settings; an unknown type's own slug, made readable."""
        known = self.settings.service_types.get(slug)
        return known.name.get(self.t.language) if known else readable(slug)

    def signal(self, name: str) -> str:
        """The signal in a few words, short enough for a chip."""
        family, _, of = name.partition(":")
        if not of:
            return self.t.word("signal", name)
        member = self._member(family, of)
        return member if family == _METADATA else self.t(f"signal_of.{family}", of=member)

    def raising(self, lists: pd.Series, missing: pd.Series) -> list[list[str]]:
        """Per service the signals that raise its score; one that raises it by having no data says so."""
        return [
            [self.t("reasons.without", signal=self.signal(s)) if s in gone else self.signal(s) for s in found]
            for found, gone in zip(lists, missing, strict=True)
        ]

    def signal_sentence(self, name: str) -> str:
        """What the signal measures, in a sentence; for metadata, what it was declared to mean."""
        family, _, of = name.partition(":")
        if not of:
            return self.t.word("signal_help", name)
        member = self._member(family, of)
        if family != _METADATA:
            return self.t(f"signal_of_help.{family}", of=member)
        return self.t("signal.metadata", name=member, sentence=self.declared.get(of, ""))

    def _member(self, family: str, word: str) -> str:
        """The stream, dimension, method or column that a member of a family of signals is about."""
        kind = families()[family].of if family in families() else ""
        own: Mapping[str, Named] = {
            "stream": {name: stream.name for name, stream in self.settings.streams.items()},
            "metadata": self.settings.metadata_names,
        }.get(kind, {})
        if word in own:
            return own[word].get(self.t.language)
        return readable(word) if kind in ("stream", "metadata") else self.t.word(kind, word)

    def unit(self, unit: str) -> str:
        """The unit in words; a metadata column's unit as it was declared."""
        return self.t.word("unit", unit) if unit in FAMILIES["unit"] else unit

    def source(self, table: str, source: str) -> str:
        """A source in words: the table, and the stream or method within it."""
        within = {"complaints": "stream", "experiences": "method"}
        if not source:
            return self.t.word("table", table)
        kind = within.get(table, "")
        streams = self.settings.streams
        if kind == "stream":
            name = streams[source].name.get(self.t.language) if source in streams else readable(source)
        else:
            name = self.t.word(kind, source)
        return f"{self.t.word('table', table)}: {name[:1].lower() + name[1:]}"

    def evidence(self, dots: int) -> str:
        """Evidence strength as shape and word: ●●○ middels."""
        return f"{_DOTS[int(dots)]} {self.t.word('evidence', str(int(dots)))}"

    def silence(self, row: pd.Series) -> str:
        """One service's row of Features.silence in a few plain sentences."""
        t, flag = self.t, str(row["flag"])
        months, expected = self.settings.complaints.long_months, t.number(row["expected_voice"], 1)
        said = [t.plural(f"silence.{flag}", round(row["heard"]), months=months, expected=expected)]
        if row["second_n"] > 0:
            said.append(t.plural("silence.others", round(row["second_n"])))
        if flag != "no_exposure":
            said.append(t("silence.bounds", best=t.number(row["rank_best"]), worst=t.number(row["rank_worst"])))
        return " ".join(said)

    def interval(self, low: float, high: float) -> str:
        """A rank interval: 1–28."""
        return f"{self.t.number(low)}–{self.t.number(high)}"

    def choice(self, name: str, value: str) -> str:
        """One value of a filter in words."""
        match name:
            case "sector":
                return self.t.word("sector", value)
            case "type":
                return self.service_type(value)
            case "evidence" if value in FAMILIES["evidence"]:
                return self.evidence(int(value))
        return value

    def last_supervised(self, day: pd.Timestamp | None) -> str:
        """The date, or that none is registered."""
        return self.t("last.never") if pd.isna(day) else self.t.date(day)
