"""What a person can ask of the live page, whoever shows it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import cv2

from senoscope.calibration.screen.field_of_view import FieldOfView, NoField, find_field_of_view
from senoscope.domain.frame import Frame, ScanArea
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.recording.recording_take import RecordingState
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.framing import Cut, Framing, usual_framing
from senoscope.ui.calibration.calibration_session import CalibrationSession
from senoscope.ui.frames.key_frames import KeyFrames
from senoscope.ui.frames.overlay import framing_header
from senoscope.ui.review.review_session import ReviewSession

if TYPE_CHECKING:
    from senoscope.ui.rooms.room_desk import RoomDesk
    from senoscope.ui.studies.study_desk import StudyDesk


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found when a source was tried.

    `size` is (columns, rows) of the whole picture, `jpeg` that picture. `fps` is None when the
    source does not say. `calibrated` says whether millimetres are known. `framing` is the one last
    chosen for this source, or its usual one. `found` is the field of view on this very picture, or
    why there is none; None for a source that shows no screen.
    """

    name: str
    size: tuple[int, int]
    fps: float | None
    simulated: bool
    calibrated: bool
    jpeg: bytes
    framing: Framing = Cut.WHOLE
    found: FieldOfView | NoField | None = None

    @classmethod
    def of(cls, source: Source, frame: Frame, fps: float | None, framing: Framing | None) -> Self:
        """Of a source whose whole picture is `frame`. A framing that does not fit it is none."""
        usual = usual_framing(source)
        if isinstance(framing, ScanArea) and not framing.fits(frame.size):
            framing = None
        return cls(
            name=source.name,
            size=frame.size,
            fps=fps,
            simulated=frame.simulated,
            calibrated=frame.pixel_spacing is not None,
            jpeg=cv2.imencode(".jpg", frame.pixels)[1].tobytes(),
            framing=framing or usual,
            found=find_field_of_view([frame.pixels]) if usual is Cut.FOUND else None,
        )

    def as_json(self) -> dict[str, Any]:
        """For the browser; the picture as a data URL."""
        found = self.found
        picture = base64.b64encode(self.jpeg).decode("ascii")
        return {
            "name": self.name,
            "size": list(self.size),
            "fps": self.fps,
            "simulated": self.simulated,
            "calibrated": self.calibrated,
            "framing": framing_header(self.framing),
            "shows_screen": self.found is not None,
            "found": framing_header(found.area) if isinstance(found, FieldOfView) else None,
            "not_found": found.value if isinstance(found, NoField) else None,
            "picture": f"data:image/jpeg;base64,{picture}",
        }


class Recording(Protocol):
    """Records at the operator's word; `start` and `stop` raise StorageError."""

    @property
    def state(self) -> RecordingState:
        """Of the present recording, or of the last."""

    @property
    def file(self) -> str:
        """The name of the last one that was stopped, "" before."""

    def start(self) -> None:
        """Record from the next frame on."""

    def stop(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class LiveActions:
    """What the page can ask for. Each may raise SenoscopeError; the page shows its sentence.

    They are called on the server's worker threads, possibly two at a time.

    `known_sources` names what can be offered without being typed: "phantom", "camera 0".
    `preview` opens such a name, a path or a URL, takes one picture and closes it again.
    `start_source` makes the loop read it from now on, in that framing (None: its usual one), and
    remembers both for the next start.
    `first_run` is True until a source was started once; the page then opens the source dialog.
    `exam` sums up the present exam; `end_exam` begins another, of the pseudonym given first, and
    sums up the ended one; second comes the login that asks for it; "" is nobody's. `align` says
    whether frames wait for their own readings, now and at the next start. `key_frames` are the
    present exam's, `recording` its recorder.
    `explain` says why a numbered finding of a frame is what it is, part by part as in
    `why.Explainer.explain`; None where what reads cannot, and the page then does not offer it.
    `review` reads recorded clips, `calibration` says what is known of the screen, `studies` reads
    and keeps studies, `rooms` knows those that share the store; None where no page for that is
    served.
    """

    known_sources: Callable[[], tuple[str, ...]]
    preview: Callable[[str], Preview]
    start_source: Callable[[str, Framing | None], None]
    first_run: Callable[[], bool]
    exam: Callable[[], ExamSummary]
    end_exam: Callable[[str, str], ExamSummary]
    align: Callable[[bool], None]
    key_frames: KeyFrames
    recording: Recording
    explain: Callable[[PublishedFrame, int], Iterator[dict[str, Any]]] | None = None
    review: ReviewSession | None = None
    calibration: CalibrationSession | None = None
    studies: StudyDesk | None = None
    rooms: RoomDesk | None = None
