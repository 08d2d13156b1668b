"""Near-copies of one text: an agency's report in many papers, cut here and retitled there.

A sketch is a MinHash of the text's runs of three words. The share of equal places in two sketches
estimates the share of runs that the texts have in common; runs of places ("bands") are what a
database looks up.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from rensa import RMinHash

from pipeline.fold import fold

PLACES = 48
"""Numbers of a sketch: an estimate is right to about 0.07."""
BAND = 3
"""Places of a band: two texts that share 60 % agree in one of 16 bands in 98 of 100 cases, two that
share 20 % in 12."""
COPY = 0.5
"""Estimated share from which a text is a near-copy. Texts that share 60 % of their words one after
another share about half of their runs of three."""
LEAST_RUNS = 12
"""A text of fewer runs has no sketch: in a note of one line everything is alike."""
_SEED = 20_260_301
_WORD = re.compile(r"[^\W_]+")

Sketch = tuple[int, ...]


def sketch(text: str) -> Sketch:
    """The sketch of ``text``, PLACES numbers of 32 bits; empty for a text that is too short."""
    words = _WORD.findall(fold(text))
    runs = {" ".join(words[at : at + 3]) for at in range(len(words) - 2)}
    if len(runs) < LEAST_RUNS:
        return ()
    minhash = RMinHash(num_perm=PLACES, seed=_SEED)
    minhash.update(sorted(runs))
    return tuple(minhash.digest())


def shared(one: Sketch, other: Sketch) -> float:
    """The estimated share of runs that both texts have, 0 where one has no sketch."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def bands(one: Sketch) -> tuple[int, ...]:
    """What near-copies are looked up by: a signed number of 63 bits for each band."""
    return tuple(
        number_of(f"{at}:{','.join(map(str, one[at : at + BAND]))}") for at in range(0, len(one), BAND)
    )


def number_of(text: str, key: bytes = b"") -> int:
    """A hash of ``text`` that fits a database's integer. With a ``key`` nobody without it can make
    the same one; 16 to 64 bytes."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big") >> 1


def near_copies(one: Sketch, others: Sequence[Sketch]) -> tuple[int, ...]:
    """Indexes of those of ``others`` that are near-copies of ``one``."""
    return tuple(index for index, other in enumerate(others) if shared(one, other) >= COPY)
