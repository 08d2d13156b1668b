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

    assert set(section(language, "acts")) == {*Stage, "maybe"}


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
