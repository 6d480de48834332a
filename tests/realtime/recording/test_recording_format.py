from __future__ import annotations

import json
import zlib
from dataclasses import replace
from struct import pack

import numpy as np
import pytest

from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, Reading, Suspicion, Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.recording.recording_format import (
    HEAD,
    LARGEST_TEXT,
    UNUSABLE,
    Kind,
    frame_from,
    frame_record,
    header_from,
    header_record,
    longest,
    reading_from,
    reading_record,
)
from tests import builders
from tests.realtime.recordings import assert_same_frames, assert_same_readings, header, speckle

HEADER = header()


def payload(whole: bytes) -> bytes:
    return whole[HEAD.size :]


def test_a_header_comes_back_as_it_was() -> None:
    bare = replace(HEADER, scan_area=None, simulated=False)
    for each in (HEADER, bare):
        assert header_from(payload(header_record(each))) == each


@pytest.mark.parametrize("packed", [False, True])
def test_a_frame_comes_back_pixel_for_pixel(packed: bool) -> None:
    frame = speckle(7)
    noise = np.random.default_rng(1).integers(0, 256, (64, 96), np.uint8)
    turned = speckle(3, 64, 96).pixels.T
    for pixels in (frame.pixels, noise, turned, builders.pixels(255)):
        each = replace(frame, pixels=pixels)
        assert_same_frames([frame_from(payload(frame_record(each, packed)), HEADER)], [each])


@pytest.mark.parametrize("origin", SpacingOrigin)
def test_each_frame_keeps_its_own_millimetres(origin: SpacingOrigin) -> None:
    spacing = CalibratedSpacing(PixelSpacing(0.1, 0.07), origin, 1.3)
    for known in (spacing, None):
        frame = replace(speckle(7), spacing=known)
        assert frame_from(payload(frame_record(frame, True)), HEADER).spacing == known


def test_millimetres_that_cannot_be_are_refused() -> None:
    frame = replace(speckle(7), spacing=builders.spacing(PixelSpacing(0.1, 0.07)))
    whole = payload(frame_record(frame, False))
    for at, bad in ((16, 8 * b"\0"), (16, 8 * b"\xff"), (32, 8 * b"\x7f"), (40, b"\x07")):
        with pytest.raises(UNUSABLE):
            frame_from(whole[:at] + bad + whole[at + len(bad) :], HEADER)


def test_every_origin_of_millimetres_keeps_its_number_in_files() -> None:
    kept = {
        SpacingOrigin.DICOM_REGION: 1, SpacingOrigin.OPENIGTLINK: 2, SpacingOrigin.RULER: 3,
        SpacingOrigin.TWO_POINTS: 4, SpacingOrigin.PHANTOM: 5, SpacingOrigin.DICOM_SPACING: 6,
    }  # fmt: skip
    assert set(kept) == set(SpacingOrigin)
    for origin, number in kept.items():
        spacing = CalibratedSpacing(PixelSpacing(0.1, 0.07), origin)
        whole = payload(frame_record(replace(speckle(7), spacing=spacing), False))
        assert whole[40] == number
        read = frame_from(whole, HEADER).spacing
        assert read is not None and read.origin is origin


@pytest.mark.parametrize("packed", [False, True])
def test_where_a_frame_was_coloured_comes_back(packed: bool) -> None:
    rng = np.random.default_rng(2)
    for cells in ((24, 36), (1, 1), (0, 36), (64, 96)):
        frame = replace(speckle(7), colour=rng.random(cells) < 0.3)
        whole = payload(frame_record(frame, packed))
        assert len(whole) <= longest(Kind.FRAME, HEADER)
        assert_same_frames([frame_from(whole, HEADER)], [frame])


def test_packing_makes_a_frame_smaller_and_never_larger() -> None:
    frame = speckle(7)
    raw = len(frame_record(frame, packed=False))
    assert len(frame_record(frame, packed=True)) < raw
    noise = np.random.default_rng(1).integers(0, 256, (64, 96), np.uint8)
    assert len(frame_record(replace(frame, pixels=noise), packed=True)) == raw
    assert raw - HEAD.size <= longest(Kind.FRAME, HEADER)


