"""What is shown of each kind of source where nobody chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.realtime.sources.camera import CameraSource
from senoscope.realtime.sources.framing import Cut, parse_framing, usual_framing
from senoscope.realtime.sources.images import ImagesSource
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.realtime.sources.stream import StreamSource
from senoscope.realtime.sources.video_file import VideoFileSource


def test_whatever_may_show_a_name_is_not_shown_whole_unasked(tmp_path: Path) -> None:
    screens = CameraSource(0), StreamSource("rtsp://host/live"), VideoFileSource(tmp_path / "a.avi")
    assert [usual_framing(each) for each in screens] == [Cut.FOUND] * 3
    assert usual_framing(PhantomSource()) is Cut.WHOLE
    assert usual_framing(ImagesSource(tmp_path)) is Cut.WHOLE


def test_a_framing_comes_back_from_its_text() -> None:
    for framing in (*Cut, ScanArea(1, 2, 100, 80), ScanArea(1, 2, 100, 80, (640, 480))):
        assert parse_framing(str(framing)) == framing
    with pytest.raises(SettingsError, match="Scan area 'all'"):
        parse_framing("all")
