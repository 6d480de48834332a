"""Slices of tomosynthesis, and slabs of them, as the hanging shows them, a few kept in memory."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.studies.images.hung_tomosynthesis import HungTomosynthesis
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.tomosynthesis_frames import Values
from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.hung_mammograms import facts_of, part_of, reduced_to
from senoscope.ui.studies.lately_used import LatelyUsed

MOST_BYTES = 128 * 2**20
"""Of stored values that stay in memory: twenty slices of 2000 x 1600."""
MOST_PICTURE_BYTES = 64 * 2**20
"""Of pictures under a window, for the magnifier, and of slabs, which take long to make."""
MOST_OPEN = 8
"""Headers with all their functional groups."""
SLAB_LEFT_OUT = "slab_left_out"
"""Caution: slices of the slab are damaged, and it was made of the others."""


class How(StrEnum):
    """What is shown: one slice, or of several at each place the brightest grey, or their mean."""

    ONE = "one"
    MAXIMUM = "maximum"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class SlicesAsked:
    """`number` of the slice from 1 in order of height.

    None: the middle one, or the next to it that is not damaged. `slab_mm` of a slab round it, None:
    of all slices; not of ONE.
    """

    number: int | None = None
    how: How = How.ONE
    slab_mm: float | None = None

    def __post_init__(self) -> None:
        """SettingsError where what is asked for contradicts itself."""
        if self.how is How.ONE and self.slab_mm is not None:
            raise SettingsError(
                f"One slice was asked for, and a slab of {self.slab_mm:g} mm; expected one of "
                "both. Say how the slab is made: maximum or average."
            )


MIDDLE = SlicesAsked()
_Picture = tuple[NDArray[np.uint8], int]
"""Greys as they are shown, and how many slices of the slab are not in them."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """Of the slab that was asked: its slices and middle from 0, greys, how many are damaged."""

    hung: HungTomosynthesis
    place: int
    slab: range
    grey: NDArray[np.uint8]
    left_out: int


class SlicePictures:
    """Any thread may ask. One slice is decoded at a time, so that no slab holds others up for long.

    Errors as of `HungMammograms`.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._hung: LatelyUsed[str, HungTomosynthesis] = LatelyUsed(MOST_OPEN, lambda _: 1)
        self._values: LatelyUsed[tuple[str, int], Values] = LatelyUsed(MOST_BYTES, _bytes)
        self._pictures: LatelyUsed[tuple[object, ...], _Picture] = LatelyUsed(
            MOST_PICTURE_BYTES, lambda each: each[0].nbytes
        )

    def reduced(
        self, image: StoredImage, rows: int, asked: SlicesAsked, voi: int, contrast: Contrast
    ) -> tuple[Header, bytes]:
        """What is said of it and the picture as JPEG, of at most so many rows.

        `slices` are said in order of height: their heights in mm, None where they are not known,
        and their stored numbers. `slice` from 1, and `slab`, the first and the last that are shown.
        """
        shown = self._shown(image, asked, voi, contrast)
        hung = shown.hung
        windows = hung.frames.windows
        name = windows[voi] if windows and (hung.frames.window or voi) else ""
        cautions = [*hung.cautions, *([SLAB_LEFT_OUT] if shown.left_out else [])]
        heights = hung.order.heights_mm
        facts = facts_of(hung, image, windows, name, cautions)
        facts["slices"] = {
            "heights_mm": None if heights is None else list(heights),
            "frames": hung.numbers,
        }
        facts["slice"] = shown.place + 1
        facts["slab"] = [shown.slab[0] + 1, shown.slab[-1] + 1]
        return facts, reduced_to(shown.grey, rows)

    def crop(
        self,
        image: StoredImage,
        left: int,
        top: int,
        asked: SlicesAsked,
        voi: int,
        contrast: Contrast,
    ) -> bytes:
        """PNG as of `HungMammograms.crop`."""
        return part_of(self._shown(image, asked, voi, contrast).grey, left, top)

    def _shown(
        self, image: StoredImage, asked: SlicesAsked, voi: int, contrast: Contrast
    ) -> _Shown:
        hung = self._of(image)
        place = self._middle(hung) if asked.number is None else asked.number - 1
        slab = hung.slab(place, asked.slab_mm)
        if asked.how is How.ONE:
            slab = range(place, place + 1)
        # The windows of single frames may differ: a slab is seen under that of each.
        key = str(image.path), slab, asked.how if len(slab) > 1 else How.ONE, voi, contrast
        with self._turn:
            known = self._pictures.get(key)
        if known is None:
            known = self._made(hung, slab, asked.how, voi, contrast)
            with self._turn:
                self._pictures.put(key, known)
        return _Shown(hung, place, slab, *known)

    def _made(
        self, hung: HungTomosynthesis, slab: range, how: How, voi: int, contrast: Contrast
    ) -> _Picture:
        """Greys, and how many slices are not in them. SourceUnavailable where none is."""
        total: NDArray[np.float32] | None = None
        trouble: SourceUnavailable | None = None
        count = 0
        for place in slab:
            try:
                with self._turn:
                    shade = hung.shade(place, self._decoded(hung, place), voi, contrast)
            except SourceUnavailable as error:
                trouble = error
                continue
            count += 1
            if total is None:
                total = shade
            elif how is How.MAXIMUM:
                np.maximum(total, shade, out=total)
            else:
                total += shade
        if total is None:
            assert trouble is not None, "a slab has at least one slice"
            raise trouble
        if how is How.AVERAGE:
            total /= count
        return hung.hung(total), len(slab) - count

    def _of(self, image: StoredImage) -> HungTomosynthesis:
        key = str(image.path)
        with self._turn:
            known = self._hung.get(key)
            return known or self._hung.put(key, HungTomosynthesis.of(image))

    def _middle(self, hung: HungTomosynthesis) -> int:
        middle = len(hung) // 2
        for place in sorted(range(len(hung)), key=lambda each: abs(each - middle)):
            try:
                with self._turn:
                    self._decoded(hung, place)
            except SourceUnavailable:  # said where that slice is asked for by its number
                continue
            return place
        return middle

    def _decoded(self, hung: HungTomosynthesis, place: int) -> Values:
        key = str(hung.frames.image.path), place
        known = self._values.get(key)
        return self._values.put(key, hung.decoded(place)) if known is None else known


def _bytes(values: Values) -> int:
    return values.nbytes
