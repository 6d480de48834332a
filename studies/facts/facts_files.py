"""Facts of a woman from a file: FHIR as JSON, or DICOM."""

from __future__ import annotations

from pathlib import Path

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.studies.deidentification.whole_header import whole_header
from senoscope.studies.facts.fhir_facts import facts_of_fhir
from senoscope.studies.facts.fhir_json import LARGEST_TEXT
from senoscope.studies.facts.found_facts import FoundFacts
from senoscope.studies.facts.patient_facts import facts_of_dicom
from senoscope.studies.files.study_files import StudyFiles


def facts_of_file(path: Path) -> FoundFacts:
    """Whichever it is by its content. SettingsError where it is neither or says what cannot be."""
    if not path.is_file():
        raise SettingsError(f"{path.name} is no file; expected one. Give another.")
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise SettingsError(
            f"{path.name} cannot be read ({error.strerror}). Check that you may open it."
        ) from error
    return facts_of_fhir(fhir_text(path)) if is_fhir(start) else _of_dicom(path)


def is_fhir(start: bytes) -> bool:
    """Whether a file that begins so may be FHIR as JSON."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def fhir_text(path: Path) -> str:
    """The file's. SettingsError where it is too large, or no text."""
    # Of UTF-8 a character has up to four bytes; more is not even read.
    if path.stat().st_size > 4 * LARGEST_TEXT:
        raise SettingsError(
            f"{path.name} is larger than {4 * LARGEST_TEXT // 2**20} MB; expected the FHIR of one "
            "patient. Export her alone."
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(
            f"{path.name} is not UTF-8 text; expected FHIR as JSON. Export it again."
        ) from None


def _of_dicom(path: Path) -> FoundFacts:
    try:
        with StudyFiles(path) as files:
            for found in files:
                return facts_of_dicom(whole_header(found))
    except SourceUnavailable as error:
        raise SettingsError(
            f"{path.name} holds neither FHIR nor a DICOM header that can be read ({error}). Give "
            "another."
        ) from error
    raise SettingsError(
        f"{path.name} is neither FHIR as JSON nor DICOM; expected one of them. Give another."
    )
