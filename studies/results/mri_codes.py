"""The codes of BI-RADS words of MRI.

PS3.16 has no context group of the breast's: what CID 6335, 6339 and 6345 hold for the prostate is
taken where the word is the same, all else has a private code.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydicom.sr.coding import Code

from senoscope.domain.lexicon import (
    BackgroundEnhancement,
    DelayedPhase,
    FibroglandularAmount,
    InitialPhase,
    InternalEnhancement,
    MriLesionType,
    MriMargin,
)
from senoscope.studies.results.identity import ours

MRI_WORDS: Mapping[str, tuple[Code, Mapping[str, Code]]] = {
    "mri_lesion_type": (
        ours("mri_lesion_type", "Type of enhancing lesion"),
        {
            MriLesionType.FOCUS: ours("mri_focus", "Focus"),
            MriLesionType.MASS: Code("4147007", "SCT", "Mass"),
            MriLesionType.NON_MASS: ours("mri_non_mass", "Non-mass enhancement"),
        },
    ),
    "mri_margin": (
        ours("mri_margin", "Margin on MRI"),
        {
            MriMargin.CIRCUMSCRIBED: Code("129738007", "SCT", "Circumscribed lesion"),
            MriMargin.IRREGULAR: ours("mri_irregular", "Irregular margin"),
            MriMargin.SPICULATED: Code("129742005", "SCT", "Spiculated lesion"),
        },
    ),
    "internal_enhancement": (
        ours("mri_internal", "Internal enhancement"),
        {
            InternalEnhancement.HOMOGENEOUS: Code("112160", "DCM", "Homogeneous"),
            InternalEnhancement.HETEROGENEOUS: ours("mri_hetero", "Heterogeneous"),
            InternalEnhancement.RIM: ours("mri_rim", "Rim enhancement"),
        },
    ),
    "initial_phase": (
        ours("mri_initial", "Initial phase of the curve"),
        {
            InitialPhase.SLOW: ours("mri_slow", "Slow"),
            InitialPhase.MEDIUM: ours("mri_medium", "Medium"),
            InitialPhase.FAST: ours("mri_fast", "Fast"),
        },
    ),
    "delayed_phase": (
        Code("RID11081", "RADLEX", "Delayed phase"),
        {
            DelayedPhase.PERSISTENT: Code("RID34331", "RADLEX", "Persistent delayed phase"),
            DelayedPhase.PLATEAU: Code("RID34332", "RADLEX", "Plateau delayed phase"),
            DelayedPhase.WASHOUT: Code("RID34333", "RADLEX", "Washout delayed phase"),
        },
    ),
    "background_enhancement": (
        ours("mri_background", "Background enhancement"),
        {
            each: ours(f"mri_{each.value}", each.value.capitalize())
            for each in BackgroundEnhancement
        },
    ),
    "fibroglandular_amount": (
        ours("mri_amount", "Amount of fibroglandular tissue"),
        {
            FibroglandularAmount.FATTY: Code("129716005", "SCT", "Almost entirely fat"),
            FibroglandularAmount.SCATTERED: ours("mri_scattered", "Scattered"),
            FibroglandularAmount.HETEROGENEOUS: ours("mri_hetero_fgt", "Heterogeneous tissue"),
            FibroglandularAmount.EXTREME: ours("mri_extreme", "Extreme"),
        },
    ),
}
