"""Words that praise and words that blame in three languages, turned round by a negation before them."""

from __future__ import annotations

import re

_GOOD = """
bra god godt gode fin fint fine flott utmerke framifrå fantastisk topp best super kjempebra nydelig nydeleg strålende
strålande herlig trygg snill varm varme varmt vennlig venleg hyggelig hyggeleg koselig koseleg trivelig triveleg
tålmodig tolmodig omsorgsfull respektfull høflig høfleg dyktig flink profesjonell kompetent fornøyd nøgd glad
takknemlig takksam takk lytt forklar støtt støtta trøst trøyst hjalp hjelpte hjelper fungerer rask raskt presis ryddig
ren rent rein rolig roleg enkel enkelt lett grei tilgjengelig tilgjengeleg anbefal tilrå vellykket vellukka effektiv
samarbeid bedre betre frisk bedring betring ærlig ærleg forståelse forståing hørt høyrd svarer svarar svarte svara
følger fulgt følgde følgd virket virka verka gull smart imponer good great fine nice kind warm friendly excellent
wonderful brilliant fantastic best lovely safe patient caring respectful polite skilled professional satisfied pleased
happy thank grateful listen explain support comfort helpful helped helps works worked quick prompt clean tidy calm
easy recommend success efficient better recovered improved honest understanding answered answers useful
"""
_BAD = """
dårlig dårleg elendig forferdelig forferdeleg grusom verre verst verste skandal katastrof skuff vonbroten misnøyd
misnøgd misfornøyd uverdig krenk nedlat frekk sur sure kald kalde kaldt arrogant forakt ignorer overs avvis avfei
glemt glemte gløymd gløymde feil svikt mangl fall falt skade skada såret slag slo spark dytt skrek skreik ropte gråt
gret tvang trussel truslar trusler farlig farleg utrygg redd redde smerte blåmerke skitten skite møkk våt bleie naken
infeksjon klage klaga avslag avslått utsatt utsett avlyst ventet venta venting ventetid kø lenge sent seint borte rot
rotete kaos sløs bortkast dyrt tungvint umulig umogleg alene aleine liggende liggjande ubrukt skyld skuld stress
utskifting elende nekt løgn lygn straff trist skam vold vald rus nektet nekta mistet mista bad awful terrible horrible
worse worst scandal disaster disappoint unhappy dissatisfied undignified degrading patronis rude grumpy cold arrogant
contempt ignor overlook turned dismiss forgot wrong mistake fail failed failing neglect fell injur hit hitting kick
pushed shout cried force threat danger unsafe afraid scared pain bruis dirty wet naked infect complain refus postpone
cancel waited waiting late lost mess chaos waste expensive cumbersome impossible alone unused blame rush turnover sad
shame violence drug lie liar left nasty
"""
# Short words are whole; longer ones may go on (trygg, trygge, tryggleik).
_WHOLE = 4
_NEGATIONS = """
ikke ikkje ingen inga ingenting aldri uten utan verken korkje slapp slipper slepp not no never nobody nothing without
neither cannot
"""
_REACH = 4  # words after a negation that it turns round
_TOKENS = re.compile(r"[^\W\d_]+(?:['’]t)?|[.!?;,]")


def _matcher(words: str) -> re.Pattern[str]:
    whole = [word for word in words.split() if len(word) <= _WHOLE]
    stems = [word for word in words.split() if len(word) > _WHOLE]
    return re.compile(rf"(?:{'|'.join(whole)})$|(?:{'|'.join(stems)})")


_TURNS = frozenset(_NEGATIONS.split())
_IS_GOOD, _IS_BAD = _matcher(_GOOD), _matcher(_BAD)


def toned_words(text: str) -> list[tuple[str, str]]:
    """The words that praise or blame, in order, each with "good" or "bad" as it is meant: in "ikke god", god is bad."""
    found, left = [], 0
    for token in _TOKENS.findall(text.lower()):
        if token in _TURNS or token.endswith(("'t", "’t")):
            left = _REACH
            continue
        if token in ".!?;,":
            left = 0
            continue
        bad, good = _IS_BAD.match(token) is not None, _IS_GOOD.match(token) is not None
        if good != bad:
            found.append((token, "good" if good == (left == 0) else "bad"))
        left = max(left - 1, 0)
    return found


def tones(text: str) -> list[str]:
    """The tones alone, for counting."""
    return [tone for _, tone in toned_words(text)]
