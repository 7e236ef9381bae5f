"""The numbered checks as lines of text, for a terminal, a page and a model's card."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pandas as pd

from risiko.evaluate.checks import told
from risiko.evaluate.equity import NOT_TOLD, OTHERS
from risiko.i18n.families import FAMILIES
from risiko.reports.names import Names
from risiko.scoring.inputs import EXTERNAL, TYPE
from risiko.signals import families, registered
from risiko.vocabulary import SECTORS


class CheckLine(NamedTuple):
    """One check in the reader's words: code, what it is about, how it went, how grave a failure is, what was found."""

    code: str
    about: str
    state: str
    severity: str
    says: str


def check_lines(results: pd.DataFrame, names: Names) -> list[CheckLine]:
    """A line for each check, in the order of `results` (evaluate.checks.run_checks)."""
    t, named = names.t, partial(name_of, names=names)
    columns = (results[c] for c in ("code", "state", "severity", "values", "reason"))
    return [
        CheckLine(
            code, t.word("check", code), t.word("check_state", state), t.word("check_severity", severity),
            told(t, code, values, reason, named),
        )
        for code, state, severity, values, reason in zip(*columns, strict=True)
    ]  # fmt: skip


def name_of(name: str, names: Names) -> str:
    """What a signal, column, measure or group that a check names is called on the pages; a place has its own name."""
    t, family = names.t, name.partition(":")[0]
    if name in (OTHERS, NOT_TOLD):
        return t("equity.others") if name == OTHERS else t("equity.not_told")
    if name in FAMILIES["equity_measure"]:
        return t.word("equity_measure", name)
    if name in SECTORS:
        return t.word("sector", name)
    if name in names.settings.metadata_names:
        return names.settings.metadata_names[name].get(t.language)
    column, said, level = name.partition(": ")
    if said:  # a value of a column
        return f"{name_of(column, names)}: {names.service_type(level) if column == TYPE else level}"
    signals = {*(s.name for s in registered()), TYPE, EXTERNAL}
    return names.signal(name) if name in signals or family in families() else name
