"""A real Triton reads as the engine here does: the same weights, by the same library.

It is 2.51 with its Python back end, which runs OpenVINO; NVIDIA's other back ends are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.calibration.engine_choice import attempted
from senoscope.calibration.engine_trust import calibration_clip, compared
from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import openvino, remote
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.engines.served_name import served_name
from senoscope.models.engines.served_network import networks_of
from senoscope.models.engines.triton_config import MOST_TOGETHER, ServedBy, ServedFor, Serving
from senoscope.models.engines.triton_repository import write_repository
from senoscope.models.engines.ways import SERVER, Way
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package
from senoscope.ui.assemble import build_reader
from tests.triton_server import Tls, Triton, require_triton, running_triton
from tests.ui.certificates import make_certificate

PATIENCE_MS = 30_000.0
"""A test's machine is shared; deadlines have tests of their own."""
PRECISIONS = (Precision.INT8, Precision.FP32)


def repository(folder: Path, *precisions: Precision, use: ServedFor = ServedFor.LIVE) -> Path:
    require_triton()
    packages = [load_package(SEGMENTER), load_package(CLASSIFIER)]
    write_repository(folder, networks_of(packages, precisions), Serving(use=use))
    return folder


@pytest.fixture(scope="module")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Triton]:
    folder = tmp_path_factory.mktemp("triton")
    with running_triton(repository(folder / "models", *PRECISIONS), folder) as server:
        yield server


def asked(server: Triton, **more: Path) -> RemoteServer:
    return RemoteServer(server.address, deadline_ms=PATIENCE_MS, **more)


def pictures(shape: tuple[int, ...], count: int) -> list[NDArray[np.float32]]:
    draw = np.random.default_rng(5)
    return [draw.normal(size=shape).astype(np.float32) for _ in range(count)]


@pytest.mark.parametrize("folder", [SEGMENTER, CLASSIFIER], ids=lambda folder: folder.name)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_gives_the_numbers_of_the_engine_here(
    triton: Triton, folder: Path, precision: Precision
) -> None:
    package = load_package(folder)
    weights = package.weights(precision)
    there, here = remote.load(weights, asked(triton)), openvino.load(weights)
    for picture in pictures(package.input_shape, 5):
        found, expected = there.run(picture), here.run(picture)
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            assert np.array_equal(found[name], values), name


@pytest.mark.parametrize("precision", PRECISIONS)
def test_its_readings_pass_the_gate_that_engines_here_pass(
    triton: Triton, precision: Precision
) -> None:
    clip = calibration_clip()[::4]
    shapes = [(frame.shape[0], frame.shape[1]) for frame in clip]
    there = attempted(build_reader(Way(SERVER, precision, asked(triton), alone=True)), clip)
    here = attempted(build_reader(Way("openvino", precision)), clip)
    reference = attempted(build_reader(Way("openvino", Precision.FP32)), clip)
    assert compared(reference.readings, there.readings, shapes).refusal is None
    same = compared(here.readings, there.readings, shapes)
    assert same.findings > 0
    assert (same.mean_dice, same.worst_shift, same.presence_shift, same.flips) == (1, 0, 0, 0)


def test_it_says_what_it_is_and_by_what_it_runs_the_networks_it_has(triton: Triton) -> None:
    names = [served_name(load_package(SEGMENTER).weights(each)) for each in Precision]
    found = remote.state_of(asked(triton), names)
    assert found.identity.startswith("triton 2.")
    had = [served_name(load_package(SEGMENTER).weights(each)) for each in PRECISIONS]
    assert found.platforms == dict.fromkeys(had, "python")


def test_weights_it_does_not_have_are_no_network_of_it(triton: Triton) -> None:
    halves = load_package(SEGMENTER).weights(Precision.FP16)
    with pytest.raises(EngineUnavailable, match=f"has no network {served_name(halves)}"):
        remote.load(halves, asked(triton))


