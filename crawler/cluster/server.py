"""The connection to Redis: an address, a client, and what its errors mean in words.

Passwords stay in here: what is shown of an address is its host, port and database.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline.errors import ConfigError, FrontierError

if TYPE_CHECKING:
    from redis import Redis

SCHEMES = ("redis", "rediss", "unix")
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
OLDEST = (6, 0)
"""The oldest version of the server that the scripts were tried with is 7.0; what they use is in 6.0."""
PREFIX = "detainee-watch:"
NOT_UNDERSTOOD = (
    "The address of Redis is not understood; it looks like redis://HOST:6379/0 "
    "(rediss:// with TLS, unix:///PATH for a socket)."
)


def shown_server(url: str) -> str:
    """A server as messages name it: redis://host:port/0, without user, password and parameters."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "unix":
            return f"unix://{parts.path}"
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path if parts.path != '/' else ''}"
    except ValueError:
        return "(an address that is not understood)"


def connect(url: str) -> Redis:
    """A client of the server at ``url``, which has answered and may be used.

    Raises ConfigError for what is no address of Redis or when the extra is not installed, FrontierError
    when the server cannot be reached or used.
    """
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise ConfigError(
            "A shared crawl needs the extra 'cluster': pip install 'detainee-watch[cluster]'.",
            key="redis_url",
        ) from error
    shown = shown_server(url)
    if urlsplit(url).scheme not in SCHEMES:
        raise ConfigError(NOT_UNDERSTOOD, key="redis_url")
    try:
        server: Redis = Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            # A lost connection is made anew once; whoever has more patience asks again.
            retry=Retry(NoBackoff(), 1),
            client_name="detainee-watch",
        )
    except (ValueError, TypeError) as error:
        # The message of such an error may hold the address with its password.
        raise ConfigError(NOT_UNDERSTOOD, key="redis_url") from error
    with translated(shown):
        version = str(_info(server).get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < OLDEST:
        raise FrontierError(
            f"The Redis server {shown} is of version {version}; at least 6.0 is needed.", key=shown
        )
    return server


def _info(server: Redis) -> dict[str, Any]:
    server.ping()
    told: Any = server.info("server")
    return dict(told)


class Lookout:
    """Sees from outside whether there is work in the frontier of the database ``name``."""

    def __init__(self, url: str, name: str) -> None:
        """Raises as ``connect`` does."""
        self.shown = shown_server(url)
        self._server = connect(url)
        self._key = f"{PREFIX}{name}:"

    def work_waits(self) -> bool:
        """Whether one more worker would have a host to work at. Raises FrontierError."""
        key = self._key
        with translated(self.shown):
            pipe = self._server.pipeline(transaction=False)
            pipe.zcard(f"{key}hosts")
            pipe.hlen(f"{key}leases")
            pipe.zcard(f"{key}workers")
            waiting, held, workers = pipe.execute()
        return bool(waiting or held > workers)


@contextmanager
def translated(shown: str) -> Iterator[None]:
    """Raises every error of Redis as FrontierError; ``shown`` names the server."""
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError, ssl.SSLError) as error:
        raise FrontierError(f"The Redis server {shown} {_in_words(error)}", key=shown) from error


def is_passing(error: BaseException | None) -> bool:
    """Whether a failure of Redis may be over in a moment: it restarts, or the network has a hiccup."""
    from redis import exceptions as e

    if isinstance(error, e.AuthenticationError | e.AuthorizationError):
        return False
    return isinstance(error, e.ConnectionError | e.TimeoutError | OSError)


def _in_words(error: BaseException) -> str:
    """What an error of Redis means, and what to do; ends a sentence and holds no secret."""
    from redis import exceptions as e

    text = str(error)
    match error:
        case e.AuthenticationError() if "HELLO" in text or "required" in text:
            return "wants a password; put it into 'redis_url'."
        case e.AuthenticationError() | e.AuthorizationError():
            return "refuses the user or the password; look at 'redis_url'."
        case e.NoPermissionError():
            return "does not let this user do what a shared crawl needs (EVALSHA, and its keys); see its ACL."
        case e.BusyLoadingError():
            return "is still loading its data; try again in a moment."
        case e.ReadOnlyError():
            return "is a replica that cannot be written; name its primary in 'redis_url'."
        case e.OutOfMemoryError():
            return "has no memory left (maxmemory); the pages stay pending in the database."
        case e.ResponseError() if "MISCONF" in text:
            return "does not take anything because it cannot save to its disk; look at its log."
        case e.ResponseError() if "OOM" in text:
            return "has no memory left (maxmemory); the pages stay pending in the database."
        case e.ResponseError() if "READONLY" in text:
            return "is a replica that cannot be written; name its primary in 'redis_url'."
        case e.ResponseError() if "NOPERM" in text:
            return "does not let this user do what a shared crawl needs (EVALSHA, and its keys); see its ACL."
        case e.ResponseError() if "WRONGTYPE" in text:
            return (
                f"holds something else under the names that begin with {PREFIX!r}; delete those keys "
                "('redis-cli --scan --pattern \"detainee-watch:*\"'), or use another database of it."
            )
        case e.InvalidResponse():
            return "does not answer as Redis does; is it another program's port?"
        case e.TimeoutError():
            return f"does not answer within {ANSWER_SECONDS:.0f} seconds."
        case e.ConnectionError() | OSError():
            return "cannot be reached; does it run, and is the port open?"
        case _:
            return f"cannot be used: {type(error).__name__}."
