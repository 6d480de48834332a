"""Ultrasound images and cines, read by the loop that reads live: the same frames, same readings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from pydicom import uid

from senoscope.calibration.screen.field_of_view import NoField
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.clip import Clip
from senoscope.domain.errors import SenoscopeError
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.realtime.clip_sequence import ClipSequence
from senoscope.realtime.look_ahead import find_ahead
from senoscope.realtime.sources.clip import ClipSource
from senoscope.realtime.sources.framing import Cut
from senoscope.realtime.worker import BuildReader
from senoscope.studies.images.series import Series, Study
from senoscope.studies.images.stored_image import ULTRASOUND, StoredImage
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.modes.heard_frames import HeardFrames
from senoscope.studies.modes.mode import Say, say_nothing
from senoscope.studies.modes.seen_lesion import SeenLesion, study_finding
from senoscope.studies.study_reading import ImageReading, StudyFinding, StudyReading

ALWAYS = (uid.UltrasoundImageStorage, uid.UltrasoundMultiFrameImageStorage)
IN_ULTRASOUND = (
    uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    uid.MultiFrameTrueColorSecondaryCaptureImageStorage,
)
"""Only of a series that says it is ultrasound: of any other they may be anything."""
OpenClips = Callable[[BuildReader], AbstractContextManager[ClipSequence]]
UNREAD = "Its frames could not be decoded. Export it again from the scanner."


@dataclass(frozen=True)
class UltrasoundClip:
    """`grid` is the side of the grid on which the reader outlines, for what it may be off.

    `open_clips` gives what reads the clips of one study; it may last longer than that.
    """

    build_reader: BuildReader
    grid: int
    open_clips: OpenClips = ClipSequence

    name = "ultrasound_clip"
    expects = "ultrasound images or cines"

    def accepts(self, series: Series) -> bool:
        """Of ultrasound, whatever else is in it."""
        return holds_ultrasound(series)

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        """As `Mode.read`. Lesions are numbered through all images, in their order."""
        images = [each for each in study.images if _is_ultrasound(each)]
        progress = _Progress(images, say, cancelled or Event())
        readings: list[ImageReading] = []
        findings: list[StudyFinding] = []
        with self.open_clips(self.build_reader) as clips:
            for image in images:
                read = self._read_image(image, clips, progress)
                if read is None or not progress.goes_on():
                    return None
                reading, lesions = read
                readings.append(reading)
                for lesion in lesions:
                    findings.append(study_finding(len(findings) + 1, image, lesion, self.grid))
                progress.finish(image)
            reader = clips.reader
        now = datetime.now(UTC)
        return StudyReading(study.uid, self.name, reader, tuple(readings), tuple(findings), now)

    def _read_image(
        self, image: StoredImage, clips: ClipSequence, progress: _Progress
    ) -> tuple[ImageReading, list[SeenLesion]] | None:
        """None where it was cancelled."""
        try:
            clip = read_clip(image.path)
            framing, template = _framing_of(clip)
        except SenoscopeError as error:  # of this image alone: the others may be well
            return _image_reading(image, image.frames, trouble=str(error)), []
        heard = HeardFrames(clip)
        source = ClipSource(clip, flat_out=True)
        progress.reads(source)
        end = clips.read(source, framing, template, heard.hear, progress.goes_on)
        if end is None:
            return None
        heard.repeat(end.alike)
        trouble = "" if heard.read or heard.unsuitable.total() else end.error or UNREAD
        reading = _image_reading(image, len(clip.frames), heard, trouble)
        return reading, heard.lesions()


def holds_ultrasound(series: Series) -> bool:
    """Whether there is anything for the networks to read."""
    return any(map(_is_ultrasound, series.images))


def is_ultrasound(sop_class: str, modality: str) -> bool:
    """Whether an image of these is for the networks to read."""
    return sop_class in ALWAYS or (modality == ULTRASOUND and sop_class in IN_ULTRASOUND)


def _is_ultrasound(image: StoredImage) -> bool:
    return is_ultrasound(image.sop_class, image.modality)


def _framing_of(clip: Clip) -> tuple[Cut, ScreenTemplate | None]:
    """As a clip under review is read: a whole screen is looked through for its field first."""
    framing = ClipSource(clip).usual_cut
    if framing is not Cut.FOUND:
        return framing, None
    ahead = find_ahead(ClipSource(clip, flat_out=True))
    return (Cut.WHOLE, None) if isinstance(ahead, NoField) else (Cut.FOUND, ahead)


def _image_reading(
    image: StoredImage, frames: int, heard: HeardFrames | None = None, trouble: str = ""
) -> ImageReading:
    spacing: CalibratedSpacing | None = None if heard is None else heard.spacing
    return ImageReading(
        image.place,
        image.series_uid,
        image.instance_uid,
        image.sop_class,
        frames,
        0 if heard is None else len(heard.read),
        {} if heard is None else dict(heard.unsuitable),
        spacing,
        trouble,
    )


class _Progress:
    """Of all images, by their frames."""

    def __init__(self, images: list[StoredImage], say: Say, cancelled: Event) -> None:
        self._say, self._cancelled = say, cancelled
        self._count, self._frames = len(images), max(1, sum(each.frames for each in images))
        self._done = self._place = 0
        self._source: ClipSource | None = None

    def reads(self, source: ClipSource) -> None:
        """The next image."""
        self._source = source

    def goes_on(self) -> bool:
        """Say how far it is, and whether to go on."""
        here = 0.0 if self._source is None else self._source.share * self._source.frames
        share = min(1.0, (self._done + here) / self._frames)
        self._say(share, f"Image {min(self._place + 1, self._count)} of {self._count}")
        return not self._cancelled.is_set()

    def finish(self, image: StoredImage) -> None:
        """The present image."""
        self._done += image.frames
        self._place += 1
        self._source = None
