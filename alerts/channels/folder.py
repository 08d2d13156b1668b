"""Mail as .eml files in a folder, while no mail server is set. Any mail program opens them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import ChannelDownError
from storage.outbox_values import Leased


class Folder:
    """Writes each message into a file that is named after it, so that a second try is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Leased, hand: Callable[[], None]) -> str:
        name = re.sub(r"[^\w.-]+", "_", message.message_id.strip("<>").partition("@")[0], flags=re.ASCII)
        path = self._folder / f"{message.id:06}-{name[:12]}.eml"
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            hand()
            # What is half written has another name: who reads the folder sees whole messages only.
            with part.open("wb") as file:
                file.write(message.content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise ChannelDownError(
                f"The folder for mail, {self._folder}, cannot be written: {error.strerror or error}.",
                key="mail",
            ) from error
        return str(path)

    def close(self) -> None:
        """Nothing is open."""
