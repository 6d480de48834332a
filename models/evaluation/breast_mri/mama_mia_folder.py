"""Writes exams in the layout of MAMA-MIA, so that what reads the set can be tried without it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.models.evaluation.breast_mri.mama_mia import (
    INFO,
    SIMULATED,
    SPLITS,
    MamaMiaSplit,
    read_mama_mia,
)
from senoscope.models.evaluation.breast_mri.nifti import write_nifti

TISSUE = "tissue"
"""Folder beside `expert`, which the published set has not: bits of `Tissue`, for training."""


@dataclass(frozen=True, slots=True)
class WrittenExam:
    """What the tables say of one."""

    name: str
    split: MamaMiaSplit
    times_s: tuple[float, ...] | None
    fat_suppressed: bool | None


def write_exam(
    folder: Path,
    name: str,
    series: DynamicSeries,
    tumour: Mask,
    tissue: NDArray[np.uint8] | None = None,
) -> None:
    """Images and outlines; phases as whole numbers, as scanners store them."""
    for number, phase in enumerate(series.phases[series.pre_contrast - 1 :]):
        path = folder / "images" / name / f"{name}_{number:04}.nii.gz"
        stored = np.clip(np.round(np.asarray(phase, np.float32)), 0, 32767).astype(np.int16)
        write_nifti(path, stored, series.geometry)
    outlines = folder / "segmentations"
    if tissue is not None:
        write_nifti(outlines / TISSUE / f"{name}.nii.gz", tissue, series.geometry)
    write_nifti(outlines / "expert" / f"{name}.nii.gz", tumour.astype(np.uint8), series.geometry)


def exam_of(name: str, split: MamaMiaSplit, series: DynamicSeries) -> WrittenExam:
    """Times from the one phase before contrast that the layout has."""
    times = series.times_s
    if times is not None:
        kept = times[series.pre_contrast - 1 :]
        times = tuple(round(each - kept[0], 1) for each in kept)
    return WrittenExam(name, split, times, series.fat_suppressed)


def write_tables(folder: Path, exams: Sequence[WrittenExam]) -> None:
    """Both tables, of every exam in `folder`."""
    by_split = {
        split: [each.name for each in exams if each.split is split] for split in MamaMiaSplit
    }
    longest = max(map(len, by_split.values()))
    columns = [[*names, *[""] * (longest - len(names))] for names in by_split.values()]
    _write(
        folder / SPLITS, [f"{split}_split" for split in by_split], list(zip(*columns, strict=True))
    )
    rows = [
        (
            each.name,
            SIMULATED,
            "" if each.fat_suppressed is None else str(int(each.fat_suppressed)),
            "" if each.times_s is None else str(list(each.times_s)),
        )
        for each in exams
    ]
    head = ["patient_id", "dataset", "fat_suppressed", "acquisition_times"]
    _write(folder / f"{INFO}.csv", head, rows)


def read_tables(folder: Path) -> list[WrittenExam]:
    """What `write_tables` wrote; none where it has not yet."""
    if not (folder / SPLITS).is_file():
        return []
    return [
        WrittenExam(each.name, each.split, each.times_s, each.fat_suppressed)
        for each in read_mama_mia(folder)
    ]


def _write(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    partial = path.with_name(f"partial-{path.name}")
    partial.write_text(content.getvalue(), encoding="utf-8")
    partial.replace(path)
