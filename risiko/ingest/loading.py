"""Loading a mapping file: every fault at once, each with the key it stands at."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from risiko.errors import MappingError
from risiko.ingest.agreement import Fault, disagreements, unusable_encoding
from risiko.ingest.mapping import Defaults, Head, Mapping, Table

Model = TypeVar("Model", bound=BaseModel)
SHIPPED = Path(__file__).parent / "mappings"
TOP_LEVEL = ("mapping", "defaults", "table")


def shipped_mappings() -> dict[str, Path]:
    """The mappings that come with the program, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def load_mapping(path: Path | str) -> Mapping:
    """The mapping in a TOML file, or the shipped one of that bare name; validated, also against the contracts.

    Raises MappingError that names the key of every fault; nothing has been read then. Blocks count from 1.
    """
    path = _resolved(Path(path))
    said = _toml(path)
    found: list[Fault] = [
        Fault(key, f"unknown key; a mapping has {', '.join(TOP_LEVEL)}") for key in said if key not in TOP_LEVEL
    ]
    head = _validated(Head, said.get("mapping", {}), "mapping", found)
    defaults = _validated(Defaults, said.get("defaults", {}), "defaults", found)
    blocks = said.get("table", [])
    if not isinstance(blocks, list) or not blocks:
        found.append(Fault("table", "a mapping needs at least one [[table]] block"))
        blocks = []
    tables = [(i, _validated(Table, block, f"table[{i}]", found)) for i, block in enumerate(blocks, start=1)]
    found += disagreements([(i, table) for i, table in tables if table is not None])
    found += unusable_encoding(defaults) if defaults else []
    if found or head is None or defaults is None:
        raise _error(path, found)
    return Mapping(mapping=head, defaults=defaults, table=[table for _, table in tables if table is not None])


def _resolved(path: Path) -> Path:
    if path.exists() or path.suffix or len(path.parts) > 1:
        return path
    shipped = shipped_mappings()
    if path.name not in shipped:
        raise MappingError(
            "There is no mapping of this name.",
            where=str(path),
            hint=f"give a .toml file, or one of: {', '.join(shipped)}",
        )
    return shipped[path.name]


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise MappingError(
            "The mapping file does not exist.", where=str(path), hint="check the path, or name a shipped mapping"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(
            f"The mapping is not valid TOML: {error}.",
            where=str(path),
            hint="save it as UTF-8 and correct the line named",
        ) from None
    except OSError as error:
        raise MappingError(
            f"The mapping cannot be read: {error.strerror}.",
            where=str(path),
            hint="check that it is a file you may read",
        ) from None


def _validated(model: type[Model], said: Any, key: str, found: list[Fault]) -> Model | None:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        found += [_fault(one, key, model) for one in error.errors(include_url=False)]
        return None


def _fault(error: Any, key: str, model: type[BaseModel]) -> Fault:
    for step in error["loc"]:
        key += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    messages = {"extra_forbidden": "unknown key", "missing": "this key is required"}
    message = messages.get(error["type"], re.sub(r"^(Value error|Input), ?", "", error["msg"]))
    if error["type"] == "extra_forbidden":
        names = {field.alias or name for name, field in model.model_fields.items()}
        near = get_close_matches(str(error["loc"][-1]), names, n=1)
        message += f"; did you mean {near[0]!r}?" if near else ""
    return Fault(key, message)


def _error(path: Path, found: list[Fault]) -> MappingError:
    hint = "correct these keys; docs/how-to/write-a-mapping.md explains every one"
    if len(found) == 1:
        return MappingError(
            f"The mapping has a fault: {found[0].message}.", where=f"{path}, key {found[0].key}", hint=hint
        )
    lines = "".join(f"\n  {fault.key}: {fault.message}" for fault in found)
    return MappingError(
        f"The mapping has {len(found)} faults:{lines}",
        where=f"{path}, keys {', '.join(f.key for f in found)}",
        hint=hint,
    )
