"""Each operator is what ONNX Runtime makes of it, or is refused by name."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import onnxruntime, openvino, torch

pytest.importorskip("torch", reason="PyTorch is of the [train] extra")
pytest.importorskip("onnx", reason="drawing a network needs onnx, of the [train] extra")
ort = pytest.importorskip("onnxruntime", reason="ONNX Runtime is of the [train] extra")

from senoscope.models.engines.onnx_graph import read_graph  # noqa: E402
from senoscope.models.engines.torch_operators import OPERATORS  # noqa: E402
from tests.models.engines.drawn import Drawn, model  # noqa: E402

SHAPE = (1, 2, 7, 9)


def floats(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).standard_normal(shape).astype(np.float32)


def levels(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).integers(-128, 128, shape).astype(np.int8)


def expected(content: bytes, picture: np.ndarray) -> np.ndarray:
    """By ONNX Runtime, each operator by itself."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    found: np.ndarray = ort.InferenceSession(content, options).run(None, {"picture": picture})[0]
    return found


def assert_same(content: bytes, picture: np.ndarray) -> None:
    given = torch.load(content).run(picture)["y"]
    wanted = expected(content, picture)
    assert given.shape == wanted.shape
    np.testing.assert_allclose(given, wanted, rtol=1e-5, atol=1e-5)


W, B = floats(4, 2, 3, 2), floats(4)
T = floats(2, 3, 3, 2)
ROWS_COLUMNS = {"axes": np.array([2, -1])}
HALVES = {"scale": np.float32(0.5), "zero": np.int8(3)}
UNSIGNED = {"scale": np.float32(0.02), "zero": np.uint8(7)}
CHANNELS = {"scale": np.array([0.1, 0.3], np.float32), "zero": np.array([1, -2], np.int8)}
NEAREST = {
    "mode": "nearest",
    "coordinate_transformation_mode": "asymmetric",
    "nearest_mode": "floor",
}
DEEP = (1, 18, 2, 3)
KERNELS = [[2, 2], [3, 2], [4, 3]]
STRIDES = [[1, 1], [2, 2], [3, 2]]
PADS = [[0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]]
MORE: dict[str, list[dict[str, Any]]] = {
    "MaxPool": [{}, {"dilations": [1, 2]}],
    "AveragePool": [{"count_include_pad": 0}, {"count_include_pad": 1}],
}
Case = tuple[list[Drawn], dict[str, Any], int]


def one(operator: str, inputs: str = "picture", rank: int = 4, /, **attributes: Any) -> Case:
    return [Drawn(operator, inputs, attributes)], {}, rank


def of(case: Case, **constants: Any) -> Case:
    return case[0], constants, case[2]


def back_and_forth(constants: dict[str, Any], **attributes: Any) -> Case:
    ends = " ".join(constants)
    return (
        [
            Drawn("QuantizeLinear", f"picture {ends}", attributes),
            Drawn("DequantizeLinear", f"n0 {ends}", attributes),
        ],
        constants,
        4,
    )


def back_and_forth_model(constants: dict[str, Any], count: int) -> bytes:
    nodes, _, _ = back_and_forth(constants)
    content: bytes = model(*nodes, shape=(1, 1, 1, count), constants=constants).SerializeToString()
    return content


def resize(scales: list[float], **other: str | None) -> Case:
    modes = {name: mode for name, mode in (NEAREST | other).items() if mode}
    return of(one("Resize", "picture - scales", **modes), scales=np.float32(scales))


