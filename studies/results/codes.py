"""The codes of structured reports, each with the table of PS3.16 that holds it.

`pydicom.sr.codedict` has nearly all of them, and a test compares. It lacks those of scheme BI in
CID 6027 and UMLS C0034375, which TID 1500 row 12 wants.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydicom.sr.coding import Code

from senoscope.domain.lexicon import (
    CalcificationDistribution,
    CalcificationMorphology,
    EchoPattern,
    MammographicMargin,
    Margin,
    MassDensity,
    Orientation,
    PosteriorFeatures,
    Shape,
)
from senoscope.domain.reading import Suspicion, Unsuitable
from senoscope.studies.results.identity import ours
from senoscope.studies.results.mri_codes import MRI_WORDS
from senoscope.studies.results.report_words import said
from senoscope.studies.sign_off import Assessment, Verdict
from senoscope.studies.study_reading import FindingKind

BIRADS_2003 = "4.0"
"""The version of scheme BI that CID 6027 asks for."""


# The report as a whole: TID 1500 and 1501, CID 6050, CID 7021
MEASUREMENT_REPORT = Code("126000", "DCM", "Imaging Measurement Report")
ULTRASOUND_OF_BREAST = Code("47079000", "SCT", "Ultrasonography of breast")
MAMMOGRAPHY = Code("71651007", "SCT", "Mammography")
MRI_OF_BREAST = Code("241615005", "SCT", "MRI of breast")
QUALITATIVE_EVALUATIONS = Code("C0034375", "UMLS", "Qualitative Evaluations")
COMMENT = Code("121106", "DCM", "Comment")
LANGUAGE = Code("121049", "DCM", "Language of Content Item and Descendants")
ENGLISH = Code("en", "RFC5646", "English")

# What became of the images: TID 4000 and 4001, CID 6042, CID 6047. Made for CAD, which this is.
SUMMARY_OF_DETECTIONS = Code("111064", "DCM", "Summary of Detections")
SUMMARY_OF_ANALYSES = Code("111065", "DCM", "Summary of Analyses")
SUCCEEDED = Code("111222", "DCM", "Succeeded")
PARTIALLY_SUCCEEDED = Code("111223", "DCM", "Partially Succeeded")
FAILED = Code("111224", "DCM", "Failed")
NOT_ATTEMPTED = Code("111225", "DCM", "Not Attempted")
FINDINGS_SUMMARY = Code("111017", "DCM", "CAD Processing and Findings Summary")
ALL_SUCCEEDED_WITHOUT = Code("111241", "DCM", "All algorithms succeeded; without findings")
ALL_SUCCEEDED_WITH = Code("111242", "DCM", "All algorithms succeeded; with findings")
NOT_ALL_SUCCEEDED_WITHOUT = Code("111243", "DCM", "Not all algorithms succeeded; without findings")
NOT_ALL_SUCCEEDED_WITH = Code("111244", "DCM", "Not all algorithms succeeded; with findings")
NONE_SUCCEEDED = Code("111245", "DCM", "No algorithms succeeded; without findings")
NUMBER_OF_FRAMES = Code("121140", "DCM", "Number of Frames")
SOURCE_IMAGE = Code("121322", "DCM", "Source image for image processing operation")
SEGMENTATION = Code("113076", "DCM", "Segmentation")
PROCESSING_EQUIPMENT = Code("109102", "DCM", "Processing Equipment")
REPORT = Code("18748-4", "LN", "Diagnostic Imaging Report")
FRAMES = Code("{frames}", "UCUM", "frames")
REASON_NOT_READ = ours("reason_not_read", "Reason not read")

# Of mammograms: TID 4007, CID 6000
FACTS: Mapping[str, tuple[Code, Code]] = {
    "density_percent": (
        Code("111046", "DCM", "Percent Fibroglandular Tissue"),
        Code("%", "UCUM", "Percent"),
    ),
    "dense_area": (ours("dense_area", "Area of dense tissue"), Code("cm2", "UCUM", "cm2")),
    "breast_area": (ours("breast_area", "Area of the breast"), Code("cm2", "UCUM", "cm2")),
}
"""Of an image, by the name of its fact: what it is and its unit."""
BREAST_COMPOSITION = Code("129715009", "SCT", "Breast composition")
COMPOSITIONS: Mapping[str, Code] = {
    "A": Code("129716005", "SCT", "Almost entirely fat"),
    "B": Code("129717001", "SCT", "Scattered fibroglandular densities"),
    "C": Code("129718006", "SCT", "Heterogeneously dense"),
    "D": Code("129719003", "SCT", "Extremely dense"),
}

# A lesion: TID 1410, TID 300, CID 6165, CID 7469, TID 4006
LESION = Code("52988006", "SCT", "Lesion")
ABNORMAL_STRUCTURE = Code("49755003", "SCT", "Morphologically Abnormal Structure")
FINDING_TYPES: Mapping[FindingKind, Code] = {
    FindingKind.LESION: LESION,
    FindingKind.MASS: Code("129788004", "SCT", "Mammographic breast mass"),
    FindingKind.CALCIFICATIONS: Code("129769006", "SCT", "Calcification Cluster"),
    FindingKind.DISTORTION: Code("129792006", "SCT", "Architectural distortion of breast"),
    FindingKind.ENHANCEMENT: LESION,
}
ANATOMICAL_STRUCTURE = Code("91723000", "SCT", "Anatomical Structure")
BREAST = Code("76752008", "SCT", "Breast")
PECTORAL_MUSCLE = Code("60005003", "SCT", "Pectoralis major muscle")
FIBROGLANDULAR_TISSUE = ours("fibroglandular", "Fibroglandular tissue")
LATERALITY = {"L": Code("7771000", "SCT", "Left"), "R": Code("24028007", "SCT", "Right")}
LONG_AXIS = Code("103339001", "SCT", "Long axis")
SHORT_AXIS = Code("103340004", "SCT", "Short axis")
AREA = Code("42798000", "SCT", "Area")
DISTANCE_FROM_SKIN = Code("121243", "DCM", "Distance from skin")
ANGLE_TO_HORIZONTAL = ours("long_axis_angle", "Angle of long axis to horizontal")
CENTRE_DEPTH = ours("centre_depth", "Depth of centre below skin")
MILLIMETRE = Code("mm", "UCUM", "mm")
SQUARE_MILLIMETRE = Code("mm2", "UCUM", "square millimeter")
DEGREE = Code("deg", "UCUM", "degree")
PERCENT = Code("%", "UCUM", "Percent")
NO_UNITS = Code("1", "UCUM", "no units")
UPPER_UNCERTAINTY = Code("371886008", "SCT", "+, range of upper measurement uncertainty")
LOWER_UNCERTAINTY = Code("371885007", "SCT", "-, range of lower measurement uncertainty")
PROBABILITY_OF_CANCER = Code("111047", "DCM", "Probability of cancer")
MINIMUM = Code("255605001", "SCT", "Minimum")
MAXIMUM = Code("56851009", "SCT", "Maximum")
CERTAINTY_OF_FINDING = Code("111012", "DCM", "Certainty of Finding")
CERTAINTY_OF_FEATURE = Code("111011", "DCM", "Certainty of Feature")
SUSPICION = ours("suspicion", "Suspicion of malignancy")
SUSPICIONS: Mapping[Suspicion, Code] = {
    Suspicion.LOW: Code("62482003", "SCT", "Low"),
    Suspicion.UNCERTAIN: Code("64957009", "SCT", "Uncertain"),
    Suspicion.HIGH: Code("75540009", "SCT", "High"),
}

# BI-RADS words: CID 6005, 6152, 6007, 6154 and 6155
SHAPE = Code("107644003", "SCT", "Shape")
ORIENTATION = Code("111354", "DCM", "Orientation")
MARGINS = Code("111037", "DCM", "Margins")
ECHO_PATTERN = Code("111360", "DCM", "Echo pattern")
POSTERIOR_FEATURES = Code("111366", "DCM", "Posterior acoustic features")
SHAPES: Mapping[str, Code] = {
    Shape.OVAL: Code("84360004", "SCT", "Ovoid shape (Oval)"),
    Shape.ROUND: Code("42700002", "SCT", "Round shape"),
    Shape.IRREGULAR: Code("49608001", "SCT", "Irregular"),
}
ORIENTATIONS: Mapping[str, Code] = {
    Orientation.PARALLEL: Code("111355", "DCM", "Parallel"),
    Orientation.NOT_PARALLEL: Code("111356", "DCM", "Not parallel"),
}
MARGIN_WORDS: Mapping[str, Code] = {
    Margin.CIRCUMSCRIBED: Code("129738007", "SCT", "Circumscribed lesion"),
    Margin.INDISTINCT: Code("129741003", "SCT", "Indistinct lesion"),
    Margin.ANGULAR: Code("111343", "DCM", "Angular margins"),
    Margin.MICROLOBULATED: Code("129739004", "SCT", "Microlobulated lesion"),
    Margin.SPICULATED: Code("129742005", "SCT", "Spiculated lesion"),
}
ECHO_PATTERNS: Mapping[str, Code] = {
    EchoPattern.ANECHOIC: Code("111361", "DCM", "Anechoic"),
    EchoPattern.HYPERECHOIC: Code("111362", "DCM", "Hyperechoic"),
    EchoPattern.COMPLEX: Code("111363", "DCM", "Complex"),
    EchoPattern.HYPOECHOIC: Code("111364", "DCM", "Hypoechoic"),
    EchoPattern.ISOECHOIC: Code("111365", "DCM", "Isoechoic"),
    # Of the Atlas of 2013; CID 6154 follows that of 2003. DCM 111353 is of the tissue around.
    EchoPattern.HETEROGENEOUS: ours("heterogeneous", "Heterogeneous echo pattern"),
}
POSTERIOR_WORDS: Mapping[str, Code] = {
    PosteriorFeatures.NONE: Code("111367", "DCM", "No posterior acoustic features"),
    PosteriorFeatures.ENHANCEMENT: Code("111368", "DCM", "Posterior enhancement"),
    PosteriorFeatures.SHADOWING: Code("111369", "DCM", "Posterior shadowing"),
    PosteriorFeatures.COMBINED: Code(
        "111370", "DCM", "Combined posterior enhancement and shadowing"
    ),
}
# Of mammography: CID 6007, 6009, 6011 and 6013
MASS_DENSITY = Code("111035", "DCM", "Lesion Density")
CALCIFICATION_TYPE = Code("111009", "DCM", "Calcification Type")
CALCIFICATION_DISTRIBUTION = Code("111008", "DCM", "Calcification Distribution")
MAMMOGRAPHIC_MARGINS: Mapping[str, Code] = {
    MammographicMargin.CIRCUMSCRIBED: MARGIN_WORDS[Margin.CIRCUMSCRIBED],
    MammographicMargin.OBSCURED: Code("129740002", "SCT", "Obscured lesion"),
    MammographicMargin.MICROLOBULATED: MARGIN_WORDS[Margin.MICROLOBULATED],
    MammographicMargin.INDISTINCT: MARGIN_WORDS[Margin.INDISTINCT],
    MammographicMargin.SPICULATED: MARGIN_WORDS[Margin.SPICULATED],
}
MASS_DENSITIES: Mapping[str, Code] = {
    MassDensity.HIGH: Code("129744006", "SCT", "High density lesion"),
    MassDensity.EQUAL: Code("129745007", "SCT", "Equal density (isodense) lesion"),
    MassDensity.LOW: Code("129746008", "SCT", "Low density (not containing fat) lesion"),
    MassDensity.FAT: Code("129747004", "SCT", "Fat containing (radiolucent) lesion"),
}
CALCIFICATION_TYPES: Mapping[str, Code] = {
    CalcificationMorphology.SKIN: Code("129757003", "SCT", "Calcified skin of breast"),
    CalcificationMorphology.VASCULAR: Code("129759000", "SCT", "Vascular calcification"),
    CalcificationMorphology.POPCORN: Code(
        "129749001", "SCT", "Coarse (popcorn-like) calcification"
    ),
    CalcificationMorphology.ROD: Code("129752009", "SCT", "Large rod-like calcification"),
    CalcificationMorphology.ROUND: Code("129756007", "SCT", "Round shaped calcification"),
    CalcificationMorphology.PUNCTATE: Code("129755006", "SCT", "Punctate calcification"),
    # The edition of 2013 calls eggshell and lucent-centred ones "rim": the nearer of both.
    CalcificationMorphology.RIM: Code("129751002", "SCT", "Eggshell calcification"),
    CalcificationMorphology.DYSTROPHIC: Code("129750001", "SCT", "Dystrophic calcification"),
    CalcificationMorphology.MILK_OF_CALCIUM: Code(
        "129753004", "SCT", "Milk of calcium calcification"
    ),
    CalcificationMorphology.SUTURE: Code("129758008", "SCT", "Calcified suture material"),
    CalcificationMorphology.AMORPHOUS: Code("129760005", "SCT", "Amorphous calcification"),
    CalcificationMorphology.COARSE_HETEROGENEOUS: Code(
        "129763007", "SCT", "Heterogeneous calcification"
    ),
    CalcificationMorphology.FINE_PLEOMORPHIC: Code(
        "111344", "DCM", "Fine pleomorphic calcification"
    ),
    # One word in the edition of 2013, two codes: that which does not claim a branch.
    CalcificationMorphology.FINE_LINEAR: Code(
        "129761009", "SCT", "Fine, linear (casting) calcification"
    ),
}
CALCIFICATION_DISTRIBUTIONS: Mapping[str, Code] = {
    CalcificationDistribution.DIFFUSE: Code(
        "129764001", "SCT", "Diffuse calcification distribution"
    ),
    CalcificationDistribution.REGIONAL: Code(
        "129767008", "SCT", "Regional calcification distribution"
    ),
    CalcificationDistribution.GROUPED: Code(
        "129766004", "SCT", "Grouped calcification distribution"
    ),
    CalcificationDistribution.LINEAR: Code("129765000", "SCT", "Linear calcification distribution"),
    CalcificationDistribution.SEGMENTAL: Code(
        "129768003", "SCT", "Segmental calcification distribution"
    ),
}
WORDS: Mapping[str, tuple[Code, Mapping[str, Code]]] = {
    "shape": (SHAPE, SHAPES),
    "orientation": (ORIENTATION, ORIENTATIONS),
    "margin": (MARGINS, MARGIN_WORDS),
    "echo_pattern": (ECHO_PATTERN, ECHO_PATTERNS),
    "posterior_features": (POSTERIOR_FEATURES, POSTERIOR_WORDS),
    "mammographic_margin": (MARGINS, MAMMOGRAPHIC_MARGINS),
    "mass_density": (MASS_DENSITY, MASS_DENSITIES),
    "calcification_morphology": (CALCIFICATION_TYPE, CALCIFICATION_TYPES),
    "calcification_distribution": (CALCIFICATION_DISTRIBUTION, CALCIFICATION_DISTRIBUTIONS),
    **MRI_WORDS,
}
"""By the name of a finding's word: what it is of, and the code of each."""

