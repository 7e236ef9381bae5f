"""Pooling of correlated indicators against published values, and with gaps."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.pooling import average_correlation_z, benjamini_hochberg, estimate_correlation, pooled_z

NAN = float("nan")
# Six indicators in two correlated blocks (METHODS 5, Z01).
Z = np.array([2.3, 1.9, 2.6, 0.4, -0.3, 1.1])
R = np.array([[1, .5, .4, .1, 0, .2], [.5, 1, .6, .1, .1, .2], [.4, .6, 1, .2, 0, .1],
              [.1, .1, .2, 1, .3, .3], [0, .1, 0, .3, 1, .5], [.2, .2, .1, .3, .5, 1]])  # fmt: skip


def test_six_indicators_in_two_blocks() -> None:
    """3.27 if they were independent, 2.20 given what they share, 1.67 with the second block's weight raised."""
    assert pooled_z(Z, np.eye(6)) == pytest.approx([3.2659863237109])
    assert pooled_z(Z, R) == pytest.approx([2.20192753025272])
    assert pooled_z(Z, R, np.array([1, 1, 1, 2, 2, 1.0])) == pytest.approx([1.66735861342505])


def test_reference_cases(shared: Path) -> None:
    """R package poolr 1.2.0, among them 23 genetic markers: 5.9154 independent, 4.6492 with their correlation."""
    cases = json.loads((shared / "reference/05_zpool/Z01_correlated_z_pool.json").read_text())["cases"]
    assert len(cases) == 5
    for case in cases:
        z, r, wanted = np.atleast_1d(case["z"]), np.array(case["R"]), case["expected"]
        pooled = wanted.get("generalised", wanted.get("equal_weight_corr"))
        assert pooled_z(z, r) == pytest.approx([pooled], rel=1e-9)
        if "stouffer_independent" in wanted:
            assert pooled_z(z, np.eye(len(z))) == pytest.approx([wanted["stouffer_independent"]], rel=1e-9)
        if "weighted_corr" in wanted:
            assert pooled_z(z, r, np.array(case["w"], dtype=float)) == pytest.approx([wanted["weighted_corr"]], rel=1e-9)


@pytest.mark.parametrize(("r", "pooled"), [(0.0, 3.53553390593274), (1.0, 2.5)])
def test_the_same_said_twice_counts_once(r: float, pooled: float) -> None:
    assert pooled_z(np.array([2.0, 3]), np.array([[1, r], [r, 1]])) == pytest.approx([pooled])
    assert average_correlation_z(np.array([2.0, 3]), r) == pytest.approx([pooled])


def test_every_service_is_pooled_over_what_it_has() -> None:
    z = np.array([Z, [NAN, 1.9, NAN, 0.4, NAN, NAN], [NAN] * 6, [NAN] * 5 + [1.1]])
    pair = (1.9 + 0.4) / np.sqrt(2 + 2 * 0.1)
    assert pooled_z(z, R) == pytest.approx([2.20192753025272, pair, NAN, 1.1], nan_ok=True)
    assert average_correlation_z(z, 0.3)[1:] == pytest.approx([2.3 / np.sqrt(2.6), NAN, 1.1], nan_ok=True)


def test_weights_may_differ_between_services_and_none_is_missing() -> None:
    weights = np.array([[1.0, 1, 1, 2, 2, 1], [0, 0, 0, 0, 0, 0]])
    assert pooled_z(np.array([Z, Z]), R, weights) == pytest.approx([1.66735861342505, NAN], nan_ok=True)


def test_one_extreme_reading_is_capped() -> None:
    assert pooled_z(np.array([[40.0], [-40], [3]]), np.eye(1)).tolist() == [4, -4, 3]
    assert pooled_z(np.array([[40.0]]), np.eye(1), cap=50).tolist() == [40]


def test_faulty_weights_and_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        pooled_z(np.zeros((1, 2)), np.eye(2), np.array([1, -1.0]))
    with pytest.raises(ValueError, match="2 indicators"):
        pooled_z(np.zeros((1, 2)), np.eye(3))
    with pytest.raises(ValueError, match="2 blocks; got 1"):
        estimate_correlation(np.zeros((5, 2)), ["a"])


