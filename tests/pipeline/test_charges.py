"""What people are held for."""

from __future__ import annotations

import pytest

from pipeline.charges import DRUG, OTHER
from pipeline.understand import read
from tests.pipeline.told import told


@pytest.mark.parametrize(
    ("language", "text", "what"),
    [
        ("en", "The four were convicted of money laundering.", {OTHER}),
        ("en", "He faces drug charges.", {DRUG}),
        ("en", "Two Latvians were arrested for fraud and possession of cocaine.", {DRUG, OTHER}),
        ("es", "Fueron detenidos por tráfico de cocaína.", {DRUG}),
        ("es", "Fueron condenados por lavado de dinero.", {OTHER}),
        ("pt", "Foram presos por tráfico de drogas.", {DRUG}),
        ("fr", "Il a été condamné pour blanchiment.", {OTHER}),
        ("it", "Arrestato per spaccio di droga.", {DRUG}),
        ("de", "Ein Kroate wurde wegen Raubes verhaftet.", {OTHER}),
        ("nl", "De Nederlander is veroordeeld wegens witwassen.", {OTHER}),
        ("en", "He was arrested. A murder shook the town.", set()),
        ("en", "The dealer was arrested; murder is rare there.", set()),
    ],
)
def test_a_sentence_says_what_its_custody_is_for(language: str, text: str, what: set[str]) -> None:
    assert set().union(*(p.held_for for p in read(told(language, text)).profiles)) == what
