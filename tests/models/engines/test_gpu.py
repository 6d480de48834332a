"""The memory seam keeps its promises, whoever stands behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import gpu as seam
from senoscope.models.engines.gpu import CudaPythonGpu, Gpu, PyCudaGpu, checked, why_none
from tests.models.engines.fake_gpu import FakeGpu


def cuda_python() -> Gpu:
    driver = seam._driver()
    return CudaPythonGpu(driver, seam._card(driver))


def pycuda() -> Gpu:
    bindings = pytest.importorskip("pycuda.driver", reason="PyCUDA needs a GPU to be imported")
    driver = seam._driver()
    return PyCudaGpu(driver, bindings, seam._card(driver))


@pytest.fixture(params=[FakeGpu, cuda_python, pycuda], ids=["fake", "cuda-python", "pycuda"])
def gpu(request: pytest.FixtureRequest) -> Gpu:
    make: Callable[[], Gpu] = request.param
    if make is not FakeGpu:
        reason = why_none()
        if reason:
            pytest.skip(f"needs a GPU: {reason}")
    return make()


def test_what_goes_up_comes_down(gpu: Gpu) -> None:
    sent, received = gpu.pinned((2, 3, 5)), gpu.pinned((2, 3, 5))
    assert not received.any()
    sent[...] = np.arange(30).reshape(2, 3, 5)
    address = gpu.allocate(sent.nbytes)
    gpu.upload(address, sent)
    gpu.download(received, address)
    gpu.synchronise()
    np.testing.assert_array_equal(received, sent)


def test_allocations_do_not_overlap(gpu: Gpu) -> None:
    one, other = gpu.pinned((64,)), gpu.pinned((64,))
    one[...], other[...] = 1, 2
    first, second = gpu.allocate(one.nbytes), gpu.allocate(other.nbytes)
    gpu.upload(first, one)
    gpu.upload(second, other)
    gpu.download(other, first)
    gpu.download(one, second)
    gpu.synchronise()
    assert (other == 1).all()
    assert (one == 2).all()


def test_a_captured_run_can_be_replayed_with_new_content(gpu: Gpu) -> None:
    sent, received = gpu.pinned((8,)), gpu.pinned((8,))
    address = gpu.allocate(sent.nbytes)

    def there_and_back() -> None:
        gpu.upload(address, sent)
        gpu.download(received, address)

    replay = gpu.captured(there_and_back)
    for value in (3, 4):
        sent[...] = value
        replay()
        gpu.synchronise()
        assert (received == value).all()


def test_each_has_a_stream_and_says_which_card_it_is(gpu: Gpu) -> None:
    assert gpu.stream
    assert gpu.card.name
    assert gpu.card.compute_capability > (5, 0)


def test_a_bad_state_is_named() -> None:
    assert checked((0, 5)) == 5
    assert checked((0,)) is None
    with pytest.raises(EngineUnavailable, match="999"):
        checked((999, None))


class State(int):
    name = "CUDA_ERROR_NO_DEVICE"


def with_driver(monkeypatch: pytest.MonkeyPatch, **calls: Any) -> None:
    driver = ModuleType("cuda.bindings.driver")
    driver.__dict__.update({"CUresult": SimpleNamespace(CUDA_SUCCESS=0)} | calls)
    bindings = ModuleType("cuda.bindings")
    bindings.__dict__["driver"] = driver
    monkeypatch.setitem(sys.modules, "cuda", ModuleType("cuda"))
    monkeypatch.setitem(sys.modules, "cuda.bindings", bindings)
    monkeypatch.setitem(sys.modules, "cuda.bindings.driver", driver)


def test_a_machine_without_driver_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(flags: int) -> None:
        raise RuntimeError("libcuda is not there")

    with_driver(monkeypatch, cuInit=start)
    assert "No NVIDIA driver" in (why_none() or "")


def test_a_driver_that_does_not_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with_driver(monkeypatch, cuInit=lambda flags: (State(100),))
    assert "CUDA_ERROR_NO_DEVICE" in (why_none() or "")


def test_a_driver_without_card_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with_driver(monkeypatch, cuInit=lambda flags: (0,), cuDeviceGetCount=lambda: (0, 0))
    assert "sees no GPU" in (why_none() or "")


def test_without_cuda_python_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cuda.bindings", None)
    assert "pip install cuda-python" in (why_none() or "")


class Graphs:
    """A driver that captures, or does not."""

    CUstreamCaptureMode = SimpleNamespace(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL=1)

    def __init__(self, end: int = 0, instantiate: int = 0) -> None:
        self._end, self._instantiate = end, instantiate
        self.capturing, self.graphs, self.launched = False, 0, 0

    def cuStreamBeginCapture(self, stream: int, mode: int) -> tuple[int]:  # noqa: N802
        self.capturing = True
        return (0,)

    def cuStreamEndCapture(self, stream: int) -> tuple[int, str]:  # noqa: N802
        self.capturing = False
        self.graphs += 1
        return self._end, "graph"

    def cuGraphInstantiate(self, graph: str, flags: int) -> tuple[int, str]:  # noqa: N802
        return self._instantiate, "whole"

    def cuGraphDestroy(self, graph: str) -> tuple[int]:  # noqa: N802
        self.graphs -= 1
        return (0,)

    def cuGraphLaunch(self, whole: str, stream: int) -> tuple[int]:  # noqa: N802
        self.launched += 1
        return (0,)


def test_a_captured_graph_is_launched_in_place_of_the_run() -> None:
    driver, runs = Graphs(), []
    seam._captured(driver, 7, lambda: runs.append(1))()  # type: ignore[arg-type]
    assert (len(runs), driver.launched, driver.graphs, driver.capturing) == (1, 1, 0, False)


@pytest.mark.parametrize("driver", [Graphs(end=901), Graphs(instantiate=801)])
def test_where_graphs_cannot_be_had_each_run_is_itself(driver: Graphs) -> None:
    runs: list[int] = []
    seam._captured(driver, 7, lambda: runs.append(1))()  # type: ignore[arg-type]
    assert (len(runs), driver.launched, driver.capturing) == (2, 0, False)


def test_a_network_that_cannot_be_captured_runs_without_a_graph() -> None:
    driver = Graphs(end=901)

    def run() -> None:
        if driver.capturing:
            raise EngineUnavailable("not while capturing")

    seam._captured(driver, 7, run)()  # type: ignore[arg-type]
    assert driver.launched == 0