# What the clinician says: TID 4203, CID 6026 and 6027
IMPRESSION = Code("121073", "DCM", "Impression")
ASSESSMENT_CATEGORY = Code("111005", "DCM", "Assessment Category")
ASSESSMENTS: Mapping[Assessment, Code] = {
    Assessment.INCOMPLETE: Code(
        "397138000", "SCT", "0 - Incomplete - Need additional imaging evaluation +/- priors"
    ),
    Assessment.NEGATIVE: Code("397140005", "SCT", "1 - Negative"),
    Assessment.BENIGN: Code("397141009", "SCT", "2 - Benign"),
    Assessment.PROBABLY_BENIGN: Code("397143007", "SCT", "3 - Probably Benign"),
    # The words of CID 6027, of the edition before 2013, go with these codes.
    Assessment.LOW_SUSPICION: Code("MA.II.A.5.4A", "BI", "4A - Low suspicion", BIRADS_2003),
    Assessment.MODERATE_SUSPICION: Code(
        "MA.II.A.5.4B", "BI", "4B - Intermediate suspicion", BIRADS_2003
    ),
    Assessment.HIGH_SUSPICION: Code("MA.II.A.5.4C", "BI", "4C - Moderate suspicion", BIRADS_2003),
    Assessment.HIGHLY_SUGGESTIVE: Code("397145000", "SCT", "5 - Highly suggestive of malignancy"),
    Assessment.KNOWN_MALIGNANCY: Code(
        "MA.II.A.5.6", "BI", "6 - Known biopsy proven malignancy", BIRADS_2003
    ),
}
DECISION = ours("decision", "Decision on the finding")
READING_STAGE = ours("reading_stage", "Stage of reading")
ALONE = ours("stage_alone", "Before the software's findings were shown")
FINAL = ours("stage_final", "With the software's findings")


def reason_code(reason: Unsuitable) -> Code:
    """Why a frame was not read: the picture was not what is read, which is no quality finding."""
    return ours(reason.value, said("en", f"unsuitable_{reason.value}"))


def verdict_code(verdict: Verdict) -> Code:
    """What a clinician made of a finding of the software."""
    return ours(verdict.value, verdict.value.capitalize())
