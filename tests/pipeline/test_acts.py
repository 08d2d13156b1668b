"""Acts that give the stage of a case, in seven languages."""

from __future__ import annotations

import pytest

from pipeline.measures import find_acts, find_quantities
from pipeline.vocabulary import LANGUAGES, Stage

TOLD = [
    ("en", "The two were flown home to serve the rest of their sentences.", "transferred"),
    ("en", "He was acquitted by the court.", "released"),
    ("en", "She is awaiting trial.", "charged"),
    ("de", "Das Gericht sprach ihn am Mittwoch frei.", "released"),
    ("de", "Der Mann wurde nach Deutschland überstellt.", "transferred"),
    ("es", "El hombre murió el lunes.", "died"),
    ("es", "Fue entregado a las autoridades de su país.", "transferred"),
    ("fr", "Il attend dans le couloir de la mort.", "death_row"),
    ("fr", "L'homme a été mis en examen.", "charged"),
    ("it", "Convalidato l'arresto, è stato disposto l'obbligo di firma.", "charged"),
    ("it", "L'uomo è stato scarcerato.", "released"),
    ("nl", "Hij wacht al vijf jaar op het zwaard.", "death_row"),
    ("nl", "De rechter liet hen gaan.", "released"),
    ("pt", "O tribunal aplicou cinco anos a uma turista.", "convicted"),
    ("pt", "As duas saíram em 2021.", "released"),
]


@pytest.mark.parametrize(("language", "text", "stage"), TOLD)
def test_an_act_gives_its_stage(language: str, text: str, stage: str) -> None:
    assert stage in {act.stage for act in find_acts(text, language) if act.fact}


@pytest.mark.parametrize(
    ("language", "text", "stage"),
    [
        ("en", "He could be extradited to Italy.", "transferred"),
        ("en", "Nobody was arrested and he was not convicted.", "convicted"),
        ("de", "Er kann ausgeliefert werden.", "transferred"),
        ("es", "Podría ser extraditado.", "transferred"),
        ("it", "Potrebbe essere condannato.", "convicted"),
    ],
)
def test_what_may_come_or_is_denied_is_no_fact(language: str, text: str, stage: str) -> None:
    found = [act for act in find_acts(text, language) if act.stage == stage]
    assert found
    assert not any(act.fact for act in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_has_words_in_every_language(language: str) -> None:
    from pipeline.measures.words import section

    words = section(language, "acts")
    assert set(words) == {*Stage, "maybe", "hints"}
    assert set(words["hints"]) == set(Stage)


@pytest.mark.parametrize(
    ("language", "text", "stage", "sure"),
    [
        ("en", "The man was charged with importing cocaine.", "charged", True),
        ("en", "She went before the Hobart Magistrates Court on one count of importing.", "charged", True),
        ("en", "The trial has many visitors.", "charged", False),
        ("en", "They were put in a cell.", "imprisoned", False),
        ("es", "El hombre fue arrestado ayer.", "arrested", True),
        ("it", "I due sono stati giustiziati.", "executed", True),
        ("pt", "O homem foi capturado.", "arrested", True),
        ("de", "Die Richterin sprach ihn frei.", "released", True),
        ("de", "Der Prozess zieht viele an.", "charged", False),
        ("es", "El hombre fue puesto a disposición del juzgado.", "charged", False),
        ("es", "Un tribunal absolvió al camionero.", "released", True),
        ("fr", "Le chauffeur a été relaxé.", "released", True),
        ("fr", "Il est accusé de trafic.", "charged", False),
        ("it", "Gli uomini sono in attesa del processo.", "charged", False),
        ("it", "La donna è stata scarcerata.", "released", True),
        ("nl", "De rechtbank sprak de chauffeur vrij.", "released", True),
        ("nl", "Er is een verdachte.", "charged", False),
        ("pt", "O motorista foi absolvido.", "released", True),
        ("pt", "Foi constituído arguido.", "charged", False),
    ],
)
def test_some_words_only_hint_at_a_stage(language: str, text: str, stage: str, sure: bool) -> None:
    found = {act.sure for act in find_acts(text, language) if act.stage == stage}
    assert (True in found) == sure
    assert found


@pytest.mark.parametrize(
    ("language", "text", "stage"),
    [
        ("en", "Tests are carried out at bars.", "executed"),
        ("en", "The drug was hidden inside a drum.", "imprisoned"),
        ("fr", "Il est soupçonné de blanchiment.", "released"),
        ("fr", "Grâce à un chien, la douane a trouvé le sac.", "released"),
        ("fr", "L'avion venait de Libreville.", "released"),
        ("es", "Llevaba una libreta.", "released"),
        ("pt", "A execução da pena começou.", "released"),
    ],
)
def test_words_that_only_look_like_an_act_are_none(language: str, text: str, stage: str) -> None:
    assert stage not in {act.stage for act in find_acts(text, language)}


def test_spans_are_of_the_text() -> None:
    text = "Ihr Bruder wurde verhaftet und später freigesprochen."
    for act in find_acts(text, "de"):
        assert 0 <= act.start < act.end <= len(text)
    assert [text[a.start : a.end] for a in find_acts(text, "de")] == ["verhaftet", "freigesprochen"]


def test_a_decimal_torn_apart_by_a_blank_is_one_number() -> None:
    (found,) = find_quantities("sequestrati 7, 5 chili di cocaina", "it")
    assert found.kg == 7.5


def test_round_hundreds_after_a_sign_are_thousands() -> None:
    assert [q.kg for q in find_quantities("importar 1,500 kilogramos y 1,250 kilos", "es")] == [1500.0, 1.25]


@pytest.mark.parametrize(
    ("language", "text", "stage"),
    [
        ("en", "The Dutchman had been put on board to look after the cargo.", "executed"),
        ("it", "Preso un liberiano di trent'anni.", "released"),
        ("it", "Gli agenti hanno dato esecuzione a una misura cautelare.", "executed"),
        ("es", "La droga era para el mercado interno.", "imprisoned"),
    ],
)
def test_words_that_are_no_act(language: str, text: str, stage: str) -> None:
    assert stage not in {act.stage for act in find_acts(text, language)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "El tribunal lo ha condenado a muerte."),
        ("fr", "Le tribunal l'a condamné à mort."),
        ("it", "L'Alta Corte ha condannato a morte quattro indiani."),
        ("pt", "O tribunal tinha-o condenado à morte."),
    ],
)
def test_a_death_sentence_may_just_have_been_passed(language: str, text: str) -> None:
    assert {"convicted", "death_row"} <= {act.stage for act in find_acts(text, language)}
