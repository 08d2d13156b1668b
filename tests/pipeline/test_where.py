"""Where people are held, and whether they are at home: the evidence and what it says."""

from __future__ import annotations

import pytest

from pipeline.countries import candidates, country_features, custody_evidence, held_in_several
from pipeline.home import home_doubt, is_ground
from pipeline.territory import MOST, find_evidence, nearest
from pipeline.understand import read
from pipeline.way_words import load_ways
from tests.pipeline.told import told


def links(text: str, language: str) -> set[tuple[str, str]]:
    """Country and link of all evidence in a text."""
    return {(e.country, e.link) for e in read(told(language, text)).evidence}


@pytest.mark.parametrize(
    ("language", "text", "country", "link"),
    [
        ("en", "She had come off a flight from Lima with two kilos.", "PE", "journey"),
        ("es", "La mujer llegó en un vuelo procedente de Bogotá.", "CO", "journey"),
        ("es", "Los dos aterrizaron desde Hong Kong con una maleta.", "HK", "journey"),
        ("pt", "O passageiro vinha de Lisboa com uma mala.", "PT", "journey"),
        ("fr", "Le passager d'un vol en provenance de Caracas a été interpellé.", "VE", "journey"),
        ("de", "Der Kurier kam mit einem Flug aus Panama.", "PA", "journey"),
        ("it", "Il corriere era sbarcato da un volo proveniente da Madrid.", "ES", "journey"),
        ("nl", "De koerier kwam met een vlucht uit Paramaribo.", "SR", "journey"),
        ("en", "The cocaine was bound for Belgium.", "BE", "to"),
        ("de", "Die Ware sollte nach Dänemark gehen.", "DK", "to"),
        ("en", "He was extradited to Norway in May.", "NO", "handed"),
        ("en", "He was arrested in the northern city of Chiang Mai.", "TH", "in"),
        ("es", "Fue detenida en la ciudad de Quito.", "EC", "in"),
        ("it", "È rinchiuso nel carcere di Lisbona.", "PT", "in"),
        ("en", "NAIROBI, Kenya - Two people were charged.", "KE", "date"),
        ("en", "The Irish embassy is helping the family.", "IE", "envoy"),
        ("es", "La embajada irlandesa sigue el caso.", "IE", "envoy"),
        ("en", "She told a court in Funchal that the bag was not hers.", "PT", "in"),
        ("es", "Declaró ante un tribunal en Lima que no lo sabía.", "PE", "in"),
        ("de", "Er sagte vor einem Gericht in Prag aus.", "CZ", "in"),
        ("nl", "Zij verklaarde voor de rechtbank in Antwerpen dat zij niets wist.", "BE", "in"),
    ],
)
def test_a_place_is_linked_to_what_happens(language: str, text: str, country: str, link: str) -> None:
    assert (country, link) in links(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He has spent four years in a Peruvian jail."),
        ("es", "Pasó cuatro años en una cárcel peruana."),
        ("pt", "Passou quatro anos numa cadeia peruana."),
        ("fr", "Il a passé quatre ans dans une prison péruvienne."),
        ("de", "Er saß vier Jahre in einem peruanischen Gefängnis."),
        ("it", "Ha passato quattro anni in un carcere peruviano."),
        ("nl", "Hij zat vier jaar in een Peruaanse gevangenis."),
    ],
)
def test_a_nationality_on_a_jail_is_a_place(language: str, text: str) -> None:
    evidence = read(told(language, text)).evidence
    assert [(e.country, e.kind) for e in evidence] == [("PE", "ground")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "More than 300 Filipinos are in foreign jails."),
        ("es", "Hay 300 mexicanos presos en otros países."),
        ("pt", "Há 300 brasileiros presos no exterior."),
        ("fr", "Quelque 300 Français sont détenus à l'étranger."),
        ("de", "Rund 300 Deutsche sitzen im Ausland in Haft."),
        ("it", "Sono 300 gli italiani detenuti all'estero."),
        ("nl", "Er zitten 300 Nederlanders vast in het buitenland."),
    ],
)
def test_abroad_is_a_place_without_a_name(language: str, text: str) -> None:
    assert any(e.kind == "abroad" and e.custody > 0 for e in read(told(language, text)).evidence)


