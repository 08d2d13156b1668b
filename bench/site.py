"""A site on loopback with feeds and as many real-sized pages as are asked for.

    python -m bench.site --pages 2000        prints its port, serves until it is killed

Every page has an address and a headline of its own; the bulk is one of 32 bodies of 100 to 170 kB:
navigation, scripts, an article of a few thousand characters, and a footer, in invented words. The
server is as thin as it can be, so that the crawl is measured and not the server.
"""

from __future__ import annotations

import argparse
import asyncio
import random

PER_FEED = 1_000
BODIES = 32
VOCABULARY = (
    "harbour council market season river museum village teacher window garden engine concert autumn bridge "
    "station library weather farmer kitchen painter journey morning valley orchard lantern festival workshop "
    "ferry bakery meadow theatre archive pavement chimney violin harvest"
)
WORDS = VOCABULARY.split()


def sentences(rng: random.Random, count: int) -> str:
    """Ordinary prose about nothing that concerns this project."""
    made = []
    for _ in range(count):
        words = [rng.choice(WORDS) for _ in range(rng.randint(3, 9))]
        made.append(
            f"The {words[0]} of the {words[1]} was {rng.choice(('open', 'quiet', 'busy'))} near the "
            f"{' and the '.join(words[2:])} this {rng.choice(('week', 'month', 'spring'))}."
        )
    return " ".join(made)


def make_body(seed: int) -> bytes:
    """Everything of a page that comes after its headline: 100 to 170 kB."""
    rng = random.Random(seed)
    size = rng.randint(100_000, 170_000)
    links = "".join(f'<li class="nav-item"><a href="/n/{i}">{rng.choice(WORDS)}</a></li>' for i in range(60))
    article = "".join(f"<p>{sentences(rng, 5)}</p>" for _ in range(rng.randint(8, 16)))
    teasers = "".join(
        f'<article class="card"><a href="/t/{i}"><h3>{sentences(rng, 1)}</h3></a>'
        f"<p>{sentences(rng, 1)}</p></article>"
        for i in range(12)
    )
    head = f"<nav><ul>{links}</ul></nav><main><article><div class='body'>{article}</div></article></main>"
    tail = f"<aside>{teasers}</aside><footer><ul>{links}</ul></footer></body></html>"
    script = (
        "window.__state={" + ",".join(f'"{rng.choice(WORDS)}{i}":{rng.random()}' for i in range(3_000)) + "}"
    )
    filler = size - len(head) - len(tail)
    script = (script * 3)[: max(0, filler)]
    return f"{head}<script>{script}</script>{tail}".encode()


def make_feed(number: int, pages: int) -> bytes:
    """The RSS feed of up to PER_FEED pages."""
    first = number * PER_FEED
    items = "".join(
        f"<item><title>Page {i}: {WORDS[i % len(WORDS)]}</title><link>/page/{i}.html</link>"
        f"<guid>page-{i}</guid></item>"
        for i in range(first, min(first + PER_FEED, pages))
    )
    channel = f"<channel><title>Bench</title>{items}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


class Site(asyncio.Protocol):
    """HTTP/1.1 with kept connections, GET only."""

    pages = 0
    bodies: tuple[bytes, ...] = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            request, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            self.answer(request.split(b" ", 2)[1].decode())

    def answer(self, path: str) -> None:
        kind, body = "text/html; charset=utf-8", (b"",)
        status = "200 OK"
        if path.startswith("/page/"):
            number = int(path[6:-5])
            title = f"Page {number}: {WORDS[number % len(WORDS)]}"
            head = (
                f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
                f'<meta property="article:published_time" content="2026-03-{number % 28 + 1:02}T08:00:00Z">'
                f"</head><body><h1>{title}</h1>"
            )
            body = (head.encode(), self.bodies[number % len(self.bodies)])
        elif path.startswith("/feed/"):
            kind, body = "application/rss+xml", (make_feed(int(path[6:-4]), self.pages),)
        else:
            status = "404 Not Found"
        size = sum(len(part) for part in body)
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
        self.transport.writelines([head.encode(), *body])


async def serve(pages: int) -> None:
    """Serve until killed; the port stands alone on the first line."""
    Site.pages = pages
    Site.bodies = tuple(make_body(seed) for seed in range(BODIES))
    server = await asyncio.get_running_loop().create_server(Site, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2_000)
    asyncio.run(serve(parser.parse_args().pages))
