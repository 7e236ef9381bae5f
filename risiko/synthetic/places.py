"""Real counties and offices, invented municipalities."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from risiko.synthetic.span import Floats, Rng
from risiko.synthetic.words import municipality_names

_EAST = "Østfold, Buskerud, Oslo og Akershus"
_FIELDS = ("number", "county", "office", "municipalities", "population", "children", "median", "institutions")
# Statistics Norway, 2025: municipalities, inhabitants, aged 0–17, median municipality. The county governors' areas are
# those of 2024. Institutions: child-welfare institutions of the office's area in 2021 (Helsetilsynet, annual report
# 2023), shared out within an area by children.
_COUNTIES = (
    ("03", "Oslo", _EAST, 1, 724_290, 132_074, 724_290.0, 53),
    ("11", "Rogaland", "Rogaland", 23, 504_496, 112_194, 11_795.0, 30),
    ("15", "Møre og Romsdal", "Møre og Romsdal", 27, 272_413, 54_477, 7_196.0, 14),
    ("18", "Nordland", "Nordland", 41, 243_582, 45_474, 2_067.0, 7),
    ("31", "Østfold", _EAST, 12, 314_407, 60_624, 8_188.5, 20),
    ("32", "Akershus", _EAST, 21, 740_680, 160_156, 20_698.0, 65),
    ("33", "Buskerud", _EAST, 18, 271_248, 52_443, 4_681.0, 21),
    ("34", "Innlandet", "Innlandet", 46, 377_556, 67_520, 5_070.0, 39),
    ("39", "Vestfold", "Vestfold og Telemark", 6, 258_071, 49_778, 38_454.5, 20),
    ("40", "Telemark", "Vestfold og Telemark", 17, 177_863, 33_479, 4_067.0, 13),
    ("42", "Agder", "Agder", 25, 322_188, 66_914, 6_163.0, 62),
    ("46", "Vestland", "Vestland", 43, 655_210, 132_693, 5_213.0, 49),
    ("50", "Trøndelag", "Trøndelag", 38, 486_815, 95_135, 5_534.5, 36),
    ("55", "Troms", "Troms og Finnmark", 21, 170_479, 31_305, 2_784.0, 18),
    ("56", "Finnmark", "Troms og Finnmark", 18, 75_042, 13_953, 2_315.5, 8),
)  # fmt: skip
# Statistics Norway's six classes of centrality are about travel to work; here inhabitants stand in for it (A).
_CENTRALITY_LIMITS = (2_500, 5_000, 10_000, 25_000, 70_000)


def counties() -> pd.DataFrame:
    """The 15 counties: number, county, office, municipalities, population, children, median, institutions."""
    return pd.DataFrame(list(_COUNTIES), columns=list(_FIELDS))


def municipalities(rng: Rng) -> pd.DataFrame:
    """Invented municipalities, as many per county as there are: municipality, county_code (row of counties()),
    population and centrality ("1" most central to "6").

    Sizes are log-normal with the county's real median and sum to its real population.
    """
    table = counties()
    code = np.repeat(np.arange(len(table)), table["municipalities"])
    known = zip(table["municipalities"], table["population"], table["median"], strict=True)
    population = np.concatenate([_sizes(rng, n, total, median) for n, total, median in known])
    return pd.DataFrame({
        "municipality": municipality_names(rng, len(code)),
        "county_code": code,
        "population": population,
        "centrality": (6 - np.digitize(population, _CENTRALITY_LIMITS)).astype("str"),
    })  # fmt: skip


def _sizes(rng: Rng, n: int, total: float, median: float) -> Floats:
    """n sizes around the median, largest last; the larger half is scaled so that the sum is the county's."""
    spread = np.sqrt(2 * np.log(max(total / n / median, 1.0)))
    steps = np.array([NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)])
    sizes = median * np.exp(spread * steps + rng.normal(0, 0.05, n) * (steps != 0))
    if n == 1:
        return np.array([total])
    upper = steps > 1e-9
    sizes[upper] *= (total - sizes[~upper].sum()) / sizes[upper].sum()
    return np.asarray(np.round(sizes), dtype=float)
