"""Cells of services: never fewer than three, whatever the table, and no difference that leaves fewer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from risiko.disclosure.service_cells import LEAST, service_cells


def cells(*pairs: str) -> list[str]:
    frame = pd.DataFrame([pair.split("/") for pair in pairs], columns=["kind", "area"], dtype="str")
    found = service_cells(frame["kind"], frame["area"])
    return [] if found is None else (found["service_type"] + "/" + found["area"]).tolist()


def test_large_cells_stand_by_themselves() -> None:
    assert cells(*["home/Oslo"] * 3, *["home/Agder"] * 4) == [*["home/Oslo"] * 3, *["home/Agder"] * 4]


def test_small_areas_become_the_types_other_areas() -> None:
    assert cells(*["home/Oslo"] * 3, "home/A", "home/B", "home/C") == [*["home/Oslo"] * 3, *["home/"] * 3]


def test_where_they_are_still_few_the_smallest_area_goes_with_them() -> None:
    assert cells(*["home/Oslo"] * 3, *["home/Agder"] * 4, "home/B") == [*["home/"] * 3, *["home/Agder"] * 4, "home/"]


def test_a_type_with_few_goes_with_the_smallest_cell_of_another() -> None:
    assert cells(*["home/Oslo"] * 3, *["home/Agder"] * 4, "clinic/B") == [*["/"] * 3, *["home/Agder"] * 4, "/"]


def test_types_with_few_go_together() -> None:
    assert cells(*["home/Oslo"] * 3, "a/X", "b/Y", "c/Z") == [*["home/Oslo"] * 3, *["/"] * 3]


def test_two_services_are_not_told_of_at_all() -> None:
    assert cells("home/Oslo", "home/Oslo") == []
    assert service_cells(pd.Series(["home"] * 2), pd.Series([None] * 2)) is None


def test_a_service_without_type_or_area_is_among_the_others() -> None:
    found = service_cells(pd.Series(["home"] * 4 + [None]), pd.Series(["Oslo"] * 3 + [None] * 2, dtype="str"))
    assert found is not None
    assert found.groupby(["service_type", "area"]).size().min() >= LEAST


@pytest.mark.parametrize("seed", range(40))
def test_no_cell_is_small_and_nobody_is_lost(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 60))
    kind = pd.Series(rng.choice(["a", "b", "c", "d"], n, p=[0.6, 0.3, 0.05, 0.05]), dtype="str")
    area = pd.Series(rng.choice([f"k{i}" for i in range(int(rng.integers(1, 12)))], n), dtype="str")
    found = service_cells(kind, area)
    assert found is not None
    assert len(found) == n
    assert found.groupby(["service_type", "area"]).size().min() >= LEAST
    kept = (found["service_type"] != "").to_numpy()
    assert (found["service_type"][kept] == kind[kept]).all(), "nobody is put into another type"
    placed = kept & (found["area"] != "").to_numpy()
    assert (found["area"][placed] == area[placed]).all()
