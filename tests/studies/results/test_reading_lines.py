"""A reading as a terminal shows it."""

from __future__ import annotations

from dataclasses import replace

from senoscope.domain.reading import Suspicion, Unsuitable
from senoscope.studies.results.reading_lines import reading_lines
from senoscope.studies.study_reading import ImageReading
from tests.studies.results.report_builders import CLASS, SERIES, finding, measurements, reading


def image(place: int, frames: int, read: int, **said: object) -> ImageReading:
    return ImageReading(place, SERIES, f"{SERIES}.{place}", CLASS, frames, read, **said)  # type: ignore[arg-type]


def test_each_finding_is_one_line_with_its_place_size_words_and_chance() -> None:
    sized, unsized = finding(1, measured=measurements()), replace(finding(2), measured=None)
    unsized = replace(unsized, words=(), lowest=0.5, probability=0.5, highest=0.5)
    unsized = replace(unsized, suspicion=Suspicion.UNCERTAIN)
    lines = list(reading_lines(reading(sized, unsized, images=(image(1, 5, 5),))))
    assert lines[0] == "5 of 5 frames were read, of 1 images."
    assert lines[1].startswith("Finding 1: file 1, frame 1; ")
    assert " mm (95 % " in lines[1]
    chance = f"malignancy {sized.probability:.2f} (frames {sized.lowest:.2f} to"
    assert chance in lines[1]
    assert lines[2] == (
        "Finding 2: file 1, frame 2; no millimetres; malignancy 0.50, suspicion uncertain."
    )


def test_nothing_read_is_told_from_nothing_found() -> None:
    dark = image(1, 3, 0, unsuitable={Unsuitable.GAIN_LOW: 3})
    bad = image(2, 1, 0, trouble="It is damaged.")
    lines = list(reading_lines(reading(images=(dark, bad))))
    assert lines == [
        "0 of 4 frames were read, of 2 images.",
        "File 1: 0 of 3 read; 3 too dark.",
        "File 2 was not read: It is damaged.",
        "Nothing was fit to be read: this says nothing of the breast.",
    ]
    lines = list(reading_lines(reading(images=(image(1, 3, 2),))))
    assert lines[1:] == [
        "File 1: 2 of 3 read; 1 could not be decoded, or the AI failed on them.",
        "No lesion was marked in what was read.",
    ]
