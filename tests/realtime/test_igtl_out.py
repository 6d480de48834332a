from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pyigtl import OpenIGTLinkClient

from senoscope.domain.errors import PortInUse
from senoscope.domain.reading import Finding, Suspicion, Unsuitable
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.igtl_out import IMAGE, LABELS, MOST_CLIENTS, STATUS, IgtlOut, label_map
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.openigtlink import OpenIgtLinkSource
from tests import builders

HANG_LIMIT_S = 30.0
SPACING = PixelSpacing(0.2, 0.1)


def published(index: int, **changed: Any) -> PublishedFrame:
    """A frame of grey `index` with one finding of its own."""
    frame = builders.frame(index, value=index, pixel_spacing=SPACING)
    shown = PublishedFrame(
        frame=frame,
        jpeg=b"",
        reading=builders.reading(index, (builders.finding(0.82),)),
        tracks=(),
        reading_age_ms=0.0,
        source_name="phantom",
        scan_area=None,
        exam=builders.EXAM,
    )
    return replace(shown, **changed)


@contextmanager
def serving() -> Iterator[IgtlOut]:
    out = IgtlOut(0, 400.0)
    out.start()
    try:
        yield out
    finally:
        out.stop()


@contextmanager
def client(out: IgtlOut) -> Iterator[Callable[[PublishedFrame], dict[str, Any]]]:
    """pyigtl's own: shows a frame until all three of its messages came, and gives them."""
    theirs = OpenIGTLinkClient("127.0.0.1", out.port)

    def shown(frame: PublishedFrame) -> dict[str, Any]:
        out.show(frame)
        found = {name: theirs.wait_for_message(name, HANG_LIMIT_S) for name in (IMAGE, LABELS)}
        text = theirs.wait_for_message(STATUS, HANG_LIMIT_S).string
        return found | {STATUS: json.loads(text)}

    try:
        yield shown
    finally:
        theirs.stop()


def test_a_client_gets_the_picture_its_label_map_and_a_status() -> None:
    with serving() as out, client(out) as shown:
        for index in (3, 4):
            came = shown(published(index))
            assert (came[IMAGE].image == index).all() and came[IMAGE].image.shape == (1, 64, 96)
            assert np.diag(came[IMAGE].ijk_to_world_matrix)[:2] == pytest.approx([0.1, 0.2])
            labels = came[LABELS].image[0]
            # The finding's rectangle: x 20 to 50, y 16 to 36.
            assert labels[16:37, 20:51].all() and labels.sum() == 21 * 31
            assert abs(came[IMAGE].timestamp - time.time()) < HANG_LIMIT_S
            assert came[STATUS] == {
                "frame": index,
                "simulated": True,
                "calibrated": True,
                "reading_age_ms": 0.0,
                "unsuitable": None,
                "findings": [{"label": 1, "probability": 0.82, "suspicion": "high"}],
            }


@pytest.mark.parametrize(
    ("changed", "drawn"),
    [
        ({"reading_age_ms": 399.0}, True),
        ({"reading_age_ms": 401.0}, False),
        ({"reading_age_ms": 9000.0, "unsuitable": Unsuitable.FROZEN}, True),
        ({"unsuitable": Unsuitable.IN_AIR}, False),
        ({"reading": None, "reading_age_ms": None}, False),
    ],
)
def test_an_outline_that_does_not_hold_for_the_picture_is_not_sent(
    changed: dict[str, Any], drawn: bool
) -> None:
    with serving() as out, client(out) as shown:
        came = shown(published(5, **changed))
        assert came[LABELS].image.any() == drawn
        assert bool(came[STATUS]["findings"]) == drawn


def test_what_is_sent_comes_back_as_it_was_by_our_own_source() -> None:
    with serving() as out:
        source = OpenIgtLinkSource("127.0.0.1", out.port, IMAGE)
        source.open()
        out.show(published(9))
        frame = source.grab()
        assert frame is not None and (frame.pixels == 9).all()
        assert frame.pixel_spacing is not None
        assert frame.pixel_spacing.row_mm == pytest.approx(0.2)
        source.close()


def test_the_most_suspicious_finding_lies_on_top() -> None:
    upper = Finding(builders.lesion(10, 10, 30, 30), 0.9, Suspicion.HIGH)
    lower = Finding(builders.lesion(20, 20, 30, 30), 0.2, Suspicion.LOW)
    labels = label_map((upper, lower), (64, 96))
    assert (labels[15, 15], labels[30, 30], labels[48, 48], labels[5, 5]) == (1, 1, 2, 0)


def test_a_client_that_takes_nothing_holds_up_no_other() -> None:
    with serving() as out:
        deaf = socket.create_connection(("127.0.0.1", out.port))
        large = published(1, frame=builders.frame(1, columns=2048, rows=2048))
        with client(out) as shown:
            for _ in range(5):
                assert shown(large)[STATUS]["frame"] == 1
        deaf.close()


def test_clients_beyond_the_limit_are_refused() -> None:
    with serving() as out:
        kept = [socket.create_connection(("127.0.0.1", out.port)) for _ in range(MOST_CLIENTS)]
        one_more = socket.create_connection(("127.0.0.1", out.port))
        one_more.settimeout(HANG_LIMIT_S)
        assert one_more.recv(1) == b""
        for each in (*kept, one_more):
            each.close()


def test_a_taken_port_says_so_and_a_stopped_server_lets_go_of_it() -> None:
    with serving() as out:
        port = out.port
        with pytest.raises(PortInUse, match=f"on port {port}"):
            IgtlOut(port, 400.0)
    IgtlOut(port, 400.0).stop()