def test_offline_the_frames_of_several_senders_are_run_together(tmp_path: Path) -> None:
    models = repository(tmp_path / "models", Precision.INT8, use=ServedFor.OFFLINE)
    unet = load_package(SEGMENTER)
    weights = unet.weights(Precision.INT8)
    sent = pictures(unet.input_shape, 4 * MOST_TOGETHER)
    with running_triton(models, tmp_path) as server:
        from tritonclient.grpc import InferenceServerClient  # noqa: PLC0415 - an extra

        engines = [remote.load(weights, asked(server)) for _ in range(MOST_TOGETHER)]
        with ThreadPoolExecutor(MOST_TOGETHER) as senders:
            shares = [sent[place::MOST_TOGETHER] for place in range(MOST_TOGETHER)]
            answers = list(
                senders.map(
                    lambda one: [*map(one[0].run, one[1])], zip(engines, shares, strict=True)
                )
            )
        statistics = InferenceServerClient(server.address).get_inference_statistics(
            served_name(weights)
        )
        googlenet = load_package(CLASSIFIER)
        crops = pictures(googlenet.input_shape, 1)[0]
        lesion = googlenet.weights(Precision.INT8)
        read = remote.load(lesion, asked(server)).run(crops)
    sizes = [each.batch_size for each in statistics.model_stats[0].batch_stats]
    assert max(sizes) > 1
    here = openvino.load(weights)
    for share, found in zip(shares, answers, strict=True):
        for picture, outputs in zip(share, found, strict=True):
            for name, values in here.run(picture).items():
                assert outputs[name].shape == values.shape
                assert np.abs(outputs[name] - values).max() < 1e-5
    for name, values in openvino.load(lesion).run(crops).items():
        assert np.array_equal(read[name], values)


def test_other_weights_under_a_networks_name_are_not_served(tmp_path: Path) -> None:
    models = repository(tmp_path / "models", Precision.INT8)
    unet = load_package(SEGMENTER)
    name = served_name(unet.weights(Precision.INT8))
    (models / name / "1" / "model.onnx").write_bytes(unet.weights(Precision.FP32))
    with (
        pytest.raises(AssertionError, match="expected the weights that the name was made of"),
        running_triton(models, tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    ("back_end", "use", "missing"),
    [
        (ServedBy.OPENVINO, ServedFor.LIVE, "openvino"),
        (ServedBy.ONNXRUNTIME, ServedFor.OFFLINE, "onnxruntime"),
        (ServedBy.TENSORRT, ServedFor.OFFLINE, "onnxruntime"),
    ],
)
def test_for_back_ends_that_are_not_in_it_the_configuration_is_understood_up_to_them(
    tmp_path: Path, back_end: ServedBy, use: ServedFor, missing: str
) -> None:
    require_triton()
    pytest.importorskip("onnx", reason="onnx is not installed")
    networks = networks_of([load_package(SEGMENTER), load_package(CLASSIFIER)], [Precision.INT8])
    write_repository(tmp_path / "models", networks, Serving(back_end, use))
    with (
        pytest.raises(AssertionError) as raised,
        running_triton(tmp_path / "models", tmp_path),
    ):
        pass
    failed = [line for line in str(raised.value).splitlines() if "failed to load 's" in line]
    reasons = [line for line in failed if "unable to find backend library" in line]
    assert len(reasons) == len(networks)
    assert all(f"backend '{missing}'" in line for line in reasons)


@pytest.mark.parametrize("mutual", [False, True], ids=["TLS", "TLS of both sides"])
def test_it_is_asked_by_an_encrypted_connection(tmp_path: Path, mutual: bool) -> None:
    models = repository(tmp_path / "models", Precision.INT8)
    made = make_certificate(tmp_path / "tls")
    other = make_certificate(tmp_path / "other").authority
    # An authority is its own first caller.
    shown = {"certificate_file": made.authority, "key_file": tmp_path / "tls" / "ca.key"}
    tls = Tls(made.certificate, made.key, made.authority if mutual else None)
    weights = load_package(SEGMENTER).weights(Precision.INT8)
    with running_triton(models, tmp_path, tls) as server:
        more = shown if mutual else {}
        picture = pictures(load_package(SEGMENTER).input_shape, 1)[0]
        found = remote.load(weights, asked(server, ca_file=made.authority, **more)).run(picture)
        with pytest.raises(EngineUnavailable, match="certificate that is not trusted"):
            remote.load(weights, asked(server, ca_file=other, **more))
        with pytest.raises(EngineUnavailable):
            remote.load(weights, asked(server))
        if mutual:
            with pytest.raises(EngineUnavailable):
                remote.load(weights, asked(server, ca_file=made.authority))
    for name, values in openvino.load(weights).run(picture).items():
        assert np.array_equal(found[name], values)
