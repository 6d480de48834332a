"""A lesion followed over the frames of a sweep."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Suspicion


@dataclass(frozen=True, slots=True)
class Track:
    """One lesion, and what the frames that showed it say together.

    `number` counts an exam's steady tracks from 1 and is never given twice; 0 while too little was
    seen to call it steady, and then `suspicion` is None. `lesion` is its smoothed outline on the
    frame just read; `finding` its place in that frame's findings, None where it was not found and
    stands where the tissue has moved to. `seen` are the frames in which it was found, `agree` those
    of them whose own word is the track's. `probability` of malignancy in 0..1 is a robust mean,
    never beyond `lowest` and `highest`, those of single frames. Frames of a sweep are not
    independent: its calibration is unvalidated.
    """

    number: int
    lesion: Lesion
    finding: int | None
    seen: int
    agree: int
    probability: float
    lowest: float
    highest: float
    suspicion: Suspicion | None

    @property
    def is_steady(self) -> bool:
        """Whether it was seen often enough to have a number and a word."""
        return self.suspicion is not None
