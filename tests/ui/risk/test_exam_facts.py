"""Which field a kept reading's score fills: only a probability of malignancy fills one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from senoscope.domain.reading import ReaderDescription
from senoscope.studies.study_reading import (
    BREAST_MRI,
    MAMMOGRAPHY,
    NETWORK,
    ImageReading,
    ReadingFact,
    StudyReading,
)
from senoscope.ui.risk.exam_facts import scored_field

IMAGE = ImageReading(1, "1.2.3", "1.2.3.4", "1.2.840.10008.5.1.4.1.1.1.2", 1, read=1)


def reading(mode: str, *facts: ReadingFact) -> StudyReading:
    """Of one image."""
    described = ReaderDescription("programmed", ("marks 1",))
    images = (replace(IMAGE, facts=facts),)
    return StudyReading("1.2", mode, described, images, (), datetime(2026, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("mode", "field"),
    [("ultrasound_clip", "ultrasound"), ("live_exam", "ultrasound"), (BREAST_MRI, "")],
)
def test_lesions_on_ultrasound_have_a_probability(mode: str, field: str) -> None:
    assert scored_field(reading(mode)) == field


def test_marks_on_mammograms_have_none_and_a_network_has_one() -> None:
    assert scored_field(reading(MAMMOGRAPHY)) == ""
    assert scored_field(reading(MAMMOGRAPHY, ReadingFact(NETWORK, 0.25))) == MAMMOGRAPHY
