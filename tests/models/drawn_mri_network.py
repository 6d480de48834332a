"""A breast MRI network of four operators, as a user's own would be given. Needs onnx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from senoscope.models.network_card import WEIGHTS
from tests.models.test_breast_mri_card import write

FROM = 0.25
"""Of the channel's scale: what rises more is outlined."""


def write_network(folder: Path, above: float = FROM, **card: Any) -> Path:
    """Outlines where early enhancement is more than `above`, patch by patch."""
    onnx = pytest.importorskip("onnx", reason="drawing a network needs onnx, of the [train] extra")
    said = {
        "name": "rises", "version": "3", "channels": ["early"], "spacing_mm": [3, 1, 1],
        "patch": [4, 16, 16], "is_clinical": False, "trained_on": "nothing, drawn by hand", **card,
    }  # fmt: skip
    shape = [1, len(said["channels"]), *said["patch"]]
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("Sub", ["volume", "above"], ["over"]),
            helper.make_node("Mul", ["over", "steep"], ["logit"]),
            helper.make_node("Sigmoid", ["logit"], ["probability"]),
        ],
        "rises",
        [helper.make_tensor_value_info("volume", kind, shape)],
        [helper.make_tensor_value_info("probability", kind, shape)],
        [
            helper.make_tensor("above", kind, [1], [above]),
            helper.make_tensor("steep", kind, [1], [100.0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    write(folder, **said)
    (folder / WEIGHTS).write_bytes(model.SerializeToString())
    return folder
