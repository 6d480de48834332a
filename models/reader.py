"""Segmenter and classifier joined: a frame in, a reading out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import OperatingPoint, ReaderDescription, Reading
from senoscope.models.classifier import Classifier
from senoscope.models.segmenter import Segmentation, Segmenter


@dataclass(frozen=True, slots=True)
class UltrasoundReader:
    """Reads frames one by one, in two stages that may each have a thread. Stays in one process."""

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
        return self.begin(pixels, frame_index)()

    def begin(self, pixels: Gray, frame_index: int) -> Callable[[], Reading]:
        """Outline a (rows, columns) frame. What it gives classifies, and may on another thread."""
        started = perf_counter()
        segmentation = self.segmenter.segment(pixels)
        took_ms = (perf_counter() - started) * 1e3
        return partial(self._classified, pixels, frame_index, segmentation, took_ms)

    def _classified(
        self, pixels: Gray, frame_index: int, segmentation: Segmentation, segment_ms: float
    ) -> Reading:
        started = perf_counter()
        looked_at, fell_back = [], segmentation.fell_back
        for lesion in segmentation.lesions:
            looked_at.append(self.classifier.classify(pixels, lesion))
            fell_back = fell_back or self.classifier.fell_back
        findings = [finding for finding in looked_at if finding is not None]
        return Reading(
            frame_index=frame_index,
            findings=tuple(sorted(findings, key=lambda finding: -finding.probability)),
            presence=segmentation.presence,
            dismissed=len(looked_at) - len(findings),
            stage_ms={
                "segment": segment_ms,
                "classify": (perf_counter() - started) * 1e3,
            },
            fell_back=fell_back,
        )
