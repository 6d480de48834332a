"""The stored images of a study, as what is made of them refers to them."""

from __future__ import annotations

from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.config import disable_value_validation
from pydicom.errors import InvalidDicomError
from pydicom.tag import BaseTag

from senoscope.domain.clip import Clip
from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.studies.files.study_files import open_plain
from senoscope.studies.files.study_header import (
    CUT_OFF,
    DAMAGED,
    NO_DICOM,
    HeaderFile,
    text_of,
)
from senoscope.studies.images.opened_tomosynthesis import OpenedTomosynthesis
from senoscope.studies.images.series import Study
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import is_mammogram, picture_of
from senoscope.studies.images.stored_tomosynthesis import is_tomosynthesis
from senoscope.studies.images.tomosynthesis_frames import TomosynthesisFrames
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.pixels.cine_frames import DAMAGE
from senoscope.studies.pixels.grey_scale import MONOCHROME, GreyScale
from senoscope.studies.results.copied_modules import make_sound
from senoscope.studies.study_reading import FramePlace

FIRST_PIXELS = BaseTag(0x7FE00000)
"""From this group on come pixels and what pads the file."""


class SourceImages:
    """Headers and pictures of the images of one study, whose files must still be there."""

    def __init__(self, study: Study) -> None:
        self._images = {each.instance_uid: each for each in study.images}
        self._headers: dict[str, Dataset] = {}
        self._clips: dict[str, Clip] = {}
        self._mammograms: dict[str, NDArray[np.uint8]] = {}
        self._slices: dict[str, TomosynthesisFrames] = {}

    def header(self, instance_uid: str) -> Dataset:
        """All but pixels and private attributes of the image with that SOPInstanceUID, read once.

        The Patient and Study modules are made sound, see `copied_modules`: what is written later
        copies them, and what must not lack is there, empty where the file does not say it. Treat it
        as read only. SourceUnavailable says why there is none.
        """
        if instance_uid not in self._headers:
            header = _read(self._image(instance_uid))
            if text_of(header, "SOPInstanceUID") != instance_uid:
                raise SourceUnavailable(
                    "A file of the study has changed since it was read; expected the same image. "
                    "Give the study again."
                )
            make_sound(header)
            self._headers[instance_uid] = header
        return self._headers[instance_uid]

    def picture(self, place: FramePlace) -> NDArray[np.uint8]:
        """(rows, columns) grey or (rows, columns, 3) red, green, blue, as a display shows it.

        Grey values under the file's first VOI. SourceUnavailable where the file is gone or of none
        of the kinds that are read, ImageError or SettingsError where there is no such frame.
        """
        image = self._image(place.instance_uid)
        if is_mammogram(image):
            if place.instance_uid not in self._mammograms:
                self._mammograms[place.instance_uid] = picture_of(image)
            return self._mammograms[place.instance_uid]
        if is_tomosynthesis(image):
            if place.instance_uid not in self._slices:
                self._slices[place.instance_uid] = OpenedTomosynthesis.of(image).frames
            shade = self._slices[place.instance_uid].frame(place.frame)
            return np.asarray(np.rint(shade * 255), np.uint8)
        header = self.header(place.instance_uid)
        if place.instance_uid not in self._clips:
            self._clips[place.instance_uid] = read_clip(image.path)
        frames = self._clips[place.instance_uid].frames
        if not 1 <= place.frame <= len(frames):
            raise ImageError(
                f"Frame {place.frame} was asked of an image that has {len(frames)}, counted from "
                "1. Read the study again."
            )
        picture = np.asarray(frames[place.frame - 1], np.uint8)
        photometric = text_of(header, "PhotometricInterpretation")
        if photometric not in MONOCHROME:
            return picture
        # A clip's frames are inverted already, and have seen no Modality LUT and no VOI.
        stored = 255 - picture if photometric == "MONOCHROME1" else picture
        return GreyScale.of(header, place.frame - 1).display(stored)

    def _image(self, instance_uid: str) -> StoredImage:
        if instance_uid not in self._images:
            raise SourceUnavailable(
                "A reading names an image that is not among the study's files; expected the files "
                "that were read. Give the whole study."
            )
        return self._images[instance_uid]


def _read(image: StoredImage) -> Dataset:
    wary: HeaderFile | None = None
    try:
        with open_plain(image.path) as file, disable_value_validation():
            wary = HeaderFile(file)
            # pydicom asks no more of a file than to read, seek and tell.
            header = dcmread(cast(BinaryIO, wary), stop_before_pixels=True)
            if wary.is_cut_off or file.tell() > file.seek(0, 2):
                raise SourceUnavailable(CUT_OFF)
            for tag in list(header.keys()):
                if tag.is_private or tag >= FIRST_PIXELS:
                    del header[tag]
            return header
    except OSError as error:
        raise SourceUnavailable(
            f"File {image.place} of the study can be read no further ({error.strerror}). Give the "
            "study again."
        ) from error
    except SourceUnavailable as error:
        raise _unusable(image, str(error)) from error
    except InvalidDicomError:
        raise _unusable(image, NO_DICOM) from None
    except (*DAMAGE, RecursionError):
        # Not chained: what pydicom says may quote the header, and that a log would keep.
        raise _unusable(image, (wary and wary.refusal) or DAMAGED) from None


def _unusable(image: StoredImage, why: str) -> SourceUnavailable:
    return SourceUnavailable(f"File {image.place} of the study cannot be used: {why}.")
