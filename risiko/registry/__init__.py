"""Fitted models on disk: saved whole, anchored in the store, checked before use, put in force with a reason."""

from risiko.registry.environment import git_revision, library_versions
from risiko.registry.facts import ModelFacts, records
from risiko.registry.force import in_force, promote, registered, retire
from risiko.registry.loading import LoadedModel, load
from risiko.registry.saving import save

__all__ = [
    "LoadedModel", "ModelFacts", "git_revision", "in_force", "library_versions", "load", "promote", "records",
    "registered", "retire", "save",
]  # fmt: skip
