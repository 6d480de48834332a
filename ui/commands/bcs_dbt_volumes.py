"""Volumes of BCS-DBT from their files, for what is below studies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from senoscope.domain.errors import DataSetError, ImageError, SourceUnavailable
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import BcsDbtView
from senoscope.models.evaluation.tomosynthesis.bcs_dbt_volume import (
    DIAGNOSES,
    BcsDbtVolume,
    class_view_of,
)
from senoscope.models.evaluation.tomosynthesis.class_view import (
    KEPT,
    ClassView,
    keep_class_view,
    kept_class_view,
)


def downloaded(views: Sequence[BcsDbtView], say: Callable[[str], None]) -> list[BcsDbtView]:
    """Those whose file is there; DataSetError where none is."""
    there = [view for view in views if view.path is not None]
    if not there:
        raise DataSetError(
            f"None of the {len(views)} volumes of the tables has its file; expected some in the "
            "folder Breast-Cancer-Screening-DBT beside them. Download the images, or a part."
        )
    say(f"{len(there)} of {len(views)} volumes are there")
    return there


def read_volume(view: BcsDbtView) -> BcsDbtVolume:
    """ImageError says why it cannot be read."""
    # pydicom takes a quarter of a second, which `senoscope --help` need not wait for.
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415
    from senoscope.studies.images.stored_image import StoredImage  # noqa: PLC0415
    from senoscope.studies.images.stored_tomosynthesis import (  # noqa: PLC0415
        read_tomosynthesis,
    )

    assert view.path is not None, "`downloaded` leaves these out"
    try:
        with StudyFiles.listed([view.path]) as files:
            for found in files:
                stored = read_tomosynthesis(StoredImage.of(found))
                return BcsDbtVolume(view, stored.seen, stored.hanging, stored.frames)
    except SourceUnavailable as error:
        raise ImageError(f"{view.path} cannot be read. {error}") from error
    raise ImageError(f"{view.path} is no DICOM file; expected one. Download it again.")


def bcs_dbt_class_views(
    views: Sequence[BcsDbtView], kept: Path, say: Callable[[str], None]
) -> Iterator[ClassView]:
    """Of those with one of three labels, read where `kept` does not hold them yet."""
    wanted = [view for view in views if view.label in DIAGNOSES]
    say(f"{len(views) - len(wanted)} volumes that are none of the three classes left out")
    for place, view in enumerate(wanted, 1):
        path = kept / f"{_kept_name(view)}{KEPT}"
        if not path.is_file():
            try:
                keep_class_view(class_view_of(read_volume(view)), path)
            except ImageError as error:
                say(f"{view.patient} {view.view} is left out: {error}")
                continue
            say(f"{view.patient} {view.view}: read, {place} of {len(wanted)}")
        yield kept_class_view(path)


def _kept_name(view: BcsDbtView) -> str:
    """Of what a table says none goes into a file's name."""
    return hashlib.sha256("/".join((view.patient, *view.key)).encode()).hexdigest()[:32]
