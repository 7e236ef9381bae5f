"""What people say, in short invented sentences, bokmål and nynorsk, by dimension and tone."""

from __future__ import annotations

import numpy as np

from risiko.synthetic.span import Floats, Ints, Rng
from risiko.vocabulary import DIMENSIONS

# dimension -> (good, poor), each (bokmål, nynorsk) pairs of the same statement.
_SAID = {
    "effective": (
        (("behandlingen virket og ble fulgt opp", "behandlinga verka og vart følgd opp"),
         ("målene i planen ble nådd", "måla i planen vart nådde")),
        (("ingen så om tiltakene virket", "ingen såg om tiltaka verka"),
         ("planen lå i skuffen og ingen brukte den", "planen låg i skuffa og ingen brukte han"))),
    "safe": (
        (("det alltid var noen som visste hva de skulle gjøre", "det alltid var nokon som visste kva dei skulle gjere"),
         ("medisinene ble kontrollert hver gang", "medisinane vart kontrollerte kvar gong")),
        (("medisiner ble glemt flere ganger", "medisinar vart gløymde fleire gonger"),
         ("det var for få på jobb om natten", "det var for få på jobb om natta"))),
    "involving": (
        (("vi ble spurt og hørt før noe ble bestemt", "vi vart spurde og høyrde før noko vart bestemt"),
         ("egne ønsker fikk bety noe", "eigne ønske fekk bety noko")),
        (("alt var bestemt før vi kom inn i rommet", "alt var bestemt før vi kom inn i rommet"),
         ("man tier fordi man er redd for å miste hjelpen", "ein teier fordi ein er redd for å miste hjelpa"))),
    "coordinated": (
        (("alle visste hva de andre hadde gjort", "alle visste kva dei andre hadde gjort"),
         ("det var én å ringe til", "det var éin å ringje til")),
        (("alt måtte fortelles på nytt hver gang", "alt måtte forteljast på nytt kvar gong"),
         ("beskjeder stoppet mellom kontorene", "beskjedar stoppa mellom kontora"))),
    "resource_efficient": (
        (("tiden ble brukt på det som betydde noe", "tida vart brukt på det som betydde noko"),
         ("møtene var korte og forberedt", "møta var korte og førebudde")),
        (("mye tid gikk med til skjemaer ingen leste", "mykje tid gjekk med til skjema ingen las"),
         ("tre ulike personer kom for å gjøre det samme", "tre ulike personar kom for å gjere det same"))),
    "accessible": (
        (("det var lett å få kontakt når det trengtes", "det var lett å få kontakt når det trongst"),
         ("hjelpen kom da den var lovet", "hjelpa kom då ho var lova")),
        (("det tok uker å få svar", "det tok veker å få svar"),
         ("telefonen ble sjelden tatt", "telefonen vart sjeldan teken"))),
}  # fmt: skip
_OPENINGS = {
    "focus_group": ("Flere i gruppen fortalte at {}.", "Fleire i gruppa fortalde at {}."),
    "interview": ("En bruker fortalte at {}.", "Ein brukar fortalde at {}."),
    "narrative": ("I fortellingen står det at {}.", "I forteljinga står det at {}."),
    "peer_interview": ("Til en likemann ble det sagt at {}.", "Til ein likemann vart det sagt at {}."),
    "video": ("Opptaket viser at {}.", "Opptaket viser at {}."),
    "flow_chart": ("Skissen over forløpet viser at {}.", "Skissa over forløpet viser at {}."),
    "organisation_report": ("Medlemmer har fortalt at {}.", "Medlemer har fortalt at {}."),
}  # fmt: skip
METHODS = tuple(_OPENINGS)
_NYNORSK_SHARE = 0.25  # (A)


def write(rng: Rng, method: Ints, dimension: Ints, badness: Floats) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """One sentence per piece of evidence: codes into METHODS and DIMENSIONS; the worse, the likelier a poor tone."""
    stock = np.array([
        [[[[opening[language].format(pair[language]) for language in (0, 1)] for pair in tone] for tone in _SAID[name]]
         for name in DIMENSIONS] for opening in _OPENINGS.values()])  # fmt: skip
    n = len(method)
    poor = (rng.random(n) < 1 / (1 + np.exp(-1.2 * badness))).astype(np.int64)
    nynorsk = (rng.random(n) < _NYNORSK_SHARE).astype(np.int64)
    return np.asarray(stock[method, dimension, poor, rng.integers(0, 2, n), nynorsk])
