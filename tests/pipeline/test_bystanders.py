"""Signals of people who are others than those in hand, in small sentences of every language."""

from __future__ import annotations

import pytest

from pipeline.fields.case import Reading
from pipeline.home import home_doubt
from pipeline.understand import read
from tests.pipeline.told import told


def reading(language: str, text: str) -> Reading:
    """The reading of a text without a title."""
    return read(told(language, text))


def signals(language: str, text: str, nationality: str) -> set[str]:
    """What is linked to the phrases of a nationality."""
    found = reading(language, text)
    return {
        name
        for index, group in enumerate(found.groups)
        if group.nationality == nationality and not group.form.startswith("number")
        for name in found.links.get(index, {})
    }


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "He had bought the pills from Afghan dealers.", "AF"),
        ("en", "The woman was working for a British man.", "GB"),
        ("es", "La pareja trabajaba para un albanés.", "AL"),
        ("pt", "A jovem foi recrutada por um nigeriano.", "NG"),
        ("fr", "Il aurait agi pour le compte d'un Serbe.", "RS"),
        ("de", "Sie fuhr im Auftrag eines Serben.", "RS"),
        ("it", "Il corriere lavorava per un albanese.", "AL"),
        ("nl", "De koerier werkte voor een Turk.", "TR"),
        ("en", "The leaf is chewed mostly by people from Somalia, Ethiopia and Kenya.", "KE"),
        ("nl", "Het goedje is populair bij Somaliërs.", "SO"),
        ("fr", "La feuille est prisée surtout par des Somaliens.", "SO"),
        ("en", "A Brazilian journalist has looked into the matter.", "BR"),
        ("es", "Lo cuenta un periodista peruano en su libro.", "PE"),
        ("pt", "Quem conta é um jornalista angolano.", "AO"),
        ("fr", "Une journaliste suisse a suivi l'affaire.", "CH"),
        ("de", "Das sagt der Schweizer Kriminologe.", "CH"),
        ("it", "Lo racconta una giornalista peruviana.", "PE"),
        ("nl", "Dat schrijft een Belgische journalist.", "BE"),
    ],
)
def test_those_who_sent_or_sold_are_behind_it(language: str, text: str, nationality: str) -> None:
    assert "behind it all" in signals(language, text, nationality)


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "Police arrested two Afghan dealers.", "AF"),
        ("es", "Un albanés fue detenido con la droga.", "AL"),
        ("de", "Ein Serbe wurde festgenommen.", "RS"),
        ("en", "She was recruited by an Albanian who was arrested in Lima.", "AL"),
    ],
)
def test_those_in_hand_are_not(language: str, text: str, nationality: str) -> None:
    assert "behind it all" not in signals(language, text, nationality)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Kenyan was brought before the anti-corruption court."),
        ("fr", "La Kényane a été présentée au pôle anti-corruption."),
        ("es", "La keniana fue llevada a la unidad anti-secuestro."),
        ("it", "La keniana è stata portata alla sezione anti-rapina."),
    ],
)
def test_what_a_unit_fights_is_nobodys_crime(language: str, text: str) -> None:
    assert not any(profile.other for profile in reading(language, text).profiles)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Two Bangladeshi suspects are being looked for."),
        ("es", "Los dos peruanos nunca fueron localizados."),
        ("pt", "Os dois peruanos nunca foram localizados."),
        ("fr", "Les deux Marocains n'ont jamais été localisés."),
        ("de", "Die beiden Serben wurden nie ausfindig gemacht."),
        ("it", "I due serbi non sono mai stati rintracciati."),
        ("nl", "De twee Turken zijn nergens meer gezien."),
    ],
)
def test_those_who_were_never_found(language: str, text: str) -> None:
    assert any(profile.status & {"unfound", "at_large"} for profile in reading(language, text).profiles)


def test_a_sentence_may_be_set_elsewhere_than_the_rest() -> None:
    text = (
        "Police in Lima arrested a Chilean. The court in Lima will hear him. "
        "In Madrid, police arrested two Peruvians with cocaine."
    )
    found = home_doubt(reading("en", text), "PE", frozenset({2}))
    assert found["home: leads"] == found["away: here alone"] == 1.0


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "He is in prison for drugs and for the rape of an American pensioner.", "US"),
        ("es", "Cumple condena por drogas y por el asesinato de un noruego.", "NO"),
        ("pt", "Cumpre pena por droga e pelo homicídio de um norueguês.", "NO"),
        ("fr", "Il purge une peine pour trafic et pour le meurtre d'un Norvégien.", "NO"),
        ("it", "Sconta una pena per droga e per l'omicidio di un norvegese.", "NO"),
        ("de", "Er sitzt wegen Drogen und wegen eines Überfalls auf einen Norweger.", "NO"),
        ("nl", "Hij zit vast voor drugs en voor de moord op een Noor.", "NO"),
    ],
)
def test_those_to_whom_it_was_done_are_not_in_hand(language: str, text: str, nationality: str) -> None:
    assert "behind it all" in signals(language, text, nationality)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "La société, détenue notamment par le groupe, signe un accord de joint-venture."),
        ("it", "La società detenuta dal gruppo firma una joint venture."),
        ("pt", "A empresa detida pelo grupo assina um acordo."),
    ],
)
def test_a_company_that_is_held_is_in_no_custody(language: str, text: str) -> None:
    profile = reading(language, text).profiles[0]
    assert not profile.custody
    assert not profile.drugs
    assert not profile.people


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Une société de droit luxembourgeois gère la plantation."),
        ("it", "Una società di diritto lussemburghese gestisce la piantagione."),
        ("es", "Se dirigió a la comunidad nacional y extranjera."),
        ("it", "La stampa nazionale e straniera ne parla."),
        ("pt", "A imprensa nacional e estrangeira fala disso."),
    ],
)
def test_a_thing_of_a_country_is_nobody(language: str, text: str) -> None:
    assert {g.form for g in reading(language, text).groups} <= {"attribute", "loose"}
