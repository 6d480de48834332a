"""Is the same frame read the same? Readings of slightly changed copies beside that of the frame.

A copy is changed as a picture is between two looks at one tissue: cut a little elsewhere, stored
again as JPEG, brighter or darker, shown at less depth. None is turned or noised, and no tissue is
invented: more depth, which would show more of it, is not among them. How near a reading is to the
truth is not measured here, only how far it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.engine_trust import Reads
from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, Reading
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.matching import Mask, paired
from senoscope.models.evaluation.metrics import Estimate, bootstrap, dice
from senoscope.models.segmenter import lesion_mask

CUT = 0.03
"""Of a side, cut away at each of the four sides in turn."""
JPEG_QUALITIES = (95, 80, 60)
GAINS = (-8, 8)
"""Grey values: about 2 dB of a picture that shows 60 dB. What is black stays black."""
DEPTHS = (1.05, 1.1)
"""Times as large, about the middle of the upper edge: the skin stays where it is."""

Floats = NDArray[np.float64]


class Kind(StrEnum):
    """How a copy differs from its frame. AGAIN does not: it is the baseline."""

    AGAIN = "again"
    CROP = "crop"
    JPEG = "jpeg"
    GAIN = "gain"
    DEPTH = "depth"


@dataclass(frozen=True, eq=False)
class Copy:
    """A changed copy, (rows, columns). A point [x, y] of it is `scale` * [x, y] + `shift` there."""

    kind: Kind
    pixels: Gray
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    def in_frame(self, lesion: Lesion) -> Lesion:
        """Its lesion in pixels of the frame."""
        contour = (lesion.contour * self.scale + np.array(self.shift)).astype(np.float32)
        return replace(lesion, contour=contour, area_px=lesion.area_px * self.scale**2)

    def shows(self, shape: tuple[int, int]) -> Mask:
        """(rows, columns): which of the frame's pixels it shows."""
        rows, columns = self.pixels.shape
        corners = np.array([(0, 0), (columns - 1, 0), (columns - 1, rows - 1), (0, rows - 1)])
        contour = (corners * self.scale + np.array(self.shift)).astype(np.float32)
        return lesion_mask((Lesion(contour, 0.0, 1.0),), shape)


@dataclass(frozen=True, eq=False)
class Still:
    """A frame to be read again. `group` shares a patient, phantom or file."""

    group: str
    pixels: Gray
    pixel_spacing: PixelSpacing | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """How far one finding moved, without sign.

    Its long axis as a share and in mm, nan where no scale is known, and its probability of
    malignancy.
    """

    length_share: float
    length_mm: float
    probability: float


@dataclass(frozen=True, slots=True)
class Reread:
    """One copy's reading beside the frame's.

    `dice` is of all outlines, over what both show; nan where neither outlines anything. `flips`
    counts findings, of `findings`, that one alone has or that got another word.
    """

    group: str
    kind: Kind
    dice: float
    findings: int
    flips: int
    moved: tuple[Moved, ...]


def copies(pixels: Gray) -> Iterator[Copy]:
    """Every changed copy of a (rows, columns) frame, AGAIN first."""
    rows, columns = pixels.shape
    yield Copy(Kind.AGAIN, pixels)
    across, down = round(CUT * columns), round(CUT * rows)
    yield Copy(Kind.CROP, np.ascontiguousarray(pixels[down:]), shift=(0.0, down))
    yield Copy(Kind.CROP, np.ascontiguousarray(pixels[: rows - down]))
    yield Copy(Kind.CROP, np.ascontiguousarray(pixels[:, across:]), shift=(across, 0.0))
    yield Copy(Kind.CROP, np.ascontiguousarray(pixels[:, : columns - across]))
    for quality in JPEG_QUALITIES:
        _, jpeg = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, quality))
        decoded = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
        yield Copy(Kind.JPEG, np.asarray(decoded, np.uint8))
    for gain in GAINS:
        brighter = np.clip(pixels.astype(np.int16) + gain, 0, 255).astype(np.uint8)
        yield Copy(Kind.GAIN, np.where(pixels > 0, brighter, 0).astype(np.uint8))
    for depth in DEPTHS:
        yield _shallower(pixels, depth)


