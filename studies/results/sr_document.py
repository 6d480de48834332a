"""What surrounds the content of every structured report: its modules, evidence and verification."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from senoscope.domain.errors import ImageError
from senoscope.studies.results.identity import CODING_SCHEME, MANUFACTURER
from senoscope.studies.results.made_object import NewSeries, new_object, reference
from senoscope.studies.results.text_encoding import UNICODE
from senoscope.studies.sign_off import Signer


class Headers(Protocol):
    """`SourceImages` is one."""

    def header(self, instance_uid: str) -> Dataset:
        """Of the stored image with that SOPInstanceUID."""


def headers_of(uids: Iterable[str], headers: Headers) -> list[Dataset]:
    """Each image once, in the order given. ImageError for none: a report is of images."""
    found = [headers.header(uid) for uid in dict.fromkeys(uids)]
    if not found:
        raise ImageError(
            "A report on a reading of no images was asked for; expected one image at least. "
            "Read the study again."
        )
    return found


def sr_document(
    root: Dataset, sop_class: UID, series: NewSeries, evidence: list[Dataset]
) -> Dataset:
    """A COMPLETE, UNVERIFIED and PRELIMINARY document with that content.

    The first of `evidence` gives patient and study. All of it is listed. PS3.3 C.17.2.
    """
    made = new_object(evidence[0], sop_class, series)
    made.SpecificCharacterSet = UNICODE  # the study's own may lack what a clinician writes
    made.CompletionFlag, made.VerificationFlag = "COMPLETE", "UNVERIFIED"
    made.PreliminaryFlag = "PRELIMINARY"
    made.ReferencedPerformedProcedureStepSequence = Sequence()
    made.PerformedProcedureCodeSequence = Sequence()
    here = [each for each in evidence if each.StudyInstanceUID == made.StudyInstanceUID]
    elsewhere = [each for each in evidence if each.StudyInstanceUID != made.StudyInstanceUID]
    made.CurrentRequestedProcedureEvidenceSequence = references(here)
    if elsewhere:
        made.PertinentOtherEvidenceSequence = references(elsewhere)
    made.CodingSchemeIdentificationSequence = Sequence([_own_scheme()])
    for element in root:
        made[element.tag] = element
    return made


def verify(made: Dataset, signer: Signer, at: datetime, predecessor: Dataset) -> None:
    """Make it VERIFIED and FINAL, by that person, in the place of `predecessor`. Changes `made`."""
    observer = Dataset()
    observer.VerifyingOrganization = signer.organization
    observer.VerificationDateTime = dicom_time(at)
    observer.VerifyingObserverName = signer.name
    observer.VerifyingObserverIdentificationCodeSequence = Sequence()
    made.VerifyingObserverSequence = Sequence([observer])
    made.VerificationFlag, made.PreliminaryFlag = "VERIFIED", "FINAL"
    made.PredecessorDocumentsSequence = references([predecessor])


def references(instances: Iterable[Dataset]) -> Sequence:
    """Study by study, series by series: the SOP Instance Reference Macro, PS3.3 table C.17-3."""
    studies: dict[str, dict[str, list[Dataset]]] = {}
    for each in instances:
        series = studies.setdefault(each.StudyInstanceUID, {})
        series.setdefault(each.SeriesInstanceUID, []).append(reference(each))
    items = []
    for study_uid, series in studies.items():
        item = Dataset()
        item.StudyInstanceUID = study_uid
        item.ReferencedSeriesSequence = Sequence(
            [_series(uid, instances) for uid, instances in series.items()]
        )
        items.append(item)
    return Sequence(items)


def dicom_time(at: datetime) -> str:
    """As DT of this machine's clock, like all other times of the object. PS3.5 6.2."""
    return at.astimezone().strftime("%Y%m%d%H%M%S.%f")


def _series(uid: str, instances: list[Dataset]) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID = uid
    item.ReferencedSOPSequence = Sequence(instances)
    return item


def _own_scheme() -> Dataset:
    item = Dataset()
    item.CodingSchemeDesignator = CODING_SCHEME
    item.CodingSchemeName = "Codes of Senoscope, for what no standard has one"
    item.CodingSchemeResponsibleOrganization = MANUFACTURER
    return item
