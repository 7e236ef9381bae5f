"""Which language a short text is in, told by its commonest words; what is none of ours is unknown."""

from __future__ import annotations

import pandas as pd

UNKNOWN = "unknown"
# A text is in a language when at least this share of its words are among that language's commonest.
LEAST_SHARE = 0.15

_NORWEGIAN = """
og i det er var på til med for at som vi de den en å av har hadde når men så om vil kan skal min mitt mine han hun meg
oss seg ha bli få fått alle alt alltid aldri under over etter før der her nå mor far barn barna hjelp takk tid god
godt gode bra fin fint dårlig ingen ingenting ganger uten bare opp ned ut inn igjen hele veldig lang lenge legen lege
sykehuset kommunen time timer også både dag dager uke år helt ok greit greitt middels sånn passe service folk by byen
best topp mer
"""
_BOKMAL = """
jeg ikke hva hvor hvem hvordan hvorfor noe noen fra ble blir mye mange hun hennes deres dere dem være gjøre vet sier
fikk får kom kommer gikk siden hver flere ansatte sykepleier sykepleierne hjemmetjenesten fastlegen tjenesten bruker
brukere mellom selv fornøyd misnøyd misfornøyd elendig forferdelig skuffet dette disse ventet fortalte se skrev kunne
vært bedre
"""
_NYNORSK = """
eg ikkje kva kvar kven korleis kvifor noko nokon frå vart vert mykje ho hennar dykkar dei dykk vere gjere veit seier
fekk fær kjem gjekk sidan kvar fleire tilsette sjukepleiar sjukepleiarane heimetenesta tenesta brukar brukarar sjølv
ein ei eit då nøgd misnøgd elendig forferdeleg vonbroten desse venta fortalde sjå skreiv kunne vore betre berre heile
høyrde saman att
"""
_ENGLISH = """
the and is was were are to of in on for with that this it they we you he she i my our his her their them me us not no
never nobody a an be been had have has do does did could would will can at by from as but so if when very good great
bad help all there nothing about again after before more than or out up who what how because without
"""
_OTHERS = """
und ist nicht ich die das wir mit auch sehr keine haben och inte är jag från mycket att för hade var de la el los las
que por con para es una muy no nos del une les des est pas nous avec pour très dans je il elle sont nie jest się że na
w z dla bardzo ale jak był była było są po co tak mnie do to opieka dobra waa iyo oo ku ka ma uu ay in si aad bir ve
çok bu için değil da ne nu și este cu și foarte sunt pe не и на я что это они нас очень было ir yra labai kad su buvo
ne
"""
_SETS = {code: frozenset(words.split()) for code, words in {
    "nb": _NORWEGIAN + _BOKMAL, "nn": _NORWEGIAN + _NYNORSK, "en": _ENGLISH, UNKNOWN: _OTHERS}.items()}  # fmt: skip
CODES = ("nb", "nn", "en")
# How words end in one form of Norwegian and not in the other; each such word counts as half a common one.
_ENDINGS = {
    "nb": ("ene", "lig", "lige", "het", "heten", "else", "elsen"),
    "nn": ("ane", "leg", "lege", "leik", "ande", "inga", "ingane"),
}


def language_of(texts: pd.Series) -> pd.Series:
    """nb, nn, en or "unknown" for each text, same index.

    Unknown: no word that is common in one of the three, too few of them, or more that are common elsewhere (Polish,
    German, Swedish, Somali, Arabic …). Bokmål stands where nothing tells it from nynorsk; Danish passes as bokmål.
    """
    plain = texts.reset_index(drop=True).fillna("").str.lower()
    words = plain.str.findall(r"[^\W\d_]+").explode().dropna().astype("str")
    hits = pd.DataFrame({code: words.isin(common) for code, common in _SETS.items()}).groupby(level=0).sum()
    hits = hits.reindex(plain.index, fill_value=0)
    for code, endings in _ENDINGS.items():
        hits[code] += words.str.endswith(endings).groupby(level=0).sum().reindex(plain.index, fill_value=0) / 2
    total = words.groupby(level=0).size().reindex(plain.index, fill_value=0)
    ours = hits[list(CODES)]
    most = ours.max(axis=1)
    known = (most > 0) & (most >= LEAST_SHARE * total) & (most >= hits[UNKNOWN])
    best = ours.idxmax(axis=1).astype("str")
    return best.where(known, UNKNOWN).set_axis(texts.index)