def _drawn(r: np.ndarray, n: int, gaps: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    z = rng.multivariate_normal(np.zeros(len(r)), r, n)
    z[rng.random(z.shape) < gaps] = NAN
    return z


def test_the_correlation_is_recovered_despite_gaps() -> None:
    found = estimate_correlation(_drawn(R, 20_000, gaps=0.3), ["complaints"] * 3 + ["experience"] * 3)
    assert found == pytest.approx(R, abs=0.04)
    assert (np.diag(found) == 1).all()


def test_without_gaps_and_shrinkage_it_is_the_plain_correlation() -> None:
    z = _drawn(R, 100_000, gaps=0)
    assert estimate_correlation(z) == pytest.approx(np.corrcoef(z.T), abs=0.002)


def test_few_services_are_drawn_towards_their_blocks() -> None:
    true = np.kron(np.array([[0.5, 0.1], [0.1, 0.5]]), np.ones((3, 3))) + 0.5 * np.eye(6)
    z, blocks = _drawn(true, 60, gaps=0), list("aaabbb")
    off = ~np.eye(6, dtype=bool)
    raw, shrunk = (float(((r - true)[off] ** 2).mean()) for r in (np.corrcoef(z.T), estimate_correlation(z, blocks)))
    assert shrunk < raw / 2


def test_pairs_seen_too_seldom_take_their_blocks_mean() -> None:
    z = _drawn(np.full((4, 4), 0.6) + 0.4 * np.eye(4), 400, gaps=0)
    z[:29, 3], z[29:, 3] = -z[:29, 0], NAN  # 29 pairs, and they say the opposite of their block
    few, enough = estimate_correlation(z, list("aaaa")), estimate_correlation(z, list("aaaa"), enough_pairs=29)
    assert few[3, :3] == pytest.approx([few[np.triu_indices(3, 1)].mean()] * 3, abs=1e-9)
    assert enough[3, 0] < few[3, 0] - 0.2


def test_no_pair_at_all_and_constant_indicators_are_answered() -> None:
    assert estimate_correlation(np.empty((0, 3))) == pytest.approx(np.eye(3))
    z = _drawn(np.full((3, 3), 0.5) + 0.5 * np.eye(3), 500, gaps=0)
    z[:, 2] = 7.0
    found = estimate_correlation(z, list("aab"))
    assert np.isfinite(found).all()
    assert found[2, :2].tolist() == [0, 0]


def test_a_matrix_from_patchwork_is_still_one_of_correlations() -> None:
    """a with b and b with c agree, a with c disagree, each on services of its own: no one population is like that."""
    rng, z = np.random.default_rng(1), np.full((3000, 3), NAN)
    for part, (i, j, sign) in enumerate([(0, 1, 1), (1, 2, 1), (0, 2, -1)]):
        x = rng.normal(size=1000)
        z[part * 1000 : part * 1000 + 1000, [i, j]] = np.column_stack([x, sign * x])
    found = estimate_correlation(z)
    assert np.linalg.eigvalsh(found)[0] > 0
    assert np.diag(found) == pytest.approx([1, 1, 1])
    assert np.isfinite(pooled_z(np.ones((1, 3)), found)).all()


# Benjamini & Hochberg 1995, the fifteen p-values of their example.
P = np.array([.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .324, .4262, .5719, .6528, .759, 1])  # fmt: skip


def test_benjamini_and_hochbergs_own_example() -> None:
    """Four rejections at .05, where Bonferroni has three."""
    adjusted = benjamini_hochberg(P)
    assert (adjusted <= 0.05).sum() == 4
    assert (P * 15 <= 0.05).sum() == 3
    wanted = [.0015, .003, .0095, .035625, .0603, .0638571428571429, .0638571428571429, .0645, .0765, .486,
              .581181818181818, .714875, .753230769230769, .813214285714286, 1]  # fmt: skip
    assert adjusted == pytest.approx(wanted, rel=1e-9)


def test_missing_p_values_are_not_counted_and_order_does_not_matter() -> None:
    shuffled = np.random.default_rng(0).permutation(15)
    assert benjamini_hochberg(P[shuffled]) == pytest.approx(benjamini_hochberg(P)[shuffled])
    with_gap = benjamini_hochberg(np.insert(P, 3, NAN))
    assert np.delete(with_gap, 3) == pytest.approx(benjamini_hochberg(P))
    assert np.isnan(with_gap[3])
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        benjamini_hochberg(np.array([1.2, 0.3]))
