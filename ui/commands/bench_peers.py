"""`senoscope bench peers`: what a frame costs here, beside what others do with the networks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from senoscope.calibration.peer_benchmark import Peer, PeerRow, Spread, peer_rows
from senoscope.models.engines.ways import USUAL, Way
from senoscope.models.package import CLASSIFIER, SEGMENTER, ModelPackage, Precision, load_package
from senoscope.models.peers import naive, pyfast
from senoscope.models.peers.reading import Answer, Given, NetworksAlone, Read, made_ready
from senoscope.models.segmenter import lesion_mask
from senoscope.realtime.publisher import JPEG_QUALITY
from senoscope.realtime.sources.benchmark_source import Shown
from senoscope.ui.assemble import build_reader
from senoscope.ui.commands.bench_command import Report, about
from senoscope.ui.written import write_text

SHOWN = Shown((1024, 768), lesions=1)
OURS, ALONE = "Senoscope", "Senoscope, resized beforehand"
TORCH, RUNTIME = "naive loop, PyTorch", "Senoscope, by ONNX Runtime"
FULL, PLAIN, RESIZED = (
    f"pyfast {{}}, {kind}" for kind in ("full frame", "plain resize", "resized beforehand")
)
"""By precision."""
LIBRARIES = ("torch", "pyfast", "onnxruntime", "openvino", "opencv-python")
METHOD = (
    "Simulated frames with a lesion, in memory before the clock starts. Each peer in a process of "
    "its own; processor time of that process, all threads counted; after a warm-up; blocks of "
    "frames alternate with those of whom the peer is beside. Ratios are medians over rounds, with "
    "the least and the greatest. Senoscope: from grey frame to reading and grey JPEG, without the "
    "loop. Naive loop: from grey frame to coloured JPEG. pyfast: from grey frame to mask and "
    "probabilities, no picture; it smooths before it resizes, unless told not to (plain), and does "
    "both where OpenCL runs: on a graphics card its processor time says little. Resized "
    "beforehand: both networks alone, on equal inputs, on both sides. Agreement is with the first "
    "row's answers; a peer that gives another answer has no ratio."
)


@dataclass(frozen=True, slots=True)
class Goal:
    """A named ratio, the peer it is of, and what it should at least be."""

    ratio: str
    peer: str
    at_least: float


GOALS = (
    Goal("ratio_naive_torch", TORCH, 10),
    Goal("ratio_pyfast_full_frame", FULL.format(Precision.INT8), 20),
    Goal("ratio_pyfast_resized", RESIZED.format(Precision.INT8), 1.5),
)


def peers(
    report: Report = None,
    frames: Annotated[int, typer.Option(min=1, help="Frames of each block.")] = 16,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of alternating blocks.")] = 7,
) -> None:
    """Reading a frame, beside what others would do with the same networks."""
    unet, googlenet = load_package(SEGMENTER), load_package(CLASSIFIER)
    rows = peer_rows(_peers(unet, googlenet), _given(unet, googlenet), frames, rounds, _say)
    typer.echo("\n".join([*_table(rows), *map(partial(_goal_line, rows), GOALS)]))
    if report is not None:
        found = {
            "about": {**about(), "libraries": dict(_versions())},
            "method": METHOD,
            "frames": frames,
            "rounds": rounds,
            **{goal.ratio: _median(_named(rows, goal).ratio) for goal in GOALS},
            "goals": {goal.ratio: _outcome(rows, goal) for goal in GOALS},
            "rows": [asdict(row) for row in rows],
        }
        write_text(report, json.dumps(found, indent=2) + "\n")
        typer.echo(f"Written to {report}")


def _peers(unet: ModelPackage, googlenet: ModelPackage) -> list[Peer]:
    both = unet, googlenet
    runtime = Way("onnxruntime", Precision.FP32)
    listed = [
        Peer(OURS, USUAL.precision, partial(reader_and_picture, USUAL)),
        Peer(ALONE, USUAL.precision, partial(networks_alone, *both)),
        Peer(TORCH, Precision.FP32, partial(naive.torch_loop, *both, JPEG_QUALITY), OURS),
        Peer(RUNTIME, runtime.precision, partial(reader_and_picture, runtime), OURS),
    ]
    for precision in (Precision.INT8, Precision.FP32):
        fast = *both, precision
        full, plain, resized = (name.format(precision) for name in (FULL, PLAIN, RESIZED))
        listed += [
            Peer(full, precision, partial(pyfast.full_frame, *fast, "smoothed"), OURS),
            Peer(plain, precision, partial(pyfast.full_frame, *fast, "plain"), OURS),
            Peer(resized, precision, partial(pyfast.resized_beforehand, *fast), ALONE),
        ]
    return listed


def reader_and_picture(way: Way) -> Read:
    """Senoscope's reader by `way`, and the picture as the live loop encodes it."""
    reader = build_reader(way)
    quality = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)

    def read(given: Given) -> Answer:
        reading = reader.read(given.pixels, 0)
        _, jpeg = cv2.imencode(".jpg", given.pixels, quality)
        np.asarray(jpeg).tobytes()
        rows, columns = given.pixels.shape
        lesions = tuple(finding.lesion for finding in reading.findings)
        return Answer(
            tuple(finding.probability for finding in reading.findings),
            partial(lesion_mask, lesions, (rows, columns)),
        )

    return read


