"""Readings as layout 1 kept them: ultrasound alone, its words each by its own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from senoscope.studies.results.report_fields import damaged


def of_first(given: object) -> Any:
    """Of a reading, or of a signed one, in layout 1: what layout 2 would hold. StorageError."""
    if not isinstance(given, Mapping):
        raise damaged("reading", given, "an object")
    if "reading" in given:  # a signed one holds its reading
        return {**given, "reading": of_first(given["reading"])}
    findings, images = given.get("findings"), given.get("images")
    if not isinstance(findings, list) or not isinstance(images, list):
        raise damaged("reading", given, "its findings and images")
    return {**given, "facts": [], "findings": list(map(_finding, findings)),
            "images": list(map(_image, images))}  # fmt: skip


def _image(given: object) -> object:
    return {**given, "facts": [], "regions": []} if isinstance(given, Mapping) else given


def _finding(given: object) -> object:
    if not isinstance(given, Mapping):
        return given
    words = given.get("words")
    listed = [] if words is None else words
    if isinstance(words, Mapping):
        listed = [
            {"name": name, **term} if isinstance(term, Mapping) else term
            for name, term in words.items()
        ]
    return {**given, "words": listed, "kind": "lesion"}
