"""WARC files of invented news pages, of the size and mark-up of real ones.

    make_archive(folder, pages=20_000)      files of 2,500 pages each, kept for the next time

The measures are the means of 219 pages of 60 outlets: 290 kB, of them 90 kB in 39 scripts, 70 kB of
styles, 21 kB of drawings, a thousand tags and 21,000 characters of text; packed, 54 kB. Of ordinary
articles 9 percent have a drug word and a custody word, 5 percent close enough to be looked at twice: here
one in eight has them in a teaser, one in twenty in its own text, and one in 256 tells of foreigners held.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.site import WORDS, sentences

PER_FILE = 2_500
BODIES = 48
VERSION = 5
"""Rises when pages are made otherwise: files of an earlier version are not used again."""
TEASER = "Police arrested a man with two kilos of cocaine near the harbour on Tuesday."
STORY = "Detectives said the man was arrested with 300 grams of cannabis and will be charged next week. " * 2
REPORT = (
    "Two Dutch nationals were arrested at the airport of Lima with 12 kilos of cocaine in their luggage, "
    "police said on Monday. They are held in the prison of Callao and face up to fifteen years."
)
OUTLETS = tuple(f"{first}-{second}.example" for first in WORDS[:20] for second in WORDS[20:30])


def make_page(body: tuple[str, str, str], number: int, seed: int) -> bytes:
    """Page ``number``: its own headline, day and story in one of the bodies."""
    rng = random.Random(seed * 1_000_003 + number)
    title = f"The {rng.choice(WORDS)} of the {rng.choice(WORDS)} and the {rng.choice(WORDS)} {number}"
    day = f"2019-03-{number % 28 + 1:02}T08:{number % 60:02}:00Z"
    told = f"<p>{sentences(rng, 3)}</p>"
    if number % 256 == 5:
        told += f"<p>{REPORT}</p>"
    elif number % 20 == 7:
        told += f"<p>{STORY}</p>"
    aside = f"<p>{TEASER}</p>" if number % 8 == 3 else ""
    data = json.dumps({"@type": "NewsArticle", "headline": title, "datePublished": day})
    head = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Example</title>'
        f'<meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="{day}">'
        f'<script type="application/ld+json">{data}</script>'
    )
    before, middle, after = body
    return f"{head}{before}<h1>{title}</h1>{told}{middle}{aside}{after}".encode()


def make_body(seed: int) -> tuple[str, str, str]:
    """All of a page but its headline and its first paragraphs: what stands before, between and after."""
    rng = random.Random(seed)
    style = "".join(
        f".{rng.choice(WORDS)}-{rng.choice(WORDS)}__{rng.choice(WORDS)}{{margin:{rng.randint(0, 40)}px auto;"
        f"padding:0 {rng.randint(0, 40)}px;color:#{rng.randrange(16**6):06x};display:flex}}\n"
        for _ in range(rng.randint(400, 1_200))
    )
    scripts = "".join(
        f'<script src="/static/{rng.choice(WORDS)}.{rng.randrange(16**8):08x}.js" async></script>'
        f"<script>window.{rng.choice(WORDS)}={json.dumps(_state(rng))};</script>"
        for _ in range(19)
    )
    icons = [
        f'<svg viewBox="0 0 24 24" class="icon"><path d="{_path(rng)}" fill="currentColor"/></svg>'
        for _ in range(30)
    ]
    links = "".join(
        f'<li class="nav-item nav-item--{rng.choice(WORDS)}"><div class="nav-item__box" data-track="nav|{n}">'
        f'<a class="nav-item__link" href="/{rng.choice(WORDS)}/{rng.choice(WORDS)}/{n}">{rng.choice(icons)}'
        f"<span>{rng.choice(WORDS).title()}</span></a></div></li>"
        for n in range(60)
    )
    cards = "".join(_card(rng, n) for n in range(60))
    article = "".join(f"<p>{sentences(rng, 5)}</p>" for _ in range(rng.randint(7, 14)))
    before = (
        f"<style>{style}</style>{scripts}</head><body><header><nav><ul>{links}</ul></nav></header>"
        "<main><article class='article'><div class='article__body' itemprop='articleBody'>"
    )
    middle = f"{article}</div></article></main><aside class='more'>"
    after = f"{cards}</aside><footer><ul>{links}</ul></footer></body></html>"
    return before, middle, after


def _state(rng: random.Random) -> dict[str, object]:
    return {
        f"{rng.choice(WORDS)}{n}": {
            "id": rng.randrange(10**6),
            "slug": f"{rng.choice(WORDS)}-{rng.choice(WORDS)}",
            "on": rng.random() < 0.5,
        }
        for n in range(rng.randint(40, 100))
    }


def _path(rng: random.Random) -> str:
    return " ".join(f"{rng.choice('MLC')}{rng.random() * 24:.2f} {rng.random() * 24:.2f}" for _ in range(12))


def _card(rng: random.Random, number: int) -> str:
    image = f"https://images.example/{rng.randrange(16**12):012x}/{rng.choice(WORDS)}.jpg"
    sizes = ", ".join(f"{image}?width={width}&quality=85 {width}w" for width in (320, 640, 960, 1280))
    return (
        f'<div class="card card--{rng.choice(WORDS)}" data-id="{rng.randrange(10**9)}">'
        f'<div class="card__media"><a href="/{rng.choice(WORDS)}/{number}">'
        f'<img loading="lazy" alt="{sentences(rng, 1)}" srcset="{sizes}">'
        f'</a></div><div class="card__text"><div class="card__kicker">{rng.choice(WORDS)}</div>'
        f'<h3><a href="/{rng.choice(WORDS)}/{number}">{sentences(rng, 1)[:70]}</a></h3>'
        f"<p>{sentences(rng, 1)}</p></div></div>"
    )


def make_record(url: str, body: bytes, *, moment: str = "2019-03-29T10:00:00Z") -> bytes:
    """A response record, as a crawler writes it."""
    http = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: nginx\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    number = hashlib.md5(url.encode()).hexdigest()
    digest = base64.b32encode(hashlib.sha1(http).digest()).decode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {moment}\r\n"
        f"WARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Block-Digest: sha1:{digest}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def write_file(path: Path, first: int, pages: int, host: str = "") -> None:
    """One file; ``host``: of all pages, else each is of one of OUTLETS."""
    bodies = [make_body(seed) for seed in range(BODIES)]
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        for number in range(first, first + pages):
            body = make_page(bodies[number * 7 % BODIES], number, number % BODIES)
            where = host or OUTLETS[number * 13 % len(OUTLETS)]
            url = f"https://www.{where}/world/2019/mar/{number % 28 + 1:02}/{number}"
            file.write(gzip.compress(make_record(url, body), 5, mtime=0))
    part.rename(path)


def make_archive(folder: Path, pages: int, *, workers: int = 4, per_file: int = PER_FILE) -> tuple[Path, ...]:
    """Files of ``per_file`` pages, ``pages`` in all; those that are there already are used."""
    folder.mkdir(parents=True, exist_ok=True)
    paths, waiting = [], []
    for first in range(0, pages, per_file):
        count = min(per_file, pages - first)
        path = folder / f"pages-{VERSION}-{first}-{count}.warc.gz"
        paths.append(path)
        if not path.exists():
            waiting.append((path, first, count))
    with ProcessPoolExecutor(workers) as pool:
        for made in [pool.submit(write_file, *each) for each in waiting]:
            made.result()
    return tuple(paths)
