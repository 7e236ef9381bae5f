"""Invented workbooks to try the intake on: six organisations ask their members, and a focus group of nine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from risiko.cli.shared import DEFAULT_STORE, SettingsOption, StoreOption


def example(
    folder: Annotated[Path, typer.Argument(help="Where the workbooks go; made where it is not there.")],
    wave: Annotated[int, typer.Option("--wave", help="2: the same organisations ask again.", min=1, max=2)] = 1,
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
) -> None:
    """Write filled workbooks with invented answers, in the numbers of the survey of 2020."""
    from risiko import pipeline
    from risiko.i18n import Translator
    from risiko.intake.template_file import write_template
    from risiko.pipeline.example_survey import example_workbooks
    from risiko.pipeline.intake import known_for_intake

    authority = pipeline.open_authority(store, settings)
    known = known_for_intake(authority, datetime.now(UTC).date())
    for one in example_workbooks(Translator(authority.settings.language), known, wave=wave):
        write_template(folder / one.name, one.data)
        typer.echo(str(folder / one.name))
