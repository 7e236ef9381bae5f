"""The register of numbered checks: which there are, what each needs, and one run of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Literal

import pandas as pd

from risiko.evaluate.checks.evidence import Evidence
from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, not_applicable

Severity = Literal["error", "warning", "note"]
Make = Callable[..., Outcome]
RAN = ("code", "severity", "state", "reason", "values", "details")


@dataclass(frozen=True)
class CheckSpec:
    """A check's code, how grave a failure is, and the function that makes it.

    error: do not use the score or model. warning: use with care, and say so. note: worth knowing. needs and takes: the
    parts of Evidence it must have and may have; they are the function's parameters without and with a default.
    """

    code: str
    severity: Severity
    make: Make

    @property
    def needs(self) -> tuple[str, ...]:
        """The parts without which the check is not applicable."""
        parameters = signature(self.make).parameters.items()
        return tuple(name for name, p in parameters if p.default is Parameter.empty and name != "limits")

    @property
    def takes(self) -> tuple[str, ...]:
        """The parts that it uses where they are given."""
        return tuple(name for name, p in signature(self.make).parameters.items() if p.default is not Parameter.empty)

    @property
    def rule(self) -> str:
        """What the check's function says it holds, without what it says of its details."""
        said = " ".join((self.make.__doc__ or "").split())
        return said.partition(" details:")[0]

    def run(self, evidence: Evidence, limits: Limits) -> Outcome:
        """The check on this evidence; not applicable where a part that it needs is not given."""
        given = evidence.given()
        if not set(self.needs) <= set(given):
            return not_applicable("not_given")
        parts = {name: given[name] for name in (*self.needs, *self.takes) if name in given}
        return self.make(**parts, limits=limits)


_CHECKS: dict[str, CheckSpec] = {}


def check(code: str, *, severity: Severity) -> Callable[[Make], Make]:
    """Register a pure function of parts of Evidence (by parameter name) and `limits` as the check with this code."""

    def register(make: Make) -> Make:
        if code in _CHECKS:
            raise ValueError(f"two checks are called {code}")
        _CHECKS[code] = CheckSpec(code, severity, make)
        return make

    return register


def registered() -> tuple[CheckSpec, ...]:
    """Every check, in the order of the codes."""
    return tuple(_CHECKS[code] for code in sorted(_CHECKS))


def run_checks(evidence: Evidence, limits: Limits) -> pd.DataFrame:
    """Every check on this evidence, one row each in the order of the codes.

    code, severity (error, warning, note), state (ok, fails, not_applicable), reason (why not applicable, else blank),
    values (the numbers of its sentence: see telling.told), details (a frame, or None). A check that could not be made
    is not a check that passed.
    """
    rows = []
    for spec in registered():
        found = spec.run(evidence, limits)
        rows.append((spec.code, spec.severity, found.state, found.reason, dict(found.values), found.details))
    return pd.DataFrame(rows, columns=list(RAN))
