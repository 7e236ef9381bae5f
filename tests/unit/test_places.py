"""Where ids stand among others."""

import numpy as np
import pandas as pd
import pytest

from risiko.signals.registry import places


@pytest.mark.parametrize(("ids", "among", "expected"), [
    (["b", "a", "b"], ["a", "b", "c"], [1, 0, 1]),
    (["x", None, "c"], ["a", "b", "c"], [-1, -1, 2]),
    (["a"], [], [-1]),
    ([], ["a"], []),
    (["a", None], ["b", None, "a"], [2, -1]),  # what has no id is nowhere, however many have none
])  # fmt: skip
def test_an_id_stands_where_the_others_have_it_or_nowhere(ids: list[str], among: list[str], expected: list[int]) -> None:
    found = places(pd.Series(ids, dtype="str"), pd.Series(among, dtype="str"))
    assert found.tolist() == expected


def test_it_is_what_an_index_would_say() -> None:
    rng = np.random.default_rng(3)
    among = pd.Series([f"s{i}" for i in rng.permutation(400)], dtype="str")
    ids = pd.Series([f"s{i}" for i in rng.integers(0, 600, 5_000)], dtype="str")
    assert places(ids, among).tolist() == pd.Index(among).get_indexer(ids).tolist()
