"""Readings as earlier layouts kept them.

Layout 1: ultrasound alone, its words each by its own name. Layout 2: nothing below the findings.
Layout 3: no tomosynthesis. Layout 4: no facts of a finding. Layout 5: no probability of a
clinician's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from senoscope.studies.results.report_fields import damaged


def of_earlier(given: object, version: int) -> Any:
    """Of a reading, or a signed one, in layout 1 to 5: what layout 6 would hold. StorageError."""
    if not isinstance(given, Mapping):
        raise damaged("reading", given, "an object")
    if "reading" in given:  # a signed one holds its reading
        said = {name: _without_probability(given.get(name)) for name in ("alone", "final")}
        return {**given, **said, "reading": of_earlier(given["reading"], version)}
    if version == 5:
        return given
    if version == 1:
        given = _of_first(given)
    if version < 3:
        given = {**given, "below": []}
    if version < 4:
        given = {**given, "images": _each_with(given, "images", "heights_mm")}
    return {
        **given,
        "findings": _each_with(given, "findings", "facts"),
        "below": _each_with(given, "below", "facts"),
    }


def _without_probability(given: object) -> object:
    """An impression that says that it has none."""
    return {**given, "probability": None} if isinstance(given, Mapping) else given


def _each_with(given: Mapping[str, Any], name: str, new: str) -> list[Any]:
    """What the list of that name holds, each with an empty list of the new name."""
    listed = given.get(name)
    if not isinstance(listed, list):
        raise damaged(name, listed, "a list")
    return [{**each, new: []} if isinstance(each, Mapping) else each for each in listed]


def _of_first(given: Mapping[str, Any]) -> dict[str, Any]:
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
