"""The networks on an NVIDIA card: parity, time per frame, transfer apart, how far from the floor.

    python benchmarks/gpu.py --report docs/results/gpu.json

By TensorRT or TensorRT-RTX where one is installed, else by PyTorch with a CUDA graph; the report
says which. Each file is run on simulated frames. `frame_ms` is from the picture in host memory to
the outputs in host memory, one call at a time; `transfer_ms` is the same copies with no network
between them, `network_ms` the difference of their medians. `parity` is against OpenVINO fp32 on the
processor. The floor is the larger of counted operations over the card's measured peak and of the
weights' bytes over its measured bandwidth; both are measured by PyTorch where it sees the card, and
left out where it does not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.engine_trust import calibration_clip
from senoscope.domain.errors import SenoscopeError
from senoscope.models.engines import gpu, openvino, tensorrt, torch
from senoscope.models.engines.base import LoadedEngine
from senoscope.models.engines.operations import operations
from senoscope.models.package import ModelPackage, Precision, load_package, shipped_packages

WARM_UP, RUNS = 200, 2000
PARITY_FRAMES = 50
"""Of the calibration clip."""
SIDE, PEAK_RUNS = 8192, 20
"""Of the square matrices that measure the peak; 512 MB in float32 for the bandwidth."""


def main() -> None:
    """Every shipped network in every precision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    given = parser.parse_args()
    reason = gpu.why_none()
    if reason is not None:
        sys.exit(f"There is nothing to measure. {reason}")
    cv2.setNumThreads(1)
    frames = calibration_clip()[:PARITY_FRAMES]
    report: dict[str, Any] = {
        "card": asdict(gpu.first_card()),
        "method": " ".join(str(__doc__).split()),
        "runs": RUNS,
        "peak": peak(),
        "networks": [
            row(load_package(folder), precision, frames)
            for folder in shipped_packages()
            for precision in Precision
        ],
    }
    compared_with_floor(report)
    given.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


def row(
    package: ModelPackage, precision: Precision, frames: tuple[NDArray[np.uint8], ...]
) -> dict[str, Any]:
    """One file on the card, or why it does not run there."""
    about = {"network": package.title, "precision": precision.value}
    content = package.weights(precision)
    try:
        engine = on_card(content)
    except SenoscopeError as error:
        return about | {"refused": str(error)}
    pictures = [network_input(package, frame) for frame in frames]
    whole = timed(lambda: engine.run(pictures[0]))
    copies = timed(copying(pictures[0], engine.run(pictures[0]).values()))
    plain = package.weights(Precision.FP32)
    return about | {
        "engine": engine.name,
        "frame_ms": percentiles(whole),
        "transfer_ms": percentiles(copies),
        "network_ms": round(float(np.median(whole) - np.median(copies)), 4),
        "parity": parity(package, engine, pictures),
        "operations": operations(plain),
        # All but a hundredth of the file is weights, four bytes each.
        "bytes": len(plain) // {"int8": 4, "fp16": 2, "fp32": 1}[precision.value],
    }


def on_card(content: bytes) -> LoadedEngine:
    """By TensorRT, else by PyTorch. EngineUnavailable where neither runs it."""
    if tensorrt.is_available() is None:
        return tensorrt.load(content)
    return torch.load(content, device="cuda")


def network_input(package: ModelPackage, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`frame` as the network takes it; a classifier is given the whole of it as every crop."""
    small = cv2.resize(frame, (package.size, package.size), interpolation=cv2.INTER_AREA)
    fed = package.fed(np.asarray(small, np.uint8)[None])
    return np.ascontiguousarray(np.broadcast_to(fed, package.input_shape))


def timed(run: Callable[[], object]) -> NDArray[np.float64]:
    """Milliseconds of each of RUNS calls."""
    took = np.empty(RUNS)
    for k in range(-WARM_UP, RUNS):
        started = perf_counter()
        run()
        if k >= 0:
            took[k] = (perf_counter() - started) * 1e3
    return took


def copying(picture: NDArray[np.float32], outputs: Any) -> Callable[[], None]:
    """The copies of one frame on a stream of their own."""
    card = gpu.open_gpu()
    there, back = card.pinned(picture.shape), [card.pinned(each.shape) for each in outputs]
    np.copyto(there, picture)
    address = card.allocate(there.nbytes)
    sources = [card.allocate(each.nbytes) for each in back]

    def run() -> None:
        card.bind()
        card.upload(address, there)
        for host, source in zip(back, sources, strict=True):
            card.download(host, source)
        card.synchronise()

    return run


def parity(
    package: ModelPackage, engine: LoadedEngine, pictures: list[NDArray[np.float32]]
) -> dict[str, float]:
    """The largest difference of each output from OpenVINO fp32's, over all pictures."""
    reference = openvino.load(package.weights(Precision.FP32))
    worst: dict[str, float] = {}
    for picture in pictures:
        said = {name: tensor.copy() for name, tensor in engine.run(picture).items()}
        for name, expected in reference.run(picture).items():
            difference = float(np.abs(said[name] - expected).max())
            worst[name] = max(worst.get(name, 0.0), difference)
    return worst


def percentiles(took: NDArray[np.float64]) -> dict[str, float]:
    """p50, p95 and p99."""
    return {f"p{share}": round(float(np.percentile(took, share)), 4) for share in (50, 95, 99)}


def peak() -> dict[str, float] | None:
    """Operations a second by precision and bytes a second, or None where PyTorch sees no card."""
    if torch.is_available("cuda") is not None:
        return None
    import torch as pytorch  # noqa: PLC0415 - only here, and only with a card

    def per_second(work: float, run: Callable[[], object]) -> float:
        for _ in range(3):
            run()
        pytorch.cuda.synchronize()
        started = perf_counter()
        for _ in range(PEAK_RUNS):
            run()
        pytorch.cuda.synchronize()
        return PEAK_RUNS * work / (perf_counter() - started)

    found = {}
    for name, kind in (("fp32", pytorch.float32), ("fp16", pytorch.float16)):
        square = pytorch.rand(SIDE, SIDE, device="cuda", dtype=kind)
        found[name] = per_second(2 * SIDE**3, lambda square=square: square @ square)
    whole = pytorch.randint(-9, 9, (SIDE, SIDE), device="cuda", dtype=pytorch.int8)
    found["int8"] = per_second(2 * SIDE**3, lambda: pytorch._int_mm(whole, whole.t()))
    large = pytorch.rand(2 * SIDE, SIDE, device="cuda")
    found["bytes"] = per_second(2 * 4 * 2 * SIDE**2, large.clone)
    return found


def compared_with_floor(report: dict[str, Any]) -> None:
    """Where the peak is known, into each row: the floor, and the network's time as its multiple."""
    if report["peak"] is None:
        return
    for each in report["networks"]:
        if "refused" in each:
            continue
        floor_s = max(
            each["operations"] / report["peak"][each["precision"]],
            each["bytes"] / report["peak"]["bytes"],
        )
        each["floor_ms"] = round(floor_s * 1e3, 5)
        each["times_the_floor"] = round(each["network_ms"] / each["floor_ms"], 1)


if __name__ == "__main__":
    main()
