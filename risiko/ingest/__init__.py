"""From other people's files to contract tables: a mapping says how, every row is accounted for."""

from risiko.ingest.importer import identities, read
from risiko.ingest.loading import load_mapping, shipped_mappings
from risiko.ingest.mapping import Mapping

__all__ = ["Mapping", "identities", "load_mapping", "read", "shipped_mappings"]
