"""What a server says of a network, and answers, is taken only as the weights have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import openvino, remote
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.package import SEGMENTER, Precision, load_package
from tests.models.engines.inference_server import FakeInferenceServer, pb, shipped

ONNX = load_package(SEGMENTER).weights(Precision.INT8)


@pytest.fixture
def server() -> Iterator[FakeInferenceServer]:
    with FakeInferenceServer(shipped(Precision.INT8)) as served:
        yield served


def asked(server: FakeInferenceServer) -> RemoteServer:
    return RemoteServer(server.address, deadline_ms=20_000.0)


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(1, 1, 192, 192)).astype(np.float32)


def described(change: Callable[[Any], None]) -> Callable[[Any], Any]:
    def describe(metadata: Any) -> Any:
        change(metadata)
        return metadata

    return describe


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.inputs[0].shape.__setitem__(2, 224), r"as FP32 \(1, 1, 224, 192\), expected"),
        (lambda m: setattr(m.inputs[0], "datatype", "FP16"), "'picture' as FP16"),
        (lambda m: setattr(m.inputs[0], "name", "image"), r"takes \['image'\]"),
        (lambda m: m.inputs.add(name="more", datatype="FP32", shape=[1]), "expected 'picture' al"),
        (lambda m: m.outputs.pop(), "expected 'malignant' among them"),
        (lambda m: m.outputs[0].shape.append(2), "'lesion' as FP32"),
        (lambda m: setattr(m.outputs[1], "datatype", "BYTES"), "'presence' as BYTES"),
    ],
    ids=["side", "half precision", "input's name", "one input more", "one output less", "rank",
         "text"],
)  # fmt: skip
def test_a_network_of_another_form_is_refused_before_it_is_run(
    server: FakeInferenceServer, change: Callable[[Any], None], said: str
) -> None:
    server.describe = described(change)
    with pytest.raises(EngineUnavailable, match=said):
        remote.load(ONNX, asked(server))
    assert server.infers == 0


def test_a_side_that_a_server_leaves_open_fits(server: FakeInferenceServer) -> None:
    server.describe = described(lambda m: m.inputs[0].shape.__setitem__(0, -1))
    remote.load(ONNX, asked(server)).run(picture(0))


def as_numbers(answer: Any) -> Any:
    """As servers without raw contents answer."""
    for output, raw in zip(answer.outputs, answer.raw_output_contents, strict=True):
        output.contents.fp32_contents.extend(np.frombuffer(raw, "<f4").tolist())
    del answer.raw_output_contents[:]
    return answer


def test_numbers_in_place_of_raw_contents_are_understood(server: FakeInferenceServer) -> None:
    server.spoil = as_numbers
    given = picture(3)
    answer = remote.load(ONNX, asked(server)).run(given)
    expected = openvino.load(ONNX).run(given)
    np.testing.assert_array_equal(answer["lesion"], expected["lesion"])


def raw(place: int, values: list[float]) -> Callable[[Any], Any]:
    def spoil(answer: Any) -> Any:
        answer.raw_output_contents[place] = np.asarray(values, "<f4").tobytes()
        return answer

    return spoil


def changed(change: Callable[[Any], object]) -> Callable[[Any], Any]:
    def spoil(answer: Any) -> Any:
        change(answer)
        return answer

    return spoil


SPOILT: dict[str, tuple[Callable[[Any], Any], str]] = {
    "no number": (raw(1, [np.nan]), "'presence' with values that are no numbers"),
    "endless": (raw(1, [np.inf]), "'presence' with values that are no numbers"),
    "too short": (raw(0, [0.5] * 7), "'lesion' of another length than its shape"),
    "too long": (raw(1, [0.5, 0.5]), "'presence' of another length"),
    "other shape": (changed(lambda a: a.outputs[0].shape.append(2)), "expected FP32"),
    "other type": (changed(lambda a: setattr(a.outputs[0], "datatype", "INT32")), "as INT32"),
    "missing": (changed(lambda a: (a.outputs.pop(), a.raw_output_contents.pop())), "no output"),
    "one content short": (changed(lambda a: a.raw_output_contents.pop()), "2 contents for 3"),
    "empty": (lambda _: pb.ModelInferResponse(), "no output 'lesion'"),
    "few numbers": (
        lambda a: changed(lambda b: b.outputs[0].contents.fp32_contents.pop())(as_numbers(a)),
        "'lesion' of another length",
    ),
    "huge": (
        changed(lambda a: a.raw_output_contents.append(bytes(2_000_000))),
        "its answer is larger than the network's",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_an_answer_that_is_not_the_network_s_is_refused(
    server: FakeInferenceServer, name: str
) -> None:
    engine = remote.load(ONNX, asked(server))
    server.spoil, said = SPOILT[name]
    with pytest.raises(EngineUnavailable, match=said):
        engine.run(picture(1))
