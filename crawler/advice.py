"""What to do about a source that does not fare well, in words; and in which words its state is told."""

from __future__ import annotations

from pipeline.vocabulary import SourceState
from storage.health_values import SourceHealth

_OPEN = "open {site} and look"
_ADVICE: dict[SourceState, str] = {
    SourceState.OK: "",
    SourceState.UNCHANGED: "",
    SourceState.OFFLINE: "see whether this machine has a network: 'detainee-watch doctor'",
    SourceState.EMPTY: f"{_OPEN}: if it publishes, 'detainee-watch sources add SITE' finds its new feed",
    SourceState.SILENT: f"{_OPEN}: if it publishes, 'detainee-watch sources add SITE' finds its new feed",
    SourceState.PAYWALLED: "nothing of it can be read: look for another edition, or 'sources remove' it",
    SourceState.REDESIGNED: f"{_OPEN} at a new article: if it reads well, report it as a fault of ours",
    SourceState.MOVED: "put the new address into its table: 'url' in your sources.toml",
    SourceState.SLOW: "nothing, unless it lasts",
    SourceState.MALFORMED: f"{_OPEN}: 'detainee-watch sources add SITE' finds its new feed",
    SourceState.BLOCKED: "set 'contact', raise 'delay', ask the outlet to let the crawl in",
    SourceState.OVER_QUOTA: "it is asked less often by itself; raise 'delay' if it lasts",
    SourceState.ROBOTS_DENIED: "the outlet does not want it: ask the outlet, or 'sources remove' it",
    SourceState.GONE: f"{_OPEN}: 'detainee-watch sources add SITE' finds its new feed",
    SourceState.FORBIDDEN_ADDRESS: "if that address is yours, name it in 'allow_hosts'; else remove it",
    SourceState.TIMEOUT: "nothing, unless it lasts: it is asked again by itself",
    SourceState.CONNECTION: "nothing, unless it lasts: it is asked again by itself",
    SourceState.HTTP_ERROR: "nothing, unless it lasts: it is asked again by itself",
    SourceState.TRUNCATED: "nothing, unless it lasts: it is asked again by itself",
    SourceState.TOO_LARGE: "raise 'max_body', or take a smaller feed of the outlet",
    SourceState.REDIRECT_LOOP: f"{_OPEN}: 'detainee-watch sources add SITE' finds its new feed",
}


def what_to_do(health: SourceHealth, site: str) -> str:
    """What a person can do, where there is something; ``site`` is the outlet's home page."""
    return _ADVICE[health.state].format(site=site)
