# ruff: noqa: E501 (sentences of prose)
"""From bytes to title and text: charsets, titles, dates, boilerplate, stubs and walls."""

from __future__ import annotations

import textwrap
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import MAX_TITLE, clean_plain_text, clean_text, mend_encoding, trim_boilerplate
from pipeline.head import Head, read_head
from pipeline.text import FullPage, QuickPage, decode, full_text, quick_text
from pipeline.titles import choose_title
from pipeline.types import Page, Rejected
from pipeline.vocabulary import DateOrigin, Rejection
from tests.pipeline.pages import NOW, PARAGRAPHS, SOURCE, TITLE, html, page

UMLAUTS = "Der Zoll fand größere Mengen Kokain, „süß“ verpackt – für 5 €."


def quick(given: Page) -> QuickPage:
    found = quick_text(given, source=SOURCE, now=NOW)
    assert isinstance(found, QuickPage), found
    return found


def full(given: Page) -> FullPage:
    found = full_text(given, quick(given), source=SOURCE, now=NOW)
    assert isinstance(found, FullPage), found
    return found


def refusal(given: Page) -> Rejected:
    found = quick_text(given, source=SOURCE, now=NOW)
    if isinstance(found, QuickPage):
        again = full_text(given, found, source=SOURCE, now=NOW)
        assert isinstance(again, Rejected), again
        return again
    return found


def test_both_steps_find_title_and_paragraphs() -> None:
    given = page(html())
    cheap, whole = quick(given), full(given)
    assert cheap.title == whole.title == TITLE
    assert whole.text == "\n".join(PARAGRAPHS)
    assert all(paragraph in cheap.text for paragraph in PARAGRAPHS)
    assert cheap.language == whole.language == "en"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUTS.encode(), "text/html; charset=utf-8"),
        (UMLAUTS.encode(), "text/html; charset=iso-8859-1"),  # the header is wrong
        (UMLAUTS.encode(), ""),
        (b"\xef\xbb\xbf" + UMLAUTS.encode(), "text/html"),
        (UMLAUTS.encode("windows-1252"), "text/html; charset=windows-1252"),
        (UMLAUTS.encode("windows-1252"), "text/html; charset=ISO-8859-1"),  # as browsers understand it
        (UMLAUTS.encode("windows-1252"), "text/html; charset=utf-8"),  # the header is wrong
        (UMLAUTS.encode("windows-1252"), "text/html; charset=no-such-charset"),
        (b'<meta charset="windows-1252">' + UMLAUTS.encode("windows-1252"), "text/html"),
        (b'<meta charset="utf-8">' + UMLAUTS.encode("windows-1252"), "text/html"),
        (b"\xff\xfe" + UMLAUTS.encode("utf-16-le"), "text/html"),
    ],
)
def test_charsets(body: bytes, content_type: str) -> None:
    assert decode(body, content_type).endswith(UMLAUTS)


def test_a_few_broken_bytes_do_not_change_the_charset() -> None:
    text = UMLAUTS * 30
    assert decode(text.encode()[:-1] + b"\xe2\x82", "text/html") == text[:-1] + ".\ufffd"[1:]


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_become_text(body: bytes, content_type: str) -> None:
    decode(body, content_type)


def test_mojibake_is_mended_and_other_text_left_alone() -> None:
    meant = "Le détenu a été jugé à Lima – « non », dit-il."
    assert (
        mend_encoding(meant.encode().decode("windows-1252", "replace").replace("\ufffd", "\x81")) is not None
    )
    assert mend_encoding("dÃ©tenu, jugÃ©, Ã©tÃ©") == "détenu, jugé, été"
    for text in (meant, "NÃO HÁ PRISÃO", "Ã", "plain"):
        assert mend_encoding(text) == text


def test_invisible_characters_go() -> None:
    dirty = "\ufeffKo\u00adka\u200bin\u202e \x00im\u00a0 Koffer\r\n\r\n\tu\u0308ber\x85Nacht\ud800"
    assert clean_text(dirty) == "Kokain im Koffer\nüber\nNacht\ufffd"


