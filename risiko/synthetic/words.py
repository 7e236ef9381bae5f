"""Invented names: municipalities, places and organisations. None is a real Norwegian municipality."""

from __future__ import annotations

import numpy as np

from risiko.synthetic.span import Ints, Rng

# Weather, birds, beasts and berries: the stock is chosen so that no combination is a municipality (a test holds them
# against the list of real ones).
STEMS = (
    "Lyng", "Tåke", "Rim", "Kvist", "Mose", "Skodde", "Brim", "Glim", "Tyri", "Svale", "Spove", "Rype", "Multe",
    "Tytte", "Røsslyng", "Kråke", "Terne", "Jerv", "Gaupe", "Oter", "Snø", "Hagl", "Regn", "Sludd", "Torden", "Måne",
    "Skygge", "Orre", "Tiur", "Ugle", "Falke", "Bekkasin", "Harr", "Røye", "Nise", "Siv", "Bregne", "Einer", "Hegg",
    "Vier", "Vinter", "Høst", "Dugg",
)  # fmt: skip
MUNICIPALITY_ENDINGS = ("vik", "nes", "fjord", "hei", "øy", "sund", "mark", "voll", "haug", "berg", "fjell", "vatn")
PLACE_ENDINGS = (
    "hei", "lia", "tunet", "bakken", "haugen", "åsen", "toppen", "stua", "gården", "enga", "myra", "kollen", "moen",
    "odden", "svingen", "bråten", "lunden", "kroken", "neset", "sletta", "vollen", "hagen", "bukta", "rabben",
)  # fmt: skip

SERVICE_WORDS = {
    "nursing_home": "{} sykehjem", "home_care": "{} hjemmetjeneste", "disability_housing": "{} bofellesskap",
    "general_practice": "{} legekontor", "emergency_clinic": "{} legevakt", "hospital": "{} sykehus",
    "mental_health_adult": "{} DPS", "mental_health_child": "{} BUP", "substance_treatment": "{} rusklinikk",
    "social_office": "Nav {}", "child_welfare_service": "{} barneverntjeneste", "child_institution": "{} ungdomshjem",
}  # fmt: skip
SOLE_PRACTITIONER = "{} legepraksis (enkeltperson)"

# User organisations and whom they speak for. All invented.
ORGANISATIONS = {
    "Pårørendelaget Vinterlys": ("nursing_home", "home_care"),
    "Seniorlaget Høstvind": ("nursing_home", "home_care", "emergency_clinic"),
    "Foreningen Ved Egne Ord": ("disability_housing",),
    "Landslaget Døråpner": ("hospital", "general_practice", "emergency_clinic"),
    "Brukerlaget Stemmebruk": ("mental_health_adult",),
    "Ungdomslaget Motvind": ("child_institution", "mental_health_child"),
    "Familielaget Trekløver": ("child_welfare_service", "mental_health_child"),
    "Rusnettverket Nyløype": ("substance_treatment",),
    "Foreningen Egen Dør": ("social_office",),
}

# What complaints, themes and findings are about, by sector.
SUBJECTS = {
    "health": ("diagnose", "behandling", "legemidler", "kommunikasjon", "ventetid", "journal", "bemanning", "ernæring",
               "pasientsikkerhet", "samhandling", "tvang"),
    "social": ("økonomisk stønad", "saksbehandling", "ventetid", "informasjon", "bolig", "barns behov"),
    "child_welfare": ("saksbehandling", "barnets medvirkning", "undersøkelse", "oppfølging", "tvang", "informasjon",
                      "samvær"),
}  # fmt: skip


def municipality_names(rng: Rng, n: int) -> list[str]:
    """n different invented municipality names."""
    pool = [stem + ending for stem in STEMS for ending in MUNICIPALITY_ENDINGS]
    return [pool[i] for i in rng.permutation(len(pool))[:n]]


def place_names(rng: Rng, n: int) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """n different invented place names; a number follows when the stock has been used up."""
    pool = [stem + ending for stem in STEMS for ending in PLACE_ENDINGS]
    order: Ints = rng.permutation(len(pool))
    names = [pool[order[i % len(pool)]] + (f" {i // len(pool) + 1}" if i >= len(pool) else "") for i in range(n)]
    return np.array(names)
