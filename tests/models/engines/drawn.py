"""Draws ONNX files of a few operators, for tests of those who read them. Needs onnx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import helper

FLOAT = onnx.TensorProto.FLOAT


class Drawn(NamedTuple):
    """An operator: its type, the names of its inputs, one a word and "-" for none, attributes."""

    operator: str
    inputs: str = "picture"
    attributes: Mapping[str, Any] = {}
    domain: str = ""


def model(
    *nodes: Drawn,
    shape: tuple[int, ...] = (1, 2, 7, 9),
    constants: Mapping[str, Any] | None = None,
    rank: int = 4,
    opset: int = 18,
) -> onnx.ModelProto:
    """`picture` of `shape` in; node k gives "n<k>", the last one `y` of `rank` dimensions, out."""
    names = [*(f"n{k}" for k in range(len(nodes) - 1)), "y"]
    graph = helper.make_graph(
        [
            helper.make_node(
                node.operator,
                ["" if name == "-" else name for name in node.inputs.split()],
                [name],
                domain=node.domain,
                **node.attributes,
            )
            for node, name in zip(nodes, names, strict=True)
        ],
        "drawn",
        [helper.make_tensor_value_info("picture", FLOAT, shape)],
        [helper.make_tensor_value_info("y", FLOAT, [f"side {k}" for k in range(rank)])],
        [
            onnx.numpy_helper.from_array(np.asarray(array), name)
            for name, array in (constants or {}).items()
        ],
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("elsewhere", 1)]
    used = [each for each in opsets if each.domain in {"", *(node.domain for node in nodes)}]
    return helper.make_model(graph, opset_imports=used, ir_version=10)
