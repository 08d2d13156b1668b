"""``detainee-watch demo``: the whole way on a sample world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from starlette.types import ASGIApp

EXAMPLES = """\b
Examples:
  detainee-watch demo
  detainee-watch demo --serve                  and show what came of it in a browser
  detainee-watch demo --folder my-demo         keep it where you want it"""


def demo(
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the demo's files go; a temporary folder if not given."),
    ] = None,
    keep: Annotated[bool, typer.Option(help="Keep the database, to ask it questions.")] = True,
    serve: Annotated[
        bool, typer.Option("--serve", help="At the end show it in a browser, until Ctrl-C.")
    ] = False,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65_535, metavar="N", help="With --serve: where; 0: a free port."),
    ] = 8765,
) -> None:
    """Serve a sample world of invented outlets on this machine, crawl it twice, and explain what came of it.

    Takes less than a minute and needs no network.
    """
    from app.console import out
    from app.demo import run_demo

    shown = (lambda place: _serve(place, port)) if serve else None
    raise typer.Exit(run_demo(folder=folder, keep=keep, console=out(), show=shown))


def _serve(place: Path, port: int) -> None:
    from app.commands.serve import run

    with demo_site(place) as app:
        run(app, "127.0.0.1", port)


@contextmanager
def demo_site(place: Path) -> Iterator[ASGIApp]:
    """The pages on the demo's database, with the demo's outlets alone; whoever asks may do everything."""
    from pydantic import SecretStr

    from app.commands.serve import make_site_app, open_for_reading
    from app.demo import CONFIG
    from app.demo.rounds import OUTLETS, database_url
    from app.settings import Settings
    from app.web_settings import WebSettings
    from crawler.sources import load_sources
    from storage.engine import open_database

    url = database_url(place)
    # A password for the reader's own pages is none for these, and what is changed here is the demo's:
    # its rules lie in its database, sources that are added beside its outlets.
    settings = Settings.model_construct(
        web=WebSettings.model_validate({}),
        database_url=SecretStr(url),
        sources_file=place / OUTLETS / "demo.toml",
    )
    engine, writer = open_for_reading(url), open_database(url)
    try:
        outlets = load_sources(folder=place / OUTLETS)
        yield make_site_app(
            settings,
            engine,
            outlets,
            address="127.0.0.1",
            names=(),
            writer=writer,
            config=place / CONFIG,
        )
    finally:
        engine.dispose()
        writer.dispose()
