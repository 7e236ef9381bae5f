"""The rules of a plan as the text of a rules file, to be kept, changed by hand and read again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from risiko.plan.rules import Rules


def as_toml(rules: Rules) -> str:
    """Every rule as TOML, which `rules.from_text` reads back as the same rules; what is not set is left out."""
    return "\n".join(_table("", rules.model_dump())).strip() + "\n"


def _table(path: str, values: Mapping[str, Any]) -> Iterator[str]:
    """A table's plain values first, then the tables below it and the lists of tables."""
    plain = {name: value for name, value in values.items() if value is not None and not _nested(value)}
    if plain and path:
        yield f"\n[{path}]"
    yield from _lines(plain)
    for name, value in values.items():
        below = f"{path}.{_key(name)}" if path else _key(name)
        if isinstance(value, Mapping):
            yield from _table(below, value)
        elif _nested(value):
            for one in value:
                yield f"\n[[{below}]]"
                yield from _lines({key: said for key, said in one.items() if said is not None})


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, tuple) and bool(value) and isinstance(value[0], Mapping))


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _value(name)


def _value(value: Any) -> str:
    """A value as TOML writes it. JSON's strings are TOML's too, but for one sign that only TOML escapes."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
