"""One view of an exam read by itself, a mammogram or tomosynthesis, and what is said of either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.models.programmed.mammography.asymmetry import DensityLattice
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.models.programmed.mammography.cade import ViewCandidates
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.models.programmed.tomosynthesis.cade import VolumeCandidates
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import laterality_of, turned
from senoscope.studies.quality import sides
from senoscope.studies.study_reading import (
    CAUTION,
    CHEST_WALL,
    DOWN,
    NIPPLE_DEPTH,
    NIPPLE_X,
    NIPPLE_Y,
    ImageReading,
    ReadingFact,
)

SIDE_CONTRADICTED = "side_contradicted"
IMPLANT_DISPLACED = "implant_displaced"
_WHOLE_BREAST = ("implant displaced", "rolled lateral", "rolled medial", "nipple in profile")
"""Modifiers with which a view is still one of the whole breast."""
SIDE_EDGES: Mapping[Edge, sides.Edge] = {Edge.LEFT: "left", Edge.RIGHT: "right"}


@dataclass(frozen=True, eq=False)
class ReadView:
    """All from `hanging` on is None where nothing was read of the image.

    `found` is what lies where on the picture as it hangs; of tomosynthesis `volume` says it with
    depths, `frames` are the stored numbers of its slices in order of height.
    """

    image: StoredImage
    reading: ImageReading
    hanging: Hanging | None = None
    found: ViewCandidates | None = None
    percent: float | None = None
    lattice: DensityLattice | None = None
    volume: VolumeCandidates | None = None
    frames: tuple[int, ...] = ()

    @property
    def is_deep(self) -> bool:
        """Tomosynthesis."""
        return bool(self.frames)


def empty_reading(image: StoredImage) -> ImageReading:
    """Of an image of which nothing was read, with side and view as its header says them."""
    view = None if image.mammogram is None else image.mammogram.view
    return ImageReading(
        image.place,
        image.series_uid,
        image.instance_uid,
        image.sop_class,
        image.frames,
        facts=tuple(named(laterality_of(image), view)),
    )


def unsuitable_of(image: StoredImage) -> Unsuitable | None:
    """What neither density nor marks were made for."""
    said = image.mammogram
    if said is None:
        return None
    if said.has_implant and "implant displaced" not in said.modifiers:
        return Unsuitable.IMPLANT
    is_part = said.is_partial or said.view == "specimen" or said.has_other_modifier
    return Unsuitable.PART if is_part or set(said.modifiers) - set(_WHOLE_BREAST) else None


def sure_side(
    image: StoredImage,
    hanging: Hanging,
    laterality: Laterality | None,
    cautions: Sequence[str],
) -> tuple[Laterality | None, list[str]]:
    """None where the header and the tissue disagree: it is compared with no other then.

    With all `cautions`, and that one.
    """
    said = list(cautions)
    if image.mammogram is not None and image.mammogram.has_implant:
        said.append(IMPLANT_DISPLACED)
    edge = SIDE_EDGES.get(hanging.wall)
    if edge is not None and sides.contradicts_side(image, edge):
        return None, [*said, SIDE_CONTRADICTED]
    return laterality, said


def named(laterality: Laterality | None, view: str | None) -> list[ReadingFact]:
    """As it was taken to be; nothing of what is not known."""
    said = {"laterality": laterality, "view": view}
    return [ReadingFact(name, word=str(word)) for name, word in said.items() if word is not None]


def nipple_facts(
    image: StoredImage, found: ViewCandidates, hanging: Hanging
) -> Iterator[ReadingFact]:
    """Where the nipple lies, by which a mark's place in the breast is told; none without mm."""
    if found.nipple_mm is None or found.spacing is None:
        return
    away_mm, below_mm = found.nipple_mm
    hung = away_mm / found.spacing.column_mm, below_mm / found.spacing.row_mm
    [[x, y]] = hanging.points_back(np.array([hung], np.float32)).tolist()
    yield ReadingFact(NIPPLE_X, x, "px")
    yield ReadingFact(NIPPLE_Y, y, "px")
    yield ReadingFact(NIPPLE_DEPTH, float(away_mm), "mm")
    yield ReadingFact(CHEST_WALL, word=hanging.wall.name.lower())
    said = None if image.mammogram is None else image.mammogram.orientation
    if said is not None:
        # What is stored with its chest wall above or below is transposed to be hung.
        yield ReadingFact(DOWN, word=said[1 if hanging.wall in SIDE_EDGES else 0])


def cautions_said(keys: Sequence[str]) -> Iterator[ReadingFact]:
    """Each as a fact."""
    return (ReadingFact(CAUTION, word=each) for each in keys)


def stored_spacing(spacing: PixelSpacing | None, hanging: Hanging) -> CalibratedSpacing | None:
    """Of the picture as it is stored; `spacing` is that of the picture as it hangs."""
    given = turned(spacing, hanging.wall)
    return None if given is None else CalibratedSpacing(given, SpacingOrigin.DICOM_SPACING)
