"""User voices on the command line: templates to fill, filled ones to take in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from risiko.cli.shared import (
    DEFAULT_STORE,
    JsonOption,
    ProgressBar,
    SettingsOption,
    StoreOption,
    print_json,
    print_table,
)  # fmt: skip
from risiko.cli.voice_compare import compare, coverage
from risiko.cli.voice_example import example
from risiko.cli.voice_purge import purge
from risiko.cli.voice_trace import trace, unused
from risiko.errors import InputError

if TYPE_CHECKING:
    from risiko.i18n import Translator
    from risiko.intake.submission import Fault
    from risiko.pipeline.intake import Taken
    from risiko.pipeline.runs import Authority

voice = typer.Typer(name="voice", no_args_is_help=True, help="What users, relatives and their organisations tell.")
voice.command("purge")(purge)
voice.command("example")(example)
voice.command("compare")(compare)
voice.command("coverage")(coverage)
voice.command("trace")(trace)
voice.command("unused")(unused)
LanguageOption = Annotated[
    str, typer.Option("--language", help="nb, nn or en; default: the settings'.", metavar="LANG")
]
ByOption = Annotated[str, typer.Option("--by", help="Who hands in: it stands in the log. Not needed with --dry-run.")]
_SAID = {"added": "Taken in", "changed": "Changed", "already": "It stands there already"}


@voice.command("template")
def template(
    method: Annotated[str, typer.Argument(help="How it was collected: survey, focus_group, interview …")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The workbook (default: METHOD.xlsx here).", metavar="FILE")
    ] = None,
    language: LanguageOption = "",
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
) -> None:
    """Write the workbook that an organisation fills for one method, with drop-downs and an example."""
    from risiko import pipeline
    from risiko.intake.methods import METHOD_FORMS
    from risiko.intake.template import template_xlsx
    from risiko.intake.template_file import write_template
    from risiko.pipeline.intake import known_for_intake

    if method not in METHOD_FORMS:
        raise InputError(f"There is no method {method!r}.", where="METHOD", hint=", ".join(METHOD_FORMS))
    authority = pipeline.open_authority(store, settings)
    known = known_for_intake(authority, datetime.now(UTC).date())
    target = out or Path(f"{method}.xlsx")
    write_template(target, template_xlsx(method, _translator(authority, language), known=known))
    typer.echo(f"{target}: fill it in and take it in with `risiko voice add {target}`.")


@voice.command("add")
def add(
    files: Annotated[list[Path], typer.Argument(help="Filled templates (.xlsx).", metavar="FILE...")],
    by: ByOption = "",
    replaces: Annotated[
        str, typer.Option("--replaces", help="The submission that the one file corrects.", metavar="sub-…")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what is wrong; keep nothing.")] = False,
    language: LanguageOption = "",
    store: StoreOption = DEFAULT_STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take filled templates in; what is wrong is told cell by cell, and nothing of such a file is kept."""
    from risiko import pipeline

    if not dry_run and not by.strip():
        raise InputError("Somebody must answer for this.", where="--by", hint="your name or initials, or --dry-run")
    if replaces and len(files) > 1:
        raise InputError("One file at a time can take the place of another.", where="--replaces", hint="name one file")
    authority = pipeline.open_authority(store, settings)
    words, handled = _translator(authority, language), []
    with ProgressBar(quiet=as_json) as progress:
        for place, path in enumerate(files):
            if progress is not None:
                progress(path.name, place, len(files))
            handled.append(_handled(authority, path, by.strip(), dry_run, replaces))
    if as_json:
        print_json([_as_json(one, words) for one in handled])
    else:
        for one in handled:
            _show(one, words, dry_run=dry_run)
    if not any(one.in_order for one in handled):
        raise typer.Exit(InputError.exit_code)  # nothing was taken in


@dataclass(frozen=True)
class _Handled:
    """One file: whether it can be taken in, what is wrong with it or doubtful, and what became of it."""

    path: Path
    in_order: bool
    faults: tuple[Fault, ...]
    taken: Taken | None = None


def _handled(authority: Authority, path: Path, by: str, dry_run: bool, replaces: str) -> _Handled:
    from risiko.access import local
    from risiko.pipeline.intake import IntakeRefused, read_file, take

    now = datetime.now(UTC)
    if not path.is_file():
        raise InputError("There is no such file.", where=str(path), hint="check the path")
    read = read_file(authority, path, path.name, today=now.date())
    if read.submission is None or dry_run:
        return _Handled(path, read.submission is not None, read.faults)
    try:
        taken = take(authority, read.submission, local(by), now=now, replaces=replaces)
    except IntakeRefused as refused:
        return _Handled(path, False, refused.faults)
    told = {(fault.field, fault.reason) for fault in read.faults}
    more = (fault for fault in taken.doubts if (fault.field, fault.reason) not in told)
    return _Handled(path, True, (*read.faults, *more), taken)


def _translator(authority: Authority, language: str) -> Translator:
    from risiko.i18n import LANGUAGES, Translator

    if language and language not in LANGUAGES:
        raise InputError(f"There is no language {language!r}.", where="--language", hint=", ".join(LANGUAGES))
    return Translator(language or authority.settings.language)


def _show(one: _Handled, t: Translator, *, dry_run: bool) -> None:
    from risiko.intake.fault_words import fault_words

    found = one.faults
    state = "In order" if one.in_order else "Not taken in"
    if one.taken is not None:
        state = f"{_SAID[one.taken.status]} ({one.taken.submission_id})"
    typer.echo(f"{one.path.name}: {state}.{' Dry run: nothing was kept.' if dry_run else ''}")
    if found:
        title = f"{len(found)} things to look at (those with ? may be right as they are)"
        rows = [[f.cell or f.field, f.value, "" if f.rejected else "?", *fault_words(f, t)] for f in found]
        print_table(title, ["where", "stands", "", "what", "do"], rows)


def _as_json(one: _Handled, t: Translator) -> dict[str, Any]:
    from risiko.intake.fault_words import fault_words

    faults = [
        {"field": f.field, "cell": f.cell, "value": f.value, "reason": f.reason, "rejected": f.rejected,
         **dict(zip(("what", "try"), fault_words(f, t), strict=True))}
        for f in one.faults
    ]  # fmt: skip
    taken = one.taken
    return {
        "file": one.path.name, "in_order": one.in_order, "status": taken.status if taken else None,
        "submission_id": taken.submission_id if taken else None, "faults": faults,
    }  # fmt: skip
