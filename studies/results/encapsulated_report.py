"""Encapsulated PDF (PS3.3 A.45.1): a report as people read it, filed with the study."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import EncapsulatedPDFStorage

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.studies.results.codes import REPORT
from senoscope.studies.results.made_object import NewSeries, code, new_object, reference

SERIES_NUMBER = 9104
LONGEST_TITLE = 1024


def encapsulated_pdf(pdf: bytes, sources: Sequence[Dataset], title: str, signed: bool) -> Dataset:
    """The PDF with the title, made of images with these headers; `signed` by a person or not.

    A signed one is a new object beside the first, in a series of its own. ImageError where it is no
    PDF; SettingsError without a source, or with a title that DICOM cannot hold.
    """
    if not pdf.startswith(b"%PDF-"):
        raise ImageError(
            f"A report of {len(pdf)} bytes was given that is no PDF; expected one that begins with "
            "%PDF-. Make it again."
        )
    if not sources:
        raise SettingsError(
            "A report was given without the images it is of; expected one at least. Give the "
            "study's."
        )
    if not 1 <= len(title) <= LONGEST_TITLE or "\\" in title:
        raise SettingsError(
            f"A report's title of {len(title)} characters was given; expected 1 to "
            f"{LONGEST_TITLE} without a backslash. Change it."
        )
    kind = "signed report" if signed else "report (suggestion)"
    series = NewSeries("DOC", SERIES_NUMBER, f"Senoscope {kind}")
    made = new_object(sources[0], EncapsulatedPDFStorage, series)
    made.ConversionType = "WSD"
    made.AcquisitionDateTime = None  # of what was acquired before: the report is of many images
    made.BurnedInAnnotation = "YES"  # the patient's name stands in it
    made.SourceInstanceSequence = Items(map(reference, sources))
    made.DocumentTitle = title
    made.ConceptNameCodeSequence = code(REPORT)
    made.VerificationFlag = "VERIFIED" if signed else "UNVERIFIED"
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocument = pdf + bytes(len(pdf) % 2)
    made.EncapsulatedDocumentLength = len(pdf)
    return made
