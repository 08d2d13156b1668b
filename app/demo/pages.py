"""HTML as outlets make it: head with metadata, navigation, cookie banner, related links, footer. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape

from app.demo.articles import WINDOWS, Story
from app.demo.outlets import Outlet

_WORDS = {
    # cookie banner, button, related links, newsletter, share, legal notice
    "en": (
        "We and our partners use cookies to remember your settings and to measure visits.",
        "Accept all",
        "More on this",
        "Get the morning briefing in your inbox",
        "Share this article",
        "All rights reserved",
    ),
    "es": (
        "Utilizamos cookies propias y de terceros para mejorar nuestros servicios.",
        "Aceptar y continuar",
        "Te puede interesar",
        "Recibe cada mañana nuestro boletín",
        "Compartir",
        "Todos los derechos reservados",
    ),
    "pt": (
        "Utilizamos cookies para melhorar a sua experiência de navegação.",
        "Aceitar todos",
        "Leia também",
        "Receba a nossa newsletter",
        "Partilhar",
        "Todos os direitos reservados",
    ),
    "fr": (
        "Nous utilisons des cookies pour mesurer l'audience de notre site.",
        "Tout accepter",
        "À lire aussi",
        "Recevez notre lettre du matin",
        "Partager",
        "Tous droits réservés",
    ),
    "de": (
        "Wir verwenden Cookies, um die Nutzung unserer Seiten zu messen.",
        "Alle akzeptieren",
        "Mehr zum Thema",
        "Unser Newsletter: jeden Morgen das Wichtigste",
        "Artikel teilen",
        "Alle Rechte vorbehalten",
    ),
    "it": (
        "Questo sito utilizza cookie tecnici e di profilazione.",
        "Accetta tutti",
        "Leggi anche",
        "Iscriviti alla newsletter",
        "Condividi",
        "Tutti i diritti riservati",
    ),
    "nl": (
        "Wij gebruiken cookies om het bezoek aan onze site te meten.",
        "Alles accepteren",
        "Lees ook",
        "Ontvang onze ochtendbrief",
        "Delen",
        "Alle rechten voorbehouden",
    ),
}

_STYLE = "body{font:17px/1.5 Georgia,serif;margin:0}.w{max-width:44em;margin:auto}nav a{margin-right:1em}"
_SCRIPT = "window.dataLayer=window.dataLayer||[];function track(){dataLayer.push(arguments)}track('view');"


def article_page(
    outlet: Outlet, story: Story, base: str, others: Sequence[Story], *, corrected: bool
) -> bytes:
    """The page of a story as it stands, with headlines of ``others`` around it."""
    title, paragraphs = story.title, story.paragraphs
    if corrected:
        title, paragraphs = story.corrected(title), tuple(map(story.corrected, paragraphs))
    related = _WORDS[outlet.language][2]
    links = "".join(f'<li><a href="{escape(other.path)}">{escape(other.title)}</a></li>' for other in others)
    body = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs)
    charset = "windows-1252" if WINDOWS in story.tags else "utf-8"
    page = _frame(
        outlet,
        title,
        base + story.path,
        f"<article>\n<header><h1>{escape(title)}</h1>\n{_byline(outlet, story.published)}</header>\n"
        f'<div class="article-body">\n{body}</div>\n</article>\n'
        f'<aside class="related"><h2>{related}</h2><ul>{links}</ul></aside>',
        published=story.published,
        summary=paragraphs[0],
        charset=charset,
    )
    # What the charset cannot write is written as HTML does it.
    return page.encode(charset, "xmlcharrefreplace")


def paywall_page(outlet: Outlet, title: str, url: str, published: datetime) -> bytes:
    """Two sentences, and the wall."""
    teaser = (
        "For forty years the marina was a place where anybody could tie up a boat and buy a pie. "
        "Then the council sold it, and the town has not stopped arguing since."
    )
    body = (
        f"<article><h1>{escape(title)}</h1>{_byline(outlet, published)}"
        f'<div class="article-body"><p>{teaser}</p>'
        '<div class="paywall"><p>This article is for subscribers only.</p>'
        "<p>Subscribe to continue reading. Already a subscriber? Log in.</p></div></div></article>"
    )
    return _frame(outlet, title, url, body, published=published, summary=teaser, free=False).encode()


def picture_page(outlet: Outlet, title: str, url: str, published: datetime) -> bytes:
    """A picture with its caption, and no article."""
    caption = "El puerto al amanecer."
    body = (
        f"<article><h1>{escape(title)}</h1><figure><img src='/foto.jpg' alt=''>"
        f"<figcaption>{caption}</figcaption></figure><p>{caption}</p></article>"
    )
    return _frame(outlet, title, url, body, published=published, summary=caption).encode()


def danish_page(outlet: Outlet, title: str, url: str, published: datetime) -> bytes:
    """An article in a language that is not read."""
    paragraphs = (
        "Havnen i den lille by på den anden side af grænsen har fået en ny færge, og hele byen var mødt "
        "frem for at se den lægge til kaj for første gang i lørdags.",
        "Borgmesteren holdt en kort tale om naboskab og fælles historie, og bagefter blev der serveret "
        "kaffe og kage i den gamle toldbygning, som nu er blevet til et lille museum.",
        "Færgen skal sejle fire gange om dagen i sommermånederne, og billetterne kan købes både på nettet "
        "og om bord. Rederiet håber, at mange tyske gæster vil bruge den nye rute.",
    )
    prose = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    body = f"<article><h1>{escape(title)}</h1><div class='article-body'>{prose}</div></article>"
    return _frame(
        outlet, title, url, body, published=published, summary=paragraphs[0], language="da"
    ).encode()


def challenge_page() -> bytes:
    """What a bot wall sends in place of a site."""
    return (
        b'<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title></head><body>'
        b"<h1>Checking your browser before accessing this site</h1>"
        b"<p>Enable JavaScript and cookies to continue.</p></body></html>"
    )


def listing_page(outlet: Outlet, entries: Sequence[tuple[str, str, str]]) -> bytes:
    """A front page; ``entries`` are title, path and first paragraph."""
    items = "".join(
        f'<div class="meldung"><a href="{escape(path)}"><img src="/bild.jpg" alt=""></a>'
        f'<h2><a href="{escape(path)}">{escape(title)}</a></h2><p>{escape(summary[:160])}</p></div>\n'
        for title, path, summary in entries
    )
    body = f'<main class="meldungen">\n{items}</main>'
    return _frame(outlet, outlet.sections[0], outlet.feed, body, summary=outlet.motto).encode()


def error_page() -> bytes:
    """What a site says when its feed's program fails."""
    return (
        b"<html><head><title>Erro</title></head><body><h1>Erro ao ligar \xc3\xa0 base de dados</h1>"
        b"<p>Tente novamente mais tarde. <b>Warning</b>: mysqli::connect() in feed.php on line 12</body>"
    )


