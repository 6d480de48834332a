"""How far an outline may be from the one a reader would draw.

The figures are measured by `benchmarks/outline_error.py`; docs/decisions/0020-measurements.md says
how they were chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from senoscope.domain.errors import SettingsError


@dataclass(frozen=True, slots=True)
class OutlineError:
    """95 % of outlines are this near to a reader's.

    `axes` and `area` bound the logarithm of the ratio of two outlines' lengths and areas, `place`
    the vertical shift of centre and upper edge over the long axis. `step_px` is the side, in frame
    pixels, of the grid the outline was made on: each edge may lie half of one off. SettingsError
    where one is below 0 or the grid has no size.
    """

    axes: float
    area: float
    place: float
    step_px: float = 1.0

    def __post_init__(self) -> None:
        shares = self.axes, self.area, self.place
        if not (all(each >= 0 for each in shares) and self.step_px > 0):
            raise SettingsError(
                f"{self} was given; expected nothing below 0 and a step above 0 pixels."
            )


EXACT = OutlineError(0.0, 0.0, 0.0)
"""A true mask's outline: only its pixels stand between it and the truth."""
DRAWN = OutlineError(0.30, 0.46, 0.08)
"""A person's: of BUSI's images that were outlined twice, as far as two readers differ."""
SUREST_FIRST = (
    (0.965, OutlineError(0.18, 0.255, 0.055)),
    (0.95, OutlineError(0.31, 0.39, 0.16)),
    (0.0, OutlineError(0.59, 0.765, 0.185)),
)
"""The shipped real-time U-Net's, by the lesion's presence: the less sure, the worse it outlines."""


def network_error(presence: float, frame_size: tuple[int, int], grid: int) -> OutlineError:
    """Of a lesion with `presence` outlined by the shipped network.

    `frame_size` is (columns, rows) of what it read on a grid of `grid` x `grid` pixels.
    """
    step_px = max(frame_size) / grid
    for least, error in SUREST_FIRST:
        if presence >= least:
            return replace(error, step_px=step_px)
    raise SettingsError(f"A presence of {presence} was given; expected 0 to 1.")
