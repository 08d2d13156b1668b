"""Prison terms: years, life, death, and what is said of them."""

from __future__ import annotations

import pytest

from pipeline.measures import TermKind, find_terms


@pytest.mark.parametrize(
    ("language", "text", "years"),
    [
        ("en", "She was sentenced to 27 months in prison.", 2.25),
        ("en", "He was jailed for nine years and six months.", 9.5),
        ("en", "They drew terms of between four and 15 years.", 15),
        ("en", "He is serving a 15-year sentence.", 15),
        ("en", "He was sentenced to life imprisonment.", "life"),
        ("en", "The court sentenced him to death.", "death"),
        ("es", "Fue condenado a seis años y un día de prisión.", 6),
        ("es", "Fue condenada a cadena perpetua.", "life"),
        ("es", "condenado a 15 de cárcel por narcotráfico", 15),
        ("pt", "Foi condenado a prisão perpétua.", "life"),
        ("fr", "Il a été condamné à vingt ans de réclusion.", 20),
        ("fr", "Elle purge la perpétuité.", "life"),
        ("de", "Er wurde zu sechs Jahren und sechs Monaten Haft verurteilt.", 6.5),
        ("de", "Er verbüßt eine zwanzigjährige Haftstrafe.", 20),
        ("de", "Sie wurde zu lebenslanger Haft verurteilt.", "life"),
        ("it", "È stato condannato all'ergastolo.", "life"),
        ("it", "Condannata a tre anni e mezzo di reclusione.", 3.5),
        ("nl", "Hij werd veroordeeld tot levenslang.", "life"),
        ("nl", "Hij kreeg acht jaar cel.", 8),
    ],
)
def test_imposed(language: str, text: str, years: float | str) -> None:
    found = [term.years for term in find_terms(text, language) if term.kind is TermKind.IMPOSED]
    assert years in found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "She faces up to 20 years in prison."),
        ("en", "If convicted he could be sentenced to 15 years in jail."),
        ("en", "Prosecutors asked for 12 years in prison."),
        ("en", "The crime carries the death penalty."),
        ("es", "Se expone a 20 años de cárcel."),
        ("pt", "Arrisca 12 anos de prisão."),
        ("fr", "Il encourt dix ans de prison."),
        ("de", "Ihnen drohen bis zu zwölf Jahre Haft."),
        ("it", "Rischia venti anni di carcere."),
        ("nl", "Hij riskeert tien jaar cel."),
    ],
)
def test_only_possible(language: str, text: str) -> None:
    found = find_terms(text, language)
    assert found
    assert {term.kind for term in found} == {TermKind.POSSIBLE}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The 34-year-old was arrested two years ago."),
        ("en", "He had lived there for the past ten years."),
        ("es", "El hombre, de 34 años de edad, vive aquí desde hace diez años."),
        ("fr", "Il y a dix ans, elle avait 20 ans."),
    ],
)
def test_no_prison_term(language: str, text: str) -> None:
    assert {term.kind for term in find_terms(text, language)} == {TermKind.DURATION}


def test_suspended() -> None:
    (term,) = find_terms("Il est condamné à 20 mois d'emprisonnement avec sursis.", "fr")
    assert (term.years, term.kind, term.suspended) == (1.67, TermKind.IMPOSED, True)


def test_a_list_of_terms() -> None:
    found = find_terms("Three received terms of 16½, 14½ and 14 years.", "en")
    assert [term.years for term in found] == [16.5, 14.5, 14]
