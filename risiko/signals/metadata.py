"""Metadata signals: one for each declared extra column that says which way is worse."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from risiko.contracts import Tables
from risiko.settings import Settings
from risiko.signals.common_form import common_form, reasons
from risiko.signals.peers import beside_peers
from risiko.signals.registry import Context, SignalSpec, signal_family

PREFIX = "metadata:"


@signal_family("metadata", reads={}, of="metadata")
def metadata_specs(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """A signal per declared number or boolean column with a direction that is not for audit only.

    Categories have no direction of their own and are not scored; a column without a declaration is never used, nor
    one without a single value known by the date: what is imported later must not change what was known then. Columns
    that settings.metadata names for a signal of their own (maturity, vacancy) are not scored twice.
    """
    declared, services = known["metadata_columns"], known["services"]
    own_signal = (settings.metadata.maturity_column, settings.metadata.vacancy_column)
    scored = declared[
        (declared["direction"] != "none") & ~declared["audit_only"].astype(bool) & (declared["kind"] != "category")
        & ~declared["name"].isin(own_signal) & declared["name"].isin(services.columns[services.notna().any()])
    ].sort_values("name")  # fmt: skip
    return tuple(
        SignalSpec(
            name=PREFIX + row.name,
            group="metadata",
            unit=row.unit if isinstance(row.unit, str) else "",
            reads={"services": (row.name,), "metadata_columns": ()},
            compute=partial(metadata_level, column=row.name, worse=1.0 if row.direction == "higher_is_worse" else -1.0),
            direction=row.direction,
        )
        for row in scored.itertuples(index=False)
    )  # fmt: skip


def metadata_level(context: Context, *, column: str, worse: float) -> pd.DataFrame:
    """A service's own value beside the mean of its type, in the column's unit; a blank is missing ("not_declared").

    The value is taken as known exactly: sd is 0. n is 1 where there is a value.
    """
    value = context.services[column].astype("float64").to_numpy(dtype=float, na_value=np.nan)
    standing = beside_peers(value, context.services["service_type"], context.settings.peers.minimum)
    known = ~np.isnan(value)
    return common_form(
        context.services,
        missing=reasons(context.services).mask(~known, "not_declared"),
        value=value,
        n=known.astype(float),
        expected=standing.centre,
        estimate=value,
        sd=np.zeros(len(value)),
        standing=worse * standing.z,
        standing_sd=standing.z_sd,
    )
