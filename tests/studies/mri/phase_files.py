"""Objects of a dynamic series, changed as bad exports change them, and read again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from pathlib import Path

import numpy as np
from pydicom import Dataset, uid

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.mri.phases import PhaseTable
from senoscope.studies.wrapping.mri_object import mri_objects
from senoscope.studies.wrapping.mri_to_wrap import MriToWrap
from senoscope.studies.wrapping.simulated_mri import simulated_exam

PER_PHASE, ONE, ENHANCED, ENHANCED_EACH = (
    "series per phase",
    "one series",
    "enhanced",
    "enhanced per phase",
)


def objects(series: DynamicSeries, layout: str, **more: object) -> list[Dataset]:
    """As the writer makes them."""
    exam = simulated_exam(1, *more.pop("parts", ()))  # type: ignore[misc]
    return list(mri_objects(MriToWrap(series, exam, **more), layout))  # type: ignore[arg-type]


def study_of(folder: Path, made: Iterable[Dataset], seed: int = 5) -> Study:
    """Written under names that say nothing, in no order."""
    folder.mkdir(parents=True, exist_ok=True)
    given = list(made)
    names = list(range(len(given)))
    random.Random(seed).shuffle(names)
    for name, each in zip(names, given, strict=True):
        each.save_as(folder / f"{name:05d}", enforce_file_format=True)
    with StudyFiles(folder) as files:
        (study,), _ = read_studies(files)
    return study


def table_of(folder: Path, made: Iterable[Dataset]) -> PhaseTable:
    """Of the study that they make."""
    return phase_table_of(study_of(folder, made))


def phase_of(each: Dataset, count: int) -> int:
    """Of a classic object as the writer makes it, from 0."""
    if "TemporalPositionIdentifier" in each:
        return int(each.TemporalPositionIdentifier) - 1
    number = int(each.SeriesNumber) - 10
    return number if number else (int(each.InstanceNumber) - 1) // count


def renewed(each: Dataset, part: str) -> Dataset:
    """A copy under other UIDs of its instance, and of its series where `part` is one."""
    made = deepcopy(each)  # since pydicom sets values in elements that copies share
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = uid.generate_uid()
    if part:
        made.SeriesInstanceUID = uid.generate_uid(entropy_srcs=[part, each.SeriesInstanceUID])
    return made


def with_frames(each: Dataset, order: Sequence[int]) -> Dataset:
    """An enhanced object with those of its frames, by their place, in that order."""
    made = renewed(each, "")
    shape = int(each.NumberOfFrames), int(each.Rows), int(each.Columns)
    pixels = np.frombuffer(each.PixelData, np.uint16).reshape(shape)
    made.PixelData = pixels[list(order)].tobytes()
    made.NumberOfFrames = len(order)
    groups = each.PerFrameFunctionalGroupsSequence
    made.PerFrameFunctionalGroupsSequence = [groups[place] for place in order]
    return made


def dropped(
    made: list[Dataset], slices: int, is_dropped: Callable[[int, int], bool]
) -> list[Dataset]:
    """Without the slices for which phase and slice, from 0, say so. Of any layout."""
    kept = []
    for number, each in enumerate(made):
        if "PerFrameFunctionalGroupsSequence" not in each:
            phase, place = divmod(number, slices)
            if not is_dropped(phase, place):
                kept.append(each)
            continue
        contents = [x.FrameContentSequence[0] for x in each.PerFrameFunctionalGroupsSequence]
        order = [
            place
            for place, said in enumerate(contents)
            if not is_dropped(said.TemporalPositionIndex - 1, said.InStackPositionNumber - 1)
        ]
        if order:
            kept.append(with_frames(each, order))
    return kept


def shuffled(made: list[Dataset], seed: int = 3) -> list[Dataset]:
    """InstanceNumber of classic objects, and the order of frames of enhanced ones, at random."""
    chance = random.Random(seed)
    numbers = list(range(1, len(made) + 1))
    chance.shuffle(numbers)
    found = []
    for number, each in zip(numbers, made, strict=True):
        if "PerFrameFunctionalGroupsSequence" in each:
            order = list(range(int(each.NumberOfFrames)))
            chance.shuffle(order)
            found.append(with_frames(each, order))
        else:
            each.InstanceNumber = number
            found.append(each)
    return found
