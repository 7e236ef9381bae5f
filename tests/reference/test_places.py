"""The score's places against the exact law of places: normal log-odds and one consequence, so places are theirs."""

import numpy as np
import pytest

from risiko.scoring.law import PriorityLaw
from risiko.scoring.uncertainty import CONDITIONED, Places, counted_places, place_among, places
from risiko.statistics.rank_law import rank_law_normal
from risiko.statistics.ranks import expected_ranks_normal

# Ten normal laws of very different width (reference case R05).
MEAN = np.array([1.2, 0.9, 0.85, 0.5, 0.4, 0.1, 0.0, -0.2, -0.6, -1.1])
SD = np.array([0.9, 0.2, 0.5, 0.1, 0.7, 0.3, 1.2, 0.4, 0.6, 0.25])
DRAWS = 4000


def normal(mean: np.ndarray, sd: np.ndarray) -> PriorityLaw:
    """Log-odds N(mean, sd²), each service on its own, all of one consequence that is known."""
    none = np.zeros(len(mean))
    return PriorityLaw(middle=mean, below=sd, above=sd, pulls=np.zeros((len(mean), 0)), log_harm=none,
                       harm_spread=none, unsaid=none)  # fmt: skip


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=n), rng.uniform(0.2, 0.6, n)


def counting_error(chance: np.ndarray, draws: int) -> np.ndarray:
    """Standard error of a counted share, at least that of one draw in a thousand of the draws' error."""
    return np.sqrt(np.maximum(chance * (1 - chance), 1e-3) / draws)


@pytest.mark.parametrize("top", [1, 3, 5])
@pytest.mark.parametrize("seed", range(3))
def test_chances_of_ten_services(top: int, seed: int) -> None:
    """Reckoned on the first CONDITIONED draws, so no worse than counting so many (Rao and Blackwell)."""
    exact = rank_law_normal(MEAN, SD)
    found = places(normal(MEAN, SD), top, draws=DRAWS, rng=np.random.default_rng(seed))
    off = np.abs(found.p_top - exact.top(top)) / counting_error(exact.top(top), CONDITIONED)
    assert off.max() < 4
    assert found.top == top


def test_intervals_and_expected_places_of_ten_services() -> None:
    """Intervals to the place, but for 1 where 5 % is nearly reached; expected places are read off the bar: within .15.

    The bar pools the lists, so a place between two of few bars is rough: .12 at most over 30 seeds, .10 of it bias.
    """
    exact = rank_law_normal(MEAN, SD)
    low, high = exact.interval(0.90)
    found = places(normal(MEAN, SD), 3, draws=DRAWS, rng=np.random.default_rng(1))
    assert np.abs(found.low - low).max() <= 1
    assert np.abs(found.high - high).max() <= 1
    assert np.count_nonzero(found.low - low) + np.count_nonzero(found.high - high) <= 2
    assert found.expected == pytest.approx(expected_ranks_normal(MEAN, SD), abs=0.15)


def test_chances_intervals_and_expected_places_of_eighty_services() -> None:
    mean, sd = drawn(80, 1)
    exact, found = rank_law_normal(mean, sd, nodes=300), places(normal(mean, sd), 8, draws=DRAWS, rng=np.random.default_rng(2))
    chance = exact.top(8)
    # of so many, the others' draws hardly move the line: as good as counting all draws
    assert (np.abs(found.p_top - chance) < 4 * counting_error(chance, DRAWS)).all()
    assert found.p_top.sum() == pytest.approx(8, abs=0.5)
    low, high = exact.interval(0.90)
    assert max(np.abs(found.low - low).max(), np.abs(found.high - high).max()) <= 3
    assert found.expected == pytest.approx(expected_ranks_normal(mean, sd), abs=0.3)


def test_expected_places_of_two_thousand_services() -> None:
    """Against the closed form: at most one place in 2,000 off (.54 when measured)."""
    mean, sd = drawn(2000, 1)
    found = places(normal(mean, sd), 200, draws=500, rng=np.random.default_rng(3))
    assert np.abs(found.expected - expected_ranks_normal(mean, sd)).max() < 1


@pytest.fixture(scope="module")
def counted() -> tuple[PriorityLaw, Places]:
    law = normal(*drawn(5000, 1))
    return law, counted_places(law, 500, draws=1000, rng=np.random.default_rng(3))


def test_reading_places_off_the_others_agrees_with_counting_them(counted: tuple[PriorityLaw, Places]) -> None:
    """5,000 services: P(top) within .01; ends of the interval as near as 1,000 draws find them (1 % of the list)."""
    law, by_counting = counted
    reading = place_among(law, by_counting.bar, 500)
    assert np.abs(reading.p_top - by_counting.p_top).max() < 0.01
    assert reading.p_top.sum() == pytest.approx(500, abs=3)
    for end in ("low", "high"):
        off = getattr(reading, end) - getattr(by_counting, end)
        assert np.sqrt((off**2).mean()) < 50
        assert np.abs(off).max() < 350
        assert np.abs(off.mean()) < 5  # neither leans to one side
    assert reading.expected == pytest.approx(by_counting.expected)
    assert reading.expected == pytest.approx(expected_ranks_normal(law.middle, law.below), abs=5)


def test_a_share_of_the_list_is_read_as_the_whole(counted: tuple[PriorityLaw, Places]) -> None:
    """A service asked about alone stands where it stood in the list."""
    law, by_counting = counted
    whole, alone = place_among(law, by_counting.bar, 500), place_among(normal(law.middle[7:8], law.below[7:8]), by_counting.bar, 500)
    assert (alone.p_top[0], alone.low[0], alone.high[0]) == (whole.p_top[7], whole.low[7], whole.high[7])


def test_alike_services_share_their_places() -> None:
    """EDGE, all services tie: the expected place is (K + 1) / 2 and P(top k) = k / K, within the error of drawing."""
    found = places(normal(np.full(8, -2.0), np.full(8, 0.5)), 2, draws=DRAWS, rng=np.random.default_rng(4))
    assert found.expected == pytest.approx(np.full(8, 4.5), abs=0.05)
    assert found.p_top == pytest.approx(np.full(8, 0.25), abs=0.005)
    assert np.ptp(found.p_top) == 0
    assert found.rank().tolist() == [1] * 8


def test_alike_services_that_are_known_exactly_share_their_places() -> None:
    found = places(normal(np.full(8, -2.0), np.zeros(8)), 2, draws=400, rng=np.random.default_rng(4))
    assert found.expected == pytest.approx(np.full(8, 4.5))
    assert found.p_top == pytest.approx(np.full(8, 0.25))


def test_a_single_service_is_first() -> None:
    found = places(normal(np.array([-2.0]), np.array([0.5])), 1, draws=100, rng=np.random.default_rng(5))
    assert (found.expected[0], found.low[0], found.high[0], found.p_top[0]) == (1, 1, 1, 1)


def test_the_order_of_the_services_is_only_a_matter_of_drawing() -> None:
    mean, sd = drawn(300, 6)
    order = np.random.default_rng(7).permutation(300)
    one = places(normal(mean, sd), 30, draws=2000, rng=np.random.default_rng(8))
    other = places(normal(mean[order], sd[order]), 30, draws=2000, rng=np.random.default_rng(9))
    # two readings, each with the error of drawing
    assert (np.abs(other.p_top - one.p_top[order]) < 4 * np.sqrt(2) * counting_error(one.p_top[order], CONDITIONED)).all()
    assert other.expected == pytest.approx(one.expected[order], abs=1.5)
