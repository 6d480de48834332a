"""How far readings of changed copies lie from the frame's, by readers whose ways are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import pytest

from senoscope.calibration import repeatability
from senoscope.calibration.repeatability import Kind, Reread, Still, copies, reread, spreads
from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, OperatingPoint, Reading
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.metrics import bootstrap

SHAPE = (300, 400)
POINT = OperatingPoint(0.3, 0.7)
SPACING = PixelSpacing(0.1, 0.1)


def tissue(centre: tuple[int, int] = (200, 130), half: tuple[int, int] = (60, 35)) -> Gray:
    """Grey with a dark ellipse, `centre` and `half` axes in (x, y) pixels."""
    picture = np.full(SHAPE, 120, np.uint8)
    cv2.ellipse(picture, centre, half, 0, 0, 360, (40,), -1)
    return picture


@dataclass
class DarkReader:
    """Outlines what is dark. The probability is `says` of the picture."""

    says: Callable[[Gray], float] = lambda pixels: 0.5

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        dark = ((pixels > 0) & (pixels < 80)).astype(np.uint8)
        contours, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        probability = self.says(pixels)
        findings = tuple(
            Finding(
                Lesion(contour[:, 0].astype(np.float32), cv2.contourArea(contour), 0.9),
                probability,
                POINT.suspicion(probability),
            )
            for contour in contours
            if len(contour) > 20
        )
        return Reading(frame_index, findings, 0.9)


def by_kind(pixels: Gray, reader: DarkReader) -> dict[Kind, list[Reread]]:
    rereads = reread(Still("one", pixels, SPACING), reader)
    return {kind: [each for each in rereads if each.kind is kind] for kind in Kind}


def test_a_reader_that_sees_the_same_is_found_to_do_so_in_every_copy() -> None:
    for kind, those in by_kind(tissue(), DarkReader()).items():
        assert those, kind
        for each in those:
            assert each.dice > 0.98, kind
            assert (each.findings, each.flips) == (1, 0)
            (moved,) = each.moved
            assert moved.length_share < 0.02
            assert moved.length_mm == pytest.approx(moved.length_share * 12, rel=0.02)
            assert moved.probability == 0


def test_the_unchanged_copy_differs_by_nothing() -> None:
    (again,) = by_kind(tissue(), DarkReader())[Kind.AGAIN]
    assert again.dice == 1
    assert again.moved[0].length_share == again.moved[0].length_mm == 0


def test_copies_differ_and_keep_to_their_size() -> None:
    pixels = tissue()
    made = list(copies(pixels))
    assert made[0].pixels is pixels
    assert all(each.pixels.dtype == np.uint8 for each in made)
    contents = {each.pixels.tobytes() for each in made}
    assert len(contents) >= len(made) - 2  # JPEG of so plain a picture may lose nothing
    sizes = {each.kind: each.pixels.shape for each in made}
    assert sizes[Kind.DEPTH] == sizes[Kind.JPEG] == sizes[Kind.GAIN] == SHAPE


def test_gain_leaves_black_black_and_moves_the_rest() -> None:
    pixels = tissue()
    pixels[:20] = 0
    down, up = (each.pixels for each in copies(pixels) if each.kind is Kind.GAIN)
    assert not down[:20].any()
    assert not up[:20].any()
    assert (int(down[-1, 0]), int(up[-1, 0])) == (112, 128)


def test_only_the_change_that_a_reader_minds_flips_its_word() -> None:
    reader = DarkReader(says=lambda pixels: 0.9 if int(pixels[-1, 0]) > 125 else 0.1)
    kinds = by_kind(tissue(), reader)
    assert [each.flips for each in kinds[Kind.GAIN]] == [0, 1]
    assert kinds[Kind.GAIN][1].moved[0].probability == pytest.approx(0.8)
    others = [each.flips for kind in (Kind.AGAIN, Kind.CROP, Kind.DEPTH) for each in kinds[kind]]
    assert not any(others)


def test_a_lesion_that_one_reading_alone_has_is_a_flip_without_overlap() -> None:
    @dataclass
    class Forgets(DarkReader):
        reads: int = 0

        def read(self, pixels: Gray, frame_index: int) -> Reading:
            self.reads += 1
            found = super().read(pixels, frame_index)
            return found if self.reads == 1 else Reading(frame_index, (), 0.1)

    for each in reread(Still("one", tissue()), Forgets()):
        assert (each.dice, each.findings, each.flips, each.moved) == (0.0, 1, 1, ())


def test_a_lesion_cut_off_by_the_copy_s_edge_does_not_count() -> None:
    kinds = by_kind(tissue(centre=(200, 265)), DarkReader())
    upper, lower, left, right = kinds[Kind.CROP]
    assert [each.findings for each in (upper, left, right)] == [1, 1, 1]
    assert (lower.findings, lower.flips, lower.moved) == (0, 0, ())
    assert lower.dice > 0.98  # over what both show


def test_a_frame_without_a_lesion_has_no_dice() -> None:
    rereads = reread(Still("bare", np.full(SHAPE, 120, np.uint8)), DarkReader())
    assert all(np.isnan(each.dice) and each.findings == 0 for each in rereads)
    figures = spreads(rereads)[Kind.CROP]
    assert figures["dice"].n == figures["flips"].n == 0
    assert np.isnan(figures["flips"].value)


def test_without_a_scale_there_are_no_millimetres() -> None:
    for each in reread(Still("one", tissue()), DarkReader()):
        assert np.isnan(each.moved[0].length_mm)
        assert each.moved[0].length_share < 0.02


def test_figures_are_of_their_own_kind_with_intervals_over_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repeatability, "bootstrap", partial(bootstrap, resamples=100))
    reader = DarkReader(says=lambda pixels: 0.9 if int(pixels[-1, 0]) > 125 else 0.1)
    stills = [
        Still(f"group {place}", tissue((180 + 10 * place, 130)), SPACING) for place in range(4)
    ]
    figures = spreads([each for still in stills for each in reread(still, reader)])
    assert figures[Kind.GAIN]["flips"].value == 0.5
    assert figures[Kind.GAIN]["flips"].ci == (0.5, 0.5)
    assert figures[Kind.GAIN]["flips"].n == 8
    assert figures[Kind.GAIN]["probability_p95"].value == pytest.approx(0.8)
    assert figures[Kind.AGAIN]["dice"].value == 1
    assert figures[Kind.AGAIN]["flips"].value == 0