def _shallower(pixels: Gray, depth: float) -> Copy:
    rows, columns = pixels.shape
    scale, left = 1 / depth, (columns - 1) / 2 * (1 - 1 / depth)
    to_frame = np.array([[scale, 0, left], [0, scale, 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    enlarged = cv2.warpAffine(
        pixels, to_frame, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return Copy(Kind.DEPTH, np.asarray(enlarged, np.uint8), scale, (left, 0.0))


def reread(still: Still, reader: Reads) -> list[Reread]:
    """Every copy of a frame read beside the frame itself, in the order of `copies`."""
    reading = reader.read(still.pixels, 0)
    return [_beside(still, reading, copy, reader) for copy in copies(still.pixels)]


def _beside(still: Still, reading: Reading, copy: Copy, reader: Reads) -> Reread:
    shape = (still.pixels.shape[0], still.pixels.shape[1])
    shown = copy.shows(shape)
    # A lesion that is cut off by the copy's edge is another lesion, and tells nothing.
    first = [each for each in reading.findings if _is_inside(each.lesion, shown)]
    second = [
        replace(each, lesion=copy.in_frame(each.lesion))
        for each in reader.read(copy.pixels, 0).findings
    ]
    masks = [
        lesion_mask(tuple(each.lesion for each in findings), shape) & shown
        for findings in (reading.findings, second)
    ]
    cut_off = [each for each in reading.findings if not _is_inside(each.lesion, shown)]
    pairs = paired(first, second, shape)
    met = {id(other) for _, other in [*pairs, *paired(cut_off, second, shape)]}
    alone = len(first) - len(pairs) + sum(id(each) not in met for each in second)
    return Reread(
        group=still.group,
        kind=copy.kind,
        dice=dice(masks[1], masks[0]) if masks[0].any() or masks[1].any() else float("nan"),
        findings=len(pairs) + alone,
        flips=alone + sum(one.suspicion is not other.suspicion for one, other in pairs),
        moved=tuple(_moved(one, other, still.pixel_spacing) for one, other in pairs),
    )


def _is_inside(lesion: Lesion, shown: Mask) -> bool:
    return not (lesion_mask((lesion,), (shown.shape[0], shown.shape[1])) & ~shown).any()


def _moved(one: Finding, other: Finding, spacing: PixelSpacing | None) -> Moved:
    length, again = (each.lesion.axes_mm(spacing or _PIXELS)[0] for each in (one, other))
    apart = abs(again - length)
    return Moved(
        length_share=apart / length if length else float("nan"),
        length_mm=apart if spacing is not None else float("nan"),
        probability=abs(other.probability - one.probability),
    )


_PIXELS = PixelSpacing(1.0, 1.0)


def spreads(rereads: Sequence[Reread]) -> dict[Kind, dict[str, Estimate]]:
    """By kind and key; see docs/repeatability.md for what each is."""
    return {kind: _spread([each for each in rereads if each.kind is kind]) for kind in Kind}


def _spread(rereads: Sequence[Reread]) -> dict[str, Estimate]:
    moved = [(each.group, one) for each in rereads for one in each.moved]
    counts = np.array([(each.flips, each.findings) for each in rereads]).reshape(-1, 2)

    def flipped(rows: NDArray[np.int64]) -> float:
        flips, findings = counts[rows].sum(axis=0)
        return float(flips / findings) if findings else float("nan")

    flips = bootstrap(flipped, [each.group for each in rereads])
    figures = {
        "dice": _figure(np.mean, ((each.group, each.dice) for each in rereads)),
        "dice_p5": _figure(_percentile(5), ((each.group, each.dice) for each in rereads)),
    }
    for name in ("length_share", "length_mm", "probability"):
        values = [(group, float(getattr(one, name))) for group, one in moved]
        figures[name] = _figure(np.mean, values)
        figures[f"{name}_p95"] = _figure(_percentile(95), values)
    return figures | {"flips": replace(flips, n=int(counts[:, 1].sum()))}


def _percentile(share: int) -> Callable[[Floats], np.floating]:
    return lambda values: np.percentile(values, share)


def _figure(of: Callable[[Floats], np.floating], values: Iterable[tuple[str, float]]) -> Estimate:
    """Over what is a number, with an interval by bootstrap over groups."""
    known = [(group, value) for group, value in values if not np.isnan(value)]
    numbers = np.array([value for _, value in known])
    return bootstrap(lambda rows: float(of(numbers[rows])), [group for group, _ in known])