def test_one_swiss_is_no_switzerland() -> None:
    assert not read(told("fr", "Un Suisse a été arrêté avec deux amis.")).evidence
    assert read(told("fr", "Il a été arrêté en Suisse avec deux amis.")).evidence[0].country == "CH"


def test_passengers_of_a_flight_have_no_nationality_by_it() -> None:
    reading = read(told("nl", "Drie passagiers van een vlucht uit Colombia zijn aangehouden."))
    assert not [g for g in reading.groups if g.nationality == "CO" and g.form == "home"]


def test_who_is_held_where_everything_happens_may_be_at_home() -> None:
    text = (
        "QUITO, Ecuador - Police in Quito arrested four Ecuadorians and a Hungarian on Monday. "
        "The Ecuadorians had packed cocaine in a warehouse in Guayaquil. The drug was bound for Spain."
    )
    reading = read(told("en", text, "EC"))
    own = home_doubt(reading, "EC", frozenset((0, 1)))
    foreign = home_doubt(reading, "HU", frozenset((0,)))
    assert own["home: leads"] == own["home: first"] == own["home: rules everywhere"] == 1.0
    assert not [name for name in foreign if name.startswith("home: ") and name != "home: margin"]
    assert foreign["home: margin"] < 0 < own["home: margin"]


def test_the_foreign_without_a_country_have_no_home() -> None:
    reading = read(told("en", "Two foreigners were arrested in Quito. Their families live abroad."))
    assert home_doubt(reading, "XX", frozenset((0,))) == {"abroad said": 1.0, "no place": 0.0}


def test_a_long_article_shows_its_lead_and_what_is_near() -> None:
    reading = read(told("en", "He was held in Peru. " + "She was held in Quito. " * 300))
    evidence = find_evidence(reading.doc, reading.groups)
    seen = nearest(evidence, 200)
    assert len(evidence) == 301
    assert len(seen) <= MOST * 1.25
    assert seen[0].country == "PE"
    assert {190, 200, 210} <= {e.sentence for e in seen}


@pytest.mark.parametrize("language", ["en", "es", "pt", "fr", "de", "it", "nl"])
def test_every_language_has_its_words_for_ways(language: str) -> None:
    ways = load_ways(language)
    assert all((ways.inside, ways.to, ways.origin, ways.journey, ways.ground, ways.near, ways.envoys))
    assert ways.elsewhere


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "Some 40 Poles are in foreign jails, not counting those held in Germany.", "DE"),
        ("es", "Hay 40 polacas presas en otros países, sin contar las que están en Alemania.", "DE"),
        ("pt", "Há 40 polacos presos no exterior, sem contar a Alemanha.", "DE"),
        ("fr", "On compte 40 Polonais détenus hors des États-Unis.", "US"),
        ("de", "In ausländischen Zellen sitzen 40 Polen, mit Ausnahme von Dänemark.", "DK"),
        ("it", "Sono 40 i polacchi detenuti fuori dalla Spagna.", "ES"),
        ("nl", "Er zitten 40 Polen vast buiten Duitsland.", "DE"),
    ],
)
def test_a_country_that_is_left_out_holds_nobody(language: str, text: str, country: str) -> None:
    reading = read(told(language, text))
    assert (country, "except") in {(e.country, e.link) for e in reading.evidence}
    assert any(e.kind == "abroad" for e in reading.evidence)
    assert not [g for g in reading.groups if g.country == country]


def test_outside_a_city_is_still_there() -> None:
    assert links("They were held at a farm outside Nairobi.", "en") == {("KE", "in")}


