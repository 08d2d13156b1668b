"""The outlets of the sample world, and what is planned to go wrong in it. Data, no code.

Each planned failure is the only one of its name at its outlet, so that the crawl's own counts can
be held against the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.vocabulary import FeedState, Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An invented outlet, served on a loopback port of its own."""

    slug: str
    name: str
    motto: str
    language: str  # ISO 639-1
    country: str  # ISO 3166-1 alpha-2
    via: str  # rss | atom | jsonfeed | sitemap | listing
    feed: str  # path of its feed
    links: str | None = None  # CSS selector (listing only)
    sections: tuple[str, ...] = ()  # its navigation
    first: FeedState = FeedState.OK  # how its feed is to end in the first round
    second: FeedState = FeedState.OK  # and in the second
    planned: str = ""  # what is special about it, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A page that is in a feed and can not be read, or must not be."""

    outlet: str  # slug
    title: str  # as the feed has it
    path: str
    kind: str  # what the server does: see world.py
    reason: Rejection  # what the crawl must call it
    planned: str  # what it is, in words for the report
    hours: float  # published so long before now


OUTLETS = (
    Outlet(
        slug="harbour-courier",
        name="The Harbour Courier",
        motto="News from the quays since 1871",
        language="en",
        country="GB",
        via="rss",
        feed="/feed.xml",
        sections=("News", "World", "Courts", "Sport", "Weather", "Letters"),
    ),
    Outlet(
        slug="coral-coast-gazette",
        name="Coral Coast Gazette",
        motto="Independent, and near the water",
        language="en",
        country="AU",
        via="rss",
        feed="/rss/latest",
        sections=("Top stories", "Region", "Crime", "Business", "Lifestyle"),
    ),
    Outlet(
        slug="correo-del-malecon",
        name="El Correo del Malecón",
        motto="Diario de la tarde",
        language="es",
        country="ES",
        via="atom",
        feed="/atom.xml",
        sections=("Portada", "España", "Internacional", "Sucesos", "Deportes", "Cultura"),
    ),
    Outlet(
        slug="mirador-andino",
        name="El Mirador Andino",
        motto="La región, desde arriba",
        language="es",
        country="PE",
        via="rss",
        feed="/rss.xml",
        sections=("Inicio", "Política", "Regiones", "Policiales", "Economía"),
        second=FeedState.UNCHANGED,
        planned="answers 304 on the second day: nothing has changed",
    ),
    Outlet(
        slug="diario-da-enseada",
        name="Diário da Enseada",
        motto="Todos os dias, de manhã",
        language="pt",
        country="PT",
        via="jsonfeed",
        feed="/feed.json",
        sections=("Início", "País", "Mundo", "Justiça", "Desporto", "Opinião"),
    ),
    Outlet(
        slug="phare-du-littoral",
        name="Le Phare du Littoral",
        motto="Le quotidien de la côte",
        language="fr",
        country="FR",
        via="rss",
        feed="/flux.rss",
        sections=("À la une", "Région", "Faits divers", "Monde", "Sports", "Loisirs"),
    ),
    Outlet(
        slug="hafenbote",
        name="Der Hafenbote",
        motto="Zeitung für Stadt und Strom",
        language="de",
        country="DE",
        via="listing",
        feed="/aktuell",
        links="main.meldungen h2 a",
        sections=("Aktuell", "Hafen", "Panorama", "Wirtschaft", "Sport", "Kultur"),
    ),
    Outlet(
        slug="gazzetta-della-darsena",
        name="La Gazzetta della Darsena",
        motto="Cronaca, mare e città",
        language="it",
        country="IT",
        via="rss",
        feed="/rss/cronaca.xml",
        sections=("Home", "Cronaca", "Politica", "Economia", "Sport", "Meteo"),
    ),
    Outlet(
        slug="kadebode",
        name="De Kadebode",
        motto="Nieuws van de kade",
        language="nl",
        country="NL",
        via="sitemap",
        feed="/sitemap-news.xml",
        sections=("Voorpagina", "Regio", "Buitenland", "112", "Sport", "Cultuur"),
    ),
    Outlet(
        slug="quiet-valley-post",
        name="Quiet Valley Post",
        motto="When something happens, we write",
        language="en",
        country="IE",
        via="rss",
        feed="/feed",
        first=FeedState.EMPTY,
        second=FeedState.EMPTY,
        planned="its feed has no entry; the outlet is silent",
    ),
    Outlet(
        slug="gazeta-da-serra",
        name="Gazeta da Serra",
        motto="",
        language="pt",
        country="BR",
        via="rss",
        feed="/rss",
        first=FeedState.MALFORMED,
        second=FeedState.MALFORMED,
        planned="an error message of the site in place of the feed",
    ),
    Outlet(
        slug="bastion-du-nord",
        name="Le Bastion du Nord",
        motto="",
        language="fr",
        country="BE",
        via="atom",
        feed="/atom",
        first=FeedState.BLOCKED,
        second=FeedState.BLOCKED,
        planned="a bot wall, 403 and a challenge page",
    ),
    Outlet(
        slug="stille-eiland",
        name="Het Stille Eiland",
        motto="",
        language="nl",
        country="NL",
        via="rss",
        feed="/rss",
        first=FeedState.CONNECTION,
        second=FeedState.CONNECTION,
        planned="a dead server, nobody listens at its address",
    ),
    Outlet(
        slug="corriere-deviato",
        name="Il Corriere Deviato",
        motto="",
        language="it",
        country="IT",
        via="rss",
        feed="/rss",
        first=FeedState.FORBIDDEN_ADDRESS,
        second=FeedState.FORBIDDEN_ADDRESS,
        planned="its feed redirects to 10.0.0.1, a private address",
    ),
)

