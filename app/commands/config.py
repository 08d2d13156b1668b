"""``detainee-watch config show``: the settings as they are in force."""

from __future__ import annotations

from typing import Annotated

import typer

from app import context
from app.console import draw, plain, write_json

app = typer.Typer(no_args_is_help=True, help="Show the settings.")


@app.command(
    "show",
    epilog="""\b
Examples:
  detainee-watch config show
  detainee-watch --config my.toml config show --json""",
)
def show(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False
) -> None:
    """Show each setting, its value and where that comes from; passwords are masked."""
    from app.settings import config_file, shown_settings

    settings = context.settings_of(ctx)
    file = config_file(ctx.obj.config)
    rows = shown_settings(settings, file)
    if as_json:
        write_json(
            {
                "file": str(file) if file else None,
                "settings": {row.name: {"value": row.value, "from": row.origin} for row in rows},
            }
        )
        return
    from rich.table import Table
    from rich.text import Text

    draw(f"settings file: {plain(str(file)) if file else 'none'}")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("setting", "value", "from"):
        table.add_column(name, overflow="fold")
    for row in rows:
        value = ", ".join(row.value) if isinstance(row.value, list) else str(row.value)
        table.add_row(row.name, Text(plain(value) or "(not set)"), row.origin)
    draw(table)