@pytest.mark.parametrize(
    ("language", "text", "link"),
    [
        ("en", "They are held in Asia, most of them in Laos.", "partly"),
        ("es", "Están presos en Asia, la mayoría en Laos.", "partly"),
        ("pt", "Estão presos na Ásia, a maioria em Laos.", "partly"),
        ("fr", "Ils sont détenus en Asie, surtout au Laos.", "partly"),
        ("de", "Sie sitzen in Asien in Haft, vor allem in Laos.", "partly"),
        ("it", "Sono detenuti in Asia, soprattutto in Laos.", "partly"),
        ("nl", "Zij zitten vast in Azië, vooral in Laos.", "partly"),
        ("en", "The minister told reporters in Laos that two men were held.", "told"),
        ("es", "El informe, presentado en Laos, habla de dos presos.", "told"),
        ("pt", "O relatório, apresentado em Laos, fala de dois presos.", "told"),
        ("fr", "Une coalition a publié au Laos un rapport sur les détenus.", "told"),
        ("de", "Der Minister sagte in Laos, zwei Männer säßen in Haft.", "told"),
        ("it", "Il rapporto, presentato in Laos, parla di due detenuti.", "told"),
        ("nl", "De minister zei in Laos dat twee mannen vastzitten.", "told"),
        ("en", "A man who lives in Laos was held.", "lives"),
        ("es", "Un hombre residente en Laos fue detenido.", "lives"),
        ("pt", "Um homem residente em Laos foi detido.", "lives"),
        ("fr", "Un homme domicilié au Laos a été arrêté.", "lives"),
        ("it", "Un uomo residente in Laos è stato arrestato.", "lives"),
        ("nl", "Een man die woont in Laos is aangehouden.", "lives"),
        ("en", "They were stopped on the border with Laos.", "beside"),
        ("es", "Fueron detenidos en la frontera con Laos.", "beside"),
        ("pt", "Foram detidos na fronteira com Laos.", "beside"),
        ("fr", "Ils ont été arrêtés à la frontière avec le Laos.", "beside"),
        ("de", "Sie wurden an der Grenze zu Laos gefasst.", "beside"),
        ("it", "Sono stati fermati al confine con il Laos.", "beside"),
        ("nl", "Zij zijn aangehouden bij de grens met Laos.", "beside"),
    ],
)
def test_not_every_in_says_where_people_are_held(language: str, text: str, link: str) -> None:
    assert ("LA", link) in links(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "She flew to Laos in May. She was stopped there with a kilo."),
        ("es", "Viajó a Laos en mayo. Allí la detuvieron con un kilo."),
        ("pt", "Viajou para o Laos em maio. Foi presa nesse país com um quilo."),
        ("fr", "Elle s'est envolée vers le Laos. Là-bas, on l'a arrêtée."),
        ("de", "Sie flog nach Laos. Dort wurde sie gefasst."),
        ("it", "Era partita per il Laos. È detenuta lì da mesi."),
        ("nl", "Zij vloog naar Laos. Daar werd zij aangehouden."),
        ("en", "He was stopped in Laos. The mountainous kingdom has no treaty."),
    ],
)
def test_there_is_the_country_that_was_named_last(language: str, text: str) -> None:
    pointed = [e for e in read(told(language, text, "GB")).evidence if e.kind == "there"]
    assert [(e.country, e.link) for e in pointed] == [("LA", "in")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He was stopped in Laos. There were two others."),
        ("en", "He was stopped in Laos. The United Kingdom has no treaty."),
        ("it", "È stato fermato in Laos. Li hanno visti in due."),
        ("en", "Laos is the nation with most of them."),
    ],
)
def test_not_every_there_points(language: str, text: str) -> None:
    assert not [e for e in read(told(language, text)).evidence if e.kind == "there"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The cocaine was bound for Spain, Italy and Norway."),
        ("es", "La cocaína iba hacia España, Italia y Noruega."),
        ("de", "Das Kokain sollte nach Spanien, Italien und Norwegen gehen."),
    ],
)
def test_the_places_of_a_list_stand_as_its_first(language: str, text: str) -> None:
    found = read(told(language, text)).evidence
    assert [(e.country, e.link, e.joined) for e in found] == [(c, "to", 3) for c in ("ES", "IT", "NO")]