@given(st.text())
def test_cleaned_text_is_clean(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert clean_text(cleaned) == cleaned
    assert "\n\n" not in cleaned
    assert not any(ord(character) < 32 and character != "\n" for character in cleaned)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (Head(page_title=f"{TITLE} | Harbour Post"), TITLE),
        (Head(page_title=f"{TITLE} - Harbour Post News"), TITLE),
        (Head(page_title=f"{TITLE} – Asia – harbour.example", h1=TITLE), TITLE),
        (Head(page_title=f"Harbour Post | {TITLE}"), TITLE),
        (
            Head(page_title="Cocaine: two held", h1="Harbour Post", og_title="Harbour Post"),
            "Cocaine: two held",
        ),
        (Head(headline=TITLE[:30] + "…", og_title=TITLE), TITLE),
        (
            Head(og_title="US-Mexico border: 5 held - police say more - Harbour Post"),
            "US-Mexico border: 5 held - police say more",
        ),
        (Head(), "Feed's own title"),
    ],
)
def test_titles_lose_the_outlets_name_only(head: Head, title: str) -> None:
    chosen = choose_title(
        head, feed_title="Feed's own title", outlet="Harbour Post", url="https://harbour.example/1"
    )
    assert chosen == title


def test_the_feed_says_which_of_the_pages_wordings_is_meant() -> None:
    head = Head(headline="Kenyans held: what we know", h1=TITLE, og_title=TITLE, page_title=TITLE)
    assert choose_title(head, feed_title="", outlet="", url="") == "Kenyans held: what we know"
    assert choose_title(head, feed_title=TITLE.upper(), outlet="", url="") == TITLE
    assert choose_title(head, feed_title="Something else", outlet="", url="") == "Kenyans held: what we know"


def test_a_title_above_the_text_is_not_repeated_in_it() -> None:
    given = page(html(before=f"<h2>Asia: {TITLE}</h2><p>{TITLE}</p>"))
    assert TITLE not in full(given).text
    assert TITLE not in quick(given).text


def test_a_title_of_ten_megabytes() -> None:
    begun = time.process_time()
    found = quick(page(html(title="Cocaine " * 1_300_000)))
    assert len(found.title) <= MAX_TITLE
    assert time.process_time() - begun < 20


LINKED = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "published", "origin"),
    [
        (LINKED.format('{"@type":"NewsArticle","datePublished":"2024-05-03T10:00:00+02:00"}'), (2024, 5, 3, 8), DateOrigin.JSON_LD),
        (LINKED.format('{"@graph":[{"@type":["Article"],"datePublished":"2024-05-03"}]}'), (2024, 5, 3), DateOrigin.JSON_LD),
        (LINKED.format('{"@type":"NewsArticle","articleBody":"a\n"b",,"datePublished":"2024-05-03"'), (2024, 5, 3), DateOrigin.JSON_LD),
        ('<meta property="article:published_time" content="2024-05-03T10:00:00Z">', (2024, 5, 3, 10), DateOrigin.META),
        ("<META NAME='date' CONTENT='2024-05-03'>", (2024, 5, 3), DateOrigin.META),
        (LINKED.format('{"@type":"NewsArticle","datePublished":"2031-05-03"}') + '<meta name="date" content="2024-05-03">', (2024, 5, 3), DateOrigin.META),
    ],
)  # fmt: skip
def test_dates_of_the_page(head: str, published: tuple[int, ...], origin: DateOrigin) -> None:
    whole = full(page(html(head=head)))
    assert (whole.published, whole.date_origin) == (datetime(*published, tzinfo=UTC), origin)


def test_the_feeds_date_is_believed_first_and_the_page_is_searched_last() -> None:
    feed = datetime(2024, 5, 1, tzinfo=UTC)
    assert quick(page(html(), published=feed)).date_origin is DateOrigin.FEED
    visible = full(page(html(before='<p class="date">Published on May 3, 2024</p>')))
    assert (visible.published, visible.date_origin) == (datetime(2024, 5, 3, tzinfo=UTC), DateOrigin.HTML)
    handed = quick_text(page(html(), published=feed), source=None, now=NOW)
    assert isinstance(handed, QuickPage)
    assert handed.date_origin is DateOrigin.GIVEN