def networks_alone(unet: ModelPackage, googlenet: ModelPackage) -> Read:
    """Senoscope's networks the usual way, on inputs made beforehand."""
    cv2.setNumThreads(1)
    return NetworksAlone(USUAL.load(unet), USUAL.load(googlenet), unet, googlenet)


def _given(unet: ModelPackage, googlenet: ModelPackage) -> list[Given]:
    _say("simulating frames")
    reader = build_reader()
    return [
        made_ready(pixels, [lesion.box for lesion in reader.lesions(pixels)], unet, googlenet)
        for pixels in SHOWN.pictures()
    ]


def _table(rows: Sequence[PeerRow]) -> list[str]:
    lines = [
        f"{'peer':33}{'precision':11}{'CPU-ms a frame':>22}{'ratio':>22}{'Dice':>7}{'shift':>7}"
    ]
    for row in rows:
        start = f"{row.name:33}{row.precision:11}"
        if row.cpu_ms is None:
            lines.append(f"{start}{row.withheld}")
            continue
        near = row.agreement
        lines.append(
            f"{start}{_spread(row.cpu_ms, 1):>22}{_spread(row.ratio, 2):>22}"
            + (f"{near.mean_dice:7.3f}" if near else f"{'-':>7}")
            + (f"{near.mean_shift:7.3f}" if near and near.mean_shift is not None else f"{'-':>7}")
            + (f"  {row.withheld}" if row.withheld else "")
        )
    return lines


def _goal_line(rows: Sequence[PeerRow], goal: Goal) -> str:
    row = _named(rows, goal)
    outcome = {True: "met", False: "not met", None: f"not measured. {row.withheld}"}
    said = f"{_spread(row.ratio, 2)}, {row.name} over {row.beside}"
    met = outcome[_outcome(rows, goal)["met"]]
    return f"{goal.ratio}: {said}; goal at least {goal.at_least:g}: {met}"


def _outcome(rows: Sequence[PeerRow], goal: Goal) -> dict[str, Any]:
    ratio = _median(_named(rows, goal).ratio)
    return {"at_least": goal.at_least, "met": None if ratio is None else ratio >= goal.at_least}


def _named(rows: Sequence[PeerRow], goal: Goal) -> PeerRow:
    return next(row for row in rows if row.name == goal.peer)


def _median(spread: Spread | None) -> float | None:
    return None if spread is None else spread.median


def _spread(spread: Spread | None, digits: int) -> str:
    if spread is None:
        return "-"
    median, low, high = (f"{each:.{digits}f}" for each in (spread.median, spread.low, spread.high))
    return f"{median} ({low}-{high})"


def _versions() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _say(line: str) -> None:
    typer.echo(line, err=True)