CASES: list[Case] = [
    of(one("Conv", "picture w b"), w=W, b=B),
    of(one("Conv", "picture w", pads=[2, 0, 2, 0], strides=[2, 3]), w=W),
    of(one("Conv", "picture w b", pads=[0, 1, 2, 3], strides=[3, 2]), w=W, b=B),
    of(one("Conv", "picture w", dilations=[2, 3], pads=[1, 2, 0, 1]), w=W),
    of(one("Conv", "picture w -", group=2, kernel_shape=[3, 2]), w=W[:, :1]),
    of(one("ConvTranspose", "picture w b"), w=T, b=B[:3]),
    of(one("ConvTranspose", "picture w", strides=[2, 3], pads=[1, 0, 1, 0]), w=T),
    of(one("ConvTranspose", "picture w", strides=[3, 3], output_padding=[1, 2]), w=T),
    of(one("ConvTranspose", "picture w", group=2, dilations=[2, 1]), w=T),
    one("Relu"),
    one("Sigmoid"),
    one("Add", "picture picture"),
    of(one("Add", "picture other"), other=floats(2, 1, 9)),
    of(one("Mul", "other picture"), other=floats(7, 1)),
    of(one("Div", "picture other"), other=np.float32(3)),
    of(one("Concat", "picture other picture", axis=-2), other=floats(1, 2, 3, 9)),
    of(one("ReduceSum", "picture axes", 2, keepdims=0), **ROWS_COLUMNS),
    of(one("ReduceMean", "picture axes"), **ROWS_COLUMNS),
    of(one("ReduceMax", "picture axes", keepdims=1), axes=np.array([1])),
    one("ReduceMean", "picture", 0, keepdims=0),
    one("ReduceSum"),
    of(one("Unsqueeze", "picture axes", 5), axes=np.array([-2])),
    of(one("Squeeze", "picture axes", 3), axes=np.array([0])),
    of(one("Gather", "picture at", 3, axis=3), at=np.int64(-2)),
    of(one("Gather", "picture at", 3), at=np.int64(0)),
    resize([1, 1, 2, 2]),
    resize([1, 1, 1, 41]),
    back_and_forth(HALVES),
    back_and_forth(UNSIGNED),
    back_and_forth({"scale": np.float32(0.01)}),
    back_and_forth(CHANNELS),
    back_and_forth(CHANNELS, axis=-3),
]


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: "-".join(str(v) for n in case[0] for v in n[:2])
)
def test_an_operator_gives_what_onnx_runtime_gives(case: Case) -> None:
    nodes, constants, rank = case
    content = model(*nodes, constants=constants, rank=rank).SerializeToString()
    assert_same(content, floats(*SHAPE))


@pytest.mark.parametrize("attributes", [{}, {"transB": 1}])
@pytest.mark.parametrize("bias", [[], [B[:3]], [floats(5, 1)]], ids=["none", "row", "column"])
def test_a_product_gives_what_onnx_runtime_gives(
    attributes: dict[str, int], bias: list[np.ndarray]
) -> None:
    weight = floats(3, 4) if attributes else floats(4, 3)
    node = Drawn("Gemm", "picture w b" if bias else "picture w", attributes)
    constants = {"w": weight, **({"b": bias[0]} if bias else {})}
    content = model(node, shape=(5, 4), constants=constants, rank=2).SerializeToString()
    assert_same(content, floats(5, 4))


def test_depth_becomes_blocks() -> None:
    content = model(Drawn("DepthToSpace", "picture", {"blocksize": 3, "mode": "CRD"}), shape=DEEP)
    assert_same(content.SerializeToString(), floats(*DEEP))


@pytest.mark.parametrize("operator", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize("ceil", [0, 1])
@pytest.mark.parametrize("pads", PADS, ids=str)
def test_a_pool_gives_what_onnx_runtime_gives_or_is_refused(
    operator: str, ceil: int, pads: list[int]
) -> None:
    """Which sides a last window that starts in the padding makes is not agreed on."""
    agreed = 0
    for kernel, strides, more in itertools.product(KERNELS, STRIDES, MORE[operator]):
        attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads, "ceil_mode": ceil}
        content = model(Drawn(operator, "picture", attributes | more)).SerializeToString()
        try:
            torch.load(content)
        except EngineUnavailable as error:
            assert re.search("would be|pads that differ", str(error)), error
        else:
            assert_same(content, floats(*SHAPE))
            agreed += 1
    tried = len(KERNELS) * len(STRIDES) * len(MORE[operator])
    if pads[:2] == pads[2:]:
        assert agreed >= (0.5 if ceil else 1) * tried
    else:
        assert agreed == (0 if ceil else tried if operator == "MaxPool" else tried / 2)


def test_levels_are_rounded_half_to_even_and_saturate() -> None:
    content = back_and_forth_model({"scale": np.float32(0.5), "zero": np.int8(0)}, 11)
    picture = np.float32([-1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 63.4, 99, -99, np.inf, -np.inf])
    levels = [-2, -2, 0, 0, 2, 2, 127, 127, -128, 127, -128]
    picture, wanted = picture.reshape(1, 1, 1, 11), 0.5 * np.float32(levels).reshape(1, 1, 1, 11)
    np.testing.assert_array_equal(torch.load(content).run(picture)["y"], wanted)
    np.testing.assert_array_equal(expected(content, picture), wanted)


