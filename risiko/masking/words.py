"""Words that masking knows: what stands before a name, common names, street endings, and what is never a name."""

from __future__ import annotations


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# What a name follows, read without regard to case; a full stop may stand after an abbreviation only.
ABBREVIATIONS = ("dr", "prof", "hr", "frk", "mr", "mrs", "ms")
ROLES = _listed("""
fru herr frøken miss doktor doctor professor lege legen fastlege fastlegen overlege overlegen legevaktslegen kirurg
kirurgen tannlege tannlegen psykolog psykologen psykiater psykiateren jordmor jordmora jordmoren gp physician surgeon
psychologist dentist midwife sykepleier sykepleieren sjukepleiar sjukepleiaren helsesykepleier helsesjukepleiar
helsesøster nurse vernepleier vernepleieren vernepleiar hjelpepleier hjelpepleieren hjelpepleiar helsefagarbeider
helsefagarbeidar carer assistent assistenten støttekontakt støttekontakten personkontakt primærkontakt primærkontakten
kontaktperson kontaktpersonen fysioterapeut fysioterapeuten ergoterapeut ergoterapeuten terapeut terapeuten therapist
behandler behandleren behandlar behandlaren saksbehandler saksbehandleren saksbehandlar saksbehandlaren sakshandsamar
veileder veilederen rettleiar caseworker sosionom sosionomen barnevernspedagog barnevernspedagogen miljøterapeut
miljøterapeuten miljøarbeider miljøarbeidar leder lederen leiar leiaren avdelingsleder avdelingslederen avdelingsleiar
avdelingssykepleier enhetsleder einingsleiar styrer styrar rektor rektoren lærer læreren lærar læraren teacher manager
matron worker mor mora moren mamma mammaen far faren pappa pappaen mother father mum mom dad bror broren brother
søster søsteren søstera syster systera sister sønn sønnen son sonen datter datteren dattera dotter dottera daughter
barnet gutten guten jenta mann mannen husband kone kona wife samboer samboeren sambuar ektefelle ektefellen ektemann
partner bestemor bestefar besteforelder mormor morfar farmor farfar besta grandmother grandfather grandma grandad
tante tanten tanta onkel onkelen aunt uncle nevø niese svigermor svigerfar fostermor fosterfar stefar stemor barnebarn
barnebarnet nabo naboen neighbour beboer beboeren bebuar bebuaren pasient pasienten patient bruker brukeren brukar
brukaren verge vergen verje verja heter heiter named called navnet namnet navn namn hilsen helsing mvh regards
sincerely
""")

GIVEN = _listed("""
Aage Adrian Agnes Ahmed Aisha Aleksander Alexander Alf Alfred Ali Amalie Amina Anders Andrea Andreas Ane Anette Anita
Ann Anna Anne Anne-Grete Anniken Arild Arne Arnt Arve Asbjørn Aslak Astrid Atle Audun Aud Benjamin Bente Berit Bernt
Birgit Birgitte Birger Bjarne Bjørg Bjørn Borghild Brit Britt Camilla Carl Caroline Cathrine Cecilie Charlotte
Christian Christine Christoffer Daniel David Dagfinn Ebba Edvard Egil Eilif Einar Eirik Eivind Elin Elisabeth Elise
Ellen Else Emil Emilie Emma Endre Erik Erika Erlend Erling Espen Ester Eva Even Fatima Finn Fredrik Frida Frode Geir
Georg Gerd Gisle Grethe Gro Gudrun Guri Gunn Gunnar Gunvor Guro Gustav Haakon Håkon Håvard Halvard Halvor Hanna Hanne
Hannah Hans Harald Harry Hassan Hedda Hege Heidi Helene Helga Helge Henrik Henry Herman Hilde Hildur Hussein Ibrahim
Ida Inga Inge Ingebjørg Ingeborg Inger Ingrid Ingunn Irene Iselin Ivar Iver Jack Jakob James Jan Jane Janne Jarle Jens
Jenny Joakim Johan Johanna Johanne Johannes John Johnny Jon Jonas Jorunn Josefine Jostein Julia Julie Jørgen Jørn Kai
Kaja Kamilla Kari Karin Karl Karoline Kate Kathrine Katrine Khalid Kirsten Kjell Kjersti Kjetil Knut Kristian Kristin
Kristine Kristoffer Kåre Lars Laila Lasse Leif Lena Lene Leon Liam Lilly Linda Line Linn Lise Lisbeth Liv Louise Lucas
Ludvig Maja Magne Magnhild Magnus Maiken Malin Maren Margit Margrethe Mari Maria Marianne Marie Marit Marius Markus
Marte Marta Martha Martin Martine Mary Mathias Mathilde Mats Matheo Merete Mette Michael Mikkel Mina Mohamed Mohammad
Mohammed Mona Monica Morten Muhammad Nils Nina Noah Nora Odd Oddvar Oddny Olaf Olav Ola Ole Olga Olivia Omar Oscar
Oskar Otto Ottar Pål Paul Per Peter Petra Petter Philip Pia Pål Ragnar Ragnhild Rakel Randi Rannveig Rebecca Reidar
Reidun Rita Roald Roar Robert Roger Rolf Ronny Rune Ruth Sander Sara Sarah Sebastian Selma Sigrid Sigrun Sigurd Silje
Simon Siri Sissel Siv Sofia Sofie Solfrid Solveig Sondre Sonja Stein Steinar Stian Stine Sturla Susanne Svein Sverre
Synne Synnøve Terje Thea Theodor Thomas Thor Thorbjørn Tina Tobias Tom Tommy Tone Tonje Tor Torbjørn Tordis Tore
Torgeir Torhild Torill Torunn Torstein Tove Trine Trond Trude Trygve Turid Tuva Ulf Ulrik Unni Vegard Vera Victoria
Vidar Viktor Vilde Vivian Wenche William Yasmin Yngve Yusuf Øivind Øystein Øyvind Ørjan Åge Åse Åshild Åsmund
""")

