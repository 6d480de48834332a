"""Plans are really built, without a GPU; a frame is one replay, on a GPU of host memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import tensorrt
from senoscope.models.engines.tensorrt import Tensor, TensorRtEngine, build_plan
from senoscope.models.package import Precision, load_package, shipped_packages
from tests.models.engines.fake_gpu import FakeGpu

SHAPE = (1, 1, 4, 4)
TENSORS = (Tensor("picture", SHAPE, True), Tensor("lesion", SHAPE, False))
CARDS = ("SM86", "SM89", "SM120")


class DoublingContext:
    """Satisfies Context: the lesion is the picture, doubled."""

    def __init__(self, gpu: FakeGpu, refuses: str = "", fails: bool = False) -> None:
        self._gpu, self._refuses, self._fails = gpu, refuses, fails
        self._address: dict[str, int] = {}

    def set_tensor_address(self, name: str, address: int) -> bool:
        self._address[name] = address
        return name != self._refuses

    def execute_async_v3(self, stream: int) -> bool:
        assert stream == self._gpu.stream

        def double() -> None:
            picture, lesion = (self._gpu.floats(self._address[n]) for n in ("picture", "lesion"))
            lesion[:] = 2 * picture

        self._gpu.enqueue(double)
        return not self._fails


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(SHAPE, np.float32)


def test_outputs_come_by_name_each_frame_its_own() -> None:
    gpu = FakeGpu()
    engine = TensorRtEngine(gpu, DoublingContext(gpu), TENSORS)
    for seed in (1, 2, 1):
        outputs = engine.run(picture(seed))
        assert set(outputs) == {"lesion"}
        np.testing.assert_array_equal(outputs["lesion"], 2 * picture(seed))


def test_a_frame_allocates_nothing_and_replays_one_graph() -> None:
    gpu = FakeGpu()
    engine = TensorRtEngine(gpu, DoublingContext(gpu), TENSORS)
    before = gpu.pinned_arrays, len(gpu.memory), gpu.captures
    for seed in range(5):
        engine.run(picture(seed))
    assert (gpu.pinned_arrays, len(gpu.memory), gpu.captures) == before == (2, 2, 1)


def test_it_may_be_used_from_one_thread_after_another() -> None:
    """Explanations are made by whichever of the page's threads is free."""
    gpu = FakeGpu()
    engine = TensorRtEngine(gpu, DoublingContext(gpu), TENSORS)
    with ThreadPoolExecutor(1) as elsewhere:
        outputs = elsewhere.submit(engine.run, picture(1)).result()
    np.testing.assert_array_equal(outputs["lesion"], 2 * picture(1))


def test_a_driver_too_old_for_the_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def runtime(logger: object) -> None:
        raise TypeError("pybind11::init(): factory function returned nullptr")

    logger = type("Logger", (), {"INTERNAL_ERROR": 0, "__init__": lambda *_: None})
    library = SimpleNamespace(__name__="tensorrt", __version__="11", Runtime=runtime, Logger=logger)
    monkeypatch.setattr(tensorrt, "_missing", None)
    monkeypatch.setattr(tensorrt, "why_none", lambda: None)
    monkeypatch.setattr(tensorrt, "open_gpu", FakeGpu)
    monkeypatch.setattr(tensorrt, "trt", library, raising=False)
    with pytest.raises(EngineUnavailable, match=r"tensorrt 11 does not start with driver 13\.0"):
        tensorrt.load(b"")


def test_a_network_that_does_not_run_says_so_when_it_is_loaded() -> None:
    gpu = FakeGpu()
    with pytest.raises(EngineUnavailable, match="could not run"):
        TensorRtEngine(gpu, DoublingContext(gpu, fails=True), TENSORS)
    with pytest.raises(EngineUnavailable, match="'lesion'"):
        TensorRtEngine(gpu, DoublingContext(gpu, refuses="lesion"), TENSORS)


def test_without_the_library_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorrt, "_missing", "Neither can be imported. Run: pip install it")
    with pytest.raises(EngineUnavailable, match="pip install it"):
        tensorrt.load(b"")


def test_without_a_gpu_no_runtime_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """tensorrt-lean crashed the process there."""
    monkeypatch.setattr(tensorrt, "_missing", None)
    monkeypatch.setattr(tensorrt, "why_none", lambda: "No NVIDIA driver was found.")
    monkeypatch.setattr(tensorrt, "trt", SimpleNamespace(), raising=False)
    with pytest.raises(EngineUnavailable, match="No NVIDIA driver"):
        tensorrt.load(b"")


class TestPlans:
    """With TensorRT for RTX, whose builder needs no GPU."""

    @pytest.fixture(autouse=True)
    def _library(self) -> None:
        pytest.importorskip("tensorrt_rtx", reason="building plans needs the [rtx] extra")

    @pytest.mark.parametrize("card", CARDS)
    @pytest.mark.parametrize("folder", shipped_packages(), ids=lambda folder: folder.name)
    def test_shipped_networks_become_plans(self, folder: Path, card: str) -> None:
        assert len(build_plan(self._weights(folder, Precision.INT8), card)) > 100_000

    @pytest.mark.parametrize("folder", shipped_packages(), ids=lambda folder: folder.name)
    def test_the_precision_is_the_file_s(self, folder: Path) -> None:
        plans = [len(build_plan(self._weights(folder, each), CARDS[0])) for each in Precision]
        # In the order of Precision, from the narrowest; what is no weight takes 4 to 6 MB of each.
        assert plans[0] < 0.9 * plans[1] < 0.6 * plans[2]

    @pytest.mark.parametrize("content", [b"", b"garbage", bytes(1000)])
    def test_garbage_is_refused_with_a_remedy(self, content: bytes) -> None:
        with pytest.raises(EngineUnavailable, match=r"refused the model.*Reinstall"):
            build_plan(content, CARDS[0])

    def test_a_network_cut_short_is_refused(self) -> None:
        content = self._weights(shipped_packages()[0], Precision.INT8)
        with pytest.raises(EngineUnavailable, match="refused the model"):
            build_plan(content[: len(content) // 2], CARDS[0])

    @staticmethod
    def _weights(folder: Path, precision: Precision) -> bytes:
        return load_package(folder).weights(precision)
