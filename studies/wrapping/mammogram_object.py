"""A mammogram as a Digital Mammography X-Ray Image (PS3.3 A.27)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from senoscope import __version__
from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Intent, Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.mammogram import FOR_PRESENTATION, FOR_PROCESSING
from senoscope.studies.results.identity import MANUFACTURER, MODEL_NAME, NOTICE, SERIAL_NUMBER

VIEW_CODES = {
    "CC": ("399162004", "cranio-caudal"),
    "MLO": ("399368009", "medio-lateral oblique"),
    "ML": ("399260004", "medio-lateral"),
    "LM": ("399352003", "latero-medial"),
}
"""CID 4014, SNOMED CT."""
BREAST = "76752008", "Breast"
_DOWN = {"CC": {"L": "R", "R": "L"}}
_OBLIQUE_DOWN = {"L": "FR", "R": "FL"}


@dataclass(frozen=True, slots=True)
class WrappedExam:
    """To which the images belong. `key` makes the UIDs: the same key gives the same ones again.

    `name` and `patient_id` are of nobody real. `date` is YYYYMMDD. `is_simulated`: no breast was
    exposed, which QualityControlImage then says.
    """

    key: str
    patient_id: str
    name: str
    description: str
    date: str
    is_simulated: bool

    def uid(self, *parts: object) -> UID:
        """Of the study where there are no parts. 2.25 and a UUID of the key (PS3.5 B.2)."""
        name = "/".join(map(str, ("senoscope", self.key, *parts)))
        return UID(f"2.25.{uuid5(NAMESPACE_OID, name).int}")


@dataclass(frozen=True, eq=False)
class PictureToWrap:
    """`pixels` is (rows, columns) uint8 or uint16 as it is to be stored, `bits` of them used.

    It hangs as its side is: the chest wall of a left breast at the left edge. `thickness_mm` under
    compression, None where it is not known, as is `spacing` at the detector. `derivation`: what was
    done to it.
    """

    pixels: NDArray[np.unsignedinteger]
    bits: int
    laterality: Laterality
    view: str
    intent: Intent
    spacing: PixelSpacing | None
    thickness_mm: float | None = None
    is_lossy: bool = False
    derivation: str = ""

    def __post_init__(self) -> None:
        if self.view not in VIEW_CODES:
            raise SettingsError(
                f"The view {self.view[:16]!r} was given; expected one of {', '.join(VIEW_CODES)}."
            )
        if self.pixels.ndim != 2 or self.pixels.dtype not in (np.uint8, np.uint16):
            raise SettingsError(
                f"A picture of {self.pixels.dtype} {self.pixels.shape} was given; expected 8 or 16 "
                "bit grey, (rows, columns)."
            )


def mammogram_object(exam: WrappedExam, picture: PictureToWrap, number: int) -> Dataset:
    """Image `number` of the exam, from 1, whole: it can be written as it is."""
    made = Dataset()
    patient_and_study(made, exam)
    _series(made, exam, picture)
    _image(made, exam, picture, number)
    _detector(made, picture)
    _view(made, picture)
    _pixels(made, picture)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.file_meta = meta
    return made


def patient_and_study(made: Dataset, exam: WrappedExam) -> None:
    """The modules Patient and General Study."""
    made.SpecificCharacterSet = "ISO_IR 192"
    made.PatientName, made.PatientID = exam.name, exam.patient_id
    made.PatientBirthDate, made.PatientSex = "", "F"
    made.StudyInstanceUID, made.StudyID = exam.uid(), ""
    made.StudyDate, made.StudyTime = exam.date, "120000"
    made.StudyDescription = exam.description
    made.AccessionNumber, made.ReferringPhysicianName = "", ""


def _series(made: Dataset, exam: WrappedExam, picture: PictureToWrap) -> None:
    made.Modality, made.SeriesNumber = "MG", 1 if picture.intent is Intent.PRESENTATION else 2
    made.SeriesInstanceUID = exam.uid("series", picture.intent)
    made.SeriesDescription = exam.description
    made.PresentationIntentType = picture.intent.value
    add_equipment(made)


def add_equipment(made: Dataset) -> None:
    """General Equipment, and Enhanced General Equipment too."""
    made.Manufacturer, made.ManufacturerModelName = MANUFACTURER, MODEL_NAME
    made.DeviceSerialNumber, made.SoftwareVersions = SERIAL_NUMBER, __version__


def _image(made: Dataset, exam: WrappedExam, picture: PictureToWrap, number: int) -> None:
    is_shown = picture.intent is Intent.PRESENTATION
    made.SOPClassUID = FOR_PRESENTATION if is_shown else FOR_PROCESSING
    made.SOPInstanceUID = exam.uid(picture.intent, picture.laterality, picture.view, number)
    made.ImageType = ["DERIVED" if is_shown else "ORIGINAL", "PRIMARY", ""]
    made.InstanceNumber = number
    made.ContentDate = made.AcquisitionDate = exam.date
    made.ContentTime = made.AcquisitionTime = "120000"
    made.DerivationDescription = derivation_said(exam, picture.derivation)
    made.QualityControlImage = "YES" if exam.is_simulated else "NO"
    made.BurnedInAnnotation = "NO" if exam.is_simulated else "YES"
    made.LossyImageCompression = "01" if picture.is_lossy else "00"
    made.AcquisitionContextSequence = []


def derivation_said(exam: WrappedExam, derivation: str) -> str:
    """The notice, whether it is simulated, and what was done to it."""
    simulated = "Simulated." if exam.is_simulated else ""
    return " ".join(each for each in (NOTICE, simulated, derivation) if each)


def _detector(made: Dataset, picture: PictureToWrap) -> None:
    made.DetectorType = ""
    made.PositionerType = "MAMMOGRAPHIC"
    made.OrganExposed, made.BodyPartExamined = "BREAST", "BREAST"
    made.BreastImplantPresent = "NO"
    if picture.spacing is not None:
        made.ImagerPixelSpacing = [picture.spacing.row_mm, picture.spacing.column_mm]
        made.EstimatedRadiographicMagnificationFactor = 1
    if picture.thickness_mm is not None:
        made.BodyPartThickness = round(picture.thickness_mm)


def _view(made: Dataset, picture: PictureToWrap) -> None:
    side = picture.laterality.value
    made.ImageLaterality = side
    # Of a picture that hangs as its side is: a left breast's rows run to the front.
    along = "A" if picture.laterality is Laterality.LEFT else "P"
    down = _DOWN["CC"][side] if picture.view == "CC" else _OBLIQUE_DOWN[side]
    made.PatientOrientation = [along, down]
    made.ViewPosition = picture.view
    made.ViewCodeSequence = [view_item(picture.view)]
    made.AnatomicRegionSequence = [code_item(*BREAST)]


def view_item(view: str) -> Dataset:
    """Of `VIEW_CODES`, without a modifier."""
    item = code_item(*VIEW_CODES[view])
    item.ViewModifierCodeSequence = []
    return item


def code_item(value: str, meaning: str) -> Dataset:
    """Of SNOMED CT."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


def _pixels(made: Dataset, picture: PictureToWrap) -> None:
    rows, columns = picture.pixels.shape
    made.SamplesPerPixel, made.Rows, made.Columns = 1, rows, columns
    made.BitsAllocated = picture.pixels.dtype.itemsize * 8
    made.BitsStored, made.HighBit, made.PixelRepresentation = picture.bits, picture.bits - 1, 0
    made.RescaleIntercept, made.RescaleSlope, made.RescaleType = 0, 1, "US"
    if picture.intent is Intent.PRESENTATION:
        made.PhotometricInterpretation, made.PresentationLUTShape = "MONOCHROME2", "IDENTITY"
        made.PixelIntensityRelationship, made.PixelIntensityRelationshipSign = "LOG", -1
        made.WindowCenter, made.WindowWidth = 2 ** (picture.bits - 1), 2**picture.bits
    else:
        made.PhotometricInterpretation, made.PresentationLUTShape = "MONOCHROME1", "INVERSE"
        made.PixelIntensityRelationship, made.PixelIntensityRelationshipSign = "LIN", 1
    made.PixelData = np.ascontiguousarray(picture.pixels).tobytes()
