"""Every way to run a network has one name for a person and one to type."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.errors import ModelPackageError, SettingsError
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.engines.ways import (
    BACK_ENDS,
    REFERENCE,
    USUAL,
    WAYS,
    Way,
    way_from_text,
    ways_of,
)
from senoscope.models.package import CLASSIFIER, SEGMENTER, ModelPackage, Precision, load_package


def test_each_is_found_by_what_is_typed() -> None:
    assert [way_from_text(way.key) for way in WAYS] == list(WAYS)
    assert len({way.title for way in WAYS}) == len(WAYS)


def test_the_reference_is_tried_first_and_is_not_quantised() -> None:
    assert WAYS[0] == REFERENCE
    assert REFERENCE.precision is Precision.FP32
    assert USUAL.title == "OpenVINO int8"
    assert {way.engine for way in WAYS if way.precision is Precision.FP16} == {"tensorrt"}


@pytest.mark.parametrize("text", ["", "openvino", "OpenVINO int8", "tensorflow-int8"])
def test_another_name_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(SettingsError, match=r"auto, openvino-fp32, .* or tensorrt-"):
        way_from_text(text)


def test_a_shipped_network_is_what_its_card_says() -> None:
    for folder in (SEGMENTER, CLASSIFIER):
        package = load_package(folder)
        outputs = USUAL.load(package).run(np.zeros(package.input_shape, np.float32))
        assert set(package.output_shapes) <= set(outputs)


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
@pytest.mark.parametrize(
    "lying",
    [
        lambda: replace(load_package(SEGMENTER), size=224),
        lambda: replace(load_package(CLASSIFIER), margins=(0.1, 0.2, 0.4)),
        lambda: replace(load_package(CLASSIFIER), margins=()),
        lambda: replace(load_package(SEGMENTER), margins=(0.1,)),
    ],
    ids=["other size", "more crops", "a classifier as a U-Net", "a U-Net as a classifier"],
)
def test_a_network_that_is_not_what_its_card_says_is_refused(
    engine: str, lying: Callable[[], ModelPackage]
) -> None:
    if BACK_ENDS[engine].is_available():
        pytest.skip(str(BACK_ENDS[engine].is_available()))
    with pytest.raises(ModelPackageError, match=r"takes .* and gives .*reinstall"):
        Way(engine, Precision.INT8).load(lying())


NOWHERE = RemoteServer("127.0.0.1:1", deadline_ms=50)


def test_a_server_is_asked_only_where_one_is_named() -> None:
    assert ways_of(None) == ()
    keys = [way.key for way in ways_of(NOWHERE)]
    assert keys == ["server-int8", "server-fp16", "server-fp32"]
    for way in ways_of(NOWHERE):
        assert way_from_text(way.key, NOWHERE) == way
        assert pickle.loads(pickle.dumps(way)) == way
    with pytest.raises(SettingsError, match=r"the settings name no inference server.*HOST:PORT"):
        way_from_text("server-int8")
    with pytest.raises(SettingsError, match="or server-fp32"):
        way_from_text("server-int4", NOWHERE)


def test_what_stands_in_for_a_server_has_the_same_weights_where_there_are_any() -> None:
    stands_in = {way.precision: way.here for way in ways_of(NOWHERE)}
    assert stands_in == {
        Precision.INT8: USUAL,
        Precision.FP16: REFERENCE,
        Precision.FP32: REFERENCE,
    }
    assert (USUAL.fallback, USUAL.here) == (None, USUAL)
    assert replace(ways_of(NOWHERE)[0], alone=True).fallback is None


def test_why_a_way_cannot_be_gone_is_its_back_end_s_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert USUAL.why_not() is None
    monkeypatch.setitem(sys.modules, "tritonclient.grpc", None)
    assert "senoscope[remote]" in str(ways_of(NOWHERE)[0].why_not())
