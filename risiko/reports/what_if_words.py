"""What would change a service's place, and whose voice moved it, in sentences and tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from risiko.i18n.translator import readable
from risiko.reports.names import Names

NOTICED = 0.01  # an interval that narrows by less is not called narrower
LITTLE = 0.05  # beyond the last outcome tried a smaller chance is not told from none
MOST_TOLD, MOST_VOICES = 3, 3


def what_if_sentences(found: pd.DataFrame, names: Names) -> list[str]:
    """What would take the service to the other side of the capacity line, what there is most to learn from, and a note
    that all of it is invented. found: as pipeline.what_if gives; empty where nothing has a measure to be held against.
    """
    t = names.t
    if found.empty:
        return [t("what_if.nothing")]
    crossing = found[found["crosses"].to_numpy(dtype=bool)]
    # Of each kind the most ordinary outcome that does it; the table has the rest.
    crossing = crossing.sort_values("outcome", key=lambda o: o != "as_expected", kind="stable")
    crossing = crossing.drop_duplicates(["kind", "of"]).sort_index().head(MOST_TOLD)
    said = [outcome_sentence(row, names) for row in crossing.itertuples(index=False)] or [t("what_if.none_crosses")]
    said += [learning_sentence(found, names), t("what_if.note")]
    people = found.groupby("kind")["n"].first()
    if {"survey", "report"} <= set(people.index):
        said.append(t("what_if.sizes", answers=t.number(people["survey"]), voices=t.number(people["report"])))
    return said


def outcome_sentence(row: Any, names: Names) -> str:
    """One invented piece of evidence, where the service would stand with it, and whether it would cross the line."""
    t = names.t
    rank, before = t.number(row.rank), t.number(row.rank_before)
    interval = names.interval(row.rank_low, row.rank_high)
    told = {"n": t.number(row.n), "value": shown_value(row, names), "of": _of(row, names)}
    evidence = t(f"what_if_shown.{row.kind}_{row.outcome}", **told)
    if row.rank == row.rank_before:
        return t("what_if.stays", evidence=evidence, rank=rank, interval=interval)
    moved = t("what_if.moves", evidence=evidence, before=before, rank=rank, interval=interval)
    if not row.crosses:
        return moved
    side = t.plural("what_if.enters", row.top) if row.rank <= row.top else t.plural("what_if.leaves", row.top)
    return f"{moved} {side}"


def learning_sentence(found: pd.DataFrame, names: Names) -> str:
    """Which kind of evidence would narrow the interval most, and by how much; or that none would."""
    t, told = names.t, found.dropna(subset=["narrower"])
    best = told.sort_values("narrower", ascending=False, kind="stable").head(1)
    if best.empty or best["narrower"].iloc[0] < NOTICED:
        return t("what_if.none_narrows")
    row = next(best.itertuples(index=False))
    return t("what_if.learn", kind=kind_words(row, names), share=t.percent(row.narrower))


def what_if_table(found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Every piece tried as a row of text, in the order of `found`."""
    t = names.t
    rows = [
        {
            t("what_if.kind"): kind_words(row, names),
            t("what_if.shows"): _shows(row, names),
            t("what_if.place"): t.number(row.rank),
            t("what_if.interval"): names.interval(row.rank_low, row.rank_high),
            t("what_if.in_top"): t.chance(row.p_top),
            t("what_if.narrower"): t("what_if.unknown") if pd.isna(row.narrower) else t.percent(max(row.narrower, 0.0)),
            t("what_if.chance"): _chance(row.chance, names),
        }
        for row in found.itertuples(index=False)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def without_sentences(found: pd.DataFrame, names: Names) -> list[str]:
    """Whose voice moved the service most, at most three, and how that is reckoned. found: as pipeline.without gives."""
    t = names.t
    if found.empty:
        return [t("without.nobody")]
    moving = found[(found["places"] != 0).to_numpy(dtype=bool)].head(MOST_VOICES)
    said = [without_sentence(row, names) for row in moving.itertuples(index=False)]
    return [*(said or [t("without.none_moves")]), t("without.note")]


def without_sentence(row: Any, names: Names) -> str:
    """Where the service would have stood without one source or organisation."""
    t, source = names.t, voice_words(row, names)
    if row.places == 0:
        return t("without.same", source=source)
    places = abs(int(row.places))
    down = t.plural("without.down", places, source=source)
    return down if row.places > 0 else t.plural("without.up", places, source=source)


def without_table(found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Every source and organisation that has spoken of the service as a row of text, farthest moved first."""
    t = names.t
    rows = [
        {
            t("without.voice"): _high(voice_words(row, names)),
            t("without.pieces"): t.number(row.n),
            t("without.with"): t.number(row.rank_with),
            t("without.without"): t.number(row.rank_without),
            t("without.places"): t.number(row.places, sign=True),
            t("without.likelihood_with"): t.percent(row.likelihood_with, 1),
            t("without.likelihood_without"): t.percent(row.likelihood_without, 1),
        }
        for row in found.itertuples(index=False)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def voice_words(row: Any, names: Names) -> str:
    """A source or organisation as it stands after the word "without"."""
    name = str(row.name)
    if row.kind == "organisation":
        return name
    match row.table:
        case "complaints":
            name = _stream(name, names)
        case "experiences":
            name = names.t.word("method", name)
        case "services":
            name = _declared(name, names)
    return names.t(f"without_source.{row.table}", name=name)


def kind_words(row: Any, names: Names) -> str:
    """A kind of evidence in a few words."""
    return names.t(f"what_if_kind.{row.kind}", n=names.t.number(row.n), of=_of(row, names))


def shown_value(row: Any, names: Names) -> str:
    """What the evidence says: a severity in its word, a yes or a no, a score, or any other number."""
    t = names.t
    match row.unit:
        case "severity_0_3":
            word = {level: word for word, level in names.settings.history.severity.items()}.get(row.value)
            return t.word("severity", word) if word else t.number(row.value, 1)
        case "yes_no":
            return t("word.yes") if row.value else t("word.no")
        case "score_0_100" | "people":
            return t.number(row.value)
    return t.number(row.value, 0 if float(row.value).is_integer() else 2)


def _chance(chance: float, names: Names) -> str:
    t = names.t
    if pd.isna(chance):
        return t("what_if.unknown")
    return t("what_if.little") if chance < LITTLE else t.percent(chance)


def _shows(row: Any, names: Names) -> str:
    told = names.t.word("what_if_outcome", f"users_{row.outcome}" if row.kind == "users" else row.outcome)
    return told if row.outcome == "comes" else f"{told}: {shown_value(row, names)}"


def _of(row: Any, names: Names) -> str:
    return _stream(str(row.of), names) if row.kind == "complaint" else _declared(str(row.of), names)


def _stream(name: str, names: Names) -> str:
    known = names.settings.streams.get(name)
    return _low(known.name.get(names.t.language) if known else readable(name))


def _declared(name: str, names: Names) -> str:
    known = names.settings.metadata_names.get(name)
    return _low(known.get(names.t.language) if known else readable(name))


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _high(text: str) -> str:
    return text[:1].upper() + text[1:]
