"""A Mammography CAD SR: PS3.3 A.35.5, PS3.16 TID 4000, which highdicom lacks.

That nothing was found, that an algorithm failed and that none was tried are three codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.coding import Code
from pydicom.uid import MammographyCADSRStorage

from senoscope import __version__
from senoscope.domain.errors import ImageError
from senoscope.studies.results import cad_codes, codes
from senoscope.studies.results.cad_findings import (
    Analysis,
    CadAlgorithm,
    CadFinding,
    CadReading,
    CadRun,
    FindingKind,
    Intent,
    Outcome,
)
from senoscope.studies.results.cad_image_library import image_library
from senoscope.studies.results.cad_items import (
    CONTAINS,
    HAS_CONCEPT_MOD,
    HAS_PROPERTIES,
    INFERRED_FROM,
    coded,
    container,
    number,
    pointer,
    text,
)
from senoscope.studies.results.cad_marks import ImagePlaces, algorithm, composite, single_finding
from senoscope.studies.results.identity import MANUFACTURER, MODEL_NAME, NOTICE
from senoscope.studies.results.made_object import NewSeries
from senoscope.studies.results.sr_document import Headers, headers_of, sr_document

SERIES_NUMBER = 9107
LIBRARY_PLACE = (1, 2)
"""The root's second item, after the language."""


@dataclass(frozen=True, slots=True)
class MammographyCadReport:
    """What a CAD reading says, as a content tree and as a DICOM object."""

    reading: CadReading
    headers: Headers = field(repr=False)

    def document(self) -> Dataset:
        """A new instance, COMPLETE and UNVERIFIED, in a new series.

        Errors as of `headers`; ImageError where the images are of another study.
        """
        images = headers_of([each.instance_uid for each in self.reading.images], self.headers)
        if any(each.StudyInstanceUID != self.reading.study_uid for each in images):
            raise ImageError(
                "A CAD reading names images of another study; expected those of its own. Read the "
                "study again."
            )
        series = NewSeries("SR", SERIES_NUMBER, f"{MANUFACTURER}: mammography CAD, not verified")
        return sr_document(self.root(), MammographyCADSRStorage, series, images)

    def root(self) -> Dataset:
        """TID 4000. The order of its items is part of it, and references count on it."""
        tasks = self.reading.runs
        detections = [each for each in tasks if isinstance(each.task, FindingKind)]
        analyses = [each for each in tasks if isinstance(each.task, Analysis)]
        root = container(
            "",
            cad_codes.CAD_REPORT,
            [
                coded(HAS_CONCEPT_MOD, codes.LANGUAGE, codes.ENGLISH),
                image_library(self.reading.images, self.headers),
                self._overall(),
                self._performed(codes.SUMMARY_OF_DETECTIONS, detections),
                self._performed(codes.SUMMARY_OF_ANALYSES, analyses),
            ],
        )
        template = Dataset()
        template.MappingResource, template.TemplateIdentifier = "DCMR", "4000"
        root.ContentTemplateSequence = Items([template])
        return root

    def _overall(self) -> Dataset:
        """TID 4001, with TID 4002 and one TID 4003 for each finding and composite."""
        places = self._places()
        impressions = [
            _impression(each.intent, composite(each, places)) for each in self.reading.composites
        ]
        impressions += [
            _impression(each.intent, single_finding(CONTAINS, each, places))
            for each in self.reading.findings
        ]
        software = algorithm(CadAlgorithm(MODEL_NAME, __version__))
        said = text(HAS_PROPERTIES, cad_codes.IMPRESSION_DESCRIPTION, self._description())
        return coded(
            CONTAINS, codes.FINDINGS_SUMMARY, self._summary(), [said, *software, *impressions]
        )

    def _summary(self) -> Code:
        """CID 6047, of all that was attempted and all that is shown at the recommended points."""
        has_findings = any(map(self._is_shown, self.reading.all_findings))
        outcomes = {each.outcome for each in self.reading.runs} - {Outcome.NOT_ATTEMPTED}
        if Outcome.SUCCEEDED not in outcomes:
            return codes.NONE_SUCCEEDED
        if Outcome.FAILED in outcomes:
            return codes.NOT_ALL_SUCCEEDED_WITH if has_findings else codes.NOT_ALL_SUCCEEDED_WITHOUT
        return codes.ALL_SUCCEEDED_WITH if has_findings else codes.ALL_SUCCEEDED_WITHOUT

    def _is_shown(self, finding: CadFinding) -> bool:
        points = self.reading.run_of(finding).operating_points
        is_beyond = (
            points is not None
            and finding.operating_point is not None
            and finding.operating_point > points.recommended
        )
        return finding.intent is not Intent.NOT_SHOWN and not is_beyond

    def _description(self) -> str:
        """What no code of these templates says: what was not tried, and why things failed."""
        unsuccessful = [each for each in self.reading.runs if each.outcome is not Outcome.SUCCEEDED]
        lines = [
            f"{each.task.value}, {each.algorithm.name} {each.algorithm.version}: "
            f"{each.outcome.value}" + (f" ({each.reason})" if each.reason else "")
            for each in unsuccessful
        ]
        return "\n".join([NOTICE, *lines])

    def _performed(self, summary: Code, runs: Sequence[CadRun]) -> Dataset:
        """TID 4015 or 4016: by outcome; what was not attempted is in neither."""
        is_detection = summary == codes.SUMMARY_OF_DETECTIONS
        named = {
            Outcome.SUCCEEDED: cad_codes.SUCCESSFUL_DETECTIONS
            if is_detection
            else cad_codes.SUCCESSFUL_ANALYSES,
            Outcome.FAILED: cad_codes.FAILED_DETECTIONS
            if is_detection
            else cad_codes.FAILED_ANALYSES,
        }
        places = self._places()
        groups = []
        for outcome, name in named.items():
            chosen = [_run(each, places) for each in runs if each.outcome is outcome]
            if chosen:
                groups.append(container(INFERRED_FROM, name, chosen))
        return coded(CONTAINS, summary, _status(runs), groups)

    def _places(self) -> ImagePlaces:
        return {each: (*LIBRARY_PLACE, at) for at, each in enumerate(self.reading.images, 1)}


