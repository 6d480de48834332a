"""The loop with U-Net and GoogLeNet, and with the U-Net's own malignancy head in GoogLeNet's place.

    python benchmarks/two_heads.py --rate 60 --frames 900 --report two_heads.json

1024x768, simulated frames with one lesion from memory, no viewer, engine OpenVINO int8; the two
take turns, `--rounds` times. Processor time of all processes from grab to encoded picture a
captured frame. The head says one number for the whole frame, uncalibrated; what each is worth is in
docs/compare.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from senoscope.domain.frame import Gray
from senoscope.domain.reading import Finding, OperatingPoint, ReaderDescription, Reading
from senoscope.models.odds import logistic
from senoscope.models.package import SEGMENTER
from senoscope.models.segmenter import Segmenter
from senoscope.realtime.loop_benchmark import Run, loop_row
from senoscope.realtime.sources.benchmark_source import Shown
from senoscope.realtime.worker import FrameReader
from senoscope.ui.assemble import build_reader, build_segmenter
from senoscope.ui.commands.bench_command import about

POINT = OperatingPoint(0.3, 0.7)
RUN = Run(Shown((1024, 768), lesions=1))


@dataclass(frozen=True)
class TwoHeads:
    """Outlines and the frame's malignancy, both from one network."""

    segmenter: Segmenter
    description: ReaderDescription

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Findings of a (rows, columns) frame, all with the frame's own probability."""
        found = self.segmenter.segment(pixels)
        probability = logistic(found.malignant)
        findings = (
            Finding(each, probability, POINT.suspicion(probability)) for each in found.lesions
        )
        return Reading(frame_index, tuple(findings), found.presence)


def build_two_heads() -> FrameReader:
    """In the AI process."""
    said = ReaderDescription("OpenVINO int8", ("two heads",), POINT)
    return TwoHeads(build_segmenter(SEGMENTER), said)


def measured(
    build: Callable[[], FrameReader], rate_hz: float, frames: int, place: Path
) -> dict[str, Any]:
    """One run of the loop."""
    row = loop_row(RUN, partial(RUN.shown.source, rate_hz, place), build, frames)
    if row.figures is None:
        raise SystemExit(row.refused)
    (report,) = row.figures.reports
    latency = report.latency_ms
    return {
        "captured": report.captured,
        "read": report.read,
        "cpu_ms_per_frame": row.figures.cpu_ms_per_frame,
        "p50_ms": None if latency is None else latency.p50,
        "p95_ms": None if latency is None else latency.p95,
    }


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rate", type=float, default=30.0)
    asked.add_argument("--frames", type=int, default=300)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--report", type=Path)
    given = asked.parse_args()
    ways = {"U-Net + GoogLeNet": build_reader, "U-Net with two heads": build_two_heads}
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    with TemporaryDirectory() as place:
        for _ in range(given.rounds):
            for name, build in ways.items():
                runs[name].append(measured(build, given.rate, given.frames, Path(place)))
    for name, rows in runs.items():
        middle = {key: float(np.median([row[key] for row in rows])) for key in rows[0]}
        said = ", ".join(f"{key} {value:.1f}" for key, value in middle.items())
        print(f"{name}: {said} (median of {len(rows)})")
    if given.report:
        found = {"about": about(), "rate_hz": given.rate, "frames": given.frames, "runs": runs}
        given.report.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
