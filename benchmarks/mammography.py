"""What an exam of four mammograms costs to read, by its pixels.

    python benchmarks/mammography.py --data DIR/mammography-four-view --report mammography.json

The four real views of that folder are made larger or smaller to each size, for timing only,
wrapped as DICOM (0.1 mm a pixel at 2600 x 2000, so that the breast stays as large as it is), and
read by the mode that reads mammograms in a process of its own: CPU-seconds from the files to the
findings, and the most memory that the process held, imports with it. Writing results is measured
apart. Seconds are of the processor: other work on the machine moves them little.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

SIZES = ((1200, 960), (1800, 1440), (2400, 1920), (3000, 2400), (3600, 2880), (4200, 3360))
"""(rows, columns)."""
NATIVE_ROWS, NATIVE_MM = 2600, 0.1


def wrapped(data: Path, folder: Path, size: tuple[int, int]) -> None:
    """The four views at that size as one DICOM exam."""
    from senoscope.domain.spacing import PixelSpacing  # noqa: PLC0415 - not in the parent
    from senoscope.studies.wrapping.plain_pictures import (  # noqa: PLC0415
        named_views,
        read_plain_picture,
        write_wrapped_exam,
    )

    pictures = [read_plain_picture(each, *named_views(each)) for each in sorted(data.glob("*.png"))]
    if len(pictures) != 4:
        raise SystemExit(f"{data} holds {len(pictures)} PNG pictures; expected four views.")
    resized = []
    for each in pictures:
        pixels = cv2.resize(each.hung().pixels, size[::-1], interpolation=cv2.INTER_CUBIC)
        resized.append(type(each)(**{**vars(each), "pixels": pixels.astype(np.uint8)}))
    mm = NATIVE_MM * NATIVE_ROWS / size[0]
    write_wrapped_exam(folder, resized, PixelSpacing(mm, mm), "TIMING")


def cost(folder: Path, out: Path) -> dict[str, float]:
    """Run in a process of its own: CPU-seconds to read and to write, MB at most."""
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415 - counted here
    from senoscope.studies.images.series import read_studies  # noqa: PLC0415
    from senoscope.studies.modes.mammography import Mammography  # noqa: PLC0415
    from senoscope.studies.results.write_results import write_results  # noqa: PLC0415

    cv2.setNumThreads(1)
    with StudyFiles(folder) as files:
        started = time.process_time()
        (study,), _ = read_studies(files)
        reading = Mammography().read(study)
        read = time.process_time()
        assert reading is not None, "nobody cancelled"
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        write_results(study, reading, out)
        written = time.process_time()
    marks = sum(len(each.outlines) for each in reading.findings)
    return {
        "read_cpu_s": read - started,
        "write_cpu_s": written - read,
        "read_peak_mb": most,
        "marks_an_image": marks / len(reading.images),
    }


def measured(data: Path, sizes: Sequence[tuple[int, int]], times: int) -> list[dict[str, Any]]:
    """A row for each size, medians of so many runs."""
    rows = []
    context = multiprocessing.get_context("spawn")
    for size in sizes:
        with TemporaryDirectory() as room:
            folder = Path(room) / "exam"
            wrapped(data, folder, size)
            found = []
            for number in range(times):
                with context.Pool(1) as pool:
                    found.append(pool.apply(cost, (folder, Path(room) / f"out{number}")))
        million = 4 * size[0] * size[1] / 1e6
        row: dict[str, Any] = {"rows": size[0], "columns": size[1], "n": times}
        row |= {key: round(median(each[key] for each in found), 2) for key in found[0]}
        row["read_cpu_s_a_million_pixels"] = round(row["read_cpu_s"] / million, 3)
        print(row, flush=True)
        rows.append(row)
    return rows


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    rows = measured(given.data, SIZES, given.times)
    if given.report is not None:
        given.report.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