@pytest.mark.parametrize("zero", [np.int8(-3), np.uint8(3)])
def test_what_is_no_number_becomes_the_lowest_level(zero: np.generic) -> None:
    """As with the others; vectorised or not, hence of some length."""
    content = back_and_forth_model({"scale": np.float32(0.5), "zero": zero}, 67)
    picture = np.full((1, 1, 1, 67), np.nan, np.float32)
    wanted = np.full_like(picture, 0.5 * (np.iinfo(zero.dtype).min - int(zero)))
    for each in (torch, openvino, onnxruntime):
        np.testing.assert_array_equal(each.load(content).run(picture)["y"], wanted, each.NAME)


def test_weights_are_dequantised_once() -> None:
    nodes = (Drawn("DequantizeLinear", "w scale zero", {"axis": 0}), Drawn("Conv", "picture n0"))
    content = model(*nodes, constants={"w": levels(2, 2, 3, 3), **CHANNELS}).SerializeToString()
    assert_same(content, floats(*SHAPE))
    network = torch.network_of(read_graph(content, OPERATORS))
    assert [step.output for step in network.steps] == ["y"]
    assert network.weights.keys() == {"n0"}


def test_every_operator_is_tried() -> None:
    tried = {node.operator for nodes, _, _ in CASES for node in nodes}
    assert tried | {"Gemm", "DepthToSpace", "MaxPool", "AveragePool"} == set(OPERATORS)


LINE = {"axes": np.array([0]), "w": floats(4, 2, 3)}
LEVELS = [
    Drawn("QuantizeLinear", "picture scale zero"),
    Drawn("Add", "n0 n0"),
    Drawn("DequantizeLinear", "n1 scale zero"),
]
TWICE = [
    Drawn("QuantizeLinear", "picture scale"),
    Drawn("QuantizeLinear", "picture scale n0"),
    Drawn("DequantizeLinear", "n1 scale zero"),
]
REFUSED: list[tuple[str, Case]] = [
    ("auto_pad b'SAME_UPPER'", of(one("Conv", "picture w", auto_pad="SAME_UPPER"), w=W)),
    ("auto_pad b'VALID'", one("MaxPool", kernel_shape=[2, 2], auto_pad="VALID")),
    ("kernel_shape", of(one("Conv", "picture w", kernel_shape=[3, 3], pads=[0, 0, 0, 1]), w=W)),
    ("pads that differ", of(one("ConvTranspose", "picture w", pads=[0, 0, 0, 1]), w=T)),
    ("output_shape", of(one("ConvTranspose", "picture w", output_shape=[9, 10]), w=T)),
    ("two dimensions", ([Drawn("Squeeze", "picture axes"), Drawn("Conv", "n0 w")], LINE, 3)),
    ("nearest_mode b'ceil'", resize([1, 1, 2, 2], nearest_mode="ceil")),
    ("nearest_mode b'round_prefer_floor'", resize([1, 1, 2, 2], nearest_mode=None)),
    ("mode b'linear'", resize([1, 1, 2, 2], mode="linear")),
    ("mode b'half_pixel'", resize([1, 1, 2, 2], coordinate_transformation_mode=None)),
    ("scales", resize([1, 1, 1.5, 2])),
    ("scales", resize([1, 2, 2, 2])),
    ("mode b'DCR'", one("DepthToSpace", blocksize=1)),
    ("one index", of(one("Gather", "picture at"), at=np.array([0]))),
    ("no constant as its input 2", (TWICE, UNSIGNED, 4)),
    ("noop_with_empty_axes 1", one("ReduceSum", noop_with_empty_axes=1)),
    ("operator Tanh", one("Tanh")),
    ("operator elsewhere.Relu", ([Drawn("Relu", domain="elsewhere")], {}, 4)),
    ("whole numbers", ([Drawn("Add", "w w"), Drawn("Relu")], {"w": levels(3)}, 4)),
    ("Add is to run on whole numbers", (LEVELS, UNSIGNED, 4)),
    ("would be (1, 2, 7, 9), expected (2, 7, 9)", one("Squeeze", "picture", 3)),
    ("numbers in memory", resize([1, 1, 4096, 4096])),
    ("numbers in memory", of(one("Conv", "picture w", pads=[0, 0, 1 << 20, 1 << 20]), w=W)),
]


@pytest.mark.parametrize(
    ("reason", "case"), REFUSED, ids=[f"{k}-{r[0]}" for k, r in enumerate(REFUSED)]
)
def test_what_is_not_meant_alike_is_refused_by_name(reason: str, case: Case) -> None:
    nodes, constants, rank = case
    content = model(*nodes, constants=constants, rank=rank).SerializeToString()
    with pytest.raises(EngineUnavailable, match=re.escape(reason)):
        torch.load(content)
