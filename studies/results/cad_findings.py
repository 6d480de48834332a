"""What goes into a Mammography CAD SR: images, what ran on them, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.mammogram import Laterality

Point = tuple[float, float]


class View(StrEnum):
    """CID 4014, by the names of ACR."""

    CC = "CC"
    MLO = "MLO"
    ML = "ML"
    LM = "LM"
    LMO = "LMO"
    XCCL = "XCCL"
    XCCM = "XCCM"
    FB = "FB"
    SIO = "SIO"
    ISO = "ISO"


class ViewModifier(StrEnum):
    """CID 4015, those that change what is seen most."""

    MAGNIFICATION = "magnification"
    SPOT_COMPRESSION = "spot compression"
    IMPLANT_DISPLACED = "implant displaced"
    AXILLARY_TAIL = "axillary tail"
    CLEAVAGE = "cleavage"
    TANGENTIAL = "tangential"
    ROLLED_LATERAL = "rolled lateral"
    ROLLED_MEDIAL = "rolled medial"


class FindingKind(StrEnum):
    """On one image. A mass has three dimensions: on one image it is a density, CID 6014."""

    DENSITY = "density"
    CLUSTER = "calcification cluster"
    CALCIFICATION = "individual calcification"
    DISTORTION = "architectural distortion"
    COMPOSITION = "breast composition"


class CompositeKind(StrEnum):
    """What findings on several images are together, CID 6016."""

    MASS = "mass"
    MASS_WITH_CALCIFICATIONS = "mass with calcifications"


class Composition(StrEnum):
    """Breast density, CID 6000."""

    FATTY = "a"
    SCATTERED = "b"
    HETEROGENEOUS = "c"
    EXTREME = "d"


class Analysis(StrEnum):
    """Of what was detected, CID 6043."""

    COMPOSITION = "breast composition"
    PROXIMITY = "spatial proximity"
    IMAGE_QUALITY = "image quality"


class Intent(StrEnum):
    """Whether a viewer is to show it, CID 6034."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NOT_SHOWN = "not shown"