def test_a_home_town_is_no_place_of_custody() -> None:
    assert links("A 38-year-old from Durban was arrested in Lagos.", "en") == {("ZA", "home"), ("NG", "in")}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Six overseas nationals were arrested."),
        ("en", "It was two women from abroad."),
        ("fr", "Un couple étranger a été arrêté."),
        ("de", "Es waren zwei Frauen aus dem Ausland."),
        ("nl", "Het waren twee vrouwen uit het buitenland."),
    ],
)
def test_who_comes_from_abroad_is_not_held_abroad(language: str, text: str) -> None:
    assert not [e for e in read(told(language, text)).evidence if e.kind == "abroad"]


def test_a_force_that_many_have_gives_way_to_the_name_beside_it() -> None:
    assert links("Les douanes algériennes ont saisi deux kilos.", "fr") == {("DZ", "none")}
    assert {c for c, _ in links("The High Court in Lagos heard the case.", "en")} == {"NG"}


@pytest.mark.parametrize(
    ("language", "text", "several"),
    [
        ("en", "Nineteen Mexicans were arrested in Belgium and the Netherlands.", True),
        ("fr", "Dix-neuf Mexicains ont été arrêtés en Belgique et aux Pays-Bas.", True),
        ("es", "Diecinueve mexicanos fueron detenidos en Bélgica y Holanda.", True),
        ("en", "A Mexican was arrested in Belgium and the Netherlands.", False),
        ("en", "Nineteen Mexicans were arrested in Belgium.", False),
        ("en", "Nineteen Mexicans were arrested in Belgium with a load for Spain and Italy.", False),
    ],
)
def test_who_is_held_in_two_countries_is_held_in_several(language: str, text: str, several: bool) -> None:
    reading = read(told(language, text))
    (group,) = [g for g in reading.groups if g.nationality == "MX" and not g.form.startswith("number")]
    assert held_in_several(reading.evidence, group) is several


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "There are 40 non-Spanish prisoners.", "ES"),
        ("es", "Hay 40 presos que no son panameños.", "PA"),
        ("es", "Hay 40 presos no panameños.", "PA"),
        ("pt", "São 40 os presos não angolanos.", "AO"),
        ("fr", "On compte 40 détenus non marocains.", "MA"),
        ("it", "Sono 40 i detenuti non maltesi.", "MT"),
        ("nl", "Er zitten 40 niet-Poolse gevangenen.", "PL"),
    ],
)
def test_whose_nationality_people_lack_holds_them(language: str, text: str, country: str) -> None:
    assert (country, "ground", "in") in {
        (e.country, e.kind, e.link) for e in read(told(language, text)).evidence
    }


def test_one_who_is_not_of_a_nationality_is_held_nowhere_by_it() -> None:
    assert not read(told("en", "He is not Spanish.")).evidence


def test_the_number_of_another_country_ends_a_list() -> None:
    found = read(told("es", "Doce presos, once en El Salvador y uno en Costa Rica.")).evidence
    assert [(e.country, e.joined) for e in found] == [("SV", 1), ("CR", 1)]


def test_a_place_that_names_people_is_no_country_of_custody() -> None:
    reading = read(told("en", "A man from Durban was arrested. He is in Lagos."))
    assert candidates(reading.doc, reading.evidence) == ("NG", "XX")


def test_what_a_sentence_says_speaks_against_other_countries() -> None:
    text = "Thailand is strict. A Pole was jailed in Bangkok. A Swede was arrested in Hanoi with a kilo."
    reading = read(told("en", text))
    (swede,) = [g for g in reading.groups if g.nationality == "SE" and not g.form.startswith("number")]
    signals = {
        c: country_features(reading.doc, reading.evidence, swede, c, frozenset({"PL", "SE"}))
        for c in ("TH", "VN")
    }
    assert signals["TH"]["another stated"] == 1.0
    assert "another stated" not in signals["VN"]


