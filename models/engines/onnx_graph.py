"""An ONNX file as a back end of our own reads it: nodes in their order, weights, shapes.

Files are not trusted: what is not plainly a network of fixed shapes in float32 is refused with a
ValueError that names it, and no other file is ever opened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from numpy.typing import NDArray

OPSET = 18
KINDS = (
    onnx.TensorProto.FLOAT,
    onnx.TensorProto.INT64,
    onnx.TensorProto.INT8,
    onnx.TensorProto.UINT8,
)
"""Of weights; int64 are axes and the like."""
Shape = tuple[int, ...]


class Node:
    """An operator. Whoever runs it takes what it understands; what is left is refused.

    `constants` and `shapes` are the graph's, by name.
    """

    def __init__(
        self,
        node: onnx.NodeProto,
        constants: Mapping[str, NDArray[Any]],
        shapes: Mapping[str, Shape],
    ) -> None:
        self.operator: str = node.op_type
        self.inputs = tuple(node.input)
        self.output: str = node.output[0]
        self._constants, self._shapes = constants, shapes
        self._attributes = {
            each.name: onnx.helper.get_attribute_value(each) for each in node.attribute
        }
        self._taken: set[int] = set()

    def take(self, name: str, default: Any = None) -> Any:
        """The attribute `name`: int, float, bytes or a list; `default` where it is left out."""
        return self._attributes.pop(name, default)

    def expect(self, name: str, only: Any, default: Any = None) -> None:
        """Refuse the attribute `name` if not `only`; left out, it is `default`, or else `only`."""
        found = self.take(name, only if default is None else default)
        if found != only:
            raise ValueError(f"{self.operator} has {name} {found!r}, expected {only!r}")

    def has(self, place: int) -> bool:
        """Whether input `place` is given: the last may be left out, others have no name."""
        return place < len(self.inputs) and bool(self.inputs[place])

    def constant(self, place: int) -> NDArray[Any]:
        """The weights that are input `place`."""
        if not self.has(place) or self.inputs[place] not in self._constants:
            raise ValueError(f"{self.operator} has no constant as its input {place}")
        return self._constants[self.inputs[place]]

    def take_constant(self, place: int) -> NDArray[Any]:
        """The same of axes and the like, which is then no operand."""
        self._taken.add(place)
        return self.constant(place)

    def shape(self, place: int) -> Shape:
        """Of input `place`."""
        if not self.has(place) or self.inputs[place] not in self._shapes:
            raise ValueError(f"{self.operator} has no known shape for its input {place}")
        return self._shapes[self.inputs[place]]

    def operands(self) -> tuple[str, ...]:
        """Names of the inputs that were not taken. ValueError where an attribute was not."""
        if self._attributes:
            raise ValueError(f"{self.operator} has {self._attributes}, expected none of these")
        return tuple(name for k, name in enumerate(self.inputs) if name and k not in self._taken)


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order they run in, the one input, outputs in the file's order.

    `weights` are float32, int64, int8 or uint8; `shapes` has all that flows, weights too.
    """

    input: str
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    weights: Mapping[str, NDArray[Any]]
    shapes: Mapping[str, Shape]


def read_graph(content: bytes, operators: Collection[str]) -> Graph:
    """The graph in an ONNX file's `content`. ValueError where it is none, or is not understood.

    Its operators must be among `operators`, of ONNX's own, with one output each.
    """
    try:
        model = onnx.load_model_from_string(content)
        for node in model.graph.node:
            _check_operator(node, operators)
        weights = {each.name: _array(each) for each in model.graph.initializer}
        onnx.checker.check_model(model)
        # Of every operator, its types and attributes too.
        model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    except (
        DecodeError,
        onnx.checker.ValidationError,
        onnx.shape_inference.InferenceError,
    ) as error:
        raise ValueError(str(error)) from error
    opsets = {each.domain: each.version for each in model.opset_import}
    if opsets.get("", opsets.get("ai.onnx")) != OPSET:
        raise ValueError(f"its operators are of version {opsets}, expected {OPSET}")
    graph = model.graph
    if len(graph.input) != 1 or graph.input[0].name in weights:
        raise ValueError(f"it has inputs {[each.name for each in graph.input]}, expected one")
    shapes = {name: array.shape for name, array in weights.items()}
    for each in (*graph.input, *graph.value_info, *graph.output):
        shapes[each.name] = _shape(each)
    for each in (*graph.input, *graph.output):
        if each.type.tensor_type.elem_type != onnx.TensorProto.FLOAT:
            raise ValueError(f"{each.name!r} is not float32")
    return Graph(
        graph.input[0].name,
        tuple(each.name for each in graph.output),
        tuple(Node(each, weights, shapes) for each in graph.node),
        weights,
        shapes,
    )


def _check_operator(node: onnx.NodeProto, operators: Collection[str]) -> None:
    if node.domain not in ("", "ai.onnx") or node.op_type not in operators:
        name = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        raise ValueError(f"the operator {name} is not known, only {', '.join(sorted(operators))}")
    if len(node.output) != 1:
        raise ValueError(f"{node.op_type} gives {list(node.output)}, expected one output")


def _array(tensor: onnx.TensorProto) -> NDArray[Any]:
    # A file may name any other, to be read in its place.
    if tensor.data_location != onnx.TensorProto.DEFAULT or tensor.external_data:
        raise ValueError(f"the weights {tensor.name!r} lie in another file")
    if tensor.data_type not in KINDS:
        raise ValueError(
            f"the weights {tensor.name!r} are of kind {tensor.data_type}, expected one of "
            f"{', '.join(onnx.TensorProto.DataType.Name(kind) for kind in KINDS)}"
        )
    array: NDArray[Any] = onnx.numpy_helper.to_array(tensor)
    return array


def _shape(value: onnx.ValueInfoProto) -> Shape:
    sides = tuple(side.dim_value for side in value.type.tensor_type.shape.dim)
    if not all(side > 0 for side in sides):
        raise ValueError(f"{value.name!r} has the shape {sides}, expected fixed sides")
    return sides
