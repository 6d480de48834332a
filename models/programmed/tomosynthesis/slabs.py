"""One pass through the slices of a view: thin slabs, a coarse stack and their mean.

A view may not fit in memory, and each slice may have to be decompressed; so what is needed of it
later is taken in the same pass: at full size only a slab of some slices and the mean of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.programmed.mammography import calcifications, masses
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.working_picture import COARSEST

USUAL_SLICE_MM = 1.0
"""From slice to slice, where a view does not say."""
FINE_SLAB_MM = 2.0
"""In which calcifications are sought: of the noise between two slices little is common to both."""
COARSE_SLAB_MM = 3.0
"""In which masses and distortions are sought: the smallest are twice as thick."""


@dataclass(frozen=True, slots=True)
class Span:
    """The slices of a slab, `last` included."""

    first: int
    last: int

    @property
    def middle(self) -> float:
        """As a slice's index."""
        return (self.first + self.last) / 2


@dataclass(frozen=True, eq=False)
class Scanned:
    """Of a whole view. `mean` of all slices is hung as they are.

    `coarse` is (slices, rows, columns), pixels of `coarse_spacing`, about masses.STEP_MM.
    """

    mean: Mammogram
    coarse: NDArray[np.float32]
    coarse_spacing: PixelSpacing


def scanned(view: TomosynthesisView, look: Callable[[Mammogram, Span], None]) -> Scanned:
    """`look` is called with each slab of FINE_SLAB_MM, which it must not keep.

    ImageError where the pixels' size is unknown or too coarse, or there is no slice.
    """
    spacing = _fine_enough(view)
    total: Grey | None = None
    slab: Grey | None = None
    coarse: list[Grey] = []
    size = (0, 0)
    spans = iter(spans_of(view, FINE_SLAB_MM))
    span = next(spans)
    for index, pixels in enumerate(view.slices):
        if total is None or slab is None:
            total, slab = np.zeros_like(pixels), np.zeros_like(pixels)
            size = _coarse_size(pixels.shape, spacing)
        cv2.add(total, pixels, total)
        cv2.add(slab, pixels, slab)
        coarse.append(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)))
        if index == span.last:
            slab *= np.float32(1 / (span.last - span.first + 1))
            look(as_mammogram(view, slab), span)
            slab[...] = 0
            span = next(spans, span)
    assert total is not None  # at least one slice: `_fine_enough`
    total *= np.float32(1 / len(coarse))
    rows, columns = total.shape
    coarse_spacing = PixelSpacing(
        spacing.row_mm * rows / size[1], spacing.column_mm * columns / size[0]
    )
    return Scanned(as_mammogram(view, total), np.stack(coarse), coarse_spacing)


def as_mammogram(
    view: TomosynthesisView, pixels: Grey, spacing: PixelSpacing | None = None
) -> Mammogram:
    """A slice or slab of `view` for what reads mammograms; at another `spacing` if one is given."""
    spacing = spacing or view.spacing
    return Mammogram(pixels, Intent.PRESENTATION, view.laterality, view.view, spacing)


def steps_mm(view: TomosynthesisView) -> NDArray[np.float32]:
    """[x, y] of a pixel, of a view that was `scanned`."""
    spacing = _fine_enough(view)
    return np.array([spacing.column_mm, spacing.row_mm], np.float32)


def slice_mm(view: TomosynthesisView) -> float:
    """From slice to slice, the median; USUAL_SLICE_MM where it is not known."""
    if view.heights_mm is None or len(view.heights_mm) < 2:
        return USUAL_SLICE_MM
    return float(np.median(np.diff(view.heights_mm)))


def spans_of(view: TomosynthesisView, thick_mm: float) -> Iterator[Span]:
    """Slabs of about that thickness one above the other; the last may be thinner."""
    count = max(1, round(thick_mm / slice_mm(view)))
    for first in range(0, len(view.slices), count):
        yield Span(first, min(first + count, len(view.slices)) - 1)


def _fine_enough(view: TomosynthesisView) -> PixelSpacing:
    if not len(view.slices):
        raise ImageError("This tomosynthesis view has no slice; expected one or more.")
    spacing = view.spacing
    if spacing is None:
        raise ImageError(
            "This tomosynthesis view does not say how many millimetres a pixel has; expected "
            "PixelSpacing. Marks go by size, so none are sought. Export it again as it was stored."
        )
    finest = COARSEST * calcifications.STEP_MM
    if max(spacing.row_mm, spacing.column_mm) > finest:
        raise ImageError(
            f"This tomosynthesis view has a pixel every "
            f"{max(spacing.row_mm, spacing.column_mm):g} mm; expected at most {finest:.2g} mm for "
            "what is sought here. Give it as it was reconstructed, not a reduced copy."
        )
    return spacing


def _coarse_size(shape: tuple[int, ...], spacing: PixelSpacing) -> tuple[int, int]:
    """(columns, rows), as cv2 asks for it."""
    return (
        max(64, round(shape[1] * spacing.column_mm / masses.STEP_MM)),
        max(64, round(shape[0] * spacing.row_mm / masses.STEP_MM)),
    )
