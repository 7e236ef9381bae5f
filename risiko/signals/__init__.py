"""Signals: what each source says about each service, in one common form. A file in here that registers one is found."""

from importlib import import_module
from pkgutil import iter_modules

from risiko.signals.common_form import COLUMNS
from risiko.signals.registry import Context, SignalSpec, columns_read, families, registered, specs

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["COLUMNS", "Context", "SignalSpec", "columns_read", "families", "registered", "specs"]
