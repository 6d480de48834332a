"""Each back end runs what ONNX says, and refuses what is no network."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import onnxruntime, openvino, openvino_bf16, torch
from senoscope.models.engines.base import BackEnd

SIDE = 8
MODULES: dict[str, BackEnd] = {"openvino": openvino, "onnxruntime": onnxruntime, "torch": torch}


@pytest.fixture(params=list(MODULES))
def back_end(request: pytest.FixtureRequest) -> BackEnd:
    found = MODULES[request.param]
    reason = found.is_available()
    if reason:
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def network() -> bytes:
    """Doubles the picture as `lesion`; its mean is `presence`."""
    onnx = pytest.importorskip("onnx", reason="drawing a network needs onnx, of the [train] extra")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("Add", ["picture", "picture"], ["lesion"]),
            helper.make_node("ReduceMean", ["picture"], ["mean"], keepdims=0),
            helper.make_node("Unsqueeze", ["mean", "first"], ["presence"]),
        ],
        "doubling",
        [helper.make_tensor_value_info("picture", kind, [1, 1, SIDE, SIDE])],
        [
            helper.make_tensor_value_info("lesion", kind, [1, 1, SIDE, SIDE]),
            helper.make_tensor_value_info("presence", kind, [1]),
        ],
        [helper.make_tensor("first", onnx.TensorProto.INT64, [1], [0])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    return bytes(model.SerializeToString())


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((1, 1, SIDE, SIDE), np.float32)


def test_openvino_is_available_where_senoscope_is_installed() -> None:
    assert openvino.is_available() is None


def test_outputs_come_by_name(back_end: BackEnd, network: bytes) -> None:
    engine = back_end.load(network)
    outputs = engine.run(picture())
    assert engine.name == back_end.NAME
    assert set(outputs) == {"lesion", "presence"}
    np.testing.assert_allclose(outputs["lesion"], 2 * picture(), rtol=1e-6)
    np.testing.assert_allclose(outputs["presence"], [picture().mean()], rtol=1e-5)


def test_each_picture_gets_its_own_outputs_and_the_same_one_the_same(
    back_end: BackEnd, network: bytes
) -> None:
    engine = back_end.load(network)
    first = engine.run(picture(1))["lesion"].copy()
    second = engine.run(picture(2))["lesion"].copy()
    again = engine.run(picture(1))["lesion"].copy()
    assert not np.array_equal(first, second)
    assert np.array_equal(first, again)


def test_two_engines_do_not_share_their_memory(back_end: BackEnd, network: bytes) -> None:
    one, other = back_end.load(network), back_end.load(network)
    kept = one.run(picture(1))["lesion"]
    other.run(picture(2))
    np.testing.assert_allclose(kept, 2 * picture(1), rtol=1e-6)


@pytest.mark.parametrize("content", [b"", b"garbage", bytes(1000), b"\x08\x0a" + bytes(64)])
def test_garbage_is_refused_with_a_remedy(back_end: BackEnd, content: bytes) -> None:
    with pytest.raises(
        EngineUnavailable, match=rf"{back_end.NAME} .* refused the model.*Reinstall"
    ):
        back_end.load(content)


def test_a_network_cut_short_is_refused(back_end: BackEnd, network: bytes) -> None:
    with pytest.raises(EngineUnavailable, match="refused the model"):
        back_end.load(network[: len(network) // 2])


@pytest.mark.parametrize("name", list(MODULES))
def test_a_missing_back_end_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(MODULES[name], "_missing", "It cannot be imported. Run: pip install it")
    assert MODULES[name].is_available() == "It cannot be imported. Run: pip install it"
    with pytest.raises(EngineUnavailable, match="pip install"):
        MODULES[name].load(b"")


def test_bfloat16_is_left_to_processors_that_have_it(
    monkeypatch: pytest.MonkeyPatch, network: bytes
) -> None:
    monkeypatch.setattr(openvino, "has_bfloat16", lambda: False)
    assert "bfloat16" in str(openvino_bf16.is_available())
    with pytest.raises(EngineUnavailable, match="another engine"):
        openvino_bf16.load(network)


def test_bfloat16_says_what_float32_says_but_for_its_digits(
    monkeypatch: pytest.MonkeyPatch, network: bytes
) -> None:
    # A processor without it computes in float32 instead, which only this test would do.
    monkeypatch.setattr(openvino, "has_bfloat16", lambda: True)
    engine = openvino_bf16.load(network)
    assert engine.name == openvino_bf16.NAME
    np.testing.assert_allclose(engine.run(picture())["lesion"], 2 * picture(), rtol=1e-2)
