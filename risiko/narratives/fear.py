"""Fear of complaining, said in so many words: a marker of silence, found by phrases and not by a model."""

from __future__ import annotations

import re

import pandas as pd

_NEGATION = (
    r"(?:ikke|ikkje|aldri|ingen|verken|korkje|uten|utan|slapp|slipper|slepp|not|never|no one|nobody|without|n['’]t)"
)
_FILLER = (
    r"(?:\s+(?:lenger|lengre|lenger|noe|noko|særlig|spesielt|er|var|å|være|vere|vært|vore|har|have|has|be|been"
    r"|being|is|was|are|"
    r"were|any|at all|trenger|treng|trengte|the slightest|in the least|to|grunn|grunnlag|årsak|reason|cause"
    r"|til)\b){0,5}"
)
_AFRAID = (
    r"\b(?:redde?|reddare|redsel(?:en)?|livredde?|frykt(?:er|et|en|a|ar)?|engstelige?|engsteleg|angst|bekymret"
    r"|bekymra|uroleg|urolig|nervøs|"
    r"vegrer|vegrar|kvir|kvier|gruer|gruar|skremt|skremte|afraid|scared|frightened|fear(?:s|ed|ful)?|terrified"
    r"|worried|anxious)\b"
)
_DARE = r"(?:tør|torer|tørr|torde|turte|turde|våger|vågar|våga|våget|orker|orkar|dare[ds]?)"
_NO_ONE_DARES = (
    rf"\b{_DARE}\s+(?:(?:jeg|eg|vi|de|dei|han|hun|ho|mor|far|beboerne|bebuarane|pårørende|pårørande"
    rf"|folk)\s+)?(?:\w+\s+)?(?:ikke|ikkje|aldri|ingen|sjelden|sjeldan|knapt|neppe|not|hardly|rarely)\b"
    rf"|\b(?:ingen|få|nobody|no one|few)\s+(?:\w+\s+){{0,2}}{_DARE}\b"
    rf"|\b(?:ikke|ikkje|aldri|not|never|n['’]t)\s+(?:\w+\s+)?{_DARE}\b|n['’]t\s+{_DARE}\b|\bdaren['’]t\b"
)
_COMPLAIN = (
    r"\b(?:klag(?:e|er|a|ar|et|de|ing|inga|ingen|en|ene)|påklage|si\s+(?:i?fra|noe|imot|meningen|det|nei)"
    r"|sei(?:e)?\s+(?:i?frå|i?fra|noko|imot|meininga|det|nei)"
    r"|sa\s+i?fr[aå]|sagt\s+i?fr[aå]|sier\s+(?:i?fra|noe|imot)|seier\s+(?:i?frå|noko|imot)|(?:ta|tar|tek"
    r"|tok)\s+(?:det|dette|saken|saka|ting|noe)\s+opp|melde?r?(?:\s+(?:fra|frå|avvik))?|varsl(?:e|er|ar|et|a)"
    r"|kritiser(?:e|er|t)|protester(?:e|er|te)|stå\s+fram|åpne\s+munnen|opne\s+munnen|complain(?:s|ed|ing|ts?)?"
    r"|speak(?:ing)?\s+(?:up|out)|spoke\s+up|rais(?:e|ing)\s+(?:it|this|concerns?|issues?|anything)"
    r"|(?<=to\s)report|(?<=dare\s)report|(?<=dares\s)report|reporting|fortelle|fortelje|(?<=to\s)tell"
    r"|say(?:ing)?\s+(?:anything|something|no)|criticis(?:e|ing)|object(?:ing)?)\b"
)
_RETALIATION = (
    r"\b(?:represalier|represaliar|hevn|hemn|gjengjeldelse|straff(?:es|et|a)?|retaliation|reprisals?|punish(?:ed|ment)|"
    r"repercussions|svi\s+for\s+det|får\s+\w+\s+svi)\b"
)
_QUIET = (
    r"\b(?:tier|teier|tie|teie|tidde|holder\s+(?:munn|kjeft|det\s+for)|held\s+(?:munn|kjeft)|holde\s+munn"
    r"|halde\s+munn|(?:holder|held|holde|halde|holdt|heldt)\s+(?:tilbake|attende|inne)|"
    r"(?:ikke|ikkje|aldri)\s+(?:klaget|klaga|klage|meldt|(?:sagt|si|seie)\s+(?:noe|noko|fra|frå|ifra|ifrå))|"
    r"(?:klaget?|klaga|klager|klagar|sier|seier|sa|melder|melde)\s+(?:jeg|eg|vi|de|dei|hun|ho|han)?\s*(?:ikke"
    r"|ikkje|aldri|ingenting|inkje)"
    r"|(?:lot|lar|let|la|lét)\s+(?:\w+\s+)?(?:være|vere|vera)|(?:er|var)\s+stille\s+om|keeps?\s+quiet"
    r"|kept\s+quiet|stay(?:s|ed)?\s+(?:quiet|silent)|silent|(?:keep|kept|keeps)\s+(?:my|our|their|his"
    r"|her)\s+mouths?\s+shut|"
    r"(?:did|do|does|would)(?:\s+not|n['’]t)\s+(?:complain|speak|say|report)|never\s+(?:complain(?:ed)?|said"
    r"|say|speak))\b"
)
_LOSS = (
    r"\b(?:miste|mister|mista|tape|taper|tapar|(?:går|gå|gjekk|gikk)\s+(?:det\s+)?ut\s?over|blir\s+verre"
    r"|bli\s+verre|lose|losing|kaste[rt]?\s+(?:\w+\s+)?ut|(?:throw|kick)\s+\w+\s+out|"
    r"tak(?:e|en|ing)\s+(?:it\s+)?(?:out\s+on|away)|worse)\b"
)
_WARNED = r"\b(?:advart|advarte|åtvara|truet|trua|warned|threatened)\s+(?:\w+\s+)?(?:mot\s+å|against|that|not\s+to)\b"
_NEAR = r"[^.!?;\n]{0,90}?"

