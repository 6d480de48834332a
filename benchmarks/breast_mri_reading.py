"""What a dynamic breast MRI costs from files to phases, and from phases to pixels.

    python benchmarks/breast_mri_reading.py --report breast-mri-reading.json

Six simulated phases of 160 slices of 448 x 448, written in each layout. In a process of its own the
headers are read and the phase table made (wall and processor seconds of both together), then the
pixels of all phases; and the most memory that the process held, imports with it: the phases
themselves take 368 MB.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

SHAPE = (160, 448, 448)
PHASES = 6
SEED = 4900


def written(folder: Path, layout: str) -> None:
    """A body in noise, and a lesion that takes up contrast: for timing only."""
    import numpy as np  # noqa: PLC0415 - not in the parent

    from senoscope.domain.breast_mri import (  # noqa: PLC0415
        AXIAL,
        DynamicSeries,
        VolumeGeometry,
    )
    from senoscope.studies.wrapping.simulated_mri import written_mri  # noqa: PLC0415

    noise = np.random.default_rng(SEED).integers(0, 40, SHAPE, dtype=np.uint16)
    rows, columns = np.ogrid[: SHAPE[1], : SHAPE[2]]
    noise[:, (rows - 224) ** 2 + (columns - 224) ** 2 < 200**2] += 300
    phases = []
    for phase in range(PHASES):
        values = noise + np.uint16(phase)
        values[70:90, 200:230, 200:230] += np.uint16(500 if phase else 0)
        phases.append(values)
    geometry = VolumeGeometry((1.1, 0.8, 0.8), AXIAL, (-179.0, -150.0, -88.0))
    times = tuple(90.0 * phase for phase in range(PHASES))
    written_mri(DynamicSeries(tuple(phases), geometry, times, 1, 60.0, True), folder, layout, SEED)


def cost(folder: Path) -> dict[str, float]:
    """Run in a process of its own."""
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415 - counted here
    from senoscope.studies.images.series import read_studies  # noqa: PLC0415
    from senoscope.studies.mri.dynamic_series import dynamic_series_of  # noqa: PLC0415
    from senoscope.studies.mri.phase_table import phase_table_of  # noqa: PLC0415

    with StudyFiles(folder) as files:
        begun, started = time.perf_counter(), time.process_time()
        (study,), _ = read_studies(files)
        (found,) = phase_table_of(study).readable
        table_s, tabled = time.perf_counter() - begun, time.process_time()
        series = dynamic_series_of(found)
        read_s, read = time.perf_counter() - begun - table_s, time.process_time()
    assert series is not None, "nobody cancelled"
    assert len(series.phases) == PHASES, "no phase is left out"
    return {
        "files": float(len(study.images)),
        "table_s": table_s,
        "table_cpu_s": tabled - started,
        "pixels_s": read_s,
        "pixels_cpu_s": read - tabled,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def apart(work: Callable[..., Any], *given: object) -> Any:
    """In a process of its own: most memory is counted from one that held nothing before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def measured(times: int) -> list[dict[str, Any]]:
    """A row for each layout, medians of so many runs."""
    from senoscope.studies.wrapping.mri_to_wrap import LAYOUTS  # noqa: PLC0415

    rows = []
    with TemporaryDirectory() as room:
        for layout in LAYOUTS:
            folder = Path(room) / "study"
            apart(written, folder, layout)
            found = [apart(cost, folder) for _ in range(times)]
            shutil.rmtree(folder)
            row: dict[str, Any] = {"layout": layout, "n": times}
            row |= {key: round(median(each[key] for each in found), 2) for key in found[0]}
            print(row, flush=True)
            rows.append(row)
    return rows


def main() -> None:
    """Measures, prints and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True, help="file to write the figures to")
    parser.add_argument("--times", type=int, default=3, help="runs of each (default 3)")
    given = parser.parse_args()
    rows = measured(given.times)
    given.report.write_text(json.dumps({"rows": rows}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
