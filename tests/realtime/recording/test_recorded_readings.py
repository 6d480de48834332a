from __future__ import annotations

from dataclasses import replace

import pytest

from senoscope.domain.reading import Reading, Unsuitable
from senoscope.realtime.recording.recorded_readings import Agreement, RecordedReadings, same_reading
from tests import builders


def test_each_frame_is_compared_once_whichever_came_first() -> None:
    both = RecordedReadings()
    both.hear(builders.reading(1))
    both.hear(builders.reading(2, presence=0.3))
    both.hear(builders.reading(2, presence=0.4))
    both.hear(builders.reading(1))
    both.hear(builders.reading(3))
    assert both.agreement == Agreement(compared=2, same=1)


def test_frames_that_were_not_read_say_nothing() -> None:
    both = RecordedReadings()
    for _ in range(2):
        both.hear(Reading(1, (), 0.0, unsuitable=Unsuitable.IN_AIR))
    assert both.agreement.compared == 0


def moved(reading: Reading) -> Reading:
    first = reading.findings[0]
    lesion = replace(first.lesion, contour=first.lesion.contour + 1e-4)
    return replace(reading, findings=(replace(first, lesion=lesion),))


def likelier(reading: Reading) -> Reading:
    first = reading.findings[0]
    return replace(reading, findings=(replace(first, probability=first.probability + 1e-9),))


@pytest.mark.parametrize(
    "change",
    [
        moved,
        likelier,
        lambda reading: replace(reading, presence=reading.presence + 1e-9),
        lambda reading: replace(reading, findings=()),
        lambda reading: replace(reading, dismissed=1),
    ],
)
def test_the_smallest_difference_counts(change: object) -> None:
    reading = builders.reading(1)
    assert reading.findings
    assert same_reading(reading, replace(reading, stage_ms={"segment": 99.0}))
    assert callable(change)
    assert not same_reading(reading, change(reading))
