"""Imported by the fork server alone: what reading needs is loaded once, and every worker has it."""

from __future__ import annotations

from contextlib import suppress

from crawler.reading import prepare
from pipeline.screen import could_be_relevant
from pipeline.vocabulary import LANGUAGES

# What is wrong is found again, and told, by each worker's own start.
with suppress(Exception):
    prepare()
    for language in LANGUAGES:
        could_be_relevant("", language)
