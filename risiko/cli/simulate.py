"""The simulation on the command line: ten years of plan, visit and learn under chosen ways to choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risiko.cli.shared import JsonOption, ProgressBar, SettingsOption, print_json, print_table, records

if TYPE_CHECKING:
    import pandas as pd

POLICIES = ("top", "explore:0.05", "explore:0.10", "explore:0.20", "regularity", "random")


def simulate(
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy", help="top, explore:SHARE, regularity, random or shipped; may be given more than once.",
            metavar="NAME",
        ),
    ] = None,
    years: Annotated[int, typer.Option("--years", help="Planned years.", min=1, max=30)] = 10,
    services: Annotated[int, typer.Option("--services", help="How large the authority is.", min=60, max=20_000)] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The first invented world.", min=0)] = 1,
    worlds: Annotated[int, typer.Option("--worlds", help="How many worlds; intervals need two.", min=1, max=200)] = 1,
    world: Annotated[str, typer.Option("--world", help="plain, heavy or reporting.", metavar="KIND")] = "plain",
    coverage: Annotated[float, typer.Option("--coverage", help="Share of the services that capacity pays for.")] = 0.10,
    better: Annotated[
        float, typer.Option("--better", help="How much better a service is after a visit that found a breach (sd).")
    ] = 0.0,
    learned: Annotated[bool, typer.Option("--learned", help="Learn a score from the policy's own visits.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where tables, pictures and a page go.", metavar="DIR")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Of the page: nb, nn or en.", metavar="LANG")] = "nb",
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Run years of plan, visit and learn in an invented authority, and see what each way to choose gives."""
    from risiko import settings as own_settings
    from risiko.errors import InputError
    from risiko.i18n import LANGUAGES, Translator
    from risiko.pipeline.simulated import Simulation
    from risiko.pipeline.simulated import policy as named
    from risiko.pipeline.ten_years import compare
    from risiko.synthetic import WORLDS

    for value, known, where in ((language, LANGUAGES, "--language"), (world, WORLDS, "--world")):
        if value not in known:
            raise InputError(f"There is no {value!r}.", where=where, hint=", ".join(known))
    wanted = [named(name, learned=learned) for name in dict.fromkeys(policy or POLICIES)]
    base = Simulation(services, seed, world, years=years, coverage=coverage, better=better)
    with ProgressBar(quiet=as_json) as progress:
        by_year, runs = compare(base, wanted, own_settings.load(settings), worlds=worlds, progress=progress)
    _show(by_year, runs, as_json)
    if out is not None:
        from risiko.reports.ten_years import write_ten_years

        t = Translator(language)
        written = write_ten_years(by_year, runs, base.facts(t, worlds), out, t)
        if not as_json:
            typer.echo(f"Page: {written[2]}")


def _show(by_year: pd.DataFrame, runs: pd.DataFrame, as_json: bool) -> None:
    from risiko.i18n import Translator
    from risiko.reports.ten_years import policy_name, summary

    if as_json:
        print_json({"years": records(by_year), "runs": records(runs)})
        return
    t = Translator("en")
    found = summary(runs, t)
    wide = found.pivot(index="measure", columns="policy", values="text")
    policies, measures = list(dict.fromkeys(found["policy"])), list(dict.fromkeys(found["measure"]))
    rows = [[t.word("ten_measure", m), *wide.loc[m, policies]] for m in measures]
    n = runs["seed"].nunique()
    title = f"{by_year['year'].nunique()} years, {n} invented {'world' if n == 1 else 'worlds'}"
    print_table(title, ["", *(policy_name(name, t) for name in policies)], rows)
