"""Which texts the code asks for: read from the source, so that no key is forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

RISIKO = Path(__file__).parents[1] / "risiko"
# A translator is called t (or names.t, self in its own module); these are its ways to a text.
_ASKS = {"t", "plural", "word", "self"}


def keys_in(source: str) -> Iterator[tuple[str, str]]:
    """(how, key) for every text asked for: how is "key", "family" (t.word) or "pattern" (an f-string's beginning)."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        first = node.args[0]
        if name not in _ASKS:
            continue
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield ("family" if name == "word" else "key"), first.value
        elif isinstance(first, ast.JoinedStr):
            head = first.values[0]
            yield "pattern", str(head.value) if isinstance(head, ast.Constant) else ""
        elif isinstance(first, ast.Name):
            yield from _loop_values(first.id, source)


def _loop_values(name: str, source: str) -> Iterator[tuple[str, str]]:
    """Keys that a comprehension or loop hands over one by one: `for key, x in (("reasons.base", …), …)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.comprehension) and name in ast.unparse(node.target):
            for constant in ast.walk(node.iter):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and "." in constant.value:
                    yield "key", constant.value


def asked_for() -> set[tuple[str, str]]:
    """The same over the whole package."""
    return {found for path in RISIKO.rglob("*.py") for found in keys_in(path.read_text(encoding="utf-8"))}
