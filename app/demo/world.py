"""The sample world: every outlet a small web server on a loopback port of its own.

    with World(load_stories(today), today=today) as world:
        crawl(world.sources(), allow_hosts=world.allowed)       # it is yesterday
        world.at = today                                        # new articles, and a correction
        crawl(world.sources(), allow_hosts=world.allowed)

Only the outlets' own ports are to be allowed to a crawl. ``private`` is the port of a service of
this machine that a page redirects to; whoever asks it is counted in ``trespasses``.
"""

from __future__ import annotations

import hashlib
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from app.demo import pages
from app.demo.articles import Story
from app.demo.feeds import Item, feed_of
from app.demo.outlets import OUTLETS, TROUBLES, Outlet, Trouble
from pipeline.types import Source
from pipeline.vocabulary import FeedState

HOST = "127.0.0.1"
DAY = timedelta(days=1)
HTML = "text/html; charset=utf-8"
PRIVATE_FEED = "http://10.0.0.1/rss"
ROBOTS = b"User-agent: *\nDisallow: /members/\nDisallow: /search\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server sends."""

    status: int = 200
    content_type: str = HTML
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class World:
    """All outlets together, at a moment. A context manager: inside it they can be reached."""

    def __init__(self, stories: Sequence[Story], *, today: datetime) -> None:
        self.today = today
        self.at = today - DAY  # the moment that it is in the world
        self.trespasses = 0
        self._stories = stories
        self._servers: dict[str, _Server] = {}
        self._dead = socket.socket()
        self._private: _Server | None = None

    def __enter__(self) -> Self:
        # A port that is taken and not listened on refuses every connection, and nobody else gets it.
        self._dead.bind((HOST, 0))
        self._private = _serve(self._trespass)
        for outlet in OUTLETS:
            if FeedState.CONNECTION not in (outlet.first, outlet.second):
                self._servers[outlet.slug] = _serve(_Site(self, outlet).answer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dead.close()
        for server in (*self._servers.values(), self._private):
            if server is not None:
                server.shutdown()
                server.server_close()

    def base(self, slug: str) -> str:
        """The address of an outlet, without a slash at its end."""
        server = self._servers.get(slug)
        port = self._dead.getsockname()[1] if server is None else server.server_address[1]
        return f"http://{HOST}:{port}"

    @property
    def private(self) -> str:
        """The address of the service that no crawl may reach."""
        assert self._private is not None
        return f"http://{HOST}:{self._private.server_address[1]}/admin"

    @property
    def allowed(self) -> tuple[str, ...]:
        """The outlets' own ports, for the crawl's allow-list."""
        return tuple(self.base(outlet.slug).removeprefix("http://") for outlet in OUTLETS)

    def sources(self) -> tuple[Source, ...]:
        """The outlets as a crawl is told of them."""
        return tuple(
            Source(
                slug=outlet.slug,
                name=outlet.name,
                url=self.base(outlet.slug) + outlet.feed,
                via=outlet.via,
                language=outlet.language,
                country=outlet.country,
                expect=7,
                links=outlet.links,
            )
            for outlet in OUTLETS
        )

    def stories_of(self, slug: str) -> tuple[Story, ...]:
        """What an outlet has published by now, latest first."""
        found = (story for story in self._stories if story.outlet == slug and story.published <= self.at)
        return tuple(sorted(found, key=lambda story: story.published, reverse=True))

    def troubles_of(self, slug: str) -> tuple[Trouble, ...]:
        """The pages of an outlet with which something is wrong."""
        return tuple(trouble for trouble in TROUBLES if trouble.outlet == slug)

    def is_corrected(self, story: Story) -> bool:
        """Whether the outlet has corrected the story by now: it does so after the first round."""
        return bool(story.correction) and self.at >= self.today

    def published(self, trouble: Trouble) -> datetime:
        """When a page with trouble appeared."""
        return (self.today - timedelta(hours=trouble.hours)).replace(microsecond=0)

    def _trespass(self, path: str, etag: str | None) -> Answer:
        self.trespasses += 1
        return Answer(body=b"<h1>Internal administration</h1>")


class _Site:
    """What one outlet answers."""

    def __init__(self, world: World, outlet: Outlet) -> None:
        self._world = world
        self._outlet = outlet

    def answer(self, path: str, etag: str | None) -> Answer:
        world, outlet = self._world, self._outlet
        if path == "/robots.txt":
            return Answer(content_type="text/plain", body=ROBOTS)
        if path == outlet.feed:
            return self._feed(etag)
        for trouble in world.troubles_of(outlet.slug):
            if path == trouble.path:
                return self._trouble(trouble)
        stories = world.stories_of(outlet.slug)
        for place, story in enumerate(stories):
            if path == story.path:
                others = (*stories[place + 1 :], *stories[:place])[:4]
                body = pages.article_page(
                    outlet, story, world.base(outlet.slug), others, corrected=world.is_corrected(story)
                )
                # No charset in the header: the page says itself which it is in.
                return Answer(content_type="text/html", body=body)
        return Answer(status=404, body=b"<h1>404</h1>")

    def _feed(self, etag: str | None) -> Answer:
        match self._outlet.first:
            case FeedState.BLOCKED:
                return Answer(status=403, body=pages.challenge_page())
            case FeedState.MALFORMED:
                return Answer(body=pages.error_page())
            case FeedState.FORBIDDEN_ADDRESS:
                return Answer(status=302, headers=(("Location", PRIVATE_FEED),))
        world, outlet = self._world, self._outlet
        items: list[Item] = []
        for story in world.stories_of(outlet.slug):
            title, summary = story.title, story.paragraphs[0]
            if world.is_corrected(story):
                title, summary = story.corrected(title), story.corrected(summary)
            items.append(Item(title=title, path=story.path, summary=summary, published=story.published))
        for trouble in world.troubles_of(outlet.slug):
            published = world.published(trouble)
            items.append(Item(title=trouble.title, path=trouble.path, summary="", published=published))
        kind, body = feed_of(outlet, items, world.base(outlet.slug), built=world.at)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if etag == tag:
            return Answer(status=304, content_type=kind, headers=(("ETag", tag),))
        return Answer(content_type=kind, body=body, headers=(("ETag", tag),))

    def _trouble(self, trouble: Trouble) -> Answer:
        outlet, published = self._outlet, self._world.published(trouble)
        url = self._world.base(outlet.slug) + trouble.path
        match trouble.kind:
            case "wall":
                return Answer(status=403, body=pages.challenge_page())
            case "gone":
                return Answer(status=404, body=b"<h1>404</h1>")
            case "pdf":
                return Answer(content_type="application/pdf", body=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF\n")
            case "private":
                return Answer(status=302, headers=(("Location", self._world.private),))
            case "paywall":
                return Answer(body=pages.paywall_page(outlet, trouble.title, url, published))
            case "short":
                return Answer(body=pages.picture_page(outlet, trouble.title, url, published))
            case _:
                return Answer(body=pages.danish_page(outlet, trouble.title, url, published))


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with kept connections; what is answered is the server's own affair."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        answer = self.server.answer(self.path, self.headers.get("If-None-Match"))
        self.send_response(answer.status)
        for name, value in (
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            *answer.headers,
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the demo's report is what is shown."""


class _Server(ThreadingHTTPServer):
    """One host of the world."""

    daemon_threads = True

    def __init__(self, answer: Callable[[str, str | None], Answer]) -> None:
        super().__init__((HOST, 0), _Handler)
        self.answer = answer  # path and If-None-Match → what is sent

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawl that is stopped leaves in the middle of an answer, which is no error of the world's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _serve(answer: Callable[[str, str | None], Answer]) -> _Server:
    server = _Server(answer)
    # The short interval is how often it looks whether it is to stop.
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