def test_there_is_where_the_prison_stands() -> None:
    text = "He was in Cipinang from the first winter. He met two Poles there."
    pointed = [e for e in read(told("en", text, "ES")).evidence if e.kind == "there"]
    assert [e.country for e in pointed] == ["ID"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Dahinter rangieren Nigeria (142), Algerien (96) und Albanien (81)."),
        ("en", "Next come Nigeria (142), Algeria (96) and Albania (81)."),
        ("es", "Les siguen Nigeria (142), Argelia (96) y Albania (81)."),
        ("fr", "Suivent le Nigeria (142), l'Algérie (96) et l'Albanie (81)."),
        ("it", "Seguono la Nigeria (142), l'Algeria (96) e l'Albania (81)."),
        ("pt", "Seguem-se a Nigéria (142), a Argélia (96) e a Albânia (81)."),
        ("nl", "Daarna komen Nigeria (142), Algerije (96) en Albanië (81)."),
    ],
)
def test_countries_with_numbers_are_a_list_and_no_scene(language: str, text: str) -> None:
    evidence = read(told(language, text)).evidence
    assert {e.country for e in evidence if e.counted} >= {"DZ", "AL"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Voll ist die Justizanstalt Graz; dort sitzen 30 Letten. Auch Polen kommen nach Wien."),
        ("es", "Está llena la cárcel de Picassent; allí hay 30 letones."),
        ("nl", "Vol is de gevangenis van Vught; daar zitten 30 Letten."),
    ],
)
def test_there_is_the_place_of_the_same_sentence(language: str, text: str) -> None:
    home = {"de": "AT", "es": "ES", "nl": "NL"}[language]
    before = {"de": "Sie lebten in Polen. ", "es": "Vivían en Polonia. ", "nl": "Zij woonden in Polen. "}
    pointed = [e for e in read(told(language, before[language] + text, home)).evidence if e.kind == "there"]
    assert [e.country for e in pointed] == [home]


def test_the_island_is_where_the_story_is_and_not_where_she_flew() -> None:
    text = (
        "Elle a été jugée à Port-Louis. Elle s'est envolée pour Johannesburg. Deux amis restent dans l'île."
    )
    pointed = [e for e in read(told("fr", text)).evidence if e.kind == "there"]
    assert [e.country for e in pointed] == ["MU"]


def test_an_abbreviation_before_a_noun_is_an_adjective() -> None:
    evidence = read(
        told("en", "A U.S. soldier with U.S. dollars was in a U.S. jail. UK police came.")
    ).evidence
    assert [(e.country, e.kind) for e in evidence] == [("US", "ground"), ("GB", "authority")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Their Dutch skipper left the boat in Spain. He was arrested in Madeira."),
        ("es", "El capitán holandés dejó el barco en España. Fue detenido en Madeira."),
        ("pt", "O capitão holandês deixou o barco na Espanha. Ele foi preso na Madeira."),
        ("fr", "Le capitaine néerlandais a quitté le bateau en Espagne. Il a été arrêté à Madère."),
        ("de", "Der niederländische Kapitän verließ das Boot in Spanien. Er wurde auf Madeira festgenommen."),
        ("it", "Il capitano olandese ha lasciato la barca in Spagna. Lui è stato arrestato a Madeira."),
        ("nl", "De Nederlandse schipper verliet de boot in Spanje. Hij werd in Madeira aangehouden."),
    ],
)
def test_the_next_sentence_goes_on_about_one_person(language: str, text: str) -> None:
    reading = read(told(language, text))
    group = next(g for g in reading.groups if g.nationality == "NL" and g.form != "attribute")
    signals = country_features(reading.doc, reading.evidence, group, "PT", frozenset({"NL"}))
    assert signals["goes on"] > 0.5


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "One Dutchman was sentenced to death. He waits in Malaysia for an answer."),
        ("fr", "Un Néerlandais est condamné à mort. Il attend une réponse en Malaisie."),
        ("de", "Zum Tode verurteilt ist ein Niederländer. Er wartet in Malaysia auf eine Antwort."),
        ("nl", "Een Nederlander is ter dood veroordeeld. Hij wacht in Maleisië op antwoord."),
    ],
)
def test_where_one_is_held_follows_upon_the_custody(language: str, text: str) -> None:
    reading = read(told(language, text))
    group = next(g for g in reading.groups if g.nationality == "NL" and g.form != "attribute")
    signals = country_features(reading.doc, reading.evidence, group, "MY", frozenset({"NL"}))
    assert signals["goes on"] > 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Auf Kuba entfielen 49, auf Ghana 33 Häftlinge, auf Polen zwölf."),
        ("it", "Il primo posto spetta a Cuba, con 49; poi il Ghana (33) e la Polonia (12)."),
    ],
)
def test_the_countries_of_a_list_are_no_place_of_custody_for_it(language: str, text: str) -> None:
    reading = read(told(language, text))
    group = next(g for g in reading.groups if g.nationality == "GH" and g.form == "number of")
    assert "CU" in {e.country for e in reading.evidence}
    assert "CU" not in {e.country for e in custody_evidence(reading.evidence, group)}


