"""``python -m app.demo [--folder FOLDER] [--discard]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from app.demo import run_demo
from pipeline.errors import DetaineeWatchError

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m app.demo")
    parser.add_argument("--folder", type=Path, help="where the database is kept")
    parser.add_argument("--discard", action="store_true", help="keep nothing")
    chosen = parser.parse_args()
    try:
        sys.exit(run_demo(folder=chosen.folder, keep=not chosen.discard, console=Console(highlight=False)))
    except DetaineeWatchError as error:
        sys.exit(str(error))
