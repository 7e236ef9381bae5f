"""What every command shares: its options, its tables, its JSON and its progress bar."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

DEFAULT_STORE = "data/risiko.db"

StoreOption = Annotated[
    str,
    typer.Option(
        "--store", envvar="RISIKO_STORE", help="The store: a file path or a database URL.", metavar="PATH|URL"
    ),
]
SettingsOption = Annotated[
    Path | None,
    typer.Option(
        "--settings", envvar="RISIKO_SETTINGS", help="Your own settings, laid over the shipped ones.", metavar="FILE"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
PortOption = Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.", min=1024, max=65535)]
ModelsOption = Annotated[
    Path, typer.Option("--models", envvar="RISIKO_MODELS", help="The folder of the models.", metavar="DIR")
]
KindOption = Annotated[
    str, typer.Option("--model", help="What learns: learned (the default), boosting or ebm.", metavar="KIND")
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="The date to stand at (default: the newest known).", metavar="YYYY-MM-DD")
]


class ProgressBar:
    """A progress bar with the time left on a terminal; silence elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet or not sys.stderr.isatty()

    def __enter__(self) -> Any:
        if self.quiet:
            return None
        from rich.console import Console
        from rich.progress import Progress

        self.bar = Progress(console=Console(stderr=True), transient=True)
        self.bar.start()
        task = self.bar.add_task("", total=None)
        return lambda label, done, total: self.bar.update(task, description=label, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if not self.quiet:
            self.bar.stop()


@contextmanager
def solver_aside() -> Iterator[None]:
    """What the solver's own library prints (from C, past Python) goes to standard error: answers stay clean JSON."""
    sys.stdout.flush()
    answers = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(answers, 1)
        os.close(answers)


def print_table(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """A table on the terminal, as wide as it is; 160 columns where nobody looks."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def records(frame: Any) -> Any:
    """The rows of a frame as JSON holds them."""
    return json.loads(frame.to_json(orient="records", date_format="iso", date_unit="s"))


def print_json(value: Any) -> None:
    """The value as JSON, with letters as they are."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
