"""An ONNX file is read as what it says, or refused for what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="drawing a network needs onnx, of the [train] extra")

from senoscope.models.engines.onnx_graph import read_graph  # noqa: E402
from tests.models.engines.drawn import FLOAT, Drawn, model  # noqa: E402

NODES = (Drawn("Add", "picture w"), Drawn("ReduceSum", "n0 axes", {"keepdims": 0}))
KNOWN = {"Add", "ReduceSum"}


def drawn() -> onnx.ModelProto:
    constants = {"w": np.float32([[1], [2]]), "axes": np.array([2, 3])}
    return model(*NODES, shape=(1, 2, 2, 3), constants=constants, rank=2)


def test_a_graph_is_what_the_file_says() -> None:
    graph = read_graph(drawn().SerializeToString(), KNOWN)
    assert (graph.input, graph.outputs) == ("picture", ("y",))
    assert [node.operator for node in graph.nodes] == ["Add", "ReduceSum"]
    assert graph.shapes == {
        "picture": (1, 2, 2, 3),
        "w": (2, 1),
        "axes": (2,),
        "n0": (1, 2, 2, 3),
        "y": (1, 2),
    }
    np.testing.assert_array_equal(graph.weights["w"], [[1], [2]])


def test_what_was_taken_is_no_operand_and_what_was_not_is_refused() -> None:
    add, total = read_graph(drawn().SerializeToString(), KNOWN).nodes
    assert add.operands() == ("picture", "w")
    assert total.take_constant(1).tolist() == [2, 3]
    with pytest.raises(ValueError, match=r"ReduceSum has \{'keepdims': 0\}"):
        total.operands()
    with pytest.raises(ValueError, match="keepdims 0, expected 1"):
        total.expect("keepdims", 1)
    assert total.operands() == ("n0",)


def test_an_attribute_left_out_is_what_onnx_takes_it_for() -> None:
    add, _ = read_graph(drawn().SerializeToString(), KNOWN).nodes
    add.expect("mode", b"CRD")
    with pytest.raises(ValueError, match="Add has mode b'DCR', expected b'CRD'"):
        add.expect("mode", b"CRD", b"DCR")


def input_twice(drawn: onnx.ModelProto) -> None:
    drawn.graph.input.append(onnx.helper.make_tensor_value_info("other", FLOAT, [1]))


def no_input(drawn: onnx.ModelProto) -> None:
    del drawn.graph.input[:]
    drawn.graph.node[0].input[0] = "w"
    drawn.graph.node[1].input[1] = ""
    drawn.graph.node[1].attribute[0].i = 1


def open_side(drawn: onnx.ModelProto) -> None:
    drawn.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "pictures"


def double(drawn: onnx.ModelProto) -> None:
    for each in (*drawn.graph.input, *drawn.graph.output):
        each.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    weights = np.array([[1.0], [2.0]])
    drawn.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(weights, "w"))


def whole(drawn: onnx.ModelProto) -> None:
    for each in (*drawn.graph.input, *drawn.graph.output):
        each.type.tensor_type.elem_type = onnx.TensorProto.INT64
    drawn.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(np.array([[1], [2]]), "w"))


def older(drawn: onnx.ModelProto) -> None:
    drawn.opset_import[0].version = 17


def foreign(drawn: onnx.ModelProto) -> None:
    drawn.graph.node[0].domain = "elsewhere"


def unknown(drawn: onnx.ModelProto) -> None:
    drawn.graph.node[0].op_type = "NonZero"


def two_outputs(drawn: onnx.ModelProto) -> None:
    drawn.graph.node[0].output.append("more")


def mistyped(drawn: onnx.ModelProto) -> None:
    drawn.graph.node[0].attribute.append(onnx.helper.make_attribute("alpha", 1.0))


def misshapen(drawn: onnx.ModelProto) -> None:
    drawn.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 3


def short(drawn: onnx.ModelProto) -> None:
    drawn.graph.initializer[0].raw_data = bytes(4)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (input_twice, r"inputs \['picture', 'other'\], expected one"),
        (no_input, r"inputs \[\], expected one"),
        (open_side, r"'picture' has the shape \(0, 2, 2, 3\), expected fixed sides"),
        (double, "'w' are of kind 11, expected one of FLOAT"),
        (whole, "'picture' is not float32"),
        (older, "version {'': 17}, expected 18"),
        (foreign, "operator elsewhere.Add is not known, only Add, ReduceSum"),
        (unknown, "operator NonZero is not known"),
        (two_outputs, r"Add gives \['n0', 'more'\], expected one output"),
        (mistyped, "Unrecognized attribute: alpha"),
        (misshapen, "Inferred shape and existing shape differ"),
        (short, "cannot reshape array of size 1"),
    ],
)
def test_another_file_is_refused_with_its_reason(
    spoil: Callable[[onnx.ModelProto], None], reason: str
) -> None:
    spoilt = drawn()
    spoil(spoilt)
    with pytest.raises(ValueError, match=reason):
        read_graph(spoilt.SerializeToString(), KNOWN)


@pytest.mark.parametrize("marked", [True, False])
def test_no_other_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marked: bool
) -> None:
    """Though the file that is named is there, where it is looked for, and fits."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").write_bytes(np.float32([3, 4]).tobytes())
    spoilt = drawn()
    weights: Any = spoilt.graph.initializer[0]
    weights.external_data.add(key="location", value="other")
    if marked:
        weights.ClearField("raw_data")
        weights.data_location = onnx.TensorProto.EXTERNAL
    with pytest.raises(ValueError, match="weights 'w' lie in another file"):
        read_graph(spoilt.SerializeToString(), KNOWN)
