"""How many operations a network takes, counted from its file: what a time is measured against."""

from __future__ import annotations

import math

import openvino


def operations(onnx: bytes) -> int:
    """Multiplications and additions of convolutions and matrix products for one run of `onnx`.

    What lies between them is left out: it is a hundredth of the work. Count an fp32 file; in an
    int8 one the weights are not where this looks.
    """
    count = 0
    for node in openvino.Core().read_model(model=onnx).get_ops():
        kind = node.get_type_name()
        if kind not in {"Convolution", "ConvolutionBackpropData", "MatMul"}:
            continue
        given, weights, made = (
            tuple(port.get_shape()) for port in (node.input(0), node.input(1), node.output(0))
        )
        # Weights are (made, given, ...) of one, (given, made, ...) of the other.
        each = math.prod(weights[1:]) if kind != "MatMul" else given[-1]
        places = given if kind == "ConvolutionBackpropData" else made
        count += 2 * math.prod(places) * each
    return count
