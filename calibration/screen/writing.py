"""What is written on a picture that is tissue all over: found, and painted over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import cv2
import numpy as np

from senoscope.calibration.screen.field_of_view import STANDS
from senoscope.calibration.screen.screen_text import Box, writing_on_tissue
from senoscope.domain.frame import Gray


class SteadyWriting:
    """Looks at pictures of one source in their order. Not for several threads.

    What was found once stays covered: a note that is taken away and set again is no risk.
    """

    def __init__(self) -> None:
        self._kept: list[Gray] = []
        self._found: tuple[Box, ...] = ()

    def look(self, pixels: Gray) -> tuple[Box, ...]:
        """Where lines of letters stand on this picture, (rows, columns), or stood before."""
        if self._kept and self._kept[-1].shape != pixels.shape:
            self._kept, self._found = [], ()
        self._kept = [*self._kept[1 - STANDS :], pixels]
        # In motion the bright spots of tissue go; alone, one picture's lines are believed.
        lines = writing_on_tissue(reduce(np.minimum, self._kept))
        news = [line for line in lines if not any(known.holds(line) for known in self._found)]
        self._found += tuple(_padded(line) for line in news)
        return self._found


def painted_over(pixels: Gray, lines: Sequence[Box]) -> Gray:
    """A copy with each box of one grey, the picture's median: black would look like a cyst."""
    painted = pixels.copy()
    grey = int(np.median(pixels[::4, ::4]))
    for line in lines:
        cv2.rectangle(painted, (line.left, line.top), (line.right - 1, line.bottom - 1), grey, -1)
    return painted


def _padded(line: Box) -> Box:
    """By half its height: letters' feet and the first that was not told from tissue."""
    by = line.height // 2 + 1
    return Box(
        max(0, line.left - 2 * by), max(0, line.top - by), line.right + 2 * by, line.bottom + by
    )
