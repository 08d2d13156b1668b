"""The drugs of a record as they are put together: of one sentence, of all that is told, of what is meant."""

from __future__ import annotations

import pytest

from pipeline.fields.case import Case, Reading
from pipeline.fields.drug_sets import drug_sets
from pipeline.understand import read
from tests.pipeline.told import told


def _read(text: str, language: str) -> Reading:
    return read(told(language, text))


def _sets(text: str, language: str, nationality: str) -> dict[tuple[str, ...], dict[str, float]]:
    reading = _read(text, language)
    group = next(g for g in reading.groups if g.nationality == nationality)
    case = Case(reading, group, "PE", kind="event", stage="arrested", own=(group.sentence,))
    return {option.value: option.signals for option in drug_sets(case)}


def test_the_drugs_of_one_sentence_stand_together() -> None:
    text = "A Dutchman was held with heroin and ketamine. The raid also turned up cannabis."
    sets = _sets(text, "en", "NL")
    assert set(sets) == {
        (), ("heroin",), ("ketamine",), ("cannabis",),
        ("heroin", "ketamine"), ("cannabis", "heroin", "ketamine"),
    }  # fmt: skip
    assert sets[("heroin", "ketamine")]["those of its sentences"] == 1.0
    assert sets[("heroin", "ketamine")]["those of the nearest sentence"] == 1.0
    assert sets[("heroin",)]["part of the nearest sentence"] == 1.0
    assert sets[()]["no drug, one of its sentences"] == 1.0
    assert sets[("cannabis",)]["1 drugs"] == 1.0


def test_where_no_drug_is_named_none_is_the_only_choice() -> None:
    assert list(_sets("A Dutchman was held for drugs.", "en", "NL")) == [()]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Customs found cocaine in a crate of toys. A Dutchman carried more of the same substance."),
        ("es", "Hallaron cocaína en una caja de juguetes. Un holandés llevaba más de la misma sustancia."),
        ("pt", "Acharam cocaína numa caixa de brinquedos. Um holandês levava mais da mesma droga."),
        ("fr", "On a trouvé de la cocaïne dans des jouets. Un Néerlandais portait la même substance."),
        ("de", "Der Zoll fand Kokain in einer Kiste. Ein Niederländer trug noch mehr von demselben Stoff."),
        ("it", "La dogana ha trovato cocaina nei giochi. Un olandese portava altra della stessa sostanza."),
        ("nl", "De douane vond cocaïne in een kist. Een Nederlander droeg nog meer van dezelfde stof."),
    ],
)  # fmt: skip
def test_the_same_substance_is_the_one_named_last(language: str, text: str) -> None:
    sets = _sets(text, language, "NL")
    assert sets[("cocaine",)]["those of the same drug here"] == 1.0


def test_a_weight_without_a_drug_is_of_the_one_named_last() -> None:
    text = "A Briton was stopped with two kilos of cocaine. A Dutchman had five kilos in his suitcase."
    assert _sets(text, "en", "NL")[("cocaine",)]["those of a bare weight here"] == 1.0
    named = "A Briton was stopped with two kilos of cocaine. A Dutchman had five kilos of hashish."
    assert "those of a bare weight here" not in _sets(named, "en", "NL")[("cocaine",)]


def test_the_drug_trade_points_back_to_no_drug() -> None:
    text = "A Briton sold heroin. A Dutchman was held for drug trafficking by the drug squad."
    assert "those of the same drug here" not in _sets(text, "en", "NL")[("heroin",)]


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "A Dutchman was held with morphine.", "other"),
        ("de", "Ein Niederländer wurde mit Morphium gefasst.", "other"),
        ("es", "Un holandés fue detenido con hongos alucinógenos.", "other"),
        ("es", "A un holandés le hallaron doce envoltorios de cristal.", "methamphetamine"),
        ("es", "Un holandés cayó con trescientos gramos de perico.", "cocaine"),
        ("en", "A Dutchman had nine grams of Spice.", "synthetic"),
        ("de", "Ein Niederländer zog dreißig Hanfstauden.", "cannabis"),
    ],
)
def test_what_a_word_means_as_a_drug(language: str, text: str, code: str) -> None:
    assert (code,) in _sets(text, language, "NL")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Un Polonais a été arrêté avec 5 kilos de métamphétamine."),
        ("de", "Ein Pole wurde mit Metamfetamin festgenommen."),
        ("es", "Un polaco fue detenido con metaanfetamina."),
        ("it", "Un polacco è stato arrestato con metanfetammina."),
        ("en", "A Pole was arrested with metamfetamine."),
    ],
)
def test_a_drug_is_known_as_it_is_misspelt(language: str, text: str) -> None:
    assert ("methamphetamine",) in _sets(text, language, "PL")
