"""What an MR image is of: of a phase as acquired, or made from phases, or of another contrast.

By ImageType first, then by SeriesDescription: manufacturers' words, as their conformance statements
and public collections have them. Neither is a rule, so pixels are looked at besides.
"""

from __future__ import annotations

import re
from enum import StrEnum

from pydicom import Dataset
from pydicom.multival import MultiValue

from senoscope.studies.files.study_header import numbers_of, text_of, value_of


class MriKind(StrEnum):
    """`RAW`: as acquired, and T1-weighted as far as is said."""

    RAW = "as acquired"
    MOTION_CORRECTED = "motion-corrected"
    SUBTRACTION = "subtraction"
    PROJECTION = "projection"
    DERIVED = "derived"
    T2 = "T2-weighted"
    DIFFUSION = "diffusion"
    ADC = "ADC map"
    LOCALISER = "localiser"


DYNAMIC = (MriKind.RAW, MriKind.MOTION_CORRECTED)
"""Kinds that phases may be of."""

_TYPE_WORDS = (
    (MriKind.SUBTRACTION, {"SUB", "SUBTRACT", "SUBTRACTION", "SUBTRACTED"}),
    (
        MriKind.PROJECTION,
        {"MIP", "MAX_IP", "MIN_IP", "MINIP", "PROJECTION IMAGE", "MIP_SUB", "MAXIMUM", "RADIAL"},
    ),
    (MriKind.ADC, {"ADC", "EADC", "ADC_MAP"}),
    (MriKind.DIFFUSION, {"DIFFUSION", "TRACEW", "TRACE", "DWI", "CALC_BVALUE"}),
    (MriKind.LOCALISER, {"LOCALIZER", "LOCALISER", "SCOUT"}),
    (
        MriKind.MOTION_CORRECTED,
        {"MOCO", "MOTIONCORRECTION", "MOTION_CORRECTED", "MOTION_CORR", "REGISTERED"},
    ),
    (
        MriKind.DERIVED,
        {
            *("MPR", "CSA MPR", "CSA RESAMPLED", "REFORMATTED", "RESAMPLED", "AVERAGE", "T1 MAP"),
            *("PERFUSION", "MAP", "SER", "KTRANS", "T2 MAP", "PERCENT", "WASH_IN", "WASH_OUT"),
            *("PHASE MAP", "P", "R", "I", "REAL", "IMAGINARY", "PHASE", "FAT", "F", "FAT_FRACTION"),
        },
    ),
)
_NO_WORD = r"(?<![a-z]){}(?![a-z])"
_TEXT_WORDS = tuple(
    (kind, re.compile("|".join(_NO_WORD.format(each) for each in words)))
    for kind, words in (
        (MriKind.SUBTRACTION, (r"subs?", r"subtr[a-z]*")),
        (MriKind.PROJECTION, ("mips?", "tmip", "min ?ip")),
        (MriKind.ADC, ("e?adc",)),
        (MriKind.DIFFUSION, ("dwi[bs]*", "diff", "diffusion", "resolve", "ep2d", "tracew?")),
        (MriKind.LOCALISER, (r"loc(alizer|aliser|s)?", "scouts?", "survey", r"3[ -]?plane")),
        (MriKind.MOTION_CORRECTED, ("moco", r"motion[ _-]?corr[a-z]*", "registered")),
        (MriKind.DERIVED, ("mpr", r"refor[a-z]*", r"wash[ _-]?(in|out)", "ktrans", "maps?", "ser")),
        (MriKind.T2, ("t2[a-z]?", "stir", "tirm", "haste")),
    )
)
_COMPONENTS = {
    "W": "water",
    "WATER": "water",
    "IP": "in phase",
    "IN_PHASE": "in phase",
    "OP": "out of phase",
    "OPP_PHASE": "out of phase",
    "OUT_PHASE": "out of phase",
}
_LONG_ECHO_MS, _LONG_REPETITION_MS = 60.0, 1500.0
_FAT_OPTIONS = {"FS", "FATSAT", "FAT_SAT", "SFS", "WE", "SPIR", "SPAIR", "SP", "CHEMSAT", "WFS"}
_NO_FAT_WORDS = re.compile(r"(non|no|wo|w/o|without)[ _-]?(fs|fat)")
_FAT_WORDS = re.compile(
    r"(?<![a-z])(fs|fatsat|fat[ _-]?sat|fat[ _-]?supp?r?[a-z]*|spair|spir|we|dixon|water|vibrant)"
    r"(?![a-z])"
)
_PRE_WORDS = re.compile(
    r"(?<![a-z])(pre|pre[ _-]?(contrast|gad[a-z]*|gd|con|injection)|unenhanced|native?|"
    r"wo[ _-]?contrast|without[ _-]contrast|ph0|phase[ _-]?0)(?![a-z0-9])"
)


def words_of(header: Dataset, keyword: str) -> tuple[str, ...]:
    """All values of an attribute, in capitals."""
    value = value_of(header, keyword)
    values = value if isinstance(value, MultiValue | list) else (value,)
    return tuple(str(each).strip(" \0").upper() for each in values if each not in (None, ""))


def kind_of(header: Dataset, types: tuple[str, ...], text: str) -> MriKind:
    """`text`: the series' description in small letters."""
    said = set(types)
    for kind, words in _TYPE_WORDS:
        if said & words:
            return kind
    if any(each > 0 for each in numbers_of(header, "DiffusionBValue")):
        return MriKind.DIFFUSION
    for kind, pattern in _TEXT_WORDS:
        if pattern.search(text):
            return kind
    echo, repetition = numbers_of(header, "EchoTime"), numbers_of(header, "RepetitionTime")
    if echo and repetition and echo[0] > _LONG_ECHO_MS and repetition[0] > _LONG_REPETITION_MS:
        return MriKind.T2
    if any(each in ("T2", "STIR") for each in types):
        return MriKind.T2
    return MriKind.RAW


def component_of(types: tuple[str, ...]) -> str:
    """Of a Dixon image; "" of what is none."""
    return next((_COMPONENTS[each] for each in types if each in _COMPONENTS), "")


def fat_suppression_of(header: Dataset, text: str) -> bool | None:
    """None where neither attributes nor words say."""
    suppressed = text_of(header, "SpectrallySelectedSuppression").upper()
    excited = text_of(header, "SpectrallySelectedExcitation").upper()
    if "FAT" in suppressed or excited in ("WATER", "WATER_FAT_SEP"):
        return True
    if suppressed == "NONE":
        return False
    if _NO_FAT_WORDS.search(text):
        return False
    options = set(words_of(header, "ScanOptions"))
    is_water = component_of(words_of(header, "ImageType")) == "water"
    if options & _FAT_OPTIONS or is_water or _FAT_WORDS.search(text):
        return True
    return None


def says_pre_contrast(text: str) -> bool:
    """Whether the description says that it was taken before contrast."""
    return _PRE_WORDS.search(text) is not None
