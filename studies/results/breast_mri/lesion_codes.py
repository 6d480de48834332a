"""What is said of a lesion in a volume: each fact's name, its code and its unit.

Codes are of CID 7469, CID 7470 and CID 6165 of PS3.16 where they have one. The curve's types are
those of CID 6335, of the breast's kinetics.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydicom.sr.coding import Code

from senoscope.studies.results.codes import DISTANCE_FROM_SKIN, MILLIMETRE, PERCENT
from senoscope.studies.results.identity import ours

MILLILITRE = Code("ml", "UCUM", "ml")
SECOND = Code("s", "UCUM", "s")
RATIO = Code("{ratio}", "UCUM", "ratio")
PER_MINUTE = Code("/min", "UCUM", "/min")
PERCENT_PER_MINUTE = Code("%/min", "UCUM", "%/min")

KTRANS = Code("126312", "DCM", "Ktrans")
KEP = Code("126313", "DCM", "kep")
VE = Code("126314", "DCM", "ve")
SIGNAL_ENHANCEMENT_RATIO = ours("ser", "Signal enhancement ratio")

MEASURES: Mapping[str, tuple[Code, Code]] = {
    "volume": (Code("118565006", "SCT", "Volume"), MILLILITRE),
    "longest": (Code("103339001", "SCT", "Long axis"), MILLIMETRE),
    "extent_across": (ours("extent_across", "Extent from right to left"), MILLIMETRE),
    "extent_front_back": (ours("extent_depth", "Extent from front to back"), MILLIMETRE),
    "extent_foot_head": (ours("extent_height", "Extent from foot to head"), MILLIMETRE),
    "functional_volume": (ours("ftv", "Functional tumour volume"), MILLILITRE),
    "nipple_distance": (Code("121242", "DCM", "Distance from nipple"), MILLIMETRE),
    "skin_distance": (DISTANCE_FROM_SKIN, MILLIMETRE),
    "share_persistent": (ours("share_1", "Share of voxels of curve type 1"), PERCENT),
    "share_plateau": (ours("share_2", "Share of voxels of curve type 2"), PERCENT),
    "share_washout": (ours("share_3", "Share of voxels of curve type 3"), PERCENT),
    "peak": (ours("peak_enhancement", "Peak enhancement"), PERCENT),
    "time_to_peak": (Code("113069", "DCM", "Time To Peak"), SECOND),
    "washout_rate": (ours("washout_rate", "Rate of washout"), PERCENT_PER_MINUTE),
    "ser": (SIGNAL_ENHANCEMENT_RATIO, RATIO),
    "ktrans": (KTRANS, PER_MINUTE),
    "kep": (KEP, PER_MINUTE),
    "ve": (VE, RATIO),
}
"""By the name of a finding's fact, in the order in which they are said."""
CURVE = "curve"
"""Name of the fact whose word is "I", "II" or "III": the type of the most suspicious spot."""
KINETICS = Code("RID6058", "RADLEX", "Enhancement pattern")
CURVES: Mapping[str, Code] = {
    "I": Code("130597", "DCM", "Persistent delayed phase: Type 1 curve"),
    "II": Code("130598", "DCM", "Plateau delayed phase: Type 2 curve"),
    "III": Code("130599", "DCM", "Washout delayed phase: Type 3 curve"),
}
