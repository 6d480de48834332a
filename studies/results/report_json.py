"""A reading, and a signed one, as JSON that can be kept and read back exactly.

The layout is that of the dataclasses, field by field: `report_fields` says how. Whoever changes one
of them changes VERSION too, so that what was kept before is not misread.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeVar

from senoscope import __version__
from senoscope.studies.quality.study_quality import StudyQuality
from senoscope.studies.results.report_earlier import of_earlier
from senoscope.studies.results.report_fields import damaged, of_plain, plain
from senoscope.studies.sign_off import SignedReading
from senoscope.studies.study_reading import StudyReading

VERSION = 6
"""Of the layout, not of the software."""
READING, SIGNED = "senoscope reading", "senoscope signed reading"
Kind = TypeVar("Kind")


def reading_json(reading: StudyReading, quality: StudyQuality | None = None) -> dict[str, Any]:
    """For `json.dumps`; `quality` goes with it. StorageError where a number is not finite."""
    return _wrapped(READING, reading, quality)


def reading_of_json(given: Mapping[str, Any]) -> StudyReading:
    """What `reading_json` was given, bit for bit. StorageError says what is damaged, and where."""
    reading = _unwrapped(READING, StudyReading, given)
    _require_sound(reading)
    return reading


def signed_json(signed: SignedReading, quality: StudyQuality | None = None) -> dict[str, Any]:
    """As `reading_json`, with the decisions, both impressions and the signer."""
    return _wrapped(SIGNED, signed, quality)


def signed_of_json(given: Mapping[str, Any]) -> SignedReading:
    """What `signed_json` was given. StorageError says what is damaged, and where."""
    signed = _unwrapped(SIGNED, SignedReading, given)
    _require_sound(signed.reading)
    return signed


def quality_of_json(given: Mapping[str, Any]) -> StudyQuality | None:
    """The quality facts kept with either; None where none were. StorageError where damaged."""
    quality = given.get("quality")
    return None if quality is None else of_plain(StudyQuality, quality, "quality")


def _wrapped(what: str, kept: object, quality: StudyQuality | None) -> dict[str, Any]:
    return {
        "what": what,
        "version": VERSION,
        "software": f"Senoscope {__version__}",
        "reading": plain(kept),
        "quality": plain(quality),
    }


def _unwrapped(what: str, kind: type[Kind], given: Mapping[str, Any]) -> Kind:
    if not isinstance(given, Mapping):
        raise damaged("its beginning", given, "an object")
    if given.get("what") != what:
        raise damaged("what", given.get("what"), f'"{what}"')
    version = given.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise damaged("version", version, f"layout 1 to {VERSION}")
    kept = given.get("reading")
    return of_plain(kind, kept if version == VERSION else of_earlier(kept, version), "reading")


def _require_sound(reading: StudyReading) -> None:
    """What each value alone cannot show."""
    for index, image in enumerate(reading.images):
        at = f"images[{index}]"
        counts = (image.frames, image.read, *image.unsuitable.values())
        if min(counts) < 0 or sum(counts[1:]) > image.frames:
            raise damaged(at, list(counts), "no more frames read or left out than there are")
    findings = (*reading.findings, *reading.below)
    numbers = [each.number for each in findings]
    if any(before >= after for before, after in pairwise([0, *numbers])):
        raise damaged("findings", numbers, "each number once, from 1 upwards")
    for finding in findings:
        known = (0.0, finding.lowest, finding.highest, 1.0)
        if sorted(known) != list(known) or not 0 <= finding.probability <= 1:
            said = [finding.lowest, finding.probability, finding.highest]
            raise damaged(f"finding {finding.number}", said, "probabilities in order, 0 to 1")
