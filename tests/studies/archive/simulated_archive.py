"""Archives of small simulated ultrasound studies, on the disk as DICOM."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.results.live_key_frame import LiveStudy, key_frame_image, live_series

SIZE = 320, 240


def write_archive(folder: Path, count: int, size: tuple[int, int] = SIZE) -> Path:
    """`count` studies of two stills of one sweep, in folders whose names say nothing."""
    pictures = _pictures(size)
    for number in range(1, 1 + count):
        for place, header in enumerate(_study(number, list(islice(pictures, 2)))):
            # The images of one study lie apart, as they may anywhere.
            into = folder / f"{(number * 7 + place) % 16:02}" / f"{number % 10}"
            into.mkdir(parents=True, exist_ok=True)
            header.save_as(into / f"{number}_{place}", enforce_file_format=True)
    return folder


def _study(number: int, pictures: list[tuple[NDArray[np.uint8], PixelSpacing]]) -> list[Dataset]:
    study = LiveStudy(
        f"2.25.7{number:06}", f"SIM{number:06}", datetime(2026, 1, 1 + number % 28, tzinfo=UTC)
    )
    series = live_series()
    return [
        key_frame_image(pixels, study, series, place, spacing)
        for place, (pixels, spacing) in enumerate(pictures, 1)
    ]


def _pictures(size: tuple[int, int]) -> Iterator[tuple[NDArray[np.uint8], PixelSpacing]]:
    phantom = BModePhantom(1, *size)
    sweep = islice(phantom.sweep(40), 6, 14)
    return cycle([(frame.pixels, phantom.pixel_spacing) for frame in sweep])
