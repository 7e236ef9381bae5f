"""The composition root: where stores, settings and the pure stages meet."""

from risiko.pipeline.checking import Checked, check
from risiko.pipeline.equity import Equity, equity, equity_pairs
from risiko.pipeline.imports import ImportReport, build_demo, import_source, store_world
from risiko.pipeline.model_page import ModelPage, missing_shares, model_page
from risiko.pipeline.models import DECISIVE, gains, in_force, promote
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
    point_weights,
    prepare,
    prepare_tables,
    rank,
    read_scored,
    read_tables,
    with_capacity,
)
from risiko.pipeline.scenario import Scenario, Side, model_of, run_of, scenario, with_saved_weights
from risiko.pipeline.service import Beside, OverTime, ServicePage, beside, over_time, service_page
from risiko.pipeline.training import train
from risiko.pipeline.validation import Validation, kept_folds, saved_validation, trial_dates, validate
from risiko.pipeline.validation import default_folder as validation_folder
from risiko.pipeline.what_if import what_if
from risiko.pipeline.without import without_each_source

__all__ = [
    "DECISIVE",
    "Authority",
    "Beside",
    "Checked",
    "Detail",
    "Equity",
    "ImportReport",
    "ModelPage",
    "OverTime",
    "Overview",
    "Prepared",
    "Run",
    "Scenario",
    "ServicePage",
    "Side",
    "Validation",
    "as_of_date",
    "beside",
    "build_demo",
    "catalogue",
    "check",
    "data_version",
    "default_capacity",
    "detail",
    "equity",
    "equity_pairs",
    "export_csv",
    "export_xlsx",
    "gains",
    "import_source",
    "in_force",
    "kept_folds",
    "missing_shares",
    "model_of",
    "model_page",
    "moved",
    "newest_known",
    "open_authority",
    "over_time",
    "overview",
    "point_weights",
    "prepare",
    "prepare_tables",
    "promote",
    "rank",
    "ranking",
    "read_scored",
    "read_tables",
    "run_of",
    "saved_validation",
    "scenario",
    "service_page",
    "store_world",
    "train",
    "trial_dates",
    "validate",
    "validation_folder",
    "what_if",
    "with_capacity",
    "with_saved_weights",
    "without_each_source",
]
