"""The templates of messages. HTML is escaped by itself, and its styles are written into each element."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from alerts.neutral import Piece

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment

WIDTH = 76
"""Columns of plain text; addresses alone may be longer."""


def render(name: str, words: Mapping[str, object]) -> str:
    """The text of the template ``name``, which ends in .txt or .html."""
    if name.endswith(".html"):
        return _inliner().inline(_environment(html=True).get_template(name).render(words))
    text = _environment(html=False).get_template(name).render(words)
    # Two dashes and a space are the line below which mail programs see a signature.
    lines = (line if line == "-- " else line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


@cache
def _environment(*, html: bool) -> Environment:
    # Loaded here, because the command's help has no use for them.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("alerts"),
        autoescape=html,  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["fill"] = _fill
    made.filters["starred"] = _starred
    return made


@cache
def _inliner() -> CSSInliner:
    import css_inline

    # What cannot be written into elements (dark mode, narrow screens) stays in the head. Nothing is ever
    # loaded: no address in a message leads to a style sheet, and the inliner may not ask for one.
    return css_inline.CSSInliner(
        load_remote_stylesheets=False, keep_at_rules=True, remove_inlined_selectors=True
    )


def _fill(text: str, indent: int = 0, hang: int = 0) -> str:
    """``text`` in lines of WIDTH, no word broken."""
    return textwrap.fill(
        text,
        width=WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _starred(text: Iterable[Piece]) -> str:
    """Pieces as plain text: what matched stands between stars."""
    return "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in text)
