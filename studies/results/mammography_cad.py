"""From a reading of mammograms to what a Mammography CAD SR says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from senoscope import __version__
from senoscope.domain.mammogram import Laterality
from senoscope.studies.images.mammogram import MammogramHeader
from senoscope.studies.results.cad_findings import (
    Analysis,
    CadAlgorithm,
    CadComposite,
    CadFinding,
    CadImage,
    CadReading,
    CadRun,
    CompositeKind,
    Composition,
    FindingKind,
    Intent,
    OperatingPoints,
    Outcome,
    View,
    ViewModifier,
)
from senoscope.studies.results.finding_said import outline_on
from senoscope.studies.results.sr_document import Headers
from senoscope.studies.study_reading import (
    CAUTION,
    NO_MARKS_SOUGHT,
    ImageReading,
    Outlined,
    StudyFinding,
    StudyReading,
)
from senoscope.studies.study_reading import FindingKind as Kind

RECOMMENDED, ALL = 1, 2
"""Operating points: the findings, and what is below them too."""
POINTS = OperatingPoints(ALL, RECOMMENDED)
KINDS: Mapping[Kind, FindingKind] = {
    Kind.MASS: FindingKind.DENSITY,
    Kind.CALCIFICATIONS: FindingKind.CLUSTER,
    Kind.DISTORTION: FindingKind.DISTORTION,
}
DETECTORS = {each: CadAlgorithm(f"Programmed CADe, {each}", __version__) for each in KINDS}
COMPOSER = CadAlgorithm("Area percent density", __version__)


def cad_reading_of(reading: StudyReading, headers: Headers) -> CadReading | None:
    """Of all images whose side and view are known; None where there are none."""
    images = dict(_images(reading, headers))
    if not images:
        return None
    library = _Library(images, {each.instance_uid for each in reading.images if each.frames > 1})
    composites = [
        CadComposite(
            CompositeKind.MASS,
            tuple(_marks(each, library)),
            DETECTORS[Kind.MASS],
            Intent.REQUIRED,
            100 * each.probability,
            tracking_uid=each.tracking_uid,
        )
        for each in reading.findings
        if _is_composite(each, library)
    ]
    single = [each for each in reading.findings if not _is_composite(each, library)]
    marks = chain(
        *(_marks(each, library) for each in single),
        *(_marks(each, library, ALL) for each in reading.below),
    )
    findings = (*_compositions(reading, images), *marks)
    slices = _slices(findings, composites)
    return CadReading(
        reading.study_uid,
        (*images.values(), *slices),
        tuple(_runs(reading.images, images, slices)),
        findings,
        tuple(composites),
    )


@dataclass(frozen=True, slots=True)
class _Library:
    """Images by SOPInstanceUID; those of `many` have several frames."""

    images: Mapping[str, CadImage]
    many: Set[str]

    def outlines(self, finding: StudyFinding) -> Iterator[tuple[CadImage, Outlined]]:
        """On each image, or slice, of the library the one that shows the finding best."""
        for uid in finding.images:
            outlined = outline_on(finding, uid)
            if uid in self.images and outlined is not None:
                whole = self.images[uid]
                frame = outlined.at.frame if uid in self.many else None
                yield replace(whole, frame=frame), outlined


def _slices(
    findings: Sequence[CadFinding], composites: Sequence[CadComposite]
) -> tuple[CadImage, ...]:
    """Single frames with a mark on them, each once."""
    of_composites = (each for composite in composites for each in composite.findings)
    marked = (each.image for each in (*findings, *of_composites))
    return tuple(dict.fromkeys(each for each in marked if each.frame is not None))


def _images(reading: StudyReading, headers: Headers) -> Iterator[tuple[str, CadImage]]:
    for image in reading.images:
        facts = {each.name: each.word for each in image.facts}
        header = MammogramHeader.of(headers.header(image.instance_uid))
        modifiers = () if header is None else header.modifiers
        if facts.get("view") in set(View) and "laterality" in facts:
            yield (
                image.instance_uid,
                CadImage(
                    image.instance_uid,
                    Laterality(facts["laterality"]),
                    View(facts["view"]),
                    tuple(ViewModifier(each) for each in modifiers if each in set(ViewModifier)),
                ),
            )


def _is_composite(finding: StudyFinding, library: _Library) -> bool:
    """A mass in two views is one thing; of other kinds no composite has a code in CID 6016."""
    return finding.kind is Kind.MASS and len(list(library.outlines(finding))) > 1


def _marks(
    finding: StudyFinding, library: _Library, point: int = RECOMMENDED
) -> Iterator[CadFinding]:
    for image, outlined in library.outlines(finding):
        x, y = outlined.contour.mean(axis=0)
        yield CadFinding(
            KINDS[finding.kind],
            image,
            DETECTORS[finding.kind],
            Intent.OPTIONAL,
            centre=(float(x), float(y)),
            outline=np.asarray(outlined.contour, np.float32),
            certainty=100 * finding.probability,
            operating_point=point,
            tracking_uid=finding.tracking_uid,
        )


def _compositions(reading: StudyReading, images: Mapping[str, CadImage]) -> Iterator[CadFinding]:
    """Percent of each image; the letter is of the exam, and the same on each."""
    words = {each.name: each.word for each in reading.facts}
    letter = words.get("density_category", "").lower()
    for image in reading.images:
        numbers = {each.name: each.number for each in image.facts}
        if image.instance_uid in images and "density_percent" in numbers:
            yield CadFinding(
                FindingKind.COMPOSITION,
                images[image.instance_uid],
                COMPOSER,
                Intent.NOT_SHOWN,
                composition=Composition(letter) if letter in set(Composition) else None,
                percent_dense=numbers["density_percent"],
            )


def _runs(
    readings: Sequence[ImageReading], images: Mapping[str, CadImage], slices: Sequence[CadImage]
) -> Iterator[CadRun]:
    """Of each algorithm, image by image, whether it found nothing, failed or was not tried."""
    known = [each for each in readings if each.instance_uid in images]
    tasks: list[tuple[FindingKind | Analysis, CadAlgorithm, OperatingPoints | None]] = [
        *((KINDS[kind], detector, POINTS) for kind, detector in DETECTORS.items()),
        (Analysis.COMPOSITION, COMPOSER, None),
    ]
    for task, algorithm, points in tasks:
        outcomes: dict[tuple[Outcome, str], list[CadImage]] = {}
        for image in known:
            came = _outcome(image, is_detection=points is not None)
            on = outcomes.setdefault(came, [])
            on.append(images[image.instance_uid])
            on += [each for each in slices if each.instance_uid == image.instance_uid]
        for (outcome, reason), on in outcomes.items():
            yield CadRun(task, algorithm, outcome, tuple(on), points, reason)


def _outcome(image: ImageReading, *, is_detection: bool) -> tuple[Outcome, str]:
    if image.trouble:
        return Outcome.FAILED, image.trouble
    if not image.read:
        return Outcome.NOT_ATTEMPTED, ", ".join(image.unsuitable)
    if is_detection and any(
        each.name == CAUTION and each.word == NO_MARKS_SOUGHT for each in image.facts
    ):
        return Outcome.NOT_ATTEMPTED, "the pixel size is not known or too coarse"
    return Outcome.SUCCEEDED, ""
