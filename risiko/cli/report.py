"""Reports on the command line: the answer back to a user organisation."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from risiko.cli.shared import DEFAULT_STORE, JsonOption, ModelsOption, SettingsOption, StoreOption, print_json
from risiko.errors import InputError

report = typer.Typer(name="report", no_args_is_help=True, help="Reports to those who are to have them.")


@report.command("organisation")
def organisation(
    name: Annotated[str, typer.Argument(help="The organisation, in any spelling.")],
    period: Annotated[
        str, typer.Option("--period", help="2026, 2026H1 or 2025-07..2026-06.", metavar="PERIOD")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="A .html or .docx file (default: a page named after it, here).")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="nb, nn or en; default: the settings'.", metavar="LANG")
    ] = "",
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Tell it as it stood on this day (default: today).", metavar="DATE")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who makes it: it stands in the log.")] = "local",
    models: ModelsOption = Path("models"),
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what an organisation gave, what it was used for, what was decided and found, and what comes next."""
    from risiko import pipeline
    from risiko.access import local
    from risiko.i18n import LANGUAGES
    from risiko.pipeline.report_back import note_report, report_back, report_words
    from risiko.reports.organisation_files import check_report_target, write_report

    day = _day(as_of)
    if language and language not in LANGUAGES:
        raise InputError(f"There is no language {language!r}.", where="--language", hint=", ".join(LANGUAGES))
    authority = pipeline.open_authority(store, settings, models)
    called = re.sub(r"\W+", "-", name).strip("-").lower()[:60]
    target = out or Path(f"risiko-svar-{called}-{period.replace('..', '-')}.html")
    check_report_target(target)
    tables, model = pipeline.read_tables(authority), pipeline.in_force(authority)
    seen = min(day, pipeline.newest_known(tables, authority.store) or day)
    if model is not None and model.facts.as_of > seen:
        model = None  # it has learned from what came after
    run = pipeline.rank(pipeline.prepare(authority, seen, tables), model=model)
    made = report_back(authority, name, period, today=day, run=run, model=model)
    words = report_words(authority, made, language or authority.settings.language)
    content = write_report(words, target)
    note_report(authority, made, content, target.suffix.lower()[1:], who=local(by), now=datetime.now(UTC))
    if as_json:
        print_json({"organisation": made.organisation, "period": [f"{made.period.first}", f"{made.period.last}"],
                    "pieces": made.given.pieces, "people": made.given.people, "out": str(target)})  # fmt: skip
        return
    typer.echo(f"{words.title}: {target}")


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a date.", where="--as-of", hint="write it as 2026-06-30") from None
    if day > date.today():
        raise InputError(f"{day} lies in the future.", where="--as-of", hint="today or earlier")
    return day