_CALM = re.compile(rf"\b{_NEGATION}{_FILLER}\s+{_AFRAID}", re.IGNORECASE)
# Fear must stand near speaking up, or silence near its price: fear of a treatment or of falling is another matter.
_FEAR = re.compile(
    rf"(?:{_NO_ONE_DARES}){_NEAR}{_COMPLAIN}"
    rf"|{_AFRAID}{_NEAR}(?:{_COMPLAIN}|{_RETALIATION})"
    rf"|{_QUIET}{_NEAR}(?:{_AFRAID}|{_RETALIATION}|(?:{_LOSS}))"
    rf"|{_COMPLAIN}{_NEAR}{_RETALIATION}|{_WARNED}{_NEAR}{_COMPLAIN}"
    rf"|{_COMPLAIN}{_NEAR}\b(?:av|for|of|out of|because of)\s+{_AFRAID}",
    re.IGNORECASE,
)
_CHEAP = re.compile("|".join([_AFRAID, _DARE, _QUIET, _RETALIATION, _WARNED]), re.IGNORECASE)


def tells_of_fear(texts: pd.Series) -> pd.Series:
    """Whether each text says that someone dares not complain or fears what comes of it (bool, same index).

    Bokmål, nynorsk and English. "Ikke redd for å klage" is no fear. Missing text: False. It finds explicit phrases
    only: where it finds none, that does not tell that nobody is afraid.
    """
    plain = texts.reset_index(drop=True).fillna("").str.replace(r"\s+", " ", regex=True)
    found = plain.str.contains(_CHEAP).astype(bool)
    calm = plain[found].str.replace(_CALM, " ", regex=True)
    found[found] = calm.str.contains(_FEAR).astype(bool)
    return found.set_axis(texts.index).astype(bool)
