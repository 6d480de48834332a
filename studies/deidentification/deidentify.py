"""A copy of studies without the persons: PS3.15 Annex E, written whole or not at all.

header -> built up anew by the table -> pixels black outside the tissue -> written -> read back and
searched -> deleted where anything is found. The folder takes its place when all files are done.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from pydicom import Dataset, uid
from pydicom.config import disable_value_validation

from senoscope.domain.errors import ImageError, SourceLost, SourceUnavailable, StorageError
from senoscope.studies.deidentification.clean_header import DeidentifyOptions, HeaderCleaning
from senoscope.studies.deidentification.clean_pixels import (
    CleanPixels,
    stored_pixels,
    ultrasound_pixels,
)
from senoscope.studies.deidentification.deidentify_report import DeidentifyReport, Written
from senoscope.studies.deidentification.identity_search import Identity
from senoscope.studies.deidentification.pseudonyms import Pseudonym, PseudonymKey
from senoscope.studies.deidentification.whole_header import whole_header
from senoscope.studies.deidentification.written_file import (
    head_of,
    trouble_in,
    write_object,
)
from senoscope.studies.files.study_files import FoundFile, StudyFiles
from senoscope.studies.files.study_header import DAMAGED, TOO_DEEP, text_of, whole_of
from senoscope.studies.files.study_limits import LeftOut
from senoscope.studies.pixels.cine_frames import DAMAGE, DECODERS, NATIVE

ULTRASOUND = (
    uid.UltrasoundImageStorage,
    uid.UltrasoundMultiFrameImageStorage,
    uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    uid.MultiFrameTrueColorSecondaryCaptureImageStorage,
)
"""Of these what lies outside the tissue is made black; Secondary Capture may be a screen."""
WITHOUT_TEXT = (
    uid.DigitalMammographyXRayImageStorageForPresentation,
    uid.DigitalMammographyXRayImageStorageForProcessing,
    uid.BreastTomosynthesisImageStorage,
    uid.BreastProjectionXRayImageStorageForPresentation,
    uid.BreastProjectionXRayImageStorageForProcessing,
    uid.MRImageStorage,
    uid.EnhancedMRImageStorage,
    uid.CTImageStorage,
    uid.SegmentationStorage,
)
"""Kinds of pictures into which text is rarely burned; refused where they say that it is."""
WITHOUT_PIXELS = (
    uid.BasicTextSRStorage,
    uid.EnhancedSRStorage,
    uid.ComprehensiveSRStorage,
    uid.Comprehensive3DSRStorage,
    uid.MammographyCADSRStorage,
    uid.KeyObjectSelectionDocumentStorage,
    uid.GrayscaleSoftcopyPresentationStateStorage,
)

_KIND = (
    "refused: a kind of object that is not de-identified here, such as a PDF, a screen shot or raw "
    "data; leave it out, or export the images by themselves"
)
_BURNED = "refused: it says that text is burned into its pixels (BurnedInAnnotation YES)"
_FORM = "refused: stored in a form that is not read here; export it with another transfer syntax"
_NO_UIDS = "refused: it does not say to which study it belongs, or what it is"
_TWICE = "an object that came before, with the same SOPInstanceUID"
_FOUND = (
    "refused: after it was written {} of the source was found in it, and it was deleted; where a "
    "person's name is an ordinary word, leave the file out, else tell Senoscope's makers"
)


def _ignore(_done: int) -> None:
    pass


def deidentified(
    files: StudyFiles,
    out: Path,
    key: PseudonymKey,
    options: DeidentifyOptions | None = None,
    on_file: Callable[[int], None] = _ignore,
) -> DeidentifyReport:
    """Write what can be, as out/PSEUDONYM/UID.dcm; `out` is new or empty, outside what is read.

    `on_file` is told how many files were dealt with; what it raises ends the export. Then, as after
    any error, or where no file could be copied, nothing is left. StorageError where it cannot be
    written, else as of `StudyFiles`.
    """
    options = options or DeidentifyOptions()
    folder = _folder_beside(out)
    try:
        export = _Export(folder, key, options)
        for done, found in enumerate(files, 1):
            export.take(found)
            on_file(done)
        report = export.report(files.left_out)
        if report.written:
            folder.replace(out)
    except OSError as error:
        raise StorageError(
            f"The files could not be written ({error.strerror}); nothing was left. Free room, or "
            "name a folder in which you may write."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report


def _folder_beside(out: Path) -> Path:
    """On the same disk, so that it becomes `out` at once."""
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise StorageError(
                "The folder to write into is not empty, or is none; expected a new or an empty "
                "one. Name another."
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=".senoscope-", suffix=".partial", dir=out.parent))
    except OSError as error:
        raise StorageError(
            f"The folder could not be made ({error.strerror}). Name one in which you may write."
        ) from error


@dataclass(slots=True)
class _Export:
    """One run, its folder not yet in its place."""

    folder: Path
    key: PseudonymKey
    options: DeidentifyOptions
    written: list[Written] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)

    def take(self, found: FoundFile) -> None:
        """Write it, or keep why not."""
        try:
            with disable_value_validation():  # whose warnings quote what they find
                self.written.append(self._written(found))
        except SourceUnavailable as error:
            self._leave_out(f"refused: {error}", found)
        except (ImageError, SourceLost) as error:
            self._leave_out(f"refused: its pixels cannot be used. {error}", found)
        except _LeftOutError as error:
            self._leave_out(str(error), found)

    def report(self, not_found: tuple[LeftOut, ...]) -> DeidentifyReport:
        """Of all files."""
        mine = (
            LeftOut(reason.rstrip("."), tuple(places), reason != _TWICE)
            for reason, places in self.left_out.items()
        )
        return DeidentifyReport(
            tuple(self.written),
            (*not_found, *mine),
            self.options.modified_dates,
            self.options.patient_characteristics,
        )

    def _leave_out(self, reason: str, found: FoundFile) -> None:
        self.left_out.setdefault(reason, []).append(found.place)

    def _written(self, found: FoundFile) -> Written:
        kind = _require_known(found)
        source = whole_header(found)
        patient = Pseudonym.of(source, self.key)
        instance = self.key.uid(text_of(source, "SOPInstanceUID"))
        name = f"{patient.name}/{instance}.dcm"
        path = self.folder / name
        if path.exists():
            raise _LeftOutError(_TWICE)
        pixels = _pixels(kind, found, source)
        days = patient.days if self.options.modified_dates else None
        identity = Identity.of(source, days)
        cleaning = HeaderCleaning(self.key, patient, self.options, identity)
        head = _head(cleaning, found, source, pixels)
        path.parent.mkdir(exist_ok=True)
        try:
            write_object(path, head, pixels)
            trouble = trouble_in(path, len(head), identity, pixels)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if trouble:
            path.unlink()
            raise _LeftOutError(_FOUND.format(" and ".join(trouble)))
        return _fact(found, patient, name, pixels)


class _LeftOutError(Exception):
    """Why a file is left out, as a whole reason."""


def _require_known(found: FoundFile) -> uid.UID:
    header = found.header
    kind = uid.UID(text_of(header, "SOPClassUID"))
    if not all(text_of(header, f"{each}UID") for each in ("SOPInstance", "StudyInstance")):
        raise _LeftOutError(_NO_UIDS)
    if kind not in (*ULTRASOUND, *WITHOUT_TEXT, *WITHOUT_PIXELS):
        raise _LeftOutError(_KIND)
    syntax = uid.UID(text_of(header.file_meta, "TransferSyntaxUID"))
    if syntax not in NATIVE and syntax not in DECODERS:
        raise _LeftOutError(_FORM)
    if kind in WITHOUT_TEXT and text_of(header, "BurnedInAnnotation").upper() == "YES":
        raise _LeftOutError(_BURNED)
    return kind


def _pixels(kind: uid.UID, found: FoundFile, source: Dataset) -> CleanPixels | None:
    if kind in WITHOUT_PIXELS:
        return None
    try:
        return (ultrasound_pixels if kind in ULTRASOUND else stored_pixels)(found, source)
    except DAMAGE:  # not chained: it may quote what stands in the file
        raise SourceUnavailable("its pixels are damaged; copy it again") from None


def _head(
    cleaning: HeaderCleaning, found: FoundFile, source: Dataset, pixels: CleanPixels | None
) -> bytes:
    try:
        header = cleaning.of_file(source, pixels is not None and pixels.area is not None)
        return head_of(header, pixels, found)
    except RecursionError:
        raise SourceUnavailable(TOO_DEEP) from None
    except DAMAGE:  # not chained: it may quote what stands in the file
        raise SourceUnavailable(DAMAGED) from None


def _fact(found: FoundFile, patient: Pseudonym, name: str, pixels: CleanPixels | None) -> Written:
    area = None if pixels is None else pixels.area
    frames = 0 if pixels is None else whole_of(found.header, "NumberOfFrames") or 1
    says = text_of(found.header, "BurnedInAnnotation")
    return Written(
        found.place,
        patient.name,
        name,
        frames,
        None if area is None else area.found_by,
        0 if area is None else sum(map(len, area.boxes)),
        pixels is not None and area is None and says != "NO",
    )
