"""PyTorch says of the shipped networks what the other back ends say, and refuses what is none."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import openvino, torch
from senoscope.models.package import ModelPackage, Precision, load_package, shipped_packages

pytorch = pytest.importorskip("torch", reason="PyTorch is of the [train] extra")
onnx = pytest.importorskip("onnx", reason="drawing a network needs onnx, of the [train] extra")
ort = pytest.importorskip("onnxruntime", reason="ONNX Runtime is of the [train] extra")

from senoscope.models.engines.onnx_graph import read_graph  # noqa: E402
from senoscope.models.engines.torch_operators import OPERATORS  # noqa: E402
from tests.models.engines.drawn import Drawn, model  # noqa: E402

FRAMES = 4
FLIPS = 400
FP32_ABS = 1e-5
"""Of any output. Seen: 1.1e-6, for the libraries add in another order."""
STEP_SHARE = 1e-4
"""Of an operator's largest output. Seen: 2.4e-5."""
ADDING = {"AveragePool", "Conv", "ConvTranspose", "Gemm", "ReduceMean", "ReduceSum", "Sigmoid"}
"""What may differ at all: the rest must be the same bit for bit."""
INT8_ABS = {"lesion": 0.002, "presence": 0.002, "malignant": 0.1, "is_lesion": 0.1}
"""Mean of each output. A sum that differs in its last bit can fall to the next level, here or
there, and the difference goes on growing. Seen on 24 frames: 0.0008 and 0.0006, and 0.046 of a
logit, which is one level of GoogLeNet's last."""
SHIPPED = pytest.mark.parametrize("folder", shipped_packages(), ids=lambda folder: folder.name)


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    before = pytorch.get_num_threads()
    yield
    pytorch.set_num_threads(before)


@cache
def frames() -> list[np.ndarray]:
    return [frame.pixels for frame in BModePhantom(seed=3).sweep(FRAMES)]


def pictures(package: ModelPackage) -> list[np.ndarray]:
    """Frames of the phantom, as the network is fed; the same for each crop, shifted."""
    crops, _, rows, columns = package.input_shape
    fed = []
    for frame in frames():
        small = cv2.resize(frame, (columns, rows), interpolation=cv2.INTER_AREA)
        fed.append(package.fed(np.stack([np.roll(small, 9 * crop, 1) for crop in range(crops)])))
    return fed


