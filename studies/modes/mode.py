"""The seam behind which studies are read: one kind of study one mode, one mode one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import Protocol

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.images.series import Series, Study
from senoscope.studies.study_reading import StudyReading

Say = Callable[[float, str], None]
"""Told how much of a study is read, 0 to 1, and in words; on the thread that reads."""


def say_nothing(_share: float, _words: str) -> None:
    """To nobody."""


class Mode(Protocol):
    """Reads the series that it accepts, and looks at no others."""

    @property
    def name(self) -> str:
        """As a reading keeps it."""

    @property
    def expects(self) -> str:
        """What it reads, in the plural: "ultrasound images"."""

    def accepts(self, series: Series) -> bool:
        """Whether there is anything in it for this mode to read."""

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        """All series that it accepts, one at least; None once `cancelled` is set.

        An image that cannot be read says so in its ImageReading. InstallationError where nothing
        can be read with what is installed.
        """


def fitting_modes(study: Study, modes: Sequence[Mode]) -> tuple[Mode, ...]:
    """Those that accept a series of the study. SourceUnavailable where none does."""
    fitting = tuple(each for each in modes if any(map(each.accepts, study.series)))
    if not fitting:
        came = ", ".join(sorted({_modality(each) for each in study.series}))
        expected = " or ".join(each.expects for each in modes) or "another release"
        raise SourceUnavailable(
            f"The study holds series of {came}; expected {expected}. Nothing of it is read: give "
            "a study that holds such images."
        )
    return fitting


def _modality(series: Series) -> str:
    """A code of DICOM's, since what stands there may be anything."""
    code = series.modality
    return code if len(code) <= 4 and code.isascii() and code.isupper() else "an unnamed modality"
