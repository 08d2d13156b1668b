"""Numbers and countries side by side: which belongs to which."""

from __future__ import annotations

import pytest

from pipeline.understand import read
from tests.pipeline.told import told


def _pairs(text: str, language: str, form: str) -> set[tuple[str, int | None]]:
    groups = read(told(language, text)).groups
    return {(g.country or g.nationality, g.count) for g in groups if g.form == form}


@pytest.mark.parametrize(
    ("language", "text", "pairs"),
    [
        ("fr", "Le Togo et le Pérou ont quinze prisonniers chacun.", {("TG", 15), ("PE", 15)}),
        ("es", "Ghana, Kenia y Malí suman uno cada una.", {("GH", 1), ("KE", 1), ("ML", 1)}),
        ("it", "Sono tre a testa per Cile, Ghana e Malta.", {("CL", 3), ("GH", 3), ("MT", 3)}),
        ("pt", "África do Sul e Angola empatam com 96.", {("ZA", 96), ("AO", 96)}),
        ("en", "Ghana and Kenya tied with 96.", {("GH", 96), ("KE", 96)}),
        ("pt", "Eram da Namíbia (cinco) e da África do Sul (dois).", {("NA", 5), ("ZA", 2)}),
        ("es", "Siguen Chile, con 71, y Ghana, con 58, y 33 llegaron de la India.", {("CL", 71), ("IN", 33)}),
        ("es", "Figuran Chile (190), Ghana (160) y, con cuatro, Líbano.", {("CL", 190), ("LB", 4)}),
    ],
)
def test_numbers_belong_to_the_countries_of_their_list(
    language: str, text: str, pairs: set[tuple[str, int]]
) -> None:
    assert pairs <= _pairs(text, language, "number of")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "Alemanha, Holanda e Itália, juntas, somam 131."),
        ("en", "Germany, Holland and Italy together had 131."),
        ("fr", "L'Allemagne et l'Italie, ensemble, en comptent 131."),
        ("es", "La armada estrenó dos lanchas rápidas donadas por Estados Unidos."),
        ("nl", "Er zitten acht uit andere landen, waaronder Iran."),
        ("pt", "A lista, que reúne dois terços do total, traz ainda Espanha."),
        ("en", "Ghana, Kenya and Sudan account for most of the 780."),
        ("es", "De Ghana y Kenia son la mayoría de los 780."),
        ("en", "That is two thirds of those from Ghana."),
    ],
)
def test_numbers_of_several_or_of_things_belong_to_no_country(language: str, text: str) -> None:
    assert not _pairs(text, language, "number of")


@pytest.mark.parametrize(
    ("language", "text", "pairs"),
    [
        (
            "fr",
            "246 Suisses sont écroués au Maroc, 61 en Tunisie et 38 en Algérie.",
            {("TN", 61), ("DZ", 38)},
        ),
        (
            "es",
            "Volvieron 12 chilenos, once de ellos condenados en Ghana y uno en Malta.",
            {("GH", 11), ("MT", 1)},
        ),
        ("en", "There are 30 Kenyans, four in Thailand and three in Laos.", {("TH", 4), ("LA", 3)}),
        ("de", "Es sind 30 Schweizer, vier in Thailand und drei in Laos.", {("TH", 4), ("LA", 3)}),
        ("it", "Sono 30 svizzeri, quattro in Thailandia e tre nel Laos.", {("TH", 4), ("LA", 3)}),
        ("nl", "Het zijn 30 Belgen, vier in Thailand en drie in Laos.", {("TH", 4), ("LA", 3)}),
        ("pt", "São 30 angolanos, quatro na Tailândia e três no Laos.", {("TH", 4), ("LA", 3)}),
    ],
)
def test_in_a_country_says_where_and_never_who(language: str, text: str, pairs: set[tuple[str, int]]) -> None:
    assert pairs <= _pairs(text, language, "number at")
    assert not _pairs(text, language, "number of")
