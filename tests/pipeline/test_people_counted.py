"""How many people a phrase names, and numbers beside it that count somebody or something else."""

from __future__ import annotations

import pytest

from pipeline.records import extract
from tests.pipeline.told import people, told


def counts(language: str, text: str) -> list[tuple[str, int | None]]:
    """Nationality and count of every phrase of people."""
    return [(g.nationality, g.count) for g in people(language, text)]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "A Nigerian gang was held.", [("NG", None)]),
        ("en", "A family of four Britons was held.", [("GB", 4)]),
        ("es", "Cayó una red de peruanos.", [("PE", None)]),
        ("es", "Fueron detenidas dos parejas de mexicanos.", [("MX", 4)]),
        ("es", "Cayó un grupo de cinco chilenos.", [("CL", 5)]),
        ("pt", "Há hoje o dobro de brasileiros presos.", [("BR", None)]),
        ("fr", "Un couple de Français et un groupe de trois Belges.", [("FR", 2), ("BE", 3)]),
        ("it", "Una trentina di romeni è in cella.", [("RO", 30)]),
        ("de", "Rund 60 Prozent der Deutschen sitzen wegen Rauschgift.", [("DE", None)]),
        ("de", "Dort wurden 311 der ausländischen Häftlinge gezählt.", [("XX", 311)]),
        ("de", "Wegen Drogen sitzen 106 dieser Ausländer.", [("XX", 106)]),
        ("nl", "Een bende van vijf Belgen is opgepakt.", [("BE", 5)]),
        ("en", "The last is a Nigerian student couple.", [("NG", 2)]),
        ("it", "In cella un uomo e due donne romene.", [("RO", 3)]),
        ("es", "Cayeron dos hombres y una mujer de nacionalidad boliviana.", [("BO", 3)]),
        ("en", "Two men and a woman from Peru were held.", [("PE", 3)]),
        ("en", "A British man and a woman from Peru were held.", [("GB", 1), ("PE", 1)]),
        ("en", "A Dutch mother and daughter were held.", [("NL", 2)]),
        ("fr", "Une mère et sa fille espagnoles sont détenues.", [("ES", 2)]),
        ("es", "Una madre y su hija colombianas están presas.", [("CO", 2)]),
        ("it", "In cella due albanesi.", [("AL", 2)]),
        ("de", "Vierzehn Verdächtige, großteils Serben, sind in Haft.", [("RS", None)]),
        ("it", "Arrestate dodici persone, in prevalenza albanesi.", [("AL", None)]),
        ("nl", "Twaalf mannen, grotendeels Albanezen, zitten vast.", [("AL", None)]),
        ("en", "Twelve men, mostly Albanians, were held.", [("AL", None)]),
        ("en", "A 34-year-old and a 28-year-old Moroccan were held.", [("MA", 2)]),
        ("en", "A 34-year-old man and a 28-year-old Moroccan were held.", [("MA", 1)]),
        ("de", "Ein 34-jähriger und ein 28-jähriger Marokkaner sitzen ein.", [("MA", 2)]),
        ("de", "Ein 34-jähriger Pole und ein 28-jähriger Marokkaner sitzen ein.", [("PL", 1), ("MA", 1)]),
        ("it", "Un 34enne e un 28enne marocchini arrestati.", [("MA", 2)]),
        ("nl", "Een 34-jarige en een 28-jarige Marokkaan zitten vast.", [("MA", 2)]),
        ("fr", "Un père et son fils, de nationalité serbe, sont écroués.", [("RS", 2)]),
        ("it", "I coniugi, di nazionalità serba, sono in cella.", [("RS", 2)]),
        ("it", "Dorme nella cella 2, accanto agli albanesi.", [("AL", None)]),
        ("fr", "En cellule deux Albanais.", [("AL", 2)]),
        ("es", "En la celda dos albaneses.", [("AL", 2)]),
        ("de", "Eine polnische Mutter und ihre Tochter wurden verhaftet.", [("PL", 2)]),
    ],
)
def test_nouns_for_several(language: str, text: str, wanted: list[tuple[str, int | None]]) -> None:
    assert counts(language, text) == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("it", "In manette altre 14 persone, cilene e peruviane.", [("CL", None), ("PE", None)]),
        ("en", "Five men from Poland and Latvia were held.", [("PL", None), ("LV", None)]),
        ("en", "Two men from Poland and Latvia were held.", [("PL", 1), ("LV", 1)]),
        ("es", "Iban cuatro hombres de nacionalidades búlgara y francesa.", [("BG", None), ("FR", None)]),
        ("de", "Im Land sitzen 57 Spanierinnen und Spanier.", [("ES", 57), ("ES", None)]),
    ],
)
def test_one_number_for_several_nationalities(
    language: str, text: str, wanted: list[tuple[str, int | None]]
) -> None:
    assert counts(language, text) == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("es", "Los dominicanos y los mexicanos, 96 y 94.", [("DO", 96), ("MX", 94)]),
        ("en", "Poles and Czechs (12 and 9) follow.", [("PL", 12), ("CZ", 9)]),
        ("en", "Vietnamese came next with 440.", [("VN", 440)]),
        ("en", "Two of the nine are citizens of Cambodia.", [("KH", 2)]),
        ("en", "Ten of the other 80 were Indians.", [("IN", 10)]),
        ("fr", "Deux des neuf sont des Maliens.", [("ML", 2)]),
        ("it", "Due dei nove sono albanesi.", [("AL", 2)]),
        ("en", "Of the 541, Nigerians make up most.", [("NG", None)]),
        (
            "en",
            "Nigerians make up 22 per cent, or 119, Indonesians 16 per cent.",
            [("NG", 119), ("ID", None)],
        ),
        ("en", "Of these, 2,543, or 74.8 percent, were Thais.", [("TH", 2543)]),
        ("en", "Poles make up 29 per cent of them, Czechs 22.", [("PL", None), ("CZ", None)]),
        ("de", "Von ihnen besitzen 39 die albanische Staatsbürgerschaft.", [("AL", 39)]),
        ("en", "Of the women, 397 have a Jamaican passport.", [("JM", 397)]),
        ("en", "They held 138 people, among them some Chileans.", [("CL", None)]),
        ("en", "They held 138 people, including Chileans.", [("CL", None)]),
        ("es", "Viajaron 138 personas, entre ellas algunos chilenos.", [("CL", None)]),
        ("pt", "Foram presas 138 pessoas, entre elas chilenos.", [("CL", None)]),
        ("fr", "On a arrêté 138 personnes, dont quelques Chiliens.", [("CL", None)]),
        ("de", "138 Personen wurden gefasst, darunter einige Chilenen.", [("CL", None)]),
        ("it", "Prese 138 persone, tra cui alcuni cileni.", [("CL", None)]),
        ("nl", "Er zijn 138 mensen opgepakt, onder wie enkele Chilenen.", [("CL", None)]),
        ("en", "Twelve were held, three of them Chileans.", [("CL", 3)]),
    ],
)
def test_numbers_that_verbs_and_lists_give(
    language: str, text: str, wanted: list[tuple[str, int | None]]
) -> None:
    assert counts(language, text) == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "He was Vietnamese, 44, and had no lawyer.", [("VN", 1)]),
        ("de", "Der Jüngste ist neunzehn und kommt aus Tirana.", [("AL", None)]),
        ("en", "The mother of five from Leeds was held.", [("GB", 1)]),
        ("it", "È il 58,75 per cento degli stranieri.", [("XX", None)]),
        ("pt", "O arquivo tem mais de 300 fichas de nigerianos.", [("NG", None)]),
        ("en", "Yet we feed 13 437 foreign nationals.", [("XX", 13437)]),
        ("en", "On May 13 437 foreigners came.", [("XX", 437)]),
        ("es", "En la página 44 empiezan los forasteros.", [("XX", None)]),
    ],
)
def test_ages_shares_and_things_are_no_people(
    language: str, text: str, wanted: list[tuple[str, int | None]]
) -> None:
    assert counts(language, text) == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Ann Archer, 43, from Leeds, was jailed.", [("GB", 1)]),
        ("en", "Ann Archer, 43, of Leeds, was jailed.", []),
        ("en", "The term was given to a youth worker, 43, from Hull.", [("GB", 1)]),
        ("de", "Max M. (34) aus Kassel sitzt in Haft.", [("DE", 1)]),
        ("nl", "Piet Prins, 34, uit Breda, is opgepakt.", [("NL", 1)]),
        ("fr", "Jean Dubois, 34 ans, de Lyon, est écroué.", [("FR", 1)]),
        ("pt", "João Silva, de 34 anos, de Goiânia, foi preso.", [("BR", 1)]),
        ("es", "Al frente iba otro ciudadano de ese país.", []),
        ("es", "Viajó a Brasil. Al frente iba otro ciudadano del vecino país.", [("BR", 1)]),
        ("en", "It borders Laos. Two nationals of that country were held.", [("LA", 2)]),
        ("pt", "Foi à Nigéria; dois cidadãos desse país foram presos.", [("NG", 2)]),
        ("es", "El hombre, de nacionalidad ecuatoriana, fue detenido.", [("EC", 1)]),
    ],
)
def test_people_named_by_age_and_town_or_by_a_country_before(
    language: str, text: str, wanted: list[tuple[str, int | None]]
) -> None:
    assert counts(language, text) == wanted


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("pt", "O país tem 330 portugueses presos, 298 homens e 32 mulheres.", []),
        ("pt", "O país tem 3,3 mil portugueses presos: 2,5 mil homens e 832 mulheres.", []),
        ("it", "In Spagna gli italiani sono 40, trenta in meno.", []),
        ("en", "There are 28,500 U.S. troops in the country.", []),
        ("it", "Dei corrieri, 27 venivano dall'Europa.", [("XX", 27)]),
        ("es", "En las cárceles de Tailandia y Malasia, cuatro y dos.", [("TH", 4), ("MY", 2)]),
    ],
)
def test_bare_numbers(language: str, text: str, numbers: list[tuple[str, int | None]]) -> None:
    from pipeline.understand import read

    groups = read(told(language, text)).groups
    assert [(g.nationality, g.count) for g in groups if g.form.startswith("number")] == numbers


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", ".000 Belgians were held."),
        ("en", "0 Belgians were held."),
        ("es", "000 belgas detenidos."),
        ("nl", ".000 Belg"),
    ],
)
def test_nought_is_no_count(language: str, text: str) -> None:
    assert 0 not in {g.count for g in people(language, text)}
    assert 0 not in {record.count for record in extract(told(language, text, "PE"))}
