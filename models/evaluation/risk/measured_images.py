"""What the mammograms of a cohort give: percent density, texture, and a network's risk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.models.evaluation.mammography.density_set import read_grey
from senoscope.models.programmed.mammography.density import measure_density
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.models.programmed.mammography.parenchyma import (
    ParenchymalTexture,
    parenchymal_texture,
)
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.risk.hybrid import RiskCase, texture_name
from senoscope.models.risk.risk_map_network import RiskMapNetwork, picture_sum

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class MeasuredImage:
    """`row` in its cohort."""

    row: int
    percent_density: float
    texture: ParenchymalTexture


def measured_images(cases: Sequence[RiskCase], say: Say) -> tuple[MeasuredImage, ...]:
    """Of every row with a picture. DataSetError for one that cannot be read as a mammogram."""
    measured = []
    there = [(row, case.image) for row, case in enumerate(cases) if case.image is not None]
    for number, (row, path) in enumerate(there, 1):
        measured.append(_measured(row, path))
        if number % 20 == 0 or number == len(there):
            say(f"{number} of {len(there)} mammograms measured")
    return tuple(measured)


def with_measures(
    cases: Sequence[RiskCase], images: Sequence[MeasuredImage], network: RiskMapNetwork | None
) -> tuple[RiskCase, ...]:
    """Rows with what was measured; `image_risk` by the network where a row has none of its own.

    DataSetError for a picture that the network learnt from.
    """
    told = list(cases)
    for each in images:
        case = told[each.row]
        measured = {"percent_density": each.percent_density}
        measured |= {texture_name(name): value for name, value in each.texture.mean.items()}
        risk = case.image_risk
        if network is not None and risk is None:
            _require_unseen(case, network)
            risk = network.score(each.texture)
        finite = {name: value for name, value in measured.items() if np.isfinite(value)}
        told[each.row] = replace(case, measured=finite, image_risk=risk)
    return tuple(told)


def _measured(row: int, path: Path) -> MeasuredImage:
    try:
        pixels = read_grey(path)
        hung = np.asarray(Hanging.of(pixels).hang(pixels), np.float32)
        mammogram = Mammogram(hung, Intent.PRESENTATION, None, None, None)
        parts = find_parts(mammogram)
        density = measure_density(mammogram, parts).percent
        return MeasuredImage(row, density, parenchymal_texture(mammogram, parts))
    except ImageError as error:
        raise DataSetError(
            f"{path.name} cannot be read as a mammogram: {error} Its row's cell under 'image' may "
            "be left empty."
        ) from error


def _require_unseen(case: RiskCase, network: RiskMapNetwork) -> None:
    if case.image is not None and picture_sum(case.image) in network.learnt_from:
        raise DataSetError(
            f"{case.image.name} is a picture that the network learnt from; expected others. Judge "
            "it on women it has not seen."
        )