SURNAMES = _listed("""
Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen Berntsen
Nordmann Jacobsen Jakobsen Halvorsen Johannessen Johannesen Henriksen Sørensen Gundersen Svendsen Svensen Iversen
Martinsen Rasmussen Kristoffersen Knutsen Danielsen Haugland Fredriksen Arnesen Amundsen Gulbrandsen Mathisen Evensen
Ellingsen Thorsen Simonsen Isaksen Edvardsen Abrahamsen Tveit Solheim Myhre Aasen Eide Strand Bakken Haugen Lunde Moen
Lie Solberg Antonsen Christensen Christiansen Mikkelsen Nygård
""")
# Surnames that are places or houses as often as people: masked after a given name, never by themselves.
_PLACES = frozenset(_listed("Strand Bakken Haugen Lunde Moen Lie Eide Solberg Tveit Aasen Solheim Haugland"))
LONE_SURNAMES = tuple(name for name in SURNAMES if name not in _PLACES)

# What street names end in, and which of these may also be a word of its own (Karl Johans gate, Youngs torg).
STREETS = _listed("""
veien vegen vei veg gata gaten gate allé alléen alle alleen plass plassen torg torget stien svingen bakken brygge
brygga bryggen lia åsen tunet kroken ringen grenda løkka
""")
STREET_WORDS = _listed("vei veg gate gata allé alle plass torg brygge street road avenue lane")

# Capitalised, yet no name: how sentences begin, and institutions.
NEVER_NAMES = frozenset(_listed("""
Jeg Eg I Du Han Hun Ho Vi De Dei Dere Det Den Dette Denne Disse En Ein Et Eit Ei Som Og Men Så Da Då Når Nå No Der Her
Hvis Om Etter Før Alle Ingen Noen Nokon Mange Alt Alltid Aldri Ikke Ikkje Til Fra Frå Med Uten Utan På Av For Fordi
Ble Vart Er Var Har Hadde Kan Skal Vil Ved Min Mi Mine Mitt Vår Våre Hans Hennes Hva Kva Hvem Kven Hvor Kor Hvorfor
Kvifor Takk Flere Fleire Bare Berre Kanskje Også Hver Kvar The A An He She It They We You This That These Those My Our
His Her Their But And Then When If No Not Nobody Thank Thanks Very Is Was Were Nav NAV Helfo Barnevernet
Barneverntjenesten Barnevernstenesta Kommunen Bydelen Staten Statsforvalteren Statsforvaltaren Fylkesmannen
Helsetilsynet Sykehuset Sjukehuset Sykehjemmet Sjukeheimen Hjemmetjenesten Hjemmesykepleien Heimetenesta
Heimesjukepleia Legevakten Legevakta Legekontoret Avdelingen Avdelinga Institusjonen Skolen Skulen Politiet DPS BUP
ABUP AAP ADHD Mandag Måndag Tirsdag Tysdag Onsdag Torsdag Fredag Lørdag Laurdag Søndag Norge Noreg Oslo Bergen
Trondheim Stavanger Tromsø
"""))
