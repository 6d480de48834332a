"""From a set of phases to their pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.mri.mri_pixels import MriPixels
from senoscope.studies.mri.mri_slices import MriSlice
from senoscope.studies.mri.phases import PhaseSet

MOST_VOXELS = 2**30
"""Of all phases together: five times six phases of 448 x 448 x 160."""
Say = Callable[[float, str], None]
"""As of `modes.mode`, which reads by what is here."""


def dynamic_series_of(
    phases: PhaseSet, say: Say = lambda _share, _words: None, cancelled: Event | None = None
) -> DynamicSeries | None:
    """The phases that take part, on the set's grid; None once `cancelled` is set.

    16-bit as stored where nothing is to be rescaled, else float32. Little more than the phases
    themselves lies in memory at a time. SourceUnavailable where the table says that the set cannot
    be read, or where a picture is damaged.
    """
    if phases.trouble:
        raise SourceUnavailable(f"The phases of set {phases.number} are not read: {phases.trouble}")
    chosen = phases.taking_part
    slices, rows, columns = phases.shape
    if len(chosen) * slices * rows * columns > MOST_VOXELS:
        raise SourceUnavailable(
            f"{len(chosen)} phases of {slices} x {rows} x {columns} voxels were given; expected at "
            f"most {MOST_VOXELS} voxels in all. Leave phases out in the phase table."
        )
    pixels = MriPixels()
    volumes: list[NDArray[np.generic]] = []
    for place, phase in enumerate(chosen):
        say(place / len(chosen), f"Phase {place + 1} of {len(chosen)}")
        volume = _volume(phase.slices, phases.shape, pixels, cancelled)
        if volume is None:
            return None
        volumes.append(volume)
    say(1.0, "All phases are read")
    times = [each.time_s for each in chosen]
    known = [each for each in times if each is not None]
    first = known[0] if len(known) == len(times) else None
    return DynamicSeries(
        phases=tuple(volumes),
        geometry=phases.geometry,
        times_s=None if first is None else tuple(each - first for each in known),
        pre_contrast=phases.pre_contrast,
        injected_s=_since(phases.injected_s, first),
        fat_suppressed=phases.fat_suppressed,
        repetition_ms=phases.first.said.repetition_ms,
        flip_deg=phases.first.said.flip_deg,
    )


def volume_of(slices: Sequence[MriSlice]) -> NDArray[np.generic]:
    """(slices, rows, columns) of other volumes, such as T2-weighted ones; errors as above."""
    image = slices[0].image
    shape = len(slices), image.rows or 0, image.columns or 0
    if shape[0] * shape[1] * shape[2] > MOST_VOXELS:
        raise SourceUnavailable(
            f"A volume of {shape} voxels was given; expected {MOST_VOXELS} at most."
        )
    volume = _volume(slices, shape, MriPixels(), None)
    assert volume is not None, "nobody cancelled"
    return volume


def _since(moment: float | None, first: float | None) -> float | None:
    return None if moment is None or first is None else moment - first


def _volume(
    slices: Sequence[MriSlice],
    shape: tuple[int, int, int],
    pixels: MriPixels,
    cancelled: Event | None,
) -> NDArray[np.generic] | None:
    kinds = {each.said.rescale for each in slices}
    volume: NDArray[np.generic] | None = None
    for place, each in enumerate(slices):
        if cancelled is not None and cancelled.is_set():
            return None
        values = pixels.values(each)
        if volume is None:
            # Where one slice is rescaled all are float; none is made before a picture was there.
            wide = values.dtype if kinds == {(1.0, 0.0)} else np.dtype(np.float32)
            volume = np.empty(shape, wide)
        if values.shape != shape[1:] or not np.can_cast(values.dtype, volume.dtype):
            raise SourceUnavailable(
                f"File {each.image.place} of the study holds {values.dtype} {values.shape}; "
                f"expected {volume.dtype} {shape[1:]}, as the other slices of its phase."
            )
        volume[place] = values
    return volume
