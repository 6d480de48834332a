"""What came with a study, what is missing, and what contradicts itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from senoscope.studies.files.study_limits import LeftOut
from senoscope.studies.images.series import Series, Study
from senoscope.studies.images.stored_image import ULTRASOUND
from senoscope.studies.images.stored_pixels import registered_name
from senoscope.studies.pixels.coded_picture import LOSSY_METHODS
from senoscope.studies.quality.breast_objects import facts_of_breast_objects
from senoscope.studies.quality.quality_fact import (
    Fact,
    Severity,
    Topic,
    counted,
    fact_of,
    grouped,
    listed,
    modality_word,
)
from senoscope.studies.quality.sides import BreastEdge, facts_of_edges
from senoscope.studies.quality.views import facts_of_mammograms, facts_of_views

__all__ = ["Fact", "Severity", "StudyQuality", "Topic", "quality_of"]

_NOT_PROJECTED = (ULTRASOUND, "SR", "PR", "KO", "SEG", "OT", "SC")
"""Of these no PixelSpacing is expected: ultrasound says it by region."""


@dataclass(frozen=True, slots=True)
class StudyQuality:
    """Facts of one study; what came first, then by severity, the worst first."""

    study_uid: str
    facts: tuple[Fact, ...]

    def as_json(self) -> dict[str, Any]:
        """For `json.dumps`."""
        return asdict(self)

    def __str__(self) -> str:
        """One line a fact."""
        return "\n".join(f"{each.severity}: {each.text}" for each in self.facts)


def quality_of(
    study: Study,
    left_out: Iterable[LeftOut] = (),
    edges: Iterable[BreastEdge] = (),
    more: Iterable[Fact] = (),
) -> StudyQuality:
    """The report. `left_out` is of all that was given with the study, whatever study it is of.

    `edges` are those of `quality_edges.edges_of`; without them no pixel counts. `more`: what else
    was found out, such as `mri_facts`.
    """
    facts = [*_of_study(study), *_of_left_out(left_out), *facts_of_views(study)]
    for series in study.series:
        facts += _of_series(series)
    facts += facts_of_edges(study, edges)
    facts += more
    rank = ("fault", "caution", "note")
    came = [each for each in facts if each.topic == "came"]
    rest = [each for each in facts if each.topic != "came"]
    rest.sort(key=lambda fact: rank.index(fact.severity))
    return StudyQuality(study.uid, (*came, *rest))


def _of_study(study: Study) -> Iterator[Fact]:
    differing = _differing(image.identity for image in study.images)
    if differing:
        yield Fact(
            "fault",
            "contradiction",
            f"Files of one study differ in {' and '.join(differing)}: they may be of two patients. "
            "Compare them where they were made, before anything is read.",
        )
    if study.same_copies:
        yield Fact(
            "note", "came", f"{counted(study.same_copies, 'file')} came twice and counted once."
        )
    for places in study.contradictions:
        yield Fact(
            "fault",
            "contradiction",
            f"{len(places)} files say that they are the same instance (SOPInstanceUID) and hold "
            "different content; only the first is read. Ask where they were made which is right.",
            places=places,
        )


def _of_left_out(left_out: Iterable[LeftOut]) -> Iterator[Fact]:
    for each in left_out:
        severity: Severity = "caution" if each.is_refused else "note"
        topic: Topic = "missing" if each.is_refused else "came"
        yield Fact(severity, topic, str(each), places=each.places)


def _of_series(series: Series) -> Iterator[Fact]:
    images = series.images
    yield _came(series)
    yield from _missing(series)
    yield from _contradictions(series)
    yield from _text_in_picture(series)
    yield from facts_of_mammograms(series)
    yield from facts_of_breast_objects(series)
    for (says, ratios, methods), group in grouped(
        images, lambda image: (image.lossy.says, image.lossy.ratios, image.lossy.methods)
    ):
        if says == "01":
            how = ", then ".join(methods) or "an unnamed method"
            ratio = ", then ".join(f"{each:g}" for each in ratios) or "not said"
            yield fact_of(
                series,
                "note",
                "lossy",
                f"was compressed with loss ({how}; ratio {ratio}); fine detail may be gone",
                group,
            )


def _came(series: Series) -> Fact:
    kinds = Counter(registered_name(each.sop_class) for each in series.images)
    syntaxes = Counter(registered_name(each.transfer_syntax) for each in series.images)
    count, frames = counted(len(series.images), "file"), counted(series.frame_count, "frame")
    return Fact(
        "note",
        "came",
        f"A series of {modality_word(series.modality)}: {count}, {frames}; {listed(kinds)}; stored "
        f"as {listed(syntaxes)}; in the order of {series.ordered_by}.",
        series.uid,
    )


def _missing(series: Series) -> Iterator[Fact]:
    for trouble, group in grouped(series.images, lambda image: image.trouble):
        if trouble is not None:
            yield fact_of(series, "caution", "missing", f"has pixels that are {trouble}", group)
    unmeasured = [each for each in series.images if each.has_pixels and each.spacing_from is None]
    if not unmeasured:
        return
    if series.modality == ULTRASOUND:
        yield fact_of(
            series,
            "caution",
            "missing",
            "has no 2-D region with one usable scale (SequenceOfUltrasoundRegions): no "
            "millimetres from the header",
            unmeasured,
        )
    elif series.modality not in _NOT_PROJECTED:
        text = "has no PixelSpacing that holds for a whole file: no millimetres"
        yield fact_of(series, "caution", "missing", text, unmeasured)


def _contradictions(series: Series) -> Iterator[Fact]:
    pictures = [each for each in series.images if each.has_pixels]
    sizes = Counter((each.rows, each.columns) for each in pictures)
    if len(sizes) > 1:
        several = listed(Counter(f"{rows} x {columns}" for rows, columns in sizes.elements()))
        yield fact_of(
            series, "caution", "contradiction", f"has pictures of several sizes: {several}", ()
        )
    modalities = Counter(modality_word(each.modality) for each in series.images)
    if len({each.modality for each in series.images}) > 1:
        yield fact_of(
            series, "fault", "contradiction", f"says several modalities: {listed(modalities)}", ()
        )
    for sides, group in grouped(series.images, lambda image: image.sides):
        if len({side for _, side in sides}) > 1:
            said = ", ".join(f"{keyword} {side}" for keyword, side in sides)
            yield fact_of(series, "fault", "contradiction", f"says two sides: {said}", group)
    denied = [
        each
        for each in pictures
        if each.transfer_syntax in LOSSY_METHODS and each.lossy.says != "01"
    ]
    if denied:
        yield fact_of(
            series,
            "caution",
            "contradiction",
            "is stored with loss and does not say so (LossyImageCompression)",
            denied,
        )


def _text_in_picture(series: Series) -> Iterator[Fact]:
    pictures = [each for each in series.images if each.has_pixels]
    for says, group in grouped(pictures, lambda image: image.burned_in):
        if says == "YES":
            text = "has text burned into its pixels (BurnedInAnnotation YES): it may say who it is"
            yield fact_of(series, "caution", "text in the picture", text, group)
        elif says is None:
            text = "does not say whether text is burned into its pixels (BurnedInAnnotation)"
            yield fact_of(series, "note", "text in the picture", text, group)
    overlaid = [each for each in pictures if each.has_overlay]
    if overlaid:
        text = "has an overlay (60xx), which is neither drawn nor read"
        yield fact_of(series, "note", "text in the picture", text, overlaid)


def _differing(identities: Iterable[tuple[tuple[str, str], ...]]) -> list[str]:
    """Keywords of which two values are said; one that is not said contradicts nothing."""
    values: dict[str, set[str]] = defaultdict(set)
    for identity in identities:
        for keyword, digest in identity:
            values[keyword].add(digest)
    return [keyword for keyword, digests in values.items() if len(digests) > 1]
