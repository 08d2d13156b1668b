"""The words of one language, read from ``lexicon/<lang>.toml`` and compiled into a word trie.

The TOML files are data: section → key → surface forms. A form is a sequence of words; a word may
end in ``*`` (any ending), and `` … `` between words stands for up to six others. Forms are matched
without accents and case, except that nationalities must be capitalised in languages that capitalise
them, and that short forms in capitals ("US", "UK") must stand in capitals.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale

from pipeline.errors import LexiconError
from pipeline.fold import fold
from pipeline.townspeople import townspeople
from pipeline.vocabulary import LANGUAGES

WORD = re.compile(r"\w+")
GAP = "…"
GAP_WORDS = 6  # how many words a gap may stand for
CAPITALISED = frozenset({"en", "de", "nl"})  # languages that write demonyms with a capital
GERMAN_ENDINGS = ("", "e", "er", "en", "em", "es")
SECTIONS = [
    "meta",
    "nationality",
    "foreign",
    "people",
    "custody",
    "drugs",
    "offence",
    "status",
    "traps",
    "figures",
    "function",
    "ambiguous",
]


@dataclass(frozen=True, slots=True)
class Label:
    """What a form means: ``section`` and ``key`` as in the file, ``code`` for a nationality's country."""

    section: str
    key: str
    code: str = ""
    case: str = ""  # "" any, "title" first letter capital, "upper" all capitals


@dataclass(slots=True)
class Node:
    """One step of the trie: following words, following prefixes, and what ends here."""

    words: dict[str, Node] = field(default_factory=dict)
    prefixes: dict[str, Node] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()  # lengths of the prefixes, longest first
    gap: Node | None = None
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's compiled words."""

    language: str
    root: Node
    raw: dict[str, Any]  # the file as read: section → key → forms
    plain: frozenset[tuple[Label, str]] = frozenset()  # words that no form of the label writes with an accent
    accented: frozenset[tuple[Label, str]] = frozenset()  # peoples that are never written without one
    # Label and folded words of a form → where words of one letter have an accent: "é de" is not "e de".
    letters: Mapping[tuple[Label, tuple[str, ...]], tuple[int, ...]] = field(default_factory=dict)


def _insert(root: Node, form: str, label: Label) -> None:
    node = root
    for piece in form.split():
        if piece == GAP:
            node.gap = node.gap or Node()
            node = node.gap
            continue
        star = piece.endswith("*")
        words = WORD.findall(fold(piece.rstrip("*")))
        for number, word in enumerate(words):
            if star and number == len(words) - 1:
                node = node.prefixes.setdefault(word, Node())
            else:
                node = node.words.setdefault(word, Node())
    if node is not root and label not in node.labels:
        node.labels = (*node.labels, label)


def _finish(node: Node) -> None:
    node.lengths = tuple(sorted({len(p) for p in node.prefixes}, reverse=True))
    for child in (*node.words.values(), *node.prefixes.values(), *((node.gap,) if node.gap else ())):
        _finish(child)


def _case(form: str, section: str, language: str) -> str:
    letters = [c for c in form if c.isalpha()]
    if letters and len(letters) <= 5 and all(c.isupper() for c in letters):
        return "upper"
    if section == "country":
        return "title"
    if section == "nationality" and language in CAPITALISED:
        return "title"
    return ""


def _read(language: str) -> dict[str, Any]:
    path = files("pipeline") / "lexicon" / f"{language}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"lexicon/{language}.toml cannot be read: {error}", key=language) from error
    missing = [s for s in SECTIONS if s not in raw]
    if missing:
        raise LexiconError(f"lexicon/{language}.toml lacks the section [{missing[0]}]", key=language)
    return raw


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return the compiled lexicon of one of LANGUAGES; read once a process.

    Raises LexiconError when the file is missing or lacks a section.
    """
    if language not in LANGUAGES:
        raise LexiconError(f"there is no lexicon for the language {language!r}", key=language)
    raw = _read(language)
    root = Node()
    accented: dict[tuple[Label, str], bool] = {}
    bare: dict[tuple[Label, str], bool] = {}
    letters: dict[tuple[Label, tuple[str, ...]], tuple[int, ...]] = {}
    careful = {fold(word) for word in raw["ambiguous"].get("words", ())}

    def add(form: str, section: str, key: str, code: str = "") -> None:
        case = _case(form, section, language)
        if not case and fold(form) in careful and section in ("nationality", "country"):
            case = "title" if form[:1].isupper() else ""
        label = Label(section, key, code, case)
        _insert(root, form, label)
        word = fold(form)
        spoken = tuple(WORD.findall(word))
        if len(spoken) > 1 and "*" not in form and GAP not in form:
            own = WORD.findall(form.casefold())
            marked = tuple(i for i, w in enumerate(spoken) if len(w) == 1 and own[i : i + 1] != [w])
            letters[label, spoken] = marked if letters.get((label, spoken), marked) else ()
        if WORD.fullmatch(word):
            accented[label, word] = accented.get((label, word), False) or word != form.casefold()
            bare[label, word] = bare.get((label, word), False) or word == form.casefold()

    for code, forms in raw["nationality"].items():
        for key in ("one", "many", "adjective"):
            for form in forms.get(key, ()):
                endings = GERMAN_ENDINGS if language == "de" and key == "adjective" else ("",)
                for ending in endings:
                    # Adjectives are not capitalised in German and French.
                    if key == "adjective" and language in ("de", "fr"):
                        _insert(root, form + ending, Label("nationality", key, code))
                    else:
                        add(form + ending, "nationality", key, code)
        for form in forms.get("country", ()):
            add(form, "country", "name", code)
    for code, (one, many) in townspeople(language).items():
        for key, names in (("one", one), ("many", many)):
            for name in names:
                add(name, "nationality", key, code)
        # "Grazer Polizei", "un soudeur nancéien": the same word beside a noun.
        for name in (*one, *many) if language in ("de", "fr") else ():
            _insert(root, name, Label("nationality", "adjective", code))
    for code, name in Locale(language).territories.items():
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"):
            add(name, "country", "name", code)
    for section in ("foreign", "people", "custody", "offence", "status", "traps", "figures", "function"):
        for key, forms in raw[section].items():
            for form in forms:
                add(form, section, key)
    for key, forms in raw["drugs"].items():
        for form in forms:
            add(form, "drugs", key)
    _finish(root)
    plain = frozenset(key for key, is_accented in accented.items() if not is_accented)
    never = frozenset(key for key, is_bare in bare.items() if not is_bare and key[0].section == "nationality")
    marks = {key: at for key, at in letters.items() if at}
    return Lexicon(language, root, raw, plain, never, marks)
