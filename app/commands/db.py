"""``detainee-watch db``: copies of the database, taking one back, looking whether it is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import context
from app.console import say, write, write_json
from pipeline.errors import StorageBusyError

app = typer.Typer(no_args_is_help=True, help="Copy, restore and check the database.")


@app.command(
    "backup",
    epilog="""\b
Examples:
  detainee-watch db backup /media/disk/watch-copy.sqlite3
  detainee-watch db backup .                       named by the time, in this folder""",
)
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, or a folder that is there.")],
) -> None:
    """Copy the database to FILE, whole and of one moment, also while a crawl runs.

    On PostgreSQL the server's own pg_dump makes it, in its "custom" form.
    """
    from storage.engine import on_server
    from storage.upkeep import backup_database

    url = context.database_of(ctx)
    ending = "dump" if on_server(url) else "sqlite3"
    target = file / f"detainee-watch-{context.now():%Y%m%dT%H%M%SZ}.{ending}" if file.is_dir() else file
    size = backup_database(url, target)
    say(f"{target}: {size / 1e6:.1f} MB")


@app.command("restore", epilog="\b\nExamples:\n  detainee-watch db restore watch-copy.sqlite3")
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy made by 'db backup'.")],
) -> None:
    """Put a copy in the place of the database, which is kept beside it under another name.

    Neither the scheduler nor a crawl may run. The copy is looked over first; one that is damaged
    changes nothing. On PostgreSQL this says by which commands a copy is taken back there.
    """
    from app.locks import crawl_lock, schedule_lock
    from pipeline.errors import StorageError
    from storage.engine import database_file, on_server
    from storage.upkeep import restore_database

    url = context.database_of(ctx)
    place = database_file(url)
    if on_server(url):
        restore_database(url, file, now=context.now())
    if place is None:
        raise StorageError("The database is no file, so nothing can be restored.", key="database_url")
    place.parent.mkdir(parents=True, exist_ok=True)
    with schedule_lock(place) as schedule, crawl_lock(place) as crawls:
        if not schedule.take():
            raise StorageBusyError("A scheduler is at work; end it first.", key=str(place))
        if not crawls.take():
            raise StorageBusyError("A crawl is under way; end it first, or wait.", key=str(place))
        aside = restore_database(url, file, now=context.now())
    say(f"{place} is restored from {file}." + (f" What was there is now {aside}." if aside else ""))
    say("What was forgotten since the copy was made is back with it: forget it again.")


@app.command("check", epilog="\b\nExamples:\n  detainee-watch db check && echo sound")
def check(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False
) -> None:
    """Look the whole database over: the file, its indexes, the search index, the shape of its tables.

    Exit code 0 when it is sound, 1 when it is not.
    """
    from storage.checking import check_database
    from storage.engine import on_server

    url = context.database_of(ctx)
    found = check_database(url)
    if as_json:
        write_json(
            {
                "file": found.file,
                "version": found.version,
                "sound": found.sound,
                "faults": found.faults,
                "drift": found.drift,
            }
        )
    elif found.sound:
        write(f"{found.file}: sound (tables of version {found.version})\n")
    else:
        for fault in found.faults:
            write(f"fault: {fault}\n")
        for one in found.drift:
            write(f"tables: {one}\n")
        if found.faults:
            say(
                "Take a copy back; 'detainee-watch db restore FILE' says how on PostgreSQL. An index that is "
                "not whole is made anew by REINDEX."
                if on_server(url)
                else "Take a copy back with 'detainee-watch db restore FILE'. Without one, "
                f"'sqlite3 {found.file} .recover' saves what can be saved."
            )
        else:
            say(
                "The tables were changed by another program, or by a version in between. "
                "Reading and writing may fail where they differ."
            )
    raise typer.Exit(context.OK if found.sound else context.FAILURE)


@app.command(
    "copy",
    epilog="""\b
Examples:
  detainee-watch db copy watch.sqlite3 postgresql://watch@db.example/watch
  detainee-watch db copy postgresql://watch@db.example/watch watch.sqlite3
  detainee-watch db copy settings postgresql://watch@db.example/watch""",
)
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A file, an address, or 'settings'.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A new file, or an empty database.")],
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Copy a database to another, of the same kind or the other (SQLite, PostgreSQL), with nothing lost.

    "settings" is the database of the settings. A copy that was stopped goes on where it was. At the end
    each table has the same rows and checksum on both sides. Neither a scheduler nor a crawl may run. A
    password is best left out of the address: it can stand in ~/.pgpass.
    """
    from app.copies import alone, told
    from storage.copying import copy_database

    urls = [_address(ctx, given) for given in (source, target)]
    with alone(urls), told(quiet=as_json) as tell:
        tables = copy_database(*urls, tell=tell)
    if as_json:
        write_json([{"table": each.table, "rows": each.rows, "checksum": each.checksum} for each in tables])
        return
    for each in tables:
        write(f"{each.checksum}  {each.rows:>10,}  {each.table}\n")
    say(f"{sum(each.rows for each in tables):,} rows in {len(tables)} tables, the same on both sides.")


def _address(ctx: typer.Context, given: str) -> str:
    from storage.engine import sqlite_url

    if given == "settings":
        return context.database_of(ctx)
    return given if "://" in given else sqlite_url(Path(given).absolute())
