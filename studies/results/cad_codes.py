"""The codes of a Mammography CAD SR, PS3.16 TID 4000 to 4023; a test compares with pydicom's."""

from __future__ import annotations

from collections.abc import Mapping

from pydicom.sr.coding import Code

from senoscope.domain.mammogram import Laterality
from senoscope.studies.results.cad_findings import (
    Analysis,
    CompositeKind,
    Composition,
    FindingKind,
    Intent,
    View,
    ViewModifier,
)
from senoscope.studies.results.codes import BREAST_COMPOSITION
from senoscope.studies.results.codes import COMPOSITIONS as LETTERS

# Concepts: TID 4000, 4003, 4004, 4005, 4006, 4007, 4010, 4015 to 4021, 4023
CAD_REPORT = Code("111036", "DCM", "Mammography CAD Report")
IMAGE_LIBRARY = Code("111028", "DCM", "Image Library")
INDIVIDUAL_IMPRESSION = Code("111034", "DCM", "Individual Impression/Recommendation")
IMPRESSION_DESCRIPTION = Code("111033", "DCM", "Impression Description")
RENDERING_INTENT = Code("111056", "DCM", "Rendering Intent")
OPERATING_POINT = Code("111071", "DCM", "CAD Operating Point")
MAXIMUM_OPERATING_POINT = Code("111072", "DCM", "Maximum CAD Operating Point")
RECOMMENDED_OPERATING_POINT = Code("111092", "DCM", "Recommended CAD Operating Point")
SINGLE_IMAGE_FINDING = Code("111059", "DCM", "Single Image Finding")
COMPOSITE_FEATURE = Code("111015", "DCM", "Composite Feature")
COMPOSITE_TYPE = Code("111016", "DCM", "Composite Type")
SCOPE_OF_FEATURE = Code("111057", "DCM", "Scope of Feature")
TRACKING_UID = Code("112040", "DCM", "Tracking Unique Identifier")
ALGORITHM_NAME = Code("111001", "DCM", "Algorithm Name")
ALGORITHM_VERSION = Code("111003", "DCM", "Algorithm Version")
ALGORITHM_PARAMETERS = Code("111002", "DCM", "Algorithm Parameters")
CENTER = Code("111010", "DCM", "Center")
OUTLINE = Code("111041", "DCM", "Outline")
NUMBER_OF_CALCIFICATIONS = Code("111038", "DCM", "Number of calcifications")
PERCENT_DENSE = Code("111046", "DCM", "Percent Fibroglandular Tissue")
SUCCESSFUL_DETECTIONS = Code("111063", "DCM", "Successful Detections")
FAILED_DETECTIONS = Code("111025", "DCM", "Failed Detections")
SUCCESSFUL_ANALYSES = Code("111062", "DCM", "Successful Analyses")
FAILED_ANALYSES = Code("111024", "DCM", "Failed Analyses")
DETECTION_PERFORMED = Code("111022", "DCM", "Detection Performed")
ANALYSIS_PERFORMED = Code("111004", "DCM", "Analysis Performed")
IMAGE_LATERALITY = Code("111027", "DCM", "Image Laterality")
IMAGE_VIEW = Code("111031", "DCM", "Image View")
IMAGE_VIEW_MODIFIER = Code("111032", "DCM", "Image View Modifier")
ORIENTATION_ROW = Code("111044", "DCM", "Patient Orientation Row")
ORIENTATION_COLUMN = Code("111043", "DCM", "Patient Orientation Column")
STUDY_DATE = Code("111060", "DCM", "Study Date")
STUDY_TIME = Code("111061", "DCM", "Study Time")
CONTENT_DATE = Code("111018", "DCM", "Content Date")
CONTENT_TIME = Code("111019", "DCM", "Content Time")
HORIZONTAL_SPACING = Code("111026", "DCM", "Horizontal Pixel Spacing")
VERTICAL_SPACING = Code("111066", "DCM", "Vertical Pixel Spacing")
ROWS = Code("110910", "DCM", "Pixel Data Rows")
COLUMNS = Code("110911", "DCM", "Pixel Data Columns")
MICROMETRE = Code("um", "UCUM", "micrometer")
PIXELS = Code("{pixels}", "UCUM", "pixels")
POINT_FROM_0 = Code("{0:n}", "UCUM", "range:0:n")
POINT_FROM_1 = Code("{1:n}", "UCUM", "range:1:n")
RELATED_SPATIALLY = Code("111154", "DCM", "Target Content Items are related spatially")
ON_MULTIPLE_IMAGES = Code("111158", "DCM", "Feature detected on multiple images")

