"""Segmenter and classifier joined: a frame in, a reading out."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import OperatingPoint, ReaderDescription, Reading
from senoscope.models.classifier import Classifier
from senoscope.models.segmenter import Segmenter


@dataclass(frozen=True, slots=True)
class UltrasoundReader:
    """Reads frames one by one. Made and used in one process."""

    segmenter: Segmenter
    classifier: Classifier
    description: ReaderDescription

    @property
    def operating_point(self) -> OperatingPoint:
        """Where the classifier's probability becomes a word."""
        return self.classifier.operating_point

    def lesions(self, pixels: Gray) -> tuple[Lesion, ...]:
        """The outlines of a (rows, columns) frame that are findings."""
        return tuple(finding.lesion for finding in self.read(pixels, 0).findings)

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Findings of a (rows, columns) frame, the most suspicious first."""
        started = perf_counter()
        segmentation = self.segmenter.segment(pixels)
        segmented = perf_counter()
        looked_at = [self.classifier.classify(pixels, lesion) for lesion in segmentation.lesions]
        findings = [finding for finding in looked_at if finding is not None]
        classified = perf_counter()
        return Reading(
            frame_index=frame_index,
            findings=tuple(sorted(findings, key=lambda finding: -finding.probability)),
            presence=segmentation.presence,
            dismissed=len(looked_at) - len(findings),
            stage_ms={
                "segment": (segmented - started) * 1e3,
                "classify": (classified - segmented) * 1e3,
            },
        )
