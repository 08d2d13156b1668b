"""``detainee-watch demo``: the whole way on a sample world."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\b
Examples:
  detainee-watch demo
  detainee-watch demo --folder my-demo         keep it where you want it"""


def demo(
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the demo's files go; a temporary folder if not given."),
    ] = None,
    keep: Annotated[bool, typer.Option(help="Keep the database, to ask it questions.")] = True,
) -> None:
    """Serve a sample world of invented outlets on this machine, crawl it twice, and explain what came of it.

    Takes less than a minute and needs no network.
    """
    from app.console import out
    from app.demo import run_demo

    raise typer.Exit(run_demo(folder=folder, keep=keep, console=out()))