def runtime(file: onnx.ModelProto) -> ort.InferenceSession:
    """Each operator by itself, as the file says it: none is fused with another."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return ort.InferenceSession(file.SerializeToString(), options)


@SHIPPED
def test_fp32_says_what_openvino_says(folder: Path) -> None:
    package = load_package(folder)
    content = package.weights(Precision.FP32)
    engine, other = torch.load(content), openvino.load(content)
    assert (engine.name, engine.input_shape) == ("PyTorch", package.input_shape)
    for picture in pictures(package):
        given, wanted = engine.run(picture), other.run(picture)
        assert set(given) == set(wanted)
        for name, tensor in given.items():
            np.testing.assert_allclose(tensor, wanted[name], rtol=0, atol=FP32_ABS, err_msg=name)


@SHIPPED
def test_each_int8_operator_gives_what_onnx_runtime_gives_for_the_same(folder: Path) -> None:
    """Operator by operator, for what follows a level that fell elsewhere is another network."""
    content = load_package(folder).weights(Precision.INT8)
    network = torch.network_of(read_graph(content, OPERATORS)).on("cpu")
    names = [step.output for step in network.steps]
    telling = onnx.load_model_from_string(content)
    inferred = onnx.shape_inference.infer_shapes(telling).graph
    known = {each.name: each for each in (*inferred.value_info, *inferred.output)}
    del telling.graph.output[:]
    telling.graph.output.extend(known[name] for name in names)
    operators = {node.output[0]: node.op_type for node in telling.graph.node}
    picture = pictures(load_package(folder))[0]
    found = runtime(telling).run(names, {"picture": picture})
    wanted = {name: array.astype(np.float32) for name, array in zip(names, found, strict=True)}
    values = {name: pytorch.from_numpy(array) for name, array in wanted.items()}
    values |= {**network.weights, "picture": pytorch.from_numpy(picture)}
    for step in network.steps:
        given = step.run(*(values[name] for name in step.operands)).numpy()
        operator, largest = operators[step.output], np.abs(wanted[step.output]).max()
        atol = STEP_SHARE * largest if operator in ADDING else 0
        np.testing.assert_allclose(given, wanted[step.output], 0, atol, err_msg=operator)


@SHIPPED
def test_int8_says_what_onnx_runtime_says(folder: Path) -> None:
    """Not what OpenVINO says: where a processor lacks VNNI its int8 sums saturate at 16 bits."""
    package = load_package(folder)
    content = package.weights(Precision.INT8)
    engine, other = torch.load(content), runtime(onnx.load_model_from_string(content))
    for picture in pictures(package):
        for name, tensor in engine.run(picture).items():
            (wanted,) = other.run([name], {"picture": picture})
            assert np.abs(tensor - wanted).mean() <= INT8_ABS[name], name


def small() -> bytes:
    """A file of 1,400 bytes with most of the operators."""
    constants = {
        "w": np.random.default_rng(0).integers(-128, 128, (4, 1, 3, 3)).astype(np.int8),
        "scale": np.float32(0.02),
        "zero": np.int8(0),
        "axes": np.array([2, 3]),
        "scales": np.float32([1, 1, 2, 2]),
        "t": np.ones((4, 4, 2, 2), np.float32),
        "g": np.ones((4, 4), np.float32),
    }
    pool = {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}
    modes = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    nodes = [
        Drawn("DequantizeLinear", "w scale zero"),
        Drawn("Conv", "picture n0", {"pads": [1, 1, 1, 1], "strides": [1, 1]}),
        Drawn("QuantizeLinear", "n1 scale zero"),
        Drawn("DequantizeLinear", "n2 scale zero"),
        Drawn("MaxPool", "n3", pool),
        Drawn("ConvTranspose", "n4 t", {"strides": [2, 2]}),
        Drawn("Resize", "n4 - scales", {"mode": "nearest", **modes}),
        Drawn("Concat", "n5 n6 n3", {"axis": 1}),
        Drawn("AveragePool", "n4", pool | {"ceil_mode": 0}),
        Drawn("DepthToSpace", "n8", {"blocksize": 2, "mode": "CRD"}),
        Drawn("ReduceMax", "n4 axes", {"keepdims": 0}),
        Drawn("Gemm", "n10 g", {"transB": 1}),
        Drawn("ReduceMean", "n7"),
        Drawn("Add", "n12 n11"),
        Drawn("Mul", "n13 n9"),
    ]
    drawn = model(*nodes, shape=(1, 1, 8, 8), constants=constants)
    content: bytes = drawn.SerializeToString()
    return content


def spoilt(content: bytes) -> Iterator[bytes]:
    for length in range(0, len(content), 7):
        yield content[:length]
    random = np.random.default_rng(0)
    for flips in random.integers(1, 4, FLIPS):
        flipped = bytearray(content)
        for place, bit in random.integers(0, (len(content), 8), (flips, 2)):
            flipped[place] ^= 1 << bit
        yield bytes(flipped)


def test_a_spoilt_file_is_refused_or_runs() -> None:
    """A flip among the weights or in a name leaves a network."""
    ran = refused = 0
    assert torch.load(small()).run(np.ones((1, 1, 8, 8), np.float32))["y"].shape == (1, 1, 4, 4)
    for content in spoilt(small()):
        try:
            engine = torch.load(content)
        except EngineUnavailable as error:
            assert "refused the model" in str(error)
            refused += 1
        else:
            engine.run(np.ones(engine.input_shape, np.float32))
            ran += 1
    assert ran > 20
    assert refused > FLIPS // 2


def doubling() -> bytes:
    content: bytes = model(Drawn("Add", "picture picture")).SerializeToString()
    return content


def test_each_picture_gets_its_own_outputs_and_no_engine_another_s() -> None:
    one, other = torch.load(doubling()), torch.load(doubling())
    pictures = np.random.default_rng(0).random((2, *one.input_shape), np.float32)
    first = one.run(pictures[0])["y"]
    np.testing.assert_array_equal(other.run(pictures[1])["y"], 2 * pictures[1])
    np.testing.assert_array_equal(first, 2 * pictures[0])
    np.testing.assert_array_equal(one.run(pictures[1])["y"], 2 * pictures[1])


def test_there_is_one_thread() -> None:
    pytorch.set_num_threads(2)
    torch.load(doubling())
    assert pytorch.get_num_threads() == 1


def test_without_the_libraries_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "_missing", "It cannot be imported. Run: pip install it")
    assert torch.is_available("cuda") == torch.is_available() == torch._missing
    with pytest.raises(EngineUnavailable, match="pip install it"):
        torch.load(doubling())


def test_without_a_gpu_only_the_processor_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytorch.cuda, "is_available", lambda: False)
    assert torch.is_available() is None
    with pytest.raises(EngineUnavailable, match=r"sees no GPU.*nvidia-smi"):
        torch.load(doubling(), device="cuda")


@SHIPPED
@pytest.mark.parametrize("precision", [Precision.INT8, Precision.FP32])
def test_the_card_says_what_the_processor_says(folder: Path, precision: Precision) -> None:
    """From another thread too, as explanations are made by whichever of the page's is free."""
    if not pytorch.cuda.is_available():
        pytest.skip("needs a GPU that PyTorch sees")
    package = load_package(folder)
    content = package.weights(precision)
    engine, other = torch.load(content, device="cuda"), torch.load(content)
    limits = dict.fromkeys(INT8_ABS, FP32_ABS) if precision is Precision.FP32 else INT8_ABS
    with ThreadPoolExecutor(1) as elsewhere:
        for picture in pictures(package):
            wanted = other.run(picture)
            for given in (engine.run(picture), elsewhere.submit(engine.run, picture).result()):
                for name, tensor in given.items():
                    assert np.abs(tensor - wanted[name]).mean() <= limits[name], name
