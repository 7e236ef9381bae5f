"""docs/how-to/make-a-plan.md: every rule stands in it as it is shipped, its example loads, its commands and sheets exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel

from risiko.cli.main import app
from risiko.i18n import Translator
from risiko.plan import rules
from risiko.plan.rules import Rules
from risiko.reports.plan_files import WRITERS
from risiko.vocabulary import INVOLVEMENT, OVERRIDE_ACTIONS, OVERRIDE_REASONS

TEXT = (Path(__file__).parents[2] / "docs/how-to/make-a-plan.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([\w.]+)` \| ([^|]*) \|", TEXT, re.M))
EXAMPLE = re.search(r'^```toml title="rules.toml"\n(.*?)^```', TEXT, re.M | re.S)


def keys(part: BaseModel | None, model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a rules file with its shipped value; those of a list of tables as list.key, without one."""
    for name, about in model.model_fields.items():
        value = getattr(part, name) if part else None
        inner = [of for of in (about.annotation, *get_args(about.annotation)) if isinstance(of, type)]
        below = next((of for of in inner if issubclass(of, BaseModel)), None)
        if below:
            yield from keys(value if isinstance(value, BaseModel) else None, below, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def written(value: Any) -> str:
    """A shipped value as the page writes it."""
    match value:
        case None | "" | ():
            return "–"
        case dict() if not value:
            return "–"
        case dict():
            return ", ".join(f"{name} {written(inner)}" for name, inner in value.items())
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:g}"
    return str(value)


def test_every_rule_stands_in_the_page_as_it_is_shipped_and_no_other() -> None:
    shipped = {key: written(value) for key, value in keys(rules.shipped(), Rules) if key != "version"}
    assert len(shipped) > 40
    assert {key: cell.strip() for key, cell in ROWS.items()} == shipped


def test_the_example_loads_and_says_what_the_page_says(tmp_path: Path) -> None:
    assert EXAMPLE is not None
    (tmp_path / "rules.toml").write_text(EXAMPLE[1], encoding="utf-8")
    own = rules.load(tmp_path / "rules.toml")
    assert own.capacity.person_days == {"North": 420, "South": 0}
    assert own.minimum.theme[0].visits == 12
    assert [o.action for o in own.override] == ["add", "postpone"]
    assert own.exploration.quiet_weight == rules.shipped().exploration.quiet_weight  # what is not named stays as shipped


@pytest.mark.parametrize("command", ["plan", "override"])
def test_every_option_the_page_shows_is_one_of_the_command_s(command: str) -> None:
    lines = re.findall(rf"^risiko {command}\b(.*)$", TEXT, re.M)
    assert lines
    real = {name for o in typer.main.get_command(app).commands[command].params for name in o.opts}
    assert {option for line in lines for option in re.findall(r"--[\w-]+", line)} - real == set()


def test_words_endings_and_sheets_of_the_page_are_those_of_the_program() -> None:
    for word in (*INVOLVEMENT, *OVERRIDE_ACTIONS, *OVERRIDE_REASONS, *WRITERS):
        assert f"`{word}`" in TEXT, word
    t = Translator("en", strict=True)
    sheets = ("list", "reasons", "rules", "offices", "draw", "frame", "left_out", "beside", "about")
    assert re.findall(r"^- \*\*([^*]+)\*\*: ", TEXT, re.M) == [t(f"plan.sheet_{name}") for name in sheets]
