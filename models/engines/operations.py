"""How many operations a network takes, counted from its file: what a time is measured against."""

from __future__ import annotations

import math

import openvino

from senoscope.models.engines.openvino import openvino_core

FORWARD = {"Convolution": 1, "GroupConvolution": 2}
BACKWARD = {"ConvolutionBackpropData": 1, "GroupConvolutionBackpropData": 2}
"""Where the shape of the weights goes on after the channels that each sum or cell has to itself:
(made, given, ...), (group, made, given, ...), (given, made, ...), (group, given, made, ...)."""


def operations(onnx: bytes) -> int:
    """Multiplications and additions of convolutions and matrix products for one run of `onnx`.

    What lies between them is left out: it is a hundredth of the work. Count an fp32 file; in an
    int8 one the weights are not where this looks.
    """
    nodes = openvino_core().read_model(model=onnx).get_ops()
    return 2 * sum(_products(node) for node in nodes)


def _products(node: openvino.Node) -> int:
    kind = node.get_type_name()
    if kind not in {*FORWARD, *BACKWARD, "MatMul"}:
        return 0
    given, weights, made = (
        [int(side) for side in port.get_shape()]
        for port in (node.input(0), node.input(1), node.output(0))
    )
    if kind == "MatMul":
        turned = node.get_attributes()["transpose_a"]
        return math.prod(made) * given[-2 if turned else -1]
    if kind in FORWARD:
        return math.prod(made) * math.prod(weights[FORWARD[kind] :])
    return math.prod(given) * math.prod(weights[BACKWARD[kind] :])
