"""Whose figure is it? A stock or flow by the sort of office that its sentence names. Pure.

Only the sort counts: of whose country the office is follows from the record, outlets spell one
ministry in many ways, and the figures of one sort of office are counted alike from year to year.
"""

from __future__ import annotations

import re

# Words of each office in the languages that are read; in capitals what must stand so. The offices
# stand in the order in which they keep such figures themselves rather than pass them on.
_OFFICES = {
    "foreign ministry": (
        "foreign (ministry|office|affairs)",
        "state department",
        "(department|ministry) of (foreign|external) affairs",
        "international relations and cooperation",
        "(?-i:DFA|SRE|DFAT|FCO|FCDO|DIRCO|MRE|Exteriores)",
        "canciller[íi]a",
        "(secretar[íi]a|ministerio) de (relaciones|asuntos) exteriores",
        "protecci[óo]n a mexicanos",
        "quai d['’]orsay",
        "affaires étrangères",
        "itamaraty",
        "minist[ée]rio das relações exteriores",
        "negócios estrangeiros",
        "farnesina",
        "affari esteri",
        "auswärtige[ns]? amt(es|s)?",
        "au(ß|ss)enministerium\\w*",
        "buitenlandse zaken",
    ),
    "embassy": (
        "embass(y|ies)",
        "ambassador",
        "consul(ates?|ates?-general)?",
        "embajad(as?|or)",
        "consulado-?(geral)?s?",
        "c[óo]nsul",
        "ambassad(e|es|eur)",
        "consulats?",
        "embaixad(as?|or)",
        "ambasciat\\w+",
        "consolat\\w+",
        "botschaft\\w*",
        "konsulat\\w*",
        "consulaat",
    ),
    "prison service": (
        "(prisons?|correctional|penitentiary) (services?|department|administration|authority)",
        "bureau of prisons",
        "home office",
        "ministry of justice",
        "(?-i:INPE|INPEC)",
        "gendarmer[íi]a",
        "(servicio|sistema|instituciones|instituto) penitenciari[oa]s?",
        "administration pénitentiaire",
        "(administração|serviços?) penitenci[áa]ri[ao]s?",
        "amministrazione penitenziaria",
        "justizministerium\\w*",
        "dienst justitiële inrichtingen",
    ),
    "drug agency": (
        "(?-i:DEA|NCB|NDLEA|PDEA|BNN|ONCB|Devida|DEVIDA|Dirandro|DIRANDRO)",
        "narcotics? (control |crime )?(bureau|board|agency|control)",
        "customs( service)?",
        "anti-?narcotics",
        "douanes?",
        "zoll(amt|behörde|fahndung)?\\w*",
        "aduanas?",
    ),
    "police": (
        "police",
        "polic[íi]a\\w*",
        "gendarmerie",
        "polizia",
        "carabinieri",
        "guardia (di finanza|civil)",
        "polizei\\w*",
        "politie",
        "\\w*kriminalamt\\w*",
    ),
    "courts": (
        "prosecutors?( general)?",
        "attorney general",
        "fiscal[íi]a",
        "parquet",
        "procura",
        "staatsanwalt\\w*",
    ),
    "charity": (
        "charit(y|ies)",
        "prisoners abroad",
        "reprieve",
        "amnesty( international)?",
        "human rights watch",
        "(?-i:NGO|ONG)s?",
        "rights groups?",
        "fundaci[óo]n",
        "fondation",
        "fondazione",
        "stiftung",
        "stichting",
    ),
}
_PATTERNS = {
    office: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
    for office, words in _OFFICES.items()
}
_ANY = re.compile(
    rf"(?<!\w)(?:{'|'.join(word for words in _OFFICES.values() for word in words)})(?!\w)", re.IGNORECASE
)
"""Most sentences name no office, which one look says."""


def whose(evidence: str) -> str | None:
    """The sort of office that the sentence names: "foreign ministry", "embassy", …; None where it names
    none. It is the figure's as far as the sentence can tell."""
    if _ANY.search(evidence) is None:
        return None
    return next((office for office, words in _PATTERNS.items() if words.search(evidence)), None)
