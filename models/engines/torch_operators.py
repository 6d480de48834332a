"""Each ONNX operator of the shipped files, as PyTorch computes it.

One function an operator: it takes the node's attributes, axes and the like, once, and returns what
is then run for every picture. What PyTorch and ONNX do not mean alike is refused with a ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from senoscope.models.engines.onnx_graph import Node

Run = Callable[..., Tensor]
MOST = 1 << 28
"""Numbers in all tensors of one run, 1 GiB: a spoilt file must not ask for all memory."""


def bounded(count: int) -> int:
    """`count`. ValueError where so many numbers are too many."""
    if count > MOST:
        raise ValueError(f"a run would need {count} numbers in memory, expected at most {MOST}")
    return count


def _convolution(node: Node) -> Run:
    dilations, groups = node.take("dilations", [1, 1]), node.take("group", 1)
    strides, padding, around = _window(node, list(node.shape(1)[2:]))

    def run(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        x = _padded(x, around)
        return functional.conv2d(x, weight, bias, strides, padding, dilations, groups)

    return run


def _transposed_convolution(node: Node) -> Run:
    dilations, groups = node.take("dilations", [1, 1]), node.take("group", 1)
    more = node.take("output_padding", [0, 0])
    strides, padding, around = _window(node, list(node.shape(1)[2:]))
    if around:
        raise ValueError("ConvTranspose has pads that differ between two sides")

    def run(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        return functional.conv_transpose2d(
            x, weight, bias, strides, padding, more, groups, dilations
        )

    return run


def _largest(node: Node) -> Run:
    kernel, dilations = list(node.take("kernel_shape")), node.take("dilations", [1, 1])
    strides, padding, around = _window(node, kernel)
    ceil = _ceil(node, around)
    # Of the places of the largest, which are not asked for.
    node.take("storage_order")

    def run(x: Tensor) -> Tensor:
        x = _padded(x, around, -torch.inf)
        return functional.max_pool2d(x, kernel, strides, padding, dilations, ceil)

    return run


def _average(node: Node) -> Run:
    kernel, counted = list(node.take("kernel_shape")), bool(node.take("count_include_pad", 0))
    strides, padding, around = _window(node, kernel)
    ceil = _ceil(node, around)
    if around and not counted:
        raise ValueError("AveragePool has pads that differ between two sides and do not count")

    def run(x: Tensor) -> Tensor:
        x = _padded(x, around)
        return functional.avg_pool2d(x, kernel, strides, padding, ceil, counted)

    return run


def _window(node: Node, kernel: list[int]) -> tuple[list[int], list[int], list[int]]:
    """Strides, and pads as PyTorch takes them: one for two sides, or else all four to be put round.

    The four are left, right, top, bottom.
    """
    node.expect("kernel_shape", kernel)
    node.expect("auto_pad", b"NOTSET")
    strides, pads = list(node.take("strides", [1, 1])), list(node.take("pads", [0] * 4))
    if (len(kernel), len(strides), len(pads)) != (2, 2, 4) or min(pads) < 0:
        raise ValueError(
            f"{node.operator} has kernel {kernel}, strides {strides} and pads {pads}, expected "
            "those of two dimensions"
        )
    top, left, bottom, right = pads
    if (top, left) == (bottom, right):
        return strides, [top, left], []
    return strides, [0, 0], [left, right, top, bottom]


def _ceil(node: Node, around: list[int]) -> bool:
    ceil = bool(node.take("ceil_mode", 0))
    if ceil and around:
        raise ValueError(f"{node.operator} has ceil_mode and pads that differ between two sides")
    return ceil


def _padded(x: Tensor, around: list[int], value: float = 0.0) -> Tensor:
    if not around:
        return x
    left, right, top, bottom = around
    rows, columns = x.shape[2] + top + bottom, x.shape[3] + left + right
    bounded(x.shape[0] * x.shape[1] * rows * columns)
    return functional.pad(x, around, value=value)


def _product(node: Node) -> Run:
    node.expect("alpha", 1.0)
    node.expect("beta", 1.0)
    node.expect("transA", 0)
    transposed = bool(node.take("transB", 0))

    def run(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        product = x @ (weight.T if transposed else weight)
        return product if bias is None else product + bias

    return run


def _enlarged(node: Node) -> Run:
    """Each pixel becomes a block: the one way to resize that needs no rounding of places."""
    node.expect("mode", b"nearest")
    node.expect("coordinate_transformation_mode", b"asymmetric", b"half_pixel")
    node.expect("nearest_mode", b"floor", b"round_prefer_floor")
    node.expect("antialias", 0)
    node.expect("exclude_outside", 0)
    node.expect("keep_aspect_ratio_policy", b"stretch")
    # Of other modes.
    node.take("cubic_coeff_a")
    node.take("extrapolation_value")
    scales = [float(each) for each in node.take_constant(2).reshape(-1)] if node.has(2) else []
    if len(scales) != 4 or scales[:2] != [1, 1] or any(s < 1 or s % 1 for s in scales):
        raise ValueError(f"Resize has the scales {scales}, expected 1, 1 and two whole numbers")
    rows, columns = int(scales[2]), int(scales[3])
    return lambda x: x.repeat_interleave(rows, 2).repeat_interleave(columns, 3)


def _blocks(node: Node) -> Run:
    node.expect("mode", b"CRD", b"DCR")
    side = node.take("blocksize")
    return lambda x: functional.pixel_shuffle(x, side)


def _joined(node: Node) -> Run:
    axis = node.take("axis")
    return lambda *parts: torch.cat(parts, axis)


def _selected(node: Node) -> Run:
    axis, index = node.take("axis", 0), node.take_constant(1)
    if index.shape != ():
        raise ValueError(f"Gather has indices of the shape {index.shape}, expected one index")
    place = int(index)
    return lambda x: x.select(axis, place)


def _squeezed(node: Node) -> Run:
    axes = _axes(node)
    return lambda x: x.squeeze(axes)


def _unsqueezed(node: Node) -> Run:
    (axis,) = _axes(node)
    return lambda x: x.unsqueeze(axis)


def _reduced(node: Node, reduce: Run) -> Run:
    node.expect("noop_with_empty_axes", 0)
    keep = bool(node.take("keepdims", 1))
    axes = _axes(node) or tuple(range(len(node.shape(0))))
    return lambda x: reduce(x, dim=axes, keepdim=keep)


def _axes(node: Node) -> tuple[int, ...]:
    return tuple(node.take_constant(1).tolist()) if node.has(1) else ()


def _quantised(node: Node) -> Run:
    axis = node.take("axis", 1)
    limits = np.iinfo(node.constant(2).dtype if node.has(2) else np.uint8)

    def run(x: Tensor, scale: Tensor, zero: Tensor | None = None) -> Tensor:
        levels = torch.round(x / _along(scale, x, axis))
        if zero is not None:
            levels = levels + _along(zero, x, axis)
        # What is no number becomes the lowest level, as with OpenVINO and ONNX Runtime; ONNX does
        # not say. An int8 file can hold 0 / 0.
        return levels.nan_to_num(limits.min).clamp(limits.min, limits.max)

    return run


def _dequantised(node: Node) -> Run:
    axis = node.take("axis", 1)

    def run(levels: Tensor, scale: Tensor, zero: Tensor | None = None) -> Tensor:
        if zero is not None:
            levels = levels - _along(zero, levels, axis)
        return levels * _along(scale, levels, axis)

    return run


def _along(parameter: Tensor, x: Tensor, axis: int) -> Tensor:
    """One number for all of `x`, or one for each place of its `axis`."""
    if parameter.ndim == 0:
        return parameter
    sides = [1] * x.ndim
    sides[axis] = -1
    return parameter.reshape(sides)


OPERATORS: Mapping[str, Callable[[Node], Run]] = {
    "Add": lambda _: torch.add,
    "AveragePool": _average,
    "Concat": _joined,
    "Conv": _convolution,
    "ConvTranspose": _transposed_convolution,
    "DepthToSpace": _blocks,
    "DequantizeLinear": _dequantised,
    "Div": lambda _: torch.div,
    "Gather": _selected,
    "Gemm": _product,
    "MaxPool": _largest,
    "Mul": lambda _: torch.mul,
    "QuantizeLinear": _quantised,
    "ReduceMax": lambda node: _reduced(node, torch.amax),
    "ReduceMean": lambda node: _reduced(node, torch.mean),
    "ReduceSum": lambda node: _reduced(node, torch.sum),
    "Relu": lambda _: torch.relu,
    "Resize": _enlarged,
    "Sigmoid": lambda _: torch.sigmoid,
    "Squeeze": _squeezed,
    "Unsqueeze": _unsqueezed,
}
