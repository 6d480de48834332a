"""A simulated dynamic breast MRI on the disk as DICOM."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import StorageError
from senoscope.studies.wrapping.mammogram_object import WrappedExam
from senoscope.studies.wrapping.mri_object import mri_objects
from senoscope.studies.wrapping.mri_to_wrap import MriToWrap
from senoscope.studies.wrapping.simulated_exam import DATE


def simulated_exam(seed: int, *parts: object) -> WrappedExam:
    """Of nobody; the same again for the same seed and parts."""
    key = "/".join(map(str, ("simulated breast MRI 1", seed, *parts)))
    return WrappedExam(
        key=key,
        patient_id=f"SIMR{seed:05d}",
        name=f"Simulated^{seed:05d}",
        description="SIMULATED breast MRI",
        date=DATE,
        is_simulated=True,
    )


def _digest(series: DynamicSeries) -> str:
    """Of the pictures: a woman of one seed who moved, or was cut otherwise, is another study."""
    digest = blake2b(repr((series.geometry.spacing_mm, series.times_s)).encode(), digest_size=8)
    for each in series.phases:
        digest.update(np.ascontiguousarray(each[len(each) // 2]).tobytes())
    return digest.hexdigest()


def written_mri(
    series: DynamicSeries,
    folder: Path,
    layout: str,
    seed: int,
    laterality: str | None = None,
    *,
    subtractions: bool = False,
    t2: NDArray[np.generic] | None = None,
) -> list[Path]:
    """The files, in the order of `mri_objects`. `folder` may be there.

    `layout` and the rest as of `MriToWrap`. StorageError where the disk refuses.
    """
    exam = simulated_exam(seed, layout, laterality or "", _digest(series))
    given = MriToWrap(
        series, exam, laterality, subtractions, t2, derivation="Simulated breast MRI."
    )
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, made in enumerate(mri_objects(given, layout), 1):
            path = folder / f"{number:05d}.dcm"
            made.save_as(path, enforce_file_format=True)
            paths.append(path)
    except OSError as error:
        raise StorageError(
            f"The simulated MRI cannot be written to {folder} ({error.strerror}). Free space, "
            "allow writing there, or choose another folder."
        ) from error
    return paths
