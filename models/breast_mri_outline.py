"""What a user's own network outlines of a breast MRI, beside what the programmed analysis does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.models.breast_mri_card import MriTarget
from senoscope.models.evaluation.metrics import dice
from senoscope.models.network_card import title_of
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, Tissue, box_at
from senoscope.models.programmed.breast_mri.boxes import trimmed, whole

if TYPE_CHECKING:  # an engine takes long to load, and whoever reads what was kept needs none
    from senoscope.models.breast_mri_network import BreastMriNetwork

FROM = 0.5
"""Probability."""
_BITS = {MriTarget.BREAST: Tissue.BREAST, MriTarget.FIBROGLANDULAR: Tissue.FIBROGLANDULAR}


@dataclass(frozen=True, eq=False)
class NetworkOutline:
    """Of one network, in the voxels of the phase before contrast.

    `name` to `is_clinical` are of its card. `corner` is the first voxel of the box round it, `mask`
    is of the box; where nothing is outlined the mask is empty. `agreement` is the Dice coefficient
    with all that the programmed analysis outlines of the same; None where neither outlines any.
    """

    name: str
    version: str
    trained_on: str
    is_clinical: bool
    target: MriTarget
    corner: tuple[int, int, int]
    mask: Mask
    volume_mm3: float
    agreement: float | None

    @property
    def title(self) -> str:
        """As of its card."""
        return title_of(self.name, self.version, self.trained_on, self.is_clinical)

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """Where `mask` lies in the volume."""
        return box_at(self.corner, self.mask.shape)


def network_outline(
    network: BreastMriNetwork,
    series: DynamicSeries,
    analysis: MriAnalysis,
    cancelled: Callable[[], bool],
    tell: Callable[[float], None],
) -> NetworkOutline | None:
    """Of what lies in the box round the breasts that `analysis` found, moved as it says.

    None once `cancelled`; there must be a breast. Errors as of `BreastMriNetwork.probability`.
    """
    box, _ = trimmed(whole(series.shape), (analysis.tissue & Tissue.BREAST) > 0)
    seen = network.probability(series, box, analysis.motion, cancelled, tell)
    if cancelled():
        return None
    marked: Mask = np.asarray(seen >= FROM)
    programmed = _programmed(analysis, network.card.target)[box]
    is_any = bool(marked.any())
    nothing = box_at((0, 0, 0), (0, 0, 0)), np.zeros((0, 0, 0), np.bool_)
    around, mask = trimmed(box, marked) if is_any else nothing
    card = network.card
    return NetworkOutline(
        card.name,
        card.version,
        card.trained_on,
        card.is_clinical,
        card.target,
        (around[0].start, around[1].start, around[2].start),
        mask,
        float(marked.sum()) * series.geometry.voxel_mm3,
        dice(marked, programmed) if is_any or programmed.any() else None,
    )


def _programmed(analysis: MriAnalysis, target: MriTarget) -> Mask:
    """(slices, rows, columns)."""
    if target in _BITS:
        return np.asarray((analysis.tissue & _BITS[target]) > 0)
    found = np.zeros(analysis.tissue.shape, np.bool_)
    for lesion in analysis.lesions:
        found[lesion.box] |= lesion.mask
    return found
