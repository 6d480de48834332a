"""Operations are those one would count by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from senoscope.models.engines.operations import operations

onnx = pytest.importorskip("onnx", reason="drawing a network needs onnx, of the [train] extra")


def drawn(
    operator: str,
    given: Sequence[int],
    weights: Sequence[int],
    made: Sequence[int],
    **attributes: int,
) -> bytes:
    kind, helper = onnx.TensorProto.FLOAT, onnx.helper
    size = 1
    for side in weights:
        size *= side
    graph = helper.make_graph(
        [helper.make_node(operator, ["picture", "weights"], ["out"], **attributes)],
        "drawn",
        [helper.make_tensor_value_info("picture", kind, given)],
        [helper.make_tensor_value_info("out", kind, made)],
        [helper.make_tensor("weights", kind, weights, [0.5] * size)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("operator", "given", "weights", "made", "expected"),
    [
        # Each of 4 x 6 x 6 sums has 3 channels of 3 x 3 products.
        ("Conv", (1, 3, 8, 8), (4, 3, 3, 3), (1, 4, 6, 6), 2 * 4 * 6 * 6 * 3 * 3 * 3),
        # Each of 3 x 8 x 8 cells is spread over 4 channels of 3 x 3.
        ("ConvTranspose", (1, 3, 8, 8), (3, 4, 3, 3), (1, 4, 10, 10), 2 * 3 * 8 * 8 * 4 * 3 * 3),
        ("MatMul", (2, 5), (5, 7), (2, 7), 2 * 2 * 7 * 5),
    ],
)
def test_each_is_counted_as_by_hand(
    operator: str,
    given: Sequence[int],
    weights: Sequence[int],
    made: Sequence[int],
    expected: int,
) -> None:
    assert operations(drawn(operator, given, weights, made)) == expected


def test_groups_have_only_their_own_channels_to_sum() -> None:
    # Each of 4 x 6 x 6 sums has half of the 6 channels of 3 x 3 products.
    forward = drawn("Conv", (1, 6, 8, 8), (4, 3, 3, 3), (1, 4, 6, 6), group=2)
    assert operations(forward) == 2 * 4 * 6 * 6 * 3 * 3 * 3
    # Each of 6 x 8 x 8 cells is spread over half of the 4 channels of 3 x 3.
    backward = drawn("ConvTranspose", (1, 6, 8, 8), (6, 2, 3, 3), (1, 4, 10, 10), group=2)
    assert operations(backward) == 2 * 6 * 8 * 8 * 2 * 3 * 3


def test_a_product_is_counted_whichever_way_its_matrices_lie() -> None:
    turned = drawn("Gemm", (5, 2), (7, 5), (2, 7), transA=1, transB=1)
    assert operations(turned) == 2 * 2 * 7 * 5


def test_what_lies_between_is_left_out() -> None:
    assert operations(drawn("Mul", (1, 3, 8, 8), (3, 1, 1), (1, 3, 8, 8))) == 0
