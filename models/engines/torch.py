"""PyTorch: an ONNX file is run operator by operator, in code that no other back end shares.

So it is what they can be compared with, and stands in on an NVIDIA card where TensorRT is not to
be had. All is float32. In an int8 file QuantizeLinear rounds, half to even, and saturates; the
whole numbers stay float32, and what is computed is what they stand for.

Operators, attributes and modes that the shipped files lack are refused by name, but for those that
PyTorch and ONNX mean alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines.base import LoadedEngine, Tensors

try:
    import torch

    from senoscope.models.engines.onnx_graph import Graph, Shape, read_graph
    from senoscope.models.engines.torch_operators import OPERATORS, Run, bounded
except (ImportError, OSError) as error:
    _missing: str | None = (
        f"PyTorch or onnx cannot be imported ({error}). Run: pip install 'senoscope[train]'"
    )
else:
    _missing = None

NAME = "PyTorch"
Device = Literal["cpu", "cuda"]
WARM_UPS = 3
"""Runs before the capture: what is done at the first alone must not be in the graph."""


def is_available(device: Device = "cpu") -> str | None:
    """None when networks can be loaded on `device`, else the reason and the remedy."""
    if _missing is None and device == "cuda" and not torch.cuda.is_available():
        return (
            f"{NAME} {version('torch')} sees no GPU: there is none of NVIDIA's, its driver is "
            "missing, or this PyTorch is built without CUDA. Check the card with nvidia-smi and "
            "install PyTorch for CUDA, or take another engine."
        )
    return _missing


def load(onnx: bytes, device: Device = "cpu") -> LoadedEngine:
    """An engine for the ONNX model in `onnx`. EngineUnavailable says why there is none.

    PyTorch keeps to one thread of the processor from now on, in all of this process.
    """
    reason = is_available(device)
    if reason is not None:
        raise EngineUnavailable(reason)
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            return TorchEngine(network_of(read_graph(onnx, OPERATORS)), device)
    # What PyTorch raises on shapes and attributes that do not fit, and on lack of memory.
    except (RuntimeError, ValueError, TypeError, IndexError, OverflowError, MemoryError) as error:
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise EngineUnavailable(
            f"{NAME} {version('torch')} refused the model: {reason}. "
            "Reinstall Senoscope, or report this with `senoscope doctor --bundle FILE`."
        ) from error


@dataclass(frozen=True, slots=True)
class Step:
    """One operator, its attributes read: `output` is `run` of the `operands`."""

    run: Run
    operands: tuple[str, ...]
    output: str


@dataclass(frozen=True, slots=True)
class Network:
    """Steps in their order, and by name the weights they use."""

    input: str
    input_shape: Shape
    outputs: tuple[str, ...]
    steps: tuple[Step, ...]
    weights: Mapping[str, torch.Tensor]

    def on(self, device: str) -> Network:
        """The same, its weights on `device`."""
        return replace(self, weights={k: _laid(w, device) for k, w in self.weights.items()})

    def run(self, picture: torch.Tensor) -> dict[str, torch.Tensor]:
        """Outputs by name. `picture` has the input's shape and lies where the weights do."""
        values = {**self.weights, self.input: picture}
        for step in self.steps:
            values[step.output] = step.run(*(values[name] for name in step.operands))
        return {name: values[name] for name in self.outputs}


def _laid(weight: torch.Tensor, device: str) -> torch.Tensor:
    # The processor convolves faster where the channels of a pixel lie together.
    last = device == "cpu" and weight.ndim == 4
    return weight.to(device, memory_format=torch.channels_last if last else torch.contiguous_format)