def _byline(outlet: Outlet, published: datetime) -> str:
    return f'<p class="byline">{escape(outlet.name)} <time datetime="{published.isoformat()}"></time></p>'


def _frame(
    outlet: Outlet,
    title: str,
    url: str,
    body: str,
    *,
    summary: str,
    published: datetime | None = None,
    charset: str = "utf-8",
    free: bool = True,
    language: str | None = None,
) -> str:
    """A whole page around a body, with what the outlet puts on each."""
    cookies, accept, _, newsletter, share, rights = _WORDS[outlet.language]
    description = escape(summary[:200])
    metadata = ""
    if published is not None:
        linked = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": published.isoformat(),
            "isAccessibleForFree": free,
            "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
        }
        written = json.dumps(linked, ensure_ascii=True).replace("<", "\\u003c")
        metadata = (
            f'<script type="application/ld+json">{written}</script>\n'
            '<meta property="og:type" content="article">\n'
            f'<meta property="article:published_time" content="{published.isoformat()}">\n'
        )
    links = "".join(f'<a href="/{number}">{escape(name)}</a>' for number, name in enumerate(outlet.sections))
    return (
        f'<!DOCTYPE html>\n<html lang="{language or outlet.language}">\n<head>\n<meta charset="{charset}">\n'
        f"<title>{escape(title)} | {escape(outlet.name)}</title>\n"
        f'<meta name="description" content="{description}">\n'
        f'<meta property="og:title" content="{escape(title)}">\n'
        f'<meta property="og:site_name" content="{escape(outlet.name)}">\n'
        f'<link rel="canonical" href="{escape(url)}">\n'
        f"{metadata}<style>{_STYLE}</style>\n<script>{_SCRIPT}</script>\n</head>\n<body>\n"
        f'<div id="cookie-banner" role="dialog"><p>{escape(cookies)}</p><button>{accept}</button></div>\n'
        f'<header class="site"><a href="/">{escape(outlet.name)}</a> <span>{escape(outlet.motto)}</span>'
        f"<nav>{links}</nav></header>\n"
        f'<div class="w">\n{body}\n<div class="share">{share}</div>\n'
        f'<form class="newsletter"><label>{escape(newsletter)}</label><input type="email"></form>\n</div>\n'
        f"<footer><nav>{links}</nav><p>© {escape(outlet.name)}. {rights}.</p></footer>\n</body>\n</html>\n"
    )
