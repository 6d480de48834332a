"""What reads archives in the tests: the mode for ultrasound, and networks that are quick or worse.

A study whose PatientID is one of those below meets what that says.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from pydicom import dcmread

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import Gray
from senoscope.domain.reading import OperatingPoint, ReaderDescription, Reading
from senoscope.studies.archive.lasting_clips import LastingClips
from senoscope.studies.images.series import Series, Study
from senoscope.studies.modes.mode import Mode, Say, say_nothing
from senoscope.studies.modes.ultrasound_clip import UltrasoundClip
from senoscope.studies.study_reading import ImageReading, StudyReading
from tests import builders

POISON, FAULT, FULL = "POISON", "FAULT", "FULL"


@dataclass(frozen=True)
class QuickReader:
    """Finds nothing in any frame, in as long as it is told."""

    delay_s: float = 0.0

    @property
    def description(self) -> ReaderDescription:
        return ReaderDescription("Fake engine", ("fake model",))

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        time.sleep(self.delay_s)
        return builders.reading(frame_index, findings=(), presence=0.1)


@dataclass(frozen=True)
class BuildQuickReader:
    delay_s: float = 0.0

    def __call__(self) -> QuickReader:
        return QuickReader(self.delay_s)


@dataclass(frozen=True)
class FindsNothing:
    """No AI process at all."""

    delay_s: float = 0.0

    name = "ultrasound_clip"
    expects = "ultrasound images or cines"

    def accepts(self, series: Series) -> bool:
        return series.modality == "US"

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        time.sleep(self.delay_s)
        images = tuple(
            ImageReading(
                *(each.place, each.series_uid, each.instance_uid, each.sop_class),
                *(each.frames, each.frames),
            )
            for each in study.images
        )
        reader = ReaderDescription("Fake engine", ("fake model",), OperatingPoint(0.1, 0.5))
        return StudyReading(study.uid, self.name, reader, images, (), datetime.now(UTC))


@dataclass(frozen=True)
class Wary:
    """The mode below it, unless the patient is one who is told otherwise of."""

    mode: Mode

    name = "ultrasound_clip"
    expects = "ultrasound images or cines"

    def accepts(self, series: Series) -> bool:
        return self.mode.accepts(series)

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        patient = dcmread(study.images[0].path, specific_tags=["PatientID"]).PatientID
        if patient == POISON:
            os.kill(os.getpid(), signal.SIGKILL)
        if patient == FAULT:
            raise ValueError(f"{study.images[0].path} of Jane Doe")
        if patient == FULL:
            raise StorageError("The disk is full. Free space.")
        return self.mode.read(study, say, cancelled)


def no_process_modes(_clips: LastingClips, delay_s: float = 0.0) -> Sequence[Mode]:
    return (Wary(FindsNothing(delay_s)),)


def quick_modes(clips: LastingClips, delay_s: float = 0.0) -> Sequence[Mode]:
    return (Wary(UltrasoundClip(BuildQuickReader(delay_s), 256, clips)),)
