"""Segmenter and classifier joined: a frame in, a reading out."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from senoscope.domain.frame import Gray
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

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Findings of a (rows, columns) frame, the most suspicious first."""
        started = perf_counter()
        segmentation = self.segmenter.segment(pixels)
        segmented = perf_counter()
        findings = [self.classifier.classify(pixels, lesion) for lesion in segmentation.lesions]
        classified = perf_counter()
        return Reading(
            frame_index=frame_index,
            findings=tuple(sorted(findings, key=lambda finding: -finding.probability)),
            presence=segmentation.presence,
            stage_ms={
                "segment": (segmented - started) * 1e3,
                "classify": (classified - segmented) * 1e3,
            },
        )