def network_of(graph: Graph) -> Network:
    """The network of `graph`, on the processor. ValueError or RuntimeError where it cannot run."""
    # int64 are axes and the like: whoever needs them has taken them.
    weights = {
        name: torch.from_numpy(array.astype(np.float32))
        for name, array in graph.weights.items()
        if array.dtype != np.int64
    }
    steps = _steps(graph)
    given = Network(graph.input, graph.shapes[graph.input], graph.outputs, steps, weights)
    _rehearse(given.on("meta"), graph.shapes)
    kept = []
    for step in steps:
        # Such as the int8 weights: dequantised once, not for every picture.
        if weights.keys() >= set(step.operands):
            weights[step.output] = step.run(*(weights[name] for name in step.operands))
        else:
            kept.append(step)
    used = {*graph.outputs, *(name for step in kept for name in step.operands)}
    left = {name: weight for name, weight in weights.items() if name in used}
    return replace(given, steps=tuple(kept), weights=left)


def _steps(graph: Graph) -> tuple[Step, ...]:
    # Whole numbers that stand for others: only these two operators know what for.
    levels = {name for name, array in graph.weights.items() if array.dtype != np.float32}
    steps = []
    for node in graph.nodes:
        step = Step(OPERATORS[node.operator](node), node.operands(), node.output)
        if node.operator == "QuantizeLinear":
            levels.add(step.output)
        elif node.operator != "DequantizeLinear" and levels.intersection(step.operands):
            raise ValueError(f"{node.operator} is to run on whole numbers, expected float32")
        steps.append(step)
    return tuple(steps)


def _rehearse(network: Network, shapes: Mapping[str, Shape]) -> None:
    """A run of `network`, whose weights are on "meta", where tensors have shapes and no numbers."""
    picture = torch.empty(network.input_shape, device="meta")
    values, count = {**network.weights, network.input: picture}, bounded(picture.numel())
    for step in network.steps:
        tensor = values[step.output] = step.run(*(values[name] for name in step.operands))
        expected = shapes.get(step.output)
        if tuple(tensor.shape) != expected:
            raise ValueError(f"{step.output!r} would be {tuple(tensor.shape)}, expected {expected}")
        count = bounded(count + tensor.numel())


class TorchEngine:
    """A network and the memory of its input and outputs. Used by one thread at a time."""

    name = NAME

    def __init__(self, network: Network, device: Device) -> None:
        self.input_shape = network.input_shape
        on_card = device != "cpu"
        self._stream = torch.cuda.Stream() if on_card else None  # type: ignore[no-untyped-call]
        self._sent = torch.zeros(self.input_shape, pin_memory=on_card)
        with torch.cuda.stream(self._stream):
            self._picture = self._sent.to(device)
            network = network.on(device)
            outputs = network.run(self._picture)
            self._received = {
                name: torch.zeros(output.shape, pin_memory=on_card)
                for name, output in outputs.items()
            }
        self._run: Callable[[], dict[str, torch.Tensor]] = lambda: network.run(self._picture)
        if self._stream is not None:
            self._run = _captured(self._run, self._stream)

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """(crops, 1, rows, columns) in, outputs by name out. Valid until the next call."""
        np.copyto(self._sent.numpy(), picture)
        with torch.inference_mode(), torch.cuda.stream(self._stream):
            self._picture.copy_(self._sent, non_blocking=True)
            for name, output in self._run().items():
                self._received[name].copy_(output, non_blocking=True)
        if self._stream is not None:
            self._stream.synchronize()
        return {name: received.numpy() for name, received in self._received.items()}


def _captured(
    run: Callable[[], dict[str, torch.Tensor]], stream: torch.cuda.Stream
) -> Callable[[], dict[str, torch.Tensor]]:
    """What does on the card all that `run` does there, at the cost of one call.

    It gives the same outputs each time, filled anew.
    """
    # Else convolutions would round to TensorFloat-32: int8's scales and sums do not fit in it.
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        with torch.cuda.stream(stream):
            for _ in range(WARM_UPS):
                run()
        stream.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
            outputs = run()

    def replay() -> dict[str, torch.Tensor]:
        graph.replay()
        return outputs

    return replay
