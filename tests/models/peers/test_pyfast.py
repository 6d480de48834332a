"""FAST is given the shipped networks in words it knows; where it is installed, it is asked."""

from __future__ import annotations

import importlib.util
import sys
from functools import partial

import numpy as np
import pytest

from senoscope.calibration.peer_benchmark import Peer, peer_rows
from senoscope.domain.errors import EngineUnavailable
from senoscope.models.package import SHIPPED, ModelPackage, Precision, load_package
from senoscope.models.peers import pyfast
from senoscope.models.peers.pyfast import adapted, boxes_of, square_round
from senoscope.models.peers.reading import Given
from senoscope.ui.commands.bench_peers import networks_alone

UNET, GOOGLENET = (load_package(SHIPPED / name) for name in ("unet-realtime", "googlenet"))
ABSENT = importlib.util.find_spec("fast") is None


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.INT8])
@pytest.mark.parametrize(("package", "last"), [(UNET, "lesion"), (GOOGLENET, "Gemm")])
def test_an_adapted_network_says_the_same(
    package: ModelPackage, last: str, precision: Precision
) -> None:
    pytest.importorskip("onnx", reason="adapting needs onnx, of the [peers] extra")
    ort = pytest.importorskip("onnxruntime", reason="ONNX Runtime is of the [peers] extra")
    file = package.weights(precision)
    network, output = adapted(file, last)
    picture = np.random.default_rng(1).normal(size=package.input_shape).astype(np.float32)
    whole, own = (
        ort.InferenceSession(each, providers=["CPUExecutionProvider"]) for each in (file, network)
    )
    fed = {whole.get_inputs()[0].name: picture}
    (ours,) = own.run([output], fed)
    if last == "lesion":
        (expected,) = whole.run(["lesion"], fed)
    else:
        ours = ours.mean(axis=0)
        expected = np.concatenate(whole.run(["malignant", "is_lesion"], fed))
    # int8: a level of GoogLeNet's last, for the mean is fused with what is before it.
    assert ours == pytest.approx(expected, abs=1e-5 if precision is Precision.FP32 else 0.02)
    assert len(own.get_outputs()) == 1


def test_boxes_are_in_pixels_of_the_frame_the_largest_first() -> None:
    inside = np.zeros((100, 100), np.uint8)
    inside[10:20, 10:20] = 1
    inside[50:80, 40:60] = 1
    inside[0, 0] = 1
    assert boxes_of(inside, (200, 400), 0.005) == [(160, 100, 239, 159), (40, 20, 79, 39)]


def test_a_square_is_round_the_box_with_its_margin() -> None:
    assert square_round((10, 20, 29, 59), 0.5) == (-20, 0, 78)


def test_without_fast_the_reason_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast", None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'senoscope\[peers\]'"):
        pyfast.resized_beforehand(UNET, GOOGLENET, Precision.INT8)


@pytest.mark.skipif(ABSENT, reason="FAST is of the [peers] extra and needs OpenCL")
def test_fast_answers_as_senoscope_does(given: list[Given]) -> None:
    both = UNET, GOOGLENET
    peers = [
        Peer("ours", "int8", partial(networks_alone, *both)),
        Peer("full", "int8", partial(pyfast.full_frame, *both, Precision.INT8, "smoothed"), "ours"),
        Peer("resized", "fp32", partial(pyfast.resized_beforehand, *both, Precision.FP32), "ours"),
    ]
    _, *rows = peer_rows(peers, given, 1, 1, lambda _: None)
    for row in rows:
        assert row.withheld is None, row.name
        assert row.ratio is not None, row.name
