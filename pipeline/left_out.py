"""Numbers of those who are not meant: "all but four", "todos menos tres", "alle bis auf zwei"."""

from __future__ import annotations

from pipeline.figure_words import figure_words
from pipeline.measures.numbers import Number
from pipeline.mentions import Document


def is_left_out(doc: Document, number: Number) -> bool:
    """ "All but four", "todos menos tres", "alle bis auf zwei", "op vier na": whether a number is of those
    who are not meant."""
    word, after = doc.word_at(number.start), doc.word_at(max(number.end - 1, number.start)) + 1
    if not word:
        return False
    if doc.words[word - 1] == "op" and doc.words[after : after + 1] == ("na",):
        return True
    return doc.words[word - 1] in figure_words("but") and doc.words[max(word - 2, 0)] in figure_words("all")
