"""Values of interest: which of an image's grey values are shown, and how dark (PS3.3 C.11.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.studies.pixels.grey_tables import lookup_table

if TYPE_CHECKING:
    from pydicom import Dataset

FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
LONGEST_NAME = 64
"""Letters of an explanation, as its VR (LO) allows."""


class Shading(Protocol):
    """What a VOI does."""

    def shade(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """From 0, the darkest, to 1, the brightest, of modality values; of the same shape."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """Window Center and Width, in modality values, and VOI LUT Function."""

    centre: float
    width: float
    function: str = "LINEAR"

    def __post_init__(self) -> None:
        """ImageError unless the function is known and the window wide enough for it."""
        if self.function not in FUNCTIONS:
            raise ImageError(
                f"The image's VOI LUT Function is {self.function[:16]!r}; expected "
                f"{', '.join(FUNCTIONS)}. Export it again from the device that made it."
            )
        linear = self.function == "LINEAR"
        wide = self.width >= 1 if linear else self.width > 0
        if not (wide and np.isfinite([self.centre, self.width]).all()):
            raise ImageError(
                f"The image's window has the centre {self.centre:g} and the width {self.width:g}; "
                f"expected a width {'of at least 1' if linear else 'above 0'}, as "
                f"{self.function} asks. Choose another of its windows, or export it again."
            )

    def shade(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Shading`. C.11.2.1.2.1 (LINEAR), C.11.2.1.3.2 (LINEAR_EXACT), C.11.2.1.3.1."""
        if self.function == "SIGMOID":
            # Beyond 700 the exponential is not a double any more.
            steep = np.clip(-4 * (values - self.centre) / self.width, -700, 700)
            return np.asarray(1 / (1 + np.exp(steep)))
        linear = self.function == "LINEAR"
        centre = self.centre - 0.5 if linear else self.centre
        width = self.width - 1 if linear else self.width
        if width == 0:
            return (values > centre).astype(np.float64)
        return np.clip((values - centre) / width + 0.5, 0, 1)


@dataclass(frozen=True, slots=True)
class FullRange:
    """Where the image has no VOI: from the lowest value, black, to the highest, white."""

    lowest: float
    highest: float

    def shade(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Shading`. Where all values are one, all are black."""
        width = self.highest - self.lowest
        if width == 0:
            return np.zeros(values.shape)
        return np.clip((values - self.lowest) / width, 0, 1)


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a reader makes of a VOI: `width` times as wide, and by `brighter` of its width moved."""

    width: float = 1.0
    brighter: float = 0.0

    def __post_init__(self) -> None:
        if not (0.05 <= self.width <= 20 and -2 <= self.brighter <= 2):
            raise SettingsError(
                f"A window {self.width:g} times as wide and by {self.brighter:g} brighter was "
                "asked for; expected 0.05 to 20 times, and -2 to 2. Go back to the file's window."
            )

    def of(self, way: Shading, inverts: bool) -> Shading:
        """Of a VOI that is inverted afterwards, or not. What a window cut off comes back."""
        if self == AS_STORED:
            return way
        move = self.brighter if inverts else -self.brighter
        if isinstance(way, Window):
            least = 1.0 if way.function == "LINEAR" else 0.0
            width = max(self.width * way.width, least)
            return replace(way, centre=way.centre + move * way.width, width=width)
        return _Stretched(way, self.width, move)

    def of_greys(self, shown: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same of what is shown already, from 0 to 1: what was cut off stays so."""
        if self == AS_STORED:
            return shown
        return np.asarray(_stretch(shown, self.width, -self.brighter), np.float32)


AS_STORED = Contrast()


@dataclass(frozen=True, slots=True)
class _Stretched:
    """A table, or a range, whose greys are stretched."""

    way: Shading
    width: float
    move: float

    def shade(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return _stretch(self.way.shade(values), self.width, self.move)


def _stretch(shown: NDArray[Any], width: float, move: float) -> NDArray[Any]:
    return np.clip((shown - 0.5 - move) / width + 0.5, 0, 1)


def voi_names(source: Dataset) -> tuple[str, ...]:
    """Of each VOI what LUTExplanation or WindowCenterWidthExplanation says, tables before windows.

    "table 1" or "window 1" and so on where it says nothing; empty where there is no VOI.
    """
    tables = [_text(item.get("LUTExplanation")) for item in source.get("VOILUTSequence") or ()]
    says = _listed(source.get("WindowCenterWidthExplanation"))
    count = len(_listed(source.get("WindowCenter")))
    windows = [_text(says[place]) if place < len(says) else "" for place in range(count)]
    return tuple([*_named(tables, "table"), *_named(windows, "window")])


def shading(source: Dataset, voi: int, *, signed: bool, little_endian: bool) -> Shading:
    """The VOI at place `voi` of `voi_names(source)`; `signed`, whether its input may be negative.

    ImageError where it is damaged.
    """
    tables = source.get("VOILUTSequence") or ()
    if voi < len(tables):
        return lookup_table(tables[voi], signed=signed, little_endian=little_endian)
    centres, widths = _listed(source.get("WindowCenter")), _listed(source.get("WindowWidth"))
    if len(centres) != len(widths):
        raise ImageError(
            f"The image has {len(centres)} window centres and {len(widths)} widths; expected as "
            "many. Export it again from the device that made it."
        )
    place = voi - len(tables)
    function = _text(source.get("VOILUTFunction")).upper() or "LINEAR"
    return Window(float(centres[place]), float(widths[place]), function)


def _named(explanations: list[str], kind: str) -> Iterator[str]:
    for number, text in enumerate(explanations, 1):
        yield text or f"{kind} {number}"


def _listed(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str | int | float) else list(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()[:LONGEST_NAME]
