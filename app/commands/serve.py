"""``detainee-watch serve``: what the database knows, as pages in a browser."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from app import context
from app.console import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine
    from starlette.types import ASGIApp

    from app.settings import Settings
    from pipeline.types import Record, Source
    from storage.alert_values import Hit, Rule
    from storage.health_values import SourceHealth
    from web.site import RuleFeed
    from web.tokens import Token

QUERY_SECONDS = 8.0
"""After so long a question to the database is given up."""

EXAMPLES = """\b
Examples:
  detainee-watch serve                               then open http://127.0.0.1:8765/
  detainee-watch serve --port 9000
  detainee-watch serve --hash                        asks for a password, prints what the settings need
  detainee-watch serve --address 0.0.0.0 --host-name watch.example.org

Without a password or a token in the settings only this machine is answered."""


def serve(
    ctx: typer.Context,
    address: Annotated[
        str | None, typer.Option("--address", metavar="IP", help="Where to listen; 127.0.0.1 if not set.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65_535, metavar="N", help="Its port; 0: a free one.")
    ] = None,
    host_name: Annotated[
        list[str] | None,
        typer.Option("--host-name", metavar="NAME", help="A name under which the pages may be asked for."),
    ] = None,
    open_to_all: Annotated[
        bool,
        typer.Option(
            "--let-anyone-read", help="Answer other machines although there is no password and no token."
        ),
    ] = False,
    hash_: Annotated[
        bool, typer.Option("--hash", help="Ask for a password or token, print its hash for the settings.")
    ] = False,
) -> None:
    """Show what the database knows as pages in a browser, as feeds and as an API. Runs until Ctrl-C.

    Pages that only show are made from a database that cannot be written. Who may review is said in
    docs/web.md.
    """
    if hash_:
        _print_hash()
        return
    settings = context.settings_of(ctx)
    at = address or settings.web.address
    given = settings.web.port if port is None else port
    names = (*settings.web.host_names, *(host_name or ()))
    locked = bool(
        settings.web.password_hash.get_secret_value()
        or settings.web.token_hash.get_secret_value()
        or settings.web.tokens
        or settings.web.users
    )
    if not _is_loopback(at) and not locked and not open_to_all:
        raise typer.BadParameter(
            f"{at} can be reached from other machines, and there is neither a password nor a token. "
            "'detainee-watch serve --hash' makes one for the settings; or say --let-anyone-read."
        )
    from app.sources import all_sources
    from storage.engine import open_database
    from web.panels import warm

    url = settings.database_url.get_secret_value()
    engine = open_for_reading(url)
    # Only pages that change something have it. Who is not known changes nothing: other machines may come by
    # a server that stands before this one, which a name of its own tells.
    alone = _is_loopback(at) and not names
    writer = open_database(url) if locked or alone else None
    try:
        app = make_site_app(
            settings,
            engine,
            all_sources(settings),
            address=at,
            names=names,
            writer=writer,
            config=ctx.obj.config if isinstance(ctx.obj, context.Globals) else None,
        )
        warm(engine, context.now)
        run(app, at, given)
    finally:
        engine.dispose()
        if writer is not None:
            writer.dispose()


def open_for_reading(url: str) -> Engine:
    """The database so that nothing can be written into it, and no question takes for ever; made or
    upgraded first where needed."""
    from pipeline.errors import StorageReadOnlyError
    from storage.engine import database_file, open_database
    from storage.patience import limit_time

    file = database_file(url)
    if file is not None and not file.exists():
        open_database(url).dispose()
    try:
        engine = open_database(url, read_only=True)
    except StorageReadOnlyError:
        # It is of an earlier version.
        open_database(url).dispose()
        engine = open_database(url, read_only=True)
    limit_time(engine, QUERY_SECONDS)
    return engine


def make_site_app(
    settings: Settings,
    engine: Engine,
    followed: Iterable[Source],
    *,
    address: str,
    names: tuple[str, ...],
    writer: Engine | None = None,
    config: Path | None = None,
) -> ASGIApp:
    """The application with all that it needs from this room; ``followed`` are the sources that it shows,
    ``writer`` is the database for pages that change something."""
    from app.metrics import exposition
    from app.person import login_name
    from app.web_desk import WebDesk
    from web.access import Role, User, Who
    from web.app import make_app
    from web.site import LOOPBACK, Keys, Site

    sources = {source.slug: source for source in followed}

    def advise(health: SourceHealth) -> str:
        from crawler.advice import what_to_do
        from crawler.sources import home_page

        source = sources.get(health.source)
        return what_to_do(health, home_page(source)) if source is not None else ""

    site = Site(
        engine=engine,
        now=context.now,
        sources=sources,
        advise=advise,
        metrics=lambda engine, now: exposition(engine, now=now),
        rule_feed=_rule_feed(settings),
        hosts=(*LOOPBACK, *_own_name(address), *names),
        keys=Keys(
            password=settings.web.password_hash.get_secret_value(),
            tokens=_tokens(settings),
            users=tuple(
                User(name=each.name, hash=each.password_hash.get_secret_value(), role=Role(each.role))
                for each in settings.web.users
            ),
        ),
        version=context.version(),
        writer=writer,
        desk=WebDesk(settings=settings, config=config, sources=sources),
        # Who needs no password is at this machine, and may do there what the command line can.
        alone=Who(name=login_name(), role=Role.ADMIN) if writer is not None else Who(name=""),
        secure=settings.mail.site.startswith("https://"),
    )
    return make_app(site)


def _rule_feed(settings: Settings) -> RuleFeed:
    """What a rule found as a feed, as 'alerts feed' makes it."""
    from alerts.feeds import atom, feed_entries, json_feed
    from app.alerting import outlet_names

    names = outlet_names(settings)

    def made(
        rule: Rule,
        hits: Sequence[Hit],
        records: Mapping[int, Record],
        *,
        now: datetime,
        address: str,
        home: str,
        as_json: bool,
    ) -> bytes:
        entries = feed_entries(rule, hits, records=records, names=names)
        if as_json:
            return json_feed(rule, entries, address=address, home=home)
        return atom(rule, entries, now=now, address=address, home=home)

    return made


def _tokens(settings: Settings) -> tuple[Token, ...]:
    """The tokens of the settings; the one without a name reads."""
    from web.tokens import Scope, Token

    plain = settings.web.token_hash.get_secret_value()
    return (
        *((Token(name="token", hash=plain),) if plain else ()),
        *(
            Token(name=each.name, hash=each.hash.get_secret_value(), scope=Scope(each.scope))
            for each in settings.web.tokens
        ),
    )


def run(app: ASGIApp, address: str, port: int) -> None:
    """Answers until Ctrl-C. Says where."""
    import gc
    import socket

    import uvicorn

    # A large answer makes some hundred thousand objects at once: to look through all that stays for ever
    # for each few hundred of them is a fifth of its time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # With the protocol named asyncio sends small pieces at once; else an answer waits 40 ms for the
    # acknowledgement of its headers.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address, port))
            # Who opens the address as soon as it is said waits for the answer, and is not refused.
            listening.listen(100)
        except OSError as error:
            raise typer.BadParameter(f"{address}:{port} cannot be listened on: {error.strerror}") from None
        shown = f"[{address}]" if ":" in address else address
        say(f"Open http://{shown}:{listening.getsockname()[1]}/ in a browser. Ctrl-C ends it.")
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=200,
            h11_max_incomplete_event_size=32_768,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=5,
        )
        uvicorn.Server(config).run(sockets=[listening])


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        raise typer.BadParameter(
            f"{address!r} is no address to listen on; write 127.0.0.1, 0.0.0.0 or one of this machine's"
        ) from None


def _own_name(address: str) -> tuple[str, ...]:
    """The address itself as a name, unless it stands for all of this machine's."""
    return () if ipaddress.ip_address(address).is_unspecified else (address,)


def _print_hash() -> None:
    from web.guard import hasher

    if sys.stdin.isatty():
        word = typer.prompt("Password or token", hide_input=True, confirmation_prompt=True, err=True)
    else:
        word = sys.stdin.readline().rstrip("\n")
    if len(word) < 12:
        raise typer.BadParameter("a password or token needs at least 12 characters")
    typer.echo(hasher().hash(word))
    say(
        "Put it into the settings, in the table [web]: password_hash = '…' for people, token_hash = '…' for "
        "programs."
    )
