"""Sentences: rules by example, and what must hold of any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segments import split_sentences
from pipeline.vocabulary import LANGUAGES


def sentences(text: str, language: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text, language, has_title=False)]


# Each case is written with a bar where a sentence ends.
CASES = [
    ("en", "Mr. Smith met J. R. Jones of the U.S. Navy.| He was held in St. Lucia."),
    ("en", "Sgt. Lee of No. 5 Squad spoke at 3 a.m. Monday.| Two were charged."),
    ("en", "They left the U.S.| The court heard more."),
    ("en", "A 7.6 ton load worth $1.5 million was found.| 25 people were held."),
    ("en", '"It is bad."| Police agreed.| "Why?" he asked.| "Go!"| Nobody moved.'),
    ("en", "Well... it was late.| It ended…| Nobody spoke.| He (…) Left."),
    ("en", "LONDON, May 3 (Reuters) - Two men were jailed.| They appealed."),
    ("en", "He was jailed for life.|The court said so.| See example.Com now."),
    ("en", "Turnout rose by 83.8%.| That's well below exhibit C.| It's odd."),
    ("en", "Really?!| Yes.| No. 7 was hers."),
    ("en", "1. The suspect was held.| 2. The court met."),
    ("en", "Charges: • two Britons • three Dutchmen".replace(" • ", " |• ")),
    ("es", "Lima, 3 may. (EFE).- Dos ciudadanos de EE.UU. fueron detenidos.| El Sr. Pérez habló."),
    ("es", "¿Quién fue?| ¡Nadie!| «Fue duro.»| La Gral. Ana calló ante EE. UU. y Perú."),
    ("es", "Según el art. 12 de la Ley n.º 23, son 1.200 presos.| La cárcel está llena."),
    ("pt", "O Sr. Silva foi preso com 3,5 kg.| A Dra. Lima falou da Lei n.º 11.343.| Foi tudo."),
    ("fr", "M. Dupont a dit : « C'est fini. »| Le tribunal l'a écroué.| Mme Roy a fait appel."),
    ("fr", "Qui ? Personne !| Il a été jugé.".replace("? ", "?| ")),
    ("de", "Am 3. Mai wurde z. B. ein Mann gefasst.| Die 2. Strafkammer, bzw. Dr. Meier, schwieg."),
    ("de", "Er kam um 12.| Der Zoll fand nach § 29 Abs. 3 Nr. 4 BtMG d.h. 2.500 Gramm.| »Nein.«| Er ging."),
    ("de", "Das war 2023.| Es blieb dabei."),
    ("it", "La S.p.A. Rossi e l'on. Bianchi tacciono.| Il sig. Verdi, art. 73, n. 3, parla."),
    ("it", "ROMA, 3 mag. - Un uomo è in manette.| Aveva 2,5 kg. di droga."),
    ("nl", "Hij werd gepakt.| 's Avonds ging hij.| De heer J. de Vries kreeg o.a. 3 jaar."),
    ("nl", "Het kost 1.000 euro.| 't Is veel, aldus mr. Bos."),
]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_rules(language: str, marked: str) -> None:
    text = marked.replace("|", "")
    assert sentences(text, language) == [piece.strip() for piece in marked.split("|")]


def test_paragraphs_are_numbered_from_the_title() -> None:
    text = "A title. With two\n\nOne. Two.\nThree.\n"
    assert [s.paragraph for s in split_sentences(text, "en")] == [0, 0, 1, 1, 2]
    assert [s.paragraph for s in split_sentences(text, "en", has_title=False)] == [1, 1, 2, 2, 3]


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "U.S.",
                "EE.UU.",
                "Mr.",
                "3.",
                "7.6",
                "J.",
                "…",
                "...",
                "?!",
                "«",
                "» ",
                "\n",
                " ",
                "–",
                "• ",
                "The ",
                "El ",
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=40,
).map("".join)


@given(
    text=st.one_of(st.text(), PIECES), language=st.sampled_from([*LANGUAGES, "xx"]), has_title=st.booleans()
)
def test_every_visible_character_lies_in_exactly_one_segment(
    text: str, language: str, has_title: bool
) -> None:
    segments = split_sentences(text, language, has_title=has_title)
    covered = [False] * len(text)
    last_end, last_paragraph = 0, 0
    for segment in segments:
        assert last_end <= segment.start < segment.end <= len(text)
        assert segment.paragraph >= last_paragraph
        piece = text[segment.start : segment.end]
        assert piece == piece.strip()
        assert "\n" not in piece
        covered[segment.start : segment.end] = [True] * (segment.end - segment.start)
        last_end, last_paragraph = segment.end, segment.paragraph
    assert all(inside or character.isspace() for inside, character in zip(covered, text, strict=True))


@given(
    number=st.from_regex(r"\d{1,3}([.,]\d{3}){0,3}([.,]\d{1,2})?", fullmatch=True),
    language=st.sampled_from(LANGUAGES),
)
def test_numbers_are_never_cut(number: str, language: str) -> None:
    text = f"Xx {number} xx yy. Zz {number} kg."
    assert all(text[s.start : s.end].count(number) for s in split_sentences(text, language, has_title=False))


@pytest.mark.parametrize(
    "unit", [".", "...x", "a. ", '."', "« ", "A. B. ", "\n", "word. Next ", "(" * 3, " "]
)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(times: int) -> float:
        text = unit * times
        begun = time.process_time()
        split_sentences(text, "en")
        return time.process_time() - begun

    seconds(1_000)
    small = min(seconds(10_000) for _ in range(3))
    large = min(seconds(80_000) for _ in range(2))
    # Eight times the text; a quadratic way would take sixty-four times as long.
    assert large < 24 * small + 0.05