def test_a_reading_comes_back_bit_for_bit() -> None:
    rng = np.random.default_rng(5)
    findings = tuple(
        Finding(
            Lesion(
                rng.normal(50, 1e3, (n, 2)).astype(np.float32), rng.random() * 1e5, rng.random()
            ),
            probability,
            suspicion,
        )
        for n, probability, suspicion in zip(
            (3, 40, 400), (0.1, np.nextafter(0.7, 1), 5e-324), Suspicion, strict=True
        )
    )
    told = Reading(12, findings, rng.random(), {"segment": 2.0}, dismissed=2)
    abstained = Reading(13, (), 1 / 3, unsuitable=Unsuitable.TOO_FAST)
    for each in (told, abstained):
        found = reading_from(payload(reading_record(each)))
        assert_same_readings([found], [each])
        assert found.stage_ms == {}


@pytest.mark.parametrize("probability", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_written(probability: float) -> None:
    reading = builders.reading(findings=(builders.finding(probability),))
    with pytest.raises(ValueError, match="Out of range"):
        reading_record(reading)


def test_a_text_longer_than_is_read_is_not_written() -> None:
    contour = np.zeros((LARGEST_TEXT // 8, 2), np.float32)
    lesion = Lesion(contour, 1, 1)
    with pytest.raises(ValueError, match="at most"):
        reading_record(Reading(0, (Finding(lesion, 0.5, Suspicion.LOW),), 1))


def frame_payload(
    data: bytes, form: int = 1, index: int = 0, cells: tuple[int, int] = (0, 0)
) -> bytes:
    return pack("<QQBHH", index, 0, form, *cells) + data


@pytest.mark.parametrize(
    "data",
    [
        frame_payload(zlib.compress(bytes(96 * 64 + 1))),
        frame_payload(zlib.compress(bytes(96 * 64 - 1))),
        frame_payload(zlib.compress(bytes(96 * 64))[:-1]),
        frame_payload(b"no zlib"),
        frame_payload(bytes(96 * 64), form=4),
        frame_payload(bytes(96 * 64 - 1), form=0),
        frame_payload(bytes(96 * 64), form=0, index=2**60),
        frame_payload(bytes(96 * 64), form=2, cells=(65, 1)),
        frame_payload(bytes(96 * 64), form=2, cells=(1, 97)),
        frame_payload(bytes(96 * 64), form=2, cells=(8, 8)),
        frame_payload(bytes(2), form=2, cells=(64, 96)),
        b"",
        bytes(20),
    ],
)
def test_pixels_that_lie_are_refused(data: bytes) -> None:
    with pytest.raises(UNUSABLE):
        frame_from(data, HEADER)


SPOILT: dict[str, object] = {
    "frame_index": -1,
    "presence": 1.5,
    "dismissed": True,
    "unsuitable": "bored",
    "findings": 7,
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_reading_that_cannot_be_is_refused(name: str) -> None:
    facts = json.loads(payload(reading_record(builders.reading())))
    for spoilt in (facts | {name: SPOILT[name]}, {key: facts[key] for key in facts if key != name}):
        with pytest.raises(UNUSABLE):
            reading_from(json.dumps(spoilt).encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("probability", "0.5"),
        ("suspicion", "benign"),
        ("area_px", 1e999),
        ("contour", [[0, 0], [1, 1]]),
        ("contour", [[0, 0], [1, 1], [1e300, 1]]),
        ("contour", [[0, 0], [1, 1], [None, 1]]),
        ("contour", [[0, 0], [1, 1], [1]]),
        ("contour", [[0, 0], [1, 1], [10**400, 1]]),
    ],
)
def test_a_finding_that_cannot_be_is_refused(name: str, value: object) -> None:
    facts = json.loads(payload(reading_record(builders.reading())))
    facts["findings"][0][name] = value
    with pytest.raises(UNUSABLE):
        reading_from(json.dumps(facts).encode())


@pytest.mark.parametrize("text", [b"[" * 10**5, b"[]", b'{"presence": NaN}', b"\xff", b"9" * 5000])
def test_a_text_that_is_no_reading_is_refused(text: bytes) -> None:
    with pytest.raises(UNUSABLE):
        reading_from(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", [63, 64]),
        ("size", [2**14, 64]),
        ("size", [96]),
        ("size", [96.5, 64]),
        ("scan_area", "1,2,3"),
        ("scan_area", [1, 2, 3, 4]),
        ("started_at", "today"),
        ("started_ns", 2**70),
        ("version", "1"),
    ],
)
def test_a_header_that_cannot_be_is_refused(name: str, value: object) -> None:
    facts = json.loads(payload(header_record(HEADER)))
    with pytest.raises(UNUSABLE):
        header_from(json.dumps(facts | {name: value}).encode())
