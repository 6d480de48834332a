"""The gate says why a frame is not read, once it is sure, and lets a readable one pass."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.frame import Frame, Gray, ScanArea
from senoscope.domain.reading import Unsuitable
from senoscope.models.evaluation import suitability_set as made
from senoscope.models.evaluation.marks import read_tags
from senoscope.models.evaluation.ultrasound_sets import read_bus_bra
from senoscope.realtime.sources.images import fitted
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.suitability import LOOK_EVERY, TO_HOLD, TO_KEEP, VOTES, SuitabilityGate
from tests import builders

PERIOD_NS = 33_333_333
SIZES = [(1024, 768), (1920, 1080)]


def random(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


def frames(pictures: Iterable[Gray], first: int = 0) -> list[Frame]:
    return [Frame(pixels, index, index * PERIOD_NS) for index, pixels in enumerate(pictures, first)]


def said(gate: SuitabilityGate, pictures: Iterable[Gray]) -> list[Unsuitable | None]:
    return [gate.judge(frame) for frame in frames(pictures)]


def alone(pixels: Gray) -> Unsuitable | None:
    return SuitabilityGate().judge(Frame(pixels, 0, 0))


def sweep(seed: int = 0, size: tuple[int, int] = (1024, 768), count: int = 30) -> list[Gray]:
    """The first pictures of the phantom's sweep of 150, as the source plays it."""
    return [frame.pixels for frame in islice(BModePhantom(seed, *size).sweep(150), count)]


def still(seed: int = 0, size: tuple[int, int] = (1024, 768)) -> Gray:
    return sweep(seed, size, 1)[0]


@pytest.fixture(scope="module")
def tissue() -> list[Gray]:
    return sweep()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(4))
def test_the_phantom_passes_in_every_frame(seed: int, size: tuple[int, int]) -> None:
    assert said(SuitabilityGate(), sweep(seed, size=size)) == [None] * 30


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(4))
def test_a_probe_in_air_is_told(seed: int, size: tuple[int, int]) -> None:
    assert alone(made.made_air(random(seed), *size[::-1])) is Unsuitable.IN_AIR


@pytest.mark.parametrize("seed", range(6))
def test_a_report_or_a_menu_is_no_ultrasound(seed: int) -> None:
    assert alone(made.made_report(random(seed), 768, 1024)) is Unsuitable.NO_ULTRASOUND


@pytest.mark.parametrize("grey", [0, 12, 128, 255])
def test_an_even_screen_is_no_ultrasound(grey: int) -> None:
    assert alone(np.full((480, 640), grey, np.uint8)) is Unsuitable.NO_ULTRASOUND


@pytest.mark.parametrize("size", SIZES)
def test_writing_over_the_tissue_is_told(size: tuple[int, int]) -> None:
    plain = still(size=size)
    assert alone(plain) is None
    assert alone(made.with_text(random(2), plain)) is Unsuitable.TEXT


@pytest.mark.parametrize("gap", [0, 12])
def test_two_pictures_side_by_side_are_told(gap: int) -> None:
    left, right = (still(seed, (512, 768)) for seed in (1, 2))
    assert alone(made.side_by_side(left, right, gap)) is Unsuitable.DUAL


@pytest.mark.parametrize(
    ("change", "reason"), [(-90, Unsuitable.GAIN_LOW), (110, Unsuitable.GAIN_HIGH)]
)
def test_a_gain_far_off_is_told(tissue: list[Gray], change: int, reason: Unsuitable) -> None:
    assert alone(made.with_gain(tissue[0], change)) is reason


def test_noise_and_a_picture_on_its_side_are_unlike_what_was_trained_on(tissue: list[Gray]) -> None:
    noise = random().integers(0, 200, (768, 1024)).astype(np.uint8)
    assert alone(noise) is Unsuitable.UNLIKE_TRAINING
    assert alone(np.ascontiguousarray(tissue[0].T)) is Unsuitable.UNLIKE_TRAINING


def coloured(still: Gray) -> Frame:
    return Numbering("scanner").frame(made.with_doppler(random(3), still))


def test_doppler_is_told_by_its_colour(tissue: list[Gray]) -> None:
    assert SuitabilityGate().judge(coloured(tissue[0])) is Unsuitable.COLOUR


def test_colour_outside_the_scan_area_does_not_count(tissue: list[Gray]) -> None:
    picture = np.repeat(tissue[0][..., None], 3, axis=2)
    picture[:100, :200] = 255, 60, 20
    frame = Numbering("scanner").frame(picture)
    assert SuitabilityGate().judge(frame) is Unsuitable.COLOUR
    assert SuitabilityGate().judge(ScanArea(0, 110, 1024, 650).crop(frame)) is None


def panned(still: Gray, step: int, count: int) -> list[Gray]:
    """A window over the still that goes `step` columns a frame, to and fro."""
    reach = still.shape[1] - 640
    way = [abs((index * step) % (2 * reach) - reach) for index in range(count)]
    return [np.ascontiguousarray(still[:, left : left + 640]) for left in way]


