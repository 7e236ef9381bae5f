"""The reference pages of the documentation, made from the contracts, checks, settings and signals themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from risiko import settings as shipped
from risiko.checks import limit_of
from risiko.contracts import CONTRACTS, Column, Contract, empty_tables
from risiko.i18n.translator import Translator
from risiko.ingest.faults import REASONS, WARNINGS

# What stands in a reason's sentence where an import fills in the case.
_FILLED = {
    "limit": "the column's limit", "found": "some", "expected": "another number", "wanted": "not of the column's type",
}  # fmt: skip
_GENERATED = "<!-- Generated: change the source named below, then run `risiko docs`. -->"


def pages() -> dict[str, str]:
    """File name -> the whole text of each generated page."""
    return {
        "checks.md": check_catalogue(),
        "data-dictionary.md": data_dictionary(),
        "reject-reasons.md": reject_reasons(),
        "settings.md": settings_reference(),
        "signals.md": signal_catalogue(),
    }


def write_reference(target: Path) -> list[Path]:
    """Write every page into the folder, which is made where missing; the files written."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        (target / name).write_text(text, encoding="utf-8")
        written.append(target / name)
    return written


def data_dictionary() -> str:
    """Every contract table with its key, and per column its type, unit, limits and meaning."""
    introduction = (
        "Every table of a store, as the contracts hold it. A row is never changed: what becomes known later about the "
        "same thing is a new row with its own `known_date`, and the newest row known by the as-of date counts. "
        "Missing is never zero. `services` may carry further columns; `metadata_columns` says what they mean."
    )
    parts = [_table_section(contract) for contract in CONTRACTS.values()]
    return _page("Data dictionary", "risiko/contracts.py", introduction, "\n\n".join(parts))


def _table_section(contract: Contract) -> str:
    key = ", ".join(f"`{name}`" for name in contract.key)
    columns = _table(
        ["column", "type", "unit", "may be blank", "allowed", "meaning"],
        ([f"`{c.name}`", c.type, c.unit, "yes" if c.nullable else "", _limit(c), c.sentence] for c in contract.columns),
    )
    return f"## {contract.name}\n\n{contract.sentence} Key: {key}.\n\n{columns}"


def _limit(column: Column) -> str:
    if column.type == "date":
        return f"from {limit_of(column)}" + (", not in the future" if column.past else "")
    return limit_of(column)


def reject_reasons() -> str:
    """Every reason for which an imported row is left out, or is kept with a warning."""
    introduction = (
        "Why a row was not taken in, or was taken in with a warning. An import reports all faults at once, with file, "
        "row, column and value; `risiko rejects` lists them again."
    )
    reasons = _table(
        ["reason", "what is said", "the row is"],
        (
            [f"`{reason}`", message.format(**_FILLED), "kept" if reason in WARNINGS else "left out"]
            for reason, message in REASONS.items()
        ),
    )
    return _page("Reject reasons", "risiko/checks.py and risiko/ingest/faults.py", introduction, reasons)


def settings_reference() -> str:
    """Every setting with its shipped value and the reason for it."""
    introduction = (
        "Every threshold and weight, its shipped value, and why it has that value. Lay your own over them with a file "
        "that holds only what differs: `risiko score --settings my.toml`. An unknown key is refused."
    )
    settings = shipped.load()
    rows = _setting_rows(settings, "")
    general = _table(["key", "shipped value", "reason"], rows)
    assumed = _table(
        ["type", "name (nb)", "dependency", "vulnerability", "coercion", "reason"],
        (
            [f"`{key}`", t.name.nb, t.dependency, t.vulnerability, t.coercion, t.reason]
            for key, t in (*settings.sector_defaults.items(), *settings.service_types.items())
        ),
    )
    streams = _table(
        ["stream", "name (nb)", "valid from", "valid to", "reason"],
        ([f"`{key}`", s.name.nb, s.valid_from, s.valid_to, s.reason] for key, s in settings.streams.items()),
    )
    body = (
        f"{general}\n\n## service_types, sector_defaults\n\nWhat is assumed of a service (degrees 0–3) where its own "
        f"row says nothing.\n\n{assumed}\n\n## streams\n\nThe channels complaints come through.\n\n{streams}"
    )
    return _page("Settings", "risiko/settings.py and risiko/settings.toml", introduction, body)


def _setting_rows(section: BaseModel, prefix: str) -> Iterator[list[Any]]:
    for name, about in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _setting_rows(value, f"{prefix}{name}.")
        elif name not in ("streams", "sector_defaults", "service_types"):
            yield [f"`{prefix}{name}`", _as_toml(value), about.description]


def _as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "<br>".join(f"`{key} = {_plain(entry)}`" for key, entry in value.items())
    return f"`{json.dumps(value)}`"


def _plain(entry: Any) -> str:
    return json.dumps(entry.model_dump() if isinstance(entry, BaseModel) else entry, ensure_ascii=False)


def signal_catalogue() -> str:
    """Every signal that is computed of any store; declared metadata adds one each."""
    from risiko.features import catalogue

    introduction = (
        "What is read off the records for every service. Each signal gives value, n, expected, shrunk estimate and "
        "spread; where it has no value it says why, and missing is never zero. Each declared metadata column with a "
        "direction adds one."
    )
    found = catalogue(empty_tables(), shipped.load())
    rows = ([f"`{row[0]}`", *row[1:]] for row in found.itertuples(index=False, name=None))
    return _page("Signals", "risiko/signals/", introduction, _table(list(found.columns), rows))


def check_catalogue() -> str:
    """Every numbered check: what it holds and why, its limits with their reasons, and what to do when it fails."""
    from risiko.evaluate.checks import Limits, registered
    from risiko.evaluate.checks.limits import limits_of

    t, limits = Translator("en"), Limits()
    introduction = (
        "What may be wrong with a score and the model behind it. Each check is in order, fails, or could not be tried; "
        "one that could not be tried is not one that passed. An error: do not use it. A warning: use it with care, and "
        "say so. A note: worth knowing."
    )
    parts = []
    for spec in registered():
        rows = [[f"`{name}`", f"`{value}`", why] for name, value, why in limits_of(spec.code, limits)]
        used = "Needs: " + ", ".join(f"`{name}`" for name in spec.needs)
        used += "".join(f"; uses `{name}` where given" for name in spec.takes) + "."
        title, why, do = (t.word(family, spec.code) for family in ("check", "check_help", "check_do"))
        parts += [f"## {spec.code} {title}", f"Severity: {spec.severity}. {used}", why, f"The rule: {spec.rule}"]
        parts += [f"If it fails: {do}"] + ([_table(["limit", "value", "reason"], rows)] if rows else [])
    return _page("Numbered checks", "risiko/evaluate/checks/", introduction, "\n\n".join(parts))


def _page(title: str, source: str, introduction: str, body: str) -> str:
    return f"# {title}\n\n{_GENERATED}\n\n{introduction}\n\nSource: {source}.\n\n{body}\n"


def _table(header: list[str], rows: Iterable[list[Any]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    return "" if value is None else re.sub(r"\s+", " ", str(value)).replace("|", "\\|")
