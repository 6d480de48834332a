"""The words of the ACR BI-RADS Atlas (2013): on ultrasound, mammography and MRI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from senoscope.domain.errors import SettingsError

Word = TypeVar("Word", bound=StrEnum)


class Shape(StrEnum):
    """Oval may have two or three gentle lobulations."""

    OVAL = "oval"
    ROUND = "round"
    IRREGULAR = "irregular"


class Orientation(StrEnum):
    """Of the long axis to the skin line. Not parallel is taller than wide, or round."""

    PARALLEL = "parallel"
    NOT_PARALLEL = "not parallel"


class Margin(StrEnum):
    """All but the first are "not circumscribed"."""

    CIRCUMSCRIBED = "circumscribed"
    INDISTINCT = "indistinct"
    ANGULAR = "angular"
    MICROLOBULATED = "microlobulated"
    SPICULATED = "spiculated"


class EchoPattern(StrEnum):
    """Relative to subcutaneous fat."""

    ANECHOIC = "anechoic"
    HYPERECHOIC = "hyperechoic"
    COMPLEX = "complex cystic and solid"
    HYPOECHOIC = "hypoechoic"
    ISOECHOIC = "isoechoic"
    HETEROGENEOUS = "heterogeneous"


class PosteriorFeatures(StrEnum):
    """What the mass does to the beam behind it."""

    NONE = "no posterior features"
    ENHANCEMENT = "enhancement"
    SHADOWING = "shadowing"
    COMBINED = "combined pattern"


class Content(StrEnum):
    """Whether a mass can be told to be a simple cyst. Not a word of the atlas's mass lexicon."""

    SIMPLE_CYST = "simple cyst"
    SOLID = "solid or complex"


class MammographicMargin(StrEnum):
    """Of a mass on a mammogram. Circumscribed: three quarters of it or more are sharp."""

    CIRCUMSCRIBED = "circumscribed"
    OBSCURED = "obscured"
    MICROLOBULATED = "microlobulated"
    INDISTINCT = "indistinct"
    SPICULATED = "spiculated"


class MassDensity(StrEnum):
    """Relative to as much fibroglandular tissue."""

    HIGH = "high density"
    EQUAL = "equal density"
    LOW = "low density"
    FAT = "fat-containing"


class CalcificationMorphology(StrEnum):
    """The last four are the suspicious ones."""

    SKIN = "skin"
    VASCULAR = "vascular"
    POPCORN = "coarse or popcorn-like"
    ROD = "large rod-like"
    ROUND = "round"
    PUNCTATE = "punctate"
    RIM = "rim"
    DYSTROPHIC = "dystrophic"
    MILK_OF_CALCIUM = "milk of calcium"
    SUTURE = "suture"
    AMORPHOUS = "amorphous"
    COARSE_HETEROGENEOUS = "coarse heterogeneous"
    FINE_PLEOMORPHIC = "fine pleomorphic"
    FINE_LINEAR = "fine linear or branching"


class CalcificationDistribution(StrEnum):
    """Regional is over more than 2 cm and not along ducts, segmental and linear are along them."""

    DIFFUSE = "diffuse"
    REGIONAL = "regional"
    GROUPED = "grouped"
    LINEAR = "linear"
    SEGMENTAL = "segmental"


class MriLesionType(StrEnum):
    """A focus is smaller than 5 mm; what enhances and is no mass has fat or tissue in between."""

    FOCUS = "focus"
    MASS = "mass"
    NON_MASS = "non-mass enhancement"


class MriMargin(StrEnum):
    """Of a mass. All but the first are "not circumscribed"."""

    CIRCUMSCRIBED = "circumscribed"
    IRREGULAR = "irregular"
    SPICULATED = "spiculated"


class InternalEnhancement(StrEnum):
    """Of a mass. The atlas's dark internal septations are not told apart here."""

    HOMOGENEOUS = "homogeneous"
    HETEROGENEOUS = "heterogeneous"
    RIM = "rim enhancement"


class InitialPhase(StrEnum):
    """Of the curve, within the first two minutes or until it bends."""

    SLOW = "slow"
    MEDIUM = "medium"
    FAST = "fast"


class DelayedPhase(StrEnum):
    """Of the curve, after its first two minutes."""

    PERSISTENT = "persistent"
    PLATEAU = "plateau"
    WASHOUT = "washout"


class BackgroundEnhancement(StrEnum):
    """Of the fibroglandular tissue, early."""

    MINIMAL = "minimal"
    MILD = "mild"
    MODERATE = "moderate"
    MARKED = "marked"


class FibroglandularAmount(StrEnum):
    """On MRI, a to d."""

    FATTY = "almost entirely fat"
    SCATTERED = "scattered fibroglandular tissue"
    HETEROGENEOUS = "heterogeneous fibroglandular tissue"
    EXTREME = "extreme fibroglandular tissue"


WORDS: Mapping[str, type[StrEnum]] = {
    "shape": Shape,
    "orientation": Orientation,
    "margin": Margin,
    "echo_pattern": EchoPattern,
    "posterior_features": PosteriorFeatures,
    "mammographic_margin": MammographicMargin,
    "mass_density": MassDensity,
    "calcification_morphology": CalcificationMorphology,
    "calcification_distribution": CalcificationDistribution,
    "mri_lesion_type": MriLesionType,
    "mri_margin": MriMargin,
    "internal_enhancement": InternalEnhancement,
    "initial_phase": InitialPhase,
    "delayed_phase": DelayedPhase,
    "background_enhancement": BackgroundEnhancement,
    "fibroglandular_amount": FibroglandularAmount,
}
"""By the name under which a word is kept, what may stand there."""


@dataclass(frozen=True, slots=True)
class Term(Generic[Word]):
    """A word, and how sure it is.

    `agreement` in 0..1 is the share of slightly moved outlines that give the same word. `word` is
    None where the frame does not let it be assessed; `reason` then says why.
    """

    word: Word | None
    agreement: float
    reason: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.agreement <= 1:
            raise SettingsError(f"An agreement of {self.agreement} was given; expected 0 to 1.")
