"""What one core of this machine multiplies at most, to measure networks against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from time import process_time

import numpy as np
import openvino
from openvino import opset13 as ops

from senoscope.models.engines.openvino import has_bfloat16, openvino_core

CHANNELS, SIDE, LAYERS = 256, 48, 4
"""Of dense 3x3 convolutions in a row. Tried beside them on a core with AVX2, in processor time:
64 to 512 channels at 24 to 96 pixels, and matrix products of 512 to 2048 by OpenVINO and by numpy's
BLAS. One was 4 % faster in float32, none in int8."""
BATCHES, RUNS = 3, 5
"""The best of so many batches of so many runs: a single run is shorter than some clocks' ticks."""
BEYOND_AVX2 = ("avx512", "avx10", "vnni", "amx")
"""In the names of kernels that a processor with AVX2 alone does not run."""


@dataclass(frozen=True, slots=True)
class Peak:
    """`per_s` operations a second of processor time, by what OpenVINO calls `kernel`."""

    per_s: float
    kernel: str


def processor() -> str:
    """The name its maker gave it."""
    return str(openvino_core().get_property("CPU", "FULL_DEVICE_NAME"))


def peaks() -> dict[str, Peak]:
    """What OpenVINO reaches on one thread in "int8", "fp32" and, if the processor has it, "bf16".

    Measured by the library that runs the networks, so the distance to it is theirs and not the
    library's; in processor time, so that other programs count little.
    """
    return {kind: _measured(kind) for kind in _kinds()}


def kernels() -> list[str]:
    """What OpenVINO would multiply with, without measuring: "brgconv_avx2_f32", "jit_avx2_I8"."""
    return [_kernel(_convolutions(kind)) for kind in _kinds()]


def beyond_avx2(names: Iterable[str]) -> bool:
    """Whether any of `kernels` needs more than AVX2."""
    return any(part in name for name in names for part in BEYOND_AVX2)


def _kinds() -> tuple[str, ...]:
    return ("int8", "fp32", "bf16") if has_bfloat16() else ("int8", "fp32")


def _measured(kind: str) -> Peak:
    compiled = _convolutions(kind)
    request = compiled.create_infer_request()
    given = np.random.default_rng(0).random((1, CHANNELS, SIDE, SIDE), np.float32)
    run = partial(request.infer, [given], share_inputs=True, share_outputs=True)
    least_s = min(_batch_s(run) for _ in range(BATCHES))
    return Peak(RUNS * 2 * 9 * CHANNELS**2 * SIDE**2 * LAYERS / least_s, _kernel(compiled))


def _batch_s(run: Callable[[], object]) -> float:
    run()
    started = process_time()
    for _ in range(RUNS):
        run()
    return process_time() - started


def _convolutions(kind: str) -> openvino.CompiledModel:
    rng = np.random.default_rng(0)
    picture = ops.parameter([1, CHANNELS, SIDE, SIDE], np.float32)
    flow: openvino.Node = picture
    for _ in range(LAYERS):
        kernel = rng.normal(0, 0.02, (CHANNELS, CHANNELS, 3, 3)).astype(np.float32)
        weights: openvino.Node = ops.constant(kernel)
        if kind == "int8":
            flow, weights = _quantised(flow, 0.0, 4.0, 256), _quantised(weights, -0.1, 0.1, 255)
        flow = ops.relu(ops.convolution(flow, weights, [1, 1], [1, 1], [1, 1], [1, 1]))
    return openvino_core().compile_model(
        openvino.Model([flow], [picture]),
        "CPU",
        {
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": "bf16" if kind == "bf16" else "f32",
            "ENABLE_CPU_PINNING": False,
        },
    )


def _quantised(node: openvino.Node, low: float, high: float, levels: int) -> openvino.Node:
    ends = [np.float32(low), np.float32(high)]
    return ops.fake_quantize(node, *ends, *ends, levels)


def _kernel(compiled: openvino.CompiledModel) -> str:
    """Of the last convolution: the first may take its input in another form."""
    about = [node.get_rt_info() for node in compiled.get_runtime_model().get_ops()]
    names = [
        str(each["primitiveType"].astype(str))
        for each in about
        if each["layerType"].astype(str) == "Convolution"
    ]
    return names[-1]