@given(
    st.text(max_size=400),
    st.sampled_from(["<meta ", "<h1>", "<title>", '<script type="application/ld+json">[', "<time "]),
)
def test_any_head_is_read(text: str, opening: str) -> None:
    assert isinstance(read_head(opening + text + opening), Head)


@pytest.mark.parametrize(
    "unit", ["<meta ", "<h1>", "<title>", '<script type="application/ld+json">', "<time datetime=", "<h1 <"]
)
def test_a_hostile_head_takes_no_longer_than_its_length(unit: str) -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        read_head(unit * times)
        return time.process_time() - begun

    small = min(seconds(5_000) for _ in range(3))
    assert seconds(40_000) < 30 * small + 0.1


PROMPTS = {
    "en": ("SEE ALSO: More stories from the coast", "What are your thoughts? Click here to send us your comments.", "Related Content"),
    "es": ("LEA TAMBIÉN: Más noticias de la costa", "¿Qué opinas? Haz clic aquí para enviar tus comentarios.", "Contenido relacionado"),
    "pt": ("LEIA TAMBÉM: Mais notícias do litoral", "O que você acha? Envie o seu comentário.", "Conteúdo relacionado"),
    "fr": ("À LIRE AUSSI : Plus de nouvelles", "Qu'en pensez-vous ? Donnez votre avis.", "Articles liés"),
    "de": ("LESEN SIE AUCH: Mehr von der Küste", "Was meinen Sie? Schreiben Sie uns.", "Verwandte Artikel"),
    "it": ("LEGGI ANCHE: Altre notizie", "Cosa ne pensi? Inviaci i tuoi commenti.", "Articoli correlati"),
    "nl": ("LEES OOK: Meer nieuws", "Wat vindt u? Laat het ons weten.", "Gerelateerde artikelen"),
}  # fmt: skip


@pytest.mark.parametrize("language", PROMPTS)
def test_the_sites_own_lines_go_in_seven_languages(language: str) -> None:
    label, prompt, tail = PROMPTS[language]
    lines = [
        PARAGRAPHS[0],
        label,
        PARAGRAPHS[1],
        PARAGRAPHS[2],
        prompt,
        tail,
        "PERU / 3 MAY",
        "Teaser of another story…",
    ]
    assert trim_boilerplate("\n".join(lines)) == "\n".join(PARAGRAPHS)


def test_a_box_in_the_middle_does_not_end_the_article() -> None:
    lines = [
        PARAGRAPHS[0],
        "Related Content",
        "Another headline",
        "One more headline",
        PARAGRAPHS[1],
        PARAGRAPHS[2],
    ]
    assert trim_boilerplate("\n".join(lines)) == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "sentence",
    [
        "Related to the case, two more Kenyans were arrested in Lagos last week, the police spokesman told reporters there.",
        "Read more than 300 pages of court files and it is clear: the couriers were poor, the judge said in her ruling.",
        "Share prices fell. Police said: two were held.",
        "Photo evidence was shown to the two Kenyan women, who denied the charges at the hearing in Bangkok on Friday.",
        "Tags on the suitcases led officers to the two Kenyan women, who had checked them in at Addis Ababa together.",
    ],
)
def test_sentences_of_the_article_stay(sentence: str) -> None:
    assert sentence in trim_boilerplate("\n".join([PARAGRAPHS[0], sentence, PARAGRAPHS[1]]))


def test_plain_text_copied_from_a_site() -> None:
    copied = "\n".join(
        [f"HomeNewsCrime{TITLE}", "", TITLE, "", "", PARAGRAPHS[0], "", "SEE ALSO: Kenya News", "", PARAGRAPHS[1], "",
         PARAGRAPHS[2] + "  ", "", "We encourage readers to copy our work, with attribution.", "", "Related Content", "",
         "KENYA / 3 MAY", "", "Some officials say that…", "", "About Harbour Post", "", "Harbour Post looks for a manager…"]
    )  # fmt: skip
    assert clean_plain_text(copied) == (TITLE, "\n".join(PARAGRAPHS))


