"""Foreigners and nationals whom no word of their own names: by birth, by passport, by another's name."""

from __future__ import annotations

import pytest

from tests.pipeline.told import people


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("es", "De las 412 reclusas del penal, 96 no nacieron en el país.", 96),
        ("es", "De ellas, 96 habían nacido en otro sitio.", 96),
        ("en", "Of 412 inmates, 96 were not born in the country.", 96),
        ("en", "Of 412 inmates, 96 hold a foreign passport.", 96),
        ("pt", "Dos 412 reclusos, 96 não nasceram no país.", 96),
        ("fr", "Sur 412 détenus, 96 sont nés à l'étranger.", 96),
        ("it", "Dei 412 detenuti, 96 sono nati all'estero.", 96),
        ("de", "Von den 412 Häftlingen haben 96 einen ausländischen Pass.", 96),
        ("nl", "Van de 412 gevangenen hebben er 96 een buitenlands paspoort.", 96),
        ("pt", "Foram presas 58 mulas, 49 delas estrangeiras.", 49),
        ("es", "Cayeron 58 mulas, 49 de ellas extranjeras.", 49),
        ("en", "They held 58 couriers, 49 of them foreign.", 49),
        ("fr", "Sur 58 passeurs, 49 d'entre eux étrangers.", 49),
        ("de", "Gefasst wurden 58 Kuriere, 49 davon Ausländer.", 49),
        ("it", "Fermati 58 corrieri, 49 di loro stranieri.", 49),
        ("nl", "Gepakt: 58 koeriers, 49 van hen buitenlands.", 49),
    ],
)
def test_who_is_of_elsewhere_is_foreign(language: str, text: str, count: int) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("XX", count)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "All but four of them held a foreign passport."),
        ("es", "Todos menos cuatro eran extranjeros."),
        ("pt", "Todos exceto quatro eram estrangeiros."),
        ("fr", "Tous sauf quatre étaient étrangers."),
        ("it", "Tutti tranne quattro erano stranieri."),
        ("de", "Alle bis auf vier sind Ausländer."),
        ("nl", "Op vier na zijn het allemaal buitenlanders."),
    ],
)
def test_an_exception_is_no_count(language: str, text: str) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("XX", None)]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "A Nigerian was held. Two men of the same nationality were arrested later.", 2),
        ("es", "Cayó un nigeriano. Unas 150 personas de esta nacionalidad siguen presas.", 150),
        ("pt", "Foi detido um nigeriano e depois dois homens da mesma nacionalidade.", 2),
        ("fr", "Un Nigérian a été arrêté, puis deux hommes de même nationalité.", 2),
        ("de", "Ein Nigerianer wurde festgenommen, später zwei Männer gleicher Nationalität.", 2),
        ("it", "Arrestato un nigeriano e, poco dopo, due donne della stessa nazionalità.", 2),
        ("nl", "Een Nigeriaan is aangehouden, later twee mannen met dezelfde nationaliteit.", 2),
    ],
)
def test_the_same_nationality_is_the_one_that_was_named(language: str, text: str, count: int) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("NG", 1), ("NG", count)]


def test_the_nationality_of_the_accused_is_nobody_s() -> None:
    text = "Der Tee kommt aus Kenia. Über die Nationalität der Beschuldigten führe man keine Liste."
    assert [g.sentence for g in people("de", text) if g.sentence] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", 'The man from Derby, known as "the Colombian", has been jailed.'),
        ("es", "Detenido el capo local, alias «el Ruso»."),
        ("de", "Der Boss, genannt „der Türke“, sitzt in Haft."),
        ("fr", "Surnommé « le Belge », il a été arrêté."),
        ("it", 'Preso il boss detto "il Marocchino".'),
    ],
)
def test_a_nickname_is_no_nationality(language: str, text: str) -> None:
    assert not {"CO", "RU", "TR", "BE", "MA"} & {g.nationality for g in people(language, text)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Four men of Bulgarian, Iraqi and French nationality were held."),
        ("de", "Vier Männer bulgarischer, irakischer und französischer Nationalität wurden gefasst."),
        ("nl", "Vier mannen van Bulgaarse, Iraakse en Franse nationaliteit."),
    ],
)
def test_one_number_before_several_nationalities_is_of_none(language: str, text: str) -> None:
    found = [(g.nationality, g.count) for g in people(language, text)]
    assert found == [("BG", None), ("IQ", None), ("FR", None)]


def test_men_and_women_of_one_country_are_one_phrase() -> None:
    found = people("en", "Fifty men and five women from Ghana were held in other countries.")
    assert [(g.nationality, g.count) for g in found] == [("GH", 55)]


def test_people_between_whom_something_is_are_counted() -> None:
    found = people("es", "Entre los 49 mexicanos y los 30 jamaiquinos la proporción es alta.")
    assert [(g.nationality, g.count) for g in found] == [("MX", 49), ("JM", 30)]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "The pair, both from Ghana, were jailed.", 2),
        ("en", "The four, all of them from Ghana, were jailed.", 4),
        ("es", "Los tres, todos ellos de Ghana, fueron detenidos.", 3),
        ("pt", "Os dois, ambos do Gana, foram detidos.", 2),
        ("fr", "Les deux, tous deux du Ghana, ont été arrêtés.", 2),
        ("it", "I due, entrambi del Ghana, sono stati arrestati.", 2),
        ("de", "Die beiden, beide aus Ghana, wurden verhaftet.", 2),
        ("nl", "De twee, beiden uit Ghana, zijn opgepakt.", 2),
    ],
)
def test_all_of_them_are_from_a_place(language: str, text: str, count: int) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("GH", count)]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "The men, who are Danish, were jailed.", None),
        ("en", "The man, who is Danish, was jailed.", 1),
        ("es", "Una madre y su hija, danesas, fueron detenidas.", 2),
        ("pt", "Mãe e filha, dinamarquesas, foram presas.", 2),
        ("it", "Madre e figlia, danesi, sono state arrestate.", 2),
        ("de", "Eine Mutter und ihre Tochter, Däninnen, wurden verhaftet.", 2),
        ("de", "Dänische Soldaten wurden mit Haschisch gefasst.", None),
    ],
)
def test_the_verb_and_the_pair_say_how_many(language: str, text: str, count: int | None) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("DK", count)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "In March it was two women from abroad."),
        ("es", "En marzo fueron dos mujeres del extranjero."),
        ("pt", "Em março foram duas mulheres do estrangeiro."),
        ("fr", "En mars, ce furent deux femmes venues de l'étranger."),
        ("it", "A marzo furono due donne provenienti dall'estero."),
        ("de", "Im März waren es zwei Frauen aus dem Ausland."),
        ("nl", "In maart waren het twee vrouwen uit het buitenland."),
    ],
)
def test_people_from_abroad_are_foreign(language: str, text: str) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("XX", 2)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Danes, who once were 120, are now 44."),
        ("es", "Los daneses, que llegaron a ser 120, son hoy 44."),
        ("pt", "Os dinamarqueses, que já foram 120, agora são 44."),
    ],
)
def test_what_they_once_were_stands_between_commas(language: str, text: str) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("DK", 44)]
