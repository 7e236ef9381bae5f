"""The composition root: where stores, settings and the pure stages meet."""

from risiko.pipeline.imports import ImportReport, build_demo, import_source, store_world
from risiko.pipeline.pages import Detail, detail, export_csv, export_xlsx, ranking
from risiko.pipeline.runs import (
    Authority,
    Prepared,
    Run,
    as_of_date,
    data_version,
    moved,
    newest_known,
    open_authority,
    prepare,
    prepare_tables,
    rank,
    read_scored,
)

__all__ = [
    "Authority",
    "Detail",
    "ImportReport",
    "Prepared",
    "Run",
    "as_of_date",
    "build_demo",
    "data_version",
    "detail",
    "export_csv",
    "export_xlsx",
    "import_source",
    "moved",
    "newest_known",
    "open_authority",
    "prepare",
    "prepare_tables",
    "rank",
    "ranking",
    "read_scored",
    "store_world",
]