def test_plain_text_with_and_without_a_title() -> None:
    assert clean_plain_text(f"\n{TITLE}\n\n{PARAGRAPHS[0]}\n") == (TITLE, PARAGRAPHS[0])
    assert clean_plain_text(f"{PARAGRAPHS[0]}\n{PARAGRAPHS[1]}") == ("", f"{PARAGRAPHS[0]}\n{PARAGRAPHS[1]}")
    assert clean_plain_text("") == ("", "")


def test_lines_wrapped_at_a_width_are_joined() -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, 70) for paragraph in PARAGRAPHS)
    assert clean_plain_text(f"{TITLE}\n\n{wrapped}\n") == (TITLE, "\n".join(PARAGRAPHS))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (page(b""), Rejection.EMPTY),
        (page(b" \n\t "), Rejection.EMPTY),
        (page("<html><head></head><body><script>x()</script></body></html>"), Rejection.EMPTY),
        (page(b"%PDF-1.7 ...", content_type="application/pdf"), Rejection.NOT_HTML),
        (page(b"%PDF-1.7 ..."), Rejection.NOT_HTML),
        (page(b"\x89PNG\r\n\x1a\n...", content_type="image/png"), Rejection.NOT_HTML),
        (page('{"a": 1}', content_type="application/json"), Rejection.NOT_HTML),
        (page('<?xml version="1.0"?><rss version="2.0"><channel/></rss>', content_type="text/xml"), Rejection.NOT_HTML),
        (page(b"abc\x00def" * 9, content_type=""), Rejection.NOT_HTML),
        (page(html(paragraphs=("Watch the video.",))), Rejection.TOO_SHORT),
        (page(html(paragraphs=(PARAGRAPHS[0], "Subscribe to read the full story."))), Rejection.PAYWALLED),
        (page(html(paragraphs=(PARAGRAPHS[0], "Already a subscriber? Log in to read on."))), Rejection.PAYWALLED),
        (
            page(html(paragraphs=PARAGRAPHS[:1], head=LINKED.format('{"@type":"NewsArticle","isAccessibleForFree":"False"}'))),
            Rejection.PAYWALLED,
        ),
        (page(html(paragraphs=("Celnicy na lotnisku znaleźli w poniedziałek cztery kilogramy kokainy. " * 9,))), Rejection.OTHER_LANGUAGE),
        (
            page("<html><head><title>Just a moment...</title></head><body><h1>harbour.example</h1><p>Verify you are human "
                 "by completing the action below.</p><script>window._cf_chl_opt={}</script></body></html>"),
            Rejection.BLOCKED,
        ),
        (
            page("<html><head><title>harbour.example</title></head><body><p>Please enable JS and disable any ad blocker</p>"
                 '<script src="https://ct.captcha-delivery.com/c.js"></script></body></html>'),
            Rejection.BLOCKED,
        ),
        (
            page("<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to "
                 "access this server.<P>Reference #18.2c https://errors.edgesuite.net/18.2c</BODY></HTML>"),
            Rejection.BLOCKED,
        ),
    ],
)  # fmt: skip
def test_what_is_no_article(given: Page, reason: Rejection) -> None:
    assert refusal(given).reason is reason


def test_an_article_about_walls_is_no_wall() -> None:
    text = tuple(f"{paragraph} The site shows a captcha." for paragraph in PARAGRAPHS * 3)
    given = page(
        html(title="Access denied: how bot walls work", paragraphs=text, after="<script>px-captcha</script>")
    )
    assert full(given).title == "Access denied: how bot walls work"


def test_a_page_of_another_charset_is_read_to_the_end() -> None:
    paragraphs = tuple(
        f"{UMLAUTS} Zwei Männer wurden am Flughafen festgenommen, sagte die Polizei." for _ in range(5)
    )
    given = page(
        html(paragraphs=paragraphs, charset='<meta charset="windows-1252">').encode("windows-1252"),
        content_type="text/html",
    )
    assert full(given).text.split("\n")[0] == paragraphs[0]
    assert full(given).language == "de"


@given(st.text(max_size=300).map(lambda text: page(f"<html><p>{text}</p>")))
def test_any_markup_has_an_outcome(given: Page) -> None:
    found = quick_text(given, source=SOURCE, now=NOW)
    if isinstance(found, QuickPage):
        full_text(given, found, source=SOURCE, now=NOW)
