"""What is not to be read is said and shown, and never read; everything else is."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.reading import Unsuitable
from senoscope.realtime.ledger import DropCause
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import PublishedFrame, ReadFrame
from senoscope.realtime.sources.numbering import Numbering
from senoscope.ui.frames.overlay import frame_header
from tests.fakes import BuildFakeReader
from tests.realtime.running import HANG_LIMIT_S
from tests.ui.built_frames import status

pytestmark = pytest.mark.real_gate

BLACK: Gray = np.zeros((384, 512), np.uint8)


class Pictures:
    """These, one after the other."""

    name = "pictures"
    simulated = True
    stills = True

    def __init__(self, pictures: list[Gray]) -> None:
        self._left = iter(pictures)
        self._numbering = Numbering(self.name)

    def open(self) -> None:
        pass

    def grab(self) -> Frame | None:
        picture = next(self._left, None)
        return None if picture is None else self._numbering.frame(picture)

    def close(self) -> None:
        pass


def run(pictures: list[Gray]) -> tuple[LiveLoop, list[PublishedFrame], list[ReadFrame]]:
    shown: list[PublishedFrame] = []
    read: list[ReadFrame] = []
    loop = LiveLoop(Pictures(pictures), BuildFakeReader())
    loop.aligned = True
    loop.subscribe(shown.append)
    loop.subscribe_read(read.append)
    loop.start(wait_for_reader=True)
    assert loop.wait(None, HANG_LIMIT_S)
    loop.stop()
    return loop, shown, read


def test_a_frame_that_is_no_ultrasound_is_shown_with_its_reason_and_not_read() -> None:
    tissue = [frame.pixels for frame in BModePhantom(3, 512, 384).sweep(2)]
    loop, shown, read = run([tissue[0], BLACK, tissue[1]])
    assert [each.unsuitable for each in shown] == [None, Unsuitable.NO_ULTRASOUND, None]
    abstained = shown[1]
    assert abstained.reading is not None
    assert (abstained.reading.unsuitable, abstained.reading.findings) == (
        Unsuitable.NO_ULTRASOUND,
        (),
    )
    assert (abstained.tracks, abstained.reading_age_ms) == ((), 0)
    books = loop.exam().books
    assert (books.captured, books.dropped[DropCause.UNSUITABLE], books.balanced) == (3, 1, True)
    assert {each.frame.index: each.reading.unsuitable for each in read}[1] is not None
    header = frame_header(abstained, 1, status())
    assert {"key": "abstains", "why": "no_ultrasound"} in header["banners"]
    assert (header["abstains"], header["findings"]) == (True, [])


def test_two_alike_that_are_not_to_be_read_are_both_said_to_be() -> None:
    loop, shown, _ = run([BLACK, BLACK])
    assert [each.unsuitable for each in shown] == [Unsuitable.NO_ULTRASOUND] * 2
    assert loop.exam().books.dropped[DropCause.UNSUITABLE] == 2


def test_the_phantom_is_read() -> None:
    _, shown, _ = run([frame.pixels for frame in BModePhantom(3, 512, 384).sweep(4)])
    assert {each.unsuitable for each in shown} == {None}