def test_a_fast_sweep_is_told_and_a_slow_one_is_not(tissue: list[Gray]) -> None:
    wide = np.hstack([tissue[0], tissue[0][:, ::-1]])
    slow, fast = (said(SuitabilityGate(), panned(wide, step, 24)) for step in (6, 64))
    assert slow == [None] * 24
    assert fast[VOTES:] == [Unsuitable.TOO_FAST] * (24 - VOTES)


def test_a_jump_to_another_place_is_no_fast_sweep(tissue: list[Gray]) -> None:
    elsewhere = sweep(7, count=12)
    assert said(SuitabilityGate(), tissue[:12] + elsewhere) == [None] * 24


def test_frames_far_apart_in_time_say_nothing_of_speed(tissue: list[Gray]) -> None:
    wide = np.hstack([tissue[0], tissue[0][:, ::-1]])
    gate = SuitabilityGate()
    each = enumerate(panned(wide, 64, 24))
    assert {gate.judge(Frame(pixels, at, at * 200_000_000)) for at, pixels in each} == {None}


def test_the_same_pixels_are_frozen_after_two_seconds_and_no_sooner(tissue: list[Gray]) -> None:
    gate = SuitabilityGate()
    reasons = said(gate, tissue + [tissue[-1]] * 90)
    frozen_from = 29 + 61
    assert reasons[:frozen_from] == [None] * frozen_from
    assert set(reasons[frozen_from:]) == {Unsuitable.FROZEN}
    assert gate.judge(Frame(tissue[0], 200, 200 * PERIOD_NS)) is None


def test_calipers_put_down_on_a_frozen_picture_warn_and_are_read(tissue: list[Gray]) -> None:
    gate = SuitabilityGate()
    said(gate, [tissue[0]] * 90)
    measured = made.with_text(random(2), tissue[0])
    assert not gate.drawn_on
    later = [gate.judge(frame) for frame in frames([measured] * 90, 90)]
    assert (set(later), gate.drawn_on) == ({None}, True)
    gate.judge(Frame(tissue[9], 190, 190 * PERIOD_NS))
    assert not gate.drawn_on


def test_a_reason_waits_for_most_of_the_last_frames_and_goes_late(tissue: list[Gray]) -> None:
    ringing = made.made_air(random(), 768, 1024)
    air = [
        np.maximum(ringing, random(at).integers(0, 6, ringing.shape, np.uint8))
        for at in range(VOTES)
    ]
    reasons = said(SuitabilityGate(), tissue[:VOTES] + air + tissue[:VOTES])
    held = [index for index, reason in enumerate(reasons) if reason is Unsuitable.IN_AIR]
    begins, ends = VOTES + TO_HOLD - 1, 2 * VOTES + VOTES - TO_KEEP - 1
    # One later where the first frame of either was not the one of LOOK_EVERY that is looked at.
    assert held == list(range(held[0], held[-1] + 1))
    assert begins <= held[0] < begins + LOOK_EVERY
    assert ends <= held[-1] < ends + LOOK_EVERY
    assert set(reasons) == {None, Unsuitable.IN_AIR}


def test_one_bad_frame_among_good_ones_is_passed_over(tissue: list[Gray]) -> None:
    written = made.with_text(random(2), tissue[10])
    assert said(SuitabilityGate(), [*tissue[:10], written, *tissue[10:]]) == [None] * 31


def test_a_still_among_stills_is_judged_alone(tissue: list[Gray]) -> None:
    gate = SuitabilityGate(stills=True)
    air = made.made_air(random(), 768, 1024)
    shown = [tissue[0], air, still(3), air, *[tissue[0]] * 90]
    expected = [None, Unsuitable.IN_AIR, None, Unsuitable.IN_AIR, *[None] * 90]
    assert said(gate, shown) == expected


@pytest.mark.parametrize(("columns", "rows"), [(64, 64), (64, 300), (300, 64), (4096, 70)])
def test_any_usable_size_is_judged(columns: int, rows: int) -> None:
    grey = random().integers(0, 256, (rows, columns)).astype(np.uint8)
    gate = SuitabilityGate()
    for index in range(3):
        gate.judge(Frame(np.roll(grey, index, 1), index, index * PERIOD_NS))
    assert gate.judge(builders.frame(3, captured_at_ns=3 * PERIOD_NS)) is not None


def test_of_the_listed_images_without_text_hardly_any_is_refused(public_data: Path) -> None:
    tags, listed = read_tags(), made.caliper_free()
    images = [i for i in read_bus_bra(public_data / "bus-bra") if i.name in listed]
    assert len(images) == len(listed) >= 100
    wrong = []
    for image in images:
        reason = alone(fitted(image.pixels(), (1024, 768)))
        right = reason is Unsuitable.TEXT and tags["bus-bra", image.name].text
        if reason is not None and not right:
            wrong.append((image.name, reason))
    assert len(wrong) <= 0.03 * len(images), wrong


def test_the_doppler_still_is_refused(public_data: Path) -> None:
    still = made.uncompressed_still(public_data / "ultrasound-dicom" / "US1_UNCR.dcm", 480, 640)
    assert SuitabilityGate().judge(Numbering("scanner").frame(still)) is Unsuitable.COLOUR
