"""What every new object takes from the image that it is made of: the Patient and Study modules."""

from __future__ import annotations

import copy
import re

from pydicom import Dataset
from pydicom.config import RAISE, disable_value_validation
from pydicom.multival import MultiValue
from pydicom.valuerep import validate_value

from senoscope.studies.files.study_header import text_of, value_of

NEVER_LACKING = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime"),
    *("ReferringPhysicianName", "StudyID", "AccessionNumber"),
)
"""Type 2 in both modules: there in every object, maybe empty. PS3.3 C.7.1.1, C.7.2.1."""
_MAY_LACK = (
    *("IssuerOfPatientID", "TypeOfPatientID", "PatientBirthTime", "OtherPatientNames"),
    *("EthnicGroup", "PatientComments", "PatientIdentityRemoved", "DeidentificationMethod"),
    *("LongitudinalTemporalInformationModified", "StudyDescription", "PatientAge", "PatientSize"),
    *("PatientWeight", "Occupation", "AdditionalPatientHistory"),
)
COPIED = (*NEVER_LACKING, *_MAY_LACK)
_ALSO_COPIED = (
    *("StudyInstanceUID", "SpecificCharacterSet", "DeidentificationMethodCodeSequence"),
)
_IDENTIFIES = ("PatientName", "PatientID", "IssuerOfPatientID", "StudyID", "AccessionNumber")
"""Kept even where it breaks a rule: without it a PACS files the object under another patient."""
_LEFT_BEHIND = (
    *("ReferencedPatientSequence", "IssuerOfPatientIDQualifiersSequence"),
    *("SourcePatientGroupIdentificationSequence", "GroupOfPatientsIdentificationSequence"),
    *("StrainStockSequence", "StrainCodeSequence", "GeneticModificationsSequence"),
    *("OtherPatientIDs", "OtherPatientIDsSequence", "ReferencedPatientPhotoSequence"),
    *("EthnicGroupCodeSequence", "PatientSpeciesCodeSequence", "PatientBreedCodeSequence"),
    *("BreedRegistrationSequence", "OtherClinicalTrialProtocolIDsSequence"),
    *("IssuerOfAccessionNumberSequence", "ReferringPhysicianIdentificationSequence"),
    *("ConsultingPhysicianIdentificationSequence", "ProcedureCodeSequence"),
    *("PhysiciansOfRecordIdentificationSequence", "ReferencedStudySequence"),
    *("PhysiciansReadingStudyIdentificationSequence", "RequestingServiceCodeSequence"),
    *("ReasonForPerformedProcedureCodeSequence", "AdmittingDiagnosesCodeSequence"),
    *("PatientSizeCodeSequence", "ReasonForVisitCodeSequence", "IssuerOfAdmissionIDSequence"),
    *("IssuerOfServiceEpisodeIDSequence", "ClinicalTrialTimePointTypeCodeSequence"),
    *("ConsentForClinicalTrialUseSequence",),
)
"""Optional sequences of these modules: scanners often leave them half filled."""


def make_sound(header: Dataset) -> None:
    """Of both modules, drop what is damaged or breaks its VR, and add what must not lack, empty.

    Old forms (1994.01.30, 11:25:01) become today's; Modality is OT where there is none: reports say
    it of each image. The header is changed in place.
    """
    for keyword in _LEFT_BEHIND:
        if keyword in header:
            delattr(header, keyword)
    if not text_of(header, "Modality"):
        header.Modality = "OT"
    with disable_value_validation():  # its warnings quote the value
        for keyword in COPIED:
            value = _sound_value(header, keyword)
            if keyword in header:
                delattr(header, keyword)
            if value is not None or keyword in NEVER_LACKING:
                setattr(header, keyword, "" if value is None else value)


def copy_modules(source: Dataset, made: Dataset) -> None:
    """From a header that `make_sound` has seen."""
    with disable_value_validation():
        for keyword in (*COPIED, *_ALSO_COPIED):
            if keyword in source:
                made[keyword] = copy.deepcopy(source[keyword])


def _sound_value(header: Dataset, keyword: str) -> object:
    """None where there is none that can be written."""
    value = value_of(header, keyword)
    if value is None or value == "" or keyword in _IDENTIFIES:
        return value or None
    text = text_of(header, keyword)
    if keyword == "PatientSex":
        return text if text in ("M", "F", "O") else None
    vr = header[keyword].VR
    if vr in ("DA", "TM"):
        value = re.sub(r"[.]" if vr == "DA" else ":", "", text)
    for each in value if isinstance(value, MultiValue) else (value,):
        try:
            validate_value(vr, each, RAISE)
        except (ValueError, TypeError):
            return None
    return value
