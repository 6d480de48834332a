"""An NVIDIA GPU as TensorRT needs it: memory, copies, a stream; by PyCUDA or by cuda-python.

The only file that knows either of them. Memory and copies are PyCUDA's where it is installed; it
has to be compiled there, so cuda-python, which comes as a wheel, stands in where it is not. The
driver is always asked by cuda-python: it alone fails cleanly where there is none.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable

NON_BLOCKING = 1
"""Of a stream: it does not wait for the default one."""


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card; `compute_capability` is (major, minor), `driver` the CUDA it speaks."""

    name: str
    compute_capability: tuple[int, int]
    driver: str


class Gpu(Protocol):
    """One stream on one card. Copies and what is run are in its order, and do not wait."""

    card: Card
    stream: int
    """Its handle."""

    def bind(self) -> None:
        """Make the card this thread's, as whoever calls the rest from another thread must."""

    def pinned(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Host memory that the card reads by itself; zeros."""

    def allocate(self, size: int) -> int:
        """The address of so many bytes on the card."""

    def upload(self, address: int, host: NDArray[np.float32]) -> None:
        """Copy pinned `host` to the card."""

    def download(self, host: NDArray[np.float32], address: int) -> None:
        """Copy from the card into pinned `host`."""

    def captured(self, run: Callable[[], None]) -> Callable[[], None]:
        """What does all that `run` puts into the stream at the cost of one call (CUDA graph).

        `run` itself where graphs cannot be had.
        """

    def synchronise(self) -> None:
        """Wait until everything in the stream is done."""


def why_none() -> str | None:
    """None where a GPU can be used, else the reason and the remedy. Makes no context."""
    try:
        first_card()
    except EngineUnavailable as error:
        return str(error)
    return None


def first_card() -> Card:
    """The one that is used. EngineUnavailable says why there is none. Makes no context."""
    return _card(_driver())


def open_gpu() -> Gpu:
    """The first card, with a stream of its own. EngineUnavailable says why there is none."""
    driver = _driver()
    card = _card(driver)
    try:
        import pycuda.driver as pycuda  # noqa: PLC0415 - importing it needs a driver
    except ImportError:
        return CudaPythonGpu(driver, card)
    return PyCudaGpu(driver, pycuda, card)


class CudaPythonGpu:
    """A stream by cuda-python's driver bindings."""

    def __init__(self, driver: ModuleType, card: Card) -> None:
        self.card = card
        self._driver = driver
        self._context = _primary(driver)
        self.bind()
        self._stream = checked(driver.cuStreamCreate(NON_BLOCKING))
        self.stream = int(self._stream)

    def bind(self) -> None:
        """See Gpu."""
        checked(self._driver.cuCtxSetCurrent(self._context))

    def pinned(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """See Gpu."""
        count = int(np.prod(shape))
        address = int(checked(self._driver.cuMemHostAlloc(4 * count, 0)))
        memory = (ctypes.c_float * count).from_address(address)
        host: NDArray[np.float32] = np.ctypeslib.as_array(memory).reshape(shape)
        host[...] = 0
        return host

    def allocate(self, size: int) -> int:
        """See Gpu."""
        return int(checked(self._driver.cuMemAlloc(size)))

    def upload(self, address: int, host: NDArray[np.float32]) -> None:
        """See Gpu."""
        checked(
            self._driver.cuMemcpyHtoDAsync(address, host.ctypes.data, host.nbytes, self._stream)
        )

    def download(self, host: NDArray[np.float32], address: int) -> None:
        """See Gpu."""
        checked(
            self._driver.cuMemcpyDtoHAsync(host.ctypes.data, address, host.nbytes, self._stream)
        )

    def captured(self, run: Callable[[], None]) -> Callable[[], None]:
        """See Gpu."""
        return _captured(self._driver, self.stream, run)

    def synchronise(self) -> None:
        """See Gpu."""
        checked(self._driver.cuStreamSynchronize(self._stream))


class PyCudaGpu:
    """A stream by PyCUDA; graphs by cuda-python, for PyCUDA has none."""

    def __init__(self, driver: ModuleType, pycuda: ModuleType, card: Card) -> None:
        self.card = card
        self._driver, self._pycuda = driver, pycuda
        pycuda.init()
        self._context = _primary(driver)
        self._own = pycuda.Device(0).retain_primary_context()
        # PyCUDA frees what nobody holds.
        self._held: list[Any] = []
        with self._stacked():
            self._stream = pycuda.Stream(NON_BLOCKING)
        self.stream = int(self._stream.handle)

    @contextlib.contextmanager
    def _stacked(self) -> Iterator[None]:
        """PyCUDA's own stack of contexts: it aborts the process that ends with one left on it."""
        self._own.push()
        try:
            yield
        except self._pycuda.Error as error:
            raise EngineUnavailable(f"The GPU refused a call ({_one_line(error)}).") from error
        finally:
            self._own.pop()
            self.bind()

    def bind(self) -> None:
        """See Gpu."""
        checked(self._driver.cuCtxSetCurrent(self._context))

    def pinned(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """See Gpu."""
        with self._stacked():
            host: NDArray[np.float32] = self._pycuda.pagelocked_zeros(shape, np.float32)
        return host

    def allocate(self, size: int) -> int:
        """See Gpu."""
        with self._stacked():
            self._held.append(self._pycuda.mem_alloc(size))
        return int(self._held[-1])

    def upload(self, address: int, host: NDArray[np.float32]) -> None:
        """See Gpu."""
        self._pycuda.memcpy_htod_async(address, host, self._stream)

    def download(self, host: NDArray[np.float32], address: int) -> None:
        """See Gpu."""
        self._pycuda.memcpy_dtoh_async(host, address, self._stream)

    def captured(self, run: Callable[[], None]) -> Callable[[], None]:
        """See Gpu."""
        return _captured(self._driver, self.stream, run)

    def synchronise(self) -> None:
        """See Gpu."""
        self._stream.synchronize()


def _driver() -> ModuleType:
    """cuda-python's driver bindings, initialised. It alone fails cleanly without a driver."""
    try:
        from cuda.bindings import driver  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EngineUnavailable(
            f"cuda-python cannot be imported ({error}). Run: pip install cuda-python"
        ) from error
    try:
        (state,) = driver.cuInit(0)
    # Its loader's own errors: the library is missing, or too old to have the function.
    except RuntimeError as error:
        raise EngineUnavailable(
            f"No NVIDIA driver was found. Install the card's driver. ({_one_line(error)})"
        ) from error
    if state != driver.CUresult.CUDA_SUCCESS:
        raise EngineUnavailable(
            f"The NVIDIA driver does not start ({state.name}). Check it with nvidia-smi."
        )
    bindings: ModuleType = driver
    return bindings


def _primary(driver: ModuleType) -> Any:
    """The context that is shared with whatever else uses the card in this process."""
    return checked(driver.cuDevicePrimaryCtxRetain(checked(driver.cuDeviceGet(0))))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _card(driver: ModuleType) -> Card:
    count = int(checked(driver.cuDeviceGetCount()))
    if not count:
        raise EngineUnavailable("The NVIDIA driver sees no GPU. Check it with nvidia-smi.")
    device = checked(driver.cuDeviceGet(0))
    kind = driver.CUdevice_attribute
    major, minor = (
        int(checked(driver.cuDeviceGetAttribute(getattr(kind, name), device)))
        for name in (
            "CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR",
            "CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR",
        )
    )
    name = bytes(checked(driver.cuDeviceGetName(256, device))).split(b"\0")[0].decode()
    version = int(checked(driver.cuDriverGetVersion()))
    return Card(name, (major, minor), f"{version // 1000}.{version % 1000 // 10}")


def checked(answer: tuple[Any, ...]) -> Any:
    """What a driver call returned behind its state. EngineUnavailable names a bad one."""
    state, *values = answer
    if int(state) != 0:
        raise EngineUnavailable(
            f"The GPU refused a call ({getattr(state, 'name', state)}). Close other programs that "
            "use it, or take another engine."
        )
    return values[0] if values else None


def _captured(driver: ModuleType, stream: int, run: Callable[[], None]) -> Callable[[], None]:
    mode = driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
    checked(driver.cuStreamBeginCapture(stream, mode))
    # Some networks cannot be captured: their runs fail meanwhile, and only then.
    with contextlib.suppress(EngineUnavailable):
        run()
    # Ended in every case, or the stream is lost.
    state, graph = driver.cuStreamEndCapture(stream)
    if int(state) != 0:
        return run
    state, whole = driver.cuGraphInstantiate(graph, 0)
    driver.cuGraphDestroy(graph)
    if int(state) != 0:
        return run

    def replay() -> None:
        checked(driver.cuGraphLaunch(whole, stream))

    return replay
