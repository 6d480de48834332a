"""The phases of a dynamic study as a person sees them in a table, and may correct them."""

from __future__ import annotations

from dataclasses import dataclass, field

from senoscope.domain.breast_mri import VolumeGeometry
from senoscope.studies.images.mri_kind import MriKind
from senoscope.studies.mri.mri_slices import MriSlice

CORRECTED = "corrected by a person"


@dataclass(frozen=True, slots=True)
class Phase:
    """One volume. `number` counts within its set from 1 and stays whatever is corrected.

    `slices` are in the order of the set's geometry. `time_s` counts from the first phase that takes
    part, by what `time_from` names; `is_middle`: of the middle of the acquisition, else of its
    start. `why_not`: why it takes no part; it can be made to where `is_usable`.
    """

    number: int
    slices: tuple[MriSlice, ...] = field(repr=False)
    time_s: float | None
    time_from: str
    is_middle: bool
    pre_contrast: bool
    takes_part: bool = True
    is_usable: bool = True
    why_not: str = ""

    @property
    def series_uid(self) -> str:
        """SeriesInstanceUID."""
        return self.slices[0].image.series_uid

    @property
    def series_number(self) -> int | None:
        """As the header says."""
        return self.slices[0].image.series_number


@dataclass(frozen=True, slots=True)
class PhaseSet:
    """Phases of one kind on one grid, in order of time; `number` counts sets from 1.

    `laterality` is "B", "L", "R", or "" where it cannot be told. `injected_s` is on the clock of
    the phases. `pre_from` and `injected_from` say by which rule. `trouble`: why no dynamic series
    can be made of it as it is; "" where it can. `is_mendable`: by correcting the table.
    """

    number: int
    kind: MriKind
    laterality: str
    plane: str
    geometry: VolumeGeometry
    shape: tuple[int, int, int]
    phases: tuple[Phase, ...]
    pre_from: str
    injected_s: float | None
    injected_from: str
    fat_suppressed: bool | None
    cautions: tuple[str, ...] = ()
    trouble: str = ""
    is_mendable: bool = True

    @property
    def taking_part(self) -> tuple[Phase, ...]:
        """Those that are read, in order of time."""
        return tuple(each for each in self.phases if each.takes_part)

    @property
    def pre_contrast(self) -> int:
        """How many of them lie before the injection."""
        return sum(each.pre_contrast for each in self.taking_part)

    @property
    def first(self) -> MriSlice:
        """A slice like all others."""
        return self.phases[0].slices[0]


@dataclass(frozen=True, slots=True)
class OtherVolume:
    """One that is no phase of a set: of which kind, and why.

    `like_set`: on the grid of that set, such as a subtraction of its phases; 0: on none.
    """

    series_uid: str
    series_number: int | None
    kind: MriKind
    slices: tuple[MriSlice, ...] = field(repr=False)
    why: str
    like_set: int = 0


@dataclass(frozen=True, slots=True)
class PhaseTable:
    """All MR of one study. `sets`: those fit to be read come first, the best of them first.

    `left_out`: pictures that belong to no volume, in words.
    """

    study_uid: str
    sets: tuple[PhaseSet, ...]
    others: tuple[OtherVolume, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def readable(self) -> tuple[PhaseSet, ...]:
        """Those of which a dynamic series can be made."""
        return tuple(each for each in self.sets if not each.trouble)
