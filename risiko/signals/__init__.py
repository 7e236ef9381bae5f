"""Signals: what each source says about each service, in one common form."""

from risiko.signals import complaints, experience, history
from risiko.signals.metadata import metadata_specs
from risiko.signals.registry import COLUMNS, Context, SignalSpec, registered

__all__ = ["COLUMNS", "Context", "SignalSpec", "complaints", "experience", "history", "metadata_specs", "registered"]
