"""What a DICOM file says of itself to whoever sends or receives it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from pydicom import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag
from pydicom.uid import UID

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import open_plain
from senoscope.studies.files.study_header import HeaderFile
from senoscope.studies.network.failures import PacsRefused, PacsUnavailable
from senoscope.studies.pixels.cine_frames import DAMAGE

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_STUDY_TAG = 0x0020000D
_TAGS: list[BaseTag | int] = [0x00080016, 0x00080018, _STUDY_TAG]


@dataclass(frozen=True, slots=True)
class Sendable:
    """One DICOM file on the disk; `path` may hold a name and is not shown."""

    path: Path = field(repr=False)
    sop_class_uid: UID
    sop_instance_uid: UID
    study_instance_uid: UID
    transfer_syntax: UID


def is_uid(text: str) -> bool:
    """Digits and dots, at most 64 of them (PS3.5 9.1): nothing that leads anywhere as a path."""
    return len(text) <= 64 and _UID.fullmatch(text) is not None


def read_sendable(path: Path) -> Sendable:
    """Read as far as StudyInstanceUID (0020,000D), without pixels.

    PacsRefused where it is no DICOM file that can be sent, or is gone; PacsUnavailable where it can
    not be read now. Neither says a name or a value.
    """
    try:
        with open_plain(path) as file:
            wary = HeaderFile(file)
            header = read_partial(
                cast(BinaryIO, wary),
                stop_when=lambda tag, _vr, _length: tag > _STUDY_TAG,
                specific_tags=_TAGS,
            )
            meta = header.file_meta
        texts = (*(_text(header, tag) for tag in _TAGS), _text(meta, 0x00020010))
        said = (_text(meta, 0x00020002), _text(meta, 0x00020003))
    except FileNotFoundError:
        raise PacsRefused("The file is no longer there. Send the study again.") from None
    except InvalidDicomError:
        raise PacsRefused('It is no DICOM file ("DICM" is not at byte 128).') from None
    except SourceUnavailable as error:
        raise PacsRefused(f"The file cannot be sent: {error}.") from None
    except DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise PacsUnavailable(
                f"The file cannot be read ({error.strerror}). Check its disk and who may read it."
            ) from None
        raise PacsRefused("The file's header is damaged. Export it again.") from None
    if not all(map(is_uid, texts)) or said != texts[:2]:
        raise PacsRefused(
            "The file lacks a UID of its class, instance, study or transfer syntax, or says two "
            "different ones. Export it again."
        )
    return Sendable(path, *map(UID, texts))


def _text(header: Dataset, tag: BaseTag | int) -> str:
    """From the bytes: pydicom would quote a value that is none in a warning."""
    value = getattr(header.get_item(tag), "value", b"")
    return value.decode("ascii", "replace").strip(" \0") if isinstance(value, bytes) else str(value)
