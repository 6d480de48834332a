"""A new object keeps its study's character set, unless what is said in it needs another."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom import DataElement, Dataset
from pydicom.charset import convert_encodings
from pydicom.multival import MultiValue
from pydicom.tag import Tag

from senoscope.studies.results.copied_modules import COPIED

UNICODE = "ISO_IR 192"
_TEXTS = ("SH", "LO", "UC", "ST", "LT", "UT", "PN")
_COPIED = {Tag(each) for each in COPIED}
"""Came in the study's character set, and so fit it."""


def make_room(made: Dataset) -> None:
    """Turn the object, in place, into Unicode where its character set lacks a letter of ours.

    Without one it holds ASCII only. The writer turns what came with the study.
    """
    said = made.get("SpecificCharacterSet")
    # pydicom takes the default repertoire (ISO_IR 6), which is ASCII, for Latin 1.
    given = convert_encodings(said) if said else ["iso8859"]
    encodings = ["ascii" if each == "iso8859" else each for each in given]
    if all(_fits(text, encodings) for text in _own_texts(made)):
        return
    made.SpecificCharacterSet = UNICODE


def _own_texts(made: Dataset) -> Iterator[str]:
    for element in made:
        if element.tag not in _COPIED:
            yield from _texts(element)


def _texts(element: DataElement) -> Iterator[str]:
    if element.VR == "SQ":
        for item in element.value or ():
            for inner in item:
                yield from _texts(inner)
    elif element.VR in _TEXTS and element.value is not None:
        values = element.value if isinstance(element.value, MultiValue) else (element.value,)
        yield from map(str, values)


def _fits(text: str, encodings: list[str]) -> bool:
    """A text may change from one of several encodings to another at any letter."""
    return text.isascii() or all(
        any(_has(letter, encoding) for encoding in encodings) for letter in text
    )


def _has(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
