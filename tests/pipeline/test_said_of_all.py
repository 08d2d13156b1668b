"""What sentences say of people together: who is inside, who was only fined, what is fiction."""

from __future__ import annotations

import pytest

from pipeline.groups import Group
from pipeline.nations import find_nations
from pipeline.ranges import read_alike
from pipeline.signals import article_signals, in_custody
from pipeline.stated import stated
from pipeline.understand import Held, read
from tests.pipeline.told import told


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Elle dort à la prison de Fresnes."),
        ("it", "Da ieri si trova a Rebibbia."),
        ("de", "Sie schläft in der JVA Moabit."),
    ],
)
def test_who_is_in_a_named_prison_is_in_custody(language: str, text: str) -> None:
    assert in_custody(read(told(language, text)).profiles[0])


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "Le mur de la prison de Fresnes est gris."), ("it", "I muri di Rebibbia sono grigi.")],
)
def test_a_prison_alone_holds_nobody(language: str, text: str) -> None:
    assert not in_custody(read(told(language, text)).profiles[0])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Due turisti austriaci sono stati denunciati a piede libero."),
        ("de", "Ein Pole musste ein Bußgeld zahlen."),
        ("fr", "Un Néerlandais a reçu une amende."),
        ("nl", "Een Duitser kreeg een boete."),
    ],
)
def test_who_is_only_fined_or_reported_is_not_held(language: str, text: str) -> None:
    (nation,) = find_nations(read(told(language, text)))
    assert nation.signals.get("nation: reported, never held") == 1.0


@pytest.mark.parametrize(
    ("language", "text", "only"),
    [
        ("it", "Nel carcere un detenuto su cinque fa uso di psicofarmaci.", True),
        ("it", "Nel carcere un detenuto su cinque è dentro per droga.", False),
        ("fr", "On y voit des hommes laissés sans méthadone.", True),
    ],
)
def test_medicines_are_no_drug_case(language: str, text: str, only: bool) -> None:
    reading = read(told(language, text))
    assert bool(article_signals(reading.doc, reading.profiles)["article: only other drugs"]) is only


def test_a_title_of_fiction_is_told() -> None:
    reading = read(told("fr", "Un polar qui sent le gasoil. Trois Irlandais sont arrêtés."))
    assert article_signals(reading.doc, reading.profiles)["title: fiction"] == 1.0


def _held(group: Group, chance: float) -> Held:
    return Held(group, chance, chance, group.country or "PE", 1.0)


def test_a_list_is_read_in_one_way() -> None:
    reading = read(told("en", "Spain holds 40 Danes. Next come Peru (12), Ghana (9) and Poland (7)."))
    at = [g for g in reading.groups if g.form == "number at" and g.sentence == 1]
    of = [g for g in reading.groups if g.form == "number of" and g.sentence == 1]
    kept = read_alike([*(_held(g, 0.8) for g in at), _held(of[0], 0.9), *(_held(g, 0.3) for g in of[1:])])
    assert {h.group.form for h in kept} == {"number at"}


def test_the_country_that_opens_a_list_is_stated() -> None:
    text = "Spain leads with 487 Danish prisoners, ahead of Peru (120) and Ghana (90)."
    reading = read(told("en", text))
    figure = next(g for g in reading.groups if g.nationality == "DK" and g.count == 487)
    assert stated(reading, Held(figure, 0.9, 0.9, "XX", 0.5)).country == "ES"
