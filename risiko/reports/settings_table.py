"""The settings in force as a table: key, value, why, and whether it is the shipped one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
from pydantic import BaseModel

from risiko.settings import Names, Settings

REASON = "reason"  # a section that carries its own reason


def settings_table(own: Settings, shipped: Settings) -> pd.DataFrame:
    """One row per value: key, value (as a settings file writes it), why, shipped (blank where new), differs (bool)."""
    values, defaults = dict(_rows(own, "", "")), dict(_rows(shipped, "", ""))
    told = [
        (key, value, why, defaults[key][0] if key in defaults else "", key not in defaults or defaults[key][0] != value)
        for key, (value, why) in values.items()
    ]
    return pd.DataFrame(told, columns=["key", "value", "why", "shipped", "differs"])


def _rows(section: BaseModel, prefix: str, why: str) -> Iterator[tuple[str, tuple[str, str]]]:
    own = getattr(section, REASON, "") or why
    for name, about in type(section).model_fields.items():
        if name != REASON:
            yield from _value(getattr(section, name), f"{prefix}{name}", about.description or own)


def _value(value: Any, key: str, why: str) -> Iterator[tuple[str, tuple[str, str]]]:
    match value:
        case Names():
            yield key, (" / ".join(value.model_dump().values()), why)
        case BaseModel():
            yield from _rows(value, f"{key}.", why)
        case dict():
            for name, inner in value.items():
                yield from _value(inner, f"{key}.{name}", why)
        case _:
            yield key, (json.dumps(value, ensure_ascii=False, default=str), why)