def test_a_doubtful_name_says_less() -> None:
    text = "They are with her or at Stanley for drugs, 14 Tanzanians."
    reading = read(told("en", text))
    group = next(g for g in reading.groups if g.nationality == "TZ")
    signals = country_features(reading.doc, reading.evidence, group, reading.evidence[0].country, frozenset())
    assert 0 < signals["same sentence"] < 1


@pytest.mark.parametrize(
    ("language", "country", "nationality", "text"),
    [
        ("en", "GH", "GH", "The agency says 214 Ghanaians are serving time for drugs outside the country."),
        ("es", "CL", "CL", "La cancillería cuenta 214 chilenos presos en el extranjero por droga."),
        ("it", "IT", "IT", "Sono 214 gli italiani detenuti all'estero per droga."),
    ],
)
def test_own_people_abroad_are_told_apart(language: str, country: str, nationality: str, text: str) -> None:
    signals = home_doubt(read(told(language, text, country)), nationality, frozenset((0,)))
    assert signals.get("abroad: here") == 1.0
    assert signals.get("abroad: here, the outlet's own") == 1.0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A trafficker wanted by the DEA was caught in Bogotá."),
        ("en", "The DEA offered a reward for the man who was caught in Bogotá."),
        ("es", "Cayó en Bogotá un hombre buscado por la DEA."),
        ("es", "Cayó en Bogotá un hombre por quien la DEA ofrece un millón."),
        ("pt", "Foi preso em Bogotá um homem procurado pela DEA."),
        ("fr", "Un homme recherché par la DEA a été arrêté à Bogota."),
        ("it", "Un uomo ricercato dalla DEA è stato arrestato a Bogotà."),
        ("de", "Ein von der DEA gesuchter Mann und die DEA suchte ihn lange: In Bogotá wurde er gefasst."),
        ("nl", "Een man die werd gezocht door de DEA is aangehouden in Bogotá."),
    ],
)
def test_a_force_that_looks_for_somebody_has_nobody(language: str, text: str) -> None:
    evidence = read(told(language, text)).evidence
    assert any(e.country == "US" and e.link == "seeks" for e in evidence)
    assert not is_ground(next(e for e in evidence if e.link == "seeks"))
    assert any(e.country == "CO" and is_ground(e) for e in evidence)


def test_a_force_that_has_caught_somebody_is_where_it_is() -> None:
    evidence = read(told("en", "The DEA arrested the man, wanted for murder.")).evidence
    assert [(e.country, e.link) for e in evidence] == [("US", "acts")]


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "After two years he was deported to Laos.", "LA"),
        ("en", "She was deported back to the Netherlands.", "NL"),
        ("es", "Tras cumplir su condena fue deportado a México.", "MX"),
        ("pt", "Depois da pena foi deportado para o Brasil.", "BR"),
        ("fr", "Il a ensuite été expulsé vers le Maroc.", "MA"),
        ("it", "Dopo la pena è stato rimpatriato in Tunisia.", "TN"),
        ("de", "Danach wurde er nach Polen abgeschoben.", "PL"),
        ("nl", "Daarna werd hij uitgezet naar Marokko.", "MA"),
    ],
)
def test_who_is_sent_home_was_held_elsewhere(language: str, text: str, country: str) -> None:
    (item,) = read(told(language, text)).evidence
    assert (item.country, item.link) == (country, "sent")
    assert not is_ground(item)


def test_who_is_deported_from_a_country_was_there() -> None:
    (item,) = read(told("en", "He was deported from Laos.")).evidence
    assert item.link == "left"
