# ruff: noqa: E501 (sentences of prose)
"""Languages: ours are named, the neighbours are told apart."""

from __future__ import annotations

import pytest

from pipeline.language import detect_language

SAMPLES = {
    "en": "Customs officers at the airport found four kilograms of cocaine in the suitcase of a tourist on Monday.",
    "es": "Los agentes de aduanas hallaron cuatro kilos de cocaína en la maleta de un turista en el aeropuerto.",
    "pt": "Os agentes da alfândega encontraram quatro quilos de cocaína na mala de um turista no aeroporto.",
    "fr": "Les douaniers de l'aéroport ont découvert quatre kilos de cocaïne dans la valise d'un touriste lundi.",
    "de": "Zollbeamte am Flughafen haben am Montag vier Kilogramm Kokain im Koffer eines Touristen gefunden.",
    "it": "I funzionari della dogana hanno trovato quattro chili di cocaina nella valigia di un turista all'aeroporto.",
    "nl": "Douaniers op de luchthaven vonden maandag vier kilo cocaïne in de koffer van een toerist uit het buitenland.",
}
OTHERS = {
    "ca": "Els agents de la duana van trobar quatre quilos de cocaïna dins la maleta d'un turista a l'aeroport dilluns.",
    "da": "Tolderne i lufthavnen fandt mandag fire kilo kokain i en turists kuffert, oplyser politiet til avisen.",
    "sv": "Tullen på flygplatsen hittade på måndagen fyra kilo kokain i en turists resväska, uppger polisen.",
    "ro": "Vameșii de la aeroport au găsit luni patru kilograme de cocaină în valiza unui turist, anunță poliția.",
    "pl": "Celnicy na lotnisku znaleźli w poniedziałek cztery kilogramy kokainy w walizce turysty, podała policja.",
    "tr": "Havalimanındaki gümrük memurları pazartesi günü bir turistin valizinde dört kilo kokain buldu.",
    "id": "Petugas bea cukai di bandara menemukan empat kilogram kokain di dalam koper seorang turis pada hari Senin.",
    "ru": "Таможенники в аэропорту нашли в понедельник четыре килограмма кокаина в чемодане туриста.",
    "af": "Doeanebeamptes op die lughawe het Maandag vier kilogram kokaïen in 'n toeris se tas gevind, sê die polisie.",
}


@pytest.mark.parametrize("language", SAMPLES)
def test_our_languages(language: str) -> None:
    assert detect_language(SAMPLES[language], None) == language
    assert detect_language(SAMPLES[language] * 20, "en" if language != "en" else "de") == language


@pytest.mark.parametrize("language", OTHERS)
def test_neighbours_are_other_languages(language: str) -> None:
    assert detect_language(OTHERS[language] * 3, None) is None


def test_a_short_text_is_believed_to_be_in_the_language_of_its_source() -> None:
    assert detect_language("Cocaína: 4 kg", "pt") == "pt"
    assert detect_language("Cocaína: 4 kg", None) is None
    assert detect_language("", "pt") is None
    assert detect_language("Cocaína: 4 kg", "ru") is None


def test_odd_text_has_no_language() -> None:
    assert detect_language("\x00\ud800" + "1234567890 " * 50, None) is None
    assert detect_language("毒品" * 200, "en") is None