# Values
SIDES: Mapping[Laterality, Code] = {
    Laterality.LEFT: Code("80248007", "SCT", "Left breast"),
    Laterality.RIGHT: Code("73056007", "SCT", "Right breast"),
}
VIEWS: Mapping[View, Code] = {
    View.CC: Code("399162004", "SCT", "cranio-caudal"),
    View.MLO: Code("399368009", "SCT", "medio-lateral oblique"),
    View.ML: Code("399260004", "SCT", "medial-lateral"),
    View.LM: Code("399352003", "SCT", "latero-medial"),
    View.LMO: Code("399099002", "SCT", "latero-medial oblique"),
    View.XCCL: Code("399192008", "SCT", "cranio-caudal exaggerated laterally"),
    View.XCCM: Code("399101009", "SCT", "cranio-caudal exaggerated medially"),
    View.FB: Code("399196006", "SCT", "caudo-cranial"),
    View.SIO: Code("399188001", "SCT", "superolateral to inferomedial oblique"),
    View.ISO: Code("441555000", "SCT", "inferomedial to superolateral oblique"),
}
MODIFIERS: Mapping[ViewModifier, Code] = {
    ViewModifier.MAGNIFICATION: Code("399163009", "SCT", "Magnification"),
    ViewModifier.SPOT_COMPRESSION: Code("399055006", "SCT", "Spot Compression"),
    ViewModifier.IMPLANT_DISPLACED: Code("399209000", "SCT", "Implant Displaced"),
    ViewModifier.AXILLARY_TAIL: Code("399011000", "SCT", "Axillary Tail"),
    ViewModifier.CLEAVAGE: Code("399161006", "SCT", "Cleavage"),
    ViewModifier.TANGENTIAL: Code("399110001", "SCT", "tangential"),
    ViewModifier.ROLLED_LATERAL: Code("399197002", "SCT", "Rolled Lateral"),
    ViewModifier.ROLLED_MEDIAL: Code("399226006", "SCT", "Rolled Medial"),
}
FINDINGS: Mapping[FindingKind, Code] = {
    FindingKind.DENSITY: Code("129793001", "SCT", "Mammography breast density"),
    FindingKind.CLUSTER: Code("129769006", "SCT", "Calcification Cluster"),
    FindingKind.CALCIFICATION: Code("129770007", "SCT", "Individual Calcification"),
    FindingKind.DISTORTION: Code("129792006", "SCT", "Architectural distortion of breast"),
    FindingKind.COMPOSITION: BREAST_COMPOSITION,
}
COMPOSITES: Mapping[CompositeKind, Code] = {
    CompositeKind.MASS: Code("129788004", "SCT", "Mammographic breast mass"),
    CompositeKind.MASS_WITH_CALCIFICATIONS: Code("111459", "DCM", "Mass with calcifications"),
}
COMPOSITIONS: Mapping[Composition, Code] = {
    each: LETTERS[each.value.upper()] for each in Composition
}
ANALYSES: Mapping[Analysis, Code] = {
    Analysis.COMPOSITION: Code("133890006", "SCT", "Breast composition analysis"),
    Analysis.PROXIMITY: Code("133885008", "SCT", "Spatial proximity analysis"),
    Analysis.IMAGE_QUALITY: Code("133887000", "SCT", "Image quality analysis"),
}
INTENTS: Mapping[Intent, Code] = {
    Intent.REQUIRED: Code(
        "111150", "DCM", "Presentation Required: Rendering device is expected to present"
    ),
    Intent.OPTIONAL: Code("111151", "DCM", "Presentation Optional: Rendering device may present"),
    Intent.NOT_SHOWN: Code(
        "111152", "DCM", "Not for Presentation: Rendering device expected not to present"
    ),
}
