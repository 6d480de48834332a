"""What is made of a dynamic series: tissue, motion, lesions and their curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.domain.lexicon import Term
from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.kinetics.curve_types import CurveType


class Tissue(IntFlag):
    """Bits of a voxel's label. What has none is air, chest or arm."""

    BREAST = 1
    FIBROGLANDULAR = 2
    ENHANCING_BACKGROUND = 4


@dataclass(frozen=True)
class MriSettings:
    """What a person may set; all of it is shown beside the result.

    `early_percent` and `background_share`, `ser_from`, `neighbours`: of the functional tumour
    volume (Hylton et al., Radiology 2016;279:44). `register` moves later phases onto the one
    before contrast; `correct_bias` evens out the coil's shading (N4).
    """

    early_percent: float = 70.0
    background_share: float = 0.6
    ser_from: float = 0.0
    neighbours: int = 4
    register: bool = True
    correct_bias: bool = True


@dataclass(frozen=True, eq=False)
class EnhancingLesion:
    """One region that takes up contrast, in the voxels of the phase before contrast.

    `corner` is the first voxel of the box round it, `mask` is of the box. `extent_mm` is of the
    box along [x, y, z] of the patient: across, from front to back, from foot to head.
    `longest_mm`: its largest diameter. `curve_percent` is its mean enhancement above the phase
    before contrast, one for each phase. `shares` are of its voxels that enhance, by curve type, of
    type I, II, III; `worst` is the type of its most suspicious spot. `measures` by name, such as
    "ser" or "ktrans_per_min"; a name is missing where it cannot be told. `words` of BI-RADS, by the
    names of `lexicon.WORDS`.
    """

    number: int
    corner: tuple[int, int, int]
    mask: Mask
    laterality: Laterality | None
    volume_mm3: float
    extent_mm: tuple[float, float, float]
    longest_mm: float
    curve_percent: tuple[float, ...]
    shares: tuple[float, float, float]
    worst: CurveType
    functional_mm3: float
    nipple_mm: float | None
    skin_mm: float | None
    score: float
    measures: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, Term[Any]] = field(default_factory=dict)

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """Where `mask` lies in the volume."""
        return box_at(self.corner, self.mask.shape)


def box_at(corner: tuple[int, int, int], shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
    """Of so many voxels from its first one on."""
    one, two, three = (slice(at, at + side) for at, side in zip(corner, shape, strict=True))
    return one, two, three


@dataclass(frozen=True, eq=False)
class Motion:
    """How far tissue lies from where it lay before contrast, on a coarse grid.

    `displacement` is (phases, slices, rows, columns, 3) float32 in voxels [slice, row, column] of
    the full volume: what is at voxel v of the phase before contrast is found in phase p at
    v + displacement. Node [i, j, k] of the grid lies at voxel [i, j, k] * `step`; between nodes it
    is interpolated, beyond the last one the last one counts.
    """

    step: tuple[float, float, float]
    displacement: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class MriAnalysis:
    """All that is made of a `DynamicSeries` under `settings`.

    `tissue` is (slices, rows, columns) uint8 of `Tissue` bits. `bias` is (slices, rows, columns)
    float32 on the grid of `bias_step`, as `Motion` says: divide by it; None where it was not
    asked for. `motion` None: not registered. `dense_percent`: fibroglandular tissue of the breast,
    `background_percent`: mean early enhancement of it, both by side, "L", "R" and "both".
    `nipples` are voxels by side. `troubles` say in words what could not be done and why.
    """

    settings: MriSettings
    tissue: NDArray[np.uint8]
    lesions: tuple[EnhancingLesion, ...]
    motion: Motion | None
    bias: NDArray[np.float32] | None
    bias_step: tuple[float, float, float]
    dense_percent: Mapping[str, float]
    background_percent: Mapping[str, float]
    nipples: Mapping[str, tuple[float, float, float]]
    cpu_s: Mapping[str, float] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
