"""What a tomosynthesis view costs to open and to read, by its slices.

    python benchmarks/tomosynthesis.py --report tomosynthesis.json

One simulated view is made larger to 2000 x 1600, for timing only, and its slices repeated to each
number, 1 mm apart. In a process of its own it is opened until the middle slice is there as the page
sends it (JPEG, 1000 rows), then read by the mode that reads mammograms and tomosynthesis, alone in
its study: processor seconds of both, wall seconds of the first, and the most memory that the
process held, imports with it. Processor seconds are moved little by other work on the machine.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SHAPE = (2000, 1600)
COUNTS = (15, 30, 60, 120)
PICTURE_ROWS = 1000
SYNTAXES = ("native", "JPEG 2000")
SEED = 4900


def simulated(kept: Path) -> float:
    """Keeps (slices, *SHAPE) uint16 of a simulated view; mm a pixel."""
    from senoscope.calibration.phantoms.breast.anatomy import (  # noqa: PLC0415 - not in the parent
        BreastAnatomy,
    )
    from senoscope.calibration.phantoms.breast.mammogram import PIXEL_MM  # noqa: PLC0415
    from senoscope.calibration.phantoms.breast.tomosynthesis import (  # noqa: PLC0415
        SimulatedTomosynthesis,
    )
    from senoscope.domain.mammogram import Laterality  # noqa: PLC0415

    kinds = ("spiculated mass", "calcifications")
    anatomy = BreastAnatomy.drawn(SEED, Laterality.LEFT, "C", kinds)
    given = SimulatedTomosynthesis.of(anatomy, "CC")
    scale = min(SHAPE[0] / given.slices.shape[1], SHAPE[1] / given.slices.shape[2])
    enlarged = np.zeros((len(given.slices), *SHAPE), np.uint16)
    for place, pixels in enumerate(given.slices):
        large = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        rows, columns = min(large.shape[0], SHAPE[0]), min(large.shape[1], SHAPE[1])
        enlarged[place, :rows, :columns] = large[:rows, :columns]
    np.save(kept, enlarged)
    return float(PIXEL_MM / scale)


def written(path: Path, kept: Path, mm: float, count: int, syntax: str) -> None:
    """A study of one object with so many of the kept slices."""
    from pydicom import uid  # noqa: PLC0415

    from senoscope.domain.mammogram import Laterality  # noqa: PLC0415
    from senoscope.domain.spacing import PixelSpacing  # noqa: PLC0415
    from senoscope.studies.wrapping.mammogram_object import WrappedExam  # noqa: PLC0415
    from senoscope.studies.wrapping.tomosynthesis_object import (  # noqa: PLC0415
        SlicesToWrap,
        write_tomosynthesis,
    )

    syntaxes = {"native": uid.ExplicitVRLittleEndian, "JPEG 2000": uid.JPEG2000Lossless}
    about = SlicesToWrap(
        SHAPE, 12, tuple(map(float, range(count))), 1.0, Laterality.LEFT, "CC",
        PixelSpacing(mm, mm), ((2048.0, 4096.0),),
    )  # fmt: skip
    exam = WrappedExam("timing", "TIMING", "Simulated^Timing", "Timing", "20260101", True)
    path.mkdir()
    file = path / "slices.dcm"
    slices = np.load(kept, mmap_mode="r")
    write_tomosynthesis(file, exam, about, _repeated(slices, count), syntax=syntaxes[syntax])


def _repeated(slices: NDArray[np.uint16], count: int) -> Iterator[NDArray[np.uint16]]:
    for place in range(count):
        yield slices[place * len(slices) // count]


def cost(folder: Path) -> dict[str, float]:
    """Run in a process of its own."""
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415 - counted here
    from senoscope.studies.images.series import read_studies  # noqa: PLC0415
    from senoscope.studies.images.stored_tomosynthesis import read_tomosynthesis  # noqa: PLC0415
    from senoscope.studies.modes.mammography import Mammography  # noqa: PLC0415

    cv2.setNumThreads(1)
    with StudyFiles(folder) as files:
        begun, started = time.perf_counter(), time.process_time()
        (study,), _ = read_studies(files)
        (image,) = study.images
        stored = read_tomosynthesis(image)
        grey = np.rint(stored.slices[len(stored.frames) // 2] * 255).astype(np.uint8)
        size = round(grey.shape[1] * PICTURE_ROWS / grey.shape[0]), PICTURE_ROWS
        cv2.imencode(".jpg", cv2.resize(grey, size, interpolation=cv2.INTER_AREA))
        first_s, opened = time.perf_counter() - begun, time.process_time()
        reading = Mammography().read(study)
        read = time.process_time()
    assert reading is not None, "nobody cancelled"
    return {
        "first_picture_s": first_s,
        "first_picture_cpu_s": opened - started,
        "read_cpu_s": read - opened,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "marks": float(len(reading.findings) + len(reading.below)),
    }


def apart(work: Callable[..., Any], *given: object) -> Any:
    """In a process of its own: most memory is counted from one that held nothing before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def measured(times: int) -> list[dict[str, Any]]:
    """A row for each number of slices and syntax, medians of so many runs."""
    rows = []
    with TemporaryDirectory() as room:
        kept = Path(room) / "slices.npy"
        mm = apart(simulated, kept)
        for syntax in SYNTAXES:
            for count in COUNTS:
                folder = Path(room) / "study"
                apart(written, folder, kept, mm, count, syntax)
                found = [apart(cost, folder) for _ in range(times)]
                shutil.rmtree(folder)
                row: dict[str, Any] = {"syntax": syntax, "slices": count, "n": times}
                row |= {key: round(median(each[key] for each in found), 2) for key in found[0]}
                row["read_cpu_s_a_slice"] = round(row["read_cpu_s"] / count, 3)
                print(row, flush=True)
                rows.append(row)
    return rows


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    rows = measured(given.times)
    if given.report is not None:
        given.report.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