class Outcome(StrEnum):
    """Of one algorithm."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"


@dataclass(frozen=True, slots=True)
class CadImage:
    """One image, or one `frame` of it counted from 1; side and view as the mode took them."""

    instance_uid: str
    side: Laterality
    view: View
    modifiers: tuple[ViewModifier, ...] = ()
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class CadAlgorithm:
    """Its name and version tell it from all others that do the same."""

    name: str
    version: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperatingPoints:
    """A detector may be shown at points 0 (fewest marks) to `maximum`; `recommended` is its own.

    A mark of point 1 is shown from point 1 on. TID 4023.
    """

    maximum: int
    recommended: int

    def __post_init__(self) -> None:
        if not 0 <= self.recommended <= self.maximum:
            raise SettingsError(
                f"Operating point {self.recommended} of 0 to {self.maximum} was given; expected "
                "one of them."
            )


@dataclass(frozen=True, slots=True)
class CadRun:
    """That an algorithm was to detect or analyse something on `images`, and what came of it."""

    task: FindingKind | Analysis
    algorithm: CadAlgorithm
    outcome: Outcome
    images: tuple[CadImage, ...]
    operating_points: OperatingPoints | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.images:
            raise ImageError(
                f"A run of {self.algorithm.name} on no images was given; expected one."
            )


@dataclass(frozen=True, slots=True)
class CadFinding:
    """One mark on one image.

    `centre` and the closed `outline`, (n, 2) float32, are [x, y] with pixel centres at integers.
    `certainty` and `probability` of cancer in 0..100. `operating_point`: from which one on an
    optional mark is shown. `calcifications`: how many, of a cluster. `tracking_uid`: the same in
    every report on this finding. A composition has neither place nor probability; `composition` or
    `percent_dense`, 0..100, says it.
    """

    kind: FindingKind
    image: CadImage
    algorithm: CadAlgorithm
    intent: Intent = Intent.REQUIRED
    centre: Point | None = None
    outline: NDArray[np.float32] | None = None
    certainty: float | None = None
    probability: float | None = None
    operating_point: int | None = None
    calcifications: int | None = None
    tracking_uid: str = ""
    composition: Composition | None = None
    percent_dense: float | None = None

    def __post_init__(self) -> None:
        is_placed = self.kind is not FindingKind.COMPOSITION
        if is_placed != (self.centre is not None):
            raise ImageError(
                f"A finding of kind {self.kind.value} came with centre {self.centre}; expected one "
                "for all but a breast composition."
            )
        if is_placed == (self.composition is not None or self.percent_dense is not None):
            raise ImageError(
                f"A finding of kind {self.kind.value} says {self.composition} and "
                f"{self.percent_dense} % dense; expected one of both of a breast composition only."
            )
        if not is_placed and self.probability is not None:
            raise ImageError("A breast composition has no probability of cancer; leave it out.")
        for each in (self.certainty, self.probability, self.percent_dense):
            require_percent(each)
        outline = self.outline
        if outline is not None and (outline.ndim != 2 or outline.shape[1] != 2 or len(outline) < 3):
            raise ImageError(f"An outline has shape {outline.shape}; expected (3 or more, 2).")


@dataclass(frozen=True, slots=True)
class CadComposite:
    """What findings on two images or more are together: a mass seen in both views."""

    kind: CompositeKind
    findings: tuple[CadFinding, ...]
    algorithm: CadAlgorithm
    intent: Intent = Intent.REQUIRED
    certainty: float | None = None
    probability: float | None = None
    tracking_uid: str = ""

    def __post_init__(self) -> None:
        if len(self.findings) < 2:
            raise ImageError(
                f"A composite of {len(self.findings)} findings was given; expected two or more."
            )
        require_percent(self.certainty)
        require_percent(self.probability)


@dataclass(frozen=True, slots=True)
class CadReading:
    """Of one study of mammograms. Findings that are in a composite are not given again.

    ImageError for a finding on another image, or by an algorithm that did not succeed there.
    """

    study_uid: str
    images: tuple[CadImage, ...]
    runs: tuple[CadRun, ...]
    findings: tuple[CadFinding, ...] = ()
    composites: tuple[CadComposite, ...] = ()

    def __post_init__(self) -> None:
        if not self.images:
            raise ImageError("A CAD reading of no images was given; expected one at least.")
        if not all(each in self.images for run in self.runs for each in run.images):
            raise ImageError("A run names an image that is not among the reading's; expected one.")
        for finding in self.all_findings:
            run = self.run_of(finding)
            _require_point(finding, run.operating_points)

    @property
    def all_findings(self) -> tuple[CadFinding, ...]:
        """Single ones, and those of the composites."""
        return self.findings + tuple(each for one in self.composites for each in one.findings)

    def run_of(self, finding: CadFinding) -> CadRun:
        """Which made it."""
        for run in self.runs:
            if (
                (run.task.value, run.algorithm) == (finding.kind.value, finding.algorithm)
                and run.outcome is Outcome.SUCCEEDED
                and finding.image in run.images
            ):
                return run
        raise ImageError(
            f"A finding of kind {finding.kind.value} came from no algorithm that is said to have "
            "succeeded on its image; expected its run among the runs."
        )


def _require_point(finding: CadFinding, points: OperatingPoints | None) -> None:
    """Row 3 of TID 4006."""
    point = finding.operating_point
    is_wanted = finding.intent is Intent.OPTIONAL and points is not None
    is_outside = points is not None and point is not None and not 1 <= point <= points.maximum
    if is_wanted != (point is not None) or is_outside:
        raise ImageError(
            f"A finding with intent {finding.intent.value} came with operating point {point}; "
            "expected one, from 1 to the algorithm's last, where the mark is optional and the "
            "algorithm has such points, and nowhere else."
        )


def require_percent(value: float | None) -> None:
    """ImageError outside 0..100."""
    if value is not None and not 0 <= value <= 100:
        raise ImageError(
            f"A certainty, probability or share of {value} was given; expected 0..100."
        )
