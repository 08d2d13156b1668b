"""Fetches a few addresses outside of a crawl, under the crawl's own rules.

    probe(urls) ── JSON on stdin ──▶ python -m crawler.probe (one reactor, crawler/settings.py, guard,
                ◀─ one JSON line each ──  robots.txt, limits) ──▶ Fetched…

A process of its own, because Twisted's reactor runs once in a process and the caller (a command, a
scheduler) may want to probe again. Nothing is fetched here in any other way.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import CrawlError
from pipeline.vocabulary import FeedState

TIMEOUT = 30.0
"""Seconds for one answer."""

DELAY = 0.5
"""Seconds between two requests to one host."""

_ROOT = Path(__file__).resolve().parent.parent
# The working directory must not be able to put a module of its own in place of ours (-P), and the
# package is found where this file lies even when it is not installed.
_COMMAND = f"import sys; sys.path.append({str(_ROOT)!r}); from crawler.probe import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of one address."""

    asked: str  # the address that was given
    url: str  # where the answer came from, after redirects; ``asked`` when there was none
    status: int | None  # HTTP status, None when there was no answer
    content_type: str  # as sent, may be empty
    body: bytes  # empty unless ``state`` is OK
    state: FeedState  # OK when a body came, else what went wrong
    detail: str  # a few words for a person: "HTTP 503", "no answer in time"
    reason: str = ""  # the Rejection where there is one


def probe(
    urls: str | Sequence[str],
    *,
    contact: str,
    allow_hosts: Sequence[str] = (),
    timeout: float = TIMEOUT,
    delay: float = DELAY,
    honour: Sequence[str] = (),
) -> tuple[Fetched, ...]:
    """Fetch the addresses and give the outcome of each, in their order; a network error is none of ours.

    ``timeout`` is for one answer, ``delay`` the pause between two requests to one host, in seconds;
    ``honour`` are the reservations of mining that are honoured, where texts are to be read.
    Raises CrawlError when the fetching process itself fails, ValueError for a bad ``allow_hosts``.
    """
    asked = [urls] if isinstance(urls, str) else list(urls)
    outcomes = dict(
        probe_each(
            asked, contact=contact, allow_hosts=allow_hosts, timeout=timeout, delay=delay, honour=honour
        )
    )
    return tuple(outcomes[index] for index in range(len(asked)))


def probe_each(
    urls: Sequence[str],
    *,
    contact: str,
    allow_hosts: Sequence[str] = (),
    timeout: float = TIMEOUT,
    delay: float = DELAY,
    honour: Sequence[str] = (),
) -> Iterator[tuple[int, Fetched]]:
    """As ``probe``, but each (index, outcome) as soon as it is there, so that bodies need not pile up."""
    if not urls:
        return
    order = {
        "urls": list(urls),
        "contact": contact,
        "allow_hosts": list(allow_hosts),
        "timeout": timeout,
        "delay": delay,
        "honour": list(honour),
    }
    seen: set[int] = set()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own text
            [sys.executable, "-P", "-c", _COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        # One robots.txt, five redirects and a retry may each take the whole time-out; after that and the
        # pauses the process hangs, and a person waits for it.
        longest = 30 + 16 * timeout + len(urls) * (delay + timeout)
        watchdog = threading.Timer(longest, process.kill)
        watchdog.start()
        try:
            process.stdin.write(json.dumps(order).encode())
            process.stdin.close()
            for line in process.stdout:
                index, outcome = _decode(urls, line)
                seen.add(index)
                yield index, outcome
            code = process.wait()
        except BrokenPipeError:
            code = process.wait()
        finally:
            watchdog.cancel()
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()
        if code != 0 or len(seen) != len(urls):
            errors.seek(0)
            last = errors.read()[-2_000:].decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise CrawlError(
                f"fetching ended early (exit code {code}){': ' + last if last else ''}", key="probe"
            )


def _decode(urls: Sequence[str], line: bytes) -> tuple[int, Fetched]:
    answer = json.loads(line)
    index = int(answer["index"])
    return index, Fetched(
        asked=urls[index],
        url=answer["url"] or urls[index],
        status=answer["status"],
        content_type=answer["content_type"],
        body=base64.b64decode(answer["body"]),
        state=FeedState(answer["state"]),
        detail=answer["detail"],
        reason=answer["reason"],
    )


def main() -> None:
    """The fetching process: an order as JSON on stdin, one JSON line on stdout for each address."""
    # Scrapy takes half a second to import; the caller's process has no use for it.
    from crawler.probe_spider import fetch_all

    output = sys.stdout.buffer
    order: dict[str, Any] = json.load(sys.stdin.buffer)

    def emit(answer: dict[str, Any]) -> None:
        output.write(json.dumps(answer).encode() + b"\n")
        output.flush()

    fetch_all(emit=emit, **order)


if __name__ == "__main__":
    main()
