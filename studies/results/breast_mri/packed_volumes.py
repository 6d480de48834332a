"""What is kept of volumes for those who look at them later, and the lesions' pictures in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from senoscope.studies.mri.kept_analysis import Pictures, analysis_bytes, kept_analysis_of
from senoscope.studies.results.breast_mri.lesion_pictures import lesion_pictures
from senoscope.studies.study_reading import StudyReading


def packed_volumes(reading: StudyReading) -> Iterator[bytes]:
    """One for each dynamic series, in order."""
    for volumes in reading.volumes:
        yield analysis_bytes(
            volumes.analysis,
            tuple((each.instance_uid, each.frame) for each in volumes.slices),
            volumes.phases,
            lesion_pictures(volumes),
            volumes.networks,
        )


def read_pictures(reading: StudyReading) -> Pictures:
    """Of all series; those of findings alone."""
    numbers = {each.number for each in reading.findings}
    return {
        number: picture
        for volumes in reading.volumes
        for number, picture in lesion_pictures(volumes).items()
        if number in numbers
    }


def kept_pictures(packed: Iterable[bytes]) -> Pictures:
    """The same, of what `packed_volumes` gave. StorageError where it is damaged."""
    return {
        number: picture
        for content in packed
        for number, picture in kept_analysis_of(content).pictures.items()
    }
