"""The layouts that can be read, by the name a person types."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from senoscope.models.evaluation.mammogram_sets.cbis_ddsm import read_cbis_ddsm
from senoscope.models.evaluation.mammogram_sets.cmmd import read_cmmd
from senoscope.models.evaluation.mammogram_sets.inbreast import read_inbreast
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, ReadSaid
from senoscope.models.evaluation.mammogram_sets.mias import read_mias
from senoscope.models.evaluation.mammogram_sets.simulated import read_simulated
from senoscope.models.evaluation.mammogram_sets.vindr_mammo import read_vindr_mammo


class SetLayout(StrEnum):
    """Of a data set's folder."""

    CBIS_DDSM = "cbis-ddsm"
    CMMD = "cmmd"
    VINDR_MAMMO = "vindr-mammo"
    MIAS = "mias"
    INBREAST = "inbreast"
    SIMULATED = "simulated"

    @property
    def is_clinical(self) -> bool:
        """Whether its pictures are of patients."""
        return self is not SetLayout.SIMULATED


def read_marked_views(layout: SetLayout, folder: Path, said_of: ReadSaid) -> tuple[MarkedView, ...]:
    """All pictures of the set in `folder`. DataSetError says what is not as published."""
    match layout:
        case SetLayout.CBIS_DDSM:
            return read_cbis_ddsm(folder)
        case SetLayout.CMMD:
            return read_cmmd(folder, said_of)
        case SetLayout.VINDR_MAMMO:
            return read_vindr_mammo(folder)
        case SetLayout.MIAS:
            return read_mias(folder)
        case SetLayout.INBREAST:
            return read_inbreast(folder)
        case SetLayout.SIMULATED:
            return read_simulated(folder)
