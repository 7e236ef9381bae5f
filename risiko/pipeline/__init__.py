"""The composition root: where stores, settings and the pure stages meet."""

from risiko.pipeline.imports import ImportReport, build_demo, import_source, store_world
from risiko.pipeline.overview import Overview, default_capacity, overview
from risiko.pipeline.pages import Detail, detail, export_csv, export_xlsx, ranking
from risiko.pipeline.runs import (
    Authority,
    Prepared,
    Run,
    as_of_date,
    catalogue,
    data_version,
    moved,
    newest_known,
    open_authority,
    prepare,
    prepare_tables,
    rank,
    read_scored,
    read_tables,
)
from risiko.pipeline.service import Beside, OverTime, ServicePage, beside, over_time, service_page

__all__ = [
    "Authority",
    "Beside",
    "Detail",
    "ImportReport",
    "OverTime",
    "Overview",
    "Prepared",
    "Run",
    "ServicePage",
    "as_of_date",
    "beside",
    "build_demo",
    "catalogue",
    "data_version",
    "default_capacity",
    "detail",
    "export_csv",
    "export_xlsx",
    "import_source",
    "moved",
    "newest_known",
    "open_authority",
    "over_time",
    "overview",
    "prepare",
    "prepare_tables",
    "rank",
    "ranking",
    "read_scored",
    "read_tables",
    "service_page",
    "store_world",
]
