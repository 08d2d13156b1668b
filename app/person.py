"""Who sits at this machine."""

from __future__ import annotations

import os


def login_name() -> str:
    """The login name; "me" where the system does not say it."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name or "me"
    except (ImportError, KeyError):
        return "me"
