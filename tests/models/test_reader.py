"""A frame becomes a reading: most suspicious first, with the time each stage took."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.reading import OperatingPoint, ReaderDescription, Suspicion
from senoscope.models.classifier import Classifier
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter
from tests.models.scripted import LookingEngine, package

DESCRIPTION = ReaderDescription("looking", ("scripted 1",))


def reader() -> UltrasoundReader:
    engine = LookingEngine(malignant_gray=255)
    return UltrasoundReader(
        Segmenter(engine, package()), Classifier(engine, package()), DESCRIPTION
    )


def two_lesions() -> np.ndarray:
    """A large one at the left that looks benign, and a smaller one that does not."""
    pixels = np.zeros((480, 640), np.uint8)
    pixels[150:350, 60:260] = 180
    pixels[180:280, 440:540] = 255
    return pixels


def test_the_most_suspicious_finding_comes_first_though_it_is_smaller() -> None:
    reading = reader().read(two_lesions(), 7)
    assert reading.frame_index == 7
    assert [finding.suspicion for finding in reading.findings] == [Suspicion.HIGH, Suspicion.LOW]
    assert reading.findings[0].lesion.area_px < reading.findings[1].lesion.area_px


def test_each_stage_says_the_milliseconds_it_took() -> None:
    stage_ms = reader().read(two_lesions(), 0).stage_ms
    assert set(stage_ms) == {"segment", "classify"}
    assert all(0 < took < 10_000 for took in stage_ms.values())


def test_a_frame_without_lesion_has_no_finding_but_a_presence() -> None:
    reading = reader().read(np.zeros((480, 640), np.uint8), 0)
    assert reading.findings == ()
    assert reading.presence < 0.1


def test_the_reader_s_operating_point_is_the_classifier_s() -> None:
    assert reader().operating_point == OperatingPoint(0.2, 0.7)


def test_outlines_taken_for_no_lesion_are_counted_and_are_no_findings() -> None:
    engine = LookingEngine()
    dismissing = Classifier(engine, package(lesion_logit_from=5.0))
    reading = UltrasoundReader(Segmenter(engine, package()), dismissing, DESCRIPTION).read(
        two_lesions(), 0
    )
    assert reading.findings == ()
    assert reading.dismissed == 2


class Fallen(LookingEngine):
    """One whose answers another gave, those of `fell`; by the count of its runs."""

    def __init__(self, *fell: int) -> None:
        super().__init__()
        self.runs, self.falls = 0, fell

    @property
    def fell(self) -> bool:
        return self.runs in self.falls

    def run(self, picture: np.ndarray) -> dict[str, np.ndarray]:
        self.runs += 1
        return super().run(picture)


@pytest.mark.parametrize(
    ("outlines", "looks_again", "expected"),
    [((), (), False), ((1,), (), True), ((), (1,), True), ((), (2,), True), ((2,), (3,), False)],
    ids=["neither", "outlines", "first lesion", "second lesion", "another frame"],
)
def test_a_reading_says_that_another_engine_had_a_part_in_it(
    outlines: tuple[int, ...], looks_again: tuple[int, ...], expected: bool
) -> None:
    reading = UltrasoundReader(
        Segmenter(Fallen(*outlines), package()),
        Classifier(Fallen(*looks_again), package()),
        DESCRIPTION,
    ).read(two_lesions(), 0)
    assert len(reading.findings) == 2
    assert reading.fell_back is expected


def test_a_frame_without_lesion_says_so_too() -> None:
    blank = np.zeros((480, 640), np.uint8)
    for fell in (True, False):
        engine = Fallen(*([1] * fell))
        reading = UltrasoundReader(
            Segmenter(engine, package()), Classifier(engine, package()), DESCRIPTION
        ).read(blank, 0)
        assert (reading.findings, reading.fell_back) == ((), fell)
