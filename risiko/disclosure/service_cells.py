"""Services told by type and area, in cells so large that none of them points at one service."""

from __future__ import annotations

import pandas as pd

LEAST = 3  # services in a cell: with two, whoever knows one of them would know the other
OTHERS = ""


def service_cells(service_type: pd.Series, area: pd.Series, least: int = LEAST) -> pd.DataFrame | None:
    """The cell of each service (same index): service_type and area; blank stands for "others".

    A type's areas with fewer than `least` services become its other areas; where those are still fewer, the type's
    smallest area goes with them. Types with too few services in all become other types, and where those are still
    fewer, the smallest cell there is goes with them: so no cell, and no difference between a total and the cells, has
    fewer. None where all services together are fewer than `least`.

    What is not promised: where all in a cell are alike, that is told of each; and whoever has the cells of two periods
    that overlap may see by the difference what came with one service.
    """
    cell = pd.DataFrame({"service_type": service_type.fillna(OTHERS), "area": area.fillna(OTHERS)}).astype("str")
    if len(cell) < least:
        return None
    for kind in cell["service_type"].unique():
        own = (cell["service_type"] == kind).to_numpy()
        cell.loc[own, "area"] = _merged(cell.loc[own, "area"], least)
    size = cell.groupby(["service_type", "area"])["area"].transform("size")
    cell.loc[(size < least).to_numpy(), :] = OTHERS
    both = cell["service_type"] + "\0" + cell["area"]
    gone = (_merged(both, least, "\0") == "\0").to_numpy()
    cell.loc[gone, :] = OTHERS
    return cell


def _merged(label: pd.Series, least: int, others: str = OTHERS) -> pd.Series:
    """The labels, those of fewer than `least` rows as `others`, and the smallest of the rest with them while needed."""
    sizes = label.value_counts().sort_index().sort_values(kind="stable")
    small = set(sizes.index[(sizes < least).to_numpy() | (sizes.index == others)])
    if not small:
        return label
    for name in sizes.index.difference(pd.Index(sorted(small)), sort=False):
        if sizes[sorted(small)].sum() >= least:
            break
        small.add(name)
    return label.where(~label.isin(small), others)