def _impression(intent: Intent, finding: Dataset) -> Dataset:
    """TID 4003."""
    rendering = coded(HAS_CONCEPT_MOD, cad_codes.RENDERING_INTENT, cad_codes.INTENTS[intent])
    return container(INFERRED_FROM, cad_codes.INDIVIDUAL_IMPRESSION, [rendering, finding])


def _status(runs: Iterable[CadRun]) -> Code:
    """CID 6042."""
    outcomes = {each.outcome for each in runs} - {Outcome.NOT_ATTEMPTED}
    if not outcomes:
        return codes.NOT_ATTEMPTED
    if len(outcomes) == 2:
        return codes.PARTIALLY_SUCCEEDED
    return codes.SUCCEEDED if Outcome.SUCCEEDED in outcomes else codes.FAILED


def _run(run: CadRun, places: ImagePlaces) -> Dataset:
    """TID 4017 or 4018: the algorithm, the images it ran on, its operating points."""
    children = [
        *algorithm(run.algorithm),
        *(pointer(HAS_PROPERTIES, places[each]) for each in run.images),
    ]
    if run.operating_points is not None:
        children += [
            number(
                HAS_PROPERTIES,
                cad_codes.MAXIMUM_OPERATING_POINT,
                run.operating_points.maximum,
                codes.NO_UNITS,
            ),
            number(
                HAS_PROPERTIES,
                cad_codes.RECOMMENDED_OPERATING_POINT,
                run.operating_points.recommended,
                cad_codes.POINT_FROM_0,
            ),
        ]
    if isinstance(run.task, FindingKind):
        value = cad_codes.FINDINGS[run.task]
        return coded(CONTAINS, cad_codes.DETECTION_PERFORMED, value, children)
    return coded(CONTAINS, cad_codes.ANALYSIS_PERFORMED, cad_codes.ANALYSES[run.task], children)
