"""TensorRT, or TensorRT for RTX, on an NVIDIA GPU: written to what both libraries offer.

Networks are strongly typed, so that the precision is the ONNX file's alone. Shapes are fixed and
all memory is had at the start: a frame allocates nothing, and is one replay of a CUDA graph between
a copy in and a copy out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines.base import LoadedEngine, Tensors
from senoscope.models.engines.gpu import Gpu, open_gpu, why_none
from senoscope.models.engines.plan_cache import plan_folder, plan_for, plan_key

_missing: str | None = None
try:
    import tensorrt as trt
except (ImportError, OSError) as first:
    try:
        import tensorrt_rtx as trt
    except (ImportError, OSError) as second:
        _missing = (
            f"Neither TensorRT ({first}) nor TensorRT-RTX ({second}) can be imported. Run: "
            "pip install 'senoscope[rtx]' for an RTX card, 'senoscope[tensorrt]' for another."
        )

NAME = "TensorRT"


def is_available() -> str | None:
    """None when networks can be run, else the reason and the remedy. Makes no Runtime."""
    return _missing or why_none()


def load(onnx: bytes) -> LoadedEngine:
    """An engine for the ONNX model in `onnx`. EngineUnavailable says why there is none.

    The plan is built once for each card, and kept.
    """
    reason = is_available()
    if reason is not None:
        raise EngineUnavailable(reason)
    gpu = open_gpu()
    key = plan_key(onnx, gpu.card, _library())
    try:
        runtime = trt.Runtime(trt.Logger(trt.Logger.INTERNAL_ERROR))
    # So says its binding where the driver is too old for the library.
    except TypeError as error:
        raise EngineUnavailable(
            f"{_library()} does not start with driver {gpu.card.driver} of {gpu.card.name}. Update "
            "the card's driver."
        ) from error
    # Where the kept one is refused for a reason the key does not hold, it is built anew.
    for anew in (False, True):
        plan = plan_for(plan_folder(), key, lambda: build_plan(onnx), anew=anew)
        built = runtime.deserialize_cuda_engine(plan)
        if built is not None:
            context = built.create_execution_context()
            if context is not None:
                return TensorRtEngine(gpu, context, tensors_of(built), (runtime, built))
    raise EngineUnavailable(
        f"{_library()} built the network and does not load it on {gpu.card.name}. Update the "
        "card's driver, or take another engine."
    )


def build_plan(onnx: bytes, capability: str = "") -> bytes:
    """A serialised plan for the card at hand, or for another `capability` as "SM86".

    Only TensorRT for RTX can build for another, and does so without any GPU. EngineUnavailable
    where the model is refused.
    """
    builder = trt.Builder(trt.Logger(trt.Logger.INTERNAL_ERROR))
    flags = 0
    if hasattr(trt.NetworkDefinitionCreationFlag, "STRONGLY_TYPED"):
        flags = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = builder.create_network(flags)
    parser = trt.OnnxParser(network, trt.Logger(trt.Logger.INTERNAL_ERROR))
    if not parser.parse(onnx) or not network.num_outputs:
        said = "; ".join(str(parser.get_error(k)) for k in range(parser.num_errors))
        reason = " ".join(said.split()).rstrip(".") or "it holds no network"
        raise EngineUnavailable(
            f"{_library()} refused the model: {reason}. "
            "Reinstall Senoscope, or report this with `senoscope doctor --bundle FILE`."
        )
    config = builder.create_builder_config()
    if capability:
        config.num_compute_capabilities = 1
        config.set_compute_capability(getattr(trt.ComputeCapability, capability), 0)
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise EngineUnavailable(
            f"{_library()} could not build the network. Free memory of the GPU, or take another "
            "engine."
        )
    return bytes(plan)


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output of a built network, float32."""

    name: str
    shape: tuple[int, ...]
    is_input: bool


class Context(Protocol):
    """What TensorRT runs a network with."""

    def set_tensor_address(self, name: str, address: int) -> bool:
        """Where an input or output lies on the card."""

    def execute_async_v3(self, stream: int) -> bool:
        """Put the network into the stream."""


def tensors_of(built: Any) -> tuple[Tensor, ...]:
    """The inputs and outputs of a deserialised ICudaEngine."""
    names = [built.get_tensor_name(k) for k in range(built.num_io_tensors)]
    return tuple(
        Tensor(
            name,
            tuple(built.get_tensor_shape(name)),
            built.get_tensor_mode(name) == trt.TensorIOMode.INPUT,
        )
        for name in names
    )


class TensorRtEngine:
    """A network on the card, with its memory. Used by one thread at a time."""

    name = NAME

    def __init__(
        self, gpu: Gpu, context: Context, tensors: tuple[Tensor, ...], kept: tuple[Any, ...] = ()
    ) -> None:
        """`kept` must live as long: a context outlives neither its engine nor its runtime."""
        self._gpu, self._context, self._kept = gpu, context, kept
        self._host = {each.name: gpu.pinned(each.shape) for each in tensors}
        self._address = {name: gpu.allocate(host.nbytes) for name, host in self._host.items()}
        (self._input,) = (each.name for each in tensors if each.is_input)
        self.input_shape = self._host[self._input].shape
        for name, address in self._address.items():
            if not context.set_tensor_address(name, address):
                raise EngineUnavailable(f"{NAME} refused the memory of {name!r}. Report this.")
        # Once as it is: what is done at a first run alone must not be in the graph.
        self._enqueue()
        gpu.synchronise()
        self._replay = gpu.captured(self._enqueue)

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """(crops, 1, rows, columns) in, outputs by name out. Valid until the next call."""
        self._gpu.bind()
        np.copyto(self._host[self._input], picture)
        self._replay()
        self._gpu.synchronise()
        return {name: host for name, host in self._host.items() if name != self._input}

    def _enqueue(self) -> None:
        self._gpu.upload(self._address[self._input], self._host[self._input])
        if not self._context.execute_async_v3(self._gpu.stream):
            raise EngineUnavailable(f"{NAME} could not run the network. Take another engine.")
        for name, host in self._host.items():
            if name != self._input:
                self._gpu.download(host, self._address[name])


def _library() -> str:
    return f"{trt.__name__} {trt.__version__}"
