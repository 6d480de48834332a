"""Studies and series, by what DICOM says and never by names of files or folders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_limits import LeftOut
from senoscope.studies.images.stored_image import StoredImage

SAME_DIRECTION = 0.9999
"""Cosine of under one degree, between the normals of two planes that are parallel."""

Order = Literal["position", "acquisition time", "instance number", "instance UID"]


@dataclass(frozen=True, slots=True)
class Series:
    """Images of one SeriesInstanceUID, in the order that `ordered_by` names.

    "position": along the normal of ImageOrientationPatient, mm rising, which every image has, all
    parallel. Else the first of the others that every image has. What is alike in it follows the
    next.
    """

    uid: str
    images: tuple[StoredImage, ...]
    ordered_by: Order

    def __post_init__(self) -> None:
        if not self.images:
            raise SourceUnavailable(
                "A series without images was given; expected one at least. Export it again."
            )

    @property
    def modality(self) -> str:
        """The first image's."""
        return self.images[0].modality

    @property
    def frame_count(self) -> int:
        """Of all images together, as announced; those without pixels have none."""
        return sum(each.frames for each in self.images if each.has_pixels)


@dataclass(frozen=True, slots=True)
class Study:
    """Series of one StudyInstanceUID, by SeriesNumber.

    `same_copies`: how many files hold the same as another one, which is kept. `contradictions`:
    files by number that say the same SOPInstanceUID and hold different content; the first of them
    is the one that is kept.
    """

    uid: str
    series: tuple[Series, ...]
    same_copies: int
    contradictions: tuple[tuple[int, ...], ...]

    @property
    def images(self) -> tuple[StoredImage, ...]:
        """Of all series."""
        return tuple(image for series in self.series for image in series.images)


def read_studies(files: StudyFiles) -> tuple[tuple[Study, ...], tuple[LeftOut, ...]]:
    """All studies, and what was left out. Errors as of `StudyFiles`."""
    images = []
    homeless: dict[str, list[int]] = defaultdict(list)
    for found in files:
        try:
            images.append(StoredImage.of(found))
        except SourceUnavailable as error:
            homeless[f"refused: {error}"].append(found.place)
    left_out = tuple(LeftOut(reason, tuple(each), True) for reason, each in homeless.items())
    return sort_studies(images), files.left_out + left_out


def sort_studies(images: Iterable[StoredImage]) -> tuple[Study, ...]:
    """By StudyInstanceUID, in the order of that UID. Files with a doubled SOPInstanceUID are read.

    SourceUnavailable where such a file is gone.
    """
    studies: dict[str, list[StoredImage]] = defaultdict(list)
    for image in images:
        studies[image.study_uid].append(image)
    return tuple(_study(uid, studies[uid]) for uid in sorted(studies, key=uid_order))


def uid_order(uid: str) -> tuple[int, ...]:
    """By the numbers in it, so that .10 comes after .9."""
    return tuple(int(each) for each in uid.split(".") if each)


def _study(uid: str, images: list[StoredImage]) -> Study:
    by_instance: dict[str, list[StoredImage]] = defaultdict(list)
    for image in images:
        by_instance[image.instance_uid].append(image)
    same_copies = 0
    contradictions = []
    by_series: dict[str, list[StoredImage]] = defaultdict(list)
    for doubled in by_instance.values():
        distinct = _distinct(doubled)
        same_copies += len(doubled) - len(distinct)
        if len(distinct) > 1:
            contradictions.append(tuple(each.place for each in distinct))
        by_series[distinct[0].series_uid].append(distinct[0])
    series = sorted(
        (_series(uid, each) for uid, each in by_series.items()),
        key=lambda one: (_series_number(one), uid_order(one.uid)),
    )
    return Study(uid, tuple(series), same_copies, tuple(contradictions))


def _series_number(series: Series) -> float:
    number = series.images[0].series_number
    return float("inf") if number is None else number


def _distinct(images: list[StoredImage]) -> list[StoredImage]:
    """One of each content, in the order given."""
    if len(images) == 1:
        return images
    by_content: dict[bytes, StoredImage] = {}
    for image in images:
        try:
            by_content.setdefault(image.content_digest(), image)
        except OSError as error:
            raise SourceUnavailable(
                f"File {image.place} of the study can be read no further ({error.strerror}). Give "
                "the study again."
            ) from error
    return list(by_content.values())


def _series(uid: str, images: list[StoredImage]) -> Series:
    known: list[Order] = []
    if _are_parallel(images):
        known.append("position")
    if all(each.taken is not None for each in images):
        known.append("acquisition time")
    if all(each.instance_number is not None for each in images):
        known.append("instance number")
    known.append("instance UID")
    ordered = sorted(images, key=lambda image: tuple(_place(image, each) for each in known))
    return Series(uid, tuple(ordered), known[0])


def _place(image: StoredImage, order: Order) -> float | str | tuple[int, ...]:
    if order == "position" and image.offset_mm is not None:
        return round(image.offset_mm, 3)  # what is told apart is no rounding of the scanner's
    if order == "acquisition time" and image.taken is not None:
        return image.taken
    if order == "instance number" and image.instance_number is not None:
        return image.instance_number
    return uid_order(image.instance_uid)


def _are_parallel(images: Sequence[StoredImage]) -> bool:
    first = images[0].normal
    if first is None:
        return False
    return all(
        each.normal is not None
        and sum(a * b for a, b in zip(first, each.normal, strict=True)) > SAME_DIRECTION
        for each in images
    )
