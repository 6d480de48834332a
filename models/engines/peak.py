"""What one core of this machine multiplies at most, to measure networks against."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
import openvino
from openvino import opset13 as ops

from senoscope.models.package import Precision

CHANNELS, SIDE, LAYERS = 256, 48, 4
"""Of dense 3x3 convolutions in a row: no layer of a real network feeds the core better."""
RUNS = 15


def peak(precision: Precision) -> float:
    """Operations a second that OpenVINO reaches on one thread, the best of RUNS runs.

    Measured by the library that runs the networks, so the distance to it is theirs and not the
    library's. fp16 is computed in float32 on a processor.
    """
    run = _convolutions(int8=precision is Precision.INT8)
    run()
    took = []
    for _ in range(RUNS):
        started = perf_counter()
        run()
        took.append(perf_counter() - started)
    return 2 * 9 * CHANNELS**2 * SIDE**2 * LAYERS / min(took)


def _convolutions(int8: bool) -> Callable[[], object]:
    rng = np.random.default_rng(0)
    picture = ops.parameter([1, CHANNELS, SIDE, SIDE], np.float32)
    flow: openvino.Node = picture
    for _ in range(LAYERS):
        kernel = rng.normal(0, 0.02, (CHANNELS, CHANNELS, 3, 3)).astype(np.float32)
        weights: openvino.Node = ops.constant(kernel)
        if int8:
            flow, weights = _quantised(flow, 0.0, 4.0, 256), _quantised(weights, -0.1, 0.1, 255)
        flow = ops.relu(ops.convolution(flow, weights, [1, 1], [1, 1], [1, 1], [1, 1]))
    compiled = openvino.Core().compile_model(
        openvino.Model([flow], [picture]),
        "CPU",
        {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"},
    )
    request = compiled.create_infer_request()
    given = rng.random((1, CHANNELS, SIDE, SIDE), np.float32)
    return lambda: request.infer([given], share_inputs=True, share_outputs=True)


def _quantised(node: openvino.Node, low: float, high: float, levels: int) -> openvino.Node:
    ends = [np.float32(low), np.float32(high)]
    return ops.fake_quantize(node, *ends, *ends, levels)
