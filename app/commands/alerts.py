"""``detainee-watch alerts``: rules that tell somebody what they find."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback(short_help="Be told what is new.")
def alerts() -> None:
    """Be told of new cases, figures and articles: write a rule, try it, and get a message."""
