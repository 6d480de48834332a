"""A mammography exam whose growths are known."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.evaluation.mammography.froc import Growth


@dataclass(frozen=True, eq=False)
class KnownExam:
    """`growths` are those of each of `views`, in the same order for all views of a breast.

    `anatomy` names the woman, `density` is her BI-RADS letter.
    """

    anatomy: str
    density: str
    views: tuple[Mammogram, ...]
    growths: tuple[tuple[Growth, ...], ...]

    def __post_init__(self) -> None:
        if len(self.views) != len(self.growths):
            raise DataSetError(
                f"{len(self.views)} views with the growths of {len(self.growths)} were given; "
                "expected those of each view. Give an empty list where there are none."
            )