TROUBLES = (
    Trouble(
        outlet="harbour-courier",
        title="Members only: the harbour master's diary",
        path="/members/diary.html",
        kind="page",
        reason=Rejection.ROBOTS_DENIED,
        planned="a page that robots.txt forbids",
        hours=31,
    ),
    Trouble(
        outlet="harbour-courier",
        title="Tide tables for the coming quarter",
        path="/files/tide-tables.pdf",
        kind="pdf",
        reason=Rejection.NOT_HTML,
        planned="a PDF in place of a page",
        hours=50,
    ),
    Trouble(
        outlet="coral-coast-gazette",
        title="Inside the marina deal that divided a town",
        path="/premium/marina-deal",
        kind="paywall",
        reason=Rejection.PAYWALLED,
        planned="a teaser that ends at a paywall",
        hours=33,
    ),
    Trouble(
        outlet="correo-del-malecon",
        title="La foto del día",
        path="/fotos/foto-del-dia",
        kind="short",
        reason=Rejection.TOO_SHORT,
        planned="a picture with a caption and no article",
        hours=29,
    ),
    Trouble(
        outlet="diario-da-enseada",
        title="Crónica apagada",
        path="/opiniao/cronica-apagada",
        kind="gone",
        reason=Rejection.GONE,
        planned="a page that is no longer there (404)",
        hours=44,
    ),
    Trouble(
        outlet="phare-du-littoral",
        title="Notre grand entretien de la semaine",
        path="/entretien-de-la-semaine",
        kind="wall",
        reason=Rejection.BLOCKED,
        planned="a page behind a bot wall; tried again on the second day",
        hours=36,
    ),
    Trouble(
        outlet="hafenbote",
        title="Nyt fra vores danske naboer",
        path="/nachbarn/nyt-fra-danmark",
        kind="danish",
        reason=Rejection.OTHER_LANGUAGE,
        planned="an article in Danish, which is not one of the seven languages",
        hours=40,
    ),
    Trouble(
        outlet="gazzetta-della-darsena",
        title="Area riservata della redazione",
        path="/redazione/area-riservata",
        kind="private",
        reason=Rejection.FORBIDDEN_ADDRESS,
        planned="a page that redirects to a service inside this machine",
        hours=38,
    ),
)
