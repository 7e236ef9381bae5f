"""Numbered checks of a score and its model. A file in here that registers one is found."""

from importlib import import_module
from pkgutil import iter_modules

from risiko.evaluate.checks.evidence import Evidence
from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome
from risiko.evaluate.checks.registry import CheckSpec, registered, run_checks
from risiko.evaluate.checks.telling import told

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["CheckSpec", "Evidence", "Limits", "Outcome", "registered", "run_checks", "told"]
